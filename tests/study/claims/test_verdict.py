"""Verdicts follow from Wilson bounds at 90 and 10 per cent."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.study.claims.verdict import judge, shows


def _effects(shown: int, worlds: int) -> np.ndarray:
    return np.where(np.arange(worlds) < shown, 1.0, 0.0)


@pytest.mark.parametrize(
    ("shown", "worlds", "word"),
    [
        (1000, 1000, "holds"),
        (918, 1000, "depends"),  # Wilson's lower bound is 89.94 %
        (919, 1000, "holds"),  # 90.05 %
        (81, 1000, "fails"),  # Wilson's upper bound is 9.95 %
        (82, 1000, "depends"),  # 10.06 %
        (0, 1000, "fails"),
        (20, 20, "depends"),  # twenty of twenty prove too little
        (500, 1000, "depends"),
    ],
)
def test_verdicts_turn_where_the_wilson_bounds_cross(shown: int, worlds: int, word: str) -> None:
    """The bounds, not the share, decide; few worlds cannot hold a claim."""
    assert judge(_effects(shown, worlds), 1, 0.5).word == word


def test_small_effects_do_not_count() -> None:
    """The right sign below the smallest effect of interest shows nothing."""
    assert shows([0.04, 0.05, -0.05], 1, 0.05).tolist() == [False, True, False]


def test_no_effect_never_counts_even_without_a_smallest_one() -> None:
    """With a smallest effect of 0, exactly 0 is still no effect."""
    assert shows([0.0, 1e-9], 1, 0.0).tolist() == [False, True]


def test_opposite_effects_are_counted_apart() -> None:
    """A claim may be reversed in some worlds; the verdict says in how many, by the same smallest size."""
    verdict = judge([-1.0, -0.01, 0.2, 0.05, np.nan], -1, 0.1)
    assert (verdict.shown, verdict.reversed, verdict.undefined, verdict.worlds) == (1, 1, 1, 5)


def test_effect_sizes_leave_out_worlds_without_a_value() -> None:
    """The median is over worlds where the question arises."""
    assert judge([1.0, 3.0, np.nan], 1, 0.0).median == 2.0
