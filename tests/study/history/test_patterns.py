"""Patterns stay in the table whether they are met or not."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from desertion.scenario import Scenario
from desertion.study.history.counts import COUNTS, Record
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.patterns import SETUPS, Pattern, hold
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
            number=lambda runs: np.arange(11.0),
        )

    met, missed = hold([made(4, 6), made(7, 9)], {})
    assert (met.met, missed.met) == (True, False)
    assert (missed.median, missed.pattern.low, missed.pattern.high) == (5.0, 7.0, 9.0)
    assert missed.fifth < missed.median < missed.ninety_fifth


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
    runs = {name: [SimpleNamespace(people=lambda: people)] * 2 for name in ("gdr_army", "gdr_army_closed")}
    parts = {pattern.id: pattern.parts(runs) for pattern in PATTERNS if pattern.parts is not None}
    assert parts["army-attempts"] == (4.0, 4.0)
    assert parts["army-attempts-whole-run"] == (8.0, 8.0)


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
