"""Claims about the parts of a match: implausibility, emulators, proposals, places, and the runs of one world."""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.scenario.grain import floor_note
from desertion.simulation.model import DesertionModel
from desertion.study.design.factors import Factor, factor
from desertion.study.design.layout import DesignRule
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import StudySpec
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.patterns import Setup
from desertion.study.history.targets import targets
from desertion.study.matching.aims import FAR, Aim, aims_of, largest
from desertion.study.matching.contradiction import contradiction
from desertion.study.matching.document import Design, load, shipped
from desertion.study.matching.emulator import Emulator
from desertion.study.matching.fitting import _split, fit
from desertion.study.matching.match import _design
from desertion.study.matching.matched import Match
from desertion.study.matching.proposals import Outlook, Proposals, propose
from desertion.study.matching.report import _emulators, _unconfirmed
from desertion.study.matching.runs import Results, results
from desertion.study.matching.screening import active_inputs
from desertion.study.matching.space import Space
from desertion.study.matching.training import Stretch, Training
from desertion.study.matching.world_run import floors, hopeless, run_world, scenario_in, task_check
from desertion.study.run.origin import header
from desertion.study.run.task import Outcome
from desertion.study.store.row import Row
from desertion.study.store.writer import StudyWriter
from desertion.theory.weights import OutOfReachError

SQUARE = Space([factor(name, {"range": [0, 1]}, "test") for name in "ab"])


def _aim(name: str = "t", *, log: bool = False, observed: tuple[float, float] = (1.0, 2.0)) -> Aim:
    return Aim(
        name=name, what="", unit="", observed=observed, log=log, error=0.3, discrepancy=0.4, fit=True, cases=("run",),
        number=lambda _: 0.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "held", "says"),
    [("abcde", (50, 50, 50, 50, 0), True), ("abcde", (50, 50, 50, 49, 1), False), ("abcdefghij", (30,) * 8 + (0, 0), True), ("abcde", (10, 9, 8, 9, 0), False)],
)  # fmt: skip
def test_a_value_that_is_gone_says_something(values: str, held: tuple[int, ...], says: bool) -> None:
    """One of five values that no world of 200 keeps, of which chance knows nothing (5 x 0.8 ** 200); one that a single world keeps is not gone, and 36 worlds leave one out too often (5 x 0.8 ** 36 = 0.002)."""
    space = Space(
        (Factor("form", "choices", values=tuple(values)), *(Factor(f"x{k}", "range", (0.0, 1.0)) for k in range(9)))
    )
    kept = pd.DataFrame({"form": list("".join(value * count for value, count in zip(values, held, strict=True)))})
    for k in range(9):
        kept[f"x{k}"] = (np.arange(len(kept)) + 0.5) / len(kept)
    inputs = Match.__dict__["inputs"].func(SimpleNamespace(space=space, kept=kept))
    assert inputs["says"].tolist() == [says] + [False] * 9
    assert inputs["left"].tolist()[1:] == pytest.approx([1.0] * 9, abs=0.05)


def test_worlds_that_meet_everything_but_were_run_too_seldom_are_counted() -> None:
    """They stand in the columns of targets and are not kept."""
    worlds = pd.DataFrame({"I.a": [0.0, 1.0, 4.0, 2.0], "I.b": [1.0, 1.0, 0.0, 5.0]})
    stub = SimpleNamespace(
        worlds=worlds, fitted=(_aim("a"), _aim("b")), design=SimpleNamespace(cutoff=3.0, confirm=2), _often=np.array([True, False, False, True])
    )  # fmt: skip
    assert Match.__dict__["unconfirmed"].fget(stub) == 1
    text = _unconfirmed(SimpleNamespace(unconfirmed=1, design=stub.design))[0].text  # type: ignore[arg-type]
    assert "1 among them that meet every target but were run fewer than 2 times" in text


def test_implausibility_is_the_distance_over_all_that_is_not_known() -> None:
    """Within the figures 0; 2 beyond them over sqrt(0.3^2 + 0.4^2 + 1.2^2) = 1.3; with half the discrepancy over sqrt(0.09 + 0.04); no value is ruled out."""
    aim = _aim()
    found = aim.implausibility(np.array([1.5, 4.0, -1.0, np.nan]), np.array([9.0, 1.44, 1.44, 0.0]))
    assert found == pytest.approx([0.0, 2.0 / 1.3, 2.0 / 1.3, np.inf])
    assert aim.implausibility(np.array([4.0]), 0.0, 0.5) == pytest.approx([2.0 / np.sqrt(0.13)])


def _stored(file: Path, worlds: list[list[dict[str, float]]]) -> Path:
    """A file of worlds `a` = 0.1, 0.2 and so on, with what each of their runs gave; a run of nothing failed."""
    spec = StudySpec(
        name="m",
        task="tests.study.matching.fake.run_world",
        design=DesignRule(
            kind="list", rows=tuple((("world", at), ("a", (at + 1) / 10)) for at, runs in enumerate(worlds) if runs)
        ),
        replicates=ReplicateRule(number=max(map(len, worlds))),
    )
    rows = [
        Row(design, number, "done" if scalars else "failed", 1, 1.0, "", scalars, error="" if scalars else "no")
        for design, runs in enumerate(filter(None, worlds))
        for number, scalars in enumerate(runs)
    ]
    with closing(StudyWriter.open(file, header(spec, spec.points(), (1, 1)), spec.points())) as writer:
        writer.put(rows)
    return file


def test_further_runs_of_a_world_count_as_if_they_had_been_run_at_once(tmp_path: Path) -> None:
    """Mean and variance of the runs 1, 2 and then 3, 4, 8 of the second of three worlds are those of all five; a world with a run that failed has no number."""
    first = _stored(tmp_path / "1", [[{"t": 7.0}], [{"t": 1.0}, {"t": 2.0}], [{"t": 3.0}]])
    again = _stored(tmp_path / "2", [[], [{"t": 3.0}, {"t": 4.0}, {"t": 8.0}], [{}]])
    found = results([first, again], 1, [_aim()])
    runs = [1.0, 2.0, 3.0, 4.0, 8.0]
    assert [point["a"] for point in found.points] == pytest.approx([0.1, 0.2, 0.3])
    assert found.means["t"] == pytest.approx([7.0, np.mean(runs), np.nan], nan_ok=True)
    assert found.values["t"] == pytest.approx([7.0, np.mean(runs), np.nan], nan_ok=True)
    assert found.variances["t"] == pytest.approx([np.nan, np.var(runs, ddof=1), np.nan], nan_ok=True)
    assert found.counts.tolist() == [1.0, 5.0, 2.0]
    assert found.seconds.tolist() == [1.0, 5.0, 2.0]
    assert found.errors == ["", "", "no"]


def test_a_quotient_is_that_of_all_runs_of_a_world_together(tmp_path: Path) -> None:
    """37, 30 and then 25, 28 attempts over 3, 2 and then 2, 0: 120 over 7, where one run alone has none; 30 over 0 is unknown."""
    aim = replace(_aim(log=True, observed=(12.2, 12.2)), parts=lambda _: (0.0, 0.0))

    def runs(*counts: tuple[float, float]) -> list[dict[str, float]]:
        return [{"t, above": above, "t, below": below} for above, below in counts]

    first = _stored(tmp_path / "1", [runs((37, 3), (30, 2)), runs((30, 0), (21, 0)), runs((0, 4))])
    again = _stored(tmp_path / "2", [runs((25, 2), (28, 0)), []])
    found = results([first, again], 1, [aim])
    assert found.values["t"] == pytest.approx([120 / 7, np.nan, 0.0], nan_ok=True)
    assert found.means["t"] == pytest.approx([np.log(120 / 7), np.nan, np.log(12.2) - FAR], nan_ok=True)
    assert found.unknown["t"].tolist() == [False, True, False]
    each = np.array([37, 30, 25, 28]) / 30 - np.array([3, 2, 2, 0]) / 1.75
    assert found.variances["t"][0] == pytest.approx(np.var(each, ddof=1))
    assert found.errors == ["", "", ""]
    with pytest.raises(InputError, match=r"mean quotient of single runs.*run the match again"):
        results([_stored(tmp_path / "3", [[{"t": 12.0}]])], 1, [aim])


def test_a_count_is_judged_by_the_mean_of_its_runs() -> None:
    """Runs of none and 18 are 9, which lies on the figure: the mean of their logarithms, one of them cut off, ruled them out. None at all is half a person in both."""
    aim = _aim(log=True, observed=(7.0, 11.0))
    value, center, variance = aim.together(np.array([[0.0], [18.0]]), 2.8)
    assert (value, center, variance) == pytest.approx((9.0, np.log(9.0), 2.0))
    assert aim.implausibility(np.array([center]), variance / 2.0).item() == 0.0
    assert aim.together(np.zeros((2, 1)), 2.8) == pytest.approx((0.0, np.log(0.7), np.nan), nan_ok=True)
    assert aim.together(np.zeros((1, 1)), 2.8)[1] == pytest.approx(np.log(1.4))
    assert aim.together(np.zeros((1, 1)))[1] == pytest.approx(np.log(7.0) - FAR)
    assert np.isnan(aim.together(np.array([[np.nan], [3.0]]), 2.8)[:2]).all()


def test_worlds_on_the_figure_are_hardly_ruled_out_by_how_few_persons_a_run_counts() -> None:
    """7 a day is two and a half persons of Poisson's law a run: of 4,000 worlds of two runs 98 in 100 are kept (by mean logarithms 87); an error of half a point."""
    aim = replace(_aim(log=True, observed=(7.0, 11.0)), error=0.1, discrepancy=0.41)
    counts = np.random.default_rng(1).poisson(7.0 * 0.36, (4000, 2))
    centers = np.array([aim.together(own[:, None], 1 / 0.36)[1] for own in counts / 0.36])
    assert (aim.implausibility(centers, 0.32 / 2.0) < 3.0).mean() == pytest.approx(0.98, abs=0.02)


def test_what_one_person_makes_is_read_off_runs_that_count_some() -> None:
    """Of a run that counts none nothing is known; and a quotient of all runs together has its own rule."""
    aim = _aim(log=True)
    assert aim.one_person(np.array([[0.0], [6.0], [9.0]]), np.array([0.0, 2.0, 3.0])) == 3.0
    assert aim.one_person(np.zeros((2, 1)), np.zeros(2)) == 0.0
    assert aim.one_person(np.array([[5.0]]), np.array([np.nan])) == 0.0
    assert replace(aim, parts=lambda _: (0.0, 0.0)).one_person(np.ones((1, 2)), np.ones(1)) == 0.0


def test_a_place_that_a_stage_comes_to_twice_is_one_world_with_both_runs(tmp_path: Path) -> None:
    """A screening that turns an input which nothing reads stays where it is: the world stood in the ensemble twice. As steps of a trajectory its runs stay apart."""
    twice = tmp_path / "twice.sqlite"
    rows = tuple((("world", number), ("a", at)) for number, at in enumerate((0.1, 0.1, 0.4, 0.1)))
    spec = StudySpec(name="m", task="tests.study.matching.fake.run_world", design=DesignRule(kind="list", rows=rows))
    with closing(StudyWriter.open(twice, header(spec, spec.points(), (1, 1)), spec.points())) as writer:
        writer.put([Row(number, 0, "done", 1, 1.0, "", {"t": float(number)}, error="") for number in range(4)])
    found = results([twice], 0, [_aim()])
    assert [point["a"] for point in found.points] == [0.1, 0.4]
    assert (found.counts.tolist(), found.values["t"].tolist()) == ([3.0, 1.0], [pytest.approx(4 / 3), 2.0])
    assert results([twice], 0, [_aim()], apart=True).values["t"].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_what_a_target_says_of_all_replicates_together_is_counted_so() -> None:
    """And nothing else: the design of the GDR names one such target."""
    said = {name for name, target in targets().items() if "all replicates together" in target.counts + target.unit}
    assert said == {pattern.id for pattern in PATTERNS if pattern.parts is not None}
    assert [aim.name for aim in aims_of(load("gdr-1989")) if aim.parts is not None] == ["army-attempts"]


def test_the_variance_of_a_quotient_is_that_which_chance_gives() -> None:
    """Attempts of Poisson's law with means 40 and 4: of 4,000 worlds of 40 runs the logarithm varies by what a single run's variance over 40 says, within a tenth (it has an error of 2 %)."""
    rng = np.random.default_rng(1)
    aim = replace(_aim(log=True), parts=lambda _: (0.0, 0.0), observed=(10.0, 10.0))
    worlds = [
        aim.together(np.column_stack([rng.poisson(40.0, 40), rng.poisson(4.0, 40)]).astype(float)) for _ in range(4000)
    ]
    _, centers, variances = np.array(worlds).T
    assert variances.mean() / 40 == pytest.approx(centers.var(), rel=0.1)


def test_a_logarithm_is_cut_off_far_from_the_figure() -> None:
    """So that nobody left and a tenth of one person left are alike."""
    aim = _aim(log=True, observed=(np.e, np.e))
    assert aim.on_scale(np.array([0.0, np.e, 1e9, np.nan])) == pytest.approx(
        [1 - FAR, 1.0, 1 + FAR, np.nan], nan_ok=True
    )


def test_chance_is_that_of_a_typical_world() -> None:
    """1,000 worlds run twice with variance 0.01: found within a quarter (the median of 1,000 has an error of 7 %: a false alarm in 3,000), though ten others tip over."""
    rng = np.random.default_rng(8)
    variances = np.concatenate([rng.normal(0.0, 0.1, (1000, 2)).var(axis=1, ddof=1), np.full(10, 9.0)])
    whole = Results(
        points=[{}] * 1010, stage=np.ones(1010, np.int64), means={"t": np.full(1010, 1.5)}, variances={"t": variances},
        values={"t": np.full(1010, 1.5)}, unknown={"t": np.zeros(1010, bool)}, persons={"t": np.full(1010, np.nan)}, counts=np.full(1010, 2.0), seconds=np.zeros(1010), errors=[""] * 1010,
    )  # fmt: skip
    assert whole.chance(_aim(), 3.0) == pytest.approx(0.01, rel=0.25)


def test_the_third_largest_of_two_is_none() -> None:
    """Then nothing is ruled out."""
    rows = [np.array([1.0, 5.0]), np.array([4.0, 2.0])]
    assert largest(rows, 1).tolist() == [4.0, 5.0]
    assert largest(rows, 2).tolist() == [1.0, 2.0]
    assert largest(rows, 3).tolist() == [0.0, 0.0]


def _training(worlds: int = 80, chance: float = 0.0) -> Training:
    rng = np.random.default_rng(3)
    places = rng.random((worlds, 2))
    means = np.sin(4.0 * places[:, 0]) + rng.normal(0.0, 0.1, worlds)
    return Training(places=places, means=means, counts=np.full(worlds, 2.0), noise=np.full(worlds, chance))


def test_an_emulator_covers_points_that_it_has_not_seen() -> None:
    """Nine of ten of 100, with chance of a tenth, and it follows the curve."""
    made = fit(_training(100), 0.9, 1)
    assert made.kind == "process"
    mean, variance = made.predict(np.array([[0.4, 0.5]]))
    assert mean[0] == pytest.approx(np.sin(1.6), abs=0.1)
    assert 0.005 < variance[0] < 0.05


def _parted(worlds: int, number: int) -> Training:
    """Worlds that are likelier to tip over the larger two inputs are together."""
    rng = np.random.default_rng(number)
    places = rng.random((worlds, 4))
    tipped = rng.random(worlds) < 1.0 / (1.0 + np.exp(-20.0 * (places[:, 0] + places[:, 1] - 1.2)))
    means = np.where(tipped, 4.0 + places[:, 2], 0.5 * places[:, 3]) + rng.normal(0.0, 0.1, worlds)
    return Training(places=places, means=means, counts=np.full(worlds, 2.0), noise=np.full(worlds, 0.01))


def test_worlds_on_both_sides_of_a_tipping_point_are_a_mixture() -> None:
    """Far from the bound it is as sure as of either side, at the bound it is not, and it covers nine of ten of 1,000 new worlds."""
    made, fresh = fit(_parted(300, 1), 0.9, 1), _parted(1000, 2)
    assert made.kind == "mixture"
    assert made.holds(fresh) >= 0.9
    places = np.array([[0.15, 0.15, 0.5, 0.5], [0.95, 0.95, 0.5, 0.5], [0.6, 0.6, 0.5, 0.5]])
    mean, variance = made.predict(places)
    assert mean[:2] == pytest.approx([0.25, 4.5], abs=0.3)
    assert variance[2] > 2.0 > 4.0 * variance[:2].max()


def test_two_groups_are_told_from_one() -> None:
    """The split lies between two groups of forty or more; one normal group, and thirty results apart from 300, are not split. A mixture that holds too few unseen points gives way to one process."""
    rng = np.random.default_rng(5)
    one, other = rng.normal(0.0, 1.0, 300), rng.normal(8.0, 1.0, 60)
    assert 3.0 < _split(np.concatenate([one, other]), 1) < 5.0
    assert np.isnan(_split(one, 1))
    assert np.isnan(_split(np.concatenate([one, other[:30]]), 1))
    doubted = fit(_parted(300, 1), 1.1, 1)
    assert doubted.kind == "process"


def test_what_an_emulator_holds_is_counted_in_the_worlds_that_it_is_shown() -> None:
    """On the scale on which it was fitted: nearly all of worlds alike, none of worlds that lie elsewhere, and no share of worlds without a value."""
    rng = np.random.default_rng(6)

    def drawn(worlds: int, factor: float = 1.0) -> Training:
        places = rng.random((worlds, 2))
        means = factor * 0.1 * 10 ** (3.0 * places[:, 0]) * np.exp(rng.normal(0.0, 0.2, worlds))
        return Training(places=places, means=means, counts=np.ones(worlds), noise=np.zeros(worlds))

    made = fit(drawn(90), 0.9, 1, Stretch(low=0.2, high=0.2, unit=0.15))
    assert made.stretch is not None
    assert made.holds(drawn(500)) > 0.85
    assert made.holds(drawn(500, 1e3)) < 0.05
    nothing = drawn(30)
    assert np.isnan(made.holds(replace(nothing, means=np.full(30, np.nan))))
    assert np.isnan(fit(drawn(5), 0.9, 1).holds(nothing))


def test_a_smooth_curve_with_two_heights_costs_doubt_and_no_world() -> None:
    """A sine has most of its values at both ends: two processes say less of what lies between, and hold nine of ten of its points all the same."""
    made = fit(_training(150), 0.9, 1)
    assert made.kind == "mixture"
    assert made.holds(_training(1000)) >= 0.9


def _of_many_inputs(worlds: int, rng: np.random.Generator) -> Training:
    """Worlds of 14 inputs, four of which matter."""
    places = rng.random((worlds, 14))
    means = np.sin(3.0 * places[:, 0]) + places[:, 1] * places[:, 2] + 0.3 * places[:, 3]
    means += 0.2 * rng.normal(size=worlds)
    return Training(places=places, means=means, counts=np.ones(worlds), noise=np.full(worlds, 0.01))


def test_an_emulator_of_few_worlds_covers_new_ones_as_its_check_says() -> None:
    """60 worlds of 14 inputs, five times over: 0.86 of new worlds are covered, and folds that knew the hyperparameters of all said 0.96."""
    said, found = [], []
    for number in range(5):
        rng = np.random.default_rng(number)
        made, fresh = fit(_of_many_inputs(60, rng), 0.9, 1), _of_many_inputs(1000, rng)
        mean, variance = made.predict(fresh.places)
        said.append(made.coverage)
        found.append(np.mean(np.abs(fresh.means - mean) <= 1.96 * np.sqrt(variance + fresh.noise)))
    assert np.mean(said) == pytest.approx(np.mean(found), abs=0.05)


def _outlook(training: Training, least: float = 0.9, names: Sequence[str] = ("t",)) -> Outlook:
    """One emulator for all of the named targets, of two inputs; no chance in the runs of a world."""
    emulator = fit(training, least, 1)
    return Outlook(
        emulators=dict.fromkeys(names, emulator), active=dict.fromkeys(names, ("a", "b")), chance=dict.fromkeys(names, 0.0), cutoff=3.0,
    )  # fmt: skip


def _chances(training: Training, observed: float, places: np.ndarray, least: float = 0.9) -> np.ndarray:
    """Chance that worlds at places are kept by the emulator of one target with a discrepancy of 0.2."""
    aim = replace(_aim(observed=(observed, observed)), error=0.0, discrepancy=0.2)
    return np.exp(_outlook(training, least).log_chance(SQUARE, places, [aim]))


def test_an_emulator_that_covers_too_little_is_widened() -> None:
    """60 worlds of 14 inputs: its own intervals hold 0.86 of 1,000 new worlds in the mean of five, widened some 0.95; a figure at its middle is less likely the wider it is."""
    own, widened = [], []
    for number in range(5):
        rng = np.random.default_rng(number)
        made, fresh = fit(_of_many_inputs(60, rng), 0.9, 1), _of_many_inputs(1000, rng)
        assert made.coverage < 0.95
        own.append(replace(made, wider=1.0).holds(fresh))
        widened.append(made.holds(fresh))
    assert np.mean(own) == pytest.approx(0.86, abs=0.03)
    assert np.mean(widened) == pytest.approx(0.95, abs=0.015)
    middle = made.predict(fresh.places[:1])[0][0]
    once, twice = (
        replace(made, wider=wider).chance_between(fresh.places[:1], middle - 0.1, middle + 0.1, 0.0)[0]
        for wider in (1.0, 2.0)
    )
    assert once > 1.7 * twice


def test_the_chance_to_be_kept_is_that_of_drawn_results() -> None:
    """Of an even and of a stretched scale, one process and two: the share of 4,000 draws from what an emulator says, with chance in the runs on the target's own scale, that lie within the cutoff."""
    rng = np.random.default_rng(3)
    near = _training(100)
    for training, observed, width, noise, stretch in (
        (near, 0.5, 0.3, 0.01, None),
        (_parted(300, 1), 4.5, 0.3, 0.01, None),
        (replace(near, means=np.exp(4.0 * near.means)), 3.0, 2.0, 0.5, Stretch(low=3.0, high=3.0, unit=0.5)),
    ):
        made = replace(fit(training, 0.5, 1, stretch), wider=1.0)
        assert (made.stretch is None) == (stretch is None)
        places = training.places[:20]
        low, high = observed - width, observed + width
        scale = made.stretch
        draws = []
        for share, side in made.parts(places):
            mean, variance = side.fitted_scale(places)
            drawn = mean + np.sqrt(variance) * rng.normal(size=(4000, 20))
            plain = drawn if scale is None else scale.middle + scale.unit * np.sinh(drawn)
            plain = plain + np.sqrt(noise) * rng.normal(size=(4000, 20))
            draws.append(share * ((plain > low) & (plain < high)).mean(axis=0))
        found = made.chance_between(places, low, high, noise)
        assert len(draws) == (2 if made.kind == "mixture" else 1)
        assert found == pytest.approx(np.sum(draws, axis=0), abs=0.03)
        assert 0.05 < found.mean() < 0.95


@pytest.mark.parametrize("unit", [0.1, 10.0])
def test_chance_in_the_runs_counts_in_the_unit_of_a_stretched_scale(unit: float) -> None:
    """A place that is known to lie in the middle, with chance of half a unit: within half a unit 0.683, as on an even scale, but for what the scale bends there."""
    sure = SimpleNamespace(predict=lambda places, return_std: (np.zeros(len(places)), np.full(len(places), 1e-6)))
    made = Emulator(kind="process", coverage=1.0, fitted=sure, stretch=Stretch(low=3.0, high=3.0, unit=unit))
    found = made.chance_between(np.zeros((1, 1)), 3.0 - 0.5 * unit, 3.0 + 0.5 * unit, (0.5 * unit) ** 2)
    assert found == pytest.approx([0.683], abs=0.03)


def _answers(yes: np.ndarray, places: np.ndarray) -> Training:
    """Worlds that were run once, with a yes or a no."""
    return Training(places=places, means=yes.astype(float), counts=np.ones(len(yes)), noise=np.zeros(len(yes)))


def test_an_event_that_hangs_on_what_its_emulator_does_not_see_prefers_no_place() -> None:
    """Two worlds in five are sure of a yes, whatever is seen: every place has about that chance. A yes that hangs on what is seen has places of its own."""
    rng = np.random.default_rng(5)
    places, asked = rng.random((300, 2)), rng.random((500, 2))
    hidden = _chances(_answers(rng.random(300) < 0.4, places), 1.0, asked)
    assert hidden.mean() == pytest.approx(0.4, abs=0.1)
    assert hidden.min() > 0.02
    seen = _chances(_answers(places[:, 0] > 0.6, places), 1.0, asked)
    assert seen[asked[:, 0] > 0.65].min() > 0.5
    assert seen[asked[:, 0] < 0.5].mean() < 0.1


@pytest.mark.parametrize("answer", [0.0, 1.0, -2.5])
def test_an_emulator_of_worlds_that_are_all_alike_prefers_no_place(answer: float) -> None:
    """It knows no place from another, and the other targets alone have a say in what is run next."""
    rng = np.random.default_rng(6)
    places = rng.random((60, 2))
    training = replace(_answers(np.ones(60), places), means=np.full(60, answer))
    assert fit(training, 0.9, 1).kind == "none"
    assert (_chances(training, 9.0, places) == 1.0).all()


def test_a_stage_without_an_emulator_of_a_target_is_said() -> None:
    """It stood as "nan, not used"."""
    told = pd.DataFrame({"stage": [1, 2, 1], "target": ["a", "a", "b"], "kind": ["none", "process", "event"], "coverage": [np.nan, 0.95, 0.5], "wider": [1.0, 1.0, 1.32]})  # fmt: skip
    table = _emulators(SimpleNamespace(emulators=told))[-1]  # type: ignore[arg-type]
    assert [list(row) for row in table.rows] == [["`a`", "none made", "0.95"], ["`b`", "0.50 × 1.3", "-"]]  # type: ignore[union-attr]


def test_an_emulator_of_single_answers_can_fail_its_check() -> None:
    """A fold says yes throughout, of which the others with a yes in sixteen know nothing: four fifths are covered. Of one run any chance between 0.025 and 0.975 passed."""
    number = np.arange(300)
    yes = (number % 5 == 0) | (number % 20 == 1)
    made = fit(_answers(yes, np.random.default_rng(7).random((300, 2))), 0.9, 1)
    assert made.kind == "event"
    assert made.coverage == pytest.approx(0.8, abs=0.06)


def test_each_target_takes_its_part_of_the_chance() -> None:
    """A target that is met everywhere takes nothing, the same one twice its square, and one that is hopeless no more than to one in a million, so that no place is closed for ever."""
    places = SQUARE.spread(5, 1)
    aims = {
        name: replace(_aim(observed=(value, value)), name=name, error=0.0, discrepancy=spread)
        for name, value, spread in (("near", 0.5, 0.1), ("twice", 0.5, 0.1), ("all", 0.0, 9.0), ("far", 50.0, 0.1))
    }
    outlook = _outlook(_training(), 0.5, tuple(aims))

    def logs(*names: str) -> np.ndarray:
        return outlook.log_chance(SQUARE, places, [aims[name] for name in names])

    assert logs("near").min() < -1.0
    assert logs("near", "twice") == pytest.approx(2.0 * logs("near"))
    assert logs("near", "all") == pytest.approx(logs("near"), abs=1e-6)
    assert logs("far") == pytest.approx(np.full(32, np.log(1e-6)))


def test_of_several_contradictions_the_one_that_is_hardest_to_reconcile_is_named() -> None:
    """Of `y`, missed by 1 at least, and `z`, missed by 6: at two standard deviations 6 is allowed by a discrepancy of 3, thirty times 0.1."""

    def aim(name: str, value: float) -> Aim:
        return Aim(
            name=name, what="", unit="", observed=(value, value), log=False, error=0.0, discrepancy=0.1, fit=True, cases=(),
            number=lambda _: 0.0,
        )  # fmt: skip

    values = {
        "x": np.array([0.0, 1.0]),
        "y": np.array([2.0, 1.0]),
        "z": np.array([6.0, 7.0]),
        "w": np.array([0.0, 0.0]),
    }
    aims = [aim(name, 0.0) for name in values]
    found = contradiction(aims, values, dict.fromkeys(values, np.zeros(2)), 2.0)
    assert found is not None
    assert found.targets == ("z",)
    assert found.discrepancy["z"] == pytest.approx(3.0)
    assert found.factor == pytest.approx(30.0)
    assert contradiction(aims[3:], values, dict.fromkeys(values, np.zeros(2)), 2.0) is None


@pytest.mark.parametrize(
    ("error", "stated", "numbers", "told"),
    [
        (0.1, 0.0, [9.0, 1.0, 2.0], "more than any multiple of the stated one (t 0.46 for 0)"),
        (0.0, 0.25, [5.0, 0.5, 0.5], "1 times the stated one (t 0.25 for 0.25)"),
        (0.0, 0.25, [5.0, 0.505, 0.9], "1.1 times the stated one (t 0.26 for 0.25)"),
    ],
)
def test_a_contradiction_tells_the_smallest_discrepancy_that_suffices(
    error: float, stated: float, numbers: list[float], told: str
) -> None:
    """Of the nearest world though none is stated, sqrt(0.5^2 - 0.1^2 - 0.03) = 0.458; of one that lies just where it is ruled out; and rounded up, since 0.25 where 0.2525 is needed allows nothing."""
    aim = replace(_aim(observed=(0.0, 0.0)), error=error, discrepancy=stated)
    chance = np.full(3, 0.03 if error else 0.0)
    assert (aim.implausibility(np.array(numbers), chance) >= 2.0).all()
    found = contradiction([aim], {"t": np.array(numbers)}, {"t": chance}, 2.0)
    assert found is not None
    assert found.words().endswith(told)


def test_worlds_that_were_given_up_early_contradict_nothing_that_was_not_run() -> None:
    """`z` was run in one world of three, which meets it: x and y, which all miss in turn, contradict each other, and z has no part in it."""
    aims = [replace(_aim(name, observed=(0.0, 0.0)), error=0.0, discrepancy=0.1) for name in "xyz"]
    means = {"x": np.array([9.0, 0.0, 0.0]), "y": np.array([0.0, 5.0, 4.0]), "z": np.array([np.nan, np.nan, 0.0])}
    found = contradiction(aims, means, dict.fromkeys("xyz", np.zeros(3)), 2.0)
    assert found is not None
    assert (found.targets, found.worlds) == (("x", "y"), 3)
    assert "no world meets x and y together, of 3 that have numbers for all of them" in found.words()
    # Each with one other is met, all three were run in no world: nothing can be said.
    means = {"x": np.array([0.0, 0.0, np.nan]), "y": np.array([0.0, np.nan, 0.0]), "z": np.array([np.nan, 0.0, 0.0])}
    assert contradiction(aims, means, dict.fromkeys("xyz", np.zeros(3)), 2.0) is None
    # Of targets that a world meets, and one without a number anywhere, nothing is said.
    many = [replace(_aim(f"t{n}", observed=(0.0, 0.0)), error=0.0, discrepancy=0.1) for n in range(18)]
    means = {each.name: np.zeros(2) for each in many} | {"t0": np.full(2, np.nan)}
    assert contradiction(many, means, dict.fromkeys(means, np.zeros(2)), 2.0) is None


def test_of_many_targets_each_world_may_lack_another() -> None:
    """All that each has is met: nothing can be said, at once, and not after going through the 2^40 sets of 40 targets."""
    aims = [replace(_aim(f"t{number}"), discrepancy=0.1) for number in range(40)]
    means = {aim.name: np.where(np.arange(40) == number, np.nan, 1.5) for number, aim in enumerate(aims)}
    assert contradiction(aims, means, dict.fromkeys(means, np.zeros(40)), 2.0) is None
    missed = means | {"t7": np.where(np.arange(40) == 7, np.nan, 9.0)}
    found = contradiction(aims, missed, dict.fromkeys(means, np.zeros(40)), 2.0)
    assert found is not None
    assert (found.targets, found.worlds) == (("t7",), 39)


def test_a_number_that_spans_decades_is_emulated_near_its_figure() -> None:
    """Results from 0.1 to 100 where 0.2 was observed: places far away are ruled out, the corner is not, though a deviation there is a thousandth of the spread."""
    rng = np.random.default_rng(6)
    places = rng.random((90, 2))
    means = 0.1 * 10 ** (3.0 * places[:, 0]) * np.exp(rng.normal(0.0, 0.2, 90))
    training = Training(places=places, means=means, counts=np.ones(90), noise=np.zeros(90))
    aim = Aim(
        name="t", what="", unit="", observed=(0.2, 0.2), log=False, error=0.0, discrepancy=0.15, fit=True, cases=(),
        number=lambda _: 0.0,
    )  # fmt: skip
    at = np.array([[0.05, 0.5], [0.5, 0.5], [0.95, 0.5]])
    near, *far = aim.implausibility(*fit(training, 0.9, 1, Stretch(low=0.2, high=0.2, unit=0.15)).predict(at))
    assert near < 3.0 < min(far)
    assert aim.implausibility(*fit(training, 0.9, 1).predict(at))[1] < 3.0  # not stretched, the middle is not ruled out


def test_an_event_is_classified() -> None:
    """Yes right of the middle: a chance near 0 and near 1, and no Gaussian process."""
    rng = np.random.default_rng(4)
    places = rng.random((120, 2))
    made = fit(
        Training(places=places, means=(places[:, 0] > 0.5).astype(float), counts=np.ones(120), noise=np.zeros(120)),
        0.9,
        1,
    )
    assert made.kind == "event"
    low, high = made.predict(np.array([[0.1, 0.5], [0.9, 0.5]]))[0]
    assert low < 0.1
    assert high > 0.9
    alone = fit(_answers(places[:, 0] > 0.5, places[:, :1]), 0.9, 1)
    assert 0.005 < alone.predict(np.array([[0.1]]))[0][0] < 0.03, "sixty runs that all said no leave half a run's doubt"


def test_an_emulator_looks_at_the_inputs_above_noise_and_at_all_words() -> None:
    """Of twenty numbers at those above noise, six at least and fourteen at most, the strongest first, in the order of the match; without a screening at all."""
    numbers = [f"x{number}" for number in range(20)]
    space = Space([*(factor(name, {"range": [0, 1]}, "test") for name in numbers), factor("w", ["p", "q"], "test")])
    for above, looked in ((2, 6), (8, 8), (19, 14)):
        effect = [2.0 - number / 100 if number < above else 0.5 - number / 100 for number in range(20)]
        table = pd.DataFrame({"target": "t", "input": [*numbers, "w"], "effect": [*effect, 0.1], "noise": 1.0})
        assert active_inputs(table, _aim(), space) == (*numbers[:looked], "w")
    assert active_inputs(table[:0], _aim(), space) == space.names


def test_what_was_set_by_a_figure_elsewhere_may_be_held_to_it_here() -> None:
    """Prisoners are looked at, and rule out where the match says so; what is set aside as well, an own target or an unknown one is refused."""
    plain = {"cases": {"russia": {"scenario": "russia-2022"}}, "vary": {"asylum": {"range": [0, 1]}}}
    plain |= {"targets": ["russia-flight", "russia-prisoners"]}
    for stated, fit_here in (({}, False), ({"also_fit": {"russia-prisoners": "moved here"}}, True)):
        prisoners = aims_of(Design.model_validate(plain | stated))[1]
        assert (prisoners.name, prisoners.fit) == ("russia-prisoners", fit_here)
    twice = {"also_fit": {"russia-prisoners": "a"}, "set_aside": {"russia-prisoners": "b"}}
    own = {"target": {"t": {"observed": [1, 2], "discrepancy": 0.1}}, "also_fit": {"t": "a"}}
    for wrong, sentence in ((twice, "set aside as well"), (own, "also_fit"), ({"also_fit": {"no": ""}}, "also_fit")):
        with pytest.raises(ValueError, match=sentence):
            Design.model_validate(plain | wrong)


def test_targets_in_place_of_those_of_a_design_take_what_it_says_of_them_along() -> None:
    """`match("russia-2022", targets=[...])` was refused, since the design sets another target aside."""
    for names, aside, also in ((["penalty"], set(), set()), (["penalty", "closure", "russia-absent"], {"closure"}, {"russia-absent"})):  # fmt: skip
        design = _design("russia-2022", None, None, names, *[None] * 6)[0]
        assert (set(design.set_aside), set(design.also_fit)) == (aside, also)


def test_no_world_is_proposed_that_was_run() -> None:
    """Chances that hold chains where they start, at a world that was run: all but one of 25 words and numbers were, and where nothing else is left one is proposed again."""
    space = Space([factor(name, list(range(5)), "test") for name in "ab"])
    everything = space.points(space.shares([{"a": a, "b": b} for a in range(5) for b in range(5)]))
    free = {"a": 1, "b": 1}
    known = space.shares([point for point in everything if point != free])
    found = _proposed(space, lambda shares: np.where(shares[:, 0] < 0.2, 1.0, 1e-9), 1, known)
    assert space.points(found.shares) == [free]
    assert len(_proposed(space, lambda shares: np.ones(len(shares)), 3, space.shares(everything)).shares) == 3


def test_too_few_worlds_make_no_emulator() -> None:
    """Nineteen are too few; then it has no say."""
    made = fit(_training(19), 0.9, 1)
    assert made.kind == "none"


def test_places_and_worlds_are_each_others_inverse() -> None:
    """For ranges, logarithmic ones, words and listed numbers; a value is rounded once, when it is proposed."""
    stated = {"a": {"range": [0, 3]}, "b": {"range": [1e-6, 1e-2], "log": True}, "c": ["x", "y", "z"], "d": [1, 2, 5]}
    space = Space([factor(name, entry, "test") for name, entry in stated.items()])
    points = space.points(space.spread(6, 2))
    assert space.points(space.shares(points)) == points
    assert space.shares([{"a": 1.5, "b": 1e-4, "c": "y", "d": 5}])[0] == pytest.approx([0.5, 0.5, 0.5, 5 / 6])
    assert space.encoded(space.shares(points), ("a", "c")).shape == (64, 4)


class Known:
    """Emulators that give each place a chance that is known."""

    def __init__(self, chance: Callable[[np.ndarray], np.ndarray]) -> None:
        self.chance = chance

    def log_chance(self, _space: Space, shares: np.ndarray, _aims: object) -> np.ndarray:
        """Logarithm of it."""
        return np.log(np.maximum(self.chance(shares), 1e-12))


def _proposed(
    space: Space, chance: Callable[[np.ndarray], np.ndarray], count: int, known: np.ndarray | None = None
) -> Proposals:
    """Worlds drawn by a known chance."""
    none = np.empty((0, len(space.factors)))
    return propose(space, Known(chance), [], count, 1, none if known is None else known)  # type: ignore[arg-type]


def test_proposals_are_found_where_hardly_anything_is_left() -> None:
    """A corner of 27 in a million places, which even places miss: known worlds lead there, and no place is proposed twice."""
    space = Space([factor(name, {"range": [0, 1]}, "test") for name in "abc"])
    found = _proposed(space, lambda shares: (shares < 0.03).all(axis=1), 10, np.full((1, 3), 0.015))
    inside = (found.shares < 0.03).all(axis=1)
    assert inside.sum() >= 5
    assert len(np.unique(found.shares, axis=0)) == 10
    assert found.volume < 1e-3


def test_proposals_are_drawn_by_the_chance_where_it_is_large_and_by_its_power_where_it_is_small() -> None:
    """Chances 0.5 a, 0.02 a and 0.13 a of one input a: 400 places of density 2a (mean 2/3), a^8 (9/10) and a^2.33 (mean chance 0.1) for all but the fifth that probes."""
    space = Space([factor(name, {"range": [0, 1]}, "test") for name in "ab"])
    for most, mean in ((0.5, 2.0 / 3.0), (0.02, 0.8 * 0.9 + 0.2 * 2.0 / 3.0), (0.13, 0.8 / 1.3 + 0.2 * 2.0 / 3.0)):
        found = _proposed(space, lambda shares, most=most: most * shares[:, 0], 400)
        assert found.shares[:, 0].mean() == pytest.approx(mean, abs=0.035)
        assert found.shares[:, 1].mean() == pytest.approx(0.5, abs=0.06)
        assert found.volume == pytest.approx(most / 2.0, rel=0.01)


def test_what_no_step_leads_across_is_drawn_by_the_power_as_well() -> None:
    """Two ends of a range with chances as 11 to 10: 1.1 ** 8 = 2.14 to 1, and 1.1 to 1 of the fifth that probes."""
    space = Space([factor("a", {"range": [0, 1]}, "test")])

    def chance(shares: np.ndarray) -> np.ndarray:
        return 0.011 * (shares[:, 0] < 0.05) + 0.01 * (shares[:, 0] > 0.95)

    found = _proposed(space, chance, 800).shares[:, 0]
    assert (found < 0.05).mean() == pytest.approx(0.8 * 2.14 / 3.14 + 0.2 * 1.1 / 2.1, abs=0.04)


def test_each_word_has_the_power_that_it_needs() -> None:
    """Beside one of a chance of a half in the mean another of a hundredth is drawn by the eighth power, as if it stood alone."""
    space = Space([factor("one", {"choices": ["x", "y"]}, "test"), factor("a", {"range": [0, 1]}, "test")])
    found = _proposed(space, lambda shares: np.where(shares[:, 0] < 0.5, 0.5, 0.02) * shares[:, 1], 600).shares
    word = space.word_of(found)
    assert found[word == 0, 1].mean() == pytest.approx(2.0 / 3.0, abs=0.04)
    assert found[word == 1, 1].mean() == pytest.approx(0.8 * 0.9 + 0.2 * 2.0 / 3.0, abs=0.04)


def test_steps_lead_as_often_to_the_edges_of_a_range_as_anywhere() -> None:
    """20,000 places that lie evenly do so after a step of any width, none on an edge: in each twentieth 0.05, give or take four deviations of 0.0015."""
    rng = np.random.default_rng(2)
    space = Space([factor("a", {"range": [0, 1]}, "test"), factor("b", {"choices": [1, 2, 5]}, "test")])
    for width in (0.05, 0.2):
        places = space.step(rng.random((20_000, 2)), width, rng)
        assert ((places > 0.0) & (places < 1.0)).all()
        for column in places.T:
            assert np.histogram(column, 20, (0.0, 1.0))[0] / 20_000 == pytest.approx(np.full(20, 0.05), abs=0.006)


def test_each_form_is_proposed_as_often_but_half_as_often_where_it_has_hardly_a_chance() -> None:
    """In whatever order it stands; a second, longer list of words asks for nothing."""
    space = Space(
        [factor("one", {"choices": ["a", "b", "c"]}, "test"), factor("two", {"choices": list("wxyz")}, "test")]
    )
    assert np.bincount(space.word_of(_proposed(space, lambda shares: np.ones(len(shares)), 12).shares)).tolist() == [
        4,
        4,
        4,
    ]
    assert np.bincount(
        space.word_of(_proposed(space, lambda shares: 0.5 * (shares[:, 0] < 0.5) + 0.01, 100).shares)
    ).tolist() == [40, 40, 20]


def test_nothing_is_proposed_where_only_the_volume_is_asked() -> None:
    """Of a wave that is stored."""
    space = Space([factor(name, {"range": [0, 1]}, "test") for name in "ab"])
    found = _proposed(space, lambda shares: np.full(len(shares), 0.25), 0)
    assert (found.shares.shape, found.volume) == ((0, 2), pytest.approx(0.25))


@pytest.mark.parametrize("name", shipped())
def test_shipped_designs_can_be_run(name: str) -> None:
    """Every target is known and every scenario can be put together in all forms at both ends of all ranges, where screenings look."""
    design = load(name)
    assert any(aim.fit for aim in aims_of(design))
    space = Space(design.factors)
    forms = [factor.values for factor in design.factors if factor.name == "form"]
    for share in (0.0, 0.001, 0.999, 1.0):
        world = space.points(np.full((1, len(space.names)), share))[0]
        for form in forms[0] if forms else [None]:
            stated = world if form is None else {**world, "form": form}
            for case in design.cases.values():
                assert scenario_in(case, stated, {}).sized().people > 0


def test_policies_of_a_case_are_laid_over_the_scenarios_own() -> None:
    """As in `Scenario.load`, `compare` and `sweep`; a case without any keeps them."""
    held = {"scenarios/mine": Scenario.load("toy", policies=["exit-ban"]).to_toml()}
    for more in ((), ("fast-track",)):
        assert scenario_in(Setup(scenario="mine", policies=more), {}, held).policies == ("exit-ban", *more)


def test_a_world_that_cannot_be_is_ruled_out_and_stops_nothing() -> None:
    """Contagion that waits for a reception which nobody gets has no strength: the check lets the world pass, and it has no run."""
    design = {
        "cases": {"run": {"scenario": "quiet", "days": 2}},
        "vary": {"asylum": {"range": [0.0, 1.0]}},
        "target": {"left_total": {"observed": [1, 2], "discrepancy": 0.1}},
    }
    leaving = [name for name in type(Scenario.load("quiet").forces[0]).model_fields if name.startswith("base_")]
    world = {f"forces.*.{name}": 1e-4 if name == "base_soldier_hide" else 0.0 for name in leaving}
    world |= {"form": "multiplicative", "reproduction": 0.5, "half_life": 60.0, "local": 0.5, "reception": 1.0}
    spec = {"settings": {"match": json.dumps(design), "world": 0, **world}}
    task_check(spec)
    with pytest.raises(OutOfReachError):
        run_world(spec, 0, 1)
    with pytest.raises(InputError, match="no_such"):
        task_check({"settings": {**spec["settings"], "no_such": 1.0}})


@pytest.mark.parametrize(
    ("world", "case", "sentence"),
    [
        ({"killed": 0.6, "captured": 0.6}, {}, ""),
        ({"killed": 0.6, "captured": 0.6, "forces.toy.share_kiled": 0.1}, {}, "did you mean"),
        ({"killed": 0.6, "captured": 0.6, "forces.toi.share_killed": 0.1}, {}, "toi"),
        ({"killed": 0.6, "captured": 0.6, "behaviour.form": "concav"}, {}, "concav"),
        ({"killed": 0.6, "captured": 0.6, "form": "concave"}, {}, "and not reproduction"),
        ({"killed": 0.6, "captured": 0.6}, {"policies": ["exit-bann"]}, "did you mean 'exit-ban'"),
        ({"killed": 0.6, "captured": 0.6}, {"settings": {"forces.toy.nothing": 1.0}}, "nothing"),
        ({"killed": 0.6, "captured": 1.5}, {"range": [1.2, 1.5]}, "share_captured"),
    ],
)
def test_a_world_whose_values_are_refused_together_passes_and_a_wrong_design_does_not(
    world: dict[str, object], case: dict[str, object], sentence: str
) -> None:
    """Names, words, policies and ranges without an allowed value are refused though the world could not be run anyway."""
    ends = case.get("range", [0.0, 0.8])
    case = {key: value for key, value in case.items() if key != "range"}
    killed, captured = "forces.toy.share_killed", "forces.toy.share_captured"
    design = {
        "cases": {"run": {"scenario": "toy", "days": 2, **case}},
        "vary": {killed: {"range": [0.0, 0.8]}, captured: {"range": ends}},
        "target": {"left_total": {"observed": [1, 2], "discrepancy": 0.1}},
    }
    short = {"killed": killed, "captured": captured}
    spec = {
        "settings": {
            "match": json.dumps(design),
            "world": 0,
            **{short.get(key, key): value for key, value in world.items()},
        }
    }
    if sentence:
        with pytest.raises(InputError, match=sentence):
            task_check(spec)
    else:
        task_check(spec)
        with pytest.raises(InputError, match="share_killed"):
            run_world(spec, 0, 1)


def test_a_longer_run_is_one_of_the_same_world() -> None:
    """Russia for 22 months has the weights of contagion of Russia for six."""
    design = load("russia-2022")
    world = Space(design.factors).points(np.full((1, len(design.factors)), 0.4))[0]
    short, long = (scenario_in(design.cases[name], world, {}) for name in ("russia", "russia_long"))
    assert long.days == 670
    assert short.behaviour == long.behaviour


def test_a_world_is_given_up_only_where_two_targets_are_out_of_reach() -> None:
    """One missed target leaves the world to the question what leaving that target out would save."""
    design = load("russia-2022")
    aims = aims_of(design)
    inside = {aim.name: sum(aim.observed) / 2 for aim in aims}
    assert not hopeless(design, aims, inside)
    assert not hopeless(design, aims, {**inside, "russia-flight": 1.0})
    assert hopeless(design, aims, {**inside, "russia-flight": 1.0, "russia-ebb": 50.0})
    assert not hopeless(design, aims, {**inside, "russia-georgia": 1.0, "closure": 50.0})
    four = {
        aim.name: aim.observed[1] * float(np.exp(4.0 * np.hypot(aim.error, aim.discrepancy))) for aim in aims if aim.log
    }
    within_double = {name: four[name] for name in ("russia-flight", "fled-per-called")}
    assert not hopeless(design, aims, {**inside, **within_double})


def test_a_case_that_names_its_scenario_inherits_nothing_of_a_shipped_one() -> None:
    """A scenario of one's own ran under harsh punishment at half its size, because its case was called `front_harsh`."""
    rest = {"vary": {"asylum": {"range": [0, 1]}}, "target": {"left_total": {"observed": [1, 2], "discrepancy": 0.1}}}
    cases = {"front_harsh": {"scenario": "toy"}, "front": {"scale": 0.1}}
    design = Design.model_validate({"cases": cases, **rest})
    assert design.cases["front_harsh"] == Setup(scenario="toy")
    assert design.cases["front"] == Setup(scenario="front-2022", scale=0.1)
    assert Design.model_validate_json(design.model_dump_json()) == design


def test_targets_of_ones_own_count_persons_at_real_size() -> None:
    """As the shipped ones beside them: at half the size each of those who left stands for two; a share is what it is."""
    target = {"observed": [1, 2], "discrepancy": 0.1}
    targets = {
        "left_total": target,
        "share_left": target,
        "more": target | {"effect": "run.left_hide - 3 * run.left_flee"},
    }
    design = Design.model_validate(
        {"cases": {"run": {"scenario": "toy", "scale": 0.5}}, "vary": {"asylum": {"range": [0, 1]}}, "target": targets}
    )
    model = DesertionModel(Scenario.load("toy", scale=0.5), rng=1).run()
    own = model.measures()
    found = [aim.number({"run": model}) for aim in aims_of(design)]
    assert found == pytest.approx(
        [2 * own["left_total"], own["share_left"], 2 * (own["left_hide"] - 3 * own["left_flee"])]
    )
    assert own["left_total"] > 20


@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_a_run_keeps_the_simulated_persons_behind_its_numbers(scale: float) -> None:
    """Those who left, for their count and for their share of all alike; three who flee move a difference of three times them by one of its own; nobody where every person is simulated, or none is counted."""
    targets = {
        "left_total": {}, "share_left": {}, "fallen": {}, "less": {"effect": "30 * run.left_flee"},
    }  # fmt: skip
    stated = {name: {"observed": [1, 2], "discrepancy": 0.1, **more} for name, more in targets.items()}
    case = {"scenario": "toy", "scale": scale}
    design = Design.model_validate({"cases": {"run": case}, "vary": {"asylum": {"range": [0, 1]}}, "target": stated})
    model = DesertionModel(Scenario.load("toy", scale=scale), rng=1).run()
    found = {name: value for aim in aims_of(design) for name, value in aim.counted({"run": model}).items()}
    own = model.measures()
    behind = {"left_total": own["left_total"], "share_left": own["left_total"], "less": own["left_flee"]}
    assert set(found) == {*stated, *(f"{name}, persons" for name in (behind if scale < 1.0 else ()))}
    assert all(found[f"{name}, persons"] == pytest.approx(behind[name]) for name in (behind if scale < 1.0 else ()))


def test_worlds_below_the_floor_of_scale_are_named_by_case() -> None:
    """Only cases that a target reads, and no large one."""
    case = {"scenario": "front-2022"}
    design = Design.model_validate(
        {
            "cases": {"small": case | {"scale": 0.0005}, "large": case | {"scale": 0.002}, "idle": case | {"scale": 0.0005}},
            "vary": {"asylum": {"range": [0, 1]}},
            "target": {"more": {"observed": [1, 2], "discrepancy": 0.1, "effect": "small.left_total - large.left_total"}},
        }
    )  # fmt: skip
    found = floors(design, aims_of(design), {})
    assert found == {"small": floor_note(Scenario.load("front-2022", scale=0.0005))}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[targets]]\nname = 'left_flee'", "targets: lists the names of shipped targets, and no list of tables: write each as [target.NAME]"),
        ("[targets.left_flee]\nobserved = [2, 3]", "targets: lists the names of shipped targets, and no list of tables: write each as [target.NAME]"),
        ("[[target]]\nname = 'left_flee'", "target: is a table for each name, and no list of tables: write each as [target.NAME]"),
        ("[[cases]]\nscenario = 'toy'", "cases: is a table for each name, and no list of tables: write each as [cases.NAME]"),
    ],
)  # fmt: skip
def test_a_list_of_tables_is_refused_with_the_form_that_is_meant(tmp_path: Path, text: str, sentence: str) -> None:
    """It said "must be text", of what the writer had taken for a target."""
    cases = "" if "cases" in text else "[cases.run]\nscenario = 'toy'\n"
    (tmp_path / "own.toml").write_text(f"{cases}[vary]\nasylum = {{ range = [0.1, 0.9] }}\n{text}\n")
    with pytest.raises(InputError) as refused:
        load(tmp_path / "own.toml")
    assert str(refused.value).endswith(f"own.toml: {sentence}")


def test_the_runs_of_a_world_count_its_targets_and_repeat_themselves() -> None:
    """The real task, on a world of the model: a number for each target, the same for the same world and replicate, another for the next."""
    design = {
        "cases": {"run": {"scenario": "quiet", "days": 20}},
        "vary": {"asylum": {"range": [0.1, 0.9]}},
        "target": {"left_total": {"observed": [1, 2], "discrepancy": 0.1}, "double": {"observed": [1, 2], "discrepancy": 0.1, "effect": "2 * run.left_total"}},
    }  # fmt: skip

    def run(world: int, replicate: int) -> Outcome:
        return run_world({"settings": {"match": json.dumps(design), "world": world, "asylum": 0.5}}, replicate, 3)

    first = run(0, 0).scalars
    assert first["double"] == 2.0 * first["left_total"]
    assert first == run(0, 0).scalars
    others = [run(world, replicate).scalars["left_total"] for world, replicate in ((0, 1), (1, 0), (0, 2), (2, 0))]
    assert len({first["left_total"], *others}) >= 4, "that two of five agree is luck"
