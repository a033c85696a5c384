"""Writer: the one driver that may write a study's file; creates it whole, resumes it safely, survives a full disk."""

import logging
import sqlite3
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Self

from desertion.errors import InputError
from desertion.files import refuse_folder
from desertion.study.design.factors import Point
from desertion.study.design.spec import canonical
from desertion.study.failures import StoreFullError
from desertion.study.store.disk import LockedError, failure, on_local_disk
from desertion.study.store.layout import (
    CHECKSUM,
    COLUMNS,
    FORMAT,
    INSERT,
    PATIENCE,
    STATUS,
    connected,
    create,
    line_of,
    now,
)
from desertion.study.store.lock import DriverLock
from desertion.study.store.reader import StudyFile
from desertion.study.store.resumption import COMPARED, as_held, differences, refuse_reread
from desertion.study.store.row import DONE, Row
from desertion.study.store.seal import SEAL, TALLY, Tally, seal_of

log = logging.getLogger(__name__)

COMMIT_EVERY = 1.0
"""Seconds after which finished runs are written at the latest."""

_MOST_WAITING = 16 * 2**20

_HURRY = 1.0
"""Seconds that a flush waits for others who hold the file, once one has waited in vain: the runs go on meanwhile."""


class StudyWriter(StudyFile):
    """A study's file, open for writing by one driver.

    Use `open`, which creates or resumes.
    """

    _mode = "rw"

    def __init__(self, path: Path, lock: DriverLock) -> None:
        self._lock = lock
        self._waiting: dict[tuple[int, int], tuple[Any, ...]] = {}
        self._waiting_bytes = 0
        self._last_commit = time.monotonic()
        super().__init__(path)
        self._columns: tuple[str, ...] | None = None
        self._told_columns = True
        try:
            self._prepare()
        except BaseException:
            self.connection.close()
            raise

    def _prepare(self) -> None:
        # A log on a network disk can lose what was written. Without a log only FULL survives a power cut.
        local = on_local_disk(self.path)
        with self._sentences():
            self.connection.execute(f"PRAGMA journal_mode = {'WAL' if local else 'DELETE'}")
            self.connection.execute(f"PRAGMA synchronous = {'NORMAL' if local else 'FULL'}")

    @classmethod
    def open(
        cls,
        path: Path,
        header: Mapping[str, Any],
        points: Sequence[Point] | None,
        *,
        accept_changes: bool = False,
        command: str = "",
    ) -> Self:
        """The file of a study, created, or resumed with its damaged runs taken out.

        Args:
            path: The file.
            header: What the file says about itself; entries of `COMPARED` must equal those of an existing file.
            points: Design points, in order; None where they are found while the file is written, see `extend`.
            accept_changes: Resume although spec, versions or model differ; the design points must agree all the same.
            command: The command that goes on with this file, from which a refusal makes the one that starts anew.

        Raises:
            InputError: If another driver writes the file, or it holds another study.
            StoreFullError: If there is no room to create it.
        """
        refuse_folder(path)
        lock = DriverLock(path)
        lock.acquire()
        try:
            fresh = not path.exists()
            if points is None:
                with nullcontext() if fresh else StudyFile(path) as file:
                    points = file.points() if file else []
            if fresh:
                entries = {key: canonical(value) for key, value in {**header, "created": now()}.items()}
                create(path, entries, [canonical(point) for point in points], ())
            writer = cls(path, lock)
            try:
                if not fresh:
                    writer._check_same(header, points, accept_changes, command)
                writer._mend()
            except BaseException:
                writer.close()
                raise
        except BaseException:
            lock.release()
            raise
        return writer

    def extend(self, points: Sequence[Point]) -> None:
        """Add the design points that the file lacks.

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
            self._seal()

    def _check_same(
        self, header: Mapping[str, Any], points: Sequence[Point], accept_changes: bool, command: str
    ) -> None:
        old = self.header()
        header, points = as_held(old, header, points)
        with self._sentences():
            held = self.connection.execute("SELECT 1 FROM run NOT INDEXED WHERE status = ? LIMIT 1", (DONE,)).fetchone()
        if held:
            refuse_reread(self.path, old, header, points, command)
        changes = differences(self.path, (old, self.points()), (header, points), command, accepted=accept_changes)
        if changes:
            accepted = [*old.get("accepted_changes", []), {"at": now(), "changes": changes}]
            with self._writing():
                for key in {*header, *COMPARED}:
                    self._say(key, canonical(header.get(key)))
                self._say("accepted_changes", canonical(accepted))
                self._seal()

    def _mend(self) -> None:
        """Take out the runs that do not match their checksums, so that they are done again, and tally the others.

        Such a file is written anew: where a run is damaged, the index may be so too.
        """
        self.connection.text_factory = lambda stored: stored.decode(errors="surrogateescape")
        try:
            sound, tally = True, Tally()
            for row, checksum, _ in self._lines(" NOT INDEXED", (), True):
                if checksum:
                    tally.add(row.status, checksum)
                else:
                    sound = False
            entries, points = self._stored()
            if SEAL not in entries and sound:
                with self._writing():
                    self.connection.execute(f"PRAGMA user_version = {FORMAT}")
                    self._say(TALLY, tally.text())
                    self._seal()
                return
            try:
                self._check_index()
            except InputError:
                sound = False
            if sound and entries.get(TALLY) == tally.text():
                return
            self._rebuild(entries, points)
        finally:
            self.connection.text_factory = str

    def _rebuild(self, entries: Mapping[str, str], points: Sequence[str]) -> None:
        log.warning("%s is damaged: what is sound is kept, the rest is run again", self.path)
        with suppress(sqlite3.Error):
            self.connection.execute("PRAGMA journal_mode = DELETE")
        with self._sentences():
            create(self.path, entries, points, self._sound_lines())
            self.connection.close()
            self.connection = connected(self.path, self._mode)
        self._prepare()

    def _sound_lines(self) -> Iterator[tuple[Any, ...]]:
        lines = self.connection.execute(f"SELECT {COLUMNS} FROM run NOT INDEXED")
        for line, (_, sound) in zip(lines, self.examined(curves=True), strict=True):
            if sound:
                yield line

    def put(self, rows: Sequence[Row], columns: tuple[str, ...] = ()) -> None:
        """Take finished runs; they are on disk within `COMMIT_EVERY` seconds or at `flush`.

        Raises:
            InputError: If the columns are not those of the runs before.
            StoreFullError: If the disk is full.
            LockedError: If another program holds the file and more waits than should.
        """
        if columns:
            self._check_columns(columns)
        for row in rows:
            self._waiting[row.key] = packed = line_of(row)
            self._waiting_bytes += len(packed[-1]) + len(packed[-2])
        if time.monotonic() - self._last_commit >= COMMIT_EVERY or self._waiting_bytes > _MOST_WAITING:
            self.flush()

    def flush(self, *, last: bool = False) -> None:
        """Write what waits, in one transaction; while another program holds the file it waits on, for the next flush.

        Args:
            last: Whether there is no next one.

        Raises:
            StoreFullError: If the disk is full; what was written before is kept.
            LockedError: If another program holds the file and it is the last one, or more waits than should.
        """
        self._last_commit = time.monotonic()
        if not self._waiting and self._told_columns:
            return
        try:
            try:
                self._write(list(self._waiting))
            except StoreFullError:
                self._write_singly()
        except LockedError:
            if last or self._waiting_bytes > _MOST_WAITING:
                raise
            self._wait_for_others(_HURRY)
            return
        self._waiting_bytes = 0

    def _wait_for_others(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {round(1000 * seconds)}")

    def _write(self, keys: Sequence[tuple[int, int]]) -> None:
        lines = [self._waiting[key] for key in keys]
        with self._writing():
            # As it is stored: an interruption may come after a commit and before anything else is noted of it.
            (text,) = self.connection.execute("SELECT value FROM experiment WHERE key = ?", (TALLY,)).fetchone()
            tally = Tally.read(text)
            for key in keys:
                for status, checksum in self.connection.execute(
                    "SELECT status, checksum FROM run WHERE design = ? AND replicate = ?", key
                ):
                    tally.add(status, checksum, -1)
            for line in lines:
                tally.add(line[STATUS], line[CHECKSUM])
            self.connection.executemany(INSERT, lines)
            self._say(TALLY, tally.text())
            if not self._told_columns:
                self._say("columns", canonical(self._columns))
                self._seal()
        self._told_columns = True
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
            self._told_columns = stored is not None
            self._columns = columns if stored is None else tuple(stored)
        if columns != self._columns:
            raise InputError(
                f"{self.path}: runs keep the columns {', '.join(columns)}, runs before kept {', '.join(self._columns)}"
            )

    def _say(self, key: str, text: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO experiment VALUES (?, ?)", (key, text))

    def _seal(self) -> None:
        """Seal header and design points; in every transaction that changes them."""
        entries = dict(self.connection.execute("SELECT key, value FROM experiment").fetchall())
        points = self.connection.execute("SELECT id, params FROM design ORDER BY id").fetchall()
        self._say(SEAL, seal_of(entries, points))

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
                raise failure(problem, self.path) from problem
            raise

    def close(self) -> None:
        """Write what waits if it can be, close the file and let another driver in."""
        try:
            self._wait_for_others(PATIENCE)
            self.flush(last=True)
        finally:
            # At rest a study is one file: a reader of a log-mode file would leave two others beside it.
            with suppress(sqlite3.OperationalError):
                self.connection.execute("PRAGMA journal_mode = DELETE")
            super().close()
            self._lock.release()
