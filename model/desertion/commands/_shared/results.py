"""What commands write and print: tables, plain data, paragraphs, and where results came from."""

from __future__ import annotations

import datetime as dt
import json
import math
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from shutil import get_terminal_size
from textwrap import fill
from typing import TYPE_CHECKING, Any

from desertion.commands._shared.options import typed
from desertion.errors import InputError
from desertion.files import ELSEWHERE, folder, refuse_strange, write_text
from desertion.reading import json_table, written

if TYPE_CHECKING:
    import pandas as pd

    from desertion.scenario import Scenario

JSON_VERSION = 2
"""Version of the form of what --json prints; 2 has counts at real size."""


def provenance(kind: str, scenario: Scenario, seed: int, **more: object) -> dict[str, Any]:
    """Where results came from: their kind (the command's name), the command, scenario and its hash, seed, versions, platform, time."""
    from desertion.study.run.origin import commit, versions
    from desertion.study.run.sources import model_code

    return {
        "kind": kind,
        "command": typed(),
        "scenario": scenario.name,
        "scenario_sha256": scenario.hash,
        "policies": list(scenario.policies),
        "scale": scenario.scale,
        "days": scenario.days,
        "seed": seed,
        **more,
        "versions": versions(),
        "commit": commit(),
        "code": model_code(),
        "platform": platform.platform(),
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }


def own_folder(out: Path, names: Iterable[str], kind: str, told: Mapping[str, object]) -> Path:
    """The folder for results of a command, made if it is missing.

    Args:
        out: The folder.
        names: Files that the command writes into it.
        kind: The command's name.
        told: What its provenance will say of what was run; results of which anything else is said are others.

    Raises:
        InputError: If results of another command or run stand there, or files that no command wrote: they would be lost, or vouched for as what they are not.
    """
    place, names = folder(out, names), tuple(names)
    if (known := place / "provenance.json").is_file():
        before = json_table(known)
        command = str(before.get("command", ""))
        is_other = before.get("kind", " ".join(command.split()[1:2])) != kind
        if is_other or any(before.get(key) != value for key, value in told.items()):
            raise InputError(f"{place} holds what `{command}` gave: {ELSEWHERE}")
    else:
        refuse_strange(place, names, kind)
    return place


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write plain data as JSON, whole or not at all."""
    return write_text(path, json.dumps(dict(content), indent=2, ensure_ascii=False) + "\n")


def say(text: str, *, hyphens: bool = True) -> None:
    """Print a paragraph as wide as the window: a word that is longer stays whole, and lines may end at hyphens or not."""
    print(fill(text, get_terminal_size().columns, break_long_words=False, break_on_hyphens=hyphens))


def print_json(content: Mapping[str, Any]) -> None:
    """Print plain data as one JSON object with the version of its form; numbers that are none are null."""
    import pandas as pd

    def plain(value: Any) -> Any:
        if isinstance(value, pd.DataFrame):
            return plain(value.astype(object).where(value.notna(), None).to_dict("records"))
        if isinstance(value, Mapping):
            return {str(key): plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        value = value.item() if hasattr(value, "item") else value
        return None if isinstance(value, float) and not math.isfinite(value) else value

    print(json.dumps({"version": JSON_VERSION, **plain(content)}, ensure_ascii=False, allow_nan=False))


def write_csv(path: Path, table: pd.DataFrame, numbers: str | None = None) -> Path:
    """Write a table as CSV, with full precision unless a format of numbers is given, whole or not at all."""
    return write_text(path, table.to_csv(index=False, float_format=numbers, lineterminator="\n"))


def write_answer(path: Path, table: pd.DataFrame, given: Iterable[object] = ()) -> Path:
    """Write a table of what was worked out from runs as CSV, whole or not at all.

    Args:
        path: The file.
        table: Its rows; numbers are written to six digits.
        given: Columns of inputs, which are written in full: a third cut off at 0.333333 would be another world when its row is run again.
    """
    whole = {
        name: [written(value) if value == value else "" for value in table[name]]
        for name in map(str, given)
        if name in table and table[name].dtype.kind == "f"
    }
    return write_csv(path, table.assign(**whole), "%.6g")
