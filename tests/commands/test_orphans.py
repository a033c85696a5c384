"""Whatever a command starts ends with it, even by `kill -9`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.watching import below, is_alive, until, workers_of

pytestmark = pytest.mark.studies
ROOT = Path(__file__).parents[2]
SEARCH = 'task = "tests.study.run.fake.run"\nreplicates = 3\n[set]\nbusy = 0.05\n[vary]\npull = { range = [0, 1] }\n'


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(
            ["claims", "contagion", "--worlds", "64", "--size", "0.2", "--workers", "2", "--out", "claims"],
            marks=pytest.mark.variants,
        ),
        ["calibrate", "gdr-1989", "--workers", "2", "--out", "fits"],
        ["search", "levers.toml", "--candidates", "200", "--workers", "2", "-q"],
    ],
    ids=lambda words: words[0],
)
def test_workers_end_with_a_command_that_is_killed(words: list[str], tmp_path: Path) -> None:
    """Two workers at work, `kill -9` of their parent, and half a minute later there is none."""
    (tmp_path / "levers.toml").write_text(SEARCH)
    told = {**os.environ, "PYTHONPATH": f"{ROOT / 'model'}{os.pathsep}{ROOT}"}
    with (tmp_path / "log").open("wb") as log:
        driver = subprocess.Popen(
            [sys.executable, "-m", "desertion", *words], cwd=tmp_path, env=told, stdout=log, stderr=log
        )
    deadline, workers = time.monotonic() + 120.0, set[int]()
    while len(workers) < 2 and time.monotonic() < deadline:
        assert driver.poll() is None, (tmp_path / "log").read_text()
        workers = workers_of(driver.pid)
        time.sleep(0.05)
    workers |= below(driver.pid)
    driver.kill()
    driver.wait()
    assert len(workers) >= 2
    until(lambda: not any(map(is_alive, workers)), 30.0)
    left = [worker for worker in workers if is_alive(worker)]
    for worker in left:
        os.kill(worker, 9)
    assert not left
