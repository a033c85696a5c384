"""Marks with intervals, one a row: close pairs beside chance, alarms of a test, and the worlds that a match keeps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from desertion.figures import style

_CROWDED = 20.0  # end over beginning of an axis beyond which ticks stand a doubling apart
WIDEST = 10.0
"""Standard deviations at which an axis ends."""


@dataclass(frozen=True)
class Mark:
    """One row of a figure: a value with its interval, and the span in which chance alone would put it.

    Attributes:
        name: what stands at the left.
        value: where the mark is.
        low: lower end of its interval.
        high: upper end.
        chance: span of chance alone, or none.
        strong: whether it is drawn as the main one.
    """

    name: str
    value: float
    low: float
    high: float
    chance: tuple[float, float] | None = None
    strong: bool = False


def ratios(ax: Axes, marks: Sequence[Mark]) -> Axes:
    """Draw ratios of observed over expected, one a row from the top, on a logarithmic axis; an arrow at its end stands for a ratio beyond, 0 among them."""
    rows(ax, marks)
    ax.axvline(1.0, color=style.ink(), linewidth=1.0, linestyle=(0, (4, 2)), zorder=0)
    finite = [
        x
        for mark in marks
        for x in (mark.low, mark.high, mark.value, *(mark.chance or ()))
        if np.isfinite(x) and x > 0.0
    ]
    ax.set_xscale("log", base=2)
    left, right = max(min([*finite, 0.75]) * 0.9, 0.2), min(max([*finite, 1.5]) * 1.1, 8.0)
    ax.set_xlim(left, right)
    _arrows(ax, marks, left, right)
    wide = right / left > _CROWDED
    ticks = [
        tick
        for tick in (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
        if left <= tick <= right and not (wide and tick in (0.75, 1.5))
    ]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("close pairs over their expectation (log scale)")
    return ax


def shares(ax: Axes, marks: Sequence[Mark], level: float) -> Axes:
    """Draw shares of histories with an alarm, one a row from the top, and the nominal `level`."""
    rows(ax, marks)
    ax.axvline(level, color=style.ink(), linewidth=1.0, linestyle=(0, (4, 2)), zorder=0)
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("share of histories with an alarm")
    return ax


def rows(ax: Axes, marks: Sequence[Mark]) -> None:
    """Draw marks with their intervals and spans of chance, one a row from the top."""
    pens = style.pens(2)
    for row, mark in enumerate(marks):
        y = -row
        if mark.chance is not None:
            ax.plot(mark.chance, (y, y), color=style.grid_color(), linewidth=9.0, solid_capstyle="butt", marker="None")
        pen = pens[1] if mark.strong else pens[0]
        ax.plot(
            (mark.low, mark.high),
            (y, y),
            color=pen.color,
            linewidth=2.4 if mark.strong else 1.2,
            marker="None",
            linestyle="-",
        )
        ax.plot([mark.value], [y], marker="o", color=pen.color, markersize=7 if mark.strong else 4.5)
    ax.set_yticks([-row for row in range(len(marks))], [mark.name for mark in marks])
    ax.set_ylim(-len(marks) + 0.4, 0.6)
    ax.grid(visible=False, axis="y")


def _arrows(ax: Axes, marks: Sequence[Mark], left: float, right: float) -> None:
    """An arrow at the end of the axis beyond which a mark lies."""
    for row, mark in enumerate(marks):
        if mark.value < left or mark.value > right:
            end, arrow = (left, "<") if mark.value < left else (right, ">")
            ax.plot([end], [-row], marker=arrow, color=style.pens(2)[int(mark.strong)].color, clip_on=False)


def ranges(ax: Axes, marks: Sequence[Mark]) -> Axes:
    """Draw where kept worlds lie in the range of each input, one a row from the top.

    Args:
        ax: where to draw.
        marks: the rows, as shares of the range; strong where the evidence says something.
    """
    rows(ax, marks)
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("place in the range that was swept")
    ax.tick_params(axis="y", labelsize="x-small")
    return ax


def deviations(ax: Axes, marks: Sequence[Mark], cutoff: float) -> Axes:
    """Draw how far results lie from the figures, in standard deviations, one target a row from the top; an arrow at an end stands for one beyond.

    Args:
        ax: where to draw.
        marks: the rows; strong for targets that rule out.
        cutoff: distance from which a world is ruled out.
    """
    rows(ax, marks)
    for line in (-cutoff, cutoff):
        ax.axvline(line, color=style.ink(), linewidth=1.0, linestyle=(0, (4, 2)), zorder=0)
    ends = [abs(x) for mark in marks for x in (mark.low, mark.high)]
    width = min(WIDEST, max([cutoff * 1.2, *ends]) * 1.05)
    ax.set_xlim(-width, width)
    _arrows(ax, marks, -width, width)
    ax.set_xlabel("standard deviations from the figure")
    ax.tick_params(axis="y", labelsize="x-small")
    return ax
