"""Exports: the same numbers in other programs' shapes."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion.errors import InputError
from desertion.study.analysis.export import _long, ema_shape, export
from desertion.study.analysis.study import Study
from desertion.study.crate import described
from desertion.study.design.reading import spec_from
from desertion.study.design.spec import StudySpec
from desertion.study.failures import StoreFullError
from desertion.study.run.sweep import run_study
from desertion.study.store.lock import DriverLock
from desertion.study.store.reader import StudyFile
from desertion.study.store.writer import StudyWriter
from tests.shortcuts import at_once


@pytest.fixture
def done(tmp_path: Path, study: Callable[..., StudySpec]) -> Study:
    """Two policies, three pulls, five replicates of which one fails."""
    spec = study(settings={"fail_at": 3}, runs=5, policies={"closed": [], "open": ["open"]})
    return run_study(spec, tmp_path / "s.sqlite", at_once())


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_come_back_as_they_went(tmp_path: Path, done: Study, form: str) -> None:
    """Runs with parameters and measures, design, and curves with one row a run and day."""
    export(done.path, tmp_path / "out", form)
    read = pd.read_csv if form == "csv" else pd.read_parquet
    runs = read(tmp_path / "out" / f"runs.{form}")
    pd.testing.assert_frame_equal(runs, done.runs, check_dtype=False, check_exact=form == "parquet")
    assert len(read(tmp_path / "out" / f"design.{form}")) == 6
    curves = read(tmp_path / "out" / f"curves.{form}")
    assert len(curves) == 24 * 11
    one = curves[(curves["design"] == 1) & (curves["replicate"] == 2)]["left"].to_numpy()
    assert np.array_equal(one.astype(np.float32), done.trajectories(1, "left")[2].to_numpy())


def test_a_folder_holds_the_tables_of_one_study(tmp_path: Path, done: Study, study: Callable[..., StudySpec]) -> None:
    """Those of another were mixed with them or written over; the same study's are written anew, without the curves of before if none are asked for."""
    out, other = tmp_path / "out", run_study(study(pull=[0.5]), tmp_path / "other.sqlite", at_once())
    export(done.path, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for write in (export, described):
        with pytest.raises(InputError, match="holds the tables of another study: name another folder with --out"):
            write(other.path, out, curves=False)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    export(done.path, out, curves=False)
    assert {path.name for path in out.iterdir()} == {"runs.csv", "design.csv", "columns.json", "study.json"}


@pytest.mark.parametrize("name", ["provenance.json", "curves.csv", "study.sqlite"])
def test_results_of_commands_and_files_that_nobody_knows_are_not_written_over(
    tmp_path: Path, done: Study, name: str
) -> None:
    """`export --out` into a comparison's folder took its curves, and the archive its file of runs."""
    (out := tmp_path / "out").mkdir()
    (out / name).write_text('{"command": "desertion compare toy"}')
    with pytest.raises(
        InputError,
        match=r"holds what `desertion compare toy` gave|is there already, and is no result of `desertion export`",
    ):
        described(done.path, out)
    assert [path.name for path in out.iterdir()] == [name]


def test_csv_with_decimal_commas_comes_back_as_it_went(tmp_path: Path, done: Study) -> None:
    """Semicolons between columns, no point in any number; Parquet, which has no such signs, refuses."""
    export(done.path, tmp_path / "out", comma=True)
    runs = pd.read_csv(tmp_path / "out" / "runs.csv", sep=";", decimal=",")
    pd.testing.assert_frame_equal(runs, done.runs, check_dtype=False)
    curves = (tmp_path / "out" / "curves.csv").read_text()
    assert "." not in curves
    assert len(pd.read_csv(tmp_path / "out" / "curves.csv", sep=";", decimal=",")) == 24 * 11
    with pytest.raises(InputError, match="is for CSV: Parquet keeps numbers"):
        export(done.path, tmp_path / "other", "parquet", comma=True)
    assert not (tmp_path / "other").exists()


def test_ema_gets_experiments_and_outcomes_without_failed_runs(tmp_path: Path, done: Study) -> None:
    """EMA's own column names are free; daily columns are (experiment, day) arrays."""
    with StudyFile(done.path) as file:
        experiments, outcomes = ema_shape(done, file)
    assert len(experiments) == 24
    assert {"pull", "policy", "scenario", "model"} == set(experiments.columns)
    assert outcomes["left_total"].shape == (24,)
    assert outcomes["daily_left"].shape == (24, 11)
    written = export(done.path, tmp_path / "ema", "ema")
    assert {path.name for path in written} >= {"experiments.csv", "left_total.csv", "daily_left.csv", "study.json"}


@pytest.mark.parametrize("task", ["tests.study.run.fake.run", "model"])
def test_no_day_beyond_a_horizon_is_made_up(tmp_path: Path, task: str) -> None:
    """Of two horizons in one study the shorter one's days end; a run that stopped by a rule goes on as it stood to its own, or, where another task does not say that, to the longest beside it."""
    vary = {"days": [3, 6]}
    table = {"task": task, "scenario": "quiet", "vary": vary, "replicates": 2, "keep": {"daily": ["left", "strength"]}}
    done = run_study(spec_from(table, "s", "s"), tmp_path / "s.sqlite", at_once())
    with StudyWriter(done.path, DriverLock(done.path)) as writer:
        for replicate in (0, 1):
            row = writer.run_of(0, replicate)
            assert row is not None
            row.curve = row.curve[: 3 - replicate]
            writer.put([row])
        writer.flush()
    export(done.path, tmp_path / "out", "ema")
    for name in ("left", "strength"):
        days = pd.read_csv(tmp_path / "out" / f"daily_{name}.csv")
        assert days.notna().sum(axis=1).tolist() == [4 if task == "model" else 3] * 2 + [7, 7]


def test_curves_are_of_the_same_runs_as_measures(done: Study, study: Callable[..., StudySpec]) -> None:
    """A driver may have written between the table of runs and the curves, whose rows then stood beside other runs."""
    assert len(done.runs) == 30
    spec = study(settings={"fail_at": -1}, runs=5, policies={"closed": [], "open": ["open"]})
    options = at_once(retry_failed=True, accept_changes=True)
    whole = run_study(spec, done.path, options)
    with StudyFile(done.path) as file:
        experiments, outcomes = ema_shape(done, file)
        days = pd.concat(_long(done, file))
    assert len(days[["design", "replicate"]].drop_duplicates()) == 24
    assert outcomes["daily_left"].shape == (len(experiments), 11) == (24, 11)
    assert np.array_equal(outcomes["daily_left"][-1], whole.trajectories(5, "left")[4])
    assert done.trajectories(5, "left").equals(whole.trajectories(5, "left")[[0, 1, 2, 4]])


@pytest.mark.parametrize("form", ["csv", "parquet", "ema"])
def test_no_daily_curves_are_written_where_none_are_wished(tmp_path: Path, done: Study, form: str) -> None:
    """In every format, and `columns.json` defines no file that is not there."""
    written = export(done.path, tmp_path / "out", form, curves=False)
    names = {path.name for path in written}
    assert not [name for name in names if name.startswith(("curves", "daily_"))]
    assert set(json.loads((tmp_path / "out" / "columns.json").read_text())["files"]) <= names


def test_a_full_disk_leaves_no_half_written_export(
    tmp_path: Path, done: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ENOSPC injected while the second file is written: a sentence, and nothing is left of either."""
    real = pd.DataFrame.to_csv

    def fill(self: pd.DataFrame, *args: object, **kwargs: object) -> object:
        if "left_total" in self.columns:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, *args, **kwargs)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(pd.DataFrame, "to_csv", fill)
    with pytest.raises(StoreFullError) as told:
        export(done.path, tmp_path / "out", "csv")
    assert f"{tmp_path / 'out' / 'runs.csv'} cannot be written (No space left on device)" in str(told.value)
    assert not list((tmp_path / "out").iterdir())


def test_an_unknown_format_is_refused(tmp_path: Path, done: Study) -> None:
    """With those that there are."""
    with pytest.raises(InputError, match="known are: csv, ema, parquet"):
        export(done.path, tmp_path, "xlsx")


def test_curves_go_into_xarray(done: Study) -> None:
    """With a dimension for design points, columns and days, and the numbers of the bands."""
    curves = done.curves.set_index(["design", "column", "day"]).to_xarray()
    assert dict(curves.sizes) == {"design": 6, "column": 2, "day": 11}
    one = done.bands(["left"], [3])
    assert np.array_equal(curves["q50"].sel(design=3, column="left"), one["q50"])
