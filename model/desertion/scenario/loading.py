"""From a scenario file to the content of a `Scenario`: names followed, tables merged, series read."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from desertion.errors import InputError, shortened
from desertion.files import shown
from desertion.parameters import Force, Host
from desertion.parameters.arguments import refuse_unordered
from desertion.parameters.field import Settled, day_of
from desertion.reading import flattened, merged, toml
from desertion.scenario import settings
from desertion.scenario.complaints import build
from desertion.scenario.consistency import refuse_doubles
from desertion.scenario.documents import find, is_shipped, named
from desertion.scenario.fallbacks import remark
from desertion.scenario.layers import Layers
from desertion.scenario.levers import KINDS, check_value, expand, levers
from desertion.scenario.policy import OPERATIONS, Policy
from desertion.scenario.rows import csv_rows, is_csv

_TABLES = ("behaviour", "calibration", "dial", "reference", "set", "series", "stop")
_ROWS = ("forces", "hosts", "changes", "policies")
# What a document says otherwise than by values of inputs.
_NO_VALUES = ("name", "set", "series", "changes", "policies", "calibration", "extends", "remarks")


def content(name: str | Path) -> tuple[dict[str, Any], str]:
    """The content of a scenario file with all that it names put in its place, and its shown path.

    Raises:
        InputError: If a document is missing or malformed.
    """
    path = find("scenarios", name)
    where = shown(path)
    remarks: list[str] = []
    document = _extended(path, (), remarks)
    document.pop("calibration", None)  # of no matter to a run
    remarks += named(document, path)
    document["forces"] = [_force(each, where, remarks) for each in document.get("forces", [])]
    if document.get("hosts") == []:  # said so, and not left out: how near hosts are to a shipped force is of no matter
        document["forces"] = [_near_none(each) for each in document["forces"]]
    document.setdefault("hosts", [])
    changes = _changes(document, where)
    document["changes"] = [row for _, row in changes]
    document["set"] = settings.Documents(document["set"], [level for level, _ in changes])
    if remarks:
        document["remarks"] = [*document.get("remarks", []), *remarks]
    return document, where


def calibration(name: str | Path) -> tuple[dict[str, Any] | None, str]:
    """The table `[calibration]` of a scenario file, or of those that it extends, if any, and the file's shown path.

    Raises:
        InputError: If a document is missing or malformed.
    """
    path = find("scenarios", name)
    return _extended(path, (), []).get("calibration"), shown(path)


def _typed(path: Path) -> dict[str, Any]:
    """The content of a scenario file whose tables are tables and whose lists are lists."""
    where = shown(path)
    document = toml(path)
    for key, kind, what in (*((key, dict, "table") for key in _TABLES), *((key, list, "list") for key in _ROWS)):
        if not isinstance(document.get(key, kind()), kind):
            raise InputError(
                f"{where}: {key} = {shortened(document[key])} must be a {what}",
                where=where,
                key=key,
                value=document[key],
            )
    for index, row in enumerate(document.get("changes", [])):
        for operation in (one for one in OPERATIONS if one != "set"):
            if isinstance(row, dict) and operation in row:
                raise InputError(
                    f"{where}: changes[{index}].{operation}: a scenario's own changes say what a lever stands at from a date "
                    f"on, as set = {{ ... }}; floors, ceilings, factors and amounts belong in a policy, as [[change]] with from and {operation}, "
                    "laid over it by policies = [...] or --policy",
                    where=where,
                    key=operation,
                )
    # Whatever its dots were taken for, a path is one key.
    document |= {key: flattened(document[key]) for key in ("set", "series") if key in document}
    return document


def _extended(path: Path, seen: tuple[Path, ...], remarks: list[str]) -> dict[str, Any]:
    """A scenario document laid over the one that it extends, if any."""
    where = shown(path)
    if path.resolve() in seen:
        raise InputError(f"{where}: extends itself by way of {shown(seen[-1])}", where=where)
    document = _typed(path)
    # Files that a document names lie beside it, wherever the reader or a document that extends it is.
    for kind in ("forces", "policies"):
        if kind in document:
            document[kind] = [_beside(kind, each, path) for each in document[kind]]
    for table in (document, document.get("set", {})):
        if isinstance(graph := table.get("graph"), str):
            table["graph"] = str(path.parent / graph)
    name = document.pop("extends", None)
    own = document.get("calibration", {})
    if is_csv(own.get("series", "")):
        document["calibration"] = own | {"series": str(path.parent / own["series"])}
    base: dict[str, Any] = {}
    if name is not None:
        base = _extended(find("scenarios", name, near=path.parent, where=where), (*seen, path.resolve()), remarks)
        base.pop("name", None)
    level = len(base.get("set", []))
    if "series" in document:
        document["series"] = {key: (level, str(path.parent / str(file))) for key, file in document["series"].items()}
    hosts = document.get("hosts")
    if hosts == [] and base.get("hosts"):
        remarks.append(f"{where}: hosts = [] leaves out the hosts of {name}, and what that sets or changes of them")
        base = _without(base, ("hosts.",)) | {"hosts": []}
    if "forces" in document and (gone := _names(base.get("forces", [])) - _names(document["forces"])):
        which = " and ".join(sorted(gone))
        remarks.append(f"{where}: forces = [...] replaces {which} of {name}, and what that sets or changes of it")
        base = _without(base, tuple(f"forces.{force}." for force in gone))
        base.pop("calibration", None)  # it fits the levers of the forces that are gone
        base["reference"] = {name: state for name, state in base.get("reference", {}).items() if name not in gone}
        if base.get("stop", {}).get("force") in gone:
            del base["stop"]
    both = base | document
    both |= {
        key: merged(base[key], document[key]) for key in _TABLES if key != "set" and key in base and key in document
    }
    # Each document's settings are made over all of those that it extends: its "*" reaches what one of them names. What it
    # states in any other way holds over their settings too.
    stated = {key: value for key, value in document.items() if key not in _NO_VALUES}
    earlier = base.get("set", [])
    if "forces" in document:  # forces are replaced whole, hosts merged
        earlier = [(own, {key: value for key, value in before.items() if key != "forces"}) for own, before in earlier]
    both["set"] = [*earlier, (document.get("set", {}), stated)]
    # An empty list says that there is no host at all.
    if hosts:
        both["hosts"] = _merged_hosts(path, base.get("hosts", []), hosts, remarks)
    both["changes"] = [*base.get("changes", []), *((level, row) for row in document.get("changes", []))]
    return both


def _beside(kind: str, name: Any, path: Path) -> Any:
    """The path of a force or policy that a scenario file names; what is no name stays as it is."""
    return str(find(kind, name, near=path.parent, where=shown(path))) if isinstance(name, str) else name


def _names(forces: Sequence[Any]) -> set[str]:
    """The names of forces, each a path or a table."""
    names: set[str] = set()
    for each in forces:
        if isinstance(each, str):
            document = toml(path := Path(each))
            named(document, path)
            names.add(str(document["name"]))
        elif isinstance(each, dict):
            names.add(str(each.get("name")))
    return names


def _without(base: Mapping[str, Any], starts: tuple[str, ...]) -> dict[str, Any]:
    """A document without the settings, series and dated changes whose paths start with one of these."""

    def kept(table: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in flattened(table).items() if not key.startswith(starts)}

    def still(stated: Mapping[str, Any]) -> dict[str, Any]:
        rows = {kind: _others(stated[kind], kind, starts) for kind in KINDS if kind in stated}
        return {**stated, **rows}

    changes: list[Any] = []
    for level, row in base.get("changes", []):
        if isinstance(row, dict) and isinstance(row.get("set"), dict):
            changes += [(level, row | {"set": own})] if (own := kept(row["set"])) else []
        elif not (isinstance(row, dict) and str(row.get("path")).startswith(starts)):
            changes.append((level, row))
    own_values = [(kept(each), still(stated)) for each, stated in base.get("set", [])]
    return {**base, "changes": changes, "set": own_values, "series": kept(base.get("series", {}))}


def _others(rows: Sequence[Any], kind: str, starts: tuple[str, ...]) -> list[Any]:
    """The tables among rows of forces or hosts whose paths do not start with one of these."""
    return [row for row in rows if isinstance(row, dict) and not f"{kind}.{row.get('name')}.".startswith(starts)]


def _merged_hosts(path: Path, base: list[Any], own: list[Any], remarks: list[str]) -> list[Any]:
    """The hosts of a document laid over those that it extends, by name."""
    rows = {row["name"]: row for row in base if _is_named(row)}
    refuse_doubles("hosts", [row["name"] for row in own if _is_named(row)], where=shown(path))
    strange: list[Any] = []
    for row in own:
        if not _is_named(row):
            strange.append(row)  # refused with a sentence where the scenario is built
            continue
        name = row["name"]
        if name not in rows and not is_shipped(path):
            remarks += remark(Host, name, row, shown(path))
        rows[name] = merged(rows.get(name, {}), row)
    return [*rows.values(), *strange]


def _is_named(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("name"), str)


def _force(each: Any, where: str, remarks: list[str]) -> Any:
    if not isinstance(each, str):
        if isinstance(each, dict):
            remarks += remark(Force, str(each.get("name")), each, where)
        return each
    document = toml(path := Path(each))
    remarks += named(document, path)
    if not is_shipped(path):
        remarks += remark(Force, str(document["name"]), document, shown(path))
    # Checked here so that the message names the force's own file.
    return build(Force, document, where=shown(path))


def _near_none(force: Any) -> Any:
    if not isinstance(force, Force):
        return force
    return force.model_copy(
        update={"regions": tuple(region.model_copy(update={"access": Settled()}) for region in force.regions)}
    )


def _changes(document: dict[str, Any], where: str) -> list[tuple[int, Any]]:
    """The scenario's own dated values one by one, each behind the number of the document that states it: wildcards resolved, the user's series read."""
    rows: list[tuple[int, Any]] = document["changes"]
    series: Mapping[str, tuple[int, str]] = document.pop("series", {})
    if not series and all(not isinstance(row, dict) or "set" not in row for _, row in rows):
        return rows
    forces = [each if isinstance(each, Force) else _part(Force, "forces", each, where) for each in document["forces"]]
    hosts = [_part(Host, "hosts", each, where) for each in document["hosts"]]
    scenario = str(document.get("name"))
    single: list[tuple[int, Any]] = []
    for index, (level, row) in enumerate(rows):
        if not isinstance(row, dict) or "set" not in row:
            single.append((level, row))
            continue
        place = f"{where}: changes[{index}]"
        if set(row) - {"date", "set", "note"} or not isinstance(row["set"], dict) or "date" not in row:
            raise InputError(f"{place} must have date, set = {{ ... }} and, if you like, note", where=where)
        for path, value in flattened(row["set"]).items():
            targets = expand(path, forces, hosts, where=f"{place}.set", scenario=scenario)
            single += [(level, {"date": row["date"], "path": one.path, "value": value}) for one in targets]
    for path, (level, file) in series.items():
        targets = expand(path, forces, hosts, where=f"{where}: series", scenario=scenario)
        points = _series(Path(file), document)
        for one in targets:
            for place, day, value in points:
                check_value(levers(one.kind)[one.field], value, where=f'{place}: "{one.path}"')
                single.append((level, {"date": day, "path": one.path, "value": value}))
    return single


def _part[T: BaseModel](model: type[T], kind: str, content: Any, where: str) -> T:
    """A force or host of a document; a broken rule is told of it by its name."""
    return build(model, content, where=f"{where}: {kind}.{content['name']}" if _is_named(content) else where)


def _series(path: Path, document: Mapping[str, Any]) -> list[tuple[str, dt.date, float]]:
    """A user's own series, a CSV file with the columns date and value: file and line, day and value of each row.

    Raises:
        InputError: If it cannot be read, or lies wholly outside the scenario's days: after them it would do nothing, and before
            them only its last value would hold, so its dates are taken for a slip.
    """
    rows = csv_rows(path, wanted=("date", "value"), numbers=("value",))
    points = [(row.where, row.day("date"), row.number("value")) for row in rows]
    start, days = _day(document.get("start")), document.get("days", Layers.model_fields["days"].default)
    if start is not None and isinstance(days, int):
        first, last = min(day for _, day, _ in points), max(day for _, day, _ in points)
        if last < start or (first - start).days >= days:
            raise InputError(
                f"{shown(path)}: the series runs from {first} to {last} and lies wholly outside the scenario's {days} days "
                f"from {start}; move its dates or the scenario's start",
                where=shown(path),
            )
    return points


def _day(start: Any) -> dt.date | None:
    """The day that a start not yet checked names; None where it will be refused with a sentence."""
    with suppress(ValueError):
        return day_of(start)
    return None


def listed(names: Any) -> Any:
    """What is given as a list of names, as from a column of a table; a name, path or policy alone is a list of one.

    Raises:
        InputError: If they are policies in a set: their order decides who is the baseline, and which of two that set one lever wins.
    """
    if isinstance(names, str | Path | Policy):
        return [names]
    refuse_unordered("policies", names)
    return names if isinstance(names, Mapping | Sequence) or not isinstance(names, Iterable) else list(names)


def policies(
    names: str | Path | Policy | Sequence[str | Path | Policy], where: str = ""
) -> tuple[tuple[Policy, ...], dict[str, str], list[str]]:
    """The policies of these names or paths, where each was read, and remarks on names made from files'.

    Args:
        names: Shipped names, paths, or policies themselves; one alone is a list of one.
        where: The shown path of the document that names them, if one does.

    Raises:
        InputError: If one is missing or malformed.
    """
    names = listed(names)
    if not isinstance(names, Sequence):
        raise InputError(f"policies = {shortened(names)} must be a list of names", key="policies", value=names)
    found: list[Policy] = []
    places: dict[str, str] = {}
    remarks: list[str] = []
    for name in names:
        if isinstance(name, Policy):
            found.append(name)
            continue
        path = find("policies", name, where=where)
        document = toml(path)
        remarks += named(document, path)
        found.append(build(Policy, document, where=shown(path)))
        places[found[-1].name] = shown(path)
    return tuple(found), places, remarks
