"""Options: with what a study is run, and the executor and progress that come of them."""

from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from desertion.errors import input_error
from desertion.parameters.arguments import TEXT, TRUTH, WORKERS, Kind, Rule
from desertion.study.design.factors import Point
from desertion.study.design.spec import StudySpec
from desertion.study.run.cluster import Certificates, dask_executor
from desertion.study.run.pool import LocalPool, usable_cores
from desertion.study.run.progress import shown_progress
from desertion.study.run.runner import DriveOptions, Progress
from desertion.study.run.task import TASKS, hook, task_prepare


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

    Raises:
        InputError: If one of them cannot be what it is given for.
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

    def __post_init__(self) -> None:
        """Check what was given before anything runs with it."""
        for name, rule in _RULES.items():
            rule.checked(name, getattr(self, name))
        if self.certificates is not None:
            _CERTIFICATES.checked("certificates", self.certificates)
        if self.executor is not None and not callable(getattr(self.executor, "submit", None)):
            raise input_error("executor", self.executor, "must have the interface of concurrent.futures.Executor")
        if not _is_part(self.shard):
            raise input_error("shard", self.shard, "must be (i, n) with 1 <= i <= n, such as (2, 8)")


def _is_part(shard: object) -> bool:
    """Whether it is a part of so many."""
    match shard:
        case (int() as part, int() as parts):
            return isinstance(shard, tuple) and 1 <= part <= parts
        case _:
            return False


_RULES: Mapping[str, Rule] = {
    "workers": WORKERS,
    "scheduler": TEXT,
    **dict.fromkeys(("accept_changes", "retry_failed", "quiet"), TRUTH),
    "driving": Kind((DriveOptions,), "must be DriveOptions"),
}
_CERTIFICATES = Kind((Certificates,), "must be Certificates")

_OPTIONS = Kind((RunOptions,), "must be RunOptions, as in options=RunOptions(shard=(1, 4))")


def options_of(options: RunOptions | None, workers: int, quiet: bool) -> RunOptions:
    """With what a call runs: its options, in which the arguments that have names of their own come first."""
    chosen = RunOptions() if options is None else _OPTIONS.checked("options", options)
    return replace(chosen, workers=workers or chosen.workers, quiet=quiet or chosen.quiet)


@contextmanager
def working(
    spec: StudySpec, options: RunOptions, point: Point
) -> Generator[tuple[Executor, Callable[[], int], Callable[[Progress], None]]]:
    """What a study runs with: an executor, what says how many runs it does at a time by now, and where progress goes.

    Args:
        spec: The study.
        options: With what to run.
        point: One of its design points, with which compiled code is made ready.
    """
    with _executor(spec, options, point) as (executor, workers), shown_progress(spec.title, options.quiet) as report:
        yield executor, workers, report


@contextmanager
def _executor(spec: StudySpec, options: RunOptions, point: Point) -> Generator[tuple[Executor, Callable[[], int]]]:
    if options.executor is not None:
        number = options.workers or usable_cores()
        yield options.executor, lambda: number
    elif options.scheduler:
        with dask_executor(options.scheduler, options.certificates) as cluster:
            yield cluster
    else:
        # A shipped task runs the model, whatever else it does: it is compiled once, and not by each worker.
        prepare = task_prepare if spec.task in TASKS else hook(spec.task, "task_prepare")
        if prepare is not None:
            prepare(spec.task_of(point))
        pool = LocalPool(options.workers or spec.run.workers)
        try:
            yield pool, lambda: pool.workers
        finally:
            pool.shutdown(cancel_futures=True)
