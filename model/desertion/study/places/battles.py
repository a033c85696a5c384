"""Sides in battles: what share of each was missing or captured, and which of its regiments had fought where."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desertion.errors import InputError, input_error
from desertion.figures.labels import many
from desertion.study.arrays import Array, Indices
from desertion.study.places.table import Table, numbered, read_table

FEWEST = 20  # rows of a regression
_COLUMNS = "source_battle, belligerent, start, end, strength, killed_wounded, missing_captured, theater, campaign"


@dataclass(frozen=True, kw_only=True)
class Battles:
    """Sides in battles, a row a side.

    Attributes:
        side: side of each row, shape (row,).
        battle: its battle.
        start: first day of the battle.
        end: last day.
        outcome: logit of the share missing or captured.
        losses: logit of the share killed and wounded; NaN where not stated.
        strength: soldiers engaged.
        theatre: its theatre.
        campaign: its campaign; a battle without one is its own.
        year: calendar year of its start.
        shared: share of the row's regiments that fought in each other row of its side, shape (row, row), or none.
        remarks: what was made of rows that cannot be right, a sentence each.
    """

    side: Indices
    battle: Indices
    start: Array
    end: Array
    outcome: Array
    losses: Array
    strength: Array
    theatre: Indices
    campaign: Indices
    year: Indices
    shared: Array | None
    remarks: tuple[str, ...] = ()


def strata_of(battles: Battles) -> Indices:
    """Side, theatre and calendar year together, shape (row,)."""
    return numbered([f"{a} {b} {c}" for a, b, c in zip(battles.side, battles.theatre, battles.year, strict=True)])[0]


def read_battles(path: Path, only: Sequence[str], carriers: Path | None = None) -> Battles:
    """The battles of a table in which both strength and missing or captured stand.

    Args:
        path: CSV file, a row a side in a battle, with the columns that `desertion contagion --battles` names.
        only: conditions that rows must meet, `COLUMN=VALUE`: one source, since compilers count one battle twice.
        carriers: CSV file of the units that fought in each battle: cwsac_id, belligerent, unit_code. Sides are matched by their first letter, of which no two may have the same.

    Raises:
        InputError: a table is wrong, holds a battle side twice, or has fewer than twenty rows to use.
    """
    table = read_table(path).only(only)
    missing = [name for name in _COLUMNS.split(", ") if name not in table.columns]
    if missing:
        raise InputError(f"{table.where}: has no column {', '.join(missing)}; battles need {_COLUMNS}")
    strength, taken, hit = (_people(table, name) for name in ("strength", "missing_captured", "killed_wounded"))
    starts, ends = table.dates("start"), table.dates("end")
    kept = [
        place
        for place in range(len(table.rows))
        if strength[place] > 0.0 and taken[place] >= 0.0 and starts[place] is not None
    ]
    if len(kept) < FEWEST:
        raise InputError(
            f"{table.where}: {many(len(kept), 'side in a battle has', 'sides in battles have')} a date, a strength and missing_captured; at least {FEWEST} are needed"
        )
    side, side_names = numbered([table.column("belligerent")[place] for place in kept])
    battle, _ = numbered([table.column("source_battle")[place] for place in kept])
    if len(set(zip(side.tolist(), battle.tolist(), strict=True))) < len(kept):
        raise InputError(
            f"{table.where}: a side stands twice in one battle; take one source with --only 'source=...', since compilers count the same battles"
        )
    begun = [day for day in (starts[place] for place in kept) if day is not None]
    start = np.array([day.toordinal() for day in begun], np.float64)
    end = np.array(
        [(ends[place] or starts_day).toordinal() for place, starts_day in zip(kept, begun, strict=True)], np.float64
    )
    if (end < start).any():
        place = kept[int(np.flatnonzero(end < start)[0])]
        raise input_error(
            "end", str(ends[place]), f"must not be before start = {starts[place]}", where=table.rows[place].where
        )
    beyond = [
        f"{what} of {table.rows[place].where} ({number:g}) exceeds its strength ({strength[place]:g}) and counts as all of it."
        for what, numbers in (("missing_captured", taken), ("killed_wounded", hit))
        for place, number in zip(kept, numbers[kept], strict=True)
        if number > strength[place]
    ]
    campaigns = [table.column("campaign")[place] or f"battle {table.column('source_battle')[place]}" for place in kept]
    return Battles(
        side=side,
        battle=battle,
        start=start,
        end=end,
        outcome=_logit(taken[kept], strength[kept]),
        losses=_logit(hit[kept], strength[kept]),
        strength=strength[kept],
        theatre=numbered([table.column("theater")[place] for place in kept])[0],
        campaign=numbered(campaigns)[0],
        year=np.array([day.year for day in begun], np.intp),
        shared=None
        if carriers is None
        else _shared(
            carriers, [table.column("cwsac_id")[place] for place in kept], [side_names[each] for each in side]
        ),
        remarks=tuple(beyond),
    )


def _people(table: Table, name: str) -> Array:
    numbers = table.numbers(name)
    for row, number in zip(table.rows, numbers, strict=True):
        if number < 0.0:
            raise input_error(name, f"{number:g}", "must not be below 0", where=row.where)
    return numbers


def _logit(part: Array, whole: Array) -> Array:
    return np.log((part + 0.5) / (np.maximum(whole - part, 0.0) + 0.5))


def _shared(path: Path, battles: Sequence[str], sides: Sequence[str]) -> Array:
    table = read_table(path)
    by_letter: dict[str, str] = {}
    for side in sides:
        if by_letter.setdefault(side[:1], side) != side:
            raise input_error(
                "belligerent",
                side,
                f"must not begin like {by_letter[side[:1]]!r}: units are matched with sides by that letter",
                where=table.where,
                way_out="give the sides other first letters, in both files",
            )
    units: dict[tuple[str, str], set[str]] = {}
    for battle, side, unit in zip(
        table.column("cwsac_id"), table.column("belligerent"), table.column("unit_code"), strict=True
    ):
        units.setdefault((battle, side[:1]), set()).add(unit)
    present = [
        units.get((battle, side[:1]), set()) if battle else set() for battle, side in zip(battles, sides, strict=True)
    ]
    shared = np.zeros((len(present), len(present)))
    for row, own in enumerate(present):
        if own:
            shared[row] = [len(own & other) / len(own) for other in present]
    return shared
