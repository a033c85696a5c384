"""Numbers without a source: each states a range that holds it, and the script moves all of them to both ends."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from desertion import Scenario
from desertion.files import shipped_folder

SEEDS = shipped_folder("seeds")
_A_RANGE = re.compile(
    r"swept,? \(?(from |between |by factors of |half to twice|[\d.]|to |as in )|swept, all of them by [\d.]+ to [\d.]+ times"
)


@pytest.fixture(scope="module")
def ends() -> ModuleType:
    """The script."""
    path = Path("experiments/ends/ends.py")
    spec = importlib.util.spec_from_file_location("ends", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["ends"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "path",
    sorted([*(SEEDS / "forces").glob("*.toml"), *(SEEDS / "scenarios").glob("*.toml")]),
    ids=lambda path: path.stem,
)
def test_every_number_that_is_said_to_be_swept_states_the_range(path: Path) -> None:
    """A range that is not stated is none that anybody can sweep; 38 numbers were without."""
    said = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if "no source: swept" in line and "=" in line.split("#")[0]
    ]
    assert [line for line in said if not _A_RANGE.search(line)] == []


@pytest.mark.parametrize("name", ["russia-2022", "gdr-1989"])
def test_every_range_holds_its_number_and_can_be_run(ends: ModuleType, name: str) -> None:
    """The script reads ranges off comments: none is upside down, none leaves out what is shipped, and the scenario takes both ends of all."""
    found = ends.ranges(name)
    assert len(found) > 60
    assert [key for key, (value, low, high) in found.items() if not low <= value <= high] == []
    scenario = Scenario.load(name, scale=0.002)
    moved = list(ends.moved(scenario, name))
    assert len({each.name for each in moved}) == len(moved) > 100
    refused = []
    for each in moved:
        for settings in (each.low, each.high):
            try:
                scenario.with_(settings).sized()
            except ValueError:
                refused.append(each.name)
    assert refused == []


def test_a_rate_at_its_ends_moves_the_leavers(ends: ModuleType) -> None:
    """Reservists flee at three tenths and at ten times their rate: fewer and more leave than with the shipped one."""
    scenario = Scenario.load("russia-2022", scale=0.001)
    base = ends.counted(scenario, {}, 1)
    rate = next(each for each in ends.moved(scenario, "russia-2022") if each.name.endswith("base_reservist_flee"))
    row = ends.row(scenario, base, rate)
    assert row[:5] == ["forces.russia-2022.base_reservist_flee", "2e-05", "6e-06", "0.0002", "stated"]
    assert float(row[5]) < 1.0 < float(row[7])
    assert np.isfinite(float(row[6]))
