"""The record of a day: each number stands under its name."""

from __future__ import annotations

import pickle

import numpy as np

from desertion import DesertionModel
from desertion.simulation.day.ledger import write_day
from desertion.simulation.world.codes import DAY_COUNTS, HOST_COUNTS, KINDS, STATUSES
from desertion.simulation.world.fields import DAILY_EXTRA, HOST_EXTRA
from tests.simulation.worlds import toy


def test_every_column_of_a_row_is_written() -> None:
    """None is left out: a row of numbers that are none becomes one of numbers that are."""
    model = DesertionModel(toy(days=3), rng=1).run()
    w = model.world
    w.daily[2], w.hostly[2] = np.nan, np.nan
    write_day(model.core, 2, np.zeros(len(w.people)))
    assert np.isfinite(w.daily[2]).all()
    assert np.isfinite(w.hostly[2]).all()


def test_each_count_of_a_day_stands_in_the_column_of_its_name() -> None:
    """Every counter is given a number of its own; the record's columns of the same names show it, also in a model read back from a pickle."""
    model = pickle.loads(pickle.dumps(DesertionModel(toy(days=3), rng=1).run()))
    w = model.world
    w.counts_today[0] = 1000 + np.arange(len(DAY_COUNTS))
    w.host_day[0, 0] = 2000 + np.arange(len(HOST_COUNTS))
    w.count[0] = 3000 + np.arange(len(STATUSES))
    write_day(model.core, 2, np.zeros(len(w.people)))
    row = dict(zip((*STATUSES, *DAILY_EXTRA), w.daily[2, 0].tolist(), strict=True))
    assert [row[name] for name in DAY_COUNTS] == [1000 + n for n in range(len(DAY_COUNTS))]
    assert [row[name] for name in STATUSES] == [3000 + n for n in range(len(STATUSES))]
    at_host = dict(zip(HOST_EXTRA, w.hostly[2, 0, 0].tolist(), strict=True))
    assert [at_host[name] for name in HOST_COUNTS] == [2000 + n for n in range(len(HOST_COUNTS))]


def test_leavers_by_kind_are_those_of_the_people_at_the_end() -> None:
    """On every day, those of a kind whose first day of leaving has come; the three kinds make all who left."""
    model = DesertionModel(toy(days=40), rng=1).run()
    daily, people = model.daily, model.people()
    kinds = [f"{kind}s_left" for kind in KINDS]
    for kind, name in zip(KINDS, kinds, strict=True):
        days = people.loc[people["kind"] == kind, "day_left"].dropna().astype(int)
        assert daily[name].tolist() == [int((days <= day).sum()) for day in range(41)]
        assert daily[name].iloc[-1] == model.measures()[name] > 0
    assert (daily[kinds].sum(axis=1) == daily["left"]).all()
