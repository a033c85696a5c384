"""The readable form of the population as a whole: its agents, and how they go through the day."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np

from desertion.engine.threads import Team
from desertion.errors import InputError, input_error
from desertion.rules.ticks import ticks
from desertion.simulation.day.departure import sort_out
from desertion.simulation.day.home import is_protest_day
from desertion.simulation.day.order import afternoon, evening, morning, take_casualties
from desertion.simulation.population.persons import Exit, Person, is_finite, rate_of
from desertion.simulation.population.protocol import NotFiniteError, Stage
from desertion.simulation.signals import communities, units
from desertion.simulation.world.codes import N_CLASSES, N_ROUTES, ROUTES, SERVING, STATUSES, TIES
from desertion.simulation.world.fields import World
from desertion.simulation.world.people import can_leave, leaving_weight

_CAN_LEAVE = frozenset(s for s in range(len(STATUSES)) if can_leave(s))
_RULES = (
    "baseline", "opportunity", "push", "cost", "contagion", "reception", "tied", "exit", "rate", "decide", "outlook", "home_class",
)  # fmt: skip
_NUMBERS = ("baseline", "opportunity", "reception", "contagion", "push", "cost", "tied", "rate")
_MAKE = "write class Mine({0}): and override a rule of it"
_OF_SQUADS = "squad_open", "squad_level", "squad_shared", "squad_pull"
_OF_CLASSES = "class_open", "class_level", "class_shared", "class_pull"


def shares_hazard(kind: type[Person]) -> bool:
    """Whether people of a class have no rules of their own, so that untied neighbours of one squad or class have one hazard."""
    return all(getattr(kind, rule) is getattr(Person, rule) for rule in _RULES)


def check_kind(kind: object, base: type[Person]) -> None:
    """Refuse an own class of people that is none, or a rule of it that cannot be called as the model calls it.

    Args:
        kind: The class, or None.
        base: What it must be a kind of: `Soldier`, `Reservist` or `Civilian`.

    Raises:
        InputError: If it is no subclass of the base, or a rule takes other arguments.
    """
    if kind is None:
        return
    what = base.__name__.lower()
    if not isinstance(kind, type) or not issubclass(kind, base):
        raise input_error(what, kind, f"must be a class made from {base.__name__}", way_out=_MAKE.format(base.__name__))
    for rule in _RULES:
        own, usual = getattr(kind, rule), getattr(Person, rule)
        if own is usual or isinstance(usual, property):
            continue
        if not callable(own):
            raise input_error(f"{kind.__name__}.{rule}", own, "must be a method, since the model calls it")
        asked = signature(usual)
        try:
            signature(own).bind(*asked.parameters)
        except TypeError as problem:
            raise input_error(
                f"{kind.__name__}.{rule}", str(signature(own)), f"must take {asked}, since the model calls it so"
            ) from problem


def _not_finite(person: Person, day: int) -> InputError | None:
    """The sentence for the first rule of a person that gives no finite number; None if each does."""
    for route in range(N_ROUTES):
        for rule in _NUMBERS:
            try:
                value = person.push() if rule == "push" else getattr(person, rule)(route)
            except NotFiniteError:  # what it adds up is not
                continue
            if not is_finite(value):
                return input_error(
                    f"{type(person).__name__}.{rule}",
                    value,
                    f"must be a finite number (person {person.row}, {ROUTES[route]}, day {day + 1})",
                    way_out="for a route that nobody may take let baseline return -1",
                )
            if rule == "baseline" and value < 0.0:
                break
    return None


def _route(person: Person, value: object, day: int) -> int:
    """The route that an own `decide` gave.

    Raises:
        InputError: If it is no whole number from -1 to the last route, or a route that he does not have; False is not 0, which is a route.
    """
    name, when = f"{type(person).__name__}.decide", f"(person {person.row}, day {day + 1})"
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and -1 <= value < N_ROUTES:
        route = int(value)
        if route >= 0 and person.baseline(route) < 0.0:
            raise input_error(name, route, f"is {ROUTES[route]}, which is no way of this person as he stands {when}")
        return route
    routes = ", ".join(f"{number} {name}" for number, name in enumerate(ROUTES))
    raise input_error(
        name,
        value,
        f"must be -1 (he stays) or the number of a route: {routes} {when}",
    )


def published(w: World, q: int, row: int, cl: int) -> list[Exit]:
    """What everybody in a place has been told this morning of each route.

    Args:
        w: The world, after its signals have been published.
        q: The squad, -1 outside units.
        row: Outside units, the row of the communities' tables that people there read.
        cl: Outside units, their class.
    """
    tables, place = (_OF_SQUADS, (q,)) if q >= 0 else (_OF_CLASSES, (row, cl))
    return [Exit(*terms) for terms in zip(*(getattr(w, name)[place].tolist() for name in tables), strict=True)]


class Agents:
    """The population as Mesa agents, one a person.

    A person's own `decide` adds up his hazards himself. Where he has no rules of his own they are his squad's or class's: the world has published them
    this morning, and the steps of a clock that no tie has touched are worked out once a day for all who share it, which is the same number.
    """

    def __init__(self, model: Stage, kinds: tuple[type[Person], type[Person], type[Person]]) -> None:
        self.world: World = model.world
        self.core: Any = None
        self._sharing = frozenset(kind for kind in kinds if shares_hazard(kind))
        self._shared: dict[int, tuple[list[int], list[Exit]]] = {}  # today's steps and exits by squad or class
        self.people = [kinds[kind](model, row) for row, kind in enumerate(self.world.kind)]
        self.reconnect(model.core)

    def reconnect(self, core: Any) -> None:
        """Hand every person the world for kernels and his ties, at the start or after the model was read back from a pickle."""
        self.core, self._team = core, Team(core, self.world.longest)
        start, to = self.world.tie_start, self.world.tie_to
        for row, person in enumerate(self.people):
            ties = [self.people[other] for other in to[start[row] : start[row + 1]]]
            person.connect(core, ties)

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__) | {"core": None, "_team": None, "_shared": {}}

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
        self._shared.clear()
        with np.errstate(over="ignore"):  # what own rules add up to beyond all numbers is refused
            out = [
                (person.row, route)
                for person in self._in_any(_CAN_LEAVE)
                if (route := self._decision(person, day)) >= 0
            ]
        self._list(out)
        afternoon(core, self._team, day)
        self._tell()
        evening(core, self._team, day, self._streets(day))

    def lacking(self, person: int) -> list[int]:
        """Ticks that each of a person's six clocks still lacks."""
        return list(self.people[person].lacking)

    def tie_pressure(self, person: int) -> list[int]:
        """Pressure of a person's ties by route, in ticks of 2**-24 of a share."""
        return list(self.people[person].tie_pressure)

    def _decision(self, person: Person, day: int) -> int:
        person.renew()
        if type(person) not in self._sharing:
            try:
                return _route(person, person.decide(), day)
            except (NotFiniteError, TypeError, ValueError, OverflowError) as error:
                wrong = None if isinstance(error, InputError) else _not_finite(person, day)
                if wrong is None and isinstance(error, NotFiniteError):
                    wrong = InputError(
                        f"{type(person).__name__}: what its rules give adds up to no finite number (person {person.row}, day {day + 1}): "
                        "give smaller numbers"
                    )
                if wrong is None:
                    raise
                raise wrong from error
        steps, exits = self._shared_by(person)
        if any(person.tie_pressure):
            steps = [ticks(rate_of(self.world, exit_, person.tied(route))) for route, exit_ in enumerate(exits)]
        return person.leave(steps, exits)

    def _shared_by(self, person: Person) -> tuple[list[int], list[Exit]]:
        """Today's steps of the untied and exits of a person's squad, or of his class of people outside units."""
        w, row = self.world, person.row
        serving = w.status[row] == SERVING
        # Squads count up from 0, classes of people outside units down from -1.
        place = int(w.squad[row]) if serving else -1 - (person.outlook * N_CLASSES + person.home_class)
        shared = self._shared.get(place)
        if shared is None:
            exits = published(w, place if serving else -1, person.outlook, person.home_class)
            shared = self._shared[place] = [ticks(rate_of(w, exit_, 0.0)) for exit_ in exits], exits
        return shared

    def _in_any(self, statuses: Any) -> list[Person]:
        return [
            person for person, status in zip(self.people, self.world.status.tolist(), strict=True) if status in statuses
        ]

    def _list(self, found: list[tuple[int, int]]) -> None:
        w = self.world
        for n, (row, route) in enumerate(found):
            w.out_person[n], w.out_route[n] = row, route
        w.out_n[0] = len(found)
        sort_out(w)

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
