"""Power and false alarms, and what a series says about the parameters of a rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from desertion.figures import style


def power(ax: Axes, table: pd.DataFrame, seen: str, noise: float, sure: float) -> Axes:
    """Draw how often contagion is found against the length of the series, one line per true rival.

    Args:
        ax: Where to draw.
        table: One row a setting and true rival: points (of the series), noise, seen, truth, histories, found (of them), low, high.
        seen: "totals" or "units".
        noise: Dispersion of the published counts.
        sure: Posterior probability from which contagion counts as found.
    """
    chosen = table[(table["seen"] == seen) & (table["noise"] == noise)].sort_values("points", kind="stable")
    truths = list(dict.fromkeys(chosen["truth"]))
    lines = style.pens(len(truths) + 1)[1:]
    lengths = list(dict.fromkeys(chosen["points"]))
    ends: list[float] = []
    for place, (truth, pen) in enumerate(zip(truths, lines, strict=True)):
        own = chosen[chosen["truth"] == truth]
        x = np.arange(len(own)) + 0.06 * (place - (len(truths) - 1) / 2)
        share = (own["found"] / own["histories"]).to_numpy()
        ax.plot(x, share, "o", linestyle=pen.linestyle, color=pen.color, markersize=4)
        ax.vlines(x, own["low"], own["high"], color=pen.color, linewidth=1.2)
        ends.append(float(share[-1]))
    ax.set_xticks(range(len(lengths)), [str(length) for length in lengths])
    ax.set_xlabel("points of the series")
    ax.set_ylabel(f"share with P(contagion) ≥ {sure:g}")
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
