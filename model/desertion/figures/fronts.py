"""The policy mixes that a search tried, by what was wanted, with the edge that nothing tried goes beyond."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from desertion.figures import findings, style
from desertion.figures.labels import label

# Ratio of largest to smallest value from which an axis is logarithmic.
_DECADES = 30.0
_MARKS = ("o", "D", "s", "^")


def fronts(
    ax: Axes, table: pd.DataFrame, wanted: Mapping[str, str], limits: Mapping[str, float], size: float = 1.0
) -> Axes:
    """Draw candidates by two measures, a mark a sampler, with a staircase along each one's front.

    Args:
        ax: Where to draw.
        table: One row a candidate: proposed_by, within (the limits), front (of those that the same sampler proposed), and the measures.
        wanted: For each measure whether "more" or "less" of it is better; the first stands upright, the next (or the first with a
            limit) across.
        limits: Largest mean that a measure may have.
        size: Real persons for each simulated one, where the first measure counts persons.
    """
    y, *others = dict.fromkeys([*wanted, *limits])
    x = others[0] if others else "design"
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
            label=f"{name}: front ({len(best)} of {f'the {len(part)} within the limits' if limits else len(part)})",
        )
        if len(wanted) == 2:
            line.set_linestyle(pen.linestyle)
            line.set_drawstyle("steps-post" if wanted[x] == "less" else "steps-pre")
    rest = table[~table["within"] & np.isfinite(table[x]) & np.isfinite(table[y])]
    if len(rest):
        words = f"beyond a limit ({len(rest)})"
        ax.plot(rest[x], rest[y], "x", color=style.soft_ink(), markersize=4, alpha=0.6, zorder=1, label=words)
    limit: dict[str, Any] = {"color": style.soft_ink(), "linestyle": (0, (3, 2)), "linewidth": 1.2}
    told = "the limits" if {x, y} <= {*limits} else "the limit"
    if x in limits:
        ax.axvline(limits[x], label=told, **limit)
    if y in limits:
        ax.axhline(limits[y], label="_" if x in limits else told, **limit)
    # What is 0 has no place on a logarithmic axis, be it within the limits or beyond.
    values, drawn = table.loc[table["within"], x], table[x][np.isfinite(table[x])]
    ax.margins(0.06)
    ax.set(
        xlabel=f"mean {label(x)}{_wish(wanted, x)}",
        ylabel=f"mean {label(y)}{_wish(wanted, y)}",
        title=findings.of_search(table, y, wanted.get(y, "more"), size, limited=bool(limits)),
    )
    if len(values) and drawn.min() > 0 and values.max() >= _DECADES * values.min():
        style.logarithmic(ax, "x")
    else:
        style.counts(ax, "x")
    style.counts(ax, "y")
    for name, reach in ((x, ax.set_xlim), (y, ax.set_ylim)):
        if name in table and not table.loc[np.isfinite(table[name].astype(float)), name].any():
            reach(-0.06, 1.06)  # hundredths of nothing are no ticks
    ax.legend(loc="best", frameon=True, framealpha=0.9, title="small and pale: beaten by another", alignment="left")
    return ax


def _wish(wanted: Mapping[str, str], name: str) -> str:
    return f", {wanted[name]} is better" if name in wanted else ""
