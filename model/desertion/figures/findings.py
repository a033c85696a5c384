"""Titles that say the finding: sentences made from the numbers that a figure shows."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.figures.curves import FOR_NINE_TENTHS
from desertion.figures.labels import (
    NO_INTERVAL,
    ROUTE_NAMES,
    at_most,
    called,
    capital,
    count_of,
    label,
    number,
    percent,
    points,
    policy,
    rounded,
    sentence,
    within,
)
from desertion.scenario.grain import FEWEST, TOO_FEW, too_few
from desertion.simulation.record.columns import MEASURES, definitions, is_chance

_LEAVERS = ("left", "left_total")
_WELL_BEYOND = 0.25
"""Share of a line's whole reach by which a peak lies above both ends to be told: less may be chance."""
_HAPPENS = {"collapsed": "see a force collapse", "fallen": "see a government fall"}


def of_differences(rows: pd.DataFrame, measure: str) -> str:
    """Which policy differs most from the baseline, among those whose interval excludes nothing happening and that rest on enough simulated persons.

    Args:
        rows: One row a policy and design point: settings before `measure`, if there are any; policy, baseline, difference, low, high, and too_few where it is known.
        measure: The measure.
    """
    baseline = within(policy(str(rows["baseline"].iloc[0])))
    if rows["low"].isna().all():
        return f"Difference from {baseline}: {NO_INTERVAL}"
    sure = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    if sure.empty:
        return f"No policy differs from {baseline} by more than chance"
    if "too_few" in sure:
        sure = sure[~sure["too_few"].astype(bool)]
    if sure.empty:
        return f"Difference from {baseline}: {TOO_FEW}"
    sizes = sure["difference"].to_numpy(np.float64)
    place = int(np.argmax(np.abs(sizes)))
    names = sure["policy"].astype(str).map(policy).tolist() if rows["policy"].is_unique else points(sure)
    size, name = float(sizes[place]), names[place]
    words = f"{capital(name)}: "
    word = "more" if size > 0 else "fewer"
    unit = definitions([measure], MEASURES).get(measure, {}).get("unit", "")
    if unit == "share" or measure.startswith("share") or measure.endswith("_share"):
        return words + f"{rounded(abs(size) * 100.0, 2)} points {word} than {baseline}"
    if unit == "day":
        return words + f"{number(abs(size))} days {'later' if size > 0 else 'earlier'} than under {baseline}"
    if unit in ("", "EUR", "index") and measure not in _LEAVERS:
        told = f"{unit} {number(abs(size))}".removeprefix("index ").strip()
        return words + f"{told} {'more' if size > 0 else 'less'} than {baseline}"
    if measure in _LEAVERS:
        return words + f"{number(abs(size))} {word} leave than under {baseline}"
    return words + f"{number(abs(size))} {word} than {baseline}"


def of_spread(banded: pd.DataFrame, size: float = 1.0) -> str:
    """How far the runs of one policy lie apart on the last day, where they lie furthest: nine tenths of them, or half of few.

    Args:
        banded: As `curves.bands` makes it.
        size: Real persons for each simulated one.
    """
    last, fewest = banded[banded["day"] == banded["day"].max()], int(banded["runs"].min())
    if fewest == 1:
        return "People who have left, by policy"
    low, high, most = ("low", "high", "nine in ten") if fewest >= FOR_NINE_TENTHS else ("lower", "upper", "half of the")
    apart = float((last[high] - last[low]).max())
    how = f"fewer than {FEWEST} simulated" if too_few(apart, size) else f"up to {number(apart)}"
    return f"Chance alone: {most} runs of one policy end {how} leavers apart"


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


def of_attribution(rows: pd.DataFrame, size: float) -> str:
    """Which policy makes most people leave, or stay, who did otherwise under the baseline.

    Args:
        rows: One row a policy: a (the baseline), b, only_a, only_b, persons.
        size: Real persons for each simulated one.
    """
    parts = rows.set_index("b")[["only_a", "only_b"]]
    values = parts.to_numpy(np.float64)
    row, column = divmod(int(values.argmax()), values.shape[1])
    most = float(values[row, column])
    if too_few(most, size) or not most:
        return f"Hardly anybody does otherwise than under {within(str(rows['a'].iloc[0]))}"
    does = "leave" if column else "stay"
    return f"{parts.index[row]}: {number(most)} {does} only because of it"


def of_ways(totals: pd.DataFrame, size: float = 1.0) -> str:
    """The way that most take, and its share of all leavers under each policy, from the least to the most.

    Args:
        totals: One row a policy, one column a way, persons.
        size: Real persons for each simulated one.
    """
    whole = totals.sum(axis=1)
    if not whole.any():
        return "Nobody leaves under any policy"
    way = str(totals.sum().idxmax())
    enough = [not too_few(float(total), size) for total in whole.to_numpy()]
    shares = (totals[way] / whole)[(whole > 0.0) & np.array(enough)]
    if shares.empty:
        return f"By which way people leave: {TOO_FEW}"
    low, high = float(shares.min()), float(shares.max())
    words = capital(ROUTE_NAMES[way])
    if percent(low) == percent(high):
        everywhere = len(shares) == int((whole > 0.0).sum())
        return f"{words}: {percent(low)} of all who left, {'under every policy' if everywhere else 'where enough leave to tell'}"
    return f"{words}: {percent(low)} of all who left ({within(str(shares.idxmin()))}) to {percent(high)} ({within(str(shares.idxmax()))})"


def of_strength(shares: pd.Series) -> str:
    """What serves on the last day.

    Args:
        shares: Median strength on the last day by policy, as a share of the first day's.
    """
    low, high = percent(shares.min(), 1), percent(shares.max(), 1)
    if low == high:
        return f"On the last day {low} of the first day's strength serve, under every policy"
    return f"On the last day {low} ({within(str(shares.idxmin()))}) to {high} ({within(str(shares.idxmax()))}) of the first day's strength serve"


def of_chance(chances: pd.Series) -> str:
    """Under which policies the force collapses how often.

    Args:
        chances: Share of runs with a collapse by policy.
    """
    low, high = (percent(float(end), figures=3) for end in (chances.min(), chances.max()))
    if not chances.any():
        return "The force collapses in no run"
    if low == high:
        return f"The force collapses in {high} of the runs, under every policy"
    return f"The force collapses in {low} ({within(str(chances.idxmin()))}) to {high} ({within(str(chances.idxmax()))}) of the runs"


def of_hosts(table: pd.DataFrame, what: str, size: float) -> str:
    """Where a policy changes most.

    Args:
        table: One row a policy, the baseline first; one column a host; counts.
        what: What is counted.
        size: Real persons for each simulated one.
    """
    values = table.to_numpy(np.float64)
    changes = values[1:] - values[0]
    row, column = divmod(int(np.abs(changes).argmax()), changes.shape[1])
    most = float(changes[row, column])
    if too_few(most, size) or not most:
        return f"No policy changes the number of {what} by much"
    return f"{table.index[1 + row]}: {number(abs(most))} {'more' if most > 0 else 'fewer'} {what} in {table.columns[column]}"


def of_decision(who: str, table: pd.DataFrame) -> str:
    """Between which values the daily chance to leave lies.

    Args:
        who: Whose.
        table: Chances, one row a position of the dial, one column a share of peers gone.
    """
    cells = 100.0 * table.to_numpy(np.float64)
    return f"A {who}'s daily chance to leave:\n{rounded(cells.min(), 2)} to {rounded(cells.max(), 2)} %"


def of_effects(table: pd.DataFrame, measure: str) -> str:
    """Which input moves a measure most, and how many stand clear of chance.

    Args:
        table: One row an input, the dummy among them: factor, effect, half_width, above_noise.
        measure: The measure.
    """
    rows = table.set_index("factor")
    own = rows.drop("dummy", errors="ignore")
    if own["half_width"].isna().all():
        return f"What moves the {called(measure)}: {NO_INTERVAL}"
    clear = own[own["above_noise"].eq(True)] if "dummy" in rows.index else own
    if clear.empty:
        return f"What moves the {called(measure)}: no input stands clear of chance"
    said = f"What moves the {called(measure)} most: {short(str(clear['effect'].idxmax()))}"
    return said + (_clear(len(clear), len(own)) if "dummy" in rows.index else "")


def of_indices(table: pd.DataFrame, measure: str) -> str:
    """Which input explains most of a measure's variance, and how many stand clear of chance.

    Args:
        table: One row an input, the dummy among them: factor, total, total_low, total_high.
        measure: The measure.
    """
    rows = table.set_index("factor")
    own = rows.drop("dummy", errors="ignore")
    if own["total_low"].isna().all():
        return f"What decides the {called(measure)}: {NO_INTERVAL}"
    clear = own[own["total_low"] > rows["total_high"]["dummy"]] if "dummy" in rows.index else own
    if clear.empty:
        return f"What decides the {called(measure)}: no input stands clear of chance"
    first = str(clear["total"].idxmax())
    said = f"What decides the {called(measure)}: {short(first)} first ({float(own['total'][first]):.2f} of the variance, with all that it does together with others)"
    return said + (_clear(len(clear), len(own)) if "dummy" in rows.index else "")


def _clear(clear: int, inputs: int) -> str:
    """How many inputs stand clear of chance."""
    return f"; {clear} of {inputs} inputs stand{'s' * (clear == 1)} clear of chance"


def of_front(table: pd.DataFrame, called: str = "policies") -> str:
    """How many candidates nothing beats.

    Args:
        table: One row a candidate with front.
        called: What the candidates are.
    """
    return f"{int(table['front'].sum())} of {len(table)} {called} are beaten by no other on everything"


def of_search(table: pd.DataFrame, measure: str, wish: str, size: float = 1.0, *, limited: bool = True) -> str:
    """How far each way to search came, within the limits where there are any.

    Args:
        table: One row a candidate: proposed_by, within (the limits), the measure.
        measure: What was wanted first.
        wish: Whether "more" or "less" of it.
        size: Real persons for each simulated one, where the measure counts persons.
        limited: Whether the search had limits.
    """
    best = table[table["within"]].groupby("proposed_by", sort=False)[measure].agg("max" if wish == "more" else "min")
    reached = ", ".join(f"{count_of(value, size)} ({name})" for name, value in best.astype(float).items())
    within = " within the limits" if limited else ""
    return f"{'Most' if wish == 'more' else 'Fewest'} {called(measure)}{within}: {reached or 'none'}"


def of_fit(published: NDArray[np.float64], medians: NDArray[np.float64]) -> str:
    """How far the median run is off the published figures.

    Args:
        published: (points,) : the figures.
        medians: (points,) : medians of the runs.
    """
    error, total = float(np.abs(medians - published).sum()), float(np.abs(published).sum())
    if not total:
        return "published are nothing but noughts"
    return f"the median run is off by {percent(error / total)} in all"


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


def short(name: str) -> str:
    """The label of a parameter without what stands in brackets."""
    return label(name).split(" (")[0]
