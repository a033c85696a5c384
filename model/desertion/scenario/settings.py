"""Settings: changing any input of a scenario by its dotted key, `hosts.finland.case_days = 30`."""

from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

from desertion.errors import InputError, shortened, unknown_name
from desertion.scenario.layers import Layers
from desertion.scenario.levers import KINDS, Kind, levers, select
from desertion.scenario.paths import flattened

_OWN_WAYS = {
    "policies": "name policies with policies=[...] or --policy",
    "changes": "write dated changes into a scenario file or a policy",
    "overlays": "name policies with policies=[...] or --policy",
    "remarks": "remarks are written by the program",
}


def apply(scenario: Layers, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The content of the scenario with the settings made, not yet checked.

    Whole tables are merged with what is there, so that no input falls back to a default because another one is set.
    A setting of a lever holds for the whole run: the scenario's own dated changes of that lever are dropped, which is
    remarked. Policies still act on top of it.

    Raises:
        InputError: If a key does not exist.
    """
    content = scenario.model_dump()
    for key, value in flattened(settings).items():
        parts = key.split(".")
        where = f'setting "{key}"'
        if parts[0] in _OWN_WAYS:
            raise InputError(f"{where}: {parts[0]} cannot be set; {_OWN_WAYS[parts[0]]}", key=key, value=value)
        if parts[0] not in content:
            raise unknown_name("input", parts[0], content, where=where)
        if parts[0] in KINDS:
            kind: Kind = "forces" if parts[0] == "forces" else "hosts"
            if len(parts) < 3:
                raise InputError(f"{where}: write {kind}.<name>.<input>", key=key, value=value)
            names = select(kind, parts[1], scenario.forces, scenario.hosts, where=where, scenario=scenario.name)
            for row in content[kind]:
                if row["name"] in names:
                    _put(row, parts[2:], value, where)
            _drop_changes(content, [f"{kind}.{name}.{parts[2]}" for name in names], key, parts[2] in levers(kind))
        else:
            _put(content, parts, value, where)
    return content


def _drop_changes(content: dict[str, Any], paths: Sequence[str], key: str, is_lever: bool) -> None:
    if is_lever and any(change["path"] in paths for change in content["changes"]):
        content["changes"] = [change for change in content["changes"] if change["path"] not in paths]
        content["remarks"] = [*content["remarks"], f"the setting of {key} replaces the scenario's own changes of it"]


def _put(table: Any, parts: Sequence[str], value: Any, where: str) -> None:
    name, *rest = parts
    if isinstance(table, MutableSequence | tuple):
        index = _index(table, name, where)
        if rest:
            _put(table[index], rest, value, where)
            return
        raise InputError(f"{where}: name one input of {name}", value=value)
    if not isinstance(table, MutableMapping):
        raise InputError(f"{where}: there is nothing inside of {shortened(table)} to set", value=value)
    if not rest:
        # An unknown name is caught by the check that follows, which knows the allowed ones.
        table[name] = value
        return
    if name not in table:
        raise unknown_name("input", name, table, where=where)
    if isinstance(table[name], tuple):
        table[name] = list(table[name])
    if table[name] is None:
        table[name] = {}
    _put(table[name], rest, value, where)


def _index(rows: Sequence[Any], name: str, where: str) -> int:
    if name.isdigit() and int(name) < len(rows):
        return int(name)
    named = [row.get("name") if isinstance(row, Mapping) else None for row in rows]
    if name in named:
        return named.index(name)
    known = [str(each) for each in named if each] or [str(number) for number in range(len(rows))]
    raise unknown_name("entry", name, known, where=where)
