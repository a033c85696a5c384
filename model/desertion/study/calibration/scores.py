"""Scores of a fit: how well each rival predicts a series, and what the series says about its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from desertion.study.calibration.fit import Fit
from desertion.study.laboratory.prior import Prior
from desertion.study.statistics import averaged_relative_difference, crps_ensemble

ROUGH = 0.4
"""Distance (root mean squared, log scale) above which a fit is called a first look: a factor of 1.5."""
_NARROW = 0.8  # posterior over prior standard deviation: above it a parameter is not identified


def roughness(*fits: Fit) -> float:
    """The largest distance at which one of the fits stopped, where it is too far off to call anything identified; else 0."""
    farthest = max(float(fit.epsilon[-1]) for fit in fits)
    return farthest if farthest > ROUGH else 0.0


@dataclass(frozen=True, kw_only=True)
class Score:
    """How well one rival predicts one series.

    Attributes:
        rival: the rival.
        probability: posterior probability.
        error: its Monte Carlo standard error.
        crps_held_out: mean CRPS of log(1 + x) over the points held out; NaN without such points.
        crps_fitted: the same over the fitted points.
        difference: averaged relative difference of the median prediction over all points.
        difference_held_out: the same over the points held out.
        members: particles of the last generation that its predictions come from.
    """

    rival: str
    probability: float
    error: float
    crps_held_out: float
    crps_fitted: float
    difference: float
    difference_held_out: float
    members: int


def scores(fit: Fit) -> tuple[Score, ...]:
    """Scores of all rivals for one fitted case."""
    return tuple(_score(fit, number, rival) for number, rival in enumerate(fit.case.rivals))


def shrinkage(fit: Fit, rival: str) -> Mapping[str, float]:
    """Posterior over prior standard deviation of each parameter; near 1 the data say nothing about it."""
    names, shares = fit.shares[rival]
    weights = fit.weights[rival]
    if not len(shares):
        return {}
    mean = weights @ shares
    spread = np.sqrt(weights @ (shares - mean) ** 2)
    return {name: float(value * np.sqrt(12.0)) for name, value in zip(names, spread, strict=True)}


def posterior(fit: Fit, rival: str, prior: Prior, levels: Mapping[str, float]) -> dict[str, float]:
    """Quantiles of a parameter's posterior, by the names of the levels; NaN where the rival died out or has no such parameter."""
    names, shares = fit.shares[rival]
    if prior.name not in names or not len(shares):
        return dict.fromkeys(levels, float("nan"))
    column, weights = shares[:, names.index(prior.name)], fit.weights[rival]
    order = np.argsort(column)
    below = np.cumsum(weights[order]) - weights[order] / 2.0  # a particle stands in the middle of its weight
    return {
        name: prior.at(float(np.clip(np.interp(level, below, column[order]), 0.0, 1.0)))
        for name, level in levels.items()
    }


def narrow(fit: Fit, rival: str) -> float:
    """The shrinkage up to which a parameter of a rival counts as identified.

    It is 0.8, and less where so few particles are left that a posterior as wide as the prior would often look narrower: the
    standard deviation of n draws from a flat prior has a relative error of sqrt(0.2 / n), three of which are taken off 1.
    """
    weights = fit.weights[rival]
    effective = float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0
    return min(_NARROW, 1.0 - 3.0 * (0.2 / effective) ** 0.5) if effective else 0.0


def _score(fit: Fit, number: int, rival: str) -> Score:
    members, truth = fit.predictions[rival], fit.series.values
    fitted = len(truth) - fit.held_out
    numbers = dict.fromkeys(("crps_held_out", "crps_fitted", "difference", "difference_held_out"), float("nan"))
    if len(members):
        logs, median = crps_ensemble(np.log1p(members), np.log1p(truth)), np.median(members, axis=0)
        numbers["crps_fitted"] = float(logs[:fitted].mean())
        numbers["difference"] = averaged_relative_difference(median, truth)
        if fit.held_out:
            numbers["crps_held_out"] = float(logs[fitted:].mean())
            numbers["difference_held_out"] = averaged_relative_difference(median[fitted:], truth[fitted:])
    probability, error = float(fit.probabilities[-1][number]), float(fit.error[number])
    return Score(rival=rival, probability=probability, error=error, members=len(fit.weights[rival]), **numbers)
