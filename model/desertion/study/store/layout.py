"""Layout of a study's file: its tables, how a run stands in them, and how a file is opened and made whole."""

import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from glob import escape
from pathlib import Path
from typing import Any

from desertion.study.store.disk import failure, log_of, real
from desertion.study.store.row import (
    Row,
    checksum_of,
    digest,
    packed_curve,
    packed_scalars,
    shape_text,
    unpacked_curve,
    unpacked_scalars,
)
from desertion.study.store.seal import SEAL, TALLY, Tally, seal_of

FORMAT = 2
"""Layout of the file; a program refuses a file whose number is higher than its own."""

APPLICATION = 0x44534354
"""Marks the file as a study ("DSCT") among all SQLite files."""

OLD_TASKS = {
    "desertion.study.task.run_task": "model",
    "desertion.study.arm.run_arm": "comparison",
    "desertion.study.claim_task.run_arm": "claims",
}
"""Paths of the shipped tasks in files that were made before tasks had names."""

PATIENCE = 30.0
"""Seconds that a statement waits for others who hold the file."""

SCHEMA = """
CREATE TABLE experiment (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE design (id INTEGER PRIMARY KEY, params TEXT NOT NULL);
CREATE TABLE run (
    design INTEGER NOT NULL REFERENCES design (id),
    replicate INTEGER NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    seconds REAL NOT NULL,
    worker TEXT NOT NULL,
    finished TEXT NOT NULL,
    scalars TEXT NOT NULL,
    shape TEXT NOT NULL,
    curve_checksum TEXT NOT NULL,
    checksum TEXT NOT NULL,
    error TEXT NOT NULL,
    trace TEXT NOT NULL,
    curve BLOB NOT NULL,
    extras BLOB NOT NULL,
    UNIQUE (design, replicate)
);
"""

# The blobs stand last in the table, so that reading the scalars of a long study never touches its curves.
PLAIN = """design, replicate, status, scalars, shape, curve_checksum, error, attempts, seconds, worker, finished, trace,
    checksum"""
_RESULTS = 7
"""Columns of `PLAIN` that are results; those after them, but for the checksum, are circumstances."""

COLUMNS = """design, replicate, status, attempts, seconds, worker, finished, scalars, shape, curve_checksum, checksum,
    error, trace, curve, extras"""
"""Columns of a run, as it is written."""

INSERT = f"INSERT OR REPLACE INTO run ({COLUMNS}) VALUES ({', '.join('?' * 15)})"

STATUS, CHECKSUM = 2, 10
"""Places of status and checksum among those columns."""


def create(path: Path, entries: Mapping[str, str], points: Sequence[str], runs: Iterable[tuple[Any, ...]]) -> None:
    """Make the whole file under another name first, so that a kill leaves no half-made study.

    Entries, points and runs come as they are stored; seal and tally are made here.

    Raises:
        StoreFullError: If there is no room for it.
    """
    there = real(path)
    fresh = there.with_name(f".{there.name}.{os.getpid()}.new")
    connection = None
    try:
        for stale in there.parent.glob(f".{escape(there.name)}.*.new*"):
            stale.unlink(missing_ok=True)
        connection = sqlite3.connect(fresh, isolation_level=None)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.executescript(f"BEGIN; {SCHEMA}")
        tally = Tally()
        for line in runs:
            tally.add(line[STATUS], line[CHECKSUM])
            connection.execute(INSERT, line)
        plain = {key: text for key, text in entries.items() if key not in (SEAL, TALLY)}
        sealed = {**plain, SEAL: seal_of(plain, list(enumerate(points))), TALLY: tally.text()}
        connection.executemany("INSERT INTO experiment VALUES (?, ?)", sealed.items())
        connection.executemany("INSERT INTO design VALUES (?, ?)", enumerate(points))
        connection.execute("COMMIT")
        connection.close()
        put_in_place(fresh, path)
    except (sqlite3.OperationalError, OSError) as problem:
        raise failure(problem, path) from problem
    finally:
        if connection is not None:
            connection.close()
        for rest in (fresh, fresh.with_name(f"{fresh.name}-journal")):
            rest.unlink(missing_ok=True)


def put_in_place(fresh: Path, path: Path) -> None:
    """Give a whole file its name, or put it where the link of that name leads.

    What a killed driver left beside a file that was then moved away goes first: SQLite would lay its runs over the new file.
    """
    there = real(path)
    for rest in ("-wal", "-shm", "-journal"):
        Path(f"{there}{rest}").unlink(missing_ok=True)
    fresh.replace(there)


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """Open a database that exists.

    Args:
        path: The file.
        mode: `ro` for reading, `rw` for writing.
    """
    address = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE, check_same_thread=False)
    if mode == "ro":
        try:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.OperationalError:
            # A file in a folder that may not be written has no room for SQLite's shared memory; nobody writes it. Where
            # a log lies beside it, though, the file alone would be an older state.
            connection.close()
            log = log_of(path)
            if log.exists() and log.stat().st_size:
                raise
            connection = sqlite3.connect(
                f"{address}&immutable=1", uri=True, isolation_level=None, check_same_thread=False
            )
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return connection
    return connection


def line_of(row: Row) -> tuple[Any, ...]:
    """A run as its line in the file, in the order of `COLUMNS`."""
    scalars, shape, blob = packed_scalars(row.scalars), shape_text(row.curve), packed_curve(row.curve)
    curve_sum, finished, seconds = digest(blob, row.extras), now(), float(row.seconds)
    checksum = checksum_of(
        (row.design, row.replicate, row.status, scalars, shape, curve_sum, row.error),
        (row.attempts, seconds, row.worker, finished, row.trace),
    )
    start = (row.design, row.replicate, row.status, row.attempts, seconds, row.worker, finished)
    return (*start, scalars, shape, curve_sum, checksum, row.error, row.trace, blob, row.extras)


def row_of(line: tuple[Any, ...]) -> tuple[Row, bool]:
    """A run from its line, and whether it matches its checksums; a run that does not has no measures and no curve."""
    design, replicate, status, scalars, shape, curve_sum, error, attempts, seconds, worker, finished, trace = line[:12]
    checksum, curve, extras = line[12:15]
    row = Row(design, replicate, status, attempts, seconds, worker, error=error, trace=trace)
    results = line[:_RESULTS]
    # Format 1 had a checksum of the results alone.
    right = (
        digest(*results)
        if len(str(checksum)) == 32
        else checksum_of(results, (attempts, seconds, worker, finished, trace))
    )
    if checksum != right or (curve is not None and digest(curve, extras) != curve_sum):
        return row, False
    try:
        row.scalars = unpacked_scalars(scalars)
        if curve is not None:
            row.curve, row.extras = unpacked_curve(curve, shape), extras
    except (ValueError, TypeError, AttributeError):
        return row, False
    return row, True


def now() -> str:
    """This moment, as files say it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
