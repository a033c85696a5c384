"""Counts at real size by default, of simulated persons on request; every table says which."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion import (
    DesertionModel,
    InputError,
    Scenario,
    Study,
    at_real_size,
    compare,
    rerun,
    search,
    sensitivity,
    sweep,
)
from desertion.app.pages.points import _rows
from desertion.cli import main
from desertion.simulation.record.columns import MEASURES, SIMULATED
from desertion.study.analysis.selection import Selection
from desertion.study.comparison.outcomes import BY_NAME
from desertion.study.design.edition import reading
from desertion.study.design.replicates import half_widths
from desertion.study.run.options import RunOptions
from tests.shortcuts import in_process, unrendered

pytestmark = pytest.mark.usefixtures("no_workers")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sizes of `toy`, two runs each, with the curve of those who left."""
    folder: Path = tmp_path_factory.mktemp("real")
    with in_process():
        return sweep(scenario="toy", days=20, vary={"scale": [0.2, 0.5]}, runs=2, daily=["left", "legitimacy"],
                     measures=["left_total", "share_left", "cost_eur"], out=folder / "s.sqlite", workers=1, quiet=True).path  # fmt: skip


@pytest.fixture
def real(path: Path) -> Study:
    """The study as it is opened."""
    return Study(path)


@pytest.fixture
def simulated(path: Path) -> Study:
    """The same with what its runs counted."""
    return Study(path, simulated=True)


def test_a_precision_rule_is_asked_of_persons_at_real_size(tmp_path: Path) -> None:
    """Half widths in the units that the answers have, at each point's own scale; the file counts what is lacking by the same rule."""
    rule = {
        "measure": "left_total",
        "relative": False,
        "half_width": 12.0,
        "minimum": 4,
        "step": 2,
        "maximum": 12,
        "look_ahead": 0,
    }
    done = sweep(scenario="toy", days=20, vary={"scale": [0.2, 1.0]}, runs=rule, measures=["left_total", "share_left"], out=tmp_path / "s.sqlite", workers=1, quiet=True)  # fmt: skip
    assert not done.lacking
    assert not done.surplus
    assert done.runs.groupby("design").size().tolist() == [10, 4], (
        "asked of simulated persons both points stopped at four"
    )
    for _, runs in done.runs.groupby("design"):
        values = runs.sort_values("replicate")["left_total"].to_numpy()
        assert len(values) == next(
            count for count in range(4, 13, 2) if count == 12 or half_widths(values[:count], 0.95)[-1] < 12.0
        )
    reached = sweep(scenario="toy", days=20, scale=0.2, runs={"chance_of": "left_total", "at_least": 1.0 + done.runs["left_total"].max(), "half_width": 0.3}, measures=["left_total"], out=tmp_path / "t.sqlite", workers=1, quiet=True)  # fmt: skip
    assert not reached.lacking


def test_counts_are_divided_by_the_scale_of_their_point_and_shares_and_money_are_not(
    real: Study, simulated: Study
) -> None:
    """Runs, bands and single curves alike."""
    runs = simulated.runs
    scale = runs["scale"].to_numpy(np.float64)
    assert np.array_equal(real.runs["left_total"], runs["left_total"] / scale)
    assert np.array_equal(real.runs["share_left"], runs["share_left"])
    assert np.array_equal(real.runs["cost_eur"], runs["cost_eur"])
    own, curves = simulated.bands(), real.bands()
    left = own["column"] == "left"
    assert np.allclose(curves.loc[left, "q50"], own.loc[left, "q50"] / own.loc[left, "scale"].astype(float))
    assert np.array_equal(curves.loc[~left, "q50"], own.loc[~left, "q50"])
    assert np.allclose(real.trajectories(0, "left"), simulated.trajectories(0, "left") / 0.2)
    assert np.array_equal(real.trajectories(0, "legitimacy"), simulated.trajectories(0, "legitimacy"))


def test_runs_of_one_scale_are_never_taken_for_those_of_another(tmp_path: Path) -> None:
    """One scale stands for all runs of a point: another is refused, accepted or not; the scenario's own, written out, is none."""
    own, path = tmp_path / "own.toml", tmp_path / "s.sqlite"
    accepting = RunOptions(workers=1, quiet=True, accept_changes=True)
    more: dict[str, Any] = {"measures": ["left_total"], "days": 5, "out": path, "options": accepting}
    own.write_text('extends = "toy"\nname = "own"\nscale = 0.5\n')
    before = sweep(scenario=own, **more).runs["left_total"]
    with pytest.raises(InputError, match=r"holds runs of scale = 0\.5, and would read them as of 0\.2: start anew"):
        sweep(scenario=own, scale=0.2, **more)
    assert sweep(scenario=own, scale=0.5, **more).runs["left_total"].equals(before)
    own.write_text('extends = "toy"\nname = "own"\nscale = 0.2\n')
    with pytest.raises(InputError, match=r"holds runs of scale = 0\.5"):
        sweep(scenario=own, **more)
    assert Study(path).runs["left_total"].equals(before)


def test_runs_of_one_horizon_are_never_averaged_with_those_of_another(tmp_path: Path) -> None:
    """Other days are refused, accepted or not, by option or by the scenario's file; the scenario's own, written out, are none."""
    own, path = tmp_path / "own.toml", tmp_path / "s.sqlite"
    accepting = RunOptions(workers=1, quiet=True, accept_changes=True)
    more: dict[str, Any] = {"measures": ["left_total"], "out": path, "options": accepting}
    own.write_text('extends = "toy"\nname = "own"\ndays = 5\n')
    sweep(scenario=own, **more)
    for change in ({"days": 8, "runs": 2}, {"days": 3}):
        with pytest.raises(
            InputError, match=r"holds runs of days = 5, and would read them as of [83]: .* or keep days as"
        ):
            sweep(scenario=own, **more, **change)
    assert sweep(scenario=own, days=5, runs=2, **more).counts == {"done": 2}
    own.write_text('extends = "toy"\nname = "own"\ndays = 8\n')
    with pytest.raises(InputError, match="holds runs of days = 5"):
        sweep(scenario=own, **more)


def test_a_study_says_its_size_and_can_be_brought_to_real_size_once(real: Study, simulated: Study) -> None:
    """What is at real size stays as it is; what was read before is left alone."""
    for study, size in ((real, "real"), (simulated, "simulated")):
        assert study.runs.attrs["columns"]["left_total"]["size"] == size
        for table in (study.points, study.curves, study.summary(), study.bands(("left",), levels=(0.025, 0.5))):
            assert set(table.attrs["columns"]) == set(table.columns)
            if "q50" in table:
                assert (table.attrs["columns"]["q50"]["size"] == "real") == (size == "real")
                assert at_real_size(table, 0.2)["q50"].equals(table["q50"]), (
                    "rows of shares stand beside rows of counts"
                )
    before = simulated.runs.copy()
    assert np.array_equal(simulated.at_real_size().runs["left_total"], real.runs["left_total"])
    assert np.array_equal(real.at_real_size().runs["left_total"], real.runs["left_total"])
    assert simulated.runs.equals(before)
    assert (real.size_of("left_total"), real.size_of("share_left")) == (1.0, 1.0)  # two scales have no one size


def test_a_restricted_study_keeps_its_restriction_and_its_size(real: Study, simulated: Study) -> None:
    """The points that were left out stay out."""
    for study, share in ((real, 0.5), (simulated, 1.0)):
        chosen = Selection(study, [1])
        assert chosen.held == f"{len(chosen.runs)} done"
        assert chosen.held in repr(chosen)
        assert set(chosen.runs["design"]) == {1}
        left = simulated.runs.loc[simulated.runs["design"] == 1, "left_total"]
        assert np.array_equal(chosen.runs["left_total"], left / share)
        assert np.array_equal(chosen.at_real_size().runs["left_total"], left / 0.5)
        assert np.array_equal(chosen.trajectories(1, "left"), study.trajectories(1, "left"))
        assert set(chosen.bands(["left"])["design"]) == {1}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_exported_tables_are_at_real_size_and_say_so(path: Path, simulated: Study, tmp_path: Path, form: str) -> None:
    """Runs and curves, in `columns.json` and in Parquet's own metadata; with --simulated as they were simulated."""
    read = pd.read_csv if form == "csv" else pd.read_parquet
    real, plain = tmp_path / "real", tmp_path / "plain"
    assert main(["export", str(path), "--format", form, "--out", str(real)]) == 0
    assert main(["export", str(path), "--format", form, "--simulated", "--out", str(plain)]) == 0
    scale = simulated.runs["scale"].to_numpy(np.float64)
    assert np.allclose(read(real / f"runs.{form}")["left_total"], simulated.runs["left_total"] / scale)
    assert np.array_equal(read(plain / f"runs.{form}")["left_total"], simulated.runs["left_total"])
    curves, own = read(real / f"curves.{form}"), read(plain / f"curves.{form}")
    assert np.allclose(curves["left"], own["left"] / own["design"].map({0: 0.2, 1: 0.5}))
    assert np.allclose(curves["legitimacy"], own["legitimacy"])
    for folder, size in ((real, "real"), (plain, "simulated")):
        about = json.loads((folder / "columns.json").read_text())["files"]
        assert about[f"runs.{form}"]["left_total"]["size"] == about[f"curves.{form}"]["left"]["size"] == size
        if form == "parquet":
            for name, column in (("runs", "left_total"), ("curves", "left")):
                assert read(folder / f"{name}.{form}").attrs["columns"][column]["size"] == size


def test_the_shape_of_ema_is_at_real_size_too(path: Path, simulated: Study, tmp_path: Path) -> None:
    """Outcomes and daily columns; `columns.json` says so."""
    assert main(["export", str(path), "--format", "ema", "--no-curves", "--out", str(tmp_path)]) == 0
    assert not list(tmp_path.glob("daily_*"))
    assert main(["export", str(path), "--format", "ema", "--out", str(tmp_path)]) == 0
    scale = simulated.runs["scale"].to_numpy(np.float64)
    left = pd.read_csv(tmp_path / "left_total.csv", header=None)[0]
    assert np.allclose(left, simulated.runs["left_total"] / scale)
    daily = pd.read_csv(tmp_path / "daily_left.csv").iloc[:, -1]
    assert np.allclose(daily, left)
    about = json.loads((tmp_path / "columns.json").read_text())["files"]
    assert about["daily_left.csv"]["left"]["kind"] == "total"
    assert about["left_total.csv"]["left_total"]["size"] == about["daily_left.csv"]["left"]["size"] == "real"


def test_the_old_option_is_answered_and_changes_nothing(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--real-size` was how one asked for it."""
    assert main(["export", str(path), "--real-size", "--out", str(tmp_path / "old")]) == 0
    assert "is what is done anyway" in capsys.readouterr().err
    assert main(["export", str(path), "--out", str(tmp_path / "new")]) == 0
    assert (tmp_path / "old" / "runs.csv").read_text() == (tmp_path / "new" / "runs.csv").read_text()


def test_show_says_its_size_and_marks_what_is_too_few(
    tmp_path: Path, real: Study, simulated: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    """As text and as JSON; at a tenth of real size, four leavers simulated stand for forty and carry the mark."""
    for words, study, size in (([], real, "real"), (["--simulated"], simulated, "simulated")):
        assert main(["show", str(real.path), "--json", "-m", "left_total", *words]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["size"] == size
        assert [row["q50"] for row in told["summary"]] == study.summary(["left_total"])["q50"].tolist()
    few = sweep(scenario="toy", days=60, scale=0.1, runs=2, out=tmp_path / "few.sqlite", workers=1, quiet=True)
    assert 0.0 < few.runs["left_total"].max() < 50.0
    assert main(["show", str(few.path), "-m", "left_total"]) == 0
    told = capsys.readouterr().out
    assert "left_total, counts at real size" in told
    assert "† too few to tell at this scale: fewer than 5 simulated persons, each of whom stands for 10" in told
    assert main(["show", str(few.path), "-m", "left_total", "--simulated"]) == 0
    told = capsys.readouterr().out
    assert "counts of simulated persons" in told
    assert "†" not in told
    marks = few.few("left_total")[["q05", "q50", "q95"]]
    assert marks.all(axis=None)
    assert few.few("share_left")[["q05", "q50", "q95"]].equals(marks)
    assert not few.few("legitimacy_min")[["q05", "q50", "q95"]].any(axis=None)
    assert main(["show", str(few.path), "-m", "share_left"]) == 0
    told = capsys.readouterr().out
    assert told.count("†") == 4  # three quantiles and the legend
    *_, cells = _rows(few, "share_left").values()
    assert all(cell.endswith("†") for cell in cells[-3:])


def test_show_names_the_basis_of_the_one_measure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A share and a measure of one's own are no counts at real size, as text and as JSON."""
    wanted: dict[str, Any] = {
        "vary": {"asylum": [0.5]},
        "measures": {"own": lambda model: model.daily["left"].iloc[-1]},
    }
    out = tmp_path / "own.sqlite"
    sweep(scenario="toy", days=20, scale=0.5, runs=1, out=out, workers=1, quiet=True, **wanted)
    said = {"own": ", as its own function gives it at the simulated size", "share_left": ""}
    for measure, basis in said.items():
        assert main(["show", str(out), "-m", measure]) == 0
        assert f"\n{measure}{basis}: median" in capsys.readouterr().out
        assert main(["show", str(out), "--json", "-m", measure]) == 0
        assert not json.loads(capsys.readouterr().out)["size"]


def test_a_run_is_written_at_real_size_unless_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tables, `columns.json`, `--json` and provenance; both folders can be drawn and made again bit for bit."""
    model = DesertionModel("toy", rng=1, scale=0.5, days=20).run()
    words = ["run", "toy", "--scale", "0.5", "--days", "20", "-q", "--json"]
    for name, more, share in (("real", [], 0.5), ("plain", ["--simulated"], 1.0)):
        folder = tmp_path / name
        capsys.readouterr()
        with unrendered():
            assert main([*words, *more, "--out", str(folder)]) == 0
        told = json.loads(capsys.readouterr().out)
        size = "real" if share < 1.0 else "simulated"
        assert told["size"] == told["columns"]["left_total"]["size"] == size
        assert told["measures"]["left_total"] == model.measures()["left_total"] / share
        assert told["measures"]["cost_eur"] == model.measures()["cost_eur"]
        assert pd.read_csv(folder / "daily.csv")["serving"].tolist() == (model.daily["serving"] / share).tolist()
        assert pd.read_csv(folder / "hosts.csv")["waiting"].tolist() == (model.hosts["waiting"] / share).tolist()
        about = json.loads((folder / "columns.json").read_text())["files"]
        assert about["daily.csv"]["serving"]["size"] == about["hosts.csv"]["waiting"]["size"] == size
        assert rerun(folder).agrees
        assert main(["plot", str(folder), "--out", str(tmp_path / f"{name}.png")]) == 0
    assert (tmp_path / "real.png").read_bytes() == (tmp_path / "plain.png").read_bytes()


def test_a_folder_of_an_earlier_version_is_drawn_and_made_again(tmp_path: Path) -> None:
    """It holds simulated persons; neither its provenance nor, in the oldest, a `columns.json` says so."""
    words = ["run", "toy", "--scale", "0.5", "--days", "20", "-q"]
    with unrendered():
        assert main([*words, "--out", str(tmp_path / "new")]) == 0
        assert main([*words, "--simulated", "--out", str(tmp_path / "old")]) == 0
    (tmp_path / "old" / "columns.json").unlink()
    told = json.loads((tmp_path / "old" / "provenance.json").read_text())
    del told["simulated"]
    (tmp_path / "old" / "provenance.json").write_text(json.dumps(told))
    assert rerun(tmp_path / "old").agrees
    for name in ("new", "old"):
        assert main(["plot", str(tmp_path / name), "--out", str(tmp_path / f"{name}.png")]) == 0
    assert (tmp_path / "new.png").read_bytes() == (tmp_path / "old.png").read_bytes()


def test_a_table_at_real_size_says_so_and_stays() -> None:
    """Asked again it is not divided again; the run's own table is left alone, and whole numbers stay whole at scale 1."""
    model = DesertionModel("toy", rng=1, scale=0.5, days=20).run()
    for table, column in ((model.daily, "serving"), (model.hosts, "waiting")):
        once = at_real_size(table, 0.5)
        assert np.array_equal(once[column], 2 * table[column])
        assert once.attrs["columns"][column]["size"] == "real"
        assert table.attrs["columns"][column]["size"] == "simulated"
        assert np.array_equal(at_real_size(once, 0.5)[column], once[column])
        assert at_real_size(table, 1.0)[column].dtype == table[column].dtype
    assert np.array_equal(at_real_size(model.hosts, 0.5)["cost_eur"], model.hosts["cost_eur"])
    with pytest.raises(InputError, match=r"scale = 20 must be a share of real size in \(0, 1\]"):
        at_real_size(model.daily, 20)
    shares = pd.Series(np.linspace(0.1, 1.0, len(model.daily)), index=range(7, 7 + len(model.daily)))
    assert np.array_equal(at_real_size(model.daily, shares)["serving"], model.daily["serving"] / shares.to_numpy())
    with pytest.raises(InputError, match="one number or one for each of the"):
        at_real_size(model.daily, shares[:3])
    with pytest.raises(InputError, match="must be a share"):
        at_real_size(model.daily, "half")


def test_a_comparisons_file_is_at_real_size_in_all_its_columns(tmp_path: Path) -> None:
    """Those of one force too: every outcome has a definition, whose size agrees with whether it is counted."""
    compare("toy", ["none", "exit-ban"], runs=1, days=20, scale=0.5, workers=1, quiet=True, out=tmp_path / "c.sqlite")
    real, plain = Study(tmp_path / "c.sqlite").runs, Study(tmp_path / "c.sqlite", simulated=True).runs
    known = plain.attrs["columns"]
    seen = 0
    for name in map(str, plain.columns):
        force, _, outcome = name.partition(":")
        if force not in ("toy", "all") or not outcome:
            continue
        seen += 1
        counts = BY_NAME[outcome].counts
        assert (known[name]["size"] == SIMULATED) == counts, name
        assert np.allclose(real[name], plain[name] / 0.5 if counts else plain[name], equal_nan=True), name
    assert seen == len(BY_NAME)


def test_a_search_has_its_limits_and_its_table_at_real_size(tmp_path: Path) -> None:
    """At half of real size, the limit of 30 leavers is one of 15 simulated ones, which the file holds as before."""
    few = {"candidates": 8, "runs": 1, "days": 60, "scale": 0.5, "rival": False, "workers": 1, "quiet": True}
    vary = {"asylum": {"range": [0.0, 1.0]}, "contagion": {"range": [0.5, 3.0]}}
    wide = search(scenario="toy", vary=vary, want={"left_total": "more"}, **few)
    most = float(wide.table["left_total"].median())
    found = search(scenario="toy", vary=vary, want={"left_total": "more"}, limit={"left_total": most},
                   out=tmp_path / "s.sqlite", **few)  # fmt: skip
    within = found.table["left_total"] <= most
    assert 0 < within.sum() < 8
    assert found.table["within"].tolist() == within.tolist()
    plain = Study(tmp_path / "s.sqlite", simulated=True)
    assert np.array_equal(plain.runs["left_total"] / 0.5, found.table["left_total"])
    assert plain.header["search"]["limits"] == {"left_total": most * 0.5}
    assert Study(tmp_path / "s.sqlite").goal() == found.goal
    assert Study(tmp_path / "s.sqlite").pareto()["within"].tolist() == plain.pareto()["within"].tolist()


def test_effects_are_in_persons_of_the_studys_size(tmp_path: Path) -> None:
    """Morris effects of a count at half of real size double; shares stay."""
    vary = {"asylum": {"range": [0.0, 1.0]}, "contagion": {"range": [0.5, 3.0]}}
    done = sweep(scenario="toy", days=60, scale=0.5, vary=vary, design={"kind": "morris", "points": 2},
                 out=tmp_path / "m.sqlite", workers=1, quiet=True)  # fmt: skip
    plain = Study(done.path, simulated=True)
    for measure, share in (("left_total", 0.5), ("share_left", 1.0)):
        assert np.allclose(
            sensitivity(done.path, measure)["effect"], sensitivity(plain, measure)["effect"] / share, equal_nan=True
        )


def test_a_study_without_a_scale_runs_at_its_scenarios(tmp_path: Path) -> None:
    """A scenario that runs at a quarter is at real size times four, also when its file is gone."""
    Scenario.load("toy", scale=0.25).write(tmp_path / "mine.toml")
    done = sweep(scenario=tmp_path / "mine.toml", days=5, vary={"asylum": [0.0, 1.0]}, measures=["left_total"],
                 out=tmp_path / "s.sqlite", workers=1, quiet=True)  # fmt: skip
    (tmp_path / "mine.toml").unlink()
    assert done.scales.tolist() == [0.25, 0.25]
    again = Study(tmp_path / "s.sqlite")
    assert np.array_equal(again.runs["left_total"], 4 * Study(done.path, simulated=True).runs["left_total"])
    assert again.size_of("left_total") == 4.0
    assert again.plot("left_total").axes


@pytest.mark.parametrize(("scale", "scales"), [(None, [0.5, 1.0, 1.0]), (0.25, [0.5, 0.25, 0.25])])
def test_an_empty_cell_stands_for_what_the_study_runs(scale: float | None, scales: list[float]) -> None:
    """Scale, scenario and shared settings of a point that names none of them are the study's own, in its table and in its counts."""
    key = "forces.*.base_soldier_hide"
    points = [{"asylum": 0.5, "scale": 0.5, key: 0.001}, {"asylum": 0.4, "scenario": "one-town"}, {"asylum": 0.3}]
    done = sweep(scenario="toy", points=points, scale=scale, settings={key: 0.01}, days=5, workers=1, quiet=True)
    assert done.scales.tolist() == scales
    assert done.points["scenario"].tolist() == ["toy", "one-town", "toy"]
    assert done.points[key].tolist() == [0.001, 0.01, 0.01]
    plain = Study(done.path, simulated=True).runs["left_total"]
    assert np.allclose(done.runs["left_total"], plain / scales)
    assert done.scenario(dict(done.points.iloc[1].drop("design"))).people == Scenario.load("one-town").people


def test_a_scale_that_nothing_tells_is_a_sentence_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of an earlier version holds no scenario: where that is gone, the simulated size is left."""
    Scenario.load("toy", scale=0.25).write(tmp_path / "mine.toml")
    done = sweep(scenario=tmp_path / "mine.toml", days=5, out=tmp_path / "s.sqlite", workers=1, quiet=True)
    (tmp_path / "mine.toml").unlink()
    old = Study(done.path)
    monkeypatch.setattr(old, "header", {**old.header, "documents": {}})
    with reading(), pytest.raises(InputError, match="simulated=True"):
        _ = old.runs
    assert Study(done.path, simulated=True).runs["left_total"].notna().all()


def test_every_measure_of_a_run_says_its_size() -> None:
    """What is unknown would be left at the simulated size without a word."""
    assert set(DesertionModel("toy", rng=1, days=2).run().measures()) <= set(MEASURES)
