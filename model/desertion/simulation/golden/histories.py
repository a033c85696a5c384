"""Runs whose histories are stored, one of each shipped scenario at least, what is stored of each, and what differs between two histories, in sentences."""

from __future__ import annotations

import hashlib
import json
import platform
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel

FOLDER = Path(__file__).parent
# Counts of people, money and dates that a reader knows how to judge.
NUMBERS = (
    "left_total", "left_hide", "left_flee", "left_surrender", "left_refuse", "left_skilled", "casualties", "protected", "peak_waiting", "turned_away",
    "cost_eur", "served_reservists", "strength_end", "legitimacy_end", "breakpoint_day", "fall_day",
)  # fmt: skip


class Pair(NamedTuple):
    """A scenario under a policy, small enough for a second.

    Attributes:
        scenario: Its name.
        policy: The policy's name.
        settings: What `Scenario.load` is told besides.
    """

    scenario: str
    policy: str
    settings: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.scenario}-{self.policy}"

    @property
    def path(self) -> Path:
        """Where its history is stored."""
        return FOLDER / f"{self.name}.json"

    def load(self, days: int | None = None) -> Scenario:
        """The scenario, for its first days only where `days` says how many."""
        told: dict[str, Any] = self.settings if days is None else {**self.settings, "days": days}
        return Scenario.load(self.scenario, policies=[self.policy], **told)


_RUSSIA = "forces.russia-2022."
MECHANISMS: dict[str, Any] = {
    f"{_RUSSIA}absent_soldiers": 0.05,
    f"{_RUSSIA}absent_reservists": 0.02,
    f"{_RUSSIA}cut_off_chance": 0.02,
    f"{_RUSSIA}cut_off_contact": 100.0,
    "behaviour.unit_surrender": 0.9,
    f"{_RUSSIA}callable_share": 0.2,
    f"{_RUSSIA}recall": 0.5,
    f"{_RUSSIA}exile_weight": 0.5,
    "behaviour.soldier_chance_power": 1.2,
}
"""All that is off by default, at values at which it happens in the stored run of `front-2022`."""

# A small reserve, a call-up, and few enough who follow others that the army stands to the last dated change of its contact.
_ON_THE_FRONT: dict[str, Any] = {
    f"{_RUSSIA}front_share": 1.0,
    f"{_RUSSIA}base_soldier_surrender": 5e-5,
    f"{_RUSSIA}base_reservist_flee": 1e-3,
    f"{_RUSSIA}reservists": 300_000,
    f"{_RUSSIA}waves": [{"date": "2022-09-08", "number": 30_000, "days": 60, "notice": 5, "training": 10}],
    "behaviour.form": "concave",
    "behaviour.push_threat": 0.0,
}

PAIRS = (
    Pair("toy", "case-by-case", {}),
    Pair(
        "toy",
        "fast-track",
        {"set": {"forces.toy.protest": 1.0, "forces.toy.protest_spark": 0.3, "behaviour.form": "additive"}},
    ),
    Pair("russia-2022", "transit-corridor", {"scale": 0.0005, "days": 150}),
    Pair("three-armies-2022", "exit-ban-on-outflow", {"scale": 0.0002, "days": 150}),
    Pair("gdr-1989", "case-by-case", {"scale": 0.0005, "days": 150}),
    Pair("front-2022", "humane-treatment", {"scale": 0.003, "set": _ON_THE_FRONT | MECHANISMS}),
    Pair("hungary-2015", "case-by-case", {"scale": 0.001}),
    Pair("quiet", "case-by-case", {}),
    Pair("one-town", "case-by-case", {}),
    Pair("laboratory", "case-by-case", {}),
)


def machine() -> str:
    """What bits are promised on: same processor family, same system, same C library."""
    return " ".join((platform.system(), platform.machine(), *platform.libc_ver()))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]


def history(pair: Pair, population: str = "compiled", threads: int = 1, days: int | None = None) -> dict[str, Any]:
    """What is stored of a run: digests of each day and each series, of the people, and numbers to judge by.

    Args:
        pair: The run.
        population: Form of the population.
        threads: Threads of the compiled form.
        days: Only so many days; their digests are the first of the whole run's.
    """
    scenario = pair.load(days)
    model = DesertionModel(scenario, rng=2022, population=population, threads=threads).run()
    w, measures = model.world, model.measures()
    people = [getattr(w, name) for name in ("status", "left_day", "left_route", "squad", "spell", "host", "trait")]
    series = model.daily.drop(columns=["day", "force"])
    hosts = model.hosts.drop(columns=["day", "host", "force"])
    return {
        "machine": machine(),
        "inputs": scenario.hash,
        "people": _digest(b"".join(np.ascontiguousarray(part).tobytes() for part in people)),
        "days": [_digest(w.daily[day].tobytes() + w.hostly[day].tobytes()) for day in range(len(w.daily))],
        "series": {name: _digest(series[name].to_numpy().astype(float).tobytes()) for name in series}
        | {f"hosts.{name}": _digest(hosts[name].to_numpy().astype(float).tobytes()) for name in hosts},
        "numbers": {name: measures[name] for name in NUMBERS},
    }


def stored(pair: Pair) -> dict[str, Any] | None:
    """The stored history, None if there is none yet."""
    if not pair.path.exists():
        return None
    found: dict[str, Any] = json.loads(pair.path.read_text())
    return found


def first_difference(old: dict[str, Any], new: dict[str, Any]) -> int | None:
    """The first day, of those that both histories have, on which they differ; 0 is the start, None is no day."""
    pairs = enumerate(zip(old["days"], new["days"], strict=False))
    return next((day for day, (before, now) in pairs if before != now), None)
