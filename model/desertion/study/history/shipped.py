"""The shipped historical series by name: `seeds/history/`, with the caveats of `series.toml`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from desertion.errors import refuse_unknown
from desertion.figures.labels import capital
from desertion.files import shipped_folder
from desertion.reading import toml
from desertion.scenario.rows import is_csv
from desertion.study.history.series import Kind, Series
from desertion.study.history.series_file import read

KINDS: tuple[str, ...] = get_args(Kind)


def names() -> list[str]:
    """Names of the shipped series, in alphabetical order."""
    return sorted(_index())


def load(name: str, kind: str = "flow", for_all: Mapping[str, str] | None = None) -> Series:
    """A shipped series by name, or the series in a CSV file given by its path.

    A file of the user's own is taken for a series that may be fitted; days that are in none of its rows are remarked upon.

    Args:
        name: a name, or a path that ends in .csv.
        kind: flow, cumulative or level, for a file of the user's own.
        for_all: what `unit`, `counts`, `source` and `grade` are in all rows of such a file, where it has no such column;
            otherwise it is as in `OWN`.

    Raises:
        InputError: there is no such series, or a row breaks a rule of the format.
    """
    if is_csv(name):
        refuse_unknown("kind of series", kind, KINDS)
        return read(Path(name), {"title": Path(name).stem, "kind": kind, "use": "fit"}, for_all or {})
    index = _index()
    refuse_unknown("series", name, index)
    return read(shipped_folder("seeds") / "history" / f"{name}.csv", index[name])


def called(name: str) -> str:
    """What keys and rows of figures call a series: a shipped one's short name or title, the words of another's file name."""
    about = _index().get(name, {})
    words = name.replace("-", " ").replace("_", " ")
    return str(about.get("short") or about.get("title") or capital(words))


def _index() -> dict[str, dict[str, Any]]:
    return toml(shipped_folder("seeds") / "history" / "series.toml")
