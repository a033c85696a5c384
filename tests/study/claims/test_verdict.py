"""Verdicts follow from Wilson bounds at 90 and 10 per cent."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.study.claims.verdict import judge, shows
from desertion.study.statistics import wilson_interval


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


@pytest.mark.parametrize(
    ("shown", "hidden", "open_shown", "open_hidden", "undefined", "word"),
    [
        (94, 2, 0, 0, 0, "holds"),  # Wilson's lower bound of 94 of 96 is 92.7 %
        (92, 2, 2, 0, 0, "depends"),  # and of 92 it is 89.8 %
        (0, 95, 1, 0, 0, "fails"),
        (1, 91, 1, 3, 0, "depends"),  # 5 of 96 may show it, up to 11.6 %
        (0, 77, 0, 0, 19, "depends"),  # what has no value has not failed: up to 28.9 %
        (0, 0, 50, 46, 0, "untested"),  # one pair of runs
        (0, 0, 0, 0, 96, "untested"),
        (20, 30, 46, 0, 0, "depends"),
    ],
)
def test_a_word_stands_only_where_unclear_worlds_counted_either_way_agree(
    shown: int, hidden: int, open_shown: int, open_hidden: int, undefined: int, word: str
) -> None:
    """Worlds that are clear, worlds whose interval holds the smallest effect, and worlds without a value."""
    counts = [shown, hidden, open_shown, open_hidden, undefined]
    effects = np.repeat([1.0, 0.0, 1.0, 0.0, np.nan], counts)
    verdict = judge(effects, 1, 0.5, np.repeat([0.1, 0.1, np.inf, 0.6, 0.1], counts))
    possible = shown + open_shown + open_hidden + undefined
    assert (verdict.word, verdict.sure, verdict.possible) == (word, shown, possible)
    assert verdict.shown == shown + open_shown
    assert verdict.low == wilson_interval(shown, effects.size)[0]
    assert verdict.high == wilson_interval(possible, effects.size)[1]


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
