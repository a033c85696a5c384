"""Who left only because of a policy, and how much a policy changes."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from desertion.figures import labels, style
from desertion.figures.labels import NO_INTERVAL
from desertion.figures.line_names import LONGEST_NAME
from desertion.scenario.grain import marked

_DOT, _CLEAR = 2.4, 8.0
"""Points from one dot of a pair to the next, and from the middle of a row's mark to the first."""
_AXES = 0.6
"""Share of the figure that the axes have at least, in each direction."""
_LINE = 48  # letters of a line below the axis, whose width is what names leave of the page

PARTS: dict[str, tuple[str, str]] = {
    "both": ("#b4b9c1", "left under both"),
    "only_a": ("#d55e00", "only under {a}"),
    "only_b": ("#2a72b5", "only under the policy named"),
}
"""Fill and name of each group."""


def bars(ax: Axes, attribution: pd.DataFrame, size: float = 1.0) -> Axes:
    """Draw, for each policy against the baseline, how many left under both, only the one, only the other.

    Those who left only under the baseline stand left of zero, all others right of it.

    Args:
        ax: Where to draw.
        attribution: Columns a, b, both, only_a, only_b, neither: persons, mean over replicates; one row a pair.
        size: Real persons for each simulated one: numbers that are too small to tell are marked.
    """
    places = style.name_rows(ax, list(attribution["b"]))
    both, only_a, only_b = (attribution[name].to_numpy(dtype=float) for name in ("both", "only_a", "only_b"))
    baseline = str(attribution["a"].iloc[0])
    for values, starts, part in ((-only_a, 0.0, "only_a"), (both, 0.0, "both"), (only_b, both, "only_b")):
        color, name = PARTS[part]
        ax.barh(
            places,
            values,
            left=starts,
            height=0.62,
            color=color,
            edgecolor=style.paper_color(),
            linewidth=0.8,
            label=name.format(a=labels.within(baseline)),
            hatch="///" if part == "only_a" else None,
        )
    widest = max(float((both + only_b).max()), float(only_a.max()), 1.0)
    for place, low, high in zip(places, only_a, only_b, strict=True):
        ax.text(
            -low - widest * 0.015,
            place,
            marked(f"-{labels.number(low)}" if low else "0", low, size),
            va="center",
            ha="right",
            fontsize="small",
        )
        at = both[len(places) - 1 - int(place)] + high + widest * 0.015
        more = marked(f"+{labels.number(high)}" if high else "0", high, size)
        ax.text(at, place, more, va="center", fontsize="small")
    ax.axvline(0.0, color=style.soft_ink(), linewidth=1.0)
    ax.set_xlim(-float(only_a.max()) - widest * 0.13, float((both + only_b).max()) + widest * 0.13)
    if not np.any([only_a, both, only_b]):
        ax.set_xlim(-1.0, 1.0)
    style.counts(ax, "x")
    ax.set_xlabel("persons, mean of runs")
    # So that the legend has room in one line beside the names of rows.
    is_short = max(len(str(name)) for name in (baseline, *attribution["b"])) <= LONGEST_NAME
    ax.set_title(f"The same people under {baseline} and under another policy", pad=28 if is_short else 60)
    style.legend_above(ax, 3 if is_short else 1, columnspacing=1.4, handlelength=1.4)
    return ax


def _dots(ax: Axes, places: NDArray[np.int64], rows: Sequence[NDArray[np.float64]]) -> None:
    """Draw the sorted values of each row as dots clear of its mark, each so far up that it covers none before it."""
    figure, flat = ax.get_figure(root=True), np.concatenate([np.zeros(1), *rows])
    assert figure is not None
    wide, high = (72.0 * size * _AXES for size in figure.get_size_inches())  # pyright: ignore[reportAttributeAccessIssue]
    apart = float(np.ptp(flat)) * _DOT / wide
    heaps = [_heaped(values, apart) for values in rows]
    room = 0.6 * high / (len(places) + 0.2) - _CLEAR
    step = min(_DOT, room / max((int(heap.max(initial=0)) + 1 for heap in heaps), default=1))
    for place, values, heap in zip(places, rows, heaps, strict=False):
        for level in np.unique(heap):
            up = ScaledTranslation(0.0, (_CLEAR + step * float(level)) / 72.0, figure.dpi_scale_trans)  # pyright: ignore[reportAttributeAccessIssue]
            on = values[heap == level]
            ax.plot(
                on,
                np.full(len(on), float(place)),
                ".",
                markersize=4,
                color=style.soft_ink(),
                transform=ax.transData + up,
            )


def _heaped(values: NDArray[np.float64], apart: float) -> NDArray[np.int64]:
    """The lowest level of each sorted value on which the one before it lies further off than `apart`."""
    last, levels = list[float](), list[int]()
    for value in values:
        level = next((row for row, before in enumerate(last) if value - before > apart), len(last))
        last[level : level + 1] = [float(value)]
        levels.append(level)
    return np.array(levels, dtype=np.int64)


def effects(
    ax: Axes,
    paired: pd.DataFrame,
    *,
    title: str = "",
    runs: Mapping[str, NDArray[np.float64]] | None = None,
) -> Axes:
    """Draw paired differences from the baseline with their intervals, one row a policy.

    Args:
        ax: Where to draw.
        paired: Columns policy, difference, low, high (NaN where there is no interval); differences of medians of pairs, policy less baseline.
        title: What differs.
        runs: The difference of each pair by policy, drawn as dots; none if there are too many to be told apart.
    """
    places = style.name_rows(ax, list(paired["policy"]))
    _dots(ax, places, [np.sort(runs[str(policy)]) for policy in paired["policy"]] if runs else [])
    mid, low, high = (paired[name].to_numpy(dtype=float) for name in ("difference", "low", "high"))
    sure, unknown = (low > 0.0) | (high < 0.0), np.isnan(low)
    ax.axvline(0.0, color=style.soft_ink(), linewidth=1.0)
    ax.hlines(places, low, high, color=style.soft_ink(), linewidth=1.8)
    for mask, fill, name in (
        (sure, style.ink(), "interval excludes 0"),
        (~sure & ~unknown, style.paper_color(), "interval holds 0"),
        (unknown, style.soft_ink(), NO_INTERVAL),
    ):
        if mask.any():
            ax.plot(
                mid[mask],
                places[mask],
                linestyle="none",
                marker="o",
                markersize=8,
                markerfacecolor=fill,
                markeredgecolor=style.ink(),
                markeredgewidth=1.3,
                label=name,
            )
    ax.margins(x=0.06)
    if not np.nan_to_num([mid, low, high]).any() and not any(values.any() for values in (runs or {}).values()):
        ax.set_xlim(-1.0, 1.0)
    style.counts(ax, "x")
    dots = "; dots: pairs of runs, heaped where they meet" if runs else ""
    bars = "" if unknown.all() else " with 95 % interval"
    ax.set_xlabel(textwrap.fill(f"persons, median of the paired differences{bars}{dots}", _LINE))
    ax.set_title(title or "Difference from the baseline", pad=28)
    style.legend_above(ax, 2, handlelength=1.0)
    return ax
