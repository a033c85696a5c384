"""Pareto: which policies no other beats on everything at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError
from desertion.study.analysis.tables import done_runs, parameters_of

MORE, LESS = "more", "less"

USUAL: Mapping[str, str] = {"left_total": MORE, "cost_eur": LESS, "infiltrators": LESS}
"""Leavers gained against money and against infiltrators let in."""


def pareto_table(runs: pd.DataFrame, wanted: Mapping[str, str] = USUAL, middle: str = "mean") -> pd.DataFrame:
    """What each design point gives in the middle, and whether it lies on the Pareto front.

    Args:
        runs: Table of runs.
        wanted: For each measure whether ``more`` or ``less`` of it is better.
        middle: ``mean``, since budgets and rare events such as infiltrators are judged by what they come to, or
            ``median``.

    Returns:
        One row a design point: its parameters, runs, the middle of each measure, and front.

    Raises:
        InputError: If a measure does not exist or its wish is neither more nor less.
    """
    for name, wish in wanted.items():
        if wish not in (MORE, LESS):
            raise InputError(f"pareto: {name} = {wish!r} must be {MORE!r} or {LESS!r}")
    done = done_runs(runs, *wanted)
    parameters = parameters_of(runs)
    groups = done.groupby("design")
    table = pd.concat(
        [groups[parameters].first(), groups.size().rename("runs"), groups[list(wanted)].agg(middle)], axis=1
    )
    signs = np.array([1.0 if wish == MORE else -1.0 for wish in wanted.values()])
    return table.assign(front=on_front(table[list(wanted)].to_numpy(np.float64) * signs)).reset_index()


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
