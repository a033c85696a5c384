"""Claims about matches, on a stand-in whose region that is not ruled out is known."""

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion import InputError, Scenario, match
from desertion.scenario.grain import floor_note
from desertion.study.blocks import markdown
from desertion.study.matching import course, runs
from desertion.study.matching.aims import aims_of
from desertion.study.matching.document import Design, Screening, load
from desertion.study.matching.emulator import Emulator
from desertion.study.matching.fitting import fit
from desertion.study.matching.match import _design
from desertion.study.matching.matched import LEGEND, Match
from desertion.study.matching.proposals import Outlook, propose
from desertion.study.matching.report import blocks, findings
from desertion.study.matching.screening import effects, screening_points, with_trajectories
from desertion.study.matching.space import Space
from desertion.study.matching.training import Training
from desertion.study.store.reader import StudyFile
from desertion.study.store.writer import StudyWriter
from tests.study.matching.conftest import KNOWN, RANGES, Struck, figure
from tests.study.matching.fake import NOISE

Make = Callable[..., Match]


def test_worlds_that_are_kept_lie_in_the_region_that_is_known(known: Match) -> None:
    """Kept are a + b = 1 and a - b = 0.2 within three deviations of 0.03 and a little chance; c is left alone."""
    found = known
    kept = found.kept
    assert len(kept) > 30
    assert np.abs(kept["a"] + kept["b"] - 1.0).max() < 0.15
    assert np.abs(kept["a"] - kept["b"] - 0.2).max() < 0.15
    inputs = found.inputs.set_index("input")
    assert inputs.loc["a", "left"] < 0.3
    assert inputs.loc["c", "left"] > 0.7
    assert list(inputs["says"]) == [True, True, False]
    assert found.effects.set_index(["target", "input"])["matters"].to_dict() == {
        (target, name): name != "c" for target in ("sum", "difference") for name in "abc"
    }


def test_hardly_a_world_of_the_known_region_is_ruled_out(known: Match) -> None:
    """Of worlds that lie inside the region nine of ten are kept in all stages: chance of 0.02 a run is all that moves them."""
    found = known
    worlds = found.worlds
    inside = (np.abs(worlds["a"] + worlds["b"] - 1.0) < 0.06) & (np.abs(worlds["a"] - worlds["b"] - 0.2) < 0.06)
    assert inside.sum() >= 10
    assert worlds.loc[inside, "kept"].mean() >= 0.9


def test_emulators_learn_from_the_worlds_that_were_run_last(
    matched: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not from those that came out nearest to the figures: these were chosen by results, and what is learnt from them is that all worlds are near."""
    learnt: list[Training] = []
    monkeypatch.setattr("desertion.study.matching.course.MOST_WORLDS", 50)
    monkeypatch.setattr("desertion.study.matching.course.fit", lambda training, *told: learnt.append(training) or fit(training, *told))  # fmt: skip
    found = matched(out=tmp_path / "runs")
    rows = found.worlds[found.worlds["stage"] < 2]
    screened = int((found.worlds["stage"] == 0).sum())
    assert [len(training.means) for training in learnt] == [screened, screened, 50, 50]
    assert learnt[2].means == pytest.approx(rows["sum"].to_numpy()[-50:])


def test_later_waves_keep_more_and_as_many_as_emulators_expect(known: Match) -> None:
    """What was expected of a wave is stated beside what was kept, and the ranges are expected to hold what they do: the square of side 2 x 3 x sqrt(0.03^2 + 2 x 0.02^2 / 2), halved, of sum and difference."""
    found = known
    stages = found.stages.set_index("stage")
    kept = found.worlds.groupby("stage")["kept"].sum()
    assert kept[2] / 60 > kept[0] / 30
    assert stages.loc[2, "expected"] == pytest.approx(kept[2], abs=4.0 * np.sqrt(kept[2]))
    assert stages.loc[2, "volume"] == pytest.approx(0.0234, rel=0.25)
    assert np.isnan(stages.loc[0, "expected"])
    row = next(line for line in markdown(blocks(found, "again")).splitlines() if line.startswith("| wave 2 |"))
    assert row.startswith(f"| wave 2 | 60 | {kept[2]} | {stages.loc[2, 'expected']:.1f} |")


def test_what_emulators_held_of_their_own_wave_is_told(
    matched: Make, known: Match, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is asked of the worlds of its own wave, with their chance."""
    assert known.emulators["held"].between(0.5, 1.0).all()
    shown: list[Training] = []
    monkeypatch.setattr(Emulator, "holds", lambda _, unseen: shown.append(unseen) or 0.5)
    doubted = matched(out=tmp_path / "doubted")
    assert "→ 0.50" in markdown(blocks(doubted, "again"))
    results = doubted.results
    for row, unseen in zip(doubted.emulators.itertuples(), shown, strict=True):
        np.testing.assert_array_equal(unseen.means, results.means[row.target][results.stage == row.stage])
        assert (unseen.noise > 0.0).all()
    for aim, unseen in zip(doubted.aims, shown[-2:], strict=True):
        assert unseen.noise == pytest.approx(results.chance(aim, 3.0) / 2.0), "each was run twice"


@pytest.mark.parametrize("calls", [1, 4, 7])
def test_a_resumed_match_gives_the_tables_of_an_undisturbed_one(
    matched: Make, known: Match, tmp_path: Path, calls: int
) -> None:
    """Struck at three moments: no world is lost, doubled or another."""
    with pytest.raises(SystemError, match="struck"):
        matched(Struck(calls), out=tmp_path / "struck")
    again = matched(out=tmp_path / "struck")
    for name, table in known.tables().items():
        timeless = [column for column in table if column != "seconds"]
        pd.testing.assert_frame_equal(table[timeless], again.tables()[name][timeless])


def test_a_match_is_judged_as_far_as_it_got(matched: Make, tmp_path: Path) -> None:
    """`only_judge` runs nothing, and refuses a folder in which nothing is."""
    with pytest.raises(SystemError):
        matched(Struck(5))
    partly = matched(only_judge=True)
    assert 0 < len(partly.worlds) < 116
    with pytest.raises(InputError, match="holds no runs of a match"):
        matched(only_judge=True, out=tmp_path / "empty")


def test_a_report_and_a_finished_match_tell_what_the_match_told(
    matched: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without fitting anything: what emulators said when the waves were run too, unless other figures are judged now; the screening is the one that was run."""
    told = {"out": tmp_path / "m", "screening": 3}
    before, after = matched(**told), matched(out=tmp_path / "m", only_judge=True)
    for name, table in before.tables().items():
        pd.testing.assert_frame_equal(table, after.tables()[name], check_dtype=False)
    assert markdown(blocks(before, "again")) == markdown(blocks(after, "again"))
    monkeypatch.setattr("desertion.study.matching.course.fit", lambda *_: pytest.fail("emulators are fitted again"))
    resumed = matched(**told)
    for name, table in before.tables().items():
        pd.testing.assert_frame_equal(table, resumed.tables()[name], check_dtype=False)
    other = matched(out=tmp_path / "m", only_judge=True, targets={**KNOWN, "sum": figure(1.2, 0.1)})
    (tmp_path / "m" / "stage-1.json").write_text("")
    assert set(matched(out=tmp_path / "m", only_judge=True).emulators["stage"]) == {2}
    assert other.emulators.empty
    assert other.stages["expected"].isna().all()


def test_trajectories_are_those_that_were_run(matched: Make, tmp_path: Path) -> None:
    """Five worlds each; where none is whole yet the design's number stands, of which nothing can be told, and not none."""
    found = matched(waves=[], screening=4, out=tmp_path / "m")
    whole = runs.results([tmp_path / "m" / "stage-0.sqlite"], 0, found.aims, apart=True)
    for worlds, trajectories in ((20, 4), (11, 2), (4, 4)):
        partly = replace(whole, points=whole.points[:worlds])
        assert with_trajectories(found.design, partly).screening.trajectories == trajectories
    assert effects(found.design, partly, aims_of(found.design)).empty


def test_what_other_emulators_said_is_not_told_of_a_wave_that_was_stopped(
    matched: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of a match were removed but for its notes, and it is begun anew and stopped in its first wave: the note on that one is gone."""
    matched(out=tmp_path / "m")
    for path in (tmp_path / "m").glob("stage-*.sqlite*"):
        path.unlink()
    present = course.run_stage

    def stopped(design: Design, documents: Mapping[str, str], stage: int, *told: Any) -> None:
        if stage:
            raise SystemError("struck")
        present(design, documents, stage, *told)

    monkeypatch.setattr(course, "run_stage", stopped)
    with pytest.raises(SystemError):
        matched(out=tmp_path / "m")
    assert [path.name for path in sorted((tmp_path / "m").glob("*.json"))] == ["stage-2.json"]


def test_all_waves_of_a_folder_are_judged(matched: Make) -> None:
    """Also those that the command asked for beyond the design's: they were passed over, and tables and ensemble written without them."""
    told = {"screening": 0, "targets": {"first": figure(0.2)}}
    matched(waves=[{"worlds": 8}, {"worlds": 9}, {"worlds": 10}], **told)
    found = matched(waves=[{"worlds": 8}], only_judge=True, **told)
    assert found.worlds.groupby("stage").size().tolist() == [8, 9, 10]


def test_effects_are_those_of_the_screening_that_was_run(matched: Make, tmp_path: Path) -> None:
    """By a design of as many trajectories over other places nothing is said of effects: what stood there took one place for another."""
    told = {"waves": [], "screening": 4, "out": tmp_path / "m"}
    assert len(matched(**told).effects) == 6
    assert len(matched(only_judge=True, **told).effects) == 6
    design = Design.model_validate({"cases": {"run": {"scenario": "quiet"}}, "vary": RANGES, "target": KNOWN, "seed": 5, "screening": {"trajectories": 4, "levels": 6}})  # fmt: skip
    whole = runs.results([tmp_path / "m" / "stage-0.sqlite"], 0, aims_of(design), apart=True)
    assert len(effects(design.model_copy(update={"screening": Screening(trajectories=4)}), whole, aims_of(design))) == 6
    assert effects(design, whole, aims_of(design)).empty


def test_effects_are_those_of_a_whole_range_with_intervals_from_six_trajectories_on() -> None:
    """A choice of two adds 3 to the outcome; a step between them was taken for two thirds of a range, 4.5. The effect of a is c: its half width is Student's, 2.571 deviations of the mean of six."""
    vary = {"a": {"range": [0, 1]}, "b": {"choices": [0, 1]}, "c": {"range": [0, 1]}}
    design = Design.model_validate({"cases": {"run": {"scenario": "quiet"}}, "vary": vary, "target": {"sum": figure(1.0)}, "seed": 5})  # fmt: skip
    for trajectories in (6, 4):
        chosen = design.model_copy(update={"screening": Screening(trajectories=trajectories)})
        points = screening_points(chosen, Space(chosen.factors))
        values = np.array([3.0 * point["b"] + point["a"] * point["c"] for point in points], float)
        found: Any = SimpleNamespace(points=points, means={"sum": values})
        told = effects(chosen, found, aims_of(chosen)).set_index("input")
        assert told.loc["b", "effect"] == pytest.approx(3.0)
        pairs = [(one, two) for one, two in itertools.pairwise(range(len(points))) if points[one]["a"] != points[two]["a"] and (one + 1) % 5]  # fmt: skip
        seen = np.array([points[one]["c"] for one, _ in pairs])
        assert (len(seen), told.loc["a", "effect"]) == (trajectories, pytest.approx(seen.mean()))
        if trajectories == 6:
            assert told.loc["a", "half_width"] == pytest.approx(2.5706 * seen.std(ddof=1) / np.sqrt(6), rel=1e-4)
            assert told["noise"].tolist() == [0.0] * 3
            assert told.loc["b", "matters"]
        else:
            assert told["half_width"].isna().all()
            assert (told["noise"].tolist(), told["matters"].any()) == ([0.0] * 3, False)


def test_runs_of_another_design_are_not_judged(matched: Make, known: Match, tmp_path: Path) -> None:
    """Other ranges, seeds and numbers under a target's name are refused; other figures and discrepancies are what judging again is for."""
    matched(out=tmp_path / "m")

    def again(**told: object) -> Match:
        return matched(out=tmp_path / "m", only_judge=True, **told)

    assert len(again(targets={**KNOWN, "sum": figure(1.2, 0.1)}).worlds) == len(known.worlds)
    for told, words in (
        ({"vary": {**RANGES, "a": {"range": [0.0, 2.0]}}}, "other vary"),
        ({"seed": 6}, "other seed"),
        ({"targets": {**KNOWN, "first": figure(0.2)}}, "did not count target first"),
        ({"targets": {**KNOWN, "sum": figure(1.0) | {"effect": "2 * run.sum"}}}, "target sum counted something else"),
    ):
        with pytest.raises(InputError, match=words):
            again(**told)


def test_a_report_says_what_was_changed_since_its_runs_were_made(
    matched: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code that counts, or a scenario, which is another now is named; the list of targets is not, whose figures may be judged anew."""
    told = {"out": tmp_path / "m", "waves": [{"worlds": 8}], "screening": 0}
    assert not matched(**told).changed
    assert not matched(only_judge=True, **told).changed
    present = runs.fingerprint

    def other(name: str, specs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        return {**present(name, specs), "code tests.study.matching.fake": "another", "targets": "another"}

    monkeypatch.setattr(runs, "fingerprint", other)
    later = matched(only_judge=True, **told)
    assert later.changed == ("code tests.study.matching.fake",)
    assert any("of before `code tests.study.matching.fake` changed" in line for line in findings(later))


def test_no_run_without_attempts_behind_closed_exits_rules_a_world_out(matched: Make, tmp_path: Path) -> None:
    """In three of ten runs nobody tries: such worlds are run again and judged by all runs together; unknown is what has none in any, and it is said."""
    design = tmp_path / "gdr.toml"
    design.write_text(
        'targets = ["army-attempts"]\nreplicates = 1\nconfirm = 5\n[cases.gdr_army]\n[cases.gdr_army_closed]\n'
        "[vary.a]\nrange = [0.0, 1.0]\n[vary.b]\nrange = [0.0, 1.0]\n"
    )
    told = {"scenario": None, "vary": None, "targets": None, "screening": 0, "waves": [{"worlds": 64}]}
    found = matched(design=design, out=tmp_path / "m", **told)
    with StudyFile(tmp_path / "m" / "stage-1.sqlite") as study:
        none = {row.design for row in study.rows() if not row.scalars["army-attempts, below"]}
    assert 10 < len(none) < 30  # of 64, 30 % give or take three deviations of 6 %
    worlds = found.worlds
    again = worlds.index.isin(list(none))
    assert (worlds.loc[again, "runs"] == 5).all()
    assert worlds.loc[again, "kept"].sum() > 3
    assert worlds["army-attempts"].isna().sum() < 3  # of those with five runs one in 400 has none
    single = matched(design=design, out=tmp_path / "once", confirm=0, **told)
    lacking = int(single.worlds["army-attempts"].isna().sum())
    assert f"In {lacking} of 64 worlds `army-attempts` is unknown, since" in " ".join(findings(single))
    assert not single.worlds.loc[single.worlds["army-attempts"].isna(), ["kept", "kept_double"]].any(axis=None)


def test_targets_that_contradict_each_other_are_named_with_what_reconciles_them(matched: Make) -> None:
    """The first cannot be 0.2 and 0.8: at 0.5 both are 0.3 away, three deviations of 0.1, and worlds are 0.1 apart; `sum` has no part in it."""
    found = matched(targets={"first": figure(0.2), "same": figure(0.8), "sum": figure(1.0, 0.5)})
    assert not len(found.kept)
    assert found.contradiction is not None
    assert found.contradiction.targets == ("first", "same")
    needed = max(found.contradiction.discrepancy.values())
    assert 0.09 < needed < 0.16
    assert found.contradiction.factor == pytest.approx(needed / 0.03)
    assert "**Targets contradict each other**: no world meets first and same together" in findings(found)[1]


def test_a_single_target_that_no_world_meets_contradicts_no_other(matched: Make) -> None:
    """It is out of reach: no number of the runs comes near 9, whatever the others want."""
    found = matched(targets={"first": figure(9.0), "sum": figure(1.0, 0.5)})
    assert findings(found)[1].startswith("**A target is out of reach**: no world meets first, of ")


def test_a_target_without_a_number_in_any_world_is_said(matched: Make, tmp_path: Path) -> None:
    """Nothing can be kept, and no further wave helps, which was the advice. One that is only looked at has no number in kept worlds, and where none is kept nothing is said of it; a target without a unit has no space for it."""
    told = {"screening": 0, "waves": [{"worlds": 64}]}
    found = matched(targets={"never": figure(1.0), "first": figure(0.2)}, **told)
    assert findings(found)[1].startswith("No world that was run has a number for `never`, so that none can be kept")
    assert "Add a wave" not in " ".join(findings(found))
    never = {"never": figure(1.0) | {"role": "held-out"}, "first": figure(0.2)}
    looked = matched(targets=never, out=tmp_path / "looked", **told)
    assert "`never`, only looked at: no number in kept worlds, observed 1; 0 % of them would pass." in findings(looked)
    assert "| `never` | looked at | 1 | no number |" in markdown(blocks(looked, "again"))
    seldom = matched(targets=never, confirm=9, only_judge=True, out=tmp_path / "looked", **told)
    assert seldom.unconfirmed
    assert not len(seldom.kept)
    assert "only looked at" not in " ".join(findings(seldom))


def test_too_few_survivors_are_said(matched: Make) -> None:
    """Without waves of proposals a handful of worlds is kept, and nothing is said of inputs."""
    found = matched(screening=0, waves=[{"worlds": 64}], targets={"first": figure(0.2)})
    assert 5 < len(found.kept) < 30
    assert not found.inputs["says"].any()
    assert "Too few" in findings(found)[1]


def test_a_number_that_rests_on_fewer_than_five_simulated_persons_is_marked(matched: Make, tmp_path: Path) -> None:
    """Two of them stand behind a `first` of 0.2, in the table and in the finding; six behind 0.6; of `same` it is not known."""
    told = {"screening": 0, "waves": [{"worlds": 64}]}
    few = matched(targets={"first": figure(0.2), "same": figure(0.2)}, out=tmp_path / "few", **told)
    rows = few.targets.set_index("target")
    assert rows["persons"]["first"] == pytest.approx(2.0, abs=0.5)
    assert rows["few"]["first"] == 1.0
    assert rows["too_few"].tolist() == [True, False]
    text = markdown(blocks(few, "again"))
    assert re.search(r"\| `first` \| fit \| 0.2 \| 0\.\d+† \(", text)
    assert LEGEND in text
    assert text.count("†") == 2, "one number and the legend"
    assert "`first` rests on fewer than 5 simulated persons in 100 % of kept worlds" in text
    enough = markdown(blocks(matched(targets={"first": figure(0.6)}, out=tmp_path / "enough", **told), "again"))
    assert "†" not in enough
    assert "rests on" not in enough


def test_a_quotient_of_all_runs_rests_on_the_fewer_of_its_two_counts_in_all_of_them() -> None:
    """Also in runs of before the persons were kept; at real size nothing is lost by the scale."""
    aim = next(aim for aim in aims_of(load("gdr-1989")) if aim.name == "army-attempts")
    runs = np.array([[12.0, 1.0], [15.0, 2.0]])
    assert aim.persons(runs, np.full(2, np.nan)) == 3.0
    assert np.isnan(replace(aim, scaled=False).persons(runs, np.full(2, np.nan)))


def test_what_is_kept_by_the_chance_of_its_few_runs_alone_is_counted(known: Match) -> None:
    """By hand: two runs of chance 0.03 in a sum forgive a sixth of the discrepancy, which these worlds need."""
    kept = known.kept
    off = np.maximum((kept["sum"] - 1.0).abs(), (kept["difference"] - 0.2).abs()) / 0.03
    near = int((off < 3.0).sum())
    assert 0 < near < len(kept)
    assert known.without_chance == near
    assert (
        f" By error and discrepancy alone {near} of the {len(kept)} lie within 3 standard deviations of every figure that rules out: "
        f"{len(kept) - near} miss one" in findings(known)[0]
    )


def test_a_wave_without_an_emulator_expects_nothing(matched: Make) -> None:
    """Too few worlds to learn from: the chance of all worlds of the wave, which nobody had asked, stood as 30.0 and 100 %."""
    told = {"waves": [{"worlds": 30}], "screening": 2}
    for found in (matched(**told), matched(only_judge=True, **told)):
        assert set(found.emulators["kind"]) == {"none"}
        assert found.stages[["expected", "volume"]].isna().all(axis=None)
        assert re.search(r"\| wave 1 \| 30 \| \d+ \| - \| \d+ \| - \|", markdown(blocks(found, "again")))


def test_worlds_below_the_floor_of_scale_are_said(matched: Make) -> None:
    """The sentence that `run` prints."""
    found = matched(scenario="front-2022", scale=0.0005, screening=0, waves=[{"worlds": 30}])
    assert f"`run`: {floor_note(Scenario.load('front-2022', scale=0.0005))}." in findings(found)
    assert any("do not say on how many simulated persons" in finding for finding in findings(found))


def test_what_a_target_adds_to_the_others_is_read_off_the_runs(known: Match) -> None:
    """`others` counts worlds that meet all other targets, `met` the share of them that meets this one as well."""
    found = known
    worlds = found.worlds
    row = found.targets.set_index("target").loc["sum"]
    others = worlds["I.difference"] < 3.0
    assert row["others"] == others.sum()
    assert row["met"] == pytest.approx((worlds["I.sum"][others] < 3.0).mean())


def test_half_the_discrepancy_keeps_fewer_worlds_and_double_more(known: Match) -> None:
    """Of the same runs."""
    kept = known.discrepancies["kept"].tolist()
    assert kept[0] < kept[1] < kept[2]


def test_worlds_that_only_a_double_discrepancy_keeps_are_said_to_have_been_run_fewer_times(matched: Make) -> None:
    """Only what the stated discrepancy keeps is run again: the counts with half and with double are not of one kind, and the report says so."""
    found = matched(runs=1, confirm=2, screening=15, waves=[{"worlds": 40}])
    worlds = found.worlds
    once = int((worlds["kept_double"] & (worlds["runs"] < 2)).sum())
    kept = int(worlds["kept_double"].sum())
    assert 0 < once < kept
    assert found.discrepancies["run_fewer_times"].tolist() == [0, 0, once]
    assert f"{kept} with double, {once} of them run fewer than 2 times)." in findings(found)[0]


def test_emulators_are_asked_for_what_a_kept_world_has_been_run(
    matched: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chance of three runs together where a wave runs one and kept worlds have three, of four where a wave runs four; no two files have people and fates in common."""
    outlooks: list[Outlook] = []
    monkeypatch.setattr("desertion.study.matching.course.propose", lambda space, outlook, *told: outlooks.append(outlook) or propose(space, outlook, *told))  # fmt: skip
    found = matched(waves=[{"worlds": 40, "replicates": 2}, {"worlds": 20}, {"worlds": 5, "replicates": 4}], runs=1, confirm=3, out=tmp_path / "m")  # fmt: skip
    single = found.emulators[found.emulators["target"] == "sum"]["chance"] ** 2
    assert [outlook.chance["sum"] for outlook in outlooks] == pytest.approx(single.to_numpy() / [3.0, 3.0, 4.0])
    files = sorted((tmp_path / "m").glob("*.sqlite"))
    seeds = []
    for path in files:
        with StudyFile(path) as study:
            seeds.append(study.header()["spec"]["seed"])
    assert len(set(seeds)) == len(files) >= 5


def test_worlds_that_a_wave_keeps_are_run_again(matched: Make, tmp_path: Path) -> None:
    """Those have three runs in all, the others one; judged are means, and a match that was struck while they were run goes on."""
    told = {"waves": [{"worlds": 40}, {"worlds": 40}], "runs": 1, "confirm": 3}
    found = matched(**told)
    waves = found.worlds[found.worlds["stage"] > 0]
    assert set(waves["runs"]) == {1, 3}
    assert set(waves[waves["kept"]]["runs"]) == {3}
    confirmed = waves[waves["runs"] == 3]
    off = confirmed["sum"] - confirmed["a"] - confirmed["b"]
    assert 0.4 < off.std() / (NOISE * np.sqrt(2 / 3)) < 1.6
    with pytest.raises(SystemError, match="struck"):
        matched(Struck(6), out=tmp_path / "struck", **told)
    again = matched(out=tmp_path / "struck", **told)
    pd.testing.assert_frame_equal(found.worlds.drop(columns="seconds"), again.worlds.drop(columns="seconds"))


def test_a_world_that_a_wave_holds_several_times_is_one(matched: Make) -> None:
    """Of lists alone there are twelve worlds: a wave of 48 is twelve with the runs of all, of which none counts for several among those that are kept."""
    vary = {"a": [1 / 3, 0.4, 0.6, 0.8], "b": [0.2, 0.4, 0.6]}
    told = {"vary": vary, "targets": {"sum": figure(1.0, 0.01)}, "screening": 0, "waves": [{"worlds": 48}]}
    worlds = matched(runs=1, **told).worlds
    assert len(worlds) == len(worlds[["a", "b"]].drop_duplicates()) == 12
    assert worlds["runs"].sum() == 48


def test_a_screening_puts_no_world_into_the_ensemble_twice(matched: Make) -> None:
    """Eight trajectories over one input and a dummy come to four places, in 32 steps; their effects are those of all steps."""
    found = matched(
        vary={"a": {"range": [0.0, 1.0]}, "b": [1.0]}, targets={"first": figure(0.5, 1.0)}, screening=8, waves=[]
    )
    assert len(found.worlds) == len(found.worlds["a"].unique()) <= 4
    assert found.worlds["runs"].sum() == 32
    assert len(found.effects) == 2


def test_waves_that_were_run_count_whatever_the_command_asks_for(matched: Make, tmp_path: Path) -> None:
    """Without the third wave, which a command before had asked for, its worlds were lost from all tables, and the ensemble was written without them."""
    told = {"screening": 0, "targets": {"first": figure(0.2)}, "out": tmp_path / "m"}
    matched(waves=[{"worlds": 8}, {"worlds": 9}, {"worlds": 10}], **told)
    found = matched(waves=[{"worlds": 8}, {"worlds": 9}], **told)
    assert found.worlds.groupby("stage").size().tolist() == [8, 9, 10]


def test_runs_that_are_asked_for_are_those_of_all_waves_of_a_design(tmp_path: Path) -> None:
    """A wave that stated its own went on with these, in silence."""
    file = tmp_path / "d.toml"
    file.write_text(
        '[cases.run]\nscenario = "quiet"\n[vary]\n"behaviour.chance_power" = { range = [0.2, 1.0] }\n[target.left_flee]\nobserved = [1, 2]\ndiscrepancy = 0.3\n'
        "[[waves]]\nworlds = 4\nreplicates = 1\n[[waves]]\nworlds = 4\n"
    )
    design, _ = _design(file, None, None, None, None, None, None, 3, None, None)
    assert [wave.replicates or design.replicates for wave in design.waves] == [3, 3]
    design, _ = _design(file, None, None, None, None, [{"worlds": 4, "replicates": 2}], None, 3, None, None)
    assert [wave.replicates for wave in design.waves] == [2]
    for asked, told in ((None, [1, None, None]), (3, [None, None, None])):
        design, _ = _design(file, None, None, None, None, [7, 8, 9], None, asked, None, None)
        assert [(wave.worlds, wave.replicates) for wave in design.waves] == [*zip((7, 8, 9), told, strict=True)]
        assert design.replicates == (asked or 2)


def test_it_is_said_where_no_world_was_run_twice(matched: Make, tmp_path: Path) -> None:
    """Then chance counts for nothing, and a world may be ruled out by bad luck; one wave with two runs is enough to know it."""
    told = {"screening": 0, "targets": {"first": figure(0.2)}, "waves": [{"worlds": 9}]}
    for number, said in ((1, True), (2, False)):
        found = matched(runs=number, out=tmp_path / str(number), **told)
        assert (
            any("No world was run twice" in sentence and "`first`" in sentence for sentence in findings(found)) == said
        )


def test_worlds_that_cannot_be_run_are_ruled_out_and_counted(matched: Make) -> None:
    """A quarter of the range of an input is refused: none of it is kept, the rest is judged, and the report says how many and why."""
    found = matched(vary={**RANGES, "refused": {"range": [0.0, 1.0]}}, screening=0, waves=[{"worlds": 64}])
    impossible = found.worlds["refused"] > 0.75
    assert impossible.sum() == 16
    assert found.worlds["sum"].isna().equals(impossible)
    assert not found.worlds.loc[impossible, ["kept", "kept_half", "kept_double"]].any(axis=None)
    told = "16 of 64 worlds have runs that failed and count as ruled out, most often with: InputError: this world cannot be"
    assert told in findings(found)


@pytest.mark.parametrize(
    ("waves", "number", "begun"), [([9, 10], 0, 8), ([7, 10], 0, 8), ([8, 11], 1, 10), ([8, 9], 1, 10)]
)
def test_a_wave_of_another_size_is_refused_and_a_further_one_is_not(
    matched: Make, tmp_path: Path, waves: list[int], number: int, begun: int
) -> None:
    """It was gone on with as it was, in silence; the way out that is named works."""
    told = {"screening": 0, "out": tmp_path / "sized"}
    matched(waves=[{"worlds": 8}, {"worlds": 10}], **told)
    with pytest.raises(
        InputError, match=rf"waves\[{number}\]\.worlds = {waves[number]} is not .* begun with, {begun}; .*add a wave"
    ):
        matched(waves=[{"worlds": worlds} for worlds in waves], **told)
    if number:
        more = matched(waves=[{"worlds": 8}, {"worlds": 10}, {"worlds": 5}], **told)
        assert more.worlds.groupby("stage").size().tolist() == [8, 10, 5]


@pytest.mark.parametrize("file", ["stage-2", "stage-2-again"])
def test_a_report_passes_over_a_stage_of_which_no_run_is_done(matched: Make, tmp_path: Path, file: str) -> None:
    """Its file holds the worlds and nothing of them yet, as when a match is stopped at once."""
    out = tmp_path / "begun"
    told = {"confirm": 3, "out": out}
    matched(**told)
    path = out / f"{file}.sqlite"
    with StudyFile(path) as study:
        about, points = dict(study.header()), study.points()
    path.unlink()
    StudyWriter.open(
        path, {key: about[key] for key in about.keys() - {"created", "columns", "seal", "tally"}}, points
    ).close()
    found = matched(only_judge=True, **told)
    assert set(found.worlds["stage"]) == ({0, 1} if file == "stage-2" else {0, 1, 2})
    if file == "stage-2-again":
        assert found.worlds.loc[found.worlds["stage"] == 2, "runs"].max() < 3


def test_all_words_are_proposed(matched: Make) -> None:
    """Of a list of words each has its part of every wave as far as there is room for it."""
    found = matched(vary={**RANGES, "behaviour.form": {"choices": ["multiplicative", "concave", "additive"]}})
    assert found.kept.groupby("behaviour.form").size().min() >= 5


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"design": "russia-2023"}, "there is no match 'russia-2023'; did you mean 'russia-2022'"),
        ({"design": "mine.toml"}, r"mine\.toml: there is no such design"),
        ({"scenario": "quiet", "vary": RANGES, "targets": ["russia-flihgt"]}, "no target 'russia-flihgt'; did you mean 'russia-flight'"),
        ({"scenario": "quiet", "vary": RANGES, "targets": ["russia-flight"]}, r"read off the run 'russia': add \[cases.russia\]"),
        ({"scenario": "quiet", "vary": {"form": ["concave"]}, "targets": KNOWN}, "and not reproduction"),
        ({"scenario": "quiet", "vary": {"asylum": {"normal": [0, 1]}}, "targets": KNOWN}, r"vary\.asylum = 'normal' must be a range"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": {**figure(1.0), "effect": "walk.left"}}}, "no case 'walk'"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": figure(1.0, 0.0)}}, "allows neither error nor discrepancy"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": {**figure(0.0), "scale": "log"}}}, "has no logarithm"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": figure(float("nan"))}}, r"target\.left\.observed: must be finite numbers, got \[nan, nan\]"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": {**figure(1.0), "observed": [True, 2]}}}, r"observed: must be finite numbers, got \[True, 2\]"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": {**figure(1.0), "observed": [10, float("inf")]}}}, r"observed\[1\] = inf must be a finite number"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": figure(1.0, float("inf"))}}, r"target\.left\.discrepancy = inf must be a finite number"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": {**figure(1.0), "role": "held-out"}}}, "no target of the match has the role fit"),
        ({"scenario": "quiet", "vary": RANGES}, "names no target"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"a": figure(1.0)}}, "target = 'a' is the name of an input"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"kept": figure(1.0)}}, "target = 'kept' is the name of an input or of a column"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"I.sum": {**figure(1.0), "effect": "run.left_total"}}}, r"target = 'I\.sum' is the name of an input or of a column"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {" ": {**figure(1.0), "effect": "run.left_total"}}}, "target = ' ' is no name that the tables could tell it by; rename it"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"x, above": {**figure(1.0), "effect": "run.left_total"}}}, "is no name that the tables"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left_total": {**figure(1.0), "observed": [60, 30]}}}, r"target left_total: observed = .*60.* must be the lowest and the highest figure, in this order"),
        ({"scenario": "quiet", "vary": RANGES, "targets": {"left": {**figure(1.0), "effect": "3"}}}, r"target left: effect = 3 counts nothing of a run: name a measure, as in run\.left_total"),
        ({"scenario": "quiet", "vary": {"asylum": {"choices": [0.1, 0.2, 0.1]}}, "targets": KNOWN}, r"vary\.asylum = 0\.1 is listed twice; list each value once"),
        ({"scenario": "quiet", "design": "russia-2022"}, "give one of the two"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(told: dict[str, object], sentence: str) -> None:
    """What, where, and the way out."""
    with pytest.raises(InputError, match=sentence):
        match(**told)  # type: ignore[arg-type]


def test_an_unknown_input_and_measure_are_told_before_anything_runs(tmp_path: Path) -> None:
    """With the nearest that there is."""
    told = {"scenario": "quiet", "targets": KNOWN, "out": tmp_path, "quiet": True, "workers": 1}
    with pytest.raises(InputError, match="did you mean"):
        match(**told, vary={"behaviour.chance_powr": {"range": [0, 1]}})  # type: ignore[arg-type]
    for vary in ({"police": ["none"]}, {"police": [1.0, "none"]}, {"cases": {"choices": ["few", "many"]}}):
        with pytest.raises(InputError, match=r"(police|cases) = '(none|few)' must be a number"):
            match(**told, vary=vary)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"there is no measure 'left_tota'.*did you mean 'left_total'"):
        match(
            scenario="quiet",
            vary={"asylum": {"range": [0, 1]}},
            targets={"left_tota": figure(1.0)},
            out=tmp_path,
            quiet=True,
        )


def test_a_scenario_is_no_design(tmp_path: Path) -> None:
    """It is said what to write."""
    from desertion import Scenario

    Scenario.load("quiet").write(tmp_path / "mine.toml")
    with pytest.raises(InputError, match="is a scenario: write a design"):
        match(tmp_path / "mine.toml")
