"""The figure that suits a study, chosen by its design or by the user."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from desertion.errors import InputError, unknown_name
from desertion.figures import curves, findings, style
from desertion.figures.answers import (
    differences,
    effects,
    exceedance,
    front,
    histogram,
    indices,
    response,
)
from desertion.figures.fronts import fronts
from desertion.figures.labels import NO_INTERVAL, label, policy
from desertion.figures.maps import heatmap
from desertion.scenario.grain import basis
from desertion.study.analysis.answers import Answers
from desertion.study.analysis.cascades import GLOBAL
from desertion.study.analysis.tables import done_runs, parameters_of
from desertion.study.design.layout import DUMMY
from desertion.study.design.spec import MODEL_TASK

KINDS = ("curves", "sizes", "response", "phase", "sensitivity", "paired", "pareto")

_MOST_NAMED = 16
_FEW_FACTORS = 10
_LINE_POINTS = 33


def overview(study: Answers, measure: str, kind: str | None, *, axes: Sequence[str] = (), dark: bool = False) -> Figure:
    """The figure that suits a study.

    Args:
        study: The study.
        measure: The measure to show.
        kind: One of `KINDS`, None for what the design suggests.
        axes: Varied numbers to draw against, across and upright, for the kinds that have such axes; by default the first.
        dark: Whether the page behind is dark.

    Raises:
        InputError: If the kind is unknown or does not suit the study.
    """
    chosen = kind or _suited(study)
    if chosen not in KINDS:
        raise unknown_name("kind of plot", chosen, KINDS)
    study = study.at_real_size()
    with style.house(dark=dark):
        figure = style.new_figure("tall" if chosen == "sensitivity" and len(study.factors()) > _FEW_FACTORS else "wide")
        if chosen in _AGAINST:
            _AGAINST[chosen](figure, study, measure, [*axes] or _numeric(study))
        else:
            _DRAWN[chosen](figure, study, measure)
        style.raised(figure)
        foot = f"{study.title}. {figure.get_supxlabel()}".replace("\n", " ").strip()
        if study.spec["task"] == MODEL_TASK and study.scales.max() < 1.0 and np.ptp(study.scales) == 0.0:
            foot = f"{foot} {basis(1.0 / study.scales[0])}"
        style.note(figure, foot.strip())
        return figure


def _suited(study: Answers) -> str:
    if study.goal() is not None:
        return "pareto"
    if study.spec["design"]["kind"] in ("sobol", "morris"):
        return "sensitivity"
    varied = _numeric(study)
    if len(varied) == 2 and len(_varied(study)) == 2 and is_grid(study, varied):
        return "phase"
    if len(varied) == 1:
        return "response"
    if study.header.get("columns") and len(study.points) <= 9:
        return "curves"
    return "sizes"


def is_grid(study: Answers, names: Sequence[str]) -> bool:
    """Whether points fill at least half of the cells that the values of two parameters make, as a space-filling design does not."""
    across, up = study.points[names[0]], study.points[names[1]]
    return 2 * len(study.points.drop_duplicates([*names[:2]])) >= across.nunique() * up.nunique()


def _varied(study: Answers) -> list[str]:
    """Parameters with more than one value, without the dummy."""
    return [name for name in parameters_of(study.runs) if name != DUMMY and study.points[name].nunique() > 1]


def _numeric(study: Answers) -> list[str]:
    return [name for name in _varied(study) if pd.api.types.is_numeric_dtype(study.runs[name])]


def _draw_curves(figure: Figure, study: Answers, measure: str) -> None:
    columns: Sequence[str] = study.header.get("columns", ())
    if not columns:
        raise InputError(f"{study.path} keeps no curves: choose another kind of plot")
    column = measure if measure in columns else columns[0]
    table = study.bands((column,), levels=curves.LEVELS)
    names = {"q05": "low", "q25": "lower", "q50": "median", "q75": "upper", "q95": "high"}
    banded = table.rename(columns=names).assign(policy=_case_names(table, parameters_of(study.runs)))
    curves.together(figure.subplots(), banded, column=column)


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
    runs = done_runs(study.runs, measure)
    others = [name for name in _varied(study) if name != varied[0]]
    cases = runs.assign(case=_case_names(runs, others))
    response(figure.subplots(), cases, varied[0], measure, "case" if others else None)
    style.note(figure, "Line: median. Band: middle half of the runs.")


def _draw_phase(figure: Figure, study: Answers, measure: str, varied: Sequence[str]) -> None:
    if len(varied) < 2:
        raise InputError(f"{study.path} varies {len(varied)} numbers: a phase diagram needs two")
    if not is_grid(study, varied):
        raise InputError(
            f"{study.path} has hardly two points on one line, so that a cell of a phase diagram would hold one run among other inputs: "
            'give design = { kind = "grid" }, or choose another kind of plot'
        )
    chance = measure == "share_left"
    table = study.phase(varied[0], varied[1], measure, "chance" if chance else "median")
    title = findings.of_map(table, measure, chance=chance)
    unit = f"share of runs in which at least {GLOBAL:.0%} left" if chance else label(measure)
    # A table of nothing but noughts has no largest value to colour by.
    most = 1.0 if chance or not table.to_numpy().any() else None
    heatmap(
        figure.subplots(), table, title, unit, _tipping(study, table), most is not None, most, _shipped(study, table)
    )


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
    from desertion.theory.weights import tipping_line

    other = names[1 - names.index("contagion")]
    axis = (table.columns if other == names[0] else table.index).to_numpy(np.float64)
    values = np.linspace(axis[0], axis[-1], _LINE_POINTS)
    point = {str(name): value for name, value in study.points.iloc[0].items() if name not in ("design", *names)}
    multiples = tipping_line(study.scenario(point), other, [float(value) for value in values])
    return (values, multiples) if other == names[0] else (multiples, values)


def _draw_sensitivity(figure: Figure, study: Answers, measure: str) -> None:
    arms: list[str | None] = list(dict.fromkeys(study.points["policies"])) if "policies" in study.points else [None]
    axes = figure.subplots(1, len(arms), squeeze=False)[0]
    for ax, arm in zip(axes, arms, strict=True):
        table = study.sensitivity(measure, arm)
        (indices if "total" in table else effects)(ax, table, measure)
        if arm and len(arms) > 1:
            ax.set_title(policy(arm))


def _draw_paired(figure: Figure, study: Answers, measure: str) -> None:
    table = study.paired((measure,))
    differences(figure.subplots(), table, measure)
    bar = NO_INTERVAL.capitalize() if table["low"].isna().all() else "Bar: 95 % interval"
    style.note(figure, f"Dot: median of the paired differences. {bar}.")


def _draw_pareto(figure: Figure, study: Answers, _measure: str) -> None:
    table, goal = study.pareto(), study.goal()
    if goal is not None:
        fronts(figure.subplots(), table.assign(proposed_by="search"), goal.wanted, goal.limits)
        return
    left, right = figure.subplots(1, 2)
    names = _case_names(table, parameters_of(study.runs)) if len(table) <= _MOST_NAMED else None
    front(left, table, "cost_eur", "left_total").legend(loc="lower right")
    front(right, table, "infiltrators", "left_total", names).set(title="")


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
    if not parameters:
        return ["all runs"] * len(table)
    cases: list[Mapping[str, object]] = [
        dict(zip(parameters, row, strict=True)) for row in table[list(parameters)].itertuples(index=False)
    ]
    return [
        ", ".join(
            policy(str(value)) if name == "policies" else value if isinstance(value, str) else f"{label(name)} {value}"
            for name, value in case.items()
        )
        for case in cases
    ]
