"""Every promise in CONTRIBUTING.md names tests that are there."""

from __future__ import annotations

import re

import pytest

from tests.checks.documents import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("\n## Promises\n")[2].partition("\n##")[0]
ROWS = re.findall(r"(?m)^\| (?!promise|---)([^|]+) \| ([^|]+) \|([^|]*)\|$", TEXT)


def test_every_fault_that_was_found_once_has_its_row() -> None:
    """F1 to F14, own graphs and files (U5), silent defaults (U6)."""
    named = {name for promise, _, _ in ROWS for name in re.findall(r"\b[FU]\d+\b", promise)}
    assert named >= {*(f"F{number}" for number in range(1, 15)), "U5", "U6"}


@pytest.mark.parametrize(("promise", "cell"), [(promise, cell) for promise, cell, _ in ROWS])
def test_every_promise_names_tests_that_exist(promise: str, cell: str) -> None:
    """Each row has one at least; a module, a test in it, or a part of the torture run."""
    names = re.findall(r"`([^`]+)`", cell)
    assert names, promise
    for name in names:
        path, _, test = name.partition("::")
        part = name.removeprefix("make torture PART=")
        if part != name:
            from tests.torture.__main__ import PARTS

            assert part in PARTS, name
            continue
        assert (ROOT / "tests" / path).is_file(), name
        if test:
            assert re.search(rf"(?m)^def {test}\(", (ROOT / "tests" / path).read_text(encoding="utf-8")), name
