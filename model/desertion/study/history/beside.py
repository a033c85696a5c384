"""A historical series beside a shipped scenario of the same events: what the model gives for each published figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desertion.errors import unknown_name
from desertion.rules.draws import replicate_seed
from desertion.study.statistics import averaged_relative_difference

if TYPE_CHECKING:
    import pandas as pd

    from desertion.study.history.series import Series

Array = NDArray[np.float64]


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
    """

    published: Array
    simulated: Array
    places: tuple[int, ...]

    @property
    def difference(self) -> float:
        """Flee's averaged relative difference of the median over replicates; NaN where a published figure is 0."""
        if not self.published.all():
            return float("nan")
        return averaged_relative_difference(np.median(self.simulated, axis=0), self.published)

    @property
    def total_difference(self) -> float:
        """Absolute errors of the median added up, over the published total: small months weigh little."""
        error = np.abs(np.median(self.simulated, axis=0) - self.published).sum()
        return float(error / self.published.sum())


def beside(series: Series, replicates: int, seed: int) -> ModelledSeries:
    """The points of a series beside the same counts in runs of its scenario.

    Args:
        series: A shipped series that has a counterpart.
        replicates: Runs.
        seed: From which the replicates' seeds are made.

    Raises:
        InputError: No shipped scenario shows what the series counts.
    """
    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel

    if series.name not in COUNTERPARTS:
        raise unknown_name("series with a counterpart in a scenario", series.name, COUNTERPARTS)
    counterpart = COUNTERPARTS[series.name]
    scenario = Scenario.load(counterpart.scenario, scale=counterpart.scale)
    # The row of day d holds the state after d days: what happened on a date is in the row of the next day.
    windows = [((p.start - scenario.start).days + 1, (p.end - scenario.start).days + 1) for p in series.points]
    places = tuple(n for n, (first, last) in enumerate(windows) if first >= 1 and last <= scenario.days)
    counts: list[list[float]] = []
    for replicate in range(replicates):
        model = DesertionModel(scenario, rng=replicate_seed(seed, replicate)).run()
        daily, people = model.daily, model.sized.people
        counts.append(
            [counterpart.number(daily[daily["day"].between(*windows[n])], people) / scenario.scale for n in places]
        )
    return ModelledSeries(series.values[list(places)], np.array(counts), places)
