"""`desertion show`: what is inside a study's file."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options as _options
from desertion.commands._shared.studies import File, of_studies

if TYPE_CHECKING:
    import pandas as pd

    from desertion.study.analysis.answers import Answers

Failures = Annotated[bool, typer.Option("--failures", help="Show failed runs with their tracebacks.")]
Verify = Annotated[bool, typer.Option("--verify", help="Check the whole file against its checksums.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw a figure into this file (png, svg or pdf).")]
Measure = Annotated[
    str | None,
    typer.Option("--measure", "-m", help="The measure to show; share_left, or the first that was kept, if not given."),
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--kind", help="curves, sizes, response, phase, sensitivity, paired or pareto; what suits if not given."
    ),
]
Discover = Annotated[
    str | None,
    typer.Option("--discover", metavar="LEVEL", help="Say in words where the measure's median reaches this level."),
]

Table = Annotated[
    Path | None,
    typer.Option("--table", help="Write what the figure shows, or quantiles of the measure, into this CSV file."),
]

_MOST = 40


@of_studies
def command(
    context: typer.Context,
    file: File,
    measure: Measure = None,
    failures: Failures = False,
    verify: Verify = False,
    plot: Plot = None,
    table: Table = None,
    kind: Kind = None,
    discover: Discover = None,
    simulated: _options.Simulated = False,
    as_json: _options.Json = False,
) -> int:
    """Show what is inside a study's file, check it, or draw it."""
    _refuse_unused(context)
    _options.refuse_places([file], table=table, plot=plot)
    from desertion.study.analysis.answers import Answers

    if verify:
        return _verify(file)
    study = Answers(file, simulated=simulated)
    if failures:
        return _failures(study)
    measure = measure or study.usual_measure
    if as_json:
        return _show_json(study, measure)
    if discover is not None:
        return _discover(study, measure, discover)
    # Worked out before anything is printed or written, so that what is refused leaves nothing.
    answer = None if table is None else study.answer(measure, kind)
    figure = None
    if plot is not None:
        from desertion.study.analysis.pictures import overview

        figure = overview(study, measure, kind)
    told = _table(study, measure) if plot is None and table is None and study.counts.get("done") else ""
    _head(study)
    if plot is not None and figure is not None:
        from desertion.figures import style

        with style.house():  # which says how many dots an inch has
            style.save(figure, plot)
        print(f"\ndrawn: {plot}")
    if table is not None and answer is not None:
        from desertion.commands._shared.results import write_answer

        print(f"written: {write_answer(table, answer, study.points)}")
    if told:
        print(told)
    return 0


def _refuse_unused(context: typer.Context) -> None:
    """Refuse options that what is to be shown leaves aside; it is the first of these that was asked for."""
    figures = ("plot", "table", "kind")
    lone = {
        "verify": ("failures", "discover", "as_json", "measure", "simulated", *figures),
        "failures": ("discover", "as_json", "measure", "simulated", *figures),
        "as_json": ("discover", *figures),
        "discover": figures,
    }
    for name, others in lone.items():
        if context.params[name]:
            _options.unused(context, *others, beside=f"--{name.removeprefix('as_')}")
    if context.params["plot"]:
        _options.unused(context, "simulated", beside="--plot, whose persons are at real size")
    if not (context.params["plot"] or context.params["table"]):
        _options.unused(context, "kind", without="--plot or --table")


def _show_json(study: "Answers", measure: str) -> int:
    from desertion.commands._shared.results import print_json
    from desertion.simulation.record.columns import is_chance

    head = {"title": study.title, "counts": study.counts, "spec": study.spec, "versions": study.header["versions"]}
    failures = study.failures[["design", "replicate", "status", "attempts", "error"]]
    tables = {"summary": study.summary([measure])} if study.counts.get("done") else {}
    if tables and is_chance(measure):
        tables["chance"] = study.chance(measure)
    print_json(
        {
            **head,
            "points": study.points,
            "failures": failures,
            "size": study.basis(measure),
            "floor": study.floor,
            **tables,
        }
    )
    return 0


def _head(study: "Answers") -> None:
    from desertion.figures.labels import at_least
    from desertion.study.design.layout import DUMMY
    from desertion.study.design.replicates import ReplicateRule

    spec, header = study.spec, study.header
    varied = [name for name in map(str, study.points.columns) if name not in ("design", "policies", DUMMY)]
    print(study.title)
    if header["question"]:
        print(header["question"])
    least = at_least(ReplicateRule.model_validate(spec["replicates"]).adaptive)
    lacking = f"; {least}{study.lacking:,} not made" if study.lacking else ""
    print(f"\nruns       {study.held}{lacking}")
    print(f"points     {len(study.points):,} ({spec['design']['kind']}), {study.missing()} without a finished run")
    scale = f", scale {spec['scale'] or 'own'}" if study.has_size else ""
    print(f"scenario   {', '.join(study.scenarios) or 'not told'}{scale}, seed {spec['seed']}")
    if study.floor:
        print(f"note       {study.floor}")
    print(f"varied     {', '.join(varied) or 'nothing'}; policies: {', '.join(spec['policies'])}")
    print(f"curves     {', '.join(header.get('columns', ())) or 'none'}")
    print(f"made       {header['created']} by desertion {header['versions']['desertion']} on {header['platform']}")
    print(f"spec       {header['spec_sha256']}")
    for change in header.get("accepted_changes", ()):
        print(f"changed    {change['at']}: {'; '.join(change['changes'])}")


def _table(study: "Answers", measure: str) -> str:
    from desertion.scenario import grain
    from desertion.simulation.record.columns import REAL, SIMULATED, is_chance
    from desertion.study.analysis.answers import QUANTILES
    from desertion.study.analysis.tables import done_runs

    done_runs(study.runs, measure)
    if is_chance(measure):
        return f"\n{measure}: share of the runs with its 95 % Wilson interval\n{_text(study.chance(measure))}"
    size = study.size_of(measure)
    own = measure in study.spec.get("own", {}).get("measures", ())
    said = {REAL: ", counts at real size", SIMULATED: ", counts of simulated persons"}
    basis = ", as its own function gives it at the simulated size" if own else said.get(study.basis(measure), "")
    head = f"\n{measure}{basis}: median and middle nine tenths of the runs"
    table, few = study.summary([measure]).drop(columns=["measure"]), study.few(measure)
    for name in QUANTILES if size > 1.0 or few[[*QUANTILES]].any(axis=None) else ():
        say = "{:,.0f}".format if size > 1.0 else _short
        table[name] = [say(value) + grain.mark(few) for value, few in zip(table[name], few[name], strict=True)]
    told = _text(table)
    return "\n".join([head, told, *([grain.legend(1.0 / study.scales[0])] if grain.MARK in told else [])])


def _short(value: float) -> str:
    from desertion.figures.labels import rounded

    return rounded(value, 4)


def _text(table: "pd.DataFrame") -> str:
    shown = table.head(_MOST).to_string(index=False, float_format=_short)
    return shown if len(table) <= _MOST else f"{shown}\n... {len(table) - _MOST} more (desertion export gives them all)"


def _failures(study: "Answers") -> int:
    from desertion.figures.labels import many

    if not len(study.failures):
        print("no run failed")
    for _, run in study.failures.head(_MOST).iterrows():
        tried = f" after {many(int(run['attempts']), 'start')}" if run["attempts"] > 1 else ""
        print(f"design point {run['design']}, replicate {run['replicate']}: {run['status']}{tried}, {run['error']}")
        if run["trace"]:
            print(run["trace"])
    return 0


def _verify(path: Path) -> int:
    from desertion.study.store.reader import StudyFile

    with StudyFile(path) as file:
        total = sum(1 for _ in file.examined())
        damage = file.damage()
    for sentence in damage:
        print(sentence)
    if damage:
        return 1
    print(f"{total:,} of {total:,} runs match their checksums, and so do description and design points")
    return 0


def _discover(study: "Answers", measure: str, level: str) -> int:
    from desertion.errors import InputError

    try:
        reached = float(level)
    except ValueError:
        reached = math.nan
    if not math.isfinite(reached):
        raise InputError(f"--discover {level!r} must be a finite number: the level that the measure should reach")
    what = f"the median of {measure} reaches {reached:g}"
    boxes = study.discover(measure, at_least=reached)
    for box in boxes:
        print(box.words(what))
    if boxes:
        half = study.confirmed(measure, at_least=reached)
        found = "no range separates them, so that this one may be chance." if half is None else half.words(what)
        print(f"Sought again in half of the points, and counted in the other half: {found[0].lower()}{found[1:]}")
    else:
        print(f"No range of what was varied tells the points where {what} from the others.")
    return 0
