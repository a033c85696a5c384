"""Every measure of a run is what its definition says, counted again from the tables of days, hosts and people."""

from __future__ import annotations

import datetime as dt
import math
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from desertion import DesertionModel, Scenario
from desertion.simulation.record.columns import MEASURES
from desertion.simulation.record.tables import people_frame
from desertion.simulation.world.codes import KINDS, ROUTES, SKILLED_BIT, STATUSES
from desertion.simulation.world.fields import World
from desertion.study.comparison.arm import outcome_of
from desertion.study.comparison.outcomes import BY_NAME, OF_FORCES, OF_HOSTS, column
from tests.simulation.worlds import HOT, OPEN, START, made, toy

DAYS, SEED = 60, 4


def _force(name: str, **more: object) -> dict[str, object]:
    wave = {"date": START + dt.timedelta(days=40), "number": 90, "days": 6, "notice": 2, "training": 3}
    street = {
        "protest": 1.0,
        "protest_every": 3.5,
        "protest_spark": 0.6,
        "protest_local": 0.8,
        "legitimacy_floor": 0.55,
    }
    fought = {"share_captured": 0.2, "casualty_rate": 0.01, "police": 2.0, "exit_control": 0.3, "skilled_share": 0.5}
    rates = {name: rate / 8.0 for name, rate in HOT.items() if name.startswith("base_")}
    slow = {"legitimacy_exits": 0.3, "legitimacy_turnout": 0.2}
    return HOT | street | fought | rates | slow | {
        "name": name, "soldiers": 120, "reservists": 200, "civilians": 100, "squad": 5, "community": 40, "waves": [wave],
        "breakpoint": 0.6,
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def model() -> DesertionModel:
    """Sixty crowded days of two forces and three hosts, in which every column moves."""
    hosts = [
        OPEN | {"name": "near", "places": 12.0, "entry": 3.0, "leak": 0.5, "budget": 500.0, "screening_days": 2.0,
                "screening_alarm": 0.5, "admission_evader": 0.9},
        OPEN | {"name": "pass", "border": 1.0, "passes_to": ["near", "far"], "travel": 2.0},
        OPEN | {"name": "far", "cases": 0.5, "travel": 4.0},
    ]  # fmt: skip
    scenario: Scenario = made(
        DAYS,
        [
            _force("alpha", absent_soldiers=0.1, facing=["beta"]),
            _force("beta", squad=6, absent_soldiers=0.2, breakpoint=0.0, legitimacy_floor=0.0, facing=["alpha"]),
        ],
        hosts,
        {"infiltrators": 0.6, "push_threat": 0.0},
    )
    return DesertionModel(scenario, rng=SEED).run()


def recounted(model: DesertionModel, force: str | None = None) -> dict[str, float]:
    """All measures, of one force or of both together, from the tables alone."""
    daily, hosts, people = (
        table if force is None else table[table["force"] == force]
        for table in (model.daily, model.hosts, model.people())
    )
    named = [one for one in model.scenario.forces if force in (None, one.name)]
    by_day, later = daily.groupby("day"), daily[daily["day"] > 0]
    last = daily[daily["day"] == DAYS]
    total = daily.sum(numeric_only=True)
    queues, ended = hosts.groupby("day").sum(numeric_only=True), hosts[hosts["day"] == DAYS].sum(numeric_only=True)
    left = people[people["day_left"].notna()]
    morning = DesertionModel(model.scenario, rng=SEED).people().loc[people.index]
    present = morning["status"].eq("serving")
    gone = left[present[left.index]]
    start = float(present.sum())
    claimed = float(hosts["decided"].sum() + ended["waiting"])
    first = {name: daily[daily[name].astype(bool)]["day"] for name in ("collapsed", "fallen")}
    out = {
        "left_total": len(left),
        "share_left": len(left) / len(people),
        **{f"left_{route}": (left["route"] == route).sum() for route in ROUTES},
        **{f"{kind}s_left": (left["kind"] == kind).sum() for kind in KINDS},
        "soldiers_left_share": len(gone) / start,
        "reservists_left_share": (left["kind"] == "reservist").sum() / sum(one.reservists for one in named),
        **{
            f"day_{share}": next((day for day in range(1, DAYS + 1) if (gone["day_left"] <= day).sum() >= start * share / 100), DAYS)
            for share in (10, 25, 50)
        },
        "departures": last["departures"].sum(),
        "flee_departures": total["new_flee"],
        "surrendered": total["new_surrender"],
        "hid": total["new_hide"],
        "refused_openly": total["new_refuse"],
        "skilled_left": total["new_skilled"],
        "casualties": total["new_wounded"] + total["new_killed"] + total["new_captured"],
        "captured": total["new_captured"],
        **{name: total[name] for name in ("caught", "returned", "turned_back", "information", "output_lost", "prisoner_cost_eur", "captor_casualties", "captor_saved")},
        "served_reservists": last["served"].sum(),
        "abroad_end": people["status"].eq("abroad").sum(),
        "strength_end": last["strength"].sum(),
        "strength_share_end": last["strength"].sum() / start,
        "min_strength_share": by_day["strength"].sum().min() / start,
        "mean_strength_share": later["strength"].sum() / DAYS / start,
        "effective_mean_share": later["effective_strength"].sum() / DAYS / start,
        "soldier_days": later["strength"].sum(),
        "legitimacy_min": daily["legitimacy"].min(),
        "legitimacy_end": last["legitimacy"].mean(),
        "turnout_max": daily["turnout"].max(),
        "war_index_end": last["war_index"].mean(),
        "news_max": daily["news"].max(),
        "collapsed": float(len(first["collapsed"]) > 0),
        "fallen": float(len(first["fallen"]) > 0),
        "breakpoint_day": first["collapsed"].min() if len(first["collapsed"]) else DAYS,
        "fall_day": first["fallen"].min() if len(first["fallen"]) else DAYS,
        "falls": last["fallen"].astype(bool).sum(),
        "protected": people["status"].eq("protected").sum(),
        **{name: hosts[name].sum() for name in ("granted", "decided", "admitted", "irregular", "turned_away", "passed_on", "visas", "cost_eur", "over_budget_eur", "infiltrators", "genuine_refused", "output_gained")},
        "decided_or_waiting": claimed,
        "peak_waiting": queues["waiting"].max(),
        "peak_border": queues["at_border"].max(),
        "cost_per_leaver": hosts["cost_eur"].sum() / len(left),
        "claim_share": claimed / total["new_flee"],
        "clumping_company": _clumping(morning[present], gone.index, "company"),
        "clumping_division": _clumping(morning[present], gone.index, "division"),
    }  # fmt: skip
    return {name: float(value) for name, value in out.items()}


def _clumping(served: pd.DataFrame, gone: pd.Index, unit: str) -> float:
    counts = served.index.isin(gone).astype(float)
    counts = pd.Series(counts).groupby(served[unit].to_numpy()).sum()
    return (counts.var() - counts.mean()) / counts.mean() ** 2 if len(counts) > 1 else math.nan


@pytest.mark.parametrize("force", [None, "alpha", "beta"])
def test_every_measure_is_what_the_tables_count(model: DesertionModel, force: str | None) -> None:
    """All forces together and each alone; nothing is nought in both, so that nothing agrees for want of events."""
    end = "" if force is None else f"@{force}"
    told = {name.removesuffix(end): value for name, value in model.measures().items() if ("@" in name) == bool(force)}
    told = {name: value for name, value in told.items() if "@" not in name}
    found = recounted(model, force)
    assert found.keys() == told.keys()
    wrong = {
        name: (told[name], value)
        for name, value in found.items()
        if told[name] != pytest.approx(value, rel=1e-9, nan_ok=True)
    }
    assert not wrong
    if force is None:
        assert not [name for name, value in found.items() if not value]


def test_measures_on_the_way_are_those_of_a_run_that_ends_there(model: DesertionModel) -> None:
    """Ten of sixty days, but for dates, which are not known where they have not come; before the first day nothing has a mean."""
    on_the_way = DesertionModel(model.scenario, rng=SEED)
    assert math.isnan(on_the_way.measures()["mean_strength_share"])
    for _ in range(10):
        on_the_way.step()
    ended = DesertionModel(model.scenario.with_({"days": 10}), rng=SEED).run()
    found, wanted = (
        {name: value for name, value in each.measures().items() if "day_" not in name and "_day" not in name}
        for each in (on_the_way, ended)
    )
    assert found == pytest.approx(wanted, nan_ok=True)
    assert math.isnan(on_the_way.measures()["day_50"])


def test_what_comes_on_the_first_day_comes_on_day_1() -> None:
    """Two forces that break at the first loss and whose governments fall at the first leaver."""
    weak = {"breakpoint": 1.0, "breakpoint_spread": 0.0, "legitimacy_floor": 1.0}
    found = DesertionModel(made(3, [_force(name, **weak) for name in ("alpha", "beta")]), rng=SEED).run().measures()
    wanted = {"collapsed": 1.0, "breakpoint_day": 1.0, "fallen": 1.0, "fall_day": 1.0, "falls": 2.0, "falls@beta": 1.0}
    assert {name: found[name] for name in wanted} == wanted


def test_a_force_without_soldiers_has_no_share_of_them() -> None:
    """Nothing of which another could be a share, and a day that never comes."""
    found = DesertionModel(made(3, [_force("town", soldiers=0)]), rng=SEED).run().measures()
    shares = ("soldiers_left_share", "strength_share_end", "min_strength_share", "mean_strength_share")
    assert all(math.isnan(found[name]) for name in shares)
    assert found["day_10"] == 3.0
    assert "clumping_company" not in found or math.isnan(found["clumping_company"])


def test_a_force_without_soldiers_has_no_index_of_war_length() -> None:
    """On no day, and in no mean over forces; beside an army the index is the army's."""
    town, army = _force("town", soldiers=0), _force("alpha")
    alone = DesertionModel(made(3, [town]), rng=SEED).run()
    assert alone.daily["war_index"].isna().all()
    assert math.isnan(alone.measures()["war_index_end"])
    both = DesertionModel(made(3, [army, town]), rng=SEED).run()
    mine = both.daily[both.daily["force"] == "alpha"]["war_index"]
    assert mine.iloc[0] == 100.0
    assert both.measures()["war_index_end"] == mine.iloc[-1]


def test_units_in_which_nobody_served_at_the_start_are_none_that_nobody_left() -> None:
    """Companies of two and divisions of four, of which seven in ten are absent, and the empty ones of the reserve."""
    small = {"squad": 2, "platoon": 1, "company": 1, "battalion": 1, "division": 2}
    model = DesertionModel(made(DAYS, [_force("alpha", absent_soldiers=0.7, **small)]), rng=SEED).run()
    morning = DesertionModel(model.scenario, rng=SEED).people()
    served = morning[morning["status"].eq("serving")]
    assert served["company"].nunique() < 60
    gone = model.people().loc[served.index, "day_left"].dropna().index
    for unit in ("company", "division"):
        assert model.measures()[f"clumping_{unit}"] == pytest.approx(_clumping(served, gone, unit))


def test_the_cost_of_a_leaver_is_that_of_a_real_one() -> None:
    """Money is at real size, and each simulated person stands for five."""
    found = DesertionModel(toy(20, scale=0.2), rng=1).run().measures()
    assert found["cost_per_leaver"] == pytest.approx(found["cost_eur"] / (5.0 * found["left_total"]))


def test_people_are_told_by_name_and_place() -> None:
    """Four persons by hand: who is in no squad is in no company, who is at home has no host, and the first day is day 1."""
    world = SimpleNamespace(
        squad=np.array([2, -1, 0, 1]),
        squad_company=np.array([0, 0, 1]),
        company_division=np.array([0, 4]),
        force_of=np.array([1, 0, 0, 1]),
        kind=np.array([0, 1, 2, 0]),
        status=np.array([STATUSES.index(status) for status in ("serving", "abroad", "home", "protected")]),
        left_route=np.array([-1, ROUTES.index("flee"), -1, ROUTES.index("hide")]),
        left_day=np.array([-1, 0, -1, 6], np.int32),
        community=np.array([3, 2, 1, 0]),
        trait=np.array([SKILLED_BIT, 0, SKILLED_BIT | 2 * SKILLED_BIT, 2 * SKILLED_BIT]),
        host=np.array([1, 1, 0, 0]),
        spell=np.array([0, 1, 0, 2]),
    )
    named = SimpleNamespace
    scenario = named(forces=[named(name="a"), named(name="b")], hosts=[named(name="near"), named(name="far")])
    table = people_frame(cast(World, world), cast(Scenario, scenario)).astype(object)
    assert table.where(table.notna(), None).to_numpy().tolist() == [
        [0, "b", KINDS[0], "serving", None, None, 2, 1, 4, 3, True, None, 1],
        [1, "a", KINDS[1], "abroad", "flee", 1, -1, -1, -1, 2, False, "far", 2],
        [2, "a", KINDS[2], "home", None, None, 0, 0, 0, 1, True, None, 1],
        [3, "b", KINDS[0], "protected", "hide", 7, 1, 0, 0, 0, False, "near", 3],
    ]


def test_outcomes_of_a_comparison_are_the_measures_of_the_run(model: DesertionModel) -> None:
    """Force by force, and hosts for both; what no measure counts is counted here."""
    measures, people = model.measures(), model.people()
    found = outcome_of(model.daily, model.hosts, people, measures, {}).scalars
    right = {column("all", measure.name): measures[measure.name] for measure in OF_HOSTS}
    for force in ("alpha", "beta"):
        own, daily = people[people["force"] == force], model.daily[model.daily["force"] == force]
        counted = {
            "killed": own["status"].eq("killed").sum(),
            "applicants": own["status"].eq("applicant").sum(),
            "lowest_effective": daily["effective_strength"].min() / daily["strength"].iloc[0],
        }
        for measure in OF_FORCES:
            value = counted[measure.name] if measure.name in counted else measures[f"{measure.measure}@{force}"]
            right[column(force, measure.name)] = value
    assert found == pytest.approx(right, rel=1e-9)


def test_who_is_returned_by_a_host_and_punished_stands_in_both_columns() -> None:
    """Where nobody is found, tried, gives himself up or goes home by choice, all who are caught were returned, and the titles say so."""
    settings = {
        "hosts.*.enforcement": 1.0, "hosts.*.refused_days": 1.0, "hosts.*.case_days": 1.0, "hosts.*.cases": 10.0, "hosts.*.homeward": 0.0,
        "hosts.*.recognition_deserter": 0.0, "forces.*.return_rate": 0.0, "forces.*.police": 0.0, "forces.*.trial_rate": 0.0, "forces.*.base_hiding_flee": 0.05,
    }  # fmt: skip
    model = DesertionModel(Scenario.load("toy", policies=["fast-track"], set=settings), rng=1)
    model.run()
    found = model.measures()
    assert 0 < found["caught"] <= found["returned"]
    assert BY_NAME["returned"].title == "Came back or were returned"
    assert all(
        f"`{other}` too" in MEASURES[name].definition
        for name, other in (("caught", "returned"), ("returned", "caught"))
    )
