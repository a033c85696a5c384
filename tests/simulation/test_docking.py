"""The Mesa agents and the compiled crowd are one model: their histories are equal in every bit."""

from __future__ import annotations

import copy
import json
import math
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from desertion.errors import InputError
from desertion.files import shipped_folder
from desertion.parameters import FORMS
from desertion.scenario import Scenario
from desertion.simulation.docking import difference
from desertion.simulation.model import DesertionModel
from desertion.simulation.population import crowd
from desertion.simulation.population.agents import Agents
from tests.simulation.worlds import CALM, INERT, LIVELY, SEEDS, made, on, scenarios, toy

pytestmark = pytest.mark.docking

POLICIES = sorted(path.stem for path in (shipped_folder("seeds") / "policies").glob("*.toml"))
ROOT = Path(__file__).parents[2]


def assert_same_history(first: DesertionModel, second: DesertionModel) -> None:
    """Whole histories are equal without tolerance: days, hosts and people, and all that the two worlds share."""
    again = difference(first, second)
    assert again is None, str(again)
    pd.testing.assert_frame_equal(first.daily, second.daily, check_exact=True)
    pd.testing.assert_frame_equal(first.hosts, second.hosts, check_exact=True)
    pd.testing.assert_frame_equal(first.people(), second.people(), check_exact=True)
    assert str(first.measures()) == str(second.measures())


def assert_docked(scenario: Scenario, seed: int = 7) -> DesertionModel:
    """Both forms of a scenario's people give the same history; return the compiled run."""
    compiled = DesertionModel(scenario, rng=seed)
    assert_same_history(compiled, DesertionModel(scenario, rng=seed, population="mesa"))
    return compiled


@pytest.mark.parametrize("policy", POLICIES)
def test_every_shipped_policy_gives_one_history(policy: str) -> None:
    """Each policy and each lever of the seeds, over the toy world until a month after the last date that any of them names; one that names what toy has not is tried on two toy armies."""
    try:
        scenario = toy().with_policies([policy])
    except InputError:
        scenario = two_armies().with_policies([policy])
    assert assert_docked(scenario).world.left.sum() > 20


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("draw", ["random", "quantiles"])
def test_every_form_of_contagion_gives_one_history(form: str, draw: str) -> None:
    """Strong contagion at every level, with shocks, memory short and long, and the reception interaction."""
    strong = {f"behaviour__contagion_{level}": 6.0 for level in ("squad", "company", "community", "ties", "news")}
    shocks = {"behaviour__shock_unit": 0.3, "behaviour__shock_community": 0.3, "behaviour__half_life_ties": 3.0}
    thresholds = {"behaviour__threshold_mean": 0.6, "behaviour__threshold_spread": 0.3}
    model = assert_docked(toy(behaviour__form=form, behaviour__threshold_draw=draw, **strong, **shocks, **thresholds))
    assert model.world.left.sum() > 20


def two_armies() -> Scenario:
    """The toy world with a second army that faces the same enemy and whose government's fall weakens the other's."""
    one = toy()
    other = one.forces[0].model_copy(
        update={"name": "second", "facing": ("toy",), "legitimacy_coupling": 0.1, "reservists": 300}
    )
    first = one.forces[0].model_copy(update={"facing": ("second",)})
    content = one.model_dump() | {
        "forces": (first, other),
        "reference": one.reference | {"second": one.reference["toy"]},
    }
    return Scenario.model_validate(content)


def test_two_armies_before_the_same_hosts_give_one_history() -> None:
    """Two toy armies share hosts, news and the fate of their governments."""
    model = assert_docked(two_armies())
    assert (model.world.left > 20).all()


def test_three_armies_give_one_history() -> None:
    """The shipped three armies, shrunk to a few hundred people, under an offer to all."""
    scenario = Scenario.load("three-armies-2022", policies=["extended-offer"], scale=0.0002, days=40)
    names = [force.name for force in scenario.forces]
    more = {
        f"forces.{name}.{key.split('.')[2]}": value
        for name in names
        for key, value in LIVELY.items()
        if key.startswith("forces")
    }
    assert_docked(scenario.with_(more | {f"forces.{name}.reservists": 500_000 for name in names}))


def test_protest_gives_one_history() -> None:
    """People march every third day, and what they see makes others march and leave."""
    scenario = toy(
        forces__toy__protest=1.0,
        forces__toy__protest_every=3.0,
        forces__toy__protest_mean=0.1,
        forces__toy__protest_spark=0.3,
    )
    assert assert_docked(scenario).daily["turnout"].max() > 0.01


def test_protest_that_begins_on_a_date_gives_one_history() -> None:
    """The street is switched on in mid-run and thresholds move later: people at home by then march like all others."""
    late = [
        {"date": "2030-01-15", "path": "forces.toy.protest", "value": 1.0},
        {"date": "2030-02-01", "path": "forces.toy.protest_mean", "value": 0.02},
        {"date": "2030-02-10", "path": "forces.toy.protest_spread", "value": 0.3},
    ]
    scenario = toy(forces__toy__protest_every=3.0, forces__toy__protest_mean=0.1, forces__toy__protest_spark=0.3)
    scenario = Scenario.model_validate(scenario.model_dump() | {"changes": [*scenario.changes, *late]})
    assert assert_docked(scenario).daily["turnout"].max() > 0.01


def test_skilled_visas_give_one_history() -> None:
    """More want a visa than there are, so some wait for days with their clocks run out."""
    model = assert_docked(toy(forces__toy__base_skilled=0.05, forces__toy__skilled_share=0.6))
    assert model.measures()["visas"] > 5


@pytest.mark.parametrize("place", ["home", "unit"])
def test_years_at_the_largest_rates_give_one_history(place: str) -> None:
    """Shared clocks of 64 bits would be full after 2,048 such days; agents count in numbers without end."""
    people = {"name": "place", "soldiers": 0, "reservists": 0, "civilians": 0, "community": 10} | INERT
    people |= {"return_rate": 1.0, "base_reservist_hide": 10.0, "base_soldier_hide": 10.0, "rough_country": 1.0}
    people |= (
        {"reservists": 10}
        if place == "home"
        else {"soldiers": 30, "squad": 30, "casualty_rate": 0.5, "front_share": 1.0}
    )
    people |= {"share_killed": 0.0, "share_captured": 0.0, "recovery": 1.0, "return_share": 1.0}
    felt = {f"contagion_{level}": 1e4 for level in ("community", "company")}
    felt |= {f"half_life_{level}": math.inf for level in ("community", "company")}
    later = [on(2200, f"forces.place.base_{kind}_hide", 1e-25) for kind in ("reservist", "soldier")]
    model = assert_docked(made(2300, [people], behaviour=CALM | felt, changes=later))
    assert 1000 < model.daily["departures"].iloc[2200] <= model.daily["departures"].iloc[-1]


@pytest.mark.filterwarnings("ignore:graph. .* persons have no tie")
def test_a_graph_of_the_user_gives_one_history(tmp_path: Path) -> None:
    """Ties read from a file, with people without ties and people with many."""
    rng = np.random.default_rng(3)
    pairs = {tuple(sorted(pair)) for pair in rng.integers(0, 120, (400, 2)).tolist() if pair[0] != pair[1]}
    path = tmp_path / "ties.csv"
    path.write_text("person,person\n" + "\n".join(f"{a},{b}" for a, b in sorted(pairs)) + "\n")
    ties = {"behaviour.contagion_ties": 8.0, "behaviour.half_life_ties": 5.0}
    people = {f"forces.toy.{kind}": count for kind, count in (("soldiers", 60), ("reservists", 120), ("civilians", 20))}
    scenario = Scenario.load("toy", days=60, set=ties | people, graph=str(path))
    assert_docked(scenario)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios(), seed=SEEDS)
def test_random_worlds_give_one_history(scenario: Scenario, seed: int) -> None:
    """Worlds drawn over the whole parameter space, with levers moved on dates, several armies and hosts."""
    try:
        scenario.sized()
    except InputError:
        return
    assert_docked(scenario, seed)


@pytest.mark.parametrize("form", ["multiplicative", "threshold"])
@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_number_of_threads_changes_no_bit(monkeypatch: pytest.MonkeyPatch, threads: int, form: str) -> None:
    """Each thread takes a share of units, communities and people with own clocks."""
    monkeypatch.setattr(crowd, "SMALL", 20)
    scenario = toy(behaviour__form=form, behaviour__contagion_ties=6.0)
    alone, several = DesertionModel(scenario, rng=5), DesertionModel(scenario, rng=5, threads=threads)
    assert several.population.threads == threads  # type: ignore[attr-defined]
    assert_same_history(several, alone)


_CHILD = """
import json, sys
from desertion.simulation.model import DesertionModel
from desertion.scenario import Scenario
model = DesertionModel(Scenario.from_toml(open(sys.argv[1]).read()), rng=7, population=sys.argv[2]).run()
print(json.dumps([model.daily.to_csv(), model.hosts.to_csv(), model.people().to_csv()]))
"""


def in_a_new_process(scenario: Scenario, folder_: Path, population: str, **environment: str) -> list[str]:
    """The three tables of a run in a process of its own, as text that keeps every bit."""
    path = folder_ / "scenario.toml"
    scenario.write(path)
    source = os.pathsep.join([str(ROOT / "model"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), population],
        env=os.environ | {"PYTHONPATH": source} | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    tables: list[str] = json.loads(done.stdout)
    return tables


def tables_of(model: DesertionModel) -> list[str]:
    """The same of a model in this process."""
    return [model.daily.to_csv(), model.hosts.to_csv(), model.people().to_csv()]


@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_a_new_process_gives_the_same_history(tmp_path: Path, population: str) -> None:
    """Nothing hangs on the process: hashes of strings, order of sets, state of the compiler."""
    scenario = toy()
    here = tables_of(DesertionModel(scenario, rng=7, population=population).run())
    assert in_a_new_process(scenario, tmp_path, population, PYTHONHASHSEED="77") == here


@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_plain_python_gives_the_same_history_as_compiled_code(tmp_path: Path, population: str) -> None:
    """With the compiler switched off every kernel runs as the Python that it is written in."""
    scenario = toy(days=25, scale=0.1)
    here = tables_of(DesertionModel(scenario, rng=7, population=population).run())
    assert in_a_new_process(scenario, tmp_path, population, NUMBA_DISABLE_JIT="1") == here


@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_a_model_saved_or_copied_in_mid_run_is_one_of_its_own(population: str) -> None:
    """Pickled and read back on day 25, or copied by either way of `copy`, it ends as the one that ran through and leaves the first where it was."""
    scenario = toy()
    first, whole = (DesertionModel(scenario, rng=7, population=population) for _ in range(2))
    for _ in range(25):
        first.step()
    expected = tables_of(whole.run())
    for again in (pickle.loads(pickle.dumps(first)), copy.copy(first), copy.deepcopy(first)):
        assert not np.shares_memory(again.world.status, first.world.status)
        while again.running:
            again.step()
        assert tables_of(again) == expected
    assert first.day == 25
    assert tables_of(first.run()) == tables_of(whole)


def test_the_order_of_agents_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """People who are hit and who decide are asked in a new random order each day."""
    scenario, rng = toy(), np.random.default_rng(11)
    plain = DesertionModel(scenario, rng=7, population="mesa")
    assert_same_history(DesertionModel(scenario, rng=7), plain)
    ask = Agents._in_any

    def in_any_order(self: Agents, statuses: Any) -> Any:
        people = ask(self, statuses)
        return [people[n] for n in rng.permutation(len(people))]

    monkeypatch.setattr(Agents, "_in_any", in_any_order)
    shuffled = DesertionModel(scenario, rng=7, population="mesa").run()
    assert tables_of(shuffled) == tables_of(plain)


def test_stepping_day_by_day_is_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled form runs to the horizon in one call; stepping gives the same."""
    scenario = toy()
    stepped = DesertionModel(scenario, rng=7)
    while stepped.running:
        stepped.step()
    assert tables_of(stepped) == tables_of(DesertionModel(scenario, rng=7).run())


def test_a_difference_is_reported_as_day_person_and_term() -> None:
    """One clock is set back by a tick: the report names it on the day before anybody's fate changes."""
    scenario = toy()
    first, second = DesertionModel(scenario, rng=7), DesertionModel(scenario, rng=7, population="mesa")
    for _ in range(10):
        first.step()
        second.step()
    someone = int(np.flatnonzero((first.world.status == 3) & (first.world.since == 0))[0])
    second.population.people[someone].lacking[0] += 1  # type: ignore[attr-defined]
    found = difference(first, second)
    assert found is not None
    assert (found.day, found.person) == (10, someone) or (found.day, found.person) == (9, someone)
    assert found.term == "ticks that the clock of hide lacks"
    assert found.second == found.first + 1


def test_a_different_signal_is_reported_before_the_fates_it_changes() -> None:
    """Another police capacity shows as the force's lever, not as the first man caught."""
    first = DesertionModel(toy(), rng=7)
    second = DesertionModel(toy(forces__toy__police=1.0), rng=7)
    found = difference(first, second)
    assert found is not None
    assert found.person is None
    assert found.term.startswith("force_levers[0")
