"""Which policies no other beats on everything at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, refuse_unknown
from desertion.study.analysis.goal import LESS, MORE, Goal
from desertion.study.analysis.tables import done_runs, parameters_of
from desertion.study.store.row import DONE

USUAL: Mapping[str, str] = {"left_total": MORE, "cost_eur": LESS, "infiltrators": LESS}
"""Leavers gained against money and against infiltrators let in."""


def pareto_table(runs: pd.DataFrame, wanted: Mapping[str, str] = USUAL) -> pd.DataFrame:
    """Means of each design point, and whether it lies on the Pareto front.

    Means, since budgets and rare events such as infiltrators are judged by what they come to, over the replicates that all points
    have: others would be of other people and fates. A point of which a run failed that others finished, or lacks a measure, has no mean of it.

    Args:
        runs: Table of runs.
        wanted: For each measure whether "more" or "less" of it is better.

    Returns:
        One row a design point: its parameters, runs that are weighed, the mean of each measure, and front.

    Raises:
        InputError: If a measure does not exist or its wish is neither more nor less, or no replicate has been run at all points.
    """
    goal = Goal(wanted, {})
    done = done_runs(runs, *wanted)
    parameters = parameters_of(runs)
    points = done.groupby("design")[parameters].first()
    lost = runs.loc[(runs["status"] != DONE) & runs["replicate"].isin(done["replicate"]), "design"]
    fates = done[~done["design"].isin(lost)].groupby("design")["replicate"].agg(frozenset)
    common = frozenset[int]() if fates.empty else frozenset.intersection(*fates)
    if len(fates) and not common:
        raise InputError(
            "no replicate has been run at all points, so that none can be held against another on the same people and fates: finish the study, or merge all shards"
        )
    used = done[done["replicate"].isin(common) | done["design"].isin(lost)]
    groups = used[[*wanted]].replace([np.inf, -np.inf], np.nan).groupby(used["design"])
    runs_of = groups.size().rename("runs")
    whole = groups.count().eq(runs_of, axis=0)
    means = groups.mean().where(whole & ~whole.index.isin(lost)[:, None])
    table = pd.concat([points, runs_of, means], axis=1)
    return table.assign(front=on_front(goal.gains(table))).reset_index()


def candidates_table(
    runs: pd.DataFrame, points: pd.DataFrame, spec: Mapping[str, Any], goal: Goal, path: Path
) -> pd.DataFrame:
    """What each candidate of a search comes to, whether it keeps the limits, and whether it lies on the front.

    Means, since budgets and rare events such as infiltrators are judged by what they come to. A candidate of which a
    run is missing was not judged on the same fates as the others and is never within the limits.

    Returns:
        One row a candidate: design, its levers, runs, means, `within` (the limits) and `front`, on which a mix stands once.

    Raises:
        InputError: If a measure does not exist or no run has finished.
    """
    number = spec["replicates"]["number"]
    # A file that was begun with more replicates holds fates on which later candidates were not tried.
    done = runs[(runs["status"] == DONE) & (runs["replicate"] < number)]
    names = list(goal.measures)
    if done.empty:
        raise InputError(f"{path}: no run of this search has finished; {see_failures(path)}")
    for name in names:
        refuse_unknown("measure", name, [*map(str, done.columns)], where="the goal of the search")
    groups = done.replace([np.inf, -np.inf], np.nan).groupby("design")[names]
    complete = groups.count().eq(number).all(axis=1)
    varied = [name for name in parameters_of(runs) if name != "policies"]
    levers = sorted(varied, key=[*spec["order"], *varied].index)
    table = points[["design", *levers]].set_index("design")
    table = table.assign(runs=groups.size().reindex(table.index, fill_value=0))
    table = table.join(groups.mean().where(complete, axis=0)).reset_index()
    table = table.assign(within=goal.within(table))
    # A mix that was tried again is the same mix, and counts once.
    return table.assign(front=front_within(table, goal) & ~table.duplicated(levers))


def front_within(table: pd.DataFrame, goal: Goal) -> NDArray[np.bool_]:
    """Candidates within the limits that no other one of a table within them beats."""
    within = table["within"].to_numpy(bool)
    front = np.zeros(len(table), bool)
    front[within] = on_front(goal.gains(table[within]))
    return front


def see_failures(path: Path) -> str:
    """How to see why runs of a study failed."""
    return f"see why with `desertion show {path} --failures`"


def on_front(gains: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Points that no other point beats: at least as good in everything and better in something.

    Args:
        gains: (points, measures) : more is better; a point with a missing value is never on the front.

    Returns:
        (points,) : whether each is on the front.
    """
    whole = np.isfinite(gains).all(axis=1)
    front = whole.copy()
    for index, point in enumerate(gains):
        if whole[index]:
            better = (gains[whole] >= point).all(axis=1) & (gains[whole] > point).any(axis=1)
            front[index] = not better.any()
    return front
