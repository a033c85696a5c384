"""Power and false alarms of the tests by place, on made-up histories on the same map."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
from scipy.sparse import csr_array

from desertion.errors import InputError
from desertion.figures.labels import percent
from desertion.study.arrays import Array, Indices
from desertion.study.places.events import Events, of_units
from desertion.study.places.finding import LEVEL, Alarm, is_blind
from desertion.study.places.hazards import ratios, sizes
from desertion.study.places.histories import Course, course_of, history, reported, shocks_of
from desertion.study.places.links import Links, cells
from desertion.study.places.pairs import Outcome, PairTest, compare_pairs
from desertion.study.places.worlds import Map, histories, weekly_rates
from desertion.study.statistics import wilson_interval

RATIOS = (1.25, 1.5, 2.0, 3.0)
REACHES = (5.0, 10.0, 20.0, 50.0)  # km
SHOCK = 1.0  # standard deviation of the log hazard
LARGE = 2.0
WEIGHTS = (1.0, 2.5, 5.0)  # log hazard for all tied places gone at once
CELLS = (2, 4, 12)
DESK = 8  # places that one desk reports on
GAP = 4.0  # days between two reports of a desk
FEW = 199
DRAWS = 20
FITTED = 50  # histories on which the hazard is fitted too

Maker = Callable[[np.random.Generator], Array]


def alarms(
    events: Events, links: Links, false_links: Links, window: int, observed: float, number: int, seed: int
) -> Iterator[Alarm]:
    """How often the primary test alarms with no contagion, with contagion, under shocks of several ranges, and with reports in batches.

    Only units that act are on the map, so all is conditional on acting, as the primary test is.

    Args:
        events: the data, of which each day's number of events and the course of each stratum are kept.
        links: who is linked to whom.
        false_links: placebo links.
        window: most days apart.
        observed: observed over expected in the data.
        number: histories of each kind.
        seed: where all chance comes from.
    """
    mine = of_units(events, events.acted)
    true, false = links.numbered(events.acted), false_links.numbered(events.acted)
    course = course_of(mine.first[:, 0], mine.strata)
    kinds = _strengths(course, true.matrix(len(mine.units)), window)
    rivals = () if mine.points is None else _rivals(mine.points, course)
    for place, (name, size, make) in enumerate(chain(kinds, ((name, 0.0, make) for name, make in rivals))):
        rng = np.random.default_rng([seed, place])
        days = [make(rng) for _ in range(number)]
        yield judged(name, days, mine, true, false, window, observed, rng, log_ratio=size)


def also_alarms(
    events: Events,
    links: Links,
    false_links: Links,
    window: int,
    family: Sequence[PairTest],
    number: int,
    seed: int,
) -> Iterator[Alarm]:
    """How often the tests of the further outcomes, each by itself, alarm with no contagion and with contagion: what their silence is worth.

    Args:
        events: the data, whose further outcomes are taken as exact days.
        links: who is linked to whom.
        false_links: placebo links.
        window: most days apart.
        family: tests of the family, those of the further outcomes first and in their order.
        number: histories of each kind.
        seed: where all chance comes from.
    """
    for row, ((outcome, days), test) in enumerate(zip(events.also.items(), family, strict=False)):
        if is_blind(test):
            continue
        acted = np.isfinite(days[:, 0])
        mine = replace(
            of_units(replace(events, first=days), acted),
            batch=np.full(int(acted.sum()), -1, np.intp),
            intervals=np.zeros((0, 2)),
        )
        true, false = links.numbered(acted), false_links.numbered(acted)
        course = course_of(days[acted, 0], mine.strata)
        for place, (name, size, make) in enumerate(_strengths(course, true.matrix(len(mine.units)), window)):
            rng = np.random.default_rng([seed, 200 + row, place])
            made = [make(rng) for _ in range(number)]
            found = judged(name, made, mine, true, false, window, test.ratio, rng, log_ratio=size)
            yield replace(found, outcome=outcome)


def _strengths(course: Course, matrix: csr_array, window: int) -> Iterator[tuple[str, float, Maker]]:
    """Histories with no contagion and with contagion of each strength: name, log ratio of the hazard, and what makes one."""
    yield "nothing but the course of each stratum", 0.0, lambda rng: history(course, rng)
    for ratio in RATIOS:

        def contagious(rng: np.random.Generator, size: float = math.log(ratio)) -> Array:
            return history(course, rng, linked=matrix, log_ratio=size, window=(1, window))

        yield f"contagion: hazard times {ratio:g} for each linked unit", math.log(ratio), contagious


def _rivals(points: Array, course: Course) -> Iterator[tuple[str, Maker]]:
    """Histories without contagion: shocks that places share, one kind at a time since each is a matrix of all places, and reports in batches."""

    def shocked(reach: float, size: float) -> tuple[str, Maker]:
        shocks = shocks_of(points, reach, size)
        name = f"shocks of {reach:g} km range{' and double size' * (size > SHOCK)}, no contagion"
        return name, lambda rng: history(course, rng, shocks=shocks)

    desks = cells(points, DESK)
    yield from (shocked(reach, SHOCK) for reach in REACHES)
    yield (
        f"reports of {DESK} places in one batch, no contagion",
        lambda rng: reported(history(course, rng), desks, GAP, rng),
    )
    yield shocked(REACHES[-1] * 2.0, SHOCK)
    yield from (shocked(reach, LARGE) for reach in (*REACHES, REACHES[-1] * 2.0))


def model_alarms(
    events: Events, links: Links, false_links: Links, window: int, observed: float, number: int, seed: int
) -> Iterator[Alarm]:
    """The same on histories of this model on the same map: an outside trend alone, with contagion, and with shocks by compact cells.

    Contagion runs both ways along links of either kind, and the rows say so where links have a direction.

    Raises:
        InputError: there are no positions.
    """
    if events.points is None:
        raise InputError(
            "--model needs positions (lat and lon, or x and y): the model's shocks fall on places near each other"
        )
    mine = of_units(events, events.acted)
    true, false = links.numbered(events.acted), false_links.numbered(events.acted)
    assert mine.points is not None
    begin = float(mine.first[:, 0].min())
    ground = Map(points=mine.points, links=true, rates=weekly_rates(mine.first[:, 0] - begin, len(mine.units)))
    trend = histories(ground, number, seed)
    kinds = [("model: outside trend", False, trend)]
    ways = " both ways along each link" if links.directed else ""  # the model's ties have no direction
    for weight in WEIGHTS:
        made = histories(ground, number, seed, weight=weight)
        owed = percent(_owed(made, trend))
        kinds.append((f"model: trend and contagion{ways}, {owed} of the first half owed to it", True, made))
    for cell in dict.fromkeys(min(cell, len(mine.units)) for cell in CELLS):
        made = histories(ground, number, seed, shock=SHOCK, cell=cell)
        kinds.append(
            (
                f"model: trend and shocks in cells of {cell} places ({_across(mine.points, cell):.0f} km), no contagion",
                False,
                made,
            )
        )
    for place, (name, contagious, days) in enumerate(kinds):
        rng = np.random.default_rng([seed, 100 + place])
        shifted = [day + begin for day in days]
        yield judged(name, shifted, mine, true, false, window, observed, rng, contagion=contagious)


def _owed(made: list[Array], plain: list[Array]) -> float:
    """Share of those who have acted by the day on which half have, that had not acted by then in the same history without contagion."""
    owed: list[float] = []
    for day, other in zip(made, plain, strict=True):
        middle = float(np.nanquantile(day, 0.5))
        early = day <= middle
        owed.append(float((early & ~(other <= middle)).sum() / early.sum()))
    return float(np.mean(owed))


def _across(points: Array, cell: int) -> float:
    """Mean distance in km between two places of one cell."""
    where = cells(points, cell)
    apart = [
        float(np.linalg.norm(own[:, None] - own[None], axis=2).sum() / (len(own) * (len(own) - 1)))
        for own in (points[where == each] for each in np.unique(where))
        if len(own) > 1
    ]
    return float(np.mean(apart))


def judged(
    name: str,
    days: list[Array],
    events: Events,
    links: Links,
    false_links: Links,
    window: int,
    observed: float,
    rng: np.random.Generator,
    *,
    log_ratio: float = 0.0,
    contagion: bool | None = None,
) -> Alarm:
    """How often the primary test alarms in these histories.

    Args:
        name: their kind.
        days: one array of shape (unit,) a history.
        events: the data whose strata and intervals hold.
        links: who is linked to whom.
        false_links: placebo links.
        window: most days apart.
        observed: observed over expected in the data.
        rng: chance.
        log_ratio: what one linked unit adds to the log hazard.
        contagion: whether there is contagion; if it is not said, whether `log_ratio` is above 0.
    """
    size = sizes(events)
    tests: list[PairTest] = []
    future: list[bool] = []
    unlinked: list[bool] = []
    for place, day in enumerate(days):
        drawn, batch = _as_reported(day, events.intervals, rng)
        acted = np.isfinite(day)
        tests.append(
            compare_pairs(
                [Outcome(name="", links=links.numbered(acted), days=drawn[acted], high=window)],
                events.strata[acted],
                batches=batch[acted],
                most=FEW,
                rng=rng,
            )[0]
        )
        if place < FITTED:
            try:
                _, ahead, placebo, *_ = ratios(day, links, false_links, events.strata, window, batch, size=size)
            except InputError:
                continue
            future.append(ahead.low > 1.0)
            unlinked.append(placebo.low > 1.0)
    found = sum(test.p <= LEVEL for test in tests)
    low, high = wilson_interval(found, len(tests))
    ratio = np.array([test.ratio for test in tests])
    return Alarm(
        name=name,
        contagion=log_ratio > 0.0 if contagion is None else contagion,
        histories=len(tests),
        alarms=found,
        low=low,
        high=high,
        ratio=middle(ratio),
        reached=float((ratio >= observed).mean()),
        future=float(np.mean(future)) if future else math.nan,
        unlinked=float(np.mean(unlinked)) if unlinked else math.nan,
        log_ratio=log_ratio,
        fitted=len(future),
    )


def middle(ratios: Array) -> float:
    """The median of ratios over those that have one; NaN if none has."""
    known = ratios[~np.isnan(ratios)]
    return float(np.median(known)) if len(known) else math.nan


def _as_reported(day: Array, intervals: Array, rng: np.random.Generator) -> tuple[Array, Indices]:
    """Drawn days and reporting intervals of a history, by the intervals of the data; shapes (unit, draw) and (unit,)."""
    batch = np.full(len(day), -1, np.intp)
    if not len(intervals):
        return day[:, None], batch
    inside = (day[:, None] >= intervals[:, 0]) & (day[:, None] <= intervals[:, 1])
    chosen = np.where(inside, rng.random(inside.shape), -1.0).argmax(axis=1)
    known = inside.any(axis=1)
    batch[known] = chosen[known]
    drawn = np.repeat(day[:, None], DRAWS, axis=1)
    low, high = intervals[chosen[known]].T
    drawn[known] = np.floor(low[:, None] + rng.random((int(known.sum()), DRAWS)) * (high - low + 1.0)[:, None])
    return drawn, batch
