"""Power and false alarms, and what a series says about the parameters of a rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from desertion.figures import style
from desertion.study.laboratory.power import SURE, Cell


def power(ax: Axes, cells: Sequence[Cell], seen: str, noise: float) -> Axes:
    """Draw how often contagion is found against the length of the series, one line per true rival.

    Args:
        ax: Where to draw.
        cells: Power and false alarms.
        seen: `totals` or `units`.
        noise: Dispersion of the published counts.
    """
    chosen = [cell for cell in cells if cell.setting.seen == seen and cell.setting.noise == noise]
    truths = list(dict.fromkeys(cell.truth for cell in chosen))
    lines = style.pens(len(truths) + 1)[1:]
    lengths = sorted({cell.setting.points for cell in chosen})
    ends: list[float] = []
    for place, (truth, pen) in enumerate(zip(truths, lines, strict=True)):
        own = sorted((cell for cell in chosen if cell.truth == truth), key=lambda cell: cell.setting.points)
        x = np.arange(len(own)) + 0.06 * (place - (len(truths) - 1) / 2)
        share = [cell.found / cell.histories for cell in own]
        ax.plot(x, share, "o", linestyle=pen.linestyle, color=pen.color, markersize=4)
        ax.vlines(x, [cell.low for cell in own], [cell.high for cell in own], color=pen.color, linewidth=1.2)
        ends.append(share[-1])
    ax.set_xticks(range(len(lengths)), [str(length) for length in lengths])
    ax.set_xlabel("points of the series")
    ax.set_ylabel(f"share with P(contagion) ≥ {SURE:g}")
    ax.set_ylim(-0.02, 1.02)
    ax.set_xlim(-0.3, len(lengths) - 0.7)
    style.label_ends(ax, truths, ends, lines)
    return ax


def posteriors(
    axes: Sequence[Axes],
    names: Sequence[str],
    shares: NDArray[np.float64],
    weights: NDArray[np.float64],
    meanings: Mapping[str, str],
) -> None:
    """Draw posterior histograms over the prior, one per axes, on the scale on which the prior is flat.

    Args:
        axes: One per parameter.
        names: Names of the parameters.
        shares: (particle, parameter) posterior draws as shares of their prior.
        weights: (particle,) weights that add up to 1.
        meanings: By parameter, what its axis is called.
    """
    color = style.pens(2)[1].color
    for ax, name, column in zip(axes, names, shares.T, strict=False):
        ax.hist(column, bins=12, range=(0.0, 1.0), weights=weights * 12, color=color, alpha=0.75)
        ax.axhline(1.0, color=style.ink(), linewidth=1.2, linestyle=(0, (4, 2)))
        ax.set_title(meanings.get(name, name), fontsize="small")
        ax.set_xlim(0.0, 1.0)
        ax.set_yticks([])
        ax.set_xticks([0.0, 1.0], ["low end", "high end"])
