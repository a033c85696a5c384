"""`history`: the dated series, listed or read, and one beside what a scenario gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np
import pandas as pd

from desertion.errors import InputError
from desertion.figures.labels import many
from desertion.parameters.arguments import COUNT, SEED, ruled
from desertion.scenario import Scenario
from desertion.scenario.rows import is_csv
from desertion.simulation.record.own_table import own_table
from desertion.study.history import shipped
from desertion.study.history.beside import ModelledSeries, beside
from desertion.study.history.series import Series


@dataclass(frozen=True, kw_only=True)
class History:
    """A dated series, and what a scenario gives for it if that was asked for.

    Attributes:
        series: The series, with its title, kind, grades and caveats.
        modelled: The same counts in runs of a scenario, or None.
    """

    series: Series
    modelled: ModelledSeries | None

    def __repr__(self) -> str:
        beside = "" if self.modelled is None else f", beside {many(len(self.modelled.simulated), 'run')}"
        return f"History({self.series.name!r}: {many(len(self.series.points), 'point')}, {self.series.extent}{beside}; table)"

    @own_table
    def table(self) -> pd.DataFrame:
        """One row a point: start, end (dates, both included), value, low, high, unit, counts, source, grade, group.

        With a scenario also model_q05, model_median and model_q95 over runs at real size, missing outside its horizon.
        """
        table = self.series.table
        if self.modelled is not None:
            levels = {"model_q05": 0.05, "model_median": 0.5, "model_q95": 0.95}
            for name, level in levels.items():
                column = np.full(len(table), np.nan)
                column[list(self.modelled.places)] = np.quantile(self.modelled.simulated, level, axis=0)
                table[name] = column
        return table


RUNS = 20
_NEEDED = {
    "with_model": "without a series",
    "column": "without a scenario as with_model",
    "kind": "without a CSV file",
    "words": "without a CSV file",
    "runs": "without with_model",
    "seed": "without with_model",
}
"""What arguments need to change anything."""


@overload
def history() -> pd.DataFrame: ...
@overload
def history(
    series: str | Path,
    *,
    kind: str = ...,
    words: Mapping[str, str] | None = ...,
    with_model: bool | str | Path | Scenario = ...,
    column: str = ...,
    runs: int = ...,
    seed: int = ...,
) -> History: ...
@ruled(runs=COUNT, seed=SEED)
def history(
    series: str | Path | None = None,
    *,
    kind: str = "flow",
    words: Mapping[str, str] | None = None,
    with_model: bool | str | Path | Scenario = False,
    column: str = "",
    runs: int = RUNS,
    seed: int = 1,
) -> pd.DataFrame | History:
    """A dated series by name or from a CSV file of your own; without one, the table of all shipped series.

    Args:
        series: Name of a shipped series, or path of a CSV file with the columns `date` (or `start` and `end`) and `value`.
        kind: For a file: flow (counts of an interval), cumulative or level.
        words: For a file: what `unit`, `counts`, `source` and `grade` are in all rows, where it has no such column; persons of
            the user's own with no stated grade if not given.
        with_model: A scenario, or its name or path, that is run beside it; True for the shipped one of the same events.
        column: With a scenario of your own: the daily column that stands for the series, several joined by "+"; if not given what
            the scenario's table `[calibration]` counts, or departures by all ways. Cumulative series are counted from the scenario's first day (or from their own, if later): what their last point before it
            counts is taken off.
        runs: Runs of that scenario.
        seed: Seed of these runs.

    Returns:
        The series, whose `table` has one row a point; without one, a table with name, title, kind, use, points, first and
        last day, recalled (whether a figure is) and caveats.

    Raises:
        InputError: If there is no such series, a row breaks a rule of the format, no scenario shows what it counts, or an
            argument would change nothing.
    """
    model, csv = with_model is not False, is_csv(series)
    idle = {"with_model": model and series is None, "column": column and with_model in (False, True)}
    idle |= {"kind": kind != "flow" and not csv, "words": words and not csv}
    idle |= {"runs": runs != RUNS and not model, "seed": seed != 1 and not model}
    if name := next(filter(idle.get, idle), ""):
        raise InputError(f"history: {name}= changes nothing {_NEEDED[name]}: add that, or leave {name}= out")
    if series is None:
        return pd.DataFrame([_listed(shipped.load(name)) for name in shipped.names()])
    chosen = shipped.load(str(series), kind, words)
    return (
        History(series=chosen, modelled=None)
        if with_model is False
        else _beside(chosen, with_model, column, runs, seed)
    )


def _beside(series: Series, scenario: bool | str | Path | Scenario, column: str, runs: int, seed: int) -> History:
    if isinstance(scenario, bool):
        return History(series=series, modelled=beside(series, runs, seed))
    counted = series.since(Scenario.load(scenario).start) if series.kind == "cumulative" else series
    return History(series=counted, modelled=beside(counted, runs, seed, scenario, column))


def _listed(series: Series) -> dict[str, object]:
    return {
        "name": series.name,
        "title": series.title,
        "kind": series.kind,
        "use": series.use,
        "points": len(series.points),
        "first": min(point.start for point in series.points),
        "last": max(point.end for point in series.points),
        "recalled": series.recalled,
        "caveats": " ".join(series.caveats),
    }
