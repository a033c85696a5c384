"""What is left of the army, and when it breaks."""

import datetime as dt

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from desertion.figures import style
from desertion.figures.curves import bands, days
from desertion.figures.line_names import from_above, label_ends

MOST_ABLE = 2
"""Policies up to which effective strength is drawn too."""
FOOT = 0.6
"""Where names of dated events begin, in shares of the axes: above it lie the curves, at the foot the collapses."""
_ROW, _ROWS = 0.028, 0.22
"""Height of a row of collapses, and of all that there may be, in shares of the axes."""
_ABLE = (1.5, 1.5)
"""Dashes of effective strength where it has a name of its own."""


def curve(ax: Axes, histories: pd.DataFrame, *, force: str | None = None, start: dt.date | None = None) -> Axes:
    """Draw strength and effective strength of each policy relative to the first day, with marks where runs collapse.

    Where nobody serves on the first day there is nothing to be relative to, and persons are drawn. What the marks are stands in the figure's note.

    Args:
        ax: Where to draw.
        histories: Rows of `daily` with the columns policy and replicate.
        force: Only this force; all forces added up if not given.
        start: Date of the first day.
    """
    serving = bands(histories, "strength", force=force)
    able = bands(histories, "effective_strength", force=force)
    names = list(map(str, serving["policy"].unique()))
    drawn = style.pens(len(names))
    ends: list[float] = []
    is_share = bool((serving.groupby("policy", sort=False)["median"].first() > 0.0).all())
    top = 1.0
    for name, pen in zip(names, drawn, strict=True):
        own = serving[serving["policy"] == name]
        other = able[able["policy"] == name]
        first = float(own["median"].iloc[0]) if is_share else 1.0
        if int(own["runs"].iloc[0]) > 1:
            ax.fill_between(
                own["day"], own["lower"] / first, own["upper"] / first, color=pen.color, alpha=0.13, linewidth=0
            )
        ax.plot(own["day"], own["median"] / first, color=pen.color, linestyle=pen.linestyle)
        if len(names) == 1:
            ax.plot(
                other["day"], other["median"] / first, color=pen.color, linestyle=style.Pen(pen.color, _ABLE).linestyle
            )
        elif len(names) <= MOST_ABLE:
            ax.plot(other["day"], other["median"] / first, color=pen.color, linewidth=0.9, alpha=0.8)
        ends.append(float(own["median"].iloc[-1]) / first)
        top = max(top, float(own["upper"].max()) / first)
    if is_share:
        ax.set_title("Strength relative to the first day")
        ax.set_ylabel("serving, share of the first day")
    else:
        ax.set_title("Strength: nobody serves on the first day")
        ax.set_ylabel("persons serving")
        style.counts(ax)
    days(ax, start)
    ax.set_xlim(float(serving["day"].min()), float(serving["day"].max()))
    ax.set_ylim(0.0, top * 1.05)
    _collapses(ax, histories, names, ends, drawn, force)
    if len(names) > 1:
        return label_ends(ax, names, ends, drawn)
    able_end = float(able["median"].iloc[-1]) / (float(serving["median"].iloc[0]) if is_share else 1.0)
    return label_ends(ax, ["serving", "effective"], [*ends, able_end], [*drawn, style.Pen(drawn[0].color, _ABLE)])


def _collapses(
    ax: Axes, histories: pd.DataFrame, names: list[str], ends: list[float], drawn: list[style.Pen], force: str | None
) -> None:
    """Put a tick at the foot of the axes on the first day of each collapse, one row a policy, in the order in which curves end, and say so below."""
    rows = histories if force is None else histories[histories["force"] == force]
    broken = rows[rows["collapsed"].astype(bool)].groupby(["policy", "replicate"], observed=True)["day"].min()
    if broken.empty:
        return
    by_end = [names[line] for line in from_above(ends)]
    with_breaks = [name for name in by_end if name in broken.index.get_level_values("policy")]
    step = min(_ROW, _ROWS / len(with_breaks))
    for row, name in enumerate(with_breaks):
        days = np.asarray(broken.loc[name], dtype=float)
        height = 0.02 + step * (len(with_breaks) - 1 - row)
        ax.plot(
            days,
            np.full(days.size, height),
            linestyle="none",
            marker="|",
            markersize=min(6.0, 6.0 * step / _ROW),
            color=drawn[names.index(name)].color,
            transform=ax.get_xaxis_transform(),
            label=f"collapse: {name}",
        )
    said = "days on which runs collapse" if rows["replicate"].nunique() > 1 else "day of collapse"
    # Within the axes it met the names of dated events.
    style.note(ax.figure, f"At the foot: {said}{', rows as curves end' * (len(with_breaks) > 1)}.")  # pyright: ignore[reportArgumentType]


def chance(ax: Axes, table: pd.DataFrame) -> Axes:
    """Draw the chance of collapse of each policy with its Wilson interval.

    Args:
        ax: Where to draw.
        table: One row a policy (the index) with columns chance, low, high, each in [0, 1].
    """
    places = style.name_rows(ax, list(table.index))
    mid, low, high = (table[name].to_numpy(dtype=float) for name in ("chance", "low", "high"))
    ax.hlines(places, low, high, color=style.soft_ink(), linewidth=1.6)
    ax.plot(mid, places, linestyle="none", marker="o", markersize=7, color=style.ink())
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("share of runs, with 95 % Wilson interval")
    ax.set_title("Chance that the force collapses")
    return ax
