"""What the user is told when an input is wrong: one sentence that says what, where, the rule and the way out."""

import re
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from datetime import date, time
from difflib import get_close_matches

_MOST_NAMES = 12
_LONGEST = 60  # signs of a value that a sentence repeats
_LONGEST_WORD = 255  # no name of a file or number that somebody means is longer


def shortened(value: object, *, plain: bool = False) -> str:
    """A value as a sentence repeats it: cut at a length that can be read.

    Args:
        value: The value.
        plain: Whether it is text that stands without quotation marks.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 200:
        return f"a whole number of about {value.bit_length() * 3 // 10 + 1} digits"
    if isinstance(value, date | time):
        return value.isoformat()
    # A list of a million entries is not written out in order to be cut.
    text = str(value) if plain else repr(value[: 2 * _LONGEST] if isinstance(value, str | list | tuple) else value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _readable(message: str) -> str:
    """The message as one line, with endless words cut."""
    line = " ".join(message.splitlines()) if "\n" in message or "\r" in message else message
    if len(line) <= _LONGEST_WORD:
        return line
    return re.sub(rf"([^\s/\\]{{{_LONGEST - 3}}})[^\s/\\]{{{_LONGEST_WORD - _LONGEST + 4},}}", r"\1...", line)


class InputError(ValueError):
    """The user's input is wrong; the text is one clear sentence for that user.

    The command line prints the sentence and exits with 2. The fields repeat its parts for programs (the browser
    app marks the field named by `key`); all but `message` may be empty.
    """

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        key: str = "",
        value: object = None,
        rule: str = "",
        way_out: str = "",
    ) -> None:
        message = _readable(message)
        super().__init__(message)
        self.message = message
        self.where = where
        self.key = key
        self.value = value
        self.rule = rule
        self.way_out = way_out

    def __reduce__(self) -> tuple[type["InputError"], tuple[str], dict[str, object]]:
        """Travel between processes with all fields."""
        return type(self), (self.message,), dict(self.__dict__)


def input_error(key: str, value: object, rule: str, *, where: str = "", way_out: str = "") -> InputError:
    """The error whose sentence reads `where: key = value rule; way_out`.

    Args:
        key: What is wrong, as the user wrote it: a dotted key, an option, an argument.
        value: What was given.
        rule: What it breaks, as the end of a sentence: "must be a whole number of days >= 0".
        where: The file or command it stands in, if any.
        way_out: What to do instead, if the rule does not say so already.
    """
    place = f"{where}: " if where else ""
    advice = f"; {way_out}" if way_out else ""
    return InputError(
        f"{place}{key} = {shortened(value)} {rule}{advice}",
        where=where,
        key=key,
        value=value,
        rule=rule,
        way_out=way_out,
    )


def unknown_name(kind: str, name: object, known: Iterable[str], *, where: str = "") -> InputError:
    """The error for a name that is none of the known ones, with the nearest of them.

    Args:
        kind: What was asked for: "policy", "scenario", "key".
        name: The name as given; what is no text is the name of nothing.
        known: All names that would have been right.
        where: The file or command it stands in, if any.
    """
    names = sorted(set(known))
    near = get_close_matches(name[:_LONGEST], names, n=1) if isinstance(name, str) else []
    if near:
        way_out = f"did you mean {near[0]!r}?"
    elif names:
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        way_out = f"known are: {', '.join(names[:_MOST_NAMES])}{more}"
    else:
        way_out = "none is known here"
    place = f"{where}: " if where else ""
    return InputError(
        f"{place}there is no {kind} {shortened(name)}; {way_out}",
        where=where,
        key=kind,
        value=name,
        rule=f"must be a known {kind}",
        way_out=way_out,
    )


def refuse_unknown(kind: str, name: object, known: Collection[str], *, where: str = "") -> None:
    """Nothing for a name among the known ones; arguments as for `unknown_name`.

    Raises:
        InputError: If it is none of them.
    """
    if not isinstance(name, str) or name not in known:
        raise unknown_name(kind, name, known, where=where)


@contextmanager
def extra(name: str, what: str, otherwise: str = "") -> Generator[None]:
    """Turn the import of a library that is not installed into the sentence that says how to install it.

    Args:
        name: The extra of this package that holds it: `discovery`, `inference`, `export`, `cluster`.
        what: What needs which library, as "a search needs Optuna".
        otherwise: Another way out, as the end of the sentence.
    """
    try:
        yield
    except ImportError as problem:
        raise InputError(f"{what}: install it with pip install 'desertion[{name}]'{otherwise}") from problem
