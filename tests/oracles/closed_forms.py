"""Closed forms: cascades of the literature whose course or end is known."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaincc, ndtr

from desertion.errors import input_error

Array = NDArray[np.float64]


def bass(p: float, q: float, days: int) -> Array:
    """Share gone by the end of each day of the discrete Bass model (1969), shape (days + 1); day 0 is the start.

    F(t+1) = F(t) + (1 - F(t)) (1 - exp(-(p + q F(t)))): the additive form in complete mixing without forgetting.

    Args:
        p: Rate of leaving of one's own accord, per day.
        q: Rate per share gone, per day.
        days: Days.
    """
    share = np.zeros(days + 1)
    for day in range(days):
        share[day + 1] = share[day] - (1.0 - share[day]) * math.expm1(-(p + q * share[day]))
    return share


def granovetter(mean: float, spread: float) -> float:
    """Share gone in the end where thresholds are normal and everybody sees everybody (Granovetter 1978).

    The lowest solution of F = Phi((F - mean) / spread), which is where a cascade from nobody stops.

    Args:
        mean: Mean threshold, share.
        spread: Standard deviation of the thresholds, share, above 0.

    Raises:
        InputError: If the spread is not above 0.
    """
    if not spread > 0.0:
        raise input_error("spread", spread, "must be above 0")

    def gap(share: float) -> float:
        return float(ndtr((share - mean) / spread)) - share

    # The gap is at least 0 at 0. Between its turning points it is monotone, so that no crossing is missed.
    bounds = sorted({0.0, 1.0, *(min(max(x, 0.0), 1.0) for x in _turning_points(mean, spread))})
    for low, high in pairwise(bounds):
        if gap(high) <= 0.0:
            return low if gap(low) <= 0.0 else float(brentq(gap, low, high, xtol=1e-14))
    return 1.0


def _turning_points(mean: float, spread: float) -> tuple[float, ...]:
    """Where the density of thresholds is 1, so that the gap turns."""
    peak = 1.0 / (spread * math.sqrt(2.0 * math.pi))
    if peak <= 1.0:
        return ()
    away = spread * math.sqrt(2.0 * math.log(peak))
    return mean - away, mean + away


def granovetter_spread(mean: float) -> float:
    """The spread of normal thresholds at which Granovetter's cascade jumps from a few to nearly all.

    There the distribution touches the diagonal: phi(u) = spread and Phi(u) = spread u + mean, with u below 0.

    Args:
        mean: Mean threshold, share, in (0, 0.5).

    Raises:
        InputError: If the mean is out of range: at 0.5 and above there is no jump.
    """
    if not 0.0 < mean < 0.5:
        raise input_error("mean", mean, "must lie in (0, 0.5)")

    def gap(u: float) -> float:
        density = math.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)
        return float(ndtr(u)) - density * u - mean

    u = float(brentq(gap, -40.0, 0.0, xtol=1e-14))
    return math.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)


def cascade_window(threshold: float) -> tuple[float, float]:
    """Mean degrees between which one leaver can set off a global cascade on Poisson graphs (Watts 2002).

    Those move whom a single neighbour moves: k <= 1 / threshold neighbours. They form a giant cluster where
    sum of k (k - 1) p(k) over them exceeds the mean degree z, that is z P(Poisson(z) <= 1 / threshold - 2) > 1.

    Args:
        threshold: Share of neighbours gone at which a person follows, in (0, 0.5].

    Returns:
        The lower and the upper edge; nan twice where there is no window.

    Raises:
        InputError: If the threshold is out of range.
    """
    if not 0.0 < threshold <= 0.5:
        raise input_error(
            "threshold", threshold, "must lie in (0, 0.5]: above it nobody with two neighbours follows one"
        )
    most = math.floor(1.0 / threshold + 1e-9)

    def excess(z: float) -> float:
        return z * float(gammaincc(most - 1, z)) - 1.0

    top = max((z for z in np.linspace(0.5, most, 200).tolist()), key=excess)
    if excess(top) <= 0.0:
        return math.nan, math.nan
    return float(brentq(excess, 0.0, top)), float(brentq(excess, top, 10.0 * most))
