"""The one folder whose study files the app may open, by name only."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from desertion.app.request.limits import limits
from desertion.errors import InputError, refuse_unknown
from desertion.figures.labels import many

_LONGEST_CLAIMS = 1_000_000


def files() -> dict[str, Path]:
    """The files that can be opened by name, in alphabetical order: those of the folder and of folders right in it."""
    return {name: path for name, path in _found().items() if name.isprintable()}


def names() -> list[str]:
    """Names of the files that can be opened, in alphabetical order."""
    return list(files())


def left_out() -> str:
    """That some files of the folder are not shown, and why, in a sentence; empty where all are."""
    count = len(_found()) - len(files())
    whose = "its name holds" if count == 1 else "their names hold"
    told = f"{many(count, 'file')} of the study folder {'is' if count == 1 else 'are'} not shown: {whose} signs that cannot be written."
    return told if count else ""


def _found() -> dict[str, Path]:
    folder = limits().studies
    if folder is None or not folder.is_dir():
        return {}
    candidates = [*folder.glob("*.sqlite"), *folder.glob("*/*.sqlite")]
    known = [path.relative_to(folder) for path in candidates if _inside(path, folder) is not None]
    seen = (path for path in known if not any(part.startswith(".") for part in path.parts))
    return {path.as_posix(): folder / path for path in sorted(seen, key=Path.as_posix)}


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
    known = files()
    # Looked up, never joined: nothing that a browser sends becomes part of a path.
    refuse_unknown("study file", name, known)
    path = known[name]
    size = path.stat().st_size
    if size > limits().file_bytes:
        raise InputError(
            f"{name} holds {size / 1e6:,.0f} MB, and this server opens files of {limits().file_bytes / 1e6:,.0f} MB at most"
        )
    return path


def claims_file(digest: str) -> Path | None:
    """The claims file of the study folder whose content has a certain SHA-256, in hex; None if there is none.

    A file of runs also names the path of its claims file. That path is never followed: what is opened lies in the folder
    and has been found by its content.
    """
    folder = limits().studies
    if folder is None:
        return None
    for path in sorted([*folder.glob("*.toml"), *folder.glob("*/*.toml")]):
        own = _inside(path, folder)
        # One that may not be read, or is gone by now, is not the one that is looked for.
        with contextlib.suppress(OSError):
            if own is not None and own.stat().st_size <= _LONGEST_CLAIMS and _hash(own) == digest:
                return own
    return None


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _inside(path: Path, folder: Path) -> Path | None:
    """Where a file of the folder lies; None for a link that leads elsewhere or nowhere, and for what is no file or cannot be looked at."""
    # Python 3.12 tells of a link that leads to itself by a RuntimeError.
    with contextlib.suppress(OSError, RuntimeError):
        own = path.resolve()
        if own.is_relative_to(folder.resolve()) and own.is_file():
            return own
    return None
