"""A user's CSV table: comment lines skipped, columns by name, numbers and dates read with a sentence where they are wrong."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from desertion.errors import InputError, input_error, unknown_name
from desertion.files import shown
from desertion.study.places.links import Array, Indices


@dataclass(frozen=True)
class Table:
    """Rows of a CSV file.

    Attributes:
        where: the file, for sentences.
        columns: names of its columns.
        rows: cells as text by column, one mapping a row.
        lines: line of the file in which each row stands.
    """

    where: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> list[str]:
        """Cells of a column, stripped.

        Raises:
            InputError: there is no such column.
        """
        if name not in self.columns:
            raise unknown_name("column", name, self.columns, where=self.where)
        return [row[name].strip() for row in self.rows]

    def only(self, conditions: Sequence[str]) -> Table:
        """The rows in which each `COLUMN=VALUE` holds.

        Raises:
            InputError: a condition has no equals sign, its column is unknown, or no row is left.
        """
        kept = list(range(len(self.rows)))
        for condition in conditions:
            column, sign, value = condition.partition("=")
            if not sign:
                raise input_error("--only", condition, "must be COLUMN=VALUE", where=self.where)
            cells = self.column(column)
            kept = [place for place in kept if cells[place] == value]
            if not kept:
                raise input_error("--only", condition, "leaves no row", where=self.where)
        return Table(self.where, self.columns, tuple(self.rows[i] for i in kept), tuple(self.lines[i] for i in kept))

    def dates(self, name: str) -> list[date | None]:
        """Dates of a column; None where a cell is empty.

        Raises:
            InputError: a cell holds something else.
        """
        return [
            None if not text else _date(text, name, f"{self.where}, line {line}")
            for text, line in zip(self.column(name), self.lines, strict=True)
        ]

    def numbers(self, name: str, *, positive: bool = False) -> Array:
        """Numbers of a column, shape (row,); NaN where a cell is empty.

        Args:
            name: the column.
            positive: refuse numbers of 0 and below.

        Raises:
            InputError: a cell holds something else.
        """
        values = np.full(len(self.rows), np.nan)
        for place, (text, line) in enumerate(zip(self.column(name), self.lines, strict=True)):
            if text:
                values[place] = _number(text, name, f"{self.where}, line {line}", positive=positive)
        return values


def read_table(path: Path) -> Table:
    """The table in a CSV file with a heading; commas, semicolons or tabs; lines that begin with # are comments.

    Raises:
        InputError: the file is missing, no text, has no row, columns of one name, or a row of another length.
    """
    where = shown(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{where}: cannot be read ({error.strerror}); name a CSV file of events") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: is not UTF-8 text; save it as CSV in UTF-8") from error
    numbered = [
        (number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")
    ]
    if not numbered:
        raise InputError(f"{where}: is empty; give a heading and a row an event")
    heading = numbered[0][1]
    delimiter = max(",;\t", key=heading.count)
    try:
        cells = list(csv.reader([line for _, line in numbered], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(f"{where}: is no CSV table ({error}); check its quotation marks") from error
    columns = tuple(cell.strip() for cell in cells[0])
    if len(set(columns)) < len(columns):
        raise InputError(f"{where}: two columns have one name; rename one of {', '.join(columns)}")
    if len(cells) != len(numbered):
        raise InputError(f"{where}: a quoted cell runs over several lines; keep each row on one line")
    for row, (number, _) in zip(cells, numbered, strict=True):
        if len(row) != len(columns):
            raise InputError(
                f"{where}, line {number}: has {len(row)} cells where the heading has {len(columns)}; quote cells that hold a {delimiter!r}"
            )
    if len(cells) == 1:
        raise InputError(f"{where}: has a heading and no row; give a row an event")
    rows = tuple(dict(zip(columns, row, strict=True)) for row in cells[1:])
    return Table(where, columns, rows, tuple(number for number, _ in numbered[1:]))


def numbered(cells: Sequence[str]) -> tuple[Indices, tuple[str, ...]]:
    """The number of each cell's text, shape (row,), and the texts, in alphabetical order."""
    names = tuple(sorted(set(cells)))
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[cell] for cell in cells], np.intp), names


def _date(text: str, key: str, where: str) -> date:
    try:
        year, month, day = (int(part) for part in text.split("-"))  # 1861-11-7 is clear enough
        return date(year, month, day)
    except ValueError:
        raise input_error(key, text, "must be a date as in 1989-11-09", where=where) from None


def _number(text: str, key: str, where: str, *, positive: bool) -> float:
    try:
        number = float(text)
    except ValueError:
        raise input_error(key, text, "must be a number", where=where) from None
    if not np.isfinite(number) or (positive and number <= 0.0):
        raise input_error(key, text, "must be a finite number" + (" above 0" if positive else ""), where=where)
    return number
