"""Histories of the model on a map."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from desertion.scenario import Scenario
from desertion.study.arrays import Array
from desertion.study.places.contagion import contagion
from desertion.study.places.links import within
from desertion.study.places.worlds import Map, histories, weekly_rates

POINTS = np.random.default_rng(6).random((60, 2)) * 60.0
GROUND = Map(points=POINTS, links=within(POINTS, 12.0), rates=np.array([0.01, 0.03, 0.05]))


def test_rates_give_back_the_weeks_of_the_data() -> None:
    """Six of sixty in the first week: 6 events over 7 times 57 place-days."""
    day = np.array([0, 1, 2, 3, 4, 6, 8, 9], np.float64)
    assert np.allclose(weekly_rates(day, 60), [6 / (7 * 57), 2 / (7 * 53)])


def test_contagion_brings_events_forward_on_the_same_fates() -> None:
    """With the same seed nobody acts later under contagion than without it, and some act earlier."""
    plain, contagious = (histories(GROUND, 3, 1, weight=weight) for weight in (0.0, 4.0))
    sooner = 0
    for without, with_ in zip(plain, contagious, strict=True):
        before, after = np.nan_to_num(without, nan=999.0), np.nan_to_num(with_, nan=999.0)
        assert (after <= before).all()
        sooner += int((after < before).sum())
    assert sooner > 0


def test_rates_act_from_the_first_day_of_their_week() -> None:
    """Where all go at once they go on day 0 in the first week and on day 7 in the second, the last day of which is day 13."""
    for rates, day in (([10.0], 0.0), ([0.0, 10.0], 7.0)):
        assert (histories(replace(GROUND, rates=np.array(rates)), 1, 1)[0] == day).all()


def test_contagion_runs_along_the_links_of_the_map() -> None:
    """Places that are tied to nobody act on the same day with it and without; of those that are tied some act sooner. The second history is that of the next seed."""
    tied = np.maximum(GROUND.links.sender, GROUND.links.receiver) < 30
    links = replace(GROUND.links, sender=GROUND.links.sender[tied], receiver=GROUND.links.receiver[tied])
    ground = replace(GROUND, links=links)
    alone = np.setdiff1d(np.arange(60), [links.sender, links.receiver])
    (_, before), (_, after) = (histories(ground, 2, 1, weight=weight) for weight in (0.0, 4.0))
    assert np.array_equal(before[alone], after[alone], equal_nan=True)
    assert not np.array_equal(before, after, equal_nan=True)
    assert np.array_equal(before, histories(ground, 1, 2)[0], equal_nan=True)


def test_cells_are_squads_whose_shocks_are_half_gone_after_three_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scenario that is run: one person a place, squads of the cell's size, a shock each; the pull of who left is half gone after two days; who never leaves has no day."""
    asked: list[Scenario] = []

    def model(scenario: Scenario, rng: int) -> SimpleNamespace:
        asked.append(scenario)
        return SimpleNamespace(run=lambda: SimpleNamespace(world=SimpleNamespace(left_day=np.full(60, -1))))

    monkeypatch.setattr("desertion.simulation.model.DesertionModel", model)
    assert np.isnan(histories(GROUND, 1, 1, shock=0.5, cell=6)).all()
    (force,), told = asked[0].forces, asked[0].behaviour
    assert (force.soldiers, force.squad, force.platoon, asked[0].days) == (60, 6, 1, 21)
    assert (told.shock_unit, told.half_life_ties) == (0.5, 2.0)
    assert told.shock_memory**3 == pytest.approx(0.5, abs=0.02)


def test_cells_share_their_shocks() -> None:
    """Under strong shocks the places of a cell act closer together in time than places of different cells, in the mean of 20 histories."""
    from desertion.study.places.links import along

    rank = np.argsort(along(POINTS)) // 6
    same = rank[:, None] == rank[None]
    np.fill_diagonal(same, val=False)
    other = ~same
    np.fill_diagonal(other, val=False)
    apart = []
    for day in histories(GROUND, 20, 1, shock=2.5, cell=6):
        gap = np.abs(day[:, None] - day[None])
        apart.append(np.nanmean(gap[same]) - np.nanmean(gap[other]))
    assert np.mean(apart) < -0.3


@pytest.fixture
def lived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the histories of a kind, which are not counted here, the first stands for all."""

    def first(ground: Map, number: int, *told: int, **more: float) -> list[Array]:
        return histories(ground, 1, *told, **more) * number  # type: ignore[arg-type]

    monkeypatch.setattr("desertion.study.places.power.histories", first)


def test_a_cell_is_not_larger_than_the_map(lived_once: None) -> None:
    """Of ten places a cell of twelve holds all, as one of ten does; so `contagion` makes histories of a list of ten, and says the cells that they have."""
    points = POINTS[:10] / 3.0
    ground = Map(points=points, links=within(points, 12.0), rates=GROUND.rates)
    larger, whole = (histories(ground, 1, 1, shock=1.0, cell=cell)[0] for cell in (12, 10))
    assert np.array_equal(larger, whole, equal_nan=True)
    dates = [f"2030-01-{1 + 2 * unit:02d}" for unit in range(10)]
    events = pd.DataFrame({"unit": range(10), "date": dates, "x": points[:, 0], "y": points[:, 1]})
    found = contagion(events, distance=12.0, permutations=199, histories=0, model=20)
    cells = [row.name for row in found.alarms if "cells" in row.name]
    assert [name.partition(" places")[0].split()[-1] for name in cells] == ["2", "4", "10"]


def test_rows_say_that_ties_of_the_model_hold_both_ways(lived_once: None) -> None:
    """Where links have a direction: in these worlds the receiver moves the sender as well. Rows without contagion, and those of mutual links, have nothing to say."""
    points = POINTS[:12] / 3.0
    pairs = within(points, 12.0)
    dates = [f"2030-01-{1 + 2 * unit:02d}" for unit in range(12)]
    events = pd.DataFrame({"unit": range(12), "date": dates, "x": points[:, 0], "y": points[:, 1]})
    for ends, said in ((("from", "to"), True), (("a", "b"), False)):
        links = pd.DataFrame({ends[0]: pairs.sender, ends[1]: pairs.receiver})
        found = contagion(events, links, permutations=199, histories=0, model=20)
        assert found.links.directed == said
        told = {(row.contagion, "trend and contagion both ways along each link, " in row.name) for row in found.alarms}
        assert told == {(False, False), (True, said)}
