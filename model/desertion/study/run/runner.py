"""Runner: drives the runs of a study through an executor into its file, whatever happens to the workers."""

import logging
import signal
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from desertion.files import signals
from desertion.study.design.factors import Point
from desertion.study.design.spec import StudySpec
from desertion.study.failures import Interrupted, StudyFailedError, WorkersLostError
from desertion.study.run.chunk import Chunk, Finished, Ticket, run_chunk, timeout_error
from desertion.study.run.pool import OverdueError
from desertion.study.run.schedule import Key, Schedule
from desertion.study.store.row import DONE, FAILED, QUARANTINED, TIMEOUT, Row
from desertion.study.store.writer import StudyWriter

log = logging.getLogger(__name__)
# Whoever wants to read along sets up logging; nobody else is told by Python that he has not.
logging.getLogger("desertion").addHandler(logging.NullHandler())

KILLS = 3
"""Workers that a run may kill before it is set aside."""

CHUNK_SECONDS = 1.0
"""Work that a chunk should hold: enough to make sending it cheap, little enough to lose."""

_LARGEST_CHUNK = 256
_LOOK = 0.2


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a study stands.

    Attributes:
        finished: Runs in the file.
        known: Runs that the study has, as far as it is decided.
        failed: Runs that failed, timed out or were quarantined in this session.
        rate: Runs a second in this session.
        left: Seconds that remain at this rate; infinite at the start.
    """

    finished: int
    known: int
    failed: int
    rate: float
    left: float


@dataclass(slots=True)
class DriveOptions:
    """How a study is driven.

    Attributes:
        grace: Seconds beyond a chunk's time limits after which its process is killed.
        start: Seconds more for the first chunk of a process, which may have to compile the model.
        patience: Seconds that an interrupted study waits for the runs under way.
        report: Called with the progress a few times a second.
        hint: How to go on after an interruption, as a command.
    """

    grace: float = 60.0
    start: float = 600.0
    patience: float = 10.0
    report: Callable[[Progress], None] = field(default=lambda _progress: None)
    hint: str = "start the same command again"


class Runner:
    """Drives one study.

    Args:
        spec: The study.
        points: Its design points.
        writer: Its file.
        schedule: Which runs come next; what the file already holds has been restored.
        executor: Anything with the interface of `concurrent.futures.Executor`.
        workers: Runs that the executor does at a time.
        options: How to drive.
    """

    def __init__(
        self,
        spec: StudySpec,
        points: tuple[Point, ...],
        writer: StudyWriter,
        schedule: Schedule,
        executor: Executor,
        workers: int,
        options: DriveOptions,
    ) -> None:
        self._spec = spec
        self._points = points
        self._writer = writer
        self._schedule = schedule
        self._executor = executor
        self._workers = workers
        self._options = options
        self._flying: dict[Future[Any], Chunk] = {}
        self._again: deque[Ticket] = deque()
        self._kills: dict[Key, int] = {}
        self._specs: dict[int, dict[str, object]] = {}
        self._seconds_a_run = 0.0
        self._began = time.monotonic()
        self._before = schedule.finished_runs
        self._failed = 0
        self._stop_asked = 0  # number of the signal that asked

    def run(self) -> None:
        """Do all runs that are left.

        Raises:
            StudyFailedError: If runs failed and the study's `on_error` says to raise.
            Interrupted: If the user or the system asked to stop; everything finished is in the file.
            WorkersLostError: If no worker can be had any more.
            StoreFullError: If the disk is full.
        """
        runs = self._schedule.known() - self._before
        log.info("%s: %d runs to do with %d workers", self._writer.path, runs, self._workers)
        try:
            with signals((signal.SIGINT, signal.SIGTERM), self._stop):
                self._loop()
        finally:
            for future in self._flying:
                future.cancel()
        self._writer.flush()
        self._report()
        log.info("%s: %d runs finished, %d failed", self._writer.path, self._schedule.finished_runs, self._failed)
        if self._failed and self._spec.run.on_error == "raise-at-end":
            raise StudyFailedError(
                f"{self._failed} runs failed; see them with `desertion show {self._writer.path} --failures`"
            )

    def _loop(self) -> None:
        self._fill()
        while self._flying:
            self._collect(_LOOK)
            self._report()
            if self._stop_asked:
                self._wind_up()
            self._fill()

    def _collect(self, seconds: float) -> None:
        ended, _ = wait(self._flying, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in ended:
            self._handle(future, self._flying.pop(future))
        if not ended:
            self._writer.flush()

    def _fill(self) -> None:
        """Keep twice as many chunks under way as there are workers, so that none waits and few are lost."""
        while len(self._flying) < 2 * self._workers:
            chunk = self._next_chunk()
            if chunk is None:
                return
            self._flying[self._submit(chunk)] = chunk

    def _next_chunk(self) -> Chunk | None:
        if self._again:
            tickets = [self._again.popleft()]
        else:
            tickets = [self._ticket(key) for key in self._schedule.take(self._chunk_size())]
        return Chunk(tuple(tickets), self._spec.seed, self._spec.run.time_limit) if tickets else None

    def _chunk_size(self) -> int:
        if not self._seconds_a_run:
            return 1
        # Towards the end chunks shrink, so that all workers finish together.
        share = (self._schedule.known() - self._schedule.finished_runs) // (3 * self._workers)
        return max(1, min(int(CHUNK_SECONDS / self._seconds_a_run), share, _LARGEST_CHUNK))

    def _ticket(self, key: Key) -> Ticket:
        design, replicate = key
        if design not in self._specs:
            if len(self._specs) > 10_000:
                self._specs.clear()
            self._specs[design] = self._spec.task_of(self._points[design])
        return Ticket(design, replicate, self._kills.get(key, 0) + 1, self._specs[design])

    def _submit(self, chunk: Chunk) -> Future[Any]:
        within = getattr(self._executor, "submit_within", None)
        try:
            if within is None:
                return self._executor.submit(run_chunk, chunk)
            allowance = len(chunk.tickets) * chunk.time_limit + self._options.grace if chunk.time_limit else 0.0
            return within(allowance, partial(run_chunk, chunk), self._options.start)
        except (BrokenExecutor, RuntimeError) as problem:
            raise self._no_workers(problem) from problem

    def _handle(self, future: Future[Any], chunk: Chunk) -> None:
        try:
            finished: Finished = future.result()
        except OverdueError:
            self._blame(chunk, lambda ticket: _row(ticket, TIMEOUT, timeout_error(chunk.time_limit)))
        except (CancelledError, WorkersLostError) as problem:
            raise self._no_workers(problem) from problem
        except Exception as problem:
            if type(problem).__name__ == "FutureCancelledError":
                raise self._no_workers(problem) from problem
            if _worker_died(problem):
                self._blame(chunk, self._killed)
            else:
                text = f"{type(problem).__name__}: {problem}"
                self._blame(chunk, lambda ticket: _row(ticket, FAILED, text))
        else:
            self._seconds_a_run = _blend(self._seconds_a_run, finished.seconds / len(finished.rows))
            self._keep(finished.rows, finished.columns)

    def _blame(self, chunk: Chunk, verdict: Callable[[Ticket], Row | None]) -> None:
        """Judge a chunk that was lost: alone in it, a run is to blame; else each gets a chunk of its own."""
        first, *others = chunk.tickets
        if others:
            self._again.extend(chunk.tickets)
            return
        row = verdict(first)
        if row is not None:
            self._keep((row,), ())

    def _killed(self, ticket: Ticket) -> Row | None:
        key = (ticket.design, ticket.replicate)
        kills = self._kills[key] = self._kills.get(key, 0) + 1
        if kills >= KILLS:
            return _row(ticket, QUARANTINED, f"its worker process died {KILLS} times")
        self._again.append(self._ticket(key))
        return None

    def _keep(self, rows: tuple[Row, ...], columns: tuple[str, ...]) -> None:
        self._writer.put(rows, columns)
        for row in rows:
            self._schedule.finish(row.key, watched(row, self._spec.replicates.watched))
            if row.status != DONE:
                self._failed += 1
                log.warning("replicate %d of design point %d %s: %s", row.replicate, row.design, row.status, row.error)
                if self._spec.run.on_error == "raise":
                    self._writer.flush()
                    raise StudyFailedError(
                        f"replicate {row.replicate} of design point {row.design} {row.status}: {row.error}; what was "
                        f"finished is in {self._writer.path}"
                    )

    def _report(self) -> None:
        spent = time.monotonic() - self._began
        finished, known = self._schedule.finished_runs, self._schedule.known()
        rate = (finished - self._before) / spent if spent > 0 else 0.0
        left = (known - finished) / rate if rate > 0 else float("inf")
        self._options.report(Progress(finished, known, self._failed, rate, left))

    def _wind_up(self) -> None:
        """Wait a little for the runs under way, keep them, and leave."""
        for future in self._flying:
            future.cancel()
        deadline = time.monotonic() + self._options.patience
        while (rest := [future for future in self._flying if not future.cancelled()]) and time.monotonic() < deadline:
            ended, _ = wait(rest, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in ended:
                chunk = self._flying.pop(future)
                if future.exception() is None:
                    self._handle(future, chunk)
        self._writer.flush()
        raise Interrupted(
            f"stopped with {self._schedule.finished_runs} of {self._schedule.known()} runs finished, all kept in "
            f"{self._writer.path}; to go on: {self._options.hint}",
            self._stop_asked,
        )

    def _stop(self, number: int, _frame: object) -> None:
        """Let a first Ctrl-C or SIGTERM end the study in good order, and a second one at once."""
        if self._stop_asked:
            raise KeyboardInterrupt
        self._stop_asked = number

    def _no_workers(self, problem: BaseException) -> WorkersLostError:
        return WorkersLostError(
            f"no workers any more ({str(problem) or 'the connection to them is lost'}); {self._schedule.finished_runs} of "
            f"{self._schedule.known()} runs are kept in {self._writer.path}; to go on: {self._options.hint}"
        )


def watched(row: Row, measure: str) -> float | None:
    """The measure that a precision rule looks at, None where a run has none."""
    return row.scalars.get(measure) if row.status == DONE else None


def _row(ticket: Ticket, status: str, error: str) -> Row:
    return Row(ticket.design, ticket.replicate, status, ticket.attempt, error=" ".join(error.split())[:500])


def _worker_died(problem: Exception) -> bool:
    # Dask's own exception is known by name, so that this module does not need Dask.
    return isinstance(problem, BrokenExecutor) or type(problem).__name__ == "KilledWorker"


def _blend(old: float, new: float) -> float:
    return new if not old else 0.7 * old + 0.3 * new
