"""What vouches for the generations of a fit: a changed figure is never gone on with, a generation that nobody vouches for is run again."""

import gc
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from desertion.errors import InputError
from desertion.study.calibration.fit import Fit, fit
from desertion.study.calibration.kept import checksums, sentences
from desertion.study.calibration.session import Watch
from desertion.study.failures import StoreFullError
from tests.study.calibration.test_fit import CASE, stand_in

pytestmark = pytest.mark.walks
FITTED = {"scenario": "gdr-1989"}


def _fitted(file: Path, generations: int = 3) -> Fit:
    return fit(CASE, stand_in, file, particles=100, generations=generations, seed=1)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Fit]:
    """Three generations of a fit, vouched for after the second and after the third."""
    folder = tmp_path_factory.mktemp("calm")
    file = folder / "fit.db"
    watch = Watch(folder / "fit.json", FITTED)
    watch.check(file)
    _fitted(file, 2)
    watch.write(file)
    shutil.copy(folder / "fit.json", folder / "second.json")
    found = _fitted(file)
    watch.write(file)
    return folder, found


@pytest.fixture
def kept(calm: tuple[Path, Fit], tmp_path: Path) -> Path:
    """A copy of the fit's folder."""
    return Path(shutil.copytree(calm[0], tmp_path / "fit"))


def _is_open(thing: object) -> bool:
    """Whether it is a connection to a database that can still be used."""
    try:
        return isinstance(thing, sqlite3.Connection) and thing.total_changes >= 0
    except sqlite3.ProgrammingError:
        return False


def _check(folder: Path) -> None:
    Watch(folder / "fit.json", FITTED).check(folder / "fit.db")


def test_generations_that_are_whole_pass_and_each_has_a_checksum_of_its_own(kept: Path) -> None:
    """The observed figures and three generations."""
    _check(kept)
    assert len(set(json.loads((kept / "fit.json").read_text())["checksums"])) == 4


@pytest.mark.parametrize(
    ("change", "generation"),
    [
        ("UPDATE particles SET w = w * 1.0000001 WHERE id = (SELECT max(id) FROM particles)", 3),
        ("UPDATE parameters SET value = value + 1e-9 WHERE id = 1", 1),
        ("UPDATE parameters SET value = value + 1e-9 WHERE id = (SELECT max(id) FROM parameters)", 3),
        ("UPDATE samples SET distance = distance / 2 WHERE id = (SELECT max(id) FROM samples)", 3),
        ("UPDATE populations SET epsilon = epsilon / 2 WHERE t = 1", 2),
        ("UPDATE models SET p_model = 0.5 WHERE id = (SELECT max(id) FROM models)", 3),
        ("DELETE FROM populations WHERE t = 2", 3),
    ],
)
def test_a_changed_figure_is_refused_and_the_generation_named(kept: Path, change: str, generation: int) -> None:
    """Weights, values, distances, tolerances, probabilities, and a generation that is gone."""
    with sqlite3.connect(kept / "fit.db") as connection:
        assert connection.execute(change).rowcount == 1
    connection.close()
    with pytest.raises(InputError, match=rf"is damaged or cut short \(generation {generation} does not match"):
        _check(kept)


def test_a_file_that_is_cut_short_or_gone_is_refused(kept: Path) -> None:
    """With the way out."""
    file = kept / "fit.db"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(InputError, match=r"damaged or cut short .*delete it with fit\.json and fit again"):
        _check(kept)
    file.unlink()
    with pytest.raises(InputError, match="it is not there"):
        _check(kept)
    (kept / "fit.json").write_text("{")
    with pytest.raises(InputError, match="damaged or cut short"):
        _check(kept)


def test_a_generation_that_nobody_vouches_for_is_run_again_to_the_same_numbers(
    kept: Path, calm: tuple[Path, Fit]
) -> None:
    """As after a kill between a generation and its checksum: the third is forgotten and comes out bit for bit."""
    (kept / "second.json").replace(kept / "fit.json")
    _check(kept)
    file = kept / "fit.db"
    assert len(checksums(file)) == 3
    again = _fitted(file)
    assert again.probabilities.tolist() == calm[1].probabilities.tolist()
    for rival in CASE.rivals:
        assert again.shares[rival][1].tolist() == calm[1].shares[rival][1].tolist()


def test_a_file_without_a_finished_generation_is_begun_anew(kept: Path) -> None:
    """Nothing is lost by it."""
    (kept / "fit.json").unlink()
    _check(kept)
    assert not (kept / "fit.db").exists()


def test_generations_of_a_version_that_did_not_vouch_are_taken_as_they_are(kept: Path) -> None:
    """And vouched for from then on."""
    text = json.loads((kept / "fit.json").read_text())
    (kept / "fit.json").write_text(json.dumps({key: text[key] for key in ("seconds", "fitted")}))
    watch = Watch(kept / "fit.json", FITTED)
    watch.check(kept / "fit.db")
    watch.write(kept / "fit.db")
    assert json.loads((kept / "fit.json").read_text())["checksums"] == text["checksums"]


def test_a_damaged_file_of_such_a_version_is_a_sentence_too(kept: Path) -> None:
    """Though nothing vouches for it."""
    text = json.loads((kept / "fit.json").read_text())
    (kept / "fit.json").write_text(json.dumps({key: text[key] for key in ("seconds", "fitted")}))
    (kept / "fit.db").write_bytes(b"no database at all, and long enough to be looked at" * 40)
    with pytest.raises(InputError, match="damaged or cut short"):
        _check(kept)


@pytest.mark.parametrize("pages", [0, 5, 9])
def test_a_full_disk_is_a_sentence_of_its_own(calm: tuple[Path, Fit], kept: Path, pages: int) -> None:
    """SQLAlchemy's session complains of itself when it closes after a write that failed; what was kept before stays."""
    file = kept / "fit.db"
    with sqlite3.connect(file) as connection:
        least = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()

    def narrow(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {least + pages}")

    event.listen(Engine, "connect", narrow)
    try:
        with pytest.raises(StoreFullError, match=r"fit\.db cannot grow \(database or disk is full\)"), sentences(file):
            _fitted(file, 4)
    finally:
        event.remove(Engine, "connect", narrow)
    assert not any(map(_is_open, gc.get_objects()))
    _check(kept)
    assert checksums(file) == checksums(calm[0] / "fit.db")
