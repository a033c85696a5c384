"""What is published follows from what happened in the stated way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion.errors import InputError
from desertion.study.history import observation as obs

FLOWS = st.lists(st.floats(0, 1e6), min_size=1, max_size=40)


@given(FLOWS, st.floats(0, 20))
def test_lag_never_registers_more_than_was_done(flow: list[float], mean: float) -> None:
    """At every step, registrations so far are at most acts so far."""
    seen = np.cumsum(obs.registration_lag(flow, mean))
    assert (seen <= np.cumsum(flow) * (1 + 1e-9) + 1e-9).all()


def test_lag_registers_one_act_with_the_stated_mean_delay() -> None:
    """A single act, followed for 400 steps, is registered after 6 steps on average (to the middle of a step)."""
    seen = obs.registration_lag([1.0] + [0.0] * 400, mean=6.0)
    assert seen.sum() == pytest.approx(1.0, abs=1e-9)
    assert (seen * (np.arange(401) + 0.5)).sum() == pytest.approx(6.0, abs=0.05)


def test_no_lag_changes_nothing() -> None:
    """Delay 0 registers at once."""
    assert obs.registration_lag([1.0, 2.0], 0.0).tolist() == [1.0, 2.0]


def test_rule_change_multiplies_from_its_step_on() -> None:
    """What was registered before stays."""
    assert obs.level_shift([1.0, 1.0, 1.0], 1, 3.0).tolist() == [1.0, 3.0, 3.0]


@given(FLOWS, st.floats(0.1, 1e5))
def test_full_desk_loses_no_case_and_never_exceeds_its_capacity(flow: list[float], capacity: float) -> None:
    """Cases done and cases waiting add up to cases arrived."""
    done = obs.case_files(flow, capacity)
    assert (done <= capacity).all()
    assert (np.cumsum(done) <= np.cumsum(flow) * (1 + 1e-9) + 1e-6).all()


def test_full_desk_works_off_its_queue() -> None:
    """Five cases at two a day take three days."""
    assert obs.case_files([5.0, 0.0, 0.0, 0.0], 2.0).tolist() == [2.0, 2.0, 1.0, 0.0]


def test_interval_totals_may_overlap_and_leave_gaps() -> None:
    """Totals of any interval; outside the flow nobody leaves."""
    assert obs.interval_totals([1, 2, 3, 4], [(0, 2), (1, 3), (3, 10), (-4, 0), (4, 4)]).tolist() == [3, 5, 4, 0, 0]


def test_a_step_that_is_cut_counts_by_its_share() -> None:
    """A quarter of the second step, and all between the middle of the first and that of the last."""
    flows = [[8.0, 4.0, 2.0], [0.0, 8.0, 0.0]]
    assert obs.interval_totals(flows, [(1.25, 1.5), (0.5, 2.5)]).tolist() == [[1.0, 9.0], [2.0, 8.0]]


def test_interval_that_ends_first_is_refused() -> None:
    """A swapped pair would give a negative total."""
    with pytest.raises(InputError, match="ends before it begins"):
        obs.interval_totals([1.0], [(2, 1)])


def test_figures_within_a_stated_range_miss_by_nothing() -> None:
    """Range 2 to 8, "more than 5", and a plain figure of 9."""
    nan = float("nan")
    miss = obs.log_miss([4.0, 50.0, 4.0, 19.0], [5, 5, 5, 9], [2, 5, 5, nan], [8, nan, nan, nan])
    assert miss[:2].tolist() == [0.0, 0.0]
    assert miss[2] == pytest.approx(np.log(5 / 6))
    assert miss[3] == pytest.approx(np.log(2.0))


def test_negative_flow_is_refused() -> None:
    """Nobody un-leaves."""
    with pytest.raises(InputError, match="finite numbers >= 0"):
        obs.registration_lag([-1.0], 1.0)
