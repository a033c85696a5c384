"""The reader of a series' CSV file, which refuses what is wrong in it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median_low
from typing import Any, cast

import numpy as np

from desertion.errors import InputError, input_error, refuse_unknown
from desertion.figures.labels import many
from desertion.files import shown
from desertion.scenario.rows import Row, csv_rows
from desertion.study.history.series import GRADES, OWN, UNITS, Kind, Point, Series, Use

COLUMNS = ("start", "end", "value", "low", "high", "unit", "counts", "source", "grade")
WORDS = ("unit", "counts", "source", "grade")
"""Columns of words, which one sentence may give for all rows."""


def read(path: Path, entry: dict[str, Any], for_all: Mapping[str, str] | None = None) -> Series:
    """The checked series of one file.

    Args:
        path: a CSV file with the nine columns of the format, and `group` as a tenth if units are told apart; `date` may
            stand in place of `start` and `end`, and `low` and `high` may be missing.
        entry: its table in `series.toml`.
        for_all: what `unit`, `counts`, `source` and `grade` are in all rows, where the file has no such column; None for a shipped
            file, which must have them.

    Raises:
        InputError: the file is missing, or a row breaks a rule of the format.
    """
    where = shown(path)
    remarks: list[str] = []
    points = _points(path, where, str(entry["kind"]), for_all, remarks)
    if for_all is not None and entry["kind"] == "flow":
        remarks += _unreported(points, where)
    series = Series(
        name=path.stem,
        title=str(entry["title"]),
        kind=cast(Kind, entry["kind"]),
        use=cast(Use, entry["use"]),
        points=points,
        caveats=tuple(entry.get("caveats", ())),
        gaps=str(
            entry.get("gaps", "" if for_all is None else "days in no row of a file of the user's own were not reported")
        ),
        level_shifts=tuple(date.fromisoformat(day) for day in entry.get("level_shifts", ())),
        origin=_day(entry.get("origin")),
        fit_from=_day(entry.get("fit_from")),
        fit_to=_day(entry.get("fit_to")),
        remarks=tuple(remarks),
    )
    for places in _by_group([point.group for point in points]):
        for before, after in pairwise([points[place] for place in places]):
            _check_neighbours(before, after, series, where)
    return series


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _points(
    path: Path, where: str, kind: str, for_all: Mapping[str, str] | None, remarks: list[str]
) -> tuple[Point, ...]:
    rows = csv_rows(
        path,
        wanted=("value",),
        numbers=("value", "low", "high"),
        optional=(*COLUMNS, "group", "date"),
        called="date (or start and end) and value",
    )
    columns = rows[0].cells
    begin = "start" if "start" in columns else "date"
    if begin not in columns:
        listed = ", ".join(columns)
        raise InputError(f"{where}: columns are {listed}; one must be start or date, when a row's interval begins")
    absent = [name for name in WORDS if name not in columns]
    words = {} if for_all is None else {name: OWN[name] for name in absent} | dict(for_all)
    missing = [name for name in absent if name not in words]
    if missing:
        raise InputError(
            f"{where}: columns are {', '.join(columns)}; {', '.join(missing)} are missing", where=where, key=missing[0]
        )
    starts = [row.day(begin) for row in rows]
    if "end" in columns:
        ends = [row.day("end") for row in rows]
    else:
        ends = list(starts)
        for places in _by_group([row.text("group") for row in rows]):
            firsts = [starts[place] for place in places]
            own = _ends(firsts, kind, begin, where)
            remarks += _long(firsts, own, where)
            for place, end in zip(places, own, strict=True):
                ends[place] = end
    return tuple(_point(row, start, end, words) for row, start, end in zip(rows, starts, ends, strict=True))


def _by_group(groups: Sequence[str]) -> list[list[int]]:
    """Places of the rows of each group, in order."""
    return [[place for place, one in enumerate(groups) if one == group] for group in dict.fromkeys(groups)]


def _ends(starts: Sequence[date], kind: str, key: str, where: str) -> list[date]:
    """The last days of intervals known by their first: levels are of one day, flows last until the next begins."""
    for before, after in pairwise(starts):
        _check_order(before, after, key, where)
    if kind != "flow":
        return list(starts)
    ends = [after - timedelta(days=1) for after in starts[1:]]
    final, lasting = starts[-1], (ends[-1] - starts[-2]).days if ends else 0
    # Months, quarters or years, which differ in length; of four weeks in a row only two can begin on one day of the month.
    if ends and final.day <= 28 and (final.day == starts[-2].day == 1 or len({day.day for day in starts[-3:]}) == 1):
        months = 12 * (final.year - starts[-2].year) + final.month - starts[-2].month
        years, month = divmod(final.month - 1 + months, 12)
        if final.year + years <= date.max.year:
            lasting = (date(final.year + years, month + 1, final.day) - final).days - 1
    return [*ends, final + min(timedelta(days=lasting), date.max - final)]


def _check_order(before: date, after: date, key: str, where: str) -> None:
    if after == before:
        raise _twice(after, key, where)
    if after < before:
        raise input_error(key, str(after), f"must be after {before}", where=where, way_out="sort the rows by date")


def _twice(day: date, key: str, where: str) -> InputError:
    return input_error(key, str(day), "stands twice", where=where, way_out="keep one row per interval")


def _long(starts: Sequence[date], ends: Sequence[date], where: str) -> list[str]:
    """A remark on intervals that last at least twice as long as usual, where a row may be missing."""
    lengths = [(end - start).days + 1 for start, end in zip(starts, ends, strict=True)]
    usual = median_low(lengths)
    # The last row has no next one, and is taken to last as long as the one before.
    long = [place for place, days in enumerate(lengths[:-1]) if days >= 2 * usual]
    if not long:
        return []
    start, days = starts[long[0]], lengths[long[0]]
    many = f"{len(long)} intervals last" if len(long) > 1 else "an interval lasts"
    return [
        f"{where}: {many} at least twice the usual {usual} day{'s' * (usual != 1)}, first that from {start} ({days} days, up to the next row): "
        "if a row is missing there, add it with its value, or give start and end"
    ]


def _unreported(points: Sequence[Point], where: str) -> list[str]:
    """A remark on days between rows that are in none, which are not compared."""
    gaps = [
        (before.end + timedelta(days=1), (after.start - before.end).days - 1)
        for places in _by_group([point.group for point in points])
        for before, after in pairwise([points[place] for place in places])
        if (after.start - before.end).days > 1
    ]
    if not gaps:
        return []
    first, days = gaps[0]
    return [
        f"{where}: {many(sum(length for _, length in gaps), 'day')} between rows {'is' if gaps == [(first, 1)] else 'are'} in none, first {many(days, 'day')} from {first}; nothing is said of such days, or compared on them"
    ]


def _point(row: Row, start: date, end: date, for_all: Mapping[str, str]) -> Point:
    words = {name: row.text(name) or for_all.get(name, "") for name in WORDS}
    point = Point(
        start=start,
        end=end,
        value=_count(row, "value"),
        low=_count(row, "low") if row.text("low") else None,
        high=_count(row, "high") if row.text("high") else None,
        group=row.text("group"),
        **words,
    )
    if start > end:
        raise input_error("start", str(start), f"must not be after end = {end}", where=row.where)
    refuse_unknown("unit", point.unit, UNITS, where=row.where)
    refuse_unknown("grade", point.grade, GRADES, where=row.where)
    if not point.source:
        raise input_error("source", point.source, "must name who published the figure", where=row.where)
    low, high = point.low or 0.0, np.inf if point.high is None else point.high
    if not low <= point.value <= high:
        raise input_error("value", point.value, f"must lie between low = {low:g} and high = {high:g}", where=row.where)
    return point


def _count(row: Row, key: str) -> float:
    number = row.number(key)
    if not np.isfinite(number) or number < 0.0:
        raise input_error(
            key, row.text(key), "must be a finite number >= 0: these are counts and shares", where=row.where
        )
    return number


def _check_neighbours(before: Point, after: Point, series: Series, where: str) -> None:
    if (before.start, before.end) == (after.start, after.end):
        raise _twice(after.start, "start", where)
    if after.start <= (before.end if series.kind == "flow" else before.start):
        raise input_error(
            "start", str(after.start), f"must be after {before.end}", where=where, way_out="sort the rows by date"
        )
    missing = (after.start - before.end).days - 1
    if series.kind == "flow" and missing > 0 and not series.gaps:
        first = before.end + timedelta(days=1)
        raise input_error(
            "start",
            str(after.start),
            f"leaves a gap of {many(missing, 'day')} from {first}",
            where=where,
            way_out="add the missing rows, or say why they are missing under `gaps` where the series is described",
        )
    if series.kind == "cumulative" and after.value < before.value:
        raise input_error(
            "value", after.value, f"falls below {before.value:g} of {before.end} in a cumulative series", where=where
        )
