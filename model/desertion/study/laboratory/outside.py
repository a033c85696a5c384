"""Outside trends: the log hazard drifts for reasons of its own, along a line, with a bend, or to a new level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desertion.study.laboratory.prior import Prior

Array = NDArray[np.float64]

DRIFT = Prior(
    name="drift",
    low=-6.0,
    high=6.0,
    allowed=(-np.inf, np.inf),
    meaning="change of the log hazard over the window (or over each piece)",
    reason="a line through Ukraine's case files rises by 4.8 (a factor of 117); a quarter wider, so that it is not at the edge",
)
BEND = Prior(name="bend", low=0.1, high=0.9, meaning="when the trend bends, windows")
MIDDLE = Prior(name="middle", low=0.0, high=1.0, meaning="when half of the change to the new level is made, windows")
SPEED = Prior(name="speed", low=0.02, high=0.5, log=True, meaning="time that the change takes, windows")


def times(steps: int) -> Array:
    """Middles of the steps as shares of the window."""
    return (np.arange(steps) + 0.5) / steps


def log_linear(rng: np.random.Generator, size: int, steps: int, width: float) -> Array:
    """Log hazard along a line, shape (size, steps)."""
    return DRIFT.widened(width).draw(rng, size)[:, None] * times(steps)


def bent(rng: np.random.Generator, size: int, steps: int, width: float) -> Array:
    """Log hazard along two lines that meet, shape (size, steps)."""
    first, second = (DRIFT.widened(width).draw(rng, size)[:, None] for _ in range(2))
    at, time = BEND.draw(rng, size)[:, None], times(steps)
    return first * np.minimum(time, at) + second * np.maximum(time - at, 0.0)


def saturating(rng: np.random.Generator, size: int, steps: int, width: float) -> Array:
    """Log hazard that moves from one level to another along a logistic curve, shape (size, steps)."""
    change = DRIFT.widened(width).draw(rng, size)[:, None]
    middle, speed = MIDDLE.draw(rng, size)[:, None], SPEED.draw(rng, size)[:, None]
    return change / (1.0 + np.exp(-(times(steps) - middle) / (speed / 4.0)))
