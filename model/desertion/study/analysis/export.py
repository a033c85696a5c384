"""A study's tables for other programs, as Parquet, CSV, or in the shape of EMA Workbench."""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, extra, refuse_unknown
from desertion.files import ELSEWHERE, is_file, refuse_strange, replacing, replacing_folder, write_text
from desertion.reading import json_table
from desertion.simulation.record.columns import DAILY, Definitions, counted, real_definitions
from desertion.study.analysis.bands import chosen_columns, same_length
from desertion.study.analysis.columns import (
    at_real_size,
    columns_json,
    curve_definitions,
    run_definitions,
)
from desertion.study.analysis.study import Study
from desertion.study.analysis.tables import measures_of, parameters_of
from desertion.study.design.spec import REPEATABLE
from desertion.study.failures import StoreFullError
from desertion.study.store.disk import is_full
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE, Row
from desertion.study.store.scales import horizons

FORMATS = ("csv", "parquet", "ema")
_STUDY = "study.json"
"""What an exported study is: its header."""


class _Signs(NamedTuple):
    """What stands between columns and between whole and broken numbers in a CSV file."""

    sep: str
    decimal: str


_POINT, _COMMA = _Signs(",", "."), _Signs(";", ",")

# EMA Workbench keeps these names for its own columns.
_EMA_NAMES = {"policies": "policy", "scenario": "scenario_name"}  # a scenario of the workbench is a replicate


def export(
    source: Path, out: Path, form: str = "csv", curves: bool = True, *, comma: bool = False, simulated: bool = False
) -> list[Path]:
    """The files of a study's tables, written into a folder, all of them or none.

    Args:
        source: The study's file.
        out: The folder; made if it is missing.
        form: `csv` or `parquet` (runs, design, curves), or `ema` (experiments.csv and a CSV an outcome).
        curves: Whether to write the daily curves as well.
        comma: Whether CSV has decimal commas, and semicolons between its columns.
        simulated: Whether counts are of simulated persons, and not at real size; those of tasks other than the model's stay as they are.

    Raises:
        InputError: If the format is unknown, the study empty, or the folder cannot be written, or holds what something else wrote.
    """
    refuse_unknown("export format", form, FORMATS)
    if comma and form == "parquet":
        raise InputError("--decimal-comma is for CSV: Parquet keeps numbers, which every program shows in its own way")
    if form == "parquet":
        with extra("export", "Parquet needs pyarrow", ", or export csv"):
            import_module("pyarrow")  # looked for before anything is written
    signs = _COMMA if comma else _POINT
    study = Study(source, simulated=simulated)
    with _room(out), StudyFile(source) as file:
        tables = ("experiments.csv",) if form == "ema" else (f"{name}.{form}" for name in ("runs", "design", "curves"))
        refuse_others(out, file.header(), (_STUDY, "columns.json", *tables))
        with replacing_folder(out) as fresh:
            written = [out / path.relative_to(fresh) for path in _written(study, file, fresh, form, curves, signs)]
    if (old := out / f"curves.{form}") not in written:
        old.unlink(missing_ok=True)  # those of an earlier state of the study
    return written


def refuse_others(out: Path, header: Mapping[str, Any], names: Sequence[str]) -> None:
    """Refuse to write a study's tables into a folder that holds results of a command, tables of another study, or files of these names that nobody knows.

    Raises:
        InputError: If it does: they would be lost, or be taken for tables of this study.
    """
    if is_file(out / "provenance.json"):
        raise InputError(
            f"{out} holds what `{json_table(out / 'provenance.json').get('command', '')}` gave: {ELSEWHERE}"
        )
    if is_file(out / _STUDY):
        if _but_runs(json_table(out / _STUDY)) != _but_runs(header):
            raise InputError(f"{out} holds the tables of another study: {ELSEWHERE}")
    else:
        refuse_strange(out, names, "export")


def _but_runs(header: Mapping[str, Any]) -> dict[str, Any]:
    """What a study is: it may have more runs by now."""
    return {key: value for key, value in header.get("spec", {}).items() if key != "replicates"}


def _written(study: Study, file: StudyFile, folder: Path, form: str, curves: bool, signs: _Signs) -> list[Path]:
    about = write_text(folder / _STUDY, json.dumps(file.header(), indent=1, sort_keys=True) + "\n")
    if form == "ema":
        return [about, *_ema(study, file, folder, signs, curves=curves)]
    days = curve_definitions(["design", "replicate", "day", *file.header().get("columns", ())])
    days = real_definitions(days) if study.is_real else days
    tables = {f"runs.{form}": study.runs, f"design.{form}": study.points}
    files = {name: table.attrs["columns"] for name, table in tables.items()}
    daily = curves and file.header().get("columns")
    if daily:
        files[f"curves.{form}"] = days
    written = [about, *(_table(table, folder / name, signs) for name, table in tables.items())]
    written.append(write_text(folder / "columns.json", columns_json(files)))
    if daily:
        written.append(
            _csv_curves(_long(study, file), folder / "curves.csv", signs)
            if form == "csv"
            else _parquet_curves(_long(study, file), folder / "curves.parquet", days)
        )
    return written


def ema_shape(
    study: Study, file: StudyFile, *, curves: bool = True
) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
    """The study in EMA Workbench's shape: experiments and outcomes.

    Args:
        study: The study, at the size that is wanted.
        file: Its file.
        curves: Whether daily columns are among the outcomes.

    Returns:
        One row a finished run with its parameters, `scenario` (the replicate), `policy` and `model`; and
        outcomes by name, (runs,) for measures and (runs, days + 1) for daily columns, NaN beyond a design point's
        own horizon.

    Raises:
        InputError: If no run is finished.
    """
    done = study.runs[study.runs["status"] == DONE]
    if done.empty:
        raise InputError(f"{file.path} has no finished run to export: run the study first")
    experiments = done[parameters_of(study.runs)].rename(columns=_EMA_NAMES).reset_index(drop=True)
    experiments["scenario"] = done["replicate"].to_numpy()
    if "policy" not in experiments:
        experiments["policy"] = "none"
    experiments["model"] = "desertion"
    outcomes = {name: done[name].to_numpy(np.float64) for name in measures_of(study.runs)}
    if curves and file.header().get("columns"):
        outcomes |= _stacked(study, file)
    return experiments, outcomes


def _stacked(study: Study, file: StudyFile) -> dict[str, NDArray[np.float64]]:
    columns = chosen_columns(file, ())
    done = list(_done(study, file))
    block = same_length([row.curve for row in done], columns).astype(np.float64)
    if study.is_real:
        sized = np.isin(columns, counted(columns, DAILY))
        block[:, :, sized] /= study.scales[[row.design for row in done], None, None]
    ends = _ends(file, done)
    for run, row in zip(block, done, strict=True):
        run[ends[row.design] :] = np.nan  # nobody knows what would have come
    return {f"daily_{name}": block[:, :, index] for index, name in enumerate(columns)}


def _ends(file: StudyFile, done: Sequence[Row]) -> dict[int, int]:
    """Days + 1 of each design point: its horizon, also where all its runs stopped early, or its longest run where a task's horizon is not known."""
    header, ends = file.header(), dict[int, int]()
    with suppress(InputError):
        if header["spec"]["task"] in REPEATABLE:
            ends = {design: days + 1 for design, days in enumerate(horizons(header, file.points()))}
    for row in done:
        ends[row.design] = max(ends.get(row.design, 0), len(row.curve))
    return ends


def _done(study: Study, file: StudyFile) -> Iterator[Row]:
    """Finished runs with their curves, of those that the study's table of runs has: a driver may have written since."""
    there = study.runs[study.runs["status"] == DONE]
    keys = set(zip(there["design"], there["replicate"], strict=True))
    return (row for row in file.rows(curves=True) if row.status == DONE and row.key in keys)


def _ema(study: Study, file: StudyFile, out: Path, signs: _Signs, *, curves: bool) -> list[Path]:
    experiments, outcomes = ema_shape(study, file, curves=curves)
    spec = file.header()["spec"]
    files = {
        f"{name}.csv": run_definitions([name], spec)
        if values.ndim == 1
        else curve_definitions([name.removeprefix("daily_")])
        for name, values in outcomes.items()
    }
    files = {name: real_definitions(known) for name, known in files.items()} if study.is_real else files
    written = [
        write_text(out / "columns.json", columns_json(files)),
        _table(experiments, out / "experiments.csv", signs),
    ]
    for name, values in outcomes.items():
        written.append(_table(pd.DataFrame(values), out / f"{name}.csv", signs, header=values.ndim > 1))
    return written


def _table(table: pd.DataFrame, path: Path, signs: _Signs, header: bool = True) -> Path:
    with replacing(path) as temporary:
        if path.suffix == ".parquet":
            table.to_parquet(temporary, engine="pyarrow", index=False)
        else:
            table.to_csv(temporary, index=False, header=header, sep=signs.sep, decimal=signs.decimal)
    return path


def _long(study: Study, file: StudyFile) -> Iterator[pd.DataFrame]:
    """Curves as tables of one run each, so that a study of any size fits in memory."""
    columns = chosen_columns(file, ())
    known = curve_definitions(columns)
    for row in _done(study, file):
        table = pd.DataFrame(row.curve, columns=columns)
        table.insert(0, "design", row.design)
        table.insert(1, "replicate", row.replicate)
        table.insert(2, "day", np.arange(len(table)))
        table.attrs["columns"] = known
        yield at_real_size(table, float(study.scales[row.design])) if study.is_real else table


def _csv_curves(tables: Iterator[pd.DataFrame], path: Path, signs: _Signs) -> Path:
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as sink:
        for index, table in enumerate(tables):
            table.to_csv(sink, index=False, header=index == 0, sep=signs.sep, decimal=signs.decimal)
    return path


def _parquet_curves(tables: Iterator[pd.DataFrame], path: Path, columns: Definitions) -> Path:
    import pyarrow as pa
    from pyarrow import parquet

    with replacing(path) as temporary:
        writer = None
        try:
            for batch in _batches(tables):
                table = pa.Table.from_pandas(batch, preserve_index=False)
                # Where pandas looks for `attrs` when it reads the file.
                attributes = {"PANDAS_ATTRS": json.dumps({"columns": columns})}
                table = table.replace_schema_metadata({**table.schema.metadata, **attributes})
                writer = writer or parquet.ParquetWriter(temporary, table.schema)
                writer.write_table(table)
        finally:
            if writer is not None:
                writer.close()
    return path


def _batches(tables: Iterator[pd.DataFrame], rows: int = 200_000) -> Iterator[pd.DataFrame]:
    waiting: list[pd.DataFrame] = []
    for table in tables:
        waiting.append(table)
        if sum(map(len, waiting)) >= rows:
            yield pd.concat(waiting, ignore_index=True)
            waiting = []
    if waiting:
        yield pd.concat(waiting, ignore_index=True)


@contextmanager
def _room(out: Path) -> Generator[None]:
    """Say it in a sentence when the disk is full; nothing of what was being written is left behind."""
    try:
        yield
    except OSError as problem:
        if is_full(problem):
            raise StoreFullError(
                f"{problem.filename or out} cannot be written ({problem.strerror}): make room on its disk and export again"
            ) from problem
        raise
