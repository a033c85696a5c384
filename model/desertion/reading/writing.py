"""Numbers, values and commands as text that is read as the same again."""

import datetime as dt
import json
import shlex
from collections.abc import Iterable

from desertion.reading.documents import toml_value


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
