"""Close pairs: exact p values by enumeration, the textbook expectation, and what is never counted."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from desertion.study.places.links import Links
from desertion.study.places.pairs import Outcome, _interval, chance, compare_pairs, order_of

CHAIN = Links(np.array([0, 1, 2, 3, 4]), np.array([1, 2, 3, 4, 5]))


def _close(days: np.ndarray, links: Links, low: int = 1, high: int = 3) -> int:
    """Close pairs counted one by one: a second implementation."""
    return sum(low <= abs(days[a] - days[b]) <= high for a, b in zip(links.sender, links.receiver, strict=True))


def test_p_value_of_a_small_case_is_that_of_all_its_permutations() -> None:
    """Two strata of three units: 36 orders, all enumerated by hand here."""
    days = np.array([0.0, 2.0, 9.0, 10.0, 12.0, 30.0])
    strata = np.array([0, 0, 0, 1, 1, 1])
    every = [
        _close(days[[*first, *second]], CHAIN)
        for first, second in product(permutations([0, 1, 2]), permutations([3, 4, 5]))
    ]
    test = compare_pairs([Outcome(name="", links=CHAIN, days=days[:, None])], strata, rng=np.random.default_rng(1))[0]
    assert test.exact
    assert test.permutations == len(every) == 36
    assert test.observed == _close(days, CHAIN)
    assert test.expected == pytest.approx(np.mean(every))
    assert test.p == pytest.approx(np.mean([count >= test.observed for count in every]))


def test_drawn_permutations_come_near_the_exact_p_value() -> None:
    """4,000 drawn of 5,040: the p value stays within four standard errors of the exact one."""
    days = np.array([0.0, 1.0, 5.0, 6.0, 20.0, 21.0, 40.0])
    links = Links(np.arange(6), np.arange(1, 7))
    outcome = [Outcome(name="", links=links, days=days[:, None])]
    strata = np.zeros(7, np.intp)
    exact = compare_pairs(outcome, strata, most=6000, rng=np.random.default_rng(1))[0]
    drawn = compare_pairs(outcome, strata, most=4000, rng=np.random.default_rng(2))[0]
    assert exact.exact
    assert not drawn.exact
    assert abs(drawn.p - exact.p) < 4 * np.sqrt(exact.p * (1 - exact.p) / 4000)


def test_expectation_without_strata_is_that_of_knox() -> None:
    """Close in space times close in time over all pairs (Knox 1964), since every order is as likely."""
    days = np.array([0.0, 1.0, 5.0, 6.0, 20.0, 21.0, 40.0])
    links = Links(np.array([0, 0, 2, 4]), np.array([1, 3, 5, 6]))
    close_in_time = sum(1 <= abs(a - b) <= 3 for i, a in enumerate(days) for b in days[i + 1 :])
    test = compare_pairs(
        [Outcome(name="", links=links, days=days[:, None])],
        np.zeros(7, np.intp),
        most=6000,
        rng=np.random.default_rng(1),
    )[0]
    assert test.exact
    assert test.expected == pytest.approx(len(links) * close_in_time / (7 * 6 / 2))


def test_order_within_a_day_and_within_a_batch_never_counts() -> None:
    """Pairs on one day or in one reporting interval are no close pairs; they are counted apart."""
    days = np.array([[3.0, 4.0], [4.0, 3.0], [3.0, 3.0], [9.0, 9.0]])
    links = Links(np.array([0, 2]), np.array([1, 3]))
    batch = np.array([0, 0, 1, -1])
    outcomes = [
        Outcome(name="apart", links=links, days=days),
        Outcome(name="only", links=links, days=days, batch="only"),
        Outcome(name="any", links=links, days=days, batch="any"),
        Outcome(name="same day", links=Links(np.array([0]), np.array([2])), days=days, low=0, high=0),
    ]
    tests = compare_pairs(outcomes, np.zeros(4, np.intp), batches=batch, rng=np.random.default_rng(1))
    assert [test.observed for test in tests] == [0.0, 1.0, 1.0, 0.5]


def test_directed_links_count_receivers_that_follow() -> None:
    """The receiver must act one to three days after the sender, not before."""
    days = np.array([[0.0], [2.0], [5.0]])
    for links, count in (
        (Links(np.array([0]), np.array([1]), True), 1.0),
        (Links(np.array([1]), np.array([0]), True), 0.0),
    ):
        test = compare_pairs(
            [Outcome(name="", links=links, days=days)], np.zeros(3, np.intp), rng=np.random.default_rng(1)
        )
        assert test[0].observed == count


def test_order_counts_who_was_first_and_a_hub_once() -> None:
    """Five pairs apart, sender first in all: McNemar's corrected test by hand; a sender before five receivers is one accident and no five."""
    far = np.repeat(10.0 * np.arange(5), 2)
    days = (far + np.tile([0.0, 2.0], 5))[:, None]
    even, odd, exact = np.arange(0, 10, 2), np.arange(1, 10, 2), np.full(10, -1)
    apart = order_of(Outcome(name="", links=Links(even, odd, True), days=days), exact)
    assert (apart.sender, apart.receiver) == (5.0, 0.0)
    assert apart.p == pytest.approx(norm.sf(4.0 / 5.0**0.5))
    back = order_of(Outcome(name="", links=Links(odd, even, True), days=days), exact)
    assert (back.sender, back.receiver) == (0.0, 5.0)
    assert back.p > 0.99
    star = Links(np.zeros(5, np.intp), np.arange(1, 6), True)
    hub = order_of(Outcome(name="", links=star, days=np.array([0.0, 1, 1, 2, 2, 3])[:, None]), exact[:6])
    assert hub.sender == 5.0
    assert hub.p == pytest.approx(norm.sf(4.0 / 5.0))


def test_units_without_an_event_take_no_part() -> None:
    """A missing date neither counts nor is permuted onto another unit."""
    days = np.array([0.0, 1.0, np.nan, 20.0])
    links = Links(np.array([0, 1, 2]), np.array([1, 2, 3]))
    test = compare_pairs(
        [Outcome(name="", links=links, days=days[:, None])], np.zeros(4, np.intp), rng=np.random.default_rng(1)
    )[0]
    assert test.linked == 1
    assert test.observed == 1.0
    assert test.permutations == 6  # three dates, and a gap that stays where it is


def test_family_p_values_are_those_of_the_largest_of_all_questions() -> None:
    """Seven dates and four questions: all 5,040 orders, each question on the scale of its own mean and deviation (Westfall and Young 1993)."""
    days = np.array([0.0, 1.0, 5.0, 6.0, 20.0, 21.0, 40.0])
    links, highs = Links(np.arange(6), np.arange(1, 7)), (1, 2, 5, 15)
    every = np.array(
        [[_close(days[list(order)], links, high=high) for high in highs] for order in permutations(range(7))]
    )
    scaled = (every - every.mean(axis=0)) / every.std(axis=0)
    own = (np.array([_close(days, links, high=high) for high in highs]) - every.mean(axis=0)) / every.std(axis=0)
    wanted = [np.mean(scaled.max(axis=1) >= value - 1e-9) for value in own]
    outcomes = [Outcome(name=str(high), links=links, days=days[:, None], high=high) for high in highs]
    tests = compare_pairs(outcomes, np.zeros(7, np.intp), most=6000, rng=np.random.default_rng(1))
    assert [test.family for test in tests] == pytest.approx(wanted)
    assert any(test.family > test.p for test in tests)


def test_too_few_strata_or_such_as_differ_too_much_tell_no_interval() -> None:
    """Four strata, five exactly alike, and five of which one alone has close pairs: more than all linked pairs would be within its interval. Six that differ less tell one."""

    def ends(gaps: list[tuple[float, float, float]]) -> tuple[float, float]:
        days = np.concatenate([40.0 * stratum + np.cumsum(each) for stratum, each in enumerate(gaps)])
        senders = np.concatenate([3 * stratum + np.arange(2) for stratum in range(len(gaps))])
        outcome = Outcome(name="", links=Links(senders, senders + 1), days=days[:, None])
        strata = np.repeat(np.arange(len(gaps)), 3)
        test = compare_pairs([outcome], strata, most=50_000, rng=np.random.default_rng(1))[0]
        assert test.exact
        return test.low, test.high

    near, half, none, far = (0.0, 2.0, 2.0), (0.0, 2.0, 9.0), (0.0, 9.0, -7.0), (0.0, 9.0, 9.0)
    for gaps in ([near, half, near, half], [near] * 5, [half, *[far] * 4]):
        assert np.isnan(ends(gaps)).all(), gaps
    low, high = ends([near, near, half, half, none, far])
    assert 0.0 < low < 1.0 < high < 3.0


def test_the_given_order_is_one_more_among_drawn_ones() -> None:
    """Never p = 0: one of three drawn reaches 3, and of all orders the given one stands among them."""
    null = np.array([1.0, 2.0, 3.0])
    assert chance(null, 3.0, exact=False) == 0.5
    assert chance(null, 4.0, exact=False) == 0.25
    assert chance(null, 3.0, exact=True) == pytest.approx(1.0 / 3.0)


def test_reporting_intervals_move_with_their_dates() -> None:
    """Two of four units share an interval: all 24 orders by hand, in each of which that pair of dates counts nowhere."""
    days, batch = np.array([0.0, 1.0, 3.0, 5.0]), np.array([0, 0, 1, 2])
    links = Links(np.array([0, 1]), np.array([1, 3]))
    every = [
        sum(
            1 <= abs(days[order[a]] - days[order[b]]) <= 3 and batch[order[a]] != batch[order[b]]
            for a, b in zip(links.sender, links.receiver, strict=True)
        )
        for order in permutations(range(4))
    ]
    outcome = Outcome(name="", links=links, days=days[:, None])
    test = compare_pairs([outcome], np.zeros(4, np.intp), batches=batch, rng=np.random.default_rng(1))[0]
    assert test.expected == pytest.approx(np.mean(every))


def test_the_interval_is_that_of_dyads_of_strata_by_hand() -> None:
    """Six strata with links within and between them: every two links that share a stratum hang together, each square once, with count over count less one."""
    rng = np.random.default_rng(2)
    strata = np.repeat(np.arange(6), 5)
    sender, receiver = rng.integers(0, 30, (2, 80))
    links = Links(sender[sender != receiver], receiver[sender != receiver])
    close, expected = (rng.random(len(links)) < 0.3).astype(np.float64), rng.uniform(0.1, 0.4, len(links))
    ratio = close.sum() / expected.sum()
    off = close - ratio * expected
    ends = [{strata[a], strata[b]} for a, b in zip(links.sender, links.receiver, strict=True)]
    variance = sum(off[i] * off[j] for i, one in enumerate(ends) for j, other in enumerate(ends) if one & other)
    same = sum(off[i] * off[j] for i, one in enumerate(ends) for j, other in enumerate(ends) if one == other)
    reach = student.ppf(0.975, 5) * np.sqrt(max(variance, same) * 6 / 5) / close.sum()
    assert _interval(close, expected, links, strata, 0.0) == pytest.approx(ratio * np.exp([-reach, reach]))
    wider = norm.ppf(0.975) * reach
    assert _interval(close, expected, links, strata, reach * close.sum()) == pytest.approx(
        ratio * np.exp([-wider, wider])
    )


def test_no_interval_is_narrower_than_chance_within_strata_makes_it() -> None:
    """Six strata with a close pair each: they are so alike that their spread alone would give a narrower interval than the six orders of each, counted by hand."""
    gaps = [*[(0.0, 2.0, 9.0)] * 5, (0.0, 4.0, 2.0)]
    days = np.concatenate([40.0 * stratum + np.array(each) for stratum, each in enumerate(gaps)])
    senders = np.concatenate([3 * stratum + np.arange(2) for stratum in range(6)])
    links = Links(senders, senders + 1)
    spread = 0.0
    for each in gaps:
        counts = [_close(np.array(order), Links(np.array([0, 1]), np.array([1, 2]))) for order in permutations(each)]
        spread += float(np.var(counts))
    outcome = Outcome(name="", links=links, days=days[:, None])
    test = compare_pairs([outcome], np.repeat(np.arange(6), 3), most=50_000, rng=np.random.default_rng(1))[0]
    assert test.exact
    reach = norm.ppf(0.975) * np.sqrt(spread) / test.observed
    assert (test.low, test.high) == pytest.approx((test.ratio * np.exp(-reach), test.ratio * np.exp(reach)))
