"""`check` names whatever a document leaves out, remarks on slips, and says what would run."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path

import pytest
import tomli_w

from desertion import check
from desertion.cli import main
from desertion.errors import InputError
from desertion.files import shipped_folder
from desertion.scenario import Scenario
from desertion.scenario.skeleton import PROSE
from desertion.study.slips import called_in_a_month

SHIPPED = tomllib.loads((shipped_folder("seeds") / "forces" / "russia-2022.toml").read_text())


def _written(path: Path, document: dict[str, object]) -> Path:
    path.write_text(tomli_w.dumps(document))
    return path


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in PROSE])
def test_each_input_of_a_shipped_force_that_is_taken_out_is_named(name: str, tmp_path: Path) -> None:
    """One more than before is left to its default, and it is that one, with what a rate makes in a year."""
    whole = check(_written(tmp_path / "whole.toml", SHIPPED))
    rest = {key: value for key, value in SHIPPED.items() if key != name}
    part = check(_written(tmp_path / "part.toml", rest))
    (missing,) = {one.name: one for one in part.left if one.name not in {each.name for each in whole.left}}.values()
    assert missing.name == name
    assert (missing.yearly is not None) == (missing.unit == "1/day")
    assert missing.unit == "1/day" or not name.startswith("base_")


def test_inputs_of_tables_within_are_named_with_their_place(tmp_path: Path) -> None:
    """The notice of the second call-up."""
    waves = [dict(wave) for wave in SHIPPED["waves"]]
    del waves[1]["notice"]
    found = check(_written(tmp_path / "mine.toml", {**SHIPPED, "waves": waves}))
    assert [one.name for one in found.left if "waves[1]" in one.document] == ["notice"]


def test_own_forces_and_hosts_of_a_scenario_are_looked_at(tmp_path: Path) -> None:
    """A force by path and an inline host; a shipped force is not."""
    _written(tmp_path / "army.toml", {"name": "army", "soldiers": 100})
    scenario = {"start": "2030-01-01", "forces": ["toy", "army.toml"], "hosts": [{"name": "there", "places": 5}]}
    found = check(_written(tmp_path / "mine.toml", scenario))
    assert {one.document.rpartition(": ")[2] for one in found.left} >= {'force "army"', 'host "there"', "behaviour"}
    assert not any("toy" in one.document for one in found.left)
    assert list(found.table.columns) == ["document", "name", "value", "unit", "yearly", "meaning"]


def test_a_call_up_to_a_force_without_an_army_is_remarked_on(tmp_path: Path) -> None:
    """News of those who serve is a share of the soldiers at the start: of none each leaver is the whole army."""
    wave = {"date": "2030-02-01", "number": 80}
    for soldiers, told in ((0, "80 are called up to 0 soldiers"), (7, "80 are called up to 7 soldiers"), (8, None)):
        force = {"name": "guard", "soldiers": soldiers, "reservists": 500, "squad": 1, "waves": [wave]}
        found = check(_written(tmp_path / "mine.toml", {"start": "2030-01-01", "forces": [force]}))
        remarks = [line for line in found.odd if "losses of legitimacy are shares" in line]
        assert len(remarks) == (told is not None)
        assert all(told in line and f"one of {max(soldiers, 1)} however" in line for line in remarks if told)


def test_slips_are_remarked_on(tmp_path: Path) -> None:
    """A rate a year in place of a rate a day, more called than there are, a call-up and a change beyond the horizon."""
    army = {**SHIPPED, "name": "army", "base_soldier_hide": 0.5, "reservists": 1000}
    del army["regions"]
    army["waves"] = [{"date": "2031-03-01", "number": 5000}]
    _written(tmp_path / "army.toml", army)
    changes = [{"date": "2032-01-01", "set": {"hosts.there.border": 0}}]
    scenario = {
        "start": "2030-01-01",
        "forces": ["army.toml"],
        "hosts": [{"name": "there", "access": 0.0}],
        "changes": changes,
    }
    told = " ".join(check(_written(tmp_path / "mine.toml", scenario)).odd)
    for part in (
        "base_soldier_hide = 0.5",
        "182 a year",
        "5,000 are called up",
        "beyond the horizon",
        "from nowhere",
    ):
        assert part in told


def test_a_host_that_others_pass_on_to_or_that_opens_later_is_not_out_of_reach(tmp_path: Path) -> None:
    """A host is called out of reach where nobody comes on any day, by himself or sent on by a transit state."""
    _written(tmp_path / "army.toml", {"name": "army", "soldiers": 200})
    far: dict[str, object] = {"name": "far", "access": 0.0}
    near: dict[str, object] = {"name": "near", "border": 1}
    opens = [{"date": "2030-02-01", "set": {"hosts.far.access": 0.5}}]
    for hosts, changes, told in (
        ([near, far], [], 1),
        ([near | {"passes_to": ["far"]}, far], [], 0),
        ([near, far], opens, 0),
    ):
        mine = {"start": "2030-01-01", "forces": ["army.toml"], "hosts": hosts, "changes": changes}
        odd = check(_written(tmp_path / "mine.toml", mine)).odd
        assert sum("from nowhere" in one for one in odd) == told


def test_a_war_that_starts_on_a_date_is_told_what_does_not_count_in_it(tmp_path: Path) -> None:
    """Own risk and danger are measured against the first day's hits: where these are 0 both stand still, without a word."""
    army = {"name": "army", "soldiers": 200, "front_share": 0.3, "casualty_rate": 0.0}
    war = {"date": "2030-02-01", "set": {"forces.army.casualty_rate": 0.02}}
    mine: dict[str, object] = {"start": "2030-01-01", "forces": ["army.toml"], "hosts": [{"name": "there"}]}
    for force, more, told in (
        (
            army,
            {"changes": [war]},
            "no part is played by behaviour.push_risk and behaviour.threat_danger once it rises",
        ),
        (
            army,
            {"changes": [war], "behaviour": {"push_risk": 0.0}},
            "no part is played by behaviour.threat_danger once",
        ),
        (army, {"changes": [war], "reference": {"army": {"casualty_rate": 0.002}}}, ""),
        (army, {}, ""),
        (army | {"casualty_rate": 0.01}, {}, ""),
        (army | {"casualty_rate": 0.01, "front_share": 0.0}, {}, "nobody is hit whatever its casualty_rate"),
    ):
        _written(tmp_path / "army.toml", force)
        odd = [one for one in check(_written(tmp_path / "mine.toml", mine | more)).odd if "casualty_rate" in one]
        assert len(odd) == bool(told)
        assert all(told in one for one in odd)


def test_a_way_out_that_is_shut_on_the_first_day_is_remarked_on(tmp_path: Path) -> None:
    """Against one chance in a million all 1,000 left within five days once a policy opened the borders, and nothing said why; what the reference state states is a measure."""
    own = tmp_path / "own.toml"
    shut = 'extends = "toy"\n{}[set]\n"hosts.*.border" = 0\n"hosts.*.leak" = 0.0\n'
    own.write_text(shut.format(""))
    said = "nobody has a chance of flight_deserter and flight_evader and flight_other on the first day"
    assert [said in remark for remark in check(own).odd] == [True]
    assert not any(said in note for note in Scenario.load(own).notes)
    assert any(said in note for note in Scenario.load(own, "lever-border-open").notes)
    assert any(said in note for note in Scenario.load(own, asylum=0.9).notes)
    own.write_text(shut.format("[reference.toy]\nflight_deserter = 0.2\nflight_evader = 0.2\nflight_other = 0.2\n"))
    assert not check(own).odd
    assert not any(said in note for note in Scenario.load(own, "lever-border-open").notes)


def test_what_a_scale_leaves_nothing_of_is_remarked_on(tmp_path: Path) -> None:
    """A host of 900 places takes nobody at a thousandth, and a call-up of 400 comes to nobody; at a five-hundredth both are there."""
    army = {"name": "army", "soldiers": 1_000_000, "reservists": 1_000_000, "police": 20}
    _written(tmp_path / "army.toml", army | {"waves": [{"date": "2030-02-01", "number": 400}]})
    mine = {"start": "2030-01-01", "forces": ["army.toml"], "hosts": [{"name": "inn", "places": 900, "cases": 100}]}
    for scale, told in (
        (0.001, ["inn (900), so that no claim is taken there: a scale of 0.0012", "call-ups of 400 come to nobody"]),
        (0.002, []),
    ):
        odd = [one for one in check(_written(tmp_path / "mine.toml", mine | {"scale": scale})).odd if "at scale" in one]
        assert len(odd) == len(told)
        assert all(part in one for part, one in zip(told, odd, strict=True))


def test_call_ups_that_drive_out_everybody_are_remarked_on(tmp_path: Path) -> None:
    """A quarter of the reserve in a month at the default weight of threat; the shipped scenarios are as the sentence says."""
    army = {"name": "army", "reservists": 60_000, "waves": [{"date": "2030-03-01", "number": 15_000}]}
    _written(tmp_path / "army.toml", army)
    scenario: dict[str, object] = {"start": "2030-01-01", "forces": ["army.toml"], "hosts": [{"name": "there"}]}
    (told,) = [one for one in check(_written(tmp_path / "mine.toml", scenario)).odd if "push_threat" in one]
    assert "25 % of its reservists are called up within a month" in told
    assert "multiplies their rates of leaving by 2e+16" in told
    scenario["behaviour"] = {"push_threat": 0.15}
    assert not [one for one in check(_written(tmp_path / "mine.toml", scenario)).odd if "push_threat" in one]
    for name, factor in (("russia-2022", 14.0), ("toy", 6.0)):
        shipped = Scenario.load(name)
        raised = 100.0 * called_in_a_month(shipped.forces[0]) * shipped.behaviour.push_threat
        assert math.exp(raised) == pytest.approx(factor, rel=0.05)
        assert not [one for one in check(shipped).odd if "push_threat" in one]


def test_amounts_a_day_that_do_not_grow_with_the_world_are_remarked_on(tmp_path: Path) -> None:
    """Police and caseworkers of the toy world's order in one of 120,000 people; not once they are stated, nor in a small world."""
    for people, police, cases, told in (
        (119_000, {}, {}, 2),
        (119_000, {"police": 20}, {"cases": 100}, 0),
        (900, {}, {}, 0),
    ):
        _written(tmp_path / "army.toml", {"name": "army", "soldiers": 500, "reservists": people, **police})
        host = {"name": "there", **cases}
        found = check(
            _written(tmp_path / "mine.toml", {"start": "2030-01-01", "forces": ["army.toml"], "hosts": [host]})
        )
        odd = [one for one in found.odd if "does not grow with the world" in one]
        assert len(odd) == told
        assert told == 0 or "police = 1 persons/day" in odd[0]


def test_a_small_force_in_a_large_world_is_measured_by_its_own_people(tmp_path: Path) -> None:
    """Two thousand rebels were told that there are 20,000 people, who are another force's."""
    _written(tmp_path / "rebels.toml", {"name": "rebels", "soldiers": 2_000})
    _written(tmp_path / "army.toml", {"name": "army", "soldiers": 18_000, "police": 20})
    forces = {"start": "2030-01-01", "forces": ["rebels.toml", "army.toml"], "hosts": [{"name": "there", "cases": 100}]}
    assert not [one for one in check(_written(tmp_path / "mine.toml", forces)).odd if "does not grow with" in one]


def test_what_is_left_out_is_told_once_and_in_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One heading a document, and no note that lists it again; a run's note names the rates and where the rest is."""
    monkeypatch.chdir(tmp_path)
    army = {"name": "army", "waves": [{"date": "2030-03-01", "number": 10}]}
    _written(Path("army.toml"), army)
    path = _written(Path("mine.toml"), {"start": "2030-01-01", "forces": ["army.toml"], "hosts": [{"name": "there"}]})
    assert main(["check", "mine.toml"]) == 0
    told = capsys.readouterr().out
    headings = [line for line in told.splitlines() if "leaves to defaults" in line]
    assert len(headings) == len({line.partition(" leaves")[0] for line in headings})
    assert "to the program's defaults" not in told
    (note,) = [note for note in Scenario.load(path).notes if "army" in note]
    assert "(`desertion check` lists them); the rates among them: base_soldier_hide 0.0003 a day (0.11 a year)" in note
    assert "squad" not in note


def test_what_would_run_is_said_without_running_it() -> None:
    """People, memory and time grow with the size."""
    small, large = (check(Scenario.load("russia-2022", scale=scale)).size for scale in (0.001, 0.1))
    assert large["people"] == small["people"] == 28_000_000
    assert large["simulated"] == pytest.approx(100 * small["simulated"], rel=0.01)
    assert large["bytes"] > small["bytes"]
    assert large["seconds_low"] == pytest.approx(100 * small["seconds_low"], rel=0.01)


def test_a_study_says_how_many_runs(tmp_path: Path) -> None:
    """Points times replicates."""
    study = {"scenario": "quiet", "vary": {"asylum": [0.1, 0.5, 0.9]}, "replicates": 4}
    assert check(_written(tmp_path / "mine.toml", study)).size["runs"] == 12


def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """A value out of bounds, and an unknown key."""
    for key, value, sentence in (("squad", 0, "squad = 0"), ("sqad", 10, "did you mean 'squad'")):
        with pytest.raises(InputError, match=sentence):
            check(_written(tmp_path / "mine.toml", {**SHIPPED, key: value}))


def test_a_calibration_that_does_not_fit_its_scenario_is_told(tmp_path: Path) -> None:
    """Before anybody waits for a fit."""
    (tmp_path / "own.csv").write_text("date,value\n" + "".join(f"2030-01-{day:02d},{day}\n" for day in range(1, 10)))
    path = tmp_path / "mine.toml"
    path.write_text('extends = "toy"\n[calibration]\nseries = "own.csv"\nmeasure = "left_fled"\n')
    with pytest.raises(
        InputError, match=r"mine\.toml \[calibration\]: there is no measure 'left_fled'; did you mean 'left_flee'"
    ):
        check(path)
    path.write_text(path.read_text().replace("left_fled", "left_flee"))
    assert check(path).kind == "scenario"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[cases.run]\nscenario = "toy"\n[vary]\nasylum = { range = [0, 1] }\n', "is the design of a match, which check does not read; `desertion match own.toml` checks it"),
        ((shipped_folder("seeds") / "claims.toml").read_text(), "is a file of claims, which check does not read; `desertion claims --claims own.toml` checks it"),
        ((shipped_folder("seeds") / "history" / "series.toml").read_text(), "is no scenario, force, policy or study: it has none of their keys"),
        ('title = "Late door"\n[[changes_]]\nfrom = 2030-02-15', "none of their keys (is changes_ meant to be change?); see"),
        ("", "it has none of their keys; see"),
        ((shipped_folder("seeds") / "targets.toml").read_text(), "is no scenario, force, policy or study: it has none of their keys"),
    ],
)  # fmt: skip
def test_documents_of_other_kinds_are_named_with_what_checks_them(tmp_path: Path, content: str, said: str) -> None:
    """A match also varies inputs, but is no study; files of claims, series and targets are no force."""
    (tmp_path / "own.toml").write_text(content)
    with pytest.raises(InputError, match=re.escape(said)):
        check(tmp_path / "own.toml")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('set = { "hosts.*.admission_evader" = 90 }', 'own.toml: change[0].set "hosts.*.admission_evader" = 90.0 must be in [0, 1] (chance)'),
        ('at_most = { "hosts.*.admission_evader" = 90 }', 'own.toml: change[0].at_most "hosts.*.admission_evader" = 90.0 must be in [0, 1] (chance)'),
        ('multiply = { "forces.*.exit_ban" = 2 }', "exit_ban is a switch (0 or 1); use set instead of multiply"),
        ('add = { "hosts.@eu.admision_evader" = 0.1 }', "did you mean 'admission_evader'?"),
        ('set = { "finland.border" = 0 }', "a lever is written as forces.<name>.<lever> or hosts.<name>.<lever>"),
    ],
)  # fmt: skip
def test_the_values_of_a_policy_are_checked_without_a_scenario(tmp_path: Path, change: str, said: str) -> None:
    """Each was told to be within its bounds. Whether there is such a force or host depends on what the policy is laid over."""
    (tmp_path / "own.toml").write_text(f"[[change]]\n{change}\n")
    with pytest.raises(InputError, match=re.escape(said)):
        check(tmp_path / "own.toml")
    (tmp_path / "own.toml").write_text('[[change]]\nset = { "hosts.@nowhere.admission_evader" = 0.9 }\n')
    assert check(tmp_path / "own.toml").odd == ()
