"""Compiled code belongs to one state of its sources, lies where it can be written, and is compiled once for all callers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from desertion.engine import compile as engine
from desertion.engine.compile import JIT_OFF, kernel

needs_jit = pytest.mark.skipif(JIT_OFF, reason="nothing is compiled without the JIT")


def package(folder: Path) -> str:
    """A package with a file in each folder whose files are compiled in, and one file elsewhere."""
    for place in (*engine.SOURCES, "figures"):
        (folder / place / "inner").mkdir(parents=True)
        (folder / place / "inner" / "numbers.py").write_text("A = 1\n")
    return str(folder)


@pytest.mark.parametrize("place", engine.SOURCES)
def test_every_file_that_kernels_compile_in_counts(tmp_path: Path, place: str) -> None:
    """Kernels compile in functions and numbers of other files, which numba does not look at."""
    state = engine.sources_state.__wrapped__
    before = state(package(tmp_path))
    (tmp_path / "figures" / "inner" / "numbers.py").write_text("A = 2\n")
    assert state(str(tmp_path)) == before
    (tmp_path / place / "inner" / "numbers.py").write_text("A = 2\n")
    assert state(str(tmp_path)) != before


def test_a_new_file_and_a_renamed_one_count_too(tmp_path: Path) -> None:
    """The state is that of the folder, not of a list of files."""
    state = engine.sources_state.__wrapped__
    before = state(package(tmp_path))
    (tmp_path / "rules" / "inner" / "numbers.py").rename(tmp_path / "rules" / "inner" / "others.py")
    renamed = state(str(tmp_path))
    (tmp_path / "rules" / "new.py").write_text("")
    assert len({before, renamed, state(str(tmp_path))}) == 3


def test_the_users_folder_for_numba_gets_a_folder_of_this_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With numba's own setting an older state's code would lie in the same files, and run."""
    monkeypatch.setattr(engine.config, "CACHE_DIR", str(tmp_path / "numba"))
    own, *_ = engine.folders.__wrapped__(package(tmp_path / "package"))
    assert own == str(tmp_path / "numba" / ("kernels-" + engine.sources_state(str(tmp_path / "package"))))


def test_numbas_settings_are_left_alone() -> None:
    """The user's own kernels stay where numba keeps them, and in the files that numba chooses."""
    lines = "import numba.core.config as c; before = c.CACHE_DIR; import desertion.engine.threads; print(c.CACHE_DIR == before)"
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["True"]


def test_a_read_only_package_with_compiled_code_is_read_and_the_users_cache_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image is warmed by its builder and run by somebody who may not write into it."""
    monkeypatch.setattr(engine.config, "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    home = package(tmp_path / "package")
    warmed = Path(home) / "__pycache__" / ("kernels-" + engine.sources_state(home))
    warmed.mkdir(parents=True)
    (tmp_path / "cache" / "desertion").mkdir(parents=True)
    monkeypatch.setattr(engine, "_is_writable", lambda folder: not folder.startswith(home))
    assert engine.folders.__wrapped__(home) == (
        str(tmp_path / "cache" / "desertion" / warmed.name),
        str(warmed),
    )


def test_with_nowhere_to_write_a_private_folder_serves_until_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run needs no disk of its own."""
    monkeypatch.setattr(engine, "_is_writable", lambda _folder: False)
    own, *others = engine.folders.__wrapped__(package(tmp_path))
    assert Path(own).parent.is_dir()
    assert others == []
    assert not Path(own).is_relative_to(tmp_path)


def test_old_states_are_removed_when_nobody_used_them_for_days(tmp_path: Path) -> None:
    """A hundred edits would fill the disk; another checkout's recent state stays."""
    for name, age in (("kernels-old", 4 * 86400.0), ("kernels-new", 3600.0), ("others", 4 * 86400.0)):
        (tmp_path / name).mkdir()
        then = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (then, then))
    engine._drop_stale(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-new", "others"]


@kernel
def _halves(value: int, by: int) -> float:
    return value / by


@kernel
def _calls(rows: np.ndarray) -> float:
    return _halves(7, 2) + _halves(rows[0], 3) + _halves(rows[1] > 0, 4)


@needs_jit
def test_a_kernel_is_compiled_once_for_all_constants_and_widths_of_integers() -> None:
    """Three calls, with a constant, an eight-bit number and a truth value: the truth value is a type of its own."""
    before = engine.compilations()
    rows = np.array([9, 1], np.int8)
    assert _calls(rows) == 3.5 + 3.0 + 0.25
    assert engine.compilations() - before in (0, 3)  # itself and two of the other, unless they were loaded


@needs_jit
def test_what_a_kernel_calls_can_be_called_from_python_too() -> None:
    """The twin without a wrapper does not stand in its way."""
    assert _halves(7, 2) == 3.5
    assert _calls(np.array([9, 1], np.int64)) == 3.5 + 3.0 + 0.25


@needs_jit
def test_without_numbas_hooks_calls_compile_as_numba_would() -> None:
    """A later numba may lack them: slower to start, equal in results."""

    class Bare:
        """A dispatcher without hooks."""

    bare = Bare()
    engine._nest(bare, _halves.py_func)  # pyright: ignore[reportFunctionMemberAccess]
    assert vars(bare) == {}


def test_numba_is_of_a_version_whose_hooks_are_known() -> None:
    """Where this fails, look whether `_nest` still finds its hooks: without them a first run takes three times as long."""
    assert hasattr(numba.core.dispatcher.Dispatcher, "get_call_template")
    assert hasattr(numba.core.dispatcher.Dispatcher, "get_overload")
