"""Sizes of cascades: how large they get and how often they go global, as distributions and never as a mean alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, refuse_unknown
from desertion.parameters.arguments import LEVEL
from desertion.simulation.record.columns import is_chance
from desertion.study.analysis.tables import done_runs, once
from desertion.study.statistics import wilson_interval

SIZE = "share_left"
"""Measure that tells a cascade's size: the share of all persons who left."""

GLOBAL = 0.1
"""Share of all persons from which on a cascade counts as global; a convention of this project, to be varied."""

CHANCE, MEDIAN = "chance", "median"
"""What a cell of a phase diagram shows: the chance of a global cascade, unless told otherwise, or the median."""


@dataclass(frozen=True, slots=True)
class SizeDistribution:
    """Sizes of cascades.

    Attributes:
        sizes: (runs,) : sorted sizes.
        edges: (bins + 1,) : edges of the histogram.
        counts: (bins,) : runs a bin.
        exceeding: (runs,) : share of runs at least as large as each size (the complementary distribution).
    """

    sizes: NDArray[np.float64]
    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    exceeding: NDArray[np.float64]


def chance_of_cascade(
    runs: pd.DataFrame,
    by: Sequence[str] = ("design",),
    measure: str = SIZE,
    at_least: float | None = None,
) -> pd.DataFrame:
    """Chance that a measure reaches a level, that of a global cascade if none is given, with Wilson's 95 % interval.

    A run whose measure is no finite number tells nothing.

    Returns:
        One row a group: its columns, runs (that tell), cascades, chance (NaN without runs), low, high.

    Raises:
        InputError: If a column does not exist, no run is finished, or a measure that is no share of all needs a level, or has one that is no number.
    """
    done = done_runs(runs, measure, by=by)
    groups = reached(done[measure], at_least).groupby([done[name] for name in by], sort=False, dropna=False)
    table = groups.agg(["count", "sum"]).reset_index().rename(columns={"count": "runs", "sum": "cascades"})
    table["cascades"] = table["cascades"].astype(int)
    table["chance"] = table["cascades"] / table["runs"]
    pairs = zip(table["cascades"], table["runs"], strict=True)
    bounds = [wilson_interval(int(hits), int(count)) for hits, count in pairs]
    return table.assign(low=[low for low, _ in bounds], high=[high for _, high in bounds])


def reached(values: pd.Series, at_least: float | None = None) -> pd.Series[float]:
    """Whether each value reaches a level, 1 or 0; NaN where it is no finite number.

    Raises:
        InputError: If no level is given for a measure that is neither the size of a cascade nor a chance, or it is no number.
    """
    if at_least is None and values.name != SIZE and not is_chance(str(values.name)):
        raise InputError(
            f"a tenth is the level of {SIZE} and not of {values.name}: give at_least, or ask for its median"
        )
    at_least = GLOBAL if at_least is None else LEVEL.checked("at_least", at_least)
    numbers = values.astype(float)
    return (numbers >= at_least).astype(float).where(np.isfinite(numbers))


def size_distribution(values: Sequence[float] | NDArray[np.float64], bins: int = 30) -> SizeDistribution:
    """Histogram and complementary distribution of cascade sizes, those that are finite."""
    numbers = np.asarray(values, dtype=np.float64)
    sizes = np.sort(numbers[np.isfinite(numbers)])
    counts, edges = np.histogram(sizes, bins=bins)
    exceeding = 1.0 - np.searchsorted(sizes, sizes, side="left") / max(1, len(sizes))
    return SizeDistribution(sizes, edges, counts, exceeding)


def phase_table(runs: pd.DataFrame, x: str, y: str, measure: str = SIZE, shown: str = CHANCE) -> pd.DataFrame:
    """A measure over two varied parameters.

    Args:
        runs: Table of runs, of one policy mix where a study has several.
        x: Parameter of the columns.
        y: Parameter of the rows.
        measure: Measure to show.
        shown: `chance` of a global cascade, or `median` of the measure.

    Returns:
        One row a value of y, one column a value of x, both ascending; NaN where nothing was run. Points that do
        not set x or y have no cell; a picture places those whose scenario says it and counts the others below.

    Raises:
        InputError: If a column does not exist, another word is given for what is shown, or other parameters vary too, so
            that a cell would mix them.
    """
    refuse_unknown("content of a phase diagram", shown, (CHANCE, MEDIAN))
    done = once(done_runs(runs, measure, by=(x, y)))
    mixed = done.groupby([x, y])["design"].nunique().max()
    if mixed > 1:
        raise InputError(
            f"a phase diagram over {x} and {y} would mix {mixed} design points in one cell: name a policy with "
            f"Study.phase(..., policy=), let one value of the others through on the app's page Study, or vary these two alone"
        )
    cells = done.assign(reached=reached(done[measure])) if shown == CHANCE else done
    name, how = ("reached", "mean") if shown == CHANCE else (measure, MEDIAN)
    return cells.pivot_table(index=y, columns=x, values=name, aggfunc=how).sort_index().sort_index(axis=1)
