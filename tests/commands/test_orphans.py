"""Whatever a command starts ends with it, even by `kill -9`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.watching import is_alive, until

pytestmark = pytest.mark.studies
ROOT = Path(__file__).parents[2]
SEARCH = 'task = "tests.study.run.fake.run"\nreplicates = 3\n[set]\nbusy = 0.05\n[vary]\npull = { range = [0, 1] }\n'


def _children(process: int) -> set[int]:
    """All workers below a process; those that only count what is left behind are none."""
    found: set[int] = set()
    with suppress(OSError):  # gone in the meantime
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                if b"resource_tracker" not in _words(child) and b"first_run" not in _words(child):
                    found |= {child, *_children(child)}
    return found


def _words(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ["claims", "contagion", "--worlds", "64", "--size", "0.2", "--workers", "2", "--out", "claims"],
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
        workers = {child for child in _children(driver.pid) if is_alive(child)}
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    assert len(workers) >= 2
    until(lambda: not any(map(is_alive, workers)), 30.0)
    left = [worker for worker in workers if is_alive(worker)]
    for worker in left:
        os.kill(worker, 9)
    assert not left
