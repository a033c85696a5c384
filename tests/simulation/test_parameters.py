"""Every parameter changes some outcome of some run: none is read by no rule."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

from desertion.parameters import Behaviour, Force, Host, Reference, Region, Wave
from desertion.scenario import Dial, Scenario
from desertion.scenario.layers import Stop
from desertion.simulation.model import DesertionModel
from tests.simulation.worlds import START, inputs_of, made

_PROSE = {"name", "title", "sources", "notes", "groups"}


def fingerprint(scenario: Scenario) -> str:
    """A hash of all that a run leaves behind."""
    model = DesertionModel(scenario, rng=3).run()
    w = model.world
    parts = [
        w.daily,
        w.hostly,
        *(getattr(w, name) for name in ("status", "left_day", "left_route", "squad", "community", "host", "spell")),
    ]
    text = b"".join(part.tobytes() for part in parts) + str(model.measures()).encode() + str(model.day).encode()
    return hashlib.sha256(text).hexdigest()


def _region(name: str, share: float, **access: float) -> dict[str, Any]:
    return {"name": name, "share": share, "access": access}


FORCE: dict[str, Any] = {
    "name": "first", "soldiers": 120, "reservists": 150, "civilians": 80, "squad": 5, "platoon": 2, "company": 2, "battalion": 1, "division": 2,
    "community": 40, "degree": 6, "across": 0.1, "rewire": 0.2, "skilled_share": 0.4, "officer_share": 0.2, "facing": ["second"],
    "regions": [_region("near", 0.6, steppe=0.9), _region("far", 0.4, steppe=0.3)],
    "waves": [{"date": START + dt.timedelta(days=5), "number": 50, "days": 20, "notice": 3, "training": 6, "form": "quota"}],
    "base_soldier_hide": 0.006, "base_soldier_flee": 0.01, "base_soldier_surrender": 0.01, "base_soldier_refuse": 0.004, "base_reservist_hide": 0.002,
    "base_reservist_flee": 0.006, "base_summoned_hide": 0.02, "base_summoned_flee": 0.02, "base_summoned_refuse": 0.02, "base_civilian_flee": 0.004,
    "base_hiding_flee": 0.02, "base_skilled": 0.03, "casualty_rate": 0.01, "share_killed": 0.2, "share_captured": 0.2, "recovery": 4.0,
    "punishment_term": 8.0, "trial_rate": 0.05, "return_rate": 0.03, "police": 0.5, "legitimacy_pull": 0.05, "ban_trigger": 0.05, "ban_expected": 0.5,
    "legitimacy_coupling": 0.2, "protest": 1.0, "protest_every": 4.0, "protest_mean": 0.2, "protest_spark": 0.4, "campaign_reach": 0.4,
    "exit_control": 0.1, "breakpoint": 0.8, "breakpoint_spread": 0.3, "callable_share": 0.8, "recall": 0.5, "output_lag": 10.0, "output_supply": 3.0, "legitimacy_floor": 0.1, "legitimacy_exits": 0.5,
}  # fmt: skip
OPEN: dict[str, Any] = {
    "travel": 2.0, "case_days": 4.0, "cases": 2.0, "claims_abroad": 0.08, "onward": 0.05, "homeward": 0.05, "refused_days": 6.0, "enforcement": 0.5,
    "screening_detection": 0.5, "screening_alarm": 0.2, "screening_days": 1.0, "leak": 0.1,
}  # fmt: skip
HOSTS: list[dict[str, Any]] = [
    OPEN | {"name": "steppe", "access": 0.5, "entry": 3.0, "visa_free_deserter": 0.4, "visa_free_evader": 0.6, "visa_free_skilled": 0.5,
            "visa_free_other": 0.5, "places": 12.0, "places_taken": 2.0, "skilled_visas": 0.7, "budget": 40000.0},
    OPEN | {"name": "ridge", "access": 0.4, "border": 1.0, "passes_to": ["harbour"]},
    OPEN | {"name": "harbour", "access": 0.3, "travel": 4.0, "admission_deserter": 0.7, "admission_evader": 0.6},
]  # fmt: skip
BEHAVIOUR: dict[str, Any] = {
    "shock_unit": 0.2, "shock_community": 0.2, "infiltrators": 0.3, "belief_heard": 0.5, "push_threat": 0.01, "contagion_facing": 3.0,
}  # fmt: skip


_SPECIAL: dict[str, dict[str, Any]] = {
    "storm": {"base_soldier_surrender": 0.5},
    "encircled": {"cut_off_chance": 0.3, "cut_off_contact": 20.0, "officer_share": 0.5},
}


@cache
def world(kind: str) -> Scenario:
    """A base scenario: `one` army, `two` that face the same enemy, others named for what is special in them."""
    if kind == "attack":
        return world("two").with_({"reference.first.casualty_rate": 0.005})
    second = FORCE | {
        "name": "second",
        "facing": ["first"],
        "soldiers": 60,
        "waves": [],
        "legitimacy": 0.4,
        "legitimacy_floor": 0.35,
    }
    forms = {"concave", "additive", "threshold"}
    behaviour = BEHAVIOUR | ({"form": kind, "threshold_mean": 1.5, "threshold_spread": 0.5} if kind in forms else {})
    first = FORCE | _SPECIAL.get(kind, {})
    behaviour = behaviour | ({"unit_surrender": 0.8} if kind == "encircled" else {})
    hosts = [host | {"border": 0.0} if kind == "shut" and host["name"] == "ridge" else host for host in HOSTS]
    asylum = {"shut": 0.7, "open": 0.9, "half": 0.7, "closed": 0.2}.get(kind, 0.5)
    stop = {"measure": "collapsed", "force": "first", "days_after": 2} if kind == "stops" else None
    forces = [first, second] if kind in ("two", "stops") else [first | {"facing": []}]
    return made(80, forces, hosts, behaviour, asylum=asylum, stop=stop)


@cache
def base(kind: str) -> str:
    """The fingerprint of a base scenario."""
    return fingerprint(world(kind))


def others(model: type[BaseModel], name: str, value: float) -> list[float]:
    """Values to try in place of `value`, inside the bounds."""
    own = inputs_of(model)[name]
    half = 0.5 * value if math.isfinite(value) else 5.0
    tried = [half, value * 2.0 + 0.1, value + 1.0, own.low, own.high, 1.0, 0.0]
    if own.form == "whole number" or own.unit.startswith("0"):
        tried = [float(round(number)) for number in tried if math.isfinite(number)]
    return list(dict.fromkeys(number for number in tried if own.low <= number <= own.high and number != value))


def assert_matters(key: str, kinds: tuple[str, ...], values: list[Any]) -> None:
    """One of the values, put in place of its own in one of the base scenarios, changes some outcome."""
    for kind in kinds:
        for value in values:
            try:
                changed = world(kind).with_({key: value})
                changed.sized()
            except ValueError:
                continue
            if fingerprint(changed) != base(kind):
                return
    pytest.fail(f"{key} changes nothing in {', '.join(kinds)}: no rule reads it, or the bases never come to it")


def _fields(model: type[BaseModel]) -> list[str]:
    return [name for name in model.model_fields if name not in _PROSE]


_FORCE_OTHERS = {
    "degree": [2, 0], "regions": [[_region("near", 1.0)]], "waves": [[]], "facing": [[]], "soldiers": [100], "reservists": [100], "civilians": [50],
}  # fmt: skip


@pytest.mark.parametrize("name", _fields(Force))
def test_every_input_of_a_force_matters(name: str) -> None:
    """Composition, baselines, opportunity, front, home state, street and breakpoint."""
    value = getattr(world("two").forces[0], name)
    assert_matters(
        f"forces.first.{name}", ("two", "one", "encircled"), _FORCE_OTHERS.get(name) or others(Force, name, value)
    )


@pytest.mark.parametrize("name", _fields(Host))
def test_every_input_of_a_host_matters(name: str) -> None:
    """Tried at each of the three hosts in turn."""
    if name == "passes_to":
        assert_matters("hosts.ridge.passes_to", ("one",), [[]])
        return
    for host in world("one").hosts:
        try:
            assert_matters(f"hosts.{host.name}.{name}", ("one", "two"), others(Host, name, getattr(host, name)))
        except pytest.fail.Exception:
            if host.name == "harbour":
                raise
        else:
            return


_FORM_OF = {
    "concave_scale": "concave", "concave_power": "concave", "additive_scale": "additive",
    "threshold_mean": "threshold", "threshold_spread": "threshold", "threshold_push": "threshold", "threshold_draw": "threshold",
}  # fmt: skip
_WORDS = {"form": ["none", "additive"], "threshold_draw": ["quantiles"]}


@pytest.mark.parametrize("name", _fields(Behaviour))
def test_every_input_of_behaviour_matters(name: str) -> None:
    """Each in the form of contagion that reads it."""
    value = getattr(world("one").behaviour, name)
    assert_matters(
        f"behaviour.{name}",
        (_FORM_OF.get(name, "two"), "storm", "encircled", "attack"),
        _WORDS.get(name) or others(Behaviour, name, value),
    )


@pytest.mark.parametrize("name", [name for name in Region.model_fields if name != "name"])
def test_every_input_of_a_region_matters(name: str) -> None:
    """Shares (moved together, since they add up to 1), quota and access."""
    near, far = (region.model_dump() for region in world("one").forces[0].regions)
    changed = {
        "share": [near | {"share": 0.3}, far | {"share": 0.7}],
        "quota": [near | {"quota": 5.0}, far],
        "access": [near | {"access": {"steppe": 0.1}}, far],
    }
    assert_matters("forces.first.regions", ("one",), [changed[name]])


@pytest.mark.parametrize("name", list(Wave.model_fields))
def test_every_input_of_a_call_up_matters(name: str) -> None:
    """Date, number, days, notice, training and form."""
    wave = world("one").forces[0].waves[0].model_dump()
    other = {"date": START + dt.timedelta(days=9), "number": 20, "days": 5, "notice": 8, "training": 20, "form": "list"}
    assert set(other) == set(Wave.model_fields)
    assert_matters("forces.first.waves", ("one",), [[wave | {name: other[name]}]])


@pytest.mark.parametrize("name", list(Dial.model_fields))
def test_every_end_of_the_dial_matters(name: str) -> None:
    """Above and below the status quo."""
    assert_matters(f"dial.{name}", ("open", "half", "closed", "shut"), others(Dial, name, getattr(Dial(), name)))


@pytest.mark.parametrize("name", list(Reference.model_fields))
def test_every_part_of_the_reference_state_matters(name: str) -> None:
    """What push, cost and chances are measured against."""
    value = getattr(world("one").reference["first"], name)
    assert_matters(f"reference.first.{name}", ("one",), others(Reference, name, value))


@pytest.mark.parametrize(("name", "values"), [("measure", ["fallen"]), ("force", ["second"]), ("days_after", [5])])
def test_every_part_of_the_stop_rule_matters(name: str, values: list[Any]) -> None:
    """What ends a run, whose, and how long after."""
    assert set(Stop.model_fields) == {"measure", "force", "days_after"}
    assert_matters(f"stop.{name}", ("stops",), values)


@pytest.mark.parametrize(
    ("key", "values"), [("asylum", [0.9]), ("asylum_status_quo", [0.8]), ("days", [70]), ("scale", [0.7])]
)
def test_what_holds_for_a_whole_scenario_matters(key: str, values: list[Any]) -> None:
    """The dial, where it starts, the horizon and the scale."""
    assert_matters(key, ("one", "half"), values)
