"""The whole of Russia 2022, a million soldiers and 25 million reservists, for a year on two threads, in a fresh process."""

import subprocess
import sys
from collections.abc import Iterator

_RUN = """
import time
began = time.perf_counter()
from desertion import DesertionModel, Scenario
from tests.benchmarks import _common
model = DesertionModel(Scenario.load("russia-2022", scale=1.0, days=365), rng=1, threads=2)
built = time.perf_counter() - began
model.run()
print(built, time.perf_counter() - began, _common.high_water(), len(model.world.status), model.measures()["left_total"])
"""


def rows() -> Iterator[tuple[str, float, str, str]]:
    """Yield the time with and without building, the memory, and how many left."""
    done = subprocess.run([sys.executable, "-c", _RUN], capture_output=True, text=True, check=True)
    built, whole, size, people, left = (float(word) for word in done.stdout.split())
    yield f"{people:,.0f} persons: start and building", built, "s", ""
    yield "    with the run", whole, "s", "45"
    yield "    memory at the most", size / 2**30, "GiB", "5"
    yield "    speed of the run", people * 365 / (whole - built) / 1e6, "M person-days/s", ""
    yield "    who left", left, "persons", ""
