"""Claims about kept worlds that are run again, on the stand-in, whose large armies have a sum that is 0.2 larger."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from desertion import InputError
from desertion.cli import main
from desertion.study.blocks import markdown
from desertion.study.design.factors import Point
from desertion.study.matching.again import Again, _crossed, again, name_of
from desertion.study.matching.again_report import _reasons, again_blocks, again_findings
from desertion.study.matching.document import load
from desertion.study.matching.ensemble import load_ensemble, rules_version, write_ensemble
from desertion.study.matching.matched import Match
from desertion.study.run.options import RunOptions
from desertion.study.store.reader import StudyFile

DESIGN = """
seed = 5
confirm = 3
targets = []
[cases.run]
scenario = "quiet"
scale = 0.3
[target.sum]
observed = [1.0, 1.0]
scale = "linear"
discrepancy = {discrepancy}
[target.difference]
observed = [0.2, 0.2]
scale = "linear"
discrepancy = 0.03
[vary]
a = {{ range = [0.0, 1.0] }}
b = {{ range = [0.0, 1.0] }}
c = {{ range = [0.0, 1.0] }}
"""


@pytest.fixture
def at_size(known: Match, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Again]:
    """Runs the kept worlds of what is known again: `at_size(2.0)`."""
    monkeypatch.setattr("desertion.study.matching.runs.TASK", "tests.study.matching.fake.run_world")

    def run(size: float, discrepancy: float = 0.03, text: str = DESIGN, **told: object) -> Again:
        design = tmp_path / "mine.toml"
        design.write_text(text.format(discrepancy=discrepancy))
        worlds = write_ensemble(known, "desertion match mine.toml", tmp_path / "mine.csv")[0]
        with ThreadPoolExecutor(1) as at_hand:
            by = RunOptions(executor=at_hand, workers=1, quiet=True)
            told = {"out": tmp_path / "sizes", **told}
            return again(design, size=size, ensemble=worlds, options=by, **told)  # pyright: ignore[reportArgumentType]

    return run


def test_worlds_that_hang_on_size_are_lost_at_the_other_size_alone(at_size: Callable[..., Again]) -> None:
    """At twice the size, which is above half of the real one, 0.2 more rules out what is kept at its own size, but for some at the edge of what two runs forgave."""
    found = at_size(2.0)
    assert (found.same.results.counts == 3.0).all(), "as many runs as are asked of kept worlds"
    rows = found.targets.set_index("target")
    # Both sizes have the same chance in the stand-in, so that all worlds move alike.
    assert [rows.loc["sum", name] for name in ("change", "low", "high")] == pytest.approx([0.2] * 3)
    assert rows.loc["difference", "change"] == pytest.approx(0.0)
    assert found.worlds["kept_same"].mean() > 0.7
    assert found.worlds["kept_changed"].mean() < 0.2
    told = " ".join(again_findings(found))
    difference = re.search(r"a difference of (\S+) points in 100 \(95 % interval (\S+) to (\S+)\)", told)
    assert difference is not None
    middle, low, high = map(int, difference.groups())
    assert low < middle < high < -50
    assert "Numbers that move beyond chance, each judged at 95 %: `sum`." in told
    assert "What rules out at 2 times the size: `sum`" in told
    assert "+0.2" in markdown(again_blocks(found, "desertion match mine.toml --size 2"))


def test_worlds_that_do_not_hang_on_size_are_kept_at_both(at_size: Callable[..., Again]) -> None:
    """At half the size nothing is another."""
    found = at_size(0.5, worlds=30, runs=2)
    assert len(found.worlds) == 30
    assert (found.same.results.counts == 2.0).all()
    assert (found.worlds["kept_changed"] == found.worlds["kept_same"]).all()
    assert (found.forgiven_alike == found.worlds["kept_changed"]).all()
    assert not any("chance forgives" in told for told in again_findings(found)), "both sizes vary alike"
    assert "beyond chance, each judged at 95 %: none." in " ".join(again_findings(found))


def test_a_case_goes_to_real_size_at_most(at_size: Callable[..., Again]) -> None:
    """Ten times 0.3 is 1; what is at real size already cannot be larger, which is said before anything runs."""
    assert at_size(10.0, worlds=6).changed.design.cases["run"].scale == 1.0
    with pytest.raises(InputError, match="leave every case as it is"):
        at_size(10.0, text=DESIGN.replace("scale = 0.3", "scale = 1.0"))


def test_a_case_that_states_no_scale_has_that_of_its_scenario(at_size: Callable[..., Again], tmp_path: Path) -> None:
    """Twice the size of an army at a fifth is two fifths, and not real size."""
    (tmp_path / "own.toml").write_text('extends = "quiet"\nscale = 0.2\n')
    text = DESIGN.replace('scenario = "quiet"\nscale = 0.3', 'scenario = "own.toml"')
    assert at_size(2.0, text=text, worlds=6).changed.design.cases["run"].scale == 0.4


def test_worlds_without_a_number_are_told_apart() -> None:
    """A quotient with nothing below it rules a world out as well, and says nothing on its size."""
    unknown = {"sum": np.zeros(4, bool), "difference": np.array([True, False, True, True])}
    results = SimpleNamespace(unknown=unknown, errors=[""] * 4)
    worlds = pd.DataFrame({"target": ["difference", "difference", "sum", "difference"]})
    match = cast("Match", SimpleNamespace(worlds=worlds, results=results))
    told = _reasons(match, np.array([True, True, True, False]))
    assert told == "`difference` 2 (1 of them without a number), `sum` 1"


def test_worlds_that_cannot_be_run_are_ruled_out_by_no_target(at_size: Callable[..., Again]) -> None:
    """The stand-in breaks down in one world of six: it stood under the first target, as if that had been missed."""
    found = at_size(0.5, worlds=6)
    points, errors = found.changed.results, ["", "", "InputError: this world cannot be", "", "", ""]
    means = {name: np.where(np.arange(6) == 2, np.nan, values) for name, values in points.means.items()}
    broken = replace(found.changed, results=replace(points, means=means, errors=errors))
    told = _reasons(broken, np.arange(6) == 2)
    assert told == "runs that failed 1 (most often with: InputError: this world cannot be)"


@pytest.mark.parametrize(
    ("value", "words"), [("nan", "is no number"), ("", "is no number"), ("inf", "is no number"), ("half", "a = 'half', which is no number"), ("9" * 400, "is no number")]
)  # fmt: skip
def test_a_value_that_is_no_number_is_refused(
    at_size: Callable[..., Again], known: Match, tmp_path: Path, value: str, words: str
) -> None:
    """In the worlds of the match and in those of another; such a world had no run, or the command broke down."""
    with pytest.raises(InputError, match=words):
        at_size(1.0, shared=of_another(tmp_path / "other" / "ensemble.csv", f"{value},7"))
    own = write_ensemble(known, "desertion match mine.toml", tmp_path / "broken.csv")[0]
    lines = own.read_text().splitlines()
    lines[-1] = ",".join([*lines[-1].split(",")[:1], value, *lines[-1].split(",")[2:]])
    own.write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError, match=rf"broken\.csv has worlds with .*{words}"):
        again(tmp_path / "mine.toml", ensemble=own, size=2.0)


def test_what_chance_forgives_is_told_apart_from_what_moves(at_size: Callable[..., Again]) -> None:
    """Runs with ten times the noise meet the targets as seldom as they are forgiven by the noise of the others."""
    found = at_size(1.0, worlds=20, settings={"behaviour.push_door": 0.5})
    noisy = {name: 100.0 * values for name, values in found.same.results.variances.items()}
    forgiving = replace(found, same=replace(found.same, results=replace(found.same.results, variances=noisy)))
    assert forgiving.forgiven_alike.sum() > found.forgiven_alike.sum()
    told = next(told for told in again_findings(forgiving) if "With the chance that worlds as they are have" in told)
    assert f"{forgiving.forgiven_alike.sum()} are kept with `behaviour.push_door = 0.5`" in told
    assert "chance forgives less there" in told


def test_a_setting_changes_what_a_world_has(at_size: Callable[..., Again], tmp_path: Path) -> None:
    """The case of every world is told of it, so that the stand-in's sum, and nothing else, is another."""
    found = at_size(1.0, worlds=20, settings={"behaviour.push_door": 0.5})
    assert found.targets.set_index("target").loc["sum", "change"] == pytest.approx(0.05)
    assert found.targets.set_index("target").loc["difference", "change"] == pytest.approx(0.0)
    assert "as they are, with other people and fates, and" in again_findings(found)[0]
    assert "with `behaviour.push_door = 0.5`" in again_findings(found)[0]
    assert (tmp_path / "sizes" / "again-behaviour.push_door=0.5.sqlite").is_file()
    with pytest.raises(InputError, match="leave every case as it is"):
        at_size(1.0)


def of_another(place: Path, *rows: str, inputs: str = "input a,input d") -> Path:
    """Kept worlds of another match, which has input a as well, and d, which this one has not."""
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"# rules: {rules_version()}\n{inputs}\n" + "\n".join(rows) + "\n")
    return place


def test_what_another_match_kept_is_put_into_the_nearest_worlds(at_size: Callable[..., Again], tmp_path: Path) -> None:
    """With a = 0.6 a world meets these targets with the b of a world that was kept, 0.1 and 0.9 do with none; three of the four worlds are kept again as they are."""
    other = of_another(tmp_path / "other" / "ensemble.csv", "0.1,7", "0.6,7", "0.9,7", "0.61,7")
    found = at_size(1.0, shared=other)
    assert found.shared == ("a",)
    assert list(found.worlds["a"]) == [0.1, 0.6, 0.9, 0.61]
    assert "d" not in found.worlds
    own = found.same.results.points
    everyone = load_ensemble(tmp_path / "mine.csv").worlds
    for world, put_in in zip(own, found.worlds["a"], strict=True):
        assert abs(float(world["a"]) - put_in) == min(abs(float(each["a"]) - put_in) for each in everyone)
    assert list(found.worlds["b"]) == [world["b"] for world in own], "what is not shared stays"
    assert list(found.worlds["kept_changed"]) == [False, True, False, True]
    assert found.worlds["kept_same"].sum() == 3
    first = again_findings(found)[0]
    assert (
        "4 kept worlds 3 are kept again as they are, with other people and fates, and 2 with the 1 input that" in first
    )
    assert (tmp_path / "sizes" / "again-shared-other-ensemble.sqlite").is_file()
    assert (tmp_path / "sizes" / "again-shared-other-ensemble-before.sqlite").is_file()
    assert len(at_size(1.0, shared=other, worlds=2, out=tmp_path / "two").worlds) == 2


def test_a_word_is_as_far_from_another_as_the_ends_of_a_range(tmp_path: Path) -> None:
    """Where a word is shared, a world that has it is nearer than any that has not, but for one at the other end."""
    (tmp_path / "mine.toml").write_text(DESIGN.format(discrepancy=0.1).replace("b = { range = [0.0, 1.0] }", 'b = { choices = ["x", "y", "z"] }'))  # fmt: skip
    design = load(tmp_path / "mine.toml")
    own: list[Point] = [{"b": "x", "a": 0.9, "c": 0.3}, {"b": "y", "a": 0.1, "c": 0.4}, {"b": "y", "a": 0.8, "c": 0.5}]
    found = _crossed(design, own, [{"a": 0.1, "b": "x"}, {"a": 0.2, "b": "y"}], "other.csv")
    assert found.nearest == (own[0], own[1])
    assert found.points == ({"b": "x", "a": 0.1, "c": 0.3}, {"b": "y", "a": 0.2, "c": 0.4})
    with pytest.raises(InputError, match=r"other\.csv has worlds with b = 'odd', which is none of the values"):
        _crossed(design, own, [{"a": 0.1, "b": "odd"}], "other.csv")


def test_files_are_named_after_what_is_put_in() -> None:
    """A shipped ensemble lies in no folder that it could be told apart by."""
    assert name_of(1.0, {}, "russia-2022") == "again-shared-russia-2022"
    assert (
        name_of(10.0, {"a.b": 2}, "outputs/match-mine/ensemble.csv") == "again-size-10-a.b=2-shared-match-mine-ensemble"
    )


def test_matches_that_share_nothing_are_told(at_size: Callable[..., Again], tmp_path: Path) -> None:
    """There is nothing to put in."""
    other = of_another(tmp_path / "other" / "ensemble.csv", "0.1", inputs="input d")
    with pytest.raises(InputError, match="has none of the inputs under"):
        at_size(1.0, shared=other)
    with pytest.raises(InputError, match="leaves every world as it is"):
        at_size(1.0, shared=tmp_path / "mine.csv")
    assert not (tmp_path / "sizes").exists()


def test_a_setting_that_is_none_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not after the shipped worlds have been run as they are."""
    assert main(["match", "russia-2022", "--set", "contagion=0", "--out", str(tmp_path)]) == 2
    assert "there is no input 'contagion'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_worlds_of_another_match_are_refused(at_size: Callable[..., Again]) -> None:
    """Its inputs are told apart from those of the design."""
    with pytest.raises(InputError, match="holds worlds of another match"):
        at_size(2.0, text=DESIGN.replace("c = {{ range", "d = {{ range"))


def test_what_was_run_is_not_run_again(at_size: Callable[..., Again], tmp_path: Path) -> None:
    """The same call reads its file; other worlds or another size in the same file are refused by the study."""
    first = at_size(2.0, worlds=8)
    with StudyFile(tmp_path / "sizes" / "again-size-2.sqlite") as study:
        before = [row.seconds for row in study.rows()]
    assert at_size(2.0, worlds=8).worlds.equals(first.worlds)
    with StudyFile(tmp_path / "sizes" / "again-size-2.sqlite") as study:
        assert [row.seconds for row in study.rows()] == before
    for told, words in (
        ({"worlds": 9}, "and 9 worlds, 3 runs each, seed 5 are asked for: ask for the same worlds"),
        ({"worlds": 8, "runs": 4}, "and 8 worlds, 4 runs each, seed 5 are asked for"),
        ({"worlds": 8, "seed": 6}, "and 8 worlds, 3 runs each, seed 6 are asked for"),
    ):
        with pytest.raises(InputError, match=rf"again\.sqlite was begun with 8 worlds, 3 runs each, seed 5, {words}"):
            at_size(2.0, **told)


def test_the_command_reads_the_worlds_of_its_folder(
    at_size: Callable[..., Again], known: Match, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes on with the runs of its folder, and says where a match has to be run first."""
    at_size(2.0, worlds=8)
    design, place = str(tmp_path / "mine.toml"), tmp_path / "sizes"
    asked = ["match", design, "--size", "2", "--worlds", "8", "--out", str(place)]
    assert main(asked) == 2
    assert "holds no ensemble.csv: run the match into it first" in capsys.readouterr().err
    write_ensemble(known, "desertion match mine.toml", place / "ensemble.csv")
    assert main(asked) == 0
    assert "Of 8 kept worlds" in capsys.readouterr().out
    assert {path.name for path in place.glob("again-size-2*")} == {
        "again-size-2.sqlite",
        "again-size-2.md",
        "again-size-2-worlds.csv",
        "again-size-2-targets.csv",
    }
    assert main([*asked, "--worlds", "9"]) == 2
    assert "is given more than once beside --size" in capsys.readouterr().err
    assert main([*asked, "--screening", "3"]) == 2
    assert "--screening changes nothing beside --size" in capsys.readouterr().err
    assert main(["match", design, "--shared", "", "--out", str(place)]) == 2
    assert "there is no ensemble ''" in capsys.readouterr().err, "no match is run instead"
