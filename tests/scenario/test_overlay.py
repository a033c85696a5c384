"""Claims about laying policies over a scenario."""

import datetime as dt
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion import Scenario
from desertion.errors import InputError
from desertion.parameters import CATEGORIES, Force, Host
from desertion.scenario import Policy, PolicyChange, catalogue
from desertion.scenario.course import date_of

_COUNTS = ("cases", "places", "entry", "skilled_visas")


def _policy(name: str, **change: object) -> Policy:
    return Policy(name=name, change=(PolicyChange.model_validate(change),))


@st.composite
def _shifting(draw: st.DrawFn, name: str) -> Policy:
    """A policy that multiplies and adds, never sets."""
    lever = st.sampled_from(_COUNTS)
    begin = draw(st.integers(0, 150))
    return _policy(
        name,
        **{"from": f"+{begin}", "until": f"+{begin + draw(st.integers(1, 100))}"},
        multiply={f"hosts.*.{draw(lever)}": draw(st.floats(0.01, 20.0))},
        add={f"hosts.harbour.{draw(lever)}": draw(st.floats(-3.0, 30.0))},
    )


@given(_shifting("a"), _shifting("b"), _shifting("c"))
def test_factors_and_amounts_do_not_depend_on_the_order(a: Policy, b: Policy, c: Policy) -> None:
    """All six orders of three policies that multiply and add give the same course of events, bit for bit."""
    toy = Scenario.load("toy")
    courses = [toy.with_policies(list(order)).course for order in permutations((a, b, c))]
    assert all(course == courses[0] for course in courses)


def test_set_comes_before_factors_and_factors_before_amounts() -> None:
    """100 set, times 3, plus 5 is 305, whatever the order in which the policies are named."""
    toy = Scenario.load("toy")
    parts = [
        _policy("sets", set={"hosts.harbour.cases": 100.0}),
        _policy("multiplies", multiply={"hosts.harbour.cases": 3.0}),
        _policy("adds", add={"hosts.harbour.cases": 5.0}),
    ]
    for order in permutations(parts):
        assert toy.with_policies(list(order)).flat().host("harbour").cases == 305.0


def test_of_two_sets_the_one_named_last_wins_and_it_is_noted() -> None:
    """The conflict rule and its note, in both orders."""
    toy = Scenario.load("toy")
    shut, open_ = _policy("shut", set={"hosts.*.border": 0}), _policy("open", set={"hosts.*.border": 2})
    first = toy.with_policies([shut, open_])
    assert first.flat().host("harbour").border == 2.0
    assert any('"open", named last, wins' in note for note in first.notes)
    assert toy.with_policies([open_, shut]).flat().host("harbour").border == 0.0


def test_sets_that_agree_or_do_not_meet_are_no_conflict() -> None:
    """No note for equal values, nor for the same lever on different days."""
    toy = Scenario.load("toy")
    a = _policy("a", until="+10", set={"hosts.harbour.cases": 1})
    b = _policy("b", **{"from": "+10"}, set={"hosts.harbour.cases": 2})
    c = _policy("c", **{"from": "+10"}, set={"hosts.harbour.cases": 2})
    assert toy.with_policies([a, b, c]).notes == ()


def test_changes_of_a_policy_that_act_on_no_day_are_remarked_on() -> None:
    """A policy that acts, but not with all that it says: two changes of three lie outside of the 200 days, one with an end, and one alone says it of one."""
    toy = Scenario.load("toy")
    lever = {"set": {"hosts.harbour.cases": 1}}
    phases = [
        {"from": "+3", **lever},
        {"from": "+300", **lever},
        {"from": "2022-10-01", "until": "2030-01-01", **lever},
    ]
    mixed = Policy.model_validate({"name": "phases", "change": phases})
    assert toy.with_policies([mixed]).notes == (
        'of the 3 changes of policy "phases" 2 act on no day of the run, 2030-01-01 to 2030-07-19: from 2030-10-28 and from 2022-10-01 to 2029-12-31',
    )
    assert '2 changes of policy "phases" 1 acts on no day' in toy.with_policies([mixed.model_copy(update={"change": mixed.change[:2]})]).notes[0]  # fmt: skip


def test_a_policy_that_acts_on_no_day_of_the_run_is_remarked_on() -> None:
    """Before the first day, from the day after the last, or after a horizon that was set shorter; one day within, or a policy without changes, is enough."""
    toy = Scenario.load("toy")
    lever = {"set": {"hosts.harbour.cases": 1}}
    past = _policy("past", **{"from": "2022-10-01"}, until="2030-01-01", **lever)
    assert toy.with_policies([past]).notes == (
        'policy "past" acts on no day of the run, 2030-01-01 to 2030-07-19: its changes hold from 2022-10-01 to 2029-12-31',
    )
    late = toy.with_policies([_policy("late", **{"from": "+200"}, **lever)])
    assert late.notes[0].endswith("its changes hold from 2030-07-20")
    assert late.flat().notes == late.notes
    assert toy.with_policies([_policy("last", **{"from": "+199"}, **lever)]).notes == ()
    assert toy.with_policies([_policy("first", **{"from": "2022-10-01"}, until="2030-01-02", **lever)]).notes == ()
    month = _policy("month", **{"from": "+30"}, **lever)
    assert toy.with_policies([month, "case-by-case"]).notes == ()
    assert (
        toy.with_({"days": 20}).with_policies([month]).notes[0].endswith("2030-01-20: its changes hold from 2030-01-31")
    )


def test_a_setting_that_a_policy_replaces_on_every_day_is_remarked_on() -> None:
    """A trigger set to 0.02 does nothing under a policy that sets its own; whether it is set before, after, by group or by a file."""
    toy = Scenario.load("toy")
    key = "forces.@first.ban_trigger"
    ban = _policy("ban", set={key: 0.005})
    said = 'the setting of ban_trigger of toy has no effect: "ban" sets it on every day of the run'
    for scenario in (
        Scenario.load(toy, policies=[ban], set={key: 0.02}),
        toy.with_({key: 0.02}).with_policies([ban]),
        toy.with_policies([ban]).with_({"forces": {"toy": {"ban_trigger": 0.02}}}),
    ):
        assert scenario.notes == (said,)
        assert scenario.flat().notes == (said,)
        assert scenario.sized().notes == (said,)
    assert toy.with_({key: 0.005}).with_policies([ban]).notes == ()
    assert toy.with_({key: 0.02}).with_policies([_policy("ban", **{"from": "+1"}, set={key: 0.005})]).notes == ()
    assert toy.with_({key: 0.02}).with_policies([_policy("ban", multiply={key: 0.5})]).notes == ()
    halves = Policy(
        name="halves",
        change=(
            PolicyChange(end="+30", set={key: 0.1}),
            PolicyChange(begin="+30", set={key: 0.2}),
        ),
    )
    assert "has no effect" in toy.with_({key: 0.02}).with_policies([halves]).notes[0]
    whole = _policy("whole", until="+200", set={key: 0.1})
    assert "has no effect" in toy.with_({key: 0.02}).with_policies([whole]).notes[0], "there is no day after the last"


def test_nearness_that_regions_state_themselves_is_said_not_to_move(tmp_path: Path) -> None:
    """Nearer Finland does nothing to Russians, whose regions state how near it is; a coalition nothing to Belarusians and Ukrainians."""
    (said,) = Scenario.load("russia-2022").with_({"hosts.finland.access": 0.9}).notes
    assert (
        said == "access of finland is moved, which does nothing for russia-2022: the regions state their own nearness"
    )
    assert Scenario.load("russia-2022").with_({"hosts.germany.access": 0.9}).notes == ()
    path = tmp_path / "own.toml"
    path.write_text('extends = "russia-2022"\n[[changes]]\ndate = 2022-10-20\nset = { "hosts.finland.access" = 0.9 }\n')
    own = Scenario.load(path)
    assert [note for note in own.notes if "nearness" in note] == [said], "a date of the scenario's own moves as little"
    half = [{"name": "coast", "share": 0.5, "access": {"harbour": 0.5}}, {"name": "inland", "share": 0.5}]
    assert Scenario.load("toy", set={"forces.toy.regions": half, "hosts.harbour.access": 0.9}).notes == ()
    three = Scenario.load("three-armies-2022", policies=["coalition"])
    (said,) = (note for note in three.notes if "nearness" in note)
    assert "does nothing for belarus-2022 and ukraine-2022:" in said


def test_a_ban_of_a_force_without_reservists_is_remarked_where_those_of_another_may_leave() -> None:
    """The army bans exits, the reserve is a force of its own: nobody who is liable is kept."""
    army, reserve = Force(name="army", reservists=0), Force(name="reserve", soldiers=0)
    start, hosts = dt.date(2030, 1, 1), (Host(name="abroad"),)
    apart = Scenario(name="apart", start=start, days=60, forces=(army, reserve), hosts=hosts)
    banned = apart.with_policies("exit-ban")
    assert [note for note in banned.notes if "exit_ban" in note] == [
        "exit_ban is moved for army, without reservists: those of reserve may leave"
    ]
    assert not [note for note in apart.notes if "exit_ban" in note]
    both = apart.with_({"forces.*.exit_ban": 1})
    assert not [note for note in both.notes if "exit_ban" in note]


def test_a_documents_own_setting_moves_its_reference_state_and_is_not_said_to_do_nothing(tmp_path: Path) -> None:
    """Recognition of one in twenty by the file, more by `fast-track`: flight is measured against the file's."""
    file = tmp_path / "strict.toml"
    file.write_text('extends = "toy"\nname = "strict"\n[set]\n"hosts.*.recognition_deserter" = 0.05\n')
    strict = Scenario.load(file, policies=["fast-track"])
    assert not [note for note in strict.notes if "no effect" in note]
    assert strict.reference["toy"].flight_deserter < Scenario.load("toy").reference["toy"].flight_deserter


def _announced(scenario: str, operation: str, value: float, **more: object) -> tuple[dict[str, float], tuple[str, ...]]:
    change = PolicyChange.model_validate({operation: {"hosts.*.announced": value}})
    made = Scenario.load(scenario, policies=[Policy(name="p", change=(change,))], set=more or None)
    return {host.name: host.announced for host in made.course.hosts}, made.notes


def test_an_announced_rate_that_is_the_true_one_is_raised_from_there() -> None:
    """All of West Germany's true rates are 1: a floor of nine in ten leaves them, a ceiling lowers them. It stood at -1, so that a floor lowered what people were told, and a ceiling did nothing."""
    west = Scenario.load("gdr-1989").host("west-germany")
    assert {getattr(west, f"recognition_{each}") for each in CATEGORIES} == {1.0}
    for operation, stands in (("at_least", -1.0), ("at_most", 0.9), ("set", 0.9)):
        found, notes = _announced("gdr-1989", operation, 0.9)
        assert found["west-germany"] == stands
        assert not [note for note in notes if "one number for all" in note]


def test_one_number_in_place_of_true_rates_on_both_sides_of_it_is_noted() -> None:
    """All hosts recognise deserters at more than 0.3 and others at less."""
    rates = {f"hosts.*.recognition_{each}": 0.2 for each in CATEGORIES} | {"hosts.*.recognition_deserter": 0.6}
    found, notes = _announced("toy", "at_least", 0.3, **rates)
    assert set(found.values()) == {0.3}
    assert any(
        "announced is one number for all: 0.3 by policy p, where true rates are 0.2 to 0.6" in note for note in notes
    )
    assert set(_announced("toy", "at_least", 0.7, **rates)[0].values()) == {0.7}
    assert set(_announced("toy", "at_most", 0.7, **rates)[0].values()) == {-1.0}


@pytest.mark.parametrize("operation", ["multiply", "add"])
def test_what_stands_for_the_true_rates_is_no_number_to_reckon_with(operation: str) -> None:
    """Half of -1, or a little more, announced the true rates as before, and said nothing."""
    with pytest.raises(
        InputError,
        match=r"announced is -1, which stands for the true rates, and is no number to multiply or add to \(policy p\); use set",
    ):
        _announced("toy", operation, 0.5)
    change = PolicyChange.model_validate({"set": {"hosts.*.announced": 0.4}, "add": {"hosts.*.announced": -0.6}})
    low = Scenario.load("toy", policies=[Policy(name="p", change=(change,))])
    assert {host.announced for host in low.course.hosts} == {0.0}, (
        "nobody is told the true rate by taking away from another"
    )


def test_a_floor_on_what_is_announced_follows_the_true_rates() -> None:
    """They rise above it on a day, and so does what is told."""
    rates = {f"hosts.*.recognition_{each}": 0.2 for each in CATEGORIES}
    later = PolicyChange.model_validate({"from": "+10", "set": dict.fromkeys(rates, 0.8)})
    floor = PolicyChange.model_validate({"at_least": {"hosts.*.announced": 0.5}})
    made = Scenario.load("toy", policies=[Policy(name="p", change=(floor, later))], set=rates)
    assert {host.announced for host in made.course.hosts} == {0.5}
    assert {change.value for change in made.course.changes if change.path.endswith(".announced")} == {-1.0}


def test_nobody_is_passed_on_to_a_host_that_is_not_open_and_no_hope_is_one_in_a_million(tmp_path: Path) -> None:
    """Ridge lets people through to harbour alone: the worth of flight in the reference state is harbour's, or that of an irregular entry; captives who hope for nothing are measured against a millionth."""
    text = 'extends = "toy"\nname = "own"\n[[hosts]]\nname = "ridge"\nborder = 1\nleak = 0.0\npasses_to = ["harbour"]\n'
    text += '[[hosts]]\nname = "harbour"\nborder = {}\nleak = 0.0\nplaces = inf\naccess = 0.0\n[[hosts]]\nname = "steppe"\nborder = 0\nleak = 0.0\n'
    text += '[set]\n"forces.toy.quarter_announced" = 0.0\n"forces.toy.quarter_fear" = 0.0\n'
    found = []
    for border in (2, 1):
        (file := tmp_path / "own.toml").write_text(text.format(border))
        found.append(Scenario.load(file).reference["toy"])
    assert found[0].flight_deserter > 0.01
    assert (found[1].flight_deserter, found[1].quarter) == (1e-6, 1e-6)


def test_a_dated_change_that_has_come_by_the_first_day_is_in_the_reference_state(tmp_path: Path) -> None:
    """A scenario that starts after its harbour closed takes flight to a closed harbour for what nobody is deterred by."""
    change = '[[changes]]\ndate = {}\nset = {{ "hosts.*.border" = 0, "forces.toy.supply" = 0.4 }}\n'
    head = 'extends = "toy"\nname = "late"\n'
    found = {}
    for date in ("2029-12-01", "2030-01-01", "2030-01-02"):
        (file := tmp_path / "late.toml").write_text(head + change.format(date))
        found[date] = Scenario.load(file).reference["toy"]
    assert found["2029-12-01"] == found["2030-01-01"]
    assert (found["2030-01-01"].supply, found["2030-01-02"].supply) == (0.4, 0.1)
    assert found["2030-01-01"].flight_evader < found["2030-01-02"].flight_evader


@pytest.mark.parametrize(("date", "before"), [("2029-12-31", 1.0), ("2030-01-01", 0.0)])
def test_a_ban_of_the_first_day_is_new_and_one_of_the_day_before_is_not(
    tmp_path: Path, date: str, before: float
) -> None:
    """As the scenario itself dates it: a new one costs legitimacy."""
    (file := tmp_path / "own.toml").write_text(
        f'extends = "toy"\n[[changes]]\ndate = {date}\nset = {{ "forces.toy.exit_ban" = 1 }}\n'
    )
    scenario = Scenario.load(file)
    assert (scenario.flat().forces[0].exit_ban, scenario.course.bans) == (1.0, (before,))
    lifted = scenario.with_policies([_policy("lift", set={"forces.toy.exit_ban": 0})])
    assert lifted.flat().forces[0].exit_ban == 0.0
    assert scenario.flat().course.bans == lifted.flat().course.bans == (before,)


def test_a_policy_wins_over_the_scenarios_own_stance_while_it_acts() -> None:
    """Ridge closes on day 68; a policy holds it open from day 60 to day 100 (excluded), then the own stance holds."""
    policy = _policy("open", **{"from": "+60", "until": "+100"}, set={"hosts.ridge.border": 2})
    rows = Scenario.load("toy").with_policies([policy]).timeline()
    assert rows == [(100, "host", 1, "border", 0.0)]


def test_a_policy_may_begin_as_late_as_a_run_may_last_and_no_later() -> None:
    """36,500 days after the start, a day that no run of the toy world sees."""
    change = {"set": {"hosts.harbour.cases": 9}}
    assert (
        "acts on no day" in Scenario.load("toy").with_policies([_policy("p", **{"from": "+36500"}, **change)]).notes[0]
    )
    with pytest.raises(InputError, match="must lie at most 36500 days after the start"):
        Policy.model_validate({"name": "p", "change": [{"from": "+36501", **change}]})


def test_dates_may_be_days_after_the_start_or_calendar_days() -> None:
    """Day 31 of a run from 1 January is 1 February, said either way."""
    toy = Scenario.load("toy")
    relative = toy.with_policies([_policy("p", **{"from": "+31"}, set={"hosts.harbour.cases": 9})])
    dated = toy.with_policies([_policy("p", **{"from": dt.date(2030, 2, 1)}, set={"hosts.harbour.cases": 9})])
    assert relative.timeline() == dated.timeline() == [(31, "host", 2, "cases", 9.0), (68, "host", 1, "border", 0.0)]
    first = dt.date(2030, 1, 1)
    assert [date_of(first, day) for day in (0, 1, 2)] == [first, first, dt.date(2030, 1, 2)]


def test_a_change_without_a_day_is_refused_where_date_and_days_after_the_start_meet() -> None:
    """Which can be told in a run alone; of two dates or two numbers of days it is told at once."""
    with pytest.raises(InputError, match=r"change\[0\] ends \(\+5\) before it begins \(\+5\)"):
        _policy("p", **{"from": "+5"}, until="+5", set={"hosts.*.cases": 1})
    with pytest.raises(InputError, match=r"change\[0\] ends \(2030-01-02\) before it begins \(2030-01-02\)"):
        Scenario.load("toy", policies=[_policy("p", **{"from": "+1"}, until="2030-01-02", set={"hosts.*.cases": 1})])


def test_changes_before_the_start_stand_at_the_start_and_those_after_the_horizon_are_left_out() -> None:
    """What began earlier is part of the first day; what begins on the day of the horizon never happens."""
    toy = Scenario.load("toy")
    early = _policy("early", **{"from": dt.date(2029, 1, 1)}, set={"hosts.harbour.cases": 7})
    late = _policy("late", **{"from": "+200"}, set={"hosts.harbour.cases": 8})
    both = toy.with_policies([early, late])
    assert both.flat().host("harbour").cases == 7.0
    assert [row[0] for row in both.timeline()] == [68]


def test_wildcards_stand_for_all_for_a_group_and_for_the_first() -> None:
    """`*`, `@group`, `@first` and `@others` reach exactly the hosts and forces that they name."""
    three = Scenario.load("three-armies-2022")
    policy = _policy(
        "p",
        set={"hosts.*.cost": 1, "hosts.@baltic.cases": 77, "forces.@first.police": 3, "forces.@others.police": 4},
    )
    flat = three.with_policies([policy]).flat()
    assert {host.cost for host in flat.hosts} == {1.0}
    assert {host.name for host in flat.hosts if host.cases == 77} == {"estonia", "latvia", "lithuania"}
    assert [force.police for force in flat.forces] == [3.0, 4.0, 4.0]


def test_values_beyond_the_range_are_cut_and_noted() -> None:
    """A factor that drives a chance above 1 leaves it at 1, and a note says so."""
    policy = _policy("p", multiply={"hosts.harbour.admission_deserter": 10.0})
    scenario = Scenario.load("toy").with_policies([policy])
    assert scenario.flat().host("harbour").admission_deserter == 1.0
    assert any("hosts.harbour.admission_deserter was cut" in note for note in scenario.notes)


def test_factors_and_amounts_beyond_all_numbers_have_an_answer() -> None:
    """Nothing times anything is nothing; two amounts that no number holds together are refused in a sentence."""
    lever = "hosts.harbour.cases"
    nobody, much = _policy("nobody", **{"from": "+5"}, set={lever: 0}), _policy("much", multiply={lever: 1e200})
    more = much.model_copy(update={"name": "more"})
    assert (5, "host", 2, "cases", 0.0) in Scenario.load("toy", policies=[nobody, much, more]).timeline()
    a, b = (_policy(name, add={lever: 1.7e308}) for name in ("a", "b"))
    with pytest.raises(InputError, match=r"hosts\.harbour\.cases is added to beyond the largest number that there is"):
        Scenario.load("toy", policies=[a, b])


def test_a_host_is_in_a_group_once(tmp_path: Path) -> None:
    """Named twice it had each factor twice; and the groups of the first and of the others are nobody's to join."""
    file = tmp_path / "own.toml"
    for groups, said in (
        ('["near", "near"]', "hosts.harbour.groups: 'near' is named 2 times; name it once"),
        ('["first"]', "hosts.harbour.groups names 'first', as which policies address the first of all hosts"),
        ('["others"]', "hosts.harbour.groups names 'others'"),
    ):
        file.write_text(f'extends = "toy"\n[[hosts]]\nname = "harbour"\ngroups = {groups}\n')
        with pytest.raises(InputError, match=said):
            Scenario.load(file)


def test_levers_that_contradict_each_other_on_a_date_are_refused() -> None:
    """Shares of killed and captured that add up to more than 1 are found although each is allowed by itself."""
    policy = _policy("p", **{"from": "+50"}, set={"forces.toy.share_killed": 0.9, "forces.toy.share_captured": 0.5})
    with pytest.raises(InputError, match=r"toy on 2030-02-20.*at most 1"):
        Scenario.load("toy").with_policies([policy])


@pytest.mark.parametrize("scenario", ["toy", "russia-2022", "three-armies-2022", "gdr-1989"])
def test_every_shipped_policy_fits_every_shipped_scenario(scenario: str) -> None:
    """All policies at once, in alphabetical order, resolve to a valid course."""
    names = list(catalogue()["policies"])
    assert Scenario.load(scenario, policies=names).policies == tuple(names)


def test_the_status_quo_changes_nothing_but_its_name() -> None:
    """`case-by-case` leaves the course as it is."""
    toy = Scenario.load("toy")
    named = Scenario.load("toy", policies=["case-by-case"])
    assert named.course == toy.course
    assert named.policies == ("case-by-case",)


def test_every_other_policy_changes_something_somewhere() -> None:
    """No shipped policy but the status quo is empty: each moves a lever in one of two scenarios.

    Those that restate what holds anyway in both are named here with the reason.
    """
    stated = {
        "case-by-case",
        "lever-coupling-none",  # governments fall alone where there is one
        "lever-offer-all",
        "lever-offer-first",
        "extended-offer",  # with one army the offer is to all of them
    }
    empty: set[str] = set()
    bases = [Scenario.load("toy"), Scenario.load("russia-2022")]
    for name in catalogue()["policies"]:
        if all(base.with_policies([name]).course == base.course for base in bases):
            empty.add(name)
    assert empty <= stated
    three = Scenario.load("three-armies-2022")
    assert three.with_policies(["extended-offer"]).course != three.course


def test_a_floor_and_a_ceiling_move_a_lever_their_own_way_only() -> None:
    """Of 40, at least 30 leaves 40 and 50 makes 50, at most 30 makes 30 and 50 leaves 40; factors come after."""
    toy = Scenario.load("toy", set={"hosts.harbour.cases": 40.0})
    for change, stands in (
        ({"at_least": {"hosts.harbour.cases": 30.0}}, 40.0),
        ({"at_least": {"hosts.harbour.cases": 50.0}}, 50.0),
        ({"at_most": {"hosts.harbour.cases": 30.0}}, 30.0),
        ({"at_most": {"hosts.harbour.cases": 50.0}}, 40.0),
        ({"at_least": {"hosts.harbour.cases": 50.0}, "multiply": {"hosts.harbour.cases": 2.0}}, 100.0),
    ):
        assert toy.with_policies([_policy("p", **change)]).flat().host("harbour").cases == stands


@pytest.mark.parametrize("operation", ["set", "at_least", "at_most"])
@pytest.mark.parametrize("value", [90.0, -0.1, float("inf")])
def test_a_level_outside_the_range_is_refused(operation: str, value: float) -> None:
    """At most 90, where a chance of 0.9 was meant, held nobody back without a word."""
    with pytest.raises(InputError, match=r"must be in \[0, 1\] \(chance\)"):
        Scenario.load("toy", policies=[_policy("p", **{operation: {"hosts.harbour.admission_evader": value}})])


def test_floors_ceilings_and_sets_take_turns_in_the_order_of_policies() -> None:
    """Shut after a floor is shut, a floor after shut is open, and both are noted; two floors are no conflict and the higher one holds."""
    toy = Scenario.load("toy")
    lever = "hosts.harbour.admission_evader"
    shut, low, high = (
        _policy("shut", set={lever: 0.0}),
        _policy("low", at_least={lever: 0.7}),
        _policy("high", at_least={lever: 0.99}),
    )
    for order, stands, noted in (
        ([low, shut], 0.0, True),
        ([shut, low], 0.7, True),
        ([low, high], 0.99, False),
        ([high, low], 0.99, False),
        ([high, _policy("cap", at_most={lever: 0.2})], 0.2, True),
    ):
        scenario = toy.with_policies(order)
        assert scenario.flat().host("harbour").admission_evader == stands
        assert any("named last, wins" in note for note in scenario.notes) == noted


def test_the_policy_named_last_wins_and_within_one_the_change_that_begins_last() -> None:
    """Whichever of two policies begins later, and in whatever order the changes of one are written down."""
    toy, lever = Scenario.load("toy"), "hosts.harbour.cases"
    late, early = (_policy(f"from-{day}", **{"from": f"+{day}"}, set={lever: day}) for day in (50, 10))
    both = Policy(name="both", change=(*late.change, *early.change))
    for policies, stands in (
        ([late, early], {10: 10.0}),
        ([early, late], {10: 10.0, 50: 50.0}),
        ([both], {10: 10.0, 50: 50.0}),
    ):
        moved = {day: value for day, _, _, field, value in toy.with_policies(policies).timeline() if field == "cases"}
        assert moved == stands
    assert toy.with_policies([both]).notes == (), "a policy is in no conflict with itself"


def test_a_setting_below_a_floor_is_said_to_do_nothing_and_one_above_it_is_not() -> None:
    """Admission of 0.2 under a floor of 0.7 is 0.7; of 0.9 it is 0.9."""
    toy = Scenario.load("toy")
    lever = "hosts.harbour.admission_evader"
    floor = _policy("floor", at_least={lever: 0.7})
    assert any("has no effect" in note for note in toy.with_({lever: 0.2}).with_policies([floor]).notes)
    assert toy.with_({lever: 0.9}).with_policies([floor]).notes == ()


@pytest.mark.parametrize("scenario", ["russia-2022", "three-armies-2022", "gdr-1989", "toy"])
@pytest.mark.parametrize(
    "policy",
    ["fast-track", "coalition", "transit-corridor", "visa-free-neighbours", "lever-admission-open", "lever-recognition-high", "lever-cases-fast"],
)  # fmt: skip
def test_no_shipped_policy_of_open_doors_closes_one(scenario: str, policy: str) -> None:
    """Admission, recognition, entry without a visa and the time of a case are nowhere worse than without it: the United States admitted 0.94 and 0.7 under a fast track."""
    bare = Scenario.load(scenario)
    before, after = bare.flat(), bare.with_policies([policy]).flat()
    for old, new in zip(before.hosts, after.hosts, strict=True):
        for gate in ("admission", "recognition", "visa_free"):
            for category in CATEGORIES:
                assert getattr(new, f"{gate}_{category}") >= getattr(old, f"{gate}_{category}")
        assert new.case_days <= old.case_days


@pytest.mark.parametrize("operation", ["set", "multiply", "add", "at_least"])
def test_a_whole_number_that_no_float_holds_is_refused_in_a_sentence(operation: str) -> None:
    """10^400, which a document cannot have and Python can."""
    with pytest.raises(InputError, match=r"hosts.harbour.cases.* a whole number of about \d+ digits"):
        Policy.model_validate({"name": "x", "change": [{operation: {"hosts.harbour.cases": 10**400}}]})
