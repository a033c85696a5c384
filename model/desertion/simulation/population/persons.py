"""The readable form of the population: every person is a Mesa agent who adds up his own hazards.

An agent is a row of the world with clocks of its own. What it shares with others (signals, units, institutions) it reads from the world; what it
decides it decides here, one person at a time, by the same rules as the compiled form. Change behaviour by a subclass that overrides `push`, `cost`,
`opportunity`, `contagion` or `rate`, and pass it to the model: `DesertionModel(scenario, population="mesa", soldier=MySoldier)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from mesa import Agent

from desertion.rules.hazard import contagion, exit_rate, leaves_by_threshold, level
from desertion.rules.ticks import TIE_FADED, TIE_MOST, TIE_SHARE, crossing, decayed, ticks
from desertion.simulation.clocks.targets import log_frailty, thresholds
from desertion.simulation.day.home import seen_turnout, street_push
from desertion.simulation.day.turnout import seen_bin, street_bin
from desertion.simulation.signals import communities, units
from desertion.simulation.signals.contagion import outside_contagion
from desertion.simulation.world import columns as col
from desertion.simulation.world.codes import (
    HIT,
    HOME,
    KINDS,
    N_CLASSES,
    N_ROUTES,
    NONE,
    OFFICER_BIT,
    ROUTES,
    SERVING,
    SKILLED_BIT,
    STATUSES,
    THRESHOLD,
    TIES,
)
from desertion.simulation.world.fields import World
from desertion.simulation.world.people import class_of

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

_RULES = ("baseline", "push", "cost", "opportunity", "contagion", "reception")
_RATES = ("tied", "rate")


class PersonView(Agent["DesertionModel"]):
    """One human being as Mesa's tools see him: traits and present state, read from the world.

    Attributes:
        row: Row of the person in the world's arrays.
        kind: "soldier", "reservist" or "civilian".
        community: Row of the home community.
        officer: Whether he is an officer.
        skilled: Whether he is skilled.
    """

    def __init__(self, model: DesertionModel, row: int) -> None:
        super().__init__(model)
        self.row = row
        world = model.world
        self._world: World = world
        self.kind = KINDS[world.kind[row]]
        self.force_number = int(world.force_of[row])
        self.community = int(world.community[row])
        self.officer = bool(world.trait[row] & OFFICER_BIT)
        self.skilled = bool(world.trait[row] & SKILLED_BIT)

    @property
    def status(self) -> str:
        """The person's status, one of `statuses.STATUSES`."""
        return STATUSES[self._world.status[self.row]]

    @property
    def squad(self) -> int:
        """The row of the person's squad, -1 if he never served."""
        return int(self._world.squad[self.row])

    @property
    def left(self) -> bool:
        """Whether the person has ever left."""
        return bool(self._world.left_day[self.row] >= 0)

    @property
    def route(self) -> str | None:
        """The route by which the person first left."""
        route = int(self._world.left_route[self.row])
        return ROUTES[route] if route >= 0 else None

    @property
    def day_left(self) -> int | None:
        """The day on which the person first left."""
        day = int(self._world.left_day[self.row])
        return day if day >= 0 else None


class Person(PersonView):
    """One human being who adds up his own hazards.

    Attributes:
        lacking: Ticks that each of the six clocks (five routes, being hit) still lacks.
        told: Pressure from personal ties by route, in ticks of 2**-24 of a share.
    """

    reads_shared_signals = True
    shares_hazard = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # A class with rules of its own adds up its own hazard; others read the group's, which is the same number.
        cls.reads_shared_signals = all(getattr(cls, rule) is getattr(Person, rule) for rule in _RULES)
        cls.shares_hazard = cls.reads_shared_signals and all(getattr(cls, r) is getattr(Person, r) for r in _RATES)

    def __init__(self, model: DesertionModel, row: int) -> None:
        super().__init__(model, row)
        self._core = model.core
        self.frailty: float = log_frailty(self._core, row)
        self._spell = int(self._world.spell[row])
        self.lacking: list[int] = list(thresholds(self._core, row, self.frailty))
        self.told = [0] * N_ROUTES
        self.ties: list[Person] = []
        self._shared_steps: dict[int, list[int]] = {}

    def connect(self, core: Any, ties: list[Person], shared_steps: dict[int, list[int]]) -> None:
        """Take the world for kernels, which no pickle can hold, the people with whom one has a tie, and the board of today's shared steps."""
        self._core, self.ties, self._shared_steps = core, ties, shared_steps

    def __getstate__(self) -> dict[str, Any]:
        # Ties are left out: a pickle that followed them from person to person would be deeper than Python allows.
        return dict(self.__dict__) | {"_core": None, "ties": [], "_shared_steps": {}}

    # --- the rules, route by route ----------------------------------------------------------------------------------------------------------

    @property
    def _class(self) -> int:
        w = self._world
        return class_of(w.kind[self.row], w.status[self.row], w.trait[self.row])

    @property
    def outlook(self) -> int:
        """The row of the communities' tables that holds what the person's community sees today."""
        return int(self._world.outlook[self.community])

    def baseline(self, route: int) -> float:
        """Rate per day of a route in the reference state; negative where the person has no such route."""
        force = self._world.forces[self.force_number]
        if self._world.status[self.row] == SERVING:
            return units.unit_baseline(force, route)
        return communities.class_baseline(force, self._class, route)

    def opportunity(self, route: int) -> float:
        """Opportunity of a route times its perceived chance relative to the reference state."""
        if self._world.status[self.row] == SERVING:
            return units.opportunity_in_squad(self._core, self.squad, route)
        return communities.opportunity_in_class(self._core, self.outlook, self._class, route)

    def push(self) -> float:
        """What drives the person, in log-hazard units."""
        if self._world.status[self.row] == SERVING:
            return float(self._world.squad_push[self.squad])
        return communities.push_in_class(self._core, self.outlook, self._class)

    def cost(self, route: int) -> float:
        """What a route costs, in log-hazard units."""
        return float(self._world.fear[self.force_number, route])

    def contagion(self, route: int) -> float:
        """Contagion from everybody but personal ties, in log-hazard units."""
        w = self._world
        if w.status[self.row] == SERVING:
            q = self.squad
            company, community = w.squad_company[q], w.squad_community[q]
            total = int(w.squad_pressure[q].sum())
            return units.unit_contagion(self._core, q, company, community, route, total)
        return outside_contagion(self._core, self.outlook, self.force_number, route, self.reception(route))

    def reception(self, route: int) -> float:
        """Perceived safety of the receiving end of a route, in [0, 1]."""
        if self._world.status[self.row] == SERVING:
            return units.reception_in_squad(self._core, self.squad, route)
        return communities.reception_in_class(self._core, self.outlook, self._class, route)

    def tied(self, route: int) -> float:
        """Contagion from personal ties, in log-hazard units."""
        w = self._world
        if w.form == NONE or w.form == THRESHOLD or not any(self.told):
            return 0.0
        total = sum(self.told)
        share = (self.told[route] + w.behaviour[col.B_CROSS_ROUTE] * (total - self.told[route])) / TIE_SHARE
        return contagion(w.beta[TIES], w.beta_star[TIES], self.reception(route), share)

    def rate(self, route: int) -> float:
        """Rate per day of leaving by a route, for a person of average frailty in this place."""
        open_, level_, shared = self._shared_signals(route) if self.reads_shared_signals else self._own_signals(route)
        if open_ <= 0.0:
            return 0.0
        b = self._world.behaviour
        tied = self.tied(route)
        return exit_rate(
            self._world.form,
            open_,
            level_,
            shared,
            tied,
            b[col.B_ADDITIVE_SCALE],
            b[col.B_CONCAVE_SCALE],
            b[col.B_CONCAVE_POWER],
        )

    def _shared_signals(self, route: int) -> tuple[float, float, float]:
        w, row = self._world, self.row
        if w.status[row] == SERVING:
            q = w.squad[row]
            return w.squad_open[q, route], w.squad_level[q, route], w.squad_shared[q, route]
        place = (self.outlook, self._class, route)
        return w.class_open[place], w.class_level[place], w.class_shared[place]

    def _own_signals(self, route: int) -> tuple[float, float, float]:
        baseline = self.baseline(route)
        if baseline < 0.0:
            return 0.0, 0.0, 0.0
        shared = self.contagion(route)
        return (
            self.opportunity(route),
            level(self._world.form, baseline, self.push() - self.cost(route), shared),
            shared,
        )

    # --- the day ----------------------------------------------------------------------------------------------------------------------------

    def renew(self) -> None:
        """Take the thresholds of a new spell if one has begun."""
        spell = self._world.spell[self.row]
        if spell != self._spell:
            self._spell = int(spell)
            self.lacking = list(thresholds(self._core, self.row, self.frailty))

    def face_fire(self) -> bool:
        """Let a day at the front pass; whether the person is hit."""
        w = self._world
        self.lacking[HIT] -= ticks(units.risk_in(self._core, w.squad_company[w.squad[self.row]]))
        return self.lacking[HIT] <= 0

    def decide(self) -> int:
        """Let a day's hazards pass; the route by which the person leaves today, -1 if he stays."""
        first, chosen = 2.0, -1
        lacking = self.lacking
        for route, step in enumerate(self._steps()):
            if step >= lacking[route]:
                when = crossing(lacking[route], step)
                if when < first:
                    first, chosen = when, route
            lacking[route] -= step
        if chosen < 0 and self._world.form == THRESHOLD:
            return self._follow()
        return chosen

    def _steps(self) -> list[int]:
        """Ticks by which the person's clocks of the five routes advance today.

        People of one squad or class whom no tie has told anything share one hazard: the first whom it concerns works it out, the others read it.
        """
        if not self.shares_hazard or any(self.told):
            return [ticks(self.rate(route)) for route in range(N_ROUTES)]
        w, row = self._world, self.row
        status = w.status[row]
        # Squads count up from 0, classes of people outside units down from -1.
        place = int(w.squad[row] if status == SERVING else -1 - (self.outlook * N_CLASSES + self._class))
        steps = self._shared_steps.get(place)
        if steps is None:
            steps = self._shared_steps[place] = [ticks(self.rate(route)) for route in range(N_ROUTES)]
        return steps

    def _follow(self) -> int:
        """The threshold form: leave by the most open route once enough others have."""
        w, row = self._world, self.row
        if w.status[row] == SERVING:
            place: Any = w.squad[row]
            open_, share, pull = w.squad_open[place], w.squad_share[place], w.squad_pull[place]
        else:
            place = (self.outlook, self._class)
            open_, share, pull = w.class_open[place], w.class_share[place], w.class_pull[place]
        best = int(np.argmax(open_))
        if open_[best] <= 0.0:
            return -1
        share = share + w.beta[TIES] * (sum(self.told) / TIE_SHARE)
        return best if leaves_by_threshold(share, w.theta[row], pull[best]) else -1

    def hear(self, route: int, weight: float) -> None:
        """Hear that a person with whom one has a tie has left."""
        self.told[route] = min(self.told[route] + int(weight * TIE_SHARE / len(self.ties) + 0.5), TIE_MOST)

    def forget(self) -> None:
        """Let what one heard of ties fade by a day."""
        if any(self.told):
            keep = int(self._world.keep[TIES])
            self.told = [decayed(ticks_, keep) for ticks_ in self.told]
            if sum(self.told) < TIE_FADED:
                self.told = [0] * N_ROUTES

    def marches(self) -> bool:
        """Whether the person turns out in the street today."""
        w = self._world
        top = seen_bin(
            seen_turnout(self._core, self.community),
            street_push(self._core, self.community),
            w.forces[self.force_number, col.F_PROTEST_PUSH],
        )
        return w.status[self.row] == HOME and street_bin(self._core, self.row) <= top


class Soldier(Person):
    """A person who serves in a squad at the start."""


class Reservist(Person):
    """A person liable to call-up, at home at the start."""


class Civilian(Person):
    """A person who is not called up; civilians emigrate and protest."""
