"""A user's CSV table by columns, without lines that are comments; columns are called by their names, in any case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from desertion.errors import InputError, input_error, unknown_name
from desertion.files import shown
from desertion.scenario.rows import Row, csv_rows
from desertion.study.arrays import Array, Indices


@dataclass(frozen=True)
class Table:
    """Rows of a CSV file.

    Attributes:
        where: the file, for sentences.
        rows: its rows, at least one.
    """

    where: str
    rows: tuple[Row, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in small letters."""
        return tuple(self.rows[0].cells)

    def column(self, name: str, option: str = "") -> list[str]:
        """Cells of a column.

        Args:
            name: the column.
            option: what names another one, if anything does.

        Raises:
            InputError: there is no such column.
        """
        if name.lower() not in self.columns:
            problem = unknown_name("column", name, self.rows[0].heading or self.columns, where=self.where)
            if not option:
                raise problem
            way_out = f"name the one that is meant with {option}"
            raise InputError(
                f"{problem.message}; {way_out}", where=self.where, key="column", value=name, way_out=way_out
            )
        return [row.text(name.lower()) for row in self.rows]

    def only(self, conditions: Sequence[str]) -> Table:
        """The rows in which each `COLUMN=VALUE` holds.

        Raises:
            InputError: a condition has no equals sign, its column is unknown, or no row is left.
        """
        left = self
        for condition in conditions:
            column, sign, value = condition.partition("=")
            if not sign:
                raise input_error("--only", condition, "must be COLUMN=VALUE", where=self.where)
            rows = zip(left.rows, left.column(column), strict=True)
            kept = tuple(row for row, cell in rows if cell == value)
            if not kept:
                raise input_error("--only", condition, "leaves no row", where=self.where)
            left = Table(self.where, kept)
        return left

    def dates(self, name: str, option: str = "") -> list[date | None]:
        """Dates of a column, see `column`; None where a cell is empty.

        Raises:
            InputError: a cell holds something else.
        """
        cells = zip(self.rows, self.column(name, option), strict=True)
        return [row.day(name.lower()) if cell else None for row, cell in cells]

    def numbers(self, name: str, *, positive: bool = False) -> Array:
        """Numbers of a column, shape (row,); NaN where a cell is empty.

        Args:
            name: the column.
            positive: refuse numbers of 0 and below.

        Raises:
            InputError: a cell holds something else, or infinity.
        """
        cells = self.column(name)
        values = np.array(
            [row.number(name.lower()) if cell else np.nan for row, cell in zip(self.rows, cells, strict=True)]
        )
        for row, cell, value in zip(self.rows, cells, values, strict=True):
            if np.isinf(value) or (positive and value <= 0.0):
                rule = "must be a finite number" + (" above 0" if positive else "")
                raise input_error(name, cell, rule, where=row.where)
        return values


def read_table(path: Path, numbers: Sequence[str] = ()) -> Table:
    """The table in a CSV file with a heading; lines that begin with # are comments.

    Args:
        path: the file.
        numbers: columns of numbers, in which a decimal comma is looked for.

    Raises:
        InputError: it cannot be read as a table.
    """
    rows = csv_rows(path, wanted=(), numbers=[name.lower() for name in numbers], comment="#")
    return Table(shown(path), rows)


def numbered(cells: Sequence[str]) -> tuple[Indices, tuple[str, ...]]:
    """The number of each cell's text, shape (row,), and the texts, in alphabetical order."""
    names = tuple(sorted(set(cells)))
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[cell] for cell in cells], np.intp), names
