"""A dated historical series: its points, its grades, and what of it may be fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, input_error
from desertion.figures.labels import rounded

Kind = Literal["flow", "cumulative", "level"]
Use = Literal["fit", "pattern", "context"]

UNITS = ("persons", "cases", "contacts", "crossings", "places", "districts", "capitals", "share", "per_1000_month")
NO_COUNTS = ("share", "per_1000_month")
"""Units of what is no number of anything."""
UNGRADED = "not stated"
GRADES = ("A", "A-der", "B", "B-der", "C*", "C", UNGRADED)
OWN: Mapping[str, str] = {
    "unit": "persons", "counts": "what is not said", "source": "the user's own", "grade": UNGRADED,
}  # fmt: skip
"""What holds for the rows of a user's own file that has no such column and of which nothing else is said."""

FITTED_AT_LEAST = 8
HELD_OUT_AT_LEAST = 12


@dataclass(frozen=True, kw_only=True)
class Point:
    """One published figure: how many, of what, in which interval, says who."""

    start: date
    end: date
    value: float
    low: float | None
    high: float | None
    unit: str
    counts: str
    source: str
    grade: str
    group: str = ""

    @property
    def days(self) -> int:
        """Length of the interval in days, both ends counted."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True, kw_only=True)
class Series:
    """A dated series with its caveats; points are in order of time, and remarks say what looked odd on reading."""

    name: str
    title: str
    kind: Kind
    use: Use
    points: tuple[Point, ...]
    caveats: tuple[str, ...] = ()
    gaps: str = ""
    level_shifts: tuple[date, ...] = ()
    origin: date | None = None
    fit_from: date | None = None
    fit_to: date | None = None
    remarks: tuple[str, ...] = ()

    @property
    def values(self) -> NDArray[np.float64]:
        """Values of the points, shape (point,)."""
        return np.array([point.value for point in self.points])

    @property
    def table(self) -> pd.DataFrame:
        """The points as in the series' own file: start, end, value, low, high (NaN for none), unit, counts, source, grade, group."""
        table = pd.DataFrame([asdict(point) for point in self.points])
        return table.astype({"low": float, "high": float})

    @property
    def extent(self) -> str:
        """First and last day, unit, and how much it is in all (a flow), at the end (cumulative) or at most (a level), in words."""
        values, ends = self.values, {point.group: point.value for point in self.points}
        unit = " and ".join(dict.fromkeys(point.unit for point in self.points))
        total = {
            "flow": (values.sum(), "in all"),
            "cumulative": (sum(ends.values()), "at the end"),
            "level": (values.max(), "at most"),
        }
        number, how = total[self.kind]
        first, last = min(point.start for point in self.points), max(point.end for point in self.points)
        added = (
            ""
            if " and " in unit or (self.kind == "flow" and unit.startswith(("share", "per_")))
            else f", {rounded(float(number), 6)} {how}"
        )
        return f"{first} to {last}, {self.kind} of {unit}{added}"

    @property
    def recalled(self) -> bool:
        """True if a point is recalled (C* or C): a flag to show beside every result that uses it."""
        return any(point.grade.startswith("C") for point in self.points)

    def fit_points(self, *, recalled: bool = False) -> Series:
        """The series cut down to what a model may be fitted to.

        Points outside the fit window go; grade C always goes; grade C* (recalled, but adding up to
        totals read independently) stays only if asked for.

        Args:
            recalled: keep points of grade C*.

        Raises:
            InputError: fewer than eight points are left, or they are no counts of one group.
        """
        first, last = self.fit_from or date.min, self.fit_to or date.max
        grades = [grade for grade in GRADES if not grade.startswith("C") or (recalled and grade == "C*")]
        points = tuple(p for p in self.points if first <= p.start and p.end <= last and p.grade in grades)
        if len(points) < FITTED_AT_LEAST:
            way_out = "use it as a pattern check" if recalled or not self.recalled else "or allow grade C* (recalled)"
            raise input_error(
                "points", len(points), f"fit to use are fewer than {FITTED_AT_LEAST}", where=self.name, way_out=way_out
            )
        if graded := sum(p.grade not in grades for p in self.points):
            told = f"{self.name}: {graded} of {len(self.points)} rows are recalled (grade C or C*) and left out"
            return replace(self, points=points, remarks=(*self.remarks, told)).of_counts("a fit")
        return replace(self, points=points).of_counts("a fit")

    def counts_from(self, day: date) -> date:
        """First day from which a run that begins on `day` is counted in a cumulative series: none counts anybody before its origin."""
        return max(day, self.origin or day)

    def since(self, day: date) -> Series:
        """A cumulative series counted from a day on: its later points, less what the last one before that day counts.

        Args:
            day: first day that counts.

        Raises:
            InputError: it counts from an earlier day and has no point from which to tell how much, or its points are no counts of one group.
        """
        before = [point for point in self.of_counts("a scenario beside it").points if point.end < day]
        if not before:
            if self.origin is not None and self.origin < day:
                raise InputError(
                    f"{self.name}: counts from {self.origin}, and has no point before the scenario's first day, {day}, from "
                    "which to count; begin the scenario earlier",
                    where=self.name,
                )
            return self
        base = before[-1]
        later = tuple(
            replace(
                p,
                value=p.value - base.value,
                low=None if p.low is None else p.low - base.value,
                high=None if p.high is None else p.high - base.value,
            )
            for p in self.points
            if p.end >= day
        )
        late = f"What was counted up to {base.end} is taken off: no point lies nearer to {day}."
        return replace(
            self,
            points=later,
            title=f"{self.title}, less those before {day.day} {day:%B}" if base.value else self.title,
            remarks=self.remarks if (day - base.end).days == 1 else (*self.remarks, late),
        )

    def of_counts(self, asked: str) -> Series:
        """The series itself.

        Args:
            asked: what holds counts of a model's persons against it, in words.

        Raises:
            InputError: the points are shares or rates, of several units, or of several groups.
        """
        units, groups = (list(dict.fromkeys(getattr(point, key) for point in self.points)) for key in ("unit", "group"))
        for unit in units:
            if unit in NO_COUNTS:
                rule, way_out = f"is no count, and {asked} takes counts", "give how many there were"
                raise input_error("unit", unit, rule, where=self.name, way_out=way_out)
        for key, found, called in (("unit", units, "units"), ("group", groups, "series")):
            if len(found) > 1:
                rule, way_out = f"are several {called}, and {asked} takes one", "keep the rows of one"
                raise input_error(key, found, rule, where=self.name, way_out=way_out)
        return self
