"""Small worlds for tests: hand-made ones in which a mechanism stands alone, and random ones over the whole parameter space."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import BaseModel

from desertion.errors import InputError
from desertion.parameters import Behaviour, Force, Host
from desertion.parameters.inputs import Input, inputs
from desertion.scenario import Scenario
from desertion.scenario.policy import LEVELS, OPERATIONS, Policy
from desertion.scenario.reference import reference_of
from desertion.simulation.society.records import numbers_of

START = dt.date(2030, 1, 1)
_OFF = (
    "contagion_squad",
    "contagion_company",
    "contagion_community",
    "contagion_ties",
    "contagion_news",
    "contagion_facing",
)
_RECEPTION = tuple(name.replace("contagion", "reception") for name in _OFF)
_PUSHES = tuple(name for name in Behaviour.model_fields if name.startswith("push_"))

# A behaviour in which nothing but the baseline moves anybody.
CALM: dict[str, Any] = dict.fromkeys((*_OFF, *_RECEPTION, *_PUSHES), 0.0) | {
    "frailty_unit": 0.0,
    "frailty_community": 0.0,
    "frailty_own": 0.0,
    "cross_route": 0.0,
    "unit_event_weight": 0.0,
    "host_noise": 0.0,
    "infiltrators": 0.0,
    "threshold_push": 0.0,
}
# A home state that does nothing, and no way out.
INERT: dict[str, Any] = dict.fromkeys((name for name in Force.model_fields if name.startswith("base_")), 0.0) | {
    "waves": (),
    "degree": 0,
    "across": 0.0,
    "rewire": 0.0,
    "officer_share": 0.0,
    "skilled_share": 0.0,
    "casualty_rate": 0.0,
    "police": 0.0,
    "return_rate": 0.0,
    "trial_rate": 0.0,
    "exit_control": 0.0,
    "legitimacy_exits": 0.0,
    "legitimacy_casualties": 0.0,
    "legitimacy_floor": 0.0,
    "censorship": 0.0,
    "supply": 0.0,
    "output_supply": 0.0,
    "breakpoint": 0.0,
    "protest": 0.0,
}


def made(
    days: int,
    forces: list[dict[str, Any]],
    hosts: list[dict[str, Any]] | None = None,
    behaviour: dict[str, Any] | None = None,
    **more: Any,
) -> Scenario:
    """A scenario put together from parts, with the reference state of its own first day."""
    scenario = Scenario(
        name="made", start=START, days=days, forces=forces, hosts=hosts or [], behaviour=behaviour or {}, **more
    )
    return scenario.model_copy(update={"reference": dict(reference_of(scenario))})


def on(day: int, path: str, value: float) -> dict[str, Any]:
    """A lever moved on a day."""
    return {"date": START + dt.timedelta(days=day), "path": path, "value": value}


def town(n: int, days: int, behaviour: dict[str, Any], **force: Any) -> Scenario:
    """`n` reservists of one town who see each other completely and can only go underground."""
    people = {"name": "town", "soldiers": 0, "reservists": n, "civilians": 0, "community": n}
    return made(days, [people | INERT | force], behaviour=CALM | behaviour)


def toy(days: int = 60, scale: float = 0.2, **settings: Any) -> Scenario:
    """The toy world at a fifth of its size, made lively; settings use a double underscore for the dot."""
    changes = {key.replace("__", "."): value for key, value in settings.items()}
    return Scenario.load("toy", scale=scale, days=days, set=LIVELY | changes)


# More happens in sixty days: everybody is somewhere, and all desks are busy.
LIVELY: dict[str, Any] = {
    "forces.toy.base_soldier_hide": 0.004,
    "forces.toy.base_soldier_flee": 0.004,
    "forces.toy.base_soldier_surrender": 0.004,
    "forces.toy.base_soldier_refuse": 0.002,
    "forces.toy.base_reservist_flee": 0.002,
    "forces.toy.base_reservist_hide": 0.001,
    "forces.toy.base_civilian_flee": 0.002,
    "forces.toy.base_hiding_flee": 0.02,
    "forces.toy.base_skilled": 0.02,
    "forces.toy.trial_rate": 0.1,
    "forces.toy.return_rate": 0.05,
    "forces.toy.punishment_term": 10.0,
    "forces.toy.recovery": 5.0,
    "forces.toy.casualty_rate": 0.01,
    "hosts.*.case_days": 8.0,
    "hosts.*.cases": 3.0,
    "hosts.*.claims_abroad": 0.05,
    "hosts.*.onward": 0.03,
    "hosts.*.homeward": 0.02,
    "hosts.*.refused_days": 10.0,
    "hosts.*.skilled_visas": 0.5,
    "behaviour.infiltrators": 0.1,
}


# --- random worlds -------------------------------------------------------------------------------------------------------------------------

_CAPS = {
    "share_killed": (0.0, 0.5),
    "share_captured": (0.0, 0.5),
    "across": (0.0, 0.5),
    "rewire": (0.0, 0.5),
    "entry": (0.0, 5.0),
    "cases": (0.0, 3.0),
    "places": (0.0, 30.0),
    "places_taken": (0.0, 10.0),
    "skilled_visas": (0.0, 2.0),
    "case_days": (0.0, 30.0),
    "screening_days": (0.0, 10.0),
    "refused_days": (1.0, 20.0),
    "travel": (0.0, 10.0),
    "police": (0.0, 5.0),
    "ban_trigger": (0.0, 0.5),
    "punishment_term": (1.0, 30.0),
    "recovery": (1.0, 30.0),
    "casualty_rate": (0.0, 0.1),
    "protest_every": (1.0, 10.0),
    "protest_first": (0.0, 10.0),
    "half_life": (0.1, 400.0),
    "contagion": (-20.0, 60.0),
    "reception": (-20.0, 60.0),
    "threshold_mean": (-0.2, 1.0),
    "threshold_spread": (0.0, 0.5),
    "additive_scale": (0.0, 0.5),
    "push_": (-3.0, 5.0),
    "frailty": (0.0, 3.0),
    "belief_heard": (0.0, 2.0),
    "belief_weight": (0.01, 50.0),
    "belief_half_life": (1.0, 400.0),
    "offers_to": (0.0, 4.0),
    "officer_weight": (0.0, 100.0),
    "legitimacy_": (0.0, 20.0),
    "erosion": (0.0, 100.0),
    "cut_off_chance": (0.0, 0.3),
    "cut_off_days": (1.0, 10.0),
    "cut_off_contact": (0.0, 20.0),
}


@cache
def inputs_of(model: type[BaseModel]) -> dict[str, Input]:
    """The inputs of a kind of document by name."""
    return {one.name: one for one in inputs(model)}


def bounds_of(model: type[BaseModel], name: str) -> tuple[float, float]:
    """Bounds that a random world draws a number from: the model's own, cut where small worlds would see nothing but the end."""
    low, high = inputs_of(model)[name].low, inputs_of(model)[name].high
    for start, (least, most) in _CAPS.items():
        if name.startswith(start):
            low, high = max(low, least), min(high, most)
    return (low, 1e5 if math.isinf(high) else high)


@st.composite
def a_number(draw: st.DrawFn, model: type[BaseModel], name: str) -> float:
    """A value of a number, over its whole range; the ends are drawn often."""
    unit = inputs_of(model)[name].unit
    if unit.startswith("0 or 1"):
        return float(draw(st.integers(0, 1)))
    if unit.startswith("0, 1 or 2"):
        return float(draw(st.integers(0, 2)))
    if name.startswith("base_"):
        return draw(st.sampled_from([0.0, 0.001, 0.01, 0.05, 0.3]))
    low, high = bounds_of(model, name)
    ends = [low, high]
    if name in ("entry", "places", "ban_trigger") or name.startswith("half_life"):
        ends.append(math.inf)
    return draw(st.one_of(st.sampled_from(ends), st.floats(low, high, allow_nan=False)))


@st.composite
def some_numbers(draw: st.DrawFn, model: type[BaseModel], most: int) -> dict[str, float]:
    """Values for some of a model's numbers."""
    names = draw(st.lists(st.sampled_from(numbers_of(model)), max_size=most, unique=True))
    return {name: draw(a_number(model, name)) for name in names}


HOT = {
    "base_soldier_hide": 0.01,
    "base_soldier_flee": 0.01,
    "base_soldier_surrender": 0.02,
    "base_soldier_refuse": 0.005,
    "base_reservist_hide": 0.005,
    "base_reservist_flee": 0.01,
    "base_civilian_flee": 0.01,
    "base_hiding_flee": 0.03,
    "base_skilled": 0.02,
    "casualty_rate": 0.01,
    "return_rate": 0.05,
    "trial_rate": 0.05,
    "recovery": 5.0,
    "punishment_term": 8.0,
    "skilled_share": 0.3,
}
OPEN = {
    "access": 0.6,
    "travel": 1.0,
    "case_days": 5.0,
    "cases": 2.0,
    "claims_abroad": 0.05,
    "onward": 0.05,
    "homeward": 0.05,
    "refused_days": 5.0,
    "visa_free_evader": 0.3,
    "skilled_visas": 0.5,
}


@st.composite
def _force(draw: st.DrawFn, name: str, hosts: list[str], others: list[str], days: int) -> dict[str, Any]:
    squad = draw(st.integers(1, 10))
    soldiers = draw(st.sampled_from([0, 25, 60]))
    soldiers = 0 if soldiers < squad else soldiers
    regions = draw(st.integers(1, 3))
    shares = {1: [1.0], 2: [0.3, 0.7], 3: [0.5, 0.0, 0.5]}[regions]
    access = st.dictionaries(st.sampled_from(hosts), st.floats(0, 1), max_size=3) if hosts else st.just({})
    wave = st.fixed_dictionaries(
        {
            "date": st.integers(0, days + 5).map(lambda day: START + dt.timedelta(days=day)),
            "number": st.integers(0, 30),
            "days": st.integers(1, 20),
            "notice": st.integers(0, 5),
            "training": st.integers(0, 10),
            "form": st.sampled_from(["quota", "list"]),
        }
    )
    rows = [
        {"name": f"r{n}", "share": share, "quota": draw(st.sampled_from([0.0, 1.0, 2.5])), "access": draw(access)}
        for n, share in enumerate(shares)
    ]
    waves = draw(st.lists(wave, max_size=2))
    fixed = {
        "name": name,
        "soldiers": soldiers,
        "reservists": draw(st.sampled_from([1, 30, 60])),
        "civilians": draw(st.sampled_from([0, 20, 40])),
        "squad": squad,
        "platoon": draw(st.integers(1, 3)),
        "company": draw(st.integers(1, 2)),
        "battalion": draw(st.integers(1, 2)),
        "division": draw(st.integers(1, 2)),
        "community": draw(st.sampled_from([5, 20, 100])),
        "degree": 2 * draw(st.integers(0, 4)),
        "regions": rows,
        # A call-up that no region sends anybody to is refused.
        "waves": waves if any(row["share"] * row["quota"] for row in rows) else [],
        "facing": draw(st.lists(st.sampled_from(others), unique=True)) if others else [],
    }
    absent = {f"absent_{kind}": draw(st.sampled_from([0.0, 0.0, 0.15, 1.0])) for kind in ("soldiers", "reservists")}
    return HOT | draw(some_numbers(Force, 20)) | absent | fixed


@st.composite
def _change(draw: st.DrawFn, forces: list[str], hosts: list[str], days: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(["forces", "hosts"])) if hosts else "forces"
    model = Force if kind == "forces" else Host
    levers = [
        name
        for name in numbers_of(model)
        if model.model_fields[name].json_schema_extra["lever"] and name not in ("share_killed", "share_captured")  # type: ignore[index]
    ]
    lever = draw(st.sampled_from(levers))
    return {
        "date": START + dt.timedelta(days=draw(st.integers(0, days))),
        "path": f"{kind}.{draw(st.sampled_from(forces if kind == 'forces' else hosts))}.{lever}",
        "value": draw(a_number(model, lever)),
    }


@st.composite
def scenarios(
    draw: st.DrawFn, forms: tuple[str, ...] = ("multiplicative", "concave", "additive", "threshold", "none")
) -> Scenario:
    """Scenarios of 1 to 480 people over the whole parameter space, lively enough that something happens."""
    days = draw(st.integers(30, 50))
    forces = ["alpha", "beta", "gamma"][: draw(st.sampled_from([1, 1, 2, 3]))]
    hosts = ["north", "south", "west"][: draw(st.sampled_from([2, 1, 3, 0]))]
    host_rows = [
        OPEN
        | draw(some_numbers(Host, 14))
        | {
            "name": host,
            "passes_to": draw(st.lists(st.sampled_from([other for other in hosts if other != host]), unique=True))
            if len(hosts) > 1
            else [],
        }
        for host in hosts
    ]
    changes = draw(
        st.lists(_change(forces, hosts, days), max_size=6, unique_by=lambda change: (change["date"], change["path"]))
    )
    behaviour = draw(some_numbers(Behaviour, 20)) | {
        "form": draw(st.sampled_from(forms)),
        "threshold_draw": draw(st.sampled_from(["random", "quantiles"])),
    }
    return made(
        days,
        [draw(_force(name, hosts, [other for other in forces if other != name], days)) for name in forces],
        host_rows,
        behaviour,
        changes=changes,
        asylum=draw(st.sampled_from([0.5, 0.0, 0.3, 0.8, 1.0])),
    )


# Rare events, each made common: full reception, thin desks, bans, falls, protest, units that surrender together, people passed on.
_TIGHT: dict[str, dict[str, Any]] = {
    "places": {"hosts.*.places": 12.0, "hosts.*.admission_deserter": 0.9, "hosts.*.admission_evader": 0.9},
    "desks": {"hosts.*.entry": 0.7, "hosts.*.cases": 0.6},
    "ban": {"forces.*.ban_trigger": 0.05, "forces.*.base_reservist_flee": 0.05, "forces.*.exit_control": 0.5},
    "fall": {"forces.*.legitimacy_floor": 0.5, "forces.*.legitimacy_exits": 10.0, "forces.*.legitimacy_coupling": 0.1},
    "street": {
        "forces.*.protest": 1.0,
        "forces.*.protest_every": 3.5,
        "forces.*.protest_spark": 0.6,
        "forces.*.protest_local": 0.8,
    },
    "surrender": {"forces.*.base_soldier_surrender": 0.3, "forces.*.contact": 1.0, "behaviour.unit_event_weight": 5.0},
    "recall": {
        "forces.*.recall": 0.8,
        "forces.*.callable_share": 0.5,
        "forces.*.exit_control": 0.5,
        "forces.*.base_reservist_flee": 0.05,
        "hosts.*.homeward": 0.2,
    },
    "encircled": {
        "forces.*.base_soldier_surrender": 0.1,
        "forces.*.cut_off_chance": 0.1,
        "forces.*.cut_off_contact": 3.0,
        "behaviour.unit_surrender": 0.9,
    },
    "shocks": {"behaviour.shock_unit": 0.5, "behaviour.shock_community": 0.8},
    "return": {"forces.*.police": 2.0, "forces.*.return_rate": 0.3, "forces.*.punished_to_front": 0.9},
    "asylum": {"hosts.*.case_days": 2.5, "hosts.*.enforcement": 0.6, "behaviour.infiltrators": 0.3},
    "abroad": {"hosts.*.leak": 0.8, "hosts.*.claims_abroad": 0.3, "hosts.*.onward": 0.3, "hosts.*.homeward": 0.1},
}


@st.composite
def _policy(draw: st.DrawFn, name: str, hosts: bool, days: int) -> Policy:
    operations: dict[str, dict[str, float]] = {operation: {} for operation in OPERATIONS}
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["forces", "hosts"])) if hosts else "forces"
        model = Force if kind == "forces" else Host
        names = [n for n in numbers_of(model) if model.model_fields[n].json_schema_extra["lever"]]  # type: ignore[index]
        if kind == "hosts":  # the one lever that may stand for others
            names += ["announced"] * 5
        lever = draw(st.sampled_from(names))
        operation = "set" if inputs_of(model)[lever].unit.startswith("0") else draw(st.sampled_from(list(operations)))
        value = {
            **dict.fromkeys(LEVELS, a_number(model, lever)),
            "multiply": st.sampled_from([0.1, 0.5, 1.3, 3.0]),
            "add": st.sampled_from([-0.3, 0.05, 0.2, 1.0]),
        }[operation]
        operations[operation][f"{kind}.{draw(st.sampled_from(['*', '@first']))}.{lever}"] = draw(value)
    begin = draw(st.integers(0, days))
    end = draw(st.sampled_from([None, f"+{begin + draw(st.integers(1, days))}"]))
    return Policy.model_validate({"name": name, "change": [{"from": f"+{begin}", "until": end, **operations}]})


@st.composite
def layered(draw: st.DrawFn) -> Scenario:
    """Random scenarios with settings that make rare events common, up to three policies laid over them, and a scale."""
    scenario = draw(scenarios())
    settings: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(sorted(_TIGHT)), max_size=3, unique=True)):
        settings |= {path: value for path, value in _TIGHT[name].items() if scenario.hosts or "hosts" not in path}
    if draw(st.booleans()) and len(scenario.hosts) > 1:
        settings[f"hosts.{scenario.hosts[0].name}.border"] = 1.0
    settings["scale"] = draw(st.sampled_from([1.0, 1.0, 0.5, 0.8]))
    policies = [
        draw(_policy(name, bool(scenario.hosts), scenario.days))
        for name in ("first", "second", "third")[: draw(st.integers(0, 3))]
    ]
    try:
        scenario = scenario.with_(settings).with_policies(policies)
        scenario.sized()
    except InputError:
        reject()
    return scenario


SEEDS = st.integers(0, 2**63 - 1)
