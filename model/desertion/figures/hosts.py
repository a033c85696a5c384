"""How many wait, stay and are decided where, and what a policy does to each host."""

import datetime as dt
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from desertion.figures import curves, labels, style
from desertion.figures.line_names import label_ends

LOADS: dict[str, tuple[str, str]] = {
    "at_border": ("Waiting at the border", "persons"),
    "waiting": ("Cases waiting", "cases"),
    "abroad": ("Living there without a claim", "persons"),
    "protected": ("Under protection", "persons"),
}
"""Title and unit of the columns of `hosts` that are drawn."""


def load(ax: Axes, hosts: pd.DataFrame, *, column: str, most: int, start: dt.date | None = None) -> Axes:
    """Draw one line a host over the days, the largest named at their ends and the rest added up.

    Args:
        ax: Where to draw.
        hosts: The hosts' table of one policy; with a column replicate, the mean over replicates is drawn.
        column: Which column.
        most: Hosts shown by name.
        start: Date of the first day.
    """
    runs = int(hosts["replicate"].nunique()) if "replicate" in hosts else 1
    wide = hosts.pivot_table(index="day", columns="host", values=column, aggfunc="sum", observed=True) / runs
    peaks = wide.max().sort_values(ascending=False)
    named = [str(name) for name in peaks.index[:most] if peaks[name] > 0.0] or [str(peaks.index[0])]
    rest = [name for name in wide.columns if str(name) not in named and peaks[name] > 0.0]
    series = {name: wide[name] for name in named}
    if rest:
        series[f"{len(rest)} others"] = wide[rest].sum(axis=1)
    drawn = style.pens(len(series))
    for (name, values), pen in zip(series.items(), drawn, strict=True):
        ax.plot(wide.index, values, color=pen.color, linestyle=pen.linestyle, label=name)
    title, unit = LOADS[column]
    ax.set_title(title)
    ax.set_ylabel(unit if runs == 1 else f"{unit}, mean of runs")
    curves.days(ax, start)
    ax.set_xlim(float(wide.index.min()), float(wide.index.max()))
    ax.set_ylim(0.0, max(max(float(values.max()) for values in series.values()), 1.0) * 1.05)
    style.counts(ax)
    if not peaks.any():
        ax.text(0.5, 0.5, "none", transform=ax.transAxes, ha="center", color=style.soft_ink())
        return ax
    return label_ends(ax, list(series), [float(values.iloc[-1]) for values in series.values()], drawn)


def loads(figure: Figure, hosts: pd.DataFrame, *, start: dt.date | None = None) -> list[Axes]:
    """Draw waiting at the border, cases waiting, life abroad and protection of one policy, four panels."""
    grid = figure.subplots(2, 2).ravel()
    for ax, column in zip(grid, ("at_border", "waiting", "abroad", "protected"), strict=True):
        load(ax, hosts, column=column, most=4, start=start)
    return list(grid)


def peaks(
    ax: Axes,
    table: pd.DataFrame,
    *,
    size: float = 1.0,
) -> Axes:
    """Draw a table of hosts by policies as shaded cells with their numbers.

    Args:
        ax: Where to draw.
        table: One row a policy, one column a host; counts.
        size: Real cases for each simulated one: numbers that are too small to tell are marked.
    """
    values = table.to_numpy(dtype=float)
    # Square roots keep one large host from whitening all others.
    shade = np.sqrt(values / max(float(values.max()), 1e-12))
    ladder = style.ladder()
    ax.imshow(shade, cmap=ladder, vmin=0.0, vmax=1.2, aspect="auto")
    for row, column in np.ndindex(values.shape):
        ax.text(
            column,
            row,
            labels.count_of(float(values[row, column]), size),
            ha="center",
            va="center",
            fontsize="small",
            color=style.ink_on(ladder(float(shade[row, column]) / 1.2)),
        )
    ax.set_xticks(range(table.shape[1]), labels=list(map(str, table.columns)), rotation=35, ha="right")
    names = [fill(str(name), style.LONGEST_ROW) for name in table.index]
    style.make_room(ax, names)
    ax.set_yticks(range(table.shape[0]), labels=names)
    ax.tick_params(length=0, labelcolor=style.ink())
    ax.grid(visible=False)
    ax.set_xticks(np.arange(1, table.shape[1]) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, table.shape[0]) - 0.5, minor=True)
    ax.grid(visible=True, which="minor", color=style.paper_color(), linewidth=2.0)
    ax.tick_params(which="minor", length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax
