"""Fields of inputs: a number with its unit, meaning, bounds and source."""

import datetime as dt
import math
from functools import cache
from typing import Annotated, Any, Literal, cast, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo

from desertion.errors import InputError, shortened

SWEPT = "no source: swept"
COUNTABLE = 1e12
"""Largest number of money or persons that cannot be unlimited: an infinite one would make sums of nothing."""
HORIZON = 36_500
"""Longest span of days."""


def _number(default: Any, unit: str, meaning: str, low: float, high: float, source: str, is_lever: bool) -> Any:
    return Field(
        default=default,
        ge=None if low == -math.inf else low,
        le=None if high == math.inf else high,
        description=meaning,
        json_schema_extra={"unit": unit, "source": source, "lever": is_lever},
    )


def lever(default: float, unit: str, meaning: str, low: float = 0.0, high: float = math.inf) -> Any:
    """A number that a policy may change on a date; `low` and `high` are closed bounds."""
    return _number(default, unit, meaning, low, high, SWEPT, True)


def fixed(
    default: Any, unit: str, meaning: str, low: float = -math.inf, high: float = math.inf, source: str = SWEPT
) -> Any:
    """A number that is set once for a run; `low` and `high` are closed bounds."""
    return _number(default, unit, meaning, low, high, source, False)


def bounds_of(field: FieldInfo) -> tuple[float, float]:
    """The closed bounds of a number, infinite where there is none."""
    low = next((float(rule.ge) for rule in field.metadata if hasattr(rule, "ge")), -math.inf)
    return low, next((float(rule.le) for rule in field.metadata if hasattr(rule, "le")), math.inf)


def is_truth(value: object) -> bool:
    """Whether a value is a truth value, NumPy's too, which is no number though arithmetic takes it for one."""
    return type(value).__name__ in ("bool", "bool_")  # without NumPy, which the command line does not wait for


class Settled(dict[str, Any]):
    """A table of an input, which like the input cannot be changed: what was worked out from it would stay as it was."""

    def _refuse(self, *_: object, **__: object) -> Any:
        raise InputError(
            "a table of an input cannot be changed; make another input, or dict(...) of the table to work on"
        )

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse  # pyright: ignore[reportAssignmentType]

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return Settled, (dict(self),)


Numbers = Annotated[dict[str, float], AfterValidator(Settled)]
"""A table of numbers by name."""

Notes = Annotated[dict[str, str], AfterValidator(Settled)]
"""Sources of single numbers, by what they are of."""


class Frozen(BaseModel):
    """Base of all inputs: immutable, unknown keys refused, no silent conversion of text to numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=True, validate_default=True)

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            super().__setattr__(name, value)
        except ValidationError:
            made = "; make another with with_(...)" if hasattr(self, "with_") else "; make another"
            raise InputError(f"{type(self).__name__}.{name} cannot be changed{made}", key=name, value=value) from None

    @field_validator("*", mode="before")
    @classmethod
    def _no_text_or_truth_for_numbers(cls, value: Any, info: Any) -> Any:
        # Nearly all values are plain numbers, and a study checks millions of them.
        if type(value) is float and value == value:
            return value
        annotation = cls.model_fields[info.field_name].annotation
        if annotation is dt.date:
            return day_of(value)
        is_table, is_list = isinstance(value, dict), isinstance(value, list | tuple)
        held: Any = value if is_table or is_list else (value,)
        parts = held.items() if is_table else enumerate(held)
        for name, part in parts:
            is_text = is_truth(part) or isinstance(part, str)
            if is_text or (isinstance(part, float) and math.isnan(part)):
                kinds = _kinds(annotation, is_table or is_list)
                if kinds & {int, float} and not (is_text and type(part) in kinds):
                    rule = "must be finite numbers" if is_list else "must be a number"
                    spot, told = (f'"{name}" ', part) if is_table else ("", value)
                    raise ValueError(f"{spot}{rule}, got {shortened(told)}")
        return value


@cache
def _kinds(annotation: Any, is_inside: bool) -> frozenset[type]:
    """Types of the values that a field takes as its own, or inside of its list or table."""
    parts, origin = get_args(annotation), get_origin(annotation)
    if origin in (dict, list, tuple):
        held = parts[1:] if origin is dict else parts
        return frozenset().union(*(_kinds(part, False) for part in held)) if is_inside else frozenset()
    if origin is Annotated:
        return _kinds(parts[0], is_inside)
    if origin is Literal:
        return frozenset() if is_inside else frozenset(map(type, parts))
    if parts:
        return frozenset().union(*(_kinds(part, is_inside) for part in parts))
    return frozenset() if is_inside else frozenset({annotation})


def day_of(value: Any) -> dt.date:
    """The day that a date, a midnight or a text such as 2022-09-21 names.

    Raises:
        ValueError: If it names none.
    """
    if isinstance(value, dt.datetime) and value == value:  # pandas' missing date is one that equals nothing
        if value.tzinfo is not None or value.time() != dt.time():
            raise ValueError(f"must be a day without a time or zone, such as {value.date()}, got {value}")
        return value.date()
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    # Pydantic would take numbers for seconds since 1970.
    try:
        return dt.date.fromisoformat(cast(str, value))
    except (TypeError, ValueError):
        raise ValueError(f"must be a date such as 2022-09-21, got {shortened(value)}") from None
