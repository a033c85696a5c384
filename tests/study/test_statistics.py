"""Estimators agree with SciPy and with published values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from desertion.errors import InputError
from desertion.simulation.record.measures import clumping
from desertion.study.statistics import (
    averaged_relative_difference,
    bootstrap_interval,
    crps_ensemble,
    fewest,
    middle_nine_tenths,
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


def test_bootstrap_interval_agrees_with_scipy() -> None:
    """Percentile intervals of the mean from 20,000 resamples differ by less than a tenth of a standard error."""
    values = np.random.default_rng(1).gamma(2.0, size=80)
    ours = bootstrap_interval(values, np.mean, seed=3, draws=20_000)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=4).confidence_interval
    error = values.std(ddof=1) / np.sqrt(values.size)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.1 * error)


def test_bootstrap_interval_depends_on_the_seed_alone() -> None:
    """The same seed gives the same interval."""
    values = np.arange(20.0)
    assert bootstrap_interval(values, seed=1) == bootstrap_interval(values, seed=1)
    assert bootstrap_interval(values, np.mean, seed=1) != bootstrap_interval(values, np.mean, seed=2)


@pytest.mark.parametrize(("confidence", "least"), [(0.5, 2), (0.9, 5), (0.95, 6), (0.99, 8)])
def test_no_interval_is_given_where_even_the_whole_sample_would_miss_too_often(confidence: float, least: int) -> None:
    """All values lie on one side of the true median with probability 2^(1 - n); from one to five runs that is 100 to 6 %."""
    assert fewest(confidence) == least
    assert 2.0 ** (1 - least) <= 1.0 - confidence + 1e-12 < 2.0 ** (2 - least)
    values = np.arange(float(least))
    for statistic in (np.median, np.mean):
        assert np.isfinite(bootstrap_interval(values, statistic, confidence, seed=1)).all()
        assert np.isnan(bootstrap_interval(values[1:], statistic, confidence, seed=1)).all()


def test_missing_runs_are_refused_by_the_bootstrap() -> None:
    """A NaN would silently spread into the interval."""
    with pytest.raises(InputError, match="finite"):
        bootstrap_interval([1.0, float("nan")], seed=0)


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


def test_clumping_without_leavers_is_unknown() -> None:
    """Zero leavers say nothing about clumping."""
    assert np.isnan(clumping(np.zeros(3)))
