"""Which parameters decide a measure, by Sobol indices or Morris screening, with a dummy as noise floor."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, refuse_unknown
from desertion.simulation.record.columns import MEASURES, definitions
from desertion.study.analysis.tables import whole
from desertion.study.design.factors import Factor
from desertion.study.design.layout import DesignRule, unit_points
from desertion.study.statistics import mean_interval

MEAN, SPREAD, LOG = "mean", "spread", "log"
"""What is explained: a point's mean over replicates, their standard deviation, or the mean of the logarithms to base
ten, for a measure whose few largest values would otherwise decide everything."""

_SEED = 1  # of the bootstrap
_ROUNDING = 1e-12  # share of an outcome below which its changes are the computer's own
_FEWEST_POINTS = 16
"""Base points of a sobol design below which resampling them says too little of how far an index is off; of one it says nothing."""


def sobol_table(
    runs: pd.DataFrame,
    measure: str,
    rule: DesignRule,
    factors: tuple[Factor, ...],
    of: str = MEAN,
    draws: int = 500,
) -> pd.DataFrame:
    """First-order and total Sobol indices with 95 % percentile bootstrap intervals, which of 16 and 32 points hold Ishigami's indices in 83 to 95 %.

    Args:
        runs: Table of runs of one policy mix of a sobol design, in full.
        measure: The measure.
        rule: Layout of the design.
        factors: Its factors in order, the dummy included.
        of: `mean` over the replicates of a point, `spread` (their standard deviation) or `log` (mean decimal logarithm).
        draws: Resamples of the bootstrap.

    Returns:
        One row a factor: factor, first, first_low, first_high, total, total_low, total_high (NaN where points are fewer than 16),
        above_noise (whether the total index's interval lies above that of the dummy; NaN without a dummy or an interval).

    Raises:
        InputError: If a run is missing, or the measure never changes.
    """
    outcomes = point_outcomes(runs, measure, rule.points * (len(factors) + 2), of, "a Sobol analysis")
    blocks = outcomes.reshape(len(factors) + 2, rule.points)
    first, total = _indices(blocks)
    rng = np.random.default_rng(_SEED)
    resampled = [_indices(blocks[:, rng.integers(0, rule.points, rule.points)]) for _ in range(draws)]
    first_low, first_high = np.nanquantile([index for index, _ in resampled], [0.025, 0.975], axis=0)
    total_low, total_high = np.nanquantile([other for _, other in resampled], [0.025, 0.975], axis=0)
    if rule.points < _FEWEST_POINTS:
        first_low, first_high, total_low, total_high = np.full((4, len(factors)), np.nan)
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
        One row a factor: factor, effect (mean absolute effect of crossing the factor's range), half_width (of its 95 % interval by Student,
        NaN where trajectories are fewer than six), sigma (spread: interaction or curvature), above_noise (NaN without a dummy or an interval), unit (of these: `persons`, or `log10 persons`, where an effect of 1 is a factor of ten).

    Raises:
        InputError: If a run is missing, or SALib is not installed.
    """
    shares = unit_points(rule, len(factors), "this study")
    outcomes = point_outcomes(runs, measure, len(shares), of, "a Morris screening")
    effects = elementary_effects(shares, factors, outcomes)
    effect, half = mean_effects(effects)
    sigma = effects.std(axis=0, ddof=1) if len(effects) > 1 else np.full(len(factors), np.nan)
    # Of effects that are the same everywhere 4e-16 would be told as an interval.
    least = _ROUNDING * np.abs(outcomes).max()
    effect, half, sigma = (np.where(np.abs(each) < least, 0.0, each) for each in (effect, half, sigma))
    table = pd.DataFrame(
        {
            "factor": [factor.name for factor in factors],
            "effect": effect,
            "half_width": half,
            "sigma": sigma,
        }
    )
    bounds = table.assign(low=effect - half, high=effect + half)
    told = _against_dummy(bounds, "low", "high", rule.dummy).drop(columns=["low", "high"])
    unit = definitions([measure], MEASURES).get(measure, {}).get("unit", "")
    return told.assign(unit=explained(unit or measure, LOG if of == LOG else MEAN))


def explained(measure: str, of: str) -> str:
    """What is explained of a measure, by name: itself, `log10 left_total` or `spread of left_total`."""
    return {LOG: f"log10 {measure}", SPREAD: f"spread of {measure}"}.get(of, measure)


def mean_effects(effects: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean absolute effect of each factor, and half the width of its 95 % interval by Student.

    Args:
        effects: (trajectories, factors) : see `elementary_effects`.

    Returns:
        (factors,) each; the half width is NaN where trajectories are fewer than six.
    """
    sizes = np.abs(effects)
    low, high = np.transpose([*map(mean_interval, sizes.T)])
    return sizes.mean(axis=0), (high - low) / 2.0


def elementary_effects(
    shares: NDArray[np.float64], factors: tuple[Factor, ...], outcomes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Change of an outcome over the whole range of each factor, as each step of Morris's trajectories tells it.

    Args:
        shares: (trajectories * (factors + 1), factors) : points in the unit cube, of which each step of a trajectory moves one factor.
        factors: the factors in order, the dummy included.
        outcomes: (trajectories * (factors + 1),) : one number a point.

    Returns:
        (trajectories, factors) : the effects.
    """
    lines = zip(factors, shares.T.tolist(), strict=True)
    places = np.column_stack([[factor.place(share) for share in line] for factor, line in lines])
    count = len(factors)
    steps = np.diff(shares.reshape(-1, count + 1, count), axis=1)
    moved = np.abs(steps).argmax(axis=2)
    changes = np.diff(outcomes.reshape(-1, count + 1), axis=1)
    # A step goes the whole way between two choices although it is two thirds of the unit cube.
    crossed = np.diff(places.reshape(-1, count + 1, count), axis=1)
    ways = np.take_along_axis(crossed, moved[..., None], 2)[..., 0]
    effects = np.zeros_like(changes)  # of a choice that is weighed by repeating it some steps change nothing
    np.put_along_axis(effects, moved, np.divide(changes, ways, out=np.zeros_like(changes), where=ways != 0.0), axis=1)
    return effects


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
    if done.groupby("design")["replicate"].agg(frozenset).nunique() > 1:
        raise InputError(
            f"{purpose} needs the same replicates at every point, and here points were run with other people and fates: "
            "merge all shards, or finish the study"
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
    return table.assign(above_noise=(table[low] > floor).where(table[low].notna()))
