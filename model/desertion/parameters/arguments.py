"""Arguments that public functions are given, each with one rule, checked before anything is done."""

import inspect
import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import wraps
from numbers import Integral, Real
from os import PathLike
from typing import Any, NamedTuple, Protocol, cast

from desertion.errors import input_error
from desertion.parameters.field import COUNTABLE, HORIZON, is_truth


class Rule(Protocol):
    """What an argument must be."""

    def checked(self, name: str, value: object) -> Any:
        """The argument, or an error that names it.

        Args:
            name: What the user calls it.
            value: What was given.

        Raises:
            InputError: If it breaks the rule.
        """
        ...


class Whole(NamedTuple):
    """A whole number of a closed range.

    Attributes:
        low: Least number.
        high: Largest number.
        range: The range as a sentence shows it.
        unit: What is counted, in words; empty for what has no name.
    """

    low: int
    high: int
    range: str
    unit: str = ""

    def checked(self, name: str, value: object) -> int:
        """See `Rule`; NumPy's whole numbers are taken for Python's."""
        if isinstance(value, bool) or not isinstance(value, Integral) or not self.low <= int(value) <= self.high:
            of = f" of {self.unit}" if self.unit else ""
            raise input_error(name, value, f"must be a whole number{of} in {self.range}")
        return int(value)


def _is_real(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real)


class Number(NamedTuple):
    """A number from 0 on, which need not be whole.

    Attributes:
        high: Largest number.
        rule: What it must be, as the end of a sentence.
        closed: Whether 0 itself will do.
    """

    high: float
    rule: str
    closed: bool = False

    def checked(self, name: str, value: Any) -> float:
        """See `Rule`."""
        if not _is_real(value) or not 0.0 <= value <= self.high or (value == 0.0 and not self.closed):
            raise input_error(name, value, self.rule)
        return float(value)


class Level(NamedTuple):
    """A number that something is held against: any but NaN, which nothing reaches."""

    def checked(self, name: str, value: Any) -> float:
        """See `Rule`."""
        if not _is_real(value) or not (abs(value) <= sys.float_info.max or abs(value) == math.inf):
            raise input_error(name, value, "must be a number: the level that the measure should reach")
        return float(value)


class Table(NamedTuple):
    """A table of values by name."""

    def checked(self, name: str, value: object) -> Mapping[str, Any]:
        """See `Rule`."""
        if not isinstance(value, Mapping):
            raise input_error(name, value, "must be a table of values by name, as in {'days': 30}")
        return cast(Mapping[str, Any], value)


class Kind(NamedTuple):
    """A value of certain types.

    Attributes:
        types: The types.
        rule: What it must be, as the end of a sentence.
    """

    types: tuple[type, ...]
    rule: str

    def checked(self, name: str, value: object) -> Any:
        """See `Rule`."""
        if not isinstance(value, self.types):
            raise input_error(name, value, self.rule)
        return value


def refuse_unordered(name: str, value: object) -> None:
    """Refuse a set where a list is wanted: what comes first in it changes from one start of Python to the next.

    Args:
        name: What the user calls it.
        value: What was given.

    Raises:
        InputError: If it is a set.
    """
    if isinstance(value, set | frozenset):
        raise input_error(name, cast(object, value), "has no order", way_out="give a list")


class Names(NamedTuple):
    """A name, or several of them.

    Attributes:
        types: Types of a name.
        rule: What it must be, as the end of a sentence.
    """

    types: tuple[type, ...]
    rule: str

    def checked(self, name: str, value: object) -> tuple[Any, ...]:
        """See `Rule`; the names as a list, and a column of a table is taken for one."""
        if isinstance(value, self.types):
            return (value,)
        refuse_unordered(name, value)
        # NumPy calls an array of no dimension iterable.
        is_list = (
            isinstance(value, Iterable)
            and not isinstance(value, Mapping | bytes)
            and getattr(value, "shape", None) != ()
        )
        held = tuple(cast(Iterable[object], value)) if is_list else ()
        if not is_list or not all(isinstance(each, self.types) for each in held):
            raise input_error(name, value, self.rule)
        return held


class Truth(NamedTuple):
    """True or false, which no number and no word is."""

    def checked(self, name: str, value: object) -> bool:
        """See `Rule`; NumPy's truth values are taken for Python's."""
        if not is_truth(value):
            raise input_error(name, value, "must be True or False")
        return bool(value)


TABLE = Table()
TRUTH = Truth()
LEVEL = Level()
TEXT = Kind((str,), "must be text")
NAMES = Names((str,), "must be a name or a list of names")
DATES = Names((str, date), "must be a day such as 2022-09-21 or a list of days")
PLACES = Names((str, PathLike), "must be a name or a path, or a list of them")
PLACE = Kind((str, PathLike), "must be a name or a path")
STUDY = Kind(
    (str, PathLike), "must be the path of a study file or the name of a shipped study; a scenario goes into scenario="
)
STUDY_RUN = Kind((str, PathLike), "must be the path of a file that a study was run into")
FUNCTION = Kind((Callable,), "must be a function")  # pyright: ignore[reportArgumentType]
SEED = Whole(0, 2**63 - 1, "[0, 2**63)")
"""Seeds, and numbers of replicates."""
COUNT = Whole(1, 10**6, "[1, 10**6]")
"""How many there are to be of something."""
COUNT_OR_NONE = Whole(0, 10**6, "[0, 10**6]")
"""The same where 0 stands for none of it."""
DAYS = Whole(1, HORIZON, f"[1, {HORIZON}]", "days")
PEOPLE = Whole(1, int(COUNTABLE), "[1, 10**12]", "people")
WORKERS = Whole(0, 1024, "[0, 1024]")
"""Processes, 0 for one a core."""
THREADS = Whole(1, 256, "[1, 256]")
ROW = Whole(0, 10**9, "[0, 10**9]")
"""Rows of tables."""
SCALE = Number(1.0, "must lie above 0 and not above 1: it is the share of the real size")
SHARE = Number(1.0, "must lie in [0, 1]", closed=True)
POSITIVE = Number(1e9, "must lie above 0 and not above 10**9")
SECONDS = Number(1e9, "must lie in [0, 10**9] (seconds)", closed=True)


def seed_after(seed: int, number: int) -> int:
    """The seed so many numbers further on; after the largest comes 0."""
    return (seed + number) % (SEED.high + 1)


# Of these an annotation says all there is to say.
_BY_ANNOTATION: Mapping[str, Rule] = {
    "bool": TRUTH,
    "str": TEXT,
    "str | Path": PLACE,
    "str | Sequence": NAMES,
    "str | Path | Sequence": PLACES,
    "Mapping": TABLE,
    "Callable": FUNCTION,
}


def ruled[**P, R](**rules: Rule) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have the arguments of a function checked before it begins; None passes where it is the default.

    Numbers have the rules stated here; truth values, words, paths, tables and functions those of their annotations.

    Args:
        **rules: The rule of an argument, by its name.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        named = signature.parameters.items()
        told = {
            name: _BY_ANNOTATION[words] for name, each in named if (words := _words(each.annotation)) in _BY_ANNOTATION
        }
        all_rules = told | rules
        optional = {name for name in all_rules if signature.parameters[name].default is None}

        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError:
                return function(*args, **kwargs)  # which says it with its name
            for name, rule in all_rules.items():
                value = bound.arguments.get(name, signature.parameters[name].default)
                if value is not None or name not in optional:
                    bound.arguments[name] = rule.checked(name, value)
            return function(*bound.args, **bound.kwargs)

        return checked

    return decorated


def _words(annotation: object) -> str:
    """An annotation, as text or itself, without what may be inside of it or None in its place."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    while (shorter := re.sub(r"\[[^\[\]]*\]", "", text)) != text:
        text = shorter
    return re.sub(r"\b(pathlib|typing|collections\.abc)\.| \| None$", "", text)
