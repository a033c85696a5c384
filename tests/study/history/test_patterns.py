"""Patterns and shapes are recognised where they are and stay in the table where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.scenario import Scenario
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.patterns import SETUPS, Pattern, hold
from desertion.study.laboratory.shapes import SHAPES, shapes
from desertion.study.laboratory.table import ReferenceTable


def _table(flow: np.ndarray, units: np.ndarray | None = None) -> ReferenceTable:
    """Four histories, one of each rival, of 1,000 people."""
    counts = np.tile(flow, (4, 1)).astype(np.uint16)
    spread = np.tile(np.full((10, 8), 2), (4, 1, 1)) if units is None else np.tile(units, (4, 1, 1))
    return ReferenceTable(
        rival=np.arange(4),
        shares=np.zeros((4, 10), np.float32),
        flow=counts,
        units=spread.astype(np.uint16),
        people=1000,
        seconds=0.0,
        sha256="",
    )


def _has(name: str, table: ReferenceTable) -> bool:
    return next(found["all"] for shape, found in shapes(table) if shape.id == name) == 1.0


def test_slow_growth_is_recognised() -> None:
    """From 1 to 8 leavers an interval is no thirtyfold growth; from none to 15 is."""
    assert not _has("slow-growth", _table(np.repeat([1, 2, 4, 8], 8)))
    assert _has("slow-growth", _table(np.repeat([0, 1, 5, 15], 8)))


def test_fizzling_is_recognised() -> None:
    """Most in the first third, few later."""
    assert _has("fizzling", _table(np.repeat([6, 2, 1, 1], 8)))
    assert not _has("fizzling", _table(np.repeat([1, 1, 2, 6], 8)))


def test_drip_then_snap_is_recognised() -> None:
    """One a week, then six hundred within five intervals."""
    flow = np.ones(32)
    flow[24:28] = 150
    assert _has("drip-then-snap", _table(flow))
    assert not _has("drip-then-snap", _table(np.full(32, 20)))


def test_clumping_is_recognised() -> None:
    """Lee's ten divisions have it, equal units have not."""
    lee = np.array([32, 52, 64, 72, 13, 58, 184, 319, 83, 217])[:, None] // 8 * np.ones((1, 8), int)
    flow = np.full(32, 5)
    assert _has("clumping", _table(flow, lee))
    assert not _has("clumping", _table(flow))


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
    assert (missed.median, missed.target) == (5.0, "7 to 9")
    assert missed.fifth < missed.median < missed.ninety_fifth


@pytest.mark.parametrize("name", SETUPS)
def test_setups_of_patterns_can_be_built(name: str) -> None:
    """Every scenario, policy and setting that a pattern names exists."""
    setup = SETUPS[name]
    Scenario.load(setup.scenario, scale=setup.scale, policies=setup.policies, set=dict(setup.settings))


def test_every_pattern_and_shape_has_a_source_and_known_setups() -> None:
    """A target without a source is no target."""
    assert all(pattern.source and set(pattern.setups) <= set(SETUPS) for pattern in PATTERNS)
    assert all(shape.source for shape in SHAPES)
    assert all(pattern.low < pattern.high for pattern in PATTERNS)
