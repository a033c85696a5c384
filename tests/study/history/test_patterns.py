"""Patterns stay in the table whether they are met or not."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from desertion.scenario import Scenario
from desertion.scenario.grain import legend
from desertion.study.blocks import markdown
from desertion.study.history.counts import COUNTS, Count, Record, persons_behind, quotient
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.patterns import SETUPS, Pattern, hold, patterns_blocks
from desertion.study.history.targets import targets


def test_patterns_that_are_not_met_stay_in_the_table() -> None:
    """The median decides; the range over replicates is shown beside it."""

    def made(low: float, high: float) -> Pattern:
        return Pattern(
            id="made",
            statement="made up",
            unit="none",
            low=low,
            high=high,
            source="none",
            setups=(),
            number=lambda runs: [float(number) for number in range(11)],
        )

    met, missed = hold([made(4, 6), made(7, 9)], {})
    assert (met.met, missed.met) == (True, False)
    assert (missed.median, missed.pattern.low, missed.pattern.high) == (5.0, 7.0, 9.0)
    assert missed.fifth < missed.median < missed.ninety_fifth
    assert missed.number == "5 (0.5 to 9.5)"


@pytest.mark.parametrize("name", SETUPS)
def test_setups_of_patterns_can_be_built(name: str) -> None:
    """Every scenario, policy and setting that a pattern names exists."""
    setup = SETUPS[name]
    Scenario.load(setup.scenario, scale=setup.scale, policies=setup.policies, set=dict(setup.settings))


def test_every_pattern_has_a_source_and_known_setups() -> None:
    """A target without a source is no target."""
    assert all(pattern.source and set(pattern.setups) <= set(SETUPS) for pattern in PATTERNS)
    assert all(pattern.low < pattern.high for pattern in PATTERNS)


def test_who_refuses_openly_has_not_tried_to_get_away() -> None:
    """The army's report of 1989 counts who got away or was arrested on the way, until 13 October; the run's total counts everybody who left."""
    people = pd.DataFrame(
        {
            "kind": ["soldier"] * 5 + ["civilian"],
            "route": ["flee", "hide", "refuse", "flee", None, "flee"],
            "day_left": pd.array([105, 1, 2, 106, None, 3], dtype="Int32"),
        }
    )
    run = SimpleNamespace(people=lambda: people, scenario=SimpleNamespace(scale=1.0))
    runs = {name: [run] * 2 for name in ("gdr_army", "gdr_army_closed")}
    parts = {pattern.id: pattern.parts(runs) for pattern in PATTERNS if pattern.parts is not None}
    assert parts["army-attempts"] == (4.0, 4.0)
    assert parts["army-attempts-whole-run"] == (8.0, 8.0)
    together = next(held for held in hold(PATTERNS, runs) if held.pattern.id == "army-attempts")
    assert together.number == "1: 4 over 4 in all replicates together"
    run.scenario.scale = 0.5
    halved = next(held for held in hold(PATTERNS, runs) if held.pattern.id == "army-attempts")
    assert halved.number == "1†: 4 over 4 in all replicates together", "four simulated ones of eight"
    assert markdown(patterns_blocks([halved, together], 2)).rstrip().endswith(f"{legend(2.0)}.")
    assert "†" not in markdown(patterns_blocks([together], 2))


def test_the_number_of_a_pattern_rests_on_the_persons_of_its_median() -> None:
    """Four of a hundred real ones each in the middle replicate."""
    numbers = [Count(1.0, 3.0), Count(2.0, 4.0), Count(5.0, 9.0)]
    made = replace(PATTERNS[0], setups=("russia",), number=lambda runs: numbers)
    run = SimpleNamespace(scenario=SimpleNamespace(scale=0.01))
    (few,) = hold([made], {"russia": [run] * 3})  # pyright: ignore[reportArgumentType] - what is read of a model
    assert few.number == "2† (1.1 to 4.7)"
    (enough,) = hold([replace(made, number=lambda runs: [*numbers, numbers[2], numbers[2]])], {"russia": [run] * 5})  # pyright: ignore[reportArgumentType]
    assert "†" not in enough.number


def test_a_count_knows_on_how_many_simulated_persons_it_rests() -> None:
    """Sums add up, differences leave the rest, quotients have the fewer, factors change none; at real size, and of what is no count, nothing is lost."""
    six, four = Count.simulated(6.0, 0.5), Count.simulated(4.0, 0.5)
    assert ((six + four), (six + four).persons) == (10.0, 10.0)
    assert ((six - four), (six - four).persons) == (2.0, 2.0)
    assert ((four - six).persons, sum([six, four]).persons, (six + 100.0).persons) == (2.0, 10.0, 6.0)  # pyright: ignore[reportAttributeAccessIssue]
    assert ((100 * six / 0.5), (100 * six / 0.5).persons) == (1200.0, 6.0)
    assert (quotient(six, four), quotient(six, four).persons, quotient(four, 8.0).persons) == (1.5, 4.0, 4.0)
    assert Count.simulated(3.0, 1.0).persons == math.inf == persons_behind(3.0)


@pytest.mark.parametrize(
    ("day", "counted", "met"), [(130, 7.0, True), (154, 31.0, True), (173, 50.0, False), (None, 62.0, False)]
)
def test_a_government_that_never_falls_does_not_fall_on_the_last_day_of_the_band(
    day: int | None, counted: float, met: bool
) -> None:
    """Days of November go on into December; never is later than any of them."""
    days = np.arange(1, 185)
    fallen = np.zeros(len(days)) if day is None else (days >= day).astype(float)
    run = object.__new__(Record)
    run.start, run.daily = date(1989, 7, 1), pd.DataFrame({"day": days, "fallen": fallen})
    assert COUNTS["gdr-fall"](run) == counted
    target = targets()["gdr-fall"]
    assert (target.low <= counted <= target.high) is met


def _run(start: date, days: int, scale: float) -> SimpleNamespace:
    """A run in which a person of each kind leaves by each route on each day, and every count of a day is its number."""
    day = np.arange(1, days + 1)
    flows = ("new_flee", "called", "new_captured", "new_surrender")
    columns = ("abroad", "admitted", "irregular", "decided", "waiting")
    ways = [(kind, route) for kind in ("soldier", "reservist") for route in ("flee", "hide")]
    people = pd.concat([pd.DataFrame({"day_left": day, "kind": kind, "route": route}) for kind, route in ways])
    hosts = [
        pd.DataFrame({"day": day, "host": host} | dict.fromkeys(columns, day))
        for host in ("kazakhstan", "hungary", "finland")
    ]
    return SimpleNamespace(
        scenario=SimpleNamespace(scale=scale, start=start, days=days),
        daily=pd.DataFrame({"day": day} | dict.fromkeys(flows, day) | {"turnout": day / 1e3}),
        hosts=pd.concat(hosts),
        people=lambda: people,
        measures=lambda: {"soldiers_left_share": 0.06, "soldiers_left": 40.0, "flee_departures": 500.0},
    )


def _days(first: int, last: int) -> int:
    """Sum of the numbers of days, both counted."""
    return sum(range(first, last + 1))


def test_counts_take_the_days_that_they_name_and_no_other() -> None:
    """Numbers of days by hand: 21 September is the 21st day from the 1st, 31 December the 122nd, 28 February the last of 181."""
    russia = Record(_run(date(2022, 9, 1), 181, 0.01))  # pyright: ignore[reportArgumentType] - what a record reads of a model
    claims = _days(1, 181) + 181  # of Finland alone, which is in Europe: decided day by day, waiting at the end
    expected = {
        "russia-flight": 102 * 100,
        "russia-ebb": _days(31, 37) / _days(21, 27),
        "russia-kazakhstan": 89 * 100,
        "russia-claims": claims * 100,
        "russia-claims-per-flight": claims / 181,
        "russia-absent": 100 * 181 * 100 / 1e6 / 6,
        "russia-prisoners": 2 * _days(1, 181) * 100 / 181,
        "russia-called": _days(1, 58) * 100,
    }
    assert {name: COUNTS[name](russia) for name in expected} == pytest.approx(expected)
    persons = {
        "russia-flight": 102, "russia-ebb": _days(21, 27), "russia-kazakhstan": 89, "russia-claims": claims, "russia-claims-per-flight": 181,
        "russia-absent": 181, "russia-prisoners": 2 * _days(1, 181), "russia-called": _days(1, 58),
    }  # fmt: skip
    assert {name: persons_behind(COUNTS[name](russia)) for name in persons} == pytest.approx(persons)
    gdr = Record(_run(date(1989, 7, 1), 184, 0.01))  # pyright: ignore[reportArgumentType]
    months = {"july": (1, 31), "august": (32, 62), "september": (63, 92), "october": (93, 123), "november": (124, 153), "december": (154, 184)}  # fmt: skip
    for month, span in months.items():
        assert COUNTS[f"gdr-{month}"](gdr) == pytest.approx(_days(*span) * 100), month
    assert COUNTS["gdr-peak"](gdr) == pytest.approx(13.4)  # 11 November is the 134th day
    assert COUNTS["gdr-first"](gdr) == pytest.approx(10.0)
    assert persons_behind(COUNTS["gdr-first"](gdr)) == pytest.approx(0.1 * 4 * 184)
    hungary = Record(_run(date(2015, 7, 1), 123, 0.01))  # pyright: ignore[reportArgumentType]
    assert COUNTS["hungary-october"](hungary) == pytest.approx(_days(93, 123) * 100)


def test_numbers_of_patterns_take_the_days_that_they_name() -> None:
    """The week of 3 October is that of days 33 to 39 from 1 September; 6 % in 60 days are 3 % in thirty."""
    numbers = {pattern.id: pattern.number for pattern in PATTERNS}
    russia, front = _run(date(2022, 9, 1), 181, 0.01), _run(date(2022, 9, 1), 60, 0.5)
    first, second = (2 * 100 * _days(day, day + 6) for day in (26, 33))  # admitted and irregular, into Finland
    runs = {"russia": [russia], "front": [front]}
    assert numbers["closure-persons"](runs)[0] == pytest.approx(second / first)
    assert numbers["closure"](runs)[0] == pytest.approx((second + 23_960) / (first + 23_960))
    assert numbers["fled-per-called"](runs)[0] == pytest.approx(50_000 / 318_000)
    assert numbers["baseline"](runs)[0] == pytest.approx(3.0)
    behind = {"closure": first / 100, "closure-persons": first / 100, "fled-per-called": 500.0, "baseline": 40.0}
    assert {name: persons_behind(numbers[name](runs)[0]) for name in behind} == pytest.approx(behind)
