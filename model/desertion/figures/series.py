"""A historical series, and what the rivals predict of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from desertion.figures import style
from desertion.study.history.series import Point, Series

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

_KINDS = {"flow": "per interval", "cumulative": "so far", "level": "level"}


def series(ax: Axes, shown: Series) -> Axes:
    """Draw a series: a bar of time per interval (as a rate where intervals differ), a dot per day, whiskers where the source gives a range.

    Recalled figures (grade C or C*) are hollow.

    Args:
        ax: Where to draw.
        shown: The series.
    """
    color = style.pens(2)[1].color
    if any(point.group for point in shown.points):
        return _by_group(ax, shown, color)
    uneven = _uneven(shown)
    for point in shown.points:
        _draw_point(ax, point, color, PER_DAYS / point.days if uneven else 1.0)
    _furnish(ax, shown)
    if uneven:
        ax.set_ylabel(f"{UNIT_NAMES[shown.points[0].unit]} per {PER_DAYS} days")
    ax.set_ylim(bottom=0.0)
    style.counts(ax)
    return ax


def predictions(
    ax: Axes, shown: Series, members: Mapping[str, NDArray[np.float64]], names: Mapping[str, str], held_out: int
) -> Axes:
    """Draw what rivals predict of a series: median and the middle 90 % at every point, side by side, over the data.

    Args:
        ax: Where to draw; the vertical axis becomes logarithmic.
        shown: The series.
        members: By rival, (member, point) predictions; a rival without members is left out.
        names: By rival, its name in the key.
        held_out: Number of last points that were not fitted; they stand on a shaded ground.
    """
    ends = np.array([mdates.date2num(_middle(point)) for point in shown.points])
    drawn = [rival for rival, rows in members.items() if len(rows)]
    gap = float(np.min(np.diff(ends))) if len(ends) > 1 else 1.0
    for place, (rival, pen) in enumerate(zip(drawn, style.pens(len(drawn) + 1)[1:], strict=True)):
        low, middle, high = np.quantile(members[rival], [0.05, 0.5, 0.95], axis=0)
        x = ends + gap * 0.7 * ((place + 0.5) / len(drawn) - 0.5)
        ax.vlines(x, np.maximum(low, 0.3), np.maximum(high, 0.3), color=pen.color, linewidth=1.6, alpha=0.8)
        marker = "osD^"[place % 4]
        ax.plot(x, np.maximum(middle, 0.3), marker, color=pen.color, markersize=3.6, label=names[rival])
    ax.plot(
        ends,
        np.maximum(shown.values, 0.3),
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
    ax.set_yscale("log")
    _furnish(ax, shown)
    ax.legend(loc="upper left", fontsize="small", bbox_to_anchor=(0.0, -0.18), ncols=3)
    return ax


def simulated(ax: Axes, shown: Series, places: Sequence[int], runs: NDArray[np.float64], label: str) -> Axes:
    """Draw what a scenario gives for the points of a series: the median of the runs and the middle 90 %, beside the published figure.

    Args:
        ax: An axes on which the series is drawn.
        shown: The series.
        places: The points that the scenario covers.
        runs: Shape (replicates, points).
        label: What the model counts.
    """
    pen = style.pens(3)[2]
    factor = np.array([PER_DAYS / shown.points[n].days if _uneven(shown) else 1.0 for n in places])
    low, middle, high = np.quantile(runs, [0.05, 0.5, 0.95], axis=0) * factor
    when = np.array([mdates.date2num(_middle(shown.points[n])) for n in places])
    gap = float(np.min(np.diff(when))) if len(when) > 1 else 1.0
    when = when + 0.18 * gap
    ax.vlines(when, low, high, color=pen.color, linewidth=5.0, alpha=0.35)
    ax.plot(
        when, middle, "s", color=pen.color, markersize=4.5, label=f"model: {label} (median and middle 90 % of runs)"
    )
    ax.plot([], [], "o-", color=style.pens(2)[1].color, markersize=4.5, label=f"published: {shown.points[0].counts}")
    ax.set_xlim(when[0] - gap, when[-1] + gap)
    ax.set_ylim(0.0, 1.08 * max(float(high.max()), float((shown.values[list(places)] * factor).max())))
    ax.legend(loc="upper left", fontsize="small", bbox_to_anchor=(0.0, -0.12))
    return ax


def _uneven(shown: Series) -> bool:
    """Whether intervals differ so much in length that their counts cannot be compared as they are."""
    days = [point.days for point in shown.points]
    return shown.kind == "flow" and max(days) > 1.2 * min(days)


def _by_group(ax: Axes, shown: Series, color: str) -> Axes:
    rows = sorted(shown.points, key=lambda point: point.value)
    bars = ax.barh([point.group for point in rows], [point.value for point in rows], color=color, height=0.7)
    ax.bar_label(bars, fmt="%d", padding=3, fontsize="small")
    ax.grid(visible=False)
    ax.set_title(shown.title)
    ax.set_xlabel(UNIT_NAMES[rows[0].unit])
    ax.margins(x=0.08)
    return ax


def _draw_point(ax: Axes, point: Point, color: str, factor: float) -> None:
    recalled = point.grade.startswith("C")
    if point.days > 1:
        left, right = mdates.date2num(point.start), mdates.date2num(point.end) + 1.0
        ax.hlines(factor * point.value, left, right, color=color, linewidth=2.6, alpha=0.45 if recalled else 1.0)
    middle = mdates.date2num(_middle(point))
    fill = style.paper_color() if recalled else color
    ax.plot(middle, factor * point.value, "o", color=color, markerfacecolor=fill, markersize=4.5)
    if point.low is not None or point.high is not None:
        low = point.value if point.low is None else point.low
        high = point.value if point.high is None else point.high
        ax.vlines(middle, factor * low, factor * high, color=color, linewidth=1.2)
        if point.high is None:
            ax.plot(middle, factor * point.value, "^", color=color, markersize=7)


def _middle(point: Point) -> datetime:
    return datetime.combine(point.start, time()) + timedelta(days=point.days / 2)


def _furnish(ax: Axes, shown: Series) -> None:
    locator = mdates.AutoDateLocator(minticks=3, maxticks=7)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    ax.set_title(shown.title)
    ax.set_ylabel(f"{UNIT_NAMES[shown.points[0].unit]}, {_KINDS[shown.kind]}")
    ax.margins(x=0.03)
