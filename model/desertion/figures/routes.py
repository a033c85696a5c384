"""By which way people left, over time and under each policy."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from desertion.figures import curves, labels, style
from desertion.figures.line_names import LONGEST_NAME, label_ends

ORDER = tuple(labels.ROUTE_NAMES)


def over_time(ax: Axes, daily: pd.DataFrame, *, start: dt.date | None = None) -> Axes:
    """Draw departures added up by route, stacked over the days; several replicates are averaged.

    Args:
        ax: Where to draw.
        daily: A daily table of one policy; with a column replicate, the mean over replicates is drawn.
        start: Date of the first day.
    """
    runs = int(daily["replicate"].nunique()) if "replicate" in daily else 1
    ways = labels.departures(daily)
    by_day = daily.groupby("day")[list(ways.values())].sum().cumsum() / runs
    heights = [by_day[column].to_numpy(dtype=float) for column in ways.values()]
    days = by_day.index.to_numpy(dtype=float)
    colors = [style.routes()[route] for route in ways]
    ax.stackplot(days, heights, colors=colors, edgecolor=style.paper_color(), linewidth=0.6)
    ax.set_title("Departures by way")
    curves.days(ax, start)
    ax.set_ylabel("departures, cumulative" if runs == 1 else "departures, cumulative, mean of runs")
    ax.set_xlim(days[0], days[-1])
    top = float(np.sum([height[-1] for height in heights]))
    ax.set_ylim(0.0, max(top, 1.0) * 1.02)
    style.counts(ax)
    edges = np.cumsum([0.0, *(height[-1] for height in heights)])
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    names = [
        f"{labels.ROUTE_NAMES[route]} ({labels.percent(share)})"
        for route, share in zip(ways, (height[-1] / max(top, 1e-12) for height in heights), strict=True)
    ]
    return label_ends(ax, names, middles, [style.Pen(color, ()) for color in colors])


def by_policy(ax: Axes, totals: pd.DataFrame, size: float = 1.0) -> Axes:
    """Draw one stacked bar a policy: persons by the way they left.

    Args:
        ax: Where to draw.
        totals: One row a policy (the index), one column a route (of `ORDER`), persons.
        size: Real persons for each simulated one: numbers that are too small to tell are marked.
    """
    places = style.name_rows(ax, list(totals.index))
    left = np.zeros(len(totals))
    for route in [name for name in ORDER if name in totals]:
        width = totals[route].to_numpy(dtype=float)
        if not width.any():
            continue
        ax.barh(
            places,
            width,
            left=left,
            height=0.66,
            color=style.routes()[route],
            edgecolor=style.paper_color(),
            linewidth=0.8,
            label=labels.ROUTE_NAMES[route],
        )
        left = left + width
    widest = max(float(left.max()), 1.0)
    for place, total in zip(places, left, strict=True):
        ax.text(
            total + widest * 0.01,
            place,
            labels.count_of(float(total), size),
            va="center",
            fontsize="small",
        )
    ax.set_xlim(0.0, widest * 1.12)
    ax.set_xlabel("persons, mean of runs")
    # Names so short that the legend has room in one line.
    is_short = max(len(str(name)) for name in totals.index) <= LONGEST_NAME
    ax.set_title("Who left, by way", pad=28 if is_short else 44)
    style.counts(ax, "x")
    if left.any():  # where nobody leaves there is no way to explain
        style.legend_above(ax, 5 if is_short else 3, columnspacing=1.2, handlelength=1.2)
    return ax
