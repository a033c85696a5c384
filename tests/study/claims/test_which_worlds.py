"""What counts of which worlds and runs: those that history allows, in which the claim's event comes, and whose runs have a value."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from desertion.study.claims import trial
from desertion.study.claims.document import Claims
from desertion.study.claims.judging import JudgedClaim, gathered, judge_all
from desertion.study.claims.precision import half_widths
from desertion.study.claims.trial import beyond_match

GIVEN = {
    "claim": "", "source": "", "contrast": "", "could_reverse": "", "unit": "persons",
    "id": "c", "effect": "arm.left_total", "sign": 1, "smallest": 1,
}  # fmt: skip
AT_MOST_100 = {"effect": "arm.people", "low": 0, "high": 100, "source": "made up"}


def _judged(
    worlds: list[list[dict[str, float]]], *, bounds: tuple[dict[str, Any], ...] = (), first: int = 1, **about: Any
) -> JudgedClaim:
    """A claim that somebody leaves, judged in worlds of so many runs; the form of contagion is none where they say so."""
    claims = Claims.model_validate(
        {
            "world": {"vary": {"form": {"choices": ["additive", "none"]}}},
            "arms": {"arm": {"scenario": "toy", "scale": 0.1}},
            "claims": [GIVEN | about],
            "bounds": list(bounds),
        }
    )
    points = tuple({"form": "none" if runs[0].get("none") else "additive"} for runs in worlds)
    runs = [(world, "arm", number, run) for world, each in enumerate(worlds) for number, run in enumerate(each)]
    return judge_all(claims, points, gathered(runs), replicates=first)[0][0]


def _run(left: float, people: float = 100.0, **more: float) -> dict[str, float]:
    return {"left_total": left, "people": people, **more}


def test_a_claim_speaks_of_a_world_in_which_its_event_comes_in_any_of_the_first_runs() -> None:
    """The event comes in the second run of forty worlds, in the third, which most worlds have not got, of ten, and in none of ten."""
    without, with_it = _run(3.0, fell=0.0), _run(5.0, fell=1.0)
    worlds = [[without, with_it]] * 40 + [[without, without, with_it]] * 10 + [[without] * 2] * 10
    assert _judged(worlds, occurs="arm.fell", first=2).worlds == tuple(range(40))


def test_a_value_that_later_runs_gave_makes_no_world_one_of_which_a_claim_speaks() -> None:
    """Forty worlds have a value in one of their two first runs, and in a third that moves it; ten in the third alone."""
    nothing = _run(math.nan)
    worlds = [[_run(3.0), nothing, _run(5.0)]] * 40 + [[nothing, nothing, _run(3.0)]] * 10
    found = _judged(worlds, where_defined=True, first=2)
    assert found.worlds == tuple(range(40))
    assert set(found.effects) == {4.0}


def test_worlds_that_history_rules_out_count_for_nothing_that_stands_beside_a_verdict() -> None:
    """Of a hundred worlds sixty have more people than history allows, with 900 leavers and another form: events, persons, rare words and open worlds are of the forty."""
    worlds = [[_run(60.0)]] * 40 + [[_run(900.0, people=200.0, none=1.0)]] * 60
    found = _judged(worlds, bounds=(AT_MOST_100,), events="arm.left_total")
    assert (found.main.worlds, found.events, found.persons) == (40, 60.0, 60.0)
    assert found.rare == {"form = none": 0}
    assert found.unclear == tuple(range(40)), "one run leaves each of them open"


def test_how_well_an_effect_is_known_does_not_hang_on_worlds_that_history_rules_out() -> None:
    """Forty worlds of 60 and 64 leavers, beside eighty that are ruled out and differ by 800: the widths are those of the forty alone."""
    mine, others = [[_run(60.0), _run(64.0)]] * 40, [[_run(100.0, people=200.0), _run(900.0, people=200.0)]] * 80
    alone, beside = (_judged(worlds, bounds=(AT_MOST_100,), first=2) for worlds in (mine, mine + others))
    assert beside.halves[:40].tolist() == alone.halves.tolist()
    assert (alone.main.word, beside.main.word) == ("holds", "holds")


@pytest.mark.parametrize(("left", "events", "word"), [(60.0, 60.0, "holds"), (40.0, 40.0, "untested")])
def test_the_events_that_a_claim_needs_are_those_of_the_worlds_that_history_allows(
    left: float, events: float, word: str
) -> None:
    """Few or many in the worlds that are ruled out, the forty decide."""
    worlds = [[_run(left)] * 2] * 40 + [[_run(100.0 - left, people=200.0)] * 2] * 60
    found = _judged(worlds, bounds=(AT_MOST_100,), events="arm.left_total")
    assert (found.events, found.main.word) == (events, word)


def test_an_interval_is_that_of_the_runs_that_have_a_value() -> None:
    """Two of four runs say 1 and 3, the others nothing: the width of two runs, not of four."""
    found = _judged([[_run(1.0), _run(3.0), _run(math.nan), _run(math.nan)]] * 40)
    assert found.halves.tolist() == half_widths([2.0] * 40, [2] * 40).tolist()


def test_one_run_of_each_arm_gives_no_word_and_asks_for_more() -> None:
    """Forty worlds that all show it, or none: the reason says what is open, and it is pending, so that worlds are run again."""
    for left in (3.0, 0.0):
        found = _judged([[_run(left)]] * 40)
        assert (found.main.word, found.verdict.word, found.pending) == ("untested", "untested", True)
        assert "runs that leave open whether 0 or 40 of 40 worlds show it; more of each arm" in found.reason


def test_worlds_weigh_by_their_own_inputs_wherever_they_stand() -> None:
    """Sixty worlds that are ruled out come first; of the others the ten without contagion do not show it, and so it depends."""
    worlds = [[_run(3.0, people=200.0)] * 2] * 60 + [[_run(3.0)] * 2] * 400 + [[_run(0.0, none=1.0)] * 2] * 10
    found = _judged(worlds, bounds=(AT_MOST_100,))
    assert found.against is not None
    assert (found.main.word, found.against.what) == ("depends", "only worlds with form = none count")


def test_a_match_judges_in_place_of_the_bounds_on_its_own_scenarios_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that also reads what was not matched stays."""
    bounds = [AT_MOST_100 | {"effect": effect} for effect in ("here.people", "here.people - there.people")]
    claims = Claims.model_validate(
        {
            "arms": {"here": {"scenario": "toy"}, "there": {"scenario": "front-2022"}},
            "claims": [GIVEN | {"effect": "here.people"}],
            "bounds": bounds,
        }
    )
    monkeypatch.setattr(trial, "load_ensemble", lambda _: SimpleNamespace(scenarios=frozenset({"toy"})))
    assert beyond_match(claims, "matched").bounds == claims.bounds[1:]
