"""What each mechanism that is off by default changes: a target or a claim, without it and with it, on the same people and fates.

    python experiments/mechanisms/mechanisms.py [REPLICATES]

prints the table of `mechanisms.csv`. An effect is a mean over replicates with its 95 % interval (Student's t); a difference is paired.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from desertion import DesertionModel, Scenario

RUSSIA = "forces.russia-2022."
FRONT = {"scenario": "front-2022", "scale": 0.05}
# No source for any of these values but the 5 % absent: they are large enough that something happens. The claims sweep `cut_off_chance` up to 0.01 and
# `cut_off_contact` up to 100 only, where two companies a run follow their commander at most (`experiments/claims/record.md`).
CUT_OFF = {
    RUSSIA + "cut_off_chance": 0.01,
    RUSSIA + "cut_off_days": 5.0,
    RUSSIA + "cut_off_contact": 300.0,
}
WHOLE = CUT_OFF | {"behaviour.unit_surrender": 0.9}


class Screen(NamedTuple):
    """One mechanism and the number that it may change.

    Attributes:
        mechanism: Its name.
        number: What is looked at.
        off: Settings without it.
        on: Settings with it.
        measured: The number, from settings and a seed.
    """

    mechanism: str
    number: str
    off: Mapping[str, Any]
    on: Mapping[str, Any]
    measured: Callable[[Mapping[str, Any], int], float]


def run(
    settings: Mapping[str, Any], seed: int, scenario: str, policies: tuple[str, ...] = (), **size: Any
) -> DesertionModel:
    """A run of a scenario under policies."""
    return DesertionModel(Scenario.load(scenario, policies=list(policies), set=dict(settings), **size), rng=seed).run()


def measure(name: str, **of: Any) -> Callable[[Mapping[str, Any], int], float]:
    """One measure of a run."""
    return lambda settings, seed: run(settings, seed, **of).measures()[name]


def ratio(name: str, policy: str, **of: Any) -> Callable[[Mapping[str, Any], int], float]:
    """A measure under a policy over the same without it."""
    return lambda settings, seed: (
        measure(name, policies=(policy,), **of)(settings, seed) / measure(name, **of)(settings, seed)
    )


def added(name: str, key: str, value: float, **of: Any) -> Callable[[Mapping[str, Any], int], float]:
    """What a setting adds to a measure."""
    own = measure(name, **of)
    return lambda settings, seed: own({**settings, key: value}, seed) - own(settings, seed)


def soldiers_gone(settings: Mapping[str, Any], seed: int) -> float:
    """Soldiers of 1989 who have left by 13 October, the day of the army's report, per thousand of half the army."""
    people = {"forces.*.reservists": 50_000, "forces.*.civilians": 50_000}
    model = run(people | dict(settings), seed, "gdr-1989", scale=0.5)
    daily = model.daily
    row = daily[daily["day"] == (date(1989, 10, 13) - model.scenario.start).days + 1]
    return 1000.0 * float(row["soldiers_left"].sum()) / float(model.world.soldiers_start.sum())


def unit_surrenders(settings: Mapping[str, Any], seed: int) -> float:
    """Companies that surrendered whole."""
    return float(run(settings, seed, **FRONT).daily["unit_surrenders"].sum())


POOL = {RUSSIA + "callable_share": 0.01}
CALLED = {"scenario": "russia-2022", "scale": 0.005}
SCREENS = (
    Screen("absent on the first day", "soldiers who leave under harsh punishment over those who leave: 0 and 5 % absent",
           {}, {RUSSIA + "absent_soldiers": 0.05}, ratio("soldiers_left", "lever-punishment-harsh", **FRONT)),
    Screen("cut off", "soldiers who surrender", {}, CUT_OFF, measure("surrendered", **FRONT)),
    Screen("whole units", "soldiers who surrender, both cut off", CUT_OFF, WHOLE, measure("surrendered", **FRONT)),
    Screen("whole units", "companies that surrender whole", CUT_OFF, WHOLE, unit_surrenders),
    Screen("whole units", "clumping of leavers by company", CUT_OFF, WHOLE, measure("clumping_company", **FRONT)),
    Screen("whole units", "surrenders that news of units adds (`unit_event_weight` 20 for 2)", CUT_OFF, WHOLE,
           added("surrendered", "behaviour.unit_event_weight", 20.0, **FRONT)),
    Screen("callable pool", "reservists who served: all callable and 1 %", {}, POOL, measure("served_reservists", **CALLED)),
    Screen("recall", "reservists who served, all callable", {}, {RUSSIA + "recall": 1.0}, measure("served_reservists", **CALLED)),
    Screen("recall", "reservists who served, 1 % callable", POOL, POOL | {RUSSIA + "recall": 1.0},
           measure("served_reservists", **CALLED)),
    Screen("recall", "reservists who served, 1 % callable, borders closed", POOL, POOL | {RUSSIA + "recall": 1.0},
           measure("served_reservists", policies=("closed-borders",), **CALLED)),
    Screen("exiles' news", "reservists who left, exiles without protection weigh 0 and 1", {}, {RUSSIA + "exile_weight": 1.0},
           measure("reservists_left", **CALLED)),
    Screen("soldiers' own exponent", "soldiers of 1989 gone by 13 October, per thousand: exponent 0.6 and 1.05",
           {"behaviour.soldier_chance_power": -1.0}, {"behaviour.soldier_chance_power": 1.05}, soldiers_gone),
)  # fmt: skip


def told(values: list[float]) -> str:
    """A mean with its 95 % interval."""
    mean, n = float(np.mean(values)), len(values)
    half = stats.t.ppf(0.975, n - 1) * float(np.std(values, ddof=1)) / n**0.5
    return f"{mean:.3g} ({mean - half:.3g} to {mean + half:.3g})"


def main(replicates: int) -> None:
    """Print the table."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["mechanism", "number", "without", "with", "difference"])
    for screen in SCREENS:
        off, on = (
            [screen.measured(settings, seed) for seed in range(replicates)] for settings in (screen.off, screen.on)
        )
        difference = [b - a for a, b in zip(off, on, strict=True)]
        table.writerow([screen.mechanism, screen.number, told(off), told(on), told(difference)])
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
