"""What the benchmarks of the model share: timing, and the scenarios that are timed."""

import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desertion import DesertionModel, Scenario

RUSSIA = "russia-2022"


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Median wall time of some work, after one turn that fills the caches."""
    work()
    return statistics.median(_once(work) for _ in range(repeats))


def _once(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def running(scenario: Scenario, *, population: str = "compiled", repeats: int = 3, **given: Any) -> float:
    """Median wall time of a run without its building, after a warm-up."""
    times: list[float] = []
    for trial in range(repeats + 1):
        model = DesertionModel(scenario, rng=trial, population=population, **given)
        times.append(_once(model.run))
    return statistics.median(times[1:])


def high_water() -> int:
    """The most memory that this process has held, in bytes.

    The kernel hands the size of the starting process on to this one in rusage, but not in its status.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    own = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return 1024 * (own[0] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def persons(scenario: Scenario) -> int:
    """How many persons a scenario has at its scale."""
    return scenario.sized().people


def russia(people: int, days: int, **settings: Any) -> Scenario:
    """The mobilisation of 2022 with about so many persons."""
    whole = persons(Scenario.load(RUSSIA))
    scenario = Scenario.load(RUSSIA, scale=min(1.0, people / whole), days=days)
    return scenario.with_({key.replace("__", "."): value for key, value in settings.items()}) if settings else scenario
