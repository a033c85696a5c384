"""The file of a study: what goes in comes out, and everything else is refused in a sentence."""

import errno
import math
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.analysis.tables import runs_table
from desertion.study.design.spec import StudySpec
from desertion.study.failures import StoreFullError
from desertion.study.run.origin import header
from desertion.study.store.disk import failure, on_local_disk
from desertion.study.store.layout import connected, create
from desertion.study.store.lock import DriverLock
from desertion.study.store.merge import merge
from desertion.study.store.reader import StudyFile
from desertion.study.store.resumption import anew, differences
from desertion.study.store.row import DONE, FAILED, Row
from desertion.study.store.writer import StudyWriter

COLUMNS = ("left", "strength")


def _row(design: int, replicate: int, value: float = 1.5) -> Row:
    curve = np.arange(8, dtype=np.float32).reshape(4, 2) + np.float32(replicate)
    return Row(design, replicate, DONE, 1, 0.5, "host:1", {"left_total": value, "share_left": value / 3}, curve)


def _open(path: Path, spec: StudySpec, **more: bool) -> StudyWriter:
    points = spec.points()
    return StudyWriter.open(path, header(spec, points, (1, 1)), points, **more)


@pytest.fixture
def full(tmp_path: Path, study: Callable[..., StudySpec]) -> Path:
    """A file with six runs."""
    path = tmp_path / "full.sqlite"
    writer = _open(path, study())
    writer.put([_row(design, replicate) for design in range(3) for replicate in range(2)], COLUMNS)
    writer.close()
    return path


def test_what_goes_in_comes_out_bit_for_bit(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """Scalars keep every bit, NaN and infinity included; so do curves, errors and tracebacks."""
    path = tmp_path / "s.sqlite"
    odd = {"a": 0.1 + 0.2, "nan": math.nan, "up": math.inf, "down": -math.inf, "tiny": 5e-324, 'quo"te': 1.0}
    curve = np.random.default_rng(1).normal(size=(5, 2)).astype(np.float32)
    writer = _open(path, study())
    writer.put(
        [Row(0, 0, DONE, 2, 1.25, "host:1", odd, curve), Row(1, 3, FAILED, 1, error="E: x", trace="T\nU")], COLUMNS
    )
    writer.close()
    with StudyFile(path) as file:
        first, second = file.rows(curves=True)
        assert file.header()["columns"] == list(COLUMNS)
    assert {name: value for name, value in first.scalars.items() if name != "nan"} == {
        name: value for name, value in odd.items() if name != "nan"
    }
    assert math.isnan(first.scalars["nan"])
    assert first.curve.tobytes() == curve.tobytes()
    assert (first.attempts, first.seconds, first.worker) == (2, 1.25, "host:1")
    assert (second.key, second.status, second.error, second.trace) == ((1, 3), FAILED, "E: x", "T\nU")


def test_a_second_driver_is_refused_with_the_first_ones_name(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """And let in when the first has closed the file."""
    path = tmp_path / "s.sqlite"
    first = _open(path, study())
    with pytest.raises(InputError, match=rf"being written by process {os.getpid()}"):
        _open(path, study())
    first.close()
    _open(path, study()).close()
    assert [one.name for one in tmp_path.iterdir()] == ["s.sqlite"]


def test_another_study_is_refused_with_the_difference(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """The seed differs: refused, resumed with the flag, and the change is written down."""
    path = tmp_path / "s.sqlite"
    _open(path, study()).close()
    other = study(settings={"busy": 0.001})
    with pytest.raises(InputError, match=r'spec.settings.busy: "\(absent\)" -> 0.001.*--accept-changes'):
        _open(path, other)
    _open(path, other, accept_changes=True).close()
    with StudyFile(path) as file:
        assert "busy" in file.header()["accepted_changes"][0]["changes"][0]
    _open(path, other).close()


def test_other_design_points_are_refused_even_with_the_flag(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """Rows are numbered by design point: mixing two designs would mislabel them."""
    path = tmp_path / "s.sqlite"
    _open(path, study()).close()
    with pytest.raises(InputError, match=r"other design points.*run further ones alone, into another file"):
        _open(path, study(pull=[0.1]), accept_changes=True)


def test_other_daily_columns_and_days_are_refused_before_anything_is_written(
    full: Path, study: Callable[..., StudySpec]
) -> None:
    """Curves have no names of their own: those of the file hold for all; the study that made it still goes on."""
    with StudyFile(full) as file:
        before = file.header()
    with pytest.raises(InputError, match=r'of keep.daily = \["left", "strength"\].*as of \["left"\]: start anew'):
        _open(full, study(keep={"daily": ["left"]}), accept_changes=True)
    with pytest.raises(InputError, match=r"of days = null, and would read them as of 9: start anew"):
        _open(full, study(days=9), accept_changes=True)
    with StudyFile(full) as file:
        assert file.header() == before
    _open(full, study()).close()


def test_a_file_without_finished_runs_may_change_how_they_are_read(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """There is nothing yet that could be read otherwise."""
    path = tmp_path / "s.sqlite"
    _open(path, study()).close()
    _open(path, study(keep={"daily": ["left"]}), accept_changes=True).close()


def test_a_changed_world_is_refused(
    tmp_path: Path, study: Callable[..., StudySpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same study file over a changed scenario or model gives other rows."""
    path = tmp_path / "s.sqlite"
    _open(path, study()).close()
    monkeypatch.setenv("FAKE_WORLD", "two")
    with pytest.raises(InputError, match=r'fingerprint.world: "one" -> "two"'):
        _open(path, study())


def test_foreign_truncated_and_newer_files_are_refused_in_a_sentence(tmp_path: Path, full: Path) -> None:
    """Text, an empty file, another program's database, a cut file, a newer format, a file that is not there."""
    cases: dict[str, str] = {}
    for name, content in (("text", b"hello, this is no database at all" * 50), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
    cases |= {"text": "no study file", "empty": "is empty: give the file of a study", "absent": "does not exist"}
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    cases["other"] = "database of another program"
    (tmp_path / "cut").write_bytes(full.read_bytes()[: full.stat().st_size // 2])
    (tmp_path / "tail").write_bytes(full.read_bytes()[:-4096])
    cases |= {"cut": "damaged or cut short", "tail": "damaged or cut short"}
    shutil.copy(full, tmp_path / "newer")
    with sqlite3.connect(tmp_path / "newer") as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    cases["newer"] = "newer version of desertion .file format 99"
    for name, words in cases.items():
        with pytest.raises(InputError, match=words) as told:
            StudyFile(tmp_path / name)
        assert str(tmp_path / name) in str(told.value)


def test_a_file_without_its_last_bytes_is_refused_when_it_is_opened(full: Path) -> None:
    """SQLite reads a page that is cut within as if it ended in noughts, and finds no fault with it."""
    content = full.read_bytes()
    full.write_bytes(content[:-100])
    with pytest.raises(InputError, match="cut short \\(it is shorter than it says\\)"):
        StudyFile(full)
    full.write_bytes(content)
    StudyFile(full).close()


def test_a_file_of_one_run_is_sound(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """Its only run carries the tally of all."""
    path = tmp_path / "one.sqlite"
    writer = _open(path, study())
    writer.put([_row(0, 0)], COLUMNS)
    writer.close()
    with StudyFile(path) as file:
        assert file.damage() == []
        assert len(list(file.rows())) == 1


@pytest.mark.parametrize(("words", "told"), [("attempt to write a readonly database", True), ("disk I/O error", False)])
def test_only_what_is_known_of_a_disk_is_put_into_a_sentence(tmp_path: Path, words: str, told: bool) -> None:
    """A file that may only be read has a way out; any other failure is shown as it is."""
    problem = sqlite3.OperationalError(words)
    shown = failure(problem, tmp_path / "s.sqlite")
    assert isinstance(shown, InputError) if told else shown is problem


@pytest.mark.parametrize(
    ("words", "told"),
    [("database is locked", "is locked by another program"), ("no such table: run", "is damaged or cut short")],
)
def test_what_sqlite_says_of_a_file_is_put_into_a_sentence(full: Path, words: str, told: str) -> None:
    """A lock passes by itself, damage does not."""
    with StudyFile(full) as file, pytest.raises(InputError, match=told), file._sentences():
        raise sqlite3.OperationalError(words)


@pytest.mark.parametrize(("place", "told"), [("s.sqlite", "s-3.sqlite`"), ("other.sqlite", "with another --out")])
def test_a_study_starts_anew_beside_its_file(tmp_path: Path, place: str, told: str) -> None:
    """Under the first number that is free, where the command names the file."""
    (tmp_path / "s-2.sqlite").touch()
    assert told in anew(tmp_path / "s.sqlite", f"desertion sweep s.toml --out {tmp_path / place}")


@pytest.mark.parametrize(
    ("place", "words", "told"),
    [
        ("toy", "compare toy -p none --out toy", "`desertion compare toy -p none --out toy-2`"),
        (".", "compare toy --out .", "start anew with another --out"),
        ("..", "compare toy --out ..", "start anew with another --out"),
    ],
)
def test_what_starts_anew_is_the_same_in_another_place(
    place: str, words: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder is often called like its scenario, which was numbered too; the current folder has no name to number."""
    monkeypatch.chdir(tmp_path)
    assert told in anew(Path(place) / "study.sqlite", f"desertion {words}")


@pytest.mark.parametrize(("settings", "more"), [(8, False), (9, True)])
def test_a_refusal_names_eight_differences_at_most(
    tmp_path: Path, study: Callable[..., StudySpec], settings: int, more: bool
) -> None:
    """And says by three dots that there are more."""
    spec = study()
    points = spec.points()
    described = header(spec, points, (1, 1))
    other = described | {"versions": {f"v{number}": 1 for number in range(settings)}}
    plain = described | {"versions": {f"v{number}": 2 for number in range(settings)}}
    with pytest.raises(InputError) as refusal:
        differences(tmp_path / "s.sqlite", (other, points), (plain, points), "", accepted=False)
    assert refusal.value.message.count("versions.v") == 8
    assert ("...)" in refusal.value.message) is more


def test_a_flipped_bit_is_found_and_the_run_is_named(full: Path) -> None:
    """In a measure as well as in a curve; the other runs can still be looked through."""
    with sqlite3.connect(full) as connection:
        connection.execute("UPDATE run SET scalars = replace(scalars, '1.5', '1.6') WHERE design = 1 AND replicate = 0")
        connection.execute("UPDATE run SET curve = zeroblob(32) WHERE design = 2 AND replicate = 1")
    connection.close()
    with StudyFile(full) as file:
        with pytest.raises(InputError, match="run 0 of design point 1 does not match its checksum"):
            list(file.rows())
        assert [row.key for row, sound in file.examined() if not sound] == [(1, 0)]
        assert [row.key for row, sound in file.examined(curves=True) if not sound] == [(1, 0), (2, 1)]


def test_a_file_in_a_folder_that_may_not_be_written_can_be_read(full: Path) -> None:
    """Results are often archived read-only."""
    full.chmod(0o444)
    full.parent.chmod(0o555)
    try:
        with StudyFile(full) as file:
            assert file.counts() == {"done": 6}
    finally:
        full.parent.chmod(0o755)


@pytest.mark.parametrize(("log", "sound"), [(None, True), (b"", True), (b"pages", False)])
def test_a_file_beside_its_log_is_not_read_without_it(
    full: Path, monkeypatch: pytest.MonkeyPatch, log: bytes | None, sound: bool
) -> None:
    """Where SQLite has no room for its shared memory, the file alone is read; with a log beside it that would be an older state."""
    plain = sqlite3.connect

    class Barred(sqlite3.Connection):
        def execute(self, *_words: object) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("unable to open database file")

    def connect(address: str, **more: Any) -> sqlite3.Connection:
        return plain(address, **more) if "immutable" in address else plain(address, factory=Barred, **more)

    if log is not None:
        Path(f"{full}-wal").write_bytes(log)
    monkeypatch.setattr(sqlite3, "connect", connect)
    if sound:
        connection = connected(full, "ro")
        with ThreadPoolExecutor(1) as elsewhere:  # the app reads in threads
            assert elsewhere.submit(connection.execute, "SELECT count(*) FROM run").result().fetchone() == (6,)
        connection.close()
    else:
        with pytest.raises(sqlite3.OperationalError):
            connected(full, "ro")


def test_a_file_that_could_not_be_begun_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left of it: no file, and no connection that would hold one (Windows removes no open file)."""
    plain, opened = sqlite3.connect, list[sqlite3.Connection]()

    class Full(sqlite3.Connection):
        def executescript(self, *_words: object) -> sqlite3.Cursor:
            problem = sqlite3.OperationalError("database or disk is full")
            problem.sqlite_errorname = "SQLITE_FULL"
            raise problem

    def connect(path: Path, **more: Any) -> sqlite3.Connection:
        opened.append(plain(path, factory=Full, **more))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", connect)
    with pytest.raises(StoreFullError):
        create(tmp_path / "s.sqlite", {}, [], [])
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_merged", [False, True])
def test_what_a_killed_driver_left_beside_a_file_is_no_part_of_the_next(
    tmp_path: Path, full: Path, study: Callable[..., StudySpec], is_merged: bool
) -> None:
    """Its log outlives a file that is moved away to start anew, and SQLite would lay it over whatever takes the name."""
    path = tmp_path / "s.sqlite"
    killed = _open(path, study(seed=8))
    killed.put([_row(0, replicate, 99.0) for replicate in range(4)], COLUMNS)
    killed.flush()
    log = Path(f"{path}-wal").read_bytes()
    killed.close()
    path.unlink()
    Path(f"{path}-wal").write_bytes(log)
    if is_merged:
        merge([full], path)
    else:
        _open(path, study()).close()
    with StudyFile(path) as file:
        assert file.header()["spec"]["seed"] == 7
        assert file.counts() == ({"done": 6} if is_merged else {})
        assert 99.0 not in [row.scalars["left_total"] for row in file.rows()]


@pytest.fixture
def link(tmp_path: Path) -> Path:
    """A link to a file of a folder of its own that is not there yet."""
    (tmp_path / "big").mkdir()
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "big" / "s.sqlite")
    return tmp_path / "link.sqlite"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_study_is_the_same_through_a_link(tmp_path: Path, study: Callable[..., StudySpec], link: Path) -> None:
    """A link that leads nowhere yet is filled at its end; read while it is written, also by a second driver, who is refused."""
    writer = _open(link, study(runs=200))
    writer.put([_row(design, replicate) for design in range(3) for replicate in range(100)], COLUMNS)
    writer.flush()
    assert Path(f"{link.resolve()}-wal").stat().st_size
    with StudyFile(link) as file:
        assert file.damage() == []
        assert file.counts() == {"done": 300}
    for other in (link, link.resolve()):
        with pytest.raises(InputError, match=f"{other} is being written by process {os.getpid()}"):
            _open(other, study(runs=200))
    writer.close()
    assert link.is_symlink()
    assert [file.name for file in (tmp_path / "big").iterdir()] == ["s.sqlite"]
    assert [file.name for file in tmp_path.glob("*.sqlite*")] == ["link.sqlite"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_shards_are_merged_and_damaged_runs_taken_out_through_a_link(
    full: Path, study: Callable[..., StudySpec], link: Path
) -> None:
    """What is written anew stands at the link's end, and the link stays."""
    merge([full], link)
    with sqlite3.connect(link) as connection:
        connection.execute("UPDATE run SET scalars = '{}' WHERE design = 1 AND replicate = 1")
    connection.close()
    _open(link, study()).close()
    assert link.is_symlink()
    with StudyFile(link.resolve()) as file:
        assert file.counts() == {"done": 5}


def test_an_interruption_right_after_a_commit_leaves_a_sound_file(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """A second Ctrl-C is raised as soon as SQLite has come back from writing; what waits is then written once more."""

    class Interrupting:
        def __init__(self, connection: sqlite3.Connection) -> None:
            self._connection = connection

        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            done = self._connection.execute(statement, *values)
            if statement == "COMMIT":
                writer.connection = self._connection
                raise KeyboardInterrupt
            return done

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

    writer = _open(tmp_path / "s.sqlite", study())
    writer.put([_row(0, 0)], COLUMNS)
    writer.flush()
    writer.put([_row(0, 1), _row(1, 0)])
    writer.connection = cast(sqlite3.Connection, Interrupting(writer.connection))
    with pytest.raises(KeyboardInterrupt):
        writer.flush()
    writer.close()
    with StudyFile(tmp_path / "s.sqlite") as file:
        assert file.counts() == {"done": 3}
        assert file.damage() == []


def test_a_table_of_runs_is_of_one_moment(full: Path, study: Callable[..., StudySpec]) -> None:
    """A driver may write between the count of runs and their reading."""
    writer = _open(full, study())

    class Watched(StudyFile):
        def counts(self) -> dict[str, int]:
            counted = super().counts()
            writer.put([_row(0, 2)], COLUMNS)
            writer.flush()
            return counted

    with Watched(full) as file:
        table = runs_table(file)
    writer.close()
    assert len(table) == 6
    assert table["replicate"].max() == 1


def test_a_lock_whose_file_somebody_removed_is_given_back_all_the_same(tmp_path: Path) -> None:
    """As by somebody who clears up a folder while a study runs; the next driver takes the lock anew."""
    lock = DriverLock(tmp_path / "s.sqlite")
    lock.acquire()
    lock.path.unlink()
    lock.release()
    with DriverLock(tmp_path / "s.sqlite") as again:
        assert again.path.exists()
    assert not again.path.exists()


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_a_disk_that_takes_no_locks_is_not_taken_for_another_driver(
    tmp_path: Path, study: Callable[..., StudySpec], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Every study there was refused as being written by another process; nothing is left of the attempt."""

    def refused(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("desertion.study.store.lock._hold", refused)
    told = rf"the disk of .*s.sqlite takes no locks \({os.strerror(number)}\): give a place on another disk"
    with pytest.raises(InputError, match=told):
        _open(tmp_path / "s.sqlite", study())
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_driver_had_begun_goes_whatever_the_file_is_called(tmp_path: Path) -> None:
    """Brackets in a name stand for themselves, and what was begun of another file stays."""
    for left in (".s[1].sqlite.7.new", ".s1.sqlite.7.new"):
        (tmp_path / left).touch()
    create(tmp_path / "s[1].sqlite", {}, [], ())
    assert sorted(one.name for one in tmp_path.iterdir()) == [".s1.sqlite.7.new", "s[1].sqlite"]


def test_a_full_disk_is_a_sentence_and_keeps_what_was_written(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """SQLite's own "disk full" (ENOSPC), injected by a limit on pages; with room the same driver goes on. What else lies there is said to belong to the file."""
    path = tmp_path / "s.sqlite"
    writer = _open(path, study(runs=2000))
    writer.put([_row(0, replicate) for replicate in range(50)], COLUMNS)
    writer.flush()
    pages = writer.connection.execute("PRAGMA page_count").fetchone()[0]
    writer.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    writer.put([_row(1, replicate) for replicate in range(500)], COLUMNS)
    told = r"everything written before is kept; .* again; s.sqlite-wal and s.sqlite-shm beside it belong to it"
    with pytest.raises(StoreFullError, match=told):
        writer.flush()
    with StudyFile(path) as file:
        assert 50 < file.counts()["done"] < 550
    writer.connection.execute("PRAGMA max_page_count = 1000000")
    writer.close()
    with StudyFile(path) as file:
        assert file.counts() == {"done": 550}


@pytest.fixture
def held(
    tmp_path: Path, study: Callable[..., StudySpec], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[StudyWriter, sqlite3.Connection]]:
    """A writer without a log, as on a network disk, and a reader who holds its file; nobody waits long for another."""
    monkeypatch.setattr("desertion.study.store.writer.on_local_disk", lambda _path: False)
    monkeypatch.setattr("desertion.study.store.writer.PATIENCE", 0.01)
    writer = _open(tmp_path / "s.sqlite", study())
    writer.connection.execute("PRAGMA busy_timeout = 10")
    reader = sqlite3.connect(tmp_path / "s.sqlite")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM run").fetchall()
    yield writer, reader
    reader.close()


def test_a_reader_that_holds_the_file_for_long_costs_no_run(held: tuple[StudyWriter, sqlite3.Connection]) -> None:
    """Also the first runs, with which the columns are written; what could not be written is written once he lets go."""
    writer, reader = held
    for replicate in range(3):
        writer.put([_row(0, replicate)], COLUMNS)
        writer.flush()
    assert reader.execute("SELECT count(*) FROM run").fetchone() == (0,)
    reader.rollback()
    writer.put([_row(0, 3)], COLUMNS)
    writer.close()
    with StudyFile(writer.path) as file:
        assert file.counts() == {"done": 4}
        assert file.header()["columns"] == list(COLUMNS)


@pytest.mark.parametrize("most", [0, 2**20])
def test_a_reader_that_never_lets_go_is_a_sentence(
    held: tuple[StudyWriter, sqlite3.Connection], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """At the end, or where more waits than memory should hold; the next driver is let in."""
    monkeypatch.setattr("desertion.study.store.writer._MOST_WAITING", most)
    writer, _ = held
    if most:
        writer.put([_row(0, 0)], COLUMNS)
    else:
        with pytest.raises(InputError, match="is locked by another program: try again when that has finished"):
            writer.put([_row(0, 0)], COLUMNS)
    with pytest.raises(InputError, match="is locked by another program: try again when that has finished"):
        writer.close()
    with DriverLock(writer.path):
        pass


def test_a_quota_on_file_size_is_a_sentence_and_keeps_what_was_written(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """RLIMIT_FSIZE in a process of its own: EFBIG instead of ENOSPC; resumed without the limit, nothing is lost."""
    path = tmp_path / "s.sqlite"
    code = (
        "import sys\n"
        "from desertion.study.failures import StoreFullError\n"
        "from tests.study.run.driving import drive\n"
        "try:\n"
        f"    drive({str(path)!r}, points=40, runs=50, days=400)\n"
        "except StoreFullError as problem:\n"
        "    print(problem); sys.exit(9)\n"
    )
    limit = 400_000

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "model"},
        preexec_fn=confine,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 9, done.stderr
    assert "everything written before is kept" in done.stdout
    with StudyFile(path) as file:
        kept = sum(file.counts().values())
        assert all(sound for _, sound in file.examined(curves=True))
    assert 0 < kept < 2000
    from tests.study.run.driving import drive

    drive(str(path), points=40, runs=50, days=400)
    with StudyFile(path) as file:
        assert file.counts() == {"done": 2000}


def test_no_half_made_file_is_left_when_there_is_no_room_to_begin(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """A folder that cannot be: one sentence, nothing left behind."""
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="this folder cannot be used"):
        _open(tmp_path / "file" / "s.sqlite", study())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_missing_folder_is_made_for_a_study_as_for_any_result(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """Figures and tables make theirs too."""
    from tests.study.run.driving import drive

    drive(str(tmp_path / "new" / "deep" / "s.sqlite"), points=1, runs=1)
    assert sorted(path.name for path in (tmp_path / "new" / "deep").iterdir()) == ["s.sqlite"]


@pytest.mark.parametrize("kind", ["nfs4", "virtiofs", "fuse.glusterfs", "fuse.ceph", "vboxsf", "wekafs", "unheard-of"])
def test_only_disks_that_are_known_to_be_local_get_a_write_ahead_log(tmp_path: Path, kind: str) -> None:
    """The longest mount point that holds the file decides; without a table nothing is known."""
    table = tmp_path / "mounts"
    table.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/net {kind} rw 0 0\n")
    assert not on_local_disk(tmp_path / "net" / "s.sqlite", table)
    assert on_local_disk(tmp_path / "s.sqlite", table)
    assert not on_local_disk(tmp_path / "s.sqlite", tmp_path / "absent")


@pytest.mark.parametrize("kind", ["xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlay", "apfs", "ntfs"])
def test_local_disks_are_known(tmp_path: Path, kind: str) -> None:
    """Those that people and containers have."""
    (tmp_path / "mounts").write_text(f"none / {kind} rw 0 0\n")
    assert on_local_disk(tmp_path / "s.sqlite", tmp_path / "mounts")
