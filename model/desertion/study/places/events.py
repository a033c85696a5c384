"""Events of units or places with dates, strata, positions and links, read from a user's tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError, input_error
from desertion.figures.labels import many
from desertion.study.arrays import Array, Indices
from desertion.study.places.links import on_sphere
from desertion.study.places.table import Table, numbered, read_table

FEWEST = 8  # units with an event; with fewer hardly any permutation differs
DRAWS = 100


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column of a table holds what; empty for none.

    Attributes:
        unit: name of the unit or place.
        date: day of the event.
        after: last day on which it had not happened yet, where the date is known by its interval only.
        strata: stratum within which dates are permuted.
        size: size of the unit; its logarithm enters the hazard, but where events repeat and up to a hundred units have effects of their own, which hold it.
        neighbours: names of linked units, separated by blanks.
        also: further columns of dates, for the family, each with its own power.
        only: conditions that rows must meet, `COLUMN=VALUE`.
        never: units with an empty date are kept as not having acted.
    """

    unit: str = "unit"
    date: str = "date"
    after: str = ""
    strata: str = ""
    size: str = ""
    neighbours: str = ""
    also: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    never: bool = False


@dataclass(frozen=True, kw_only=True)
class Events:
    """Units with the days of their events.

    Attributes:
        units: names, shape (unit,).
        first: day of each unit's first event in each draw, counted from `origin`, shape (unit, draw); NaN without one.
        batch: reporting interval of each unit, -1 where the day is known, shape (unit,).
        intervals: first and last possible day of each reporting interval, shape (interval, 2).
        unit_of: unit of every event, shape (event,); rows of one unit and day are one event.
        day_of: its day.
        strata: stratum of each unit, shape (unit,).
        strata_names: their names.
        points: positions in km, or none.
        size: size of each unit, or none.
        also: first days by further outcomes, by name, shape (unit, draw).
        origin: day 0.
        remarks: what was seen on reading and should be known.
    """

    units: tuple[str, ...]
    first: Array
    batch: Indices
    intervals: Array
    unit_of: Indices
    day_of: Array
    strata: Indices
    strata_names: tuple[str, ...]
    points: Array | None
    size: Array | None
    also: dict[str, Array]
    origin: date
    remarks: tuple[str, ...]

    @property
    def acted(self) -> NDArray[np.bool_]:
        """Units with an event, a mask of shape (unit,)."""
        return np.isfinite(self.first[:, 0])

    @property
    def units_acted(self) -> int:
        """Number of units with an event."""
        return int(self.acted.sum())

    @property
    def repeated(self) -> bool:
        """Whether units act several times, on average at least twice."""
        return len(self.day_of) >= 2 * int(self.acted.sum())


def of_units(events: Events, kept: NDArray[np.bool_]) -> Events:
    """The events of some units only, numbered anew; strata keep their numbers.

    Args:
        events: all events.
        kept: a mask of shape (unit,).
    """
    number = np.cumsum(kept) - 1
    mine = kept[events.unit_of]
    return replace(
        events,
        units=tuple(name for name, keep in zip(events.units, kept, strict=True) if keep),
        first=events.first[kept],
        batch=events.batch[kept],
        unit_of=number[events.unit_of[mine]],
        day_of=events.day_of[mine],
        strata=events.strata[kept],
        points=None if events.points is None else events.points[kept],
        size=None if events.size is None else events.size[kept],
        also={name: days[kept] for name, days in events.also.items()},
    )


def read_events(path: Path, columns: Columns, rng: np.random.Generator) -> tuple[Events, Table]:
    """The events of a table, and the table.

    Args:
        path: CSV file, a row an event; `lat` and `lon` in degrees or `x` and `y` in km give positions.
        columns: which column holds what.
        rng: draws dates within their intervals.

    Raises:
        InputError: the table is wrong, dates are missing, or fewer than eight units act.
    """
    table = read_table(path, ("lat", "lon", "x", "y", columns.size)).only(columns.only)
    for name, option in (
        (columns.after, "--after"),
        (columns.size, "--size"),
        *((name, "--also") for name in columns.also),
    ):
        if name and not any(table.column(name)):
            raise InputError(f"{table.where}: {name} is empty in all rows; fill it, or leave {option} out")
    names = table.column(columns.unit, "--unit")
    for name, row in zip(names, table.rows, strict=True):
        if not name:
            raise InputError(f"{row.where}: {columns.unit} is empty; name the unit or place")
    dates = table.dates(columns.date, "--date")
    _check_dates(table, columns, names, dates)
    known = [day for day in dates if day is not None]
    origin = min(known)
    after = table.dates(columns.after) if columns.after else [None] * len(dates)
    remarks: list[str] = []
    unit, units = numbered(names)
    first, batch, intervals = _first(table, columns, unit, len(units), dates, after, origin, rng)
    acted = np.isfinite(first[:, 0])
    if int(acted.sum()) < FEWEST:
        raise InputError(
            f"{table.where}: {many(int(acted.sum()), 'unit')} with an event; a test of closeness needs at least {FEWEST}"
        )
    strata, strata_names = _strata(table, columns, unit, len(units))
    remarks += _remarks(first, batch, acted, strata, strata_names, columns)
    also = {
        name: _first(table, columns, unit, len(units), table.dates(name), [None] * len(dates), origin, rng)[0]
        for name in columns.also
    }
    event = {(int(own), (day - origin).days) for own, day in zip(unit, dates, strict=True) if day is not None}
    unit_of, day_of = np.array(sorted(event), np.intp).T
    if twice := len(known) - len(event):
        remarks.append(f"{many(twice, 'row repeats', 'rows repeat')} a unit and its day: one event each.")
    if len(event) > int(acted.sum()):
        remarks.append(
            f"{len(event)} events of {int(acted.sum())} units: pairs are of first events, the hazard uses all if units act twice or more on average and their days are known."
        )
    points = _points(table, unit, len(units), remarks)
    size = _of_unit(table, columns.size, unit, len(units), remarks, positive=True) if columns.size else None
    return Events(
        units=units,
        first=first,
        batch=batch,
        intervals=intervals,
        unit_of=unit_of,
        day_of=day_of.astype(np.float64),
        strata=strata,
        strata_names=strata_names,
        points=points,
        size=size,
        also=also,
        origin=origin,
        remarks=tuple(remarks),
    ), table


def _check_dates(table: Table, columns: Columns, names: Sequence[str], dates: Sequence[date | None]) -> None:
    missing = [place for place, day in enumerate(dates) if day is None]
    if len(missing) == len(dates):
        raise InputError(f"{table.where}: no row has a {columns.date}; events need dates")
    if missing and not columns.never:
        place = missing[0]
        raise InputError(
            f"{table.rows[place].where}: the event of {names[place]!r} has no {columns.date} "
            f"({many(len(missing), 'row')}); give it, leave the row out, or say --never (in Python columns={{'never': True}}) if such units had not acted by the last day"
        )


def _first(
    table: Table,
    columns: Columns,
    unit: Indices,
    units: int,
    dates: Sequence[date | None],
    after: Sequence[date | None],
    origin: date,
    rng: np.random.Generator,
) -> tuple[Array, Indices, Array]:
    """Drawn first days, shape (unit, draw), the reporting interval of each unit, and first and last day of each interval.

    Of a unit's events the earliest of each draw counts, and its reporting interval is the one that ends first, of those the one that begins first. Rows are gone
    through by unit and interval, so that neither this nor chance hangs on their order.
    """
    draws = DRAWS if columns.after else 1
    first = np.full((units, draws), np.nan)
    batch = np.full(units, -1, np.intp)
    spans: list[tuple[int, int, int]] = []
    for place, (day, before) in enumerate(zip(dates, after, strict=True)):
        if day is None:
            continue
        end = (day - origin).days
        start = end - 1 if before is None else (before - origin).days
        if start >= end:
            raise input_error(
                columns.after,
                str(before),
                f"must be before {columns.date} = {day}",
                where=table.rows[place].where,
            )
        spans.append((int(unit[place]), end, start))
    ends: dict[int, int] = {}
    intervals: dict[tuple[int, int], int] = {}
    for own, end, start in sorted(set(spans)):  # a row that stands there twice is no second event
        if own not in ends:
            ends[own] = end
            batch[own] = intervals.setdefault((start, end), len(intervals)) if columns.after else -1
        elif start + 1 >= ends[own]:  # never before the first
            continue
        # The event lies in (start, end]: any of these whole days is as likely.
        first[own] = np.fmin(first[own], rng.integers(start + 1, end + 1, draws))
    bounds = np.array([(start + 1, end) for start, end in intervals], np.float64).reshape(-1, 2)
    return first, batch, bounds


def _strata(table: Table, columns: Columns, unit: Indices, units: int) -> tuple[Indices, tuple[str, ...]]:
    if not columns.strata:
        return np.zeros(units, np.intp), ("all",)
    cells = table.column(columns.strata)
    if "" in cells:
        place = cells.index("")
        raise InputError(
            f"{table.rows[place].where}: {columns.strata} of {table.column(columns.unit)[place]!r} is empty "
            f"({many(cells.count(''), 'row')}); name its stratum, or leave the row out"
        )
    own: list[str | None] = [None] * units
    for place, cell in enumerate(cells):
        before = own[unit[place]]
        if before is not None and before != cell:
            raise InputError(
                f"{table.rows[place].where}: {table.column(columns.unit)[place]!r} stands in stratum {cell!r} and in "
                f"{before!r}; give each unit one {columns.strata}"
            )
        own[unit[place]] = cell
    return numbered([str(cell) for cell in own])


def _remarks(
    first: Array,
    batch: Indices,
    acted: NDArray[np.bool_],
    strata: Indices,
    names: Sequence[str],
    columns: Columns,
) -> list[str]:
    remarks: list[str] = []
    counts = np.bincount(strata[acted], minlength=len(names))
    lone = [name for name, count in zip(names, counts, strict=True) if count == 1]
    if len(lone) == len(names) or counts.max() < 2:
        raise InputError(
            f"every {columns.strata or 'stratum'} has one unit with an event at most, so no dates can be permuted; use larger strata"
        )
    if lone:
        listed = ", ".join(lone[:5]) + (f" and {len(lone) - 5} more" if len(lone) > 5 else "")
        remarks.append(
            f"{len(lone)} of {many(len(names), 'stratum', 'strata')} {'has' if len(lone) == 1 else 'have'} one unit with an event ({listed}); its date cannot be permuted, so it only stands beside others."
        )
    if not columns.after:
        days = first[acted, 0]
        shared = int((np.unique(days, return_counts=True)[1] > 1).sum())
        if len(np.unique(days)) == 1:
            raise InputError("all events fall on one day, and order within a day is never used; give finer dates")
        if shared:
            remarks.append(
                f"{many(shared, 'day has', 'days have')} more than one event: order within a day is never used, and pairs on one day are reported apart."
            )
    elif len(np.unique(batch[acted])) < 2:
        raise InputError("all events lie in one interval, so nothing can be told about their order; give finer dates")
    else:
        remarks.append(
            f"Days are known by their intervals and drawn {DRAWS} times within them: close pairs are means over the draws."
        )
    return remarks


def _of_unit(
    table: Table, name: str, unit: Indices, units: int, remarks: list[str], *, positive: bool = False
) -> Array:
    """A number of each unit, the first that a row of it gives, shape (unit,); where rows differ that is remarked."""
    values = table.numbers(name, positive=positive)
    known = np.flatnonzero(~np.isnan(values))
    own = np.full(units, np.nan)
    own[unit[known[::-1]]] = values[known[::-1]]
    other = known[values[known] != own[unit[known]]]
    if len(other):
        remarks.append(
            f"{many(len(np.unique(unit[other])), 'unit has', 'units have')} more than one {name}, the first of which is used "
            f"(one has {own[unit[other[0]]]:g} and {values[other[0]]:g})."
        )
    return own


def _points(table: Table, unit: Indices, units: int, remarks: list[str]) -> Array | None:
    for first, second, sphere in (("lat", "lon", True), ("x", "y", False)):
        if first in table.columns and second in table.columns:
            a, b = (_of_unit(table, name, unit, units, remarks) for name in (first, second))
            if np.isnan(a).any() or np.isnan(b).any():
                raise InputError(
                    f"{table.where}: {many(int((np.isnan(a) | np.isnan(b)).sum()), 'unit has', 'units have')} no {first} or {second}; give all positions, or leave these columns out"
                )
            if sphere and (np.abs(a).max() > 90.0 or np.abs(b).max() > 180.0):
                raise InputError(f"{table.where}: lat must lie in -90 to 90 and lon in -180 to 180 degrees")
            return on_sphere(a, b) if sphere else np.column_stack([a, b])
    return None
