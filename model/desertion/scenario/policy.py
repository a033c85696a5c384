"""A policy: changes to levers with dates, that can be laid over any scenario and over other policies."""

import datetime as dt
import math
import re
from typing import Annotated, Any

from pydantic import ConfigDict, Field, field_validator, model_validator

from desertion.errors import shortened
from desertion.parameters import HORIZON, Frozen
from desertion.parameters.field import Notes, Numbers, day_of
from desertion.reading import flattened
from desertion.scenario.complaints import Told
from desertion.scenario.documents import AS_IT_IS

_OFFSET = re.compile(r"\+\d+")
# The first three say what a lever stands at, and take turns in the order in which policies are named.
LEVELS = ("set", "at_least", "at_most")
OPERATIONS = (*LEVELS, "multiply", "add")


def _when(value: Any) -> Any:
    if isinstance(value, dt.date):
        return day_of(value)
    if value is None:
        return value
    if isinstance(value, str) and _OFFSET.fullmatch(value):
        if len(value) > len(str(HORIZON)) + 1 or int(value) > HORIZON:
            raise ValueError(f"must lie at most {HORIZON} days after the start, got {shortened(value)}")
        return value
    if value == "start":
        return value
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f'must be a date, "start" or days after it such as "+30", got {shortened(value)}')


class PolicyChange(Frozen):
    """Levers moved from one day on, until another day (excluded) or for good."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    begin: Annotated[dt.date | str, Field(alias="from")] = "start"
    end: Annotated[dt.date | str | None, Field(alias="until")] = None
    set: Numbers = Field(default_factory=dict, description="the lever's value")
    at_least: Numbers = Field(default_factory=dict, description="what the lever's value does not stay below")
    at_most: Numbers = Field(default_factory=dict, description="what the lever's value does not stay above")
    multiply: Numbers = Field(default_factory=dict, description="factors on the lever's value")
    add: Numbers = Field(default_factory=dict, description="amounts added to the lever's value")

    @field_validator("begin", "end", mode="before")
    @classmethod
    def _is_a_day(cls, value: Any) -> Any:
        return _when(value)

    @field_validator(*OPERATIONS, mode="before")
    @classmethod
    def _are_numbers(cls, value: Any, info: Any) -> Any:
        if isinstance(value, dict):
            value = flattened(value)
            for path, number in value.items():
                if info.field_name not in LEVELS and _is_endless(number):
                    raise ValueError(f'"{path}" must be finite, got {shortened(number)}; use set to lift a limit')
                if info.field_name == "multiply" and isinstance(number, int | float) and number < 0:
                    raise ValueError(f'"{path}" must be a factor of at least 0, got {shortened(number)}')
        return value

    def days(self, start: dt.date) -> tuple[dt.date, dt.date]:
        """The first day on which the change acts and the first on which it does not, in a run from `start`."""
        last = dt.date.max if self.end is None else _date(self.end, start)
        return _date(self.begin, start), last


def _is_endless(number: Any) -> bool:
    """Whether a number is infinite, as a whole number is that no float can hold."""
    try:
        return isinstance(number, int | float) and math.isinf(number)
    except OverflowError:
        return True


def _date(value: dt.date | str, start: dt.date) -> dt.date:
    if isinstance(value, dt.date):
        return value
    offset = dt.timedelta(days=0 if value == "start" else int(value))
    return start + offset if offset < dt.date.max - start else dt.date.max


class Policy(Told):
    """A named set of changes with its reasons."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    summary: str = ""
    sources: tuple[str, ...] = ()
    notes: Notes = Field(default_factory=dict, description="source of single numbers, by lever")
    change: tuple[PolicyChange, ...] = ()

    @field_validator("name")
    @classmethod
    def _is_a_policys(cls, name: str) -> str:
        if name == AS_IT_IS:
            raise ValueError(f"{name!r} stands for the scenario as it is; give the policy another name")
        return name

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Policy":
        for index, change in enumerate(self.change):
            # A date and days after the start can be told apart only in a run.
            if change.end is not None and isinstance(change.begin, dt.date) == isinstance(change.end, dt.date):
                begin, end = change.days(dt.date(2000, 1, 1))
                if begin >= end:
                    raise ValueError(f"change[{index}] ends ({change.end}) before it begins ({change.begin})")
        return self
