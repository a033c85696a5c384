"""`desertion history`: the historical series, listed or drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options

if TYPE_CHECKING:
    from desertion.study.history.beside import ModelledSeries
    from desertion.study.history.series import Series


def command(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Series to show, by name, or CSV files; all if none.")
    ] = None,
    with_model: Annotated[
        bool,
        typer.Option(
            "--with-model",
            help="Beside each, what the shipped scenario of the same events gives, or the scenario that is named after it.",
        ),
    ] = False,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="With the model: a scenario of your own, by name or path.")
    ] = None,
    column: Annotated[
        str,
        typer.Option(
            "--column",
            help="With --scenario: the daily column that is counted, several joined by +; what its [calibration] counts, or departures, if not given.",
        ),
    ] = "",
    patterns: Annotated[
        bool,
        typer.Option("--patterns", help="Hold the shipped scenarios against the patterns of the evidence instead."),
    ] = False,
    runs: Annotated[int, typer.Option("--runs", "-n", min=1, help="Runs of each scenario.")] = 20,
    seed: options.Seed = 1,
    kind: Annotated[str, typer.Option("--kind", help="For CSV files: flow, cumulative or level.")] = "flow",
    unit: Annotated[
        str | None, typer.Option("--unit", help="Unit of all rows, for CSV files without that column.")
    ] = None,
    counts: Annotated[str | None, typer.Option("--counts", help="What is counted in all rows, likewise.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Who published the figures, likewise.")] = None,
    grade: Annotated[str | None, typer.Option("--grade", help="Grade of all rows, A to C, likewise.")] = None,
    out: options.Out = None,
) -> None:
    """List the historical series with their caveats; with --out, draw each as a PNG."""
    from desertion.files import folder
    from desertion.scenario.rows import is_csv
    from desertion.study.history.beside import COUNTERPARTS
    from desertion.study.history.history import history
    from desertion.study.history.shipped import names as shipped

    words = {"unit": unit, "counts": counts, "source": source, "grade": grade}
    for_all = {key: word for key, word in words.items() if word is not None}
    if out is not None:
        folder(out)
    if patterns:
        others = ("names", "with_model", "scenario", "column", "kind", *words)
        options.unused(context, *others, beside="--patterns, which are held against shipped scenarios")
        _hold(runs, seed, out)
        return
    own = [name for name in names or () if with_model and not is_csv(name) and name not in shipped()]
    if own and scenario is None:
        scenario = own.pop()
        names = [name for name in names or () if name != scenario]
    if not any(map(is_csv, names or ())):
        options.unused(context, "kind", *words, without="a CSV file")
    if scenario is None:
        options.unused(context, "column", without="--scenario")
        if not with_model:
            options.unused(context, "runs", "seed", without="--with-model, --scenario or --patterns")
    if out is not None:
        _refuse_doubles(names or ())
    for name in names or (COUNTERPARTS if with_model else shipped()):
        beside = scenario or with_model
        is_own = is_csv(name)
        found = history(
            name, kind=kind if is_own else "flow", words=for_all if is_own else None, with_model=beside, column=column,
            runs=runs, seed=seed,
        )  # fmt: skip
        # Drawn before it is printed: what cannot be shown is not lost.
        drawn = None if out is None else _draw(found.series, found.modelled, out)
        print(_head(found.series, is_own))
        details = [found.series.extent, *found.series.caveats, *found.series.remarks]
        if found.modelled is not None:
            who = scenario or COUNTERPARTS[name].scenario
            details += _beside(found.modelled, found.series, who, runs)
        for detail in (*details, *([drawn] if drawn is not None else [])):
            print(f"  {detail}")


def _refuse_doubles(names: Sequence[str]) -> None:
    """Refuse series of one name, whose pictures would be one file."""
    from desertion.errors import InputError

    called = [Path(name).stem for name in names]
    if twice := next((name for name in called if called.count(name) > 1), ""):
        raise InputError(
            f"series {twice!r} is named twice, and each is drawn into {twice}.png: name each series once, and give each file a name of its own"
        )


def _head(series: Series, is_own: bool) -> str:
    from desertion.figures.labels import many

    name = series.name if series.title == series.name else f"{series.name}: {series.title}"
    # Shipped series are kept for fitting or for judging; of an own one nothing is fitted here.
    use, flag = "" if is_own else f", {series.use}", ", recalled figures" if series.recalled else ""
    return f"{name} ({many(len(series.points), 'point')}{use}{flag})"


def _beside(pair: ModelledSeries, series: Series, scenario: str, runs: int) -> list[str]:
    """What runs of a scenario give for a series, in lines."""
    from desertion.figures.labels import many
    from desertion.study.history.beside import ERRORS

    running = " of the running totals" if series.kind == "cumulative" else ""
    misfits = {ERRORS[series.kind]: pair.total_difference, f"averaged relative difference{running}": pair.difference}
    told = ", ".join(f"{what} {value:.2f}" for what, value in misfits.items() if not math.isnan(value))
    sums = pair.sums if series.kind == "flow" else ""
    return [
        f"{scenario}, {many(runs, 'run')}, {many(len(pair.places), 'point')}: {sums}{told or 'nothing to relate an error to'}",
        f"counted in the model: {pair.meaning}",
        *([pair.grain] if pair.grain else []),
    ]


def _hold(runs: int, seed: int, out: Path | None) -> None:
    from desertion.files import write_text
    from desertion.study.blocks import markdown
    from desertion.study.history.pattern_list import PATTERNS
    from desertion.study.history.patterns import SETUPS, hold, patterns_blocks, run_setups

    held = hold(PATTERNS, run_setups(tuple(SETUPS), runs, seed))
    text = markdown(patterns_blocks(held, runs))
    print(text if out is None else write_text(out / "patterns.md", text))


def _draw(series: Series, pair: ModelledSeries | None, out: Path) -> Path:
    from desertion.figures import series as drawing
    from desertion.figures import style

    with style.house():
        figure = style.new_figure("wide")
        ax = drawing.series(figure.subplots(), series.table, series.kind, series.title)
        if pair is not None:
            drawing.simulated(ax, series.table, series.kind, pair.places, pair.simulated, pair.meaning)
        style.raised(figure)
        grades = ", ".join(dict.fromkeys(point.grade for point in series.points))
        signs = "Bars span intervals, whiskers stated ranges, triangles lower bounds; hollow: recalled."
        if any(point.group for point in series.points):
            ranged = any(end is not None for point in series.points for end in (point.low, point.high))
            signs = "Lines: stated ranges." if ranged else ""
        told = f"\nModel: {pair.grain}." if pair is not None and pair.grain else ""
        style.note(figure, f"Grade {grades}. {signs}{told}".strip())
        return style.save(figure, out / f"{series.name}.png")
