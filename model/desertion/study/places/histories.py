"""Made-up histories on a map, with the truth known: as many events a day as in the data, drawn with contagion, with shocks of a range, or with neither."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from desertion.study.arrays import Array, Indices

_SMOOTH = 7.0  # days: scale on which the course of a stratum is taken from the data
_LASTS = 0.8  # of a shock from one day to the next


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a history keeps of the data: how many act on each day, and where the days' events tend to be.

    Attributes:
        days: days with events, in order, shape (day,).
        counts: events of each, shape (day,).
        lean: logarithm of the relative hazard by day and stratum, shape (day, stratum).
        strata: stratum of each unit, shape (unit,).
    """

    days: Array
    counts: Indices
    lean: Array
    strata: Indices


def course_of(day: Array, strata: Indices) -> Course:
    """The course of a data set in which each unit acts once.

    The hazard of a stratum on a day is its events within about a week over its units still at risk, half an event added to both.

    Args:
        day: day of each unit's event, shape (unit,); NaN without.
        strata: stratum of each unit, shape (unit,).
    """
    acted = np.isfinite(day)
    days, counts = np.unique(day[acted], return_counts=True)
    names = int(strata.max()) + 1
    lean = np.zeros((len(days), names))
    for place, today in enumerate(days):
        near = np.exp(-0.5 * ((day[acted] - today) / _SMOOTH) ** 2)
        events = np.bincount(strata[acted], weights=near, minlength=names)
        at_risk = np.bincount(strata[~(day < today)], minlength=names)
        lean[place] = np.log((events + 0.5) / (at_risk + 0.5))
    return Course(days=days, counts=counts, lean=lean, strata=strata)


@dataclass(frozen=True, kw_only=True)
class Shocks:
    """Shocks to the log hazard that places near each other share for some days.

    Attributes:
        root: square root of the correlation between places, shape (unit, unit).
        size: standard deviation of the log hazard.
    """

    root: Array
    size: float


def shocks_of(points: Array, reach: float, size: float) -> Shocks:
    """Shocks whose correlation falls to 1/e at `reach` km, with half of a shock gone after three days.

    Args:
        points: positions in km, shape (unit, 2 or 3).
        reach: km.
        size: standard deviation of the log hazard.
    """
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    root = np.linalg.cholesky(np.exp(-apart / reach) + 1e-6 * np.eye(len(points)))
    return Shocks(root=root, size=size)


def history(
    course: Course,
    rng: np.random.Generator,
    *,
    linked: csr_array | None = None,
    log_ratio: float = 0.0,
    window: tuple[int, int] = (1, 3),
    shocks: Shocks | None = None,
) -> Array:
    """Days of a made-up history, shape (unit,); NaN for units that do not act.

    On each day of the course as many act as in the data, drawn one after another among those at risk in proportion to their hazards on that morning, so that the
    partial likelihood stratified by day holds exactly.

    Args:
        course: what is kept of the data.
        rng: chance.
        linked: who can move whom, (receiver, sender) = 1.
        log_ratio: what one linked unit with an event in the window adds to the log hazard.
        window: days before that count.
        shocks: shared shocks, if any.
    """
    units = len(course.strata)
    gone = np.full(units, np.inf)
    shock, before = np.zeros(units), -np.inf
    for today, count, lean in zip(course.days, course.counts, course.lean, strict=True):
        level = lean[course.strata]
        if linked is not None and log_ratio:
            recent = (today - gone >= window[0]) & (today - gone <= window[1])
            level = level + log_ratio * (linked @ recent.astype(np.float64))
        if shocks is not None:
            kept = _LASTS ** min(today - before, 1e3)
            fresh = shocks.root @ rng.standard_normal(units)
            shock, before = kept * shock + np.sqrt(1.0 - kept**2) * fresh, today
            level = level + shocks.size * shock
        # The largest of log hazard plus Gumbel noise are a draw without replacement in proportion to the hazards.
        keys = np.where(np.isinf(gone), level + rng.gumbel(size=units), -np.inf)
        gone[np.argsort(-keys)[:count]] = today
    return np.where(np.isinf(gone), np.nan, gone)


def reported(day: Array, desks: Indices, gap: float, rng: np.random.Generator) -> Array:
    """Days as desks report them: each desk reports on days of its own, `gap` days apart on average; events wait for the next.

    Args:
        day: true days, shape (unit,).
        desks: desk of each unit, shape (unit,).
        gap: mean days between two reports of a desk.
        rng: draws the days of the reports.
    """
    known = day[np.isfinite(day)]
    horizon = int(known.max()) + int(20 * gap) + 2
    late = day.copy()
    for desk in np.unique(desks):
        times = np.cumsum(rng.geometric(1.0 / gap, horizon)) + int(known.min()) - 1
        own = np.flatnonzero((desks == desk) & np.isfinite(day))
        late[own] = times[np.searchsorted(times, day[own])]
    return late
