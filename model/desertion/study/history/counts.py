"""Counts: what a run of a real scenario gives for each target of the tables in `seeds/README.md`."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

SETUP_OF_TABLE = {"russia-2022": "russia", "gdr-1989": "gdr", "hungary-2015": "hungary"}
"""Name of the run that the targets of a table look at."""
BORDER_STATES = ("finland", "estonia", "latvia", "lithuania", "poland", "norway")
EUROPE = (*BORDER_STATES, "czechia", "germany", "france")


class Count(float):
    """A number counted in a run that knows how many simulated persons it rests on.

    Sums add the persons up, a difference rests on those that are left of it, a quotient on the fewer of its two; factors change none.

    Args:
        value: The number.
        persons: Simulated persons behind it; infinite where it counts none, and at real size, where nothing is lost by the scale.
    """

    def __new__(cls, value: float, persons: float = math.inf) -> Count:
        """The number."""
        made = super().__new__(cls, value)
        made.persons = persons
        return made

    persons: float

    @classmethod
    def simulated(cls, persons: float, scale: float) -> Count:
        """So many persons of a world of a scale, not yet at real size."""
        return cls(persons, persons if scale < 1.0 else math.inf)

    def __add__(self, other: float, /) -> Count:
        """The sum with another count, or with a plain number, behind which nobody stands."""
        return Count(float(self) + float(other), self.persons + (other.persons if isinstance(other, Count) else 0.0))

    __radd__ = __add__

    def __sub__(self, other: float, /) -> Count:
        """The difference to another count."""
        away = persons_behind(other)
        rest = math.inf if math.isinf(self.persons) or math.isinf(away) else abs(self.persons - away)
        return Count(float(self) - float(other), rest)

    def __mul__(self, factor: float, /) -> Count:
        """The count in another unit."""
        return Count(float(self) * factor, self.persons)

    __rmul__ = __mul__

    def __truediv__(self, factor: float, /) -> Count:
        """The count in another unit."""
        return Count(float(self) / factor, self.persons)


def persons_behind(number: float) -> float:
    """Simulated persons that a number rests on; infinite where it counts none."""
    return number.persons if isinstance(number, Count) else math.inf


class Record:
    """A run's tables, read off at real size.

    Args:
        model: a model that has run.
    """

    def __init__(self, model: DesertionModel) -> None:
        self.scale, self.start = model.scenario.scale, model.scenario.start
        self.daily, self.hosts, self.people = model.daily, model.hosts, model.people()
        self.measures = model.measures()
        self.claims = claims_in_europe(model)

    def day(self, date: str) -> int:
        """The row of the record that holds the state at the end of a date."""
        return (dt.date.fromisoformat(date) - self.start).days + 1

    def left(self, kind: str, route: str, first: str, last: str) -> Count:
        """Persons of a kind who left by a route between two dates, both included."""
        people = self.people[(self.people.kind == kind) & (self.people.route == route)]
        return self._of(people.day_left.between(self.day(first), self.day(last)).sum())

    def at(self, column: str, host: str, date: str) -> Count:
        """A column of a host's record at the end of a date."""
        rows = self.hosts[(self.hosts.host == host) & (self.hosts.day == self.day(date))]
        return self._of(rows[column].sum())

    def admitted(self, host: str, first: str, last: str) -> Count:
        """People whom a host admitted between two dates, both included."""
        rows = self.hosts[(self.hosts.host == host) & self.hosts.day.between(self.day(first), self.day(last))]
        return self._of(rows.admitted.sum())

    def new(self, column: str, first: str, last: str) -> Count:
        """A column of the daily record summed between two dates, both included."""
        return self._of(self.daily[self.daily.day.between(self.day(first), self.day(last))][column].sum())

    def turnout(self, first: str, last: str) -> Count:
        """Per cent of the people in the street on the day of the most between two dates, both included."""
        most = float(self.daily[self.daily.day.between(self.day(first), self.day(last))].turnout.max())
        return Count(100 * most, Count.simulated(most * len(self.people), self.scale).persons)

    def _of(self, persons: float) -> Count:
        return Count.simulated(float(persons), self.scale) / self.scale


def claims_in_europe(model: DesertionModel) -> Count:
    """Claims decided or waiting at the end of a run in the European hosts, persons at real size."""
    hosts = model.hosts[model.hosts["host"].isin(EUROPE)]
    waiting = hosts.loc[hosts["day"] == model.scenario.days, "waiting"]
    scale = model.scenario.scale
    return Count.simulated(float(hosts["decided"].sum() + waiting.sum()), scale) / scale


def quotient(above: float, below: float) -> Count:
    """One number over another, NaN where there is nothing to divide by; it rests on the fewer persons of the two."""
    value = float(above) / float(below) if below > 0.0 else math.nan
    return Count(value, min(persons_behind(above), persons_behind(below)))


def _prisoners(run: Record) -> float:
    return sum(run.new(column, "2022-09-01", "2023-02-28") for column in ("new_captured", "new_surrender")) / 181


def _day_of_november(run: Record) -> float:
    """Day of November on which the government falls; never is a day after the year's last, which no band holds."""
    fallen = run.daily.day[run.daily.fallen > 0]
    return float((fallen.min() if len(fallen) else run.day("1989-12-31") + 1) - run.day("1989-11-01") + 1)


COUNTS: Mapping[str, Callable[[Record], float]] = {
    "russia-flight": lambda run: run.left("reservist", "flee", "2022-09-21", "2022-12-31"),
    "russia-ebb": lambda run: quotient(
        run.new("new_flee", "2022-10-01", "2022-10-07"), run.new("new_flee", "2022-09-21", "2022-09-27")
    ),
    "russia-kazakhstan": lambda run: run.at("abroad", "kazakhstan", "2022-11-28"),
    "russia-georgia": lambda run: run.at("abroad", "georgia", "2022-12-31"),
    "russia-claims": lambda run: run.claims,
    "russia-claims-per-flight": lambda run: quotient(
        run.claims, run.left("reservist", "flee", "2022-09-01", "2023-02-28")
    ),
    "russia-absent": lambda run: 100 * run.left("soldier", "hide", "2022-09-01", "2023-02-28") / 1e6 / 6,
    "russia-prisoners": _prisoners,
    "russia-called": lambda run: run.new("called", "2022-09-01", "2022-10-28"),
    "russia-army": lambda run: float(run.daily.collapsed.max()),
    "russia-government": lambda run: float(run.daily.fallen.max()),
    "gdr-july": lambda run: run.new("new_flee", "1989-07-01", "1989-07-31"),
    "gdr-august": lambda run: run.new("new_flee", "1989-08-01", "1989-08-31"),
    "gdr-september": lambda run: run.new("new_flee", "1989-09-01", "1989-09-30"),
    "gdr-october": lambda run: run.new("new_flee", "1989-10-01", "1989-10-31"),
    "gdr-november": lambda run: run.new("new_flee", "1989-11-01", "1989-11-30"),
    "gdr-december": lambda run: run.new("new_flee", "1989-12-01", "1989-12-31"),
    "gdr-peak": lambda run: run.turnout("1989-07-01", "1989-11-11"),
    "gdr-first": lambda run: run.turnout("1989-10-02", "1989-10-08"),
    "gdr-fall": _day_of_november,
    "hungary-october": lambda run: run.admitted("hungary", "2015-10-01", "2015-10-31"),
    "germany-october": lambda run: run.admitted("germany", "2015-10-01", "2015-10-31"),
    "sweden-october": lambda run: run.admitted("sweden", "2015-10-01", "2015-10-31"),
}
"""By target: what is counted, persons at real size, each a `Count` where it counts persons."""
