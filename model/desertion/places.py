"""Where the shipped files lie: the only module that knows, whether it runs from a checkout or from a wheel."""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def folder(name: Literal["seeds", "experiments"]) -> Path:
    """Return the shipped folder of that name: beside `model/` in a checkout, inside the package in a wheel."""
    packed = _PACKAGE / "data" / name
    return packed if packed.is_dir() else _PACKAGE.parents[1] / name


def shown(path: Path) -> str:
    """Return the path as a message should name it: short for shipped files, as given for all others.

    `seeds/policies/fast-track.toml` reads the same on every machine.
    """
    full = path.resolve()
    for name in ("seeds", "experiments"):
        home = folder(name).resolve()
        if full.is_relative_to(home):
            return f"{name}/{full.relative_to(home).as_posix()}".rstrip("/.")
    return str(path)
