"""Chunk: runs that go to a worker together, so that sending them costs little beside running them."""

import ctypes
import os
import re
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from types import FrameType
from typing import Any

import numpy as np

from desertion.errors import InputError
from desertion.rules.draws import stream_seed
from desertion.study.design.edition import kept, reading
from desertion.study.design.spec import difference
from desertion.study.run.origin import made_with
from desertion.study.run.task import Outcome, Task, documents_of, task, words_of
from desertion.study.store.row import DONE, FAILED, TIMEOUT, Row

_MOST_TOLD = 4
"""Differences that a refusal names."""

_COMPILERS = re.compile(r"[\\/](numba|llvmlite)[\\/]")


class TimeLimitError(BaseException):
    """A run took longer than it may; no Exception, which an own measure or class might take for a fault of its own."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One run to be done: its number, what the task is told about it, and which attempt this is."""

    design: int
    replicate: int
    attempt: int
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Runs for one worker.

    Attributes:
        tickets: The runs.
        seed: Seed of the study.
        time_limit: Seconds that one run may take, 0 for no limit.
        edition: Mark of the edition in which the study reads its documents.
        begun: What the study was begun with, see `origin.state_of`; a worker that has other code, versions or documents is refused.
    """

    tickets: tuple[Ticket, ...]
    seed: int
    time_limit: float
    edition: str = ""
    begun: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Finished:
    """What a worker sends back: rows, the columns of their curves, and the time spent on all of them in seconds."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    seconds: float


def run_chunk(chunk: Chunk) -> Finished:
    """Do the runs of a chunk one after the other; a run that fails keeps its traceback and stops no other.

    Raises:
        InputError: If this process has not what the study was begun with; then nothing is run.
    """
    began = time.perf_counter()
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    with reading(chunk.edition):
        for ticket in chunk.tickets if chunk.begun else ():
            _refuse_others(ticket, chunk.begun)
    for ticket in chunk.tickets:
        with reading(chunk.edition):
            row, named = _run(ticket, chunk)
        rows.append(row)
        columns = columns or named
    return Finished(tuple(rows), columns, time.perf_counter() - began)


def _refuse_others(ticket: Ticket, begun: Mapping[str, str]) -> None:
    """Refuse a run for which this process has other code, versions or documents than the study was begun with."""
    name, words = str(ticket.spec["task"]), words_of(ticket.spec)
    if words in _compared():
        return
    try:
        here = _made_with(task(name), name) | documents_of(name, ticket.spec)
    except InputError:  # the run says what is missing here
        return
    lines = list(difference({key: begun.get(key, "(absent)") for key in here}, here))
    if lines:
        raise InputError(
            f"worker {_worker()} has not what the study was begun with ({'; '.join(lines[:_MOST_TOLD])}): give it the same code, "
            f"versions and files, start it anew, and then the same command again"
        )
    _compared().add(words)


@kept(4)
def _compared() -> set[object]:
    """The words of runs for which this process was found to have what an edition's study was begun with."""
    return set()


# As it was when this process had it first: what is edited later is not what a process runs that lives on.
@lru_cache(8)
def _made_with(_run: Task, name: str) -> dict[str, str]:
    return made_with(name)


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _run(ticket: Ticket, chunk: Chunk) -> tuple[Row, tuple[str, ...]]:
    began = time.perf_counter()
    row = Row(ticket.design, ticket.replicate, DONE, ticket.attempt, worker=_worker())
    columns: tuple[str, ...] = ()
    try:
        run = task(str(ticket.spec["task"]))
        seed = stream_seed(chunk.seed, ticket.spec.get("stream"))
        with limited(chunk.time_limit):
            outcome = run(ticket.spec, ticket.replicate, seed)
        _check(outcome)
        row.scalars = {name: float(value) for name, value in outcome.scalars.items()}
        row.curve = np.ascontiguousarray(outcome.curve, np.float32)
        row.extras = outcome.extras
        columns = outcome.columns
    except TimeLimitError:
        row.status = TIMEOUT
        row.error = timeout_error(chunk.time_limit)
    except Exception as problem:
        row.status = FAILED
        row.error = " ".join(f"{type(problem).__name__}: {problem}".split())[:500]
        row.trace = traceback.format_exc()
    row.seconds = time.perf_counter() - began
    return row, columns


def timeout_error(limit: float) -> str:
    """What a row says whose run took too long; the same however the limit was enforced."""
    return f"took longer than run.time_limit = {limit:g} s"


def _check(outcome: Outcome) -> None:
    if outcome.curve.ndim != 2 or outcome.curve.shape[1] != len(outcome.columns):
        raise ValueError(f"the task gave a curve of shape {outcome.curve.shape} for the columns {outcome.columns}")


@contextmanager
def limited(seconds: float) -> Generator[None]:
    """Raise `TimeLimitError` in the body after some seconds of its own, 0 for never.

    Imports and compilation do not count and are never cut off: that would leave half-loaded modules to every later run
    of the worker. In a process's main thread an alarm looks at the body, which also cuts a sleep short. Cluster workers
    run tasks in other threads, where the exception comes between two Python instructions.
    """
    if seconds <= 0:
        yield
    elif threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        with _alarm(_Stopwatch(seconds)):
            yield
    else:
        with _thrown(_Stopwatch(seconds)):
            yield


class _Stopwatch:
    """Time that a body spends on its own, known to a twentieth of its limit by looking at what it is doing.

    Attributes:
        tick: Seconds between two looks.
    """

    def __init__(self, limit: float) -> None:
        self.tick = min(max(limit / 20, 0.01), 1.0)
        self._limit = limit
        self._spent = 0.0
        self._last = time.monotonic()

    def over(self, frame: FrameType | None) -> bool:
        """Whether the body has spent its time and may be cut off in `frame`."""
        now = time.monotonic()
        preparing = _preparing(frame)
        if not preparing:
            self._spent += now - self._last
        self._last = now
        return self._spent >= self._limit and not preparing


def _preparing(frame: FrameType | None) -> bool:
    """Whether modules are being imported or code is being compiled in a frame or above it."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib") or _COMPILERS.search(file):
            return True
        frame = frame.f_back
    return False


@contextmanager
def _alarm(watch: _Stopwatch) -> Generator[None]:
    def look(_number: int, frame: FrameType | None) -> None:
        if watch.over(frame):
            raise TimeLimitError

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, watch.tick, watch.tick)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _thrown(watch: _Stopwatch) -> Generator[None]:
    target = threading.get_ident()
    lock = threading.Lock()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(watch.tick):
            with lock:  # so that no exception comes after the body has ended
                frame = sys._current_frames().get(target)  # pyright: ignore[reportPrivateUsage] - there is no public way
                if not ended.is_set() and watch.over(frame):
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(target), ctypes.py_object(TimeLimitError))
                    return

    threading.Thread(target=look, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            ended.set()
