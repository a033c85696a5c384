"""The pieces of the study of power by what is seen, and its page."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion.study.arrays import Array
from desertion.study.places.links import Links, cells
from desertion.study.places.worlds import Map
from desertion.study.statistics import wilson_interval
from tests.study.places import seen
from tests.study.places.seen import KINDS, Kind

NONE = math.nan


def _rng() -> np.random.Generator:
    return np.random.default_rng(8)


def test_owed_are_those_who_stay_without_contagion() -> None:
    """By hand: seven act in two histories with contagion, and three of these stay without it; who only acts later is not owed."""
    made = [np.array([1.0, 2.0, 3.0, NONE]), np.array([5.0, 6.0, 7.0, 8.0])]
    plain = [np.array([9.0, NONE, 3.0, NONE]), np.array([NONE, 60.0, NONE, 8.0])]
    assert seen.owed_share(made, plain) == 3 / 7
    assert seen.owed_share(plain, plain) == 0.0
    assert seen.owed_share([np.full(4, NONE)], [np.full(4, NONE)]) == 0.0


@pytest.mark.parametrize("units", [10, 100, 1_000])
def test_permuted_links_keep_how_many_each_has(units: int) -> None:
    """As many for each place, none to itself, none twice; of a thousand places' links at most one in twenty is left."""
    links = seen.ground(units, 0, KINDS[0]).links
    ends = [np.concatenate([each.sender, each.receiver]) for each in (links, seen.permuted(links, _rng()))]
    before, after = (np.bincount(each, minlength=units) for each in ends)
    assert np.array_equal(before, after)
    own, new = ({frozenset(pair) for pair in zip(*np.split(each, 2), strict=True)} for each in ends)
    assert len(own) == len(new) == len(links)
    assert all(len(pair) == 2 for pair in new)
    assert not links.directed
    assert new != own
    if units == 1_000:
        assert len(own & new) < len(own) / 20


def test_a_single_link_stays_as_it_is() -> None:
    """There is nothing to swap it with."""
    links = seen.permuted(Links(np.array([3]), np.array([1])), _rng())
    assert (links.sender.tolist(), links.receiver.tolist()) == ([3], [1])


def test_pairs_that_act_a_day_apart_alarm_along_their_links_alone() -> None:
    """Twenty-five pairs on dates of their own, a day apart: 25 close pairs where a few are expected. Links between the same places at random show none."""
    day = (np.arange(50) // 2 * 10 + np.arange(50) % 2).astype(np.float64)
    strata = np.zeros(50, np.intp)
    pairs = Links(np.arange(0, 50, 2), np.arange(1, 50, 2))
    own, permuted = (seen.tested(day, links, strata, _rng()) for links in (pairs, seen.permuted(pairs, _rng())))
    # Of 49 that one place might pair with, one lies a day off.
    assert own == {"p": 1 / 200, "untested": False, "ratio": pytest.approx(49, rel=0.3)}
    assert permuted["p"] > 0.05


def test_without_links_no_order_of_dates_says_anything() -> None:
    """Who knows no links can only count all pairs alike, within strata or among all: every permutation within strata gives the same, p is 1."""
    place = seen.ground(100, 0, KINDS[0])
    day, strata = np.floor(_rng().random(100) * 30.0), cells(place.points, seen.STRATUM)
    day[::3] = np.nan
    every = np.array(list(itertools.combinations(range(100), 2)), np.intp)
    inside = every[strata[every[:, 0]] == strata[every[:, 1]]]
    for pairs in (every, inside):
        test = seen.tested(day, Links(*pairs.T), strata, _rng())
        assert (test["p"], test["untested"]) == (1.0, True)
        assert test["ratio"] == pytest.approx(1.0)


@pytest.mark.parametrize("acted", [0, 1])
def test_fewer_than_two_events_are_untested(acted: int) -> None:
    """No pair, no alarm."""
    day = np.full(10, np.nan)
    day[:acted] = 3.0
    test = seen.tested(day, seen.ground(10, 0, KINDS[0]).links, np.zeros(10, np.intp), _rng())
    assert (test["p"], test["untested"]) == (1.0, True)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_half_the_places_act_or_as_many_less_as_contagion_is_to_bring(kind: Kind) -> None:
    """The hazards of nine weeks add up to that; shocks of standard deviation 1 multiply the mean hazard by e to the half."""
    total = 7.0 * seen.rates(kind).sum() * (math.exp(0.5) if kind.cell else 1.0)
    assert 1.0 - math.exp(-total) == pytest.approx(0.5 * (1.0 - kind.owed))
    assert seen.rates(kind)[-1] / seen.rates(kind)[0] == pytest.approx(math.exp(3.0 if kind.trend else 0.0))


def test_a_history_has_its_own_map_and_the_fates_of_its_number() -> None:
    """At a lower hazard on the same number some of the same places act, none of them sooner, and no other; another number has another map and other dates."""
    often, seldom = (seen.history(seen.ground(100, 7, kind), 7, kind, 0.0) for kind in (KINDS[0], KINDS[4]))
    acted = np.isfinite(seldom)
    assert 0 < acted.sum() < np.isfinite(often).sum()
    assert (often[acted] <= seldom[acted]).all()
    places = [seen.ground(100, number, KINDS[0]) for number in (7, 7, 8)]
    assert np.array_equal(places[0].points, places[1].points)
    assert not np.array_equal(places[0].points, places[2].points)
    assert not np.array_equal(often, seen.history(places[0], 8, KINDS[0], 0.0), equal_nan=True)


def test_shocks_and_contagion_move_who_acts_when() -> None:
    """On one map, with one set of rates and fates, dates are others with shocks, and others with contagion."""
    place = seen.ground(100, 7, KINDS[6])
    plain, shocked = (seen.history(place, 7, kind, 0.0) for kind in (KINDS[0], KINDS[6]))
    assert not np.array_equal(plain, shocked, equal_nan=True)
    assert not np.array_equal(plain, seen.history(place, 7, KINDS[0], 8.0), equal_nan=True)


def test_strength_is_where_half_act(monkeypatch: pytest.MonkeyPatch) -> None:
    """On histories in which a share acts that is the weight over 30, it is 15; without contagion it is 0, and no pilot is one of the histories that are judged."""
    asked: set[int] = set()

    def history(place: Map, number: int, _: Kind, weight: float) -> Array:
        asked.add(number)
        return np.where(np.arange(len(place.points)) < weight / 30.0 * len(place.points), 1.0, np.nan)

    monkeypatch.setattr(seen, "history", history)
    assert seen.weight_for(1_000, KINDS[3]) == pytest.approx(15.0, abs=0.1)
    assert min(asked) >= seen.HISTORIES
    assert seen.weight_for(1_000, KINDS[0]) == 0.0


def test_a_cell_counts_alarms_along_own_and_permuted_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few true histories of a hundred places with much contagion: half act, most of them owed, and own links alarm more often than permuted ones."""
    monkeypatch.setattr(seen, "HISTORIES", 6)
    monkeypatch.setattr(seen, "weight_for", lambda units, kind: 20.0 if kind.owed else 0.0)
    own, permuted = seen.judged(100, KINDS[4])
    assert (own["links"], permuted["links"]) == ("own", "permuted")
    assert 0.5 < own["owed"] == permuted["owed"] < 0.95
    assert 0.3 < own["acted"] < 0.7
    assert own["alarms"] == 6 > permuted["alarms"]
    assert own["low"] == pytest.approx(6 / (6 + 1.96**2), abs=0.001)  # Wilson's, where all alarm
    assert own["ratio"] > 2.0 > permuted["ratio"]


def test_what_is_done_is_kept_and_other_settings_are_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cell is run once; with another number of histories again."""
    ran: list[str] = []

    def judged(units: int, kind: Kind) -> list[dict[str, Any]]:
        ran.append(kind.name)
        return [{"units": units, "histories": seen.HISTORIES}]

    monkeypatch.setattr(seen, "judged", judged)
    first = [seen.kept(10, KINDS[1], tmp_path) for _ in range(2)]
    assert first[0] == first[1]
    assert len(ran) == 1
    monkeypatch.setattr(seen, "HISTORIES", 3)
    assert seen.kept(10, KINDS[1], tmp_path) == [{"units": 10, "histories": 3}]


def test_the_page_has_the_table_of_its_numbers() -> None:
    """The table of `seen.md` is made of `seen.csv`, in which every cell of the plan stands, with Wilson's intervals of counts."""
    rows = pd.read_csv(seen.PAGE / "seen.csv")
    assert len(rows) == 2 * len(seen.UNITS) * len(KINDS)
    assert set(rows["histories"]) == {seen.HISTORIES}
    assert seen.table(rows).strip() in (seen.PAGE / "seen.md").read_text(encoding="utf-8")
    for row in rows.to_dict("records"):
        assert (row["low"], row["high"]) == pytest.approx(wilson_interval(row["alarms"], row["histories"]), abs=1e-4)


def test_the_page_says_of_totals_what_their_table_says() -> None:
    """The least and the greatest power of the five series where 50 to 80 % are owed."""
    (told,) = seen.totals().query("owed == 0.65").to_dict("records")
    page = " ".join((seen.PAGE / "seen.md").read_text(encoding="utf-8").split())
    assert f"finds 50 to 80 % in {100 * told['low']:.0f} to {100 * told['high']:.0f} %" in page
