"""What a study answers, drawn: sizes, responses, sensitivity, paired differences, Pareto fronts."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from desertion.figures import findings, style
from desertion.figures.labels import beside, label, points, policy, sentence, within
from desertion.figures.line_names import label_ends
from desertion.simulation.record.columns import is_chance

# Ratio of largest to smallest value from which a parameter is drawn on a logarithmic axis.
_DECADES = 100.0
# Inputs whose names may stand in several lines each.
_FEW_NAMES = 10
# Values from which on numbers on an axis are written short.
_LONG = 10_000.0
# Points of a line up to which each is marked: between few, a line is only a guess.
_FEW_POINTS = 15
# Letters of a line below axes that long names leave little of the page.
_LINE = 60


def histogram(
    ax: Axes, counts: NDArray[np.int64], edges: NDArray[np.float64], level: float, name: str = "share_left"
) -> Axes:
    """Draw how often cascades end at which size, with the level from which they count as global.

    Args:
        ax: Where to draw.
        counts: (bins,) : runs a bin.
        edges: (bins + 1,) : edges of the bins.
        level: Size from which a cascade is global, NaN for none.
        name: The measure of size.
    """
    ax.stairs(counts, edges, fill=True, color=style.pens(1)[0].color, alpha=0.8)
    _mark_level(ax, level)
    _from_nothing(ax, float(edges[:-1][counts > 0].min(initial=edges[-1])))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10], integer=True, min_n_ticks=1))
    style.counts(ax, "x") if edges[-1] >= _LONG else None
    ax.set(xlabel=label(name), ylabel="runs", title="Sizes of cascades" if name == "share_left" else "Sizes reached")
    return ax


def exceedance(
    ax: Axes, sizes: NDArray[np.float64], exceeding: NDArray[np.float64], level: float, name: str = "share_left"
) -> Axes:
    """Draw the share of runs at least as large as each size.

    Args:
        ax: Where to draw.
        sizes: (runs,) : sorted sizes.
        exceeding: (runs,) : share of runs at least as large as each.
        level: Size from which a cascade is global, NaN for none.
        name: The measure of size.
    """
    # A share holds from above the next smaller size up to its own, and beyond the largest there is none.
    ax.step([*sizes, *sizes[-1:]], [*exceeding, *([0.0] * len(sizes[-1:]))], where="pre", color=style.pens(1)[0].color)
    _mark_level(ax, level)
    ax.set_ylim(0.0, 1.02)
    ax.set(xlabel=label(name), ylabel="share of runs at least as large", title="Sizes exceeded")
    if len(sizes) and sizes[0] > 0 and sizes[-1] > 30 * sizes[0]:
        style.logarithmic(ax, "x")
    elif len(sizes):
        _from_nothing(ax, float(sizes[0]))
        style.counts(ax, "x") if sizes[-1] >= _LONG else None
    return ax


def response(ax: Axes, runs: pd.DataFrame, x: str, measure: str, by: str | None = None, size: float = 1.0) -> Axes:
    """Draw a measure against one parameter, a line a case, marked where it was run: median and middle half, with single runs behind for one case.

    Of what happens in a run or not it is the share of runs, with Wilson's interval.

    Args:
        ax: Where to draw.
        runs: One row a run.
        x: The parameter.
        measure: The measure.
        by: Column of the cases, None for one.
        size: Real persons for each simulated one, where the measure counts persons.
    """
    arms = [""] if by is None else [str(name) for name in dict.fromkeys(runs[by])]
    drawn = style.pens(len(arms))
    medians: dict[str, pd.Series[float]] = {}
    least: list[float] = []
    for arm, pen in zip(arms, drawn, strict=True):
        part = runs if by is None else runs[runs[by] == arm]
        middle, low, high = (_chance if is_chance(measure) else _middle)(part, x, measure)
        ax.fill_between(middle.index, low, high, color=pen.color, alpha=0.13, linewidth=0)
        marker = "o" if len(middle) <= _FEW_POINTS else ""
        # The first and the last point stand on the edges of the axes, which would cut their marks in halves.
        ax.plot(
            middle.index, middle, color=pen.color, linestyle=pen.linestyle, marker=marker, markersize=4, clip_on=False
        )
        if len(arms) == 1 and not is_chance(measure):
            ax.plot(part[x], part[measure], ".", color=pen.color, markersize=3, alpha=0.35, zorder=1, clip_on=False)
            least.append(float(part[measure].min()))
        medians[arm] = middle
        least.append(float(low.min()))
    ax.set(xlabel=label(x), ylabel=beside(measure), title=findings.of_response(pd.DataFrame(medians), measure, size))
    heights = np.concatenate([middle.to_numpy(np.float64) for middle in medians.values()])
    # What is 0 has no place on a logarithmic axis, be it a line, the edge of a band or the dot of a run.
    if min(least) > 0.0 and heights.max() >= _DECADES * heights.min():
        style.logarithmic(ax, "y")
    else:
        (low, high), is_nothing = ax.get_ylim(), not np.any(ax.dataLim.intervaly)
        ax.set_ylim(0.0 if is_nothing else min(0.0, low), 1.0 if is_nothing else max(0.0, high))
        style.counts(ax) if np.abs(heights).max() >= _LONG else None
    ax.margins(x=0.0)
    if runs[x].min() > 0 and runs[x].max() >= _DECADES * runs[x].min():
        style.logarithmic(ax, "x", "{:g}".format)
    if len(arms) > 1:
        ends = [float(middle.iloc[-1]) for middle in medians.values()]
        label_ends(ax, arms, ends, drawn)
    return ax


def _middle(runs: pd.DataFrame, x: str, measure: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Median and quartiles at each value of x."""
    grouped = runs.groupby(x)[measure]
    return grouped.median(), grouped.quantile(0.25), grouped.quantile(0.75)


def _chance(runs: pd.DataFrame, x: str, measure: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Share of the runs at each value of x in which it happened, with its interval."""
    from scipy.stats import binomtest

    grouped = runs.groupby(x)[measure]
    share, counts = grouped.mean(), grouped.count()
    ends = [
        binomtest(round(part * count), count).proportion_ci(method="wilson")
        for part, count in zip(share, counts, strict=True)
    ]
    return share, pd.Series([end.low for end in ends], share.index), pd.Series([end.high for end in ends], share.index)


def scatter(ax: Axes, runs: pd.DataFrame, x: str, measure: str) -> Axes:
    """Draw the median of each design point against one of its parameters, for designs in which no two points differ by that alone."""
    points = runs.groupby("design").agg({x: "first", measure: "mean" if is_chance(measure) else "median"})
    ax.plot(points[x], points[measure], "o", color=style.pens(1)[0].color, markersize=5, alpha=0.7)
    ax.set(xlabel=label(x), ylabel=beside(measure), title=f"{sentence(measure)}, by {label(x)}")
    ax.margins(0.03)
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    style.counts(ax)
    return ax


def indices(ax: Axes, table: pd.DataFrame, measure: str) -> Axes:
    """Draw Sobol indices, total and first-order, with their intervals and the dummy's noise floor.

    Args:
        ax: Where to draw.
        table: One row a factor: factor, first, first_low, first_high, total, total_low, total_high.
        measure: The measure.
    """
    ordered = table.sort_values("total", ignore_index=True)
    places = np.arange(len(ordered))
    first, total = style.pens(2)
    for name, pen, shift, mark in (("total", total, 0.14, "s"), ("first", first, -0.14, "o")):
        middle = ordered[name].to_numpy(np.float64)
        spread = np.abs([middle - ordered[f"{name}_low"], ordered[f"{name}_high"] - middle])
        words = "total" if name == "total" else "alone (first order)"
        ax.errorbar(middle, places + shift, xerr=spread, fmt=mark, color=pen.color, capsize=3, label=words)
    floor = ordered.loc[ordered["factor"] == "dummy", "total_high"]
    if floor.notna().any():
        ax.axvspan(0.0, float(floor.iloc[0]), color=style.soft_ink(), alpha=0.15, linewidth=0)
    ax.axvline(0.0, color=style.soft_ink(), linewidth=1.0)
    ax.margins(x=0.04)
    ax.autoscale(axis="x")
    # Shares lie between 0 and 1; an estimate from too few points may run far out, where an arrow stands for it.
    left, right = max(ax.get_xlim()[0], -0.5), min(ax.get_xlim()[1], 1.5)
    ax.set_xlim(left, right)
    for name, pen, shift in (("total", total, 0.14), ("first", first, -0.14)):
        for end, arrow, is_out in ((left, "<", ordered[name] < left), (right, ">", ordered[name] > right)):
            rows = places[is_out.to_numpy()] + shift
            if len(rows):  # a line of nothing that is not clipped takes room of the axes
                ax.plot(np.full(len(rows), end), rows, arrow, color=pen.color, clip_on=False)
    ax.set_yticks(places, labels=_beside(ordered["factor"]))
    marked = ordered[["total", "first"]]
    bars = "" if ordered["total_low"].isna().all() else " (bars: 95 % interval)"
    arrows = " (arrows: beyond the axis)" if ((marked < left) | (marked > right)).to_numpy().any() else ""
    ax.set(xlabel=f"share of variance explained{bars}{arrows}", title=findings.of_indices(ordered, measure))
    ax.legend(loc="lower right")
    return ax


def effects(ax: Axes, table: pd.DataFrame, measure: str) -> Axes:
    """Draw Morris's screening: size of each factor's effect against its spread.

    Args:
        ax: Where to draw.
        table: One row a factor: factor, effect, half_width, sigma.
        measure: The measure.
    """
    ordered = table.sort_values("effect", ignore_index=True)
    places = np.arange(len(ordered))
    bar, spread = style.pens(2)
    ax.barh(places, ordered["effect"], xerr=ordered["half_width"], color=bar.color, alpha=0.75, height=0.6, capsize=3)
    ax.plot(ordered["sigma"], places, "D", color=spread.color, markersize=6, label="spread of the effect")
    ends = ordered["effect"] + ordered["half_width"].fillna(0.0)
    ax.set_xlim(0.0, 1.05 * float(max(ends.max(), ordered["sigma"].fillna(0.0).max())))
    style.counts(ax, "x") if ends.max() >= _LONG else None
    ax.set_yticks(places, labels=_beside(ordered["factor"]))
    ax.set(xlabel=f"change over the factor's range:\n{label(measure)}", title=findings.of_effects(ordered, measure))
    ax.legend(loc="lower right")
    return ax


def differences(ax: Axes, table: pd.DataFrame, measure: str) -> Axes:
    """Draw paired differences to the baseline with their intervals, the largest on top where policies are all that differs.

    Args:
        ax: Where to draw.
        table: One row a policy: settings of other parameters, measure, baseline, policy, difference, low, high.
        measure: The measure.
    """
    rows = table[table["measure"] == measure].reset_index(drop=True)
    if rows["policy"].is_unique:
        rows = rows.sort_values("difference", ascending=False, ignore_index=True)
    places = np.arange(len(rows))[::-1]
    middle = rows["difference"].to_numpy(np.float64)
    spread = np.abs([middle - rows["low"], rows["high"] - middle])
    ax.errorbar(middle, places, xerr=spread, fmt="o", color=style.pens(1)[0].color, capsize=4)
    ax.margins(x=0.06)
    ax.autoscale(axis="x")
    ax.axvline(0.0, color=style.soft_ink(), linewidth=1.0)
    if not np.nan_to_num(rows[["difference", "low", "high"]].to_numpy(np.float64)).any():
        ax.set_xlim(-1.0, 1.0)
    ax.set_yticks(places, labels=[fill(words, style.LONGEST_ROW) for words in points(rows)])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    style.counts(ax, "x")
    baseline = within(policy(str(rows["baseline"].iloc[0])))
    ax.set(
        xlabel=fill(
            f"{label(measure)}: {'' if is_chance(measure) else 'median '}difference to {baseline} on the same people and fates",
            _LINE,
        ),
        title=findings.of_differences(rows, measure),
    )
    return ax


def front(ax: Axes, table: pd.DataFrame, x: str, names: Sequence[str] | None = None, called: str = "policies") -> Axes:
    """Draw candidates by leavers, upright, and another measure, those on the front filled.

    Args:
        ax: Where to draw.
        table: One row a candidate with x, left_total and front.
        x: Measure across.
        names: Names of the candidates, written at the right; none for a long table.
        called: What the candidates are.
    """
    pen, y = style.pens(1)[0], "left_total"
    best, rest = table[table["front"]], table[~table["front"]]
    ax.plot(
        rest[x], rest[y], "o", markerfacecolor="none", color=style.soft_ink(), markersize=5, label="beaten by another"
    )
    ax.plot(best[x], best[y], "o", color=pen.color, markersize=7, label="on the front")
    ax.margins(0.12)
    if not table[x].any():
        ax.set_xlim(-0.12, 1.12)
    if not table[y].any():
        ax.set_ylim(-0.12, 1.12)
    style.counts(ax, "x")
    style.counts(ax, "y")
    ax.set(xlabel=f"mean {label(x)}", ylabel=f"mean {label(y)}", title=findings.of_front(table, called))
    if names is not None:
        right = ax.get_xlim()[1]
        ax.set_xlim(ax.get_xlim())
        ax.set_ylim(ax.get_ylim())
        for across, up in zip(table[x], table[y], strict=True):
            ax.plot([across, right], [up, up], color=style.grid_color(), linewidth=0.8, zorder=0.5)
        heights = [float(up) for up in table[y]]
        label_ends(ax, names, heights, [style.Pen(style.soft_ink(), ())] * len(heights))
    return ax


def _beside(names: pd.Series) -> list[str]:
    """Names of inputs beside their marks, in one line each where there are many."""
    return [(label if len(names) > _FEW_NAMES else beside)(str(name)) for name in names]


def _from_nothing(ax: Axes, least: float) -> None:
    """Let an axis begin at 0 where only its margin lies below."""
    if least >= 0.0 > ax.get_xlim()[0]:
        ax.set_xlim(left=0.0)


def _mark_level(ax: Axes, level: float) -> None:
    if np.isfinite(level):
        ax.axvline(level, color=style.soft_ink(), linestyle=(0, (3, 2)), linewidth=1.2)
        ax.annotate(
            "global from here",
            (level, 0.97),
            xycoords=("data", "axes fraction"),
            xytext=(4, 0),
            textcoords="offset points",
            va="top",
            fontsize="small",
        )
