"""Claims about ensembles: what is written is read, and worlds that were found under other rules are refused."""

import errno
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from desertion import InputError, Scenario
from desertion.cli import main
from desertion.scenario.documents import catalogue
from desertion.simulation.golden import histories
from desertion.study.matching import ensemble
from desertion.study.matching.document import Design
from desertion.study.matching.ensemble import load_ensemble, rules_version, shipped_ensembles, write_ensemble
from desertion.study.matching.matched import Match


def test_what_is_written_is_read(known: Match, tmp_path: Path) -> None:
    """Every kept world to the last digit, the rejected ones beside them, and how they were found."""
    found = known
    kept, rejected = write_ensemble(found, "desertion match mine.toml", tmp_path / "mine.csv")
    ensemble = load_ensemble(kept)
    kept_worlds = found.kept[list("abc")].to_dict("records")
    assert sorted(map(str, ensemble.worlds)) == sorted(map(str, kept_worlds))
    assert list(ensemble.worlds) != kept_worlds, "the first so many must be worlds of all waves"
    assert ensemble.about["command"] == "desertion match mine.toml"
    assert ensemble.about["seed"] == "5"
    assert not ensemble.too_few
    assert rejected.name == "mine-rejected.csv"
    assert len(load_ensemble(rejected).worlds) + len(ensemble.worlds) == len(found.worlds)


def test_worlds_found_in_an_own_scenario_that_is_another_now_are_refused(
    matched: Callable[..., Match], tmp_path: Path
) -> None:
    """They passed, and claims were judged by worlds that may be ruled out; a remark makes no other scenario, and of one that is gone nothing is known."""
    mine = tmp_path / "mine.toml"
    text = Scenario.load("quiet").to_toml()
    mine.write_text(text)
    found = matched(scenario=str(mine), screening=0, waves=[{"worlds": 64}])
    assert not found.changed
    path = write_ensemble(found, "desertion match mine-match.toml", tmp_path / "mine.csv")[0]
    mine.write_text(f"# a remark\n{text}")
    assert len(load_ensemble(path).worlds) == len(found.kept)
    mine.write_text(text.replace("days = ", "days = 1"))
    with pytest.raises(InputError, match=r"mine\.toml as it was then.*mine-match\.toml again"):
        load_ensemble(path)
    judged = replace(found, changed=(f"scenario {mine}",))  # as a match says whose runs were of another text
    later = write_ensemble(judged, "desertion match mine-match.toml --report", tmp_path / "later.csv")[0]
    assert "own scenarios" not in load_ensemble(later).about, "what it was when it was run is not known here"
    mine.unlink()
    assert len(load_ensemble(path).worlds) == len(found.kept)


def test_a_scenario_is_looked_for_where_it_stood_from_the_ensemble(
    matched: Callable[..., Match], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also once both have moved, or beside it once they were parted; another one of the same name in a folder above is nobody's, and stopped all that asked for the worlds."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    text = Scenario.load("quiet").to_toml()
    Path("mine.toml").write_text(text)
    found = matched(scenario="mine.toml", screening=0, waves=[{"worlds": 64}])
    Path("out").mkdir()
    path = write_ensemble(found, "desertion match mine.toml", Path("out/mine.csv"))[0]
    monkeypatch.chdir(tmp_path)

    def is_held_to(scenario: Path, kept: Path) -> None:
        scenario.write_text(text.replace("days = ", "days = 1"))
        with pytest.raises(InputError, match=r"mine\.toml as it was then"):
            load_ensemble(kept)
        scenario.write_text(text)
        assert len(load_ensemble(kept).worlds) == len(found.kept)

    is_held_to(here / "mine.toml", here / path)
    there = here.rename(tmp_path / "there")
    is_held_to(there / "mine.toml", there / path)
    parted = (there / "mine.toml").rename(there / "out" / "mine.toml")
    is_held_to(parted, there / path)
    parted.unlink()
    (tmp_path / "mine.toml").write_text(text.replace("days = ", "days = 1"))
    assert len(load_ensemble(there / path).worlds) == len(found.kept)


def test_a_title_of_several_lines_stands_in_one(known: Match, tmp_path: Path) -> None:
    """Its second line was no remark of the file any more, so that worlds that took hours to find could not be read."""
    design = Design.model_validate(known.design.model_dump() | {"title": "two\nlines\n"})
    path = write_ensemble(replace(known, design=design), "desertion match mine.toml", tmp_path / "mine.csv")[0]
    assert load_ensemble(path).about["title"] == "two lines"


def test_worlds_of_an_earlier_state_keep_their_order(known: Match, tmp_path: Path) -> None:
    """Kept worlds that the file held stand first, in its order; new ones follow."""
    path = write_ensemble(known, "desertion match mine.toml", tmp_path / "mine.csv")[0]
    whole = load_ensemble(path).worlds
    lines = path.read_text().splitlines(keepends=True)
    head = next(number for number, line in enumerate(lines) if not line.startswith("#")) + 1
    earlier = lines[head:][::-1][: len(whole) // 2]
    path.write_text("".join([*lines[:head], *earlier]))
    stated = load_ensemble(path).worlds
    write_ensemble(known, "desertion match mine.toml", path)
    assert load_ensemble(path).worlds[: len(stated)] == stated
    assert sorted(map(str, load_ensemble(path).worlds)) == sorted(map(str, whole))


def test_an_ensemble_of_other_rules_is_refused(known: Match, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a change of a stored history makes other rules; the sentence says what to do."""
    path = write_ensemble(known, "desertion match mine.toml", tmp_path / "mine.csv")[0]
    folder = shutil.copytree(histories.FOLDER, tmp_path / "golden")
    monkeypatch.setattr(histories, "FOLDER", folder)
    assert load_ensemble(path).worlds
    one = folder / "toy-fast-track.json"
    one.write_text(one.read_text().replace('"9a1a8ea1"', '"9a1a8ea2"', 1))
    with pytest.raises(InputError, match=r"since a stored history has changed.*run desertion match mine\.toml again"):
        load_ensemble(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n", "is no ensemble"),
        (f"# rules: {rules_version()}\na,b\n1,2\n", "holds no world"),
        (f"# rules: {rules_version()}\ninput a\n", "no row under the headings"),
    ],
)
def test_a_file_that_is_no_ensemble_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    """In one sentence."""
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(InputError, match=sentence):
        load_ensemble(tmp_path / "bad.csv")


def test_an_unknown_ensemble_is_told_with_the_known_ones() -> None:
    """By name."""
    with pytest.raises(InputError, match="there is no ensemble 'russia-2021'"):
        load_ensemble("russia-2021")


def test_shipped_ensembles_were_found_under_the_rules_of_today() -> None:
    """Whoever changes a history runs the match again, or takes the ensemble out."""
    assert {name: len(load_ensemble(name).worlds) for name in shipped_ensembles()} == {
        "gdr-1989": 78,
        "gdr-1989-seed15": 133,
        "gdr-1989-threshold": 58,
        "gdr-1989-threshold-seed16": 56,
        "russia-2022": 296,
        "russia-2022-seed15": 236,
        "russia-2022-threshold": 128,
        "russia-2022-threshold-seed16": 141,
    }


def test_the_command_writes_tables_report_and_pictures(
    known: Match, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it judged is printed, findings first, and the ensemble can be read back."""
    found = known
    monkeypatch.setattr("desertion.study.matching.match.match", lambda *_, **__: found)
    assert main(["match", "russia-2022", "--out", str(tmp_path / "out"), "--worlds", "5", "--worlds", "6"]) == 0
    told = capsys.readouterr().out
    assert f"{len(found.kept)} of {len(found.worlds)} worlds that were run are not ruled out" in told
    assert "Not ruled out is not probable" in (tmp_path / "out" / "match.md").read_text()
    assert len(load_ensemble(tmp_path / "out" / "ensemble.csv").worlds) == len(found.kept)
    drawn = [tmp_path / "out" / name for name in ("ranges.png", "targets.png")]
    assert all(path.stat().st_size > 10_000 for path in drawn)
    nothing = {name: np.full(len(found.worlds), np.nan) for name in found.results.means}
    found = replace(found, results=replace(found.results, means=nothing))
    assert main(["match", "russia-2022", "--out", str(tmp_path / "out")]) == 0
    assert not any(path.exists() for path in drawn), "they would be taken for pictures of what is judged now"


def test_a_judgement_of_before_stays_whole_where_a_new_one_cannot_all_be_written(
    known: Match, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worlds beside a report of others would be taken for theirs; and worlds that were there before keep their order through the folder in which all is written first."""
    monkeypatch.setattr("desertion.study.matching.match.match", lambda *_, **__: known)
    assert main(["match", "russia-2022", "--out", str(tmp_path)]) == 0
    *rows, first, second = (tmp_path / "ensemble.csv").read_text().splitlines(keepends=True)
    (tmp_path / "ensemble.csv").write_text("".join((*rows, second, first)))
    (tmp_path / "match.md").write_text("of before")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_words: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("desertion.study.matching.pictures.draw", full)
        assert main(["match", "russia-2022", "--out", str(tmp_path)]) == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert main(["match", "russia-2022", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "ensemble.csv").read_bytes() == before["ensemble.csv"]


def test_worlds_of_a_wave_leave_the_rest_of_it_as_the_design_has_it(
    known: Match, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Early stops and runs stay, waves that are not named go, further ones are like the last."""
    told: list[Design] = []
    monkeypatch.setattr(
        "desertion.study.matching.match.Course",
        lambda design, *_: told.append(design) or SimpleNamespace(run=lambda _: known),
    )
    design = tmp_path / "mine.toml"
    rest = '[cases.run]\nscenario = "toy"\n[vary]\nasylum = { range = [0, 1] }\n[target.left_total]\nobserved = [1, 2]\ndiscrepancy = 0.1\n'
    for waves in ("", "waves = [{ worlds = 5, early_stop = true, replicates = 4 }]\n"):
        design.write_text(waves + rest)
        assert main(["match", str(design), "--out", str(tmp_path / "out"), *(["--worlds", "7"] * 4)]) == 0
        assert [wave.worlds for wave in told[-1].waves] == [7] * 4
        assert {(wave.early_stop, wave.replicates) for wave in told[-1].waves} == {
            (True, 4) if waves else (False, None)
        }


def test_the_command_refuses_no_worlds(capsys: pytest.CaptureFixture[str]) -> None:
    """In one sentence, with exit 2."""
    assert main(["match", "russia-2022", "--worlds", "0"]) == 2
    assert "--worlds = 0 must be a whole number >= 1" in capsys.readouterr().err


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What makes the stored histories of one scenario other ones."""
    found = ensemble.stored
    return lambda scenario: monkeypatch.setattr(
        ensemble,
        "stored",
        lambda pair: (found(pair) or {}) | ({"people": "other"} if pair.scenario == scenario else {}),
    )


RUSSIA = ("front-2022", "russia-2022")


def test_only_histories_of_its_own_scenarios_make_an_ensemble_old(changed: Callable[[str], None]) -> None:
    """What changes in the GDR's autumn leaves worlds of Russia as they are; what changes in one of their own scenarios, or in `toy`, does not."""
    russia = rules_version(RUSSIA)
    for scenario in ("gdr-1989", "hungary-2015"):
        changed(scenario)
        assert rules_version(RUSSIA) == russia
    for scenario in (*RUSSIA, "toy"):
        changed(scenario)
        assert rules_version(RUSSIA) != russia


def test_where_a_scenario_has_no_history_all_count(changed: Callable[[str], None]) -> None:
    """One's own scenario, beside a shipped one or alone: nobody knows which rules it has. Russia's alone counted beside it."""
    own = {names: rules_version(names) for names in (("mine",), ("mine.toml", "russia-2022"), ("",), ())}
    assert len(set(own.values())) == 1
    changed("gdr-1989")
    assert all(rules_version(names) != before for names, before in own.items())


def test_every_shipped_scenario_has_a_stored_history() -> None:
    """A change of one that had none made no other version, so that worlds found under its former rules passed."""
    assert {pair.scenario for pair in histories.PAIRS} == set(catalogue()["scenarios"])
    assert all(histories.stored(pair) for pair in histories.PAIRS)


def test_a_renewed_stamp_makes_no_other_worlds(known: Match, tmp_path: Path) -> None:
    """Runs of claims in an ensemble are told by its worlds, so that they are gone on with when its head alone is another."""
    path = write_ensemble(known, "desertion match mine.toml", tmp_path / "mine.csv")[0]
    before = load_ensemble(path)
    path.write_text(path.read_text().replace("# title: ", "# title: once more ", 1))
    assert load_ensemble(path).digest == before.digest
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert load_ensemble(path).digest != before.digest
