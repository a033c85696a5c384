"""Doors: at documented dates, and at one that nobody wrote down, leaving becomes easier or harder at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desertion.study.laboratory.prior import Prior

Array = NDArray[np.float64]

STEP = Prior(
    name="door",
    low=-3.76,
    high=3.76,
    allowed=(-np.inf, np.inf),
    meaning="change of the log hazard when a door opens or closes",
    reason="the largest on record: desertions of the East German army times 43 when Hungary opened (A, derived)",
)
WHEN = Prior(name="when", low=0.0, high=1.0, meaning="date of the change that nobody wrote down, windows")


def doors(rng: np.random.Generator, size: int, steps: int, width: float, dated: Sequence[int]) -> Array:
    """Log hazard with a step at each dated event and one at any date, shape (size, steps)."""
    places = [np.full(size, step) for step in dated] + [(WHEN.draw(rng, size) * steps).astype(int)]
    path = np.zeros((size, steps))
    for place in places:
        path += STEP.widened(width).draw(rng, size)[:, None] * (np.arange(steps) >= place[:, None])
    return path
