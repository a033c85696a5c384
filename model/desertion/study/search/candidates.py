"""Policy mixes that were tried, judged by their means, and two ways of trying them compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError
from desertion.study.analysis.goal import Goal
from desertion.study.analysis.pareto import candidates_table, front_within, on_front, see_failures
from desertion.study.analysis.study import Study


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        study: All candidates, in one study file of the usual kind.
        table: One row a candidate: design, its levers, runs, means, `within` (the limits) and `front`.
    """

    study: Study
    table: pd.DataFrame


def judged(study: Study, goal: Goal) -> SearchResult:
    """The candidates of a finished search or sample, judged by their means over the same replicates.

    Raises:
        InputError: If a measure does not exist or no run has finished.
    """
    return SearchResult(study, candidates_table(study.runs, study.points, study.spec, goal, study.path))


def require_some(result: SearchResult, goal: Goal) -> None:
    """Refuse a search that found nothing within the limits, with what comes nearest.

    Raises:
        InputError: If no candidate is within the limits.
    """
    table = result.table
    if table["within"].any():
        return
    known = table[np.isfinite(table[list(goal.measures)].to_numpy(np.float64)).all(axis=1)]
    if known.empty:
        raise InputError(
            f"{result.study.path}: none of the {len(table)} candidates has all its runs with a finite "
            f"{' and '.join(goal.measures)}; {see_failures(result.study.path)}"
        )
    least = ", ".join(f"{name} {known[name].min():.4g}" for name in goal.limits)
    raise InputError(
        f"{result.study.path}: none of the {len(table)} candidates keeps {goal.words()} (least found: {least}): loosen "
        f"the limit, widen the levers or try more candidates"
    )


def dominated_volume(gains: NDArray[np.float64], worst: NDArray[np.float64], best: NDArray[np.float64]) -> float:
    """Share of the box from `worst` to `best` that at least one point dominates, by a fixed Sobol sample.

    Args:
        gains: (points, measures) : more is better.
        worst: (measures,) : one corner of the box.
        best: (measures,) : the other corner.
    """
    from scipy.stats import qmc

    # Along a measure in which all are alike the box has no extent, and each beats the whole of it.
    spread = np.where(best > worst, best - worst, 1.0)
    shares = np.where(best > worst, (gains[np.isfinite(gains).all(axis=1)] - worst) / spread, 1.0)
    sample = qmc.Sobol(gains.shape[1], scramble=False).random_base2(15)
    covered = np.zeros(len(sample), bool)
    for share in shares[on_front(shares)] if len(shares) else shares:
        covered |= (sample <= share).all(axis=1)
    return float(covered.mean())


def compare_found(results: Sequence[SearchResult], goal: Goal) -> list[float]:
    """Hypervolumes of searches, as shares of the box around all their candidates, so that they can be compared."""
    gains = [goal.gains(result.table[result.table["within"]]) for result in results]
    both = np.concatenate(gains)
    if not len(both):
        return [0.0] * len(results)
    worst, best = both.min(axis=0), both.max(axis=0)
    return [dominated_volume(own, worst, best) for own in gains]


def together(results: Iterable[tuple[str, SearchResult]], goal: Goal) -> pd.DataFrame:
    """Candidates of several searches in one table.

    Returns:
        The rows of all, with `proposed_by` in front and `joint_front` behind: whether nothing in any of them
        beats the candidate.
    """
    table = pd.concat([result.table.assign(proposed_by=name) for name, result in results], ignore_index=True)
    table.insert(0, "proposed_by", table.pop("proposed_by"))
    return table.assign(joint_front=front_within(table, goal) & table["front"])
