"""Claims about the asylum dial."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion import Scenario
from desertion.parameters import CATEGORIES, Host
from desertion.scenario import Policy, PolicyChange
from desertion.scenario.dial import MOVED, Dial, turn
from desertion.scenario.levers import levers

_SHARE = st.floats(0.0, 1.0)
_HOSTS = st.builds(
    dict,
    border=st.sampled_from([0.0, 1.0, 2.0]),
    admission_deserter=_SHARE,
    recognition_evader=_SHARE,
    visa_free_other=_SHARE,
    announced=st.just(-1.0) | _SHARE,
    case_days=st.floats(0.0, 3650.0),
    cases=st.floats(0.0, 1e6),
    places=st.floats(0.0, 1e6) | st.just(float("inf")),
    places_taken=st.just(0.0) | st.floats(0.0, 1e6),
)
# More of these is more open; of `case_days` less is.
_OPENNESS = tuple(name for name in MOVED if name != "case_days")


def _levers(chosen: dict[str, Any]) -> dict[str, float]:
    host = Host(name="h", **chosen)
    return {name: getattr(host, name) for name in levers("hosts")}


@given(_HOSTS, st.floats(0.01, 0.99))
def test_nothing_moves_at_the_status_quo(chosen: dict[str, Any], status_quo: float) -> None:
    """At the stated status quo value every lever stands exactly where the scenario put it."""
    before = _levers(chosen)
    assert turn(Dial(), before, status_quo, status_quo) == {name: before[name] for name in MOVED}


@given(_HOSTS, _SHARE, _SHARE, st.floats(0.05, 0.95))
def test_no_lever_gets_less_open_as_the_dial_rises(
    chosen: dict[str, Any], a: float, b: float, status_quo: float
) -> None:
    """For any host and any two positions the higher one is at least as open in every lever (to rounding)."""
    before = _levers(chosen)
    low, high = turn(Dial(), before, min(a, b), status_quo), turn(Dial(), before, max(a, b), status_quo)
    for name in _OPENNESS:
        assert high[name] >= low[name] or high[name] == pytest.approx(low[name], rel=1e-9)
    assert high["case_days"] <= low["case_days"] + 1e-9 * low["case_days"]


@given(_HOSTS, _SHARE)
def test_levers_stay_within_their_bounds(chosen: dict[str, Any], asylum: float) -> None:
    """Whatever the host and the position, the host with the moved levers is still a valid one."""
    Host(name="h", **(chosen | turn(Dial(), _levers(chosen), asylum, 0.5)))


@given(_HOSTS)
def test_all_doors_are_open_at_the_open_end(chosen: dict[str, Any]) -> None:
    """At 1 every border is open and every claimant is admitted, however closed the host was."""
    moved = turn(Dial(), _levers(chosen), 1.0, 0.5)
    assert moved["border"] == 2.0
    for category in CATEGORIES:
        assert moved[f"admission_{category}"] == 1.0
        assert moved[f"recognition_{category}"] >= 0.95


@given(_HOSTS)
def test_all_legal_ways_are_shut_at_the_closed_end(chosen: dict[str, Any]) -> None:
    """At 0 nobody enters without a claim, nobody is admitted or recognised, no case is decided."""
    moved = turn(Dial(), _levers(chosen), 0.0, 0.5)
    for name in ("admission", "recognition", "visa_free"):
        assert all(moved[f"{name}_{category}"] == 0.0 for category in CATEGORIES)
    assert moved["cases"] == 0.0
    assert moved["places"] <= chosen["places_taken"]
    assert moved["case_days"] >= 730.0


def test_a_rate_that_is_not_announced_stays_so_and_capacity_grows_in_a_line() -> None:
    """Below 0 the true rate is announced, at every position; half of the way to ten times the caseworkers there are 5.5 times as many."""
    silent = _levers({"announced": -1.0, "cases": 2.0})
    assert {turn(Dial(), silent, at, 0.5)["announced"] for at in (0.0, 0.3, 0.75, 1.0)} == {-1.0}
    assert turn(Dial(), silent, 0.75, 0.5)["cases"] == 11.0
    announced = turn(Dial(), _levers({"announced": 0.45}), 0.75, 0.5)["announced"]
    assert announced == pytest.approx(0.7)
    end = turn(Dial(open_case_days=1.1), _levers({"case_days": 150.3}), 1.0, 0.5)["case_days"]
    assert end == 1.1 != 150.3 + (1.1 - 150.3), "the end itself, and not what adding up the way to it leaves"


def test_an_unlimited_factor_opens_what_there_is_and_makes_nothing_of_nothing() -> None:
    """Some caseworkers become as many as are needed; a host without any, or without a free place, has none still, where 0 times infinity is no number."""
    dial = Dial(open_capacity=float("inf"))
    moved = turn(dial, _levers({"cases": 2.0, "places": 500.0, "places_taken": 100.0}), 1.0, 0.5)
    assert (moved["cases"], moved["places"]) == (float("inf"), float("inf"))
    moved = turn(dial, _levers({"cases": 0.0, "places": 500.0, "places_taken": 900.0}), 0.6, 0.5)
    assert (moved["cases"], moved["places"]) == (0.0, 500.0)


def test_recognition_does_not_rise_behind_a_closed_border() -> None:
    """A host that is still closed at this position keeps its recognition rate."""
    levers_ = _levers({"border": 0.0, "recognition_deserter": 0.4})
    assert turn(Dial(), levers_, 0.6, 0.5)["recognition_deserter"] == 0.4
    assert turn(Dial(), levers_, 0.8, 0.5)["recognition_deserter"] > 0.4
    borders = [turn(Dial(), levers_, asylum, 0.5)["border"] for asylum in (0.7499, 0.75, 0.9999, 1.0)]
    assert borders == [0.0, 1.0, 1.0, 2.0], "from half of the way on, that included"


def test_the_dial_moves_dated_stances_too() -> None:
    """A host that closes on a date is open from that date on at the open end, and its later values are dialled."""
    toy = Scenario.load("toy")
    assert [row[3:] for row in toy.timeline()] == [("border", 0.0)]
    assert Scenario.load("toy", asylum=1.0).timeline() == []
    changed = toy.with_({"asylum": 0.25, "dial.closed_case_days": 1000})
    assert changed.flat().host("harbour").case_days == pytest.approx(150 + (1000 - 150) * 0.5)


def test_it_is_said_where_the_dial_moves_what_a_policy_sets() -> None:
    """Borders that a policy closes stand open at the open end: the report called them closed without a word."""
    shut = Policy(
        name="shut",
        change=(PolicyChange.model_validate({"set": {"hosts.harbour.border": 0, "hosts.harbour.leak": 0.1}}),),
    )
    toy = Scenario.load("toy", policies=[shut])
    assert toy.notes == ()
    (note,) = (note for note in toy.with_({"asylum": 1.0}).notes if "dial" in note)
    assert note == (
        'the asylum dial at 1 acts after the policies and moves what they set: border of "shut"; they hold as set at 0.5, the status quo'
    )
    again = Policy(name="again", change=(PolicyChange.model_validate({"set": {"hosts.harbour.border": 1}}),))
    (both,) = Scenario.load("toy", policies=[shut, again]).with_({"asylum": 1.0}).dial_notes
    assert 'set: border of "again";' in both, "what another policy has taken over is not in force"
    assert toy.with_({"asylum": 0.6}).dial_notes == (), "a border stays as it is up to transit_from"
    later = Policy(
        name="later",
        change=(
            PolicyChange.model_validate(
                {"from": "+9", "until": "+20", "multiply": {"hosts.*.cases": 2}, "set": {"hosts.*.case_days": 10}}
            ),
        ),
    )
    (late,) = toy.with_policies([later]).with_({"asylum": 0.25}).dial_notes
    assert 'set: case_days of "later";' in late


def test_a_floor_or_ceiling_that_the_dial_keeps_is_not_said_to_be_moved() -> None:
    """Under a fast track cases take at most 30 days and 17 on the way to the open end; on the way to the closed one they take a year. A day at least, where it is 150, is kept wherever the dial stands."""
    toy = Scenario.load("toy", policies=["fast-track"])
    assert toy.with_({"asylum": 0.9}).dial_notes == ()
    (note,) = toy.with_({"asylum": 0.25}).dial_notes
    assert "case_days" in note
    day = Policy(name="day", change=(PolicyChange.model_validate({"at_least": {"hosts.harbour.case_days": 1}}),))
    assert Scenario.load("toy", policies=[day]).with_({"asylum": 0.25}).dial_notes == ()
    low, high = (
        Policy.model_validate({"name": name, "change": [{"at_least": {"hosts.harbour.admission_evader": floor}}]})
        for name, floor in (("low", 0.5), ("high", 0.6))
    )
    (both,) = Scenario.load("toy", policies=[low, high]).with_({"asylum": 0.25}).dial_notes
    assert 'set: admission_evader of "high";' in both
    (later,) = Scenario.load("toy", policies=[day, "lever-cases-fast"]).with_({"asylum": 0.25}).dial_notes
    assert 'set: case_days of "lever-cases-fast";' in later


def test_free_places_grow_and_shrink_and_those_of_others_stay() -> None:
    """Of 1,000 places 900 are taken: half of the way to closed 50 are free, not none; at the open end 1,000, not 9,100. No host is emptied where all are taken."""
    host = _levers({"places": 1000.0, "places_taken": 900.0})
    assert turn(Dial(), host, 0.25, 0.5)["places"] == 950.0
    assert turn(Dial(), host, 0.0, 0.5)["places"] == 900.0
    assert turn(Dial(), host, 1.0, 0.5)["places"] == 1900.0
    full = _levers({"places": 500.0, "places_taken": 900.0})
    assert {turn(Dial(), full, at, 0.5)["places"] for at in (0.0, 0.3, 0.8, 1.0)} == {500.0}
