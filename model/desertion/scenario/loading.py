"""From a scenario file to the content of a `Scenario`: names followed, tables merged, series read."""

import csv
import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desertion.errors import InputError
from desertion.files import shown
from desertion.parameters import Force, Host
from desertion.scenario.complaints import build
from desertion.scenario.documents import find, read
from desertion.scenario.levers import expand
from desertion.scenario.policy import Policy

_MERGED = ("behaviour", "dial", "reference", "set", "series")


def parsed(text: str, where: str) -> dict[str, Any]:
    """Return the content of TOML text.

    Raises:
        InputError: If it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: this is not TOML: {error}", where=where) from error


def content(name: str | Path) -> tuple[dict[str, Any], str]:
    """Return the content of a scenario file with all that it names put in its place, and its shown path.

    Raises:
        InputError: If a document is missing or malformed.
    """
    path = find("scenarios", name)
    where = shown(path)
    document = _extended(path, ())
    document.setdefault("name", path.stem)
    document["forces"] = [_force(each, path.parent, where) for each in _rows(document, "forces", where)]
    hosts = _rows(document, "hosts", where)
    document["hosts"] = hosts
    document["changes"] = _changes(document, where)
    return document, where


def _rows(document: Mapping[str, Any], key: str, where: str) -> list[Any]:
    rows = document.get(key, [])
    if not isinstance(rows, list):
        raise InputError(f"{where}: {key} = {rows!r} must be a list", where=where, key=key, value=rows)
    return list(rows)


def _extended(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """Return a scenario document laid over the one that it extends, if any."""
    if path in seen:
        raise InputError(f"{shown(path)}: extends itself by way of {shown(seen[-1])}", where=shown(path))
    document = read(path)
    # Files that a document names lie beside it, wherever the reader is.
    if isinstance(graph := document.get("graph"), str):
        document["graph"] = str(path.parent / graph)
    if isinstance(series := document.get("series"), dict):
        document["series"] = {key: str(path.parent / str(file)) for key, file in series.items()}
    name = document.pop("extends", None)
    if name is None:
        return document
    base = _extended(find("scenarios", name, near=path.parent, where=shown(path)), (*seen, path))
    base.pop("name", None)
    merged = base | document
    for key in _MERGED:
        if isinstance(base.get(key), Mapping) and isinstance(document.get(key), Mapping):
            merged[key] = base[key] | document[key]
    merged["hosts"] = _merged_hosts(_rows(base, "hosts", shown(path)), _rows(document, "hosts", shown(path)))
    if "hosts" in document and not document["hosts"]:
        merged["hosts"] = []
    merged["changes"] = [*_rows(base, "changes", shown(path)), *_rows(document, "changes", shown(path))]
    return merged


def _merged_hosts(base: list[Any], own: list[Any]) -> list[Any]:
    rows = {row.get("name"): row for row in base if isinstance(row, dict)}
    for row in own:
        if not isinstance(row, dict):
            return [*base, row]
        rows[row.get("name")] = rows.get(row.get("name"), {}) | row
    return list(rows.values())


def _force(each: Any, near: Path, where: str) -> Any:
    if not isinstance(each, str):
        return each
    path = find("forces", each, near=near, where=where)
    document = read(path)
    document.setdefault("name", path.stem)
    # Checked here so that the message names the force's own file.
    return build(Force, document, where=shown(path))


def _changes(document: dict[str, Any], where: str) -> list[Any]:
    """Return the scenario's own dated values one by one: wildcards resolved, the user's series read."""
    rows = _rows(document, "changes", where)
    series = document.pop("series", {})
    if not series and all(not isinstance(row, dict) or "set" not in row for row in rows):
        return rows
    forces = [each if isinstance(each, Force) else build(Force, each, where=where) for each in document["forces"]]
    hosts = [build(Host, each, where=where) for each in document["hosts"]]
    scenario = str(document.get("name"))
    found: list[Any] = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or "set" not in row:
            found.append(row)
            continue
        place = f"{where}: changes[{index}]"
        if set(row) - {"date", "set", "note"} or not isinstance(row["set"], dict) or "date" not in row:
            raise InputError(f"{place} must have date, set = {{ ... }} and, if you like, note", where=where)
        for path, value in row["set"].items():
            targets = expand(path, forces, hosts, where=f"{place}.set", scenario=scenario)
            found += [{"date": row["date"], "path": one.path, "value": value} for one in targets]
    for path, file in series.items():
        targets = expand(path, forces, hosts, where=f"{where}: series", scenario=scenario)
        points = _series(Path(str(file)), where)
        found += [{"date": day, "path": one.path, "value": value} for one in targets for day, value in points]
    return found


def _series(path: Path, where: str) -> list[tuple[dt.date, float]]:
    """Return a user's own series: a CSV file with the columns date and value."""
    if not path.is_file():
        raise InputError(f"{where}: series: there is no file {shown(path)}", where=where, value=str(path))
    points: list[tuple[dt.date, float]] = []
    with path.open(newline="", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                points.append((dt.date.fromisoformat(row["date"]), float(row["value"])))
            except (KeyError, TypeError, ValueError):
                raise InputError(
                    f"{shown(path)}: line {line}: must have a date (2022-09-21) and a value (a number) under the heads "
                    f"date and value, got {row!r}",
                    where=shown(path),
                    value=row,
                ) from None
    return points


def policies(
    names: Sequence[str | Path | Policy], scenario: str | Path | None = None, where: str = ""
) -> tuple[tuple[Policy, ...], dict[str, str]]:
    """Return the policies of these names or paths, and where each was read.

    Args:
        names: Shipped names, paths, or policies themselves.
        scenario: The scenario file that names them, if one does: relative paths start from its folder.
        where: Its shown path.

    Raises:
        InputError: If one is missing or malformed.
    """
    if isinstance(names, str):
        raise InputError(f"policies = {names!r} must be a list of names", key="policies", value=names)
    near = find("scenarios", scenario).parent if scenario is not None else None
    found: list[Policy] = []
    places: dict[str, str] = {}
    for name in names:
        if isinstance(name, Policy):
            found.append(name)
            continue
        path = find("policies", name, near=near, where=where)
        document = read(path)
        document.setdefault("name", path.stem)
        found.append(build(Policy, document, where=shown(path)))
        places[found[-1].name] = shown(path)
    return tuple(found), places
