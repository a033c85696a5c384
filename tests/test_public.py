"""The public interface: its names and signatures, and every question asked with a scenario, a path and a name."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import tomli_w

import desertion
from desertion import DesertionModel, InputError, Policy, Scenario
from tests.study.claims.test_judging import TEXT

# What a caller may rely on: a name that goes, or an argument that moves or goes, breaks the rule of deprecation.
SIGNATURES = {
    "at_real_size": "table, scale",
    "calibrate": "scenario, series, measure, kinds, kind, priors, noise, held_out_from, rivals, scale, particles, generations, "
    "runs, recalled, seed, workers, out",
    "check": "document",
    "claims": "ids, worlds, runs, most_runs, only_allowed, size, quick, path, seed, only_judge, out, options, workers, "
    "quiet, ensemble",
    "compare": "scenario, policies, points, runs, seed, scale, days, settings, population, measures, soldier, reservist, "
    "civilian, workers, out, options, quiet",
    "contagion": "events, links, columns, distance, window, permutations, histories, model, seed",
    "history": "series, kind, words, with_model, column, runs, seed",
    "match": "design, scenario, vary, targets, scale, waves, screening, runs, confirm, seed, out, only_judge, options, workers, quiet",
    "rerun": "place, workers, quiet",
    "search": "study, scenario, vary, policies, want, limit, candidates, rival, check, runs, scale, days, seed, settings, "
    "out, options, workers, quiet",
    "sensitivity": "study, measure, policy, of",
    "sweep": "study, scenario, vary, points, policies, settings, design, runs, scale, days, seed, population, measures, "
    "daily, soldier, reservist, civilian, on_error, time_limit, task, out, options, workers, quiet",
    "theory": "scenario, policies, asylum, scale, days, settings, measure, seed",
    "thesis": "series, quick, simulations, unseen, at_risk, doors, rules, kind, unit, seed, out, tell",
    "trace": "scenario, person, days, policies, settings, seed, scale",
}
CLASSES = ("Civilian", "Comparison", "DesertionModel", "InputError", "Policy", "Reservist", "RunOptions", "Scenario", "Society", "Soldier", "Study", "StudyFailedError")  # fmt: skip
# Commands whose question is a class, or which look at files that others wrote.
OF_CLASSES = {"run": "DesertionModel", "show": "Study", "export": "Study", "plot": "Comparison", "merge": "Study"}
OF_THE_PROGRAM = ("app", "dock", "list", "new", "selfcheck", "warm")


@pytest.fixture(params=["scenario", "path", "name"])
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Scenario | str | Path:
    """One small world, named in the three ways."""
    if request.param == "name":
        return "quiet"
    quiet = Scenario.load("quiet")
    if request.param == "scenario":
        return quiet
    quiet.write(tmp_path / "mine.toml")
    return tmp_path / "mine.toml"


def test_the_public_names_and_signatures_stay() -> None:
    """An argument may be added at the end of its kind; none may go without a deprecation first."""
    assert sorted([*SIGNATURES, *CLASSES, "__version__"]) == list(desertion.__all__)
    found = {name: ", ".join(inspect.signature(getattr(desertion, name)).parameters) for name in SIGNATURES}
    assert found == SIGNATURES


def test_every_command_has_its_place_in_the_interface() -> None:
    """What the command line can do, a notebook can do."""
    from desertion import commands

    for name in commands.names():
        assert name in SIGNATURES or name in OF_CLASSES or name in OF_THE_PROGRAM, name


def test_every_public_name_is_in_the_help_and_has_a_docstring() -> None:
    """`help(desertion)` begins with the list."""
    for name in (*SIGNATURES, *CLASSES):
        if name != "InputError":
            assert f"`{name}`" in (desertion.__doc__ or "")
        assert inspect.getdoc(getattr(desertion, name))


def test_theory_is_the_function_and_the_package_in_any_order() -> None:
    """`from desertion import theory` may come before or after an import from within the package."""
    for words in ("", "import desertion.theory.weights; "):
        probe = f"{words}from desertion import theory; print(theory('quiet').numbers['value'][0] >= 0)"
        done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "True"


@pytest.mark.usefixtures("no_workers")
def test_questions_take_a_scenario_a_path_or_a_name(
    given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leave nothing in the current folder."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    few = {"days": 12, "workers": 1, "quiet": True}
    study = desertion.sweep(
        scenario=given,
        vary={"asylum": {"range": [0.2, 0.8]}, "contagion": {"range": [0, 2]}},
        design={"kind": "sobol", "points": 2},
        **few,
    )
    assert len(study.runs) == 8
    assert len(desertion.sensitivity(study)) == 2
    comparison = desertion.compare(given, ["none", "exit-ban"], runs=2, **few)
    assert comparison.summary["estimate"].notna().any()
    assert comparison.arm("exit-ban").policies[-1] == "exit-ban"
    found = desertion.search(scenario=given, vary={"asylum": {"range": [0.1, 0.9]}}, candidates=2, rival=False, **few)
    assert len(found.table) == 2
    assert desertion.check(given).size["people"] > 0
    assert desertion.theory(given, days=12).numbers["value"].notna().any()
    life = desertion.trace(given, 3, days=5)
    assert life["day"].max() == 5
    shown = [
        study,
        comparison,
        found,
        desertion.check(given),
        desertion.theory(given, days=12),
        Scenario.load(given),
    ]
    for one in (*shown, desertion.history("ukraine-awol"), desertion.rerun(study.path, quiet=True)):
        assert len(repr(one)) < 250, "a notebook shows what a result is, not all that it holds"
        assert str(one) == repr(one)
    assert list(place.iterdir()) == []


def test_a_scenario_of_a_path_is_fitted_to_a_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a file of its own; nothing is left in the current folder."""
    Scenario.load("quiet").write(tmp_path / "mine.toml")
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    (tmp_path / "left.csv").write_text("date,value\n" + "".join(f"2030-01-{day:02d},{day}\n" for day in range(1, 9)))
    fitted = desertion.calibrate(
        tmp_path / "mine.toml",
        series=tmp_path / "left.csv",
        measure="left_total",
        rivals="without contagion",
        particles=100,
        generations=1,
    )
    assert fitted.table["parameter"].tolist() == ["leaving", "noise"]
    assert len(repr(fitted)) < 250
    assert list(place.iterdir()) == []


@pytest.mark.usefixtures("no_workers")
def test_questions_that_take_no_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """History, own events and claims give tables, and leave nothing in the current folder."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    assert {"name", "title", "kind"} <= set(desertion.history().columns)
    assert {"start", "value"} <= set(desertion.history("ukraine-awol").table.columns)
    days = pd.date_range("2020-01-01", periods=12)
    events = pd.DataFrame({"unit": range(12), "date": days, "x": [5.0 * n for n in range(12)], "y": 0.0})
    found = desertion.contagion(events, distance=6.0, permutations=19, histories=0)
    assert len(found.table) > 1
    assert found.verdict.sentences
    assert repr(found) == f"Contagion({found.verdict.word}; verdict, table)"
    text = TEXT.replace("R = {", "casualties = {").replace(".left", ".left_total").replace('"toy"', '"quiet"')
    text = text.replace('form = { choices = ["additive", "none"] }', "police = { range = [0.5, 2.0] }")
    (tmp_path / "own.toml").write_text(text)
    verdicts = desertion.claims("always", worlds=1, path=tmp_path / "own.toml", workers=1, quiet=True)
    assert list(verdicts.table["id"]) == ["always"]
    assert repr(verdicts) == "ClaimsOutcome(1 claim; table)"
    assert list(place.iterdir()) == []


def test_long_questions_refuse_what_cannot_be_asked_at_once() -> None:
    """Fits take minutes, so their checks come first."""
    with pytest.raises(InputError, match="there is no scenario 'ukraine'"):
        desertion.calibrate("ukraine")
    with pytest.raises(InputError, match="must be at least 2,667"):
        desertion.thesis(simulations=20)


def test_a_seed_is_answered_kindly() -> None:
    """Mesa's word is rng, and many know the other."""
    with pytest.raises(InputError, match="write rng=7"):
        desertion.DesertionModel("quiet", seed=7)


def test_a_policy_that_stands_in_no_file_can_be_compared() -> None:
    """Made in Python, it is laid over the scenario in worker processes too."""
    ban = Policy.model_validate({"name": "mine", "change": [{"from": "start", "set": {"forces.*.exit_ban": 1}}]})
    comparison = desertion.compare("quiet", ["none", ban], days=12, runs=1, workers=1, quiet=True)
    assert comparison.policies == ("none", "mine")
    assert all(force.exit_ban == 1 for force in comparison.arm("mine").flat().forces)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: desertion.history(with_model="toy"), "history: with_model= changes nothing without a series"),
        (lambda: desertion.history("ukraine-awol", kind="level"), "kind= changes nothing without a CSV file"),
        (lambda: desertion.history("ukraine-awol", words={"unit": "units"}), "words= changes nothing"),
        (lambda: desertion.history("ukraine-awol", column="left"), "column= changes nothing without a scenario"),
        (lambda: desertion.history("ukraine-awol", runs=3), "runs= changes nothing without with_model"),
        (lambda: desertion.thesis("ukraine-awol", at_risk=500), "at_risk= changes nothing without a CSV file"),
        (lambda: desertion.thesis("ukraine-awol", doors=["2022-09-21"]), "doors= changes nothing"),
        (lambda: desertion.contagion(pd.DataFrame({"unit": [], "date": []}), columns=3), "must be a table of values"),
    ],
)
def test_what_would_change_nothing_or_is_no_table_is_refused(asked: Callable[[], object], sentence: str) -> None:
    """In one sentence, before anything is run."""
    with pytest.raises(InputError, match=sentence):
        asked()


@pytest.mark.usefixtures("no_workers")
def test_a_list_of_policies_reads_as_that_of_a_comparison() -> None:
    """`none` is the scenario as it is, and names are joined by "+"."""
    study = desertion.sweep(
        scenario="quiet", policies=["none", "fast-track+exit-ban"], days=2, measures="left_total", workers=1, quiet=True
    )
    assert study.spec["policies"] == {"none": [], "fast-track + exit-ban": ["fast-track", "exit-ban"]}


@pytest.mark.usefixtures("no_workers")
def test_policies_may_be_a_column_of_a_table_and_a_path_may_hold_a_plus(tmp_path: Path) -> None:
    """The column is taken row by row; the path is not taken apart."""
    chosen = Scenario.load("quiet", policies=pd.Series(["exit-ban", "fast-track"]))
    assert chosen.policies == ("exit-ban", "fast-track")
    own = tmp_path / "c++" / "ban.toml"
    own.parent.mkdir()
    own.write_text((Path(__file__).parents[1] / "seeds" / "policies" / "exit-ban.toml").read_text())
    study = desertion.sweep(scenario="quiet", policies=[own], days=2, measures="left_total", workers=1, quiet=True)
    assert list(study.spec["policies"].values()) == [[str(own)]]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "Für alle"}, "Policy: name = 'Für alle' must be a name of small letters, digits and hyphens"),
        ({}, "Policy: name is missing"),
        ({"name": "p", "chnage": []}, "Policy: there is no key 'chnage'; did you mean 'change'?"),
        (
            {"name": "p", "change": [{"from": "soon"}]},
            'Policy: change[0].from: must be a date, "start" or days after it',
        ),
        ({"name": "p", "change": [{"set": {"hosts.*.border": "shut"}}]}, "must be a number, got 'shut'"),
    ],
)
def test_a_policy_made_in_python_is_refused_in_one_sentence(wrong: dict[str, Any], said: str) -> None:
    """By `model_validate`, which the tutorial shows, and by the class itself; a scenario alike."""
    for made in (
        Policy.model_validate,
        lambda table: Policy(**table),
        lambda table: Policy.model_validate_json(json.dumps(table)),
    ):
        with pytest.raises(InputError, match=re.escape(said)) as refusal:
            made(wrong)
        assert "\n" not in str(refusal.value)
    with pytest.raises(InputError, match=r"^Scenario: name is missing$"):
        Scenario.model_validate({"days": 3})
    with pytest.raises(InputError, match=r"^Policy: '{\"name\"' is no JSON: .* at line 1"):
        Policy.model_validate_json('{"name"')


def test_a_scenario_made_of_fields_is_what_its_file_is(tmp_path: Path) -> None:
    """`Scenario(**fields)` runs, and its settings are measured against its own first day, as those of a file are."""
    content = {
        "name": "mine", "start": "2030-01-01", "days": 60, "hosts": [{"name": "there", "access": 1.0}],
        "forces": [{"name": "army", "soldiers": 200, "reservists": 100, "civilians": 0, "casualty_rate": 0.002}],
    }  # fmt: skip
    path = tmp_path / "mine.toml"
    path.write_text(tomli_w.dumps(content))
    changes = {"forces.army.casualty_rate": 0.02}
    fields = Scenario.model_validate(content)
    for made in (fields.with_(changes), Scenario.load(fields, set=changes)):
        assert made.reference == Scenario.load(path, set=changes).reference
        assert made.reference["army"].casualty_rate == 0.002
    one, other = (DesertionModel(given, rng=1, policies=["exit-ban"]).run().daily for given in (fields, path))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (
            pd.Timestamp("2030-02-01", tz="UTC"),
            "must be a day without a time or zone, such as 2030-02-01, got 2030-02-01 00:",
        ),
        (
            pd.Timestamp("2030-02-01 10:00"),
            "must be a day without a time or zone, such as 2030-02-01, got 2030-02-01 10:",
        ),
        (pd.Timestamp("2030-02-01"), ""),
    ],
)
def test_a_first_day_has_neither_time_nor_zone(start: object, said: str) -> None:
    """A zone was lost without a word; midnight without one is a day."""
    if not said:
        assert str(Scenario.load("toy", set={"start": start}).start) == "2030-02-01"
        return
    with pytest.raises(InputError, match=f"^setting: start: {said}"):
        Scenario.load("toy", set={"start": start})


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Scenario.load("toy", set=pd.Series({"days": 9})), "must be a table of values by name"),  # type: ignore[arg-type]
        (lambda: desertion.at_real_size(pd.Series([1]), 0.5), "must be a data frame .* got Series; give model.daily"),  # type: ignore[arg-type]
        (
            lambda: Scenario.load("toy", set={"policy": "fast-track"}),
            "there is no input 'policy'; did you mean 'policies'",
        ),
        (
            lambda: Scenario.load("toy", set={"zzz": 1}),
            r"there is no input 'zzz'; known are: (?!.*at_scale)(?!.*overlays).*days",
        ),
    ],
)
def test_what_pandas_holds_in_another_form_is_refused_in_a_sentence(call: Callable[[], object], said: str) -> None:
    """No traceback of another library, and the way out."""
    with pytest.raises(InputError, match=said):
        call()
