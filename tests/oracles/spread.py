"""Spread from person to person, the slow and obvious way: lists, loops, fractions of ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEVER = -1


def neighbours(n: int, edges: list[tuple[int, int]]) -> list[list[int]]:
    """Whom each person has ties with."""
    found: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges:
        found[a].append(b)
        found[b].append(a)
    return found


def simple_contagion(
    edges: list[tuple[int, int]], thresholds: NDArray[np.float64], first: int, rate: float, days: int
) -> list[int]:
    """Day of leaving where each day's hazard is `rate` times the share of ties gone by yesterday; `first` leaves on day 0."""
    ties = neighbours(len(thresholds), edges)
    day_left = [NEVER] * len(thresholds)
    clock = [0.0] * len(thresholds)
    day_left[first] = 0
    for day in range(1, days):
        gone = [left != NEVER for left in day_left]
        for person in range(len(thresholds)):
            if gone[person] or not ties[person]:
                continue
            clock[person] += rate * sum(gone[friend] for friend in ties[person]) / len(ties[person])
            if clock[person] >= thresholds[person]:
                day_left[person] = day
    return day_left


def threshold_cascade(edges: list[tuple[int, int]], n: int, first: int, threshold: float, days: int) -> list[int]:
    """Day of leaving where a person leaves once at least the share `threshold` of his ties was gone by yesterday."""
    ties = neighbours(n, edges)
    day_left = [NEVER] * n
    day_left[first] = 0
    for day in range(1, days):
        gone = [left != NEVER for left in day_left]
        for person in range(n):
            if (
                not gone[person]
                and ties[person]
                and sum(gone[friend] for friend in ties[person]) >= threshold * len(ties[person])
            ):
                day_left[person] = day
    return day_left


def granovetter(thresholds: NDArray[np.float64], days: int) -> list[int]:
    """How many are gone at the end of each day where everybody sees the share gone by yesterday."""
    gone, series = 0, []
    for _ in range(days):
        gone = int((thresholds <= gone / len(thresholds)).sum())
        series.append(gone)
    return series
