"""Sweeping: one call that runs or resumes a study and hands back its results."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desertion.errors import InputError, unknown_name
from desertion.study.design.factors import Point, Value
from desertion.study.design.reading import read_spec, spec_from
from desertion.study.design.spec import StudySpec
from desertion.study.failures import StudyFailedError
from desertion.study.run.cluster import Certificates, dask_executor
from desertion.study.run.origin import header
from desertion.study.run.pool import LocalPool, usable_cores
from desertion.study.run.progress import shown_progress
from desertion.study.run.runner import DriveOptions, Progress, Runner, watched
from desertion.study.run.schedule import Schedule
from desertion.study.run.task import hook
from desertion.study.store.row import DONE
from desertion.study.store.writer import StudyWriter

if TYPE_CHECKING:
    from desertion.study.analysis.study import Study

_CHECKED_POINTS = 50


@dataclass(frozen=True, slots=True)
class RunOptions:
    """With what a study is run; none of it changes a result.

    Attributes:
        workers: Processes of the local pool, 0 for the study's own number or one a core.
        executor: Anything with the interface of `concurrent.futures.Executor`, in place of the local pool.
        scheduler: Address of a Dask scheduler, in place of the local pool.
        certificates: Certificates for a `tls://` scheduler.
        shard: (i, n) to do only the i-th of n parts.
        accept_changes: Resume although the study, the model or versions differ from those of the file.
        retry_failed: Run failed, timed out and quarantined runs again.
        quiet: Whether to show no progress.
        driving: How to drive the runs.
    """

    workers: int = 0
    executor: Executor | None = None
    scheduler: str = ""
    certificates: Certificates | None = None
    shard: tuple[int, int] = (1, 1)
    accept_changes: bool = False
    retry_failed: bool = False
    quiet: bool = False
    driving: DriveOptions = field(default_factory=DriveOptions)


def sweep(
    study: str | Path | None = None,
    *,
    scenario: str | Path | None = None,
    vary: Mapping[str, object] | None = None,
    policies: Sequence[object] | Mapping[str, Sequence[str]] | None = None,
    settings: Mapping[str, object] | None = None,
    design: str | Mapping[str, object] = "grid",
    runs: int | Mapping[str, object] = 1,
    scale: float | None = None,
    days: int | None = None,
    seed: int = 1,
    population: str = "compiled",
    measures: Sequence[str] = (),
    daily: Sequence[str] = ("left", "strength"),
    on_error: str = "keep",
    time_limit: float = 0.0,
    task: str | None = None,
    out: str | Path | None = None,
    options: RunOptions | None = None,
    workers: int = 0,
    quiet: bool = False,
) -> Study:
    """Run a study, or go on with one whose file exists, and return its results.

    Args:
        study: A study file (TOML), or the name of a shipped study; leave it out to describe the study here.
        scenario: Name or path of the scenario.
        vary: Parameters by dotted path: a list of values, or a table such as `{"range": [0, 1], "steps": 5}`.
        policies: Policies to compare: a list of names, a list of mixes, or mixes by label.
        settings: Parameters that all runs share, by dotted path.
        design: Kind of design, or a table such as `{"kind": "lhs", "points": 200}`.
        runs: Replicates a point, or a precision rule as a table.
        scale: Share of real size, in (0, 1].
        days: Horizon in days.
        seed: Seed of all runs.
        population: `compiled` or `mesa`; both give the same bits.
        measures: Scalar measures to keep, empty for all.
        daily: Daily columns to keep as curves.
        on_error: `keep` failed runs and go on, `raise-at-end`, or `raise` at the first.
        time_limit: Seconds that a run may take, 0 for no limit.
        task: Dotted path of another function than the model's to run.
        out: The study's file; by default named after the study, in the current folder.
        options: With what to run: executor, scheduler, shard and the like.
        workers: Processes of the local pool, 0 for one a core.
        quiet: Whether to show no progress.

    Returns:
        The study, with its tables and plots.

    Raises:
        InputError: If the description is wrong, or the file belongs to another study.
    """
    if study is not None:
        if scenario is not None or vary is not None:
            raise InputError("sweep takes a study file or scenario= and vary=, not both: drop one of them")
        spec = read_spec(study_path(study))
    else:
        spec = _described(
            {
                **_given(
                    scenario=scenario and str(scenario),
                    scale=scale,
                    days=days,
                    seed=seed,
                    population=population,
                    task=task,
                ),
                "vary": dict(vary or {}),
                "set": dict(settings or {}),
                "design": {"kind": design} if isinstance(design, str) else design,
                "replicates": runs,
                "keep": {"measures": list(measures), "daily": list(daily)},
                "run": {"on_error": on_error, "time_limit": time_limit},
                **_given(policies=policies),
            }
        )
    chosen = options or RunOptions()
    return run_study(spec, out, replace(chosen, workers=workers or chosen.workers, quiet=quiet or chosen.quiet))


def run_study(spec: StudySpec, out: str | Path | None = None, options: RunOptions | None = None) -> Study:
    """Run a resolved study, or go on with it, and return its results.

    Args:
        spec: The study.
        out: The study's file; by default named after the study, in the current folder.
        options: With what to run.

    Raises:
        InputError: If the file belongs to another study or a design point cannot be run.
        StudyFailedError: If no run could be finished; the failed ones are in the file.
    """
    from desertion.study.analysis.study import Study

    options = options or RunOptions()
    points = spec.points()
    path = Path(out) if out is not None else default_path(spec, options.shard)
    check_points(spec, points)
    writer = StudyWriter.open(
        path,
        header(spec, points, options.shard),
        points,
        accept_changes=options.accept_changes,
        command=options.driving.hint,
    )
    try:
        with working(spec, options, points[0]) as (executor, workers, report):
            drive(spec, points, writer, options, executor, workers, report)
    finally:
        writer.close()
    study = Study(path)
    _refuse_hopeless(study)
    return study


def _refuse_hopeless(study: Study) -> None:
    """Raise where every run failed: such a study has no answer."""
    if study.counts and DONE not in study.counts:
        reason = study.failures["error"].mode().iloc[0]
        raise StudyFailedError(
            f"all {sum(study.counts.values()):,} runs failed, most often with: {reason}; see them with "
            f"`desertion show {study.path} --failures`, and run them again with --retry-failed once the reason is gone"
        )


def drive(
    spec: StudySpec,
    points: tuple[Point, ...],
    writer: StudyWriter,
    options: RunOptions,
    executor: Executor,
    workers: int,
    report: Callable[[Progress], None],
) -> None:
    """Do the runs that a study's file lacks.

    Args:
        spec: The study.
        points: Its design points.
        writer: Its file.
        options: With what to run.
        executor: What does the runs.
        workers: Runs that the executor does at a time.
        report: Called with the progress.
    """
    schedule = Schedule(spec.replicates, len(points), options.shard)
    schedule.restore(_finished(writer, spec, len(points), options.retry_failed))
    if schedule.unfinished():
        driving = replace(options.driving, report=report)
        Runner(spec, points, writer, schedule, executor, workers, driving).run()


def study_path(study: str | Path) -> Path:
    """Path of a study file that is given as a path or as the name of a shipped study.

    Raises:
        InputError: If there is neither.
    """
    from desertion.files import shipped_folder

    path = Path(study)
    if path.is_file() or path.suffix == ".toml":
        return path
    shipped = {file.stem: file for file in sorted(shipped_folder("experiments").rglob("*.toml"))}
    if str(study) not in shipped:
        raise unknown_name("study", str(study), shipped)
    return shipped[str(study)]


def default_path(spec: StudySpec, shard: tuple[int, int]) -> Path:
    """File of a study that was given none: its name, in the current folder, with the shard if there are several."""
    part, parts = shard
    return Path(f"{spec.name}.shard-{part}-of-{parts}.sqlite" if parts > 1 else f"{spec.name}.sqlite")


def _described(table: dict[str, object]) -> StudySpec:
    spec = spec_from(table, "study", "sweep()")
    return replace(spec, name=f"study-{spec.sha256()[:8]}", title="study")


def _given(**entries: object) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}


def check_points(spec: StudySpec, points: tuple[Point, ...]) -> None:
    """Let the task look at some points before anything runs: a misspelt key should not cost a night.

    Points are looked at that lie evenly over the design, the first with each word, and those with the extreme scales.
    """
    check = hook(spec.task, "task_check")
    if check is None:
        return
    chosen = {id(point): point for point in (*points[:: max(1, len(points) // _CHECKED_POINTS)], points[-1])}
    words: dict[tuple[str, Value], Point] = {}
    for point in points:
        for name, value in point.items():
            if isinstance(value, str):
                words.setdefault((name, value), point)
    scaled = sorted((point for point in points if "scale" in point), key=lambda point: float(point["scale"]))
    chosen |= {id(point): point for point in (*words.values(), *scaled[:1], *scaled[-1:])}
    for point in chosen.values():
        check(spec.task_of(point))


def _finished(
    writer: StudyWriter, spec: StudySpec, points: int, retry_failed: bool
) -> Iterator[tuple[tuple[int, int], float | None]]:
    """Runs that need not be done again; damaged ones do."""
    for row, sound in writer.examined():
        if row.design < points and sound and (row.status == DONE or not retry_failed):
            yield row.key, watched(row, spec.replicates.watched)


@contextmanager
def working(
    spec: StudySpec, options: RunOptions, point: Point
) -> Generator[tuple[Executor, int, Callable[[Progress], None]]]:
    """What a study runs with: an executor, how many runs it does at a time, and where progress goes.

    Args:
        spec: The study.
        options: With what to run.
        point: One of its design points, with which compiled code is made ready.
    """
    with _executor(spec, options, point) as (executor, workers), shown_progress(spec.title, options.quiet) as report:
        yield executor, workers, report


@contextmanager
def _executor(spec: StudySpec, options: RunOptions, point: Point) -> Generator[tuple[Executor, int]]:
    if options.executor is not None:
        yield options.executor, options.workers or usable_cores()
    elif options.scheduler:
        with dask_executor(options.scheduler, options.certificates) as cluster:
            yield cluster
    else:
        prepare = hook(spec.task, "task_prepare")
        if prepare is not None:
            prepare(spec.task_of(point))
        pool = LocalPool(options.workers or spec.run.workers)
        try:
            yield pool, pool.workers
        finally:
            pool.shutdown(cancel_futures=True)
