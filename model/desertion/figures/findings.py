"""Titles that say the finding: sentences made from the numbers that a figure shows."""

import numpy as np
import pandas as pd

from desertion.figures.labels import label, number, policy, sentence


def of_differences(rows: pd.DataFrame, measure: str) -> str:
    """Which policy differs most from the baseline, among those whose interval excludes nothing happening.

    Args:
        rows: One row a policy: policy, baseline, difference, low, high.
        measure: The measure.
    """
    baseline = policy(str(rows["baseline"].iloc[0]))
    sure = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    if sure.empty:
        return f"No policy differs from {baseline} by more than chance"
    sizes = sure["difference"].to_numpy(np.float64)
    place = int(np.argmax(np.abs(sizes)))
    size, name = float(sizes[place]), policy(str(sure["policy"].iloc[place]))
    words = f"{name[:1].upper()}{name[1:]}: "
    word = "more" if size > 0 else "fewer"
    if measure.startswith("share") or measure.endswith("_share"):
        return words + f"{abs(size) * 100:.2g} points {word} than {baseline}"
    return words + f"{number(abs(size))} {word} than {baseline}"


def of_response(medians: pd.DataFrame, measure: str) -> str:
    """Where the measure ends, the highest line first.

    Args:
        medians: One row a value of the parameter, in order; one column a case.
        measure: The measure.
    """
    lines = medians.to_numpy(np.float64)
    highest = int(np.argmax(lines[-1]))
    ends = f"{number(float(lines[0, highest]))} to {number(float(lines[-1, highest]))}"
    if lines.shape[1] == 1:
        return f"{sentence(measure)}: {ends}"
    return f"{sentence(measure)}: most with {policy(str(medians.columns[highest]))}, {ends}"


def of_map(values: pd.DataFrame, measure: str, *, chance: bool) -> str:
    """From where on cascades go global, or between which values the measure lies.

    Args:
        values: One row a value of the upright parameter, ascending; one column a value of the other.
        measure: The measure.
        chance: Whether the values are chances of a global cascade.
    """
    cells = values.to_numpy(np.float64)
    if not chance:
        low, high = float(np.nanmin(cells)), float(np.nanmax(cells))
        apart = f", {(high - low) / abs(low):.1%} apart" if low > 0 else ""
        return f"Median {label(measure)}: {number(low)} to {number(high)}{apart}"
    likely = cells >= 0.5
    if not likely.any():
        return f"Nowhere here do half of the runs end in a global cascade (most: {float(np.nanmax(cells)):.0%})"
    first = float(values.index.to_numpy(np.float64)[int(np.argmax(likely.any(axis=1)))])
    return f"Half of the runs or more end in a global cascade from {short(str(values.index.name))} {first:g} on"


def short(name: str) -> str:
    """The label of a parameter without what stands in brackets."""
    return label(name).split(" (")[0]
