"""Estimators agree with SciPy and with published values."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats

from desertion.errors import InputError
from desertion.simulation.record.measures import clumping
from desertion.study.statistics import (
    averaged_relative_difference,
    chance_of_largest,
    crps_ensemble,
    mean_interval,
    median_interval,
    middle_nine_tenths,
    paired_chance_interval,
    wilson_interval,
)


@pytest.mark.parametrize(("successes", "n"), [(0, 5), (1, 1), (5, 5), (37, 120), (999, 1000)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_interval_agrees_with_scipy(successes: int, n: int, confidence: float) -> None:
    """SciPy's binomtest is an independent implementation of the same formula."""
    expected = stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
    assert wilson_interval(successes, n, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_interval_of_no_trials_is_everything() -> None:
    """Without a trial no share is excluded."""
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    """More successes than trials is a mistake of the caller, not a share above one."""
    with pytest.raises(InputError, match="between 0 and n"):
        wilson_interval(successes, n)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, math.nan])
def test_a_confidence_at_either_end_is_refused(confidence: float) -> None:
    """Nothing lies surely within an interval, and none without length is asked for."""
    with pytest.raises(InputError, match="strictly between 0 and 1"):
        wilson_interval(1, 3, confidence)


@pytest.mark.parametrize("count", [6, 7, 9, 10, 23, 30, 200])
def test_median_interval_agrees_with_scipy(count: int) -> None:
    """SciPy inverts the same binomial test."""
    values = np.random.default_rng(count).gamma(2.0, size=count)
    theirs = stats.quantile_test(values, q=0.0, p=0.5).confidence_interval(0.95)
    assert median_interval(values) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize("count", range(6, 60))
def test_median_interval_holds_the_median_as_often_as_it_says(count: int) -> None:
    """Of values in order, the chance that the median lies between the two ends is a sum of binomial terms: 0.95 or more at any number of runs."""
    low, high = median_interval(np.arange(1.0, count + 1.0))
    inside = stats.binom.cdf(high - 1, count, 0.5) - stats.binom.cdf(low - 1, count, 0.5)
    tighter = stats.binom.cdf(high - 2, count, 0.5) - stats.binom.cdf(low, count, 0.5)
    assert tighter < 0.95 <= inside


def test_mean_interval_agrees_with_scipy() -> None:
    """Student's interval, of which SciPy's one-sample t-test gives another implementation."""
    values = np.random.default_rng(1).gamma(2.0, size=8)
    theirs = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert mean_interval(values) == pytest.approx((theirs.low, theirs.high))


def test_no_interval_is_given_where_even_the_whole_sample_would_miss_too_often() -> None:
    """All values lie on one side of the true median with probability 2^(1 - n); from one to five runs that is 100 to 6 %."""
    values = np.arange(6.0)
    for interval in (median_interval, mean_interval):
        assert np.isfinite(interval(values)).all()
        assert np.isnan(interval(values[1:])).all()
    assert np.isfinite(paired_chance_interval(1, 0, 6)).all()
    assert np.isnan(paired_chance_interval(1, 0, 5)).all()


def test_missing_runs_are_refused_by_intervals() -> None:
    """A NaN would silently spread into the interval."""
    for interval in (median_interval, mean_interval):
        with pytest.raises(InputError, match="finite"):
            interval([1.0, float("nan")])


def test_interval_of_paired_chances_by_hand() -> None:
    """Where no pair of n differs the end is z^2 / (n + z^2), 0.161 of 20; three of six that differ one way leave 0 in, six leave it out."""
    assert paired_chance_interval(0, 0, 20) == pytest.approx((-0.161, 0.161), abs=0.001)
    assert paired_chance_interval(3, 0, 6)[0] < 0.0 < paired_chance_interval(6, 0, 6)[0]
    low, high = paired_chance_interval(7, 2, 30)
    assert paired_chance_interval(2, 7, 30) == pytest.approx((-high, -low))
    for end in (low, high):
        # The score test itself, with the chances of discordance that are likeliest under the end found by search.
        shares = np.linspace(max(0.0, -end), min(1.0, 1.0 - end), 200_001)[1:-1]
        lost, gained = shares, shares + end
        fits = (lost + gained < 1.0) & (gained > 0.0)
        likelihood = np.full(len(shares), -np.inf)
        likelihood[fits] = 7 * np.log(gained[fits]) + 2 * np.log(lost[fits]) + 21 * np.log1p(-(lost + gained)[fits])
        best = likelihood.argmax()
        spread = math.sqrt((lost[best] + gained[best] - end**2) / 30)
        assert abs(5 / 30 - end) / spread == pytest.approx(stats.norm.ppf(0.975), abs=1e-3)


@cache
def paired_intervals(pairs: int) -> dict[tuple[int, int], tuple[float, float]]:
    """The interval of every table of so many pairs, by those gained and lost."""
    tables = [(more, fewer) for more in range(pairs + 1) for fewer in range(pairs + 1 - more)]
    return {(more, fewer): paired_chance_interval(more, fewer, pairs) for more, fewer in tables}


@pytest.mark.parametrize("pairs", [6, 10, 20])
@pytest.mark.parametrize(("gained", "lost"), [(0.0, 0.0), (0.02, 0.0), (0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.05, 0.5)])
def test_interval_of_paired_chances_covers(gained: float, lost: float, pairs: int) -> None:
    """The chances of all tables that hold the true difference sum to 0.945 and more: exact, nothing is drawn."""
    shares = [gained, lost, 1.0 - gained - lost]
    held = [
        stats.multinomial.pmf([more, fewer, pairs - more - fewer], pairs, shares)
        for (more, fewer), (low, high) in paired_intervals(pairs).items()
        if low <= gained - lost <= high
    ]
    assert 0.945 <= sum(held) <= 1.0 + 1e-9


@pytest.mark.parametrize(("gained", "lost"), [(-1, 0), (4, 3)])
def test_impossible_counts_of_pairs_are_refused(gained: int, lost: int) -> None:
    """More pairs that differ than pairs is a mistake of the caller."""
    with pytest.raises(InputError, match="count again"):
        paired_chance_interval(gained, lost, 6)


def test_crps_agrees_with_the_double_sum() -> None:
    """The sorted formula equals E|X - y| - E|X - X'| / 2 written out."""
    rng = np.random.default_rng(5)
    members, observed = rng.normal(size=(7, 3)), rng.normal(size=3)
    pairs = np.abs(members[:, None] - members[None]).mean(axis=(0, 1))
    slow = np.abs(members - observed).mean(axis=0) - pairs / 2
    assert crps_ensemble(members, observed) == pytest.approx(slow)


def test_crps_approaches_the_normal_closed_form() -> None:
    """For a standard normal forecast the score of y = 0 is (sqrt(2) - 1) / sqrt(pi) (Gneiting and others 2005)."""
    quantiles = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert crps_ensemble(quantiles, 0.0) == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), abs=1e-4)


def test_crps_of_one_member_is_the_absolute_error() -> None:
    """A point forecast is scored by its distance."""
    assert crps_ensemble([[3.0]], [5.0]).tolist() == [2.0]


def test_averaged_relative_difference_by_hand() -> None:
    """Two places, two days: (2 + 2) / 10 and (0 + 5) / 20 average to 0.325."""
    observed = [[4.0, 6.0], [10.0, 10.0]]
    assert averaged_relative_difference([[6.0, 4.0], [10.0, 15.0]], observed) == pytest.approx(0.325)


def test_averaged_relative_difference_survives_an_empty_day() -> None:
    """A day without anybody observed is divided by one person, as Flee does."""
    assert averaged_relative_difference([3.0, 1.0], [0.0, 1.0]) == pytest.approx(1.5)


def test_quantiles_are_those_of_what_is_known() -> None:
    """Of numbers 0 to 100 with gaps; of nothing they are unknown."""
    assert middle_nine_tenths([*range(101), np.nan, np.inf]) == (5.0, 50.0, 95.0)
    assert np.isnan(middle_nine_tenths([np.nan])).tolist() == [True] * 3


def test_clumping_of_lees_divisions() -> None:
    """Deserters by division, 15 to 25 February 1865 (Official Records I/46/2, p. 1265): 1,094 men, 0.79."""
    counts = [32, 52, 64, 72, 13, 58, 184, 319, 83, 217]
    assert sum(counts) == 1094
    assert clumping(np.array(counts)) == pytest.approx(0.79, abs=0.005)


@pytest.mark.statistical
def test_clumping_is_nil_for_poisson_counts() -> None:
    """Null: Poisson counts, mean 30, 4,000 units. Standard error sqrt(2/4000)/30 = 0.00075; false alarms at 4 se: 6e-5."""
    counts = np.random.default_rng(8).poisson(30.0, size=4000)
    assert abs(clumping(counts)) < 0.003


def test_one_leaver_clumps_not_at_all() -> None:
    """His variance is the mean: 0, and not the 5e-16 that numbers with a fraction give."""
    assert [clumping(np.eye(1, units, dtype=int)[0]) for units in range(2, 9)] == [0.0] * 7


def test_clumping_without_leavers_is_unknown() -> None:
    """Zero leavers say nothing about clumping."""
    assert np.isnan(clumping(np.zeros(3, dtype=int)))


def test_the_chance_of_the_largest_counts_all_changes_of_sign() -> None:
    """Six pairs alike in one column: of 64 changes of sign two give as much, 2 in 64; in another column half of the pairs are against it; none is different in a third."""
    gaps = np.array([[3.0, 1.0, 0.0]] * 3 + [[2.0, -1.0, 0.0]] * 3)
    found = chance_of_largest(gaps)
    assert found[0] == pytest.approx(np.mean([_largest(gaps, bits) >= _size(gaps[:, 0]) - 1e-9 for bits in range(64)]))
    assert found[0] <= 4 / 64
    assert found[1:].tolist() == [1.0, 1.0]
    many = np.vstack([gaps] * 4)  # of more than twelve pairs some changes of sign are looked at, the same each time
    assert chance_of_largest(many)[0] == chance_of_largest(many)[0] <= 0.01


def _size(column: np.ndarray) -> float:
    return abs(column.sum()) / math.sqrt((column**2).sum())


def _largest(gaps: np.ndarray, bits: int) -> float:
    signs = np.array([1.0 if bits >> row & 1 else -1.0 for row in range(len(gaps))])
    return max(_size(signs * column) for column in gaps.T if column.any())


@pytest.mark.statistical
def test_a_day_that_is_looked_for_is_found_by_chance_in_one_history_in_twenty() -> None:
    """Null: gaps that revert (autoregressive, 0.95 a day) about nothing, twenty pairs, 200 days. Of 400 such comparisons the best day is called different in at most 31, which at 5 % happens but once in 200 (binomial); without allowing for the search it is in more than 100."""
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(400):
        noise = rng.standard_normal((20, 200))
        gaps = np.zeros((20, 200))
        for day in range(1, 200):
            gaps[:, day] = 0.95 * gaps[:, day - 1] + noise[:, day]
        best = int(np.argmax(np.abs(np.median(gaps, axis=0))))
        alarms += bool(chance_of_largest(gaps)[best] <= 0.05)
    assert alarms <= 31
