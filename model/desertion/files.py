"""Files: where shipped ones lie, whether from a checkout or a wheel, and writing them whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from desertion.errors import InputError, shortened

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder(name: Literal["seeds", "experiments"]) -> Path:
    """Return the shipped folder of that name: beside `model/` in a checkout, inside the package in a wheel."""
    packed = _PACKAGE / "data" / name
    return packed if packed.is_dir() else _PACKAGE.parents[1] / name


def shown(path: Path) -> str:
    """Return the path as a message should name it: short for shipped files, as given for all others.

    `seeds/policies/fast-track.toml` reads the same on every machine.
    """
    try:
        full = path.resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name that no system takes
        return shortened(str(path), plain=True).replace("\0", "\\0")
    for name in ("seeds", "experiments"):
        home = shipped_folder(name).resolve()
        if full.is_relative_to(home):
            return f"{name}/{full.relative_to(home).as_posix()}".rstrip("/.")
    return str(path)


def is_file(path: Path) -> bool:
    """Whether a file is there; a name that no system takes is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Yield a temporary path beside `path`; on success it takes that name, on an error nothing is left.

    Raises:
        InputError: If the folder cannot be written to.
    """
    folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp lets only the owner read; results are for everyone the folder is for.
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write the text as UTF-8, whole or not at all, and return the path."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def folder(path: Path) -> Path:
    """Make the folder if it is missing and return it.

    Raises:
        InputError: If something else has that name, or it cannot be made or written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "cannot be made"
        raise InputError(f"{path}: this folder cannot be used ({reason}); name another with --out") from error
    if not os.access(path, os.W_OK):
        raise InputError(f"{path}: this folder cannot be written to; name another with --out")
    return path


@contextmanager
def replacing_folder(path: Path) -> Generator[Path]:
    """Yield a temporary folder; on success its files move into `path`, on an error nothing appears there.

    Files of other names that `path` already holds stay.

    Raises:
        InputError: If the folder cannot be written to.
    """
    folder(path)
    temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=path))
    try:
        yield temporary
        for made in sorted(each for each in temporary.rglob("*") if each.is_file()):
            target = path / made.relative_to(temporary)
            target.parent.mkdir(parents=True, exist_ok=True)
            made.replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
