"""Summary statistics of a history: what the comparison of rivals looks at.

Histories differ in length and size, so every statistic is free of both: ratios, shares, correlations.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

TOTAL_NAMES = (
    "log_level",
    "growth_1",
    "growth_2",
    "growth_3",
    "peak",
    "peak_time",
    "half_time",
    "slope",
    "bend",
    "roughness",
    "residual_memory",
    "growth_with_gone",
)
UNIT_NAMES = ("clumping", "clumping_early", "clumping_late", "persistence", "synchrony", "unit_memory")


def of_totals(flow: ArrayLike, people: float) -> Array:
    """Statistics of the total history, shape (len(TOTAL_NAMES),).

    Args:
        flow: shape (point,), leavers per interval, at least four intervals.
        people: people at the start.
    """
    counts = np.asarray(flow, dtype=np.float64)
    n = counts.size
    total = counts.sum()
    quarters = np.array([part.sum() + 0.5 for part in np.array_split(counts, 4)])
    logs = np.log(counts + 0.5)
    time = np.linspace(-1.0, 1.0, n)
    bend, slope, level = _parabola(n) @ logs
    residual = np.asarray(logs - (bend * time**2 + slope * time + level), dtype=np.float64)
    gone = np.cumsum(counts) / max(total, 1.0)
    return np.array(
        [
            np.log((total + 0.5) / people),
            *np.diff(np.log(quarters)),
            np.log((counts.max() + 0.5) / (counts.mean() + 0.5)),
            float(np.argmax(counts)) / n,
            float(np.searchsorted(gone, 0.5)) / n,
            slope,
            bend,
            np.log(residual.std() + 0.01),
            _lag_one(residual),
            _correlation(np.diff(logs), gone[:-1]),
        ]
    )


def of_units(counts: ArrayLike) -> Array:
    """Statistics of the history by unit, shape (len(UNIT_NAMES),).

    Args:
        counts: shape (unit, period), leavers per unit and period, units of equal strength, at least two of each.
    """
    table = np.asarray(counts, dtype=np.float64)
    half = table.shape[1] // 2
    early, late = table[:, :half].sum(axis=1), table[:, half:].sum(axis=1)
    deviation = table - table.mean(axis=0)
    return np.array(
        [
            _clumping(table.sum(axis=1)),
            _clumping(early),
            _clumping(late),
            _correlation(early, late),
            _synchrony(table),
            _correlation(deviation[:, :-1].ravel(), deviation[:, 1:].ravel()),
        ]
    )


def merged(flow: ArrayLike, points: int) -> Array:
    """The flow in `points` intervals of (nearly) equal length, last axis merged."""
    table = np.asarray(flow, dtype=np.float64)
    edges = np.linspace(0, table.shape[-1], points + 1).round().astype(int)
    return np.add.reduceat(table, edges[:-1], axis=-1)


@cache
def _parabola(points: int) -> Array:
    """Matrix that turns values into the coefficients of the least-squares parabola over [-1, 1]."""
    time = np.linspace(-1.0, 1.0, points)
    return np.asarray(np.linalg.pinv(np.vander(time, 3)), dtype=np.float64)


def _clumping(counts: Array) -> float:
    """Signed log of the excess variance ratio, 0 for Poisson counts and where nobody left."""
    mean = counts.mean()
    return float(np.log((counts.var(ddof=1) + 0.5) / (mean + 0.5)))


def _synchrony(table: Array) -> float:
    """Share of the variance over time of unit flows that all units have in common."""
    within = table.var(axis=1).mean()
    return float(table.mean(axis=0).var() / within) if within > 0.0 else 0.0


def _lag_one(values: Array) -> float:
    return _correlation(values[:-1], values[1:])


def _correlation(first: Array, second: Array) -> float:
    spread = first.std() * second.std()
    return float(((first - first.mean()) * (second - second.mean())).mean() / spread) if spread > 1e-12 else 0.0
