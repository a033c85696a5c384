"""Equivalence of scales: whether a smaller world is the same world, row by row against a fiftieth of real size.

`python -m tests.simulation.equivalence` runs the whole grid, goes on where it stopped and prints the table; `--minutes` ends it earlier. With `--set KEY=VALUE` both
worlds get another value: a difference that goes away with it has its cause there.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from desertion import DesertionModel, Scenario
from desertion.commands._shared import options
from desertion.scenario.grain import FLOOR

SCENARIOS = ("russia-2022", "three-armies-2022", "front-2022")
"""The last has soldiers only, so that many of them cost little: it decides on leaving and surrender."""
REFERENCE = 0.02
SCALES = (0.0005, 0.001, 0.002, 0.005, 0.01)
DAYS = 60
"""Three weeks before the call-up and the weeks of flight after it; nothing is near its tipping point by then."""
ROWS = {
    "hits": (0.95, 1.05),
    "soldiers' leaving": (0.95, 1.05),
    "reservists' flight": (0.95, 1.05),
    "surrenders": (0.8, 1.25),
    "refusals": (0.8, 1.25),
    "reservists who hid": (0.8, 1.25),
}
"""What is counted, and where the 99 % interval of its ratio to the reference has to lie."""
Z99 = 2.576
REFERENCE_RUNS = 200
"""Runs at the reference scale; smaller worlds get as many more as they are smaller. Half-width for 12,000 soldiers' leaving at each end: 0.033."""


class Ratio(NamedTuple):
    """A row at one scale over the same at the reference scale, with its 99 % interval."""

    scenario: str
    scale: float
    row: str
    runs: int
    ratio: float
    low: float
    high: float

    @property
    def verdict(self) -> Literal["same", "other", "too few runs"]:
        """Same if the interval lies inside the bounds, other if it lies outside of them, else too few runs to tell."""
        least, most = ROWS[self.row]
        if least <= self.low and self.high <= most:
            return "same"
        return "other" if self.high < least or self.low > most else "too few runs"


def counted(scenario: Scenario, seed: int) -> list[float]:
    """One run's rows at real size."""
    model = DesertionModel(scenario, rng=seed).run()
    people, measures = model.people(), model.measures()
    reservist, left = people["kind"] == "reservist", people["day_left"].notna()
    by_route = people["route"].astype(str)[reservist & left].value_counts()
    numbers = (
        measures["casualties"],
        measures["soldiers_left"],
        by_route.get("flee", 0),
        measures["surrendered"],
        measures["left_refuse"],
        by_route.get("hide", 0),
    )
    return [float(number) / scenario.scale for number in numbers]


def ratios(name: str, scale: float, small: Sequence[Sequence[float]], large: Sequence[Sequence[float]]) -> list[Ratio]:
    """Ratios of means with intervals from the spread between runs (of the logarithm, by the delta method)."""
    found: list[Ratio] = []
    for row, a, b in zip(ROWS, np.transpose(small), np.transpose(large), strict=True):
        if not (a.any() and b.any()):
            continue  # nobody of that kind is there, or nothing happened yet
        ratio = a.mean() / b.mean()
        error = Z99 * math.hypot(*(x.std(ddof=1) / math.sqrt(len(x)) / x.mean() for x in (a, b)))
        found.append(Ratio(name, scale, row, len(a), ratio, ratio * math.exp(-error), ratio * math.exp(error)))
    return found


def runs_at(scale: float, share: float = 1.0) -> int:
    """How many runs a scale gets, so that all scales simulate as many people."""
    return math.ceil(share * REFERENCE_RUNS * REFERENCE / scale)


def floor(table: Sequence[Ratio]) -> float | None:
    """The smallest scale from which on every row of every scenario is the same, None if there is none."""
    smallest: float | None = None
    for scale in sorted({row.scale for row in table}, reverse=True):
        if any(row.verdict != "same" for row in table if row.scale == scale):
            return smallest
        smallest = scale
    return smallest


def measured(
    file: Path,
    minutes: float = math.inf,
    share: float = 1.0,
    scenarios: Sequence[str] = SCENARIOS,
    scales: Sequence[float] = SCALES,
) -> list[Ratio]:
    """The table from the runs in a file, after as many more as the time allows; a tenth of all scales at a time."""
    stored = _read(file)
    until = time.monotonic() + 60 * minutes
    with file.open("a") as out:
        for name, scale, seed in _missing(stored, share, scenarios, scales):
            if time.monotonic() > until:
                break
            numbers = counted(_scenario(name, scale), seed)
            stored.setdefault((name, scale), {})[seed] = numbers
            print(json.dumps([name, scale, seed, *numbers]), file=out, flush=True)
    return [
        row
        for name in scenarios
        for scale in scales
        if min(len(stored.get((name, each), ())) for each in (scale, REFERENCE)) > 1
        for row in ratios(name, scale, list(stored[name, scale].values()), list(stored[name, REFERENCE].values()))
    ]


_LOADED: dict[tuple[str, float], Scenario] = {}


def _scenario(name: str, scale: float) -> Scenario:
    if (name, scale) not in _LOADED:
        of, *pairs = name.split()
        _LOADED[name, scale] = Scenario.load(of, scale=scale, days=DAYS, set=options.settings(pairs))
    return _LOADED[name, scale]


def _missing(
    stored: dict[tuple[str, float], dict[int, list[float]]],
    share: float,
    scenarios: Sequence[str],
    scales: Sequence[float],
) -> Iterator[tuple[str, float, int]]:
    for tenth in range(10):
        for name in scenarios:
            for scale in (REFERENCE, *scales):
                number = runs_at(scale, share)
                for run in range(number * tenth // 10, number * (tenth + 1) // 10):
                    seed = round(1e9 * scale) + run  # no two scales share a seed
                    if seed not in stored.get((name, scale), {}):
                        yield name, scale, seed


def _read(file: Path) -> dict[tuple[str, float], dict[int, list[float]]]:
    stored: dict[tuple[str, float], dict[int, list[float]]] = {}
    if file.exists():
        for line in file.read_text().splitlines():
            name, scale, seed, *numbers = json.loads(line)
            stored.setdefault((name, scale), {})[seed] = numbers
    return stored


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the grid, print the table and the floor; return 1 if a row is another at or above the floor that is shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many, and go on next time")
    parser.add_argument("--share", type=float, default=1.0, help="share of the runs of the whole grid")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="only this one; repeatable")
    parser.add_argument("--scale", type=float, action="append", help="only this one beside the reference; repeatable")
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="in both worlds; repeatable")
    parser.add_argument("--file", type=Path, default=Path("outputs/equivalence.jsonl"), help="where runs are kept")
    given = parser.parse_args(arguments)
    given.file.parent.mkdir(parents=True, exist_ok=True)
    names = [" ".join((name, *given.set)) for name in given.scenario or SCENARIOS]
    table = measured(given.file, given.minutes, given.share, names, given.scale or SCALES)
    print("| scenario | scale | row | runs | ratio to 0.02 | 99 % interval | |\n|---|---|---|---|---|---|---|")
    for row in table:
        print(
            f"| `{row.scenario}` | {row.scale:g} | {row.row} | {row.runs:,} | {row.ratio:.3f} | {row.low:.3f} to {row.high:.3f} | {row.verdict} |"
        )
    found = floor(table)
    shipped = FLOOR / 1e6  # `russia-2022` has a million soldiers
    print(f"\nsmallest scale at which all rows are shown to be the same: {found or 'none'}; shipped floor: {shipped:g}")
    return int(any(row.verdict == "other" for row in table if row.scale >= shipped))


if __name__ == "__main__":
    raise SystemExit(main())
