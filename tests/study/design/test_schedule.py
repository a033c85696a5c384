"""Which run comes next."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion.errors import InputError
from desertion.study.design.replicates import ReplicateRule, next_target
from desertion.study.design.schedule import Schedule, shard_of

RULE = ReplicateRule(measure="y", half_width=0.2, minimum=3, step=2, maximum=25, look_ahead=0)


def _value(design: int, replicate: int) -> float:
    return float(np.random.default_rng([design, replicate]).normal(1.0, 0.1 + 0.2 * design))


def _all(schedule: Schedule, order: np.random.Generator) -> list[tuple[int, int]]:
    """Play a study through, finishing the runs under way in a random order."""
    flying: list[tuple[int, int]] = []
    done: list[tuple[int, int]] = []
    while True:
        flying += schedule.take(int(order.integers(1, 5)))
        if not flying:
            return done
        key = flying.pop(int(order.integers(len(flying))))
        schedule.finish(key, _value(*key))
        done.append(key)


def test_a_precision_is_that_of_real_size() -> None:
    """Of runs of a tenth of real size an error of two simulated persons is one of twenty."""
    rule = ReplicateRule(measure="y", relative=False, half_width=2.0, minimum=2, maximum=2, step=1, look_ahead=0)
    one, ten = (
        Schedule(rule.model_copy(update={"maximum": 9}), 2),
        Schedule(rule.model_copy(update={"maximum": 9}), 2, scales=(1.0, 0.1)),
    )
    for schedule in (one, ten):
        for design in range(2):
            for replicate, value in enumerate((5.0, 5.1)):
                schedule.finish((design, replicate), value)
    assert list(one.targets) == [2, 2]
    assert list(ten.targets) == [2, 3]


def test_runs_come_breadth_first() -> None:
    """All points at replicate 0, then all at replicate 1: an early stop is an even sample."""
    schedule = Schedule(ReplicateRule(number=2), 3)
    assert schedule.take(10) == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]


@given(seed=st.integers(0, 10_000))
def test_the_set_of_runs_does_not_depend_on_the_order_in_which_they_finish(seed: int) -> None:
    """Under a precision rule too: otherwise fast runs would bias the sample."""
    played = _all(Schedule(RULE, 4), np.random.default_rng(seed))
    assert len(played) == len(set(played))
    assert sorted(played) == sorted(_all(Schedule(RULE, 4), np.random.default_rng(0)))


def test_each_point_ends_with_the_number_that_the_rule_asks_for() -> None:
    """Point by point, asked on the ordered prefix alone."""
    played = _all(Schedule(RULE, 4), np.random.default_rng(1))
    for design in range(4):
        count = sum(one == design for one, _ in played)
        assert next_target(RULE, [_value(design, replicate) for replicate in range(count)]) == count


@given(seed=st.integers(0, 10_000), cut=st.integers(0, 60))
def test_a_resumed_schedule_asks_for_exactly_what_is_missing(seed: int, cut: int) -> None:
    """Whatever had finished when the driver died."""
    whole = _all(Schedule(RULE, 4), np.random.default_rng(seed))
    kept = sorted(whole[:cut])
    again = Schedule(RULE, 4)
    for key in kept:
        again.finish(key, _value(*key))
    assert sorted([*kept, *_all(again, np.random.default_rng(seed + 1))]) == sorted(whole)


@given(seed=st.integers(0, 10_000), lost=st.sets(st.integers(0, 60), min_size=1, max_size=5))
def test_whatever_is_lost_of_a_finished_study_is_asked_for_again(seed: int, lost: set[int]) -> None:
    """Damaged and failed runs are had again though replicates beyond the first decision are kept: they once made up for the lost ones in number."""
    whole = sorted(_all(Schedule(RULE, 4), np.random.default_rng(seed)))
    gone = sorted({whole[place % len(whole)] for place in lost})
    again = Schedule(RULE, 4)
    for key in whole:
        if key not in gone:
            again.finish(key, _value(*key))
    assert again.unfinished()
    assert sorted(_all(again, np.random.default_rng(seed + 1))) == gone
    assert not again.unfinished()
    assert again.finished_runs == again.known() == len(whole)


@pytest.mark.parametrize("rule", [RULE, ReplicateRule(number=7)])
@pytest.mark.parametrize("parts", [1, 2, 3, 8])
def test_shards_split_the_runs_without_overlap(rule: ReplicateRule, parts: int) -> None:
    """Together they are the whole study; more shards than points leaves some of them idle, not wrong."""
    split = [_all(Schedule(rule, 4, (part + 1, parts)), np.random.default_rng(part)) for part in range(parts)]
    together = sorted(key for one in split for key in one)
    assert together == sorted(_all(Schedule(rule, 4), np.random.default_rng(0)))
    known = [Schedule(rule, 4, (part + 1, parts)).known() for part in range(parts)]
    assert sum(known) == Schedule(rule, 4).known()


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3", "1/2/3"])
def test_a_shard_that_does_not_exist_is_refused(text: str) -> None:
    """With the form it should have."""
    with pytest.raises(InputError, match="i/n with 1 <= i <= n"):
        shard_of(text)
    assert shard_of("2/3") == (2, 3)


def test_runs_of_another_shard_leave_those_of_this_one_to_be_done() -> None:
    """A file of another part, accepted all the same, holds none of this part's runs."""
    schedule = Schedule(ReplicateRule(number=4), 3, (2, 2))
    for key in _all(Schedule(ReplicateRule(number=4), 3, (1, 2)), np.random.default_rng(0)):
        schedule.finish(key, None)
    assert schedule.finished_runs == 0
    assert len(_all(schedule, np.random.default_rng(0))) == schedule.known() == schedule.finished_runs == 6
