"""Simulation-based calibration: ranks of the true parameters among posterior draws, flat if the inference is right.

Talts and others (2018), arXiv:1804.06788.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from desertion.errors import InputError
from desertion.study.laboratory.model_choice import Scale, posterior
from desertion.study.laboratory.rivals import PRIORS, RIVALS, priors
from desertion.study.laboratory.table import ReferenceTable

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """Rank histogram of one parameter.

    Attributes:
        rival: rival whose posterior was computed.
        parameter: name of the parameter.
        counts: shape (bin,), how many true values fell into each bin of ranks.
        p_value: chi-square test of flatness.
        shrinkage: mean posterior sd over prior sd; near 1 the data say nothing about the parameter.
    """

    rival: str
    parameter: str
    counts: NDArray[np.intp]
    p_value: float
    shrinkage: float


def rank_histograms(
    table: ReferenceTable, statistics: Array, rival: str, *, trials: int, accept: int, bins: int, draws: int, seed: int
) -> tuple[Ranks, ...]:
    """Rank histograms of all parameters of a rival.

    Args:
        table: the reference table.
        statistics: shape (simulation, statistic), unscaled.
        rival: the rival.
        trials: true parameter sets, drawn from the table (hence from the prior).
        accept: simulations kept for each posterior.
        bins: bins of the histogram; `draws` + 1 must be a multiple of it.
        draws: posterior draws per trial.
        seed: fixes trials and draws.

    Raises:
        InputError: `draws` + 1 is no multiple of `bins`, so bins would be unequal.
    """
    if (draws + 1) % bins:
        raise InputError(
            f"ranks: draws + 1 = {draws + 1} must be a multiple of bins = {bins}; take {20 * bins - 1} draws"
        )
    rows = np.flatnonzero(table.rival == RIVALS.index(rival))
    names = [prior.name for prior in priors(rival)]
    columns = [list(PRIORS).index(name) for name in names]
    shares = table.shares[rows][:, columns].astype(np.float64)
    scaled = Scale.of(statistics[rows])(statistics[rows])
    rng = np.random.default_rng(seed)
    ranks = np.empty((trials, len(names)), dtype=np.intp)
    spreads = np.empty((trials, len(names)))
    for trial, row in enumerate(rng.choice(len(rows), size=trials, replace=False)):
        posterior_draws, weights = posterior(scaled, shares, scaled[row], accept=accept, skip=int(row))
        drawn = posterior_draws[rng.choice(len(posterior_draws), size=draws, p=weights)]
        ranks[trial] = (drawn < shares[row]).sum(axis=0)
        spreads[trial] = drawn.std(axis=0)
    return tuple(
        _histogram(rival, name, ranks[:, column], float(spreads[:, column].mean()), bins, draws)
        for column, name in enumerate(names)
    )


def _histogram(rival: str, name: str, ranks: NDArray[np.intp], spread: float, bins: int, draws: int) -> Ranks:
    counts = np.bincount(ranks * bins // (draws + 1), minlength=bins)
    # A uniform prior on [0, 1] has the standard deviation 1 / sqrt(12).
    return Ranks(
        rival=rival,
        parameter=name,
        counts=counts,
        p_value=float(stats.chisquare(counts).pvalue),
        shrinkage=spread * float(np.sqrt(12.0)),
    )
