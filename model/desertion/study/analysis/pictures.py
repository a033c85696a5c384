"""The figure that suits a study, chosen by its design or by the user."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from desertion.errors import InputError, refuse_unknown
from desertion.figures import curves, findings, style
from desertion.figures.answers import (
    differences,
    effects,
    exceedance,
    front,
    histogram,
    indices,
    response,
    scatter,
)
from desertion.figures.fronts import fronts
from desertion.figures.labels import NO_INTERVAL, label, many, percent, policy
from desertion.figures.maps import heatmap
from desertion.figures.style import Medium
from desertion.reading import setting_text
from desertion.scenario.grain import too_few
from desertion.simulation.record.columns import BAND, is_chance
from desertion.study.analysis.answers import Answers
from desertion.study.analysis.axes import is_grid, numeric_inputs, varied_inputs, with_places, without_place
from desertion.study.analysis.bands import level_name
from desertion.study.analysis.cascades import GLOBAL, SIZE
from desertion.study.analysis.foot import few_drawn, runs_told, signed, told_of_sensitivity
from desertion.study.analysis.pareto import USUAL
from desertion.study.analysis.tables import done_runs, once, parameters_of
from desertion.study.design.spec import MODEL_TASK

KINDS = ("curves", "sizes", "response", "phase", "sensitivity", "paired", "pareto")

_MOST_NAMED = 16
_FEW_FACTORS = 10
_BANDED = "Line: median. Band: middle half of the runs."
_LINE_POINTS = 33
_ROW = 0.25  # inches of a row of a figure of several policies


def overview(
    study: Answers,
    measure: str,
    kind: str | None,
    *,
    axes: Sequence[str] = (),
    medium: Medium = "screen",
    dark: bool = False,
) -> Figure:
    """The figure that suits a study.

    Args:
        study: The study.
        measure: The measure to show.
        kind: One of `KINDS`, None for what the design suggests.
        axes: Varied numbers to draw against, across and upright, for the kinds that have such axes; by default the first.
        medium: For what it is drawn.
        dark: Whether the page behind is dark.

    Raises:
        InputError: If the kind is unknown or does not suit the study.
    """
    chosen = kind or suited(study, measure)
    refuse_unknown("kind of plot", chosen, KINDS)
    study = study.at_real_size()
    with style.house(medium, dark=dark):
        figure = style.new_figure(
            "tall" if chosen == "sensitivity" and len(study.factors()) > _FEW_FACTORS else "wide", medium
        )
        if chosen in _AGAINST:
            placed = with_places(study)
            _AGAINST[chosen](figure, placed, measure, [*axes] or numeric_inputs(placed))
        else:
            _DRAWN[chosen](figure, study, measure)
        style.raised(figure)
        signed(figure, study, few_drawn(study, measure, chosen))
        return figure


def suited(study: Answers, measure: str = SIZE) -> str:
    """The kind of figure that the design suggests, among those that can draw the measure."""
    if study.goal() is not None and study.draws(measure, "pareto"):
        return "pareto"
    if study.spec["design"]["kind"] in ("sobol", "morris"):
        return "sensitivity"
    study = with_places(study)
    varied = numeric_inputs(study)
    if len(varied) == 2 and len(varied_inputs(study)) == 2 and is_grid(study, varied):
        return "phase"
    if len(varied) == 1:
        return "response"
    if study.header.get("columns") and len(study.points) <= 9 and study.draws(measure, "curves"):
        return "curves"
    return "sizes"


def _draw_curves(figure: Figure, study: Answers, measure: str) -> None:
    if not study.header.get("columns"):
        raise InputError(f"{study.path} keeps no curves: choose another kind of plot")
    column = study.curve_of(measure)
    table = study.bands((column,))
    names = {level_name(level): name for name, level in BAND.items()}
    banded = table.rename(columns=names).assign(policy=_case_names(table, parameters_of(study.runs)))
    # A design may hold a point twice, whose runs are the same.
    first = banded.groupby("policy")["design"].transform("first")
    shown = banded[banded["design"] == first]
    curves.together(figure.subplots(), shown, column=column)
    style.note(figure, curves.told_of_bands(shown, counted=False))


def _draw_sizes(figure: Figure, study: Answers, measure: str) -> None:
    done_runs(study.runs, measure)
    left, right = figure.subplots(1, 2)
    sizes = study.sizes(measure)
    level = GLOBAL if measure == "share_left" else float("nan")
    histogram(left, sizes.counts, sizes.edges, level, measure)
    exceedance(right, sizes.sizes, sizes.exceeding, level, measure)


def _draw_response(figure: Figure, study: Answers, measure: str, varied: Sequence[str]) -> None:
    if not varied:
        raise InputError(f"{study.path} varies no number: choose another kind of plot")
    x, runs = varied[0], done_runs(study.runs, measure)
    runs = once(runs[runs[x].notna() & np.isfinite(runs[measure].astype(float))])
    if runs.empty:
        raise InputError(f"{study.path}: no run has a value of {x} and a finite {measure}: choose another kind of plot")
    others = [name for name in varied_inputs(study) if name != x]
    cases = runs.assign(case=_case_names(runs, others))
    # Designs of sensitivity move single inputs of scattered points, which makes lines of two points and no more.
    scattered = study.spec["design"]["kind"] in ("sobol", "morris")
    if others and (scattered or cases.groupby("case")[x].nunique().max() == 1):
        scatter(figure.subplots(), cases, x, measure)
        style.note(
            figure,
            f"Dot: {'share' if is_chance(measure) else 'median'} of the runs of one design point; points differ in other inputs too."
            + without_place(study, x),
        )
        return
    response(figure.subplots(), cases, x, measure, "case" if others else None, study.size_of(measure))
    told = "Line: share of the runs. Band: 95 % interval." if is_chance(measure) else _BANDED
    style.note(figure, told + without_place(study, x))


def _draw_phase(figure: Figure, study: Answers, measure: str, varied: Sequence[str]) -> None:
    if len(varied) < 2:
        raise InputError(f"{study.path} varies {many(len(varied), 'number')}: a phase diagram needs two")
    if not is_grid(study, varied):
        raise InputError(
            f"{study.path} has hardly two points on one line, so that a cell of a phase diagram would hold one run among other inputs: "
            'give design = { kind = "grid" }, or choose another kind of plot'
        )
    chance = measure == "share_left" or is_chance(measure)
    table = study.phase(varied[0], varied[1], measure, "chance" if chance else "median")
    title = findings.of_map(table, measure, chance=chance, at_least=GLOBAL, size=study.size_of(measure))
    unit = f"share of runs in which at least {percent(GLOBAL)} left" if measure == "share_left" else label(measure)
    # A table of nothing but noughts has no largest value to colour by.
    most = 1.0 if chance or not table.to_numpy().any() else None
    heatmap(
        figure.subplots(), table, title, unit, _tipping(study, table), most is not None, most, _shipped(study, table),
        1.0 if chance else study.size_of(measure),
    )  # fmt: skip
    counts = once(done_runs(study.runs, measure)).groupby([*varied[:2]])[measure].count()
    style.note(figure, runs_told("cell", counts) + without_place(study, *varied[:2]))


def _shipped(study: Answers, table: pd.DataFrame) -> tuple[float, float] | None:
    """Where the study's scenario stands on both axes of a map, None for axes on which it has no place of its own."""
    if study.spec["task"] != MODEL_TASK:
        return None
    scenario = study.scenario()
    own = {"contagion": 1.0, "capacity": 1.0, "asylum": scenario.asylum_status_quo}
    names = str(table.columns.name), str(table.index.name)
    if not all(name in own for name in names):
        return None
    across, up = (float(own[name]) for name in names)
    x, y = table.columns.to_numpy(np.float64), table.index.to_numpy(np.float64)
    return (across, up) if x[0] <= across <= x[-1] and y[0] <= up <= y[-1] else None


def _tipping(study: Answers, table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The theory's line at which R is 1, where one axis is the multiple of contagion; None elsewhere."""
    names = [str(table.columns.name), str(table.index.name)]
    if "contagion" not in names or study.spec["task"] != MODEL_TASK:
        return None
    from desertion.theory.weights import tipping_value

    other = names[1 - names.index("contagion")]
    if other == "reproduction":
        return None
    axis = table.columns if other == names[0] else table.index
    ends = axis.to_numpy(np.float64)[[0, -1]]
    values = np.linspace(ends[0], ends[1], _LINE_POINTS)
    if pd.api.types.is_integer_dtype(axis):
        values = np.unique(np.rint(values))
    point = {str(name): value for name, value in study.points.iloc[0].items() if name not in ("design", *names)}
    # Between two values that were run there may be some that the scenario refuses.
    with suppress(InputError):
        told = [int(value) if pd.api.types.is_integer_dtype(axis) else float(value) for value in values]
        multiples = np.array([tipping_value(study.scenario({**point, other: value})) for value in told])
        return (values, multiples) if other == names[0] else (multiples, values)
    return None


def _draw_sensitivity(figure: Figure, study: Answers, measure: str) -> None:
    arms = study.arms
    figure.set_figheight(max(figure.get_figheight(), _ROW * len(arms) * (len(study.factors()) + 4)))
    axes = figure.subplots(len(arms), 1, squeeze=False)[:, 0]
    notes: dict[str, None] = {}
    for ax, arm in zip(axes, arms, strict=True):
        table = study.sensitivity(measure, arm)
        notes[told_of_sensitivity(table)] = None
        (indices if "total" in table else effects)(ax, table, measure)
        if len(arms) > 1:
            ax.set_title(policy(str(arm)))
    if len(arms) > 1:
        style.headline(figure, f"What moves the {label(measure)}, by policy")
    style.note(figure, " ".join(notes))
    ends = np.array([ax.get_xlim() for ax in axes])
    for ax in axes:
        ax.set_xlim(ends.min(), ends.max())
    for ax in axes[:-1]:
        ax.set_xlabel("")
        ax.get_legend().remove()


def _draw_paired(figure: Figure, study: Answers, measure: str) -> None:
    table, size = study.paired((measure,)), study.size_of(measure)
    table = table.assign(too_few=[too_few(value, size) for value in table["difference"]])
    differences(figure.subplots(), table, measure)
    bar = NO_INTERVAL.capitalize() if table["low"].isna().all() else "Bar: 95 % interval"
    style.note(
        figure,
        f"Dot: {'difference of the shares of runs' if is_chance(measure) else 'median of the paired differences'}. {bar}.",
    )


def _draw_pareto(figure: Figure, study: Answers, measure: str) -> None:
    table, goal = study.front_with(measure), study.goal()
    if goal is not None:
        fronts(
            figure.subplots(),
            table.assign(proposed_by="search"),
            goal.wanted,
            goal.limits,
            study.size_of(next(iter(goal.measures))),
        )
        return
    unjudged = table[list(USUAL)].isna().any(axis=1)
    table = table[~unjudged]
    left, right = figure.subplots(1, 2)
    names = _case_names(table, parameters_of(study.runs)) if len(table) <= _MOST_NAMED else None
    called = "policies" if set(varied_inputs(study)) <= {"policies"} else "design points"
    style.legend_above(front(left, table, "cost_eur", called=called), 2)
    front(right, table, "infiltrators", names).set(title="")
    if lost := int(unjudged.sum()):
        style.note(
            figure,
            f"{many(lost, 'design point')} without runs that others have {'is' if lost == 1 else 'are'} left out.",
        )


_DRAWN = {
    "curves": _draw_curves,
    "sizes": _draw_sizes,
    "sensitivity": _draw_sensitivity,
    "paired": _draw_paired,
    "pareto": _draw_pareto,
}


_AGAINST = {"response": _draw_response, "phase": _draw_phase}
"""Kinds that are drawn against varied numbers."""


def _case_names(table: pd.DataFrame, parameters: Sequence[str]) -> list[str]:
    """What each row is called by its parameters, without those that it leaves as the scenario has them."""
    words = {name: _words(name, table[name]) for name in parameters}
    rows = [", ".join(word for word in row if word) for row in zip(*words.values(), strict=True)]
    usual = "as the scenario has it" if parameters else "all runs"
    return [row or usual for row in rows or [""] * len(table)]


def _words(name: str, values: pd.Series) -> list[str]:
    """Each value of a parameter in words, numbers as short as they can be told apart; empty for what is missing."""
    if pd.api.types.is_bool_dtype(values):
        values = values.map(setting_text)
        return [f"{label(name)} {value}" for value in values]
    short = values.map(lambda value: f"{value:g}" if isinstance(value, float) else value)
    told = (
        (short if short[values.notna()].nunique() == values.nunique() else values)
        .astype(object)
        .where(values.notna(), "")
    )
    plain = name == "policies"
    return [
        policy(str(word)) if plain else str(word) if word == "" or isinstance(value, str) else f"{label(name)} {word}"
        for word, value in zip(told, values, strict=True)
    ]
