"""Merge: the files of a study's shards put together into one."""

import logging
import os
import shlex
from collections.abc import Mapping, Sequence
from glob import escape
from pathlib import Path
from typing import Any

from desertion.errors import InputError
from desertion.figures.labels import many
from desertion.study.design.factors import Point
from desertion.study.design.spec import difference
from desertion.study.failures import StoreFullError
from desertion.study.store.disk import real
from desertion.study.store.layout import put_in_place
from desertion.study.store.lock import DriverLock
from desertion.study.store.reader import StudyFile
from desertion.study.store.resumption import COMPARED, as_held
from desertion.study.store.row import QUARANTINED, TIMEOUT, Row, packed_curve, packed_scalars
from desertion.study.store.writer import StudyWriter

log = logging.getLogger(__name__)

_AT_ONCE = 500

_CUT_OFF = (TIMEOUT, QUARANTINED)
"""What a limit or a machine did to a run, which says nothing about it."""


def merge(parts: Sequence[Path], out: Path) -> int:
    """Number of runs in a new file of all shards, which is the same as if one driver had run everything.

    Raises:
        InputError: If parts belong to different studies, disagree about a run, or `out` exists or is being written.
        StoreFullError: If the disk is full; `out` is not made.
    """
    if len(parts) < 1:
        raise InputError("merge needs the files of at least one shard")
    with DriverLock(out):
        if out.exists():
            raise InputError(f"{out} exists already: give another file or move it away")
        return _merged(parts, out)


def _merged(parts: Sequence[Path], out: Path) -> int:
    with StudyFile(parts[0]) as first:
        head, points = first.header(), first.points()
    accepted = list(head.get("accepted_changes", []))
    for part in parts[1:]:
        accepted += _checked(parts[0], head, points, part).get("accepted_changes", [])
    there = real(out)
    fresh = there.with_name(f".{there.name}.{os.getpid()}.merging")
    command = shlex.join(["desertion", "merge", str(out), *map(str, parts)])
    head = {key: value for key, value in head.items() if key != "created"} | {"shard": "1/1", "command": command}
    if accepted:  # rows of any part may be of before
        head["accepted_changes"] = sorted(accepted, key=lambda change: str(change["at"]))
    try:
        writer = StudyWriter.open(fresh, head, points)
        try:
            total = sum(_copy(part, writer) for part in parts)
        finally:
            writer.close()
        put_in_place(fresh, out)
    except StoreFullError as problem:
        raise StoreFullError(
            f"{out} is not made, its disk has no room for it ({problem.__cause__}): make room and merge again"
        ) from problem
    finally:
        _remove_begun(there)
    return total


def _remove_begun(out: Path) -> None:
    """Remove what a merge into this file has begun, also one that was killed, with the logs that SQLite leaves beside it."""
    for start in (".", ".."):  # the latter while it was being created
        for rest in out.parent.glob(f"{start}{escape(out.name)}.*.merging*"):
            rest.unlink(missing_ok=True)


def _checked(first: Path, head: Mapping[str, Any], points: Sequence[Point], other: Path) -> dict[str, Any]:
    """The header of another part, which must be of the same study."""
    with StudyFile(other) as file:
        header = file.header()
        header, others = as_held(head, header, file.points())
    lines = [line for key in COMPARED if key != "shard" for line in difference(head.get(key), header.get(key), key)]
    if not lines and others != points:
        lines = [f"{len(points):,} and {len(others):,} design points"]
    if lines:
        raise InputError(
            f"{first} and {other} are no shards of one study ({'; '.join(lines[:5])}): merge files of one study"
        )
    return header


def _copy(part: Path, writer: StudyWriter) -> int:
    """Copy the runs that the new file lacks, or has as cut off; count the new ones."""
    copied = better = again = 0
    with StudyFile(part) as file:
        columns = tuple(file.header().get("columns", ()))
        waiting: list[Row] = []
        for row in file.rows(curves=True, surplus=True):
            other = writer.run_of(row.design, row.replicate)
            if other is not None and not _is_better(row, other, part):
                again += 1
                continue
            waiting.append(row)
            copied += other is None
            better += other is not None
            if len(waiting) >= _AT_ONCE:
                writer.put(waiting, columns)
                waiting = []
        writer.put(waiting, columns)
    writer.flush()
    if better:
        log.warning("%s: %s taken from it that a file before it has cut off", part, many(better, "run is", "runs are"))
    if again:
        held = many(again, "run is", "runs are")
        log.warning(
            "%s: %s in a file before it already, and counted once%s",
            part,
            held,
            "" if copied or better else "; it adds nothing",
        )
    return copied


def _is_better(row: Row, other: Row, part: Path) -> bool:
    """Whether a run is to stand in place of another of the same number, which was cut off.

    Raises:
        InputError: If both came to an end, and not to the same.
    """
    if row.status in _CUT_OFF or other.status in _CUT_OFF:
        return row.status not in _CUT_OFF
    if _kept(other) != _kept(row):
        raise InputError(
            f"{part} and a file before it disagree about replicate {row.replicate} of design point {row.design}: "
            f"one of them was made on another machine or version, leave it out"
        )
    return False


def _kept(row: Row) -> tuple[object, ...]:
    return row.status, row.error, packed_scalars(row.scalars), packed_curve(row.curve), row.extras
