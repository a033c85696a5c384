"""Designs: the points in parameter space that a study runs, in a fixed order."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from pydantic import Field, StrictBool, field_validator, model_validator

from desertion.errors import InputError, extra, refuse_unknown, shortened, unknown_name
from desertion.parameters.field import Frozen
from desertion.study.design.factors import Factor, Point, Value, Words, flat_values, repeated
from desertion.study.design.formula import constraint

KINDS = ("grid", "list", "lhs", "sobol", "sequence", "morris")
"""grid: every combination; list: the rows given; lhs: Latin hypercube; sobol: Saltelli's scheme for Sobol indices;
sequence: a plain scrambled Sobol sequence that fills the space; morris: elementary-effects trajectories."""

MOST_POINTS = 1_000_000
"""Points of the largest design, policies crossed: laying out so many takes seconds and a gigabyte, ten times as many minutes and all memory."""

DUMMY = "dummy"
"""Name of the factor that no rule reads. It picks the stream of chance, so that its index is what luck explains: the
noise floor of a sensitivity analysis. With the same chance at every point it would be 0 and say nothing. In a morris design
its value is the share and twice the number of the trajectory: with the same few streams in all trajectories these would be no
independent looks, and their interval would be too narrow."""

SEARCH = "search"
"""Kind of a design whose points a search finds while it runs."""

OWN = ("grid", "list")
"""Kinds whose points are the user's own; those of the others are drawn."""

CONSTRAINED = ("lhs", "sequence")
"""Kinds of drawn points from which constraints may strike some."""

_SAMPLED = ("lhs", "sobol", "sequence", "morris")
_READ_BY = {"points": _SAMPLED, "seed": _SAMPLED, "levels": ("morris",), "dummy": _SAMPLED, "rows": ("list",)}
"""Entries of a rule that only designs of these kinds read."""

# Saltelli's scheme and Morris's trajectories lose their meaning when points are struck out.
_WHOLE = ("sobol", "morris")


class DesignRule(Frozen):
    """How the points are laid out.

    Attributes:
        kind: How: grid (every combination), list, lhs, sobol (for sensitivity), sequence (fills the space), morris (screening).
        points: Points of lhs and sequence; base points of sobol (a power of two); trajectories of morris.
        seed: Seed of the layout's own chance, apart from that of the runs.
        levels: Levels of each factor in a morris design, even.
        dummy: Whether to add a factor that no rule reads.
        constraints: Comparisons between parameters that points must meet, such as "asylum < 0.5".
        rows: The points of a list design.
    """

    kind: str = "grid"
    points: int = Field(default=0, ge=0, le=MOST_POINTS)
    seed: int = Field(default=0, ge=0)
    levels: int = Field(default=4, ge=2, le=1000)
    dummy: StrictBool = False
    constraints: Words = ()
    rows: tuple[tuple[tuple[str, Value], ...], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _read_kind(cls, table: Any) -> Any:
        return {"kind": "list", **table} if isinstance(table, Mapping) and table.get("rows") else table

    @field_validator("kind")
    @classmethod
    def _check_kind(cls, kind: str) -> str:
        if kind not in (*KINDS, SEARCH):
            raise unknown_name("kind of design", kind, KINDS)
        return kind

    @field_validator("rows", mode="before")
    @classmethod
    def _read_rows(cls, rows: Any) -> Any:
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            raise ValueError(f"must be a list of tables, got {shortened(rows)}")
        for row in cast(Sequence[Any], rows):
            if isinstance(row, Mapping) and not row:
                raise ValueError("holds an empty row: each must be a table of parameters")
        return tuple(
            tuple(flat_values(row).items()) if isinstance(row, Mapping) else row for row in cast(Sequence[Any], rows)
        )


def lay_out(rule: DesignRule, factors: Sequence[Factor], where: str, mixes: int = 1) -> tuple[Point, ...]:
    """Lay out the points of a design, before policies are crossed with them.

    Args:
        rule: How the points are laid out.
        factors: What varies.
        where: What to call the study in an error.
        mixes: Mixes of policies that the points will be crossed with.

    Returns:
        One point a design row, in the order in which an analysis expects them.

    Raises:
        InputError: If the rule and the factors do not fit together, there are more than `MOST_POINTS`, or no point meets the constraints.
    """
    refuse_unknown("kind of design", rule.kind, KINDS, where=where)
    for entry, kinds in _READ_BY.items():
        if rule.kind not in kinds and getattr(rule, entry) != DesignRule.model_fields[entry].default:
            raise InputError(
                f"{where}: a {rule.kind} design takes no design.{entry}: leave it out, or choose {' or '.join(kinds)}"
            )
    if rule.constraints and rule.kind in _WHOLE:
        raise InputError(
            f"{where}: design.constraints cannot be used with {rule.kind}, whose points belong together: "
            f"narrow the ranges instead, or choose lhs"
        )
    for one in factors:
        if rule.kind == "morris" and repeated(one.values) is not None:
            raise InputError(
                f"{where}: vary.{one.name} weighs choices by repeating them, and a step of a morris design between equal ones would count "
                f"as no effect: name each once, or choose another kind of design"
            )
    varied = with_dummy(rule, factors)
    if _rows(rule, varied) * mixes > MOST_POINTS:
        raise InputError(
            f"{where}: the design has more than {MOST_POINTS:,} points: take fewer steps, values, points or policies"
        )
    points = _points(rule, varied, where)
    names = sorted({name for point in points for name in point})
    tests = [constraint(text, names, where) for text in rule.constraints]
    meeting = tuple(point for point in points if all(test(point) for test in tests))
    if not meeting:
        raise InputError(f"{where}: no design point meets design.constraints {list(rule.constraints)}: loosen them")
    return meeting


def with_dummy(rule: DesignRule, factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """The factors that a design turns: those given, and the dummy where the rule asks for it."""
    return (*factors, Factor(DUMMY, "range", numbers=(0.0, 1.0))) if rule.dummy else tuple(factors)


def unit_points(rule: DesignRule, count: int, where: str) -> np.ndarray:
    """Points of a sampled design in the unit cube.

    Returns:
        (points, factors) : shares in [0, 1]. For sobol the rows are A, B, then AB_1 ... AB_k, each of
        `rule.points` rows, where AB_i is A with column i taken from B.
    """
    if count == 0:
        raise InputError(f"{where}: a {rule.kind} design needs at least one range under [vary]")
    if rule.kind == "sobol" and count < 2:
        raise InputError(f"{where}: a sobol design tells inputs apart, so it needs two under [vary], or dummy = true")
    if rule.points < 1:
        raise InputError(f"{where}: design.points = {rule.points} must be a whole number >= 1 for {rule.kind}")
    return _SAMPLERS[rule.kind](rule, count, where)


def _rows(rule: DesignRule, factors: tuple[Factor, ...]) -> int:
    if rule.kind == "grid":
        return math.prod(factor.steps_of_grid for factor in factors)
    each = {
        "list": len(rule.rows),
        "sobol": rule.points * (len(factors) + 2),
        "morris": rule.points * (len(factors) + 1),
    }
    return each.get(rule.kind, rule.points)


def _points(rule: DesignRule, factors: tuple[Factor, ...], where: str) -> list[Point]:
    if rule.kind == "list":
        if not rule.rows:
            raise InputError(f"{where}: design.kind = 'list' needs rows: design.rows = [{{ asylum = 0.5 }}]")
        return [dict(row) for row in rule.rows]
    if rule.kind == "grid":
        names = [factor.name for factor in factors]
        return [dict(zip(names, row, strict=True)) for row in itertools.product(*(factor.grid() for factor in factors))]
    shares = unit_points(rule, len(factors), where)
    points = [
        {factor.name: factor.at(float(share)) for factor, share in zip(factors, row, strict=True)} for row in shares
    ]
    if rule.dummy and rule.kind == "morris":
        for place, point in enumerate(points):
            # Twice, or the end of one trajectory would be the beginning of the next.
            point[DUMMY] = 2 * (place // (len(factors) + 1)) + float(shares[place, -1])
    return points


def _latin(rule: DesignRule, count: int, _where: str) -> np.ndarray:
    from scipy.stats import qmc

    return qmc.LatinHypercube(d=count, rng=np.random.default_rng(rule.seed)).random(rule.points)


def _sobol(rule: DesignRule, columns: int) -> np.ndarray:
    from scipy.stats import qmc

    sampler = qmc.Sobol(d=columns, rng=np.random.default_rng(rule.seed))
    # Balance holds for powers of two; a plain sequence may still be cut anywhere.
    return sampler.random_base2(math.ceil(math.log2(rule.points)) if rule.points > 1 else 0)[: rule.points]


def _saltelli(rule: DesignRule, count: int, where: str) -> np.ndarray:
    if rule.points & (rule.points - 1):
        below = 1 << (rule.points.bit_length() - 1)
        raise InputError(
            f"{where}: design.points = {rule.points} must be a power of two for sobol: take {below} or {2 * below}"
        )
    both = _sobol(rule, 2 * count)
    first, second = both[:, :count], both[:, count:]
    mixed: list[np.ndarray] = []
    for column in range(count):
        swapped = first.copy()
        swapped[:, column] = second[:, column]
        mixed.append(swapped)
    return np.concatenate([first, second, *mixed])


def _morris(rule: DesignRule, count: int, where: str) -> np.ndarray:
    with extra("discovery", f"{where}: a morris design needs SALib"):
        from SALib.sample import morris
    if rule.levels < 2 or rule.levels % 2:
        raise InputError(f"{where}: design.levels = {rule.levels} must be an even number >= 2")
    return morris.sample(morris_problem(count), rule.points, num_levels=rule.levels, seed=rule.seed % 2**32)


def morris_problem(count: int) -> dict[str, object]:
    """Description of a unit cube with `count` factors in SALib's terms."""
    return {"num_vars": count, "names": [f"x{index}" for index in range(count)], "bounds": [[0.0, 1.0]] * count}


_SAMPLERS: dict[str, Callable[[DesignRule, int, str], np.ndarray]] = {
    "lhs": _latin,
    "sobol": _saltelli,
    "sequence": lambda rule, count, _: _sobol(rule, count),
    "morris": _morris,
}
