"""Store: one SQLite file a study, opened for reading; what it refuses, it refuses in a sentence."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desertion.errors import InputError
from desertion.study.design.factors import Point
from desertion.study.store.row import Row, digest, unpacked_curve, unpacked_scalars

FORMAT = 1
"""Layout of the file; a program refuses a file whose number is higher than its own."""

APPLICATION = 0x44534354
"""Marks the file as a study ("DSCT") among all SQLite files."""

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
_WITHOUT = """
SELECT design, replicate, status, attempts, seconds, worker, scalars, shape, curve_checksum, checksum, error, trace,
    NULL, NULL FROM run"""
_WITH_CURVES = _WITHOUT.replace("NULL, NULL", "curve, extras")


class StudyFile:
    """A study's file, open for reading.

    Args:
        path: The file.

    Raises:
        InputError: If the file is missing, foreign, truncated, damaged or made by a newer version.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise InputError(f"{path} does not exist: give the file of a study, as `desertion sweep` wrote it")
        self.path = path
        self.connection = self._connect()
        try:
            with self.told():
                self._check()
        except BaseException:
            self.connection.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        return connected(self.path, "ro")

    def _check(self) -> None:
        application = self._pragma("application_id")
        if application != APPLICATION:
            raise InputError(
                f"{self.path} is no study file: it is a database of another program, give one of `desertion sweep`"
            )
        version = self._pragma("user_version")
        if version > FORMAT:
            raise InputError(
                f"{self.path} was made by a newer version of desertion (file format {version}, this program reads "
                f"up to {FORMAT}): upgrade desertion to open it"
            )
        stated = self._pragma("page_count") * self._pragma("page_size")
        if stated > self.path.stat().st_size and not Path(f"{self.path}-wal").exists():
            raise _damaged(self.path, "it is shorter than it says")

    def _pragma(self, name: str) -> int:
        return int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def told(self) -> Generator[None]:
        """Turn what SQLite says about a damaged file into a sentence."""
        try:
            yield
        except sqlite3.OperationalError as problem:
            if "locked" in str(problem) or "busy" in str(problem):
                raise InputError(
                    f"{self.path} is locked by another program: try again when that has finished"
                ) from problem
            raise _damaged(self.path, str(problem)) from problem
        except sqlite3.DatabaseError as problem:
            if "not a database" in str(problem):
                raise InputError(f"{self.path} is no study file: give one that `desertion sweep` wrote") from problem
            raise _damaged(self.path, str(problem)) from problem

    def header(self) -> dict[str, Any]:
        """What the file says about itself: spec, hashes, versions, platform, columns of the curves."""
        with self.told():
            pairs = self.connection.execute("SELECT key, value FROM experiment").fetchall()
        return {key: json.loads(value) for key, value in pairs}

    def points(self) -> list[Point]:
        """Design points in the order of their numbers."""
        with self.told():
            return [json.loads(row[0]) for row in self.connection.execute("SELECT params FROM design ORDER BY id")]

    def counts(self) -> dict[str, int]:
        """Number of runs by status."""
        with self.told():
            return dict(
                self.connection.execute("SELECT status, count(*) FROM run GROUP BY status ORDER BY status").fetchall()
            )

    def rows(self, *, design: int | None = None, curves: bool = False) -> Iterator[Row]:
        """Runs in the order of design point and replicate, one at a time, whatever their number.

        Args:
            design: Number of one design point, or None for all.
            curves: Whether to read the curves as well.

        Yields:
            A run whose checksum was right.

        Raises:
            InputError: If a row is damaged.
        """
        for row, sound in self.examined(design=design, curves=curves):
            if not sound:
                raise _damaged(
                    self.path,
                    f"run {row.replicate} of design point {row.design} does not match its checksum; resuming the "
                    f"study runs it again",
                )
            yield row

    def examined(self, *, design: int | None = None, curves: bool = False) -> Iterator[tuple[Row, bool]]:
        """Like :meth:`rows`, with a damaged row handed out and marked False instead of refused.

        Args:
            design: Number of one design point, or None for all.
            curves: Whether to read the curves, and check them, as well.

        Yields:
            A run and whether its checksums are right.
        """
        chosen = _WITH_CURVES if curves else _WITHOUT
        where = "" if design is None else " WHERE design = ?"
        with self.told():
            cursor = self.connection.execute(
                f"{chosen}{where} ORDER BY design, replicate", () if design is None else (design,)
            )
            for line in cursor:
                yield _row(line)

    def one(self, design: int, replicate: int) -> Row | None:
        """One run with its curve, or None where it is not in the file.

        Args:
            design: Number of the design point.
            replicate: Number of the replicate.
        """
        with self.told():
            line = self.connection.execute(
                f"{_WITH_CURVES} WHERE design = ? AND replicate = ?", (design, replicate)
            ).fetchone()
        return None if line is None else _row(line)[0]

    def seconds(self) -> float:
        """Mean time of one finished run, or NaN where there is none."""
        with self.told():
            found = self.connection.execute("SELECT avg(seconds) FROM run WHERE status = 'done'").fetchone()[0]
        return float("nan") if found is None else float(found)

    def curve_bytes(self, design: int) -> int:
        """Size of all curves of one design point."""
        with self.told():
            found = self.connection.execute("SELECT sum(length(curve)) FROM run WHERE design = ?", (design,)).fetchone()
        return int(found[0] or 0)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """Open a database that exists.

    Args:
        path: The file.
        mode: ``ro`` for reading, ``rw`` for writing.
    """
    address = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30.0, check_same_thread=False)
    if mode == "ro":
        try:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.OperationalError:
            # A file in a folder that may not be written has no room for SQLite's shared memory; nobody writes it.
            connection.close()
            connection = sqlite3.connect(
                f"{address}&immutable=1", uri=True, isolation_level=None, check_same_thread=False
            )
        except sqlite3.DatabaseError:
            return connection
    return connection


def _row(line: tuple[Any, ...]) -> tuple[Row, bool]:
    *plain, curve, extras = line
    design, replicate, status, attempts, seconds, worker, scalars, shape, curve_sum, checksum, error, trace = plain
    row = Row(design, replicate, status, attempts, seconds, worker, error=error, trace=trace)
    if checksum != digest(design, replicate, status, scalars, shape, curve_sum, error):
        return row, False
    row.scalars = unpacked_scalars(scalars)
    if curve is None:
        return row, True
    if digest(curve, extras) != curve_sum:
        return row, False
    row.curve, row.extras = unpacked_curve(curve, shape), extras
    return row, True


def _damaged(path: Path, how: str) -> InputError:
    return InputError(f"{path} is damaged or cut short ({how}): restore a copy, or delete it and run the study again")
