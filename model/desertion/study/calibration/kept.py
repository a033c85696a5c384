"""Kept: the generations that a fit has stored, each vouched for by a checksum, since pyABC's file has none of its own."""

import hashlib
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from desertion.errors import InputError
from desertion.files import shown
from desertion.study.store.disk import failure, is_full

_PARTICLES = """SELECT p.t, p.nr_samples, p.epsilon, m.m, m.name, m.p_model, a.id, a.w, q.name, q.value FROM populations p
    JOIN models m ON m.population_id = p.id JOIN particles a ON a.model_id = m.id LEFT JOIN parameters q ON q.particle_id = a.id
    WHERE p.t = ? ORDER BY m.m, a.id, q.id"""
_FIGURES = """SELECT a.id, s.id, s.distance, f.name, f.value FROM populations p
    JOIN models m ON m.population_id = p.id JOIN particles a ON a.model_id = m.id JOIN samples s ON s.particle_id = a.id
    JOIN summary_statistics f ON f.sample_id = s.id WHERE p.t = ? ORDER BY m.m, a.id, s.id, f.id"""
_OF_NO_PARENT = (
    ("models", "population_id", "populations"),
    ("particles", "model_id", "models"),
    ("parameters", "particle_id", "particles"),
    ("samples", "particle_id", "particles"),
    ("summary_statistics", "sample_id", "samples"),
)
"""Tables with the column that names a row of the table above; SQLite gives numbers of rows that are gone to new ones."""
_GENERATIONS = "SELECT t FROM populations ORDER BY t"


def checksums(file: Path, known: Sequence[str] = ()) -> list[str]:
    """A checksum of each stored generation, that of the observed figures first.

    Args:
        file: pyABC's file.
        known: checksums of the first generations, which are not read again.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        generations = [int(row[0]) for row in connection.execute(_GENERATIONS)]
        return [*known, *(_checksum(connection, number) for number in generations[len(known) :])]


def check(file: Path, known: Sequence[str]) -> None:
    """Hold a file against the checksums of its generations; one that was stored and not yet vouched for is forgotten.

    Raises:
        InputError: the file is damaged or cut short.
    """
    with sentences(file):
        found = checksums(file)
        if found[: len(known)] != list(known):
            number = next((place for place, text in enumerate(known) if found[place : place + 1] != [text]), 0)
            raise damaged(file, f"generation {number} does not match its checksum")
        if len(found) > len(known):
            _forget_from(file, len(known))


@contextmanager
def sentences(file: Path) -> Generator[None]:
    """Turn what SQLite says about a damaged or full file into a sentence, whatever SQLAlchemy makes of it.

    Raises:
        InputError: the file is damaged.
        StoreFullError: its disk is full.
    """
    try:
        yield
    except Exception as problem:
        kinds = sqlite3.DatabaseError | UnicodeDecodeError
        origin = next((each for each in _chain(problem) if isinstance(each, kinds)), None)
        if origin is None:
            raise
        barred = getattr(origin, "sqlite_errorname", "").startswith("SQLITE_READONLY")
        if isinstance(origin, sqlite3.OperationalError) and (barred or is_full(origin)):
            raise failure(origin, file) from problem
        raise damaged(file, " ".join(str(origin).split())) from problem


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    """An error and all that led to it: a session that closes after a failed write complains of itself."""
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__


def damaged(file: Path, how: str) -> InputError:
    """The sentence about a file that cannot be gone on with."""
    return InputError(
        f"{shown(file)} is damaged or cut short ({how}): restore a copy, or delete it with {file.with_suffix('.json').name} and fit again"
    )


def _checksum(connection: sqlite3.Connection, generation: int) -> str:
    content = hashlib.sha256()
    for statement in (_PARTICLES, _FIGURES):
        for row in connection.execute(statement, (generation,)):
            content.update(repr(row).encode())
    return content.hexdigest()


def _forget_from(file: Path, number: int) -> None:
    """Delete the generations from the numbered one on, with all that belongs to them."""
    with closing(sqlite3.connect(file)) as connection, connection:
        gone = [row for place, row in enumerate(connection.execute(_GENERATIONS).fetchall()) if place >= number]
        connection.executemany("DELETE FROM populations WHERE t = ?", gone)
        for table, column, above in _OF_NO_PARENT:
            connection.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT id FROM {above})")  # noqa: S608 - names of our own
