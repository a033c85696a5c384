"""What sets soldiers apart: the exponent by which they weigh their chances, that some are absent when the run begins, that units are cut off, and a war by date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from desertion.simulation.signals.units import publish_squads
from desertion.simulation.world import codes
from tests.simulation.worlds import CALM, INERT, made

NOBODY: dict[str, Any] = CALM | {"form": "none"}


@pytest.mark.parametrize(("own", "power"), [(-1.0, 2.0), (0.0, 0.0), (1.0, 1.0), (3.0, 3.0)])
def test_soldiers_weigh_their_chances_by_an_exponent_of_their_own(own: float, power: float) -> None:
    """With chances half of what they were, flight and surrender of soldiers are 0.5^own as open, flight from home 0.5^2; at -1 the two agree."""
    army = {"name": "army", "soldiers": 40, "reservists": 40, "civilians": 0, "community": 40} | INERT
    army |= dict.fromkeys(("base_soldier_flee", "base_soldier_surrender", "base_reservist_flee"), 1e-12)
    army |= {"front_share": 1.0, "contact": 1.0, "frontier": 1.0, "quarter_announced": 0.4}
    host = {"name": "door", "access": 1.0, "leak": 0.0, "admission_deserter": 0.4, "admission_evader": 0.4}
    behaviour = NOBODY | {"chance_power": 2.0, "soldier_chance_power": own}
    scenario = made(1, [army], [host], behaviour)
    usual = scenario.reference["army"]
    twice = {name: 2.0 * getattr(usual, name) for name in ("flight_deserter", "flight_evader", "quarter")}
    model = DesertionModel(scenario.with_({f"reference.army.{name}": value for name, value in twice.items()}), rng=1)
    w = model.run().world
    assert w.squad_open[0, codes.FLEE] == pytest.approx(0.5**power)
    assert w.squad_open[0, codes.SURRENDER] == pytest.approx(0.5**power)
    assert w.class_open[w.row_seen[0], codes.HOME_RESERVIST, codes.FLEE] == pytest.approx(0.25)


@pytest.mark.parametrize("form", ["none", "additive", "concave", "multiplicative", "threshold"])
def test_a_squad_has_the_same_signals_alone_and_after_its_neighbours(form: str) -> None:
    """Published with all others a squad may take those of the one before it, published alone it cannot; with leavers and losses, companies told apart by what they hear alone."""
    scenario = Scenario.load("three-armies-2022", scale=0.004).with_(
        {"behaviour.form": form, "behaviour.threshold_mean": 5.0, "forces.*.police": 0.5, "days": 40}
    )
    model = DesertionModel(scenario, rng=3).run()
    w = model.world
    w.company_strain[:], w.company_share[:, 0] = 0.0, np.arange(len(w.company_n)) / len(w.company_n)
    tables = ("squad_open", "squad_level", "squad_shared", "squad_step", "squad_pull", "squad_share", "squad_push")

    def published(*ranges: tuple[int, int]) -> list[np.ndarray]:
        for name in tables:
            getattr(w, name)[:] = -1
        for first, last in ranges:
            publish_squads(model.core, first, last)
        return [getattr(w, name).copy() for name in tables]

    together = published((0, len(w.squad_n)))
    alone = published(*((q, q + 1) for q in range(len(w.squad_n))))
    for name, one, other in zip(tables, together, alone, strict=True):
        assert np.array_equal(one, other), name
    level = together[1][w.squad_n > 0]
    assert 0.1 < (level[1:] == level[:-1]).all(axis=1).mean() < 1.0  # some are alike and some are not


# --- absent on the first day -----------------------------------------------------------------------------------------------------------------

ROLL: dict[str, Any] = {"name": "army", "soldiers": 1000, "reservists": 400, "civilians": 0, "community": 100} | INERT
ABSENT: dict[str, Any] = {"absent_soldiers": 0.075, "absent_reservists": 0.0625, "police": 50.0}


@pytest.mark.parametrize(("scale", "seed"), [(1.0, 1), (1.0, 2), (0.4, 1)])
def test_the_share_of_absent_is_exact_and_lies_evenly_over_units_and_towns(scale: float, seed: int) -> None:
    """75 of 1,000 soldiers and 25 of 400 reservists hide on the first day, at most one a squad; none of them has left in the run."""
    model = DesertionModel(made(1, [ROLL | ABSENT], behaviour=NOBODY), scale=scale, rng=seed)
    w, start = model.world, model.daily.iloc[0]
    soldiers, reservists = round(75 * scale), round(25 * scale)
    assert (start["hiding"], start["strength"], start["left"]) == (soldiers + reservists, w.soldiers_start[0], 0)
    assert w.soldiers_start[0] == round(1000 * scale) - soldiers
    hidden = w.status == codes.HIDING
    assert (hidden & (w.kind == codes.SOLDIER)).sum() == soldiers
    assert np.bincount(w.squad[hidden & (w.squad >= 0)]).max() == 1
    assert w.squad_founders.tolist() == w.squad_n.tolist() == w.squad_original.tolist()
    towns = np.bincount(w.community[hidden & (w.kind == codes.RESERVIST)], minlength=len(w.community_force))
    assert towns.max() - towns.min() <= 1


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_fear_is_measured_against_an_army_in_which_the_absent_hide(scale: float) -> None:
    """100 at large and police for 50: odds of one in three, no cost in the reference state, 2 (1.5 - 1) / 3 where punishment is half as harsh again."""
    scenario = made(1, [ROLL | ABSENT], behaviour=NOBODY | {"push_punishment": 2.0})
    for harshness, cost in ((1.0, 0.0), (1.5, 1.0 / 3.0)):
        changed = scenario.with_({"forces.army.punishment": harshness})
        w = DesertionModel(changed, scale=scale, rng=1).run().world
        assert w.odds[0] == pytest.approx(1.0 / 3.0)
        assert w.fear[0, codes.HIDE] == pytest.approx(cost)


def test_the_absent_come_back_to_their_own_units_and_homes() -> None:
    """All give themselves up within weeks: squads are full, towns too, nobody has left, and who comes back is no first member of his squad."""
    force = ROLL | ABSENT | {"police": 0.0, "return_rate": 0.5}
    model = DesertionModel(made(60, [force], behaviour=NOBODY), rng=3).run()
    last = model.daily.iloc[-1]
    assert (last["serving"], last["home"], last["left"], last["hiding"]) == (1000, 400, 0, 0)
    assert model.daily["returned"].sum() == 100
    w = model.world
    assert (w.squad_n[:100] == 10).all()
    assert w.squad_original.sum() == 925


@pytest.mark.statistical
def test_the_police_find_the_absent_from_the_first_day_on() -> None:
    """Null: caught on day 1 is Poisson with mean n (1 - exp(-p / (p + n))), 39.3 of 100 with police for 100; ten seeds, 4 sd, false alarm 6e-5."""
    force = ROLL | ABSENT | {"police": 100.0, "punishment_term": 900.0}
    caught = sum(
        DesertionModel(made(1, [force], behaviour=NOBODY), rng=seed).run().daily["caught"].sum() for seed in range(10)
    )
    expected = 1000.0 * -np.expm1(-0.5)
    assert abs(caught - expected) < 4.0 * np.sqrt(expected)


# --- cut off, and whole units ----------------------------------------------------------------------------------------------------------------

TRAPPED: dict[str, Any] = {
    "name": "army",
    "soldiers": 20_000,
    "reservists": 0,
    "civilians": 0,
    "community": 1000,
} | INERT
TRAPPED |= {"platoon": 1, "company": 1, "front_share": 0.5, "contact": 0.0, "quarter_announced": 0.8}


def trapped(days: int, seed: int, behaviour: dict[str, Any], **force: Any) -> DesertionModel:
    """An army of 2,000 companies of ten men, half of them in contact, who can only surrender and only when cut off."""
    return DesertionModel(made(days, [TRAPPED | force], behaviour=NOBODY | behaviour), rng=seed).run()


@pytest.mark.statistical
def test_companies_are_cut_off_as_often_and_as_long_as_stated() -> None:
    """Null: with chance p, for d days, d p / (d p + 1 - p) of those in contact; 1,000 companies, mean of 60 days after 40, 4 sd of a binomial of 600."""
    model = trapped(100, 1, {}, cut_off_chance=0.05, cut_off_days=4.0)
    share = model.daily["cut_off"].to_numpy()[41:].mean() / 10_000.0
    expected = 4.0 * 0.05 / (4.0 * 0.05 + 0.95)
    assert abs(share - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / 15_000.0)
    assert model.daily["departures"].iloc[-1] == 0


@pytest.mark.statistical
def test_being_cut_off_opens_surrender_to_all_the_men_of_a_company() -> None:
    """Null: in ten days all 10,000 men in contact surrender at `cut_off_contact` times the baseline, 1 - exp(-0.4), nobody else; binomial, 4 sd."""
    model = trapped(10, 2, {"chance_power": 0.0}, cut_off_chance=1.0, cut_off_contact=4.0, base_soldier_surrender=0.01)
    gone, expected = model.daily["left"].iloc[-1], 10_000.0 * -np.expm1(-0.4)
    assert abs(gone - expected) < 4.0 * np.sqrt(expected * np.exp(-0.4))
    w = model.world
    front = w.company_contact[w.squad_company[w.squad]] != 0
    assert not (w.status[~front] == codes.SURRENDERED).any()


@pytest.mark.statistical
@pytest.mark.parametrize(("cohesion", "share"), [(0.0, 0.6), (0.5, 0.3), (1.0, 0.0)])
def test_a_company_follows_its_commander_with_a_chance_that_falls_with_cohesion(cohesion: float, share: float) -> None:
    """Null: of 1,000 commanders 1 - exp(-0.2) surrender on day 1, and `share` of their companies follow, whole; binomial, 4 sd, false alarm 6e-5."""
    force = {"cut_off_chance": 1.0, "cut_off_contact": 1.0, "base_soldier_surrender": 0.2, "officer_share": 1.0}
    model = trapped(1, 3, {"unit_surrender": 0.6, "unit_cohesion": cohesion, "unit_event_weight": 2.0}, **force)
    day, chance = model.daily.iloc[1], -np.expm1(-0.2) * share
    assert abs(day["unit_surrenders"] - 1000.0 * chance) <= 4.0 * np.sqrt(1000.0 * chance * (1.0 - chance))
    w = model.world
    whole = np.bincount(w.squad[w.status == codes.SURRENDERED], minlength=len(w.squad_n)) == 10
    assert whole.sum() >= day["unit_surrenders"]
    assert (w.squad_n == 0).sum() == whole.sum()
    own = trapped(1, 3, {"unit_event_weight": 2.0}, **force)  # the same fates, each for himself
    followed = (w.left_day >= 0) & (own.world.left_day < 0)
    assert (w.squad_n[w.squad[followed]] == 0).all()
    assert (day["news"] > own.daily["news"].iloc[1]) == (share > 0.0)


def test_only_the_commander_carries_his_company_and_only_when_it_is_cut_off() -> None:
    """Without officers, and in contact that is not cut off, each man surrenders by himself however many do."""
    sure = {"unit_surrender": 1.0, "unit_cohesion": 0.0}
    leaderless = {"cut_off_chance": 1.0, "cut_off_contact": 1.0, "base_soldier_surrender": 0.2}
    in_contact = {"contact": 1.0, "base_soldier_surrender": 0.2, "officer_share": 1.0}
    for force in (leaderless, in_contact):
        model = trapped(3, 4, sure, **force)
        assert model.daily["unit_surrenders"].sum() == 0
        assert model.daily["left"].iloc[-1] == trapped(3, 4, {}, **force).daily["left"].iloc[-1] > 0


# --- war by date -----------------------------------------------------------------------------------------------------------------------------


def test_war_comes_by_date_from_files_of_dates_and_values(tmp_path: Path) -> None:
    """Casualties, contact and being cut off follow a series each: nobody is hit, surrenders or is cut off but in its days, and levers are its values."""
    series = {
        "casualty_rate": {1: 0.0, 8: 0.05, 15: 0.0},
        "contact": {1: 0.0, 10: 1.0, 20: 0.0},
        "cut_off_chance": {1: 0.0, 5: 0.5, 7: 0.0},
    }
    lines = ['extends = "toy"', "days = 30", "[series]"]
    for lever, values in series.items():
        rows = [f"2030-01-{day:02},{value}" for day, value in values.items()]
        (tmp_path / f"{lever}.csv").write_text("\n".join(["date,value", *rows]), encoding="utf-8")
        lines.append(f'"forces.toy.{lever}" = "{lever}.csv"')
    lines += [
        "[set]",
        '"behaviour.push_risk" = 0',
        '"forces.toy.cut_off_days" = 3',
        '"forces.toy.base_soldier_surrender" = 0.05',
    ]
    (tmp_path / "war.toml").write_text("\n".join(lines), encoding="utf-8")
    scenario = Scenario.load(tmp_path / "war.toml")
    start = scenario.start
    model = DesertionModel(scenario, rng=1)
    while model.running:
        model.step()
        date = start + dt.timedelta(days=model.day - 1)
        for lever, values in series.items():
            stands = [value for day, value in values.items() if dt.date(2030, 1, day) <= date]
            assert getattr(model.world.forces[0], lever) == stands[-1]
    daily = model.daily.iloc[1:].reset_index(drop=True)
    hit = daily[["new_wounded", "new_killed", "new_captured"]].sum(axis=1)
    for flow, days in ((hit, range(8, 15)), (daily["new_surrender"], range(10, 20)), (daily["cut_off"], range(5, 9))):
        inside = flow.index.isin([day - 1 for day in days])
        assert flow[inside].sum() > 0
        assert flow[~inside].sum() == 0
