"""A full disk, wherever it strikes: one sentence, everything kept, and the same command goes on once there is room."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desertion.study.store.merge import merge
from desertion.study.store.reader import StudyFile
from tests.app.folder import Here
from tests.study.run.driving import drive

DRIVE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from desertion.study.failures import StoreFullError
from tests.study.run.driving import drive
try:
    with ThreadPoolExecutor(1) as threads:
        drive({path!r}, points=5, runs={runs}, days=400, executor=threads)
except StoreFullError as problem:
    print(problem); sys.exit(9)
"""


def _drive(path: Path, runs: int, limit: int) -> subprocess.CompletedProcess[str]:
    """A driver whose files may not grow beyond `limit` bytes: SQLite and the system see a disk without room."""
    return _limited(DRIVE.format(path=str(path), runs=runs), limit)


def _limited(program: str, limit: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "model", "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )


type Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, lasting: Callable[[Path], Rows]) -> Rows:
    """What a study that nothing disturbs holds."""
    path = tmp_path_factory.mktemp("calm") / "s.sqlite"
    drive(str(path), points=5, runs=20, days=400, executor=Here())
    return lasting(path)


@pytest.mark.parametrize("limit", [0, pytest.param(4096, marks=pytest.mark.variants), 33_000])
def test_a_sound_study_on_a_full_disk_is_never_called_damaged(
    tmp_path: Path, limit: int, calm: Rows, lasting: Callable[[Path], Rows]
) -> None:
    """A study half done is resumed with less room than it takes: nothing is lost, and with room it ends as undisturbed."""
    path = tmp_path / "s.sqlite"
    assert _drive(path, 20, 150_000).returncode == 9
    with StudyFile(path) as file:
        before = sum(file.counts().values())
    assert 0 < before < 100
    resumed = _drive(path, 20, limit)
    assert resumed.returncode == 9, resumed.stderr
    assert "everything written before is kept; make room" in resumed.stdout
    with StudyFile(path) as file:
        assert sum(file.counts().values()) >= before
        assert not file.damage()
    drive(str(path), points=5, runs=20, days=400, executor=Here())
    assert lasting(path) == calm


@pytest.mark.parametrize(
    "limit", [0, *(pytest.param(limit, marks=pytest.mark.variants) for limit in (100, 4096, 60_000)), 200_000]
)
def test_a_new_study_without_room_ends_with_a_sentence_and_goes_on_with_room(
    tmp_path: Path, limit: int, calm: Rows, lasting: Callable[[Path], Rows]
) -> None:
    """Whether the file could be begun, which is said, or not; what was written before stays."""
    path = tmp_path / "s.sqlite"
    first = _drive(path, 20, limit)
    assert first.returncode == 9, first.stderr
    kept = (
        "everything written before is kept"
        if limit > 4096
        else "be begun (disk I/O error): nothing had been written to it yet"
    )
    assert f"{kept}; make room" in first.stdout
    again = _drive(path, 20, limit)
    assert again.returncode == 9, again.stderr
    assert "damaged" not in again.stdout
    drive(str(path), points=5, runs=20, days=400, executor=Here())
    assert lasting(path) == calm
    assert sorted(one.name for one in tmp_path.iterdir()) == ["s.sqlite"]


MERGE = """
import sys
from pathlib import Path
from desertion.study.failures import StoreFullError
from desertion.study.store.merge import merge
try:
    merge([Path({part!r})], Path({out!r}))
except StoreFullError as problem:
    print(problem); sys.exit(9)
"""


@pytest.mark.parametrize(
    "limit", [0, *(pytest.param(limit, marks=pytest.mark.variants) for limit in (10_000, 60_000)), 30_000]
)
def test_a_merge_without_room_leaves_nothing_and_says_so(tmp_path: Path, limit: int) -> None:
    """Neither the file nor what was begun of it, of this merge or of one that was killed; the part stays, and with room it is merged."""
    part, out = tmp_path / "part.sqlite", tmp_path / "out[1].sqlite"
    drive(str(part), points=5, runs=20, days=400, executor=Here())
    for left in (f".{out.name}.1.merging", f".{out.name}.1.merging-wal", f"..{out.name}.1.merging.1.new-journal"):
        (tmp_path / left).touch()
    ended = _limited(MERGE.format(part=str(part), out=str(out)), limit)
    assert ended.returncode == 9, ended.stderr
    assert f"{out} is not made, its disk has no room for it" in ended.stdout
    assert [one.name for one in tmp_path.iterdir()] == ["part.sqlite"]
    assert merge([part], out) == 100
