"""A historical series beside a shipped scenario of the same events: what the model gives for each published figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desertion.errors import InputError, input_error, refuse_unknown
from desertion.figures.labels import rounded
from desertion.rules.draws import replicate_seed
from desertion.scenario import Scenario
from desertion.scenario.grain import told_few, too_few
from desertion.scenario.loading import calibration
from desertion.simulation.record.columns import DAILY, counted
from desertion.study.arrays import Array
from desertion.study.history.counting import Counting, counting
from desertion.study.statistics import averaged_relative_difference

if TYPE_CHECKING:
    import pandas as pd

    from desertion.simulation.model import DesertionModel
    from desertion.study.history.series import Kind, Series

ERRORS: dict[Kind, str] = {
    "flow": "absolute error of the median over the published total",
    "cumulative": "absolute error of the median increments over the published total",
    "level": "mean absolute error of the median over the mean level",
}
"""What `ModelledSeries.total_difference` is, by what the figures are; running totals do not add up to anything."""


@dataclass(frozen=True)
class Counterpart:
    """What stands for a series in a scenario.

    Attributes:
        scenario: name of the shipped scenario.
        scale: share of real size at which it is run.
        meaning: what is counted in the model, in words.
        number: the count of an interval, at the simulated size, from the daily rows of that interval and the persons of the run.
    """

    scenario: str
    scale: float
    meaning: str
    number: Callable[[pd.DataFrame, int], float]


COUNTERPARTS = {
    "gdr-emigration-monthly": Counterpart(
        "gdr-1989", 0.01, "persons who set out abroad", lambda days, _persons: float(days["new_flee"].sum())
    ),
    "gdr-demonstrators": Counterpart(
        "gdr-1989",
        0.01,
        "persons in the street on the week's day of protest",
        lambda days, persons: float(days["turnout"].max() * persons),
    ),
}


@dataclass(frozen=True)
class ModelledSeries:
    """A series and its counterpart in the model.

    Attributes:
        published: the published figures that lie within the scenario's window, shape (points,).
        simulated: the model's, at real size, shape (replicates, points).
        places: which points of the series these are.
        size: real persons for each simulated one.
        meaning: what is counted in the model, in words.
        kind: what the figures are; cumulative ones begin with the first and leave none out.
    """

    published: Array
    simulated: Array
    places: tuple[int, ...]
    size: float = 1.0
    meaning: str = ""
    kind: Kind = "flow"

    @property
    def grain(self) -> str:
        """At how many points the model's median rests on too few simulated persons to tell, in words; empty where at none."""
        few = sum(too_few(float(median), self.size) for median in np.median(self.simulated, axis=0))
        return told_few(f"{few} of {len(self.places)} points", self.size) if few else ""

    @property
    def sums(self) -> str:
        """The median run's sum over the points beside the published one, in words."""
        model, published = (
            rounded(float(each), 6) for each in (np.median(self.simulated.sum(axis=1)), self.published.sum())
        )
        return f"{model} in the model against {published} published; "

    @property
    def difference(self) -> float:
        """Flee's averaged relative difference of the median over replicates; NaN where a published figure is 0."""
        if not self.published.all():
            return float("nan")
        return averaged_relative_difference(np.median(self.simulated, axis=0), self.published)

    @property
    def total_difference(self) -> float:
        """Absolute errors of the median added up, over the published total: small months weigh little; NaN where that is 0.

        Of running totals those of what each adds to the one before, and of levels the mean error over the mean level.
        """
        published, simulated = self.published, self.simulated
        if self.kind == "cumulative":
            published, simulated = np.diff(published, prepend=0.0), np.diff(simulated, prepend=0.0, axis=1)
        error, total = np.abs(np.median(simulated, axis=0) - published).sum(), published.sum()
        return float(error / total) if total else float("nan")


def beside(
    series: Series, replicates: int, seed: int, scenario: str | Path | Scenario | None = None, column: str = ""
) -> ModelledSeries:
    """The points of a series beside the same counts in runs of a scenario.

    Args:
        series: A shipped series that has a counterpart, or any series with a scenario of one's own, from whose first day
            a cumulative one must count (`Series.since`).
        replicates: Runs.
        seed: From which the replicates' seeds are made.
        scenario: A scenario, or its name or path; the shipped one of the same events if not given.
        column: With a scenario: what stands for the series, a measure or daily column as `counting` takes it, for levels a
            daily column; if not given the measure of the scenario's table `[calibration]`, or departures by all ways.

    Raises:
        InputError: No shipped scenario shows what the series counts, it holds no counts of one group, the column does not suit
            its kind, or no point lies within the scenario's horizon.
    """
    from desertion.simulation.model import DesertionModel

    if scenario is None:
        refuse_unknown("series with a counterpart in a scenario", series.name, COUNTERPARTS)
        counterpart = COUNTERPARTS[series.name]
        chosen, counts = Scenario.load(counterpart.scenario, scale=counterpart.scale), counterpart.number
        meaning = counterpart.meaning
    else:
        series.of_counts("a scenario beside it")
        # Of a run that a rule ends early nobody would be counted on the days that are missing.
        chosen = Scenario.load(scenario).model_copy(update={"stop": None})
        counted_by = column or "departures"
        counts = _level(counted_by) if series.kind == "level" else _counting(scenario, chosen, column)
        meaning = counts.meaning if isinstance(counts, Counting) else Counting(measure=counted_by).meaning
    # The row of day d holds the state after d days: what happened on a date is in the row of the next day.
    windows = [((p.start - chosen.start).days + 1, (p.end - chosen.start).days + 1) for p in series.points]
    if series.kind == "cumulative" and scenario is not None:
        begun = (series.counts_from(chosen.start) - chosen.start).days + 1
        windows = [(begun, last) for _, last in windows]
    places = tuple(n for n, (first, last) in enumerate(windows) if 1 <= first <= last <= chosen.days)
    if not places and scenario is not None:
        last = chosen.start + dt.timedelta(days=chosen.days - 1)
        raise InputError(
            f"{series.name}: no point lies within the days of scenario {chosen.name!r}, {chosen.start} to {last}: give a "
            "scenario of these days, or change its start and days"
        )
    simulated: list[list[float]] = []
    for replicate in range(replicates):
        model = DesertionModel(chosen, rng=replicate_seed(seed, replicate)).run()
        simulated.append(_counted(counts, model, [windows[n] for n in places]))
    return ModelledSeries(
        series.values[list(places)],
        np.array(simulated) / chosen.scale,
        places,
        1.0 / chosen.scale,
        meaning,
        series.kind,
    )


def _counting(scenario: str | Path | Scenario, chosen: Scenario, column: str) -> Counting:
    """What stands for a flow: the column, or else what the scenario's own table `[calibration]` counts, or departures."""
    table = None if column or isinstance(scenario, Scenario) else calibration(scenario)[0]
    if not table or "measure" not in table:
        return counting(column or "departures", chosen, where="--column")
    return counting(str(table["measure"]), chosen, table.get("kinds", ()), where="calibration")


def _counted(
    counts: Counting | Callable[[pd.DataFrame, int], float], model: DesertionModel, windows: Sequence[tuple[int, int]]
) -> list[float]:
    """What a run gives for each window of rows of `daily`, at the simulated size."""
    if isinstance(counts, Counting):
        flow = counts.flow(model)
        return [float(flow[first - 1 : last].sum()) for first, last in windows]
    daily, people = model.daily, model.sized.people
    return [counts(daily[daily["day"].between(*window)], people) for window in windows]


def _level(column: str) -> Callable[[pd.DataFrame, int], float]:
    """The state on the last day of an interval, from its daily rows."""
    names = [name.strip() for name in column.split("+")]
    known = [key for key in counted(DAILY, DAILY) if DAILY[key].kind in ("stock", "total")]
    for name in names:
        refuse_unknown("daily column", name, DAILY, where="--column")
        if name not in known:
            raise input_error(
                "--column",
                name,
                "does not count the state at the end of a day, as a level series does",
                way_out=f"name one of {', '.join(known)}",
            )
    return lambda days, _persons: float(days.loc[days["day"] == days["day"].max(), names].to_numpy().sum())
