"""False alarms and coverage of the tests by place where the truth is known, strata right and wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from desertion.study.arrays import Array, Indices
from desertion.study.places.hazards import ratios
from desertion.study.places.histories import Course, history
from desertion.study.places.links import cells, doubled, halved, placebo, within
from desertion.study.places.pairs import Outcome, compare_pairs
from desertion.study.statistics import wilson_interval

REPETITIONS = 200
UNITS, DAYS, EACH = 120, 30, 4
_RNG = np.random.default_rng(5)
POINTS = _RNG.random((UNITS, 2)) * np.array([120.0, 100.0])
STRATA = cells(POINTS, 12)
LINKS = within(POINTS, 14.0)
FALSE = placebo(POINTS, LINKS, STRATA, _RNG)
KINDS: dict[str, Indices] = {"right": STRATA, "half": halved(POINTS, STRATA), "double": doubled(POINTS, STRATA)}
EXACT = np.full(UNITS, -1, np.intp)


def _made(log_ratio: float, rng: np.random.Generator) -> Array:
    """A history whose strata have weeks of their own, the same for all of a stratum."""
    names = int(STRATA.max()) + 1
    lean = np.exp(-0.5 * ((np.arange(DAYS)[:, None] - rng.uniform(0, DAYS, names)) / 8.0) ** 2)
    course = Course(days=np.arange(float(DAYS)), counts=np.full(DAYS, EACH, np.intp), lean=lean, strata=STRATA)
    return history(course, rng, linked=LINKS.matrix(UNITS), log_ratio=log_ratio)


@pytest.mark.statistical
@pytest.mark.parametrize("kind", list(KINDS))
def test_false_alarms_of_the_pair_test_stay_at_their_level(kind: str) -> None:
    """Null: dates independent within strata whose courses differ. 300 histories at 5 %: at most 27 alarms, false-alarm rate of this test 0.2 %; strata of half size too, and of double, in which two courses are mixed whose hazards differ by a factor of e at most."""
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(300):
        outcome = Outcome(name="", links=LINKS, days=_made(0.0, rng)[:, None])
        alarms += compare_pairs([outcome], KINDS[kind], most=99, rng=rng)[0].p <= 0.05
    assert alarms <= 27


@pytest.mark.statistical
@pytest.mark.parametrize("log_ratio", [0.0, math.log(2.0)])
@pytest.mark.parametrize("kind", list(KINDS))
def test_intervals_of_the_hazard_ratio_cover_the_truth(log_ratio: float, kind: str) -> None:
    """Nominal 95 %, 200 histories, effects zero and double, strata right, halved and doubled: at least 89 % covered (a true 95 % falls below once in 5,000 tests)."""
    rng = np.random.default_rng(21)
    covered = 0
    for _ in range(REPETITIONS):
        past = ratios(_made(log_ratio, rng), LINKS, FALSE, KINDS[kind], 3, EXACT)[0]
        covered += past.low <= math.exp(log_ratio) <= past.high
    assert covered >= 0.89 * REPETITIONS


@pytest.mark.statistical
@pytest.mark.parametrize("log_ratio", [0.0, math.log(2.0)])
@pytest.mark.parametrize("kind", list(KINDS))
def test_intervals_of_the_pair_ratio_cover_its_mean(log_ratio: float, kind: str) -> None:
    """Nominal 95 %, 200 histories; the truth is the ratio of mean counts over all of them: at least 89 % covered. Strata of another size change what the ratio means, and the truth with it."""
    rng = np.random.default_rng(31)
    tests = [
        compare_pairs(
            [Outcome(name="", links=LINKS, days=_made(log_ratio, rng)[:, None])], KINDS[kind], most=99, rng=rng
        )[0]
        for _ in range(REPETITIONS)
    ]
    truth = sum(test.observed for test in tests) / sum(test.expected for test in tests)
    assert sum(test.low <= truth <= test.high for test in tests) >= 0.89 * REPETITIONS


@pytest.mark.statistical
def test_leads_predict_under_contagion_without_any_shock() -> None:
    """Claim: along mutual links a lead is no placebo.

    100 histories of pure contagion, hazard doubled: the future of neighbours has an interval above 1 in at least half of them, placebo links in at most a tenth (a
    share of 2.5 % by chance reaches 11 of 100 once in 10,000 tests).
    """
    rng = np.random.default_rng(41)
    future = unlinked = 0
    for _ in range(100):
        _, ahead, false, _ = ratios(_made(math.log(2.0), rng), LINKS, FALSE, STRATA, 3, EXACT)
        future += ahead.low > 1.0
        unlinked += false.low > 1.0
    assert future >= 50
    assert unlinked <= 10
    assert wilson_interval(unlinked, 100)[1] < wilson_interval(future, 100)[0]
