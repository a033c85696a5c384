"""The shipped historical series by name: `seeds/history/`, with the caveats of `series.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from desertion.errors import unknown_name
from desertion.files import shipped_folder
from desertion.study.history.series import Series
from desertion.study.history.series_file import read


def names() -> list[str]:
    """Names of the shipped series, in alphabetical order."""
    return sorted(_index())


def load(name: str) -> Series:
    """Return a shipped series by name, or the series in a CSV file given by its path.

    A file of the user's own is taken for a flow without gaps that may be fitted.

    Raises:
        InputError: there is no such series, or a row breaks a rule of the format.
    """
    if name.endswith(".csv"):
        return read(Path(name), {"title": Path(name).stem, "kind": "flow", "use": "fit"})
    index = _index()
    if name not in index:
        raise unknown_name("series", name, index)
    return read(shipped_folder("seeds") / "history" / f"{name}.csv", index[name])


def _index() -> dict[str, dict[str, Any]]:
    path = shipped_folder("seeds") / "history" / "series.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
