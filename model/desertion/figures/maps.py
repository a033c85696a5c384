"""Maps: a measure over two parameters, with the theory's tipping line and the scenario's own place."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from desertion.figures import style
from desertion.figures.labels import beside, count_of, label

# A heatmap of so many cells or fewer has room for its numbers.
_CELLS_WITH_NUMBERS = 36
# The whole ladder of colours stands for at least this share of the largest value: a difference of a hundredth must not look like all or nothing.
_LEAST_SPAN = 0.5
# Size of the scenario's star, and how far from it the number of its cell stands, in letters' heights.
_STAR, _UNDER = 1.3, 1.1
# Values from which on numbers are written short.
_LONG = 10_000.0


def heatmap(
    ax: Axes,
    table: pd.DataFrame,
    title: str,
    unit: str,
    tipping: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    from_zero: bool = True,
    most: float | None = None,
    shipped: tuple[float, float] | None = None,
    size: float = 1.0,
) -> Axes:
    """Draw a measure over two parameters, with the theory's tipping line over it.

    Args:
        ax: Where to draw.
        table: One row a value of the upright parameter, one column a value of the other, both ascending.
        title: What is shown.
        unit: Unit of the colour bar.
        tipping: Points (x, y) of the line at which the theory's reproduction number is 1.
        from_zero: Whether the colours begin at 0, as they should for a chance.
        most: Value of the strongest colour, None for the largest of the table.
        shipped: Where the scenario itself stands on both axes, None where it does not.
        size: Real persons for each simulated one, where the values count persons.
    """
    x, y = table.columns.to_numpy(np.float64), table.index.to_numpy(np.float64)
    values = table.to_numpy(np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    # The lowest must not look like paper, which stands for what was not run.
    floor = 0.0 if from_zero else low - 0.15 * (high - low)
    span = _LEAST_SPAN * abs(high)
    if not from_zero and high - floor < span:
        floor, most = (low + high - span) / 2, (low + high + span) / 2
    if np.isnan(values).any():
        # Nothing in all runs has the colour of paper too.
        ax.patch.set(hatch="///", edgecolor=style.soft_ink())
        ax.fill_between([], [], facecolor=style.paper_color(), edgecolor=style.soft_ink(), hatch="///", label="not run")
    mesh = ax.pcolormesh(_edges(x), _edges(y), values, cmap=style.ladder(), vmin=floor, vmax=most)
    if values.size <= _CELLS_WITH_NUMBERS:
        _write_cells(ax, mesh, x, y, values, shipped, size)
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02)
    bar.set_label(unit)
    if low >= 0.0:  # colours begin below the lowest value, but nothing is below nothing
        bar.ax.set_ylim(bottom=max(floor, 0.0))
    style.counts(bar.ax) if high >= _LONG else None
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    if tipping is not None:
        ax.plot(*tipping, color=style.paper_color(), linewidth=4.0)
        ax.plot(*tipping, color="#d55e00", linewidth=2.0, linestyle=(0, (4, 1.5)), label="R = 1 in theory")
    if shipped is not None:
        star = _STAR * float(mpl.rcParams["font.size"])
        ax.plot(
            *shipped, "*", color="#d55e00", markeredgecolor=style.paper_color(), markersize=star, label="the scenario"
        )
    if ax.get_legend_handles_labels()[0]:
        style.legend_above(ax, 3)
    ax.set_xlim(_edges(x)[0], _edges(x)[-1])
    ax.set_ylim(_edges(y)[0], _edges(y)[-1])
    ax.grid(visible=False)
    ax.set(xlabel=label(str(table.columns.name)), ylabel=beside(str(table.index.name)), title=title)
    return ax


def _write_cells(
    ax: Axes,
    mesh: QuadMesh,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    values: NDArray[np.float64],
    shipped: tuple[float, float] | None,
    size: float,
) -> None:
    """Write the numbers of a small table into its cells, clear of lines and of the scenario's star, and mark the axes at its values only."""
    letter = float(mpl.rcParams["font.size"])
    for row, up in enumerate(y):
        for column, right in enumerate(x):
            value = float(values[row, column])
            if not np.isnan(value):
                paint = mesh.to_rgba(np.array([value]))[0]
                under = shipped is not None and _is_near(shipped[0], column, x) and _is_near(shipped[1], row, y)
                ax.annotate(
                    count_of(value, size), (right, up), (0.0, -_UNDER * letter if under else 0.0), textcoords="offset points", ha="center", va="center",
                    color=style.ink_on(paint), fontsize="small", path_effects=[withStroke(linewidth=3.0, foreground=paint)],
                )  # fmt: skip
    ax.set_xticks(x)
    ax.set_yticks(y)


def _is_near(at: float, cell: int, centres: NDArray[np.float64]) -> bool:
    """Whether a value lies in the middle of a cell, where its number stands."""
    edges = _edges(centres)
    return abs(at - centres[cell]) < 0.3 * (edges[cell + 1] - edges[cell])


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of cells around grid values."""
    if len(centres) == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    inner = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - inner[0]], inner, [2 * centres[-1] - inner[-1]]])
