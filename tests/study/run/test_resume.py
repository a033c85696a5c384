"""kill -9 at any moment: the resumed file is the uninterrupted one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desertion.study.design.spec import StudySpec
from desertion.study.run.sweep import RunOptions, run_study
from tests.study.run.killing import kill_and_compare

pytestmark = pytest.mark.studies


def test_a_driver_killed_at_random_moments_leaves_a_file_that_resumes_to_the_same_rows(tmp_path: Path) -> None:
    """Four kills of a 400-run study; ``python -m tests.study.run.killing`` does ten kills of 5,000 runs."""
    rows, found = kill_and_compare(tmp_path, points=10, runs=40, kills=4, busy=0.02, seed=3)
    assert rows == 400
    assert found == sorted(found)
    assert any(0 < count < 400 for count in found)


def test_a_finished_study_does_nothing_when_it_is_started_again(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """No run is repeated: the times in the file are those of the first time."""
    options = RunOptions(quiet=True, workers=2)
    first = run_study(study(), tmp_path / "s.sqlite", options).runs
    again = run_study(study(), tmp_path / "s.sqlite", options).runs
    assert first.equals(again)


def test_a_damaged_row_is_run_again(
    tmp_path: Path, study: Callable[..., StudySpec], lasting: Callable[[Path], list[tuple[object, ...]]]
) -> None:
    """Its checksum gives it away; the resumed file is whole."""
    import sqlite3

    path = tmp_path / "s.sqlite"
    options = RunOptions(quiet=True, workers=2)
    run_study(study(), path, options)
    before = lasting(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE run SET scalars = '{}' WHERE design = 1 AND replicate = 2")
    connection.close()
    assert lasting(path) != before
    run_study(study(), path, options)
    assert lasting(path) == before
