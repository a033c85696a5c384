"""Causes besides contagion: outside trends, doors that open and close, shocks that all share, and homophily.

The log hazard drifts for reasons of its own, along a line, with a bend, or to a new level; at documented dates, and at one that nobody wrote down,
leaving becomes easier or harder at once; good and bad weeks hit everybody and pass; and people differ in how easily they leave: the easiest go first,
so that totals see the rate fall.
"""

import numpy as np
from scipy.special import ndtri

from desertion.study.arrays import Array
from desertion.study.laboratory.prior import Prior
from desertion.study.laboratory.window import Window

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
DOOR = Prior(
    name="door",
    low=-3.76,
    high=3.76,
    allowed=(-np.inf, np.inf),
    meaning="change of the log hazard when a door opens or closes",
    reason="the largest on record: desertions of the East German army times 43 when Hungary opened (A, derived)",
)
OPENING = Prior(name="when", low=0.0, high=1.0, meaning="date of the change that nobody wrote down, windows")
SHOCK = Prior(name="shock", low=0.05, high=2.5, meaning="standard deviation of shocks, log hazard")
SHOCK_TIME = Prior(name="shock_time", low=0.02, high=2.0, log=True, meaning="correlation time of shocks, windows")
FRAILTY = Prior(
    name="frailty", low=0.05, high=4.0, meaning="variance of a person's log frailty, own and unit's together"
)
CLASSES = 8


def times(steps: int) -> Array:
    """Middles of the steps as shares of the window."""
    return (np.arange(steps) + 0.5) / steps


def log_linear(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    """Log hazard along a line, shape (size, steps)."""
    return DRIFT.widened(width).draw(rng, size)[:, None] * times(window.steps)


def bent(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    """Log hazard along two lines that meet, shape (size, steps)."""
    first, second = (DRIFT.widened(width).draw(rng, size)[:, None] for _ in range(2))
    at, time = BEND.draw(rng, size)[:, None], times(window.steps)
    return first * np.minimum(time, at) + second * np.maximum(time - at, 0.0)


def saturating(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    """Log hazard that moves from one level to another along a logistic curve, shape (size, steps)."""
    change = DRIFT.widened(width).draw(rng, size)[:, None]
    middle, speed = MIDDLE.draw(rng, size)[:, None], SPEED.draw(rng, size)[:, None]
    return change / (1.0 + np.exp(-(times(window.steps) - middle) / (speed / 4.0)))


def doors(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    """Log hazard with a step at each documented event and one at any date, shape (size, steps)."""
    places = [np.full(size, step) for step in window.doors] + [(OPENING.draw(rng, size) * window.steps).astype(int)]
    path = np.zeros((size, window.steps))
    for place in places:
        path += DOOR.widened(width).draw(rng, size)[:, None] * (np.arange(window.steps) >= place[:, None])
    return path


def shocks(rng: np.random.Generator, size: int, window: Window, _width: float) -> Array:
    """Log hazard as a stationary AR(1) process, shape (size, steps)."""
    steps = window.steps
    keep = np.exp(-1.0 / (SHOCK_TIME.draw(rng, size) * steps))
    path = np.empty((size, steps))
    path[:, 0] = rng.standard_normal(size)
    for step in range(1, steps):
        path[:, step] = keep * path[:, step - 1] + np.sqrt(1.0 - keep**2) * rng.standard_normal(size)
    return SHOCK.draw(rng, size)[:, None] * path


def frailty(rng: np.random.Generator, size: int) -> Array:
    """Relative hazards of eight equally large classes, shape (size, 8), mean 1: middles of eighths of a lognormal."""
    middles = ndtri((np.arange(CLASSES) + 0.5) / CLASSES)
    values = np.exp(np.sqrt(FRAILTY.draw(rng, size))[:, None] * middles)
    return values / values.mean(axis=1, keepdims=True)
