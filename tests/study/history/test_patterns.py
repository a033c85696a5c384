"""Patterns stay in the table whether they are met or not."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.scenario import Scenario
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.patterns import SETUPS, Pattern, hold


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
