"""Reading a series from its CSV file and refusing what is wrong in it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np

from desertion.errors import InputError, input_error, unknown_name
from desertion.files import shown
from desertion.study.history.series import GRADES, UNITS, Kind, Point, Series, Use

COLUMNS = ("start", "end", "value", "low", "high", "unit", "counts", "source", "grade")


def read(path: Path, entry: dict[str, Any]) -> Series:
    """Return the checked series of one file.

    Args:
        path: a CSV file with the nine columns of the format, and `group` as a tenth if units are told apart.
        entry: its table in `series.toml`.

    Raises:
        InputError: the file is missing, or a row breaks a rule of the format.
    """
    where = shown(path)
    points = tuple(_point(row, f"{where}:{number}") for number, row in _rows(path, where))
    series = Series(
        name=path.stem,
        title=str(entry["title"]),
        kind=cast(Kind, entry["kind"]),
        use=cast(Use, entry["use"]),
        points=points,
        caveats=tuple(entry.get("caveats", ())),
        gaps=str(entry.get("gaps", "")),
        level_shifts=tuple(date.fromisoformat(day) for day in entry.get("level_shifts", ())),
        origin=_day(entry.get("origin")),
        fit_from=_day(entry.get("fit_from")),
        fit_to=_day(entry.get("fit_to")),
    )
    _check_order(series, where)
    if series.kind == "cumulative":
        _check_growth(series, where)
    return series


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _rows(path: Path, where: str) -> list[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise InputError(f"{where}: there is no such file; name a shipped series or a CSV file that exists")
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        header = tuple(reader.fieldnames or ())
        if header not in (COLUMNS, (*COLUMNS, "group")):
            raise InputError(f"{where}: columns are {', '.join(header)}; they must be {', '.join(COLUMNS)}[, group]")
        rows = [(reader.line_num, row) for row in reader]
    if not rows:
        raise InputError(f"{where}: there is no row; a series needs at least one point")
    return rows


def _point(row: dict[str, str], where: str) -> Point:
    point = Point(
        start=_date(row["start"], "start", where),
        end=_date(row["end"], "end", where),
        value=_number(row["value"], "value", where),
        low=_number(row["low"], "low", where) if row["low"] else None,
        high=_number(row["high"], "high", where) if row["high"] else None,
        unit=row["unit"],
        counts=row["counts"],
        source=row["source"],
        grade=row["grade"],
        group=row.get("group", ""),
    )
    if point.start > point.end:
        raise input_error("start", row["start"], f"must not be after end = {row['end']}", where=where)
    if point.unit not in UNITS:
        raise unknown_name("unit", point.unit, UNITS, where=where)
    if point.grade not in GRADES:
        raise unknown_name("grade", point.grade, GRADES, where=where)
    if not point.source.strip():
        raise input_error("source", row["source"], "must name who published the figure", where=where)
    low, high = point.low or 0.0, np.inf if point.high is None else point.high
    if not low <= point.value <= high:
        raise input_error("value", row["value"], f"must lie between low = {low:g} and high = {high:g}", where=where)
    return point


def _date(text: str, key: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise input_error(key, text, "must be a date as in 1989-11-09", where=where) from None


def _number(text: str, key: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise input_error(key, text, "must be a number", where=where) from None
    if not np.isfinite(number) or number < 0.0:
        raise input_error(key, text, "must be a finite number >= 0: these are counts and shares", where=where)
    return number


def _check_order(series: Series, where: str) -> None:
    for group in sorted({point.group for point in series.points}):
        rows = [point for point in series.points if point.group == group]
        for before, after in pairwise(rows):
            _check_neighbours(before, after, series, where)


def _check_neighbours(before: Point, after: Point, series: Series, where: str) -> None:
    if (before.start, before.end) == (after.start, after.end):
        raise input_error("start", str(after.start), "stands twice", where=where, way_out="keep one row per interval")
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
            f"leaves a gap of {missing} days from {first}",
            where=where,
            way_out="add the missing rows, or say why they are missing under `gaps` in series.toml",
        )


def _check_growth(series: Series, where: str) -> None:
    for before, after in pairwise(series.points):
        if after.value < before.value:
            raise input_error(
                "value",
                after.value,
                f"falls below {before.value:g} of {before.end} in a cumulative series",
                where=where,
            )
