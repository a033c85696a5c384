"""From a design point to a scenario, and the three dials that a study may turn."""

import json
import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from desertion.errors import InputError, input_error, unknown_name
from desertion.reading import setting_text
from desertion.scenario import Policy, PolicyChange, Scenario
from desertion.scenario.settings import narrowness, reached
from desertion.study.design.aspects import HOST_ASPECTS
from desertion.study.design.documents import graph_at, policies_at, scenario_at
from desertion.study.design.edition import kept
from desertion.study.design.layout import DUMMY
from desertion.study.design.spec import RESERVED

DIALS = ("contagion", "capacity", "reproduction")
"""Names that may be set or varied beside dotted paths. contagion: multiple of all weights of contagion and of its
interaction with reception; capacity: multiple of all hosts' free places and cases a day; reproduction: the number of leavers
that one leaver adds in the scenario's reference state, reached by scaling the weights of contagion, those that are set too."""
# A study walks through all its points at each replicate, so a smaller store would never be hit.
_SCENARIOS_KEPT = 1024


def told_by(spec: Mapping[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    """What the runs of a design point are made from, by the resolved spec of a study's file.

    Args:
        spec: The resolved spec.
        point: Values of what was varied, the policy mix among them.
    """
    own = {name: value for name, value in point.items() if name != DUMMY}
    label = own.pop("policies", next(iter(spec["policies"])))
    run = {name: own.pop(name, spec[name]) for name in RESERVED}
    return {**run, "policies": list(spec["policies"][label]), "settings": {**spec["settings"], **own}}


def scenario_of(spec: Mapping[str, Any]) -> Scenario:
    """The scenario of one design point, kept for the next replicate in this process.

    Raises:
        InputError: If the scenario, a policy or a setting does not exist or is out of range, or two dials turn the same weights.
    """
    named = {key: spec[key] for key in ("scenario", "policies", "scale", "days", "settings")}
    held = sorted((name, _once(text)) for name, text in spec.get("documents", {}).items())
    return _scenario(json.dumps(named, sort_keys=True), tuple(held))


# Each chunk brings the texts anew, and the scenarios that are kept would keep as many copies of them.
@lru_cache(64)
def _once(text: str) -> str:
    return text


# What is named decides the scenario of an edition, and nobody can change a frozen one: all replicates may share it.
@kept(_SCENARIOS_KEPT)
def _scenario(named: str, held: tuple[tuple[str, str], ...]) -> Scenario:
    point, documents = json.loads(named), dict(held)
    base, policies = scenario_at(point["scenario"], documents), policies_at(point["policies"], documents)
    settings = dict(point["settings"])
    if "graph" in settings:
        settings["graph"] = graph_at(settings["graph"], documents)
    known = {*Scenario.model_fields, *DIALS}
    for name in sorted(settings.keys() - known):
        if get_close_matches(name, DIALS):
            raise unknown_name("input", name, known, where=f'setting "{name}"')
    dials = {name: _position(name, settings.pop(name)) for name in DIALS if name in settings}
    plain = {"scale": point["scale"], "days": point["days"]}
    if "contagion" in dials and "reproduction" in dials:
        raise InputError(
            f"contagion = {dials['contagion']:g} and reproduction = {dials['reproduction']:g} both scale the weights of contagion: leave out one of them"
        )
    if "contagion" in dials:
        weights = contagion_weights(Scenario.load(base, **plain))
        scaled = {key: value * dials["contagion"] for key, value in weights.items()}
        settings = {**scaled, **settings}
    if "reproduction" in dials:
        from desertion.theory.weights import strength_settings

        bare = Scenario.load(base, set=settings, **plain)
        # The form without contagion stands beside the others in a comparison of forms; it has nothing to turn.
        turned = strength_settings(bare, dials["reproduction"]) if bare.behaviour.form != "none" else {}
        settings |= turned  # weights that are set give the proportions
    scenario = Scenario.load(base, policies=policies, set=settings, **plain)
    if "capacity" not in dials:
        return scenario
    # Of places the free ones: with those that others hold times the same factor, the difference is too.
    levers = {f"hosts.*.{field}": dials["capacity"] for name in ("places", "cases") for field in HOST_ASPECTS[name]}
    change = PolicyChange.model_validate({"from": "start", "multiply": levers})
    return scenario.with_policies([Policy(name="capacity", change=(change,)), *scenario.overlays])


def _position(dial: str, value: object) -> float:
    """Where a dial stands."""
    largest = sys.float_info.max  # a whole number may be larger
    least = 0.0 if dial == "capacity" else -largest
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= largest:
        raise input_error(dial, value, f"must be a finite number{' >= 0' if least == 0.0 else ''}")
    return float(value)


def refuse_idle(told: Mapping[str, Any], varied: Iterable[str]) -> None:
    """Refuse a design point that varies an input for many where each of these has a setting that names it more closely.

    Args:
        told: What the task is told about the point.
        varied: The dotted keys that the point itself sets.

    Raises:
        InputError: If such a key would change nothing.
    """
    settings: Mapping[str, object] = told["settings"]
    for key in varied:
        closer = [other for other in settings if narrowness(other) > narrowness(key) and _what(other) == _what(key)]
        if key not in settings or not closer:
            continue
        scenario = Scenario.load(scenario_at(told["scenario"], told.get("documents", {})))
        if set(reached(scenario, key)) <= {path for other in closer for path in reached(scenario, other)}:
            raise InputError(
                f"{key} = {setting_text(settings[key])} changes nothing, since {', '.join(closer)} names all that it reaches: leave out one of them"
            )


def _what(key: str) -> list[str]:
    """A dotted key without whose input it is."""
    kind, _, *rest = [*key.split("."), ""]
    return [kind, *rest]


def contagion_weights(scenario: Scenario) -> dict[str, float]:
    """All weights of contagion and of its interaction with reception, by dotted key."""
    own = scenario.behaviour.model_dump()
    return {f"behaviour.{name}": own[name] for name in own if name.startswith(("contagion_", "reception_"))}
