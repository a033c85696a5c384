"""Cases are windows that hold every point of their series, with the number at risk that the series is of."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.history import shipped as history
from desertion.study.history.series import Point, Series
from desertion.study.thesis.cases import case, case_of, own_case, shipped_cases


def _series(values: list[float], kind: str = "flow") -> Series:
    start = date(2030, 1, 1)
    points = tuple(
        Point(
            start=start + timedelta(days=7 * i),
            end=start + timedelta(days=7 * i + 6),
            value=value,
            low=None,
            high=None,
            unit="persons",
            counts="acts",
            source="made up",
            grade="A",
        )
        for i, value in enumerate(values)
    )
    return Series(name="mine", title="mine", kind=kind, use="fit", points=points)  # pyright: ignore[reportArgumentType] - parametrised


@pytest.mark.parametrize("name", shipped_cases())
def test_every_figure_lies_in_the_window_and_in_order(name: str) -> None:
    """Intervals are within the steps, do not overlap, and the totals fit who is at risk."""
    window = case(name).window
    assert len(window.intervals) == len(case(name).series.points)
    assert all(0 <= begin < end <= window.steps for begin, end in window.intervals)
    ends = [end for _, end in window.intervals]
    assert all(after > before for before, after in itertools.pairwise(ends))
    if not window.cumulative:
        assert all(later[0] >= sooner[1] for sooner, later in itertools.pairwise(window.intervals))


def test_a_month_has_its_own_length_whatever_the_step() -> None:
    """Ukraine's months count in steps of ten days: 28 to 31 days are 2.8 to 3.1 steps, and no two lie on each other."""
    judged = case("ukraine-awol")
    days = [(point.end - point.start).days + 1 for point in judged.series.points]
    assert judged.window.lengths == pytest.approx(np.array(days) / 10.0)


def test_a_figure_shorter_than_a_step_stands_for_its_step() -> None:
    """A Monday stands for its week: sixteen weeks of one step."""
    assert case("leipzig-mondays").window.lengths.tolist() == [1.0] * 16


def test_running_totals_end_on_their_own_days() -> None:
    """Steps of three days: from 1 to 5 November are five days and from 6 to 9 November four, whatever steps they begin and end in."""
    days = np.diff(
        [date(1989, 1, 1) - timedelta(days=1), *(p.end for p in case("gdr-emigration-points").series.points)]
    )
    assert case("gdr-emigration-points").window.lengths == pytest.approx(np.array([day.days for day in days]) / 3.0)


def _rows(days: list[int], values: list[float], kind: str = "flow") -> Series:
    """A series of figures that adjoin, each so many days long; running totals are told on the last of these days."""
    ends = date(2029, 12, 31) + np.cumsum(days) * timedelta(days=1)
    points = tuple(
        replace(
            _series([0.0]).points[0],
            start=end if kind == "cumulative" else end - timedelta(days=length - 1),
            end=end,
            value=value,
        )
        for end, length, value in zip(ends.tolist(), days, values, strict=True)
    )
    return replace(_series([0.0], kind), points=points)


@pytest.mark.parametrize("days", [[1] * 160, [1] * 365, [7] * 52 + [1] * 14, [1] * 14 + [7] * 52, [30] * 20 + [1] * 9])
def test_no_figure_of_ones_own_is_shorter_than_a_step(days: list[int]) -> None:
    """Ten a day whatever the rows: log rates are one number, nothing is lost, and what was put together is told."""
    series = _rows(days, [10.0 * length for length in days])
    judged = own_case(series, (100_000, 100_000))
    assert judged.window.lengths.min() >= 1.0
    assert judged.window.lengths.sum() == pytest.approx(judged.window.steps)
    assert judged.window.total == judged.series.values.sum() == series.values.sum()
    assert np.ptp(judged.logs) < 0.06
    put = len(days) - len(judged.series.points)
    assert [f"{put} of {len(days)} figures are added" in remark for remark in judged.series.remarks] == [True] * bool(
        put
    )


def test_running_totals_nearer_to_each_other_than_a_step_are_left_out() -> None:
    """Seven days in a row among months: the last of them stays, at the same rate as all others."""
    days = [30] * 8 + [1] * 7 + [30] * 4
    judged = own_case(_rows(days, np.cumsum(10.0 * np.array(days)).tolist(), "cumulative"), (100_000, 100_000))
    assert judged.window.lengths.min() >= 1.0
    assert np.ptp(judged.logs) < 0.01
    assert any("figures are left out" in remark for remark in judged.series.remarks)
    days = [30] * 2 + [1] * 7 + [30] * 4
    crowded = _rows(days, np.cumsum(10.0 * np.array(days)).tolist(), "cumulative")
    with pytest.raises(InputError, match="figures = 6 must be at least 8, and mine: 6 of 12 figures are left out"):
        own_case(crowded, (100_000, 100_000))


def test_what_was_counted_before_the_first_row_is_taken_off() -> None:
    """Fifty thousand of before change nothing, and are told; a first row that has a start counts from there."""
    days = [7] * 12
    flows = np.linspace(20.0, 90.0, 12)
    plain, late = (
        own_case(_rows(days, (before + np.cumsum(flows)).tolist(), "cumulative"), (9000, 9000)) for before in (0.0, 5e4)
    )
    assert late.window == plain.window
    assert late.series.values == pytest.approx(np.cumsum(flows[1:]))
    assert late.start == date(2030, 1, 8)
    assert late.series.remarks == (
        "mine: the 50,020 of 2030-01-07 are taken off all rows, since nothing says when they acted",
    )
    whole = _rows(days, np.cumsum(flows).tolist(), "cumulative")
    first = replace(whole.points[0], start=date(2030, 1, 1))
    since = own_case(replace(whole, points=(first, *whole.points[1:])), (9000, 9000))
    assert (since.start, len(since.series.points)) == (date(2030, 1, 1), 12)
    with pytest.raises(InputError, match="rows = 8 must be at least 9: totals count from the end of the first row"):
        own_case(_rows(days[:8], np.cumsum(flows[:8]).tolist(), "cumulative"), (9000, 9000))


def test_rules_of_ones_own_may_lower_what_is_counted() -> None:
    """By a quarter to four times: which way they went is not known."""
    judged = own_case(_series([70.0] * 10), (9000, 9000), rules=[date(2030, 2, 1)])
    assert (judged.window.rule.low, judged.window.rule.high) == (0.25, 4.0)
    window = replace(judged.window, noise=(0.0, 0.0))
    told = window.publish(np.full((2000, window.steps), 20.0), np.random.default_rng(1))
    after = told[:, -1] / told[:, 0]
    assert (after.min(), after.max()) == pytest.approx((0.25, 4.0), rel=0.05)


def test_thirty_four_capitals_are_at_risk() -> None:
    """Not five hundred people in their stead."""
    assert case("afghanistan-capitals").window.at_risk == (34, 34)
    assert case("afghanistan-capitals").window.noise == (0.0, 0.0)


def test_documented_events_fall_on_their_steps() -> None:
    """Hungary opened on 11 September 1989, a week after the first Monday; the rule of December 2024 is a step of Ukraine's window."""
    assert case("leipzig-mondays").window.doors[0] == 1
    assert case("gdr-protest-places").window.doors[0] == 7
    steps = (date(2024, 12, 1) - date(2022, 1, 1)).days / 10.0
    assert case("ukraine-awol").window.rules == (round(steps),)


def test_the_total_of_a_series_without_gaps_is_what_was_published() -> None:
    """Whatever its shape, a peak of one week too: a line through middles would cut it off."""
    series = _series([2.0, 3.0, 2.0, 90.0, 4.0, 2.0, 3.0, 1.0, 0.0, 2.0])
    assert case_of(series, (10_000, 10_000)).window.total == pytest.approx(109.0)
    assert case("gdr-protest-places").window.total == pytest.approx(435.0)


def test_gaps_are_bridged_in_the_total() -> None:
    """Two weeks of ten without a figure, four steps each, on a line in the logarithm of the rates, half an act added to each figure."""
    whole = _series([20.0 * 1.5**week - 0.5 for week in range(10)])
    gaps = replace(whole, points=whole.points[:4] + whole.points[6:])
    bridged = (5.0 * 1.5 ** ((np.arange(16, 24) - 1.5) / 4.0)).sum()
    assert case_of(gaps, (10_000, 10_000)).window.total == pytest.approx(gaps.values.sum() + bridged)


def test_all_who_were_at_risk_may_have_left() -> None:
    """Twenty of twenty in twelve weeks, of which two were not published: a bridge makes no more of them than there are."""
    whole = _series([0, 0, 1, 1, 2, 4, 4, 3, 2, 1, 1, 1])
    assert case_of(whole, (20, 20)).window.total == pytest.approx(20.0)
    gaps = replace(whole, points=whole.points[:5] + whole.points[6:])
    assert case_of(gaps, (16, 18)).window.total == 18.0


def test_something_new_can_show_from_the_second_day_to_the_last() -> None:
    """Ten weeks in forty steps of 1.75 days: of dates about both ends two fall into the window, as doors and as rules; a week's lag is four steps."""
    series = _series([70.0] * 10)
    days = [date(2030, 1, 1) + timedelta(days) for days in (0, 1, 69, 70)]
    made = case_of(series, (10_000, 10_000), doors=days, rules=days, lag_days=7.0)
    assert [made.changes_on(day) for day in days] == [False, True, True, False]
    assert (made.window.doors, made.window.rules, made.window.lag) == ((1, 39), (1, 39), 4.0)


def test_who_may_act_again_may_act_more_often_than_there_are_people() -> None:
    """Turnout of 700 among 300 to 500 people."""
    assert case_of(_series([70.0] * 10), (300, 500), again=True).window.total == pytest.approx(700.0)


def test_series_of_one_autumn_say_so() -> None:
    """The three of 1989 share their outside causes."""
    assert {name for name in shipped_cases() if case(name).autumn == "GDR 1989"} == {
        "gdr-protest-places",
        "leipzig-mondays",
        "gdr-emigration-points",
    }


def test_what_cannot_be_judged_is_refused() -> None:
    """Levels, too few at risk, wrong names: a sentence each."""
    with pytest.raises(InputError, match="must be flow or cumulative"):
        case_of(_series([0.1] * 9, "level"), (10, 10))
    for fewest in (100, 699):
        with pytest.raises(InputError, match=f"at risk = {fewest} must be at least the 700 who left; raise the number"):
            case_of(_series([70.0] * 10), (fewest, 1000))
    with pytest.raises(InputError, match="700 who left; check its unit, and that no comma divides thousands"):
        case_of(_series([70.0] * 10), (1, 200))
    with pytest.raises(InputError, match="a series in which nobody acts says nothing"):
        case_of(_series([0.0] * 10), (100, 100))
    with pytest.raises(InputError, match="did you mean 'ukraine-awol'"):
        case("ukraine-awool")
    assert len(history.load("ukraine-awol").fit_points().points) == 28
