"""Counts at real size: every count of simulated persons divided by its point's scale, and nothing else."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion import DesertionModel, InputError, Study, at_real_size, sweep
from desertion.cli import main
from desertion.study.analysis.selection import Selection


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two sizes of `toy`, two runs each, with the curve of those who left."""
    folder: Path = tmp_path_factory.mktemp("real")
    return sweep(scenario="toy", days=20, vary={"scale": [0.2, 0.5]}, runs=2, daily=["left", "legitimacy"],
                 measures=["left_total", "share_left", "cost_eur"], out=folder / "s.sqlite", workers=1, quiet=True)  # fmt: skip


def test_counts_are_divided_by_the_scale_of_their_point_and_shares_and_money_are_not(study: Study) -> None:
    """Runs and curves alike; what was read before is left as it was."""
    real, runs = study.at_real_size(), study.runs
    scale = runs["scale"].to_numpy(np.float64)
    assert np.array_equal(real.runs["left_total"], runs["left_total"] / scale)
    assert np.array_equal(real.runs["share_left"], runs["share_left"])
    assert np.array_equal(real.runs["cost_eur"], runs["cost_eur"])
    own, curves = study.bands(), real.bands()
    left = own["column"] == "left"
    assert np.allclose(curves.loc[left, "q50"], own.loc[left, "q50"] / own.loc[left, "scale"].astype(float))
    assert np.array_equal(curves.loc[~left, "q50"], own.loc[~left, "q50"])


def test_a_restricted_study_keeps_its_restriction_at_real_size(study: Study) -> None:
    """The points that were left out stay out."""
    real = Selection(study, [1]).at_real_size()
    assert set(real.runs["design"]) == {1}
    assert np.array_equal(real.runs["left_total"], study.runs.loc[study.runs["design"] == 1, "left_total"] / 0.5)
    assert set(real.bands(["left"])["design"]) == {1}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_that_are_exported_at_real_size_say_so(study: Study, tmp_path: Path, form: str) -> None:
    """Runs and curves, in `columns.json` and in Parquet's own metadata; without the option they are as they were simulated."""
    read = pd.read_csv if form == "csv" else pd.read_parquet
    real, plain = tmp_path / "real", tmp_path / "plain"
    assert main(["export", str(study.path), "--format", form, "--real-size", "--out", str(real)]) == 0
    assert main(["export", str(study.path), "--format", form, "--out", str(plain)]) == 0
    scale = study.runs["scale"].to_numpy(np.float64)
    assert np.allclose(read(real / f"runs.{form}")["left_total"], study.runs["left_total"] / scale)
    assert np.array_equal(read(plain / f"runs.{form}")["left_total"], study.runs["left_total"])
    curves, own = read(real / f"curves.{form}"), read(plain / f"curves.{form}")
    assert np.allclose(curves["left"], own["left"] / own["design"].map({0: 0.2, 1: 0.5}))
    assert np.allclose(curves["legitimacy"], own["legitimacy"])
    for folder, size in ((real, "real"), (plain, "simulated")):
        about = json.loads((folder / "columns.json").read_text())["files"]
        assert about[f"runs.{form}"]["left_total"]["size"] == about[f"curves.{form}"]["left"]["size"] == size
        if form == "parquet":
            for name, column in (("runs", "left_total"), ("curves", "left")):
                assert read(folder / f"{name}.{form}").attrs["columns"][column]["size"] == size


def test_a_table_at_real_size_says_so_and_stays(study: Study) -> None:
    """Asked again it is not divided again, with or without a study around it; the run's own table is left alone."""
    real = study.at_real_size()
    assert real.runs.attrs["columns"]["left_total"]["size"] == "real"
    assert np.array_equal(real.at_real_size().runs["left_total"], real.runs["left_total"])
    model = DesertionModel("toy", rng=1, scale=0.5, days=20).run()
    for table, column in ((model.daily, "serving"), (model.hosts, "waiting")):
        once = at_real_size(table, 0.5)
        assert np.array_equal(once[column], 2 * table[column])
        assert once.attrs["columns"][column]["size"] == "real"
        assert table.attrs["columns"][column]["size"] == "simulated"
        assert np.array_equal(at_real_size(once, 0.5)[column], once[column])
    assert np.array_equal(at_real_size(model.hosts, 0.5)["cost_eur"], model.hosts["cost_eur"])
    with pytest.raises(InputError, match=r"scale = 20 must be a share of real size in \(0, 1\]"):
        at_real_size(model.daily, 20)


def test_a_study_without_a_scale_runs_at_its_scenarios(tmp_path: Path) -> None:
    """`toy` says 1, so nothing is divided, and a figure can be drawn."""
    done = sweep(
        scenario="toy",
        days=5,
        vary={"asylum": [0.0, 1.0]},
        measures=["left_total"],
        out=tmp_path / "s.sqlite",
        workers=1,
        quiet=True,
    )
    assert done.scales.tolist() == [1.0, 1.0]
    assert np.array_equal(done.at_real_size().runs["left_total"], done.runs["left_total"])
    assert done.plot("left_total").axes
