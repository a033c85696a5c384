"""Fronts: the policy mixes that a search tried, by what was wanted, with the edge that nothing tried goes beyond."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from desertion.figures import style
from desertion.figures.answers import label
from desertion.study.analysis.goal import Goal
from desertion.study.analysis.pareto import LESS, MORE

# Ratio of largest to smallest value from which an axis is logarithmic.
_DECADES = 30.0
_MARKS = ("o", "D", "s", "^")


def fronts(ax: Axes, table: pd.DataFrame, goal: Goal) -> Axes:
    """Draw candidates by two measures, a mark a sampler, with a staircase along each one's front.

    Args:
        ax: Where to draw.
        table: As :func:`desertion.study.search.candidates.together` makes it: proposed_by, within, front and the measures.
        goal: What was wanted; its first measure stands upright, the next (or the first limit) across.
    """
    y, x = _axes(goal)
    names = list(dict.fromkeys(table["proposed_by"]))
    for index, (name, pen) in enumerate(zip(names, style.pens(len(names)), strict=True)):
        part = table[(table["proposed_by"] == name) & table["within"]]
        mark, filled = _MARKS[index % len(_MARKS)], index % 2 == 0
        face = pen.color if filled else style.paper_color()
        ax.plot(part[x], part[y], mark, color=pen.color, markerfacecolor=face, markersize=4, alpha=0.35, zorder=2)
        best = part[part["front"]].sort_values(x)
        (line,) = ax.plot(
            best[x],
            best[y],
            mark,
            color=pen.color,
            markerfacecolor=face,
            markersize=7,
            zorder=4 - index / 10,
            label=f"{name}: front ({len(best)} of {len(part)} within the limits)",
        )
        if len(goal.wanted) == 2:
            line.set_linestyle(pen.linestyle)
            line.set_drawstyle("steps-post" if goal.wanted[x] == LESS else "steps-pre")
    _beyond(ax, table, x, y)
    if x in goal.limits:
        ax.axvline(goal.limits[x], color=style.soft_ink(), linestyle=(0, (3, 2)), linewidth=1.2, label="the limit")
    if _wide(table.loc[table["within"], x]):
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    else:
        style.counts(ax, "x")
    style.counts(ax, "y")
    ax.margins(0.06)
    ax.set(
        xlabel=f"mean {label(x)}{_wish(goal, x)}",
        ylabel=f"mean {label(y)}{_wish(goal, y)}",
        title="Policy mixes that were tried; small and pale: beaten by another",
    )
    ax.legend(loc="best", frameon=True, framealpha=0.9)
    return ax


def _beyond(ax: Axes, table: pd.DataFrame, x: str, y: str) -> None:
    rest = table[~table["within"] & np.isfinite(table[x]) & np.isfinite(table[y])]
    if len(rest):
        words = f"beyond a limit ({len(rest)})"
        ax.plot(rest[x], rest[y], "x", color=style.soft_ink(), markersize=4, alpha=0.6, zorder=1, label=words)


def _axes(goal: Goal) -> tuple[str, str]:
    y, *others = goal.measures
    return y, (others[0] if others else "design")


def _wide(values: pd.Series) -> bool:
    return bool(len(values) and values.min() > 0 and values.max() >= _DECADES * values.min())


def _wish(goal: Goal, name: str) -> str:
    wish = goal.wanted.get(name)
    return "" if wish is None else f", {'more' if wish == MORE else 'less'} is better"
