"""How many replicates a point gets: fixed, or until an interval is narrow enough."""

import math

import numpy as np
import pytest
from sim_tools.output_analysis import OnlineStatistics, ReplicationsAlgorithm

from desertion.errors import InputError
from desertion.study.design.reading import spec_from
from desertion.study.design.replicates import ReplicateRule, first_target, half_widths, next_target, precise_from


class _Recorded:
    """Hands recorded values to sim-tools as if they were fresh replications."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def single_run(self, replication: int) -> dict[str, float]:
        """Give one recorded value; the first replication has number 0."""
        return {"y": self.values[replication]}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("look_ahead", [0, 5])
def test_the_precision_rule_stops_where_sim_tools_stops(seed: int, look_ahead: int) -> None:
    """The rule of Hoad, Robinson and Davies in sim-tools 1.3 finds the same number of replicates."""
    values = np.random.default_rng(seed).normal(10.0, 3.0, 400).tolist()
    theirs = ReplicationsAlgorithm(
        alpha=0.05,
        half_width_precision=0.1,
        initial_replications=5,
        look_ahead=look_ahead,
        replication_budget=400,
    )
    stop, _ = theirs.select(_Recorded(values), ["y"])
    rule = ReplicateRule(measure="y", half_width=0.1, minimum=5, look_ahead=look_ahead, maximum=400)
    ours = next(n for n in range(5, 400) if precise_from(rule, values[:n]) is not None)
    assert precise_from(rule, values[:ours]) == stop["y"]


def test_precision_has_to_last_over_the_look_ahead() -> None:
    """Two equal values are precise by luck; the next ones show it, and only the lasting precision counts."""
    lucky = [5.0, 5.0, 9.0, 1.0, *([5.0] * 200)]
    hasty = ReplicateRule(measure="y", half_width=0.1, minimum=2, look_ahead=0)
    patient = ReplicateRule(measure="y", half_width=0.1, minimum=2, look_ahead=3)
    assert precise_from(hasty, lucky) == 2
    found = precise_from(patient, lucky)
    assert found is not None
    assert found > 4
    assert precise_from(patient, lucky[:found]) is None


def test_the_look_ahead_grows_with_the_replicates_beyond_a_hundred() -> None:
    """Noughts have a chance known to z**2 / 2 / (n + z**2): from 100 on to 0.0186, for which five more must be seen, and from 150 on to 0.0125, for which it is 5 * 150 // 100 = 7."""
    for half_width, count, ahead in ((0.0186, 100, 5), (0.0125, 150, 7)):
        rule = ReplicateRule(chance_of="y", at_least=1.0, half_width=half_width, look_ahead=5)
        assert precise_from(rule, [0.0] * (count + ahead - 1)) is None
        assert precise_from(rule, [0.0] * (count + ahead)) == count


def test_half_widths_are_student_intervals() -> None:
    """Against sim-tools' running statistics."""
    values = np.random.default_rng(1).normal(1e6, 1.0, 50)
    running = OnlineStatistics(alpha=0.05)
    for value in values:
        running.update(float(value))
    assert half_widths(values, 0.95)[-1] == pytest.approx((running.uci - running.lci) / 2, rel=1e-6)


def test_targets_grow_by_whole_steps_until_precise_and_never_beyond_the_maximum() -> None:
    """Decisions fall after whole steps only."""
    rule = ReplicateRule(measure="y", half_width=0.001, minimum=4, step=3, maximum=9, look_ahead=0)
    noise = np.random.default_rng(1).normal(0, 1, 9).tolist()
    assert [next_target(rule, noise[:n]) for n in (4, 7, 9)] == [7, 9, 9]
    assert next_target(rule, [5.0] * 4) == 4


def test_a_chance_is_precise_when_wilson_says_so() -> None:
    """Of n noughts Wilson's interval ends at z**2 / (n + z**2), twice 0.05 wide or less from 35 on."""
    rule = ReplicateRule(chance_of="y", at_least=1.0, half_width=0.05, minimum=10, look_ahead=0)
    assert precise_from(rule, [0.0] * 34) is None
    assert precise_from(rule, [0.0] * 96) == 35


def test_a_width_is_a_share_of_the_means_size_or_stands_alone() -> None:
    """Alike numbers are precise whatever their sign, noughts only where no share of them is asked for; one number alone says nothing."""
    share = ReplicateRule(measure="y", half_width=0.1, look_ahead=0)
    alone = share.model_copy(update={"relative": False})
    found = [precise_from(rule, [value] * 20) for rule in (share, alone) for value in (5.0, -5.0, 0.0)]
    assert found == [10, 10, None, 10, 10, 10]
    spread = [1.0, 3.0] * 100  # from 200 on the mean of 2 is known to 0.14
    assert (precise_from(share, spread) is None, precise_from(alone, spread) is None) == (False, True)
    first = [ReplicateRule(measure="y", half_width=0.1, minimum=1, maximum=most) for most in (1, 9)]
    assert [first_target(rule) for rule in first] == [1, 2]


def test_what_just_reaches_the_level_has_reached_it() -> None:
    """All of a hundred do, so that their chance is known to 0.05 from 35 on; of one in two it is not known to that by then."""
    rule = ReplicateRule(chance_of="y", at_least=1.0, half_width=0.05, minimum=10, look_ahead=0)
    assert precise_from(rule, [1.0, 2.0] * 50) == 35
    assert precise_from(rule, [0.999, 1.0] * 50) is None


def test_a_chance_of_reaching_no_level_is_refused() -> None:
    """Every run reaches 0: half of them collapse, and all counted as events after 35 runs. Who states 0 means it."""
    with pytest.raises(
        ValueError,
        match=r'chance_of = "collapsed" needs at_least, the level from which a run counts: 1 for an event, 0\.1 of share_left',
    ):
        ReplicateRule(chance_of="collapsed", half_width=0.05)
    assert ReplicateRule(chance_of="y", at_least=0.0, half_width=0.05).at_least == 0.0


@pytest.mark.statistical
def test_noughts_alone_are_no_precise_mean() -> None:
    """A measure of 100 with a chance of 5 %, else 0: noughts go on to the maximum under a share of the mean, and stop where the width is in the measure's unit.

    Of 200 points none ends at a mean of 0: all 200 replicates of one would have to be 0, which 1 set of points in 140 would have by chance (0.95 to the power of 200, times 200).
    """
    share = ReplicateRule(measure="y", half_width=0.1, maximum=200)
    assert next_target(share, [0.0] * 199) == 200
    assert precise_from(ReplicateRule(measure="y", half_width=0.1, relative=False), [0.0] * 20) == 10
    rng = np.random.default_rng(1)
    for _ in range(200):
        values = (100.0 * (rng.random(200) < 0.05)).tolist()
        have = first_target(share)
        while (more := next_target(share, values[:have])) > have:
            have = more
        assert any(values[:have])


def test_failed_replicates_do_not_move_the_judgement() -> None:
    """A missing value counts as a replicate run, but gives no information."""
    rule = ReplicateRule(measure="y", half_width=0.1, minimum=2, look_ahead=0)
    assert precise_from(rule, [None] * 50) is None
    assert precise_from(rule, [math.nan, 5.0, None, 5.0]) == 4


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (0, "replicates: must be a whole number from 1 to 10,000,000, got 0"),
        ({"number": 0}, "exactly one of"),
        ("many", "replicates: must be a whole number or a table with a rule, got 'many'"),
        ({"number": 5, "measure": "y"}, "exactly one"),
        ({"measure": "y"}, "half_width = 0.0 must be above 0"),
        ({"measure": "y", "half_width": 0.1, "maximum": 5}, "maximum = 5 is below minimum = 10"),
        ({"measure": "y", "half_width": 0.1, "confidence": 95}, "between 0 and 1"),
        ({"numbr": 5}, "s.toml: replicates: there is no key 'numbr'; did you mean 'number'"),
        (-3, "replicates: must be a whole number from 1 to 10,000,000, got -3"),
        ({"measure": "y", "half_width": 0.1, "minimum": 2.5}, "replicates.minimum = 2.5 must be a whole number"),
        (10**9, "replicates: must be a whole number from 1 to 10,000,000, got 1,000,000,000"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(given: object, words: str) -> None:
    """With the key and the rule in the sentence."""
    with pytest.raises(InputError, match=words):
        spec_from({"replicates": given}, "s", "s.toml")
