"""Study: the page that opens a study's file: heatmap, curves, sizes, sensitivity, and single points as runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from desertion.app.address import Address
from desertion.app.drawing import Drawn
from desertion.app.folder import names, path_of
from desertion.app.job import State
from desertion.app.parts import box, choice, drawn, facts, sentence, table, text
from desertion.app.session import Session, current
from desertion.app.ui import solara
from desertion.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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

_MOST_POINTS = 60
_NOT_MEASURES = {"design", "replicate", "status", "seconds", "policies", "attempts", "dummy"}


@dataclass(frozen=True)
class Opened:
    """A study's file, opened.

    Attributes:
        name: Name of the file.
        study: The study.
        comparison: The comparison, if it is one.
        axes: Varied numbers.
        measures: What the runs measured.
        policies: Policy mixes by label.
    """

    name: str
    study: Any
    comparison: Any
    axes: tuple[str, ...]
    measures: tuple[str, ...]
    policies: dict[str, tuple[str, ...]]


def opened(name: str) -> Opened:
    """Open a file of the study folder.

    Raises:
        InputError: If it is no study, or none of the folder.
    """
    import pandas as pd

    from desertion.study.comparison import Comparison
    from desertion.study.results import Study
    from desertion.study.tables import parameters_of

    path = path_of(name)
    study = Study(path)
    task = str(study.spec["task"])
    if task.endswith("claim_task.run_arm"):
        raise InputError(f"{name} holds the runs of claims: open it on the page Claims", key="file")
    comparison = Comparison(path) if task.endswith(".run_arm") else None
    parameters = parameters_of(study.runs)
    axes = [one for one in parameters if one not in _NOT_MEASURES and pd.api.types.is_numeric_dtype(study.runs[one])]
    measures = [str(one) for one in study.runs.columns if one not in {*parameters, *_NOT_MEASURES}]
    policies = {str(label): tuple(mix) for label, mix in dict(study.spec["policies"]).items()}
    return Opened(name, study, comparison, tuple(axes), tuple(measures), policies)


@solara.component
def StudyPage() -> Any:
    """Choose a file, axes and a measure; look; open one point as a run."""
    session = current()
    address = session.address.value
    solara.Title("Study - Desertion cascades")
    found = names()
    solara.use_effect(lambda: _open(session), [address.file])
    state: State = session.study.state.value
    with box([], "") as page:
        text("A study, looked at from all sides", "h1")
        text(
            "Files that the commands sweep and compare wrote into the study folder of this server.",
            kind="lead",
        )
        if session.problem.value:
            sentence(session.problem.value)
        if not found and not address.file:
            sentence(
                "The study folder is empty, or the server was started without one: desertion app --studies FOLDER.",
                "note",
            )
        else:
            choice("File", address.file, {"": "choose a file", **{name: name for name in found}},
                   lambda name: session.change(file=name, x="", y="", measure="", figure="", cell=-1))  # fmt: skip
        if state.problem:
            sentence(state.problem)
        if state.busy:
            text("Opening ...", kind="small", role="status")
        if state.state == "done" and isinstance(state.result, Opened) and state.result.name == address.file:
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
    session.study.start(lambda _tell, _stop: opened(name))


@solara.component
def _OfStudy(one: Opened) -> Any:
    session = current()
    address = session.address.value
    study = one.study
    measure = (
        address.measure
        if address.measure in one.measures
        else ("share_left" if "share_left" in one.measures else one.measures[0])
    )
    x = address.x if address.x in one.axes else (one.axes[0] if one.axes else "")
    y = address.y if address.y in one.axes and address.y != x else next((axis for axis in one.axes if axis != x), "")
    with box([], "") as shown:
        text(study.title, "h2")
        text(str(study.header.get("question", "")), kind="lead")
        counts = {word: f"{count:,}" for word, count in study.counts.items()}
        facts({f"runs {word}": count for word, count in counts.items()} | {"design points": f"{len(study.points):,}",
              "design": str(study.spec["design"]["kind"]), f"scenario, seed {study.spec['seed']}": str(study.spec["scenario"]).split("/")[-1]})  # fmt: skip
        with box([], "app-buttons"):
            choice("Figure", address.figure, FIGURES, lambda name: session.change(figure=name))
            choice(
                "Measure",
                measure,
                {name: name.replace("_", " ") for name in one.measures},
                lambda name: session.change(measure=name),
            )
            if len(one.axes) > 1:
                choice("Across", x, {axis: axis for axis in one.axes}, lambda name: session.change(x=name))
                choice(
                    "Upright", y, {axis: axis for axis in one.axes if axis != x}, lambda name: session.change(y=name)
                )
        key = (one.name, address.figure, measure, x, y, session.dark.value)
        Drawn(
            partial(_draw, one, address.figure, measure, x, y, session.dark.value),
            f"{FIGURES[address.figure]}: {measure}",
            key,
        )
        _Points(one, measure)
    return shown


def _draw(one: Opened, kind: str, measure: str, x: str, y: str, dark: bool) -> Figure:
    """Draw a figure of a study; those whose colours the study's own module chooses stay light on a dark page."""
    from desertion.figures import study as figures
    from desertion.figures import style

    if kind in ("", "phase") and len(one.axes) >= 2 and len(one.policies) == 1:
        with style.house(dark=dark):
            figure = style.new_figure("wide")
            chance = measure == "share_left"
            cells = one.study.phase(x, y, measure, "chance" if chance else "median")
            title = "Chance that at least a tenth leave" if chance else f"Median of {figures.label(measure)}"
            ax = figures.heatmap(figure.subplots(), cells, title, "share of runs" if chance else figures.label(measure))
            if chance or not cells.to_numpy().any():
                ax.collections[0].set_clim(0.0, 1.0)
            return figure
    if kind == "response" and x:
        with style.house(dark=dark):
            figure = style.new_figure("wide")
            figures.response(figure.subplots(), one.study.runs[one.study.runs["status"] == "done"], x, measure)
            return figure
    from desertion.figures.overview import overview

    return overview(one.study, measure, kind or None)


@solara.component
def _Points(one: Opened, measure: str) -> Any:
    """The design points with the measure, and one of them opened as a run."""
    session = current()
    address = session.address.value
    points = one.study.summary([measure]).head(_MOST_POINTS)
    parameters = [str(name) for name in one.study.points.columns if name != "design"]
    with box([], "") as shown:
        text("Points of the design", "h2")
        rows = [[str(row["design"]), *(_plain(row[name]) for name in parameters), _plain(row["q05"]), _plain(row["q50"]), _plain(row["q95"])]
                for _, row in points.iterrows()]  # fmt: skip
        drawn(
            table(
                ["point", *parameters, "5 %", "median", "95 %"],
                rows,
                numbers=range(1, len(parameters) + 4),
                caption="Design points",
            )
        )
        if len(one.study.points) > _MOST_POINTS:
            text(
                f"The first {_MOST_POINTS} of {len(one.study.points):,}; desertion export gives them all.", kind="small"
            )
        options = {"-1": "choose a point"} | {row[0]: ", ".join(row[:-3]) for row in rows}
        with box([], "app-buttons"):
            choice("Open one point as a run", str(address.cell), options, lambda name: session.change(cell=int(name)))
            if str(address.cell) in options and address.cell >= 0:
                with solara.Link("/?" + cell_address(one, address.cell, address).query()):
                    text(f"Play point {address.cell}, replicate 0", "span")
    return shown


def cell_address(one: Opened, design: int, now: Address) -> Address:
    """The address of page Cascade that plays the first replicate of a design point.

    Args:
        one: The study.
        design: Number of the point.
        now: The present address, for what stays.
    """
    from dataclasses import replace

    from desertion.draws import replicate_seed

    spec = one.study.spec
    row = one.study.points.set_index("design").loc[design].to_dict()
    label = str(row.pop("policies", next(iter(one.policies))))
    settings = dict(spec.get("settings") or spec.get("set") or {}) | row
    settings.pop("dummy", None)
    scale = settings.pop("scale", spec.get("scale")) or 0.0
    days = settings.pop("days", spec.get("days")) or 0
    texts = tuple(sorted((str(key), _toml(value)) for key, value in settings.items()))
    return replace(
        now, scenario=str(spec["scenario"]), policies=one.policies.get(label, ()), settings=texts, scale=float(scale), days=int(days),
        seed=int(replicate_seed(int(spec["seed"]), 0)), force="", person=-1,
    )  # fmt: skip


@solara.component
def _OfComparison(one: Opened) -> Any:
    from desertion.app.compare import Shown

    session = current()
    with box([], "") as shown:
        text(str(one.comparison.about.get("title", one.comparison.scenario)), "h2")
        Shown(one.comparison, one.name, session.dark.value)
    return shown


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    item = getattr(value, "item", None)
    plain = item() if item is not None else value
    return repr(plain) if isinstance(plain, int | float) else str(plain)
