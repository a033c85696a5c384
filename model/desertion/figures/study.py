"""Figures of study answers: sizes, responses, phases, sensitivity, paired differences, Pareto fronts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from desertion.errors import InputError, unknown_name
from desertion.figures import curves, style
from desertion.study.cascades import GLOBAL, SizeDistribution
from desertion.study.spec import MODEL_TASK
from desertion.study.tables import parameters_of

if TYPE_CHECKING:
    from desertion.study.results import Study

_MOST_NAMED = 16
_LINE_POINTS = 33

KINDS = ("curves", "sizes", "response", "phase", "sensitivity", "paired", "pareto")

NAMES: dict[str, str] = {
    "share_left": "share of all persons who left",
    "left_total": "persons who left",
    "cost_eur": "cost to hosts (EUR)",
    "infiltrators": "infiltrators let in (persons)",
    "protected": "persons protected",
    "peak_waiting": "largest queue for a decision (persons)",
    "cost_per_leaver": "cost per leaver (EUR)",
    "asylum": "asylum dial (0 closed, 1 open fast track)",
    "min_strength_share": "lowest strength (share of the start)",
}
"""Axis labels of measures and parameters that studies use often."""


def label(name: str) -> str:
    """Label of a measure or parameter for an axis."""
    return NAMES.get(name, name.replace("_", " "))


def histogram(ax: Axes, sizes: SizeDistribution, at_least: float = GLOBAL, name: str = "share_left") -> Axes:
    """Draw how often cascades end at which size, with the level from which they count as global.

    Args:
        ax: Where to draw.
        sizes: The distribution.
        at_least: Level from which a cascade is global.
        name: The measure of size.
    """
    ax.stairs(sizes.counts, sizes.edges, fill=True, color=style.pens(1)[0].color, alpha=0.8)
    _mark_level(ax, at_least)
    ax.set(xlabel=label(name), ylabel="runs", title="Sizes of cascades")
    return ax


def exceedance(ax: Axes, sizes: SizeDistribution, at_least: float = GLOBAL, name: str = "share_left") -> Axes:
    """Draw the share of runs at least as large as each size.

    Args:
        ax: Where to draw.
        sizes: The distribution.
        at_least: Level from which a cascade is global.
        name: The measure of size.
    """
    ax.step(sizes.sizes, sizes.exceeding, where="post", color=style.pens(1)[0].color)
    _mark_level(ax, at_least)
    if len(sizes.sizes) and sizes.sizes[0] > 0 and sizes.sizes[-1] > 30 * sizes.sizes[0]:
        ax.set_xscale("log")
    ax.set_ylim(0.0, 1.02)
    ax.set(xlabel=label(name), ylabel="share of runs at least as large", title="Sizes exceeded")
    return ax


def response(ax: Axes, runs: pd.DataFrame, x: str, measure: str) -> Axes:
    """Draw a measure against one parameter, a line a policy: median and middle half, single runs behind.

    Args:
        ax: Where to draw.
        runs: Finished runs.
        x: The parameter.
        measure: The measure.
    """
    arms = list(dict.fromkeys(runs["policies"])) if "policies" in runs else [""]
    drawn = style.pens(len(arms))
    ends: list[float] = []
    for arm, pen in zip(arms, drawn, strict=True):
        part = runs[runs["policies"] == arm] if arm else runs
        grouped = part.groupby(x)[measure]
        middle, low, high = grouped.median(), grouped.quantile(0.25), grouped.quantile(0.75)
        ax.fill_between(middle.index, low, high, color=pen.color, alpha=0.13, linewidth=0)
        ax.plot(middle.index, middle, color=pen.color, linestyle=pen.linestyle)
        if len(arms) == 1:
            ax.plot(part[x], part[measure], ".", color=pen.color, markersize=3, alpha=0.35, zorder=1)
        ends.append(float(middle.iloc[-1]))
    ax.set(xlabel=label(x), ylabel=label(measure), title=f"{_sentence(measure)} by {x}")
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    ax.margins(x=0.0)
    if len(arms) > 1:
        style.label_ends(ax, arms, ends, drawn)
    return ax


def heatmap(
    ax: Axes,
    table: pd.DataFrame,
    title: str,
    unit: str,
    tipping: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> Axes:
    """Draw a measure over two parameters, with the theory's tipping line over it.

    Args:
        ax: Where to draw.
        table: One row a value of the upright parameter, one column a value of the other, both ascending.
        title: What is shown.
        unit: Unit of the colour bar.
        tipping: Points (x, y) of the line at which the theory's reproduction number is 1.
    """
    x, y = table.columns.to_numpy(np.float64), table.index.to_numpy(np.float64)
    mesh = ax.pcolormesh(_edges(x), _edges(y), table.to_numpy(np.float64), cmap=style.ladder(), vmin=0.0)
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02)
    bar.set_label(unit)
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    if tipping is not None:
        ax.plot(*tipping, color=style.paper_color(), linewidth=4.0)
        ax.plot(*tipping, color="#d55e00", linewidth=2.0, linestyle=(0, (4, 1.5)), label="R = 1 in theory")
        ax.legend(loc="upper left", frameon=True, framealpha=0.9)
    ax.set_xlim(_edges(x)[0], _edges(x)[-1])
    ax.set_ylim(_edges(y)[0], _edges(y)[-1])
    ax.grid(visible=False)
    ax.set(xlabel=label(str(table.columns.name)), ylabel=label(str(table.index.name)), title=title)
    return ax


def indices(ax: Axes, table: pd.DataFrame, measure: str) -> Axes:
    """Draw Sobol indices, total and first-order, with their intervals and the dummy's noise floor.

    Args:
        ax: Where to draw.
        table: As :func:`desertion.study.sensitivity.sobol_table` makes it.
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
    if len(floor):
        ax.axvspan(0.0, float(floor.iloc[0]), color=style.soft_ink(), alpha=0.15, linewidth=0)
    ax.axvline(0.0, color=style.soft_ink(), linewidth=1.0)
    ax.margins(x=0.04)
    ax.autoscale(axis="x")
    ax.set_yticks(places, labels=[_factor_label(str(name)) for name in ordered["factor"]])
    ax.set(xlabel="share of variance explained (bars: 95 % interval)", title=f"What decides the {label(measure)}")
    ax.legend(loc="lower right")
    return ax


def effects(ax: Axes, table: pd.DataFrame, measure: str) -> Axes:
    """Draw Morris's screening: size of each factor's effect against its spread.

    Args:
        ax: Where to draw.
        table: As :func:`desertion.study.sensitivity.morris_table` makes it.
        measure: The measure.
    """
    ordered = table.sort_values("effect", ignore_index=True)
    places = np.arange(len(ordered))
    bar, spread = style.pens(2)
    ax.barh(places, ordered["effect"], xerr=ordered["half_width"], color=bar.color, alpha=0.75, height=0.6, capsize=3)
    ax.plot(ordered["sigma"], places, "D", color=spread.color, markersize=6, label="spread of the effect")
    ax.set_xlim(0.0, 1.05 * float((ordered["effect"] + ordered["half_width"]).max()))
    ax.set_yticks(places, labels=[_factor_label(str(name)) for name in ordered["factor"]])
    ax.set(xlabel=f"change over the factor's range: {label(measure)}", title=f"What moves the {label(measure)}")
    ax.legend(loc="lower right")
    return ax


def differences(ax: Axes, table: pd.DataFrame, measure: str) -> Axes:
    """Draw paired differences to the baseline with their bootstrap intervals.

    Args:
        ax: Where to draw.
        table: Rows of one measure as :func:`desertion.study.paired.paired_differences` makes them.
        measure: The measure.
    """
    rows = table[table["measure"] == measure].reset_index(drop=True)
    places = np.arange(len(rows))[::-1]
    middle = rows["difference"].to_numpy(np.float64)
    spread = np.abs([middle - rows["low"], rows["high"] - middle])
    ax.errorbar(middle, places, xerr=spread, fmt="o", color=style.pens(1)[0].color, capsize=4)
    ax.axvline(0.0, color=style.soft_ink(), linewidth=1.0)
    ax.set_yticks(places, labels=_row_labels(rows))
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.margins(x=0.06)
    ax.autoscale(axis="x")
    baseline = str(rows["baseline"].iloc[0])
    ax.set(
        xlabel=f"{label(measure)}: median paired difference to {baseline}",
        title="Differences on the same people and fates",
    )
    return ax


def front(ax: Axes, table: pd.DataFrame, x: str, y: str, names: Sequence[str] | None = None) -> Axes:
    """Draw candidates by two measures, those on the front filled.

    Args:
        ax: Where to draw.
        table: One row a candidate with x, y and front.
        x: Measure across.
        y: Measure upright.
        names: Names of the candidates, written at the right; none for a long table.
    """
    pen = style.pens(1)[0]
    best, rest = table[table["front"]], table[~table["front"]]
    ax.plot(
        rest[x], rest[y], "o", markerfacecolor="none", color=style.soft_ink(), markersize=5, label="beaten by another"
    )
    ax.plot(best[x], best[y], "o", color=pen.color, markersize=7, label="on the front")
    ax.margins(0.12)
    ax.set(xlabel=label(x), ylabel=label(y), title="Policies that no other beats on everything")
    if names is not None:
        right = ax.get_xlim()[1]
        ax.set_xlim(ax.get_xlim())
        ax.set_ylim(ax.get_ylim())
        for across, up in zip(table[x], table[y], strict=True):
            ax.plot([across, right], [up, up], color=style.grid_color(), linewidth=0.8, zorder=0.5)
        heights = [float(up) for up in table[y]]
        style.label_ends(ax, names, heights, [style.Pen(style.soft_ink(), ())] * len(heights))
    return ax


def overview(study: Study, measure: str, kind: str | None) -> Figure:
    """The figure that suits a study.

    Args:
        study: The study.
        measure: The measure to show.
        kind: One of :data:`KINDS`, None for what the design suggests.

    Raises:
        InputError: If the kind is unknown or does not suit the study.
    """
    chosen = kind or _suited(study)
    if chosen not in KINDS:
        raise unknown_name("kind of plot", chosen, KINDS)
    with style.house():
        figure = style.new_figure("wide")
        _DRAWN[chosen](figure, study, measure)
        figure.suptitle(study.title, x=0.01, ha="left", fontsize="medium")
        return figure


def _suited(study: Study) -> str:
    if study.spec["design"]["kind"] in ("sobol", "morris"):
        return "sensitivity"
    varied = _numeric(study)
    if len(varied) == 2 and "policies" not in study.points:
        return "phase"
    if len(varied) == 1:
        return "response"
    if study.header.get("columns") and len(study.points) <= 9:
        return "curves"
    return "sizes"


def _numeric(study: Study) -> list[str]:
    names = [name for name in parameters_of(study.runs) if name not in ("policies", "dummy")]
    return [name for name in names if pd.api.types.is_numeric_dtype(study.runs[name])]


def _done(study: Study, measure: str) -> pd.DataFrame:
    from desertion.study.tables import done_runs

    return done_runs(study.runs, measure)


def _draw_curves(figure: Figure, study: Study, measure: str) -> None:
    kept: Sequence[str] = study.header.get("columns", ())
    if not kept:
        raise InputError(f"{study.path} keeps no curves: choose another kind of plot")
    column = measure if measure in kept else kept[0]
    table = study.bands((column,), levels=curves.LEVELS)
    names = {"q05": "low", "q25": "lower", "q50": "median", "q75": "upper", "q95": "high"}
    banded = table.rename(columns=names).assign(policy=_case_names(table, parameters_of(study.runs)))
    curves.together(figure.subplots(), banded, column=column)


def _draw_sizes(figure: Figure, study: Study, measure: str) -> None:
    _done(study, measure)
    left, right = figure.subplots(1, 2)
    sizes = study.sizes(measure)
    level = GLOBAL if measure == "share_left" else float("nan")
    histogram(left, sizes, level, measure)
    exceedance(right, sizes, level, measure)


def _draw_response(figure: Figure, study: Study, measure: str) -> None:
    varied = _numeric(study)
    if not varied:
        raise InputError(f"{study.path} varies no number: choose another kind of plot")
    response(figure.subplots(), _done(study, measure), varied[0], measure)
    style.note(figure, "Line: median. Band: middle half of the runs.")


def _draw_phase(figure: Figure, study: Study, measure: str) -> None:
    varied = _numeric(study)
    if len(varied) < 2:
        raise InputError(f"{study.path} varies {len(varied)} numbers: a phase diagram needs two")
    chance = measure == "share_left"
    table = study.phase(varied[0], varied[1], measure, "chance" if chance else "median")
    title = "Chance of a global cascade" if chance else f"Median {label(measure)}"
    unit = f"share of runs in which at least {GLOBAL:.0%} left" if chance else label(measure)
    heatmap(figure.subplots(), table, title, unit, _tipping(study, table))


def _tipping(study: Study, table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The theory's line at which R is 1, where one axis is the multiple of contagion; None elsewhere."""
    names = [str(table.columns.name), str(table.index.name)]
    if "contagion" not in names or study.spec["task"] != MODEL_TASK:
        return None
    from desertion.theory.strength import tipping_line

    other = names[1 - names.index("contagion")]
    axis = (table.columns if other == names[0] else table.index).to_numpy(np.float64)
    values = np.linspace(axis[0], axis[-1], _LINE_POINTS)
    point = {str(name): value for name, value in study.points.iloc[0].items() if name not in ("design", *names)}
    multiples = tipping_line(study.scenario(point), other, [float(value) for value in values])
    return (values, multiples) if other == names[0] else (multiples, values)


def _draw_sensitivity(figure: Figure, study: Study, measure: str) -> None:
    arms: list[str | None] = list(dict.fromkeys(study.points["policies"])) if "policies" in study.points else [None]
    axes = figure.subplots(1, len(arms), squeeze=False)[0]
    for ax, arm in zip(axes, arms, strict=True):
        table = study.sensitivity(measure, arm)
        (indices if "total" in table else effects)(ax, table, measure)
        if arm and len(arms) > 1:
            ax.set_title(arm)


def _draw_paired(figure: Figure, study: Study, measure: str) -> None:
    differences(figure.subplots(), study.paired((measure,)), measure)
    style.note(figure, "Dot: median of the paired differences. Bar: 95 % bootstrap interval.")


def _draw_pareto(figure: Figure, study: Study, _measure: str) -> None:
    table = study.pareto()
    left, right = figure.subplots(1, 2)
    names = _case_names(table, parameters_of(study.runs)) if len(table) <= _MOST_NAMED else None
    front(left, table, "cost_eur", "left_total").legend(loc="lower right")
    front(right, table, "infiltrators", "left_total", names).set(title="")


_DRAWN = {
    "curves": _draw_curves,
    "sizes": _draw_sizes,
    "response": _draw_response,
    "phase": _draw_phase,
    "sensitivity": _draw_sensitivity,
    "paired": _draw_paired,
    "pareto": _draw_pareto,
}


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


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of cells around grid values."""
    if len(centres) == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    inner = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - inner[0]], inner, [2 * centres[-1] - inner[-1]]])


def _factor_label(name: str) -> str:
    return "dummy (noise floor)" if name == "dummy" else name


def _row_labels(rows: pd.DataFrame) -> list[str]:
    known = {"measure", "baseline", "policy"}
    first = list(rows.columns).index("measure")
    settings = [str(name) for name in rows.columns[:first] if name not in known]
    return [
        ", ".join([str(one["policy"]), *(f"{name} {one[name]:g}" for name in settings)]) for _, one in rows.iterrows()
    ]


def _case_names(table: pd.DataFrame, parameters: Sequence[str]) -> list[str]:
    if not parameters:
        return ["all runs"] * len(table)
    told: list[Mapping[str, object]] = [
        dict(zip(parameters, row, strict=True)) for row in table[list(parameters)].itertuples(index=False)
    ]
    return [
        ", ".join(str(value) if name == "policies" else f"{name} {value}" for name, value in one.items())
        for one in told
    ]


def _sentence(name: str) -> str:
    text = label(name)
    return text[:1].upper() + text[1:]
