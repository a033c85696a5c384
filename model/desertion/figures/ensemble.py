"""What is left of the ranges of inputs in the worlds of an ensemble, and how far from the figures their results lie."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from desertion.figures import style
from desertion.figures.closeness import Mark, rows


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


def deviations(ax: Axes, marks: Sequence[Mark], cutoff: float, most: float = 10.0) -> Axes:
    """Draw how far results lie from the figures, in standard deviations, one target a row from the top.

    Args:
        ax: where to draw.
        marks: the rows; strong for targets that rule out.
        cutoff: distance from which a world is ruled out.
        most: distance at which the axis ends.
    """
    rows(ax, marks)
    for line in (-cutoff, cutoff):
        ax.axvline(line, color=style.ink(), linewidth=1.0, linestyle=(0, (4, 2)), zorder=0)
    ends = [abs(x) for mark in marks for x in (mark.low, mark.high)]
    width = min(most, max([cutoff * 1.2, *ends]) * 1.05)
    ax.set_xlim(-width, width)
    ax.set_xlabel("standard deviations from the figure")
    ax.tick_params(axis="y", labelsize="x-small")
    return ax
