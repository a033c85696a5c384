"""Totals over forces, day by day: what Mesa's batch runs and charts find of a stepped run without any collector of the user's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mesa.datacollection import DataCollector

from desertion.simulation.record.tables import DAILY_COLUMNS

if TYPE_CHECKING:
    from desertion.simulation.world.fields import World

_PLACES = {
    name: DAILY_COLUMNS.index(name) for name in ("left", "strength", "hiding", "abroad", "applicant", "protected")
}


def _total(place: int, model: Any) -> float:
    return float(model.world.daily[model.day, :, place].sum())


class Totals(DataCollector):
    """Mesa's collector of totals: a step only notes its day, and the record of these days is read when somebody asks for it."""

    def __init__(self, world: World) -> None:
        """Collect from the record of a world."""
        self._world, self._days, self._read = world, list[int](), dict[str, list[float]]()
        super().__init__(model_reporters={name: partial(_total, place) for name, place in _PLACES.items()})

    def collect(self, model: Any) -> None:
        """Note the day that is over."""
        self._note(model.time, model.day)

    def collect_passed(self, model: Any, days: int) -> None:
        """Note the last so many days, which were run in one go."""
        for ago in reversed(range(days)):
            self._note(model.time - ago, model.day - ago)

    def _note(self, time: float, day: int) -> None:
        self._collection_steps.append(time)
        self._days.append(day)

    @property
    def is_begun(self) -> bool:
        """Whether any day was noted."""
        return bool(self._days)

    @property
    def model_vars(self) -> dict[str, list[float]]:
        """Each total on all days noted, in the order of the steps."""
        for name, values in self._read.items():
            values += self._world.daily[self._days[len(values) :], :, _PLACES[name]].sum(axis=1).tolist()
        return self._read

    @model_vars.setter
    def model_vars(self, values: dict[str, list[float]]) -> None:
        # Mesa puts an empty table here, and then an empty list under each name.
        self._read = values
