"""Titles of the figures of sweeps, screenings and searches: sentences made from the numbers that they show."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.figures.labels import NO_INTERVAL, called, count_of, label, percent, sentence
from desertion.simulation.record.columns import MEASURES, definitions, is_chance

_WELL_BEYOND = 0.25
"""Share of a line's whole reach by which a peak lies above both ends to be told: less may be chance."""
_UNCOUNTED = ("", "EUR", "day", "index", "share")
"""Units of what there is less of, and not fewer."""
_HAPPENS = {"collapsed": "see a force collapse", "fallen": "see a government fall"}


def of_response(medians: pd.DataFrame, measure: str, size: float = 1.0) -> str:
    """From where to where the measure goes, over a peak or dip between, in the case in which it moves most.

    Args:
        medians: One row a value of the parameter, in order; one column a case.
        measure: The measure.
        size: Real persons for each simulated one, where the measure counts persons.
    """
    lines = {case: line.dropna().to_numpy(np.float64) for case, line in medians.items() if line.notna().sum() > 1}
    if not lines:
        return f"{sentence(measure)}, by {label(str(medians.index.name))}"
    most = max(lines, key=lambda case: float(np.ptp(lines[case])))
    told = (
        percent(x, figures=2) if measure.startswith("share") or is_chance(measure) else count_of(x, size)
        for x in _turns(lines[most])
    )
    if np.ptp(lines[most]) == 0.0:
        return f"{sentence(measure)}: no line moves with {label(str(medians.index.name))}"
    case = "" if medians.shape[1] == 1 else f"moves most with {most}, "
    return f"{sentence(measure)}: {case}{' to '.join(told)}"


def _turns(line: NDArray[np.float64]) -> list[float]:
    """First and last value of a line, and its highest and lowest between them where they lie well beyond both."""
    low, high = sorted((line[0], line[-1]))
    far = _WELL_BEYOND * float(np.ptp(line))
    peaks = [int(line.argmax())] * bool(line.max() > high + far) + [int(line.argmin())] * bool(line.min() < low - far)
    return [float(line[place]) for place in (0, *sorted(peaks), -1)]


def of_map(
    values: pd.DataFrame, measure: str, *, chance: bool, at_least: float = float("nan"), size: float = 1.0
) -> str:
    """From or up to where cascades reach a level, or the measure's event comes to half of the runs, column by column, if they do so one way in all, else in how many cells; or between which values the measure lies.

    Args:
        values: One row a value of the upright parameter, ascending; one column a value of the other.
        measure: The measure.
        chance: Whether the values are chances, that the measure reaches a level or of what it says.
        at_least: The level, a share of all people; NaN for a measure that is a chance by itself.
        size: Real persons for each simulated one, where the measure counts persons.
    """
    cells = values.to_numpy(np.float64)
    if not chance:
        low, high = float(np.nanmin(cells)), float(np.nanmax(cells))
        # Only of values that lie close together it must be said how close.
        apart = f", {percent((high - low) / low, 1)} apart" if low > 0.0 and high < 2.0 * low else ""
        low_said, high_said = (count_of(end, size) for end in (low, high))
        return f"Median {called(measure)}: {low_said} to {high_said}{apart}"
    happens = _HAPPENS.get(measure.partition("@")[0]) or f"see {percent(at_least)} or more leave"
    likely = cells >= 0.5
    if not likely.any():
        return f"Nowhere here do half of the runs {happens} (most: {percent(float(np.nanmax(cells)))})"
    said = f"Half of the runs or more {happens}"
    known = int(np.isfinite(cells).sum())
    if likely.sum() == known:
        return f"{said} everywhere here"
    return f"{said} {_edge(values) or f'in {likely.sum()} of {known} cells'}"


def _edge(chances: pd.DataFrame) -> str:
    """From or up to which upright value half of the runs are global, at which values across, and where never; empty where columns do not go one way."""
    across, name = short(str(chances.columns.name)), short(str(chances.index.name))
    lines = {f"{across} {at:g}": line.dropna() >= 0.5 for at, line in chances.items()}
    rising = all(line.is_monotonic_increasing for line in lines.values())
    one_way = rising or all(line.is_monotonic_decreasing for line in lines.values())
    if not one_way or all(line.nunique() < 2 for line in lines.values()):
        return ""
    edges = {at: float(line.index[line][0 if rising else -1]) for at, line in lines.items() if line.any()}
    first, last = min(edges, key=edges.__getitem__), max(edges, key=edges.__getitem__)
    edge = f"{name} {edges[first]:g}"
    if edges[first] < edges[last]:
        edge += f" ({first}) {'to' if rising else 'or'} {edges[last]:g} ({last})"
    never = [at.removeprefix(f"{across} ") for at, line in lines.items() if len(line) and not line.any()]
    where = f"{across} {' and '.join(never)}" if len(never) < 3 else f"{len(never)} of {len(lines)} values of {across}"
    return f"{f'from {edge} on' if rising else f'up to {edge}'}{f', nowhere at {where}' if never else ''}"


def of_effects(table: pd.DataFrame, measure: str) -> str:
    """Which input moves a measure most, and how many stand clear of chance.

    Args:
        table: One row an input, the dummy among them: factor, effect, half_width, above_noise.
        measure: The measure.
    """
    own, clear, told = _inputs(table)
    if own["half_width"].isna().all():
        return f"What moves the {called(measure)}: {NO_INTERVAL}"
    if clear.empty:
        return f"What moves the {called(measure)}: no input stands clear of chance"
    return f"What most moves the {called(measure)}: {short(str(clear['effect'].idxmax()))}{told}"


def of_indices(table: pd.DataFrame, measure: str) -> str:
    """Which input explains most of a measure's variance, and how many stand clear of chance.

    Args:
        table: One row an input, the dummy among them: factor, total, total_low, above_noise.
        measure: The measure.
    """
    own, clear, told = _inputs(table)
    if own["total_low"].isna().all():
        return f"What decides the {called(measure)}: {NO_INTERVAL}"
    if clear.empty:
        return f"What decides the {called(measure)}: no input stands clear of chance"
    first = str(clear["total"].idxmax())
    return f"What decides the {called(measure)}: {short(first)} first ({float(own['total'][first]):.2f} of the variance, with all that it does together with others){told}"


def _inputs(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """All inputs by name, those that stand clear of the dummy, and how many these are; without a dummy all of them, and no word."""
    rows = table.set_index("factor")
    if "dummy" not in rows.index:
        return rows, rows, ""
    own = rows.drop("dummy")
    clear = own[own["above_noise"].eq(True)]
    return own, clear, f"; {len(clear)} of {len(own)} inputs stand{'s' * (len(clear) == 1)} clear of chance"


def of_front(table: pd.DataFrame, called: str = "policies") -> str:
    """How many candidates nothing beats.

    Args:
        table: One row a candidate with front.
        called: What the candidates are.
    """
    return f"{int(table['front'].sum())} of {len(table)} {called} are beaten by no other on everything"


def of_search(table: pd.DataFrame, measure: str, wish: str, size: float = 1.0, *, limited: bool = True) -> str:
    """How far each way to search came, within the limits where there are any, or that all candidates came to the same.

    Args:
        table: One row a candidate: proposed_by, within (the limits), the measure.
        measure: What was wanted first.
        wish: Whether "more" or "less" of it.
        size: Real persons for each simulated one, where the measure counts persons.
        limited: Whether the search had limits.
    """
    best = table[table["within"]].groupby("proposed_by", sort=False)[measure].agg("max" if wish == "more" else "min")
    reached = ", ".join(f"{count_of(value, size)} ({name})" for name, value in best.astype(float).items())
    known = table[measure].dropna()
    if len(known) > 1 and known.nunique() == 1:
        return f"No lever moves the {called(measure)}: {count_of(float(known.iloc[0]), size)}"
    within = " within the limits" if limited else ""
    unit = definitions([measure], MEASURES).get(measure, {}).get("unit", "")
    least = "Least" if unit in _UNCOUNTED else "Fewest"
    return f"{'Most' if wish == 'more' else least} {called(measure)}{within}: {reached or 'none'}"


def short(name: str) -> str:
    """The label of a parameter without what stands in brackets."""
    return label(name).split(" (")[0]
