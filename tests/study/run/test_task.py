"""The task that runs the model, and the shipped studies that it runs."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desertion import DesertionModel, Scenario
from desertion.errors import InputError
from desertion.files import shipped_folder
from desertion.rules.draws import replicate_seed
from desertion.simulation import first_run
from desertion.simulation.record.columns import DAILY, NONE
from desertion.study.design.point import scenario_of
from desertion.study.design.reading import changed, read_spec
from desertion.study.design.spec import StudySpec
from desertion.study.run.options import RunOptions, working
from desertion.study.run.sweep import study_path
from desertion.study.run.task import TASKS, run_task, task_check

SHIPPED = sorted(shipped_folder("experiments").glob("*.toml"))


def _spec(**more: Any) -> dict[str, Any]:
    plain = {"scenario": "toy", "policies": [], "scale": None, "days": 60, "population": "compiled", "settings": {}}
    return {**plain, "measures": [], "daily": ["left", "strength", "legitimacy"], **more}


def test_the_task_is_one_run_of_the_model() -> None:
    """The same measures and curves as a model made by hand with the replicate's seed."""
    outcome = run_task(_spec(policies=["fast-track"], settings={"asylum": 0.8}), 3, 7)
    scenario = Scenario.load("toy", policies=["fast-track"], days=60, asylum=0.8)
    model = DesertionModel(scenario, rng=replicate_seed(7, 3))
    model.run()
    expected = model.measures()
    assert outcome.scalars.keys() == expected.keys()
    assert all(np.array_equal(value, expected[name], equal_nan=True) for name, value in outcome.scalars.items())
    assert np.array_equal(outcome.curve, model.daily[list(outcome.columns)].to_numpy(np.float32))


def test_counts_of_several_forces_are_added_and_shares_averaged() -> None:
    """Strength of three armies is their sum; their governments' legitimacy a mean in [0, 1]."""
    outcome = run_task(_spec(scenario="three-armies-2022", scale=0.0005, days=5), 0, 1)
    model = DesertionModel(Scenario.load("three-armies-2022", scale=0.0005, days=5), rng=replicate_seed(1, 0))
    model.run()
    by_day = model.daily.groupby("day")
    assert np.allclose(outcome.curve[:, 1], by_day["strength"].sum())
    assert np.allclose(outcome.curve[:, 2], by_day["legitimacy"].mean())


def test_what_the_day_says_of_several_forces_is_added_or_averaged_by_what_it_is() -> None:
    """Every column: persons, cases, companies and euros are those of all forces together; shares, indices and beliefs stay within those of the forces."""
    columns = [name for name in DAILY if name not in ("day", "force")]
    outcome = run_task(_spec(scenario="three-armies-2022", scale=0.001, daily=columns), 0, 1)
    model = DesertionModel("three-armies-2022", scale=0.001, days=60, rng=replicate_seed(1, 0)).run()
    one = outcome.curve.astype(np.float64)
    for place, name in enumerate(columns):
        forces = model.daily.pivot(index="day", columns="force", values=name).to_numpy(np.float64)
        whole = forces.mean(axis=1) if DAILY[name].size == NONE else forces.sum(axis=1)
        assert one[:, place] == pytest.approx(whole, rel=1e-6), name
    believed = one[:, columns.index("flight_believed")]
    assert 0.0 < believed.max() <= 1.0
    news = model.daily.pivot(index="day", columns="force", values="news").to_numpy()
    assert (
        outcome.scalars["news_max"]
        == news.max()
        == max(outcome.scalars[f"news_max@{force}"] for force in model.daily["force"].unique())
    )
    assert news.max() < news.sum(axis=1).max()


def test_only_the_measures_asked_for_are_kept_and_unknown_ones_named() -> None:
    """A misspelt measure is a sentence with the nearest name."""
    assert run_task(_spec(measures=["left_total"], daily=[]), 0, 1).scalars.keys() == {"left_total"}
    with pytest.raises(InputError, match="no measure 'left_totl'; did you mean 'left_total'"):
        run_task(_spec(measures=["left_totl"]), 0, 1)
    with pytest.raises(InputError, match="no daily column 'lefft'; did you mean 'left'"):
        run_task(_spec(daily=["lefft"]), 0, 1)


def test_a_misspelt_measure_or_column_or_an_impossible_scale_is_refused_before_anything_runs() -> None:
    """By the check that every study and every comparison goes through, at no more cost than a tiny world."""
    with pytest.raises(InputError, match="no measure 'left_totl'; did you mean 'left_total'"):
        task_check(_spec(measures=["left_totl"]))
    with pytest.raises(InputError, match="no daily column 'lefft'; did you mean 'left'"):
        task_check(_spec(daily=["lefft"]))
    with pytest.raises(InputError, match="scale = 1e-06 leaves nobody"):
        task_check(_spec(scale=1e-6))
    task_check(_spec(measures=["left_total", "clumping_company"]))


def test_the_dial_of_contagion_multiplies_every_weight() -> None:
    """At 0 nothing spreads, at 2 every weight is twice the scenario's; a named weight keeps its own value."""
    own = Scenario.load("toy").behaviour
    twice = scenario_of(_spec(settings={"contagion": 2, "behaviour.contagion_squad": 7.0})).behaviour
    assert twice.contagion_news == 2 * own.contagion_news
    assert twice.reception_company == 2 * own.reception_company
    assert twice.contagion_squad == 7.0


@pytest.mark.parametrize("dial", ["contagion", "capacity", "reproduction"])
@pytest.mark.parametrize("value", ["abc", "", "1", True, None, [1], {}, float("nan"), float("inf"), 10**400, -1.0])
def test_a_dial_that_stands_at_no_number_is_refused(dial: str, value: object) -> None:
    """In one sentence that names the dial; weights of contagion alone may be turned below 0."""
    if (dial, value) == ("contagion", -1.0):
        assert scenario_of(_spec(settings={dial: value})).behaviour.contagion_news < 0.0
        return
    with pytest.raises(InputError, match=rf"^{dial} = .* must (be a finite number( >= 0)?|lie in \[0, 0\.95\].*)$"):
        scenario_of(_spec(settings={dial: value}))


def test_the_dial_of_capacity_multiplies_free_places_and_cases_of_every_host() -> None:
    """Under the policies of the point, whatever they set; at a tenth Germany has a tenth of its 47,700 free places and not none."""
    own, tenth = (
        {
            host.name: host
            for host in scenario_of(_spec(scenario="russia-2022", policies=["fast-track"], settings=given)).course.hosts
        }
        for given in ({}, {"capacity": 0.1})
    )
    assert own.keys() == tenth.keys()
    for name, host in tenth.items():
        assert host.places - host.places_taken == pytest.approx((own[name].places - own[name].places_taken) / 10)
        assert host.cases == pytest.approx(own[name].cases / 10)


def test_the_dial_of_reproduction_gives_every_form_the_same_strength() -> None:
    """The theory reads 0.4 off each form's reference state; the form without contagion stays as it is."""
    from desertion.theory.reproduction import reproduction
    from desertion.theory.weights import in_reference

    for form in ("multiplicative", "additive", "concave"):
        scenario = scenario_of(_spec(settings={"behaviour.form": form, "reproduction": 0.4}))
        assert reproduction(in_reference(scenario)).value == pytest.approx(0.4, rel=1e-3)
    assert scenario_of(_spec(settings={"behaviour.form": "none", "reproduction": 0.4})).behaviour.form == "none"


def test_the_dial_of_reproduction_holds_whatever_weights_are_set() -> None:
    """Weights that are set give the proportions; the dial that multiplies all weights is refused beside it."""
    from desertion.theory.reproduction import reproduction
    from desertion.theory.weights import in_reference

    settings = {"reproduction": 0.4, "behaviour.contagion_community": 3.0, "behaviour.contagion_squad": 1.5}
    scenario = scenario_of(_spec(settings=settings))
    assert reproduction(in_reference(scenario)).value == pytest.approx(0.4, rel=1e-3)
    own = scenario.behaviour
    assert own.contagion_community == pytest.approx(2 * own.contagion_squad)
    with pytest.raises(InputError, match=r"contagion = 2 and reproduction = 0\.4 both scale .* leave out one"):
        scenario_of(_spec(settings={"reproduction": 0.4, "contagion": 2}))


def test_a_point_that_the_scenario_refuses_is_refused_before_any_run() -> None:
    """Unknown key, value out of range, unknown policy."""
    for settings in ({"behaviour.frailty_onw": 1.0}, {"asylum": 2.0}, {"hosts.atlantis.cases": 3}):
        with pytest.raises(InputError):
            task_check(_spec(settings=settings))
    with pytest.raises(InputError, match="fast-trakc"):
        task_check(_spec(policies=["fast-trakc"]))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_study_can_be_laid_out_and_its_ends_be_run(path: Path) -> None:
    """First and last point over a week; each asks a question."""
    spec = changed(read_spec(study_path(path.stem)), days=7)
    points = spec.points()
    assert spec.question.endswith("?")
    for point in (points[0], points[-1]):
        outcome = run_task(spec.task_of(point), 0, spec.seed)
        assert outcome.scalars["left_total"] >= 0
        assert outcome.columns == spec.daily


def test_every_shipped_study_has_its_results_and_its_paragraph() -> None:
    """A figure and a table beside each, and a heading in the README with the command."""
    told = (shipped_folder("experiments") / "README.md").read_text(encoding="utf-8")
    for path in SHIPPED:
        assert (path.parent / path.stem / f"{path.stem}.png").is_file()
        assert (path.parent / path.stem / f"{path.stem}.csv").is_file()
        assert f"desertion sweep {path.stem}" in told or f"desertion search {path.stem}" in told
        assert tomllib.loads(path.read_text(encoding="utf-8"))["title"] in told


@pytest.mark.parametrize("name", TASKS)
def test_the_model_is_compiled_once_before_the_workers_of_a_shipped_task(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each worker would compile it, which on two cores takes twice as long."""
    compiled: list[str] = []
    monkeypatch.setattr(first_run, "compile_first_run", lambda: compiled.append(name))
    with working(StudySpec(name="study", task=name), RunOptions(workers=1, quiet=True), {}):
        assert compiled == [name]
