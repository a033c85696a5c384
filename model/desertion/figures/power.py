"""How often a test finds contagion where it is and where it is not, and whether its probabilities are right."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from desertion.figures import style
from desertion.figures.labels import rounded

_BINS = 12


def power(ax: Axes, table: pd.DataFrame, lines: str, least: float) -> Axes:
    """Draw how often contagion is found against the share of leavers owed to it, a line a series.

    Args:
        ax: Where to draw.
        table: One row a line and range: owed_from, owed_to, histories, found (of them), low, high.
        lines: Column whose values are told apart.
        least: Power below which the test is given up where 50 to 80 % are owed.
    """
    middles = (table["owed_from"] + table["owed_to"]) / 2.0
    _rates(ax, table.assign(x=100.0 * middles), lines, 0.9)
    ax.plot([50, 80], [least, least], color=style.ink(), linewidth=1.6, linestyle=(0, (2, 1)), marker="None")
    ax.annotate("stop rule", (80, least), xytext=(2, 0), textcoords="offset points", va="center", fontsize="small")
    ax.set_xlabel("share of leavers owed to contagion, %")
    ax.set_xlim(-2, 104)
    return ax


def lengths(ax: Axes, table: pd.DataFrame, lines: str, least: float) -> Axes:
    """Draw how often contagion is found against the number of points of a series, a line a dispersion of its counts.

    Args:
        ax: Where to draw.
        table: One row a line and length: points, histories, found (of them), low, high.
        lines: Column whose values are told apart.
        least: Power below which the test is given up.
    """
    _rates(ax, table.assign(x=np.log2(table["points"])), lines, 0.04)
    ax.axhline(least, color=style.ink(), linewidth=1.6, linestyle=(0, (2, 1)))
    known = sorted(set(table["points"]))
    ax.set_xticks(np.log2(known), [str(points) for points in known])
    ax.set_xlim(np.log2(known[0]) - 0.2, np.log2(known[-1]) + 0.2)
    ax.set_xlabel("points of the series")
    return ax


def _rates(ax: Axes, table: pd.DataFrame, lines: str, shift: float) -> None:
    _lines(ax, table.assign(y=table["found"] / table["histories"]), lines, shift)
    ax.set_ylabel("share of histories in which it is found")


def _lines(ax: Axes, table: pd.DataFrame, lines: str, shift: float = 0.0) -> None:
    """Draw y from low to high over x, in [0, 1], a line for each value of a column, side by side."""
    names = list(dict.fromkeys(table[lines]))
    for place, (name, pen) in enumerate(zip(names, style.pens(len(names) + 1)[1:], strict=True)):
        own = table[table[lines] == name].sort_values("x", kind="stable")
        x = own["x"] + shift * (place - (len(names) - 1) / 2)
        mark = "osD^v"[place % 5]
        ax.plot(x, own["y"], mark, linestyle=pen.linestyle, color=pen.color, markersize=4, label=str(name))
        ax.vlines(x, own["low"], own["high"], color=pen.color, linewidth=1.2)
    ax.set_ylim(-0.02, 1.02)
    ax.legend(loc="upper left", fontsize="small")


def reliability(ax: Axes, table: pd.DataFrame, lines: str) -> Axes:
    """Draw the share of histories with contagion against the stated probability, a line a series; the diagonal is right.

    Args:
        ax: Where to draw.
        table: One row a line and tenth: stated, true, low, high.
        lines: Column whose values are told apart.
    """
    ax.plot([0, 1], [0, 1], color=style.soft_ink(), linewidth=1.0, linestyle=(0, (4, 2)), marker="None")
    _lines(ax, table.assign(x=table["stated"], y=table["true"]), lines)
    ax.set_xlabel("stated probability of contagion")
    ax.set_ylabel("share of histories with contagion")
    ax.set_xlim(-0.02, 1.02)
    return ax


def posterior(
    ax: Axes, draws: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]] | None], ends: tuple[float, float]
) -> None:
    """Draw posterior histograms of one parameter over its prior, on the scale on which the prior is flat.

    Args:
        ax: Where to draw.
        draws: By rival, (particle,) posterior draws as shares of the prior and (particle,) weights that add up to 1; none for
            a rival that has no such parameter or died out, which keeps its colour for itself.
        ends: The least and the largest value of the prior.
    """
    for (rival, drawn), pen in zip(draws.items(), style.pens(len(draws) + 1)[1:], strict=True):
        if drawn is not None:
            shares, weights = drawn
            heights, edges = np.histogram(shares, bins=_BINS, range=(0.0, 1.0), weights=weights * _BINS)
            ax.stairs(heights, edges, fill=True, color=pen.color, alpha=0.3)
            ax.stairs(heights, edges, color=pen.color, linestyle=pen.linestyle, linewidth=1.6, label=rival)
    ax.axhline(1.0, color=style.ink(), linewidth=1.2, linestyle=(0, (4, 2)))
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(bottom=0.0)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    ax.set_xticks([0.0, 1.0], [rounded(end, 4) for end in ends])
