"""What hosts, home states and news do in worlds where one rule stands alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from desertion.rules.ticks import SHARE
from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from desertion.simulation.signals.contagion import weighted_gone
from desertion.simulation.signals.units import publish_front
from desertion.simulation.world.codes import ABROAD, EMIGRATED, HIDE, REFUSE
from tests.simulation.worlds import CALM, INERT, made, on

TOWN: dict[str, Any] = {"name": "town", "soldiers": 0, "reservists": 60, "civilians": 0, "community": 60} | INERT
DOOR: dict[str, Any] = {
    "name": "door", "access": 1.0, "travel": 0.0, "admission_evader": 1.0, "case_days": 0.0, "cases": 1000.0, "leak": 0.0,
    "claims_abroad": 0.0, "onward": 0.0, "homeward": 0.0, "screening_alarm": 0.0,
}  # fmt: skip
NOBODY = {"form": "none"}


def test_an_idle_border_deals_with_one_days_people_when_they_come_at_last() -> None:
    """Nobody comes for ten days, then everybody: four a day from the first day on."""
    scenario = made(
        30, [TOWN], [DOOR | {"entry": 4.0}], CALM | NOBODY, changes=[on(10, "forces.town.base_reservist_flee", 10.0)]
    )
    admitted = DesertionModel(scenario, rng=4).run().hosts["admitted"].tolist()[1:]
    assert admitted == [0] * 10 + [4] * 15 + [0] * 5


def test_half_a_place_a_day_is_one_every_second_day() -> None:
    """From the first day on, though no day has a whole one."""
    scenario = made(8, [TOWN | {"base_reservist_flee": 10.0}], [DOOR | {"entry": 0.5}], CALM | NOBODY)
    admitted = DesertionModel(scenario, rng=4).run().hosts["admitted"].tolist()[1:]
    assert admitted == [0, 1] * 4


def test_a_closed_desk_keeps_nothing_for_later() -> None:
    """A border that deals with nobody deals with nobody on its first day, either."""
    changes = [on(10, "hosts.door.entry", 0.0), on(10, "forces.town.base_reservist_flee", 10.0)]
    model = DesertionModel(made(20, [TOWN], [DOOR | {"entry": 0.4}], CALM | NOBODY, changes=changes), rng=4).run()
    assert model.hosts["admitted"].sum() == 0


def test_desks_that_close_decide_nothing_more() -> None:
    """Half a case a day, twenty days each: closed on the fifteenth day with a whole case's credit, before the first is due."""
    door = DOOR | {"cases": 0.5, "case_days": 20.0}
    flight = TOWN | {"base_reservist_flee": 10.0}
    closed = made(40, [flight], [door], CALM | NOBODY, changes=[on(15, "hosts.door.cases", 0.0)])
    decided = [
        DesertionModel(scenario, rng=4).run().hosts["decided"].sum()
        for scenario in (closed, made(40, [flight], [door], CALM | NOBODY))
    ]
    assert decided[0] == 0 < decided[1]


@pytest.mark.parametrize(("visas", "used"), [(1.5, [1, 2]), (0.25, [0, 0, 0, 1]), (3.0, [3])])
def test_visas_of_a_fraction_a_day_are_all_issued(visas: float, used: list[int]) -> None:
    """One and a half a day are three in two days; a quarter a day is one in four."""
    force = TOWN | {"skilled_share": 1.0, "base_skilled": 10.0}
    model = DesertionModel(made(8, [force], [DOOR | {"skilled_visas": visas}], CALM | NOBODY), rng=4).run()
    assert model.hosts["visas"].tolist()[1:] == used * (8 // len(used))


@pytest.mark.parametrize(("ban", "control"), [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0)])
def test_an_exit_ban_holds_skilled_reservists_but_not_skilled_civilians(ban: float, control: float) -> None:
    """A visa opens the host's door, not the own frontier."""
    force = TOWN | {"civilians": 60, "skilled_share": 1.0, "base_skilled": 1.0, "exit_ban": ban, "ban_control": control}
    model = DesertionModel(made(20, [force], [DOOR | {"skilled_visas": 100.0}], CALM | NOBODY), rng=4).run()
    gone = model.world.status == EMIGRATED
    assert gone[60:].sum() > 50
    assert gone[:60].sum() == 0 if ban * control == 1.0 else gone[:60].sum() > 50


def test_those_to_whom_no_offer_is_made_cannot_claim_late_either() -> None:
    """Two towns enter without a visa and would claim at once: only the first, to whom the host offers, does."""
    second = TOWN | {"name": "second"}
    door = DOOR | {"visa_free_evader": 1.0, "claims_abroad": 1.0, "offers_to": 1.0}
    forces = [force | {"base_reservist_flee": 1.0} for force in (TOWN, second)]
    hosts = DesertionModel(made(20, forces, [door], CALM | NOBODY), rng=4).run().hosts
    decided = hosts.groupby("force", observed=True)["decided"].sum()
    assert decided["town"] > 30
    assert decided["second"] == 0


def test_late_claims_go_by_rank_and_only_while_there_are_places() -> None:
    """Sixty live abroad and would claim on one day; ten places are taken, and not by the first ten in the list."""
    door = DOOR | {"visa_free_evader": 1.0, "places": 10.0}
    changes = [on(5, "hosts.door.claims_abroad", 1.0)]
    scenario = made(30, [TOWN | {"base_reservist_flee": 10.0}], [door], CALM | NOBODY, changes=changes)
    model = DesertionModel(scenario, rng=4).run()
    inside = np.flatnonzero(model.world.status != ABROAD)
    assert len(inside) == 10
    assert inside.max() > 20


def test_governments_that_fall_together_fall_whatever_their_order() -> None:
    """The first falls on day 0 and drags the two others down on day 1, in any order of the list."""
    falling = TOWN | {"name": "falling", "legitimacy": 0.6, "legitimacy_floor": 0.7}
    held = [
        TOWN | {"name": name, "legitimacy": 0.6, "legitimacy_floor": 0.3, "legitimacy_coupling": 0.5}
        for name in ("one", "two")
    ]
    for forces in ([falling, *held], [held[0], falling, held[1]], [*held, falling]):
        model = DesertionModel(made(5, forces, [], CALM | NOBODY), rng=4).run()
        days = dict(zip([force["name"] for force in forces], model.world.fallen.tolist(), strict=True))
        assert days == {"falling": 0, "one": 1, "two": 1}


def test_abolishing_the_police_ends_deterrence() -> None:
    """In the reference state nobody hides and police are certain to find him; without police that fear is gone altogether."""
    scenario = made(5, [TOWN | {"police": 1.0}], [], CALM | NOBODY | {"push_punishment": 2.0})
    for police, fear in ((1.0, 0.0), (0.0, -2.0)):
        model = DesertionModel(scenario.with_({"forces.town.police": police}), rng=4)
        model.step()
        assert model.world.fear[0, HIDE] == pytest.approx(fear)


def test_refusers_are_certain_to_be_punished() -> None:
    """Half a unit more punishment than in the reference state, at a weight of two: a log hazard of one less."""
    scenario = made(5, [TOWN | {"punishment": 1.0}], [], CALM | NOBODY | {"push_punishment": 2.0})
    model = DesertionModel(scenario.with_({"forces.town.punishment": 1.5}), rng=4)
    model.step()
    assert model.world.fear[0, REFUSE] == pytest.approx(1.0)


def test_a_town_forgets_its_cases_when_a_hundredth_of_one_is_left() -> None:
    """Sixty of one day at a half-life of a day: a hundredth is undercut in the thirteenth night, and nothing of them is kept."""
    force, sharp = TOWN | {"base_reservist_flee": 10.0}, CALM | NOBODY | {"belief_half_life": 1.0, "belief_heard": 0.0}
    model = DesertionModel(made(25, [force], [DOOR], sharp), rng=4)
    remembered, sums = [], []
    while model.running:
        model.step()
        remembered.append(bool(model.world.has_heard[0]))
        sums.append(float(model.world.heard_n[0].sum()))
    last = max(np.flatnonzero(remembered))
    assert all(remembered[:last])
    assert 0.01 <= sums[last] < 0.02
    assert sums[last + 1 :] == [0.0] * (25 - last - 1) != []


@pytest.mark.parametrize(("heard", "believed"), [(0.0, 0.6), (1e6, 0.0)])
def test_word_of_prisoners_is_weighed_like_word_of_cases(heard: float, believed: float) -> None:
    """Nothing heard: the announcement as far as it is credible; all heard: the truth, which is that none is spared."""
    army = TOWN | {
        "name": "army",
        "soldiers": 60,
        "reservists": 0,
        "base_soldier_surrender": 0.5,
        "contact": 1.0,
        "front_share": 1.0,
    }
    army |= {"quarter": 0.0, "quarter_announced": 0.8, "quarter_credibility": 0.5, "quarter_fear": 0.4}
    model = DesertionModel(made(15, [army], [], CALM | NOBODY | {"belief_heard": heard}), rng=4).run()
    assert model.measures()["surrendered"] > 5
    assert model.daily["quarter_believed"].iloc[-1] == pytest.approx(believed, abs=1e-4)


def test_what_prisoners_know_is_worth_soldier_days() -> None:
    """Three for each of today's; at a half-life of a day, half of yesterday's."""
    army = TOWN | {"soldiers": 60, "reservists": 0, "base_soldier_surrender": 0.2, "contact": 1.0, "front_share": 1.0}
    worth = {"information_value": 3.0, "information_half_life": 24.0}
    model = DesertionModel(made(2, [army], [], CALM | NOBODY | worth), rng=4)
    expected = 0.0
    for day in (1, 2):
        model.step()
        taken = float(model.daily["surrendered"].diff().iloc[day])
        expected = 0.5 * expected + 3.0 * taken
        assert taken > 3
        assert model.world.information[0] == pytest.approx(expected)


def test_men_who_hid_before_they_fled_count_toward_a_ban() -> None:
    """All hide on day 0 and flee from hiding; a ban comes once half the reservists have fled."""
    force = TOWN | {"base_reservist_hide": 10.0, "base_hiding_flee": 0.2, "ban_trigger": 0.5}
    model = DesertionModel(made(30, [force], [DOOR], CALM | NOBODY), rng=4)
    banned = None
    while model.running:
        model.step()
        if banned is None and model.world.forces[0].exit_ban > 0.0:
            banned = model.day
            assert model.daily["new_flee"].iloc[:banned].sum() >= 30
    assert banned is not None
    assert model.world.left[0] == 60


def test_cost_beyond_the_budget_is_written_down() -> None:
    """Sixty housed at 365 EUR a year cost 60 a day; a budget of 20 a day is passed by 40."""
    force = TOWN | {"base_reservist_flee": 10.0}
    door = DOOR | {"cost": 365.0, "budget": 20.0 * 365.0, "recognition_evader": 1.0}
    model = DesertionModel(made(5, [force], [door], CALM | NOBODY), rng=4).run()
    assert model.hosts["over_budget_eur"].tolist()[1:] == pytest.approx([40.0] * 5)
    assert model.measures()["over_budget_eur"] == pytest.approx(200.0)


@pytest.mark.parametrize(("half_life", "remembers"), [(math.inf, True), (0.5, False)])
def test_armies_remember_each_others_news_by_a_half_life_of_their_own(half_life: float, remembers: bool) -> None:
    """All of the first army surrender on day 0; after ten days the second still leaves for it, or does not."""
    shared = TOWN | {"soldiers": 60, "reservists": 0, "contact": 1.0, "front_share": 1.0, "rough_country": 1.0}
    first = shared | {"name": "first", "base_soldier_surrender": 10.0}
    second = shared | {"name": "second", "base_soldier_hide": 1e-6, "facing": ["first"]}
    behaviour = CALM | {
        "contagion_facing": 11.0,
        "cross_route": 1.0,
        "half_life_facing": half_life,
        "half_life_news": math.inf,
    }
    model = DesertionModel(made(20, [first, second], [], behaviour), rng=4)
    for _ in range(10):
        model.step()
    before = int(model.world.left[1])
    model.run()
    assert (model.world.left[1] - before > 8) == remembers


def test_protest_begins_on_its_date() -> None:
    """Switched on in mid-run, the street fills with those whose thresholds are reached, no earlier."""
    force = TOWN | {"protest_mean": 0.1, "protest_spread": 0.2, "protest_spark": 0.5, "protest_every": 1.0}
    changes = [on(10, "forces.town.protest", 1.0)]
    turnout = DesertionModel(made(20, [force], [], CALM | NOBODY, changes=changes), rng=4).run().daily["turnout"]
    assert turnout.iloc[:11].max() == 0.0
    assert turnout.iloc[11:].min() > 0.2


def test_people_of_a_shrunk_world_cost_what_they_cost_at_full_size() -> None:
    """At a tenth of the size each stands for ten, so the money is the same."""
    big = Scenario.load("toy", scale=1.0, days=3)
    small = Scenario.load("toy", scale=0.5, days=3)
    assert DesertionModel(small, rng=1).world.money == 2.0 * DesertionModel(big, rng=1).world.money


def test_nobody_is_admitted_while_a_host_is_full() -> None:
    """Sixty come to a host with twelve places of which two are taken: ten are admitted, fifty turned away."""
    door = DOOR | {"places": 12.0, "places_taken": 2.0}
    model = DesertionModel(made(1, [TOWN | {"base_reservist_flee": 10.0}], [door], CALM | NOBODY), rng=4).run()
    assert model.hosts["admitted"].sum() == 10
    assert model.hosts["turned_away"].sum() == 50


def test_an_exit_ban_stops_those_liable_at_the_frontier() -> None:
    """Set out before a ban that stops all, reservists are turned back and civilians pass."""
    force = TOWN | {"civilians": 60, "base_reservist_flee": 10.0, "base_civilian_flee": 10.0, "ban_control": 1.0}
    door = DOOR | {"travel": 3.0, "visa_free_evader": 1.0, "visa_free_other": 1.0}
    scenario = made(5, [force], [door], CALM | NOBODY, changes=[on(2, "forces.town.exit_ban", 1.0)])
    model = DesertionModel(scenario, rng=4).run()
    abroad = model.world.status == ABROAD
    assert abroad[:60].sum() == 0
    assert abroad[60:].sum() == 60
    assert model.daily["turned_back"].sum() >= 60


def test_a_border_that_gets_a_limit_owes_nothing_from_the_days_without_one() -> None:
    """All who come are dealt with for five days; from then on one a day, however many came before."""
    force = TOWN | {"base_reservist_flee": 0.2}
    scenario = made(15, [force], [DOOR], CALM | NOBODY, changes=[on(5, "hosts.door.entry", 1.0)])
    admitted = DesertionModel(scenario, rng=4).run().hosts["admitted"].tolist()[1:]
    assert max(admitted[:5]) > 3
    assert admitted[5:] == [1] * 10


def test_a_town_that_remembers_no_case_expects_what_the_nation_expects() -> None:
    """Of an own frontier too, at which half are stopped."""
    model = DesertionModel(made(5, [TOWN | {"exit_control": 0.5}], [DOOR], CALM | NOBODY), rng=4)
    model.world.has_heard[0] = 1
    model.step()
    of_town, of_nation = model.world.flight
    assert of_town == pytest.approx(of_nation)
    assert of_town.max() > 0.0


@pytest.mark.parametrize("first", ["door", "ridge"])
def test_people_are_passed_on_to_a_host_wherever_it_stands_in_the_list(first: str) -> None:
    """A land of transit lets people through to the one host behind it."""
    ridge = DOOR | {"name": "ridge", "border": 1.0, "passes_to": ["door"]}
    hosts = sorted([DOOR | {"access": 1e-3}, ridge], key=lambda host: host["name"] != first)
    model = DesertionModel(made(10, [TOWN | {"base_reservist_flee": 1.0}], hosts, CALM | NOBODY), rng=4).run()
    way_on = {name: model.world.passed_on[h].max() for h, name in enumerate(model.host_states)}
    assert way_on["ridge"] > 0.0 == way_on["door"]
    passed = model.hosts.groupby("host", observed=True)["passed_on"].sum()
    assert passed["ridge"] > 30
    assert passed["door"] == 0


def test_a_fall_is_felt_once_by_the_neighbours() -> None:
    """Three fifths less one fifth: still above three tenths, so that nobody follows."""
    falling = TOWN | {"name": "falling", "legitimacy": 0.6, "legitimacy_floor": 0.7}
    held = TOWN | {"name": "held", "legitimacy": 0.6, "legitimacy_floor": 0.3, "legitimacy_coupling": 0.2}
    model = DesertionModel(made(1, [falling, held], [], CALM | NOBODY), rng=4).run()
    assert model.world.legitimacy.tolist() == pytest.approx([0.6, 0.4])
    assert model.world.fallen.tolist() == [0, -1]


def test_the_threshold_form_adds_up_all_levels_at_their_weights() -> None:
    """Half a share gone at each of five levels, by two routes, with weights of one to five: seven and a half, half of that outside units."""
    army = TOWN | {"soldiers": 60, "reservists": 0}
    weights = {"contagion_squad": 1.0, "contagion_company": 2.0, "contagion_community": 3.0, "contagion_news": 4.0}
    forces = [army | {"name": name, "facing": [other]} for name, other in (("one", "two"), ("two", "one"))]
    form = CALM | weights | {"contagion_facing": 5.0, "form": "threshold", "threshold_mean": 10.0}
    model = DesertionModel(made(5, forces, [], form), rng=4)
    world, core = model.world, model.core
    company = int(world.squad_company[0])
    half = (
        world.squad_pressure[0],
        world.company_pressure[company],
        world.community_pressure[0],
        world.news[0],
        world.news_facing[1],
    )
    for pressure in half:
        pressure[[HIDE, REFUSE]] = int(SHARE) // 4
    assert weighted_gone(core, 0, 0, 0) == pytest.approx(0.5 * (1 + 2 + 3 + 4 + 5))
    assert weighted_gone(core, -1, 0, 0) == pytest.approx(0.5 * (3 + 4 + 5))
    assert weighted_gone(core, -1, len(world.community_force), 0) == pytest.approx(0.5 * (4 + 5))


@pytest.mark.parametrize("recognition", [1.0, 0.0])
def test_every_case_that_is_decided_is_granted_or_refused(recognition: float) -> None:
    """All of one kind where recognition is certain or out of the question; all who are granted are infiltrators where all are."""
    door, spies = DOOR | {"recognition_evader": recognition, "screening_detection": 0.0}, {"infiltrators": 1.0}
    force = TOWN | {"base_reservist_flee": 1.0}
    hosts = DesertionModel(made(20, [force], [door], CALM | NOBODY | spies), rng=4).run().hosts
    granted, refused, decided = (int(hosts[name].sum()) for name in ("granted", "refused", "decided"))
    assert hosts["infiltrators"].sum() == granted
    assert (granted, refused) == ((decided, 0) if recognition else (0, decided))
    assert decided > 30


def test_an_army_breaks_once() -> None:
    """On the first day, and not again on those after it."""
    army = TOWN | {"soldiers": 60, "reservists": 0, "base_soldier_hide": 10.0}
    model = DesertionModel(made(5, [army], [], CALM | NOBODY), rng=4).run()
    assert model.world.collapsed.tolist() == [0]


def test_risk_at_the_front_is_shared_by_companies_with_men() -> None:
    """By their largest strength; one without men counts neither among those in contact nor among all."""
    army = TOWN | {"soldiers": 600, "reservists": 0, "platoon": 3, "company": 2, "contact": 0.5, "front_share": 1.0}
    model = DesertionModel(made(5, [army], [], CALM | NOBODY), rng=4)
    world = model.world
    world.company_n[:4] = 0
    world.company_contact[:] = [1, 0] * (len(world.company_n) // 2)
    world.company_peak[:] = range(10, 10 + len(world.company_n))
    publish_front(model.core, 0)
    left = world.company_peak[4:]
    assert world.front_factor[0] == pytest.approx(left.sum() / left[::2].sum())


@pytest.mark.parametrize("police", [0.0, 1000.0])
def test_whom_no_host_takes_does_not_leave_anew_every_day(police: float) -> None:
    """Refusers see the way of deserters, and the only host deals with them as others, whom it lets in by no door: each left once, by refusing, and is tried."""
    army = TOWN | {"soldiers": 20, "reservists": 0, "base_soldier_refuse": 0.1, "base_hiding_flee": 1.0}
    door = DOOR | {"covers_refusers": 0.0, "admission_deserter": 1.0, "admission_other": 0.0}
    trial = {"trial_rate": 1.0, "punishment_term": 1000.0} if police else {}
    last = DesertionModel(made(60, [army | {"police": police} | trial], [door], CALM | NOBODY), rng=4).run().daily
    assert last["departures"].iloc[-1] == last["left"].iloc[-1] == 20
    assert last["new_flee"].sum() == last["hiding"].sum() == 0
    assert last["news"].max() <= 1.0
    assert last["punished" if police else "refusing"].iloc[-1] == 20


@pytest.mark.parametrize("way", ["choice", "transit", "visa"])
def test_of_hosts_alike_the_first_in_the_scenarios_order_is_taken(way: str) -> None:
    """By those who flee without a taste of their own, by a transit state that passes people on, and by the skilled, as long as it has visas."""
    alike = DOOR | {"access": 0.0 if way == "transit" else 1.0, "skilled_visas": 3.0 if way == "visa" else 0.0}
    hosts = [alike | {"name": name} for name in ("one", "two")]
    if way == "transit":
        hosts.insert(0, DOOR | {"name": "bridge", "border": 1.0, "passes_to": ["one", "two"]})
    town = TOWN | ({"skilled_share": 1.0, "base_skilled": 10.0} if way == "visa" else {"base_reservist_flee": 10.0})
    table = DesertionModel(made(5, [town], hosts, CALM | NOBODY), rng=4).run().hosts
    taken = table.groupby("host")[["admitted", "visas"]].sum().sum(axis=1)
    assert (taken["one"], taken["two"]) == ((15, 15) if way == "visa" else (60, 0))
    if way == "visa":
        one_a_day = made(
            1, [TOWN | {"reservists": 2, "skilled_share": 1.0, "base_skilled": 10.0}], hosts, CALM | NOBODY
        )
        assert DesertionModel(one_a_day, rng=4).run().hosts.groupby("host")["visas"].sum().to_dict() == {
            "one": 2,
            "two": 0,
        }


@pytest.mark.parametrize("kind", ["reservist", "soldier"])
def test_who_was_returned_by_a_host_has_his_own_frontier_before_him_again(kind: str) -> None:
    """All are refused and returned at once, and set out anew; from day 10 on the frontier stops 9,999 in 10,000, and none who is back gets out again."""
    force = TOWN | {"soldiers": 0, "reservists": 0, f"{kind}s": 60, "frontier": 1.0, "punished_to_front": 0.0}
    force |= {"punishment_term": 1.0, **{f"base_{who}_flee": 10.0 for who in ("reservist", "soldier", "civilian")}}
    refusal = {f"recognition_{category}": 0.0 for category in ("deserter", "evader", "other")}
    refusal |= {f"admission_{category}": 1.0 for category in ("deserter", "evader", "other")}
    door = DOOR | refusal | {"enforcement": 1.0, "refused_days": 1.0}
    changes = [on(10, "forces.town.exit_control", 0.9999)]
    behaviour = CALM | NOBODY | {"chance_power": 0.0}
    model = DesertionModel(made(30, [force], [door], behaviour, changes=changes), rng=4).run()
    assert model.daily["returned"].sum() > 60
    assert model.hosts["admitted"].iloc[:11].sum() > 60
    assert model.hosts["admitted"].iloc[16:].sum() == 0
    assert model.daily["turned_back"].iloc[16:].sum() > 60


@pytest.mark.parametrize("clock", ["homeward", "claims_abroad"])
def test_a_stay_ends_at_its_rate_however_often_the_same_host_is_come_to(clock: str) -> None:
    """People go to and fro between two hosts in the same spell: those who end their stays are the days abroad times the rate.

    Null: a Poisson number of that mean, 2,000 people, some 20,000 to 30,000 person-days, a rate of 0.02 and so about 500; beyond four standard
    deviations in 6 of 100,000 seeds. With the clocks of the first stay at each host it is less than half of it.
    """
    town = TOWN | {"reservists": 2000, "community": 2000, "base_reservist_flee": 10.0}
    door = DOOR | {"visa_free_evader": 1.0, "onward": 0.5, clock: 0.02}
    model = DesertionModel(made(40, [town], [door, door | {"name": "gate"}], CALM | NOBODY), rng=4).run()
    ended = model.daily["returned"].sum() if clock == "homeward" else model.hosts["decided"].sum()
    expected = 0.02 * model.hosts["abroad"].sum()
    assert abs(ended - expected) < 4.0 * math.sqrt(expected)
