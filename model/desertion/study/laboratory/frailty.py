"""Homophily as totals see it: people differ in how easily they leave, the easiest go first, the rate falls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from desertion.study.laboratory.prior import Prior

Array = NDArray[np.float64]

VARIANCE = Prior(
    name="frailty", low=0.05, high=4.0, meaning="variance of a person's log frailty, own and unit's together"
)
CLASSES = 8


def frailty(rng: np.random.Generator, size: int) -> Array:
    """Relative hazards of eight equally large classes, shape (size, 8), mean 1: middles of eighths of a lognormal."""
    middles = ndtri((np.arange(CLASSES) + 0.5) / CLASSES)
    values = np.exp(np.sqrt(VARIANCE.draw(rng, size))[:, None] * middles)
    return values / values.mean(axis=1, keepdims=True)
