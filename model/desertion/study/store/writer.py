"""Writer: the one driver that may write a study's file; creates it whole, resumes it safely, survives a full disk."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from desertion.errors import InputError
from desertion.study.design.factors import Point
from desertion.study.design.spec import canonical, difference
from desertion.study.failures import StoreFullError
from desertion.study.store.disk import full_or, on_network
from desertion.study.store.lock import DriverLock
from desertion.study.store.reader import APPLICATION, FORMAT, SCHEMA, StudyFile, connected
from desertion.study.store.row import Row, digest, packed_curve, packed_scalars, shape_text

COMMIT_EVERY = 1.0
"""Seconds after which finished runs are written at the latest."""

COMPARED = ("spec", "fingerprint", "versions", "shard", "search")
"""Header entries that must be equal for a file to be resumed."""

_MOST_WAITING = 16 * 2**20
_INSERT = """
INSERT OR REPLACE INTO run (design, replicate, status, attempts, seconds, worker, finished, scalars, shape,
    curve_checksum, checksum, error, trace, curve, extras)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


class StudyWriter(StudyFile):
    """A study's file, open for writing by one driver.

    Use :meth:`open`, which creates or resumes.
    """

    def __init__(self, path: Path, lock: DriverLock) -> None:
        self._lock = lock
        self._waiting: dict[tuple[int, int], tuple[Any, ...]] = {}
        self._waiting_bytes = 0
        self._last_commit = time.monotonic()
        super().__init__(path)
        self._columns: tuple[str, ...] | None = None
        with self.told():
            self.connection.execute(f"PRAGMA journal_mode = {'DELETE' if on_network(path) else 'WAL'}")
            self.connection.execute("PRAGMA synchronous = NORMAL")

    @classmethod
    def open(
        cls, path: Path, header: Mapping[str, Any], points: Sequence[Point], *, accept_changes: bool = False
    ) -> Self:
        """Create the file of a study, or resume it.

        Args:
            path: The file.
            header: What the file says about itself; entries of :data:`COMPARED` must equal those of an existing file.
            points: Design points, in order.
            accept_changes: Resume although spec, versions or model differ; the design points must agree all the same.

        Raises:
            InputError: If another driver writes the file, or it holds another study.
            StoreFullError: If there is no room to create it.
        """
        if not path.parent.is_dir():
            raise InputError(f"{path.parent} is no folder: create it or give another --out")
        lock = DriverLock(path)
        lock.acquire()
        try:
            if not path.exists():
                _create(path, header, points)
            writer = cls(path, lock)
            try:
                writer._check_same(header, points, accept_changes)
            except BaseException:
                writer.close()
                raise
        except BaseException:
            lock.release()
            raise
        return writer

    @classmethod
    def open_growing(cls, path: Path, header: Mapping[str, Any], *, accept_changes: bool = False) -> Self:
        """Create or resume a file whose design points are found while it is written, see :meth:`extend`.

        Args:
            path: The file.
            header: As for :meth:`open`.
            accept_changes: As for :meth:`open`.
        """
        points: list[Point] = []
        if path.exists():
            with StudyFile(path) as file:
                points = file.points()
        return cls.open(path, header, points, accept_changes=accept_changes)

    def extend(self, points: Sequence[Point]) -> None:
        """Add the design points that the file lacks.

        Args:
            points: All points so far, in order.

        Raises:
            InputError: If the file holds others.
            StoreFullError: If the disk is full.
        """
        have = [canonical(point) for point in self.points()]
        wanted = [canonical(point) for point in points]
        if have[: len(wanted)] != wanted[: len(have)]:
            raise InputError(
                f"{self.path} holds other candidates than this search asks for: give another file with --out"
            )
        with self._writing():
            lacking = list(enumerate(wanted))[len(have) :]
            self.connection.executemany("INSERT INTO design VALUES (?, ?)", lacking)

    def _connect(self) -> sqlite3.Connection:
        return connected(self.path, "rw")

    def _check_same(self, header: Mapping[str, Any], points: Sequence[Point], accept_changes: bool) -> None:
        old = self.header()
        if [canonical(point) for point in self.points()] != [canonical(point) for point in points]:
            raise InputError(
                f"{self.path} holds other design points than this study"
                f"{_listed(old.get('spec'), header.get('spec'))}: give another file with --out"
            )
        lines = [
            line for key in COMPARED for line in difference(old.get(key), json.loads(canonical(header.get(key))), key)
        ]
        if lines and not accept_changes:
            raise InputError(
                f"{self.path} was made by another study, version or machine ({'; '.join(lines)}): give another file "
                f"with --out, or resume it all the same with --accept-changes"
            )
        if lines:
            changes = [*old.get("accepted_changes", []), {"at": _now(), "changes": lines}]
            with self._writing():
                for key in COMPARED:
                    self._say(key, header.get(key))
                self._say("accepted_changes", changes)

    def put(self, rows: Sequence[Row], columns: tuple[str, ...] = ()) -> None:
        """Take finished runs; they are on disk within :data:`COMMIT_EVERY` seconds or at :meth:`flush`.

        Args:
            rows: Finished runs.
            columns: Names of their curves' columns.

        Raises:
            InputError: If the columns are not those of the runs before.
            StoreFullError: If the disk is full.
        """
        if columns:
            self._check_columns(columns)
        for row in rows:
            self._waiting[row.key] = packed = _packed(row)
            self._waiting_bytes += len(packed[-1]) + len(packed[-2])
        if time.monotonic() - self._last_commit >= COMMIT_EVERY or self._waiting_bytes > _MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction.

        Raises:
            StoreFullError: If the disk is full; what was written before is kept.
        """
        self._last_commit = time.monotonic()
        if not self._waiting:
            return
        try:
            self._write(list(self._waiting))
        except StoreFullError:
            self._write_singly()
        self._waiting_bytes = 0

    def _write(self, keys: Sequence[tuple[int, int]]) -> None:
        with self._writing():
            self.connection.executemany(_INSERT, [self._waiting[key] for key in keys])
        for key in keys:
            del self._waiting[key]

    def _write_singly(self) -> None:
        """Keep as many of the finished runs as still fit, each in a transaction of its own.

        Raises:
            StoreFullError: When the next one does not fit.
        """
        for key in list(self._waiting):
            try:
                self._write([key])
            except StoreFullError:
                # The log may be what is full: moving its pages into the file gives it room again.
                with suppress(sqlite3.OperationalError):
                    self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._write([key])

    def _check_columns(self, columns: tuple[str, ...]) -> None:
        if self._columns is None:
            stored = self.header().get("columns")
            if stored is None:
                with self._writing():
                    self._say("columns", list(columns))
            self._columns = columns if stored is None else tuple(stored)
        if columns != self._columns:
            raise InputError(
                f"{self.path}: runs keep the columns {', '.join(columns)}, runs before kept {', '.join(self._columns)}"
            )

    def _say(self, key: str, value: object) -> None:
        self.connection.execute("INSERT OR REPLACE INTO experiment VALUES (?, ?)", (key, canonical(value)))

    @contextmanager
    def _writing(self) -> Generator[None]:
        """One transaction; a full disk becomes a sentence and leaves the file as it was."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            self.connection.execute("COMMIT")
        except BaseException as problem:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(problem, sqlite3.OperationalError):
                raise full_or(problem, self.path) from problem
            raise

    def close(self) -> None:
        """Write what waits if there is room, close the file and let another driver in."""
        try:
            if self._waiting:
                self.flush()
        finally:
            # At rest a study is one file: a reader of a log-mode file would leave two others beside it.
            with suppress(sqlite3.OperationalError):
                self.connection.execute("PRAGMA journal_mode = DELETE")
            super().close()
            self._lock.release()


def _create(path: Path, header: Mapping[str, Any], points: Sequence[Point]) -> None:
    """Make the whole file under another name first, so that a kill leaves no half-made study."""
    for stale in path.parent.glob(f".{path.name}.*.new*"):
        stale.unlink(missing_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    connection = sqlite3.connect(fresh, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.executescript(f"BEGIN; {SCHEMA}")
        entries = [(key, canonical(value)) for key, value in {**header, "created": _now()}.items()]
        connection.executemany("INSERT INTO experiment VALUES (?, ?)", entries)
        connection.executemany("INSERT INTO design VALUES (?, ?)", enumerate(map(canonical, points)))
        connection.execute("COMMIT")
        connection.close()
        fresh.replace(path)
    except sqlite3.OperationalError as problem:
        raise full_or(problem, path) from problem
    finally:
        connection.close()
        fresh.unlink(missing_ok=True)


def _packed(row: Row) -> tuple[Any, ...]:
    scalars, shape, blob = packed_scalars(row.scalars), shape_text(row.curve), packed_curve(row.curve)
    curve_sum = digest(blob, row.extras)
    checksum = digest(row.design, row.replicate, row.status, scalars, shape, curve_sum, row.error)
    start = (row.design, row.replicate, row.status, row.attempts, row.seconds, row.worker, _now())
    return (*start, scalars, shape, curve_sum, checksum, row.error, row.trace, blob, row.extras)


def _listed(old: object, new: object) -> str:
    lines = list(difference(old, json.loads(canonical(new)), "spec"))
    return f" ({'; '.join(lines[:8])}{'; ...' if len(lines) > 8 else ''})" if lines else ""


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
