"""Resumption: whether a file holds the study that is asked for, and how to start anew where it does not."""

import itertools
import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from desertion.errors import InputError
from desertion.study.design.digest import NO_SOURCE
from desertion.study.design.factors import Point
from desertion.study.design.spec import MODEL_TASK, REPEATABLE, canonical, difference
from desertion.study.store.scales import horizons, scales

_PLACES = ("--out", "-o")
"""Options that name where results go."""

COMPARED = ("spec", "fingerprint", "versions", "shard", "search")
"""Header entries that must be equal for a file to be resumed."""

_OF_WORLDS = {"worlds_seed": "seed", "scale": "size", "ensemble": "ensemble"}
"""Settings by which the worlds of claims, which their rows only number, have their inputs, and how the options are called."""

_DRAWN = {"claims: worlds": "ranges (hash)", "ensemble": "ensemble (hash)"}
"""What else these inputs come from, by its name in a fingerprint."""

_KINDS = {"scenario": "scenarios", "policy": "policies", "graph": "graphs"}
"""Documents that a fingerprint names by their paths, and how the texts that a header holds are called."""

type Described = tuple[Mapping[str, Any], Sequence[Point]]
"""Header and design points."""


def as_held(
    old: Mapping[str, Any], new: Mapping[str, Any], points: Sequence[Point]
) -> tuple[dict[str, Any], list[Point]]:
    """A study in the words of a file: from which folder a document was named is no part of it, what it holds is compared by itself.

    Args:
        old: Header of the file.
        new: Header of the study that is asked for, or of another file.
        points: Its design points.

    Returns:
        Header and points of that study, with the paths of its documents as the file has them.
    """
    before, now = (dict(each.get("fingerprint") or {}) for each in (old, new))
    names: dict[str, str] = {}
    for key, code in now.items():
        kind, _, name = key.partition(" ")
        if kind not in _KINDS or key in before:
            continue
        held = [other for other in before if other.startswith(f"{kind} ") and other not in now]
        held = [other for other in held if Path(other.partition(" ")[2]).name == Path(name).name]
        alike = [other for other in held if before[other] == code] or held[: len(held) == 1]
        if alike:
            file = alike[0].partition(" ")[2]
            names |= {name: file, key: alike[0], f"{_KINDS[kind]}/{name}": f"{_KINDS[kind]}/{file}"}
            del before[alike[0]]
    return _renamed(dict(new), names), _renamed(list(points), names)


def _renamed(data: Any, names: Mapping[str, str]) -> Any:
    """Plain data with words replaced, also as keys and as parts of a mix."""
    if isinstance(data, str):
        return "+".join(names.get(part, part) for part in data.split("+"))
    if isinstance(data, Mapping):
        return {_renamed(key, names): _renamed(value, names) for key, value in cast(Mapping[str, Any], data).items()}
    if isinstance(data, Sequence):
        return [_renamed(value, names) for value in cast(Sequence[Any], data)]
    return data


def differences(path: Path, old: Described, new: Described, command: str, *, accepted: bool) -> list[str]:
    """What differs between a file and the study that is asked for, in words; empty where nothing does.

    Args:
        path: The file.
        old: What it holds.
        new: What is asked for.
        command: The command that goes on with the file, from which a refusal makes the one that starts anew.
        accepted: Whether changes of spec, versions or model are allowed; the design points must agree all the same.

    Raises:
        InputError: If it holds another study.
    """
    (header, points), (wanted, asked) = old, new
    if [canonical(point) for point in points] != [canonical(point) for point in asked]:
        changes = list(difference(header.get("spec"), json.loads(canonical(wanted.get("spec"))), "spec"))
        task = str(header["spec"]["task"])
        # Worlds of claims and of a match are numbered, and none can be run alone.
        further = "; a file takes none beside those that it was begun with: run further ones alone, into another file (--points)"
        raise InputError(
            f"{path} holds other design points than this study{f' ({_short(changes)})' if changes else ''}: {anew(path, command)}{further if task == MODEL_TASK or '.' in task else ''}"
        )
    compared = {key: json.loads(canonical(wanted.get(key))) for key in COMPARED}
    changes = [line for key in COMPARED for line in difference(header.get(key), compared[key], key)]
    codes = {f"fingerprint.{name}": code for name, code in (compared["fingerprint"] or {}).items()}
    own = (compared["spec"] or {}).get("own", {}).get("digests", {})
    codes |= {f"spec.own.digests.{name}": code for name, code in own.items()}
    unknown = [name for name, code in codes.items() if code == NO_SOURCE]
    changes += [f"{name}: cannot be compared, its source is not to be had" for name in unknown]
    if changes and not accepted:
        raise InputError(
            f"{path} was made by another study, version or machine ({_short(changes)}): {anew(path, command)}, "
            f"or resume it all the same with --accept-changes"
        )
    return changes


def refuse_reread(
    path: Path, old: Mapping[str, Any], new: Mapping[str, Any], points: Sequence[Point], command: str
) -> None:
    """Refuse a study by which the finished runs of a file would be read otherwise than they were made, whatever is accepted.

    Args:
        path: The file, which holds finished runs.
        old: Its header.
        new: Header of the study that is asked for.
        points: Its design points.
        command: The command that goes on with the file.

    Raises:
        InputError: If task, scale, days, daily columns or the worlds of claims differ.
    """
    before, now = old["spec"], json.loads(canonical(new["spec"]))
    read = [("task", before["task"], now["task"])]
    if before["task"] == now["task"] in REPEATABLE:
        asked = {**new, "spec": now}
        try:
            sizes = zip(scales(path, old, points), scales(path, asked, points), strict=True)
            days = zip(horizons(old, points), horizons(asked, points), strict=True)
        except InputError:  # files of earlier versions do not hold their scenarios
            sizes, days = [(before["scale"], now["scale"])], [(before["days"], now["days"])]
        read += [("scale", *pair) for pair in sizes] + [("days", *pair) for pair in days]
    else:
        read.append(("days", before["days"], now["days"]))
    if "worlds_seed" in before["settings"]:
        read += [(name, before["settings"].get(key), now["settings"].get(key)) for key, name in _OF_WORLDS.items()]
        read += [
            (name, *(each.get("fingerprint", {}).get(key, "")[:8] for each in (old, new)))
            for key, name in _DRAWN.items()
        ]
    if before["daily"] != now["daily"]:
        read.append(("keep.daily", old.get("columns", []), now["daily"]))
    for name, held, asked in read:
        if held != asked:
            raise InputError(
                f"{path} holds runs of {name} = {json.dumps(held)}, and would read them as of {json.dumps(asked)}: "
                f"{anew(path, command)}, or keep {name} as it was"
            )


def refuse_edited(path: Path, before: Mapping[str, str], after: Mapping[str, str], command: str) -> None:
    """Refuse rows during whose making a document or code that decides them was changed: nobody knows which rows know of it.

    Args:
        path: The study's file.
        before: Fingerprint with which the rows were begun.
        after: Fingerprint once they are done.
        command: The command that goes on with the file.

    Raises:
        InputError: If the two differ.
    """
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if changed:
        raise InputError(
            f"{path}: {_short(changed)} changed while the study ran, and its rows may be of before or after: {anew(path, command)}"
        )


def anew(path: Path, command: str) -> str:
    """How to start the study anew beside a file, or beside its folder where the command names that."""
    words = shlex.split(command)
    for place in (path, path.parent):
        # A scenario may be called like the folder: only what stands for the place of results is another.
        given = [at for at, word in enumerate(words) if word == str(place) and words[at - 1] in _PLACES]
        if given and place.name not in ("", ".."):
            numbered = (place.with_stem(f"{place.stem}-{number}") for number in itertools.count(2))
            free = str(next(path for path in numbered if not path.exists()))
            return f"start anew with `{shlex.join(free if at in given else word for at, word in enumerate(words))}`"
    return "start anew with another --out (in Python, out=)"


def _short(changes: Sequence[str]) -> str:
    return "; ".join([*changes[:8], *(["..."] if len(changes) > 8 else [])])
