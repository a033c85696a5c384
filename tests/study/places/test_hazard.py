"""The partial likelihood against published values, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from desertion.errors import InputError
from desertion.study.places import hazard
from desertion.study.places.contagion import contagion
from desertion.study.places.events import Events
from desertion.study.places.finding import Gaps
from desertion.study.places.hazard import NoRatioError, Ratio, RiskDay, fit
from desertion.study.places.hazards import _estimated, combined, hazards, ratios
from desertion.study.places.links import Links
from desertion.study.places.report import words
from desertion.study.places.verdict import UNKNOWN, judge, ratio_text

# Remission in weeks under 6-MP (1: relapse, 0: censored) and under placebo, Freireich et al. 1963 as in Cox 1972, JRSS B 34, 187.
TREATED = (6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35)
RELAPSED = (1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def _remission() -> list[RiskDay]:
    week = np.array([*TREATED, *PLACEBO], np.float64)
    relapse = np.array([*RELAPSED, *[1] * 21], np.bool_)
    group = np.array([0.0] * 21 + [1.0] * 21)
    rows = []
    for today in np.unique(week[relapse]):
        at_risk = np.flatnonzero(week >= today)
        rows.append(RiskDay(at_risk, group[at_risk][:, None], (week[at_risk] == today) & relapse[at_risk]))
    return rows


def test_estimate_and_error_are_the_published_ones() -> None:
    """Efron's method on the remission data: 1.572 with standard error 0.412, as in the textbooks of survival analysis."""
    ratio = fit(_remission(), 1)[0]
    assert np.log(ratio.ratio) == pytest.approx(1.572, abs=5e-4)
    assert np.log(ratio.high / ratio.low) / (2 * 1.959964) == pytest.approx(0.412, abs=5e-4)


def test_scores_add_up_to_the_gradient() -> None:
    """At the maximum they add up to nothing, and near it to the slope of the likelihood."""
    rows = hazard._stacked(_remission())
    beta = np.array([0.7])
    step = 1e-5
    up, down = (hazard._parts(rows, beta + sign * step)[0] for sign in (1, -1))
    slope = (up - down) / (2 * step)
    assert hazard._parts(rows, beta)[1].sum() == pytest.approx(slope, rel=1e-6)
    assert hazard._scores(rows, beta).sum() == pytest.approx(slope, rel=1e-6)


def test_information_is_the_curvature_of_the_likelihood() -> None:
    """By second differences, ties included."""
    rows = hazard._stacked(_remission())
    beta, step = np.array([0.7]), 1e-3
    values = [hazard._parts(rows, beta + move * step)[0] for move in (-1, 0, 1)]
    _, _, information = hazard._parts(rows, beta)
    assert information[0, 0] == pytest.approx(-(values[0] - 2 * values[1] + values[2]) / step**2, rel=1e-5)


def test_only_the_past_days_of_the_window_count() -> None:
    """A neighbour one to three days before counts, one on the day itself or four days before does not; the future is the mirror of it."""
    day = np.array([0.0, 1.0, 4.0, 4.0, np.nan])
    matrix = Links(np.array([0, 1, 2]), np.array([3, 3, 3]), directed=True).matrix(5)
    rows = hazard.first_events(day, [matrix, matrix], [(1, 3), (-3, -1)], np.zeros((5, 0)))
    last = rows[-1]
    assert last.units.tolist() == [2, 3, 4]
    assert last.known[1].tolist() == [1.0, 0.0]
    second = rows[1]
    assert second.known[second.units == 3].tolist() == [[1.0, 1.0]]


def test_units_without_an_event_are_left_out_if_the_list_holds_events_only() -> None:
    """Conditional on acting, whoever never acts is at risk on no day."""
    day = np.array([0.0, 1.0, np.nan])
    rows = hazard.first_events(day, [], [], np.ones((3, 1)), never=False)
    assert [row.units.tolist() for row in rows] == [[0, 1], [1]]


def test_units_that_act_again_and_again_stay_at_risk() -> None:
    """Everybody is at risk on each day with an event, and a neighbour's earlier event counts once."""
    matrix = Links(np.array([0]), np.array([1])).matrix(2)
    rows = hazard.repeated_events(
        np.array([0, 0, 1]), np.array([0.0, 1.0, 2.0]), 2, [matrix], [(1, 3)], np.zeros((2, 0))
    )
    assert [row.units.tolist() for row in rows] == [[0, 1]] * 3
    assert rows[2].known.tolist() == [[0.0], [1.0]]
    assert rows[2].acts.tolist() == [False, True]


def test_without_a_linked_event_there_is_no_ratio() -> None:
    """One sentence says why."""
    day = np.array([0.0, 10.0, 20.0])
    rows = hazard.first_events(day, [Links(np.array([0]), np.array([1])).matrix(3)], [(1, 3)], np.zeros((3, 0)))
    with pytest.raises(NoRatioError, match="on no day do those at risk differ in how many linked units have acted"):
        fit(rows, 1)


def test_draws_of_dates_widen_the_interval_by_what_they_differ() -> None:
    """Two equal draws change nothing; draws that differ give a wider interval around their mean."""
    one = hazard.Ratio(2.0, 1.0, 4.0, 0.05)
    same = combined([one, one])
    assert (same.ratio, same.low, same.high) == pytest.approx((2.0, 1.0, 4.0))
    wider = combined([hazard.Ratio(1.0, 0.5, 2.0, 0.05), hazard.Ratio(4.0, 2.0, 8.0, 0.05)])
    assert wider.ratio == pytest.approx(2.0)
    assert wider.low < 1.0


def test_covariates_that_go_together_have_no_ratios_of_their_own() -> None:
    """The same column twice has no maximum; half of the ratio for each, and a certain ratio of 1 between them, would be invented."""
    rows = [RiskDay(row.units, np.column_stack([row.known, row.known]), row.acts) for row in _remission()]
    with pytest.raises(InputError, match="cannot be told apart"):
        fit(rows, 2, over=[(0, 1)])


def test_an_interval_over_four_orders_of_magnitude_is_not_told() -> None:
    """On one degree of freedom: what the interval leaves open stays a number, however wide, and is said to say nothing."""
    two = hazard._ratio(1.572, 0.6, 1.0)
    assert two.low < 0.01 < 100.0 < two.high
    assert (two.told, ratio_text(two)) == (False, "4.82 (interval cannot be told)")
    half = hazard.Ratio(3.0, 1.5, 5012.2, 0.04)
    assert (half.told, ratio_text(half)) == (True, "3.00 (1.50 to over 100)")
    far = hazard._ratio(2.0, 100.0, 1.0)
    assert 0.0 < far.low < far.high < np.inf
    assert not combined([far, far]).told


def test_clusters_of_which_nobody_is_at_risk_add_no_degree_of_freedom() -> None:
    """Strata in which no unit acts say nothing among units that act: beside them the interval stays as it is without them."""
    rng = np.random.default_rng(3)
    units = 60
    day = rng.integers(0, 25, units).astype(np.float64)
    sender, receiver = rng.integers(0, units, (2, 150))
    apart = sender != receiver
    strata = np.arange(units) % 6

    def found(idle: int) -> list[Ratio]:
        everybody = units + idle
        moves = Links(sender[apart], receiver[apart], directed=True).matrix(everybody)
        days = np.concatenate([day, np.full(idle, np.nan)])
        rows = hazard.first_events(days, [moves], [(1, 5)], np.zeros((everybody, 0)), never=False)
        return hazard.fit(rows, 1, np.concatenate([strata, 6 + np.arange(idle)]))

    alone, beside = found(0)[0], found(30)[0]
    assert (beside.low, beside.high, beside.p) == pytest.approx((alone.low, alone.high, alone.p))


def test_strata_without_a_unit_that_acts_do_not_make_enough_clusters() -> None:
    """Three strata that act tell no spread, however many stand beside them in the table: the interval is by the information."""
    rng = np.random.default_rng(4)
    day = rng.integers(0, 25, 60).astype(np.float64)
    true, false = (
        Links(sender, (sender + step) % 60, directed=True) for sender, step in ((np.arange(60), 1), (np.arange(60), 7))
    )

    def found(idle: int) -> list[Ratio]:
        days, strata = np.append(day, np.full(idle, np.nan)), np.append(np.arange(60) % 3, 3 + np.arange(idle))
        return ratios(days, true, false, strata, 5, np.full(60 + idle, -1))

    assert [each.high for each in found(9)] == pytest.approx([each.high for each in found(0)])


def test_clustered_intervals_are_those_of_a_second_implementation() -> None:
    """Efron's likelihood climbed by finite differences, scores of each row step by step, strata's sums with count over count less one, Student's t; and the ratio of the two.

    In some of four histories six strata are so alike that the information gives more: no interval is narrower than that, and no p smaller.
    """
    assert {alike for seed in (6, 7, 8, 9) for alike in _held_against_a_second_implementation(seed)} == {True, False}


def _held_against_a_second_implementation(seed: int) -> list[bool]:
    """Whether the information gave the wider interval, for the first ratio and for that of the two."""
    rng = np.random.default_rng(seed)
    units, count = 60, 6
    day, strata = rng.integers(0, 15, units).astype(np.float64), np.arange(units) % count
    sender, receiver = rng.integers(0, units, (2, 240))
    kept = sender != receiver
    halves = [
        Links(each[0], each[1], directed=True)
        for each in np.array_split(np.stack([sender[kept], receiver[kept]]), 2, axis=1)
    ]
    rows = hazard.first_events(day, [each.matrix(units) for each in halves], [(1, 3), (1, 3)], np.zeros((units, 0)))
    first, _, over = (*fit(rows, 2, strata, over=[(0, 1)]),)
    beta = np.log([first.ratio, first.ratio / over.ratio])

    def scores(at: np.ndarray) -> np.ndarray:
        total = np.zeros((units, 2))
        for row in rows:
            for step in range(row.acts.sum()):
                weight = np.exp(row.known @ at) * np.where(row.acts, 1.0 - step / row.acts.sum(), 1.0)
                weight /= weight.sum()
                total[row.units] += (row.acts / row.acts.sum() - weight)[:, None] * (row.known - weight @ row.known)
        return total

    assert scores(beta).sum(axis=0) == pytest.approx([0.0, 0.0], abs=1e-6)
    turns = [(scores(beta - move).sum(axis=0) - scores(beta + move).sum(axis=0)) / 2e-5 for move in 1e-5 * np.eye(2)]
    inverse = np.linalg.inv(np.array(turns))
    summed = np.array([scores(beta)[strata == each].sum(axis=0) for each in range(count)])
    spread = inverse @ summed.T @ summed @ inverse * count / (count - 1)
    alike: list[bool] = []
    for ratio, contrast in ((first, np.array([1.0, 0.0])), (over, np.array([1.0, -1.0]))):
        clustered, bare = (np.sqrt(contrast @ each @ contrast) for each in (spread, inverse))
        reach = max(student.ppf(0.975, count - 1) * clustered, norm.ppf(0.975) * bare)
        assert np.log([ratio.low, ratio.high]) == pytest.approx(contrast @ beta + np.array([-reach, reach]), rel=1e-4)
        alike.append(reach == norm.ppf(0.975) * bare)
        size = abs(contrast @ beta)
        p = max(norm.sf(size / bare), student.sf(size / clustered, count - 1))
        assert ratio.p == pytest.approx(2.0 * p, rel=1e-3)
    return alike


def _counted(
    events: list[tuple[int, float]],
    true: set[tuple[int, int]],
    false: set[tuple[int, int]],
    fixed: np.ndarray,
    *,
    again: bool,
) -> list[RiskDay]:
    """Risk days with a window of three days, each unit's senders counted one by one: a second implementation."""
    rows = []
    for today in sorted({day for _, day in events}):
        at_risk = [unit for unit in range(len(fixed)) if again or any(u == unit and d >= today for u, d in events)]
        known = [
            [
                sum(any(u == s and low <= today - d <= high for u, d in events) for s, r in links if r == unit)
                for links, low, high in ((true, 1, 3), (true, -3, -1), (false, 1, 3))
            ]
            for unit in at_risk
        ]
        acts = np.array([(unit, today) in events for unit in at_risk])
        rows.append(RiskDay(np.array(at_risk), np.column_stack([np.array(known, np.float64), fixed[at_risk]]), acts))
    return rows


def _ends(ratios_: list[Ratio]) -> list[list[float]]:
    return [[each.ratio, each.low, each.high] for each in ratios_]


def test_ratios_are_those_of_senders_counted_one_by_one() -> None:
    """Past and placebo from the day before on, the future after it, links within one reporting interval nowhere; last the past over the placebo, and the logarithm of size taken out."""
    rng = np.random.default_rng(7)
    day, size = rng.integers(0, 15, 40).astype(np.float64), rng.uniform(1.0, 9.0, 40)
    batch = np.where(np.arange(40) < 16, np.arange(40) % 2, -1)
    steps = ((1, 2, 4), (3, 5, 6))
    true, false = ({(unit, (unit + step) % 40) for unit in range(40) for step in each} for each in steps)
    given = [Links(*np.array(sorted(each)).T, directed=True) for each in (true, false)]
    found = ratios(day, given[0], given[1], np.zeros(40, np.intp), 3, batch, size=size)
    apart = [{(s, r) for s, r in each if not batch[s] == batch[r] >= 0} for each in (true, false)]
    rows = _counted(list(enumerate(day.tolist())), apart[0], apart[1], np.log(size)[:, None], again=False)
    assert _ends(found[:3]) == pytest.approx(np.array(_ends(fit(rows, 3))), rel=1e-6)
    assert found[3].ratio == pytest.approx(found[0].ratio / found[2].ratio)


@pytest.mark.parametrize(("most", "sized"), [(12, False), (12, True), (11, False), (11, True)])
def test_ratios_of_events_that_repeat_are_those_of_senders_counted_one_by_one(
    monkeypatch: pytest.MonkeyPatch, most: int, sized: bool
) -> None:
    """Everybody on every day with events, units as clusters; with an effect of each unit, which holds its size, and where units are more than get one with effects of strata and the logarithm of size."""
    monkeypatch.setattr("desertion.study.places.hazards._UNIT_EFFECTS", most)
    rng = np.random.default_rng(8)
    events = sorted({(int(unit), float(day)) for unit, day in rng.integers(0, (12, 30), (60, 2))})
    unit, day = (np.array(each) for each in zip(*events, strict=True))
    true, false = ({(unit, (unit + step) % 12) for unit in range(12) for step in each} for each in ((1, 2), (3, 5)))
    strata, size = np.arange(12) % 2, rng.uniform(1.0, 9.0, 12)
    size[4] = np.nan
    data = Events(
        units=tuple(map(str, range(12))), first=np.array([[day[unit == each].min()] for each in range(12)]), batch=np.full(12, -1),
        intervals=np.zeros((0, 2)), unit_of=unit, day_of=day, strata=strata, strata_names=("", ""), points=None,
        size=size if sized else None, also={}, origin=date(2020, 1, 1), remarks=(),
    )  # fmt: skip
    given = [Links(*np.array(sorted(each)).T, directed=True) for each in (true, false)]
    (found,) = hazards(data, given[0], given[1], 3)
    logs = np.log(np.where(np.isnan(size), np.nanmedian(size), size))
    fixed = np.eye(12)[:, 1:] if most == 12 else np.column_stack([strata, *([logs] if sized else [])])
    wanted = fit(_counted(events, true, false, fixed, again=True), 3, np.arange(12), over=[(0, 2)])
    assert found.past is not None
    assert found.future is not None
    assert found.unlinked is not None
    assert found.beyond is not None
    of_all = [found.past, found.future, found.unlinked, found.beyond]
    assert _ends(of_all) == pytest.approx(np.array(_ends(wanted)), rel=1e-5)
    kept = "units" if most == 12 else "size, strata" if sized else "strata"
    assert found.name == f"all units on all days with events, with effects of {kept} and days"


def test_size_that_neighbours_share_is_no_contagion_where_events_repeat() -> None:
    """Large places beside large ones, of 130 that act independently of each other: their size was not looked at, and a neighbour's past multiplied the hazard by 1.14 (1.06 to 1.23)."""
    rng = np.random.default_rng(6)
    size, points = np.exp(rng.normal(8.0, 1.0, 130)), np.column_stack([rng.random(130) * 70.0, rng.random(130) * 110.0])
    size = np.sort(size)[np.argsort(np.argsort(points[:, 1]))]
    unit = np.repeat(np.arange(130), rng.poisson(6.0 * size / size.mean()))
    day = rng.integers(0, 60, len(unit))
    rows = pd.DataFrame({"unit": unit, "date": pd.Timestamp("2030-01-01") + pd.to_timedelta(day, unit="D")})
    rows = rows.assign(x=points[unit, 0], y=points[unit, 1], people=size[unit])
    few = {"distance": 8.7, "permutations": 19, "histories": 0}
    bare, sized = (contagion(rows, columns={"size": column}, **few).hazards[0].past for column in ("", "people"))
    assert bare is not None
    assert sized is not None
    assert bare.low > 1.0
    assert sized.low < 1.0 < sized.high
    assert abs(sized.ratio - 1.0) < 0.05


def _columns(*names: str) -> list[RiskDay]:
    """Thirty days on which one of twenty acts, with covariates by name: `free` ones, one that is always 0, one that is 3 for all, one of which nobody ever acts, or the first once more."""
    rng = np.random.default_rng(3)
    rows: list[RiskDay] = []
    for _ in range(30):
        free = rng.integers(0, 2, (20, 3)).astype(np.float64)
        acts = np.arange(20) == 4
        known = {
            "free": None,
            "nobody": np.zeros(20),
            "all": np.full(20, 3.0),
            "never": (np.arange(20) > 15) * 1.0,
            "again": free[:, 0],
        }
        columns = [free[:, place] if name == "free" else known[name] for place, name in enumerate(names)]
        rows.append(RiskDay(np.arange(20), np.column_stack(columns), acts))
    return rows


@pytest.mark.parametrize(
    ("names", "kept", "said"),
    [
        (("free", "free", "free"), (0, 1, 2), ""),
        (("free", "free", "nobody"), (0, 1), "nobody at risk has a placebo link that acts 1 to 3 days before a day with events; widen the window (--window) or give more events"),
        (("free", "nobody", "free"), (0, 2), "nobody at risk has a linked unit that acts 1 to 3 days after a day with events; widen the window (--window) or give more events"),
        (("all", "free", "free"), (1, 2), "all at risk have the same number of linked units that act 1 to 3 days before a day with events, whichever day it is; give fewer links"),
        (("free", "free", "never"), (0, 1), "the ratio for the past of placebo links is 0 or without bound, since units with a placebo link that acts 1 to 3 days before them never act, or they alone do; widen the window (--window) or give more events"),
        (("free", "free", "again"), (1,), "the past of linked units and the past of placebo links go together on all days, so that their ratios cannot be told apart; give more events"),
        (("nobody", "nobody", "nobody"), (), "nobody at risk has a linked unit that acts 1 to 3 days before a day with events, and nobody at risk has a linked unit that acts 1 to 3 days after a day with events, and nobody at risk has a placebo link that acts 1 to 3 days before a day with events; widen the window (--window) or give more events"),
        (("nobody", "free", "never"), (1,), "nobody at risk has a linked unit that acts 1 to 3 days before a day with events, and the ratio for the past of placebo links is 0 or without bound, since units with a placebo link that acts 1 to 3 days before them never act, or they alone do; widen the window (--window) or give more events"),
    ],
)  # fmt: skip
def test_ratios_that_can_be_estimated_are_and_the_others_say_why_not(
    names: tuple[str, ...], kept: tuple[int, ...], said: str
) -> None:
    """Whichever of past, future and placebo links was without a ratio took the others along, and linked units that do not act were named as the reason.

    Ratios that are left are those of a fit of the covariates that have one.
    """
    rows = _columns(*names)
    found, problem = _estimated(rows, None, Gaps(3, unlinked=True, placed=True))
    assert problem == said
    assert tuple(place for place in range(3) if found[place]) == kept
    assert (found[3] is not None) == ({0, 2} <= set(kept))
    beside = [place for place in range(3) if names[place] in ("never", "again")]
    alone = [RiskDay(row.units, row.known[:, [*kept, *beside]], row.acts) for row in rows]
    wanted = fit(alone, len(kept)) if kept else []
    for place, each in zip(kept, wanted, strict=True):
        ratio = found[place]
        assert ratio is not None
        assert [ratio.ratio, ratio.low, ratio.high] == pytest.approx([each.ratio, each.low, each.high])


def test_past_and_future_stand_where_there_are_no_placebo_links() -> None:
    """Fifteen strata of four units that are all linked with each other, without positions: nobody is left to stand for a placebo. It read that no linked unit had acted, where 14 units had followed one, and no ratio was told."""
    rng = np.random.default_rng(8)
    rows = pd.DataFrame({"unit": [f"p{place:02d}" for place in range(60)], "stratum": np.arange(60) // 4})
    rows["date"] = pd.Timestamp("2030-01-01") + pd.to_timedelta(rng.integers(0, 30, 60), unit="D")
    pairs = [(a, b) for a, b in combinations(range(60), 2) if a // 4 == b // 4 or b == a + 4]
    links = [(f"p{a:02d}", f"p{b:02d}") for a, b in pairs]
    few = {"columns": {"strata": "stratum"}, "permutations": 99, "histories": 0}
    found = contagion(rows, links, **few)
    (told,) = found.hazards
    assert told.past is not None
    assert told.future is not None
    assert (told.unlinked, told.beyond) == (None, None)
    why = "there are no placebo links, since no linked unit has an unlinked one in its stratum; give positions, wider strata or fewer links"
    assert told.problem == why
    said = words(found, found.verdict)
    assert (
        f"hazard times {ratio_text(told.past)} for each linked unit that acted 1 to 3 days before; for its future {ratio_text(told.future)} (no placebo, the links go both ways); for placebo links none. There are no placebo links,"
        in said
    )
    assert found.table["name"].str.startswith("past; ").sum() == 1
    close = replace(found, primary=replace(found.primary, p=0.01))
    assert f"Placebo links could not be tried (units that act, conditional on acting): {why}." in judge(close).sentences
    ahead = pd.DataFrame(links, columns=["from", "to"])
    directed = replace(contagion(rows, ahead, **few), primary=replace(found.primary, p=0.01))
    assert judge(directed).word == UNKNOWN
    at = rows.assign(x=np.arange(60.0), y=0.0)
    everybody = contagion(at, distance=99.0, **few).hazards[0]
    assert "there are no placebo links, since each linked unit is linked with all others" in everybody.problem


def test_a_ratio_that_some_draws_of_the_dates_do_not_give_is_left_out() -> None:
    """And it is said in how many of them, and why; the other ratios stay."""
    steps = np.arange(12)
    true, false = (Links(steps, (steps + step) % 12, directed=True) for step in (1, 5))
    first = np.random.default_rng(1).integers(0, 12, (12, 3)).astype(np.float64)
    first[:, 2] = [0, 1, 2, 9, 8, 13, 14, 25, 24, 35, 36, 60]
    data = Events(
        units=tuple(map(str, steps)), first=first, batch=np.full(12, -1), intervals=np.zeros((0, 2)), unit_of=steps, day_of=first[:, 0],
        strata=np.zeros(12, np.intp), strata_names=("",), points=None, size=None, also={}, origin=date(2020, 1, 1), remarks=(),
    )  # fmt: skip
    (found,) = hazards(data, true, false, 3)
    for day in first.T[:2]:
        assert ratios(day, true, false, data.strata, 3, data.batch)
    with pytest.raises(NoRatioError):
        ratios(first[:, 2], true, false, data.strata, 3, data.batch)
    assert found.past is not None
    assert found.unlinked is None
    assert found.problem.startswith("in 1 of 3 draws of the dates the ratio for the past of placebo links is 0 or")
