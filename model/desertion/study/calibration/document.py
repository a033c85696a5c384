"""The `[calibration]` table of a scenario: its series, what the series counts, priors by dotted key, noise, what is held out, rivals."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any, Literal, Self, cast

from pydantic import Field, StrictBool, field_validator, model_validator

from desertion.errors import refuse_unknown, shortened
from desertion.parameters.field import Frozen
from desertion.reading import flattened
from desertion.study.design.factors import Words
from desertion.study.history.series import OWN

BOTH, DOORS = "with contagion", "without contagion"
RIVALS = (BOTH, DOORS)
CONTAGION = "contagion"
"""Name of the prior that only the rival with contagion has."""
_OWN_WAYS = {
    "noise": "write noise = [least, largest] under [calibration]",
    "seed": "give it another name, and its keys",
}


class PriorTable(Frozen):
    """What a number may be before the series is looked at: a range, or multiples of what the scenario states."""

    range: tuple[float, float] | None = Field(default=None, description="least and largest value")
    times: tuple[float, float] | None = Field(
        default=None, description="least and largest multiple of the scenario's own value, in place of a range"
    )
    log: StrictBool = Field(default=False, description="whether it is spread evenly in the logarithm")
    keys: Words = Field(
        default=(), description="dotted keys of the inputs that it sets; the name of the prior if not given"
    )
    meaning: str = Field(default="", description="what it is, in words")

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest number, values or multiples."""
        return self.range or self.times or (0.0, 0.0)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.range is None) == (self.times is None):
            raise ValueError("must have either range = [least, largest] or times = [least, largest]")
        low, high = self.ends
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(f"[{low:g}, {high:g}] must be two finite numbers, the least first")
        if self.log and low <= 0.0:
            raise ValueError(f"[{low:g}, {high:g}] must lie above 0 if log = true")
        return self


class CalibrationTable(Frozen):
    """How a scenario is held against a series; the table `[calibration]` of a scenario."""

    series: str = Field(min_length=1, description="name of a shipped series, or a CSV file beside the scenario")
    measure: str = Field(min_length=1, description="what the series counts: a measure or a daily column of a run")
    kinds: Words = Field(
        default=(), description="kinds of people that count: soldier, reservist, civilian; all if none"
    )
    kind: Literal["flow", "cumulative"] = Field(
        default="flow", description="of a CSV file: counts of intervals, or counts so far"
    )
    unit: str = Field(default=OWN["unit"], description="of a CSV file without that column: unit of all rows")
    counts: str = Field(default="", description="of a CSV file without that column: what is counted")
    source: str = Field(default=OWN["source"], description="of a CSV file without that column: who says so")
    grade: str = Field(default=OWN["grade"], description="of a CSV file without that column: grade of all rows, A to C")
    scale: float | None = Field(
        default=None, gt=0.0, le=1.0, description="share of real size of a run; the scenario's own if not given"
    )
    priors: dict[str, PriorTable] = Field(
        default_factory=dict,
        description="by dotted key or name; baseline rates of what is counted if none but contagion",
    )
    noise: tuple[float, float] = Field(
        default=(0.003, 0.3), description="least and largest dispersion (squared relative error) of a published count"
    )
    held_out_from: dt.date | None = Field(
        default=None, description="first day of the points that are predicted, not fitted; else a quarter of 12 or more"
    )
    rivals: Words = Field(default=RIVALS, min_length=1, description="with contagion, without contagion or both")

    @field_validator("priors", mode="before")
    @classmethod
    def _by_key(cls, table: Any) -> Any:
        """Priors by dotted path, whichever of its dots TOML took for tables; a pair stands for a range, for contagion for multiples as in a sweep."""
        if not isinstance(table, Mapping):
            return table
        priors = by_path(cast(Mapping[str, Any], table))
        for name in set(_OWN_WAYS) & set(priors):
            raise ValueError(f"{name} cannot be the name of a prior; {_OWN_WAYS[name]}")
        return {path: value if isinstance(value, Mapping) else _pair(path, value) for path, value in priors.items()}

    @field_validator("noise")
    @classmethod
    def _above_zero(cls, ends: tuple[float, float]) -> tuple[float, float]:
        if not 0.0 < ends[0] < ends[1] <= 10.0:
            raise ValueError(f"[{ends[0]:g}, {ends[1]:g}] must be two numbers above 0 and up to 10, the least first")
        return ends

    @field_validator("rivals")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            refuse_unknown("rival", name, RIVALS)
        return tuple(name for name in RIVALS if name in names)

    @property
    def words(self) -> dict[str, str]:
        """What holds for all rows of a CSV file that has no such column."""
        counts = self.counts or self.measure
        return {"unit": self.unit, "counts": counts, "source": self.source, "grade": self.grade}


def by_path(priors: Mapping[str, Any]) -> dict[str, Any]:
    """Priors by dotted path, whichever of its dots TOML took for tables.

    Raises:
        InputError: a path has two values.
    """
    return flattened(priors, PriorTable.model_fields)


def _pair(path: str, value: object) -> dict[str, object]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{path} = {shortened(value)} must be [least, largest] or a table with range or times")
    if len(value) != 2:
        raise ValueError(f"{path} = {shortened(value)} must be two numbers, the least first")
    return {"times" if path == CONTAGION else "range": value}
