"""`desertion selfcheck`: equal bits are said to be equal, the first day that differs is named, and where a difference is a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest

from desertion.cli import main
from desertion.simulation.golden import histories, selfcheck

DAYS = ["selfcheck", "toy", "--days", "8"]


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped history of the first pair has another fifth day."""
    shipped = histories.stored

    def read(pair: histories.Pair) -> dict[str, Any] | None:
        found = shipped(pair)
        if pair == histories.PAIRS[0] and found is not None:
            found["days"][5] = "00000000"
        return found

    monkeypatch.setattr(selfcheck, "stored", read)


@pytest.mark.docking
def test_every_way_to_run_gives_the_shipped_histories(capsys: pytest.CaptureFixture[str]) -> None:
    """All pairs whole in the compiled form with one thread and two, and their first days in the readable form."""
    assert main(["selfcheck"]) == 0
    told = capsys.readouterr().out
    assert told.count(": as shipped") == 3 * len(histories.PAIRS)
    assert f"{told.count(': as shipped')} of {3 * len(histories.PAIRS)} histories" in told
    assert ", mesa: as shipped" in told
    assert ", compiled, 2 threads: as shipped" in told


def test_the_first_day_that_differs_is_named_and_a_fault_on_this_kind_of_machine(
    changed: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1 where the same bits are promised."""
    monkeypatch.setattr(selfcheck, "PLATFORMS", frozenset({histories.machine()}))
    assert main(DAYS) == 1
    told = capsys.readouterr().out
    assert told.count("under case-by-case, 8 days, compiled, 1 thread: differs from day 5 on\n") == 1
    assert told.count("differs from day 5 on\n") == 3
    assert "3 of 6 histories" in told
    assert "this is a fault" in told


def test_a_difference_on_another_kind_of_machine_is_no_fault(
    changed: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told all the same, and the exit code is 0."""
    monkeypatch.setattr(selfcheck, "PLATFORMS", frozenset({"Plan9 mips"}))
    assert main(DAYS) == 0
    told = capsys.readouterr().out
    assert told.count("differs from day 5 on\n") == 3
    assert "the difference is no fault" in told


def test_changed_inputs_are_said_to_be_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who edited the shipped files is not sent to look for another libm."""
    pair = histories.PAIRS[0]
    other = histories.Pair(pair.scenario, "closed-borders", {"set": {"forces.toy.police": 9.0}})
    shipped = histories.stored(pair)
    monkeypatch.setattr(selfcheck, "stored", lambda _: json.loads(json.dumps(shipped)))
    (_, said), *_ = selfcheck.examined([selfcheck.Check(other, "compiled", 1, 200)])
    assert said is not None
    assert said.endswith("; its inputs are not the shipped ones")


def test_a_person_whose_fate_differs_is_found_though_every_day_is_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people who swap their fates change no count."""
    pair = histories.PAIRS[0]
    shipped = histories.stored(pair)
    assert shipped is not None
    monkeypatch.setattr(selfcheck, "stored", lambda _: shipped | {"people": "00000000"})
    (_, said), *_ = selfcheck.examined([selfcheck.Check(pair, "compiled", 1, pair.load().days)])
    assert said == "every day is equal, but not every person's fate"
