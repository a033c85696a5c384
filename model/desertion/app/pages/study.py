"""The page that opens a study's file: heatmap, curves, sizes, sensitivity, and single points as runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from desertion.app.pages.points import Points
from desertion.app.parts.drawing import FigurePanel
from desertion.app.parts.elements import box, choice, facts, sentence, text
from desertion.app.parts.filter import Filter, let_through
from desertion.app.parts.inputs import Refused
from desertion.app.request.address import Settings
from desertion.app.request.folder import left_out, names
from desertion.app.session import Session, current
from desertion.app.ui import solara
from desertion.app.work.job import State
from desertion.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from desertion.study.analysis.answers import Answers
from desertion.app.work.opened import OpenedStudy, measure_of, open_study, unknown_words

FIGURES = {
    "": "what suits the study",
    "phase": "heatmap over two parameters",
    "response": "against one parameter",
    "curves": "curves with bands",
    "sizes": "sizes of cascades",
    "sensitivity": "sensitivity",
    "paired": "paired differences between policies",
}
"""Kinds of figures of a sweep."""


@solara.component
def StudyPage() -> Any:
    """Choose a file, axes and a measure; look; open one point as a run."""
    session = current()
    address = session.address.value
    solara.Title("Study - Desertion cascades")
    files = names()
    solara.use_effect(lambda: _open(session), [address.file])
    state: State = session.study.state.value
    with box([], "") as page:
        text("A study, looked at from all sides", "h1")
        text(
            "Files that the commands sweep and compare wrote into the study folder of this server.",
            kind="lead",
        )
        Refused("page")
        if not files and not address.file and not left_out():
            sentence(
                "The study folder is empty, or the server was started without one: desertion app --studies FOLDER.",
                "note",
            )
        else:
            choice("File", address.file, {"": "choose a file", **{name: name for name in files}},
                   lambda name: session.change(file=name, x="", y="", measure="", figure="", where=(), page=1, cell=-1))  # fmt: skip
        if hidden := left_out():
            sentence(hidden, "note")
        if state.problem:
            sentence(state.problem)
        if state.busy:
            text("Opening ...", kind="small", role="status")
        if state.state == "done" and isinstance(state.result, OpenedStudy) and state.result.name == address.file:
            if state.result.comparison is not None:
                _OfComparison(state.result)
            else:
                _OfStudy(state.result)
    return page


def _open(session: Session) -> None:
    name = session.address.peek().file
    if not name:
        session.study.cancel()
        return
    session.study.start(lambda _tell, _stop: open_study(name))


@solara.component
def _OfStudy(opened: OpenedStudy) -> Any:
    session = current()
    where = session.address.value.where
    study = opened.study
    chosen, problem = solara.use_memo(lambda: _chosen(opened, where), [opened.name, where])
    with box([], "") as shown:
        text(study.title, "h2")
        text(str(study.header.get("question", "")), kind="lead")
        counts = {word: f"{count:,}" for word, count in [*study.counts.items(), ("left out", study.surplus)] if count}
        facts({f"runs {word}": count for word, count in counts.items()} | {"design points": f"{len(study.points):,}",
              "design": str(study.spec["design"]["kind"]), f"scenario, seed {study.spec['seed']}": ", ".join(name.split("/")[-1] for name in study.scenarios)})  # fmt: skip
        Filter(study.points, len(chosen.points) if chosen is not None else 0)
        if opened.floor:
            text(f"Note: {opened.floor}.", kind="small")
        for told in (*unknown_words(opened, session.address.value), *([problem] if problem else [])):
            sentence(told)
        if chosen is not None:
            _Figure(opened, chosen)
            Points(opened, chosen, measure_of(opened, session.address.value.measure))
    return shown


def _chosen(opened: OpenedStudy, where: Settings) -> tuple[Answers | None, str]:
    """The points that are let through, or why there are none."""
    from desertion.study.analysis.selection import Selection

    try:
        designs = let_through(opened.study.points, where)
    except InputError as problem:
        return None, str(problem)
    if not designs:
        return None, "No design point is left by this filter: choose more policies or values, or wider ranges."
    return Selection(opened.study, designs) if where else opened.study, ""


@solara.component
def _Figure(opened: OpenedStudy, chosen: Any) -> Any:
    """Kind, measure and axes, and the figure that they give."""
    from desertion.figures.labels import label

    session = current()
    address = session.address.value
    measure = measure_of(opened, address.measure)
    x = address.x if address.x in opened.axes else (opened.axes[0] if opened.axes else "")
    y = (
        address.y
        if address.y in opened.axes and address.y != x
        else next((axis for axis in opened.axes if axis != x), "")
    )
    with box([], "") as figure:
        with box([], "app-buttons"):
            choice("Figure", address.figure, FIGURES, lambda name: session.change(figure=name))
            choice(
                "Measure",
                measure,
                {name: label(name) for name in opened.measures},
                lambda name: session.change(measure=name),
            )
            if len(opened.axes) > 1:
                choice("Across", x, {axis: label(axis) for axis in opened.axes}, lambda name: session.change(x=name))
                choice(
                    "Upright",
                    y,
                    {axis: label(axis) for axis in opened.axes if axis != x},
                    lambda name: session.change(y=name),
                )
        if defined := meaning(opened.study, measure):
            text(defined, kind="note")
        if said := drawn_instead(chosen, address.figure, measure, x, y):
            text(said, kind="note")
        FigurePanel(
            partial(draw, chosen, address.figure, measure, x, y, session.dark.value),
            in_words(chosen, address.figure, measure, x, y),
            (opened.name, address.figure, measure, x, y, address.where, session.dark.value),
        )
    return figure


def meaning(study: Answers, measure: str) -> str:
    """What a measure counts, in a sentence; empty for one that has no definition."""
    from desertion.study.analysis.columns import run_definitions

    told = run_definitions([measure], study.spec).get(measure)
    if told is None:
        return ""
    size = {"simulated": "simulated persons in the file, real size in the figure"}.get(told["size"], "")
    rest = ", ".join(part for part in (told["unit"], size) if part)
    return f"{measure}: {told['definition']}{f' ({rest})' if rest else ''}."


def draw(study: Answers, kind: str, measure: str, x: str, y: str, dark: bool) -> Figure:
    """Draw a figure of a study.

    Args:
        study: The study, or a selection of its points.
        kind: One of `FIGURES`.
        measure: The measure.
        x: Parameter across, if any was varied.
        y: Parameter upright, if two were.
        dark: Whether the page behind is dark.

    Raises:
        InputError: If the study cannot be shown that way.
    """
    from desertion.study.analysis.cascades import SIZE
    from desertion.study.analysis.pictures import overview

    axes, kind = [axis for axis in (x, y) if axis], kind_of(study, kind, x, y)
    return overview(study, measure if study.draws(measure, kind) else SIZE, kind, axes=axes, dark=dark)


def kind_of(study: Answers, kind: str, x: str, y: str) -> str:
    """The kind of figure that is drawn where the visitor leaves the choice to the study."""
    from desertion.study.analysis.axes import is_grid
    from desertion.study.analysis.pictures import suited

    if not kind and y and study.points.groupby([x, y])["design"].count().max() == 1 and is_grid(study, (x, y)):
        return "phase"
    return kind or suited(study)


def in_words(study: Answers, kind: str, measure: str, x: str, y: str) -> str:
    """What a figure shows: its kind, and the number that it draws."""
    from desertion.figures.labels import label

    kind = kind_of(study, kind, x, y)
    return f"{FIGURES.get(kind, kind)}: {_other(study, kind, measure, y) or label(measure)}"


def drawn_instead(study: Answers, kind: str, measure: str, x: str, y: str) -> str:
    """What a figure draws that is not the measure itself, in a sentence; empty where it is the measure."""
    kind = kind_of(study, kind, x, y)
    if kind == "pareto" and study.draws(measure, kind):
        return ""
    if not (other := _other(study, kind, measure, y)):
        return ""
    said = {
        "curves": f"The curves draw another number, which was kept day by day: {other}.",
        "pareto": f"The front draws {other}, and not this measure.",
        "phase": f"The heatmap draws another number: {other}.",
    }
    return said[kind]


def _other(study: Answers, kind: str, measure: str, y: str) -> str:
    """What a kind of figure draws in place of the measure, in words; empty where it is the measure."""
    from desertion.figures.labels import label
    from desertion.study.analysis.cascades import GLOBAL, SIZE

    if kind == "curves" and study.header.get("columns"):
        column = study.curve_of(measure if study.draws(measure, kind) else SIZE)
        return "" if column == measure else label(column)
    if kind == "pareto":
        return "what it weighs"
    is_share = kind == "phase" and bool(y) and measure == SIZE
    return f"the share of runs in which at least {100.0 * GLOBAL:g} % left" if is_share else ""


@solara.component
def _OfComparison(opened: OpenedStudy) -> Any:
    from desertion.app.pages.compare import ComparisonView

    session = current()
    with box([], "") as shown:
        text(str(opened.comparison.about.get("title", opened.comparison.scenario)), "h2")
        ComparisonView(opened.comparison, opened.name, session.dark.value)
    return shown
