"""Faults: studies are struck at random moments in random ways; resumed they hold the rows of an undisturbed one, or are refused.

A schedule is one fault or two. It counts only if each struck after the first stored row and before the last.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.torture.cluster import Cluster
from tests.torture.damage import Disk, flip, has_root, truncate
from tests.torture.record import BAD, FOLDER, GOOD, ROOT, Record
from tests.torture.works import WORKS, Work, calm_rows, started
from tests.watching import below, until

PATIENCE = 600.0
"""Seconds after which a command that should have ended counts as hanging."""

REFUSED = 2


class Wrong(Exception):  # noqa: N818 - it is what the schedule found, not a failure of this program
    """Something that must not be: wrong rows, a traceback, a hang."""


class Strike(NamedTuple):
    """A fault that has struck.

    Attributes:
        rows: Rows that were stored.
        in_time: Whether they were more than when the command was started, and not all.
        note: What it did.
    """

    rows: int
    in_time: bool
    note: str


class Struck(NamedTuple):
    """A study that is about to be struck.

    Attributes:
        driver: Its command.
        work: What it does.
        path: Its file.
        rng: When, where and how hard.
        disk: The disk that its folder is, where it is one of its own.
        cluster: The cluster that it runs on, where it is on one.
        clock: Setting back the clock makes this file.
    """

    driver: subprocess.Popen[str]
    work: Work
    path: Path
    rng: np.random.Generator
    disk: Disk | None
    cluster: Cluster | None
    clock: Path


def kill_driver(struck: Struck) -> str:
    """`kill -9` of the driver."""
    struck.driver.kill()
    _ended(struck.driver, {-signal.SIGKILL, 0})
    return "kill -9 of the driver"


def kill_workers(struck: Struck) -> str:
    """`kill -9` of one worker, of the process that they are copied from, or of all; the driver goes on with new ones to the end."""
    workers = sorted(below(struck.driver.pid))
    chosen = workers if not workers or struck.rng.random() < 0.5 else [int(struck.rng.choice(workers))]
    for process in chosen:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    _ended(struck.driver, {0})
    return f"kill -9 of {len(chosen)} of {len(workers)} workers"


def terminate(struck: Struck) -> str:
    """SIGTERM, as a batch system sends it."""
    return _signalled(struck, signal.SIGTERM)


def interrupt(struck: Struck) -> str:
    """SIGINT, as Ctrl-C sends it."""
    return _signalled(struck, signal.SIGINT)


def _signalled(struck: Struck, number: signal.Signals) -> str:
    """Send a signal, which ends the study in good order, or Python itself where all is done and stored."""
    driver, work, path, *_ = struck
    driver.send_signal(number)
    if _ended(driver, {128 + number, 0, -number}) < 0 and work.stored(path) < work.stored_when_calm():
        raise Wrong(f"{number.name} ended Python amidst the study")
    return number.name


def fill(struck: Struck) -> str:
    """The disk fills up under the driver, then somebody makes room."""
    assert struck.disk is not None
    left = struck.disk.fill(int(struck.rng.integers(0, 1 << 16)))
    _ended(struck.driver, {1, 0})
    struck.disk.empty()
    return f"full disk, {left} bytes left"


def bar(struck: Struck) -> str:
    """The folder is read-only when the study is started again: refused, and nothing of it is touched."""
    assert struck.disk is not None
    kill_driver(struck)
    struck.disk.bar()
    before = struck.path.read_bytes()
    again = started(struck.work, struck.path)
    _ended(again, {REFUSED, 1})
    untouched = struck.path.read_bytes() == before
    struck.disk.open()
    if not untouched:
        raise Wrong("a read-only file was changed")
    return "read-only folder"


def cut(struck: Struck) -> str:
    """The file loses its end."""
    kill_driver(struck)
    return truncate(struck.path, struck.rng)


def turn(struck: Struck) -> str:
    """Bits of the file, or of its log, are turned; what `show --verify` calls sound must be so."""
    kill_driver(struck)
    work, path = struck.work, struck.path
    note = flip(path, struck.rng)
    if not work.verified:
        return note
    verified = started(Work("verify", ("show", "FILE", "--verify"), work.study), path)
    if _ended(verified, {0, 1, REFUSED}, speaks=False) == 0 and not set(work.rows(path)) <= set(calm_rows(work)):
        raise Wrong(f"{note}: verified, though rows are wrong")
    return note


def kill_scheduler(struck: Struck) -> str:
    """`kill -9` of the scheduler of a cluster, amidst the study; a driver that has not yet reached it says that it does not answer."""
    assert struck.cluster is not None
    struck.cluster.scheduler.kill()
    _ended(struck.driver, {1, 0, REFUSED})
    return "kill -9 of the scheduler"


def kill_cluster_worker(struck: Struck) -> str:
    """`kill -9` of one of a cluster's two workers; the driver goes on with the other to the end."""
    assert struck.cluster is not None
    struck.cluster.workers[int(struck.rng.integers(2))].kill()
    _ended(struck.driver, {0})
    return "kill -9 of a worker of the cluster"


def set_clock_back(struck: Struck) -> str:
    """The clock goes back by a day; the driver goes on to the end."""
    struck.clock.touch()
    _ended(struck.driver, {0})
    return "clock set back by a day"


KINDS: dict[str, Callable[[Struck], str]] = {
    "kill driver": kill_driver, "kill workers": kill_workers, "SIGTERM": terminate, "SIGINT": interrupt,
    "full disk": fill, "read-only folder": bar, "truncation": cut, "bit flips": turn,
    "kill scheduler": kill_scheduler, "kill worker of a cluster": kill_cluster_worker, "clock set back": set_clock_back,
}  # fmt: skip
NEED_A_DISK = ("full disk", "read-only folder")
ON_A_CLUSTER = ("kill scheduler", "kill worker of a cluster")
CLOCK = ROOT / "tests" / "torture" / "clock"
"""Folder that is imported from before everything else where a clock is to be set back."""


def run(record: Record, cases: int) -> None:
    """Run the schedules that the record lacks."""
    done = record.done("faults")
    root = has_root()
    for case in range(cases):
        if str(case) in done:
            continue
        rng = np.random.default_rng([12, case])
        kinds = [list(KINDS)[case % len(KINDS)], *([str(rng.choice(list(KINDS)))] if rng.random() < 0.3 else [])]
        able = [work for work in WORKS if work.on_a_cluster or not set(kinds) & set(ON_A_CLUSTER)]
        weights = np.array([work.weight for work in able])
        work = able[int(rng.choice(len(able), p=weights / weights.sum()))]
        if not root and set(kinds) & set(NEED_A_DISK):
            record.add("faults", str(case), "skipped", "a disk of its own can only be mounted by root", kinds=kinds)
            continue
        FOLDER.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"case-{case}-", dir=FOLDER))
        began = time.monotonic()
        disk = Disk(folder) if root else None
        try:
            strikes, end = scheduled(work, kinds, folder / work.file, disk, rng)
            verdict = GOOD
        except Wrong as found:
            strikes, end, verdict = [], f"WRONG: {found}", BAD
        finally:
            if disk:
                disk.close()
            shutil.rmtree(folder)
        counts = verdict == BAD or all(strike.in_time for strike in strikes)
        words = f"{work.name}: {', '.join(f'{strike.note} at {strike.rows} rows' for strike in strikes)}; {end}"
        took = round(time.monotonic() - began, 1)
        record.add("faults", str(case), verdict, words, kinds=kinds, work=work.name, counts=counts, seconds=took)


def scheduled(
    work: Work, kinds: list[str], path: Path, disk: Disk | None, rng: np.random.Generator
) -> tuple[list[Strike], str]:
    """Strike a study in each of these ways, resume it, and hold it against an undisturbed one.

    Args:
        work: The command.
        kinds: Faults, in their order.
        path: The study's file, on a disk of its own where `disk` is one.
        disk: That disk.
        rng: When, where and how hard.

    Returns:
        The strikes, and what came in the end.

    Raises:
        Wrong: If the end is neither the rows of an undisturbed study nor a refusal.
    """
    calm, whole, strikes = calm_rows(work), work.stored_when_calm(), []
    for kind in kinds:
        before = min(work.stored(path), whole - 2)
        with tempfile.TemporaryDirectory() as aside:
            clock = Path(aside) / "set-back"
            cluster = Cluster(Path(aside)) if kind in ON_A_CLUSTER else None
            try:
                driver = _started(work, path, cluster, clock if kind == "clock set back" else None)
                wanted = int(rng.integers(before + 1, before + 2 + (whole - before) * 7 // 10))
                _wait_for(work, path, wanted, driver)
                if driver.poll() == REFUSED:
                    _ended(driver, {REFUSED})
                    if not strikes:
                        raise Wrong("its own command is refused")
                    return strikes, "refused"
                time.sleep(float(rng.uniform(0.0, 0.3)))
                rows, alive = work.stored(path), driver.poll() is None
                note = KINDS[kind](Struck(driver, work, path, rng, disk, cluster, clock))
            finally:
                if cluster:
                    cluster.close()
        strikes.append(Strike(rows, alive and before < rows < whole, note))
    again = started(work, path)
    if _ended(again, {0, REFUSED}) == REFUSED:
        return strikes, "refused"
    found = work.rows(path)
    if found != calm:
        raise Wrong(f"{[strike.note for strike in strikes]}: {len(set(found) ^ set(calm))} rows differ")
    return strikes, "the same rows"


def _started(work: Work, path: Path, cluster: Cluster | None, clock: Path | None) -> subprocess.Popen[str]:
    """The command, on a cluster or under a clock that can be set back."""
    further = ("--scheduler", cluster.address) if cluster else ()
    told = {"DESERTION_TORTURE_CLOCK": str(clock)} if clock else {}
    return started(work, path, *further, told=told, before=CLOCK if clock else None)


def _wait_for(work: Work, path: Path, rows: int, driver: subprocess.Popen[str]) -> None:
    until(lambda: work.stored(path) >= rows or driver.poll() is not None, PATIENCE)


def _ended(process: subprocess.Popen[str], codes: set[int], *, speaks: bool = True) -> int:
    """Wait for a process to end with one of these codes and in readable words.

    Raises:
        Wrong: If it hangs, ends otherwise, shows a traceback, or refuses without a sentence.
    """
    try:
        _, said = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Wrong(f"hangs for {PATIENCE:g} s") from None
    if process.returncode not in codes or "Traceback" in said:
        raise Wrong(f"ended with {process.returncode}: {said[-1500:]}")
    last = (said.splitlines() or [""])[-1]  # a command that tells how far it is has said so before
    if speaks and process.returncode > 0 and not last.startswith("desertion: "):
        raise Wrong(f"ended with {process.returncode} and without a sentence: {said[-500:]!r}")
    return process.returncode
