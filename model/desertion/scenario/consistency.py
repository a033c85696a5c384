"""What must fit together in a scenario: names, dates and values that rules for single fields cannot see."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from desertion.errors import InputError, input_error, refuse_unknown, shortened
from desertion.files import is_file
from desertion.scenario.layers import Layers
from desertion.scenario.levers import KINDS, RESERVED, check_value, expand, levers

_MOST = 127  # hosts, forces and call-ups are numbered in eight bits


ALL_FORCES = "all"
"""What stands in the place of a force where hosts are judged, who serve all forces."""


def check(scenario: Layers) -> None:
    """Refuse a scenario whose parts do not fit together.

    Raises:
        InputError: Says the first thing that does not fit.
    """
    if not scenario.forces:
        raise InputError("forces is empty; a scenario needs at least one force", key="forces")
    _check_names(scenario)
    _check_numbers(scenario)
    _check_switches(scenario)
    _check_dates(scenario)
    for change in scenario.changes:
        where = f"changes: {change.date}"
        for one in expand(change.path, scenario.forces, scenario.hosts, where=where, scenario=scenario.name):
            check_value(levers(one.kind)[one.field], change.value, where=f'{where} "{change.path}"')
            if one.path != change.path:  # documents say it of several in `set`, which is resolved when they are read
                raise InputError(
                    f'{where} "{change.path}" must name one force or host, as in "{one.path}"; for several write set = {{ "{change.path}" = ... }}',
                    key=change.path,
                )
    if scenario.graph is not None:
        _check_graph(scenario)


def _check_graph(scenario: Layers) -> None:
    graph = scenario.graph
    if isinstance(graph, str) and not is_file(Path(graph)):
        raise InputError(f"graph = {shortened(graph)}: there is no such file", key="graph", value=graph)
    if scenario.scale != 1.0:
        raise InputError(
            f"scale = {scenario.scale:g} does not go with a graph, which ties persons one by one: run it at scale 1, "
            f"with as many soldiers, reservists and civilians as the graph has persons (now {scenario.people:,})",
            key="scale",
            value=scenario.scale,
        )


def _check_names(scenario: Layers) -> None:
    forces = [force.name for force in scenario.forces]
    hosts = [host.name for host in scenario.hosts]
    for kind, names in (
        ("forces", forces),
        ("hosts", hosts),
        ("policies", [policy.name for policy in scenario.overlays]),
    ):
        refuse_doubles(kind, names)
    if ALL_FORCES in forces:
        raise input_error(
            "name",
            ALL_FORCES,
            "stands for all forces together in tables",
            where="forces",
            way_out="give the force another name",
        )
    for force in scenario.forces:
        _check_list("force", force.facing, forces, force.name, f"forces.{force.name}.facing")
        for region in force.regions:
            for host in region.access:
                refuse_unknown("host", host, hosts, where=f"forces.{force.name}.regions.{region.name}.access")
    for host in scenario.hosts:
        place = f"hosts.{host.name}.groups"
        refuse_doubles(place, list(host.groups))
        for group in RESERVED:
            if group in host.groups:
                raise InputError(
                    f"{place} names {group!r}, as which policies address the first of all hosts or the rest; call the group something else",
                    key=place,
                    value=group,
                )
        _check_list("host", host.passes_to, hosts, host.name, f"hosts.{host.name}.passes_to")
    for name in scenario.reference:
        refuse_unknown("force", name, forces, where="reference")
    if scenario.stop is not None and scenario.stop.force is not None:
        refuse_unknown("force", scenario.stop.force, forces, where="stop.force")


def _check_list(kind: str, named: Sequence[str], known: Sequence[str], own: str, where: str) -> None:
    for other in named:
        refuse_unknown(kind, other, known, where=where)
    if own in named:
        raise InputError(f"{where} names the {kind} itself; name other {kind}s")
    refuse_doubles(where, list(named))


def _check_numbers(scenario: Layers) -> None:
    waves = sum(len(force.waves) for force in scenario.forces)
    counts = {"forces": len(scenario.forces), "hosts": len(scenario.hosts), "waves of all forces": waves}
    for what, count in counts.items():
        if count > _MOST:
            raise InputError(
                f"{what}: {count} are too many, a run knows {_MOST} apart; put several into one",
                key=what.split()[0],
                value=count,
            )


def refuse_doubles(kind: str, names: list[str], *, where: str = "") -> None:
    """Refuse a list in which a name stands twice.

    Raises:
        InputError: If one does.
    """
    for name in names:
        if names.count(name) > 1:
            place = f"{where}: " if where else ""
            raise InputError(
                f"{place}{kind}: {shortened(name)} is named {names.count(name)} times; name it once",
                key=kind,
                value=name,
            )


def _check_switches(scenario: Layers) -> None:
    for kind in KINDS:
        for thing in scenario.forces if kind == "forces" else scenario.hosts:
            for lever in levers(kind).values():
                if lever.is_switch:
                    check_value(lever, getattr(thing, lever.name), where=f"{kind}.{thing.name}.{lever.name}")


def _check_dates(scenario: Layers) -> None:
    if scenario.start == dt.date.min:
        raise InputError(
            f"start = {scenario.start} is too early: what stood on the day before counts too; start a day later",
            key="start",
            value=scenario.start,
        )
    if scenario.days > (dt.date.max - scenario.start).days:
        raise InputError(
            f"start = {scenario.start} is too late: {scenario.days} days later lie beyond the year 9999",
            key="start",
            value=scenario.start,
        )
    for force in scenario.forces:
        for index, wave in enumerate(force.waves):
            if wave.date < scenario.start:
                raise InputError(
                    f"forces.{force.name}.waves[{index}].date = {wave.date} lies before the start, {scenario.start}; "
                    "start earlier or count these men as soldiers",
                    key=f"forces.{force.name}.waves",
                    value=wave.date,
                )
    seen: set[tuple[object, str]] = set()
    for change in scenario.changes:
        if (change.date, change.path) in seen:
            raise InputError(f'changes: "{change.path}" has two values on {change.date}; keep one', key=change.path)
        seen.add((change.date, change.path))
