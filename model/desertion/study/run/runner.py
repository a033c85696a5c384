"""Runner: drives the runs of a study through an executor into its file, whatever happens to the workers."""

import logging
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from desertion.errors import InputError
from desertion.figures.labels import at_least, many
from desertion.files import ENDINGS, signals
from desertion.study.design.edition import edition
from desertion.study.design.factors import Point
from desertion.study.design.schedule import Key, Schedule
from desertion.study.design.spec import StudySpec
from desertion.study.failures import Interrupted, StudyFailedError, WorkersLostError
from desertion.study.run.chunk import Chunk, Finished, Ticket, run_chunk, timeout_error
from desertion.study.run.pool import OverdueError
from desertion.study.store.row import DONE, FAILED, QUARANTINED, TIMEOUT, Row, watched
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
_PATIENCE = 10.0
"""Seconds that an interrupted study waits for the runs under way."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a study stands.

    Attributes:
        finished: Runs in the file.
        known: Runs that the study has, as far as it is decided.
        failed: Runs that failed, timed out or were quarantined in this session.
        rate: Runs a second in this session.
        left: Seconds that remain at this rate; infinite at the start.
        may_grow: Whether more runs may be decided, so that `known` and `left` are the least.
    """

    finished: int
    known: int
    failed: int
    rate: float
    left: float
    may_grow: bool = False


@dataclass(slots=True)
class DriveOptions:
    """How a study is driven.

    Attributes:
        grace: Seconds beyond a chunk's time limits after which its process is killed.
        start: Seconds more for the first chunk of a process, which may have to compile the model.
        report: Called with the progress a few times a second.
        hint: How to go on after an interruption, as a command.
    """

    grace: float = 60.0
    start: float = 600.0
    report: Callable[[Progress], None] = field(default=lambda _progress: None)
    hint: str = "start the same command again"


@dataclass(slots=True)
class Runner:
    """Drives one study.

    Attributes:
        spec: The study.
        points: Its design points.
        writer: Its file.
        schedule: Which runs come next; what the file already holds counts as finished.
        executor: Anything with the interface of `concurrent.futures.Executor`.
        workers: Says how many runs the executor does at a time by now.
        options: How to drive.
        starts: How often runs were started in earlier sessions, of those that are to be run again.
        begun: What the study was begun with, which its workers have to have, see `origin.state_of`; nothing is asked of them if it is empty.
    """

    spec: StudySpec
    points: tuple[Point, ...]
    writer: StudyWriter
    schedule: Schedule
    executor: Executor
    workers: Callable[[], int]
    options: DriveOptions
    starts: Mapping[Key, int] = field(default_factory=dict[Key, int])
    begun: Mapping[str, str] = field(default_factory=dict[str, str])
    _flying: dict[Future[Any], Chunk] = field(default_factory=dict[Future[Any], Chunk], init=False)
    _again: deque[Ticket] = field(default_factory=deque[Ticket], init=False)
    _kills: dict[Key, int] = field(default_factory=dict[Key, int], init=False)
    _specs: dict[int, dict[str, object]] = field(default_factory=dict[int, dict[str, object]], init=False)
    _seconds_a_run: float = field(default=0.0, init=False)
    _began: float = field(default_factory=time.monotonic, init=False)
    _before: int = field(default=0, init=False)
    _failed: int = field(default=0, init=False)
    _stop_asked: int = field(default=0, init=False)  # number of the signal that asked

    def run(self) -> None:
        """Do all runs that are left.

        Raises:
            StudyFailedError: If runs failed and the study's `on_error` says to raise.
            Interrupted: If the user or the system asked to stop; everything finished is in the file.
            WorkersLostError: If no worker can be had any more.
            StoreFullError: If the disk is full.
            InputError: If a worker has other code, versions or documents than the study was begun with.
        """
        self._before = self.schedule.finished_runs
        runs = self.schedule.known() - self._before
        log.info("%s: %d runs to do with %d workers", self.writer.path, runs, self.workers())
        try:
            with signals((signal.SIGINT, *ENDINGS), self._stop):
                self._loop()
        finally:
            for future in self._flying:
                future.cancel()
        self.writer.flush()
        self._report()
        log.info("%s: %d runs finished, %d failed", self.writer.path, self.schedule.finished_runs, self._failed)
        if self._failed and self.spec.run.on_error == "raise-at-end":
            raise StudyFailedError(
                f"{many(self._failed, 'run')} failed; see why with `desertion show {self.writer.path} --failures`"
            )

    def _loop(self) -> None:
        self._fill()
        while self._flying:
            ended, _ = wait(self._flying, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in ended:
                self._handle(future, self._flying.pop(future))
            if not ended:
                self.writer.flush()
            self._report()
            if self._stop_asked:
                self._wind_up()
            self._fill()

    def _fill(self) -> None:
        """Keep twice as many chunks under way as there are workers, so that none waits and few are lost."""
        while len(self._flying) < 2 * self.workers():
            chunk = self._next_chunk()
            if chunk is None:
                return
            self._flying[self._submit(chunk)] = chunk

    def _next_chunk(self) -> Chunk | None:
        if self._again:
            tickets = [self._again.popleft()]
        else:
            tickets = [self._ticket(key) for key in self.schedule.take(self._chunk_size())]
        if not tickets:
            return None
        return Chunk(tuple(tickets), self.spec.seed, self.spec.run.time_limit, edition(), self.begun)

    def _chunk_size(self) -> int:
        if not self._seconds_a_run:
            return 1
        # Towards the end chunks shrink, so that all workers finish together.
        share = (self.schedule.known() - self.schedule.finished_runs) // (3 * self.workers())
        return max(1, min(int(CHUNK_SECONDS / self._seconds_a_run), share, _LARGEST_CHUNK))

    def _ticket(self, key: Key) -> Ticket:
        design, replicate = key
        if design not in self._specs:
            if len(self._specs) > 10_000:
                self._specs.clear()
            self._specs[design] = self.spec.task_of(self.points[design])
        attempt = self.starts.get(key, 0) + self._kills.get(key, 0) + 1
        return Ticket(design, replicate, attempt, self._specs[design])

    def _submit(self, chunk: Chunk) -> Future[Any]:
        within = getattr(self.executor, "submit_within", None)
        try:
            if within is None:
                return self.executor.submit(run_chunk, chunk)
            allowance = len(chunk.tickets) * chunk.time_limit + self.options.grace if chunk.time_limit else 0.0
            return within(allowance, partial(run_chunk, chunk), self.options.start)
        except (BrokenExecutor, RuntimeError) as problem:
            raise self._no_workers(problem) from problem

    def _handle(self, future: Future[Any], chunk: Chunk) -> None:
        try:
            finished: Finished = future.result()
        except OverdueError:
            self._blame(chunk, lambda ticket: _row(ticket, TIMEOUT, timeout_error(chunk.time_limit)))
        except (CancelledError, WorkersLostError) as problem:
            raise self._no_workers(problem) from problem
        except InputError:  # a worker that has not what the study was begun with; what a run raises is in its row
            raise
        except Exception as problem:
            if type(problem).__name__ == "FutureCancelledError":
                raise self._no_workers(problem) from problem
            if _worker_died(problem):
                self._blame(chunk, self._killed)
            else:
                text = f"{type(problem).__name__}: {problem}"
                self._blame(chunk, lambda ticket: _row(ticket, FAILED, text))
        else:
            now = finished.seconds / len(finished.rows)
            self._seconds_a_run = 0.7 * self._seconds_a_run + 0.3 * now if self._seconds_a_run else now
            self._keep(finished.rows, finished.columns)

    def _blame(self, chunk: Chunk, verdict: Callable[[Ticket], Row | None]) -> None:
        """Judge a chunk that was lost: alone in it, a run is to blame; else each gets a chunk of its own."""
        first, *others = chunk.tickets
        if others:
            self._again.extend(chunk.tickets)
        elif (row := verdict(first)) is not None:
            self._keep((row,), ())

    def _killed(self, ticket: Ticket) -> Row | None:
        key = (ticket.design, ticket.replicate)
        kills = self._kills[key] = self._kills.get(key, 0) + 1
        if kills >= KILLS:
            return _row(ticket, QUARANTINED, f"its worker process died {KILLS} times")
        self._again.append(self._ticket(key))
        return None

    def _keep(self, rows: tuple[Row, ...], columns: tuple[str, ...]) -> None:
        self.writer.put(rows, columns)
        for row in rows:
            self.schedule.finish(row.key, watched(row, self.spec.replicates.watched))
            if row.status != DONE:
                self._failed += 1
                log.warning("replicate %d of design point %d %s: %s", row.replicate, row.design, row.status, row.error)
                if self.spec.run.on_error == "raise":
                    self.writer.flush()
                    raise StudyFailedError(
                        f"replicate {row.replicate} of design point {row.design} {row.status}: {row.error}; what was "
                        f"finished is in {self.writer.path}"
                    )

    def _report(self) -> None:
        spent = time.monotonic() - self._began
        finished, known = self.schedule.finished_runs, self.schedule.known()
        rate = (finished - self._before) / spent if spent > 0 else 0.0
        left = (known - finished) / rate if rate > 0 else float("inf")
        self.options.report(Progress(finished, known, self._failed, rate, left, self.schedule.may_grow()))

    def _wind_up(self) -> None:
        """Wait a little for the runs under way, keep them, and leave."""
        for future in self._flying:
            future.cancel()
        deadline = time.monotonic() + _PATIENCE
        while (rest := [future for future in self._flying if not future.cancelled()]) and time.monotonic() < deadline:
            ended, _ = wait(rest, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in ended:
                chunk = self._flying.pop(future)
                if future.exception() is None:
                    self._handle(future, chunk)
        self.writer.flush()
        raise Interrupted(
            f"stopped with {self.schedule.finished_runs} of {at_least(self.schedule.may_grow())}{self.schedule.known()} runs finished, all kept in "
            f"{self.writer.path}; to go on: {self.options.hint}",
            self._stop_asked,
        )

    def _stop(self, number: int, _frame: object) -> None:
        """Let a first Ctrl-C or one of `ENDINGS` end the study in good order, and a second one at once."""
        if self._stop_asked:
            raise KeyboardInterrupt
        self._stop_asked = number

    def _no_workers(self, problem: BaseException) -> WorkersLostError:
        return WorkersLostError(
            f"no workers any more ({str(problem) or 'the connection to them is lost'}); {self.schedule.finished_runs} of "
            f"{at_least(self.schedule.may_grow())}{many(self.schedule.known(), 'run is', 'runs are')} kept in {self.writer.path}; to go on: {self.options.hint}"
        )


def _row(ticket: Ticket, status: str, error: str) -> Row:
    return Row(ticket.design, ticket.replicate, status, ticket.attempt, error=" ".join(error.split())[:500])


def _worker_died(problem: Exception) -> bool:
    # Dask's own exception is known by name, so that this module does not need Dask.
    return isinstance(problem, BrokenExecutor) or type(problem).__name__ == "KilledWorker"
