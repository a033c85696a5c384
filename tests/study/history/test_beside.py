"""A series beside its scenario counts the same days, and its measures of misfit are what they say."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desertion import DesertionModel, Scenario
from desertion.cli import main
from desertion.errors import InputError
from desertion.rules.draws import replicate_seed
from desertion.simulation.record.columns import DAILY
from desertion.study.calibration.calibrate import planned
from desertion.study.history import shipped
from desertion.study.history.beside import ModelledSeries, beside
from desertion.study.history.history import History, history


def test_months_of_the_exodus_are_counted_from_the_first_to_the_last_day() -> None:
    """Persons by their day of leaving, counted one by one, give the same months as the daily record."""
    series = shipped.load("gdr-emigration-monthly")
    pair = beside(series, 1, 5)
    assert [series.points[n].start.month for n in pair.places] == [7, 8, 9, 10, 11, 12]
    scenario = Scenario.load("gdr-1989", scale=0.01)
    people = DesertionModel(scenario, rng=replicate_seed(5, 0)).run().people()
    fled = people[people["route"] == "flee"]["day_left"].to_numpy() - 1  # day 1 is the scenario's first
    days = [
        ((series.points[n].start - scenario.start).days, (series.points[n].end - scenario.start).days)
        for n in pair.places
    ]
    by_person = [float(((fled >= first) & (fled <= last)).sum()) / 0.01 for first, last in days]
    # Those who hid first and fled later stand in the record of days only.
    assert pair.simulated[0] == pytest.approx(by_person, rel=0.02)


def test_misfit_is_measured_on_the_median() -> None:
    """Hand-made figures: medians 12 and 30 for 10 and 40."""
    pair = ModelledSeries(np.array([10.0, 40.0]), np.array([[12.0, 30.0], [12.0, 31.0], [90.0, 0.0]]), (0, 1))
    assert pair.difference == pytest.approx((0.2 + 0.25) / 2)
    assert pair.total_difference == pytest.approx(12.0 / 50.0)


def test_running_totals_are_off_by_what_they_add() -> None:
    """10 and 40 against medians 12 and 30, added up to 10 and 50: the same error over the same total. It was divided by 60, the sum of the two totals; a level of that size is off by the mean error over the mean."""
    published, runs = np.array([10.0, 40.0]), np.array([[12.0, 30.0], [12.0, 31.0], [90.0, 0.0]])
    flow = ModelledSeries(published, runs, (0, 1))
    total = ModelledSeries(published.cumsum(), runs.cumsum(axis=1), (0, 1), kind="cumulative")
    level = ModelledSeries(published, runs, (0, 1), kind="level")
    assert flow.total_difference == total.total_difference == level.total_difference == 12.0 / 50.0
    assert total.difference == pytest.approx((0.2 + 7.0 / 50.0) / 2), "medians of the totals themselves are 12 and 43"
    falling = ModelledSeries(np.array([0.0, 0.0]), np.array([[1.0, 2.0]]), (0, 1), kind="cumulative")
    assert np.isnan(falling.total_difference)


@pytest.mark.parametrize(
    ("kind", "column", "said", "other"),
    [
        ("flow", "new_hide", "absolute error of the median over the published total", "averaged relative difference"),
        ("cumulative", "new_hide", "absolute error of the median increments over the published total", "averaged relative difference of the running totals"),
        ("level", "hiding", "mean absolute error of the median over the mean level", "averaged relative difference"),
    ],
)  # fmt: skip
def test_the_error_is_called_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, column: str, said: str, other: str
) -> None:
    """By the kind of the series, beside its number: the sum of running totals, or of levels, is no published total."""
    rows = ("2030-01-10,5", "2030-01-20,9", "2030-01-30,14")
    (tmp_path / "own.csv").write_text("date,value\n" + "\n".join(rows) + "\n")
    asked = ["--kind", kind, "--scenario", "toy", "--column", column, "--runs", "3"]
    assert main(["history", str(tmp_path / "own.csv"), *asked]) == 0
    found = history(tmp_path / "own.csv", kind=kind, with_model="toy", column=column, runs=3).modelled
    assert found is not None
    assert (found.kind, found.places) == (kind, (0, 1, 2))
    error = found.total_difference
    assert f"{said} {error:.2f}, {other} {found.difference:.2f}\n" in capsys.readouterr().out
    # One after the other: the numbers are of the medians that are drawn.
    medians = np.median(found.simulated, axis=0)
    if kind == "level":
        assert error == pytest.approx(np.abs(medians - [5, 9, 14]).mean() / (28 / 3))
    if kind == "cumulative":
        added = np.median(np.diff(found.simulated, prepend=0.0, axis=1), axis=0)
        assert error == pytest.approx(np.abs(added - [5, 4, 5]).sum() / 14)


def test_the_band_of_runs_is_their_middle_nine_tenths() -> None:
    """Of 21 runs that give 0 to 20 these are 1 and 19, beside a median of 10; a point outside the scenario's days has none."""
    series = shipped.load("south-vietnam-yearly")
    pair = ModelledSeries(series.values[1:2], np.arange(21.0)[:, None], (1,))
    table = History(series=series, modelled=pair).table[["model_q05", "model_median", "model_q95"]]
    assert table.iloc[1].tolist() == [1.0, 10.0, 19.0]
    assert table.drop(index=1).isna().all(axis=None)


def test_sums_of_millions_are_counts_without_an_exponent() -> None:
    """14.9 million in the model stood there as 1.48634e+07."""
    pair = ModelledSeries(np.array([8_488_954.0]), np.array([[14_863_400.0]]), (0,))
    assert pair.sums == "14,863,400 in the model against 8,488,950 published; "


def test_relative_difference_is_not_told_where_a_figure_is_nought() -> None:
    """Nothing can be related to nobody."""
    assert np.isnan(ModelledSeries(np.array([0.0, 40.0]), np.array([[1.0, 30.0]]), (0, 1)).difference)


def test_points_that_rest_on_few_simulated_persons_are_counted() -> None:
    """Of medians 400, 499 and 500 at 100 real persons each, the first two are too few; at real size none is."""
    simulated = np.array([[400.0, 499.0, 500.0]] * 3)
    pair = ModelledSeries(np.ones(3), simulated, (0, 1, 2), 100.0)
    assert (
        pair.grain == "2 of 3 points too few to tell at this scale: fewer than 5 simulated persons, 100 real ones each"
    )
    assert not ModelledSeries(np.ones(3), simulated, (0, 1, 2)).grain


def test_a_scenario_stands_beside_one_group_of_a_series(tmp_path: Path) -> None:
    """Each group of a file would be held against the whole army's count."""
    rows = [f"2030-01-{day:02d},{day},{group}" for group in "ab" for day in range(1, 9)]
    (tmp_path / "two.csv").write_text("date,value,group\n" + "\n".join(rows) + "\n")
    with pytest.raises(InputError, match=r"group = .*are several series, and a scenario beside it takes one"):
        history(tmp_path / "two.csv", with_model="quiet")


def test_a_series_without_a_scenario_is_refused() -> None:
    """The sentence names those that have one."""
    with pytest.raises(InputError, match="gdr-emigration-monthly"):
        beside(shipped.load("iraq-1991"), 1, 1)


def _own(tmp_path: Path, kind: str, rows: str) -> History:
    path = tmp_path / "own.csv"
    path.write_text(f"date,value\n{rows}")
    words = {"unit": "persons", "counts": "leavers", "source": "own list", "grade": "B"}
    return history(path, kind=kind, words=words, with_model="toy", runs=2, seed=5, column="new_hide+new_flee")


@pytest.mark.parametrize(("kind", "first"), [("flow", 31), ("cumulative", 0)])
def test_an_own_series_stands_beside_an_own_scenario(tmp_path: Path, kind: str, first: int) -> None:
    """A flow is the sum of the days of its interval, a cumulative series all since the first day; later points have none."""
    found = _own(tmp_path, kind, "2030-01-01,1\n2030-02-01,2\n2030-03-01,3\n2034-01-01,4\n")
    assert found.modelled is not None
    assert found.modelled.places == ((0, 1) if kind == "flow" else (0, 1, 2))
    daily = DesertionModel("toy", rng=replicate_seed(5, 0)).run().daily
    days = daily[daily["day"].between(first + 1, 59 if kind == "flow" else 32)]
    assert found.modelled.simulated[0, 1] == days[["new_hide", "new_flee"]].to_numpy().sum()
    assert list(found.table["model_median"].notna()) == [n in found.modelled.places for n in range(4)]


def test_days_after_a_rule_that_ends_runs_count(tmp_path: Path) -> None:
    """An army that collapses on day 5 was held against months of published leavers with nobody leaving."""
    own, series = tmp_path / "own.toml", tmp_path / "own.csv"
    own.write_text('extends = "toy"\n[set]\n"forces.*.base_soldier_hide" = 0.02\n[stop]\nmeasure = "collapsed"\n')
    series.write_text("date,value\n2030-01-01,10\n2030-02-01,20\n2030-03-01,20\n")
    assert DesertionModel(Scenario.load(own), rng=replicate_seed(1, 0)).run().day < 31
    daily = DesertionModel("toy", rng=replicate_seed(1, 0), settings={"forces.*.base_soldier_hide": 0.02}).run().daily
    for kind, column, days in (
        ("flow", "new_hide", daily["day"].between(32, 59)),
        ("level", "hiding", daily["day"] == 32),
    ):
        found = history(series, kind=kind, with_model=own, column=column, runs=1).modelled
        assert found is not None
        assert found.simulated[0, 1] == daily.loc[days, column].sum() > 0


def test_a_cumulative_series_counts_from_the_scenarios_first_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1,000 who left before the scenario begins stood against none in the model."""
    found = _own(tmp_path, "cumulative", "2029-12-01,900\n2029-12-12,1000\n2030-01-10,1005\n2030-02-01,1020\n")
    assert found.modelled is not None
    assert found.table["value"].tolist() == found.modelled.published.tolist() == [5.0, 20.0]
    assert found.series.title == "own, less those before 1 January"
    words = ["history", str(tmp_path / "own.csv"), "--kind", "cumulative", "--with-model", "toy", "--runs", "1"]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "own: own, less those before 1 January (2 points)" in told
    assert "What was counted up to 2029-12-12 is taken off: no point lies nearer to 2030-01-01." in told


def test_nobody_is_counted_before_the_origin_of_a_cumulative_series(tmp_path: Path) -> None:
    """Entries since 21 September stood against all who had left since the scenario's first day, the 1st, and so did those of a fit."""
    own = _own(tmp_path, "cumulative", "".join(f"2030-01-{day},{day}\n" for day in range(12, 32))).series
    late = replace(own, origin=dt.date(2030, 1, 11))
    often = Scenario.load("toy", set={"forces.*.base_soldier_hide": 0.02})
    found = beside(late, 1, 5, often, "new_hide")
    daily = DesertionModel(often, rng=replicate_seed(5, 0)).run().daily
    assert daily.loc[daily["day"].between(1, 10), "new_hide"].sum() > 0
    assert found.simulated[0, 0] == daily.loc[daily["day"].between(11, 12), "new_hide"].sum()
    case = planned("toy", {"series": str(tmp_path / "own.csv"), "measure": "new_hide", "kind": "cumulative"})
    flow = np.arange(1.0, 32.0)
    seen = replace(case, series=late).observe(flow, 1e-12, np.random.default_rng(1))
    assert seen[:2] == pytest.approx([11 + 12, 11 + 12 + 13], rel=1e-4)
    assert case.observe(flow, 1e-12, np.random.default_rng(1))[0] == pytest.approx(flow[:12].sum(), rel=1e-4)


def test_a_level_says_what_is_counted_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a column nothing stood behind "counted in the model", and with one its name alone."""
    (tmp_path / "own.csv").write_text("date,value\n2030-01-10,5\n2030-01-20,6\n")
    plain = ["history", str(tmp_path / "own.csv"), "--kind", "level", "--scenario", "toy", "--runs", "1"]
    for words, said in ((plain, "departures"), ([*plain, "--column", "hiding"], "hiding")):
        assert main(words) == 0
        assert f"counted in the model: {DAILY[said].definition}\n" in capsys.readouterr().out


@pytest.mark.parametrize("unit", ["share", "per_1000_month"])
def test_shares_and_rates_are_not_held_against_counts(tmp_path: Path, unit: str) -> None:
    """11 deserters in 1,000 a month were compared with a number of persons, as if 11 had left."""
    rows = "".join(f"2030-{month:02d}-01,0.{month},{unit}\n" for month in range(1, 9))
    (tmp_path / "own.csv").write_text(f"date,value,unit\n{rows}")
    with pytest.raises(InputError, match=f"unit = '{unit}' is no count, and a scenario beside it takes counts"):
        history(tmp_path / "own.csv", with_model="toy", runs=1)
    with pytest.raises(InputError, match=f"unit = '{unit}' is no count, and a fit takes counts"):
        planned(Scenario.load("toy", days=365), {"series": str(tmp_path / "own.csv"), "measure": "left_flee"})


@pytest.mark.filterwarnings("error")
def test_a_series_of_noughts_has_no_error_to_relate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It read "nan" and "off by inf" under a warning of NumPy's."""
    (tmp_path / "own.csv").write_text("date,value\n2030-01-01,0\n2030-02-01,0\n")
    words = ["history", str(tmp_path / "own.csv"), "--with-model", "toy", "--runs", "1", "--out", str(tmp_path)]
    assert main(words) == 0
    assert "published; nothing to relate an error to\n" in capsys.readouterr().out


def test_a_column_that_does_not_suit_the_series_or_a_scenario_of_other_days_is_refused(tmp_path: Path) -> None:
    """Stocks are no flows."""
    with pytest.raises(InputError, match="does not count the state at the end of a day, as a level series does"):
        _own(tmp_path, "level", "2030-01-01,1\n2030-02-01,2\n")
    with pytest.raises(InputError, match="no point lies within the days of scenario 'toy', 2030-01-01 to 2030-07-19"):
        _own(tmp_path, "flow", "1989-01-01,1\n1989-02-01,2\n")


def test_a_scenario_with_a_calibration_counts_what_its_series_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its measure and kinds of people, and the line below says so; a column that is asked for comes first."""
    own, series = tmp_path / "own.toml", tmp_path / "own.csv"
    own.write_text(
        'extends = "toy"\n[calibration]\nseries = "own.csv"\nmeasure = "left_total"\nkinds = ["soldier"]\n'
        '[calibration.priors]\n"behaviour.frailty_own" = { range = [0.1, 3.0] }\n'
    )
    series.write_text("date,value\n2030-01-01,10\n2030-02-01,20\n2030-03-01,20\n")
    world = DesertionModel("toy", rng=replicate_seed(1, 0)).run().world
    days = world.left_day[(world.left_day >= 0) & (world.kind == 0)]
    found = history(series, with_model=own, runs=1).modelled
    assert found is not None
    assert found.simulated[0, :2].tolist() == [int((days < 31).sum()), int(((days >= 31) & (days < 59)).sum())]
    plain = history(series, with_model=own, runs=1, column="new_hide").modelled
    assert plain is not None
    assert plain.simulated[0, 0] != found.simulated[0, 0]
    assert main(["history", str(series), "--with-model", str(own), "--runs", "1"]) == 0
    assert f"counted in the model: {found.meaning}" in capsys.readouterr().out
    assert found.meaning.endswith("soldiers only")
