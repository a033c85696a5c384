"""`desertion plot`: draw a figure of what was run, or of how people decide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options
from desertion.commands._shared.studies import of_studies

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from desertion.figures.style import Medium
    from desertion.scenario import Scenario

What = Annotated[
    str,
    typer.Argument(
        help="A folder that `run` or `compare` wrote, a study's file, or, for --kind decision, a scenario by name or path."
    ),
]
Kind = Annotated[str | None, typer.Option("--kind", "-k", help="Which figure; the one looked at first if not given.")]
To = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="The file to draw: .png, .svg or .pdf; outputs/KIND.png if not given."),
]
Force = Annotated[str | None, typer.Option("--force", help="Which force, where there are several.")]
Paper = Annotated[bool, typer.Option("--paper", help="For print: small type, 300 dots an inch.")]
Dark = Annotated[bool, typer.Option("--dark", help="For a dark page.")]
Who = Annotated[str, typer.Option("--who", help="For --kind decision: soldier or reservist.")]

RUN_KINDS = ("curves", "routes", "strength", "hosts")


@of_studies
def command(
    context: typer.Context,
    what: What,
    kind: Kind = None,
    out: To = None,
    force: Force = None,
    who: Who = "reservist",
    paper: Paper = False,
    dark: Dark = False,
) -> int:
    """Draw a figure of a run, a comparison or a study, or of the decision to leave."""
    from desertion.figures import style

    medium = "paper" if paper else "screen"
    place = Path(what)
    if (place / "study.sqlite").is_file() or place.suffix == ".sqlite":
        options.unused(context, "who", beside="the file of a study")
        kind, figure = _study(context, place / "study.sqlite" if place.is_dir() else place, kind, force, medium, dark)
    elif kind == "decision":
        options.unused(context, "force", beside="--kind decision, which shows the first force")
        own = place / "scenario.toml"
        figure = _decision(str(own) if own.is_file() else what, who, medium, dark)
    else:
        options.unused(context, "who", without="--kind decision")
        kind = kind or "curves"
        figure = _run(place, kind, force, medium, dark)
    with style.house(medium, dark=dark):  # which says how many dots an inch has
        print(style.save(figure, options.place(out, f"{kind}.png")))
    return 0


def _study(
    context: typer.Context, path: Path, kind: str | None, force: str | None, medium: Medium, dark: bool
) -> tuple[str, Figure]:
    from desertion.errors import InputError
    from desertion.study.analysis.cascades import SIZE
    from desertion.study.analysis.pictures import overview, suited
    from desertion.study.analysis.study import Study
    from desertion.study.comparison.comparison import Comparison
    from desertion.study.comparison.pictures import SHARED, draw

    study = Study(path)
    if study.spec["task"] == "claims":
        raise InputError(
            f"{path} holds the runs of claims, which are judged and not drawn: read claims.html beside it, or judge them "
            f"again with `desertion claims --report`"
        )
    if study.spec["task"] == "comparison":
        kind = kind or "curves"
        if kind in SHARED:
            options.unused(context, "force", beside=f"--kind {kind}, which is the same for all forces")
        return kind, draw(Comparison(path), kind, force=force, medium=medium, dark=dark)
    if force is not None:
        raise InputError(
            f"--force {force}: the figures of a study add up all forces; for one of them draw a measure of it, say "
            f"`desertion show {path} --measure left_total@{force} --plot figure.png`"
        )
    kind = kind or suited(study)
    return kind, overview(study, SIZE, kind, medium=medium, dark=dark)


def _run(place: Path, kind: str, force: str | None, medium: Medium, dark: bool) -> Figure:
    from desertion.errors import refuse_unknown
    from desertion.figures import curves, hosts, routes, strength, style
    from desertion.figures.events import events
    from desertion.scenario.grain import basis
    from desertion.study.analysis.columns import at_real_size

    refuse_unknown("figure of a run", kind, (*RUN_KINDS, "decision"))
    scenario = _scenario(place)
    start = None if scenario is None else scenario.start
    scale = 1.0 if scenario is None else scenario.scale
    daily = _read(place / "daily.csv")
    forces = list(dict.fromkeys(map(str, daily["force"])))
    if force is not None:
        refuse_unknown("force", force, forces)
    if kind in ("routes", "strength"):  # sums over armies would be nobody's
        force = force or forces[0]
    marks = () if scenario is None else events(scenario, force)
    daily = _of(daily, force)
    with style.house(medium, dark=dark):
        figure = style.new_figure("tall" if kind in ("curves", "hosts") else "wide", medium)
        draw: dict[str, Callable[[], object]] = {
            "curves": lambda: curves.run(figure, daily, start=start, scale=scale, marks=marks),
            "routes": lambda: routes.over_time(figure.subplots(), at_real_size(daily, scale), start=start),
            "strength": lambda: strength.curve(
                figure.subplots(), at_real_size(daily, scale).assign(policy="", replicate=0), start=start
            ),
            "hosts": lambda: hosts.loads(
                figure, at_real_size(_of(_read(place / "hosts.csv"), force), scale), start=start
            ),
        }
        draw[kind]()
        if force is not None and len(forces) > 1:
            figure.text(0.99, 0.985, force, ha="right", va="top", color=style.soft_ink())
        if scale < 1.0 and kind != "curves":
            style.note(figure, f"{figure.get_supxlabel()} {basis(1.0 / scale)}".strip())
    return figure


def _of(table: pd.DataFrame, force: str | None) -> pd.DataFrame:
    return table if force is None else table[table["force"] == force]


def _read(path: Path) -> pd.DataFrame:
    """A table of a run with what its folder says of its columns; folders of earlier versions hold simulated persons."""
    import pandas as pd

    from desertion.errors import InputError
    from desertion.reading import json_table
    from desertion.simulation.record.columns import Definitions

    if not path.is_file():
        what = f"holds no {path.name}" if path.parent.exists() else "does not exist"
        raise InputError(f"{path.parent} {what}: give a folder that `desertion run --out` wrote")
    try:
        table = pd.read_csv(path)
    except (ValueError, UnicodeDecodeError) as problem:
        raise InputError(f"{path} cannot be read ({problem}); run the scenario again") from problem
    missing = {"day", "force"} - set(table.columns)
    if missing:
        raise InputError(
            f"{path} lacks the column {sorted(missing)[0]!r}; give a folder that `desertion run --out` wrote"
        )
    told = path.parent / "columns.json"
    columns = json_table(told).get("files", {}).get(path.name) if told.is_file() else None
    if columns:
        table.attrs["columns"] = Definitions(columns)
    return table


def _scenario(place: Path) -> Scenario | None:
    from desertion.scenario import Scenario

    path = place / "scenario.toml"
    return Scenario.load(path) if path.is_file() else None


def _decision(name: str, who: str, medium: Medium, dark: bool) -> Figure:
    from desertion.commands._shared.running import loaded
    from desertion.figures import style
    from desertion.study.comparison.pictures import decision_of

    scenario = loaded(name, None, {}, None, None)
    with style.house(medium, dark=dark):
        figure = style.new_figure("square" if medium == "paper" else "column", medium)
        decision_of(figure.subplots(), scenario, who)
        style.raised(figure)
        if len(scenario.forces) > 1:
            style.note(figure, f"Of {scenario.forces[0].name}, the first force.")
    return figure
