"""A series held against a scenario of the same events: what is counted, what is set, and what being without contagion means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desertion.cli import main
from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from desertion.study.calibration.calibrate import planned, shipped_names
from desertion.study.calibration.case import ImpossibleError
from desertion.study.calibration.document import BOTH, DOORS
from desertion.study.design.point import contagion_weights
from desertion.study.laboratory.prior import Prior
from tests.study.calibration.interval_coverage import OWN

GDR = planned("gdr-1989", {})


def _prior(name: str, low: float, high: float, meaning: str, unit: str, *, log: bool = False) -> Prior:
    return Prior(name=name, low=low, high=high, log=log, allowed=(-np.inf, np.inf), meaning=meaning, unit=unit)


def test_the_shipped_document_says_what_the_code_once_said() -> None:
    """Priors, their order (which chance hangs on) and what they set, as they stood in the program before they stood in the scenario's file."""
    assert shipped_names() == ["gdr-1989"]
    assert GDR.priors_of(DOORS) == (
        _prior("leaving", 5e-6, 2e-4, "baseline rate of flight", "a day", log=True),
        _prior("chance_power", 0.2, 1.0, "power of the perceived chance to get away", "exponent"),
        _prior("frailty_own", 0.5, 4.0, "variance of a person's own log frailty", "variance"),
        _prior("legitimacy", 0.5, 4.0, "weight of legitimacy lost", "log hazard per share"),
        _prior("leak", 0.002, 0.05, "chance to slip out by Czechoslovakia", "chance", log=True),
    )
    assert (GDR.noise.low, GDR.noise.high, GDR.noise.log) == (0.003, 0.3, True)
    assert (GDR.priors_of(BOTH)[-1].low, GDR.priors_of(BOTH)[-1].high) == (0.05, 3.0)
    assert GDR.rivals == (BOTH, DOORS)
    assert (GDR.scenario.scale, GDR.scenario.days, GDR.held_out) == (0.003, 184, 0)
    values = {
        "leaving": 1e-5,
        "chance_power": 0.3,
        "frailty_own": 1.0,
        "legitimacy": 2.0,
        "leak": 0.02,
        "contagion": 2.0,
    }
    weights = {"community": 16.0, "ties": 3.0, "news": 24.0}
    assert GDR.settings(values) == {
        "forces.gdr-1989.base_reservist_flee": 1e-5,
        "forces.gdr-1989.base_civilian_flee": 1e-5,
        "behaviour.chance_power": 0.3,
        "behaviour.frailty_own": 1.0,
        "behaviour.push_legitimacy": 2.0,
        "hosts.czechoslovakia.leak": 0.02,
        **{f"behaviour.{kind}_{level}": weights[level] for kind in ("contagion", "reception") for level in weights},
    }


def test_the_series_counts_from_the_first_day_of_the_scenario() -> None:
    """Published are emigrants since January: 45,000 by the end of June, 343,854 by the end of the year."""
    series = GDR.series
    assert len(series.points) == 8
    assert series.points[-1].value == 343_854 - 45_000
    assert series.points[-1].end.isoformat() == "1989-12-31"
    assert [point.low for point in series.points if point.low is not None] == [220_000 - 45_000]


def test_cumulative_and_flow_series_are_counted_at_real_size() -> None:
    """Two a day of the simulated are two over the scale, added up to each date, or within each interval."""
    days = np.full(GDR.scenario.days, 2, dtype=np.int64)
    seen = GDR.observe(days, 1e-12, np.random.default_rng(0))
    assert seen[-1] == pytest.approx(2 * 184 / 0.003, rel=1e-4)
    assert (np.diff(seen) > 0).all()
    flow = planned("toy", OWN | {"scale": 0.5})
    seen = flow.observe(np.arange(200), 1e-12, np.random.default_rng(0))
    assert seen[1] == pytest.approx(sum(range(20, 40)) / 0.5, rel=1e-4)


@pytest.mark.parametrize(("points", "held_out"), [(11, 0), (12, 3), (16, 4), (19, 4)])
def test_a_quarter_of_a_long_series_is_held_out(tmp_path: Path, points: int, held_out: int) -> None:
    """Of eleven points none, since eight have to be left and fewer than three say nothing."""
    rows = "".join(f"2030-01-{day:02d},{day}\n" for day in range(1, points + 1))
    (tmp_path / "own.csv").write_text("date,value\n" + rows)
    assert planned("toy", {"series": str(tmp_path / "own.csv"), "measure": "left_flee"}).held_out == held_out


def test_shipped_values_set_nothing_new() -> None:
    """With the shipped values for all priors, the scenario is the shipped one, also where priors are multiples."""
    for name, given in (("gdr-1989", {}), ("toy", OWN)):
        case = planned(name, given)
        assert case.scenario.with_(dict(case.settings(case.shipped()))).flat() == case.scenario.flat()


def test_without_contagion_no_weight_is_left() -> None:
    """The rival without contagion has no strength to set, so all weights are 0; doors and institutions stay."""
    case = planned("toy", OWN)
    assert case.priors_of(BOTH)[:-1] == case.priors_of(DOORS)
    settings = case.settings({prior.name: prior.at(0.5) for prior in case.priors_of(DOORS)})
    weights = {key for key in settings if key.startswith(("behaviour.contagion_", "behaviour.reception_"))}
    assert len(weights) == 12
    assert {settings[key] for key in weights} == {0.0}
    assert not any("keeps the weights" in remark for remark in case.remarks)
    weights = [
        f"behaviour.{kind}_{level}" for kind in ("contagion", "reception") for level in ("squad", "company", "facing")
    ]
    kept = "“without contagion” keeps the weights that the prior of contagion does not name"
    assert GDR.remarks[-1] == f"{kept}: {', '.join(weights)}."


@pytest.mark.parametrize(("name", "given"), [("toy", OWN), ("gdr-1989", {})])
def test_the_rival_without_contagion_is_the_same_alone_as_beside_the_other(name: str, given: dict[str, Any]) -> None:
    """The same priors, the same scenario: `--rival 'without contagion'` takes the weights away too."""
    both, alone = planned(name, given), planned(name, given | {"rivals": DOORS})
    assert alone.priors_of(DOORS) == both.priors_of(DOORS)
    values = {prior.name: prior.at(0.5) for prior in both.priors_of(DOORS)}
    assert alone.put_together(values).hash == both.put_together(values).hash
    assert alone.put_together(values).behaviour.contagion_community == 0.0


def test_a_pair_for_contagion_is_a_multiple_as_in_a_sweep() -> None:
    """`contagion = [0, 3]` set twelve weights that differ to one number; a range does so still, and then no number stands for the scenario."""
    lever = planned("toy", OWN | {"priors": {"contagion": [0.0, 3.0]}}).levers[-1]
    assert lever.settings(2.0) == {key: 2.0 * weight for key, weight in contagion_weights(Scenario.load("toy")).items()}
    assert (lever.times, lever.shipped) == (True, 1.0)
    ranged = planned("toy", OWN | {"priors": {"contagion": {"range": [0.0, 3.0]}}})
    assert np.isnan(ranged.shipped()["contagion"])
    assert planned("toy", OWN | {"priors": {"behaviour.frailty_own": [0.5, 4.0]}}).levers[0].times is False


def test_shipped_values_lie_within_their_priors() -> None:
    """Else the fit could not find what the scenario says."""
    for prior in GDR.priors_of(BOTH):
        assert prior.low < GDR.shipped()[prior.name] < prior.high, prior.name


def test_flows_are_those_of_the_run_day_by_day() -> None:
    """What happened on the first day stands first; the days add up to all who set out."""
    flow = GDR.simulate(GDR.shipped(), 5)
    model = DesertionModel(Scenario.load("gdr-1989", scale=GDR.scenario.scale), rng=5).run()
    assert flow.shape == (184,)
    assert flow.sum() == model.daily["new_flee"].sum() > 100
    assert np.array_equal(flow[:3], model.daily.groupby("day")["new_flee"].sum().to_numpy()[1:4])


def test_a_run_is_no_longer_than_the_series_and_never_ended_by_a_rule(tmp_path: Path) -> None:
    """Days after the last point cost nothing, and days after a collapse count."""
    path = tmp_path / "mine.toml"
    path.write_text('extends = "toy"\n[stop]\nmeasure = "collapsed"\n')
    case = planned(path, OWN)
    assert case.scenario.days == 200
    rates = {key: 30.0 * value for key, value in case.levers[0].own}
    assert len(case.counted.flow(DesertionModel(case.scenario.with_(rates), rng=1).run())) == 200
    short = planned("toy", OWN | {"series": _written(tmp_path, [5] * 8, step=5)})
    assert short.scenario.days == 40


def test_a_table_beside_the_scenario_is_read_and_laid_over_those_that_it_extends(tmp_path: Path) -> None:
    """Own series lie beside the file, keys may be dotted without quotation marks, and what is given comes first."""
    _written(tmp_path, [3, 4, 5, 6, 7, 8, 9, 8, 7, 6])
    (tmp_path / "mine.toml").write_text(
        'extends = "toy"\n[calibration]\nseries = "own.csv"\nmeasure = "soldiers_left"\nscale = 0.5\n'
        "[calibration.priors]\nbehaviour.frailty_own = [0.5, 4]\n"
        '"forces.*.base_soldier_hide" = { times = [0.5, 2], log = true }\n'
    )
    (tmp_path / "other.toml").write_text('extends = "mine.toml"\n[calibration]\nrivals = "without contagion"\n')
    case = planned(tmp_path / "mine.toml", {"scale": 0.25})
    assert [lever.prior.name for lever in case.levers] == [
        "behaviour.frailty_own",
        "forces.*.base_soldier_hide",
        "contagion",
    ]
    assert case.levers[1].own == (("forces.toy.base_soldier_hide", Scenario.load("toy").forces[0].base_soldier_hide),)
    assert (case.scenario.scale, case.counted.kinds) == (0.25, ("soldier",))
    assert planned(tmp_path / "other.toml", {}).rivals == (DOORS,)
    assert Scenario.load(tmp_path / "mine.toml").with_({"name": "toy"}).hash == Scenario.load("toy").hash


def _written(folder: Path, values: list[int], step: int = 20) -> str:
    """The path of a series in toy's days."""
    import datetime as dt

    first = dt.date(2030, 1, 1)
    rows = [f"{first + dt.timedelta(days=step * place)},{value}" for place, value in enumerate(values)]
    (folder / "own.csv").write_text("date,value\n" + "\n".join(rows) + "\n")
    return str(folder / "own.csv")


@pytest.mark.parametrize(
    ("name", "settings", "measure", "kinds"),
    [
        ("one-town", {}, "left_hide", ["reservist_hide"]),
        ("toy", {}, "left_flee", ["hiding_flee", "summoned_flee", "soldier_flee", "reservist_flee", "civilian_flee"]),
        (
            "toy",
            {"soldiers": 0},
            "left_flee",
            ["hiding_flee", "summoned_flee", "soldier_flee", "reservist_flee", "civilian_flee"],
        ),
        ("toy", {"soldiers": 0, "waves": []}, "left_flee", ["hiding_flee", "reservist_flee", "civilian_flee"]),
        ("toy", {"reservists": 0}, "left_flee", ["hiding_flee", "soldier_flee", "civilian_flee"]),
        ("toy", {"civilians": 0}, "left_flee", ["hiding_flee", "summoned_flee", "soldier_flee", "reservist_flee"]),
        ("toy", {"soldiers": 0, "reservists": 0}, "left_flee", ["civilian_flee"]),
        ("toy", {}, "left_skilled", ["skilled"]),
    ],
)
def test_baseline_rates_of_people_whom_a_force_never_has_are_no_lever(
    name: str, settings: dict[str, Any], measure: str, kinds: list[str], tmp_path: Path
) -> None:
    """Soldiers may come by a call-up, and those summoned need one; whoever could hide may flee from hiding."""
    series = _written(tmp_path, [3, 4, 5, 6, 7, 8, 9, 8, 7, 6])
    force = Scenario.load(name).forces[0].name
    own = {f"forces.{force}.{key}": value for key, value in settings.items()}
    case = planned(Scenario.load(name).with_(own), {"series": series, "measure": measure})
    (leaving,) = (lever for lever in case.levers if lever.prior.name == "leaving")
    assert [key.removeprefix(f"forces.{force}.base_") for key, _ in leaving.own] == kinds


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tooy", "--measure", "left_flee"], "there is no scenario 'tooy'; did you mean 'toy'?"),
        (["toy"], "measure is missing: say what"),
        (["toy", "--measure", "left_fle"], "there is no measure 'left_fle'; did you mean 'left_flee'?"),
        (["toy", "--measure", "share_left"], "'share_left' does not count what happens on a day"),
        (["toy", "--measure", "flee_departures", "--of", "soldier"], "kinds = 'soldier' cannot be told apart in flee_departures"),
        (["toy", "--measure", "left_flee", "--of", "soldiers"], "did you mean 'soldier'?"),
        (["toy", "--measure", "left_flee@tay"], "there is no force 'tay'; did you mean 'toy'?"),
        (["toy", "--measure", "called"], "priors are missing, and no baseline rate makes called"),
        (["one-town", "--measure", "left_flee"], "priors are missing, and no baseline rate makes left_flee"),
        (["one-town", "--measure", "left_skilled"], "priors are missing, and no baseline rate makes left_skilled"),
        (["toy", "--measure", "left_flee", "--prior", "behaviour.frailty_onw=[0.5, 4]"], "did you mean 'frailty_own'?"),
        (["toy", "--measure", "left_flee", "--prior", "behaviour.frailty_own=[0.5, 40]"], "must lie in [0, 9] (variance)); narrow it"),
        (["toy", "--measure", "left_flee", "--prior", "forces.toy.reservists=[1, 30]"], "must be a whole number (persons)"),
        (["toy", "--measure", "left_flee", "--prior", "contagion=[2, 1]"], "priors.contagion: [2, 1] must be two finite numbers, the least first"),
        (["toy", "--measure", "left_flee", "--prior", "contagion=[1, 2, 3]"], "contagion = [1, 2, 3] must be two numbers"),
        (["toy", "--measure", "left_flee", "--prior", "behaviour.frailty_own=2"], "must be [least, largest] or a table with range or times"),
        (["toy", "--measure", "left_flee", "--prior", "noise=[0, 2]"], "noise cannot be the name of a prior; write noise = [least, largest]"),
        (["toy", "--measure", "left_flee", "--prior", "behaviour.contagion_ties=[0, 2]"], 'write [calibration.priors.contagion] with keys = ["behaviour.contagion_ties"] and its range'),
        (["toy", "--measure", "left_flee", "--prior", "behaviour.contagion_ties=[0, 2]", "--rival", "without contagion"], "cannot have a prior: “without contagion” sets it to 0; leave that prior out"),
        (["toy", "--measure", "left_flee", "--prior", "behaviour.contagion_ties=[0, 2]", "--prior", "contagion=[0, 2]"], "is set by two priors, behaviour.contagion_ties and contagion"),
        (["toy", "--measure", "left_flee", "--prior", "days=[10, 20]"], "key = 'days' cannot have a prior"),
        (["toy", "--measure", "left_flee", "--prior", "behaviour.form=[0, 1]"], "key = 'behaviour.form' is no number of the scenario"),
        (["toy", "--measure", "left_flee", "--prior", "contagion"], "--prior = 'contagion' has no key and value"),
        (["toy", "--measure", "left_flee", "--kind", "flows"], "kind = 'flows' must be 'flow' or 'cumulative'"),
        (["toy", "--measure", "left_flee", "--rival", "with contagon"], "did you mean 'with contagion'?"),
        (["toy", "--measure", "left_flee", "--held-out-from", "2030-02-01"], "leaves 2 points to fit, fewer than 8"),
        (["toy", "--measure", "left_flee", "--held-out-from", "soon"], "must be a date"),
        (["toy", "--measure", "left_flee", "--scale", "2"], "scale = 2.0 must be at most 1"),
        (["toy", "--measure", "left_flee", "--particles", "20"], "must be at least 100"),
        (["toy", "--measure", "left_flee", "--generations", "0"], "generations = 0 must be a whole number in"),
        (["quiet", "--measure", "left_flee"], "behaviour.form = 'none' has no contagion that could be fitted"),
        (["front-2022", "--measure", "reservists_left"], 'nobody of that kind is counted by reservists_left in scenario "front-2022"'),
        (["front-2022", "--measure", "soldiers_left"], "0 points lie within the days of scenario 'front-2022'"),
        (["toy", "quiet", "--measure", "left_flee"], "belongs to one scenario"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_one_sentence_and_nothing_is_written(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong is said before the first run, with exit code 2."""
    series = _written(tmp_path, [3, 4, 5, 6, 7, 8, 9, 8, 7, 6])
    assert main(["calibrate", *words, "--series", series, "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([0] * 10, "all 10 values within the scenario's days are 0"),
        ([1, 2, 3], "3 points lie within the days of scenario 'toy', 2030-01-01 to 2030-07-19"),
    ],
)
def test_a_series_that_says_nothing_of_the_scenario_is_refused(
    values: list[int], sentence: str, tmp_path: Path
) -> None:
    """All zero, or too short."""
    with pytest.raises(InputError, match=re.escape(sentence)):
        planned("toy", {"series": _written(tmp_path, values), "measure": "left_flee"})


def test_priors_that_the_scenario_refuses_together_are_counted_and_said(tmp_path: Path) -> None:
    """Shares killed up to 0.85 and captured up to 0.6 pass alone; the corner above 1 is 0.10125 of 0.51, a fifth of their draws (100 of them: 0.2 give or take 0.04)."""
    (tmp_path / "s.csv").write_text("date,value\n" + "".join(f"2030-02-{day:02},{day}\n" for day in range(1, 9)))
    shares = {"forces.toy.share_killed": [0.0, 0.85], "forces.toy.share_captured": [0.0, 0.6]}
    given = {"series": str(tmp_path / "s.csv"), "measure": "new_killed", "kind": "flow", "rivals": DOORS}
    case = planned("toy", given | {"priors": shares})
    highest = {name: high for name, (_, high) in shares.items()}
    assert case.settings(highest) == highest | dict.fromkeys(contagion_weights(case.scenario), 0.0)
    with pytest.raises(ImpossibleError, match="share_killed"):
        case.put_together(highest)
    remark = case.remarks[-1]
    assert remark.startswith("Of 100 draws from all priors together ")
    assert 0.04 < int(remark.split(" together ")[1].split()[0]) / 100 < 0.36
    small = planned("toy", given | {"priors": {name: [0.0, 0.3] for name in shares}})
    assert not any("draws from all priors" in one for one in small.remarks)


def test_a_rival_of_which_nothing_can_be_run_is_refused(tmp_path: Path) -> None:
    """Without contagion a half-life would be 0, which no scenario takes: each of its draws missed, and "with contagion" was preferred at 1.00."""
    given = {"series": _written(tmp_path, [3, 4, 5, 6, 7, 8, 9, 8, 7, 6]), "measure": "left_flee"}
    half_life = {"range": [5.0, 40.0], "keys": ["behaviour.half_life_ties"]}
    with pytest.raises(
        InputError, match=r"in any of 100 draws of “without contagion” \(behaviour.half_life_ties = 0.0 must"
    ):
        planned("toy", given | {"priors": {"contagion": half_life}})
    assert planned("toy", given | {"priors": {"contagion": half_life}, "rivals": BOTH}).rivals == (BOTH,)


def test_a_prior_that_is_given_takes_the_place_of_one_that_a_file_writes_with_dots(tmp_path: Path) -> None:
    """TOML makes tables of unquoted dots, and --prior of the same key was refused as a second value."""
    _written(tmp_path, [3, 4, 5, 6, 7, 8, 9, 8, 7, 6])
    (tmp_path / "mine.toml").write_text(
        'extends = "toy"\n[calibration]\nseries = "own.csv"\nmeasure = "soldiers_left"\n'
        "[calibration.priors]\nbehaviour.frailty_own = [0.5, 4]\nbehaviour.push_legitimacy = [0.1, 2]\n"
    )
    case = planned(tmp_path / "mine.toml", {"priors": {"behaviour.frailty_own": [1, 2]}, "rivals": DOORS})
    ranges = [(prior.name, prior.low, prior.high) for prior in case.priors_of(DOORS)]
    assert ranges == [("behaviour.frailty_own", 1.0, 2.0), ("behaviour.push_legitimacy", 0.1, 2.0)]


def test_a_multiple_says_of_what_and_a_value_has_its_unit(tmp_path: Path) -> None:
    """0.27 to 2.8 times a rate of 0.0003 a day was told like a rate, beside values; several inputs that differ have no one number."""
    given = {"series": _written(tmp_path, [3, 4, 5, 6, 7, 8, 9, 8, 7, 6]), "measure": "soldiers_left"}
    rate, other = "forces.toy.base_soldier_hide", "forces.toy.base_soldier_flee"
    priors = {
        "behaviour.push_threat": [0.1, 2.0],
        rate: {"times": [0.2, 5.0]},
        "both": {"times": [0.5, 2.0], "keys": ["behaviour.frailty_own", other]},
        "forces.toy.base_soldier_surrender": [0.0, 0.1],
    }
    case = planned("toy", given | {"priors": priors})
    own = case.scenario.forces[0].base_soldier_hide
    assert {prior.name: prior.unit for prior in (*case.priors_of(BOTH), *case.nuisances)} == {
        "behaviour.push_threat": "log hazard per per cent called a month",
        rate: f"times the scenario's {own:g} a day",
        "both": "times the scenario's own",
        "forces.toy.base_soldier_surrender": "a day",
        "contagion": "times the scenario's own",
        "noise": "squared relative error",
    }
    assert (
        case.priors_of(DOORS)[1].told
        == f"toy: baseline rate of hiding, soldiers serving (times the scenario's {own:g} a day)"
    )
    assert (
        Prior(name="x", low=0.0, high=1.0, meaning="variance of frailty", unit="variance").told == "variance of frailty"
    )
