"""`desertion compare`: several policies on the same people and fates."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options as _options
from desertion.commands._shared import studies as _studies

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from desertion.study.comparison.comparison import Comparison
    from desertion.study.design.spec import StudySpec
    from desertion.study.run.options import RunOptions

Arms = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        "-p",
        help="A policy to compare; repeatable. Join several with +, as in fast-track+exit-ban. The first is the baseline.",
    ),
]
OwnPoints = Annotated[
    Path | None,
    typer.Option(
        "--points",
        help="CSV file of what to compare in place of policies, a row an arm: inputs by dotted key, policies, label.",
    ),
]
Paper = Annotated[bool, typer.Option("--paper", help="Draw the figures for print, as PDF.")]

COLUMNS = {
    "left_flee": "fled",
    "left_surrender": "surrendered",
    "lowest_strength": "lowest\nstrength",
    "collapsed": "collapse",
    "protected": "protected\nat the end",
    "peak_waiting": "most cases\nwaiting",
    "cost_eur": "cost to\nthe hosts",
}
"""Outcomes of the printed table beside all leavers."""

NOTE = (
    "Medians of the runs with 95 % intervals; differences on the same people and fates (* the interval excludes 0); collapse: share of "
    "runs with Wilson's interval; persons and cases at real size."
)
"""What the cells of the printed table mean."""

FILES = (
    "report.html", "summary.csv", "paired.csv", "attribution.csv", "curves.csv", "columns.json", "scenario.toml", "provenance.json",
)  # fmt: skip
"""What is written beside tables and figures."""


@_studies.of_studies
def command(
    context: typer.Context,
    scenario: _options.Scenario = "russia-2022",
    policies: Arms = None,
    points: OwnPoints = None,
    settings: _options.Settings = None,
    seed: _options.Seed = 1,
    runs: _options.Runs = 20,
    scale: _options.Scale = None,
    days: _options.Days = None,
    population: _options.Population = "compiled",
    workers: _options.Workers = None,
    scheduler: _options.Scheduler = None,
    tls_ca: _studies.Authority = None,
    tls_cert: _studies.Certificate = None,
    tls_key: _studies.Key = None,
    out: _options.Out = None,
    accept_changes: _options.AcceptChanges = False,
    paper: Paper = False,
    as_json: _options.Json = False,
    quiet: _options.Quiet = False,
) -> int:
    """Compare policies on common random numbers; write table, curves and report."""
    from desertion.commands._shared.results import own_folder
    from desertion.study.comparison.compare import spec_of

    if out is None:
        _options.unused(context, "paper", "accept_changes", without="--out")
    proof = _studies.certificates(context, scheduler, tls_ca, tls_cert, tls_key)
    spec = spec_of(
        scenario,
        policies,
        points=points,
        runs=runs,
        seed=seed,
        scale=scale,
        days=days,
        settings=_options.settings(settings),
        population=population,
    )
    options = _studies.run_options(workers, scheduler, certificates=proof, accept_changes=accept_changes, quiet=quiet)
    if out is None:
        with tempfile.TemporaryDirectory(prefix="desertion-") as temporary:
            return _compare(spec, Path(temporary), options, keep=False, paper=paper, as_json=as_json)
    return _compare(spec, own_folder(out, FILES, "compare", {}), options, keep=True, paper=paper, as_json=as_json)


def _compare(spec: StudySpec, place: Path, options: RunOptions, *, keep: bool, paper: bool, as_json: bool) -> int:
    from desertion.commands._shared.results import print_json, say
    from desertion.study.comparison.comparison import Comparison
    from desertion.study.run.sweep import run_study

    path = place / "study.sqlite"
    run_study(spec, path, options)
    comparison = Comparison(path)
    # Written before it is printed: what cannot be shown is not lost.
    if keep:
        _write(comparison, place, paper=paper)
    if as_json:
        about = {
            "scenario": comparison.scenario,
            "baseline": comparison.baseline,
            "policies": list(comparison.policies),
        }
        tables = {"summary": comparison.summary, "paired": comparison.paired}
        print_json({**about, "pairs": comparison.pairs, "size": "real", **tables})
        return 0
    _tell(comparison)
    if keep:
        written = (
            f"written to {place}: report.html (read this first), summary.csv, paired.csv, attribution.csv, curves.csv, columns.json, "
            "figures, scenario.toml (of the baseline), arms (all scenarios), provenance.json, study.sqlite"
        )
        print()
        say(written, hyphens=False)
    if comparison.failed:
        print(
            f"{comparison.failed} of {len(comparison.runs)} runs did not finish and are left out of every number",
            file=sys.stderr,
        )
    return 0


def _tell(comparison: Comparison) -> None:
    """Print the answer and the table of each force, as wide as the window."""
    from shutil import get_terminal_size

    from rich.console import Console

    from desertion.commands._shared.results import say
    from desertion.scenario.grain import MARK, legend
    from desertion.study.comparison.report import words
    from desertion.study.comparison.report.answer import answer

    width = get_terminal_size().columns
    # A name that is longer than the window is broken by its edge; nothing is cut off.
    console = Console(width=max(width, 200), highlight=False)
    say(f"{comparison.title}: {words.byline(comparison)}")
    with console.capture() as caught:
        for force, measures in comparison.printed.items():
            for table in _tables(comparison, force, measures, width):
                console.print(table)
    print(caught.get(), end="")
    size = f" {legend(comparison.size)}" if MARK in caught.get() else ""
    say(NOTE + size)
    for sentence in answer(comparison):
        print()
        say(sentence)
    for note in filter(None, [*comparison.dial_notes, comparison.about.get("floor")]):
        say(f"note: {note}")


def _tables(comparison: Comparison, force: str, measures: Sequence[str], width: int) -> list[object]:
    """The table of a force, or of all, in as many parts as its columns need."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from desertion.scenario.consistency import ALL_FORCES

    def table(columns: list[list[str]], *, first: bool) -> Table:
        of = "all forces" if force == ALL_FORCES else force
        title = of if first and len(comparison.forces) > 1 else None
        made = Table(title=title, box=box.SIMPLE, pad_edge=False, title_justify="left")
        made.add_column("policy", no_wrap=True)
        for column in columns:
            made.add_column(column[0], justify="right", no_wrap=True)
        for place, policy in enumerate(comparison.policies, start=1):
            made.add_row(policy, *(column[place] for column in columns))
        return made

    wide = Console(width=10_000)
    parts: list[list[list[str]]] = [[]]
    for column in _columns(comparison, force, measures):
        if parts[-1] and wide.measure(table([*parts[-1], column], first=False)).maximum > width:
            parts.append([])
        parts[-1].append(column)
    return [table(part, first=not number) for number, part in enumerate(parts)]


def _columns(comparison: Comparison, force: str, measures: Sequence[str]) -> list[list[str]]:
    """Columns of a force's table: title, then one cell a policy."""
    headline = comparison.headline(force, measures)
    rows = [
        {str(row["measure"]): row for _, row in headline[headline["policy"] == policy].iterrows()}
        for policy in comparison.policies
    ]
    others = [[COLUMNS[name], *(_cell(row[name]) for row in rows)] for name in measures if name != "left"]
    return [*(_left(comparison, [row["left"] for row in rows]) if "left" in measures else ()), *others]


def _left(comparison: Comparison, lefts: list[pd.Series]) -> list[list[str]]:
    """The columns of all leavers and of their differences from the baseline."""
    from desertion.figures.labels import number
    from desertion.scenario.grain import mark

    left = [f"{number(one['estimate'])}{mark(one['too_few'])}\n{_span(one['low'], one['high'], '–')}" for one in lefts]
    more = ["", *(_difference(one) for one in lefts[1:])]
    return [["left", *left], [f"more than under\n{comparison.baseline}", *more]]


def _difference(left: pd.Series) -> str:
    from desertion.figures.labels import number
    from desertion.study.comparison.report.words import sign_of

    sign = "+" if left["difference"] > 0 else ""
    return f"{sign}{number(left['difference'])}{sign_of(left)}\n{_span(left['difference_low'], left['difference_high'], ' to ')}"


def _span(low: float, high: float, to: str) -> str:
    """An interval as it stands in a cell; what stands in its place takes two lines."""
    from desertion.figures.labels import number, span

    return span(low, high, number, to).replace(" for", "\nfor")


def _cell(row: pd.Series) -> str:
    from desertion.figures.labels import percent, span
    from desertion.scenario.grain import mark
    from desertion.study.comparison.report.words import short

    if row["measure"] == "collapsed":
        ends = span(row["low"], row["high"], lambda end: percent(end, figures=2), "–").replace(" %–", "–")
        return f"{short(row['estimate'], 'share')}\n{ends}"
    return short(row["estimate"], str(row["unit"])) + mark(row["too_few"])


def _write(comparison: Comparison, out: Path, *, paper: bool) -> None:
    from desertion.commands._shared.results import provenance, write_csv, write_json
    from desertion.figures import style
    from desertion.files import replacing_folder, write_text
    from desertion.scenario.documents import name_from
    from desertion.study.analysis.columns import columns_json
    from desertion.study.comparison.pictures import KINDS, SHARED, draw
    from desertion.study.design.documents import text_of

    medium = "paper" if paper else "screen"
    spec = comparison.header["spec"]
    first = comparison.arm(comparison.baseline)
    with replacing_folder(out) as fresh:
        tables = comparison.tables()
        for name, table in tables.items():
            write_csv(fresh / f"{name}.csv", table)
        write_text(fresh / "columns.json", columns_json({f"{name}.csv": table for name, table in tables.items()}))
        for number, policy in enumerate(comparison.policies):
            write_text(fresh / "arms" / f"{number}-{name_from(Path(policy))}.toml", text_of(comparison.arm(policy)))
        (fresh / "figures").mkdir()
        for force in comparison.forces:
            # The first force's figures have the plain names; some figures serve all.
            first_force = force == comparison.forces[0]
            for kind in KINDS if first_force else [kind for kind in KINDS if kind not in SHARED]:
                figure = draw(comparison, kind, force=force, medium=medium)
                name = kind if first_force else f"{force}-{kind}"
                with style.house(medium):  # which says how many dots an inch has, and how letters are kept
                    style.save(figure, fresh / "figures" / f"{name}.{'pdf' if paper else 'png'}")
        write_text(fresh / "scenario.toml", text_of(first))
        facts = {"arms": spec["policies"], "runs": comparison.pairs, "study_sha256": comparison.header["spec_sha256"]}
        write_json(fresh / "provenance.json", provenance("compare", first, spec["seed"], **facts))
        comparison.report(fresh / "report.html")
