"""Sweeping: one call that runs or resumes a study and hands back its results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desertion.errors import InputError, input_error
from desertion.files import PassingFolder
from desertion.parameters.arguments import DAYS, SCALE, SECONDS, SEED, STUDY, WORKERS, ruled
from desertion.scenario import Policy, Scenario
from desertion.study.design.edition import reading
from desertion.study.design.factors import Point
from desertion.study.design.own import Measurement, own_of
from desertion.study.design.reading import changed, read_spec
from desertion.study.design.rows import Points
from desertion.study.design.schedule import Key, Schedule
from desertion.study.design.spec import StudySpec
from desertion.study.failures import StudyFailedError, interruptions
from desertion.study.run.described import (
    announced,
    described,
    given,
    refuse_beside_file,
    refuse_taken_columns,
    study_path,
    with_own,
    with_points,
)
from desertion.study.run.inspection import dial_note, inspected
from desertion.study.run.options import RunOptions, options_of, working
from desertion.study.run.origin import header, state_of
from desertion.study.run.runner import Progress, Runner
from desertion.study.store.resumption import refuse_edited
from desertion.study.store.row import DONE, watched
from desertion.study.store.scales import scales_of_measure
from desertion.study.store.writer import StudyWriter

if TYPE_CHECKING:
    from desertion.study.analysis.study import Study


@ruled(study=STUDY, scale=SCALE, days=DAYS, seed=SEED, time_limit=SECONDS, workers=WORKERS)
def sweep(
    study: str | Path | None = None,
    *,
    scenario: str | Path | Scenario | None = None,
    vary: Mapping[str, object] | None = None,
    points: Points | None = None,
    policies: str | Path | Policy | Sequence[object] | Mapping[str, object] | None = None,
    settings: Mapping[str, object] | None = None,
    design: str | Mapping[str, object] | None = None,
    runs: int | Mapping[str, object] | None = None,
    scale: float | None = None,
    days: int | None = None,
    seed: int | None = None,
    population: str | None = None,
    measures: str | Sequence[str] | Mapping[str, Measurement] | None = None,
    daily: str | Sequence[str] | None = None,
    soldier: type | None = None,
    reservist: type | None = None,
    civilian: type | None = None,
    on_error: str | None = None,
    time_limit: float | None = None,
    task: str | None = None,
    out: str | Path | None = None,
    options: RunOptions | None = None,
    workers: int = 0,
    quiet: bool = False,
) -> Study:
    """Run a study, or go on with one whose file exists, and return its results.

    Args:
        study: A study file (TOML), or the name of a shipped study; leave it out to describe the study here. What is
            given beside it (points, runs, scale, days, seed, population, settings, own classes and measures) stands in
            place of the study's own; all else is the file's to say.
        scenario: A scenario, or its name or path; `toy` if neither it nor a study is given.
        vary: Inputs by dotted path: a list of values, or a table such as `{"range": [0, 1], "steps": 5}`.
        points: Design points of your own in place of `vary` and `design`: a data frame, the path of a CSV file or a list of tables.
            Columns, and levels of an index that have a name, are inputs by dotted path, and `policies` where a row has its own mix, joined by "+".
        policies: Policies to compare, each by name, by path or itself: a list of them, a list of mixes, or mixes by label.
        settings: Inputs that all runs share, by dotted path.
        design: Kind of design (a grid if not given), or a table such as `{"kind": "lhs", "points": 200}`.
        runs: Replicates a point (1 if not given), or a precision rule as a table.
        scale: Share of real size, in (0, 1].
        days: Horizon in days.
        seed: Seed of all runs, 1 if not given.
        population: `compiled` or `mesa`; both give the same bits. Own classes run in `mesa` whatever it says.
        measures: Names of the scalar measures to keep, empty for all; or measures of your own beside all shipped ones,
            `{"name": function}`, each a function of a `DesertionModel` that has run, which gives a number.
        daily: Daily columns to keep as curves, `left` and `strength` if not given.
        soldier: Own class of soldiers, made from `Soldier`; it may be defined in a notebook.
        reservist: Own class of reservists, likewise.
        civilian: Own class of civilians, likewise.
        on_error: `keep` failed runs and go on (if not given), `raise-at-end`, or `raise` at the first.
        time_limit: Seconds that a run may take, 0 (if not given) for no limit.
        task: Dotted path of another function than the model's to run.
        out: The study's file, which is resumed if it exists; a temporary one if not given.
        options: With what to run: executor, scheduler, shard and the like.
        workers: Processes of the local pool, 0 for one a core.
        quiet: Whether to show no progress.

    Returns:
        The study, with its tables and plots. Counts of persons are at real size; `Study(path, simulated=True)` has them as they were simulated.

    Raises:
        InputError: If the description is wrong, or the file belongs to another study.
        StudyFailedError: If no run could be finished.
    """
    chosen = options_of(options, workers, quiet)
    own = own_of(
        {"soldier": soldier, "reservist": reservist, "civilian": civilian},
        measures if isinstance(measures, Mapping) else None,
    )
    kept = None if isinstance(measures, Mapping) else measures
    if study is not None:
        refuse_beside_file(
            "sweep", scenario=scenario, vary=vary, policies=policies, design=design, measures=kept, daily=daily,
            on_error=on_error, time_limit=time_limit, task=task,
        )  # fmt: skip
        if runs is not None and not isinstance(runs, Integral):
            raise input_error("runs", runs, "must be a whole number where a study file is given")
        spec = changed(
            read_spec(study_path(study)),
            runs=None if runs is None else int(runs), scale=scale, days=days, seed=seed, population=population, settings=settings,
        )  # fmt: skip
        spec = with_points(spec, points)
    else:
        if points is not None and (vary or design is not None):
            raise InputError("sweep takes points of your own, or vary= and design=, not both: drop one of them")
        spec = described(
            scenario, policies, points,
            {
                **given(scale=scale, days=days, seed=seed, population=population, task=task),
                "vary": dict(vary or {}),
                "set": dict(settings or {}),
                "design": {"kind": design} if isinstance(design, str) else design or {},
                "replicates": 1 if runs is None else runs,
                "keep": given(measures=kept, daily=daily),
                "run": given(on_error=on_error, time_limit=time_limit),
            },
        )  # fmt: skip
    spec = with_own(spec, own)
    refuse_taken_columns(spec)
    if out is not None:
        return run_study(spec, out, chosen)
    if chosen.shard != (1, 1):
        raise input_error("out", None, "must name a file where only a part is done, or the parts could not be merged")
    keep = PassingFolder()
    return run_study(spec, keep.path / f"{spec.name}.sqlite", chosen, keep=keep)


@reading()
def run_study(
    spec: StudySpec,
    out: str | Path,
    options: RunOptions | None = None,
    keep: object = None,
    *,
    sampled: bool = False,
) -> Study:
    """Run a resolved study, or go on with it, and return its results.

    Args:
        spec: The study.
        out: The study's file, which is resumed if it exists.
        options: With what to run.
        keep: Anything that must live as long as the results, such as the folder that holds their file.
        sampled: Whether its list of points is a sample, of which some may be impossible.

    Raises:
        InputError: If the file belongs to another study, or design points cannot be run, see `inspection.inspected`.
        StudyFailedError: If no run could be finished; the failed ones are in the file.
    """
    options = options or RunOptions()
    with interruptions(Path(out), options.driving.hint):
        return _run(spec, Path(out), options, keep, sampled=sampled)


def _run(spec: StudySpec, path: Path, options: RunOptions, keep: object, *, sampled: bool) -> Study:
    from desertion.study.analysis.study import Study

    points = spec.points()
    about = header(spec, points, options.shard, options.driving.hint)
    look = inspected(spec, points, sampled=sampled)
    if not options.quiet:
        work = "" if spec.own is None else announced(spec, points, look.sound[0])
        for line in filter(None, (look.remark(spec.design), dial_note(spec, look.sound), work)):
            print(line, file=sys.stderr, flush=True)
    writer = StudyWriter.open(
        path,
        about,
        points,
        accept_changes=options.accept_changes,
        command=options.driving.hint,
    )
    try:
        with (
            held_throughout(spec, points, about, path, options.driving.hint) as (told, begun),
            working(spec, options, look.sound[0]) as (executor, workers, report),
        ):
            drive(told, points, begun, writer, options, executor, workers, report)
    finally:
        writer.close()
    study = Study(path, keep=keep)
    _refuse_hopeless(study, passing=keep is not None)
    return study


@contextmanager
def held_throughout(
    spec: StudySpec, points: tuple[Point, ...], about: Mapping[str, Any], path: Path, command: str
) -> Generator[tuple[StudySpec, Mapping[str, str]]]:
    """Hold what decides a study's rows while the body makes them.

    Args:
        spec: The study.
        points: Its design points.
        about: Its header.
        path: Its file.
        command: The command that goes on with the file.

    Yields:
        The study as its workers are told it, with the texts that the header holds, so that none reads a file of its own folder or an
        edited one; and what else it is begun with, see `origin.state_of`.

    Raises:
        InputError: If what is not held was changed meanwhile, see `refuse_edited`, however the body ends.
    """
    told = replace(spec, documents=(*spec.documents, *about["documents"].items()))
    begun = state_of(told, points)
    try:
        yield told, begun
    finally:
        refuse_edited(path, begun, _as_it_is(told, points, begun), command)


def _as_it_is(told: StudySpec, points: tuple[Point, ...], begun: Mapping[str, str]) -> Mapping[str, str]:
    """What decides a study's rows now; a document that is gone by now was read as it was, or its runs failed."""
    try:
        return state_of(told, points)
    except InputError:
        return begun


def _refuse_hopeless(study: Study, *, passing: bool) -> None:
    """Raise where every run failed: such a study has no answer. A passing file goes with the call, so that nobody could look into it."""
    if study.counts and DONE not in study.counts:
        runs, reason = sum(study.counts.values()), study.failures["error"].mode().iloc[0]
        raise StudyFailedError(
            f"{f'all {runs:,} runs failed, most often' if runs > 1 else 'the only run failed,'} with: {reason}; "
            + (
                "their file is not kept: to see them, run them with out= a file"
                if passing
                else f"see them with `desertion show {study.path} --failures`, and run them again, where it was a sweep with --retry-failed, once the reason is gone"
            )
        )


def drive(
    spec: StudySpec,
    points: tuple[Point, ...],
    begun: Mapping[str, str],
    writer: StudyWriter,
    options: RunOptions,
    executor: Executor,
    workers: Callable[[], int],
    report: Callable[[Progress], None],
    retry_from: int = 0,
) -> None:
    """Do the runs that a study's file lacks; failed ones, where they are wanted again, from one design point on."""
    scales = scales_of_measure(writer.path, writer.header(), points, spec.replicates.watched)
    schedule = Schedule(spec.replicates, len(points), options.shard, scales)
    starts: dict[Key, int] = {}
    for row, sound in writer.examined():  # damaged runs are done again
        if row.design < len(points) and sound:
            if row.status == DONE or not options.retry_failed or row.design < retry_from:
                schedule.finish(row.key, watched(row, spec.replicates.watched))
            else:
                starts[row.key] = row.attempts
    if schedule.unfinished():
        driving = replace(options.driving, report=report)
        Runner(spec, points, writer, schedule, executor, workers, driving, starts, begun).run()
