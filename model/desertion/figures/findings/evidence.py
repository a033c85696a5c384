"""Titles of the figures that hold runs and tests against published series: sentences made from the numbers that they show."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.figures.labels import at_most, percent


def of_fit(
    published: NDArray[np.float64],
    medians: NDArray[np.float64],
    kind: Literal["flow", "cumulative", "level"] = "flow",
) -> str:
    """How far the median run is off the published figures.

    Args:
        published: (points,) : the figures; of running totals what each adds to the one before.
        medians: (points,) : medians of the runs.
        kind: What the figures are: their sum says something of flows and increments, their mean of levels.
    """
    error, total = float(np.abs(medians - published).sum()), float(np.abs(published).sum())
    if not total:
        return "published are nothing but noughts"
    off = percent(error / total)
    if kind == "level":
        return f"the median run is off by {off} of the mean level"
    whose = "the median run's increments" if kind == "cumulative" else "the median run"
    # "Off in all" would be the difference of the sums, in which too many and too few cancel out.
    return f"errors of {whose} add up to {off} of the published total"


def of_predictions(published: NDArray[np.float64], members: Mapping[str, NDArray[np.float64]]) -> str:
    """In how many points the published figure lies within the middle nine tenths of what each rival gives.

    Args:
        published: (points,) : the figures.
        members: By name, (member, point) predictions.
    """
    ends = {name: np.quantile(rows, [0.05, 0.95], axis=0) for name, rows in members.items()}
    inside = {name: int(((low <= published) & (published <= high)).sum()) for name, (low, high) in ends.items()}
    counts = " and ".join(f"{count} ({name})" for name, count in inside.items())
    return f"of {len(published)} figures, {counts} lie within the bars"


def of_power(table: pd.DataFrame) -> str:
    """How often contagion is found where most is owed to it.

    Args:
        table: One row a series and range: owed_from, histories, found (of them).
    """
    most = table[table["owed_from"] == table["owed_from"].max()]
    found = most["found"] / most["histories"]
    return (
        f"Where contagion makes {percent(float(most['owed_from'].iloc[0]))} of leaving or more it is found in {percent(float(found.min()))} to "
        f"{percent(float(found.max()))} of the histories"
    )


def of_reliability(table: pd.DataFrame) -> str:
    """How far stated probabilities are off.

    Args:
        table: One row a series and tenth: stated, true.
    """
    off = at_most(float((table["true"] - table["stated"]).abs().max())).removesuffix(" %")
    return f"Stated probabilities of contagion are off by {off} points at most"


def of_alarms(listed: Sequence[float], others: Sequence[float]) -> str:
    """How often a test alarms without contagion.

    Args:
        listed: Shares of alarms by causes that the test knows.
        others: Same by causes that it does not.
    """
    said = f"False alarms: {at_most(max(listed))} at most from causes in the list"
    return f"{said}, up to {at_most(max(others))} from others" if others else said
