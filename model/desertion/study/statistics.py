"""Estimators that every study shares: intervals, scores and measures of spread."""

import math
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from desertion.errors import InputError

_CONFIDENCE = 0.95
"""Two-sided level of all intervals but Wilson's, whose level may be another."""
_ALL_SIGNS = 12
"""Most pairs of which all changes of sign are looked at."""


def wilson_interval(successes: int, n: int, confidence: float = _CONFIDENCE) -> tuple[float, float]:
    """Wilson score interval (low, high) of a share, both in [0, 1].

    With no trials nothing is known, so the interval is (0, 1).

    Args:
        successes: runs with the property, 0 to `n`.
        n: runs looked at.
        confidence: two-sided level, strictly between 0 and 1.

    Raises:
        InputError: `successes` is not within 0 to `n`, or `confidence` is out of range.
    """
    if not 0.0 < confidence < 1.0:
        raise InputError(f"confidence = {confidence} must lie strictly between 0 and 1; 0.95 is usual")
    if not 0 <= successes <= n:
        raise InputError(f"wilson_interval: successes = {successes} must lie between 0 and n = {n}; count again")
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    # Rounding may leave the bound a hair off an end that the formula reaches exactly.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def median_interval(values: ArrayLike) -> tuple[float, float]:
    """95 % interval (low, high) of the median of independent values by the sign test; NaN where they are too few for one.

    Its ends are two of the values, so that it holds the median with that confidence or more whatever the distribution (David and
    Nagaraja 2003, Order Statistics, 7.1); it leaves out 0 where the sign test rejects it. Fewer than six values have none, since all
    of them lie on one side of the median too often.

    Args:
        values: one number per run, no NaN.

    Raises:
        InputError: no values, or a NaN among them.
    """
    sample = np.sort(_finite("median_interval", values))
    rank = _rank(sample.size)
    return (float(sample[rank - 1]), float(sample[-rank])) if rank else _UNKNOWN


def mean_interval(values: ArrayLike) -> tuple[float, float]:
    """Student's 95 % interval (low, high) of the mean of independent values; NaN where their median has none either.

    Args:
        values: one number per run, no NaN.

    Raises:
        InputError: no values, or a NaN among them.
    """
    from scipy.special import stdtrit

    sample = _finite("mean_interval", values)
    if not _rank(sample.size):
        return _UNKNOWN
    half = stdtrit(sample.size - 1, 0.5 + _CONFIDENCE / 2.0) * sample.std(ddof=1) / math.sqrt(sample.size)
    return float(sample.mean() - half), float(sample.mean() + half)


def paired_chance_interval(gained: int, lost: int, pairs: int) -> tuple[float, float]:
    """Tango's 95 % score interval (low, high) of the difference of two chances seen in pairs; NaN where pairs are too few for one.

    Without a pair that differs it still has a width (Tango 1998, Statistics in Medicine 17, 891-908).

    Args:
        gained: pairs in which the event came under the second arm alone.
        lost: pairs in which it came under the first arm alone.
        pairs: pairs in all.

    Raises:
        InputError: the counts do not fit.
    """
    from scipy.optimize import brentq

    if min(gained, lost) < 0 or gained + lost > pairs:
        raise InputError(
            f"paired_chance_interval: {gained} and {lost} pairs that differ are not among {pairs}; count again"
        )
    if not _rank(pairs):
        return _UNKNOWN
    z = NormalDist().inv_cdf(0.5 + _CONFIDENCE / 2.0)
    middle = (gained - lost) / pairs

    def beyond(difference: float) -> float:
        """How far the counts lie from what a difference lets expect, over `z` of its standard errors."""
        linear = (2 * pairs - gained + lost) * difference - gained - lost
        constant = -lost * difference * (1.0 - difference)
        likeliest = (math.sqrt(max(linear * linear - 8 * pairs * constant, 0.0)) - linear) / (4 * pairs)
        spread = max(pairs * (2.0 * likeliest + difference * (1.0 - difference)), 0.0)
        return abs(gained - lost - pairs * difference) - z * math.sqrt(spread)

    # A hair off the middle, at which both sides are 0 where no pair differs.
    low = -1.0 if beyond(-1.0) <= 0.0 else float(brentq(beyond, -1.0, middle - 1e-9))
    high = 1.0 if beyond(1.0) <= 0.0 else float(brentq(beyond, middle + 1e-9, 1.0))
    return low, high


_UNKNOWN = (float("nan"), float("nan"))


@cache
def _rank(count: int) -> int:
    """Place from either end of the value that bounds the median's interval; 0 where even the outermost miss it too often."""
    from scipy.special import bdtr

    tail = (1.0 - _CONFIDENCE) / 2.0
    rank = 0
    while rank <= count // 2 and float(bdtr(float(rank), count, 0.5)) <= tail:
        rank += 1
    return rank


def _finite(name: str, values: ArrayLike) -> NDArray[np.float64]:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or sample.size == 0 or not np.isfinite(sample).all():
        raise InputError(f"{name}: needs a non-empty list of finite numbers; leave out missing runs first")
    return sample


def middle_nine_tenths(values: ArrayLike) -> tuple[float, float, float]:
    """The 5 %, 50 % and 95 % quantiles of the values that are finite; NaN if none is."""
    sample = np.asarray(values, dtype=np.float64)
    finite = sample[np.isfinite(sample)]
    low, middle, high = np.quantile(finite, [0.05, 0.5, 0.95]).tolist() if finite.size else (float("nan"),) * 3
    return low, middle, high


def crps_ensemble(members: ArrayLike, observed: ArrayLike) -> NDArray[np.float64]:
    """Continuous ranked probability score of an ensemble, in the unit of the observation; 0 is perfect.

    E|X - y| - E|X - X'| / 2 over the ensemble (Gneiting and Raftery 2007, doi 10.1198/016214506000001437).
    One member gives the absolute error.

    Args:
        members: shape (member, ...), the forecasts.
        observed: shape (...), what happened.

    Raises:
        InputError: shapes do not fit, or there is no member.
    """
    forecast = np.sort(np.asarray(members, dtype=np.float64), axis=0)
    truth = np.asarray(observed, dtype=np.float64)
    if forecast.ndim == 0 or forecast.shape[1:] != truth.shape:
        raise InputError(
            f"crps_ensemble: members of shape {forecast.shape} do not fit observations of shape {truth.shape}; "
            "put the members on the first axis"
        )
    m = forecast.shape[0]
    if m < 1:
        raise InputError("crps_ensemble: no members are too few; run more replicates")
    error = np.abs(forecast - truth).mean(axis=0)
    # Sorted, the sum over all pairs |x_i - x_j| is linear in the members.
    weights = (2.0 * np.arange(m) - m + 1.0).reshape((m,) + (1,) * truth.ndim)
    pairs = (weights * forecast).sum(axis=0)
    return np.asarray(error - pairs / (m * m), dtype=np.float64)


def averaged_relative_difference(simulated: ArrayLike, observed: ArrayLike) -> float:
    """Flee's averaged relative difference: mean over time of summed absolute error over the observed total.

    At each time, |simulated - observed| is added up over places and divided by the observed total
    (at least 1); the result is averaged over time. 0 is perfect, 2 is the worst for shares of one
    total (Suleimenova, Bell and Groen 2017, doi 10.1038/s41598-017-13828-9).

    Args:
        simulated: shape (time,) for one place or (time, place).
        observed: the same shape.

    Raises:
        InputError: shapes differ or there is no time point.
    """
    model, data = np.asarray(simulated, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if model.shape != data.shape or model.size == 0:
        raise InputError(
            f"averaged_relative_difference: simulated {model.shape} and observed {data.shape} "
            "must have one common, non-empty shape"
        )
    error = np.abs(model - data).reshape(len(model), -1).sum(axis=1)
    total = data.reshape(len(data), -1).sum(axis=1)
    return float(np.mean(error / np.maximum(total, 1.0)))


def chance_of_largest(gaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance of each column's mean difference, or a larger one of any column, if signs of whole rows are by lot (Westfall and Young 1993, single step).

    A column is told by the size of its sum over the root of its sum of squares, which no change of signs moves. All changes of sign are looked at up to twelve rows, else 4,096 of them, the same in every call.

    Args:
        gaps: (pairs, columns) : paired differences.

    Returns:
        (columns,) : chances, 1 in a column without differences.
    """
    pairs = len(gaps)
    if pairs <= _ALL_SIGNS:
        bits = (np.arange(2**pairs)[:, None] >> np.arange(pairs)) & 1
    else:
        bits = np.random.default_rng(0).integers(0, 2, (2**_ALL_SIGNS, pairs))
        bits[0] = 1  # as it is
    root = np.sqrt((gaps**2).sum(axis=0))
    scaled = np.divide(gaps, root, out=np.zeros_like(gaps, dtype=np.float64), where=root > 0.0)
    largest = np.sort(np.abs((2.0 * bits - 1.0) @ scaled).max(axis=1, initial=0.0))
    observed = np.abs(scaled.sum(axis=0))
    return 1.0 - np.searchsorted(largest, observed - 1e-9, side="left") / len(largest)
