"""Kills the driver of a study at random moments and resumes it each time, then compares with a calm run.

``python -m tests.study.run.killing --runs 5000 --kills 10`` is the long form of the test in ``test_resume.py``.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from desertion.study.store.reader import StudyFile
from tests.app.folder import Here
from tests.study.run.driving import drive

ROOT = Path(__file__).parents[3]
_LASTING = "SELECT design, replicate, status, scalars, shape, curve_checksum, substr(checksum, 1, 32), error, curve FROM run ORDER BY 1, 2"


def kill_and_compare(folder: Path, points: int, runs: int, kills: int, busy: float, seed: int) -> tuple[int, list[int]]:
    """Kill a study so often, resume it, and compare it with a calm one.

    Returns:
        Runs in the file, and runs that were found after each kill.

    Raises:
        AssertionError: If any row differs.
    """
    rng = np.random.default_rng(seed)
    killed, calm = folder / "killed.sqlite", folder / "calm.sqlite"
    expected = points * runs * busy / 2
    found: list[int] = []
    for _ in range(kills):
        driver = _driver(killed, points, runs, busy)
        # The first kill may come before the file exists; later ones wait for some progress, however busy the machine.
        if found:
            _wait_for_more(killed, found[-1])
        time.sleep(float(rng.uniform(0.0, 0.5 + expected / kills)))
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        found.append(_count(killed))
    assert _driver(killed, points, runs, busy).wait() == 0
    drive(str(calm), points, runs, executor=Here())  # rows do not say how long they took
    one, other = _rows(killed), _rows(calm)
    assert len(other) == points * runs
    assert one == other, "the resumed file differs from the uninterrupted one"
    return len(one), found


def _driver(path: Path, points: int, runs: int, busy: float) -> subprocess.Popen[bytes]:
    told = ["--points", str(points), "--runs", str(runs), "--busy", str(busy)]
    command = [sys.executable, "-m", "tests.study.run.driving", str(path), *told]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": "model"}, stderr=subprocess.DEVNULL)


def _wait_for_more(path: Path, rows: int) -> None:
    deadline = time.monotonic() + 60.0
    while _count(path) <= rows and time.monotonic() < deadline:
        time.sleep(0.02)


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    with StudyFile(path) as file:
        return sum(file.counts().values())


def _rows(path: Path) -> list[tuple[object, ...]]:
    with StudyFile(path) as file:
        return file.connection.execute(_LASTING).fetchall()


def main() -> None:
    """Run the long form and print what was found."""
    given = argparse.ArgumentParser()
    given.add_argument("--runs", type=int, default=5000)
    given.add_argument("--kills", type=int, default=10)
    given.add_argument("--busy", type=float, default=0.01)
    given.add_argument("--seed", type=int, default=1)
    told = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, found = kill_and_compare(Path(folder), 50, told.runs // 50, told.kills, told.busy, told.seed)
    print(f"{rows} runs, killed after {found} runs were on disk: equal to the uninterrupted study row by row")


if __name__ == "__main__":
    main()
