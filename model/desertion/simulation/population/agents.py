"""The readable form of the population as a whole: its agents, and how they go through the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.engine.threads import Team
from desertion.simulation.day.departure import sort_out
from desertion.simulation.day.home import is_protest_day
from desertion.simulation.day.order import afternoon, evening, morning, take_casualties
from desertion.simulation.population.persons import Person
from desertion.simulation.signals import communities, units
from desertion.simulation.world.codes import SERVING, STATUSES, TIES
from desertion.simulation.world.fields import World
from desertion.simulation.world.people import can_leave, leaving_weight

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

_CAN_LEAVE = frozenset(s for s in range(len(STATUSES)) if can_leave(s))


class Agents:
    """The population as Mesa agents, one a person."""

    def __init__(self, model: DesertionModel, kinds: tuple[type[Person], type[Person], type[Person]]) -> None:
        self.world: World = model.world
        self.core: Any = None
        self.model = model
        self._shared_steps: dict[int, list[int]] = {}
        self.people = [kinds[kind](model, row) for row, kind in enumerate(self.world.kind)]
        self.reconnect(model.core)

    def reconnect(self, core: Any) -> None:
        """Hand every person the world for kernels and his ties, at the start or after the model was read back from a pickle."""
        self.core, self._team = core, Team(core, self.world.longest)
        start, to = self.world.tie_start, self.world.tie_to
        for row, person in enumerate(self.people):
            ties = [self.people[other] for other in to[start[row] : start[row + 1]]]
            person.connect(core, ties, self._shared_steps)

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__) | {"core": None, "_team": None}

    def advance(self, first: int, last: int) -> None:
        """Run the days first, ..., last - 1, in the order of desertion.simulation.day.order."""
        for day in range(first, last):
            self._day(day)

    def _day(self, day: int) -> None:
        w, core = self.world, self.core
        morning(core, day)
        units.publish_companies(core, 0, len(w.company_force))
        communities.publish_communities(core, 0, len(w.community_force))
        units.publish_squads(core, 0, len(w.squad_force))
        for person in self._in_any({SERVING}):
            person.renew()
        self._list([(person.row, -1) for person in self._in_any({SERVING}) if person.face_fire()])
        take_casualties(core, day)
        self._shared_steps.clear()
        self._list(
            [(person.row, route) for person in self._in_any(_CAN_LEAVE) if (route := self._decision(person)) >= 0]
        )
        afternoon(core, self._team, day)
        self._tell()
        evening(core, self._team, day, self._streets(day))

    @staticmethod
    def _decision(person: Person) -> int:
        person.renew()
        return person.decide()

    def _in_any(self, statuses: Any) -> list[Person]:
        return [
            person for person, status in zip(self.people, self.world.status.tolist(), strict=True) if status in statuses
        ]

    def _list(self, found: list[tuple[int, int]]) -> None:
        w = self.world
        for n, (row, route) in enumerate(found):
            w.out_person[n], w.out_route[n] = row, route
        w.out_n[0] = len(found)
        sort_out(self.core)

    def _tell(self) -> None:
        w = self.world
        for person in self.people:
            person.forget()
        if w.beta[TIES] == 0.0 and w.beta_star[TIES] == 0.0:
            return
        for n in range(int(w.out_n[0])):
            if w.out_route[n] >= 0:
                leaver = self.people[w.out_person[n]]
                weight = leaving_weight(self.core, leaver.row)
                for friend in leaver.ties:
                    friend.hear(int(w.out_route[n]), weight)

    def _streets(self, day: int) -> Any:
        w = self.world
        turned = np.zeros(len(w.community_force), np.int64)
        marching = [bool(is_protest_day(self.core, f, day)) for f in range(len(w.people))]
        if any(marching):
            for person in self.people:
                if marching[person.force_number] and person.marches():
                    turned[person.community] += 1
        return turned
