"""Shared shocks: good and bad weeks that hit everybody at once and pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desertion.study.laboratory.prior import Prior

Array = NDArray[np.float64]

SPREAD = Prior(name="shock", low=0.05, high=2.5, meaning="standard deviation of shocks, log hazard")
TIME = Prior(name="shock_time", low=0.02, high=2.0, log=True, meaning="correlation time of shocks, windows")


def shocks(rng: np.random.Generator, size: int, steps: int) -> Array:
    """Log hazard as a stationary AR(1) process, shape (size, steps)."""
    keep = np.exp(-1.0 / (TIME.draw(rng, size) * steps))
    path = np.empty((size, steps))
    path[:, 0] = rng.standard_normal(size)
    for step in range(1, steps):
        path[:, step] = keep * path[:, step - 1] + np.sqrt(1.0 - keep**2) * rng.standard_normal(size)
    return SPREAD.draw(rng, size)[:, None] * path
