"""The levers that may move on dates: their names, bounds and the paths that address them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from desertion.errors import InputError, shortened, unknown_name
from desertion.parameters import Force, Host
from desertion.parameters.field import bounds_of

Kind = Literal["forces", "hosts"]
KINDS: tuple[Kind, Kind] = ("forces", "hosts")
RESERVED = ("first", "others")
"""What `@` stands before in a path and is no group of hosts."""

_MODELS: dict[Kind, type[Force] | type[Host]] = {"forces": Force, "hosts": Host}


class Lever(NamedTuple):
    """One number of a force or host that may change on dates, with its closed bounds."""

    name: str
    unit: str
    low: float
    high: float

    @property
    def is_switch(self) -> bool:
        """Whether it takes whole numbers only, as an exit ban (0 or 1) or a border (0, 1 or 2)."""
        return self.unit.startswith("0")


class Target(NamedTuple):
    """A lever of one named force or host."""

    kind: Kind
    name: str
    field: str

    @property
    def path(self) -> str:
        """The target as it is written in files: `hosts.finland.border`."""
        return f"{self.kind}.{self.name}.{self.field}"


@cache
def levers(kind: Kind) -> Mapping[str, Lever]:
    """All levers of forces or of hosts by name."""
    found: dict[str, Lever] = {}
    for name, field in _MODELS[kind].model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("lever"):
            found[name] = Lever(name, str(extra["unit"]), *bounds_of(field))
    return found


def target(path: str) -> Target:
    """The target of a path without wildcards that is known to be right."""
    kind, name, field = path.split(".")
    return Target("forces" if kind == "forces" else "hosts", name, field)


def select(
    kind: Kind, selector: str, forces: Sequence[Force], hosts: Sequence[Host], *, where: str, scenario: str
) -> list[str]:
    """The names that a selector stands for: a name, `*`, `@group`, `@first` or `@others`.

    Raises:
        InputError: If it stands for nothing.
    """
    things = forces if kind == "forces" else hosts
    names = [thing.name for thing in things]
    groups = {"@first": names[:1], "@others": names[1:]}
    if kind == "hosts":
        for host in hosts:
            for group in host.groups:
                groups.setdefault(f"@{group}", []).append(host.name)
    chosen = names if selector == "*" else groups.get(selector, [selector] if selector in names else [])
    if chosen:
        return chosen
    one = kind[:-1]
    if selector == "*":
        raise InputError(f'{where}: scenario "{scenario}" has no {kind}', where=where, value=selector)
    what = f'no {one} belongs to the group "{selector}"' if selector.startswith("@") else f'no {one} "{selector}"'
    known = [*names, *sorted(group for group, members in groups.items() if members)]
    listed = ", ".join(known) if known else "none"
    is_group = kind == "hosts" and selector.startswith("@")
    way_out = f'; write groups = ["{selector[1:]}"] in the [[hosts]] that are meant' if is_group else ""
    raise InputError(
        f'{where}: {what} in scenario "{scenario}"; {kind} are: {listed}{way_out}', where=where, value=selector
    )


def addressed(path: str, *, where: str) -> tuple[Kind, str, Lever]:
    """What a path such as `hosts.@eu.case_days` names: the kind, for which of them, and the lever.

    Raises:
        InputError: If the path does not have three parts or there is no such lever.
    """
    place = f'{where} "{path}"'
    parts = path.split(".")
    if len(parts) != 3 or parts[0] not in KINDS:
        raise InputError(
            f"{place}: a lever is written as forces.<name>.<lever> or hosts.<name>.<lever>", where=where, key=path
        )
    kind: Kind = "forces" if parts[0] == "forces" else "hosts"
    if parts[2] not in levers(kind):
        if parts[2] in _MODELS[kind].model_fields:
            raise InputError(
                f"{place}: {parts[2]} holds for a whole run and cannot change on a date; "
                f'set it before the run: --set "{path}=..."',
                where=where,
                key=path,
            )
        raise unknown_name(f"lever of {kind}", parts[2], levers(kind), where=place)
    return kind, parts[1], levers(kind)[parts[2]]


def expand(path: str, forces: Sequence[Force], hosts: Sequence[Host], *, where: str, scenario: str) -> list[Target]:
    """The targets of a path such as `hosts.@eu.case_days`, in the scenario's order.

    Raises:
        InputError: If the path names no lever (see `addressed`) or stands for nothing.
    """
    kind, selector, lever = addressed(path, where=where)
    names = select(kind, selector, forces, hosts, where=f'{where} "{path}"', scenario=scenario)
    return [Target(kind, name, lever.name) for name in names]


def check_value(lever: Lever, value: float, *, where: str) -> None:
    """Refuse a value outside the lever's bounds, or between the whole numbers of a switch.

    Raises:
        InputError: If the value is not allowed.
    """
    if not lever.low <= value <= lever.high:
        bounds = f"at least {lever.low:g}" if lever.high == float("inf") else f"in [{lever.low:g}, {lever.high:g}]"
        raise InputError(
            f"{where} = {shortened(value)} must be {bounds} ({lever.unit})", where=where, key=lever.name, value=value
        )
    if lever.is_switch and value != int(value):
        raise InputError(f"{where} = {shortened(value)} must be {lever.unit}", where=where, key=lever.name, value=value)
