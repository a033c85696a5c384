"""Rows of the table of levers in seeds/README.md: at the stated end of its range each lever does nothing, little, or the opposite."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from desertion import DesertionModel, Scenario

SCALE = 0.002

type Settings = dict[str, object]

NO_HITS: Settings = {f"behaviour.push_{cause}": 0.0 for cause in ("wounded", "killed", "captured", "risk", "cohesion")}


class Row(NamedTuple):
    """A lever (policies), the end (in both runs), what is counted, the largest effect there as a share of that at the defaults, and policies in all runs."""

    name: str
    lever: tuple[str, ...]
    end: tuple[str, ...] | Settings
    measure: str = "flee_departures"
    most: float = 0.05
    beside: tuple[str, ...] = ()


ROWS = (
    Row("fast track, out of reach", ("fast-track",), {"hosts.@asylum.access": 0.01}),
    Row("fast track, chances not weighed", ("fast-track",), {"behaviour.chance_power": 0.0}),
    Row("visa-free neighbours", ("visa-free-neighbours",), {"behaviour.chance_power": 0.0}),
    Row("transit corridor", ("transit-corridor",), ("lever-admission-closed",), most=0.0),
    Row("coalition", ("coalition",), {"hosts.@coalition.access": 0.01}),
    Row("skilled visas", ("skilled-visas",), {"forces.*.base_skilled": 0.0}, "left_skilled"),
    Row("supplies", ("lever-supply-short",), {"behaviour.push_supply": 0.0}, "soldiers_left"),
    Row("casualties, no threat", ("lever-casualties-high",), {"behaviour.push_threat": 0.0}, "left_total"),
    Row("casualties, danger not in the threat", ("lever-casualties-high",), {"behaviour.threat_danger": 0.0}, "left_total"),
    Row("casualties, no push", ("lever-casualties-high",), {"behaviour.push_threat": 0.0, **NO_HITS}, "left_total", 1e-3),
    Row("capacity", ("capacity-taken",), ("lever-caseworkers-none",), "granted", beside=("fast-track",)),
)  # fmt: skip


def counted(measure: str, policies: tuple[str, ...], settings: Settings) -> float:
    """A measure of one run."""
    scenario = Scenario.load("russia-2022", policies=policies, scale=SCALE).with_(settings)
    return DesertionModel(scenario, rng=1).run().measures()[measure]


def effect(row: Row, end: tuple[str, ...] | Settings) -> float:
    """What the lever adds, with the end beneath it where that is a setting and on top where it is a policy."""
    settings, top = (end, ()) if isinstance(end, dict) else ({}, end)
    without = counted(row.measure, (*row.beside, *top), settings)
    return counted(row.measure, (*row.beside, *row.lever, *top), settings) - without


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_at_the_end_that_the_table_states_a_lever_does_what_is_stated(row: Row) -> None:
    """At a five-hundredth of real size; shares of the effect at the defaults leave room for a few simulated persons."""
    default, there = effect(row, ()), effect(row, row.end)
    assert default != 0.0
    assert there / default <= row.most
