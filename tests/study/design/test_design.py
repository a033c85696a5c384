"""Designs: which points are run, and in which order an analysis finds them."""

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.design.factors import Factor, factor
from desertion.study.design.layout import DesignRule, lay_out, unit_points
from desertion.study.design.reading import spec_from

TWO = (factor("a", {"range": [0, 1], "steps": 3}, "s"), factor("b", ["x", "y"], "s"))
ROWS = ((("a", 1),), (("b", 2),))
RANGES = (factor("a", {"range": [0, 1]}, "s"), factor("b", {"range": [10, 20]}, "s"))
WEIGHED = (factor("w", {"choices": [0.2, 0.2, 0.7]}, "s"), *RANGES)

TOO_MANY = "the design has more than 1,000,000 points: take fewer steps, values, points or policies"


def _cut(name: str, steps: int) -> Factor:
    return factor(name, {"range": [0, 1], "steps": steps}, "s")


def test_a_grid_has_every_combination_once() -> None:
    """Three values times two words."""
    points = lay_out(DesignRule(kind="grid"), TWO, "s")
    assert len(points) == 6
    assert len({tuple(point.items()) for point in points}) == 6


def test_constraints_strike_out_points_of_a_grid() -> None:
    """Only the points that meet the comparison stay, in their order."""
    points = lay_out(DesignRule(kind="grid", constraints=("a < 1",)), TWO, "s")
    assert [point["a"] for point in points] == [0.0, 0.0, 0.5, 0.5]


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_factor() -> None:
    """That is what makes it one."""
    points = lay_out(DesignRule(kind="lhs", points=20, seed=3), RANGES, "s")
    for name, low, width in (("a", 0.0, 0.05), ("b", 10.0, 0.5)):
        slices = sorted(int((float(point[name]) - low) / width) for point in points)
        assert slices == list(range(20))


@pytest.mark.parametrize("kind", ["lhs", "sobol", "sequence", "morris"])
def test_a_sampled_design_is_the_same_for_the_same_seed_and_another_for_another(kind: str) -> None:
    """Resuming lays the points out anew and must find the same ones."""
    first, again, other = (unit_points(DesignRule(kind=kind, points=8, seed=seed), 3, "s") for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_saltelli_blocks_swap_one_column_each() -> None:
    """AB_i is A but for column i, which is B's."""
    shares = unit_points(DesignRule(kind="sobol", points=4, seed=1), 3, "s").reshape(5, 4, 3)
    for column in range(3):
        others = [one for one in range(3) if one != column]
        assert np.array_equal(shares[2 + column][:, column], shares[1][:, column])
        assert np.array_equal(shares[2 + column][:, others], shares[0][:, others])


def test_a_morris_trajectory_moves_one_factor_a_step() -> None:
    """Within each run of k + 1 points exactly one coordinate changes between neighbours."""
    shares = unit_points(DesignRule(kind="morris", points=5, seed=1), 3, "s").reshape(5, 4, 3)
    moved = (np.diff(shares, axis=1) != 0).sum(axis=2)
    assert (moved == 1).all()


def test_the_dummy_is_varied_like_the_others() -> None:
    """Its points are spread although no rule reads them."""
    points = lay_out(DesignRule(kind="lhs", points=10, dummy=True), RANGES, "s")
    assert len({point["dummy"] for point in points}) == 10


def test_choices_may_be_weighed_where_points_are_drawn() -> None:
    """Only a morris design, which steps between them, refuses them."""
    drawn = lay_out(DesignRule(kind="lhs", points=9), WEIGHED, "s")
    assert [sum(point["w"] == value for point in drawn) for value in (0.2, 0.7)] == [6, 3]


@pytest.mark.parametrize(
    ("rule", "factors", "words"),
    [
        (DesignRule(kind="sobol", points=100), RANGES, "power of two for sobol: take 64 or 128"),
        (DesignRule(kind="sobol", points=64, constraints=("a < 1",)), RANGES, "cannot be used with sobol"),
        (DesignRule(kind="morris", points=4, levels=3), RANGES, "even number"),
        (DesignRule(kind="morris", points=4), WEIGHED, r"vary\.w weighs choices by repeating them"),
        (DesignRule(kind="lhs"), RANGES, "whole number >= 1"),
        (DesignRule(kind="lhs", points=3), (), "needs at least one range"),
        (DesignRule(kind="grid", constraints=("a > 5",)), TWO, "no design point meets"),
        (DesignRule(kind="list"), (), "needs rows"),
        (DesignRule(kind="grid", dummy=True), TWO, "a grid design takes no design.dummy: leave it out"),
        (DesignRule(kind="list", rows=ROWS, dummy=True), (), "a list design takes no design.dummy"),
        (DesignRule(kind="grid", points=7), TWO, "leave it out, or choose lhs or sobol or sequence or morris"),
        (DesignRule(kind="list", rows=ROWS, seed=4), (), "a list design takes no design.seed"),
        (DesignRule(kind="lhs", points=7, levels=6), RANGES, "leave it out, or choose morris"),
        (DesignRule(kind="lhs", points=7, rows=ROWS), RANGES, "a lhs design takes no design.rows"),
        (DesignRule(kind="list", rows=ROWS, constraints=("a < 1",)), (), "'a', which {'b': 2} leaves out: state it in"),
        (DesignRule(constraints=("a < 1",)), (), "'a', which is not varied: nothing is"),
        (DesignRule(), (_cut("a", 100_000), _cut("b", 100_000)), TOO_MANY),
        (DesignRule(), (factor("a", {"integers": [0, 1e308]}, "s"), *RANGES), TOO_MANY),
        (DesignRule(kind="sobol", points=2**18), RANGES, TOO_MANY),
        (DesignRule(kind="morris", points=400_000), RANGES, TOO_MANY),
    ],
)
def test_a_design_that_makes_no_sense_is_refused(rule: DesignRule, factors: tuple[Factor, ...], words: str) -> None:
    """With the way out in the sentence."""
    with pytest.raises(InputError, match=words):
        lay_out(rule, factors, "s")


def test_policies_count_among_the_points_of_a_design_that_is_too_large() -> None:
    """A point under each mix; one below the limit is laid out, and a machine is never filled with points first."""
    table = {"vary": {"a": {"range": [0, 1], "steps": 400_000}}, "policies": {"x": [], "y": [], "z": []}}
    with pytest.raises(InputError, match=TOO_MANY):
        spec_from(table, "s", "s.toml").points()


def test_each_trajectory_has_streams_of_its_own() -> None:
    """With the four values of a factor of four levels all trajectories shared four streams of chance, and the dummy's interval held the truth in 64 of 100 studies."""
    points = lay_out(DesignRule(kind="morris", points=10, dummy=True), RANGES, "s")
    each = len(RANGES) + 2
    streams = [
        {float(str(point["dummy"])) for point in points[first : first + each]} for first in range(0, len(points), each)
    ]
    assert [len(own) for own in streams] == [2] * 10, "the dummy takes one step in each"
    assert len(set[float]().union(*streams)) == 20
    assert all(2 * number <= value <= 2 * number + 1 for number, own in enumerate(streams) for value in own)
    # A sobol design's are as many as its points anyway.
    assert (
        max(
            float(str(point["dummy"])) for point in lay_out(DesignRule(kind="sobol", points=8, dummy=True), RANGES, "s")
        )
        < 1
    )


@pytest.mark.parametrize("design", [{"kind": "lhs", "points": 9}, {"kind": "sequence", "points": 9, "dummy": True}])
def test_a_design_is_laid_out_also_where_nothing_is_varied(design: dict[str, object]) -> None:
    """A dummy is varied then; without one there is nothing to spread, which is said and not run once."""
    spec = spec_from({"design": design}, "s", "s.toml")
    if "dummy" in design:
        assert len({point["dummy"] for point in spec.points()}) == 9
    else:
        with pytest.raises(InputError, match=r"needs at least one range under \[vary\]"):
            spec.points()
    assert spec_from({}, "s", "s.toml").points() == ({},)
