"""Columns of the tables of studies and comparisons: unit, size basis and definition, for readers and for `columns.json`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import input_error
from desertion.simulation.record.columns import DAILY, MEASURES, NONE, REAL, SIMULATED, Column, Definitions, definitions
from desertion.simulation.record.columns import at_real_size as counts_at_real_size

RUNS = {
    "design": Column("", NONE, "key", "number of the design point"),
    "replicate": Column("", NONE, "key", "number of the replicate: the same number, the same people and fates"),
    "status": Column("", NONE, "key", "done, failed, timeout or quarantined"),
    "seconds": Column("s", NONE, "measure", "time that the run took"),
    "policies": Column("", NONE, "key", "label of the policy mix"),
    "policy": Column("", NONE, "key", "label of the policy mix"),
    "scenario": Column("", NONE, "key", "name or path of the scenario; in EMA's shape the number of the replicate"),
}

COMPARED = {
    "policy": RUNS["policy"],
    "a": Column("", NONE, "key", "the baseline"),
    "b": Column("", NONE, "key", "the policy that is held against it"),
    "baseline": Column("", NONE, "key", "the policy that all others are compared with"),
    "force": Column("", NONE, "key", 'name of the force, "all" for what concerns hosts'),
    "measure": Column("", NONE, "key", "name of the outcome, see the documentation of outcomes"),
    "column": Column("", NONE, "key", "name of the daily column"),
    "unit": Column("", NONE, "key", "unit of the row's numbers"),
    "day": DAILY["day"],
    "runs": Column("runs", NONE, "measure", "runs behind the row"),
    "pairs": Column("runs", NONE, "measure", "replicates that finished under both policies"),
    "estimate": Column("the row's", REAL, "measure", "median of the runs; for a chance the share of runs"),
    "low": Column("the row's", REAL, "measure", "lower end of the 95 % interval; in bands the 5 % quantile of the runs"),
    "high": Column("the row's", REAL, "measure", "upper end of the 95 % interval; in bands the 95 % quantile of the runs"),
    "lower": Column("the row's", REAL, "measure", "25 % quantile of the runs"),
    "median": Column("the row's", REAL, "measure", "median of the runs"),
    "upper": Column("the row's", REAL, "measure", "75 % quantile of the runs"),
    "q05": Column("the row's", REAL, "measure", "5 % quantile of the runs"),
    "q95": Column("the row's", REAL, "measure", "95 % quantile of the runs"),
    "difference": Column("the row's", REAL, "measure", "median of the paired differences, policy less baseline; for a chance their mean"),
    "mean_difference": Column("the row's", REAL, "measure", "mean of the paired differences"),
    "mean_low": Column("the row's", REAL, "measure", "lower end of its 95 % interval"),
    "mean_high": Column("the row's", REAL, "measure", "upper end of its 95 % interval"),
    "share_higher": Column("share", NONE, "measure", "pairs in which the policy gave more"),
    "correlation": Column("", NONE, "measure", "correlation of the pairs"),
    "saving": Column("multiple", NONE, "measure", "how many times fewer replicates the mean difference needed than with separate chance"),
    "too_few": Column("truth value", NONE, "measure", "whether the number rests on fewer simulated persons than can tell"),
    "both": Column("persons", REAL, "measure", "left under both, mean over replicates"),
    "only_a": Column("persons", REAL, "measure", "left under the baseline alone, mean over replicates"),
    "only_b": Column("persons", REAL, "measure", "left under the policy alone, mean over replicates"),
    "neither": Column("persons", REAL, "measure", "left under neither, mean over replicates"),
    "share_only_b": Column("share", NONE, "measure", "only_b over all who left under the policy"),
}  # fmt: skip
"""Columns of the tables that `compare` gives, all at real size."""


def run_definitions(names: Iterable[str], spec: Mapping[str, Any]) -> Definitions:
    """Definitions of the columns of a table of runs: measures, keys, and varied inputs."""
    listed = list(names)
    inputs = {name: Column("", NONE, "key", "varied input") for name in [*spec.get("vary", ()), *_rows(spec)]}
    own = {
        name: Column("", NONE, "measure", "measure of the study's maker")
        for name in spec.get("own", {}).get("measures", ())
    }
    return definitions(listed, inputs | own | MEASURES | RUNS)


def curve_definitions(names: Iterable[str]) -> Definitions:
    """Definitions of the columns of a table of daily curves."""
    return definitions(names, DAILY | RUNS)


def at_real_size(table: pd.DataFrame, scale: float | NDArray[np.float64]) -> pd.DataFrame:
    """A table of a run or study with its counts of simulated persons at real size, as its `attrs["columns"]` then say.

    A table that says that it is at real size stays as it is.

    Args:
        table: `model.daily`, `model.hosts`, `study.runs` and the like; columns that are not known stay.
        scale: Share of real size that was simulated, in (0, 1]: one for all rows, or one each.

    Raises:
        InputError: If the scale is no such share.
    """
    if not np.all((np.asarray(scale) > 0.0) & (np.asarray(scale) <= 1.0)):
        raise input_error("scale", scale, "must be a share of real size in (0, 1]")
    columns: Definitions | None = table.attrs.get("columns")
    if columns is None:
        return counts_at_real_size(table, scale)
    counts = [name for name, about in columns.items() if about["size"] == SIMULATED and name in table]
    real = table.assign(**{name: table[name] / scale for name in counts})
    real.attrs = table.attrs | {"columns": real_definitions(columns)}
    return real


def real_definitions(columns: Definitions) -> Definitions:
    """Definitions of columns whose counts have been brought to real size."""
    return Definitions(
        {
            name: about | {"size": REAL if about["size"] == SIMULATED else about["size"]}
            for name, about in columns.items()
        }
    )


def columns_json(tables: Mapping[str, pd.DataFrame | Definitions]) -> str:
    """The text of `columns.json`: for each file, its columns with unit, size basis, kind and definition."""
    files = {
        name: table.attrs.get("columns", {}) if isinstance(table, pd.DataFrame) else table
        for name, table in tables.items()
    }
    sizes = {SIMULATED: "simulated persons: divide by the scale for real size", REAL: "real size", NONE: "has no size"}
    return json.dumps({"version": 1, "sizes": sizes, "files": files}, indent=1, ensure_ascii=False) + "\n"


def _rows(spec: Mapping[str, Any]) -> list[str]:
    rows = spec.get("design", {}).get("rows", ())
    return list(dict.fromkeys(str(name) for row in rows for name in row))
