"""Files that people wrote: text, TOML and CSV read as people have them, or one sentence that says what is wrong."""

import codecs
import csv
import datetime as dt
import io
import json
import re
import shlex
import stat
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from desertion.errors import InputError, input_error, shortened, unknown_name
from desertion.files import shown

DEEPEST = 32
"""Tables within tables that a document may hold: no document of ours has more than six."""

LARGEST = 2**63 - 1
"""The largest whole number of a TOML document, by its specification."""

_DELIMITERS = (",", ";", "\t", "|")

# Commas that can only be decimal ones: 0,5 and 12,25 and 1234,5 and 1.234,5; but 1,234 may be twelve hundred.
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+|\d{1,3}(\.\d{3})+,\d+)(e[+-]?\d+)?", re.I)
_NO_ZERO = re.compile(r"(?<=\d)-(\d)(?!\d)")  # 1861-11-7
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: 00:00(?::00)?)?")  # 7.11.1989, day first wherever points divide
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")  # 1.044, which may be a thousand and more
_POINTED = re.compile(r"[+-]?\d*\.\d*(e[+-]?\d+)?", re.I)

# What people write in TOML out of habit, and what it has to be.
_SLIPS = (
    (
        re.compile(r"""^\s*\[*\s*(?:[\w"-]+\.)*(?P<said>[^\s"'=\].#]*[^\x00-\x7f\s"'=\].#][^\s"'=\].#]*)\s*[=\].]"""),
        r'a name with such letters stands between quotes, "\g<said>"',
    ),
    (re.compile(r"=\s*(?P<said>([+-]?\d+),(\d+))\s*(#.*)?$"), r"numbers have a decimal point, \2.\3"),
    (re.compile(r"(?P<said>\b(\d{2})\.(\d{2})\.(\d{4})\b)"), r"dates are written year first, \4-\3-\2"),
    (re.compile(r"(?P<said>\"[^\"]*\\[^\"]*\")"), r"write / in place of \\, or put the text between single quotes"),
    (re.compile(r"=\s*(?P<said>[^\W\d][^\"'#=]*?)\s*(#.*)?$"), r"text stands between quotes"),
)


def text(path: Path) -> str:
    """The content of a text file in UTF-8, with or without a byte order mark.

    Raises:
        InputError: If there is no such file, or it cannot be read, or is no such text.
    """
    where = shown(path)
    try:
        mode = path.stat().st_mode
        content = path.read_bytes() if stat.S_ISREG(mode) else None
    except FileNotFoundError as error:
        raise InputError(f"{where}: there is no such file", where=where) from error
    except OSError as error:
        raise InputError(f"{where}: cannot be read ({error.strerror})", where=where) from error
    except ValueError as error:
        raise InputError(f"{where}: this cannot be the name of a file", where=where) from error
    if content is None:
        what = "a folder" if stat.S_ISDIR(mode) else "a device or pipe"
        raise InputError(f"{where}: this is {what}; name a file", where=where)
    return _decoded(content, where)


def _decoded(content: bytes, where: str) -> str:
    try:
        plain = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        sign = f"0x{content[error.start]:02x}"
        wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        guess = "UTF-16" if wide else "Latin-1 or Windows-1252"
        raise InputError(
            f"{where}: line {line} holds the byte {sign}, which is not a text file's in UTF-8; if the file is in {guess}, "
            'save it as UTF-8 (spreadsheets call it "CSV UTF-8")',
            where=where,
        ) from error
    if "\0" in plain:
        raise InputError(f"{where}: this is not a text file in UTF-8: it holds the sign NUL", where=where)
    return plain


def json_table(path: Path) -> dict[str, Any]:
    """The content of a JSON file that lies beside results.

    Raises:
        InputError: If it cannot be read, or is no table in JSON.
    """
    content = text(path)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise InputError(
            f"{shown(path)} is damaged ({problem}): restore a copy, or make the results again"
        ) from problem
    if not isinstance(found, dict):
        raise InputError(f"{shown(path)} is damaged (it holds no table): restore a copy, or make the results again")
    return cast("dict[str, Any]", found)


def toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        InputError: If it cannot be read or is not TOML.
    """
    return toml_text(text(path), shown(path))


def toml_text(content: str, where: str) -> dict[str, Any]:
    """The content of TOML text, which messages call `where`.

    Raises:
        InputError: If it is not TOML, or is nested or has numbers beyond what any document needs.
    """
    place = f"{where}: " if where else ""
    try:
        document = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        way_out = _slip(content, message)
        raise InputError(
            f"{place}this is not TOML: {message[:1].lower()}{message[1:]}{way_out}", where=where
        ) from error
    except RecursionError as error:
        raise InputError(f"{place}brackets are nested too deep, at most {DEEPEST}", where=where) from error
    except ValueError as error:
        # Python refuses to read whole numbers of more than 4,300 digits.
        raise InputError(f"{place}a number has too many digits", where=where) from error
    _check_limits(document, place, where)
    return document


def _slip(content: str, message: str) -> str:
    """The way out of a slip on the line that a parser's message names, behind a semicolon; empty where the line shows none."""
    number = re.search(r"at line (\d+)", message)
    line = content.splitlines()[int(number[1]) - 1] if number else ""
    found = ((slip.search(line), rule) for slip, rule in _SLIPS)
    return next((f"; {slip['said']}: {slip.expand(rule)}" for slip, rule in found if slip), "")


def _check_limits(document: dict[str, Any], place: str, where: str) -> None:
    """Refuse tables nested too deep, and whole numbers beyond TOML's own: what works with them has no room for more."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        inner = [pair for table in level for pair in (table.items() if isinstance(table, dict) else enumerate(table))]
        for key, value in inner:
            if isinstance(value, int) and not -LARGEST - 1 <= value <= LARGEST:
                way_out = "write it with a decimal point or an exponent, as in 1e30"
                raise input_error(str(key), value, "must lie within 64 bits", where=where, way_out=way_out)
        level = [value for _, value in inner if isinstance(value, dict | list)]
        if not level:
            return
    raise InputError(f"{place}tables or brackets are nested too deep, at most {DEEPEST}", where=where)


def written(number: float) -> str:
    """A number as the shortest text that is read as the same number, 10 for 10.0: for commands and addresses."""
    short = f"{number:g}"
    return short if float(short) == number else repr(float(number))


def toml_value(content: str, where: str) -> object:
    """The value that a setting's text stands for: read as TOML, and taken as plain text where it is none.

    Raises:
        InputError: If it is nested or has numbers beyond what any setting needs.
    """
    try:
        tomllib.loads(f"value = {content}")
    except tomllib.TOMLDecodeError:
        return content
    except (RecursionError, ValueError):
        pass  # said below
    document = toml_text(f"value = {content}", where)
    return document["value"] if len(document) == 1 else content


def setting_text(value: object) -> str:
    """A value as `--set` and an address take it: what `toml_value` reads as the same value."""
    if isinstance(value, str):
        return value if toml_value(value, "setting") == value else json.dumps(value)
    plain = _plain(value) if hasattr(value, "tolist") else value
    if isinstance(plain, dt.date):
        return plain.isoformat()
    return (
        repr(plain) if isinstance(plain, float) else json.dumps(plain, default=_plain)
    )  # TOML's infinity is not JSON's


def _plain(value: object) -> object:
    """NumPy's numbers as Python's; what is no data, as it prints itself."""
    return getattr(value, "tolist", lambda: str(value))()


def command_line(verb: str, words: Iterable[str], options: Iterable[tuple[str, object]]) -> str:
    """A command as it is typed.

    Args:
        verb: The command, as in "run".
        words: What stands before all options.
        options: Names and values; True for a flag, None or False for what is not given.
    """
    given = [(f"--{name}", value) for name, value in options if value is not None and value is not False]
    typed = [word for name, value in given for word in ([name] if value is True else [name, str(value)])]
    return shlex.join(["desertion", verb, *words, *typed])


@dataclass(frozen=True)
class Row:
    """One row of a CSV file: its cells by column, and how its numbers are to be read."""

    where: str
    cells: Mapping[str, str]
    has_decimal_comma: bool
    has_decimal_point: bool = True

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
    return tuple(Row(f"{where}:{number}", cells, comma, point) for number, cells in rows)


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
