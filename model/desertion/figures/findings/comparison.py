"""Titles of the figures of a comparison: sentences made from the numbers that they show."""

import numpy as np
import pandas as pd

from desertion.figures.curves import FOR_NINE_TENTHS
from desertion.figures.labels import NO_INTERVAL, ROUTE_NAMES, capital, number, percent, points, policy, rounded, within
from desertion.scenario.grain import FEWEST, TOO_FEW, too_few
from desertion.simulation.record.columns import MEASURES, definitions

_LEAVERS = ("left", "left_total")


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


def of_hosts(table: pd.DataFrame, what: str, size: float, when: str = "") -> str:
    """Where a policy changes most.

    Args:
        table: One row a policy, the baseline first; one column a host; counts.
        what: What is counted.
        size: Real persons for each simulated one.
        when: On which day, behind a space.
    """
    values = table.to_numpy(np.float64)
    changes = values[1:] - values[0]
    row, column = divmod(int(np.abs(changes).argmax()), changes.shape[1])
    most = float(changes[row, column])
    if too_few(most, size) or not most:
        return f"No policy changes the number of {what}{when} by much"
    return f"{table.index[1 + row]}: {number(abs(most))} {'more' if most > 0 else 'fewer'} {what} in {table.columns[column]}{when}"


def of_decision(who: str, table: pd.DataFrame) -> str:
    """Between which values the daily chance to leave lies.

    Args:
        who: Whose.
        table: Chances, one row a position of the dial, one column a share of peers gone.
    """
    cells = 100.0 * table.to_numpy(np.float64)
    ends = dict.fromkeys(rounded(end, 2) for end in (cells.min(), cells.max()))
    return f"A {who}'s daily chance to leave:\n{' to '.join(ends)} %"
