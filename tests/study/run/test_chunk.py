"""Time limits: they count the run alone, and a run that is cut off leaves its worker sound."""

import importlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desertion.study.run.chunk import TimeLimitError, limited


def _in_a_thread(body: Callable[[], None]) -> BaseException | None:
    """What a body raises in a thread that is not the main one, as on a cluster's worker."""
    raised: list[BaseException] = []

    def catch() -> None:
        try:
            body()
        except BaseException as problem:
            raised.append(problem)

    thread = threading.Thread(target=catch)
    thread.start()
    thread.join(30)
    return raised[0] if raised else None


def _in_the_main_thread(body: Callable[[], None]) -> BaseException | None:
    try:
        body()
    except BaseException as problem:
        return problem
    return None


EVERYWHERE = pytest.mark.parametrize("run", [_in_the_main_thread, _in_a_thread])


def _busy(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


@EVERYWHERE
def test_an_import_does_not_count_and_is_never_cut_off(
    run: Callable[[Callable[[], None]], BaseException | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that takes three times the limit to load is whole afterwards, and the run goes on."""
    monkeypatch.syspath_prepend(tmp_path)
    name = f"slow_{run.__name__}"
    (tmp_path / f"{name}.py").write_text(
        "import time\nend = time.monotonic() + 0.9\nwhile time.monotonic() < end: pass\nDONE = 1\n"
    )

    def body() -> None:
        with limited(0.3):
            assert importlib.import_module(name).DONE == 1

    assert run(body) is None
    assert sys.modules.pop(name).DONE == 1


@EVERYWHERE
def test_a_run_is_cut_off_once_it_has_spent_its_own_time(
    run: Callable[[Callable[[], None]], BaseException | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of its imports comes on top; the next run of the worker is not touched."""
    monkeypatch.syspath_prepend(tmp_path)
    name = f"slower_{run.__name__}"
    (tmp_path / f"{name}.py").write_text(
        "import time\nend = time.monotonic() + 0.6\nwhile time.monotonic() < end: pass\n"
    )
    began = time.monotonic()

    def body() -> None:
        with limited(0.4):
            importlib.import_module(name)
            _busy(5.0)

    assert isinstance(run(body), TimeLimitError)
    assert 0.9 < time.monotonic() - began < 4.0
    sys.modules.pop(name)

    def short() -> None:
        with limited(5.0):
            _busy(0.05)
        _busy(0.5)

    assert run(short) is None


@EVERYWHERE
def test_compilation_does_not_count(run: Callable[[Callable[[], None]], BaseException | None]) -> None:
    """A kernel that is compiled within the limit's body takes longer than the limit and is there afterwards."""
    import numba

    def body() -> None:
        with limited(0.05):
            compiled = numba.njit(lambda x: sum([x * index for index in range(10)]))
            assert compiled(1.0) == 45.0

    assert run(body) is None


def test_a_limit_is_not_swallowed_by_what_catches_every_fault() -> None:
    """An own measure or class may catch `Exception`; the run is cut off all the same."""

    def stubborn() -> None:
        try:
            while True:
                time.sleep(0.001)
        except Exception:
            return

    with pytest.raises(TimeLimitError), limited(0.2):
        stubborn()
