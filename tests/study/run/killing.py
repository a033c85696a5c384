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

from tests.app.folder import Here
from tests.study.run.driving import drive
from tests.watching import finished_runs, lasting_rows, until

ROOT = Path(__file__).parents[3]


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
            until(lambda least=found[-1]: finished_runs(killed) > least)
        time.sleep(float(rng.uniform(0.0, 0.5 + expected / kills)))
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        found.append(finished_runs(killed))
    assert _driver(killed, points, runs, busy).wait() == 0
    drive(str(calm), points, runs, executor=Here())  # rows do not say how long they took
    one, other = lasting_rows(killed), lasting_rows(calm)
    assert len(other) == points * runs
    assert one == other, "the resumed file differs from the uninterrupted one"
    return len(one), found


def _driver(path: Path, points: int, runs: int, busy: float) -> subprocess.Popen[bytes]:
    told = ["--points", str(points), "--runs", str(runs), "--busy", str(busy)]
    command = [sys.executable, "-m", "tests.study.run.driving", str(path), *told]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": "model"}, stderr=subprocess.DEVNULL)


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
