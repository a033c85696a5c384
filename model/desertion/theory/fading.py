"""Fading: how long a leaver is felt, and sums of what a fading jump does on each of its days."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from desertion.parameters import LEVELS, Behaviour
from desertion.rules.ticks import KEEP_ALL, daily_keep

Array = NDArray[np.float64]

_LIVES = 45.0  # half-lives after which nothing is left


def memory(half_life: float, days: float) -> float:
    """Days for which one leaver's share in a pressure counts within a horizon, faded days in part.

    For a horizon that is long against the half-life this is 1 / (1 - 2**(-1/half-life)). Where a run forgets nothing,
    from a half-life of some 20 million days on, it is the horizon.

    Args:
        half_life: Half-life of the pressure, days.
        days: The horizon.
    """
    if daily_keep(half_life) == KEEP_ALL:  # long before rounding blurs what a day takes
        return float(days)
    return -math.expm1(-days * math.log(2.0) / half_life) / (1.0 - 2.0 ** (-1.0 / half_life))


class Fading:
    """The days on which a jump in the pressures is felt, level by level.

    Attributes:
        memory: Days for which a leaver counts, by level.
    """

    def __init__(self, behaviour: Behaviour, days: int) -> None:
        """Take half-lives from `behaviour`."""
        lives = np.array([getattr(behaviour, f"half_life_{level}") for level in LEVELS])
        self.memory: Array = np.array([memory(float(life), days) for life in lives])
        middles, self._widths = _spans(min(float(days), float(np.ceil(_LIVES * lives.max()))))
        self._keep: Array = np.exp2(-middles[:, None] / lives[None, :])

    def summed(self, jumps: Array, response: Callable[[Array], Array]) -> Array:
        """The response to fading jumps, summed over all days.

        Args:
            jumps: Jumps on the first day, levels last; shape (..., levels).
            response: What a jump (summed over levels) adds on one day; 0 at 0.

        Returns:
            Shape (...).
        """
        faded = jumps @ self._keep.T
        whole = response(faded) @ self._widths
        # The linear part of the sum is known exactly; only what bends is left to the long spans.
        total = jumps.sum(axis=-1)
        small = response((1e-6 * total)[..., None])[..., 0]
        slope = np.divide(small, 1e-6 * total, out=np.zeros_like(small), where=total != 0.0)
        return whole + slope * (jumps @ self.memory - faded @ self._widths)


def _spans(last: float) -> tuple[Array, Array]:
    """Middles and widths of spans of days from 0 to `last`: single days at first, then longer and longer."""
    edges = [0.0]
    while edges[-1] < last:
        edges.append(min(last, edges[-1] + max(1.0, math.floor(0.05 * edges[-1]))))
    widths = np.diff(np.array(edges))
    return np.array(edges)[:-1] + (widths - 1.0) / 2.0, widths
