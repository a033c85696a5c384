"""Rows: design points of the caller's own, from a data frame, a CSV file or a list of tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from desertion.errors import InputError, input_error, shortened
from desertion.scenario.documents import JOIN, beside, parted, setting_beside
from desertion.scenario.rows import Row, csv_rows
from desertion.study.design.factors import Point, Value, flat_values, repeated

if TYPE_CHECKING:
    import pandas as pd

type Points = pd.DataFrame | str | Path | Sequence[Mapping[str, Any]]
"""A data frame, the path of a CSV file, or a list of tables: one row a design point, columns are dotted keys."""

POLICIES, LABEL = "policies", "label"
_NUMBER = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)(e[+-]?\d+)?", re.I)
_WHOLE = re.compile(r"[+-]?\d+")


def rows_of(points: Points) -> tuple[Point, ...]:
    """Design points as plain data, in order; an empty cell leaves its input as it is.

    Args:
        points: A data frame, the path of a CSV file, or a list of tables. Columns are inputs by dotted key;
            `policies` may name a mix, joined by "+", and `label` what a comparison calls the row. A level of a data
            frame's index that has a name is a column too.

    Raises:
        InputError: If there is no row, a column stands twice, or a value is neither a number nor a truth value nor a word.
    """
    if isinstance(points, str | Path):
        file = Path(points)
        read = csv_rows(file, wanted=(), numbers=None)
        found = [
            {name: _placed(file.parent, name, _value(row, name, cell)) for name, cell in row.cells.items() if cell}
            for row in read
        ]
    elif hasattr(points, "to_dict") and hasattr(points, "columns"):
        table = cast("pd.DataFrame", points)
        # Inputs that `set_index` or `groupby` has taken out of the columns.
        levels = [name for name in table.index.names if name is not None]
        if (twice := repeated([str(name) for name in (*levels, *table.columns)])) is not None:
            raise InputError(f"points: column {twice!r} stands twice: leave one of them out")
        table = table.reset_index(level=levels) if levels else table
        found = [_plain(row) for row in table.astype(object).where(table.notna(), None).to_dict("records")]
    elif isinstance(points, Mapping) or hasattr(points, "to_dict") or not hasattr(points, "__iter__"):
        raise input_error("points", points, "must be a data frame, the path of a CSV file, or a list of tables")
    else:
        found = [_plain(row) for row in cast(Iterable[Any], points)]
    if not found:
        raise InputError("points hold no row: give at least one design point")
    for number, row in enumerate(found):
        if not row:
            raise InputError(f"points[{number}] is empty: give it at least one input")
    return tuple(found)


def mixes_of(rows: Iterable[Point]) -> dict[str, tuple[str, ...]]:
    """The policy mixes that rows name, by label: `fast-track+exit-ban` is both laid over the scenario, `none` neither."""
    labels = dict.fromkeys(str(row[POLICIES]) for row in rows if POLICIES in row)
    return {label: parted(label) for label in labels}


def _placed(folder: Path, name: str, value: Value) -> Value:
    """A cell of a file in that folder; policies and ties that lie beside it are taken from there."""
    if name != POLICIES:
        return setting_beside(folder, name, value)
    return JOIN.join(beside(folder, part) for part in str(value).split(JOIN))


def _plain(row: Any) -> Point:
    if not isinstance(row, Mapping):
        raise InputError(f"points hold {shortened(row)}: each row must be a table of inputs by dotted key")
    table = cast(Mapping[Any, Any], row)
    return flat_values({str(key): value for key, value in table.items() if value is not None})


def _value(row: Row, name: str, cell: str) -> Value:
    if cell.lower() in ("true", "false"):
        return cell.lower() == "true"
    if _WHOLE.fullmatch(cell):
        return int(cell)
    return row.number(name) if _NUMBER.fullmatch(cell) or cell.lower() in ("inf", "-inf") else cell
