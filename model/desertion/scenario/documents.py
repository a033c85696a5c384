"""Finding and reading the documents under `seeds/`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from desertion.errors import InputError, unknown_name
from desertion.files import shipped_folder, shown
from desertion.scenario.complaints import lowered

KINDS = ("forces", "policies", "scenarios")
_SINGULAR = {"forces": "force", "policies": "policy", "scenarios": "scenario"}


def catalogue() -> dict[str, dict[str, str]]:
    """Return the titles of all shipped forces, policies and scenarios by kind and name."""
    return {kind: {name: str(read(path).get("title", "")) for name, path in _shipped(kind).items()} for kind in KINDS}


def find(kind: str, name: str | Path, *, near: Path | None = None, where: str = "") -> Path:
    """Return the path of a shipped document by its name, or of a user's document by its path.

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
        if not path.is_file():
            place = f"{where}: " if where else ""
            raise InputError(f"{place}there is no {_SINGULAR[kind]} file {shown(path)}", where=where, value=text)
        return path
    shipped = _shipped(kind)
    if text not in shipped:
        raise unknown_name(_SINGULAR[kind], text, shipped, where=where)
    return shipped[text]


def _shipped(kind: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((shipped_folder("seeds") / kind).glob("*.toml"))}


def read(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        InputError: If it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{shown(path)}: this is not TOML: {lowered(str(error))}", where=shown(path)) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{shown(path)}: this is not a text file in UTF-8", where=shown(path)) from error
    except OSError as error:
        raise InputError(f"{shown(path)}: cannot be read ({error.strerror})", where=shown(path)) from error
