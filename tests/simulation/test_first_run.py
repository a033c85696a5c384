"""A first run compiles what its list says, in two processes, and says how far it is; later runs compile nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desertion import DesertionModel
from desertion.engine import cold
from desertion.engine import compile as engine
from desertion.engine.compile import JIT_OFF
from desertion.simulation import first_run
from tests.simulation.worlds import toy

PROGRAM = """
import json, sys
from desertion import DesertionModel
from desertion.engine import cold
from desertion.engine import compile as engine
heard = []
cold.listen(lambda *words: heard.append(words))
model = DesertionModel("toy", policies=("fast-track",), rng=3, days=40).run()
print(json.dumps([engine.compilations(), engine.stored(), int(model.daily["left"].sum()), heard]))
"""


def small_run(folder: Path) -> Any:
    """A small run in a process of its own, which keeps compiled code in that folder."""
    environment = dict(os.environ) | {"NUMBA_CACHE_DIR": str(folder)}
    command = [sys.executable, "-c", PROGRAM]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)


@pytest.mark.skipif(JIT_OFF, reason="nothing is compiled without the JIT")
@pytest.mark.docking
def test_a_first_run_compiles_what_its_list_says_and_a_second_nothing(tmp_path: Path) -> None:
    """Compilations of a first run may only fall: the number in the list is renewed with `python -m tests.checks.first_run --write`."""
    expected = first_run.first_run()["compilations"]
    compiled, stored, left, heard = small_run(tmp_path)
    assert stored == expected
    assert compiled < 0.8 * expected  # the second process did its part
    assert heard[0] == [first_run.SENTENCE, 0, expected]
    assert heard[-1] == [first_run.SENTENCE, expected, expected]
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)
    assert small_run(tmp_path) == [0, expected, left, []]


def test_the_list_names_the_kernels_that_python_calls() -> None:
    """Each exists and takes the arguments that are listed; none is listed twice."""
    DesertionModel(toy(days=2), rng=1).run()
    known = {f"{kernel.py_func.__module__}:{kernel.py_func.__qualname__}": kernel for kernel in engine.kernels()}
    rows = [row for part in first_run.first_run()["parts"] for row in part]
    assert len({json.dumps(row) for row in rows}) == len(rows) > 20
    for name, arguments in rows:
        assert known[name].py_func.__code__.co_argcount == len(arguments)


def test_a_warm_machine_hears_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the code is at hand, no process starts and nobody is told."""
    first_run.compile_first_run.cache_clear()
    heard: list[Any] = []
    monkeypatch.setattr(cold, "_listeners", [lambda *words: heard.append(words)])
    monkeypatch.setattr(engine, "stored", lambda: first_run.first_run()["compilations"])
    first_run.compile_first_run()
    assert heard == []


@pytest.mark.parametrize("cores", [1, 2])
def test_a_cold_machine_hears_where_compiling_begins_and_ends(monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    """With one core alone, with two beside a second process that may fail without harm."""
    heard: list[Any] = []
    monkeypatch.setattr(engine, "JIT_OFF", False)
    monkeypatch.setattr(engine, "stored", lambda: 0)
    monkeypatch.setattr(cold, "_listeners", [lambda *words: heard.append(words)])
    monkeypatch.setattr(first_run, "compile_part", lambda part: heard.append(part))
    monkeypatch.setattr(first_run.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(first_run.sys, "executable", "false")
    first_run.compile_first_run.cache_clear()
    first_run.compile_first_run()
    expected = first_run.first_run()["compilations"]
    parts = [0] if cores == 2 else [0, 1]
    assert heard == [(first_run.SENTENCE, 0, expected), *parts, (first_run.SENTENCE, expected, expected)]
