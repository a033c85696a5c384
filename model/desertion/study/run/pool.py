"""Pool: worker processes of this machine that are replaced when they die, behind the usual Executor interface."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from queue import Empty, SimpleQueue
from typing import Any

from desertion.parameters.arguments import WORKERS
from desertion.study.failures import WorkersLostError
from desertion.study.run.deaf import DEAF, leave_signals
from desertion.study.run.task import TASKS

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
_PRELOADED = ("desertion.study.run.deaf", "desertion.study.run.chunk", "desertion.simulation.model")
"""What every worker needs; to load it takes a new process longer than most runs take."""

_LOOK = 0.2
_STARTS = 3
_STARTING = threading.Lock()
"""Held while a process starts: what `_spawning` changes meanwhile is the whole process's, and two at once would put back each other's changes for good."""


class OverdueError(Exception):
    """The call took longer than it was allowed and its process was killed."""


@dataclass(eq=False, slots=True)
class _Job:
    future: Future[Any]
    call: Callable[[], Any]
    allowance: float
    start: float


@dataclass(eq=False, slots=True)
class _Slot:
    """One worker process: the executor that owns it, its number once it runs, what it is doing, and whether it has done any."""

    executor: ProcessPoolExecutor
    process: int | None = None
    job: _Job | None = None
    started: float = 0.0
    killed: bool = False
    warm: bool = False


class LocalPool(Executor):
    """Processes of this machine, each in an executor of its own.

    A stock process pool loses every waiting call when one process dies. Here a death costs the one call that ran
    in that process, which fails with `BrokenProcessPool`; the process is replaced and nobody else notices. So
    the call that killed its process is known for certain. Processes run one thread each, do not import the caller's
    main script, and end when the caller dies, even by `kill -9`. On Linux they are copies of one process that has
    loaded the model and runs nothing; elsewhere, and where that one cannot be started, each loads it anew.

    Args:
        workers: Number of processes, 0 for one a core that this process may use.

    Raises:
        InputError: If that is no number of processes that a machine can hold.
    """

    def __init__(self, workers: int = 0) -> None:
        self.workers = WORKERS.checked("workers", workers) or usable_cores()
        self._events: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._pending: deque[_Job] = deque()
        self._slots: list[_Slot] = []
        self._failed_starts = 0
        self._closing = False
        self._thread = threading.Thread(target=self._dispatch, name="desertion-pool", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue a call; it runs in the next free process."""
        return self.submit_within(0.0, partial(fn, *args, **kwargs))

    def submit_within(self, allowance: float, call: Callable[[], Any], start: float = 0.0) -> Future[Any]:
        """Queue a call whose process is killed when it takes too long.

        Args:
            allowance: Seconds from the start of the call, 0 for any time.
            call: A picklable function without arguments.
            start: Seconds more for a call that is the first of its process, which loads and compiles everything.

        Raises:
            RuntimeError: If the pool is shut down.
        """
        if self._closing:
            raise RuntimeError("the pool is shut down: make a new one")
        job = _Job(Future(), call, allowance, start)
        self._events.put(partial(self._pending.append, job))
        return job.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: after their queued calls, or at once with `cancel_futures`."""
        if self._closing:
            return
        if cancel_futures:
            self._events.put(self._drop_all)
        self._closing = True
        self._events.put(lambda: None)
        if wait:
            self._thread.join()

    def processes(self) -> list[int]:
        """Numbers of the processes that run now."""
        return [slot.process for slot in self._slots if slot.process is not None]

    def _dispatch(self) -> None:
        """Everything that touches slots happens in this one thread, event by event."""
        while not self._closing or self._pending or not self._events.empty() or any(slot.job for slot in self._slots):
            try:
                self._events.get(timeout=_LOOK)()
            except Empty:
                self._kill_overdue()
            self._feed()
        for slot in self._slots:
            slot.executor.shutdown(wait=True, cancel_futures=True)

    def _feed(self) -> None:
        while self._pending and len(self._slots) < self.workers:
            self._slots.append(_Slot(_executor()))
            self._probe(self._slots[-1])
        for slot in self._slots:
            while self._pending and slot.job is None and slot.process is not None:
                job = self._pending.popleft()
                if job.future.set_running_or_notify_cancel():
                    self._start(slot, job)

    def _start(self, slot: _Slot, job: _Job) -> None:
        slot.job, slot.started, slot.killed = job, time.monotonic(), False
        try:
            inner = slot.executor.submit(job.call)
        except BrokenProcessPool as problem:
            self._replace(slot)
            job.future.set_exception(problem)
            return
        inner.add_done_callback(lambda ended: self._events.put(partial(self._ended, slot, job, ended)))

    def _ended(self, slot: _Slot, job: _Job, inner: Future[Any]) -> None:
        problem: BaseException | None = BrokenProcessPool("cancelled") if inner.cancelled() else inner.exception()
        overdue = slot.killed
        slot.job, slot.warm = None, True
        if isinstance(problem, BrokenProcessPool):
            self._replace(slot)
            if overdue:
                problem = OverdueError(f"took longer than {job.allowance:g} s")
        if problem is None:
            job.future.set_result(inner.result())
        else:
            job.future.set_exception(problem)

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            job = slot.job
            allowed = job.allowance + (0.0 if slot.warm else job.start) if job else 0.0
            if job and job.allowance and not slot.killed and now - slot.started > allowed:
                slot.killed = True
                _kill(slot.process)

    def _drop_all(self) -> None:
        while self._pending:
            self._pending.popleft().future.cancel()
        for slot in self._slots:
            _kill(slot.process)

    def _replace(self, slot: _Slot) -> None:
        slot.executor.shutdown(wait=False)
        slot.process = slot.job = None
        slot.warm = False
        if self._pending or not self._closing:
            slot.executor = _executor()
            self._probe(slot)

    def _probe(self, slot: _Slot) -> None:
        """Start a slot's process and learn its number; only then does the slot get work."""
        try:
            inner = _first_call(slot.executor)
        except (OSError, EOFError):  # no process to copy: its socket has no folder or too long a name, or it was killed
            slot.executor = _executor("spawn")
            inner = _first_call(slot.executor)
        inner.add_done_callback(lambda ended: self._events.put(partial(self._born, slot, ended)))

    def _born(self, slot: _Slot, inner: Future[int]) -> None:
        if not inner.cancelled() and inner.exception() is None:
            slot.process, self._failed_starts = inner.result(), 0
            return
        self._failed_starts += 1
        if self._failed_starts < _STARTS * self.workers:
            self._replace(slot)
            return
        while self._pending:
            self._pending.popleft().future.set_exception(
                WorkersLostError("worker processes die as soon as they start: look at the memory and process limits")
            )


def usable_cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _executor(method: str | None = None) -> ProcessPoolExecutor:
    context = multiprocessing.get_context(method or _usual_method())
    with _STARTING:  # not while another pool's process starts, whose environment would be handed on
        environment = dict(os.environ)
    return ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(environment,))


@cache
def _usual_method() -> str:
    """How processes are started: copied where a process that has loaded libraries may be copied without danger."""
    if sys.platform != "linux":
        return "spawn"
    # No library but the driver's own, so that no study waits for what it does not use.
    tasks = {path.rpartition(".")[0] for path in TASKS.values()} & set(sys.modules)
    multiprocessing.get_context("forkserver").set_forkserver_preload([*_PRELOADED, *sorted(tasks)])
    return "forkserver"


def _first_call(executor: ProcessPoolExecutor) -> Future[int]:
    with _spawning():
        return executor.submit(os.getpid)


def _kill(process: int | None) -> None:
    if process is not None:
        with suppress(ProcessLookupError):
            os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))


def _begin(environment: dict[str, str]) -> None:
    """First act of a worker: take the driver's environment of now, leave Ctrl-C and a closed terminal to it, and die with it."""
    os.environ.clear()
    os.environ.update({**environment, **dict.fromkeys(_ONE_THREAD, "1")})
    leave_signals()
    follow_parent()


def follow_parent() -> None:
    """Let this process end when the one that started it does, even by `kill -9`; done once a process, and nothing in one that has no parent."""
    _follow(os.getpid())


@cache
def _follow(_process: int) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _spawning() -> Generator[None]:
    """Start a process that runs one thread and does not import the caller's main script.

    Without this a plain script that calls `sweep` needs `if __name__ == "__main__"`, or every worker would
    start the study anew. Nor does it take a module that lies in the folder for one of Python's own.
    """
    main = sys.modules["__main__"]
    with _STARTING:
        script = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
        told: dict[str, str] = dict.fromkeys([*_ONE_THREAD, "PYTHONSAFEPATH", DEAF], "1")
        before = {name: os.environ.get(name) for name in told}
        try:
            os.environ.update(told)
            main.__spec__ = None
            if "__file__" in script:
                del main.__file__
            yield
        finally:
            for name, value in script.items():
                setattr(main, name, value)
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
