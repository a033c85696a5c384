"""Where documents lie: shipped ones by name, a user's own by path, the name that a file gives, and mixes of policies by their names."""

import re
from pathlib import Path
from typing import Any

from desertion.errors import InputError, unknown_name
from desertion.files import is_file, shipped_folder, shown
from desertion.reading import toml

KINDS = ("forces", "policies", "scenarios")
_SINGULAR = {"forces": "force", "policies": "policy", "scenarios": "scenario"}

AS_IT_IS = "none"
"""What stands for the scenario with no policy laid over it."""

JOIN = "+"
"""Joins the policies of one mix: fast-track+exit-ban."""


def parted(mix: str) -> tuple[str, ...]:
    """Names of the policies in a mix; no name where it is the scenario as it is."""
    return tuple(name for part in mix.split(JOIN) if (name := part.strip()) not in ("", AS_IT_IS))


def catalogue() -> dict[str, dict[str, str]]:
    """The titles of all shipped forces, policies and scenarios by kind and name."""
    return {kind: {name: str(toml(path).get("title", "")) for name, path in _shipped(kind).items()} for kind in KINDS}


def find(kind: str, name: str | Path, *, near: Path | None = None, where: str = "") -> Path:
    """The path of a shipped document by its name, or of a user's document by its path.

    Args:
        kind: "forces", "policies" or "scenarios".
        name: A shipped name, or a path (it ends in .toml or has a slash).
        near: Folder that relative paths start from, if not the current one.
        where: The document that names it, for the message.

    Raises:
        InputError: If there is no such document.
    """
    text = str(name)
    if isinstance(name, Path) or text.endswith(".toml") or "/" in text:
        path = (near or Path()) / text
        if not is_file(path):
            place = f"{where}: " if where else ""
            raise InputError(f"{place}there is no {_SINGULAR[kind]} file {shown(path)}", where=where, value=text)
        return path
    path = shipped_folder("seeds") / kind / f"{text}.toml"
    if not is_file(path):
        raise unknown_name(_SINGULAR[kind], text, _shipped(kind), where=where)
    return path


def beside(folder: Path | None, name: str) -> str:
    """What a document in that folder names: the path of the file beside it if there is one, else the name as it stands."""
    if folder is None or not ("." in name or "/" in name):
        return name
    return str(path) if is_file(path := folder / name) else name


def setting_beside(folder: Path | None, key: str, value: Any) -> Any:
    """The value of an input that a document in that folder sets: the graph of ties is a file, all others stay as they are."""
    return beside(folder, value) if key == "graph" and isinstance(value, str) else value


def _shipped(kind: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((shipped_folder("seeds") / kind).glob("*.toml"))}


def is_shipped(path: Path) -> bool:
    """Whether a document is one of those under `seeds/`."""
    return path.resolve().is_relative_to(shipped_folder("seeds").resolve())


def name_from(path: Path) -> str:
    """The name that a document without one gets from its file: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "unnamed"


def named(document: dict[str, Any], path: Path) -> list[str]:
    """Give a document without a name that of its file; a remark if the two cannot be the same."""
    if "name" in document:
        return []
    document["name"] = name_from(path)
    return [] if document["name"] == path.stem else [f'"{document["name"]}" is the name made from {shown(path)}']
