"""Sensitivity against functions whose indices are known, and refusal where runs are missing."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion.errors import InputError
from desertion.figures import style
from desertion.figures.answers import effects, indices
from desertion.figures.labels import label
from desertion.study.analysis.foot import told_of_sensitivity
from desertion.study.analysis.sensitivity import (
    _against_dummy,
    explained,
    morris_table,
    of_policy,
    point_outcomes,
    sobol_table,
)
from desertion.study.design.factors import Factor, factor
from desertion.study.design.layout import DesignRule, lay_out, with_dummy
from tests.study.run.fake import ishigami

THREE = tuple(factor(f"x{index}", {"range": [-math.pi, math.pi]}, "s") for index in range(3))


def _runs(
    rule: DesignRule, factors: tuple[Factor, ...] = THREE, replicates: int = 1, noise: float = 0.0
) -> pd.DataFrame:
    """Ishigami's function at the points of a design, as a table of runs."""
    rng = np.random.default_rng(1)
    rows = [
        {
            "design": number,
            "replicate": replicate,
            "status": "done",
            "y": ishigami(*(float(point[f"x{index}"]) for index in range(3))) + noise * float(rng.normal()),
        }
        for number, point in enumerate(lay_out(rule, factors, "s"))
        for replicate in range(replicates)
    ]
    return pd.DataFrame(rows)


def test_sobol_indices_of_ishigami_are_found() -> None:
    """First order 0.314, 0.442, 0 and total 0.558, 0.442, 0.244 (a = 7, b = 0.1), and the dummy's are 0."""
    rule = DesignRule(kind="sobol", points=2048, seed=1, dummy=True)
    table = sobol_table(_runs(rule), "y", rule, with_dummy(rule, THREE), draws=200).set_index("factor")
    first = {"x0": 0.314, "x1": 0.442, "x2": 0.0, "dummy": 0.0}
    total = {"x0": 0.558, "x1": 0.442, "x2": 0.244, "dummy": 0.0}
    for name in first:
        assert table.loc[name, "first"] == pytest.approx(first[name], abs=0.03)
        assert table.loc[name, "total"] == pytest.approx(total[name], abs=0.03)
        assert table.loc[name, "total_low"] - 0.02 <= total[name] <= table.loc[name, "total_high"] + 0.02
    assert table["above_noise"].tolist() == [True, True, True, False]


def test_intervals_shrink_with_more_points_and_repeat_for_the_same_seed() -> None:
    """A bootstrap that was drawn anew each time could not be cited."""
    small, large = (DesignRule(kind="sobol", points=points, seed=1) for points in (64, 1024))
    wide = sobol_table(_runs(small), "y", small, THREE, draws=200)
    narrow = sobol_table(_runs(large), "y", large, THREE, draws=200)
    assert (wide["total_high"] - wide["total_low"]).mean() > 2 * (narrow["total_high"] - narrow["total_low"]).mean()
    assert wide.equals(sobol_table(_runs(small), "y", small, THREE, draws=200))


def test_morris_tells_the_linear_factor_from_the_idle_one() -> None:
    """Y = 3 a + b^2 - b over a unit cube: the effect of a is 3 everywhere, that of the dummy 0."""
    factors = (factor("a", {"range": [0, 1]}, "s"), factor("b", {"range": [0, 1]}, "s"))
    rule = DesignRule(kind="morris", points=20, seed=2, dummy=True)
    points = lay_out(rule, factors, "s")
    values = [3 * float(point["a"]) + float(point["b"]) ** 2 - float(point["b"]) for point in points]
    runs = pd.DataFrame({"design": range(len(points)), "replicate": 0, "status": "done", "y": values})
    table = morris_table(runs, "y", rule, with_dummy(rule, factors)).set_index("factor")
    assert table.loc["a", "effect"] == pytest.approx(3.0)
    assert table.loc["a", "sigma"] == pytest.approx(0.0, abs=1e-9)
    # Its steps lead from 0 to 2/3 or from 1/3 to 1: effects of -1/3 and of 1/3, which must not cancel.
    assert table.loc["b", ["effect", "half_width"]].tolist() == pytest.approx([1 / 3, 0.0])
    assert table.loc["b", "sigma"] > 0.1
    assert table.loc["dummy", "effect"] == pytest.approx(0.0)
    assert bool(table.loc["a", "above_noise"])
    assert not bool(table.loc["dummy", "above_noise"])


@pytest.mark.parametrize("size", [1e-9, 1.0, 3e12])
def test_an_effect_that_is_the_same_everywhere_has_no_interval_of_rounding(size: float) -> None:
    """Y = a / 3 + 1 / 7: crossing a is worth a third at every place, and no 4e-16 more or less."""
    factors = (factor("a", {"range": [0, 1]}, "s"), factor("b", {"range": [0, 1]}, "s"))
    rule = DesignRule(kind="morris", points=10, seed=2)
    values = [size * (float(point["a"]) / 3.0 + 1.0 / 7.0) for point in lay_out(rule, factors, "s")]
    runs = pd.DataFrame({"design": range(len(values)), "replicate": 0, "status": "done", "y": values})
    table = morris_table(runs, "y", rule, factors).set_index("factor")
    assert table.loc["a", "effect"] == pytest.approx(size / 3.0)
    assert not table[["half_width", "sigma"]].to_numpy().any()
    assert table.loc["b", "effect"] == 0.0


@pytest.mark.parametrize(
    "stated", [{"choices": ["shut", "open"]}, {"integers": [0, 1]}, [0.2, 0.7], {"integers": [3, 7]}]
)
def test_crossing_from_one_choice_to_the_other_is_the_whole_range(stated: Any) -> None:
    """Both ends of two values lie two thirds of the unit cube apart; with a range of the same effect beside them none is the larger."""
    factors = (factor("a", stated, "s"), factor("b", {"range": [0, 1]}, "s"))
    rule = DesignRule(kind="morris", points=20, seed=2)
    points = lay_out(rule, factors, "s")
    low, high = factors[0].at(0.0), factors[0].at(1.0)
    own = [float(point["a"] == high) if high != 7 else (float(point["a"]) - low) / (high - low) for point in points]
    values = [3.0 * first + 3.0 * float(point["b"]) for first, point in zip(own, points, strict=True)]
    runs = pd.DataFrame({"design": range(len(points)), "replicate": 0, "status": "done", "y": values})
    assert morris_table(runs, "y", rule, factors)["effect"].tolist() == pytest.approx([3.0, 3.0])


def _quadratic(trajectories: int) -> tuple[DesignRule, tuple[Factor, ...], pd.DataFrame, np.ndarray]:
    """A design over the unit square, runs of a^2 + b, and the effects of a by hand: the sum of the two places of each step."""
    factors = (factor("a", {"range": [0, 1]}, "s"), factor("b", {"range": [0, 1]}, "s"))
    rule = DesignRule(kind="morris", points=trajectories, seed=2)
    points = [(float(point["a"]), float(point["b"])) for point in lay_out(rule, factors, "s")]
    values = [a**2 + b for a, b in points]
    runs = pd.DataFrame({"design": range(len(points)), "replicate": 0, "status": "done", "y": values})
    walks = [sorted({a for a, _ in points[start : start + 3]}) for start in range(0, len(points), 3)]
    return rule, factors, runs, np.array([low + high for low, high in walks])


def test_an_effects_interval_is_students() -> None:
    """Resampled means of ten trajectories with the normal's 1.96 held the true mean in 86 to 91 of 100, of four in 75 to 81."""
    rule, factors, runs, own = _quadratic(10)
    table = morris_table(runs, "y", rule, factors).set_index("factor")
    assert table.loc["a", "effect"] == pytest.approx(own.mean())
    assert table.loc["a", "sigma"] == pytest.approx(own.std(ddof=1))
    assert table.loc["a", "half_width"] == pytest.approx(2.262 * own.std(ddof=1) / math.sqrt(10), rel=1e-3)
    assert table.loc["b", "half_width"] == pytest.approx(0.0, abs=1e-9)


def test_what_does_not_stand_clear_of_the_dummys_upper_end_is_not_above_noise() -> None:
    """An effect of 1 to 1.2 is clear of a dummy of 0 to 0.9 and not of one of 0 to 1.1."""
    for top, clear in ((0.9, True), (1.1, False)):
        table = pd.DataFrame({"factor": ["a", "dummy"], "low": [1.0, 0.0], "high": [1.2, top]})
        assert _against_dummy(table, "low", "high", dummy=True)["above_noise"].tolist() == [clear, False]


def test_an_index_is_above_noise_by_its_lower_end() -> None:
    """Sixteen noisy points: all three totals reach above the dummy's, and one of them stands above it as a whole."""
    rule = DesignRule(kind="sobol", points=16, seed=1, dummy=True)
    table = sobol_table(_runs(rule, noise=2.0), "y", rule, with_dummy(rule, THREE), draws=100)
    floor = table["total_high"].iloc[-1]
    assert (table["total_high"].iloc[:3] > floor).all()
    assert table["above_noise"].tolist() == (table["total_low"] > floor).tolist() == [False, True, False, False]


@pytest.mark.filterwarnings("error")
def test_too_few_trajectories_or_points_have_no_interval(tmp_path: Path) -> None:
    """One trajectory, and one base point, gave intervals without a width, above which everything stood; without any it is unknown what does."""
    rule, factors, runs, _ = _quadratic(5)
    few = morris_table(runs, "y", rule.model_copy(update={"dummy": True}), factors)
    assert few["half_width"].isna().all()
    assert few["above_noise"].isna().all()
    assert few["effect"].notna().all()
    one, factors, runs, _ = _quadratic(1)
    alone = morris_table(runs, "y", one, factors)
    assert alone["half_width"].isna().all()
    assert alone["sigma"].isna().all()
    small = DesignRule(kind="sobol", points=8, seed=1, dummy=True)
    table = sobol_table(_runs(small), "y", small, with_dummy(small, THREE), draws=20)
    assert table[["first_low", "first_high", "total_low", "total_high"]].isna().all(axis=None)
    assert table["above_noise"].isna().all()
    for drawn, found in ((effects, few), (indices, table)):
        assert told_of_sensitivity(found).endswith("Too few runs for an interval: nothing can be told from chance.")
        with style.house():
            figure = style.new_figure("wide")
            ax = drawn(figure.subplots(), found, "left_total")
            assert ax.get_title(loc="left").endswith("who left: too few runs for an interval")
            assert "95 %" not in ax.get_xlabel()
            style.save(figure, tmp_path / "drawn.png")


def test_effects_on_the_logarithm_are_decimal() -> None:
    """Y = 10^(2 a) over a unit cube: crossing the range of a is a factor of a hundred, 2 on the scale that stands beside it."""
    factors = (factor("a", {"range": [0, 1]}, "s"), factor("b", {"range": [0, 1]}, "s"))
    rule = DesignRule(kind="morris", points=6, seed=2)
    points = lay_out(rule, factors, "s")
    values = [10 ** (2.0 * float(point["a"])) for point in points]
    runs = pd.DataFrame({"design": range(len(points)), "replicate": 0, "status": "done", "y": values})
    table = morris_table(runs, "y", rule, factors, of="log")
    assert table["effect"].tolist() == pytest.approx([2.0, 0.0])
    assert table["unit"].tolist() == ["log10 y"] * 2
    assert morris_table(runs, "y", rule, factors)["unit"].tolist() == ["y"] * 2
    assert label(explained("left_total", "spread")) == "spread of persons who left"
    assert label("log10 left_total") == "decimal logarithm of persons who left"


def test_the_spread_over_replicates_has_indices_of_its_own() -> None:
    """Noise that no factor moves: the mean is explained, the spread by nothing."""
    rule = DesignRule(kind="sobol", points=256, seed=1)
    runs = _runs(rule, replicates=5, noise=1.0)
    assert sobol_table(runs, "y", rule, THREE, draws=50)["total"].max() > 0.4
    spread = sobol_table(runs, "y", rule, THREE, of="spread", draws=50)
    assert spread["first"].abs().max() < 0.25


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_points_that_were_run_with_other_fates_are_refused(kind: str) -> None:
    """A shard has replicate 0 of one point and 1 of the next: an effect was a change of seed, with an interval clear of 0, and a total index 267."""
    rule = DesignRule(kind=kind, points=8, seed=1)
    runs = _runs(rule, replicates=2)
    shard = runs[runs["replicate"] == runs["design"] % 2]
    judge = sobol_table if kind == "sobol" else morris_table
    with pytest.raises(InputError, match=r"needs the same replicates at every point.*merge all shards, or finish"):
        judge(shard, "y", rule, THREE)


@pytest.mark.parametrize("harm", ["missing", "failed", "nan", "infinite", "uneven"])
def test_missing_runs_are_refused_and_never_zero(harm: str) -> None:
    """SALib would answer 0 for every factor with a single NaN among the outcomes."""
    rule = DesignRule(kind="sobol", points=64, seed=1)
    runs = _runs(rule, replicates=2)
    if harm == "missing":
        runs = runs[runs["design"] != 7]
    elif harm == "failed":
        runs.loc[3, ["status", "y"]] = ["failed", np.nan]
    elif harm == "uneven":
        runs = runs.drop(index=5)
    else:
        runs.loc[3, "y"] = np.nan if harm == "nan" else np.inf
    with pytest.raises(InputError, match=r"needs every run|same number of replicates"):
        sobol_table(runs, "y", rule, THREE)


def test_a_measure_that_never_changes_has_no_indices() -> None:
    """Zero variance has no shares."""
    rule = DesignRule(kind="sobol", points=16, seed=1)
    with pytest.raises(InputError, match="nothing to explain"):
        sobol_table(_runs(rule).assign(y=1.0), "y", rule, THREE)


def test_points_of_each_policy_are_numbered_as_the_layout_numbers_them() -> None:
    """Policies are crossed with the layout; an analysis looks at one of them."""
    rule = DesignRule(kind="sobol", points=4)
    runs = pd.DataFrame({"design": range(6), "policies": ["a", "b"] * 3, "status": "done"})
    assert of_policy(runs, rule, "b")["design"].tolist() == [0, 1, 2]
    with pytest.raises(InputError, match="one policy at a time: choose one of a, b"):
        of_policy(runs, rule, None)
    with pytest.raises(InputError, match="no policy 'c'"):
        of_policy(runs, rule, "c")
    alone = runs.drop(columns="policies")
    assert of_policy(alone, rule, None) is of_policy(alone, rule, "none") is alone
    with pytest.raises(InputError, match="no policy 'c': choose one of none"):
        of_policy(alone, rule, "c")


def test_the_logarithm_is_explained_where_a_few_large_values_decide_the_mean() -> None:
    """Y = 10^(x0 + x1 / 2): on the log scale the shares are 4/5 and 1/5; values at or below 0 have no logarithm."""
    rule = DesignRule(kind="sobol", points=512, seed=1)
    factors = (factor("x0", {"range": [0, 6]}, "s"), factor("x1", {"range": [0, 6]}, "s"))
    points = lay_out(rule, factors, "s")
    values = [10 ** (float(point["x0"]) + float(point["x1"]) / 2) for point in points]
    runs = pd.DataFrame({"design": range(len(points)), "replicate": 0, "status": "done", "y": values})
    table = sobol_table(runs, "y", rule, factors, of="log", draws=50)
    assert table["first"].tolist() == pytest.approx([0.8, 0.2], abs=0.03)
    with pytest.raises(InputError, match="needs values above 0"):
        sobol_table(runs.assign(y=runs["y"] - 1e6), "y", rule, factors, of="log")


def test_single_replicates_have_no_spread_to_explain() -> None:
    """Asked of them it is refused, and not told as a table of nothing; of 1 and 3 it is the root of 2, of 0 and 4 twice that."""
    pairs = pd.DataFrame({"design": [0, 0, 1, 1], "replicate": [0, 1] * 2, "status": "done", "y": [1.0, 3.0, 0.0, 4.0]})
    assert point_outcomes(pairs, "y", 2, "spread", "").tolist() == pytest.approx([math.sqrt(2), math.sqrt(8)])
    runs = pd.DataFrame({"design": [0, 1], "replicate": 0, "status": "done", "y": [1.0, 2.0]})
    with pytest.raises(InputError, match="of the spread needs at least two replicates a point"):
        point_outcomes(runs, "y", 2, "spread", "a Sobol analysis")


def test_a_spread_wider_than_any_effect_is_still_drawn() -> None:
    """Four trajectories in one of which an input tips everything: effects of 0, 0, 0 and 4 are 1 in the mean, with a spread of 2."""
    table = pd.DataFrame(
        {"factor": ["a"], "effect": [1.0], "half_width": [np.nan], "sigma": [2.0], "above_noise": [np.nan]}
    )
    with style.house():
        ax = effects(style.new_figure("wide").subplots(), table, "left_total")
    assert ax.get_xlim()[1] > 2.0


def test_what_no_study_has_is_no_mark_of_its_figure() -> None:
    """Without a dummy nothing is said of one, with it in both kinds of figure."""
    for ends in ({"half_width": [0.1, 0.1]}, {"total": [0.5, 0.1], "total_low": [0.4, 0.0]}):
        for last, said in (("b", False), ("dummy", True)):
            assert ("dummy" in told_of_sensitivity(pd.DataFrame({"factor": ["a", last], **ends}))) is said
