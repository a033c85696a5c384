import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desertion import files

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", ["seeds", "experiments"])
def test_checkout_uses_the_folders_beside_model(name: str) -> None:
    """An editable install reads what the user edits."""
    assert files.shipped_folder(name) == ROOT / name


def test_wheel_uses_the_folders_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package does not look into the folders around it."""
    inside = tmp_path / "site-packages" / "desertion" / "data" / "seeds"
    inside.mkdir(parents=True)
    (tmp_path / "seeds").mkdir()
    monkeypatch.setattr(files, "_PACKAGE", tmp_path / "site-packages" / "desertion")
    assert files.shipped_folder("seeds") == inside


def test_shipped_files_are_shown_alike_on_every_machine() -> None:
    """A message about a shipped file names no folder of the user's."""
    assert files.shown(ROOT / "seeds" / "policies" / "x.toml") == "seeds/policies/x.toml"
    assert files.shown(ROOT / "seeds") == "seeds"


def test_the_users_own_files_are_shown_as_given(tmp_path: Path) -> None:
    """The user finds the file where he put it."""
    assert files.shown(tmp_path / "mine.toml") == str(tmp_path / "mine.toml")
    assert files.shown(Path("mine.toml")) == "mine.toml"


def write_anew(folder: Path, names: str) -> None:
    """Replace files of a folder, all or none."""
    with files.replacing_folder(folder) as fresh:
        for name in names:
            (fresh / name).write_text("new")


def test_a_file_that_cannot_be_written_is_named_where_it_would_have_gone(tmp_path: Path) -> None:
    """Not in a temporary folder, which is gone by then; a file elsewhere keeps its name."""
    for place, named in (("", tmp_path / "out" / "x" / "y.csv"), ("/elsewhere", Path("/elsewhere/x/y.csv"))):
        with pytest.raises(OSError, match="No space") as problem, files.replacing_folder(tmp_path / "out") as fresh:
            raise OSError(28, "No space left on device", str(Path(place or fresh, "x/y.csv")))
        assert problem.value.filename == str(named)


def test_a_text_that_quotes_a_name_of_other_bytes_is_written(tmp_path: Path) -> None:
    """Results name their command: in a folder whose name is no UTF-8 all of a run was lost when it was written."""
    told = {"command": "run --out b\udce4d"}
    path = files.write_text(tmp_path / "x.json", json.dumps(told, ensure_ascii=False))
    assert json.loads(path.read_text(encoding="utf-8")) == told


def test_files_of_a_folder_are_replaced_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the third of three files cannot be moved, the first two are what they were, and nothing is left beside them."""
    for name in ("a", "b"):
        (tmp_path / name).write_text("old")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "c":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)

    with pytest.raises(OSError, match="No space") as problem:
        write_anew(tmp_path, "abc")
    assert problem.value.filename == str(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old", "b": "old"}
    monkeypatch.undo()
    write_anew(tmp_path, "abc")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys("abc", "new")


def test_a_signal_waits_until_all_files_are_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between two files comes after the last one."""
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        signal.raise_signal(signal.SIGINT)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)

    # A job in the background of a shell is started with this signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            write_anew(tmp_path, "ab")
    finally:
        signal.signal(signal.SIGINT, before)
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b"}


def test_a_circle_of_links_has_a_name_to_show(tmp_path: Path) -> None:
    """What cannot be resolved is shown as given."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert files.shown(tmp_path / "loop").startswith(str(tmp_path)[:20])
    assert not files.is_file(tmp_path / "loop")
    assert not files.is_file(Path("n" * 5000))


def test_what_a_killed_process_was_writing_goes_with_the_next_and_what_another_writes_stays(tmp_path: Path) -> None:
    """A killed process cannot clear up; one that writes holds its folder, and one that has just made it may not hold it yet."""
    code = f"import os, pathlib\nfrom desertion import files\nwith files.replacing_folder(pathlib.Path({str(tmp_path)!r})) as fresh:\n    (fresh / 'a').touch()\n    os.kill(os.getpid(), 9)"
    ended = subprocess.run(
        [sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": "model"}, cwd=ROOT
    )
    assert ended.returncode == -signal.SIGKILL
    (killed,) = tmp_path.iterdir()
    (made := tmp_path / ".writing-now").mkdir()
    with files.replacing_folder(tmp_path) as other:
        assert killed.is_dir(), "it may be another's"
        for folder in (killed, other):
            os.utime(folder, (0.0, 0.0))
        with files.replacing_folder(tmp_path) as mine:
            (mine / "b").touch()
        assert other.is_dir()
    assert sorted(tmp_path.iterdir()) == [made, tmp_path / "b"]
