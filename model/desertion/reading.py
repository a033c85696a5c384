"""Documents that people wrote, text, TOML and JSON: read as they have them, or one sentence that says what is wrong; and values written so that they are read as the same."""

import codecs
import datetime as dt
import json
import re
import shlex
import stat
import tomllib
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from desertion.errors import InputError, input_error
from desertion.files import shown

DEEPEST = 32
"""Tables within tables that a document may hold: no document of ours has more than six."""

LARGEST = 2**63 - 1
"""The largest whole number of a TOML document, by its specification."""

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
        document = deepcopy(_parsed(content))
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


@lru_cache(maxsize=256)  # a study reads its documents again and again, to see whether they still say the same
def _parsed(content: str) -> dict[str, Any]:
    return tomllib.loads(content)


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


def flattened(table: Mapping[str, Any], marks: Collection[str] = ()) -> dict[str, Any]:
    """The values of a table by dotted path, whichever of its dots TOML took for tables.

    Args:
        table: The table.
        marks: Keys by one of which a table is known that is a value itself.

    Raises:
        InputError: If a path has two values.
    """
    flat: dict[str, Any] = {}
    for key, value in table.items():
        is_value = not isinstance(value, Mapping) or any(str(mark) in marks for mark in value)
        inside = None if is_value else flattened(value, marks)
        paths = {str(key): value} if inside is None else {f"{key}.{inner}": each for inner, each in inside.items()}
        for path, each in paths.items():
            if path in flat:
                raise InputError(f'"{path}" has two values; keep one', key=path, value=each)
            flat[path] = each
    return flat


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The base with a document's own values laid over it, table by table."""
    both = dict(base)
    for key, value in own.items():
        under = both.get(key)
        both[key] = merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return both


def written(number: float) -> str:
    """A number as the shortest text that is read as the same number, 10 for 10.0: for commands and addresses."""
    short = f"{number:g}"
    return short if float(short) == number else repr(float(number))


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
