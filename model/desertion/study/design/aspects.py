"""Aspects: names of a world that are turned into several settings, and a scenario with a world's values."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from desertion.errors import InputError, input_error, refuse_unknown
from desertion.parameters import LEVELS, Force
from desertion.scenario import Scenario
from desertion.scenario.complaints import build
from desertion.scenario.settings import apply, reached
from desertion.study.design.factors import Factor, Point
from desertion.study.design.spread import Spread, settings_for

SPREAD = ("form", "reproduction", "half_life", "local", "reception")
"""Aspects that together say how contagion spreads, in the order of `Spread`; a world states all of them or none."""

_BY_SPREAD = frozenset(
    ("behaviour.form", *(f"behaviour.{kind}_{level}" for kind in ("contagion", "reception", "half_life") for level in LEVELS))
)  # fmt: skip
"""Settings that the aspects of `SPREAD` are turned into: what a world stated of them itself would be undone."""

HOST_ASPECTS = {
    "places": ("places", "places_taken"),
    "cases": ("cases",),
    "case_days": ("case_days",),
    "visas": ("skilled_visas",),
}
"""Factors of a world on fields of every host."""

WAYS = ("hide", "flee", "surrender", "refuse")
"""Ways of leaving whose baseline rates a world may multiply apart, as in `baseline_hide`, besides all of them together by `baseline`."""

ASPECTS = (*SPREAD, "baseline", *(f"baseline_{way}" for way in WAYS), "casualties", "police", "call_up", *HOST_ASPECTS)
"""Names of a world that are not settings themselves but are turned into some."""


_PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of a range at which its input is tried where a world is refused."""


def in_world(plain: Scenario, world: Point, forces: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario with a world's values.

    Args:
        plain: the scenario as it is.
        world: values by dotted key or aspect.
        forces: settings of forces that come before contagion is given its strength, since that is measured in them.

    Raises:
        InputError: If the world states some of `SPREAD` and not all, or a word where an aspect is a number.
    """
    spreads = check_spread(world)
    for name, value in world.items():
        _refuse_words(name, (value,))
    factors = {**_rates(plain, world), **_of_hosts(plain, world)}
    multiplied: dict[str, Any] = {path: _standing(plain, path) * by for path, by in factors.items()}
    multiplied |= _call_up(plain, world)
    # A number that the world states itself comes after a factor on all of its kind, and the forces' own after both, however closely each is named.
    stated = {key: value for key, value in world.items() if key not in ASPECTS}
    laid = build(Scenario, apply(plain, multiplied, stated, forces or {}), where="setting")
    base = _dated(plain, laid, factors, [*stated, *(forces or {})])
    if not spreads:
        return base
    return base.with_(settings_for(base, Spread(str(world["form"]), *(float(world[name]) for name in SPREAD[1:]))))


def check_spread(world: Point) -> bool:
    """Whether a world says how contagion spreads.

    Raises:
        InputError: If it states some of `SPREAD` and not all, or beside them a setting that they are turned into.
    """
    lacking = [name for name in SPREAD if name not in world]
    if 0 < len(lacking) < len(SPREAD):
        raise InputError(
            f"worlds state {', '.join(name for name in SPREAD if name in world)} and not {', '.join(lacking)}: how contagion spreads is "
            "one matter, so vary all of them or none"
        )
    if not lacking and (twice := sorted(_BY_SPREAD & world.keys())):
        raise InputError(
            f"worlds state {twice[0]}, and {', '.join(SPREAD)} too, which would undo it: leave out the one or the others"
        )
    return not lacking


def check_world(factors: Sequence[Factor], world: Point, plain: Scenario, dressed: Callable[[Point], Scenario]) -> None:
    """Put the scenario of a world together before anything runs, so that a misspelt key or an impossible size is found at once.

    Refused is what no world could run, an input that does not exist, and one of whose range no value is allowed: then it is the ranges that are wrong.
    A world whose values are refused together, for shares that add up to more than 1 or contagion that cannot have the strength that was drawn for it, is
    no mistake: it has no runs.

    Args:
        factors: what differs between worlds.
        world: the values.
        plain: the scenario as it is.
        dressed: the scenario that is run in a world of such values.
    """
    for factor in factors:
        _refuse_words(factor.name, factor.values)
    try:
        dressed(world).sized()
    except InputError:
        dressed({}).sized()
    else:
        return
    check_spread(world)
    for key in world:
        if key not in ASPECTS and "." not in key and key not in type(plain).model_fields:
            refuse_unknown("aspect of a world", key, ASPECTS)
    ranges = {factor.name: [factor.at(place) for place in _PLACES] for factor in factors if not factor.values}
    for key, value in world.items():
        refusals: list[InputError] = []
        for own in (value, *ranges.get(key, [])) if key not in ASPECTS else ():
            try:
                plain.with_({key: own})
            except InputError as problem:
                refusals.append(problem)
            else:
                break
        else:
            if refusals:
                raise refusals[0]


def of_scenario(plain: Scenario, world: Point) -> Point:
    """The values of a world that a scenario has a place for: those of forces and hosts that it lacks are left out."""
    names = {f"{kind}.{part.name}" for kind in ("forces", "hosts") for part in getattr(plain, kind)}
    groups = ("forces.*", "hosts.*", "forces.@", "hosts.@")

    def has(key: str) -> bool:
        kind = key.partition(".")[0]
        return kind not in ("forces", "hosts") or key.startswith(groups) or ".".join(key.split(".")[:2]) in names

    return {key: value for key, value in world.items() if has(key)}


def _refuse_words(name: str, values: Iterable[object]) -> None:
    """Refuse a word for an aspect of a world that is a number."""
    if name in ASPECTS and name not in ("form", "call_up"):
        for value in values:
            if isinstance(value, str):
                raise input_error(name, value, "must be a number")


def _dated(plain: Scenario, base: Scenario, factors: Mapping[str, float], stated: Iterable[str]) -> Scenario:
    """The scenario with the plain one's dated changes of what was multiplied, times the same factor; a setting would end them."""
    ends = {path for key in stated if key.startswith(("forces.", "hosts.")) for path in reached(plain, key)}
    back = {path: by for path, by in factors.items() if path not in ends}
    if not any(change.path in back for change in plain.changes):
        return base
    kept = set(base.changes)
    changes = tuple(
        change.model_copy(update={"value": change.value * back[change.path]}) if change.path in back else change
        for change in plain.changes
        if change.path in back or change in kept
    )
    ended = {f"the setting of {path} replaces the scenario's own changes of it" for path in back}
    return base.model_copy(
        update={"changes": changes, "remarks": tuple(each for each in base.remarks if each not in ended)}
    )


def _standing(plain: Scenario, path: str) -> float:
    kind, name, field = path.split(".")
    things = plain.forces if kind == "forces" else plain.hosts
    return float(next(getattr(thing, field) for thing in things if thing.name == name))


def _rates(scenario: Scenario, world: Point) -> dict[str, float]:
    """Factors on baseline rates, of all ways of leaving and of each, casualties and police of all forces."""
    aspects = {"casualty_rate": ("casualties",), "police": ("police",)}
    aspects |= {
        name: ("baseline", f"baseline_{name.rpartition('_')[2]}")
        for name in Force.model_fields
        if name.startswith("base_")
    }
    return {
        f"forces.{force.name}.{name}": math.prod(float(world[aspect]) for aspect in of if aspect in world)
        for force in scenario.forces
        for name, of in aspects.items()
        if any(aspect in world for aspect in of)
    }


def _of_hosts(scenario: Scenario, world: Point) -> dict[str, float]:
    """Factors on places, cases, days and visas of all hosts."""
    return {
        f"hosts.{host.name}.{name}": float(world[aspect])
        for host in scenario.hosts
        for aspect, names in HOST_ASPECTS.items()
        if aspect in world
        for name in names
    }


def _call_up(scenario: Scenario, world: Point) -> dict[str, Any]:
    if "call_up" not in world:
        return {}
    return {
        f"forces.{force.name}.waves": [wave.model_dump() | {"form": world["call_up"]} for wave in force.waves]
        for force in scenario.forces
        if force.waves
    }
