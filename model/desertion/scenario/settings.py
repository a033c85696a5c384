"""Settings: changing any input of a scenario by its dotted key, `hosts.finland.case_days = 30`."""

from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from desertion.errors import InputError, input_error, refuse_unknown, shortened, unknown_name
from desertion.reading import flattened, merged, setting_text
from desertion.scenario.layers import Layers
from desertion.scenario.levers import KINDS, Kind, levers, select

_OWN_WAYS = {
    "policies": "name policies with policies=[...] or --policy",
    "changes": "write dated changes into a scenario file or a policy",
    "overlays": "name policies with policies=[...] or --policy",
    "remarks": "remarks are written by the program",
    "at_scale": "it says whether the counts of people are the small world's own already; set scale",
}


class Documents(NamedTuple):
    """What documents that extend each other say beside and in their settings, the one that extends none first.

    Attributes:
        values: Of each, its settings by dotted key, and the values of inputs that it states in any other way.
        levels: By dated change of the scenario, the number of the document that states it.
    """

    values: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
    levels: Sequence[int]


def apply_documents(scenario: Layers, documents: Documents) -> dict[str, Any]:
    """The content of the scenario with the settings of its documents made, not yet checked: what a document says in any way holds over the settings of those that it extends.

    Raises:
        InputError: As `apply` does.
    """
    content = scenario.model_dump()
    # Only what is stated of a reference state is: the rest is worked out from the scenario once it is whole.
    bare = {force.name: {} for force in scenario.forces}
    content["reference"] = bare | {
        name: state.model_dump(exclude_unset=True) for name, state in scenario.reference.items()
    }
    changes = list(zip(documents.levels, content["changes"], strict=True))
    for number, (own, stated) in enumerate(documents.values):
        _restate(content, stated)
        content["changes"] = [change for level, change in changes if level <= number]
        _apply(content, scenario, flattened(own))
        kept = {(change["date"], change["path"]) for change in content["changes"]}
        changes = [
            (level, change) for level, change in changes if level > number or (change["date"], change["path"]) in kept
        ]
    content["changes"] = [change for _, change in changes]
    return content


def _restate(content: dict[str, Any], stated: Mapping[str, Any]) -> None:
    """Lay a document's own values over settings made before; paths of forces state none."""
    for key, value in stated.items():
        if key not in KINDS:
            content |= merged({key: content.get(key)}, {key: value})
            continue
        rows = {row["name"]: row for row in value if isinstance(row, Mapping)}
        content[key] = [merged(row, rows.get(row["name"], {})) for row in content[key]]


def apply(scenario: Layers, *layers: Mapping[str, Any]) -> dict[str, Any]:
    """The content of the scenario with the settings made, not yet checked.

    A later layer holds over an earlier one. Within a layer the order of keys decides nothing: what `*` sets is set first, then
    what a group sets, then what is named. Whole tables are merged with what is there, so that no input falls back to a default because another one is set.
    A setting of a lever holds for the whole run: the scenario's own dated changes of that lever are dropped, which is
    remarked. Policies still act on top of it.

    Raises:
        InputError: If a key does not exist, or two groups of a layer set one input to different values.
    """
    content = scenario.model_dump()
    for layer in layers:
        _apply(content, scenario, flattened(layer))
    return content


def refuse_twice(stated: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Refuse what is given in two ways, of which one would be left unread.

    Args:
        stated: What is stated by arguments of its own, by dotted key.
        settings: What is stated among the settings.

    Raises:
        InputError: If both state one input.
    """
    for key, value in stated.items():
        if key in settings:
            raise InputError(
                f"{key} is given twice, as {shortened(value, plain=True)} and among the settings: give one of them"
            )


def narrowness(key: str) -> int:
    """How closely a dotted key says whose input it means: 0 for all (`*`), 1 for a group (`@...`), 2 by name."""
    kind, _, rest = key.partition(".")
    selector = rest.partition(".")[0]
    return 2 if kind not in KINDS or selector[:1] not in ("*", "@") else int(selector[0] == "@")


def reached(scenario: Layers, key: str) -> list[str]:
    """The dotted keys, each of one named force or host, of the inputs that a key reaches.

    Raises:
        InputError: If it reaches nothing.
    """
    first, selector, *rest = key.split(".")
    kind: Kind = "forces" if first == "forces" else "hosts"
    names = select(kind, selector, scenario.forces, scenario.hosts, where=f'setting "{key}"', scenario=scenario.name)
    return [".".join((kind, name, *rest)) for name in names]


def levers_reached(scenario: Layers, *layers: Mapping[str, Any]) -> tuple[str, ...]:
    """The dotted keys, each of one named force or host, of the levers that these settings set."""
    keys = [key for layer in layers for key in flattened(layer) if key.partition(".")[0] in KINDS]
    return tuple(path for key in keys if key.count(".") == 2 for path in reached(scenario, key))


def standing(scenario: Layers, key: str) -> object:
    """What an input by dotted key stands at, None where that is not one value: forces or hosts that differ, dated changes.

    Raises:
        InputError: If the key reaches nothing.
    """
    content, paths = scenario.model_dump(), reached(scenario, key) if key.partition(".")[0] in KINDS else [key]
    values = [_got(content, path.split(".")) for path in paths]
    moved = any(change["path"] in paths for change in content["changes"])
    return None if moved or any(value != values[0] for value in values) else values[0]


def _got(table: Any, parts: Sequence[str]) -> Any:
    name, *rest = parts
    if isinstance(table, Mapping):
        value = table.get(name)
    elif isinstance(table, Sequence) and not isinstance(table, str):
        value = table[_index(table, name, "setting")]
    else:
        value = None
    return _got(value, rest) if rest else value


def _apply(content: dict[str, Any], scenario: Layers, settings: Mapping[str, Any]) -> None:
    by_group: dict[str, str] = {}
    for key, value in sorted(settings.items(), key=lambda pair: narrowness(pair[0])):
        parts = key.split(".")
        where = f'setting "{key}"'
        if parts[0] in _OWN_WAYS:
            raise InputError(f"{where}: {parts[0]} cannot be set; {_OWN_WAYS[parts[0]]}", key=key, value=value)
        if parts[0] not in content:
            meant = get_close_matches(parts[0], _OWN_WAYS)  # only then is a name that cannot be set worth telling
            raise unknown_name("input", parts[0], {*meant, *(content.keys() - _OWN_WAYS.keys())}, where=where)
        if parts[0] in KINDS:
            kind: Kind = "forces" if parts[0] == "forces" else "hosts"
            if len(parts) < 3:
                raise InputError(f"{where}: write {kind}.<name>.<input>", key=key, value=value)
            paths = reached(scenario, key)
            if narrowness(key) == 1:
                for path in set(paths) - settings.keys():
                    other = by_group.setdefault(path, key)
                    if settings[other] != value:
                        raise input_error(
                            key,
                            value,
                            f"and {other} = {setting_text(settings[other])} both reach {path}",
                            way_out="set that by its name",
                        )
            names = [path.split(".")[1] for path in paths]
            for row in content[kind]:
                if row["name"] in names:
                    _put(row, parts[2:], value, where)
            _drop_changes(content, [f"{kind}.{name}.{parts[2]}" for name in names], key, parts[2] in levers(kind))
        else:
            _put(content, parts, value, where)
    status_quo, dial = content["asylum_status_quo"], content["asylum"]
    if "asylum_status_quo" in settings and "asylum" not in settings and status_quo != dial:
        content["remarks"] = [
            *content["remarks"],
            f"asylum_status_quo is set to {setting_text(status_quo)} and the asylum dial stays at {setting_text(dial)}, which moves "
            "all hosts; set asylum to the same for hosts as the scenario has them",
        ]


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
    refuse_unknown("input", name, table, where=where)
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
