"""The front is the same army at every scale and seed, the police keep to their capacity, and days and places mean one thing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion.scenario import Scenario
from desertion.simulation.day.flight import category_at
from desertion.simulation.model import DesertionModel
from desertion.simulation.world import codes
from desertion.simulation.world.people import is_liable
from tests.simulation.worlds import CALM, INERT, START, made

ARMY: dict[str, Any] = {"name": "army", "reservists": 0, "civilians": 0, "community": 1000} | INERT
NOBODY = {"form": "none"}


@pytest.mark.parametrize("scale", [0.0005, 0.001, 0.0025, 0.01, 0.02])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_share_in_contact_depends_neither_on_scale_nor_on_seed(scale: float, seed: int) -> None:
    """A fifth of the men, to within half a company, one company where a fifth is less than half of one; and the army as a whole is hit at its rate."""
    world = DesertionModel(Scenario.load("russia-2022", scale=scale), rng=seed).run().world
    start = DesertionModel(Scenario.load("russia-2022", scale=scale, days=1), rng=seed).run().world
    men = np.bincount(start.squad_company, start.squad_founders, minlength=len(start.company_force))
    there = men[start.company_contact != 0].sum()
    if 0.2 * men.sum() < men.max() / 2:
        assert np.count_nonzero(start.company_contact[men > 0]) == 1
    else:
        assert abs(there - 0.2 * men.sum()) <= men.max() / 2
    assert start.front_factor[0] == pytest.approx(men.sum() / there)
    called = (men == 0) & (world.company_peak > 0)
    size = world.company_size[called]
    assert abs(size[world.company_contact[called] != 0].sum() - 0.2 * size.sum()) <= size.max(initial=0.0)


def test_companies_that_wait_for_a_call_up_are_no_part_of_the_front() -> None:
    """A call-up that comes later changes neither who is in contact nor the risk there."""
    army = ARMY | {"soldiers": 1200, "reservists": 600, "front_share": 0.2}
    wave = {"date": START + dt.timedelta(days=20), "number": 500, "days": 5, "notice": 2, "training": 3}
    plain, called = (
        DesertionModel(made(3, [army | {"waves": waves}], [], CALM | NOBODY), rng=4).run().world
        for waves in ([], [wave])
    )
    n = len(plain.company_force)
    assert len(called.company_force) > n
    assert called.company_contact[:n].tolist() == plain.company_contact.tolist()
    assert called.front_factor[0] == plain.front_factor[0] == pytest.approx(5.0)


@pytest.mark.statistical
def test_as_many_are_hit_as_the_rate_says() -> None:
    """Null: hits of twelve seeds together are Poisson with mean casualty rate x men x days (about 1,300); 4 sd, false alarm 6e-5."""
    hits = expected = 0.0
    for seed in range(1, 13):
        model = DesertionModel(
            Scenario.load("russia-2022", scale=0.01, days=20, set={"forces.russia-2022.thinning": 0.0}), rng=seed
        ).run()
        daily = model.daily
        hits += float(daily[["new_wounded", "new_killed", "new_captured"]].to_numpy().sum())
        expected += float(daily["strength"][:-1].sum()) * model.sized.forces[0].casualty_rate
    assert abs(hits - expected) < 4.0 * expected**0.5


def test_the_police_catch_at_most_their_capacity_on_the_day_many_hide_and_after() -> None:
    """A hundred hide on one day before police who find one in five days: none on that day, six expected in thirty, over twenty once in a million."""
    town = ARMY | {"soldiers": 0, "reservists": 100, "police": 0.2, "punishment": 1.0, "base_reservist_hide": 10.0}
    daily = DesertionModel(made(30, [town], [], CALM | NOBODY), rng=3).run().daily
    assert daily["new_hide"].tolist()[1] > 95
    assert daily["caught"].tolist()[1] == 0
    assert daily["caught"].sum() <= 20


@pytest.mark.parametrize("kind", ["wounded", "punished"])
def test_who_is_discharged_is_no_deserter_and_free_to_go(kind: str) -> None:
    """Sent home for good from wounds or punishment: hosts see a civilian, the frontier lets him pass under a ban, nobody looks for him."""
    army = ARMY | {"soldiers": 120, "front_share": 1.0, "return_share": 0.0, "punished_to_front": 0.0}
    army |= (
        {"casualty_rate": 0.1, "share_killed": 0.0, "share_captured": 0.0, "recovery": 1.0}
        if kind == "wounded"
        else {"base_soldier_hide": 0.2, "rough_country": 1.0, "police": 1e6, "punishment": 1.0, "punishment_term": 2.0}
    )
    model = DesertionModel(made(40, [army], [], CALM | NOBODY), rng=5).run()
    world = model.world
    home = np.flatnonzero(world.status == codes.HOME)
    assert len(home) > 20
    assert {category_at(model.core, int(i), 0) for i in home} == {codes.OTHER}
    assert not any(is_liable(int(world.kind[i]), int(world.trait[i])) for i in home)
    assert not (world.trait[home] & codes.WANTED_BITS).any()


@pytest.mark.parametrize(("control", "banned"), [(0.97, False), (0.0, True)])
def test_a_ban_on_outflow_waits_until_people_are_out(control: float, banned: bool) -> None:
    """All set out at once; where the frontier stops nearly all, few are outside and no ban comes."""
    town = ARMY | {"soldiers": 0, "reservists": 60, "base_reservist_flee": 10.0, "exit_control": control}
    town |= {"ban_trigger": 0.5, "ban_control": 1.0, "legitimacy_ban": 0.3}
    door = {"name": "door", "access": 1.0, "travel": 0.0, "visa_free_evader": 1.0, "homeward": 0.0}
    model = DesertionModel(made(6, [town], [door], CALM | NOBODY), rng=3).run()
    assert model.daily["new_flee"].sum() > 55
    assert (model.world.forces[0].exit_ban > 0.0) == banned


def test_days_and_hosts_agree_in_all_tables() -> None:
    """Day d is the d-th day in measures, in `daily` and in `people`; a host stands only beside those who are not in their country."""
    model = next(
        run for seed in range(1, 30) if (run := DesertionModel("toy", rng=seed).run()).measures()["collapsed"] > 0.0
    )
    daily, people, measures = model.daily, model.people(), model.measures()
    assert measures["breakpoint_day"] == daily.loc[daily["collapsed"], "day"].min()
    left = people["day_left"].dropna().astype(int)
    assert left.min() >= 1
    assert daily["left"].tolist() == [int((left <= day).sum()) for day in daily["day"]]
    assert measures["soldier_days"] == daily["strength"][1:].sum()
    assert measures["mean_strength_share"] == pytest.approx(daily["strength"][1:].mean() / daily["strength"][0])
    away = people["status"].isin(["in_flight", "at_border", "abroad", "applicant", "protected", "refused", "emigrated"])
    pd.testing.assert_series_equal(people["host"].notna(), away, check_names=False)


def test_a_case_from_ones_own_town_counts_once() -> None:
    """With half of all cases heard of, each of the town's counts one in the town, in its own and the nation's share together."""
    town = ARMY | {"soldiers": 0, "reservists": 40, "base_reservist_flee": 10.0}
    door = {
        "name": "door",
        "access": 1.0,
        "travel": 0.0,
        "admission_evader": 1.0,
        "leak": 0.0,
        "case_days": 0.0,
        "cases": 1000.0,
    }
    behaviour = CALM | NOBODY | {"belief_heard": 0.5, "belief_half_life": 1e9}
    model = DesertionModel(made(3, [town], [door], behaviour), rng=3).run()
    decided = float(model.hosts["decided"].sum())
    heard = model.world.heard_n[0, 0, codes.EVADER] + model.world.national_n[0, 0, codes.EVADER]
    assert decided > 30
    assert heard == pytest.approx(decided, rel=1e-6)
