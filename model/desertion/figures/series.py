"""A historical series, what the rivals predict of it, and what a scenario gives for it.

A series comes as a table of its points, as in its own CSV file: start and end (dates, both included), value, low and high (NaN
for none), unit, counts, grade, and group ("" where units are not told apart).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from desertion.errors import InputError
from desertion.figures import findings, style
from desertion.figures.curves import FOR_NINE_TENTHS
from desertion.figures.labels import many

UNIT_NAMES = {
    "persons": "persons",
    "cases": "cases",
    "contacts": "contacts",
    "crossings": "border crossings",
    "places": "places",
    "districts": "districts",
    "capitals": "capitals",
    "share": "share",
    "per_1000_month": "per 1,000 men and month",
}
"""What the figures call the units of series."""

PER_DAYS = 30
"""Days to which the counts of uneven intervals are brought."""

LEAST = 0.3
"""Where predictions, on a scale of logarithms, have what is less: such a scale has no place for zero."""

Kind = Literal["flow", "cumulative", "level"]
"""Whether values are counts of their intervals, counts so far, or levels."""

_LAST_YEAR = 9990
_KINDS = {"flow": "per interval", "cumulative": "so far", "level": "level"}


def series(ax: Axes, table: pd.DataFrame, kind: Kind, title: str) -> Axes:
    """Draw a series: a bar of time per interval (as a rate where intervals differ), a dot per day, whiskers where the source gives a range.

    Recalled figures (grade C or C*) are hollow.

    Raises:
        InputError: If the points have no axis in common: several units, several intervals of a group, or a year that no axis of dates has.
    """
    _refuse_apart(table)
    color = style.pens(2)[1].color
    if table["group"].astype(bool).any():
        return _by_group(ax, table, title, color)
    uneven = _uneven(table, kind)
    for point, factor in zip(table.itertuples(), _factors(table, kind), strict=True):
        _draw_point(ax, point, color, factor)
    _furnish(ax, table, kind, title)
    if uneven:
        ax.set_ylabel(f"{UNIT_NAMES[table['unit'].iloc[0]]} per {PER_DAYS} days")
    ax.set_ylim(bottom=0.0)
    style.counts(ax)
    return ax


def predictions(
    ax: Axes,
    table: pd.DataFrame,
    kind: Kind,
    title: str,
    members: Mapping[str, NDArray[np.float64]],
    names: Mapping[str, str],
    held_out: int,
) -> Axes:
    """Draw what rivals predict of a series: median and the middle 90 % at every point, side by side, over the data.

    Args:
        ax: Where to draw; the vertical axis becomes logarithmic.
        table: The points of the series.
        kind: What values are.
        title: What the series shows.
        members: By rival, (member, point) predictions; a rival without members is left out.
        names: By rival, its name in the key; their order is that of the colours.
        held_out: Number of last points that were not fitted; they stand on a shaded ground.
    """
    ends = _middles(table)
    drawn = [rival for rival in names if len(members.get(rival, ()))]
    # A rival keeps its colour and mark where another has no members.
    pens = dict(zip(names, style.pens(len(names) + 1)[1:], strict=True))
    gap = float(np.min(np.diff(ends))) if len(ends) > 1 else 1.0
    for place, rival in enumerate(drawn):
        pen = pens[rival]
        low, middle, high = np.quantile(members[rival], [0.05, 0.5, 0.95], axis=0)
        x = ends + gap * 0.7 * ((place + 0.5) / len(drawn) - 0.5)
        ax.vlines(x, np.maximum(low, LEAST), np.maximum(high, LEAST), color=pen.color, linewidth=1.6, alpha=0.8)
        marker = "osD^"[[*names].index(rival) % 4]
        ax.plot(x, np.maximum(middle, LEAST), marker, color=pen.color, markersize=3.6, label=names[rival])
    ax.plot(
        ends,
        np.maximum(table["value"], LEAST),
        "_",
        color=style.ink(),
        markersize=13,
        markeredgewidth=2.2,
        label="published",
    )
    if held_out:
        ax.axvspan(ends[-held_out] - gap / 2, ends[-1] + gap / 2, color=style.grid_color(), zorder=0)
        ax.annotate(
            "not fitted",
            (float(ends[-held_out] - gap / 2), 1.0),
            xycoords=("data", "axes fraction"),
            va="top",
            xytext=(4, -4),
            textcoords="offset points",
            fontsize="small",
        )
    inside = findings.of_predictions(
        table["value"].to_numpy(np.float64), {names[rival]: members[rival] for rival in drawn}
    )
    _furnish(ax, table, kind, f"{title}: {inside}")
    style.logarithmic(ax, "y")
    ax.legend(loc="upper left", fontsize="small", bbox_to_anchor=(0.0, -0.18), ncols=3)
    return ax


def simulated(
    ax: Axes, table: pd.DataFrame, kind: Kind, places: Sequence[int], runs: NDArray[np.float64], label: str
) -> Axes:
    """Draw what a scenario gives for the points of a series: the median of the runs and the middle 90 %, or all from least to most where they are few, beside the published figure.

    Args:
        ax: An axes on which the series is drawn.
        table: The points of the series.
        kind: What values are.
        places: The points that the scenario covers.
        runs: (replicates, points) : what the runs give.
        label: What the model counts.
    """
    pen = style.pens(3)[2]
    covered = list(places)
    factor = _factors(table, kind)[covered]
    few = len(runs) < FOR_NINE_TENTHS
    low, middle, high = np.quantile(runs, [0.0, 0.5, 1.0] if few else [0.05, 0.5, 0.95], axis=0) * factor
    when = _middles(table)[covered]
    gap = float(np.min(np.diff(when))) if len(when) > 1 else 1.0
    when = when + 0.18 * gap
    ax.vlines(when, low, high, color=pen.color, linewidth=5.0, alpha=0.35)
    ax.plot(
        when,
        middle,
        "s",
        color=pen.color,
        markersize=4.5,
        label=f"model: {label} ({_told_of_runs(len(runs))})",
    )
    counts = table["counts"].iloc[0]
    published = table["value"].to_numpy(np.float64)[covered] * factor
    compared, medians = published, middle
    if kind == "cumulative":
        compared, medians = np.diff(published, prepend=0.0), np.median(np.diff(runs, prepend=0.0, axis=1), axis=0)
    ax.set_title(f"{ax.get_title(loc='left')}: {findings.of_fit(compared, medians, kind)}")
    ax.plot([], [], "o-", color=style.pens(2)[1].color, markersize=4.5, label=f"published: {counts}")
    ax.set_xlim(when[0] - gap, when[-1] + gap)
    ax.set_ylim(0.0, 1.08 * max(float(high.max()), float(published.max())))
    ax.legend(loc="upper left", fontsize="small", bbox_to_anchor=(0.0, -0.12))
    return ax


def _told_of_runs(runs: int) -> str:
    if runs == 1:
        return "one run"
    return f"median and {'span' if runs < FOR_NINE_TENTHS else 'middle 90 %'} of {many(runs, 'run')}"


def _days(table: pd.DataFrame) -> NDArray[np.float64]:
    """Lengths of the intervals in days, both ends counted."""
    return np.array([(end - start).days + 1.0 for start, end in zip(table["start"], table["end"], strict=True)])


def _uneven(table: pd.DataFrame, kind: Kind) -> bool:
    """Whether intervals differ so much in length that their counts cannot be compared as they are."""
    days = _days(table)
    return kind == "flow" and bool(days.max() > 1.2 * days.min())


def _factors(table: pd.DataFrame, kind: Kind) -> NDArray[np.float64]:
    """What each value is multiplied by, (points,): uneven intervals are brought to `PER_DAYS` days."""
    return PER_DAYS / _days(table) if _uneven(table, kind) else np.ones(len(table))


def _refuse_apart(table: pd.DataFrame) -> None:
    units = list(dict.fromkeys(table["unit"]))
    if len(units) > 1:
        raise InputError(f"a picture shows one unit, and the points are in {' and '.join(units)}: keep the rows of one")
    grouped = table[table["group"].astype(bool)]
    if len(grouped) and grouped["group"].duplicated().any():
        twice = grouped["group"][grouped["group"].duplicated()].iloc[0]
        raise InputError(
            f"a picture of groups shows one interval of each, and {twice} has several: keep the rows of one interval, or of one group without its name"
        )
    if (last := max(table["end"])).year > _LAST_YEAR:
        raise InputError(
            f"a picture shows days up to the year {_LAST_YEAR}, and the points end on {last}: give the day on which the last interval ended"
        )


def _by_group(ax: Axes, table: pd.DataFrame, title: str, color: str) -> Axes:
    rows = table.sort_values("value", kind="stable")
    ax.barh(list(rows["group"]), list(rows["value"]), color=color, height=0.7)
    value, low, high = (rows[name].to_numpy(np.float64) for name in ("value", "low", "high"))
    ends = np.where(np.isnan(low), value, low), np.where(np.isnan(high), value, high)
    if (ends[0] < ends[1]).any():
        ax.hlines(np.arange(len(rows)), *ends, color=style.ink(), linewidth=1.2)
    for place, (each, end) in enumerate(zip(value, ends[1], strict=True)):
        told = f"{each:,.0f}" if each == round(each) else f"{each:.3g}"
        ax.annotate(told, (end, place), (3, 0), textcoords="offset points", va="center", fontsize="small")
    ax.grid(visible=False)
    ax.set_title(title)
    ax.set_xlabel(UNIT_NAMES[rows["unit"].iloc[0]])
    ax.margins(x=0.08)
    return ax


def _draw_point(ax: Axes, point: Any, color: str, factor: float) -> None:
    recalled = point.grade.startswith("C")
    if point.end > point.start:
        left, right = mdates.date2num(point.start), mdates.date2num(point.end) + 1.0
        ax.hlines(factor * point.value, left, right, color=color, linewidth=2.6, alpha=0.45 if recalled else 1.0)
    middle = _middle(point.start, point.end)
    fill = style.paper_color() if recalled else color
    ax.plot(middle, factor * point.value, "o", color=color, markerfacecolor=fill, markersize=4.5)
    if not (np.isnan(point.low) and np.isnan(point.high)):
        low = np.nan_to_num(point.low, nan=point.value)
        high = np.nan_to_num(point.high, nan=point.value)
        ax.vlines(middle, factor * low, factor * high, color=color, linewidth=1.2)
        if np.isnan(point.high):
            ax.plot(middle, factor * point.value, "^", color=color, markersize=7)


def _middles(table: pd.DataFrame) -> NDArray[np.float64]:
    return np.array([_middle(start, end) for start, end in zip(table["start"], table["end"], strict=True)])


def _middle(start: date, end: date) -> float:
    days = (end - start).days + 1
    return float(mdates.date2num(datetime.combine(start, time()) + timedelta(days=days / 2)))


def _furnish(ax: Axes, table: pd.DataFrame, kind: Kind, title: str) -> None:
    locator = mdates.AutoDateLocator(minticks=3, maxticks=7)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    ax.set_title(title)
    ax.set_ylabel(f"{UNIT_NAMES[table['unit'].iloc[0]]}, {_KINDS[kind]}")
    ax.margins(x=0.03)
