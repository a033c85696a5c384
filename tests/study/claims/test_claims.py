"""The claims study runs each arm once, goes on where it stopped, and says how large it was."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.scenario.grain import floor_note
from desertion.study.claims import document as claim_file
from desertion.study.claims.document import load
from desertion.study.claims.files import as_run, files_of, most_of
from desertion.study.claims.plan import ClaimsPlan, quickly, refuse_larger_than_real, spec_of
from desertion.study.claims.trial import judged_file, put_to_the_test
from desertion.study.matching.ensemble import rules_version
from desertion.study.questions import claims
from desertion.study.run.sweep import RunOptions
from desertion.study.run.task import Outcome
from desertion.study.store.reader import StudyFile
from tests.study.claims import fake_claims
from tests.study.claims.test_judging import TEXT


@pytest.fixture
def plan(tmp_path: Path) -> ClaimsPlan:
    """A plan of eight worlds over the made-up claims."""
    path = tmp_path / "own.toml"
    path.write_text(TEXT)
    return ClaimsPlan(path=path, count=8, replicates=2, task="tests.study.claims.fake_claims.run")


def _options(pool: ThreadPoolExecutor) -> RunOptions:
    return RunOptions(executor=pool, workers=2, quiet=True, retry_failed=True)


def test_arms_run_once_and_nothing_is_repeated(plan: ClaimsPlan, tmp_path: Path) -> None:
    """Two arms, eight worlds, two replicates: 32 runs, and none the second time."""
    file = tmp_path / "claims.sqlite"
    with ThreadPoolExecutor(2) as pool:
        first = put_to_the_test(plan, file, _options(pool))
        with StudyFile(file) as study:
            before = [(row.key, row.seconds) for row in study.rows()]
        again = put_to_the_test(plan, file, _options(pool))
    with StudyFile(file) as study:
        assert [(row.key, row.seconds) for row in study.rows()] == before
    assert len(before) == 32
    assert first.run.runs == again.run.runs == 32
    assert [row.verdict.shown for row in first.judged] == [8, 0, 5]
    assert first.run.quick  # eight worlds are too few for a verdict
    html, markdown = first.write(tmp_path / "out")
    assert "Provisional" in html.read_text()
    assert "8 of 8 worlds complete" in markdown.read_text()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"seed": 2}, "--seed = 1 and not 2"),
        ({"scale": 0.5}, "--size = 1.0 and not 0.5"),
        ({"count": 16}, "--worlds = 8 and not 16"),
    ],
)
def test_other_worlds_than_those_that_ran_are_not_judged(
    plan: ClaimsPlan, tmp_path: Path, asked: dict[str, Any], words: str
) -> None:
    """A report over the inputs of worlds that never ran would name what nothing depends on; fewer of the same worlds may be judged."""
    file = tmp_path / "claims.sqlite"
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(plan, file, _options(pool))
    with pytest.raises(InputError, match=words):
        judged_file(replace(plan, **asked), file)
    fewer = judged_file(replace(plan, count=4, replicates=1), file)
    told = claims(worlds=4, path=plan.path, only_judge=True, out=file)
    assert f"--worlds 4 --runs {plan.replicates} --seed" in told.run.command
    whole = claims(path=plan.path, only_judge=True, out=file)
    assert (whole.run.worlds, whole.run.complete) == (8, 8)
    assert f"--worlds 8 --runs {plan.replicates} --seed" in whole.run.command
    with pytest.raises(InputError, match="was run with --seed = 1 and not 2: give --seed 1"):
        claims(path=plan.path, seed=2, only_judge=True, out=file)
    assert (fewer.run.complete, fewer.run.replicates) == (4, 2)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('policies = ["fast-track"]', 'policies = ["closed-borders"]', "arm open"),
        ("smallest = 0.05", "smallest = 0.5", ""),
        ("Open beats closed", "Open is better than closed", ""),
    ],
)
def test_runs_are_judged_by_the_worlds_and_arms_that_ran(
    plan: ClaimsPlan, tmp_path: Path, old: str, new: str, named: str
) -> None:
    """Ranges and arms that were changed afterwards would be reported beside numbers that never knew them; words and sizes of interest may change."""
    file, path = tmp_path / "claims.sqlite", tmp_path / "own.toml"
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(plan, file, _options(pool))
        path.write_text(TEXT.replace(old, new))
        if named:
            with pytest.raises(InputError, match=f"was run with other {named} than .*own.toml holds now: judge it by"):
                judged_file(plan, file)
            with pytest.raises(InputError, match=f"fingerprint.claims: {named}"):
                put_to_the_test(plan, file, _options(pool))
            accepting = replace(_options(pool), accept_changes=True)
            assert put_to_the_test(plan, file, accepting).run.complete == 8
        else:
            assert judged_file(plan, file).run.complete == 8


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"seed": 2}, r"holds runs of seed = 1, and would read them as of 2: .* or keep seed as it was"),
        ({"scale": 0.5}, r"holds runs of size = 1\.0, and would read them as of 0\.5"),
        ({"ensemble": "mine.csv"}, r"holds runs of ensemble = null, and would read them as of .*mine\.csv"),
        ({}, r"holds runs of ranges \(hash\) = "),
    ],
)
def test_no_acceptance_gives_finished_runs_the_inputs_of_other_worlds(
    plan: ClaimsPlan, tmp_path: Path, asked: dict[str, Any], words: str
) -> None:
    """A row has the number of its world alone: under another seed, size, ensemble or range its answer would stand beside inputs that it never had."""
    file, path, ensemble = tmp_path / "claims.sqlite", tmp_path / "own.toml", tmp_path / "mine.csv"
    ensemble.write_text(f"# rules: {rules_version()}\nstage,input R\n" + "".join(f"1,0.{row}\n" for row in range(1, 9)))
    asked = {name: str(ensemble) if name == "ensemble" else value for name, value in asked.items()}
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(plan, file, _options(pool))
        if not asked:
            path.write_text(TEXT.replace("[0.0, 0.95]", "[0.0, 0.5]"))
            with pytest.raises(InputError, match=r"was run with other worlds than .*own\.toml holds now: judge it by"):
                judged_file(plan, file)
        with pytest.raises(InputError, match=words):
            put_to_the_test(replace(plan, **asked), file, replace(_options(pool), accept_changes=True))


def test_what_was_accepted_once_does_not_let_through_what_changes_later(plan: ClaimsPlan, tmp_path: Path) -> None:
    """A second run of each arm was accepted; ranges that are narrowed after that never drew a world of the file."""
    file, path = tmp_path / "claims.sqlite", tmp_path / "own.toml"
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(replace(plan, replicates=1), file, _options(pool))
        assert put_to_the_test(plan, file, replace(_options(pool), accept_changes=True)).run.replicates == 2
    path.write_text(TEXT.replace("[0.0, 0.95]", "[0.0, 0.1]"))
    with pytest.raises(InputError, match="was run with other worlds than"):
        claims(path=path, only_judge=True, out=file)


def test_further_runs_of_another_model_are_not_mixed_in(
    plan: ClaimsPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first file was removed and had again by other code, of the same worlds and seed; its words may differ."""
    file, path, whole = tmp_path / "claims.sqlite", tmp_path / "own.toml", fake_claims.task_fingerprint
    wanted = replace(plan, replicates=1, most=2)
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(wanted, file, _options(pool))
        file.unlink()
        path.write_text(TEXT.replace("Open beats closed", "Open is better than closed"))
        put_to_the_test(replace(wanted, most=1), file, _options(pool))
        file.unlink()
        monkeypatch.setattr(fake_claims, "task_fingerprint", lambda spec: whole(spec) | {"scenario toy": "mended"})
        with pytest.raises(
            InputError, match=r"claims-to-2\.sqlite was run with other scenario toy than claims\.sqlite"
        ):
            put_to_the_test(replace(wanted, most=1), file, _options(pool))


def test_further_runs_of_another_study_are_not_mixed_in(plan: ClaimsPlan, tmp_path: Path) -> None:
    """What stays behind when only the first file is removed."""
    file, wanted = tmp_path / "claims.sqlite", replace(plan, replicates=1, most=2)
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(wanted, file, _options(pool))
        file.unlink()
        with pytest.raises(InputError, match=r"claims-to-2\.sqlite was run with --seed = 1 and not 2: .* remove it"):
            put_to_the_test(replace(wanted, seed=2, most=1), file, _options(pool))


def test_further_runs_are_found_whatever_the_file_is_called_and_copies_are_none(
    plan: ClaimsPlan, tmp_path: Path
) -> None:
    """Brackets in a name are no pattern, and what somebody keeps beside the runs under a name of his own is not judged."""
    file, wanted = tmp_path / "try[1].sqlite", replace(plan, replicates=1, most=2)
    with ThreadPoolExecutor(2) as pool:
        assert put_to_the_test(wanted, file, _options(pool)).run.runs == 32
    for name in ("try[1]-to-keep.sqlite", "try1-to-4.sqlite"):
        (tmp_path / name).write_bytes(file.read_bytes())
    assert (len(files_of(file)), most_of(file)) == (2, 2)
    assert judged_file(as_run(file, wanted.path, wanted.ids), file).run.runs == 32


def test_an_ensemble_whose_file_tells_no_distance_is_judged(plan: ClaimsPlan, tmp_path: Path) -> None:
    """Its worlds are weighed by their inputs alone; the runs were done and then ended in a KeyError."""
    path = tmp_path / "mine.csv"
    path.write_text(f"# rules: {rules_version()}\nstage,input R\n" + "".join(f"1,{0.2 * row}\n" for row in range(4)))
    with ThreadPoolExecutor(2) as pool:
        found = put_to_the_test(replace(plan, count=4, ensemble=str(path)), tmp_path / "c.sqlite", _options(pool))
    assert found.run.complete == 4


def test_runs_are_judged_by_the_ensemble_that_they_were_done_in(plan: ClaimsPlan, tmp_path: Path) -> None:
    """Worlds of a file made anew would stand beside answers of those before; put back, it is judged again."""
    path, file = tmp_path / "mine.csv", tmp_path / "c.sqlite"
    head = f"# rules: {rules_version()}\nstage,input R\n"
    path.write_text(head + "".join(f"1,{0.2 * row}\n" for row in range(4)))
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(replace(plan, count=4, ensemble=str(path)), file, _options(pool))
    before = path.read_text()
    path.write_text(head + "".join(f"1,{0.1 * row}\n" for row in range(4)))
    with pytest.raises(InputError, match=r"mine\.csv as it was then, and that file is another now: put the former"):
        claims(path=plan.path, only_judge=True, out=file)
    path.write_text(before)
    assert claims(path=plan.path, only_judge=True, out=file).run.complete == 4


def test_replicates_are_added_until_no_world_is_undecided(plan: ClaimsPlan, tmp_path: Path) -> None:
    """One run leaves every world open; a second that says the same closes all, and a third is not asked for."""
    file = tmp_path / "claims.sqlite"
    with ThreadPoolExecutor(2) as pool:
        found = put_to_the_test(replace(plan, replicates=1, most=16), file, _options(pool))
    assert found.run.runs == 32
    assert {path.name for path in tmp_path.glob("*.sqlite")} == {"claims.sqlite", "claims-to-2.sqlite"}
    assert not any(row.unclear for row in found.judged)
    assert (found.run.replicates, found.run.most) == (1, 2)


def test_replicates_are_doubled_up_to_the_most_that_were_asked_for(
    plan: ClaimsPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs that lie a hundred persons apart leave every world open: two of each arm become three, and not four."""

    def apart(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
        number = spec["settings"].get("first", 0) + replicate
        return Outcome(
            {"left": 100.0 * (number % 2 == (spec["settings"]["arm"] == "open"))}, np.empty((0, 0), np.float32), ()
        )

    monkeypatch.setattr(fake_claims, "run", apart)
    with ThreadPoolExecutor(2) as pool:
        found = put_to_the_test(replace(plan, most=3), tmp_path / "claims.sqlite", _options(pool))
    assert (found.run.runs, found.run.most) == (48, 3)
    assert (tmp_path / "claims-to-3.sqlite").exists()


def test_a_claim_that_cannot_be_tested_asks_for_no_further_runs(plan: ClaimsPlan, tmp_path: Path) -> None:
    """Too few events to tell: another run of each arm would make them no more."""
    assert plan.path is not None
    plan.path.write_text(TEXT.replace("sign = 1", 'events = "0 * open.left"\nsign = 1'))
    with ThreadPoolExecutor(2) as pool:
        found = put_to_the_test(replace(plan, replicates=1, most=2), tmp_path / "claims.sqlite", _options(pool))
    assert (found.run.runs, len(found.judged[0].unclear)) == (16, 8)


def test_the_command_of_a_report_repeats_all_runs_that_it_rests_on(plan: ClaimsPlan, tmp_path: Path) -> None:
    """Asked for one run of each arm over a file beside which second ones lie, all are judged, and so the command names both."""
    file, wanted = tmp_path / "claims.sqlite", replace(plan, replicates=1, most=2)
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(wanted, file, _options(pool))
        again = put_to_the_test(replace(wanted, most=1), file, _options(pool))
    assert (again.run.runs, again.run.most) == (32, 2)
    assert "--runs 1 --seed 1 --most-runs 2 " in again.run.command


def test_people_are_counted_of_each_size_in_which_a_scenario_is_run(plan: ClaimsPlan, tmp_path: Path) -> None:
    """One arm at a half of the size of the other: the report named that of the first alone; the smaller one is below the floor of scale, and it says so."""
    assert plan.path is not None
    plan.path.write_text(
        TEXT.replace('[arms.closed]\nscenario = "toy"', '[arms.closed]\nscenario = "toy"\nscale = 0.5')
    )
    with ThreadPoolExecutor(2) as pool:
        found = put_to_the_test(replace(plan, count=2, replicates=1), tmp_path / "claims.sqlite", _options(pool))
    assert found.run.people == {"toy": (500, 1000)}
    note = f"toy: {floor_note(Scenario.load('toy', scale=0.5))}"
    assert found.run.floors == (note,)
    assert f"\n\n{note}.\n\n" in found.write(tmp_path)[1].read_text()


def test_further_runs_that_failed_are_had_again_in_the_worlds_that_were_open_then(
    plan: ClaimsPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first half of the further runs settles does not make the other half another study, and a third call finds all done."""
    file, wanted, whole = tmp_path / "claims.sqlite", replace(plan, replicates=1, most=2), fake_claims.run

    def failing(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
        if spec["settings"].get("first") and spec["settings"]["world"] % 2:
            raise MemoryError
        return whole(spec, replicate, seed)

    with ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(fake_claims, "run", failing)
        assert put_to_the_test(wanted, file, _options(pool)).run.runs == 24
        monkeypatch.setattr(fake_claims, "run", whole)
        for _ in range(2):
            found = put_to_the_test(wanted, file, _options(pool))
            assert found.run.runs == 32
            assert not any(row.unclear for row in found.judged)


def test_verdicts_can_be_read_from_an_unfinished_file(plan: ClaimsPlan, tmp_path: Path) -> None:
    """Worlds come one after the other, so what is done is complete worlds."""
    names = [dict(row)["arm"] for row in spec_of(plan).design.rows[:4]]
    assert names == ["open", "closed", "open", "closed"]
    file = tmp_path / "claims.sqlite"
    with ThreadPoolExecutor(2) as pool:
        put_to_the_test(replace(plan, replicates=1), file, _options(pool))
    assert judged_file(replace(plan, replicates=1), file).judged[0].verdict.worlds == 8


def test_one_claim_alone_runs_only_its_arms(plan: ClaimsPlan) -> None:
    """Judging one claim costs its own arms."""
    spec = spec_of(replace(plan, ids=("at-high-R",)))
    assert {dict(row)["arm"] for row in spec.design.rows} == {"open"}


def test_quick_plans_are_small_and_provisional(plan: ClaimsPlan) -> None:
    """Quick mode keeps the seed and says that it was quick."""
    quick = quickly(replace(plan, count=2000))
    assert (quick.count, quick.replicates, quick.quick, quick.seed) == (16, 1, True, plan.seed)


def test_impossible_plans_are_refused(plan: ClaimsPlan) -> None:
    """No world, no replicate: nothing to judge."""
    with pytest.raises(InputError, match="worlds = 0"):
        spec_of(replace(plan, count=0))
    with pytest.raises(InputError, match="replicates = 0"):
        spec_of(replace(plan, replicates=0))


def test_no_arm_is_run_larger_than_real(tmp_path: Path) -> None:
    """The shipped armies alone run at a fifth of their size: ten times as large they were refused as a setting that nobody had made."""
    for ids in ((), ("no-quarter-backfires",)):
        with pytest.raises(
            InputError,
            match=r"^size = 10.0 would make the arm '\w+' of [\w-]+ larger than real; [\d.]+ is the most, or name",
        ):
            claims(ids, worlds=1, size=10, out=tmp_path / "c.sqlite")
    assert not list(tmp_path.iterdir())
    refuse_larger_than_real(load().chosen(("coalition",)), 10.0)


def test_shipped_claims_cover_both_articles() -> None:
    """All twenty-eight claims are there and two rows more, those near to true by construction are marked."""
    claims = claim_file.load()
    assert len(claims.claims) == 30
    assert {claim.source for claim in claims.claims} == {"E", "N"}
    assert {claim.id for claim in claims.claims if claim.by_construction} >= {
        "contagion",
        "unit-news",
        "propaganda",
        "domino",
    }
    assert all(claim.could_reverse and claim.contrast for claim in claims.claims)
    assert set(claims.arms) == set(claims.arms_needed())


def test_a_claim_over_an_arm_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """Before anything runs, in a sentence that names the claim."""
    path = tmp_path / "own.toml"
    path.write_text(TEXT.replace("open.left", "opne.left"))
    with pytest.raises(InputError, match=r"claim .*'opne'.*did you mean 'open'"):
        claims(path=path, worlds=1, quiet=True)


@pytest.mark.parametrize(
    ("old", "new"), [("open.left - 30", "open.lefd_total"), ("sign = 1", 'occurs = "open.lefd_total"\nsign = 1')]
)
def test_a_measure_that_no_run_has_is_refused_before_anything_runs(tmp_path: Path, old: str, new: str) -> None:
    """It was told after all runs, which may have taken hours."""
    path, file = tmp_path / "own.toml", tmp_path / "claims.sqlite"
    path.write_text(
        TEXT.replace("open.left", "open.left_total")
        .replace("closed.left", "closed.left_total")
        .replace(old.replace("left", "left_total"), new)
    )
    with pytest.raises(
        InputError, match=r"claim .*, arm open: there is no measure 'lefd_total'.*did you mean 'left_total'"
    ):
        claims(path=path, worlds=1, quiet=True, out=file)
    assert not file.exists()
