"""What call-ups, units, the front and the police of one force do, day by day and man by man."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

from desertion.rules.draws import CALLABLE, uniform
from desertion.rules.ticks import SHARE
from desertion.scenario import Scenario
from desertion.simulation.day.news import passing_now
from desertion.simulation.model import DesertionModel
from desertion.simulation.world.codes import CALLED_BIT, HIDE, OFFICER_BIT, SERVING, SURRENDER, TRAINING
from desertion.simulation.world.people import who
from tests.simulation.worlds import CALM, INERT, START, made, on

TOWN: dict[str, Any] = {"name": "town", "soldiers": 0, "reservists": 100, "civilians": 0, "community": 100} | INERT
ARMY: dict[str, Any] = {
    "name": "army", "soldiers": 120, "reservists": 0, "civilians": 0, "community": 1000, "front_share": 1.0, "contact": 1.0, "rough_country": 1.0,
} | INERT  # fmt: skip
NOBODY = {"form": "none"}


def wave(**changes: Any) -> dict[str, Any]:
    """A call-up of twenty from day 5, five a day."""
    return {"date": START + dt.timedelta(days=5), "number": 20, "days": 4, "notice": 3, "training": 6} | changes


def run(force: dict[str, Any], days: int, behaviour: dict[str, Any] | None = None, **more: Any) -> DesertionModel:
    """A run of one force without hosts."""
    return DesertionModel(made(days, [force], [], CALM | NOBODY | (behaviour or {}), **more), rng=6).run()


def test_a_summoned_man_reports_after_his_notice_and_serves_after_his_training() -> None:
    """Called on day 5, in training from day 8, serving from day 14; the record's row d is the evening of day d - 1."""
    daily = run(TOWN | {"waves": [wave(days=1)]}, 20).daily
    assert daily["called"].tolist()[5:8] == [0, 20, 0]
    for name, first, last in (("summoned", 6, 8), ("training", 9, 14), ("serving", 15, 20)):
        assert [day for day, number in enumerate(daily[name]) if number] == list(range(first, last + 1)), name
    assert daily["served"].tolist()[14:16] == [0, 20]


def test_a_call_up_spreads_over_its_days() -> None:
    """Twenty over four days are five a day; ten over four days three, then two, three, two; a hundred over a hundred one a day, in whole numbers."""
    assert run(TOWN | {"waves": [wave(number=100, days=100)]}, 106).daily["called"].tolist()[6:106] == [1] * 100
    assert run(TOWN | {"waves": [wave()]}, 12).daily["called"].tolist()[6:11] == [5, 5, 5, 5, 0]
    assert run(TOWN | {"waves": [wave(number=10)]}, 12).daily["called"].tolist()[6:11] == [3, 2, 3, 2, 0]


@pytest.mark.parametrize("form", ["quota", "list"])
def test_a_quota_replaces_evaders_and_a_list_does_not(form: str) -> None:
    """Half the summoned hide: the quota goes on until twenty serve, the list ends after twenty names."""
    model = run(TOWN | {"waves": [wave(form=form, notice=10)], "base_summoned_hide": 0.07}, 150)
    evaded = int(model.daily["new_hide"].sum())
    assert evaded > 5
    assert model.daily["called"].sum() == (20 + evaded if form == "quota" else 20)
    assert model.daily["served"].iloc[-1] == (20 if form == "quota" else 20 - evaded)


@pytest.mark.parametrize("form", ["quota", "list"])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_call_up_takes_only_whom_it_can(form: str, share: float) -> None:
    """Of a thousand, as many as their own draws make callable, once each, whoever is asked for; none and all are exact."""
    town = TOWN | {"reservists": 1000, "community": 1000, "callable_share": share}
    model = run(town | {"waves": [wave(number=2000, days=1, form=form)]}, 20)
    w = model.world
    drawn = [uniform(w.seed, who(model.core, i), CALLABLE, 0) < share for i in range(1000)]
    assert model.daily["called"].sum() == sum(drawn)
    assert (w.wave_of == 0).tolist() == drawn
    assert abs(sum(drawn) - 1000.0 * share) <= 4.0 * math.sqrt(1000.0 * share * (1.0 - share))


@pytest.mark.parametrize(
    ("recall", "able", "number"),
    [(0.0, 1.0, 2000), (1.0, 1.0, 2000), (1.0, 0.0, 2000), (0.4, 1.0, 2000), (1.0, 1.0, 100)],
)
def test_who_is_sent_back_may_be_summoned_while_the_call_up_lacks_men(recall: float, able: float, number: int) -> None:
    """All are on the way when the call-up comes, and half are turned away: none, all, none who is not callable, the stated share, or as many as it lacks are summoned."""
    town = TOWN | {"reservists": 2000, "community": 2000, "base_reservist_flee": 10.0}
    town |= {"recall": recall, "callable_share": able, "waves": [wave(number=number, days=1)]}
    host = {"name": "door", "access": 1.0, "travel": 10.0, "leak": 0.0, "admission_evader": 0.5}
    model = DesertionModel(made(12, [town], [host], CALM | NOBODY), rng=2).run()
    turned, called = (int(model.daily[name].sum()) for name in ("turned_back", "called"))
    expected = min(recall * turned, number) if able else 0.0
    assert 800 < turned < 1200
    assert abs(called - expected) <= 4.0 * math.sqrt(expected * (1.0 - recall))
    w = model.world
    assert (w.wave_called[0], ((w.trait & CALLED_BIT) != 0).sum()) == (called, called)


def test_who_was_discharged_is_not_recalled() -> None:
    """All who serve are wounded, none of them returns to service, and half of those who then flee are turned away: nobody is called twice."""
    town = TOWN | {"reservists": 200, "community": 200, "recall": 1.0, "base_reservist_flee": 0.1, "front_share": 1.0}
    town |= {"casualty_rate": 1.0, "share_killed": 0.0, "share_captured": 0.0, "recovery": 1, "return_share": 0.0}
    town |= {"waves": [wave(number=1000, days=20, notice=0, training=0)]}
    host = {"name": "door", "access": 1.0, "travel": 1.0, "leak": 0.0, "admission_evader": 0.5}
    model = DesertionModel(made(60, [town], [host], CALM | NOBODY), rng=2).run()
    for name in ("new_wounded", "turned_back"):
        assert model.daily[name].sum() > 50
    assert model.daily["called"].sum() == ((model.world.wave_of >= 0).sum()) <= 200


def test_regions_are_called_up_by_people_and_quota() -> None:
    """Two regions of equal size, one with three times the weight: three of four come from there."""
    regions = [{"name": "east", "share": 0.5, "quota": 3.0}, {"name": "west", "share": 0.5, "quota": 1.0}]
    model = run(TOWN | {"community": 10, "regions": regions, "waves": [wave(days=1)]}, 8)
    called = (
        np.flatnonzero(model.world.status == TRAINING)
        if (model.world.status == TRAINING).any()
        else np.flatnonzero(model.world.wave_of == 0)
    )
    assert len(called) == 20
    assert (called < 50).sum() == 15


@pytest.mark.parametrize(
    ("own", "dated", "policy", "lost"),
    [
        (0, None, None, None),
        (1, None, None, None),
        (0, None, "start", 1),
        (0, None, "+1", 2),
        (1, None, "start", None),
        (0, -3, None, None),
        (0, 0, None, 1),
        (0, -3, "start", None),
    ],
)
def test_a_ban_costs_support_on_the_day_it_is_imposed(
    own: int, dated: int | None, policy: str | None, lost: int | None
) -> None:
    """Legitimacy of 0.6 falls by 0.1 on the first evening of the ban, from the first day on as later; a ban that stood before the run costs nothing. Worked in, a policy says the same."""
    town = TOWN | {"exit_ban": own, "legitimacy": 0.6, "legitimacy_pull": 0.0, "legitimacy_ban": 0.1}
    date = START + dt.timedelta(days=dated or 0)
    changes = [] if dated is None else [{"date": date, "path": "forces.town.exit_ban", "value": 1.0}]
    change = {"from": policy, "set": {"forces.*.exit_ban": 1}}
    overlays = [] if policy is None else [{"name": "ban", "change": [change]}]
    scenario = made(4, [town], [], CALM | NOBODY, changes=changes, overlays=overlays)
    for same in (scenario, Scenario.from_toml(scenario.flat().to_toml())):
        level = DesertionModel(same, rng=1).run().daily["legitimacy"]
        expected = [0.6 if lost is None or day < lost else 0.5 for day in range(5)]
        assert level.tolist() == pytest.approx(expected)


@pytest.mark.parametrize(("rate", "share", "day"), [(0.0, 0.0, 5.0), (10.0, 1.0, 1.0)])
def test_soldiers_absent_from_the_start_are_none_who_leave(rate: float, share: float, day: float) -> None:
    """Half an army hides before the first day and flees from hiding: the share of soldiers who left is that of the sixty who served, by day and by company too."""
    army = ARMY | {"absent_soldiers": 0.5, "base_hiding_flee": 10.0, "base_soldier_hide": rate, "contact": 0.0}
    army |= {"squad": 10, "platoon": 1, "company": 2}
    door = {"name": "door", "access": 1.0, "travel": 0.0, "visa_free_deserter": 1.0}
    found = DesertionModel(made(5, [army], [door], CALM | NOBODY), rng=3).run().measures()
    assert found["soldiers_left"] > 50
    assert (found["soldiers_left_share"], found["day_10"], found["day_50"]) == (share, day, day)
    assert np.isnan(found["clumping_company"]) == (rate == 0.0)


def test_measures_before_the_first_day_are_no_numbers_where_there_are_no_days() -> None:
    """Means over days are nan, without numpy's warning."""
    assert np.isnan(DesertionModel(made(3, [ARMY], [], CALM | NOBODY), rng=1).measures()["mean_strength_share"])


def test_without_soldiers_no_strength_is_a_share_of_the_first_days() -> None:
    """A country of civilians has no army "at 0 %": its shares are no numbers, as a comparison has them."""
    town = {"name": "army", "soldiers": 0, "reservists": 20, "civilians": 20, "community": 10}
    found = DesertionModel(made(3, [town], [], CALM | NOBODY), rng=1).run().measures()
    shares = ("strength_share_end", "min_strength_share", "mean_strength_share", "effective_mean_share")
    assert all(np.isnan(found[name]) for name in shares)
    assert found["strength_end"] == 0.0


def test_call_ups_end_with_the_government() -> None:
    """A government that falls on day 0 calls nobody up."""
    assert run(TOWN | {"waves": [wave()], "legitimacy_floor": 0.9}, 20).daily["called"].sum() == 0


def test_shares_of_hits_are_as_stated() -> None:
    """2,000 men, five in a hundred hit a day without thinning: killed and captured within 4 standard errors of their shares, as are the hits."""
    force = ARMY | {
        "soldiers": 2000,
        "casualty_rate": 0.05,
        "share_killed": 0.3,
        "share_captured": 0.2,
        "thinning": 0.0,
        "return_share": 0.0,
    }
    daily = run(force, 30).daily
    killed, captured, wounded = (float(daily[name].sum()) for name in ("new_killed", "new_captured", "new_wounded"))
    hits = killed + captured + wounded
    expected = 2000 * (1.0 - np.exp(-0.05 * 30))
    assert abs(hits - expected) < 4 * np.sqrt(expected * np.exp(-0.05 * 30))
    assert abs(killed - 0.3 * hits) < 4 * np.sqrt(hits * 0.3 * 0.7)
    assert abs(captured - 0.2 * hits) < 4 * np.sqrt(hits * 0.2 * 0.8)


def test_half_the_wounded_are_back_after_the_median_recovery() -> None:
    """All return in the end; of those hit on the first days half are back ten days later."""
    force = ARMY | {
        "soldiers": 2000,
        "casualty_rate": 0.2,
        "share_killed": 0.0,
        "share_captured": 0.0,
        "recovery": 10.0,
        "return_share": 1.0,
    }
    changes = [{"date": START + dt.timedelta(days=1), "path": "forces.army.casualty_rate", "value": 0.0}]
    daily = run(force, 100, changes=changes).daily
    first = daily["wounded"].iloc[1]
    assert first > 300
    # Out on day 0, the men whose draw is below the median are back on day 11: a day for the rounding.
    assert daily["wounded"].iloc[12] / first == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(first))
    assert daily["wounded"].iloc[-1] < 0.01 * first


def test_bearers_are_off_the_line_on_the_day() -> None:
    """Effective strength is strength less four for each man wounded today, never below nought."""
    daily = run(
        ARMY | {"casualty_rate": 0.1, "share_killed": 0.0, "share_captured": 0.0, "bearers": 4.0}, 30
    ).daily.iloc[1:]
    assert daily["effective_strength"].tolist() == np.maximum(0, daily["strength"] - 4 * daily["new_wounded"]).tolist()
    assert (daily["effective_strength"] < daily["strength"]).any()


def test_an_officers_leaving_weighs_what_it_is_said_to() -> None:
    """A man out of a squad of ten presses with a tenth, an officer with three tenths; a company of 120 with a hundred-and-twentieth of that."""
    force = ARMY | {"officer_share": 0.3, "officer_weight": 3.0, "base_soldier_hide": 0.05}
    scenario = made(1, [force], [], CALM | NOBODY)
    model = DesertionModel(scenario, rng=6).run()
    w = model.world
    gone = np.flatnonzero(w.left_day == 0)
    assert 1 < sum(bool(w.trait[i] & OFFICER_BIT) for i in gone) < len(gone)
    weights = [3.0 if w.trait[i] & OFFICER_BIT else 1.0 for i in gone]
    by_squad = np.bincount(w.squad[gone], weights, minlength=len(w.squad_size))
    assert w.squad_pressure[:, HIDE] / SHARE == pytest.approx(by_squad / 10.0, abs=1e-7)
    assert w.company_pressure[0, HIDE] / SHARE == pytest.approx(sum(weights) / 120.0, abs=1e-6)
    assert w.community_pressure[0, HIDE] / SHARE == pytest.approx(sum(weights) / 120.0, abs=1e-6)
    assert w.news[0, HIDE] / SHARE == pytest.approx(sum(weights) / 120.0, abs=1e-6)


def test_what_happens_today_is_seen_tomorrow() -> None:
    """All who leave on day 0 leave by the baseline; contagion acts from day 1 on."""
    force = ARMY | {"base_soldier_hide": 0.05}
    strong = {"form": "multiplicative", "contagion_squad": 50.0, "contagion_company": 50.0}
    plain, driven = run(force, 2), run(force, 2, strong)
    first, second = (set(np.flatnonzero(model.world.left_day == 0).tolist()) for model in (plain, driven))
    assert first == second
    assert (driven.world.left_day == 1).sum() > (plain.world.left_day == 1).sum()


@pytest.mark.parametrize(("extra", "share"), [(0.0, 1.0), (2.0, 5.0)])
def test_word_of_whole_units_that_surrender_carries_extra_weight(extra: float, share: float) -> None:
    """All surrender on day 0: news of 1, and extra 2 for every squad's and the company's men on top of it."""
    model = run(ARMY | {"base_soldier_surrender": 10.0}, 1, {"unit_event_weight": extra})
    assert (model.world.left_route == SURRENDER).all()
    assert model.world.news[0, SURRENDER] / SHARE == pytest.approx(share, abs=1e-4)


def test_half_a_squad_within_three_days_is_an_event_and_within_four_is_not() -> None:
    """The window holds today and the two days before; less than five men are no event, whatever the squad."""
    from desertion.simulation.day.news import _gone_in_three_days

    assert _gone_in_three_days(np.array([2, 2, 1]), 10, 4) == 5
    assert _gone_in_three_days(np.array([2, 2, 1]), 11, 4) == 0
    assert _gone_in_three_days(np.array([2, 0, 3]), 10, 4) == 0
    assert _gone_in_three_days(np.array([1, 1, 2]), 4, 4) == 0


def test_the_caught_are_away_for_their_term_and_then_serve_again() -> None:
    """Men who hid are found, punished for exactly ten days and sent back; the police find no more a day than they can."""
    force = ARMY | {"base_soldier_hide": 0.02, "police": 1.0, "punishment_term": 10.0, "punished_to_front": 1.0}
    model = DesertionModel(made(80, [force], [], CALM | NOBODY), rng=6)
    entered: dict[int, int] = {}
    terms = []
    while model.running:
        model.step()
        now = set(np.flatnonzero(model.world.status == 16).tolist())
        terms += [model.day - entered.pop(person) for person in set(entered) - now]
        entered |= dict.fromkeys(now - set(entered), model.day)
    assert len(terms) > 10
    assert set(terms) == {10}
    back = np.flatnonzero((model.world.spell > 0) & (model.world.status == SERVING))
    assert len(back) > 5
    assert model.daily["caught"].mean() < 1.0 + 4.0 / np.sqrt(80)


def test_returning_is_a_new_spell_with_new_thresholds() -> None:
    """A man who gave himself up leaves again; both departures count, the person once."""
    daily = run(ARMY | {"base_soldier_hide": 0.05, "return_rate": 0.5}, 120).daily
    assert daily["left"].iloc[-1] >= 118
    assert daily["departures"].iloc[-1] > 300


def test_without_contagion_and_frailty_companies_do_not_clump() -> None:
    """Clumping is within 4 standard errors of nought over 40 companies."""
    force = ARMY | {
        "soldiers": 40 * 30,
        "platoon": 3,
        "company": 1,
        "battalion": 2,
        "division": 2,
        "base_soldier_hide": 0.01,
    }
    value = run(force, 40).measures()["clumping_company"]
    assert abs(value) < 4 * np.sqrt(2 / 40) / 10
    clumped = run(force, 40, {"frailty_unit": 1.0}).measures()["clumping_company"]
    assert clumped > 0.1


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_exiles_without_protection_carry_news_with_their_weight(weight: float) -> None:
    """What passes censorship is 1 - c exp(-e (protected + weight (abroad + applicants + refused)) / people), with some in each status."""
    town = TOWN | {"reservists": 300, "community": 300, "base_reservist_flee": 0.3, "censorship": 0.8, "erosion": 2.0}
    host = {
        "name": "door",
        "access": 1.0,
        "travel": 0.0,
        "visa_free_evader": 0.4,
        "admission_evader": 1.0,
        "cases": 20.0,
    }
    host |= {"case_days": 2.0, "recognition_evader": 0.5, "refused_days": 90.0}
    model = DesertionModel(made(15, [town | {"exile_weight": weight}], [host], CALM | NOBODY), rng=5).run()
    last = model.daily.iloc[-1]
    protected, others = int(last["protected"]), [int(last[name]) for name in ("abroad", "applicant", "refused")]
    assert min(protected, *others) > 0
    expected = 1.0 - 0.8 * math.exp(-2.0 * (protected + weight * sum(others)) / 300.0)
    assert passing_now(model.core, 0) == pytest.approx(expected, rel=1e-12)


STREET = {
    "protest": 1.0,
    "protest_every": 7.0,
    "protest_mean": -1.0,
    "protest_spread": 0.0,
    "reservists": 60,
    "community": 60,
}


@pytest.mark.parametrize(
    ("force", "changes", "days"),
    [
        ({"legitimacy_floor": 0.3, "legitimacy_turnout": 10.0}, [], []),
        ({}, [on(10, "forces.town.protest", 0.0)], [8, 9, 10]),
        ({}, [], list(range(8, 21))),
    ],
    ids=["its first day makes the government fall", "switched off on day 10", "left alone"],
)
def test_a_street_in_which_nobody_can_turn_out_again_drives_nobody(
    force: dict[str, Any], changes: list[Any], days: list[int]
) -> None:
    """All turn out every seventh day; what was last seen drives people until the next time, and ends where there is none."""
    model = DesertionModel(made(20, [TOWN | STREET | force], [], CALM | NOBODY, changes=changes), rng=1)
    seen: list[int] = []
    for day in range(1, 21):
        model.step()
        if model.world.turnout[0] > 0.0:
            seen.append(day)
    assert seen == days
    assert (model.world.fallen[0] >= 0) == bool(force)


@pytest.mark.parametrize(("first", "days"), [(0.0, [8, 15]), (2.0, [3, 10, 17]), (9.9, [10, 17]), (7.0, [8, 15])])
def test_protest_days_are_counted_from_the_first(first: float, days: list[int]) -> None:
    """Day 1 of the table is the day of the start, on which nobody turns out; fractions of a day are cut."""
    daily = DesertionModel(made(20, [TOWN | STREET | {"protest_first": first}], [], CALM | NOBODY), rng=1).run().daily
    assert daily["day"][daily["turnout"] > 0.0].tolist() == days


def test_turnout_is_what_the_police_leave_of_it() -> None:
    """All turn out in one town of sixty; forty in a hundred stay unseen: a share of 0.6 in town, and as much of it in the news as passes censorship."""
    street = {
        "protest": 1.0,
        "protest_every": 1.0,
        "protest_mean": -1.0,
        "protest_spread": 0.0,
        "protest_police": 0.4,
        "censorship": 0.5,
    }
    model = DesertionModel(made(3, [TOWN | {"reservists": 60, "community": 60} | street], [], CALM | NOBODY), rng=1)
    for _ in range(2):
        model.step()
    w = model.world
    assert w.turnout.tolist() == [pytest.approx(0.6)]
    assert w.turnout_news[0] == pytest.approx(passing_now(model.core, 0) * 0.6)
    assert 0.0 < w.turnout_news[0] < 0.6


@pytest.mark.parametrize("danger", [1.0, 3.0])
def test_a_call_up_threatens_as_much_more_as_the_front_is_more_dangerous(danger: float) -> None:
    """Twenty are to be called and five have been this morning: 20 of the 95 at home, in per cent, times hits over those of the reference state."""
    force = TOWN | {"waves": [wave(days=4, notice=20)], "casualty_rate": 0.001}
    scenario = made(9, [force], [], CALM | NOBODY)
    model = DesertionModel(scenario.with_({"forces.town.casualty_rate": 0.001 * danger}), rng=1)
    for _ in range(6):
        model.step()
    assert model.world.threat[0] == pytest.approx(100.0 * 20 / 95 * danger)


def test_more_spells_than_sixteen_bits_hold_are_counted() -> None:
    """A reservist who flees every day and is stopped at his own frontier every day begins a spell a day, up to a hundred years."""
    door = {"name": "door", "access": 1.0, "travel": 0.0}
    model = DesertionModel(
        made(9, [TOWN | {"base_reservist_flee": 10.0, "exit_control": 0.9999}], [door], CALM | NOBODY), rng=6
    )
    model.world.spell[:] = 2**15 - 4
    people = model.run().people()
    assert people["spells"].min() > 2**15 - 4
    assert people["spells"].sum() == 100 * (2**15 - 3) + model.daily["turned_back"].sum()
    assert people["spells"].max() > 2**15


@pytest.mark.parametrize(("form", "recalled"), [("list", False), ("quota", True)])
def test_who_is_sent_back_is_recalled_for_evaders_of_a_quota_and_not_of_a_list(form: str, recalled: bool) -> None:
    """All twenty of a call-up evade it, and all others come back from their own frontier: a list of twenty lacks nobody."""
    force = TOWN | {"recall": 1.0, "exit_control": 0.9999, "base_summoned_hide": 10.0, "base_reservist_flee": 10.0}
    force |= {"waves": [wave(date=START, days=1, notice=30, form=form)]}
    door = {"name": "door", "access": 1.0, "travel": 0.0}
    model = DesertionModel(made(6, [force], [door], CALM | NOBODY | {"chance_power": 0.0}), rng=6).run()
    assert model.daily["turned_back"].sum() >= 80
    assert (model.daily["called"].sum() > 20) == recalled
