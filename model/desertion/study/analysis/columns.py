"""Columns of the tables of studies and comparisons: unit, size basis and definition, for readers and for `columns.json`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, input_error
from desertion.simulation.record.columns import (
    DAILY,
    HOSTLY,
    MEASURES,
    NONE,
    REAL,
    SIMULATED,
    Column,
    Definitions,
    definitions,
)
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
    "low": Column("the row's", REAL, "measure", "lower end of the 95 % interval, empty where runs are too few for one; in bands the 5 % quantile of the runs"),
    "high": Column("the row's", REAL, "measure", "upper end of the 95 % interval, empty where runs are too few for one; in bands the 95 % quantile of the runs"),
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
    "title": Column("", NONE, "key", "what the outcome is called"),
    "value": Column("the row's", REAL, "measure", "the outcome in one run"),
    "difference_low": Column("the row's", REAL, "measure", "lower end of the difference's 95 % interval"),
    "difference_high": Column("the row's", REAL, "measure", "upper end of it"),
    "difference_too_few": Column("truth value", NONE, "measure", "whether the difference rests on fewer simulated persons than can tell"),
    "both": Column("persons", REAL, "measure", "left under both, mean over replicates"),
    "only_a": Column("persons", REAL, "measure", "left under the baseline alone, mean over replicates"),
    "only_b": Column("persons", REAL, "measure", "left under the policy alone, mean over replicates"),
    "neither": Column("persons", REAL, "measure", "left under neither, mean over replicates"),
    "share_only_b": Column("share", NONE, "measure", "only_b over all who left under the policy"),
}  # fmt: skip
"""Columns of the tables that `compare` gives, all at real size."""


MEASURE_OF = {
    "left": "left_total", "abroad": "abroad_end", "lowest_strength": "min_strength_share", "lowest_legitimacy": "legitimacy_min",
    "war_index": "war_index_end", "day_collapsed": "breakpoint_day", "day_fallen": "fall_day",
}  # fmt: skip
"""Outcomes of a comparison that are measures of a run of another name."""

_OUTCOMES = {
    **{name: about._replace(kind="measure") for name, about in (HOSTLY | DAILY).items()},
    **{name: MEASURES[measure] for name, measure in MEASURE_OF.items()},
    "applicants": DAILY["applicant"]._replace(kind="measure"),
    "lowest_effective": Column("share", NONE, "measure", "fewest effective soldiers on a day, of those serving at the start"),
}  # fmt: skip
"""What a comparison keeps of each force beside the measures of a run; counts of days are those of the last day or of all days."""


def run_definitions(names: Iterable[str], spec: Mapping[str, Any]) -> Definitions:
    """Definitions of the columns of a table of runs: measures, keys, and varied inputs."""
    listed = list(names)
    inputs = {name: Column("", NONE, "key", "varied input") for name in [*spec.get("vary", ()), *_rows(spec)]}
    own = {
        name: Column("", NONE, "measure", "measure of the study's maker")
        for name in spec.get("own", {}).get("measures", ())
    }
    return definitions(listed, _OUTCOMES | inputs | own | MEASURES | RUNS)


def quantile_definitions(names: Iterable[str], spec: Mapping[str, Any], *, is_real: bool) -> Definitions:
    """Definitions of the columns of a table of quantiles over runs.

    Args:
        names: Names of the columns.
        spec: The resolved spec of the study.
        is_real: Whether its counts are at real size.
    """
    listed = list(names)
    # Rows of shares stand beside rows of counts, so that no column as a whole can be brought to real size.
    size, what = (REAL, "") if is_real else (NONE, ", counts as the runs have them")
    quantiles = {
        name: Column("the row's", size, "measure", f"{float(name[1:]):g} % quantile of the runs{what}")
        for name in listed
        if name[:1] == "q" and name[1:].replace(".", "", 1).isdigit()
    }
    rows = {name: COMPARED[name] for name in ("measure", "column", "day", "runs")}
    return Definitions(run_definitions(listed, spec) | definitions(listed, rows | quantiles))


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
        InputError: If it is no table, or the scale is no such share.
    """
    if not hasattr(table, "columns"):
        raise InputError(
            f"at_real_size: table must be a data frame whose columns say what they count, got {type(table).__name__}; "
            "give model.daily, not a column of it"
        )
    try:
        # A column's own index would be matched with that of the table.
        shares = np.asarray(scale, np.float64)
    except (TypeError, ValueError):
        raise input_error("scale", scale, "must be a share of real size in (0, 1]") from None
    if not np.all((shares > 0.0) & (shares <= 1.0)):
        raise input_error("scale", scale, "must be a share of real size in (0, 1]")
    if shares.shape not in ((), (len(table),)):
        raise input_error("scale", scale, f"must be one number or one for each of the {len(table)} rows")
    return counts_at_real_size(table, shares if shares.ndim else float(shares))


def run_tables(
    daily: pd.DataFrame, hosts: pd.DataFrame, scale: float, *, simulated: bool = False
) -> dict[str, pd.DataFrame]:
    """The tables of a run by the names of their files, at real size unless the simulated size is asked for."""
    tables = {"daily.csv": daily, "hosts.csv": hosts}
    return tables if simulated else {name: at_real_size(table, scale) for name, table in tables.items()}


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
