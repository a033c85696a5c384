"""Levers: priors with the inputs of a scenario that they set, checked against the ranges that these inputs have."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from desertion.errors import InputError, input_error, unknown_name
from desertion.figures.labels import called, rounded
from desertion.parameters import Behaviour, Force, Host
from desertion.scenario import Scenario
from desertion.scenario.levers import KINDS, select
from desertion.study.calibration.document import BOTH, CONTAGION, DOORS, CalibrationTable, PriorTable
from desertion.study.design.point import contagion_weights
from desertion.study.history.counting import Counting
from desertion.study.laboratory.prior import Prior

STRENGTH = PriorTable(times=(0.05, 3.0), meaning="weights of contagion at all levels")
LEAVING = PriorTable(times=(0.1, 10.0), log=True, meaning="baseline rates of what is counted")
_WITHOUT = "leave that rival out: rivals = ['without contagion'], or --rival 'without contagion'"
_WINDOW = ("days", "start", "scale", "name")  # what a series is laid over
_PLACES = (0.0, 0.37, 0.5, 1.0)  # shares of a prior at which its inputs are tried; one between whole numbers


@dataclass(frozen=True, kw_only=True)
class Lever:
    """A prior and the inputs that it sets.

    Attributes:
        prior: what is drawn: a value, or a multiple of the scenario's own values.
        own: dotted keys of the inputs, with the scenario's own values.
        times: whether it is a multiple.
    """

    prior: Prior
    own: tuple[tuple[str, float], ...]
    times: bool

    @property
    def shipped(self) -> float:
        """The number at which the scenario is as it stands; NaN if it sets several inputs that differ there to one value."""
        values = {value for _, value in self.own}
        return 1.0 if self.times else values.pop() if len(values) == 1 else math.nan

    def settings(self, number: float) -> dict[str, float]:
        """What the inputs are set to."""
        return {key: number * value if self.times else number for key, value in self.own}


def levers(table: CalibrationTable, scenario: Scenario, counted: Counting, where: str) -> tuple[Lever, ...]:
    """Levers of a calibration, that of contagion last: a rival without it needs to know which weights to take away.

    Args:
        table: the calibration.
        scenario: the scenario at the size at which it is run.
        counted: what is counted, whose baseline rates move where no prior is named.
        where: what to call the table in a message.

    Raises:
        InputError: a key is no number of the scenario, or leaves its range within the prior.
    """
    named = {name: prior for name, prior in table.priors.items() if name != CONTAGION}
    if not named:
        named = {"leaving": LEAVING.model_copy(update={"keys": _rates(counted, scenario, where)})}
    strength = table.priors.get(CONTAGION, STRENGTH)
    if BOTH in table.rivals:
        named[CONTAGION] = strength
    found = [_lever(name, prior, scenario, f"{where}: priors.{name}") for name, prior in named.items()]
    if BOTH not in table.rivals and scenario.behaviour.form != "none":
        own = _own(CONTAGION, strength, scenario, f"{where}: priors.{CONTAGION}")
        found.append(
            Lever(prior=Prior(name=CONTAGION, low=0.0, high=1.0, meaning=STRENGTH.meaning), own=own, times=True)
        )
    owner: dict[str, str] = {}
    for lever in found:
        for key, _ in lever.own:
            if owner.setdefault(key, lever.prior.name) != lever.prior.name:
                rule, way_out = _clash(owner[key], lever.prior.name, table)
                raise input_error("key", key, rule, where=where, way_out=way_out)
    return tuple(found)


def _clash(first: str, second: str, table: CalibrationTable) -> tuple[str, str]:
    """Why an input cannot have two priors, of which that of contagion comes last, named or not, and a way out."""
    if second != CONTAGION or CONTAGION in table.priors:
        return f"is set by two priors, {first} and {second}", "name its keys under one of them alone"
    if BOTH not in table.rivals:
        return f"cannot have a prior: “{DOORS}” sets it to 0", "leave that prior out, or fit “with contagion”"
    return (
        "has a prior, and so have all weights of contagion together where none is named for them",
        f'write [calibration.priors.{CONTAGION}] with keys = ["{first}"] and its range',
    )


def _rates(counted: Counting, scenario: Scenario, where: str) -> tuple[str, ...]:
    """Keys of the baseline rates by which what is counted comes about, as far as they are above 0 and the force has or gets such people."""
    routes = counted.routes or tuple(c.removeprefix("new_") for c in counted.columns if c.startswith("new_"))
    kinds = ("hiding", "summoned", *(counted.kinds or ("soldier", "reservist", "civilian")))
    names = [(kind, f"base_{kind}_{route}") for route in routes for kind in kinds]
    names += [("skilled", "base_skilled")] if "skilled" in routes else []
    found = tuple(
        f"forces.{force.name}.{name}"
        for force in scenario.forces
        if counted.force in ("", force.name)
        for kind, name in names
        if kind in _kinds_of(force) and getattr(force, name, 0.0) > 0.0
    )
    if not found:
        raise InputError(
            f"{where}: priors are missing, and no baseline rate makes {counted.measure}; name what may move, as in "
            '--prior "behaviour.frailty_own=[0.5, 4]" or under [calibration.priors]',
            where=where,
            key="priors",
        )
    return found


def _kinds_of(force: Force) -> set[str]:
    """Kinds of people, in the words of baseline rates, whom a force has on the first day or later."""
    called = force.reservists > 0 and any(wave.number for wave in force.waves)
    has = {
        "soldier": force.soldiers > 0 or called,
        "reservist": force.reservists > 0,
        "civilian": force.civilians > 0,
        "summoned": called,
        "hiding": force.soldiers + force.reservists > 0,
        "skilled": force.skilled_share > 0.0 and force.reservists + force.civilians > 0,
    }
    return {kind for kind, there in has.items() if there}


def _lever(name: str, table: PriorTable, scenario: Scenario, where: str) -> Lever:
    own = _own(name, table, scenario, where)
    if table.times is not None and not any(value for _, value in own):
        way_out = _WITHOUT if name == CONTAGION else "give a range in place of times"
        raise input_error("times", table.times, "multiplies inputs that are all 0", where=where, way_out=way_out)
    if name == CONTAGION and scenario.behaviour.form == "none":
        raise input_error(
            "behaviour.form",
            "none",
            "has no contagion that could be fitted",
            where=where,
            way_out=f"{_WITHOUT}, or set another form",
        )
    low, high = table.ends
    times = table.times is not None
    prior = Prior(
        name=name,
        low=low,
        high=high,
        log=table.log,
        allowed=(-math.inf, math.inf),
        meaning=table.meaning or called(table.keys[0] if len(table.keys) == 1 else name),
        unit=_counted_in(own, times=times),
    )
    lever = Lever(prior=prior, own=own, times=times)
    for place in _PLACES:
        try:
            scenario.with_(lever.settings(prior.at(place)))
        except InputError as problem:
            rule = problem.message.removeprefix("setting: ")
            raise InputError(
                f"{where} = {low:g} to {high:g} leaves what is allowed ({rule}); narrow it",
                where=where,
                key=name,
                value=table.ends,
                rule=rule,
            ) from None
    return lever


def _counted_in(own: tuple[tuple[str, float], ...], *, times: bool) -> str:
    """What the numbers of a prior are counted in: a multiple says of what, or it would be read as a value."""
    units, values = {_unit(key) for key, _ in own}, {value for _, value in own}
    unit = units.pop() if len(units) == 1 else ""
    if not times:
        return unit
    return f"times the scenario's {f'{rounded(values.pop(), 3)} {unit}'.rstrip() if len(values) == 1 else 'own'}"


def _unit(key: str) -> str:
    """The unit of an input; empty for what has none."""
    kind, *between, name = key.split(".")
    model: type[BaseModel] | None = {"behaviour": Behaviour, "forces": Force, "hosts": Host}.get(kind)
    if model is None or len(between) != (kind in KINDS) or name not in model.model_fields:
        return ""
    extra = model.model_fields[name].json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    return unit.replace("1/", "a ").replace("/", " a ")


def _own(name: str, table: PriorTable, scenario: Scenario, where: str) -> tuple[tuple[str, float], ...]:
    """The inputs that a prior sets, with their values."""
    keys = table.keys or (tuple(contagion_weights(scenario)) if name == CONTAGION else (name,))
    return tuple((key, value) for written in keys for key, value in _inputs(scenario, written, where))


def _inputs(scenario: Scenario, key: str, where: str) -> Iterator[tuple[str, float]]:
    """The inputs that a key stands for, with their values; `forces.*.x` stands for one a force."""
    parts = key.split(".")
    content: Mapping[str, Any] = scenario.model_dump()
    if parts[0] in _WINDOW:
        raise input_error("key", key, "cannot have a prior: the series is laid over it", where=where)
    if parts[0] not in content:
        raise unknown_name("input", parts[0], [*content, CONTAGION], where=where)
    keys = [parts]
    if parts[0] in KINDS and len(parts) > 2:
        kind = KINDS[KINDS.index(parts[0])]  # pyright: ignore[reportArgumentType] - it is one of them
        names = select(kind, parts[1], scenario.forces, scenario.hosts, where=where, scenario=scenario.name)
        keys = [[kind, name, *parts[2:]] for name in names]
    for path in keys:
        value: Any = content
        for part in path:
            value = _inside(value, part, where)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise input_error("key", ".".join(path), "is no number of the scenario", where=where)
        yield ".".join(path), float(value)


def _inside(table: Any, part: str, where: str) -> Any:
    if isinstance(table, list | tuple):
        table = {str(place): row for place, row in enumerate(table)} | {
            str(row["name"]): row for row in table if isinstance(row, Mapping) and "name" in row
        }
    if not isinstance(table, Mapping):
        raise input_error("key", part, "lies inside of a number", where=where)
    if part not in table:
        raise unknown_name("input", part, map(str, table), where=where)
    return table[part]
