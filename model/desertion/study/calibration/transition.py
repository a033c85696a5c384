"""Proposals and tolerances of ABC-SMC. The only module that imports pyABC at once; it is loaded when a fit begins."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyabc
from scipy.stats import multivariate_normal

from desertion.errors import InputError

LEAST_STEP = 0.02  # share of a prior


class SteadyTransition(pyabc.MultivariateNormalTransition):
    """Normal steps from the particles of the last generation, never narrower than two hundredths of a prior in any direction.

    A rival down to a few particles has a covariance without width in some direction; its weights then are no numbers, and the fit ends. Any step
    is right as long as its density is known, so a little width costs nothing but a few proposals.
    """

    def fit(self, X: Any, w: Any) -> None:
        """Take up the particles and weights of a generation."""
        super().fit(X, w)  # pyright: ignore[reportCallIssue] - pyABC wraps it in a metaclass
        self.cov = np.asarray(self.cov) + LEAST_STEP**2 * np.eye(X.shape[1])
        self.normal = multivariate_normal(cov=self.cov)


class PossibleEpsilon(pyabc.QuantileEpsilon):
    """A quantile of distances, the first one of those draws that could be run: an infinite tolerance would accept what is impossible."""

    def initialize(self, t: int, get_weighted_distances: Callable[[], pd.DataFrame], *more: Any, **named: Any) -> None:
        """Set the first tolerance from draws of the priors.

        Raises:
            InputError: None of them could be run.
        """
        drawn = get_weighted_distances()
        possible = drawn[np.isfinite(drawn["distance"].to_numpy(float))]
        if possible.empty:
            raise InputError(f"none of {len(drawn)} draws from the priors can be run: narrow the priors")
        super().initialize(t, lambda: possible, *more, **named)
