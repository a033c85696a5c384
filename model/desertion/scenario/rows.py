"""Rows of a CSV file as spreadsheets save it."""

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desertion.errors import InputError, input_error, shortened, unknown_name
from desertion.files import shown
from desertion.reading import text

_DELIMITERS = (",", ";", "\t", "|")

# Commas that can only be decimal ones: 0,5 and 12,25 and 1234,5 and 1.234,5; but 1,234 may be twelve hundred.
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+|\d{1,3}(\.\d{3})+,\d+)(e[+-]?\d+)?", re.I)
_NO_ZERO = re.compile(r"(?<=\d)-(\d)(?!\d)")  # 1861-11-7
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: 00:00(?::00)?)?")  # 7.11.1989, day first wherever points divide
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")  # 1.044, which may be a thousand and more
_POINTED = re.compile(r"[+-]?\d*\.\d*(e[+-]?\d+)?", re.I)


@dataclass(frozen=True)
class Row:
    """One row of a CSV file: its cells by column, how its numbers are to be read, and the columns as they are written."""

    where: str
    cells: Mapping[str, str]
    has_decimal_comma: bool
    has_decimal_point: bool = True
    heading: tuple[str, ...] = ()

    def text(self, column: str) -> str:
        """What stands in the column, without blanks around it; empty if there is no such column."""
        return self.cells.get(column, "")

    def day(self, column: str) -> dt.date:
        """The date in the column, year first, or day first between points; leading zeros may be missing, midnight may stand behind it.

        Raises:
            InputError: If it is no date.
        """
        cell = self.text(column)
        german = _GERMAN.fullmatch(cell)
        plain = f"{german[3]}-{german[2]:0>2}-{german[1]:0>2}" if german else _NO_ZERO.sub(r"-0\1", cell)
        try:
            moment = dt.datetime.fromisoformat(plain)
        except ValueError:
            moment = None
        if moment is None or moment.time() != dt.time() or moment.tzinfo is not None:
            raise input_error(column, cell, "must be a date as in 1989-11-09", where=self.where)
        return moment.date()

    def number(self, column: str) -> float:
        """The number in the column, which may be infinite.

        Raises:
            InputError: If it is no number, or a comma in it could mean two things.
        """
        cell = self.text(column)
        plain = cell
        if self.has_decimal_comma and _THOUSANDS.fullmatch(cell.partition(",")[0]):
            plain = cell.replace(".", "").replace(",", ".")
        elif self.has_decimal_comma and "," in cell:
            plain = cell.replace(",", ".")
        elif self.has_decimal_comma and "." in cell:
            raise input_error(column, cell, "has a point where other rows have a comma", where=self.where)
        elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", cell):
            rule = "may be meant as a decimal comma or as thousands; write a decimal point and no thousands"
            raise input_error(column, cell, rule, where=self.where)
        elif not self.has_decimal_point and _THOUSANDS.fullmatch(cell):
            rule = "may be meant as thousands or as a decimal point; write no thousands, or decimals with a comma"
            raise input_error(column, cell, rule, where=self.where)
        try:
            number = float(plain) if "_" not in plain else None
        except ValueError:
            number = None
        if number is None or number != number:
            raise input_error(column, cell, "must be a number", where=self.where)
        return number


def is_csv(name: object) -> bool:
    """Whether a name is that of a CSV file: such a series is the user's own, all others are shipped."""
    return str(name).lower().endswith(".csv")


def csv_rows(
    path: Path,
    *,
    wanted: Sequence[str],
    numbers: Sequence[str] | None,
    optional: Sequence[str] | None = None,
    comment: str = "",
    called: str = "",
) -> tuple[Row, ...]:
    """The rows of a CSV file under their headings.

    Columns may be divided by commas, semicolons, tabs or bars, headings may be in any case and order, and numbers may
    have a decimal comma where it cannot be anything else. Where columns are not divided by commas, as in countries with a
    decimal comma, a point before three digits is read as a decimal one only if another number shows that points are.

    Args:
        path: The file.
        wanted: Columns that must be there, in small letters.
        numbers: Columns that hold numbers; if None, any column may.
        optional: Columns that may be there; if None, any other column may.
        comment: What a line begins with that is none of the table; empty if there are no such lines.
        called: The wanted columns in words for a message, where it is not enough to list them.

    Raises:
        InputError: If the file cannot be read, a column is missing or unknown, a row is too short or too long, or there
            is no row.
    """
    where = shown(path)
    content = text(path)
    skipped = 1 if re.match(r"sep=.\r?\n", content) else 0  # what spreadsheets write to name the delimiter
    lines = content.splitlines(keepends=True)[skipped:]
    if comment:
        lines = ["\n" if line.startswith(comment) else line for line in lines]  # so that lines keep their numbers
    delimiter = _delimiter(lines, wanted)
    table = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        found.extend((table.line_num + skipped, cells) for cells in table if any(cell.strip() for cell in cells))
    except csv.Error as error:
        line = table.line_num + skipped
        raise InputError(f"{where}: line {line}: this is not CSV ({error})", where=where) from error
    columns = _columns(found[0][1] if found else [], wanted, optional, where, called or ", ".join(wanted))
    if len(found) < 2:
        raise InputError(f"{where}: there is no row under the headings; at least one is needed", where=where)
    rows = [(number, _cells(columns, cells, f"{where}:{number}")) for number, cells in found[1:]]
    given = [cells.get(name, "") for _, cells in rows for name in (columns if numbers is None else numbers)]
    comma = any(_DECIMAL_COMMA.fullmatch(cell) for cell in given)
    point = delimiter == "," or any(_POINTED.fullmatch(cell) and not _THOUSANDS.fullmatch(cell) for cell in given)
    heading = tuple(cell.strip() for cell in found[0][1] if cell.strip())
    return tuple(Row(f"{where}:{number}", cells, comma, point, heading) for number, cells in rows)


def _delimiter(lines: Sequence[str], wanted: Sequence[str]) -> str:
    heading = next((line for line in lines if line.strip()), "")
    names = {sign: {_folded(cell) for cell in heading.split(sign)} for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: (len(names[sign] & set(wanted)), len(names[sign])))


def _folded(heading: str) -> str:
    return heading.strip().strip("\"'").strip().lower()


def _columns(
    heading: list[str], wanted: Sequence[str], optional: Sequence[str] | None, where: str, called: str
) -> list[str]:
    columns = [_folded(cell) for cell in heading]
    while columns and not columns[-1]:
        columns.pop()
    for name in wanted:
        if name not in columns:
            listed = shortened(", ".join(columns) or "none", plain=True)
            raise InputError(
                f"{where}: the first line must name the columns {called}; it names {listed}",
                where=where,
                key=name,
            )
    for name in columns:
        if columns.count(name) > 1 and name:
            raise input_error("column", name, "is there twice", where=where)
        if optional is not None and name not in (*wanted, *optional):
            raise unknown_name("column", name, (*wanted, *optional), where=where)
    return columns


def _cells(columns: Sequence[str], cells: list[str], where: str) -> dict[str, str]:
    filled = len(cells)
    while filled > len(columns) and not cells[filled - 1].strip():
        filled -= 1
    if filled != len(columns):
        raise InputError(f"{where}: the row has {filled} cells, the heading {len(columns)}", where=where)
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}
