"""What a study's rows hang on: a resume after an edit is refused, and the sentence names what was edited."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desertion.errors import InputError
from desertion.files import shipped_folder
from desertion.simulation.model import DesertionModel
from desertion.study.analysis.answers import Answers
from desertion.study.design.own import own_of
from desertion.study.design.reading import spec_from
from desertion.study.design.spec import StudySpec
from desertion.study.run import sources
from desertion.study.run.described import with_own
from desertion.study.run.options import RunOptions
from desertion.study.run.origin import commit, header, versions
from desertion.study.run.sweep import run_study
from desertion.study.run.task import task_fingerprint
from desertion.study.store.writer import StudyWriter
from tests.app.folder import Here

PACKAGE = Path(sources.__file__).resolve().parents[2]
POLICY = 'title = "mine"\n[[change]]\nset = { "hosts.*.border" = 0 }\n'
TASK = """
import numpy as np
from helping import total
from desertion.study.run.task import Outcome

def run(spec, replicate, seed):
    return Outcome({"left_total": total(replicate)}, np.empty((0, 0), np.float32), ())
"""


def _open(spec: StudySpec, path: Path, command: str = "") -> None:
    points = spec.points()
    StudyWriter.open(path, header(spec, points, (1, 1)), points, command=command).close()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], StudySpec]:
    """A study over two scenarios of a user's own, one with a graph, under a policy of his own."""
    monkeypatch.chdir(tmp_path)
    toy = (shipped_folder("seeds") / "scenarios" / "toy.toml").read_text(encoding="utf-8")
    for force in shipped_folder("seeds").glob("forces/*.toml"):
        shutil.copy(force, tmp_path)
    (tmp_path / "first.toml").write_text(toy)
    (tmp_path / "second.toml").write_text(f'graph = "ties.csv"\n{toy}')
    (tmp_path / "ties.csv").write_text("0,1\n1,2\n")
    (tmp_path / "other-ties.csv").write_text("0,1\n")
    (tmp_path / "mine.toml").write_text(POLICY)
    table = {
        "days": 5,
        "policies": {"as it is": [], "mine": ["mine.toml"]},
        "vary": {"scenario": ["first.toml", "second.toml"], "graph": ["ties.csv", "other-ties.csv"]},
    }
    return lambda: spec_from(table, "s", "s.toml")


@pytest.mark.parametrize(
    ("file", "old", "new", "name"),
    [
        ("mine.toml", "= 0", "= 2", "policy mine.toml"),
        ("ties.csv", "1,2", "1,3", "graph ties.csv"),
        ("other-ties.csv", "0,1", "0,2", "graph other-ties.csv"),
        ("second.toml", "days = ", "days = 1", "scenario second.toml"),
    ],
)
def test_a_resume_after_an_edit_is_refused_and_names_the_file(
    own: Callable[[], StudySpec], tmp_path: Path, file: str, old: str, new: str, name: str
) -> None:
    """Whatever the design reads anywhere: not only what its first point reads; unedited files resume."""
    path, command = tmp_path / "s.sqlite", f"desertion sweep s.toml --out {tmp_path / 's.sqlite'}"
    _open(own(), path)
    _open(own(), path)
    edited = tmp_path / file
    text = edited.read_text()
    assert old in text
    edited.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=rf'fingerprint.{name}: "\w+" -> "\w+"') as refusal:
        _open(own(), path, command)
    assert f"start anew with `desertion sweep s.toml --out {tmp_path / 's-2.sqlite'}`" in str(refusal.value)
    edited.write_text(text + ("" if file.endswith("csv") else "\n# a remark changes nothing\n"))
    _open(own(), path)


class _Elsewhere(Here):
    """Does chunks in another folder, and keeps nothing that the driver has read, as a worker of a cluster does that was started there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        (chunk,) = args
        with chdir(self.folder):
            return super().submit(fn, replace(chunk, edition=str(self.folder)), **kwargs)


@pytest.mark.parametrize("task", ["model", "comparison"])
def test_a_worker_reads_no_file_of_its_own_folder(
    own: Callable[[], StudySpec], tmp_path: Path, task: str, lasting: Callable[[Path], list[tuple[object, ...]]]
) -> None:
    """Where other files have the names that the study gives, its rows are those of a worker who stands in the study's folder."""
    spec = replace(own(), task=task, daily=(), days=40)
    other = tmp_path / "other"
    other.mkdir()
    for file in tmp_path.glob("*.toml"):
        (other / file.name).write_text(file.read_text().replace("access = 0.3", "access = 0.9"))
    (other / "mine.toml").write_text(POLICY.replace("= 0", "= 2"))
    for name in ("ties.csv", "other-ties.csv"):
        (other / name).write_text("3,4\n")
    for name, executor in (("there", _Elsewhere(other)), ("here", Here())):
        done = run_study(spec, tmp_path / f"{name}.sqlite", RunOptions(executor=executor, workers=1, quiet=True))
        assert done.counts == {"done": 8}
    assert lasting(tmp_path / "there.sqlite") == lasting(tmp_path / "here.sqlite")


def test_a_file_that_is_edited_while_a_study_runs_is_read_by_no_later_run(
    own: Callable[[], StudySpec], tmp_path: Path, lasting: Callable[[Path], list[tuple[object, ...]]]
) -> None:
    """All rows are those of a study that nobody disturbed; its file is gone on with once the edit is taken back."""
    policies = (POLICY, POLICY.replace("= 0", "= 2"))

    def editing(model: DesertionModel) -> float:
        (tmp_path / "mine.toml").write_text(policies[1])
        return 0.0

    def still(model: DesertionModel) -> float:
        return 0.0

    for name, measure in (("edited", editing), ("calm", still)):
        spec = with_own(own(), own_of({}, {"mine": measure}))
        (tmp_path / "mine.toml").write_text(policies[0])
        run_study(spec, tmp_path / f"{name}.sqlite", RunOptions(executor=Here(), workers=1, quiet=True))
    assert lasting(tmp_path / "edited.sqlite") == lasting(tmp_path / "calm.sqlite")


@pytest.mark.parametrize("ending", ["pass", "os.kill(os.getpid(), signal.SIGINT)"])
def test_rows_during_whose_making_the_tasks_code_was_edited_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Whoever runs later has the edited code; a resume would tell, but all is done, or it was interrupted and the edit taken back. What was run is kept."""
    monkeypatch.syspath_prepend(tmp_path)
    editing = f"    import os, signal\n    from pathlib import Path\n    Path(__file__).write_text(Path(__file__).read_text() + '#')\n    {ending}\n    return Outcome"
    (tmp_path / "edited_task.py").write_text(
        TASK.replace("from helping import total", "total = float").replace("    return Outcome", editing)
    )
    spec, path = spec_from({"task": "edited_task.run"}, "s", "s.toml"), tmp_path / "s.sqlite"
    with pytest.raises(
        InputError, match=r"code edited_task changed while the study ran, .* before or after: start anew"
    ):
        run_study(spec, path, RunOptions(executor=Here(), workers=1, quiet=True))
    assert Answers(path).counts == {"done": 1}
    sys.modules.pop("edited_task", None)


def test_a_resume_after_an_edit_of_the_tasks_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its own module, and of one beside it that it imports."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_task.py").write_text(TASK)
    (tmp_path / "helping.py").write_text("def total(replicate):\n    return 1.0\n")
    spec = spec_from({"task": "my_task.run"}, "s", "s.toml")
    path = tmp_path / "s.sqlite"
    _open(spec, path)
    _open(spec, path)
    (tmp_path / "helping.py").write_text("def total(replicate):\n    return 2.0\n")
    with pytest.raises(InputError, match=r"fingerprint.code helping: "):
        _open(spec, path)
    (tmp_path / "helping.py").write_text("def total(replicate):\n    return 1.0\n")
    (tmp_path / "my_task.py").write_text(f"{TASK}\nMORE = 1\n")
    with pytest.raises(InputError, match=r"fingerprint.code my_task: "):
        _open(spec, path)
    for name in ("my_task", "helping"):
        sys.modules.pop(name, None)


def test_modules_that_a_task_imports_from_its_own_package_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By dots, one and two, and from within the package's own head."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "mine" / "deep").mkdir(parents=True)
    (tmp_path / "mine" / "__init__.py").write_text("from .head import total\n")
    (tmp_path / "mine" / "head.py").write_text("total = 1.0\n")
    (tmp_path / "mine" / "beside.py").write_text("more = 1.0\n")
    (tmp_path / "mine" / "deep" / "__init__.py").write_text("")
    (tmp_path / "mine" / "deep" / "near.py").write_text("near = 1.0\n")
    (tmp_path / "mine" / "deep" / "work.py").write_text(
        "from .. import beside\nfrom . import near\nfrom .. import total\n"
    )
    wanted = ["mine", "mine.beside", "mine.deep", "mine.deep.near", "mine.deep.work", "mine.head"]
    assert sorted(sources.task_code("mine.deep.work")) == [f"code {name}" for name in wanted]


def test_a_task_without_a_source_is_refused_on_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can say whether it is still the same: it may be begun, not gone on with."""
    monkeypatch.syspath_prepend(tmp_path)
    import py_compile

    (tmp_path / "bare_task.py").write_text(TASK.replace("from helping import total", "total = float"))
    py_compile.compile(str(tmp_path / "bare_task.py"), str(tmp_path / "bare_task.pyc"))
    (tmp_path / "bare_task.py").unlink()
    spec = spec_from({"task": "bare_task.run"}, "s", "s.toml")
    _open(spec, tmp_path / "s.sqlite")
    with pytest.raises(
        InputError, match=r"fingerprint.code bare_task: cannot be compared, its source is not to be had"
    ):
        _open(spec, tmp_path / "s.sqlite")
    sys.modules.pop("bare_task", None)


def test_every_folder_that_decides_is_read() -> None:
    """Folders that are not where they are looked for would all have the hash of nothing."""
    hashes = [sources.model_code()[f"code {folder}"] for folder in sources.DECIDING]
    assert len(set(hashes)) == len(sources.DECIDING)


@pytest.mark.parametrize("task", ["model", "comparison", "claims"])
def test_the_code_of_every_shipped_task_is_fingerprinted(task: str) -> None:
    """All folders that decide, the dials, and the task's own modules; figures, app and commands do not count."""
    from desertion.study.run.task import path_of

    names = {*sources.model_code(), *sources.task_code(path_of(task).rpartition(".")[0])}
    assert {f"code {folder}" for folder in sources.DECIDING} <= names
    assert f"code {path_of(task).rpartition('.')[0]}" in names
    own = {"model": "design.point", "comparison": "comparison.outcomes", "claims": "design.spread"}[task]
    assert f"code desertion.study.{own}" in names
    assert "code desertion.study.run.task" in names
    assert not [name for name in names if "figures" in name or "store" in name]


def test_every_package_that_decides_a_run_stands_among_the_versions() -> None:
    """Those that folders of the model and the shipped tasks import, but for such as only read, check and write texts."""
    files = [file for folder in sources.DECIDING for file in (PACKAGE / folder).rglob("*.py")]
    files += [PACKAGE / "study" / "run" / "task.py", *(PACKAGE / "study" / "comparison").glob("*.py")]
    imported: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_bytes())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported |= {name.partition(".")[0] for name in names}
    texts = {"pydantic", "pydantic_core", "tomli_w", "matplotlib"}
    assert imported - sys.stdlib_module_names - {"", "desertion"} - texts == set(versions()) - {
        "desertion", "python", "machine",
    }  # fmt: skip


def test_files_made_before_a_version_was_told_are_resumed_when_it_is_accepted(tmp_path: Path) -> None:
    """Nobody knows which SciPy they had."""
    spec, path = spec_from({}, "s", "s.toml"), tmp_path / "s.sqlite"
    about = header(spec, spec.points(), (1, 1))
    before = {name: version for name, version in about["versions"].items() if name != "scipy"}
    StudyWriter.open(path, about | {"versions": before}, spec.points()).close()
    with pytest.raises(InputError, match=r'versions.scipy: "\(absent\)" -> "[\d.]+"\): .* --accept-changes'):
        _open(spec, path)
    StudyWriter.open(path, about, spec.points(), accept_changes=True).close()
    _open(spec, path)


def test_the_hash_of_a_folder_follows_every_file_and_its_name(tmp_path: Path) -> None:
    """An edit, a new file and a renamed one each give another hash."""
    folder = shutil.copytree(PACKAGE / "rules", tmp_path / "rules")
    hashes = [sources.folder_hash(folder)]
    (folder / "push.py").write_text((folder / "push.py").read_text() + "\n")
    hashes.append(sources.folder_hash(folder))
    (folder / "push.py").rename(folder / "pull.py")
    hashes.append(sources.folder_hash(folder))
    (folder / "new.py").touch()
    hashes.append(sources.folder_hash(folder))
    assert len(set(hashes)) == 4


def test_the_fingerprint_of_a_point_does_not_follow_its_numbers() -> None:
    """They stand in the design; what it reads is what counts."""
    spec = {"scenario": "toy", "policies": ["fast-track"], "settings": {}, "scale": None, "days": 60}
    assert task_fingerprint(spec) == task_fingerprint({**spec, "settings": {"asylum": 0.2}, "days": 61})
    assert task_fingerprint(spec).keys() == {"scenario toy", "policy fast-track"}


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_asking_for_the_commit_writes_nothing_into_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose disk or patience ended meanwhile left a lock behind that let nobody commit any more."""
    own = tmp_path / "a" / "b" / "c" / "d" / "origin.py"
    own.parent.mkdir(parents=True)
    own.write_text("")
    said = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "."), (*said, "commit", "-q", "--no-gpg-sign", "-m", "one")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    os.utime(own, (1e9, 1e9))  # git looks at the file again, and would note that in its index
    before = (tmp_path / ".git" / "index").read_bytes()
    monkeypatch.setattr("desertion.study.run.origin.__file__", str(own))
    assert len(commit()) == 40
    assert (tmp_path / ".git" / "index").read_bytes() == before
