"""A full disk, wherever it strikes: one sentence, everything kept, and the same command goes on once there is room."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desertion.study.store.merge import merge
from desertion.study.store.reader import StudyFile
from tests.app.folder import Here
from tests.study.run.driving import drive

# A process of its own, since its files may not grow beyond a limit; one for all, since it takes three seconds to start.
PROGRAM = """
import json, resource, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from desertion.study.failures import StoreFullError
from desertion.study.store.merge import merge
from tests.study.run.driving import drive

def do(part, out):
    if part:
        merge([Path(part)], Path(out))
        return
    with ThreadPoolExecutor(1) as threads:
        drive(out, points=5, runs=20, days=400, executor=threads)

free = resource.getrlimit(resource.RLIMIT_FSIZE)
for line in sys.stdin:
    part, out, limit = json.loads(line)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, free[1]))
    try:
        do(part, out)
        said = ""
    except StoreFullError as problem:
        said = str(problem)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, free)
    print(json.dumps(said), flush=True)
"""


type Limited = Callable[..., str]
"""What is said of a full disk while a study is driven, or a part merged, with files that may not grow beyond `limit` bytes; empty if nothing is."""


@pytest.fixture(scope="module")
def limited() -> Iterator[Limited]:
    """SQLite and the system see a disk without room."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "model", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        asked, answers = process.stdin, process.stdout
        assert asked is not None
        assert answers is not None

        def done(out: Path, limit: int, part: Path | None = None) -> str:
            print(json.dumps([part and str(part), str(out), limit]), file=asked, flush=True)
            answer = answers.readline()
            assert answer, "it ended with another error"
            return json.loads(answer)

        yield done
        asked.close()


type Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, lasting: Callable[[Path], Rows]) -> Rows:
    """What a study that nothing disturbs holds."""
    path = tmp_path_factory.mktemp("calm") / "s.sqlite"
    drive(str(path), points=5, runs=20, days=400, executor=Here())
    return lasting(path)


@pytest.mark.parametrize("limit", [0, pytest.param(4096, marks=pytest.mark.variants), 33_000])
def test_a_sound_study_on_a_full_disk_is_never_called_damaged(
    tmp_path: Path, limit: int, calm: Rows, lasting: Callable[[Path], Rows], limited: Limited
) -> None:
    """A study half done is resumed with less room than it takes: nothing is lost, and with room it ends as undisturbed."""
    path = tmp_path / "s.sqlite"
    assert limited(path, 150_000)
    with StudyFile(path) as file:
        before = sum(file.counts().values())
    assert 0 < before < 100
    assert "everything written before is kept; make room" in limited(path, limit)
    with StudyFile(path) as file:
        assert sum(file.counts().values()) >= before
        assert not file.damage()
    drive(str(path), points=5, runs=20, days=400, executor=Here())
    assert lasting(path) == calm


@pytest.mark.parametrize(
    "limit", [0, *(pytest.param(limit, marks=pytest.mark.variants) for limit in (100, 4096, 60_000)), 200_000]
)
def test_a_new_study_without_room_ends_with_a_sentence_and_goes_on_with_room(
    tmp_path: Path, limit: int, calm: Rows, lasting: Callable[[Path], Rows], limited: Limited
) -> None:
    """Whether the file could be begun, which is said, or not; what was written before stays."""
    path = tmp_path / "s.sqlite"
    kept = (
        "everything written before is kept"
        if limit > 4096
        else "be begun (disk I/O error): nothing had been written to it yet"
    )
    assert f"{kept}; make room" in limited(path, limit)
    again = limited(path, limit)
    assert again
    assert "damaged" not in again
    drive(str(path), points=5, runs=20, days=400, executor=Here())
    assert lasting(path) == calm
    assert sorted(one.name for one in tmp_path.iterdir()) == ["s.sqlite"]


@pytest.mark.parametrize(
    "limit", [0, *(pytest.param(limit, marks=pytest.mark.variants) for limit in (10_000, 60_000)), 30_000]
)
def test_a_merge_without_room_leaves_nothing_and_says_so(tmp_path: Path, limit: int, limited: Limited) -> None:
    """Neither the file nor what was begun of it, of this merge or of one that was killed; the part stays, and with room it is merged."""
    part, out = tmp_path / "part.sqlite", tmp_path / "out[1].sqlite"
    drive(str(part), points=5, runs=20, days=400, executor=Here())
    for left in (f".{out.name}.1.merging", f".{out.name}.1.merging-wal", f"..{out.name}.1.merging.1.new-journal"):
        (tmp_path / left).touch()
    assert f"{out} is not made, its disk has no room for it" in limited(out, limit, part)
    assert [one.name for one in tmp_path.iterdir()] == ["part.sqlite"]
    assert merge([part], out) == 100
