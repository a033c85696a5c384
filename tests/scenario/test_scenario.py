"""Claims about scenarios: loading, settings, hash, round trip."""

import copy
import datetime as dt
import os
import pickle
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desertion import Policy, Scenario
from desertion.cli import main
from desertion.errors import InputError
from desertion.scenario import catalogue
from desertion.scenario.complaints import build
from desertion.scenario.levers import levers
from desertion.scenario.loading import calibration

_NAMES = tuple(catalogue()["scenarios"])
_TOY = Scenario.load("toy")


@pytest.mark.parametrize("name", _NAMES)
def test_a_scenario_is_written_and_read_back_as_the_same(name: str) -> None:
    """Identity of the object and of its hash, with policies, dial and scale."""
    scenario = Scenario.load(name, policies=["case-by-case"], asylum=0.8, scale=0.5)
    back = Scenario.from_toml(scenario.to_toml())
    assert back == scenario
    assert back.hash == scenario.hash
    assert back.to_toml() == scenario.to_toml()


def test_a_written_file_can_be_loaded_by_its_path(tmp_path: Path) -> None:
    """What `write` leaves is a scenario file like any other, and nothing else is left in the folder."""
    scenario = Scenario.load("russia-2022", policies=["transit-corridor"], scale=0.01, days=90)
    scenario.write(tmp_path / "mine.toml")
    assert Scenario.load(tmp_path / "mine.toml") == scenario
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(levers("hosts"))),
    st.floats(0.0, 1.0),
    st.sampled_from(["harbour", "*", "@coalition", "@first"]),
)
def test_any_lever_can_be_set_and_survives_the_round_trip(lever: str, share: float, selector: str) -> None:
    """Every lever of hosts, at a value within its bounds, by name or wildcard."""
    rule = levers("hosts")[lever]
    low, high = rule.low, min(rule.high, rule.low + 100.0)
    value = float(round(low + share * (high - low))) if rule.is_switch else low + share * (high - low)
    scenario = _TOY.with_({f"hosts.{selector}.{lever}": value})
    assert value in {getattr(host, lever) for host in scenario.hosts}
    assert Scenario.from_toml(scenario.to_toml()) == scenario


def test_a_resolved_scenario_leaves_nothing_to_a_default() -> None:
    """Every input of a force, a host, of behaviour and dial is written out."""
    document = tomllib.loads(_TOY.to_toml())
    for table, model in (("forces", _TOY.forces[0]), ("hosts", _TOY.hosts[0])):
        assert set(document[table][0]) == set(type(model).model_fields)
    for table, model in (("behaviour", _TOY.behaviour), ("dial", _TOY.dial)):
        assert set(document[table]) == set(type(model).model_fields)


def test_the_hash_is_the_same_in_another_process() -> None:
    """A new interpreter with another hash seed agrees."""
    code = "from desertion import Scenario; print(Scenario.load('russia-2022', policies=['coalition'], scale=0.1).hash)"
    env = os.environ | {"PYTHONHASHSEED": "12345"}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert other.stdout.strip() == Scenario.load("russia-2022", policies=["coalition"], scale=0.1).hash


def test_the_hash_does_not_see_formatting_or_prose(tmp_path: Path) -> None:
    """Order of keys, 150 for 150.0, comments, titles and notes make no difference; a number does."""
    text = _TOY.to_toml()
    path = tmp_path / "other.toml"
    path.write_text(
        "# a comment\n" + text.replace("case_days = 150.0", "case_days = 150").replace("Harbour,", "Haven,")
    )
    assert text != path.read_text()
    assert Scenario.load(path).hash == _TOY.hash
    assert _TOY.with_({"hosts.harbour.case_days": 151}).hash != _TOY.hash
    assert _TOY.with_policies(["case-by-case"]).hash != _TOY.hash


def test_what_is_said_of_a_host_called_notes_counts_in_the_hash() -> None:
    """Words are left out of the hash where a document has them, not wherever a table has a key of their name."""
    content = tomllib.loads(_TOY.to_toml().replace('"ridge"', '"notes"').replace(".ridge.", ".notes."))
    hashes = set[str]()
    for access in (0.25, 0.75):
        content["forces"][0]["regions"] = [{"name": "all", "access": {"notes": access}}]
        hashes.add(Scenario.model_validate(content).hash)
    assert len(hashes) == 2


def test_a_setting_holds_for_the_whole_run_and_says_what_it_replaces() -> None:
    """Ridge's own closing is dropped when its border is set, and a remark says so."""
    scenario = _TOY.with_({"hosts.ridge.border": 2})
    assert scenario.timeline() == []
    assert any("hosts.ridge.border replaces" in note for note in scenario.notes)


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_named_holds_over_a_group_and_that_over_all_in_whatever_order(turned: bool) -> None:
    """As `--set`, in Python and in a scenario's `[set]`: no order of keys decides which world is run."""
    keys = {"hosts.*.cases": 5.0, "hosts.@border.cases": 6.0, "hosts.finland.cases": 7.0}
    told = dict(reversed(keys.items())) if turned else keys
    hosts = Scenario.load("russia-2022", set=told).hosts
    assert {host.cases for host in hosts if host.name == "finland"} == {7.0}
    assert {host.cases for host in hosts if "border" in host.groups and host.name != "finland"} == {6.0}
    assert {host.cases for host in hosts if "border" not in host.groups and host.name != "finland"} == {5.0}


def test_a_scenario_that_extends_another_sets_over_its_settings(tmp_path: Path) -> None:
    """Also what that names and it sets for all: the documents are laid over each other, and not their keys."""
    key = "base_soldier_hide"
    (tmp_path / "base.toml").write_text(f'extends = "toy"\nname = "base"\n[set]\n"forces.toy.{key}" = 0.01\n')
    (tmp_path / "mine.toml").write_text(f'extends = "base.toml"\nname = "mine"\n[set]\n"forces.*.{key}" = 0.002\n')
    (tmp_path / "both.toml").write_text(
        f'extends = "toy"\nname = "both"\n[set]\n"forces.toy.{key}" = 0.01\n"forces.*.{key}" = 0.002\n'
    )
    rates = [getattr(Scenario.load(tmp_path / f"{name}.toml").forces[0], key) for name in ("base", "mine", "both")]
    assert rates == [0.01, 0.002, 0.01]


def test_what_a_scenario_states_holds_over_the_settings_of_the_one_it_extends(tmp_path: Path) -> None:
    """In whatever way it states it, values, tables, hosts, forces, dated changes or a series; what it does not state stays as that sets it."""
    (tmp_path / "cases.csv").write_text("date,value\n2030-01-11,5\n2030-01-21,7\n")
    (tmp_path / "base.toml").write_text(
        'extends = "toy"\nname = "base"\n[[forces]]\nname = "guard"\nsoldiers = 400\nreservists = 90\n'
        '[[changes]]\ndate = 2030-02-01\nset = { "hosts.steppe.case_days" = 9 }\n'
        '[set]\ndays = 50\n"behaviour.push_threat" = 0.5\n"hosts.*.case_days" = 100\n"hosts.*.cases" = 3\n"forces.guard.soldiers" = 300\n'
    )
    (tmp_path / "own.toml").write_text(
        'extends = "base.toml"\nname = "own"\ndays = 40\n[behaviour]\npush_threat = 0.2\n'
        '[[hosts]]\nname = "harbour"\ncase_days = 30\n[[forces]]\nname = "guard"\nsoldiers = 200\n'
        '[[changes]]\ndate = 2030-01-16\nset = { "hosts.ridge.case_days" = 60 }\n[series]\n"hosts.steppe.cases" = "cases.csv"\n'
    )
    own = Scenario.load(tmp_path / "own.toml")
    assert (own.days, own.behaviour.push_threat) == (40, 0.2)
    assert (own.force("guard").soldiers, own.force("guard").reservists) == (200, 500)
    assert {host.name: (host.case_days, host.cases) for host in own.hosts} == {
        "steppe": (100.0, 3.0), "ridge": (100.0, 3.0), "harbour": (30.0, 3.0),
    }  # fmt: skip
    moved = [(day, lever, value) for day, _, _, lever, value in own.timeline()]
    assert moved == [(10, "cases", 5.0), (15, "case_days", 60.0), (20, "cases", 7.0)]
    assert "the setting of hosts.*.case_days replaces the scenario's own changes of it" in own.remarks  # the base's


@pytest.mark.parametrize("start", ["2030-01-01T00:00:00", '"2030-01-01"'])
def test_the_start_may_be_a_midnight_or_a_text_beside_a_series(tmp_path: Path, start: str) -> None:
    """As without one; and a series that lies outside of the days is refused for these too."""
    (tmp_path / "cases.csv").write_text("date,value\n2030-01-11,5\n")
    (tmp_path / "late.csv").write_text("date,value\n2013-12-01,1\n")
    own = tmp_path / "own.toml"
    text = f'extends = "toy"\nstart = {start}\ndays = 30\n[series]\n"hosts.ridge.cases" = "{{}}.csv"\n'
    own.write_text(text.format("cases"))
    assert Scenario.load(own).timeline() == [(10, "host", 1, "cases", 5.0)]
    own.write_text(text.format("late"))
    with pytest.raises(InputError, match="wholly outside the scenario's 30 days from 2030-01-01"):
        Scenario.load(own)


def test_nothing_of_a_scenario_or_policy_can_be_changed() -> None:
    """A sentence that says what to do instead, and not pydantic's; what it was stays."""
    scenario, policy = Scenario.load("toy"), Policy(name="mine")
    with pytest.raises(InputError, match=r"^Scenario\.days cannot be changed; make another with with_\(\.\.\.\)$"):
        scenario.days = 3  # pyright: ignore[reportAttributeAccessIssue]
    for thing, name in ((policy, "name"), (scenario.forces[0], "soldiers"), (scenario.behaviour, "contagion")):
        with pytest.raises(InputError, match=rf"^{type(thing).__name__}\.{name} cannot be changed; make another$"):
            setattr(thing, name, 3)
    assert (scenario.days, policy.name) == (200, "mine")


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.update(x=1.0),
        lambda table: table.__setitem__("x", 1.0),
        lambda table: table.clear(),
        lambda table: table.pop("x", 0),
    ],
)
def test_a_table_of_an_input_cannot_be_changed_in_place(change):
    """A run, its provenance and what was worked out before would stand on different numbers; copies and files are as they were."""
    scenario = Scenario.load("russia-2022", policies=["closed-borders"])
    force, host = scenario.forces[0], scenario.hosts[0]
    for table in (
        scenario.overlays[0].change[0].set,
        force.regions[0].access,
        force.notes,
        host.notes,
        scenario.reference,
    ):
        with pytest.raises(InputError, match="a table of an input cannot be changed; make another input"):
            change(table)
    for copied in (copy.deepcopy(scenario), pickle.loads(pickle.dumps(scenario))):
        assert copied == scenario
        with pytest.raises(InputError, match="cannot be changed"):
            change(copied.overlays[0].change[0].set)


@pytest.mark.parametrize("nothing", [pd.NaT, np.datetime64("2030-01-01"), 20300101])
def test_what_names_no_day_is_refused_as_a_start(nothing: object) -> None:
    """Pandas' missing date is a date to Python, which then had no time of day."""
    with pytest.raises(InputError, match="start: must be a date such as 2022-09-21, got"):
        Scenario.load("toy", set={"start": nothing})


def test_a_run_lies_between_the_first_and_the_last_day_of_the_calendar() -> None:
    """The last of its days, and the day after it, to which changes are told apart, are there; so is a day before the first."""
    assert Scenario.load("one-town", days=1, set={"start": "9999-12-30"}).timeline() == []
    with pytest.raises(InputError, match="start = 9999-12-30 is too late: 2 days later lie beyond the year 9999"):
        Scenario.load("one-town", days=2, set={"start": "9999-12-30"})
    with pytest.raises(InputError, match="start = 0001-01-01 is too early"):
        Scenario.load("one-town", set={"start": "0001-01-01"})


@pytest.mark.parametrize("value", [True, False])
def test_whether_counts_are_scaled_already_is_no_setting(value: bool) -> None:
    """At half the scale it made an army of 1,000 one of 2,000."""
    with pytest.raises(InputError, match=r"at_scale cannot be set; .* set scale"):
        Scenario.load("toy", scale=0.5, set={"at_scale": value})


def test_a_status_quo_moved_away_from_under_the_dial_is_remarked(tmp_path: Path) -> None:
    """Hosts then stand more open or more closed than the scenario has them; not so where the dial is set beside it."""
    file = tmp_path / "own.toml"
    file.write_text('extends = "toy"\n[set]\nasylum_status_quo = 0.3\n')
    for moved in (Scenario.load("toy", set={"asylum_status_quo": 0.3}), Scenario.load(file)):
        assert moved.host("harbour").cases < moved.flat().host("harbour").cases
        assert [note for note in moved.notes if "asylum dial stays at 0.5, which moves all hosts" in note]
    for still in ({"asylum_status_quo": 0.3, "asylum": 0.3}, {"asylum_status_quo": 0.5}):
        assert not any("asylum" in note for note in Scenario.load("toy", set=still).notes)


def test_two_groups_that_set_one_host_to_two_values_are_refused() -> None:
    """Unless the host is named: nothing says which of the two holds."""
    one = Scenario.load("russia-2022").hosts[0]
    first, asked = one.name, {"hosts.@first.cases": 5.0, f"hosts.@{one.groups[0]}.cases": 6.0}
    with pytest.raises(InputError, match=f"both reach hosts.{first}.cases; set that by its name"):
        Scenario.load("russia-2022", set=asked)
    assert Scenario.load("russia-2022", set=asked | {f"hosts.{first}.cases": 7.0}).hosts[0].cases == 7.0


def test_policies_act_on_top_of_settings() -> None:
    """Twice the caseworkers set, four times by fast-track: eight times."""
    scenario = Scenario.load("toy", policies=["fast-track"], set={"hosts.harbour.cases": 1.0})
    assert scenario.flat().host("harbour").cases == 4.0


def test_settings_reach_lists_and_tables_by_number_or_name() -> None:
    """Waves, regions, behaviour, dial and reference are reached by dotted keys."""
    scenario = Scenario.load(
        "russia-2022",
        set={
            "forces.russia-2022.waves.0.number": 1000,
            "forces.russia-2022.regions.east.access.mongolia": 0.9,
            "behaviour.form": "concave",
            "dial.open_case_days": 7,
            "reference.russia-2022.legitimacy": 0.7,
            "start": "2022-09-02",
        },
    )
    force = scenario.force("russia-2022")
    assert force.waves[0].number == 1000
    assert force.regions[4].access["mongolia"] == 0.9
    assert scenario.behaviour.form == "concave"
    assert scenario.reference["russia-2022"].legitimacy == 0.7
    assert scenario.start == dt.date(2022, 9, 2)


def test_the_reference_state_is_the_scenarios_own_first_day() -> None:
    """Neither settings nor policies nor the dial move what everything is measured against."""
    changed = Scenario.load("toy", policies=["fast-track"], asylum=0.9, set={"forces.toy.legitimacy": 0.1})
    assert changed.reference == _TOY.reference


def test_a_scenario_that_extends_another_changes_only_what_it_says() -> None:
    """`quiet` is `toy` with contagion off."""
    quiet = Scenario.load("quiet")
    assert quiet.behaviour.form == "none"
    assert (quiet.hosts, quiet.forces, quiet.changes) == (_TOY.hosts, _TOY.forces, _TOY.changes)


def test_a_users_series_and_graph_are_read_beside_the_file(tmp_path: Path) -> None:
    """Dated values come from a CSV; a graph is kept by path and hashed by content."""
    (tmp_path / "cases.csv").write_text("date,value\n2030-02-01,3\n2030-03-01,0\n")
    (tmp_path / "ties.csv").write_text("person,person\n0,1\n")
    path = tmp_path / "mine.toml"
    path.write_text('extends = "toy"\ngraph = "ties.csv"\n[series]\n"hosts.harbour.cases" = "cases.csv"\n')
    scenario = Scenario.load(path)
    assert [row for row in scenario.timeline() if row[3] == "cases"] == [
        (31, "host", 2, "cases", 3.0),
        (59, "host", 2, "cases", 0.0),
    ]
    before = scenario.hash
    (tmp_path / "ties.csv").write_text("person,person\n0,2\n")
    assert scenario.hash != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("visa_free_evader = 60", r"mine\.toml: hosts\.ridge: visa_free_evader = 60 must lie in \[0, 1\] \(chance\)$"),
        ("casedays = 3", r"mine\.toml: hosts\.ridge: there is no key 'casedays'; did you mean 'case_days'\?"),
        (
            '[series]\n"forces.toy.casualty_rate" = "rates.csv"',
            r'rates\.csv:3: "forces\.toy\.casualty_rate" = 12\.0 must be in',
        ),
    ],
)
def test_what_is_refused_is_told_of_its_host_or_of_its_line(tmp_path: Path, text: str, said: str) -> None:
    """Beside dated changes a host's number was told without the host, and one of a series as a change of the scenario."""
    (tmp_path / "rates.csv").write_text("date,value\n2030-02-01,0.001\n2030-03-01,12\n")
    path = tmp_path / "mine.toml"
    dated = '[[changes]]\ndate = 2030-01-16\nset = { "hosts.ridge.case_days" = 60 }\n'
    path.write_text(f'extends = "toy"\n{dated}[[hosts]]\nname = "ridge"\n{text}\n')
    with pytest.raises(InputError, match=said):
        Scenario.load(path)


@pytest.mark.parametrize("path", ["hosts.*.cases", "hosts.@first.cases"])
def test_a_dated_change_names_one_lever_and_is_not_passed_over(tmp_path: Path, path: str) -> None:
    """One of all hosts, written as the resolved file writes them, was taken and did nothing; `set` is resolved and may say it."""
    file, head = tmp_path / "own.toml", 'extends = "toy"\n[[changes]]\ndate = 2030-01-11\n'
    file.write_text(f'{head}path = "{path}"\nvalue = 3\n')
    said = rf'changes: 2030-01-11 "{re.escape(path)}" must name one force or host, as in "hosts\.steppe\.cases"; for several write set'
    with pytest.raises(InputError, match=said):
        Scenario.load(file)
    file.write_text(f'{head}set = {{ "{path}" = 3 }}\n')
    assert (10, "host", 0, "cases", 3.0) in Scenario.load(file).timeline()


def test_a_force_whose_reference_state_is_not_stated_has_that_of_its_first_day(tmp_path: Path) -> None:
    """Beside one that states its own, which stands."""
    file, whole = tmp_path / "own.toml", Scenario.load("three-armies-2022")
    file.write_text('extends = "three-armies-2022"\n[reference.belarus-2022]\nlegitimacy = 0.125\n')
    reference = Scenario.load(file).reference
    assert reference["belarus-2022"].legitimacy == 0.125
    others = {name: state for name, state in whole.reference.items() if name != "belarus-2022"}
    assert {name: reference[name] for name in others} == others
    assert reference.keys() == whole.reference.keys()


@pytest.mark.parametrize(
    "text",
    [
        "[reference.toy]\npolice = 3.0\n",
        '[set]\n"reference.toy.police" = 3.0\n',
        '[reference.toy]\npolice = 3.0\n[set]\n"forces.toy.squad" = 10\n',
    ],
)
def test_a_reference_state_stated_in_part_has_the_rest_of_the_first_day(tmp_path: Path, text: str) -> None:
    """Not of the parameter table: with one number stated the others stood at 0 or 1 and a quarter as many left."""
    (file := tmp_path / "own.toml").write_text(f'extends = "toy"\n{text}')
    own, whole = Scenario.load(file).reference["toy"], _TOY.reference["toy"]
    assert own.police == 3.0
    assert own.model_copy(update={"police": whole.police}) == whole
    assert Scenario.load("toy", set={"reference.toy.police": 3.0}).reference["toy"] == own


def test_flat_says_the_same_as_the_layers() -> None:
    """Working policies and dial in changes neither the first day nor the timeline, and flattening twice is once."""
    scenario = Scenario.load("russia-2022", policies=["coalition", "exit-ban", "lever-places-taken"], asylum=0.7)
    flat = scenario.flat()
    assert flat.timeline() == scenario.timeline()
    assert flat.flat() == flat
    assert flat.policies == scenario.policies
    assert Scenario.from_toml(flat.to_toml()) == flat


def test_names_of_what_is_missing_are_answered() -> None:
    """Looking up a force or host that is not there names the nearest one."""
    with pytest.raises(InputError, match="did you mean 'harbour'"):
        _TOY.host("harbor")
    with pytest.raises(InputError, match="no force"):
        _TOY.force("russia")


def test_a_copy_with_other_forces_runs_on_them() -> None:
    """The course of events is worked out anew: a copy must not keep that of its original."""
    plain = Scenario.load("laboratory")
    assert plain.sized().forces[0].base_soldier_hide != 0.5
    force = plain.forces[0].model_copy(update={"base_soldier_hide": 0.5})
    changed = plain.model_copy(update={"forces": (force,)})
    assert changed.sized().forces[0].base_soldier_hide == 0.5


_ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(
    text=_ANY_TEXT,
    cost=st.floats(0.0, 1e12),
    weight=st.sampled_from([-0.0, 5e-324, 1e-05, 1e-16, 9007.199254740993, 0.1 + 0.2]),
)
def test_what_is_written_reads_back_bit_for_bit(text: str, cost: float, weight: float) -> None:
    """Any text and any number survive the file, signs of zeros and subnormals too; what is None is left out and stays None."""
    scenario = _TOY.with_({"title": text, "hosts.harbour.cost": cost, "behaviour.contagion_ties": weight})
    back = Scenario.from_toml(scenario.to_toml())
    assert back == scenario
    assert (back.title, back.graph, back.stop) == (text, None, None)
    assert back.host("harbour").cost.hex() == cost.hex()
    assert back.behaviour.contagion_ties.hex() == weight.hex()


@pytest.mark.parametrize(
    "words",
    [["run", "toy", "--days", "3"], ["dock", "toy", "--days", "3"], ["compare", "toy", "--days", "3", "--runs", "2"]],
)
def test_an_input_that_is_given_twice_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As an option and as a setting: neither is passed over without a word."""
    assert main([*words, "--set", "days=5000"]) == 2
    assert "days is given twice, as 3 and among the settings: give one of them" in capsys.readouterr().err
    with pytest.raises(InputError, match="scale is given twice"):
        Scenario.load("toy", scale=0.5, set={"scale": 1.0})


def test_own_forces_in_place_of_the_base_s_take_what_it_says_of_them_along(tmp_path: Path) -> None:
    """Changes, settings, series and calibration of a replaced force go with it, others stay; it is remarked on; what the scenario says of it itself is refused."""
    (tmp_path / "series.csv").write_text("date,value\n2030-01-05,2\n")
    (tmp_path / "base.toml").write_text(
        'extends = "toy"\nname = "base"\n[set]\n"hosts.ridge.cases" = 3\n"forces.toy.soldiers" = 200\n'
        '[[changes]]\ndate = 2030-02-01\nset = { "hosts.ridge.border" = 0, "forces.toy.police" = 2, "forces.*.ban_control" = 0.5 }\n'
        '[series]\n"forces.toy.police" = "series.csv"\n'
    )
    own = tmp_path / "own.toml"
    own.write_text('extends = "base.toml"\nname = "own"\n[[forces]]\nname = "mine"\nsoldiers = 100\n')
    scenario = Scenario.load(own)
    assert [force.name for force in scenario.forces] == ["mine"]
    assert {change.path for change in scenario.changes} == {"hosts.ridge.border", "forces.mine.ban_control"}
    assert [note for note in scenario.notes if "replaces" in note] == [
        f"{own}: forces = [...] replaces toy of base.toml, and what that sets or changes of it"
    ]
    own.write_text(own.read_text() + '[[changes]]\ndate = 2030-02-01\nset = { "forces.toy.police" = 0 }\n')
    with pytest.raises(InputError, match='no force "toy"'):
        Scenario.load(own)


def test_any_shipped_scenario_takes_an_army_of_ones_own(tmp_path: Path) -> None:
    """Nothing that a shipped scenario says of its own forces stands in the way of another's, its calibration least."""
    for base in ("russia-2022", "three-armies-2022", "gdr-1989", "front-2022", "hungary-2015", "toy"):
        own = tmp_path / "own.toml"
        own.write_text(f'extends = "{base}"\n[[forces]]\nname = "mine"\nreservists = 1000\n')
        assert [force.name for force in Scenario.load(own).forces] == ["mine"]
        assert calibration(own)[0] is None


def test_a_resolved_scenario_takes_an_army_of_ones_own(tmp_path: Path) -> None:
    """What it states of the army that is gone, its reference state and a stop rule of it, goes along; what it states of all stays."""
    base, own = tmp_path / "base.toml", tmp_path / "own.toml"
    own.write_text('extends = "base.toml"\nname = "own"\n[[forces]]\nname = "mine"\nreservists = 1000\n')
    for rule, stays in (({"force": "toy"}, False), ({"measure": "fallen"}, True)):
        _TOY.with_({f"stop.{key}": value for key, value in rule.items()}).write(base)
        scenario = Scenario.load(own)
        assert [*scenario.reference] == ["mine"]
        assert (scenario.stop is not None) == stays


def test_files_that_a_base_names_lie_beside_the_base(tmp_path: Path) -> None:
    """Forces and policies of a scenario in another folder are found from every scenario that extends it."""
    (tmp_path / "bases").mkdir()
    (tmp_path / "bases" / "army.toml").write_text('name = "army"\nsoldiers = 100\n')
    (tmp_path / "bases" / "doors.toml").write_text('title = "Doors"\n[[change]]\nset = { "hosts.*.cases" = 3 }\n')
    (tmp_path / "bases" / "base.toml").write_text(
        'extends = "toy"\nforces = ["army.toml"]\npolicies = ["doors.toml"]\n'
    )
    own = tmp_path / "own.toml"
    own.write_text('extends = "bases/base.toml"\n')
    scenario = Scenario.load(own)
    assert [force.name for force in scenario.forces] == ["army"]
    assert list(scenario.policies) == ["doors"]


def test_a_scenario_without_hosts_leaves_out_what_its_base_says_of_them(tmp_path: Path) -> None:
    """Changes, settings and series of hosts go with the hosts, others stay, and it is remarked on; what the scenario says of them itself is refused."""
    (tmp_path / "series.csv").write_text("date,value\n2030-01-05,2\n")
    (tmp_path / "base.toml").write_text(
        'extends = "toy"\nname = "base"\n[set]\n"hosts.ridge.cases" = 3\n"forces.toy.soldiers" = 200\n'
        '[[changes]]\ndate = 2030-02-01\nset = { "hosts.*.border" = 0, "forces.toy.police" = 2 }\n'
        '[series]\n"hosts.ridge.cases" = "series.csv"\n'
    )
    own = tmp_path / "own.toml"
    own.write_text('extends = "base.toml"\nname = "own"\nhosts = []\n')
    scenario = Scenario.load(own)
    assert scenario.hosts == ()
    assert [(change.path, change.value) for change in scenario.changes] == [("forces.toy.police", 2.0)]
    assert scenario.forces[0].soldiers == 200
    assert [note for note in scenario.notes if "hosts = []" in note] == [
        f"{own}: hosts = [] leaves out the hosts of base.toml, and what that sets or changes of them"
    ]
    own.write_text(own.read_text() + '[[changes]]\ndate = 2030-02-01\nset = { "hosts.ridge.border" = 0 }\n')
    with pytest.raises(InputError, match='no host "ridge"'):
        Scenario.load(own)


@pytest.mark.parametrize("base", ["russia-2022", "three-armies-2022", "gdr-1989"])
def test_any_shipped_scenario_goes_without_hosts(tmp_path: Path, base: str) -> None:
    """Its forces state how near hosts are, of which nothing is left; also through one that extends it. A host that is forgotten is told as before."""
    (tmp_path / "alone.toml").write_text(f'extends = "{base}"\nname = "alone"\nhosts = []\n')
    (tmp_path / "own.toml").write_text('extends = "alone.toml"\nname = "own"\ndays = 30\n')
    for name in ("alone", "own"):
        scenario = Scenario.load(tmp_path / f"{name}.toml")
        assert scenario.hosts == ()
        assert not any(region.access for force in scenario.forces for region in force.regions)
    (tmp_path / "own.toml").write_text('name = "own"\nstart = 2022-02-24\nforces = ["russia-2022"]\n')
    with pytest.raises(InputError, match="there is no host 'finland'; none is known here"):
        Scenario.load(tmp_path / "own.toml")


def test_more_hosts_forces_or_call_ups_than_can_be_numbered_are_refused() -> None:
    """127 of each go, one more is refused: numbers of eight bits wrapped around, and people of the 129th host reached nobody."""
    parts = _TOY.model_dump() | {"reference": {}, "changes": ()}
    host, force = parts["hosts"][-1], parts["forces"][0] | {"regions": [{"name": "all", "share": 1.0}]}
    wave = {"date": _TOY.start, "number": 1, "days": 1, "notice": 1, "training": 1}

    def several(n: int) -> dict[str, Any]:
        forces = [force | {"name": f"f{k}", "waves": []} for k in range(n)]
        hosts = [host | {"name": f"h{k}", "passes_to": ()} for k in range(n)]
        waves = [force | {"waves": [wave] * n}]
        return {"forces": {"forces": forces}, "hosts": {"hosts": hosts, "forces": [force]}, "waves": {"forces": waves}}

    for what, more in several(127).items():
        assert Scenario(**parts | {"hosts": ()} | more), what
    for what, more in several(128).items():
        with pytest.raises(InputError, match=f"{what}.*: 128 are too many, a run knows 127 apart"):
            build(Scenario, parts | {"hosts": ()} | more, where="made")
