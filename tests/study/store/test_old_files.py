"""Files that were made before tasks had names and files were sealed: they open, export, and resume when asked to.

`old/*.sql` hold such files as SQL: a sweep, a comparison and claims on worlds of ten people.
"""

import sqlite3
from pathlib import Path

import pytest

from desertion.cli import main
from desertion.errors import InputError
from desertion.study.analysis.study import Study
from desertion.study.comparison.comparison import Comparison
from desertion.study.design.reading import read_spec
from desertion.study.run.sweep import run_study
from desertion.study.store.reader import StudyFile
from tests.shortcuts import at_once

OLD = Path(__file__).parent / "old"


def _restored(name: str, folder: Path) -> Path:
    path = folder / f"{name}.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript((OLD / f"{name}.sql").read_text(encoding="utf-8"))
    connection.close()
    return path


@pytest.mark.parametrize(
    ("name", "task", "runs"), [("sweep", "model", 8), ("comparison", "comparison", 4), ("claims", "claims", 4)]
)
def test_an_old_file_opens_with_its_tasks_name_and_exports(name: str, task: str, runs: int, tmp_path: Path) -> None:
    """All its runs match the checksums that files had then."""
    path = _restored(name, tmp_path)
    study = Study(path)
    assert (study.spec["task"], study.counts) == (task, {"done": runs})
    with StudyFile(path) as file:
        assert not file.damage()
    assert main(["export", str(path), "--out", str(tmp_path / "out")]) == 0
    assert len((tmp_path / "out" / "runs.csv").read_text().splitlines()) == runs + 1


def test_an_old_comparison_is_known_as_one(tmp_path: Path) -> None:
    """By its task, and its tables can be read; who was with the hosts it kept in part, which is said. The old sweep is refused."""
    old = Comparison(_restored("comparison", tmp_path))
    assert old.policies == ("none", "fast-track")
    assert set(old.summary["policy"]) == {"none", "fast-track"}
    with pytest.raises(InputError, match="earlier version, which kept 5 columns of each host where 7 are needed"):
        _ = old.hosts
    with pytest.raises(InputError, match="not of a comparison"):
        Comparison(_restored("sweep", tmp_path))


def test_claims_are_no_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`desertion plot` on the runs of claims says where the verdicts are."""
    assert main(["plot", str(_restored("claims", tmp_path)), "--out", str(tmp_path / "c.png")]) == 2
    assert "read claims.html beside it" in capsys.readouterr().err
    assert not (tmp_path / "c.png").exists()


def test_an_old_file_is_resumed_only_when_its_changes_are_accepted(tmp_path: Path) -> None:
    """Its code is another by now; accepted, the missing runs are done, the file is sealed and the change stands in it."""
    path = _restored("sweep", tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM run WHERE design = 2")
    connection.close()
    spec = read_spec(OLD / "sweep.toml")
    with pytest.raises(InputError, match=r"made by another study, version or machine \(fingerprint.code"):
        run_study(spec, path, at_once())
    assert Study(path).counts == {"done": 6}
    done = run_study(spec, path, at_once(accept_changes=True))
    assert done.counts == {"done": 8}
    assert "fingerprint.code" in done.header["accepted_changes"][0]["changes"][0]
    with StudyFile(path) as file:
        assert not file.damage()
        assert file.connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_damaged_run_of_an_old_file_is_found(tmp_path: Path) -> None:
    """Measures and curves had their checksums then."""
    path = _restored("sweep", tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE run SET scalars = '{}' WHERE design = 1 AND replicate = 0")
        connection.execute("UPDATE run SET curve = zeroblob(length(curve)) WHERE design = 3 AND replicate = 1")
    connection.close()
    with StudyFile(path) as file:
        assert file.damage() == ["design point 1, replicate 0: damaged", "design point 3, replicate 1: damaged"]
