"""Stored histories: a change of results is noticed, explained and stored on purpose."""

from __future__ import annotations

import pytest

from desertion.simulation.golden.histories import PAIRS, Pair, history, machine, stored
from desertion.simulation.record.columns import MEASURES
from tests.golden.explained import explained


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_the_history_is_the_stored_one(pair: Pair) -> None:
    """Every day and everybody's fate on the machine that stored it; elsewhere the numbers, within a tenth."""
    old, new = stored(pair), history(pair)
    assert old is not None, "make golden RENEW=1"
    if old["machine"] == machine():
        lines = explained(old, new)
        assert not lines or lines[0].startswith("the inputs are written down differently"), "\n".join(lines)
    else:
        for name, before in old["numbers"].items():
            near = 3.0 if MEASURES[name].unit in ("persons", "day", "EUR") else 0.02
            assert new["numbers"][name] == pytest.approx(before, rel=0.1, abs=near), name


def test_a_difference_is_explained() -> None:
    """What changed first, in which series, and by how much; the inputs are named as the cause if they are."""
    pair = PAIRS[0]
    old = history(pair)
    assert explained(old, old) == []
    changed = history(Pair(pair.scenario, "closed-borders", pair.settings))
    lines = explained(old, changed)
    assert lines[0].startswith("the inputs have changed")
    assert any(line.startswith("the first day that differs is day ") for line in lines)
    assert any(" -> " in line for line in lines)
    assert explained(old, changed | {"inputs": old["inputs"]})[0].startswith("the inputs are the same: the model")
    assert explained(None, old) == ["nothing is stored yet"]


def test_a_measure_or_series_alone_that_differs_is_explained() -> None:
    """Days and people may be as stored and what sums them up not."""
    old = stored(PAIRS[0])
    assert old is not None
    assert explained(old, old) == []
    number = explained(old, old | {"numbers": old["numbers"] | {"legitimacy_end": 0.125}})
    assert number[-1].startswith("legitimacy_end: ")
    assert number[-1].endswith(" -> 0.125")
    series = explained(old, old | {"series": old["series"] | {"left": "changed"}})
    assert f"series that differ (1 of {len(old['series'])}): left" in series
