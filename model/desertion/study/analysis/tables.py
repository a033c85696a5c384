"""The runs of a study as a data frame, one row a run, with its parameters and measures."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from desertion.errors import InputError, refuse_unknown
from desertion.study.analysis.columns import run_definitions
from desertion.study.design.spec import RESERVED
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE, FAILED

_BLOCK = 4096


def runs_table(file: StudyFile) -> pd.DataFrame:
    """All runs of a study.

    Returns:
        One row a run in the order of design point and replicate: design, replicate, status, seconds, a column a
        varied parameter (`policies` for the policy mix), a column a measure (NaN where a run has none). A
        measure named like a parameter gets the ending `_measured`.
    """
    with file.snapshot():  # a driver may be writing
        total = sum(file.counts().values())
        designs = np.zeros(total, np.int64)
        replicates = np.zeros(total, np.int64)
        seconds = np.zeros(total)
        statuses: list[str] = []
        measures = _Measures(total)
        for index, row in enumerate(file.rows()):
            designs[index], replicates[index], seconds[index] = row.design, row.replicate, row.seconds
            statuses.append(row.status)
            measures.put(index, row.scalars)
        points = points_table(file).drop(columns="design")
    keys = {"design": designs, "replicate": replicates, "status": pd.Series(statuses, dtype=str), "seconds": seconds}
    taken = {*keys, *points.columns}
    named = {f"{name}_measured" if name in taken else name: values for name, values in measures.columns().items()}
    parts = [pd.DataFrame(keys), points.iloc[designs].reset_index(drop=True), pd.DataFrame(named, index=range(total))]
    table = pd.concat(parts, axis=1)
    table.attrs["parameters"] = [str(name) for name in points.columns]
    table.attrs["columns"] = run_definitions(map(str, table.columns), file.header()["spec"])
    return table


class _Measures:
    """Columns of measures, filled in blocks: one number at a time would take most of the time of a long study."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._columns: dict[str, np.ndarray] = {}
        self._names: tuple[str, ...] = ()
        self._start = 0
        self._block: list[list[float]] = []

    def put(self, index: int, scalars: dict[str, float]) -> None:
        """Take the measures of one run."""
        names = tuple(scalars)
        if names != self._names or len(self._block) >= _BLOCK:
            self._settle()
            self._names, self._start = names, index
        self._block.append(list(scalars.values()))

    def columns(self) -> dict[str, np.ndarray]:
        """All measures by name, (runs,) each, NaN where a run has none."""
        self._settle()
        return self._columns

    def _settle(self) -> None:
        if self._names and self._block:
            table = np.array(self._block, dtype=np.float64)
            for place, name in enumerate(self._names):
                column = self._columns.setdefault(name, np.full(self._total, np.nan))
                column[self._start : self._start + len(table)] = table[:, place]
        self._block = []


def parameters_of(runs: pd.DataFrame) -> list[str]:
    """Varied parameters of a table of runs, the policy mix among them."""
    return [str(name) for name in runs.attrs.get("parameters", ())]


def measures_of(runs: pd.DataFrame) -> list[str]:
    """Measures of a table of runs: its columns but for keys, status, time and varied parameters."""
    others = {"design", "replicate", "status", "seconds", *parameters_of(runs)}
    return [str(name) for name in runs.columns if name not in others]


def points_table(file: StudyFile) -> pd.DataFrame:
    """Design points of a study: design, and a column a varied parameter.

    What a point leaves as it is stands at what all runs share, and is missing where that is the scenario's own.
    """
    points, spec = file.points(), file.header()["spec"]
    names = list(dict.fromkeys(name for point in points for name in point))
    shared = {**spec["settings"], **{name: spec[name] for name in RESERVED}}
    common = {name: shared[name] for name in names if shared.get(name) is not None}
    table = pd.DataFrame([{**common, **point} for point in points], columns=names, index=range(len(points)))
    table.insert(0, "design", range(len(points)))
    return table


def known_measures(runs: pd.DataFrame, *measures: str) -> None:
    """Nothing, after a look whether the measures exist.

    Raises:
        InputError: If one of them is no column, or an input that was varied.
    """
    inputs = {"design", "replicate", "status", *parameters_of(runs)}
    known = [str(column) for column in runs.columns if column not in inputs]
    for name in measures:
        refuse_unknown("measure", name, known, where="this study")


def done_runs(runs: pd.DataFrame, *measures: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """Finished runs, after a look whether the measures, and the inputs that they are to be told apart by, exist.

    Raises:
        InputError: If one of them is no column, a measure is an input, or no run is finished.
    """
    known_measures(runs, *measures)
    for name in by:
        refuse_unknown("input", name, [str(column) for column in runs.columns], where="this study")
    done = runs[runs["status"] == DONE]
    if done.empty:
        raise InputError("this study has no finished run yet: run it first with `desertion sweep`")
    return done


def once(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs without those of a point that a design holds a second time, which are the same and no further evidence."""
    parameters = parameters_of(runs)
    return runs.drop_duplicates([*parameters, "replicate"]) if parameters else runs


def whole(runs: pd.DataFrame, points: int, measure: str, purpose: str) -> pd.DataFrame:
    """Finished runs of a study of which nothing may be missing.

    Raises:
        InputError: If a design point has no run, a run failed, or the measure of a run is no finite number.
    """
    done = done_runs(runs, measure)
    failed = len(runs) - len(done)
    empty = points - done["design"].nunique()
    unfit = int((~np.isfinite(done[measure].to_numpy(np.float64))).sum())
    if failed or empty or unfit:
        lacking = runs[runs["status"] != DONE]
        refused = failed and (lacking["status"] == FAILED).all() and not lacking["design"].isin(done["design"]).any()
        way_out = (
            "the points that failed in every run cannot be run: narrow the ranges"
            if refused
            else "finish the study (desertion sweep ... --retry-failed) or choose another measure"
        )
        raise InputError(
            f"{purpose} of {measure} needs every run: {empty} of {points} design points have none, {failed} runs failed "
            f"and {unfit} gave no finite number; {way_out}"
        )
    return done
