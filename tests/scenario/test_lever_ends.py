"""Rows of the tables of levers and mechanisms in seeds/README.md: at the stated end of its range each does nothing, little, or the opposite."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from desertion import DesertionModel, Scenario
from desertion.simulation.golden.histories import PAIRS, history, machine, stored

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


NOTHING: Settings = {}


class Mechanism(NamedTuple):
    """What is off by default: settings with which it acts, those at its end, what stands beside it in all runs, and the series that tell of it though it does nothing."""

    name: str
    acting: Settings
    end: Settings
    beside: Settings = NOTHING
    told: frozenset[str] = frozenset()


TOY = next(pair for pair in PAIRS if pair.name == "toy-fast-track")
CUT_OFF: Settings = {"forces.toy.cut_off_chance": 0.05, "forces.toy.cut_off_contact": 50.0}
FOLLOWED: Settings = {"behaviour.unit_surrender": 0.9, "behaviour.unit_cohesion": 0.0}
MECHANISMS = (
    Mechanism("absent on the first day", {"forces.toy.absent_soldiers": 0.05, "forces.toy.absent_reservists": 0.05}, {"forces.toy.absent_soldiers": 0.0, "forces.toy.absent_reservists": 0.0}),
    Mechanism("cut off", CUT_OFF, CUT_OFF | FOLLOWED | {"forces.toy.cut_off_chance": 0.0}),
    Mechanism("cut off, surrender no more open", CUT_OFF, CUT_OFF | {"forces.toy.cut_off_contact": 0.0}, told=frozenset({"cut_off"})),
    Mechanism("whole units", CUT_OFF | FOLLOWED, FOLLOWED | {"behaviour.unit_surrender": 0.0}, beside=CUT_OFF),
    Mechanism("callable pool", {"forces.toy.callable_share": 0.2}, {"forces.toy.callable_share": 1.0}),
    Mechanism("recall", {"forces.toy.recall": 1.0}, {"forces.toy.recall": 0.0}, beside={"forces.toy.callable_share": 0.2}),
    Mechanism("exiles' news", {"forces.toy.exile_weight": 1.0}, {"forces.toy.exile_weight": 0.0}),
    Mechanism("exiles' news, censorship not eroded", {"forces.toy.exile_weight": 1.0, "forces.toy.erosion": 30.0}, {"forces.toy.exile_weight": 1.0}, beside={"forces.toy.erosion": 0.0}),
    Mechanism("soldiers' own exponent", {"behaviour.soldier_chance_power": 3.0}, {"behaviour.soldier_chance_power": -1.0}),
    Mechanism("soldiers' own exponent, that of all", {"behaviour.soldier_chance_power": 3.0}, {"behaviour.soldier_chance_power": 1.0}),
)  # fmt: skip


@pytest.mark.parametrize("row", MECHANISMS, ids=lambda row: row.name)
def test_at_its_end_a_mechanism_leaves_the_stored_history_bit_for_bit(row: Mechanism) -> None:
    """Days, series and everybody's fate of a shipped history (where something stands beside it, of that world without the mechanism), which it changes where it acts."""

    def lived(settings: Settings) -> dict[str, object]:
        run = history(TOY._replace(settings={"set": TOY.settings["set"] | row.beside | settings}))
        series = {name: digest for name, digest in run["series"].items() if name not in row.told}
        return {"people": run["people"], "series": series, "days": None if row.told else run["days"]}

    without = lived({})
    assert lived(row.end) == without
    assert lived(row.acting) != without
    shipped = stored(TOY)
    assert shipped is not None
    if not row.beside and shipped["machine"] == machine():
        assert without["people"] == shipped["people"]
