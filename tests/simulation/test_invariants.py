"""What holds on every day of every run, and what must not matter to a person's fate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from desertion.simulation.world.codes import ABROAD, APPLICANT, AT_BORDER, PROTECTED, REFUSED, STATUSES
from desertion.simulation.world.fields import DAILY_EXTRA
from tests.oracles import recount
from tests.simulation.worlds import SEEDS, scenarios, toy

WAR_INDEX = len(STATUSES) + DAILY_EXTRA.index("war_index")
SOMEWHERE = settings(max_examples=30, suppress_health_check=list(HealthCheck))


def every_day(scenario: Scenario, seed: int) -> DesertionModel:
    """Run a scenario and check every evening what must hold."""
    model = DesertionModel(scenario, rng=seed)
    before = host_stock(model)
    while model.running:
        model.step()
        check_evening(model, before)
        before = host_stock(model)
    return model


def host_stock(model: DesertionModel) -> Any:
    """Persons whom each host houses."""
    return model.world.host_count[:, :, [APPLICANT, PROTECTED, REFUSED]].sum(axis=(1, 2))


def check_evening(model: DesertionModel, housed: Any) -> None:
    """Everybody is somewhere once, all counts are true, no number is none or negative, no desk did more than it can."""
    w = model.world
    assert w.count.sum(axis=1).tolist() == w.people.tolist()
    for name, wanted in recount.counts(w).items():
        assert np.array_equal(getattr(w, name), wanted), name
    assert recount.slots(w) == recount.serving(w)
    assert (w.squad_n <= w.squad_size).all()
    for h in range(len(w.hosts)):
        check_host(model, h, int(housed[h]))
    row = w.daily[model.day]
    # Without soldiers at the start there is no strength to be lost, and no index of it.
    indexed = np.isfinite(row[:, WAR_INDEX])
    assert (indexed == (w.soldiers_start > 0)).all()
    row = np.where(indexed[:, None] | (np.arange(row.shape[1]) != WAR_INDEX), row, 0.0)
    assert np.isfinite(row).all()
    assert np.isfinite(w.hostly[model.day]).all()
    assert (row >= 0.0).all()
    assert (w.hostly[model.day] >= 0.0).all()
    assert ((w.legitimacy >= 0.0) & (w.legitimacy <= 1.0)).all()
    for name in (
        "squad_pressure",
        "company_pressure",
        "community_pressure",
        "news",
        "company_casualties",
        "class_n",
        "street",
    ):
        assert (getattr(w, name) >= 0).all(), name


def check_host(model: DesertionModel, h: int, housed: int) -> None:
    """Queues hold those who stand in them; nobody was housed while the host was full; desks kept to a day's work."""
    w = model.world
    names = list(model.host_states)
    host = w.hosts[h]
    for queues, status in ((w.border_queue, AT_BORDER), (w.case_queue, APPLICANT)):
        line = recount.queue(w, queues, h)
        assert sorted(line) == np.flatnonzero((w.status == status) & (w.host == h)).tolist(), names[h]
        assert len(line) == queues[h, 2]
    now = int(host_stock(model)[h])
    if math.isfinite(host["places"]):
        assert now <= max(housed, math.floor(host["places"] - host["places_taken"]))
    came = int(w.host_day[h, :, 0].sum())  # admitted at the border, without a visa or as claimants
    decided = int(w.host_day[h, :, 3].sum())
    dealt = came + int(w.host_day[h, :, [1, 2, 8]].sum())
    assert dealt <= math.ceil(host["entry"]) if math.isfinite(host["entry"]) else True
    assert decided <= math.ceil(host["cases"])
    assert int(w.host_day[h, :, 9].sum()) <= math.ceil(host["skilled_visas"])


@SOMEWHERE
@given(scenario=scenarios(), seed=SEEDS)
def test_every_evening_of_every_random_world_the_books_balance(scenario: Scenario, seed: int) -> None:
    """Conservation, capacities, counts equal to recounts, no NaN, no negative number, no admission while full."""
    try:
        scenario.sized()
    except InputError:
        return
    every_day(scenario, seed)


def test_every_evening_of_the_toy_world_the_books_balance() -> None:
    """The same in a world where each status is reached."""
    wave = {"date": "2030-01-11", "number": 150, "days": 20, "notice": 3, "training": 5}
    calm = {"forces__toy__legitimacy_floor": 0.0, "behaviour__push_threat": 0.0, "behaviour__form": "none"}
    model = every_day(toy(days=90, forces__toy__waves=[wave], **calm), 3)
    daily = model.daily
    missing = [name for name in STATUSES if name != "emigrated" and daily[name].max() == 0]
    assert missing == []


def fates(model: DesertionModel, n: int) -> list[Any]:
    """Status, day and route of leaving, place and home of the first n persons."""
    w = model.run().world
    return [
        getattr(w, name)[:n].tolist()
        for name in ("status", "left_day", "left_route", "squad", "spell", "since", "host")
    ]


def test_a_host_that_nobody_can_reach_changes_no_fate() -> None:
    """A new host at no distance from nobody: access 0, put last; all else stays, bit for bit."""
    scenario = toy()
    nowhere = scenario.hosts[0].model_copy(
        update={"name": "nowhere", "access": 0.0, "groups": (), "skilled_visas": 5.0}
    )
    more = Scenario.model_validate(scenario.model_dump() | {"hosts": (*scenario.hosts, nowhere)})
    n = len(DesertionModel(scenario, rng=5).world.status)
    first, second = DesertionModel(scenario, rng=5), DesertionModel(more, rng=5)
    assert fates(first, n) == fates(second, n)
    assert np.array_equal(first.world.daily, second.world.daily)


def test_a_force_that_shares_nothing_changes_no_fate_of_the_first() -> None:
    """A second army whose people stay where they are: the first army's history is the same, before or behind it in the list."""
    scenario = toy(forces__toy__degree=6)
    still = {name: 0.0 for name in type(scenario.forces[0]).model_fields if name.startswith("base_")}
    other = scenario.forces[0].model_copy(
        update={"name": "second", "reservists": 150, "casualty_rate": 0.0, "waves": ()} | still
    )
    n = len(DesertionModel(scenario, rng=5).world.status)
    alone = DesertionModel(scenario, rng=5)
    wanted = fates(alone, n)
    reference = scenario.reference | {"second": scenario.reference["toy"]}
    both = Scenario.model_validate(
        scenario.model_dump() | {"forces": (scenario.forces[0], other), "reference": reference}
    )
    behind = DesertionModel(both, rng=5)
    assert fates(behind, n) == wanted
    assert np.array_equal(behind.world.daily[:, 0], alone.world.daily[:, 0])
    swapped = Scenario.model_validate(
        scenario.model_dump() | {"forces": (other, scenario.forces[0]), "reference": reference}
    )
    ahead = DesertionModel(swapped, rng=5).run()
    assert np.array_equal(ahead.world.daily[:, 1], alone.world.daily[:, 0])


def test_replicates_of_two_policies_are_the_same_people_with_the_same_ties() -> None:
    """Traits, homes, units, ties and thresholds depend on the seed alone, not on the policy."""
    one, other = (
        DesertionModel(toy().with_policies([policy]), rng=5).world for policy in ("case-by-case", "closed-borders")
    )
    for name in (
        "kind",
        "trait",
        "squad",
        "community",
        "tie_start",
        "tie_to",
        "target",
        "company_z",
        "community_z",
        "company_contact",
        "breakpoint",
    ):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    different = DesertionModel(toy(), rng=6).world
    assert not np.array_equal(one.trait, different.trait)
    assert not np.array_equal(one.tie_to, different.tie_to)


def test_two_policies_that_differ_on_a_date_share_all_that_comes_before() -> None:
    """Common random numbers: until the day on which a border closes, the two histories are one."""
    scenario = toy(days=60)
    closing = Scenario.model_validate(
        scenario.model_dump()
        | {"changes": [*scenario.changes, {"date": "2030-01-21", "path": "hosts.steppe.border", "value": 0.0}]}
    )
    one, other = DesertionModel(scenario, rng=5).run(), DesertionModel(closing, rng=5).run()
    same = (one.world.daily == other.world.daily).all(axis=(1, 2))
    assert same[:21].all()
    assert not same[21:].all()


def test_people_abroad_live_on_where_no_rule_moves_them() -> None:
    """With no claims, no onward and no way home, those who live abroad stay there."""
    scenario = toy(**{f"hosts__*__{name}": 0.0 for name in ("claims_abroad", "onward", "homeward")})
    model = DesertionModel(scenario, rng=5)
    settled: set[int] = set()
    while model.running:
        model.step()
        now = set(np.flatnonzero(model.world.status == ABROAD).tolist())
        assert settled <= now
        settled = now
    assert len(settled) > 5
