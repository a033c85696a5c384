"""Differences between policies on the same people and fates, and what that pairing saved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, refuse_unknown
from desertion.simulation.record.columns import is_chance
from desertion.study.analysis.tables import done_runs, parameters_of
from desertion.study.statistics import mean_interval, median_interval, paired_chance_interval

ARM = "policies"

# Subtracting numbers that differ by a constant leaves a variance of this order, which means none.
_ROUNDING = 1e-20


def paired_differences(
    runs: pd.DataFrame,
    measures: Sequence[str],
    baseline: str | None = None,
) -> pd.DataFrame:
    """Differences to a baseline policy, replicate by replicate, with 95 % intervals.

    Args:
        runs: Table of runs with a column `policies`.
        measures: Measures to compare.
        baseline: Label of the baseline, None for the first of the study.

    Returns:
        One row a setting of the other parameters, measure and policy: the other parameters, measure, baseline,
        policy, pairs, median_baseline, median_policy, difference (median of the paired differences; for a chance their mean), low, high,
        mean_difference, mean_low, mean_high (ends of intervals are NaN where pairs are too few for one), share_higher (pairs in which the policy gave more), correlation, and
        saving (how many times fewer replicates the mean difference needed than with separate chance).

    Raises:
        InputError: If the study compares no policies, or the baseline is none of them.
    """
    if ARM not in runs.columns:
        raise InputError("this study compares no policies: list at least two under [policies]")
    done = done_runs(runs, *measures)
    labels = list(dict.fromkeys(runs[ARM]))
    base = labels[0] if baseline is None else baseline
    refuse_unknown("policy", base, labels, where="this study")
    others = [name for name in parameters_of(runs) if name != ARM]
    rows: list[dict[str, object]] = []
    for setting, part in done.groupby(others, sort=False, dropna=False) if others else [((), done)]:
        by_arm = {str(label): _by_replicate(table) for label, table in part.groupby(ARM, sort=False)}
        for label in labels:
            if label != base and base in by_arm and label in by_arm:
                for measure in measures:
                    numbers = _difference(by_arm[base][measure], by_arm[label][measure], is_chance(measure))
                    named = dict(zip(others, setting, strict=True))
                    rows.append({**named, "measure": measure, "baseline": base, "policy": label, **numbers})
    return pd.DataFrame(rows)


def _by_replicate(runs: pd.DataFrame) -> pd.DataFrame:
    """One row a replicate: a design may hold a point twice, whose runs are the same."""
    return runs.drop_duplicates("replicate").set_index("replicate")


def _difference(base: pd.Series[float], other: pd.Series[float], chance: bool) -> dict[str, object]:
    pairs = (
        pd.concat([base, other], axis=1, join="inner", keys=["base", "other"])
        .replace([np.inf, -np.inf], np.nan)
        .dropna()
    )
    first, second = pairs["base"].to_numpy(np.float64), pairs["other"].to_numpy(np.float64)
    numbers: dict[str, object] = {"pairs": len(pairs)}
    if not len(pairs):
        return numbers
    change = second - first
    middle, (low, high) = float(np.median(change)), median_interval(change)
    mean_low, mean_high = mean_interval(change)
    if chance:
        # The median difference of two events is nearly always 0; their chances differ by the mean.
        middle = float(change.mean())
        low, high = mean_low, mean_high = paired_chance_interval(
            int((change > 0.0).sum()), int((change < 0.0).sum()), len(change)
        )
    return numbers | {
        "median_baseline": float(np.median(first)),
        "median_policy": float(np.median(second)),
        "difference": middle,
        "low": low,
        "high": high,
        "mean_difference": float(change.mean()),
        "mean_low": mean_low,
        "mean_high": mean_high,
        "share_higher": float(np.mean(change > 0)),
        "correlation": _correlation(first, second),
        "saving": replicate_saving(first, second),
    }


def replicate_saving(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """How many times more replicates separate chance would need for the same precision of the mean difference.

    The variance of a difference of independent runs over that of paired runs; infinite where pairing leaves no
    chance at all, NaN for fewer than two pairs or no variance to begin with.

    Args:
        first: One number a replicate under the baseline.
        second: The same replicates under the other policy.
    """
    # Asked of the numbers themselves: rounding gives runs that are all 0.1 a variance of 1e-34.
    if len(first) < 2 or (not np.ptp(first) and not np.ptp(second)):
        return float("nan")
    separate = float(first.var(ddof=1) + second.var(ddof=1))
    paired = float((second - first).var(ddof=1))
    if paired <= _ROUNDING * separate:
        return float("inf")
    return separate / paired


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    if len(first) < 3 or not np.ptp(first) or not np.ptp(second):
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
