"""How the cost of a run grows: processor time against people, days, ties, leavers, hosts, forces and policies, with slopes in the logarithms.

`python -m tests.benchmarks.slopes FILE.svg` draws the figure. A slope of 1 says that twice as much costs twice the time, 0 that it costs nothing.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from desertion import DesertionModel, Scenario
from tests.benchmarks import _common

Row = tuple[str, float, str, str]
STEEP = 0.2  # slopes below it are called flat: eight times as much costs half as much again
PEOPLE, DAYS, TRIALS = 30_000, 100, 7
POLICIES = ("fast-track", "coalition", "exit-ban", "information-campaign", "humane-treatment", "lever-cases-fast")
HOSTS, FORCES, TOWN = 8, 16, 20_000


def rows() -> Iterator[Row]:
    """Each dimension's slope, and what the largest costs."""
    for name, points in measured().items():
        yield f"cost against {name}", slope(points), "slope", ""
        yield f"    {points[-1][0]:,.0f} {name}", points[-1][1], "s", ""


def measured() -> dict[str, list[tuple[float, float]]]:
    """By dimension, pairs of a size and the seconds that a run took; of policies, the seconds that laying them over takes."""
    sizes: dict[str, list[tuple[float, Callable[[], float]]]] = {
        "people": [(n, _russia(n)) for n in (10_000, 30_000, 100_000, 300_000)],
        "days": [(n, _russia(PEOPLE, n)) for n in (50, 100, 200, 400)],
        "ties a person": [(n, _russia(PEOPLE, DAYS, degree=n)) for n in (4, 8, 16, 32)],
        "hosts": [(n, _run(_hosts(n))) for n in (1, 2, 4, HOSTS)],
        "forces": [(n, _run(_forces(n))) for n in (1, 4, FORCES)],
        "policies": [(n, _composing(n)) for n in range(1, len(POLICIES) + 1)],
    }
    found = {name: [(float(n), work()) for n, work in points] for name, points in sizes.items()}
    found["leavers"] = [_leavers(times) for times in (1, 3, 10, 30, 100)]
    return found


def slope(points: list[tuple[float, float]]) -> float:
    """The slope of a straight line through the logarithms, by least squares."""
    x, y = np.log(np.array(points).T)
    return float(np.polyfit(x, y, 1)[0])


def _seconds(work: Callable[[], Callable[[], Any]]) -> float:
    """The least processor time of some trials of what `work` prepares."""
    times: list[float] = []
    for _ in range(TRIALS + 1):
        run = work()
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return min(times[1:])


def _run(scenario: Scenario) -> Callable[[], float]:
    return lambda: _seconds(lambda: DesertionModel(scenario, rng=1).run)


def _russia(people: int, days: int = DAYS, **force: float) -> Callable[[], float]:
    return _run(_common.russia(people, days, **{f"forces__{_common.RUSSIA}__{name}": n for name, n in force.items()}))


def _leavers(times: float) -> tuple[float, float]:
    """How many leave at so many times the rates of leaving, and what the run costs."""
    force = _common.russia(PEOPLE, DAYS).forces[0]
    names = [name for name in type(force).model_fields if name.startswith("base_")]
    rates = {f"forces__{force.name}__{name}": min(10.0, times * getattr(force, name)) for name in names}
    scenario = _common.russia(PEOPLE, DAYS, **rates)
    gone = DesertionModel(scenario, rng=1).run().world.departures.sum()
    return float(gone), _run(scenario)()


def _hosts(n: int) -> Scenario:
    """The toy world with so many hosts, copies of its first."""
    toy = Scenario.load("toy", days=DAYS)
    hosts = tuple(toy.hosts[0].model_copy(update={"name": f"host-{k}"}) for k in range(n))
    return toy.model_copy(update={"hosts": hosts, "changes": ()})


def _forces(n: int) -> Scenario:
    """Towns that share the same people, a force each."""
    town = Scenario.load("one-town", days=DAYS)
    force = town.forces[0].model_copy(update={"reservists": TOWN // n, "community": TOWN // FORCES, "degree": 10})
    forces = tuple(force.model_copy(update={"name": f"town-{k}"}) for k in range(n))
    reference = {each.name: town.reference[town.forces[0].name] for each in forces}
    return town.model_copy(update={"forces": forces, "reference": reference})


def _composing(n: int) -> Callable[[], float]:
    return lambda: _seconds(lambda: lambda: Scenario.load(_common.RUSSIA, policies=POLICIES[:n]).sized())


def finding(points: dict[str, list[tuple[float, float]]]) -> str:
    """What the cost grows with, for the title."""
    steep = [name for name, pairs in points.items() if slope(pairs) >= STEEP]
    return f"A run's cost grows with {', '.join(steep)}; hardly with anything else"


def figure(points: dict[str, list[tuple[float, float]]], path: Path) -> None:
    """Draw seconds against size, a panel a dimension, both on logarithmic axes, and write it."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    drawn, panels = plt.subplots(2, 4, figsize=(11, 5.2), layout="constrained", sharey=True)
    for panel, (name, pairs) in zip(panels.flat, points.items(), strict=False):
        x, y = zip(*pairs, strict=True)
        panel.plot(x, y, "o-", color="0.2")
        panel.set(xscale="log", yscale="log", xlabel=name, title=f"slope {slope(pairs):.2f}")
        panel.set_xticks([x[0], x[-1]], [f"{x[0]:,.0f}", f"{x[-1]:,.0f}"])
        panel.set_yticks([0.01, 0.1], ["0.01", "0.1"])
        panel.minorticks_off()
        panel.grid(alpha=0.3)
    drawn.suptitle(finding(points), x=0.01, ha="left", fontweight="bold")
    for panel in panels[:, 0]:
        panel.set_ylabel("seconds of processor time")
    for panel in list(panels.flat)[len(points) :]:
        panel.axis("off")
    drawn.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(drawn)


if __name__ == "__main__":
    found = measured()
    for what, pairs in found.items():
        print(f"{what:15} slope {slope(pairs):5.2f}  " + "  ".join(f"{n:,.0f}: {took:.4f} s" for n, took in pairs))
    figure(found, Path(sys.argv[1]))
