"""The model as a Mesa model: steps, agents, collectors, own classes of people, and what it refuses."""

from __future__ import annotations

import math
import re
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.datacollection import DataCollector
from mesa.experimental.mesa_signals import ObservableSignals

from desertion.errors import InputError, shortened
from desertion.scenario import Scenario
from desertion.scenario.layers import Stop
from desertion.simulation import model as module
from desertion.simulation.model import DesertionModel
from desertion.simulation.population.agents import shares_hazard
from desertion.simulation.population.crowd import Crowd
from desertion.simulation.population.persons import Person, Reservist, Soldier
from desertion.simulation.society import memory
from desertion.simulation.world.codes import RESERVIST, SOLDIER
from tests.simulation.worlds import CALM, INERT, made, toy


@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_a_step_is_a_day_and_the_horizon_ends_the_run(population: str) -> None:
    """`running` falls at the horizon, and further steps do nothing."""
    model = DesertionModel(toy(days=3), rng=1, population=population)
    days = []
    while model.running:
        model.step()
        days.append(model.day)
    assert days == [1, 2, 3]
    before = model.world.daily.copy()
    model.step()
    assert model.day == 3
    assert np.array_equal(model.world.daily, before)
    assert model.daily["day"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("stepped", [0, 3])
def test_days_in_one_go_leave_what_days_one_by_one_leave(stepped: int) -> None:
    """People, tables, Mesa's clock, count and next step, also where the first days were stepped."""
    one_by_one, in_one_go = DesertionModel(toy(days=12), rng=1), DesertionModel(toy(days=12), rng=1)
    while one_by_one.running:
        one_by_one.step()
    for _ in range(stepped):
        in_one_go.step()
    in_one_go.run()
    for _ in range(2):
        assert in_one_go.daily.equals(one_by_one.daily)
        assert in_one_go.people().equals(one_by_one.people())
        assert (in_one_go.steps, in_one_go.time, in_one_go.running) == (one_by_one.steps, one_by_one.time, False)
        one_by_one.step()
        in_one_go.step()


def test_whoever_looks_on_is_told_of_every_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event in Mesa's calendar, an observer, a step of one's own, be it of a class or assigned: each sees the days one by one."""
    days: list[int] = []

    class Mine(DesertionModel):
        def step(self) -> None:
            super().step()
            days.append(self.day)

    Mine(toy(days=4), rng=1).run()
    assert days == [1, 2, 3, 4]
    assigned = DesertionModel(toy(days=4), rng=1)
    plain = assigned.step
    monkeypatch.setattr(assigned, "step", lambda: (plain(), days.append(-assigned.day)))
    assigned.run()
    assert days[4:] == [-1, -2, -3, -4]
    observed = DesertionModel(toy(days=4), rng=1)
    seen: list[int] = []

    def watch(_signal: object) -> None:
        seen.append(observed.day)

    observed.observe("time", ObservableSignals.CHANGED, watch)
    observed.run()
    assert sorted(set(seen)) == [0, 1, 2, 3]
    planned = DesertionModel(toy(days=4), rng=1)

    def due() -> None:
        seen.append(10 * planned.day)

    planned.schedule_event(due, at=2.5)
    planned.run()
    assert seen[-1] == 20


@pytest.mark.parametrize("stepped", [True, False])
def test_a_run_that_is_cut_off_stands_at_its_last_whole_day(monkeypatch: pytest.MonkeyPatch, stepped: bool) -> None:
    """And does not go on from between two days, as if nothing had been."""
    model = DesertionModel(toy(days=12), rng=1)
    whole = Crowd._day

    def cut(crowd: Crowd, team: Any, day: int, turned: Any) -> None:
        whole(crowd, team, day, turned)
        if day == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(Crowd, "_day", cut)

    def go_on() -> None:
        while stepped:
            model.step()
        model.run()

    with pytest.raises(KeyboardInterrupt):
        go_on()
    assert (model.day, model.running) == (5, False)
    monkeypatch.undo()
    assert model.run().day == 5
    assert model.daily.equals(DesertionModel(toy(days=12), rng=1).run().daily.query("day <= 5"))


@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_a_data_collector_sees_every_day(population: str) -> None:
    """Mesa's own collector, of model and agents, whether the run is stepped or run."""
    model = DesertionModel(toy(days=5, scale=0.1), rng=1, population=population)
    model.datacollector = DataCollector(
        model_reporters={"left": lambda m: int(m.world.left.sum())},
        agenttype_reporters={Person: {"status": "status"}} if population == "mesa" else {},
    )
    model.run()
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["left"].tolist() == model.daily["left"].tolist()[1:]


@pytest.mark.parametrize("told", [{}, {"population": "mesa"}, {"settings": {"stop": {"measure": "fallen"}}}])
def test_a_run_goes_on_with_the_totals_that_stepping_began(told: dict[str, Any]) -> None:
    """Ten steps and a run left ten rows of thirty days, and nothing told of it; a run from the first day leaves none."""
    stepped, both = (DesertionModel(toy(days=12), rng=1, **told) for _ in range(2))
    while stepped.running:
        stepped.step()
    for _ in range(3):
        both.step()
    both.run()
    whole = stepped.datacollector.get_model_vars_dataframe()
    assert len(whole) == 12
    assert both.datacollector.get_model_vars_dataframe().equals(whole)
    assert both.datacollector._collection_steps == stepped.datacollector._collection_steps
    assert len(DesertionModel(toy(days=12), rng=1, **told).run().datacollector.get_model_vars_dataframe()) == 0


def test_an_input_among_settings_and_as_a_keyword_is_refused() -> None:
    """The keyword won without a word."""
    said = "behaviour.form is given twice, as threshold and among the settings: give one of them"
    for settings in ({"behaviour.form": "none"}, {"behaviour.form": "threshold"}):
        with pytest.raises(InputError, match=said):
            DesertionModel("toy", rng=1, settings=settings, behaviour__form="threshold")


def test_a_stepped_run_has_totals_in_its_own_collector() -> None:
    """Whoever looks sees all steps so far, those before he looked and those after; a step past the horizon sees the last day again."""
    model = DesertionModel("three-armies-2022", rng=1, scale=0.0002, days=4)
    for _ in range(2):
        model.step()
    early = model.datacollector.get_model_vars_dataframe()
    assert len(early) == 2
    assert [early[name].iloc[-1] for name in early] == [
        model.datacollector.model_reporters[name](model) for name in early
    ]
    for _ in range(3):
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    by_day = model.daily.groupby("day").sum(numeric_only=True)
    for name in ("left", "strength", "hiding", "abroad", "applicant", "protected"):
        assert frame[name].tolist() == by_day[name].tolist()[1:] + by_day[name].tolist()[-1:]


@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_people_and_institutions_are_mesa_agents(population: str) -> None:
    """Each person has status, kind, squad and day of leaving; hosts and home states stand beside them."""
    model = DesertionModel(toy(days=30), rng=1, population=population).run()
    people = [agent for agent in model.agents if hasattr(agent, "kind")]
    assert len(people) == 200
    table = model.people()
    assert [person.status for person in people] == table["status"].astype(str).tolist()
    assert [person.day_left for person in people] == [
        None if day is None else int(day)
        for day in table["day_left"].astype(object).where(table["day_left"].notna(), None)
    ]
    assert sum(person.left for person in people) == model.world.left.sum()
    names = {agent.name for agent in model.agents if hasattr(agent, "name")}
    assert names == {"steppe", "ridge", "harbour", "toy"}
    assert model.host_states["steppe"].abroad == model.hosts.query("host == 'steppe'")["abroad"].iloc[-1]
    assert model.home_states["toy"].at_large == model.daily["hiding"].iloc[-1]
    last = model.daily.iloc[-1]
    front, news = model.fronts["toy"], model.news["toy"]
    assert (front.strength, front.effective_strength) == (last["strength"], last["effective_strength"])
    assert news.share_gone == pytest.approx(last["news"])
    assert news.share_gone > 0.0
    at_borders = model.hosts[model.hosts["day"] == 30].set_index("host")["at_border"]
    assert {name: host.at_border for name, host in model.host_states.items()} == at_borders.to_dict()
    assert at_borders.sum() > 0


@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_agents_by_type_hold_everybody_whatever_was_asked_before(population: str) -> None:
    """Mesa's usual way to count found institutions alone in the compiled form until somebody had read `agents`."""
    by_type = DesertionModel(toy(), rng=1, population=population).agents_by_type
    model = DesertionModel(toy(), rng=1, population=population)
    types = model.agent_types
    assert {kind.__name__: len(found) for kind, found in by_type.items()} == {
        kind.__name__: len(model.agents_by_type[kind]) for kind in types
    }
    assert sum(len(found) for found in by_type.values()) == len(model.agents) > len(model.world.kind)


def test_too_many_people_are_not_shown_as_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled form says the limit and the scale that would do."""
    monkeypatch.setattr(module, "AGENT_LIMIT", 100)
    with pytest.raises(InputError, match=r"200 persons are too many .*at most 100.*scale of 0\.1 or less"):
        _ = DesertionModel(toy(), rng=1).agents


class Stubborn(Soldier):
    """A soldier whom nothing moves."""

    def rate(self, route: int) -> float:
        """No route has any rate."""
        return 0.0


class Fearful(Soldier):
    """A soldier who is driven twice as hard."""

    def push(self) -> float:
        """One log unit more."""
        return super().push() + 1.0


def test_an_own_class_of_soldiers_runs_in_the_mesa_form() -> None:
    """A class that overrides a rule changes what its people do, and nobody else's rules."""
    calm = toy(days=20, behaviour__form="none")
    plain, none, more = (
        DesertionModel(calm, rng=2, population="mesa", **({"soldier": kind} if kind else {})).run()
        for kind in (None, Stubborn, Fearful)
    )
    gone = [int((model.world.left_day[model.world.kind == SOLDIER] >= 0).sum()) for model in (plain, none, more)]
    assert gone[1] == 0
    assert gone[2] > gone[0] > 5


@pytest.mark.parametrize("form", ["multiplicative", "threshold"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("rule", ["push", "cost", "baseline", "opportunity", "contagion", "rate"])
def test_a_rule_that_gives_no_finite_number_is_told(rule: str, value: float, form: str) -> None:
    """It switched leaving off for everybody, or emptied the army; the sentence names class, rule, value, person and day."""

    def own(self, *given):
        late = self.row == 3 and self.model.population.seen >= 2
        return value if late else getattr(Person, rule)(self, *given)

    kind = type("Own", (Soldier,), {rule: own})
    model = DesertionModel(toy(days=5, behaviour__form=form), rng=1, population="mesa", soldier=kind)
    model.population.seen = 0
    model.step()
    model.population.seen = 2
    if rule == "baseline" and value < 0.0:
        assert model.run().day == 5  # no such route
        return
    with pytest.raises(InputError, match=rf"Own\.{rule} = {value} must be a finite number \(person 3, \w+, day 2\)"):
        model.run()


@pytest.mark.parametrize("value", [None, "1", np.array([1.0]), True, np.True_, 10**400])
@pytest.mark.parametrize("rule", ["push", "cost", "baseline", "opportunity", "contagion", "tied", "rate"])
def test_a_rule_that_gives_no_number_is_told(rule: str, value: object) -> None:
    """A forgotten return, text, an array, a truth value (which counted as 1) and a whole number beyond all others; an array of one number was taken by some rules and not by others."""
    kind = type("Own", (Soldier,), {rule: lambda _self, *_given: value})
    said = re.escape(f"Own.{rule} = {shortened(value)} must be a finite number (person 0, hide, day 1)")
    with pytest.raises(InputError, match=said):
        DesertionModel(toy(days=2), rng=1, population="mesa", soldier=kind).run()


def test_a_perceived_safety_that_is_a_truth_value_is_told() -> None:
    """It is a share: True counted as all."""
    kind = type("Own", (Reservist,), {"reception": lambda _self, _route: True})
    with pytest.raises(InputError, match=r"Own\.reception = True must be a finite number \(person \d+, \w+, day 1\)"):
        DesertionModel(toy(days=2), rng=1, population="mesa", reservist=kind).run()


@pytest.mark.parametrize("large", [1e308, np.float64(1e308)])
@pytest.mark.parametrize("rules", [("push", "contagion"), ("rate",)])
def test_rules_that_add_up_beyond_all_numbers_are_told(rules: tuple[str, ...], large: float) -> None:
    """Each gives a finite number, so that no one of them is at fault; NumPy's sums warned besides."""
    kind = type("Own", (Soldier,), {rule: lambda _self, *_given: large for rule in rules})
    with pytest.raises(
        InputError, match=r"^Own: what its rules give adds up to no finite number \(person 0, day 1\): give"
    ):
        DesertionModel(toy(days=2), rng=1, population="mesa", soldier=kind).run()


@pytest.mark.parametrize("value", [False, True, np.False_, None, "hide", 1.0, -2, 5])
def test_an_own_decision_that_is_no_route_is_told(value: object) -> None:
    """False was route 0, so that everybody hid who was to stay."""
    kind = type("Own", (Soldier,), {"decide": lambda _self: value})
    said = re.escape(f"Own.decide = {value!r} must be -1 (he stays) or the number of a route: 0 hide, 1 flee, ")
    with pytest.raises(InputError, match=said):
        DesertionModel(toy(days=2), rng=1, population="mesa", soldier=kind).run()


def test_an_own_decision_for_a_way_that_one_has_not_is_told() -> None:
    """Reservists at home surrendered to the enemy, all of them on the first day; by ways that they have they may go."""
    for route, refused in ((2, True), (1, False), (-1, False)):
        kind = type("Own", (Reservist,), {"decide": lambda _self, route=route: route})
        model = DesertionModel(toy(days=2), rng=1, population="mesa", reservist=kind)
        if refused:
            with pytest.raises(
                InputError,
                match=r"^Own\.decide = 2 is surrender, which is no way of this person as he stands \(person \d+, day 1\)",
            ):
                model.run()
        else:
            world = model.run().world
            assert bool((world.left_route[world.kind == RESERVIST] == 1).any()) == (route == 1)


def test_an_own_decision_may_be_any_whole_number() -> None:
    """NumPy's are taken for Python's: all stay, or all surrender."""
    for route, gone in ((np.int64(-1), 0), (np.int64(2), None)):
        kind = type("Own", (Soldier,), {"decide": lambda _self, route=route: route})
        world = DesertionModel(toy(days=2), rng=1, population="mesa", soldier=kind).run().world
        left = int((world.left_route[world.kind == SOLDIER] == 2).sum())
        assert left == gone if gone is not None else left > 0


class Same(Soldier):
    """A soldier with rules written out anew, which say what the model's say."""

    def push(self) -> float:
        """The same."""
        return super().push()


def test_rules_added_up_by_a_person_are_those_published_for_his_group() -> None:
    """People who add up push, cost, opportunity and contagion themselves come to the group's rate, bit for bit."""
    for form in ("multiplicative", "concave", "additive", "threshold"):
        scenario = toy(days=25, behaviour__form=form, behaviour__shock_unit=0.2)
        plain = DesertionModel(scenario, rng=2, population="mesa").run()
        own = DesertionModel(scenario, rng=2, population="mesa", soldier=Same).run()
        assert not shares_hazard(Same)
        assert np.array_equal(plain.world.daily, own.world.daily)


@pytest.mark.parametrize("rule", ["rate", "tied", "reception", "baseline"])
def test_a_soldier_with_a_rule_of_his_own_does_not_read_the_step_of_his_squad(rule: str) -> None:
    """Whatever rule he overrides, it is asked for him every day, even if it gives what everybody's gives."""
    asked = []

    def own(self, *given):
        asked.append(self.row)
        return getattr(Person, rule)(self, *given)

    kind = type("Own", (Soldier,), {rule: own})
    model = DesertionModel("toy", rng=1, days=2, population="mesa", soldier=kind)
    model.population.people[0].tie_pressure[0] = 1_000_000
    model.run()
    # Reception and ties are asked where somebody was told something, the others for every soldier.
    assert len(set(asked)) >= (300 if rule in ("rate", "baseline") else 1)
    assert not shares_hazard(kind)
    assert shares_hazard(Soldier)


def test_a_rule_of_his_own_counts_in_the_threshold_form_too() -> None:
    """A soldier who is driven harder follows fewer others: where thresholds decide, his push is asked as well."""
    form = toy(days=20, behaviour__form="threshold", behaviour__threshold_push=0.2, behaviour__threshold_mean=1.5)
    gone = [
        DesertionModel(form, rng=2, population="mesa", soldier=kind).run().measures()["soldiers_left"]
        for kind in (Soldier, Fearful)
    ]
    assert gone[1] > gone[0]


def test_the_compiled_form_refuses_own_classes() -> None:
    """It says that their rules are Python, and what to do."""
    with pytest.raises(InputError, match=r"Stubborn.*mesa"):
        DesertionModel(toy(), rng=1, soldier=Stubborn)


def test_flat_keywords_are_settings() -> None:
    """What Mesa's batch runs and its app pass: a double underscore stands for the dot."""
    model = DesertionModel(
        "toy", policies=("fast-track",), asylum=0.7, scale=0.2, days=4, rng=1, behaviour__form="none"
    )
    assert model.scenario.behaviour.form == "none"
    assert model.scenario.policies == ("fast-track",)
    assert (model.scenario.asylum, model.sized.days) == (0.7, 4)


def test_mesas_batch_run_runs_it() -> None:
    """Two positions of the dial, two seeds each."""
    found: list[dict[str, Any]] = mesa.batch_run(
        DesertionModel,
        {"scenario": "toy", "scale": 0.2, "days": 5, "asylum": [0.3, 0.8]},
        rng=[1, 2],
        max_steps=5,
        display_progress=False,
    )
    assert {row["asylum"] for row in found} == {0.3, 0.8}
    assert len({row["RunId"] for row in found}) == 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"population": "quantum"}, "population = 'quantum' must be one of compiled, mesa"),
        ({"threads": 0}, r"threads = 0 must be a whole number in \[1, 256\]"),
        ({"threads": 1000}, "threads = 1000"),
        ({"threads": True}, "threads = True"),
        ({"rng": -1}, r"rng = -1 must be a whole number in \[0, 2\*\*63\)"),
        ({"rng": 2**63}, "rng = "),
        ({"rng": 1.5}, "rng = 1.5"),
        ({"scale": 0.001}, "leaves nobody|no whole squad|less than one whole squad"),
    ],
)
def test_wrong_arguments_are_refused_with_a_sentence(arguments: dict[str, Any], sentence: str) -> None:
    """Name, value and rule."""
    with pytest.raises(InputError, match=sentence):
        DesertionModel("toy", **({"rng": 1} | arguments))


def test_a_run_that_would_not_fit_is_refused_before_memory_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence has the estimate and the largest scale that fits, and that scale fits."""
    monkeypatch.setattr(memory, "available", lambda: 1e9)
    big = Scenario.load("russia-2022", scale=1.0)
    with pytest.raises(InputError, match=r"needs about .* GiB.*largest scale that fits is about") as refused:
        memory.check_memory(big.sized(), "compiled")
    fits = float(str(refused.value).split("about ")[-1])
    memory.check_memory(Scenario.load("russia-2022", scale=0.95 * fits).sized(), "compiled")


@pytest.mark.parametrize(("community", "squad", "communities"), [(1, 10, 40_200), (100, 10, 402), (100, 2, 402)])
def test_the_estimate_knows_communities_squads_and_companies(community: int, squad: int, communities: int) -> None:
    """60,300 people: what is estimated beyond the program itself is near what the arrays take, however many communities there are."""
    people = {"soldiers": 20_100, "reservists": 33_500, "civilians": 6_700, "community": community, "squad": squad}
    sized = Scenario.load("toy", days=10, set={f"forces.toy.{key}": value for key, value in people.items()}).sized()
    world = DesertionModel(sized, rng=1).world
    assert len(world.community_force) == communities
    arrays = [each for each in world if isinstance(each, np.ndarray)]
    own = {id(each): each for each in (one if one.base is None else one.base for one in arrays)}
    taken = sum(each.nbytes for each in own.values())
    told = memory.estimate(sized, "compiled") - memory.BYTES_OF_ALL
    assert 0.8 * taken < told < 1.5 * taken


def test_a_run_is_refused_only_after_finished_ones_have_made_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies about as garbage is not counted as taken."""
    free = [1e8]
    monkeypatch.setattr(memory, "available", lambda: free[0])
    monkeypatch.setattr(memory.garbage, "look", lambda: free.__setitem__(0, 1e12))
    memory.check_memory(Scenario.load("russia-2022", scale=0.01).sized(), "compiled")


def test_a_generator_gives_the_seed() -> None:
    """Two generators in the same state make the same run."""
    one, other = (DesertionModel(toy(days=10), rng=np.random.default_rng(4)).run() for _ in range(2))
    assert np.array_equal(one.world.daily, other.world.daily)


def test_the_stop_rule_ends_a_run_after_the_event() -> None:
    """A government whose floor lies above its legitimacy falls on day 0; two days later the run ends."""
    town = {"name": "town", "soldiers": 0, "reservists": 20, "civilians": 0} | INERT | {"legitimacy_floor": 0.9}
    scenario = made(30, [town], behaviour=CALM, stop={"measure": "fallen", "days_after": 2})
    model = DesertionModel(scenario, rng=1).run()
    assert model.world.fallen.tolist() == [0]
    assert model.day == 3


def test_a_date_that_had_not_come_when_a_run_ended_early_is_none() -> None:
    """Not the horizon, on which nobody looked: half were gone on the ninth day, and a run that its rule ended on the fifth said day 200. Nor is it known on the way."""
    leaving = {"forces.*.base_soldier_hide": 0.02}
    whole = DesertionModel("toy", rng=1, settings=leaving).run()
    stopped = DesertionModel(Scenario.load("toy", set=leaving).model_copy(update={"stop": Stop()}), rng=1).run()
    known, early = whole.measures(), stopped.measures()
    assert stopped.day == known["breakpoint_day"] == early["breakpoint_day"] < known["day_50"] < whole.day
    assert math.isnan(early["day_50"])
    assert math.isnan(early["fall_day"])
    assert known["fall_day"] == whole.day == whole.sized.days
    on_the_way = DesertionModel("toy", rng=1, settings=leaving)
    on_the_way.step()
    assert math.isnan(on_the_way.measures()["breakpoint_day"])


@pytest.mark.parametrize("form", ["multiplicative", "concave", "additive", "threshold"])
def test_nobody_takes_a_route_whose_baseline_is_0(form: str) -> None:
    """Whatever others do: of the GDR's reservists, of whom none was called up, a seventh and a tenth of all leavers hid in the forms in which followers need no baseline."""
    people = {"name": "town", "soldiers": 0, "reservists": 400, "civilians": 400, "community": 400}
    behaviour = CALM | {"form": form, "contagion_community": 5.0, "cross_route": 1.0, "threshold_mean": 0.1}
    host = {"name": "away", "visa_free_evader": 1.0, "visa_free_other": 1.0, "travel": 0.0}
    flee = {"base_reservist_flee": 0.01, "base_civilian_flee": 0.01}
    measures = DesertionModel(made(60, [people | INERT | flee], [host], behaviour), rng=1).run().measures()
    assert measures["left_hide"] == 0.0
    assert measures["left_flee"] > 200.0
    hide = flee | {"base_reservist_hide": 1e-3}
    assert DesertionModel(made(60, [people | INERT | hide], [host], behaviour), rng=1).run().measures()["left_hide"] > 0


def test_nobody_sets_out_for_a_border_that_deals_with_nobody() -> None:
    """Nor while nobody waits there: 118 of 1,000 set out on the first day and stood there to the end."""
    people = {"name": "town", "soldiers": 0, "reservists": 1000, "civilians": 0, "base_reservist_flee": 0.1}
    for entry, left in ((0.0, 0.0), (math.inf, 1000.0)):
        host = {"name": "away", "visa_free_evader": 1.0, "travel": 0.0, "entry": entry}
        model = DesertionModel(made(100, [INERT | people], [host], CALM), rng=1).run()
        assert model.measures()["left_total"] == left


@pytest.mark.statistical
def test_below_the_tipping_point_two_scales_agree() -> None:
    """Null: shares gone by route do not depend on scale; 40 runs each at 0.5 and 1 of a weakly contagious toy, |z| < 4 for each of six shares (4e-4)."""
    weak = {f"behaviour.contagion_{level}": 0.3 for level in ("squad", "company", "community", "ties", "news")}
    weak |= {f"behaviour.reception_{level}": 0.0 for level in ("squad", "company", "community", "ties", "news")}
    names = ("share_left", "left_hide", "left_flee", "left_surrender", "left_refuse", "casualties")
    found = {}
    for scale in (0.5, 1.0):
        scenario = Scenario.load("toy", scale=scale, days=150, set=weak)
        runs = [DesertionModel(scenario, rng=seed).run().measures() for seed in range(40)]
        found[scale] = np.array(
            [[run[name] / (1.0 if name == "share_left" else scale) for name in names] for run in runs]
        )
    small, large = found[0.5], found[1.0]
    error = np.sqrt(small.var(axis=0, ddof=1) / len(small) + large.var(axis=0, ddof=1) / len(large))
    assert np.all(np.abs(small.mean(axis=0) - large.mean(axis=0)) < 4.0 * error), dict(
        zip(names, zip(small.mean(0), large.mean(0), error, strict=True), strict=True)
    )
