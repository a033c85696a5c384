"""Made-up histories keep what they promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations, product

import numpy as np
import pytest
from scipy.sparse import csr_array

from desertion.errors import InputError
from desertion.study.places.events import Events
from desertion.study.places.finding import Alarm
from desertion.study.places.hazard import Ratio
from desertion.study.places.histories import Course, course_of, history, reported, shocks_of
from desertion.study.places.links import Links
from desertion.study.places.pairs import Outcome, compare_pairs
from desertion.study.places.power import RATIOS, _as_reported, _owed, _rivals, alarms, also_alarms, judged


def test_as_many_act_on_each_day_as_in_the_data() -> None:
    """Whatever the effect and the shocks."""
    rng = np.random.default_rng(1)
    strata = (np.arange(50) // 10).astype(np.intp)
    day = np.where(np.arange(50) < 40, rng.integers(0, 12, 50), np.nan).astype(np.float64)
    points = rng.random((50, 2)) * 50
    made = history(
        course_of(day, strata),
        rng,
        linked=Links(np.arange(49), np.arange(1, 50)).matrix(50),
        log_ratio=1.0,
        shocks=shocks_of(points, 10.0, 1.0),
    )
    known = day[np.isfinite(day)]
    assert (
        np.unique(made[np.isfinite(made)], return_counts=True)[1].tolist()
        == np.unique(known, return_counts=True)[1].tolist()
    )
    assert np.isnan(made).sum() == 10


def test_a_linked_unit_is_chosen_as_often_as_its_hazard_says() -> None:
    """One of two at risk has a linked event yesterday and twice the hazard: chosen in two of three of 4,000 histories, within four standard errors (0.030)."""
    course = Course(
        days=np.array([0.0, 1.0]), counts=np.array([1, 1]), lean=np.zeros((2, 2)), strata=np.array([0, 1, 1])
    )
    lean = course.lean.copy()
    lean[0] = [50.0, 0.0]  # unit 0 acts first
    course = Course(days=course.days, counts=course.counts, lean=lean, strata=course.strata)
    matrix = Links(np.array([0]), np.array([1]), directed=True).matrix(3)
    rng = np.random.default_rng(2)
    chosen = np.mean([history(course, rng, linked=matrix, log_ratio=np.log(2.0))[1] == 1.0 for _ in range(4000)])
    assert abs(chosen - 2 / 3) < 0.030


def test_shocks_fall_off_with_distance() -> None:
    """The correlation at the range is 1/e."""
    points = np.array([[0.0, 0.0], [10.0, 0.0], [40.0, 0.0]])
    shocks = shocks_of(points, 10.0, 1.0)
    correlation = shocks.root @ shocks.root.T
    assert np.allclose(correlation[0], [1.0, np.exp(-1), np.exp(-4)], atol=1e-5)


def test_shocks_are_made_as_their_kind_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a matrix of all places: ten of them at once took 3 GB for 6,000 places."""
    made: list[tuple[float, float]] = []
    monkeypatch.setattr(
        "desertion.study.places.power.shocks_of", lambda _points, reach, size: made.append((reach, size))
    )
    points = np.random.default_rng(1).random((16, 2))
    kinds = _rivals(points, course_of(np.arange(16.0), np.zeros(16, np.intp)))
    names = [(next(kinds)[0], len(made)) for _ in range(11)]
    assert [count for _, count in names] == [1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10]
    assert names[-1][0] == "shocks of 100 km range and double size, no contagion"
    assert made == [
        (5.0, 1.0),
        (10.0, 1.0),
        (20.0, 1.0),
        (50.0, 1.0),
        (100.0, 1.0),
        *((r, 2.0) for r in (5.0, 10.0, 20.0, 50.0, 100.0)),
    ]


def test_reports_wait_for_their_desk() -> None:
    """Never earlier than the event, and places of one desk report on common days."""
    rng = np.random.default_rng(3)
    day = rng.integers(0, 30, 60).astype(np.float64)
    desks = (np.arange(60) // 20).astype(np.intp)
    late = reported(day, desks, 4.0, rng)
    assert (late >= day).all()
    assert late.mean() > day.mean() + 1.0
    assert len(np.unique(late[desks == 0])) < len(np.unique(day[desks == 0]))


def test_a_linked_event_counts_up_to_the_last_day_of_the_window() -> None:
    """On a ring, with a hazard beyond all bounds, who acts three days after another is the next one, and need not be two days' window before."""
    units = 6
    ring = csr_array((np.ones(units), ((np.arange(units) + 1) % units, np.arange(units))), shape=(units, units))
    course = Course(
        days=np.array([0.0, 3.0]), counts=np.array([1, 1]), lean=np.zeros((2, 1)), strata=np.zeros(units, np.intp)
    )
    for last, always in ((3, True), (2, False)):
        rng = np.random.default_rng(1)
        drawn = [history(course, rng, linked=ring, log_ratio=60.0, window=(1, last)) for _ in range(40)]
        follows = [
            int(np.flatnonzero(day == 3.0)[0]) == (int(np.flatnonzero(day == 0.0)[0]) + 1) % units for day in drawn
        ]
        assert all(follows) == always


def test_an_event_on_the_day_of_a_report_is_in_it() -> None:
    """A desk that reports every day is never late."""
    day = np.array([0.0, 4.0, np.nan, 9.0])
    late = reported(day, np.zeros(4, np.intp), 1.0, np.random.default_rng(1))
    assert np.array_equal(late, day, equal_nan=True)


def test_a_reported_day_may_be_any_of_its_interval() -> None:
    """Its first and last among them; a day in no interval stays."""
    day = np.array([2.0] * 50 + [9.0])
    drawn, batch = _as_reported(day, np.array([[0.0, 4.0]]), np.random.default_rng(1))
    assert set(np.unique(drawn[:50])) == {0.0, 1.0, 2.0, 3.0, 4.0}
    assert np.unique(drawn[50]).tolist() == [9.0]
    assert batch.tolist() == [0] * 50 + [-1]


def test_what_is_owed_to_contagion_had_not_happened_by_then_without_it() -> None:
    """Of three who act in the first half one did so without contagion too."""
    made, plain = np.array([0.0, 1.0, 2.0, 9.0, 9.0, 9.0]), np.array([0.0, 9.0, np.nan, 9.0, 9.0, 9.0])
    assert _owed([made], [plain]) == pytest.approx(2.0 / 3.0)


def _events(day: np.ndarray, strata: np.ndarray) -> Events:
    units = len(day)
    return Events(
        units=tuple(map(str, range(units))), first=day[:, None], batch=np.full(units, -1), intervals=np.zeros((0, 2)), unit_of=np.arange(units),
        day_of=day, strata=strata, strata_names=("", ""), points=None, size=None, also={}, origin=date(2020, 1, 1), remarks=(),
    )  # fmt: skip


def test_alarms_are_counted_as_by_hand_and_a_placebo_predicts_by_its_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strata of four and three: the 144 orders of each history one by one, pairs on one day not counted; a ratio as large as the observed one has reached it.

    Of four histories one has no hazard; in two of the other three the interval of the future lies above 1, and in one that of placebo links. Sizes are taken out of them as out of the data, the middle one where it is not known.
    """
    strata = np.array([0, 0, 0, 0, 1, 1, 1])
    ends = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]
    histories = [
        np.array(days, np.float64)
        for days in (
            [0, 1, 9, 20, 5, 6, 40],
            [0, 2, 4, 6, 8, 10, 12],
            [0, 9, 1, 8, 8, 30, 9],
            [3, 3, 9, 5, 30, 31, 50],
        )
    ]

    def close(day: np.ndarray) -> int:
        return sum(1 <= abs(day[a] - day[b]) <= 3 for a, b in ends)

    orders = [[*first, *second] for first, second in product(permutations(range(4)), permutations(range(4, 7)))]
    every = [[close(day[order]) for order in orders] for day in histories]
    ratio = [close(day) / np.mean(null) for day, null in zip(histories, every, strict=True)]
    p = [np.mean(np.array(null) >= close(day)) for day, null in zip(histories, every, strict=True)]
    lows = iter([(1.1, 0.9), (0.5, 1.2), None, (1.3, 0.8)])

    def placebos(*_: object, size: np.ndarray) -> list[Ratio]:
        assert size.tolist() == [1.0, 2.0, 3.0, 3.5, 4.0, 5.0, 6.0]
        if (low := next(lows)) is None:
            raise InputError("none")
        return [Ratio(2.0, each, 4.0, 0.1) for each in (0.9, *low, 0.9)]

    monkeypatch.setattr("desertion.study.places.power.ratios", placebos)
    links = Links(*np.array(ends).T)
    row = judged(
        "",
        histories,
        replace(_events(histories[0], strata), size=np.array([1.0, 2.0, 3.0, np.nan, 4.0, 5.0, 6.0])),
        links,
        links,
        3,
        sorted(ratio)[1],
        np.random.default_rng(1),
    )
    assert row.ratio == pytest.approx(np.median(ratio))
    assert (row.histories, row.alarms, row.reached) == (4, sum(each <= 0.05 for each in p), 0.75)
    assert 0 < row.alarms < 4
    assert (row.fitted, row.future, row.unlinked) == (3, pytest.approx(2 / 3), pytest.approx(1 / 3))


def test_histories_of_a_further_outcome_are_of_its_own_units_and_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four of five units have the second event: they alone are on the map, each history has their days, and the ratio to be reached is that outcome's own; reporting intervals are the primary outcome's."""
    day, second = np.array([0.0, 2.0, 5.0, 9.0, 30.0]), np.array([1.0, np.nan, 4.0, 8.0, 20.0])
    events = replace(
        _events(day, np.array([0, 0, 0, 0, 1])),
        also={"second": second[:, None]},
        batch=np.zeros(5, np.intp),
        intervals=np.array([[0.0, 99.0]]),
    )
    links = Links(np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4]))
    seen: list[tuple[list[float], int, float]] = []

    def looked(
        _name: str, days: list[np.ndarray], mine: Events, true: Links, _false: Links, _window: int, observed: float, *_: object, log_ratio: float
    ) -> Alarm:  # fmt: skip
        seen.append((sorted(days[0]), len(true), observed))
        assert (mine.units, len(mine.intervals), mine.batch.tolist()) == (("0", "2", "3", "4"), 0, [-1] * 4)
        return Alarm(name="", contagion=log_ratio > 0.0, histories=1, alarms=0, low=0.0, high=1.0, ratio=1.0, reached=0.0, future=0.0, unlinked=0.0)  # fmt: skip

    monkeypatch.setattr("desertion.study.places.power.judged", looked)
    outcome = Outcome(name="second", links=links, days=second[:, None])
    test = replace(
        compare_pairs([outcome], events.strata, most=99, rng=np.random.default_rng(1))[0], least=0.01, observed=7.0
    )
    rows = list(also_alarms(events, links, links, 3, [test], 1, 1))
    assert [(row.outcome, row.contagion) for row in rows] == [("second", False), *[("second", True)] * len(RATIOS)]
    assert seen == [([1.0, 4.0, 8.0, 20.0], 2, test.ratio)] * 5
    assert list(also_alarms(events, links, links, 3, [replace(test, least=0.06)], 1, 1)) == []


def test_made_up_contagion_works_in_the_days_that_the_test_looks_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the day after on, to the last of the window, as strong as the row says; the first row has none. Units without an event are not on the map."""
    asked: list[tuple[float, tuple[int, int]]] = []

    def made(
        course: Course, _: object, *, linked: object = None, log_ratio: float = 0.0, window: tuple[int, int] = (0, 0)
    ) -> np.ndarray:
        assert len(course.strata) == 3
        asked.append((log_ratio, window))
        return np.array([0.0, 2.0, 5.0])

    monkeypatch.setattr("desertion.study.places.power.history", made)
    links = Links(np.array([0, 1, 2]), np.array([1, 2, 3]))
    rows = list(alarms(_events(np.array([0.0, 2.0, 5.0, np.nan]), np.zeros(4, np.intp)), links, links, 4, 1.0, 1, 1))
    assert asked == [(0.0, (0, 0)), *((np.log(ratio), (1, 4)) for ratio in RATIOS)]
    assert [row.contagion for row in rows] == [False] + [True] * len(RATIOS)
