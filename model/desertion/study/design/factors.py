"""Factors: one varied parameter each, as a list of values or as a distribution over a range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from desertion.errors import InputError

type Value = bool | int | float | str
type Point = dict[str, Value]

FORMS = ("range", "integers", "normal", "triangular", "choices")
"""Keys of which a factor table names exactly one."""

# The tails of an unbounded normal are cut here, so that a design point at 0 or 1 stays finite.
_TAIL = 0.001


@dataclass(frozen=True, slots=True)
class Factor:
    """One varied parameter.

    Args:
        name: Dotted path of the parameter in the scenario.
        form: ``values``, or one of :data:`FORMS`.
        numbers: The form's own numbers: bounds, mean and deviation, or low, mode and high.
        values: The listed values of ``values`` and ``choices``.
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
        """Value below which ``share`` of the factor's distribution lies, share in [0, 1]."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.form == "integers":
            low, high = self.numbers
            return int(low + min(math.floor(share * (high - low + 1)), high - low))
        if self.form == "normal":
            return self._normal(share)
        if self.form == "triangular":
            return self._triangular(share)
        low, high = self.numbers
        if self.log:
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)

    def _normal(self, share: float) -> float:
        curve = NormalDist(*self.numbers)
        low, high = (curve.cdf(bound) for bound in self.within) if self.within else (_TAIL, 1 - _TAIL)
        drawn = curve.inv_cdf(min(max(low + share * (high - low), 1e-12), 1 - 1e-12))
        return min(max(drawn, self.within[0]), self.within[1]) if self.within else drawn

    def _triangular(self, share: float) -> float:
        low, mode, high = self.numbers
        turn = (mode - low) / (high - low)
        if share < turn:
            return low + math.sqrt(share * (high - low) * (mode - low))
        return high - math.sqrt((1 - share) * (high - low) * (high - mode))

    def grid(self) -> tuple[Value, ...]:
        """The factor's grid values: those listed, all integers of a span, or ``steps`` of a range."""
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
        """The factor as plain data, with nothing left silent, for the resolved description of a study."""
        return {
            "form": self.form,
            "numbers": list(self.numbers),
            "values": list(self.values),
            "log": self.log,
            "within": list(self.within),
            "steps": self.steps,
        }


def factor(name: str, given: object, where: str) -> Factor:
    """Read one factor as it stands in a study.

    Args:
        name: Dotted path of the parameter.
        given: A list of values, one value, or a table that names one of :data:`FORMS`.
        where: What to call the study in an error.

    Returns:
        The checked factor.

    Raises:
        InputError: If the entry is neither values nor a known distribution, or its numbers are out of order.
    """
    spot = f"{where}: vary.{name}"
    if isinstance(given, Mapping):
        return _table(name, {str(key): value for key, value in given.items()}, spot)
    if isinstance(given, (str, int, float)):
        return Factor(name, "values", values=(given,))
    if not isinstance(given, (Sequence, np.ndarray)):
        raise InputError(f"{spot} = {given!r} must be a list of values or a table such as {{ range = [0, 1] }}")
    listed = _values(given, spot)
    if not listed:
        raise InputError(f"{spot} is an empty list: give at least one value or leave the parameter out")
    return Factor(name, "values", values=listed)


def _values(given: object, spot: str) -> tuple[Value, ...]:
    listed = given.tolist() if isinstance(given, np.ndarray) else given
    items: list[object] = list(listed) if isinstance(listed, Sequence) else []
    kept: list[Value] = []
    for item in items:
        plain = item.item() if isinstance(item, np.generic) else item
        if not isinstance(plain, (bool, int, float, str)):
            raise InputError(f"{spot} holds {plain!r}: a value must be a number, a truth value or a word")
        if isinstance(plain, float) and not math.isfinite(plain):
            raise InputError(f"{spot} holds {plain}: a value must be finite")
        kept.append(plain)
    return tuple(kept)


def _table(name: str, given: dict[str, object], spot: str) -> Factor:
    allowed = {*FORMS, "log", "within", "steps"}
    for key in given:
        if key not in allowed:
            raise InputError(f"{spot} has the unknown key {key!r}: allowed are {', '.join(sorted(allowed))}")
    named = [key for key in FORMS if key in given]
    if len(named) != 1:
        raise InputError(f"{spot} must name exactly one of {', '.join(FORMS)}, got {', '.join(named) or 'none'}")
    form = named[0]
    if form == "choices":
        return Factor(name, form, values=_values(given[form], spot))
    steps = given.get("steps", 0)
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 0:
        raise InputError(f"{spot}.steps = {steps!r} must be a whole number of grid points >= 1")
    made = Factor(
        name,
        form,
        numbers=_numbers(given[form], spot, form, 3 if form == "triangular" else 2),
        log=bool(given.get("log", False)),
        within=_numbers(given["within"], spot, "within", 2) if "within" in given else (),
        steps=steps,
    )
    _check_order(made, spot)
    return made


def _numbers(given: object, spot: str, key: str, count: int) -> tuple[float, ...]:
    listed: list[object] = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else []
    numbers = [float(one) for one in listed if isinstance(one, (int, float)) and math.isfinite(one)]
    if len(numbers) != count or len(listed) != count:
        raise InputError(f"{spot}.{key} = {given!r} must be {count} finite numbers")
    return tuple(numbers)


def _check_order(made: Factor, spot: str) -> None:
    low, *_, high = made.within or made.numbers
    if (made.form != "normal" or made.within) and not low < high:
        raise InputError(f"{spot} runs from {low} to {high}: the first bound must lie below the last")
    if made.form == "normal" and made.numbers[1] <= 0:
        raise InputError(f"{spot}.normal has the deviation {made.numbers[1]}: it must be above 0")
    if made.form == "triangular" and not made.numbers[0] <= made.numbers[1] <= made.numbers[2]:
        raise InputError(f"{spot}.triangular = {list(made.numbers)} must be low, mode, high in this order")
    if made.form == "integers" and any(number != int(number) for number in made.numbers):
        raise InputError(f"{spot}.integers = {list(made.numbers)} must be whole numbers")
    if made.log and (made.form != "range" or low <= 0):
        raise InputError(f"{spot}.log needs a range above 0, got {made.form} from {low}")
