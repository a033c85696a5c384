"""Linked pairs that act within days of each other, held against permutations within strata.

The statistic is that of Knox (1964, Applied Statistics 13, 25): pairs close in space, or linked, and close in time. Permuting dates within strata leaves each stratum its own
course of events, so what is found is closeness within strata (Kulldorff and Hjalmars 1999, Biometrics 55, 544, on why strata are needed).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, permutations, product
from typing import Literal

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from desertion.study.arrays import Array, Indices
from desertion.study.places.links import Links
from desertion.study.statistics import wilson_interval

Batch = Literal["apart", "only", "any"]

STRATA = 5
"""Strata from which on their spread gives an interval: Student's t with a degree or two reaches from nothing to anything."""
_AT_ONCE = 50_000  # units, or links, of all permutations that are looked at together: what fits a processor's cache


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What counts as a close pair.

    Attributes:
        name: what it is called in tables.
        links: linked units.
        days: day of each unit's event in each draw, shape (unit, draw); NaN without an event.
        low: fewest days apart.
        high: most days apart; along directed links the receiver must be the later one.
        batch: pairs in one reporting interval count not at all ("apart"), alone ("only", whatever the days) or like others ("any").
    """

    name: str
    links: Links
    days: Array
    low: int = 1
    high: int = 3
    batch: Batch = "apart"


@dataclass(frozen=True, kw_only=True)
class PairTest:
    """The close pairs of one outcome beside their expectation.

    Attributes:
        name: the outcome.
        linked: linked pairs in which both ends have an event.
        observed: close pairs, averaged over draws of dates.
        expected: their mean under permutation.
        low: lower end of the 95 % interval of observed over expected, from the spread between strata and never narrower than chance within them makes it; NaN where they
            cannot tell it: fewer than five, all exactly alike, or so unlike that the interval holds more than all linked pairs.
        high: its upper end; NaN where `low` is.
        p: one-sided, the chance of as many close pairs under permutation.
        family: the same for the largest of the family.
        middle: central 95 % of observed over expected under permutation.
        permutations: permutations that the p values rest on.
        exact: whether these were all that there are.
        least: the smallest p that any order of the dates can have, from below where orders are drawn; 1 where all give the same.
    """

    name: str
    linked: int
    observed: float
    expected: float
    low: float
    high: float
    p: float
    family: float
    middle: tuple[float, float]
    permutations: int
    exact: bool
    least: float

    @property
    def ratio(self) -> float:
        """Observed over expected; NaN where none is expected."""
        return self.observed / self.expected if self.expected > 0.0 else math.nan


@dataclass(frozen=True)
class Order:
    """Who was first in close pairs along links that have a direction.

    Attributes:
        sender: close pairs in which the sender was first, averaged over draws of dates.
        receiver: those in which the receiver was.
        p: one-sided, the chance of as many more of the former if the direction of links says nothing about dates.
    """

    sender: float
    receiver: float
    p: float


def order_of(outcome: Outcome, batches: Indices) -> Order:
    """Who was first: McNemar's test with Edwards' correction (1948, Psychometrika 13, 185).

    Pairs that share a unit hang together, so the variance is that of dyads (Aronow, Samii and Assenova 2015, Political Analysis 23, 564): a sender who acted before
    all of many receivers was first once. Hazards cannot say this: of two units with one cause on dates without order a past outweighs a future, or the other way round.

    Args:
        outcome: what counts as a close pair; its links have a direction, and those that run both ways are left out.
        batches: reporting interval of each unit, shape (unit,); -1 for an exact date.
    """
    links = outcome.links.among(np.isfinite(outcome.days).all(axis=1))
    units = np.arange(len(outcome.days))
    # Where a link runs both ways, one of the two is first whoever that is.
    back = np.isin(links.receiver * len(units) + links.sender, links.sender * len(units) + links.receiver)
    links = Links(links.sender[~back], links.receiver[~back], directed=True)
    ways = [links, Links(links.receiver, links.sender, directed=True)]
    sender, receiver = (_close(outcome, way, units, batches) for way in ways)
    more = sender - receiver
    own = float((more**2).sum())
    touching = np.zeros(len(units))
    np.add.at(touching, np.concatenate([links.sender, links.receiver]), np.tile(more, 2))
    variance = max(float((touching**2).sum()) - own, own)
    size = (float(more.sum()) - 1.0) / math.sqrt(variance) if variance > 0.0 else -math.inf
    return Order(float(sender.sum()), float(receiver.sum()), float(norm.sf(size)))


def orders(strata: Indices, most: int, rng: np.random.Generator) -> tuple[Iterator[Indices], bool]:
    """Orders of the units within their strata, and whether they are all.

    If there are at most `most` they are all enumerated, the given order among them; else `most` are drawn.

    Args:
        strata: stratum of each unit, shape (unit,).
        most: number of permutations wanted.
        rng: draws them.
    """
    groups = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    if sum(math.lgamma(len(group) + 1) for group in groups) <= math.log(most) + 1e-9:
        return _all_orders(groups, len(strata)), True
    return _drawn_orders(strata, most, rng), False


def _all_orders(groups: Sequence[Indices], units: int) -> Iterator[Indices]:
    for choice in product(*(permutations(group.tolist()) for group in groups)):
        order = np.empty(units, np.intp)
        for group, members in zip(groups, choice, strict=True):
            order[group] = members
        yield order


def _drawn_orders(strata: Indices, most: int, rng: np.random.Generator) -> Iterator[Indices]:
    in_order = np.lexsort((np.arange(len(strata)), strata))
    for _ in range(most):
        order = np.empty(len(strata), np.intp)
        order[in_order] = np.lexsort((rng.random(len(strata)), strata))
        yield order


def compare_pairs(
    outcomes: Sequence[Outcome],
    strata: Indices,
    *,
    batches: Indices | None = None,
    most: int = 9999,
    rng: np.random.Generator,
) -> list[PairTest]:
    """The test of each outcome, all on the same permutations; the family's p values by the maximum (Westfall and Young 1993).

    Outcomes are put on one scale by their mean and deviation under permutation before the maximum is taken.

    Args:
        outcomes: one or more; dates move with their unit's place, in all outcomes alike.
        strata: stratum of each unit, shape (unit,); dates are permuted within them.
        batches: reporting interval of each unit, shape (unit,), moving with the dates; -1 for an exact date.
        most: permutations.
        rng: draws the permutations.
    """
    present = [np.isfinite(outcome.days).all(axis=1) for outcome in outcomes]
    links = [outcome.links.among(mask) for outcome, mask in zip(outcomes, present, strict=True)]
    batch = np.full(len(strata), -1, np.intp) if batches is None else batches
    identity = np.arange(len(strata))
    close = [_close(outcome, link, identity, batch) for outcome, link in zip(outcomes, links, strict=True)]
    observed = np.array([each.sum() for each in close])
    # A unit without a date keeps none: dates are permuted among those that have one in every outcome.
    keys = np.stack(present).T
    fine = np.unique(np.column_stack([strata, keys]), axis=0, return_inverse=True)[1].astype(np.intp).reshape(-1)
    ways, exact = orders(fine, most, rng)
    sums = [np.zeros(len(link)) for link in links]
    drawn: list[Array] = []
    widest = max(len(strata), *(len(link) for link in links))
    for some in batched(ways, max(1, _AT_ONCE // widest)):
        order = np.array(some)
        columns: list[Array] = []
        for outcome, link, total in zip(outcomes, links, sums, strict=True):
            each = _close(outcome, link, order, batch)
            total += each.sum(axis=0)
            columns.append(each.sum(axis=1))
        drawn.append(np.column_stack(columns))
    null = np.concatenate(drawn)
    mean, deviation = null.mean(axis=0), null.std(axis=0)
    scale = np.where(deviation > 0.0, deviation, 1.0)
    largest = ((null - mean) / scale).max(axis=1)
    results: list[PairTest] = []
    for place, (outcome, link) in enumerate(zip(outcomes, links, strict=True)):
        expected = sums[place] / len(null)
        low, high = _interval(close[place], expected, link, strata, float(deviation[place]))
        results.append(
            PairTest(
                name=outcome.name,
                linked=len(link),
                observed=float(observed[place]),
                expected=float(mean[place]),
                low=low,
                high=high,
                p=chance(null[:, place], observed[place], exact=exact),
                family=chance(largest, (observed[place] - mean[place]) / scale[place], exact=exact),
                middle=_middle(null[:, place], mean[place]),
                permutations=len(null),
                exact=exact,
                least=least_chance(null[:, place], observed[place], exact=exact),
            )
        )
    return results


def _close(outcome: Outcome, links: Links, order: Indices, batch: Indices) -> Array:
    """Share of draws in which each link is a close pair, shape (..., link), the units' dates standing in `order`, shape (..., unit)."""
    shared = None
    if (batch >= 0).any():
        moved = batch[order]
        first, second = moved[..., links.sender], moved[..., links.receiver]
        shared = (first == second) & (first >= 0)
    if outcome.batch == "only":
        return np.zeros((*order.shape[:-1], len(links))) if shared is None else shared.astype(np.float64)
    # Draw after draw, so that what lies beside each other is looked at together; with exact dates there is one.
    close = np.zeros((*order.shape[:-1], len(links)))
    for days in outcome.days.T:
        moved = days[order]
        apart = moved[..., links.receiver] - moved[..., links.sender]
        if not links.directed:
            np.abs(apart, out=apart)
        close += (apart >= outcome.low) & (apart <= outcome.high)
    close /= outcome.days.shape[1]
    if shared is not None and outcome.batch == "apart":
        close[shared] = 0.0
    return close


def chance(null: Array, value: float, *, exact: bool) -> float:
    """One-sided p value of a statistic among its permutations; with drawn ones the given order counts as one more.

    Without a value there is no p value (NaN); a permutation without one counts as having reached it.
    """
    if math.isnan(value):
        return math.nan
    reached = int((~(null < value - 1e-9)).sum())
    return reached / len(null) if exact else (1 + reached) / (1 + len(null))


def least_chance(null: Array, value: float, *, exact: bool) -> float:
    """The smallest p value that any order can have; of drawn orders the lower end of Wilson's interval, 1 where all give the same."""
    highest = np.fmax(np.fmax.reduce(null), value)
    p = chance(null, math.nan if math.isnan(value) else float(highest), exact=exact)
    if exact or math.isnan(p) or p == 1.0:
        return p
    return wilson_interval(round(p * (1 + len(null))), 1 + len(null))[0]


def _middle(null: Array, mean: float) -> tuple[float, float]:
    if mean <= 0.0:
        return math.nan, math.nan
    low, high = np.quantile(null, [0.025, 0.975]) / mean
    return float(low), float(high)


def _interval(close: Array, expected: Array, links: Links, strata: Indices, deviation: float) -> tuple[float, float]:
    """95 % interval of observed over expected on the logarithmic scale: links that touch a common stratum may hang together, others not.

    The variance is that of dyads clustered at both ends (Aronow, Samii and Assenova 2015, Political Analysis 23, 564), Student's t has one degree less than there are
    strata. Of few strata the spread may come out small by luck: the interval is never narrower than that of the normal distribution with the `deviation` of the count under permutation.
    Without a close pair the upper end is 3.7 over the expectation (Poisson). NaN where the strata are too few, or where it would hold more close pairs than there are linked ones.
    """
    total, mean = float(close.sum()), float(expected.sum())
    count = len(np.unique(strata[np.concatenate([links.sender, links.receiver])]))
    if mean <= 0.0 or count < STRATA:
        return math.nan, math.nan
    low, high = _by_strata(close, expected, links, strata, count, deviation) if total > 0.0 else (0.0, 3.7 / mean)
    return (low, high) if high * mean <= len(links) else (math.nan, math.nan)


def _by_strata(
    close: Array, expected: Array, links: Links, strata: Indices, count: int, deviation: float
) -> tuple[float, float]:
    total = float(close.sum())
    ratio = total / float(expected.sum())
    size = int(strata.max()) + 1
    between = np.zeros((size, size))
    np.add.at(between, (strata[links.sender], strata[links.receiver]), close - ratio * expected)
    between = np.triu(between + np.tril(between, -1).T)
    apart = float((np.triu(between, 1) ** 2).sum())
    touching = between.sum(axis=0) + between.sum(axis=1) - np.diag(between)
    # A link between two strata stands in the sums of both: its own square is taken out once.
    variance = max(float((touching**2).sum()) - apart, apart + float((np.diag(between) ** 2).sum()))
    if variance < 1e-18 * total**2:  # strata that agree to the last pair do so by accident
        return math.nan, math.nan
    between_strata = float(student.ppf(0.975, count - 1)) * math.sqrt(variance * count / (count - 1))
    reach = max(between_strata, float(norm.ppf(0.975)) * deviation) / total
    return ratio * math.exp(-reach), ratio * math.exp(reach)
