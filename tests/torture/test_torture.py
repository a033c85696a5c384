"""The torture parts in small: each kind of fault once, and what must be called wrong is."""

from __future__ import annotations

import ast
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.torture import determinism, faults, mutation, works
from tests.torture.__main__ import PARTS
from tests.torture.damage import Disk, has_root, stored
from tests.torture.record import BAD, GOOD, Record, environment
from tests.watching import heeded

SMALL = works.Work("small", works.WORKS[0].words, works.WORKS[0].study.replace("replicates = 40", "replicates = 10"))


@pytest.mark.studies
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_study_that_is_asked_to_stop_says_one_sentence_and_why_it_ended(
    tmp_path: Path, number: int, code: int
) -> None:
    """Ctrl-C ends with 130, SIGTERM with 143, a hang-up with 129, each with the line that says how to go on and with no other."""
    path = tmp_path / "s.sqlite"
    with heeded(number):
        driver = works.started(SMALL, path)
    while stored(path) == 0:
        assert driver.poll() is None
    driver.send_signal(number)
    _, said = driver.communicate(timeout=60)
    assert driver.returncode == code
    assert said.count("\n") == 1
    assert "of 120 runs finished, all kept" in said


SHOWN_ELSEWHERE = ("kill driver", "kill workers", "SIGTERM", "SIGINT", "truncation", "kill worker of a cluster")
"""Faults that other tests of the suites strike with: of the runner, of stopping above, of damage, of a cluster."""


@pytest.mark.studies
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[pytest.mark.variants] if kind in SHOWN_ELSEWHERE else [])
        for kind in faults.KINDS
        if has_root() or kind not in faults.NEED_A_DISK
    ],
)
def test_a_study_struck_once_has_the_rows_of_a_calm_one_or_is_refused(kind: str, tmp_path: Path) -> None:
    """Every kind of fault; disks of their own where this user may mount them."""
    disk = Disk(tmp_path) if has_root() else None
    try:
        strikes, end = faults.scheduled(SMALL, [kind], tmp_path / "s.sqlite", disk, np.random.default_rng(3))
    finally:
        if disk:
            disk.close()
    assert len(strikes) == 1
    assert end in ("the same rows", "refused")


@pytest.mark.studies
def test_a_wrong_row_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that somebody changed together with all checksums would be told from the calm study's; here the calm one is changed."""
    calm = works.calm_rows(SMALL)
    monkeypatch.setattr(faults, "calm_rows", lambda _: [*calm[:-1], (*calm[-1][:3], "{}", *calm[-1][4:])])
    with pytest.raises(faults.Wrong, match="2 rows differ"):
        faults.scheduled(SMALL, ["kill driver"], tmp_path / "s.sqlite", None, np.random.default_rng(1))


def test_a_process_that_shows_a_traceback_is_wrong() -> None:
    """Whatever its exit code; and one that ends badly without a sentence, too."""
    for code in ("import sys; print('Traceback', file=sys.stderr); sys.exit(2)", "import sys; sys.exit(2)"):
        process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, env=environment())
        with pytest.raises(faults.Wrong, match="ended with 2"):
            faults._ended(process, {2})


def test_a_record_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    """A line that a kill cut short is no case; the summary counts what counts."""
    record = Record(tmp_path / "record.jsonl")
    record.add("faults", "0", GOOD, "the same rows", counts=True)
    record.add("faults", "1", GOOD, "the same rows", counts=False)
    record.add("faults", "2", BAD, "WRONG", counts=True)
    with record.path.open("a") as file:
        file.write('{"part": "faults", "case": "3", "ver')
    assert record.done("faults") == {"0", "1", "2"}
    assert record.summary("faults") == "faults: 3 cases, 2 good, 1 bad, 0 skipped; 2 count"
    assert record.done("fuzz") == set()


def test_rows_of_a_file_that_is_none_are_none(tmp_path: Path) -> None:
    """A file that SQLite cannot read holds no row for whoever waits for one."""
    path = tmp_path / "s.sqlite"
    assert stored(path) == 0
    path.write_bytes(b"no database")
    assert stored(path) == 0
    path.unlink()
    sqlite3.connect(path).close()
    assert stored(path) == 0


def test_every_part_has_a_number_of_cases() -> None:
    """As many as the issue asked for."""
    assert {name: number for name, (number, _) in PARTS.items()} == {
        "faults": 200, "fuzz": 100_000, "oracle": 1000, "determinism": 1000, "mutation": 300, "scale": 1,
        "variants": 1, "soak": 30,
    }  # fmt: skip


def test_mutants_are_changes_each_of_one_place_that_python_can_read() -> None:
    """Every mutant of a module differs from it, from the others, and parses; every module that is mutated has tests."""
    source = ast.unparse(ast.parse((mutation.ROOT / "model/desertion/rules/ticks.py").read_text(encoding="utf-8")))
    found = list(mutation.mutants("rules/ticks.py"))
    assert len({mutant.source for mutant in found} | {source}) == len(found) + 1
    assert all(ast.parse(mutant.source) for mutant in found)
    assert len({mutant.name for mutant in found}) == len(found) > 50
    for module, tests in mutation.modules().items():
        assert all((mutation.ROOT / words.partition(" -k ")[0]).exists() for words in tests), module


@pytest.mark.parametrize("name", ["hash seed 4711", "ASCII", "no compiled code, 20 days of toy"])
def test_histories_do_not_depend_on_hashes_language_or_compiled_code(name: str) -> None:
    """Six days of `toy` in both forms, with one thread and two, in a process of its own."""
    way = next(way for way in determinism.WAYS if way.name == name)
    ended = determinism.tried(way._replace(words=("toy", "--days", "6")))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count(": as shipped") == 6
