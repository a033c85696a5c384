"""Factors: one varied parameter each, as a list of values or as a distribution over a range."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from statistics import NormalDist
from typing import Annotated, Any, Self, cast

import numpy as np
from pydantic import BeforeValidator, Field, StrictBool, model_validator

from desertion.errors import InputError, input_error, shortened
from desertion.parameters.field import Frozen, day_of
from desertion.reading import flattened
from desertion.scenario.complaints import build

type Value = bool | int | float | str
type Point = dict[str, Value]


def _words(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given.tolist() if hasattr(given, "tolist") else given


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""A list of words, where a single one may stand alone; in Python also an array or a column of them."""

FORMS = ("range", "integers", "normal", "triangular", "choices")
"""Keys of which a factor table names exactly one."""

# The tails of an unbounded normal are cut here, so that a design point at 0 or 1 stays finite.
_TAIL = 0.001

_LEAST = 1e-12
"""Share of a normal below which its quantiles are not told apart."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One varied parameter.

    Attributes:
        name: Dotted path of the parameter in the scenario.
        form: `values`, or one of `FORMS`.
        numbers: The form's own numbers: bounds, mean and deviation, or low, mode and high.
        values: The listed values of `values` and `choices`.
        log: Whether a range is spread evenly in the logarithm.
        within: Bounds at which a normal is cut, or empty.
        steps: Number of grid points taken from a range, 0 where none was stated.
    """

    name: str
    form: str
    numbers: tuple[float, ...] = ()
    values: tuple[Value, ...] = ()
    log: bool = False
    within: tuple[float, ...] = ()
    steps: int = 0

    def at(self, share: float) -> Value:
        """Value below which `share` of the factor's distribution lies, share in [0, 1]."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.form == "integers":
            low, high = self.numbers
            return int(low + min(math.floor(share * (high - low + 1)), high - low))
        if self.form == "normal" and not self.within:
            return NormalDist(*self.numbers).inv_cdf(_TAIL + share * (1 - 2 * _TAIL))
        # Rounding on the way there and back would carry an end past the bound that it is.
        low, high = self.within or (self.numbers[0], self.numbers[-1])
        return (low, high)[int(share)] if share in (0.0, 1.0) else min(max(self._between(share), low), high)

    def place(self, share: float) -> float:
        """How far along the factor's range its value at a share lies, in [0, 1]: of values and whole numbers the place among them, else the share."""
        if self.values:
            told = [*dict.fromkeys(self.values)]
            return told.index(self.at(share)) / max(1, len(told) - 1)
        if self.form == "integers":
            low, high = self.numbers
            return (float(self.at(share)) - low) / (high - low)
        return share

    def _between(self, share: float) -> float:
        if self.form == "normal":
            curve = NormalDist(*self.numbers)
            low, high = (curve.cdf(bound) for bound in self.within)
            return curve.inv_cdf(min(max(low + share * (high - low), _LEAST), 1 - _LEAST))
        if self.form == "triangular":
            return self._triangular(share)
        low, high = self.numbers
        if self.log:
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)

    def _triangular(self, share: float) -> float:
        low, mode, high = self.numbers
        turn = (mode - low) / (high - low)
        if share < turn:
            return low + math.sqrt(share * (high - low) * (mode - low))
        return high - math.sqrt((1 - share) * (high - low) * (high - mode))

    @property
    def steps_of_grid(self) -> int:
        """How many values `grid` gives at most, 1 where it refuses."""
        if self.form == "integers" and not self.steps:
            low, high = self.numbers
            return int(high) - int(low) + 1
        return len(self.values) or self.steps or 1

    def grid(self) -> tuple[Value, ...]:
        """The factor's grid values: those listed, all integers of a span, or `steps` of a range."""
        if self.values:
            return self.values
        if self.form == "integers" and not self.steps:
            low, high = (int(number) for number in self.numbers)
            return tuple(range(low, high + 1))
        if not self.steps:
            raise InputError(
                f"vary.{self.name} is a {self.form}, and a grid needs values: add steps = 5 to it, list the values, "
                f"or choose the design lhs"
            )
        spread = [index / (self.steps - 1) for index in range(self.steps)] if self.steps > 1 else [0.5]
        return tuple(dict.fromkeys(self.at(share) for share in spread))

    def plain(self) -> dict[str, object]:
        """The factor but for its name as plain data, with nothing left silent, for the resolved description of a study."""
        plain = asdict(self)
        del plain["name"]
        return plain

    @classmethod
    def from_plain(cls, name: str, plain: Mapping[str, Any]) -> Self:
        """The factor that `plain` laid out; what JSON holds as lists are tuples."""
        read: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in plain.items()}
        return cls(name, **read)


def repeated[T: Value](values: Sequence[T]) -> T | None:
    """The first value that has stood before, None if each stands once; a truth value is no number."""
    seen = set[tuple[bool, T]]()
    for value in values:
        if (isinstance(value, bool), value) in seen:
            return value
        seen.add((isinstance(value, bool), value))
    return None


def flat_values(table: Mapping[str, Any]) -> dict[str, Value]:
    """Values by dotted path; TOML nests `a.b = 1` unless it is quoted.

    Raises:
        InputError: If a path has two values, or one that is neither a number nor a truth value nor a word.
    """
    values = flattened(table)
    for path, value in values.items():
        values[path] = plain = _plain(value, path)
        if not isinstance(plain, (bool, int, float, str)):
            raise input_error(path, value, "must be a number, a truth value, a word or a day")
    return values


def _plain(value: object, spot: str) -> Any:
    """NumPy's numbers as Python's, and a day in the words of a file."""
    if isinstance(value, date):
        try:
            return day_of(value).isoformat()
        except ValueError as problem:
            raise InputError(f"{spot} {problem}", key=spot, value=value) from None
    return value.item() if isinstance(value, np.generic) else value


class _Table(Frozen):
    """A distribution as it stands under [vary]: one of `FORMS`, and how it is spread, cut and cut up."""

    range: tuple[float, float] | None = None
    integers: tuple[float, float] | None = None
    normal: tuple[float, float] | None = None
    triangular: tuple[float, float, float] | None = None
    choices: tuple[Value, ...] | None = None
    log: StrictBool = False
    within: tuple[float, float] | None = None
    steps: int = Field(default=0, ge=0, le=1_000_000)

    @property
    def form(self) -> str:
        """The form that the table names."""
        return next(form for form in FORMS if getattr(self, form) is not None)

    @model_validator(mode="after")
    def _check(self) -> Self:
        named = [form for form in FORMS if getattr(self, form) is not None]
        if len(named) != 1:
            raise ValueError(f"must name exactly one of {', '.join(FORMS)}, got {', '.join(named) or 'none'}")
        numbers = (*(getattr(self, named[0]) if named[0] != "choices" else ()), *(self.within or ()))
        if not all(map(math.isfinite, numbers)):
            raise ValueError(f"{named[0]} = {list(numbers)} must be finite numbers")
        spread = self.within or self.range or self.integers or self.triangular
        if spread is not None and not spread[0] < spread[-1]:
            raise ValueError(f"runs from {spread[0]} to {spread[-1]}: the first bound must lie below the last")
        if self.normal is not None and self.normal[1] <= 0:
            raise ValueError(f"normal has the deviation {self.normal[1]}: it must be above 0")
        if self.triangular is not None and list(self.triangular) != sorted(self.triangular):
            raise ValueError(f"triangular = {list(self.triangular)} must be low, mode, high in this order")
        if self.integers is not None and any(number != int(number) for number in self.integers):
            raise ValueError(f"integers = {list(self.integers)} must be whole numbers")
        if self.within is not None:
            if self.normal is None:
                raise ValueError(f"within cuts a normal alone, and here stands {named[0]}: leave within out")
            low, high = map(NormalDist(*self.normal).cdf, self.within)
            if high - low <= _LEAST:
                raise ValueError(f"within = {list(self.within)} holds nothing of the normal {list(self.normal)}")
        if self.steps and self.choices is not None:
            raise ValueError("steps cut up a range, and choices are their own values: leave steps out")
        if self.log and (self.range is None or self.range[0] <= 0):
            raise ValueError("log needs a range above 0")
        return self


def factor(name: str, stated: object, where: str) -> Factor:
    """One factor as it stands in a study, checked.

    Args:
        name: Dotted path of the parameter.
        stated: A list of values, one value, or a table that names one of `FORMS`.
        where: What to call the study in an error.

    Raises:
        InputError: If the entry is neither values nor a known distribution, names a value twice, or its numbers are out of order.
    """
    spot = f"{where}: vary.{name}"
    if isinstance(stated, Mapping):
        table = build(_Table, cast(Mapping[str, Any], stated), where=spot)
        if table.choices is not None:
            return Factor(name, "choices", values=_values(table.choices, spot))
        numbers = tuple(map(float, getattr(table, table.form)))
        return Factor(name, table.form, numbers, (), table.log, table.within or (), table.steps)
    if isinstance(stated, (str, int, float, date, np.generic)):
        return Factor(name, "values", values=_values((stated,), spot))
    if not isinstance(stated, (Sequence, np.ndarray)):
        raise InputError(
            f"{spot} = {shortened(stated)} must be a list of values or a table such as {{ range = [0, 1] }}"
        )
    values = _values(cast(Sequence[Any], stated), spot)
    if (twice := repeated(values)) is not None:
        raise InputError(f"{spot} names {twice!r} twice: name it once, or weigh values by repeating them as choices")
    return Factor(name, "values", values=values)


def _values(stated: Sequence[Any] | np.ndarray, spot: str) -> tuple[Value, ...]:
    values = [_plain(value, spot) for value in stated]
    if not values:
        raise InputError(f"{spot} is an empty list: give at least one value or leave the parameter out")
    for value in values:
        if not isinstance(value, (bool, int, float, str)):
            raise InputError(
                f"{spot} holds {shortened(value)}: a value must be a number, a truth value, a word or a day"
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"{spot} holds {value}: a value must be finite")
    return tuple(values)
