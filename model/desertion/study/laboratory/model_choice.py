"""Which rival made a history: approximate Bayesian computation on a reference table.

Rejection keeps the simulations nearest to the history and counts rivals among them; regression then corrects the
counts for the remaining distance by a local multinomial logistic fit (Beaumont 2008). With one rival fixed, the
same nearest simulations give the posterior of its parameters, corrected by local linear regression
(Beaumont, Zhang and Balding 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax

from desertion.errors import InputError, input_error

Array = NDArray[np.float64]

FEWEST_ACCEPTED = 100
_RIDGE = 1.0


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Posterior probabilities of the rivals.

    Attributes:
        regression: shape (rival,), corrected for distance.
        error: shape (rival,), Monte Carlo standard error of `regression`.
    """

    regression: Array
    error: Array


@dataclass(frozen=True)
class Scale:
    """Centre and spread of each statistic over a reference table, so that distances weigh them alike."""

    centre: Array
    spread: Array

    @classmethod
    def of(cls, statistics: Array) -> Scale:
        """Medians and median absolute deviations; a statistic that never differs gets spread 1."""
        centre = np.median(statistics, axis=0)
        spread = np.median(np.abs(statistics - centre), axis=0)
        fallback = statistics.std(axis=0)
        spread = np.where(spread > 0.0, spread, np.where(fallback > 0.0, fallback, 1.0))
        return cls(centre, spread)

    def __call__(self, statistics: Array) -> Array:
        """Statistics in units of the spread, cut at ten so that one outlier cannot decide alone."""
        return np.clip((statistics - self.centre) / self.spread, -10.0, 10.0)


def nearest(table: Array, observed: Array, accept: int, skip: int | None = None) -> tuple[NDArray[np.intp], Array]:
    """Rows of the `accept` simulations nearest to the history, and their Epanechnikov weights.

    Args:
        table: shape (simulation, statistic), scaled.
        observed: shape (statistic,), scaled alike.
        accept: simulations to keep.
        skip: row that must not be kept, because the history was taken from it.

    Raises:
        InputError: fewer than 100 simulations would be kept, or the table is shorter than that.
    """
    if accept < FEWEST_ACCEPTED or accept >= len(table):
        raise input_error(
            "accept",
            accept,
            f"must lie between {FEWEST_ACCEPTED} and the {len(table)} simulations of the table",
            way_out="too few accepted simulations make the probabilities noise: simulate more",
        )
    distance = np.sqrt(((table - observed) ** 2).sum(axis=1))
    if skip is not None:
        distance[skip] = np.inf
    rows = np.argpartition(distance, accept - 1)[:accept]
    bandwidth = float(distance[rows].max())
    weights = 1.0 - (distance[rows] / bandwidth) ** 2 if bandwidth > 0.0 else np.ones(accept)
    return rows, weights


def choose(
    table: Array,
    rival: NDArray[np.intp],
    observed: Array,
    *,
    rivals: int,
    accept: int,
    bootstraps: int = 0,
    seed: int = 0,
    skip: int | None = None,
) -> Choice:
    """Posterior probabilities of the rivals for one history.

    Args:
        table: shape (simulation, statistic), scaled.
        rival: shape (simulation,), which rival made each simulation; all equally often, the flat prior.
        observed: shape (statistic,), scaled alike.
        rivals: number of rivals.
        accept: simulations to keep.
        bootstraps: resamples of the accepted simulations for the Monte Carlo error; 0 leaves it NaN.
        seed: fixes the resamples.
        skip: row that must not be kept, because the history was taken from it.

    Raises:
        InputError: too few simulations would be kept.
    """
    rows, weights = nearest(table, observed, accept, skip)
    labels = rival[rows]
    offsets = table[rows] - observed
    regression = _at_origin(offsets, labels, weights, rivals)
    error = np.full(rivals, np.nan)
    if bootstraps:
        rng = np.random.default_rng(seed)
        draws = [rng.integers(0, accept, accept) for _ in range(bootstraps)]
        again = [_at_origin(offsets[pick], labels[pick], weights[pick], rivals) for pick in draws]
        error = np.std(again, axis=0, ddof=1)
    return Choice(regression=regression, error=error)


def posterior(
    table: Array, parameters: Array, observed: Array, *, accept: int, skip: int | None = None
) -> tuple[Array, Array]:
    """Draws from the posterior of one rival's parameters, and their weights.

    Parameters come and go as shares of their prior in [0, 1]; the regression works on their logit, so that
    draws stay inside the prior.

    Args:
        table: shape (simulation, statistic), scaled, simulations of that rival alone.
        parameters: shape (simulation, parameter), shares of the prior.
        observed: shape (statistic,), scaled alike.
        accept: simulations to keep.
        skip: row that must not be kept, because the history was taken from it.

    Returns:
        Draws of shape (accept, parameter) and weights of shape (accept,) that add up to 1.

    Raises:
        InputError: shapes do not fit or too few simulations would be kept.
    """
    if len(table) != len(parameters):
        raise InputError(
            f"posterior: {len(table)} simulations but {len(parameters)} parameter rows; pass the same ones"
        )
    rows, weights = nearest(table, observed, accept, skip)
    edge = 1e-4
    shares = np.clip(parameters[rows], edge, 1.0 - edge)
    logits = np.log(shares / (1.0 - shares))
    design = np.column_stack([np.ones(accept), table[rows] - observed])
    weighted = design * weights[:, None]
    gram = weighted.T @ design + 1e-3 * weights.sum() / accept * np.eye(design.shape[1])
    slopes = np.linalg.solve(gram, weighted.T @ logits)
    corrected = logits - design[:, 1:] @ slopes[1:]
    return 1.0 / (1.0 + np.exp(-corrected)), weights / weights.sum()


def _at_origin(offsets: Array, labels: NDArray[np.intp], weights: Array, rivals: int) -> Array:
    """Probabilities at the history itself, from a weighted multinomial logistic fit with a ridge on the slopes."""
    present = np.unique(labels)
    if present.size == 1:
        return np.eye(rivals)[present[0]]
    scale = offsets.std(axis=0)
    features = np.column_stack([np.ones(len(offsets)), offsets / np.where(scale > 0.0, scale, 1.0)])
    weighted = weights[:, None] * (labels[:, None] == present)

    def loss(flat: Array) -> tuple[float, Array]:
        slopes = flat.reshape(features.shape[1], present.size)
        scores = features @ slopes
        # Written out: SciPy's softmax takes most of the time of a power study.
        scores -= scores.max(axis=1, keepdims=True)
        raised = np.exp(scores)
        total = raised.sum(axis=1, keepdims=True)
        value = (weighted * (np.log(total) - scores)).sum() + _RIDGE * (slopes[1:] ** 2).sum()
        gradient = features.T @ (weights[:, None] * (raised / total) - weighted)
        gradient[1:] += 2.0 * _RIDGE * slopes[1:]
        gradient[0] += 2e-6 * slopes[0]
        return float(value + 1e-6 * (slopes[0] ** 2).sum()), gradient.ravel()

    fit = minimize(
        loss, np.zeros(features.shape[1] * present.size), jac=True, method="L-BFGS-B", options={"ftol": 1e-7}
    )
    fitted = softmax(fit.x.reshape(features.shape[1], present.size)[0])
    probabilities = np.zeros(rivals)
    probabilities[present] = fitted
    return probabilities
