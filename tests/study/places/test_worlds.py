"""Histories of the model on a map."""

from __future__ import annotations

import numpy as np

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
