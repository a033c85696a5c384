"""Store: one SQLite file a study, opened for reading; what it refuses, it refuses in a sentence."""

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self, cast

from desertion.errors import InputError
from desertion.study.design.factors import Point
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.schedule import Schedule
from desertion.study.store.disk import failure, is_busy, is_full, log_of
from desertion.study.store.layout import APPLICATION, FORMAT, OLD_TASKS, PLAIN, connected, row_of
from desertion.study.store.row import Row, watched
from desertion.study.store.scales import scales_of_measure
from desertion.study.store.seal import SEAL, TALLY, Tally, seal_of

# The tally stands in the statement that reads the runs, so that both are of one moment while a driver writes.
_TALLY = f"(SELECT value FROM experiment WHERE key = '{TALLY}')"

_AGAIN = "resuming the study (the command that made it) runs it again"


class StudyFile:
    """A study's file, open for reading.

    Everything that it hands out has been held against the file's checksums. Files of format 1 have them for runs alone.

    Args:
        path: The file.

    Raises:
        InputError: If the file is missing, empty, foreign, truncated, damaged or made by a newer version.
    """

    _mode: Literal["ro", "rw"] = "ro"

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise InputError(f"{path} {what}: give the file of a study, as `desertion sweep` wrote it")
        if not os.access(path, os.R_OK):
            raise InputError(f"{path} cannot be read: its owner has to allow it (chmod +r)")
        if not path.stat().st_size:
            raise InputError(f"{path} is empty: give the file of a study, or remove it where a new one is to stand")
        self.path = path
        with self._sentences():
            self.connection = connected(path, self._mode)
        self._index_checked = False
        self._kept: tuple[tuple[int, int], dict[str, str], list[str]] | None = None
        self._kept_asked: tuple[tuple[int, int], Sequence[int], Counter[str]] | None = None
        try:
            with self._sentences():
                self._check()
        except BaseException:
            self.connection.close()
            raise

    def _check(self) -> None:
        if self._pragma("application_id") != APPLICATION:
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
        if stated > self.path.stat().st_size and not log_of(self.path).exists():
            raise self._damaged("it is shorter than it says")
        self._stored()

    def _pragma(self, name: str) -> int:
        return int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def _sentences(self) -> Generator[None]:
        """Turn what SQLite says about a damaged, locked or full file into a sentence."""
        try:
            yield
        except sqlite3.OperationalError as problem:
            if is_busy(problem) or is_full(problem):
                raise failure(problem, self.path) from problem
            raise self._damaged(str(problem)) from problem
        except sqlite3.DatabaseError as problem:
            if "not a database" in str(problem):
                raise InputError(f"{self.path} is no study file: give one that `desertion sweep` wrote") from problem
            raise self._damaged(str(problem)) from problem
        except UnicodeDecodeError as problem:
            # SQLite quotes the damaged names of its schema in messages that are no text.
            raise self._damaged("its names or texts are no text") from problem

    def _damaged(self, how: str, way_out: str = "") -> InputError:
        return InputError(
            f"{self.path} is damaged or cut short ({how}): "
            f"{way_out or 'restore a copy, or move it away and run the study again'}"
        )

    def _state(self) -> tuple[int, int]:
        """Numbers that change when somebody writes to the file: others show in SQLite's data version, this connection in its changes."""
        return self._pragma("data_version"), self.connection.total_changes

    def _stored(self) -> tuple[dict[str, str], list[str]]:
        """Header entries and design points as they are stored, held against the seal.

        They are kept until somebody writes to the file.
        """
        with self._sentences():
            state = self._state()
            if self._kept is not None and self._kept[0] == state:
                return self._kept[1:]
            lines = self.connection.execute(
                "SELECT NULL, key, value FROM experiment UNION ALL SELECT id, NULL, params FROM design ORDER BY 1"
            ).fetchall()
        entries = {key: value for number, key, value in lines if number is None}
        points = [(number, value) for number, _, value in lines if number is not None]
        if SEAL in entries or self._pragma("user_version") != 1:
            try:
                sound = entries.get(SEAL) == seal_of(entries, points)
            except TypeError:
                sound = False
            if not sound:
                raise self._damaged("its description or its design points do not match their checksum")
        self._kept = (state, entries, [params for _, params in points])
        return self._kept[1:]

    def header(self) -> dict[str, Any]:
        """What the file says about itself: spec, hashes, versions, platform, columns of the curves."""
        entries, _ = self._stored()
        try:
            header = {key: json.loads(value) for key, value in entries.items() if key not in (SEAL, TALLY)}
            header["spec"]["task"] = OLD_TASKS.get(header["spec"]["task"], header["spec"]["task"])
        except (ValueError, TypeError, KeyError) as problem:
            raise self._damaged(f"its description cannot be read: {problem}") from problem
        return header

    def points(self) -> list[Point]:
        """Design points in the order of their numbers."""
        _, points = self._stored()
        try:
            return [json.loads(params) for params in points]
        except (ValueError, TypeError) as problem:
            raise self._damaged(f"its design points cannot be read: {problem}") from problem

    def counts(self) -> dict[str, int]:
        """Number of runs by status, of those that the study asks for."""
        with self._sentences(), self.snapshot():
            return dict((self._held() - self._asked()[1]).items())

    def balance(self) -> tuple[int, int]:
        """Runs that the study asks for and of which the file has nothing, as where a shard is missing; and those beyond what it asks for.

        Where a precision decides, it is asked of the runs that are there, as the driver does: more may follow from those that are lacking.
        """
        with self._sentences(), self.snapshot():
            asked, surplus = self._asked()
            return sum(asked) - self._held().total() + surplus.total(), surplus.total()

    def _held(self) -> Counter[str]:
        """Number of all runs by status, held against the tally."""
        with self._sentences():
            lines = self.connection.execute(
                f"SELECT status, count(*), {_TALLY} FROM run GROUP BY status ORDER BY status"
            ).fetchall()
        held = Counter({str(status): int(count) for status, count, _ in lines})
        self._compare(None if not lines else lines[0][2], held)
        return held

    def _asked(self) -> tuple[Sequence[int], Counter[str]]:
        """Replicates that the study asks for, by design point; and runs by status beyond them, as where it was gone on with for fewer."""
        with self._sentences():
            state = self._state()
        if self._kept_asked is None or self._kept_asked[0] != state:
            header, points = self.header(), self.points()
            rule = ReplicateRule.model_validate(header["spec"]["replicates"])
            schedule = Schedule(rule, len(points), scales=scales_of_measure(self.path, header, points, rule.watched))
            if rule.adaptive:
                rows = [row for row, sound in self.examined() if sound]
                for row in rows:
                    schedule.finish(row.key, watched(row, rule.watched))
                surplus = Counter(row.status for row in rows if row.replicate >= schedule.targets[row.design])
            else:
                with self._sentences():
                    surplus = Counter(
                        str(status)
                        for (status,) in self.connection.execute(
                            "SELECT status FROM run WHERE replicate >= ?", (rule.number,)
                        )
                    )
            self._kept_asked = (state, schedule.targets, surplus)
        return self._kept_asked[1:]

    def _compare(self, text: str | None, counts: Mapping[str, int], total: int | None = None) -> None:
        """Refuse a set of runs that is not the one that was written.

        Args:
            text: The stored tally; None where no run was there to bring it along.
            counts: Runs by status.
            total: Sum of their checksums, if it is known.
        """
        if text is None:
            with self._sentences():
                number, text = self.connection.execute(f"SELECT (SELECT count(*) FROM run), {_TALLY}").fetchone()
            if text is None or number:
                return  # a file of format 1, or a driver that has written since
        try:
            tally = Tally.read(text)
        except ValueError as problem:
            raise self._damaged(str(problem), "resuming the study counts its runs anew") from problem
        if tally.counts() != counts or (total is not None and tally.total != total):
            held, written = (
                ", ".join(f"{count} {status}" for status, count in each.items()) or "none"
                for each in (counts, tally.counts())
            )
            raise self._damaged(
                f"it holds other runs than were written: {held} in place of {written}",
                "resuming the study (the command that made it) runs again what is missing",
            )

    def rows(self, *, design: int | None = None, curves: bool = False, surplus: bool = False) -> Iterator[Row]:
        """Runs in the order of design point and replicate, one at a time, whatever their number.

        Args:
            design: Number of one design point, or None for all.
            curves: Whether to read the curves as well.
            surplus: Whether to give also those that the study does not ask for, which are no part of its answers.

        Yields:
            A run whose checksum was right.

        Raises:
            InputError: If a row is damaged, or after the last one if some are missing.
        """
        if design is not None:
            self._check_index()
        where, values = ("", ()) if design is None else (" WHERE design = ?", (design,))
        asked = None if surplus else self._asked()[0]
        tally, text = Tally(), cast(str | None, None)
        for row, checksum, stored in self._lines(f"{where} ORDER BY design, replicate", values, curves):
            if not checksum:
                raise self._damaged(
                    f"run {row.replicate} of design point {row.design} does not match its checksum", _AGAIN
                )
            text = stored
            tally.add(row.status, checksum)
            if asked is None or row.replicate < asked[row.design]:
                yield row
        if design is None:
            self._compare(text, tally.counts(), tally.total)

    def examined(self, *, curves: bool = False) -> Iterator[tuple[Row, bool]]:
        """All runs in the order in which they lie in the file, a damaged one among them and marked False.

        Args:
            curves: Whether to read the curves, and check them, as well.

        Yields:
            A run and whether its checksums are right.
        """
        for row, checksum, _ in self._lines(" NOT INDEXED", (), curves):
            yield row, bool(checksum)

    def damage(self) -> list[str]:
        """Everything in the file that is not as it was written, in words; empty for a sound file."""
        words: list[str] = []
        tally, text = Tally(), cast(str | None, None)
        for row, checksum, stored in self._lines(" NOT INDEXED", (), True):
            text = stored
            if checksum:
                tally.add(row.status, checksum)
            else:
                words.append(f"design point {row.design}, replicate {row.replicate}: damaged")
        try:
            if not words:
                self._compare(text, tally.counts(), tally.total)
            self._check_index()
        except InputError as problem:
            words.append(problem.message)
        with self._sentences():
            lines = self.connection.execute("PRAGMA integrity_check(10)").fetchall()
        return words + [str(line) for (line,) in lines if line != "ok"]

    def _lines(self, order: str, values: tuple[int, ...], curves: bool) -> Iterator[tuple[Row, str, str | None]]:
        """Runs, each with its checksum, empty where the run does not match it, and with the stored tally."""
        blobs = "curve, extras" if curves else "NULL, NULL"
        with self._sentences():
            for line in self.connection.execute(f"SELECT {PLAIN}, {blobs}, {_TALLY} FROM run{order}", values):
                row, sound = row_of(line)
                yield row, str(line[12]) if sound else "", line[-1]

    def _check_index(self) -> None:
        """Refuse a file whose index leads to other runs than its table holds: a run would be missed without a word."""
        if self._index_checked:
            return
        with self._sentences(), self.snapshot():
            lines = self.connection.execute(
                f"SELECT design, replicate, status, checksum, {_TALLY} FROM run NOT INDEXED"
            ).fetchall()
            try:
                tally = Tally.of(line[2:4] for line in lines)
            except (ValueError, TypeError) as problem:
                raise self._damaged("a run has no checksum", _AGAIN) from problem
            self._compare(lines[0][4] if lines else None, tally.counts(), tally.total)
            index = self.connection.execute("SELECT design, replicate FROM run INDEXED BY sqlite_autoindex_run_1")
            if index.fetchall() != sorted({line[:2] for line in lines}):
                raise self._damaged("its index leads to other runs than it holds", "resuming the study mends it")
        self._index_checked = True

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """Let several statements see the file at one moment."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def run_of(self, design: int, replicate: int) -> Row | None:
        """One run with its curve, or None where it is not in the file."""
        rows = self._lines(" WHERE design = ? AND replicate = ?", (design, replicate), True)
        return next((row for row, _, _ in rows), None)

    def curve_bytes(self, design: int) -> int:
        """Size of all curves of one design point."""
        with self._sentences():
            total = "SELECT coalesce(sum(length(curve)), 0) FROM run WHERE design = ?"
            return int(self.connection.execute(total, (design,)).fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
