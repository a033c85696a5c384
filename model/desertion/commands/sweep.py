"""`desertion sweep`: run a study, or go on with one."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options as _options
from desertion.commands._shared import studies as _studies

if TYPE_CHECKING:
    from desertion.study.design.spec import StudySpec

Study = Annotated[
    str, typer.Argument(help="A study file (TOML), or the name of a shipped study (`desertion list studies`).")
]
OutFile = Annotated[
    Path | None, typer.Option("--out", "-o", help="The study's file; outputs/STUDY.sqlite if not given.")
]
OwnPopulation = Annotated[
    str | None, typer.Option("--population", help="compiled or mesa, in place of the study's own.")
]
OwnPoints = Annotated[
    Path | None,
    typer.Option(
        "--points", help="CSV file of design points in place of the study's own: a column an input by dotted key."
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say how many runs (of --shard), how long, how much disk, and stop.")
]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Run failed, timed out and quarantined runs again.")]
OnError = Annotated[str | None, typer.Option("--on-error", help="keep failed runs, raise-at-end, or raise at once.")]


@_studies.of_studies
def command(
    context: typer.Context,
    study: Study,
    out: OutFile = None,
    runs: _options.OwnRuns = None,
    scale: _options.Scale = None,
    days: _options.Days = None,
    seed: _options.OwnSeed = None,
    settings: _options.Settings = None,
    population: OwnPopulation = None,
    points: OwnPoints = None,
    workers: _options.Workers = None,
    scheduler: _options.Scheduler = None,
    tls_ca: _studies.Authority = None,
    tls_cert: _studies.Certificate = None,
    tls_key: _studies.Key = None,
    shard: _options.Shard = None,
    dry_run: DryRun = False,
    accept_changes: _options.AcceptChanges = False,
    retry_failed: Retry = False,
    on_error: OnError = None,
    quiet: _options.Quiet = False,
) -> int:
    """Run a study into one file, or go on with it where it stopped."""
    from desertion.files import RESULTS
    from desertion.study.design.reading import changed, read_spec
    from desertion.study.run.described import study_path, with_points
    from desertion.study.run.sweep import run_study

    if dry_run:
        idle = ("scheduler", "tls_ca", "tls_cert", "tls_key")
        _options.unused(context, *idle, beside="--dry-run, which tells the time that this machine takes")
        _options.unused(context, "accept_changes", "retry_failed", "on_error", beside="--dry-run, which runs nothing")
    proof = _studies.certificates(context, scheduler, tls_ca, tls_cert, tls_key)
    spec = changed(
        read_spec(study_path(study)),
        runs=runs,
        scale=scale,
        days=days,
        seed=seed,
        population=population,
        on_error=on_error,
        settings=_options.settings(settings),
    )
    spec = with_points(spec, points)
    part, name = _studies.part_of(shard, spec.name)
    if dry_run:
        return _plan(spec, workers or 0, part, out or Path(RESULTS) / "study.sqlite")
    file = _options.place(out, name)
    options = _studies.run_options(
        workers,
        scheduler,
        _again(file),
        certificates=proof,
        shard=part,
        accept_changes=accept_changes,
        retry_failed=retry_failed,
        quiet=quiet,
    )
    done = run_study(spec, file, options)
    print(f"{file}: {done.held}")
    if done.floor:
        print(f"note: {done.floor}")
    if len(done.failures):
        print(f"see why with: desertion show {shlex.quote(str(file))} --failures")
    print(f"look at it with: desertion show {shlex.quote(str(file))} --plot study.png")
    return 0


def _plan(spec: "StudySpec", workers: int, part: tuple[int, int], file: Path) -> int:
    from desertion.study.run.cost import plan, room_left, size
    from desertion.study.run.pool import usable_cores

    print(plan(spec, workers or spec.run.workers or usable_cores(), shard=part).words())
    print(f"free on this disk: {size(room_left(file))}")
    return 0


def _again(file: Path) -> str:
    """The command that was given, with the file named, to be given again."""
    words = sys.argv[1:]
    return _options.typed(words if {"--out", "-o"} & set(words) else [*words, "--out", str(file)])
