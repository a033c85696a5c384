"""Stored histories: a change of results is noticed, explained and stored on purpose."""

from __future__ import annotations

import pytest

from desertion.simulation.golden.histories import MECHANISMS, PAIRS, Pair, history, machine, stored
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


FRONT = next(pair for pair in PAIRS if pair.scenario == "front-2022")
ENDS: dict[str, float] = {
    "absent_soldiers": 0.0, "absent_reservists": 0.0, "cut_off_chance": 0.0, "cut_off_contact": 0.0, "unit_surrender": 0.0, "callable_share": 1.0,
    "recall": 0.0, "exile_weight": 0.0, "soldier_chance_power": -1.0,
}  # fmt: skip


@pytest.mark.parametrize("name", MECHANISMS)
def test_each_mechanism_is_at_work_in_the_stored_front(name: str) -> None:
    """At its end people fare otherwise, so that a change of its rule is a change of this history."""
    other = FRONT._replace(settings=FRONT.settings | {"set": FRONT.settings["set"] | {name: ENDS[name.split(".")[-1]]}})
    assert history(other)["people"] != history(FRONT)["people"]


def test_each_date_of_contact_is_at_work_in_the_stored_front(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the opportunity from one date to the next changes people's fates, whichever date it is."""
    load, known = Pair.load, FRONT.load()
    people = [history(FRONT)["people"]]
    dates = [place for place, change in enumerate(known.changes) if change.path.endswith(".contact")]
    for date in dates:
        changes = tuple(
            change.model_copy(update={"value": 0.5 * change.value}) if place == date else change
            for place, change in enumerate(known.changes)
        )
        monkeypatch.setattr(
            Pair, "load", lambda pair, days, changes=changes: load(pair, days).model_copy(update={"changes": changes})
        )
        people.append(history(FRONT)["people"])
    assert len(dates) == 8
    assert len(set(people)) == 9


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
