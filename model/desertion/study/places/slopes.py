"""Does an army's past share of missing and captured predict its next one? A regression over battles, held against permutations.

The past is a weighted mean of the outcomes themselves, so it is worked out anew under every permutation; the mean slope under permutation is what the past of a short series
does to its own regression (Nickell 1981, Econometrica 49, 1417), and is taken off.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import batched, product

import numpy as np

from desertion.study.arrays import Array, Indices
from desertion.study.places.battles import Battles, strata_of
from desertion.study.places.pairs import chance, least_chance, orders
from desertion.study.places.past import Question, past
from desertion.study.places.table import numbered
from desertion.study.statistics import wilson_interval

GRID = tuple(round(-0.9 + 0.1 * step, 1) for step in range(19))
"""True slopes of made-up wars, in the unit of the outcome for one of the past, a mean of outcomes: at 1 and beyond it a war would run off."""
SHOCKS = (0.0, 1.0)
_AT_ONCE = 1_000  # permutations whose slopes are worked out together, so that memory stays small
POWER_AT = (0.0, 0.3, 0.6, 0.9)  # of the grid


@dataclass(frozen=True, kw_only=True)
class Slope:
    """Outcome in standard deviations by past in standard deviations.

    Attributes:
        name: the question.
        rows: battles' sides in the regression.
        clusters: campaigns.
        bare: the slope as estimated; NaN where the past or the outcome does not vary.
        bias: its mean under permutation.
        p: one-sided chance under permutation; NaN where the slope has no value or every permutation gives the same one.
        least: the smallest p that any permutation of the outcomes can have, from below where permutations are drawn; NaN where p is.
        family: the same as p for the largest of the family; NaN for the primary one.
    """

    name: str
    rows: int
    clusters: int
    bare: float
    bias: float
    p: float
    least: float
    family: float = field(default=math.nan)


@dataclass(frozen=True)
class _Regression:
    """A question made ready: what is the same under all permutations."""

    question: Question
    rows: Indices
    weights: Array
    beside: Array | None
    base: Array  # orthonormal basis of the effects and controls, shape (row, effect)
    clusters: Indices

    def slopes(self, outcomes: Array) -> Array:
        """Slopes in standard deviations, shape (history,), of outcomes, shape (history, row); NaN where the past or the outcome does not vary."""
        x, y = self._sides(outcomes)
        varies = np.ptp(y, axis=1) > 0.0
        scale = _scale(x, y)
        x, y = _without(x, self.base), _without(y, self.base)
        if self.beside is not None:
            second = _without(outcomes @ self.beside.T, self.base)
            norm = np.linalg.norm(second, axis=1, keepdims=True)
            second = np.divide(second, norm, out=np.zeros_like(second), where=norm > 0.0)
            x, y = (each - (each * second).sum(axis=1, keepdims=True) * second for each in (x, y))
        square = np.broadcast_to((x * x).sum(axis=1), varies.shape)
        known = varies & (square > 1e-12)
        return np.divide((x * y).sum(axis=1) * scale, square, out=np.full(len(y), math.nan), where=known)

    def _sides(self, outcomes: Array) -> tuple[Array, Array]:
        """The past and the outcome of the rows, shape (history, row)."""
        known = outcomes if self.question.values is None else self.question.values[None, :]
        return known @ self.weights.T, outcomes[:, self.rows]

    def unit(self, outcome: Array) -> float:
        """What a slope of 1 in the unit of the outcome is in standard deviations, for one outcome, shape (row,)."""
        return float(_scale(*self._sides(outcome[None, :]))[0])

    def slope(self, outcome: Array) -> float:
        """The slope of one outcome, shape (row,)."""
        return float(self.slopes(outcome[None, :])[0])


def _scale(past: Array, outcome: Array) -> Array:
    """Standard deviations of the past over those of the outcome, shape (history,); 0 where the outcome does not vary."""
    varies = np.ptp(outcome, axis=1) > 0.0
    return np.divide(past.std(axis=1), outcome.std(axis=1), out=np.zeros(len(outcome)), where=varies)


def _without(values: Array, base: Array) -> Array:
    """Values, shape (history, row), less what the base explains of them."""
    return values - (values @ base) @ base.T


def _ready(battles: Battles, question: Question) -> _Regression:
    rows = np.flatnonzero(question.kept)
    groups = numbered([f"{a} {b}" for a, b in zip(battles.side, battles.year, strict=True)])[0]
    parts = (
        [np.ones((len(rows), 1))] if question.bare else [_indicators(groups[rows]), _indicators(battles.theatre[rows])]
    )
    if question.controls is not None:
        parts.append(question.controls[rows])
    design = np.column_stack(parts)
    left, singular, _ = np.linalg.svd(design, full_matrices=False)
    return _Regression(
        question,
        rows,
        _normalised(question.weights[rows]),
        None if question.beside is None else _normalised(question.beside[rows]),
        left[:, singular > 1e-9 * singular[0]],
        np.unique(battles.campaign[rows], return_inverse=True)[1].astype(np.intp),
    )


def _indicators(groups: Indices) -> Array:
    return (groups[:, None] == np.unique(groups)[None, :]).astype(np.float64)


def _normalised(weights: Array) -> Array:
    total = weights.sum(axis=1, keepdims=True)
    return np.divide(weights, total, out=np.zeros_like(weights), where=total > 0.0)


def slopes(
    battles: Battles, asked: Sequence[Question], *, most: int, seed: int, strata: Indices | None = None
) -> list[Slope]:
    """The slope of each question; the first is the primary one, the others are one family.

    Args:
        battles: the battles.
        asked: questions.
        most: permutations of the outcomes within strata.
        seed: where all chance comes from.
        strata: strata, if not side, theatre and year.
    """
    ready = [_ready(battles, question) for question in asked]
    estimates = np.array([each.slope(battles.outcome) for each in ready])
    rng = np.random.default_rng(seed)
    nulls, exact = _permuted(battles, ready, strata_of(battles) if strata is None else strata, most, rng)
    mean, deviation = np.array([_spread(null) for null in nulls]).T
    scaled = [(null - mean[place]) / deviation[place] for place, null in enumerate(nulls)]
    value = (estimates - mean) / deviation
    largest = np.full(len(nulls[0]), -math.inf)
    for each, own, told in zip(ready[1:], scaled[1:], value[1:], strict=True):
        if not math.isnan(told):
            largest = np.maximum(largest, own if each.question.rows is None else rng.choice(own, len(largest)))
    results: list[Slope] = []
    for place, (each, bare) in enumerate(zip(ready, estimates, strict=True)):
        results.append(
            Slope(
                name=each.question.name,
                rows=len(each.rows),
                clusters=int(each.clusters.max()) + 1,
                bare=float(bare),
                bias=float(mean[place]),
                p=chance(scaled[place], value[place], exact=exact[place]),
                least=least_chance(scaled[place], value[place], exact=exact[place]),
                family=chance(largest, value[place], exact=exact[0]) if place else math.nan,
            )
        )
    return results


def _permuted(
    battles: Battles, ready: Sequence[_Regression], strata: Indices, most: int, rng: np.random.Generator
) -> tuple[list[Array], list[bool]]:
    """Slopes of each question under permutation, and whether these are all that there are.

    All questions share the permutations but those whose rows were chosen by the outcomes: among permutations that moved outcomes in and out of the choice its slopes would be others than the one that was observed.
    """
    shared = [place for place, each in enumerate(ready) if each.question.rows is None]
    nulls, exact = [np.empty(0)] * len(ready), [False] * len(ready)
    for places in [shared, *([place] for place in range(len(ready)) if place not in shared)]:
        rows = ready[places[0]].question.rows
        within = strata if rows is None else 2 * strata + rows
        ways, is_all = orders(within, most, rng)
        table = np.concatenate(
            [
                np.column_stack([ready[place].slopes(battles.outcome[np.array(part)]) for place in places])
                for part in batched(ways, _AT_ONCE)
            ]
        )
        for place, column in zip(places, table.T, strict=True):
            nulls[place], exact[place] = column, is_all
    return nulls, exact


def _spread(slopes: Array) -> tuple[float, float]:
    """Mean and deviation of the slopes that have a value; NaN for either that there is none of."""
    known = slopes[~np.isnan(slopes)]
    if not len(known):
        return math.nan, math.nan
    # Slopes are of the order of 1: what is below this is rounding.
    deviation = float(known.std())
    return float(known.mean()), deviation if deviation > 1e-9 else math.nan


@dataclass(frozen=True)
class MadeUp:
    """Histories with known slope on the past of the own side, for power and false alarms.

    The levels of side, theatre and year and the spread within them are those of the data; battles are drawn in order of time.
    """

    battles: Battles
    level: Array
    spread: float
    weights: Array
    order: Indices

    @classmethod
    def of(cls, battles: Battles) -> "MadeUp":
        """What is the same in all histories of these battles."""
        strata = strata_of(battles)
        level = np.array([battles.outcome[strata == each].mean() for each in strata])
        spread = float((battles.outcome - level).std())
        return cls(battles, level, spread, _normalised(past(battles)), np.argsort(battles.start, kind="stable"))

    def draw(self, slope: float, shock: float, rng: np.random.Generator) -> Array:
        """Outcomes of one history, shape (row,).

        Args:
            slope: what one unit of the past adds to the outcome, both as deviations from their stratum, and in the unit of the outcome.
            shock: standard deviation, in units of the spread within strata, of a shock that the battles of a side in a campaign share.
            rng: chance.
        """
        side, campaign = self.battles.side, self.battles.campaign
        shared = rng.standard_normal((int(side.max()) + 1, int(campaign.max()) + 1))
        noise = self.spread * (rng.standard_normal(len(self.level)) + shock * shared[side, campaign])
        deviation = np.zeros(len(self.level))
        for row in self.order:
            deviation[row] = noise[row] + slope * float(self.weights[row] @ deviation)
        return self.level + deviation


def tried(battles: Battles, question: Question) -> tuple[float, ...]:
    """The true slopes of made-up wars in standard deviations of these battles, as estimates are: each times the deviation of the past over that of the outcome."""
    unit = _ready(battles, question).unit(battles.outcome)
    return tuple(slope * unit for slope in GRID)


def compatible(battles: Battles, question: Question, *, histories: int, seed: int) -> list[float]:
    """Of the true slopes that are `tried` those under which the observed one lies within the central 95 % of made-up histories, with campaign shocks or without.

    Inverting the histories takes the bias of the estimate along, whatever its size; taking one off that was worked out at a slope of 0 does not.

    Args:
        battles: the battles.
        question: the past whose slope is wanted.
        histories: made-up histories for each slope.
        seed: where all chance comes from.
    """
    ready = _ready(battles, question)
    made_up = MadeUp.of(battles)
    observed = ready.slope(battles.outcome)
    kept: list[float] = []
    for number, (slope, told) in enumerate(zip(GRID, tried(battles, question), strict=True)):
        for shock in SHOCKS:
            rng = np.random.default_rng([seed, number, round(10 * shock)])
            drawn = ready.slopes(np.array([made_up.draw(slope, shock, rng) for _ in range(histories)]))
            low, high = np.nanquantile(drawn, [0.025, 0.975])
            if low <= observed <= high:
                kept.append(told)
                break
    return kept


@dataclass(frozen=True, kw_only=True)
class SlopeAlarms:
    """How often the primary test alarms in made-up histories.

    Attributes:
        slope: the true slope, in standard deviations as in `tried`.
        shock: campaign shocks, in units of the spread within strata.
        histories: number of histories.
        alarms: those with p at most .05.
        low: lower 95 % Wilson bound of the share.
        high: upper bound.
    """

    slope: float
    shock: float
    histories: int
    alarms: int
    low: float
    high: float


def alarms(battles: Battles, question: Question, *, histories: int, seed: int) -> list[SlopeAlarms]:
    """Power and false alarms of the primary test at several true slopes, with campaign shocks and without.

    Args:
        battles: the battles.
        question: the primary question.
        histories: histories of each kind.
        seed: where all chance comes from.
    """
    made_up, unit = MadeUp.of(battles), _ready(battles, question).unit(battles.outcome)
    rows: list[SlopeAlarms] = []
    for number, (slope, shock) in enumerate(product(POWER_AT, SHOCKS)):
        rng = np.random.default_rng([seed, 1000 + number])
        found = 0
        for each in range(histories):
            history = replace(battles, outcome=made_up.draw(slope, shock, rng))
            found += slopes(history, [question], most=199, seed=each)[0].p <= 0.05
        low, high = wilson_interval(found, histories)
        rows.append(SlopeAlarms(slope=slope * unit, shock=shock, histories=histories, alarms=found, low=low, high=high))
    return rows
