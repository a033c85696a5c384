"""The daily probability of leaving against the share of peers gone and the asylum dial."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from desertion.figures import style
from desertion.figures.labels import percent

type Values = NDArray[np.float64]

_LEAST = 1e-7


def surface(ax: Axes, table: pd.DataFrame, *, status_quo: float | None = None, title: str = "") -> Axes:
    """Draw the probability as shades with contour lines at round values.

    Args:
        ax: Where to draw.
        table: Daily probability of leaving; one row a position of the asylum dial (the index), one column a share of peers gone,
            both rising.
        status_quo: Position of the dial that stands for today's policy; marked with a line.
        title: Who decides what.
    """
    dial = table.index.to_numpy(dtype=float)
    shares = table.columns.to_numpy(dtype=float)
    chance = table.to_numpy(dtype=float)
    if max(chance.min(), _LEAST) < chance.max():
        _shades(ax, shares, dial, chance)
    else:
        ax.set(xlim=(shares[0], shares[-1]), ylim=(dial[0], dial[-1]))
        most = "at most " if chance.min() < chance.max() else ""
        words = f"{most}{_percent(float(chance.max()))} a day,\nwherever the dial stands\nand whoever has left"
        ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center")
    if status_quo is not None:
        ax.axhline(status_quo, color="#d55e00", linewidth=1.4, linestyle=(0.0, (6.0, 2.0)))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    ax.grid(visible=False)
    ax.set_xlabel("share of peers who have left")
    # Named beside the axis: within it the name met the labels of lines.
    ax.set_ylabel("asylum dial (0 closed, 1 open fast track)" + "\ndashed: today's policy" * (status_quo is not None))
    ax.set_title(title or "Daily probability of leaving")
    return ax


def _shades(ax: Axes, shares: Values, dial: Values, chance: Values) -> None:
    """Shades with contour lines, and a bar that says what they mean."""
    shown = np.clip(chance, max(_LEAST, float(chance.max()) * 1e-4), None)
    norm = LogNorm(float(shown.min()), float(max(shown.max(), shown.min() * 10)))
    mesh = ax.pcolormesh(shares, dial, shown, norm=norm, cmap=style.ladder(), shading="gouraud", rasterized=True)
    lines = [
        value for value in _round_values(norm.vmin or _LEAST, norm.vmax or 1.0) if shown.min() < value < shown.max()
    ]
    if lines and min(chance.shape) > 1:
        drawn = ax.contour(shares, dial, shown, levels=lines, colors="#ffffff", linewidths=1.0)
        drawn.set_path_effects([withStroke(linewidth=2.2, foreground="#1a1a1a")])
        margin = 0.06 * (shares[-1] - shares[0])
        labels = ax.clabel(drawn, fmt=_percent, fontsize="small")
        for label in labels:
            # Of a line close to the edge half the label would be cut off.
            across = float(np.clip(label.get_position()[0], shares[0] + margin, shares[-1] - margin))
            label.set(
                x=across, color="#1a1a1a", rotation=0, bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.2}
            )
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02, extend="min" if chance.min() < shown.min() else "neither")
    low, high = float(norm.vmin or _LEAST), float(norm.vmax or 1.0)
    marks = _round_values(low * 0.999, high * 1.001) or [low, high]
    # The shades reach over a decade at least, so that small differences look small; the bar ends where the values do.
    high = max(min(high, float(shown.max())), low * 1.001)
    bar.ax.set_ylim(low, high)
    marks = [value for value in marks if value <= high] or [low, high]
    bar.set_ticks(marks, labels=[_percent(value) for value in marks])
    bar.minorticks_off()
    bar.set_label("probability a day (logarithmic)")
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]


def _percent(value: float) -> str:
    if not value:
        return "0 %"
    return percent(value, figures=3) if value >= 1e-6 else f"{1e6 * value:.2g} in a million"


def _round_values(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten between two numbers, thinned to at most seven."""
    powers = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    values = [float(step * 10.0**power) for power in powers for step in (1, 2, 5)]
    inside = [value for value in values if low < value < high]
    return inside if len(inside) <= 7 else [value for value in inside if f"{value:e}"[0] == "1"]
