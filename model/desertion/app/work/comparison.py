"""A comparison of policies for the page Compare, run in worker processes, with progress and a stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desertion.app.request.address import Address
from desertion.app.request.choice import check_arms, people_of, settings_of, unchecked, undialled, usual_scale
from desertion.app.request.limits import check_comparison, limits
from desertion.app.work.job import CancelledError, Tell
from desertion.app.work.warm import WARM
from desertion.errors import InputError
from desertion.files import PassingFolder
from desertion.scenario.documents import parted

if TYPE_CHECKING:
    from desertion.study.comparison.comparison import Comparison
    from desertion.study.design.spec import StudySpec
    from desertion.study.run.pool import LocalPool
    from desertion.study.run.runner import Progress

RUN_SECONDS = 300.0
"""Longest that one run may take."""

WORKERS = 2
"""Processes that all visitors' comparisons share."""

COMPILING = "Waiting for the rules to be compiled, which happens once after an installation and takes a minute or two."
TURN = "Waiting for the comparison under way on this server to end."
"""What a comparison that has not begun waits for."""


@dataclass(frozen=True)
class Result:
    """A comparison with what was asked for.

    Attributes:
        address: What was asked for.
        comparison: What came out.
        number: Different for every comparison.
    """

    address: Address
    comparison: Comparison
    number: int


class _Server:
    """What all visitors' comparisons share.

    Invariants: whoever holds `turn` is the only one whose runs the pool does, so that a comparison has all workers and ends sooner than two at half
    speed; it is given back however he ends. `pool` and `comparisons` are touched under `lock` alone: else two visitors could start two pools.
    """

    lock = threading.Lock()
    turn = threading.BoundedSemaphore(1)
    pool: LocalPool | None = None
    comparisons = 0


def spec_for(address: Address) -> StudySpec:
    """The study that an address asks for, checked against the limits.

    Raises:
        InputError: If a name, a value or the size is not allowed.
    """
    from desertion.study.comparison.compare import spec_of
    from desertion.study.design.spec import RunRule

    # The dial would move the doors on top of every named policy, and all of them would be the dial.
    address = undialled(address)
    check_arms(address)
    if len(address.arms) < 2:
        raise InputError(
            "compare needs two policies at least; the first is what the others are compared with", key="arms"
        )
    for arm in address.arms:
        unchecked(address, parted(arm))  # else every run of it would fail, and the visitor would not be told why
    scenario = unchecked(address, ())
    check_comparison(people_of(scenario), scenario.scale, scenario.days, len(address.arms), address.runs)
    spec = spec_of(
        address.scenario,
        list(address.arms),
        runs=address.runs,
        seed=address.seed,
        scale=address.scale or usual_scale(address.scenario),
        days=address.days or None,
        settings=settings_of(address),
    )
    return replace(spec, run=RunRule(time_limit=RUN_SECONDS))


def what_is_compared(address: Address) -> tuple[object, ...]:
    """Everything in an address that decides a comparison."""
    asked = undialled(address)
    return (asked.scenario, asked.arms, asked.runs, asked.seed, asked.scale, asked.days, asked.settings)


def compare(address: Address, tell: Tell, stop: threading.Event) -> Result:
    """Run what an address asks for.

    Args:
        address: What is asked for.
        tell: Takes progress.
        stop: Set when it should stop.

    Raises:
        InputError: If what is asked for is not allowed, or takes too long.
        CancelledError: If it was stopped.
    """
    spec = spec_for(address)
    # Workers that start before the code has been compiled would all compile it themselves.
    _wait(WARM.wait, COMPILING, tell, stop)
    _wait(lambda seconds: _Server.turn.acquire(timeout=seconds), TURN, tell, stop)
    try:
        return Result(address, _run(spec, tell, stop), _number())
    finally:
        _Server.turn.release()


def _wait(come: Callable[[float], bool], what: str, tell: Tell, stop: threading.Event) -> None:
    """Wait until something comes, and say so where it is not there at once."""
    if come(0.0):
        return
    tell(state="waiting", waits_for=what)
    while not come(0.3):
        if stop.is_set():
            raise CancelledError


def _run(spec: StudySpec, tell: Tell, stop: threading.Event) -> Comparison:
    from desertion.study.comparison.comparison import Comparison
    from desertion.study.run.origin import header
    from desertion.study.run.sweep import RunOptions, drive, held_throughout
    from desertion.study.store.writer import StudyWriter

    keep, points = PassingFolder(), spec.points()
    path = keep.path / "study.sqlite"
    until = time.monotonic() + limits().seconds

    def report(progress: Progress) -> None:
        if stop.is_set():
            raise CancelledError
        if time.monotonic() > until:
            raise InputError(
                f"the comparison took longer than the {limits().seconds:.0f} seconds it may take here, with {progress.finished} of "
                f"{progress.known} runs done; choose fewer runs or a smaller scale"
            )
        tell(state="working", done=progress.finished, parts=progress.known, left=progress.left)

    tell(state="working", done=0, parts=len(points) * spec.replicates.number)
    pool = _pool()
    about = header(spec, points, (1, 1))
    writer = StudyWriter.open(path, about, points)
    try:
        with held_throughout(spec, points, about, path, "") as (told, begun):
            drive(told, points, begun, writer, RunOptions(quiet=True), pool, lambda: pool.workers, report)
    finally:
        writer.close()
    return Comparison(path, keep=keep)


def _pool() -> LocalPool:
    from desertion.study.run.pool import LocalPool, usable_cores

    with _Server.lock:
        if _Server.pool is None:
            _Server.pool = LocalPool(min(WORKERS, usable_cores()))
        return _Server.pool


def _number() -> int:
    with _Server.lock:
        _Server.comparisons += 1
        return _Server.comparisons
