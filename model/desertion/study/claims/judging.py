"""From the measures of all arms in all worlds to a verdict on each claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.study.analysis.boxes import Box, find_box
from desertion.study.claims.document import Claim, Claims, Number
from desertion.study.claims.verdict import Verdict, judge, shows
from desertion.study.claims.worlds import columns
from desertion.study.design.factors import Point
from desertion.study.design.formula import Effect, Measures

Results = Mapping[tuple[int, str], Measures]
"""Measures by (world, arm), averaged over the replicates that all arms share."""


@dataclass(frozen=True, kw_only=True)
class JudgedClaim:
    """A claim with its verdict.

    Attributes:
        claim: the claim.
        verdict: the verdict over all worlds, with its numbers.
        consistent: the same over worlds that history does not rule out; None without such bounds.
        effects: effect by judged world, NaN where it has no value.
        worlds: number of each judged world.
        allowed: whether history allows each judged world; None without such bounds.
        box: the ranges that separate worlds that show the effect; None unless the claim depends on them.
    """

    claim: Claim
    verdict: Verdict
    consistent: Verdict | None
    effects: NDArray[np.float64]
    worlds: tuple[int, ...]
    allowed: tuple[bool, ...] | None
    box: Box | None


@dataclass(frozen=True, kw_only=True)
class NumberSpread:
    """A number with its spread over worlds: 5 %, 50 % and 95 % quantiles where it has a value."""

    number: Number
    fifth: float
    median: float
    ninety_fifth: float
    worlds: int


def averaged(runs: Iterable[tuple[int, str, int, Measures]]) -> Results:
    """Average runs (world, arm, replicate, measures) over replicates; NaN replicates of a measure are left out."""
    values: dict[tuple[int, str], list[Measures]] = {}
    for world, arm, _, measures in runs:
        values.setdefault((world, arm), []).append(measures)
    return {key: _mean(rows) for key, rows in values.items()}


def judge_all(
    claims: Claims, points: Sequence[Point], results: Results
) -> tuple[tuple[JudgedClaim, ...], tuple[NumberSpread, ...]]:
    """All claims with verdicts and all numbers with their spread.

    A world counts for a claim once all arms of the claim have run in it.

    Args:
        claims: the claims file.
        points: the worlds.
        results: measures by world and arm.
    """
    allowed = allowed_worlds(claims, len(points), results) if claims.bounds else None
    judged = tuple(_judged(claim, points, results, allowed) for claim in claims.claims)
    return judged, tuple(_reported(number, len(points), results) for number in claims.numbers)


def allowed_worlds(claims: Claims, worlds: int, results: Results) -> frozenset[int]:
    """Worlds in which every bound that history sets is kept."""
    allowed = set(range(worlds))
    for bound in claims.bounds:
        values = effects_by_world(bound.effect, worlds, results)
        allowed &= {world for world, value in values.items() if bound.low <= value <= bound.high}
    return frozenset(allowed)


def effects_by_world(effect: Effect, worlds: int, results: Results) -> dict[int, float]:
    """Value of an effect in every world in which all its arms have run."""
    needed = {arm for arm, _ in effect.terms}
    values: dict[int, float] = {}
    for world in range(worlds):
        arms = {arm: results[world, arm] for arm in needed if (world, arm) in results}
        if len(arms) == len(needed):
            values[world] = effect(arms)
    return values


def _judged(claim: Claim, points: Sequence[Point], results: Results, allowed: frozenset[int] | None) -> JudgedClaim:
    values = effects_by_world(claim.effect, len(points), results)
    if claim.where_defined:
        values = {world: value for world, value in values.items() if not np.isnan(value)}
    effects = np.array(list(values.values()), dtype=np.float64)
    verdict = judge(effects, claim.sign, claim.smallest)
    box = None
    if verdict.word == "depends":
        seen = columns([points[world] for world in values])
        box = find_box(seen, shows(effects, claim.sign, claim.smallest))
    consistent = None
    if allowed is not None:
        allowed_values = [value for world, value in values.items() if world in allowed]
        consistent = judge(allowed_values, claim.sign, claim.smallest)
    inside = None if allowed is None else tuple(world in allowed for world in values)
    return JudgedClaim(
        claim=claim, verdict=verdict, consistent=consistent, effects=effects, worlds=tuple(values), allowed=inside, box=box
    )  # fmt: skip


def _reported(number: Number, worlds: int, results: Results) -> NumberSpread:
    values = np.array(list(effects_by_world(number.effect, worlds, results).values()), dtype=np.float64)
    defined = values[np.isfinite(values)]
    fifth, median, ninety_fifth = np.quantile(defined, [0.05, 0.5, 0.95]) if defined.size else (np.nan,) * 3
    return NumberSpread(
        number=number,
        fifth=float(fifth),
        median=float(median),
        ninety_fifth=float(ninety_fifth),
        worlds=int(defined.size),
    )


def _mean(rows: list[Measures]) -> Measures:
    if len(rows) == 1:
        return rows[0]
    table = {name: np.array([row.get(name, np.nan) for row in rows]) for name in rows[0]}
    return {
        name: float(np.nanmean(column)) if not np.isnan(column).all() else float("nan")
        for name, column in table.items()
    }
