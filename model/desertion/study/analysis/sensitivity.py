"""Which parameters decide a measure, by Sobol indices or Morris screening, with a dummy as noise floor."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, extra, refuse_unknown
from desertion.study.analysis.tables import whole
from desertion.study.design.factors import Factor
from desertion.study.design.layout import DesignRule, morris_problem, unit_points

MEAN, SPREAD, LOG = "mean", "spread", "log"
"""What is explained: a point's mean over replicates, their standard deviation, or the mean of the logarithms to base
ten, for a measure whose few largest values would otherwise decide everything."""

_SEED = 1  # of the bootstraps


def sobol_table(
    runs: pd.DataFrame,
    measure: str,
    rule: DesignRule,
    factors: tuple[Factor, ...],
    of: str = MEAN,
    draws: int = 500,
) -> pd.DataFrame:
    """First-order and total Sobol indices with 95 % percentile bootstrap intervals.

    Args:
        runs: Table of runs of one policy mix of a sobol design, in full.
        measure: The measure.
        rule: Layout of the design.
        factors: Its factors in order, the dummy included.
        of: `mean` over the replicates of a point, `spread` (their standard deviation) or `log` (mean decimal logarithm).
        draws: Resamples of the bootstrap.

    Returns:
        One row a factor: factor, first, first_low, first_high, total, total_low, total_high, above_noise (whether
        the total index's interval lies above that of the dummy; NaN without a dummy).

    Raises:
        InputError: If the design is no sobol design, a run is missing, or the measure never changes.
    """
    if rule.kind != "sobol":
        raise InputError(f"Sobol indices need a study with design.kind = 'sobol', this one has {rule.kind!r}")
    outcomes = point_outcomes(runs, measure, rule.points * (len(factors) + 2), of, "a Sobol analysis")
    blocks = outcomes.reshape(len(factors) + 2, rule.points)
    first, total = _indices(blocks)
    rng = np.random.default_rng(_SEED)
    resampled = [_indices(blocks[:, rng.integers(0, rule.points, rule.points)]) for _ in range(draws)]
    first_low, first_high = np.nanquantile([index for index, _ in resampled], [0.025, 0.975], axis=0)
    total_low, total_high = np.nanquantile([other for _, other in resampled], [0.025, 0.975], axis=0)
    table = pd.DataFrame(
        {
            "factor": [index.name for index in factors],
            "first": first,
            "first_low": first_low,
            "first_high": first_high,
            "total": total,
            "total_low": total_low,
            "total_high": total_high,
        }
    )
    return _against_dummy(table, "total_low", "total_high", rule.dummy)


def morris_table(
    runs: pd.DataFrame, measure: str, rule: DesignRule, factors: tuple[Factor, ...], of: str = MEAN
) -> pd.DataFrame:
    """Morris's screening: mean absolute elementary effect of each factor and its spread.

    Args:
        runs: Table of runs of one policy mix of a morris design, in full.
        measure: The measure.
        rule: Layout of the design.
        factors: Its factors in order, the dummy included.
        of: `mean` over the replicates of a point, `spread` (their standard deviation) or `log` (mean decimal logarithm).

    Returns:
        One row a factor: factor, effect (mean absolute effect of crossing the factor's range), half_width (of its 95 % interval), sigma (spread:
        interaction or curvature), above_noise, unit (of these: `log10 left_total`, where an effect of 1 is a factor of ten).

    Raises:
        InputError: If the design is no morris design, a run is missing, or SALib is not installed.
    """
    if rule.kind != "morris":
        raise InputError(f"Morris screening needs a study with design.kind = 'morris', this one has {rule.kind!r}")
    with extra("discovery", "Morris screening needs SALib"):
        from SALib.analyze import morris
    shares = unit_points(rule, len(factors), "this study")
    outcomes = point_outcomes(runs, measure, len(shares), of, "a Morris screening")
    effects = morris.analyze(morris_problem(len(factors)), shares, outcomes, num_levels=rule.levels, seed=_SEED)
    effect, half = np.asarray(effects["mu_star"]), np.asarray(effects["mu_star_conf"])
    table = pd.DataFrame(
        {
            "factor": [factor.name for factor in factors],
            "effect": effect,
            "half_width": half,
            "sigma": np.asarray(effects["sigma"]),
        }
    )
    bounds = table.assign(low=effect - half, high=effect + half)
    unit = {LOG: f"log10 {measure}", SPREAD: f"spread of {measure}"}.get(of, measure)
    return _against_dummy(bounds, "low", "high", rule.dummy).drop(columns=["low", "high"]).assign(unit=unit)


def point_outcomes(runs: pd.DataFrame, measure: str, points: int, of: str, purpose: str) -> NDArray[np.float64]:
    """One number a design point, in the order of the design.

    Args:
        runs: Table of runs of one policy mix.
        measure: The measure.
        points: Number of design points that there must be.
        of: `mean`, `spread` or `log`.
        purpose: What it is needed for, for an error.

    Returns:
        (points,) : the mean, standard deviation or mean decimal logarithm over replicates.

    Raises:
        InputError: If a run is missing or failed, or a spread is asked of single replicates.
    """
    refuse_unknown("sensitivity", of, (MEAN, SPREAD, LOG))
    done = whole(runs, points, measure, purpose)
    if of == LOG:
        if float(done[measure].min()) <= 0.0:
            raise InputError(f"{purpose} of the logarithm of {measure} needs values above 0: choose {MEAN!r} instead")
        done = done.assign(**{measure: np.log10(done[measure])})
    groups = done.groupby("design", sort=True)[measure]
    sizes = groups.size()
    if sizes.nunique() > 1:
        raise InputError(
            f"{purpose} needs the same number of replicates at every point, here {sizes.min()} to {sizes.max()}"
        )
    if of == SPREAD and sizes.iloc[0] < 2:
        raise InputError(f"{purpose} of the spread needs at least two replicates a point: raise replicates")
    outcomes = (groups.std(ddof=1) if of == SPREAD else groups.mean()).to_numpy(np.float64)
    if outcomes.max() == outcomes.min():
        raise InputError(f"{purpose} of {measure} has nothing to explain: it is {outcomes[0]:g} at every point")
    return np.asarray(outcomes, np.float64)


def of_policy(runs: pd.DataFrame, rule: DesignRule, label: str | None) -> pd.DataFrame:
    """Runs of one policy mix, with design points numbered as the layout numbers them.

    Args:
        runs: Table of runs.
        rule: Layout of the design.
        label: The policy mix, None where a study has one only.

    Raises:
        InputError: If several policies were run and none is named, or an unknown one.
    """
    if "policies" not in runs.columns:
        return runs if label is None else under(runs, label)
    labels = list(dict.fromkeys(runs["policies"]))
    if label is None and len(labels) > 1:
        raise InputError(f"a {rule.kind} analysis looks at one policy at a time: choose one of {', '.join(labels)}")
    chosen = under(runs, label or labels[0])
    renumbered = chosen.assign(design=chosen["design"] // len(labels))
    renumbered.attrs = runs.attrs
    return renumbered


def under(runs: pd.DataFrame, label: str) -> pd.DataFrame:
    """Runs under one policy mix; a study that compares none has the one called none.

    Raises:
        InputError: If there is no such mix.
    """
    labels = list(dict.fromkeys(runs["policies"])) if "policies" in runs else ["none"]
    if label not in labels:
        raise InputError(f"this study has no policy {label!r}: choose one of {', '.join(labels)}")
    return runs[runs["policies"] == label] if "policies" in runs else runs


def _indices(blocks: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First-order and total indices of outcomes at A, B, AB_1 ... AB_k, each of n points."""
    from scipy.stats import sobol_indices

    count = blocks.shape[1]
    outcomes: Any = {"f_A": blocks[:1], "f_B": blocks[1:2], "f_AB": blocks[2:, None, :]}
    with np.errstate(invalid="ignore", divide="ignore"):
        indices = sobol_indices(func=outcomes, n=count)
    return np.ravel(indices.first_order), np.ravel(indices.total_order)


def _against_dummy(table: pd.DataFrame, low: str, high: str, dummy: bool) -> pd.DataFrame:
    if not dummy:
        return table.assign(above_noise=np.nan)
    floor = float(table[high].iloc[-1])
    return table.assign(above_noise=table[low] > floor)
