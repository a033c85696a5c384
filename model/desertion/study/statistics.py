"""Estimators that every study shares: intervals, scores and measures of spread."""

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from desertion.errors import InputError

Statistic = Callable[..., NDArray[np.float64]]


def wilson_interval(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval (low, high) of a share, both in [0, 1].

    With no trials nothing is known, so the interval is (0, 1).

    Args:
        successes: runs with the property, 0 to `n`.
        n: runs looked at.
        confidence: two-sided level, strictly between 0 and 1.

    Raises:
        InputError: `successes` is not within 0 to `n`, or `confidence` is out of range.
    """
    _require_confidence(confidence)
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


def bootstrap_interval(
    values: ArrayLike,
    statistic: Statistic = np.median,
    confidence: float = 0.95,
    *,
    seed: int,
    draws: int = 2000,
) -> tuple[float, float]:
    """Percentile bootstrap interval (low, high) of a median or mean of independent values; NaN below `fewest` of them.

    Args:
        values: one number per run, no NaN.
        statistic: takes an array and `axis`, as NumPy's reductions do.
        confidence: two-sided level, strictly between 0 and 1.
        seed: fixes the resamples, so the same values give the same interval.
        draws: number of resamples.

    Raises:
        InputError: no values, a NaN among them, or `confidence` out of range.
    """
    _require_confidence(confidence)
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or sample.size == 0 or not np.isfinite(sample).all():
        raise InputError("bootstrap_interval: needs a non-empty list of finite numbers; leave out missing runs first")
    if sample.size < fewest(confidence):
        return float("nan"), float("nan")
    rows = np.random.default_rng(seed).integers(0, sample.size, size=(draws, sample.size))
    resampled = statistic(sample[rows], axis=-1)
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(resampled, [tail, 1.0 - tail])
    return float(low), float(high)


def fewest(confidence: float = 0.95) -> int:
    """Fewest values that have an interval of a confidence: 6 at 0.95.

    Resampled values reach from the smallest to the largest value at most, and the median lies outside of these with probability
    2^(1 - n): where this is above 1 - confidence, an interval would be called what it is not.
    """
    _require_confidence(confidence)
    return math.ceil(1.0 - math.log2(1.0 - confidence))


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


def _require_confidence(confidence: float) -> None:
    if not 0.0 < confidence < 1.0:
        raise InputError(f"confidence = {confidence} must lie strictly between 0 and 1; 0.95 is usual")
