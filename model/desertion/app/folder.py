"""Folder: the one folder whose study files the app may open, by name only."""

from __future__ import annotations

import re
from pathlib import Path

from desertion.app.limits import limits
from desertion.errors import InputError, unknown_name

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]*\.sqlite")
_MOST = 200


def names() -> list[str]:
    """Names of the files that can be opened, in alphabetical order: those of the folder and of folders right in it."""
    folder = limits().studies
    if folder is None or not folder.is_dir():
        return []
    found = [*folder.glob("*.sqlite"), *folder.glob("*/*.sqlite")]
    return sorted(path.relative_to(folder).as_posix() for path in found if _is_inside(path, folder))[:_MOST]


def path_of(name: str) -> Path:
    """Path of one of `names()`.

    Args:
        name: As it came from a browser.

    Raises:
        InputError: If it is none of them, or the file is larger than this server opens.
    """
    folder = limits().studies
    if folder is None:
        raise InputError("this server has no study folder; start it with: desertion app --studies FOLDER", key="file")
    known = names()
    # Looked up, never joined: nothing that a browser sends becomes part of a path.
    if name not in known:
        raise unknown_name("study file", name[:80], known)
    path = folder / known[known.index(name)]
    size = path.stat().st_size
    if size > limits().file_bytes:
        raise InputError(
            f"{name} holds {size / 1e6:,.0f} MB, and this server opens files of {limits().file_bytes / 1e6:,.0f} MB at most"
        )
    return path


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a file is one of the folder's own: no link that leads elsewhere, no odd name."""
    own = path.resolve()
    return (
        own.is_file()
        and own.is_relative_to(folder.resolve())
        and all(_part(part) for part in path.relative_to(folder).parts)
    )


def _part(part: str) -> bool:
    return bool(_NAME.fullmatch(part) or _NAME.fullmatch(f"{part}.sqlite"))
