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

from tests.torture.damage import Disk, flip, has_root, rows_of, stored, truncate
from tests.torture.record import BAD, FOLDER, GOOD, Record
from tests.torture.works import WORKS, Work, calm_rows, started

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


type Struck = tuple[subprocess.Popen[str], Path, np.random.Generator]


def kill_driver(struck: Struck, disk: Disk | None) -> str:
    """`kill -9` of the driver."""
    struck[0].kill()
    _ended(struck[0], {-signal.SIGKILL, 0})
    return "kill -9 of the driver"


def kill_workers(struck: Struck, disk: Disk | None) -> str:
    """`kill -9` of one worker or of all; the driver goes on with new ones to the end."""
    driver, _, rng = struck
    workers = _workers(driver.pid)
    chosen = workers if rng.random() < 0.5 else workers[:1]
    for process in chosen:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    _ended(driver, {0})
    return f"kill -9 of {len(chosen)} of {len(workers)} workers"


def terminate(struck: Struck, disk: Disk | None) -> str:
    """SIGTERM, as a batch system sends it."""
    return _signalled(struck, signal.SIGTERM)


def interrupt(struck: Struck, disk: Disk | None) -> str:
    """SIGINT, as Ctrl-C sends it."""
    return _signalled(struck, signal.SIGINT)


def _signalled(struck: Struck, number: signal.Signals) -> str:
    """Send a signal, which ends the study in good order, or Python itself where all is done and stored."""
    driver, path, _ = struck
    driver.send_signal(number)
    if _ended(driver, {128 + number, 0, -number}) < 0 and stored(path) < len(calm_rows(_work_of(driver))):
        raise Wrong(f"{number.name} ended Python amidst the study")
    return number.name


def fill(struck: Struck, disk: Disk | None) -> str:
    """The disk fills up under the driver, then somebody makes room."""
    assert disk is not None
    left = disk.fill(int(struck[2].integers(0, 1 << 16)))
    _ended(struck[0], {1, 0})
    disk.empty()
    return f"full disk, {left} bytes left"


def bar(struck: Struck, disk: Disk | None) -> str:
    """The folder is read-only when the study is started again: refused, and nothing of it is touched."""
    assert disk is not None
    driver, path, _ = struck
    kill_driver(struck, disk)
    disk.bar()
    before = path.read_bytes()
    again = started(_work_of(driver), path)
    _ended(again, {REFUSED, 1})
    untouched = path.read_bytes() == before
    disk.open()
    if not untouched:
        raise Wrong("a read-only file was changed")
    return "read-only folder"


def cut(struck: Struck, disk: Disk | None) -> str:
    """The file loses its end."""
    kill_driver(struck, disk)
    return truncate(struck[1], struck[2])


def turn(struck: Struck, disk: Disk | None) -> str:
    """Bits of the file, or of its log, are turned; what `show --verify` calls sound must be so."""
    kill_driver(struck, disk)
    note = flip(struck[1], struck[2])
    work, calm = _work_of(struck[0]), calm_rows(_work_of(struck[0]))
    verified = started(Work("verify", ("show", "FILE", "--verify"), work.study), struck[1])
    if _ended(verified, {0, 1, REFUSED}, speaks=False) == 0 and not set(rows_of(struck[1])) <= set(calm):
        raise Wrong(f"{note}: verified, though rows are wrong")
    return note


KINDS: dict[str, Callable[[Struck, Disk | None], str]] = {
    "kill driver": kill_driver, "kill workers": kill_workers, "SIGTERM": terminate, "SIGINT": interrupt,
    "full disk": fill, "read-only folder": bar, "truncation": cut, "bit flips": turn,
}  # fmt: skip
NEED_A_DISK = ("full disk", "read-only folder")
_RUNNING: dict[int, Work] = {}


def _work_of(driver: subprocess.Popen[str]) -> Work:
    return _RUNNING[driver.pid]


def run(record: Record, cases: int) -> None:
    """Run the schedules that the record lacks."""
    done = record.done("faults")
    root = has_root()
    for case in range(cases):
        if str(case) in done:
            continue
        rng = np.random.default_rng([12, case])
        kinds = [list(KINDS)[case % len(KINDS)], *([str(rng.choice(list(KINDS)))] if rng.random() < 0.3 else [])]
        work = WORKS[int(rng.choice(len(WORKS), p=[0.55, 0.2, 0.15, 0.1]))]
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
    calm, strikes = calm_rows(work), []
    for kind in kinds:
        before = min(stored(path), len(calm) - 2)
        driver = started(work, path)
        _RUNNING[driver.pid] = work
        _wait_for(path, int(rng.integers(before + 1, before + 2 + (len(calm) - before) * 7 // 10)), driver)
        if driver.poll() == REFUSED:
            _ended(driver, {REFUSED})
            return strikes, "refused"
        time.sleep(float(rng.uniform(0.0, 0.3)))
        rows, alive = stored(path), driver.poll() is None
        note = KINDS[kind]((driver, path, rng), disk)
        strikes.append(Strike(rows, alive and before < rows < len(calm), note))
    again = started(work, path)
    if _ended(again, {0, REFUSED}) == REFUSED:
        return strikes, "refused"
    found = rows_of(path)
    if found != calm:
        raise Wrong(f"{[strike.note for strike in strikes]}: {len(set(found) ^ set(calm))} rows differ")
    return strikes, "the same rows"


def _wait_for(path: Path, rows: int, driver: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while stored(path) < rows and driver.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)


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
    if speaks and process.returncode > 0 and not said.startswith("desertion: "):
        raise Wrong(f"ended with {process.returncode} and without a sentence: {said[-500:]!r}")
    return process.returncode


def _workers(driver: int) -> list[int]:
    """Numbers of a driver's worker processes."""
    found: list[int] = []
    for task in Path(f"/proc/{driver}/task").iterdir():
        for child in (task / "children").read_text().split():
            with suppress(OSError):
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
    return sorted(found)
