"""Studies: overhead of the driver, two workers against one, and a file of 100,000 runs."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from desertion.study.design.reading import spec_from
from desertion.study.design.spec import StudySpec
from desertion.study.run.origin import header
from desertion.study.run.pool import usable_cores
from desertion.study.run.sweep import RunOptions, run_study
from desertion.study.run.task import task
from desertion.study.store.row import DONE, Row
from desertion.study.store.writer import StudyWriter

_TASK = "tests.benchmarks._work.run"
_READ = """
import sys, time
began = time.perf_counter()
from desertion import Study
from tests.benchmarks import _common
study = Study(sys.argv[1])
assert len(study.runs) == 100_000
opened = time.perf_counter() - began
study.plot("share_left", "sizes").savefig(sys.argv[1] + ".png")
plotted = time.perf_counter() - began - opened
study.bands(("left",), designs=[0])
banded = time.perf_counter() - began - opened - plotted
print(opened, plotted, banded, _common.high_water() / 2**20)
"""


def rows() -> Iterator[tuple[str, float, str, str]]:
    """Measure; the efficiency is the median of five, each beside one worker on the same work."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _overhead(Path(folder))
        yield from _efficiency(Path(folder))
        yield from _large_file(Path(folder))


def _study(points: int, runs: int, rounds: int = 0) -> StudySpec:
    vary = {"x": {"range": [0.0, 1.0], "steps": points}}
    return spec_from({"task": _TASK, "vary": vary, "set": {"rounds": rounds}, "replicates": runs}, "bench", "bench")


def _seconds(spec: StudySpec, path: Path, workers: int) -> float:
    began = time.perf_counter()
    run_study(spec, path, RunOptions(workers=workers, quiet=True))
    return time.perf_counter() - began


def _overhead(folder: Path) -> Iterator[tuple[str, float, str, str]]:
    spec = _study(100, 100)
    own = _alone(spec)
    whole = _seconds(spec, folder / "short.sqlite", 1)
    yield "driver, a run of 10,000 short ones", 1000 * (whole / 10_000 - own), "ms", "5"


def _alone(spec: StudySpec) -> float:
    """Time of one run without any driver."""
    run, told = task(spec.task), spec.task_of(spec.points()[0])
    began = time.perf_counter()
    for replicate in range(200):
        run(told, replicate, 1)
    return (time.perf_counter() - began) / 200


def _efficiency(folder: Path) -> Iterator[tuple[str, float, str, str]]:
    if usable_cores() < 2:
        return
    spec = _study(10, 20, rounds=400_000)
    found: list[float] = []
    bare: list[float] = []
    for trial in range(5):
        # The start of processes is left out: a second study in the same pool would not pay for it either.
        idle = [_seconds(_study(1, 1), folder / f"idle-{trial}-{count}.sqlite", count) for count in (1, 2)]
        one = _seconds(spec, folder / f"one-{trial}.sqlite", 1) - idle[0]
        two = _seconds(spec, folder / f"two-{trial}.sqlite", 2) - idle[1]
        found.append(one / (2 * two))
        bare.append(_bare(1) / (2 * _bare(2)))
    yield "two bare processes beside them (median of 5)", statistics.median(bare), "", ""
    yield "two workers, share of twice one (median of 5)", statistics.median(found), "", "0.85"
    yield "two workers, best of 5", max(found), "", ""


def _bare(processes: int) -> float:
    """Time of the same work in so many processes that know nothing of studies: what the machine itself allows."""
    code = f"for _ in range({200 // processes}):\n  t = 0\n  for i in range(400_000): t += i * i % 7\n"
    began = time.perf_counter()
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(processes)]
    for one in started:
        one.wait()
    return time.perf_counter() - began


def _large_file(folder: Path) -> Iterator[tuple[str, float, str, str]]:
    spec = _study(100, 1000)
    points = spec.points()
    path = folder / "large.sqlite"
    began = time.perf_counter()
    writer = StudyWriter.open(path, header(spec, points, (1, 1)), points)
    run, told = task(spec.task), spec.task_of(points[0])
    for replicate in range(1000):
        outcome = run(told, replicate, 1)
        made = [Row(design, replicate, DONE, 1, 0.1, "here", outcome.scalars, outcome.curve) for design in range(100)]
        writer.put(made, outcome.columns)
    writer.close()
    yield "writing 100,000 runs", time.perf_counter() - began, "s", ""
    yield "its size", path.stat().st_size / 1e6, "MB", ""
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True)
    opened, plotted, banded, memory = map(float, done.stdout.split())
    yield "opening 100,000 runs as a table, imports included", opened, "s", "seconds"
    yield "plotting their sizes", plotted, "s", "seconds"
    yield "bands of one design point (1,000 runs)", banded, "s", ""
    yield "memory at the most", memory, "MB", ""
