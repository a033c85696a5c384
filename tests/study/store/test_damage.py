"""Damage to a study's file: no byte of what is shown can change unseen, and runs that are damaged can be had again."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desertion.cli import main
from desertion.errors import InputError
from desertion.study.analysis.export import export
from desertion.study.analysis.study import Study
from desertion.study.design.spec import StudySpec
from desertion.study.run.sweep import run_study
from desertion.study.store.reader import StudyFile
from tests.app.folder import Here
from tests.shortcuts import at_once

type Lasting = Callable[[Path], list[tuple[object, ...]]]


@pytest.fixture
def sound(tmp_path: Path, study: Callable[..., StudySpec]) -> Path:
    """A finished study of two policies, with a failed run."""
    path = tmp_path / "s.sqlite"
    run_study(
        study(settings={"fail_at": 1}, runs=3, pull=[0.1, 0.3], policies={"shut": [], "open": ["x"]}), path, at_once()
    )
    return path


def _answers(path: Path) -> str:
    """Everything that a study's file shows or exports, as one text."""
    study = Study(path)
    with StudyFile(path) as file:
        rows = [(row, row.curve.tobytes()) for row in file.rows(curves=True)]
        points = file.points()
    tables = [study.runs, study.points, study.curves, study.failures]
    return repr((dict(study.header), dict(study.counts), points, rows, [table.to_csv() for table in tables]))


def _damage(path: Path) -> list[str]:
    """What `show --verify` finds, be it that the file cannot be opened."""
    try:
        with StudyFile(path) as file:
            return file.damage()
    except InputError as refusal:
        return [refusal.message]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str, Path]:
    """The bytes of a small study's file, its answers, and where a damaged copy may lie."""
    from tests.study.run.driving import drive

    path = tmp_path_factory.mktemp("stored") / "s.sqlite"
    drive(str(path), points=3, runs=3, days=2, executor=Here())
    return path.read_bytes(), _answers(path), path


@pytest.mark.parametrize("seed", range(8))
def test_a_file_with_changed_bytes_gives_the_same_answers_or_a_sentence(
    stored: tuple[bytes, str, Path], seed: int
) -> None:
    """Fifty files a seed with one to four bytes changed anywhere: never another answer, and `damage` knows what is refused."""
    content, answers, path = stored
    chance = np.random.default_rng(seed)
    refused = 0
    for _ in range(50):
        damaged = np.frombuffer(content, np.uint8).copy()
        places = chance.integers(0, len(content), chance.integers(1, 5))
        damaged[places] ^= chance.integers(1, 256, len(places)).astype(np.uint8)
        path.write_bytes(damaged.tobytes())
        try:
            assert _answers(path) == answers, places
        except InputError:
            refused += 1
            assert _damage(path), places
    path.write_bytes(content)
    assert 10 < refused < 50


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE design SET params = replace(params, '0.1', '0.2') WHERE id = 0",
        "UPDATE design SET params = replace(params, 'shut', 'shot') WHERE id = 0",
        "UPDATE experiment SET value = replace(value, 'strength', 'strenght') WHERE key = 'columns'",
        "UPDATE experiment SET value = replace(value, 'a study', 'b study') WHERE key = 'title'",
        "UPDATE experiment SET value = '{' WHERE key = 'spec'",
        "DELETE FROM experiment WHERE key = 'seal'",
        "UPDATE experiment SET value = '{}' WHERE key = 'spec'",
    ],
)
def test_a_changed_label_point_column_or_header_is_refused(
    sound: Path, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By whoever opens the file; nothing of it is shown."""
    with sqlite3.connect(sound) as connection:
        assert connection.execute(statement).rowcount == 1
    connection.close()
    for words in (["show"], ["show", "--verify"], ["export"]):
        assert main([words[0], str(sound), *words[1:]]) == 2
        shown = capsys.readouterr()
        assert "damaged or cut short (its description or its design points do not match their checksum)" in shown.err
        assert not shown.out


@pytest.mark.parametrize(
    ("column", "changed"),
    [
        ("attempts", "attempts + 1"),
        ("seconds", "seconds * 2 + 1"),
        *((column, f"{column} || '1'") for column in ("worker", "trace", "error", "status", "finished", "shape")),
    ],
)
def test_a_change_in_any_column_of_a_run_is_found(
    sound: Path, column: str, changed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also in what only `show --failures` shows."""
    with sqlite3.connect(sound) as connection:
        connection.execute(f"UPDATE run SET {column} = {changed} WHERE design = 1 AND replicate = 1")
    connection.close()
    assert main(["show", str(sound), "--verify"]) == 1
    assert "design point 1, replicate 1: damaged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE run SET curve = zeroblob(length(curve)) WHERE design = 1 AND replicate = 2", "match its checksum"),
        ("UPDATE run SET scalars = '{}' WHERE design = 1 AND replicate = 2", "match its checksum"),
        ("UPDATE run SET replicate = 7 WHERE design = 1 AND replicate = 2", "match its checksum"),
        ("DELETE FROM run WHERE design = 1 AND replicate = 2", "other runs than were written"),
        ("UPDATE experiment SET value = '{}' WHERE key = 'tally'", "counts its runs anew"),
    ],
)
def test_damaged_runs_are_had_again_by_resuming(
    sound: Path, study: Callable[..., StudySpec], lasting: Lasting, statement: str, words: str
) -> None:
    """As the sentence says that refuses them: the resumed file is whole, and the same as before."""
    before, answers = lasting(sound), Study(sound).runs.drop(columns="seconds").to_csv()
    with sqlite3.connect(sound) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(InputError, match=words) as refusal:
        _answers(sound)
    assert "resuming" in str(refusal.value)
    spec = study(settings={"fail_at": 1}, runs=3, pull=[0.1, 0.3], policies={"shut": [], "open": ["x"]})
    run_study(spec, sound, at_once())
    assert lasting(sound) == before
    assert Study(sound).runs.drop(columns="seconds").to_csv() == answers
    with StudyFile(sound) as file:
        assert not file.damage()
    assert [path.name for path in sound.parent.iterdir()] == [sound.name]


def test_an_export_of_a_damaged_file_writes_nothing(sound: Path, tmp_path: Path) -> None:
    """A row that is damaged stops it with a sentence."""
    with sqlite3.connect(sound) as connection:
        connection.execute("UPDATE run SET curve = zeroblob(length(curve)) WHERE design = 1 AND replicate = 2")
    connection.close()
    with pytest.raises(InputError, match="does not match its checksum"):
        list(export(sound, tmp_path / "out", "csv", True))
    assert not list((tmp_path / "out").glob("*.csv"))


def test_the_tally_follows_runs_that_are_done_again(sound: Path, study: Callable[..., StudySpec]) -> None:
    """Retried runs replace the failed ones; nothing is counted twice."""
    spec = study(settings={"fail_at": -1}, runs=3, pull=[0.1, 0.3], policies={"shut": [], "open": ["x"]})
    options = at_once(retry_failed=True, accept_changes=True)
    assert run_study(spec, sound, options).counts == {"done": 12}
    with StudyFile(sound) as file:
        stored = json.loads(file.connection.execute("SELECT value FROM experiment WHERE key = 'tally'").fetchone()[0])
        assert stored["runs"] == {"done": 12}
        assert not file.damage()
        assert np.isfinite([row.scalars["left_total"] for row in file.rows()]).all()
