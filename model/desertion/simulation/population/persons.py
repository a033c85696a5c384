"""The readable form of the population: every person is a Mesa agent who adds up his own hazards.

An agent is a row of the world with clocks of its own. What it shares with others (signals, units, institutions) it reads from the world; what it
decides it decides here, one person at a time, by the same rules as the compiled form. Change behaviour by a subclass that overrides `baseline`,
`opportunity`, `push`, `cost`, `contagion`, `reception`, `tied`, `rate` or `decide`, and pass it to the model:
`DesertionModel(scenario, population="mesa", soldier=MySoldier)`. `push` and `decide` concern the person as a whole, the others one route.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from mesa import Agent

from desertion.rules.hazard import NONE, THRESHOLD, contagion, exit_rate, leaves_by_threshold, level_rate
from desertion.rules.ticks import TIE_FADED, TIE_MOST, TIE_SHARE, crossing, decayed, ticks
from desertion.simulation.clocks.targets import log_frailty, thresholds
from desertion.simulation.day.home import seen_turnout, street_push
from desertion.simulation.day.turnout import seen_bin, street_bin
from desertion.simulation.population.protocol import NotFiniteError, Stage
from desertion.simulation.signals import communities, units
from desertion.simulation.signals.contagion import outside_contagion, threshold_pull
from desertion.simulation.world import codes
from desertion.simulation.world.fields import World
from desertion.simulation.world.people import class_of

_REAL = (float, int, np.floating, np.integer)
_TRUTHS = frozenset((bool, np.bool_))


def is_finite(value: object) -> bool:
    """Whether what a rule gave is one finite number: no text, no array, no truth value, not nothing."""
    try:
        return isinstance(value, _REAL) and not isinstance(value, bool) and isfinite(value)
    except OverflowError:  # a whole number beyond all others
        return False


def _refuse_uncountable(*values: float) -> None:
    """Refuse numbers of rules that cannot be counted with.

    Raises:
        NotFiniteError: If one is a truth value, or their sum is no finite number.
    """
    if not _TRUTHS.isdisjoint(map(type, values)) or not is_finite(sum(values)):
        raise NotFiniteError


class PersonView(Agent[Any]):
    """One human being as Mesa's tools see him: traits and present state, read from the world.

    Attributes:
        row: Row of the person in the world's arrays.
        kind: "soldier", "reservist" or "civilian".
        community: Row of the home community.
        officer: Whether he is an officer.
        skilled: Whether he is skilled.
    """

    def __init__(self, model: Stage, row: int) -> None:
        super().__init__(model)
        self.row = row
        world = model.world
        self._world: World = world
        self.kind = codes.KINDS[world.kind[row]]
        self.force_number = int(world.force_of[row])
        self.community = int(world.community[row])
        self.officer = bool(world.trait[row] & codes.OFFICER_BIT)
        self.skilled = bool(world.trait[row] & codes.SKILLED_BIT)

    @property
    def status(self) -> str:
        """The person's status, one of `statuses.STATUSES`."""
        return codes.STATUSES[self._world.status[self.row]]

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
        return codes.ROUTES[route] if route >= 0 else None

    @property
    def day_left(self) -> int | None:
        """The day on which the person first left, the first being day 1."""
        day = int(self._world.left_day[self.row])
        return day + 1 if day >= 0 else None


class Exit(NamedTuple):
    """What decides a person's rate of leaving by one route, but for his personal ties.

    Attributes:
        open: Opportunity times perceived chance; where it is 0 the route is shut.
        level: Baseline rate a day, raised by push less cost and, in the multiplicative form, by contagion.
        contagion: Contagion from all but ties, in log-hazard units.
        pull: Threshold form: how far push and chance help the share gone to reach his threshold.
    """

    open: float
    level: float
    contagion: float
    pull: float


SHUT = Exit(0.0, 0.0, 0.0, 0.0)
"""A route that a person does not have."""


def rate_of(world: World, exit_: Exit, tied: float) -> float:
    """Rate per day of leaving by a route, given what decides it and the contagion from personal ties."""
    b = world.behaviour[0]
    scale, concave, power = b.additive_scale, b.concave_scale, b.concave_power
    return exit_rate(world.form, exit_.open, exit_.level, exit_.contagion, tied, scale, concave, power)


def tied_by(world: World, pressure: list[int], route: int, reception: float) -> float:
    """Contagion from personal ties by one route, in log-hazard units; `pressure` is theirs by route, in ticks of 2**-24 of a share."""
    if world.form == NONE or world.form == THRESHOLD:
        return 0.0
    own = pressure[route]
    share = (own + world.behaviour[0].cross_route * (sum(pressure) - own)) / TIE_SHARE
    return contagion(world.beta[codes.TIES], world.beta_star[codes.TIES], reception, share)


class Person(PersonView):
    """One human being who adds up his own hazards.

    Attributes:
        lacking: Ticks that each of the six clocks (five routes, being hit) still lacks.
        tie_pressure: Pressure from personal ties by route, in ticks of 2**-24 of a share.
        ties: The people with whom he has a tie.
    """

    def __init__(self, model: Stage, row: int) -> None:
        super().__init__(model, row)
        self._core = model.core
        self.frailty: float = log_frailty(self._core, row)
        self._spell = int(self._world.spell[row])
        self.lacking: list[int] = list(thresholds(self._core, row, self.frailty))
        self.tie_pressure = [0] * codes.N_ROUTES
        self.ties: list[Person] = []

    def connect(self, core: Any, ties: list[Person]) -> None:
        """Take the world for kernels, which no pickle can hold, and the people with whom one has a tie."""
        self._core, self.ties = core, ties

    def __getstate__(self) -> dict[str, Any]:
        # Ties are left out: a pickle that followed them from person to person would be deeper than Python allows.
        return dict(self.__dict__) | {"_core": None, "ties": []}

    # --- the rules, route by route ----------------------------------------------------------------------------------------------------------

    @property
    def home_class(self) -> int:
        """The class of shared hazard to which the person belongs outside a unit, see `codes.N_CLASSES`; -1 if to none."""
        w = self._world
        return class_of(w.kind[self.row], w.status[self.row], w.trait[self.row])

    @property
    def outlook(self) -> int:
        """The row of the communities' tables that holds what the person's community sees today."""
        return int(self._world.row_seen[self.community])

    def baseline(self, route: int) -> float:
        """Rate per day of a route in the reference state; negative where the person has no such route."""
        force = self._world.forces[self.force_number]
        if self._world.status[self.row] == codes.SERVING:
            return units.unit_baseline(force, route)
        return communities.class_baseline(force, self.home_class, route)

    def opportunity(self, route: int) -> float:
        """Opportunity of a route times its perceived chance relative to the reference state."""
        if self._world.status[self.row] == codes.SERVING:
            return units.opportunity_in_squad(self._core, self.squad, route)
        return communities.opportunity_in_class(self._core, self.outlook, self.home_class, route)

    def push(self) -> float:
        """What drives the person, in log-hazard units."""
        if self._world.status[self.row] == codes.SERVING:
            return float(self._world.squad_push[self.squad])
        return communities.push_in_class(self._core, self.outlook, self.home_class)

    def cost(self, route: int) -> float:
        """What a route costs, in log-hazard units."""
        return float(self._world.fear[self.force_number, route])

    def contagion(self, route: int) -> float:
        """Contagion from everybody but personal ties, in log-hazard units."""
        w = self._world
        if w.status[self.row] == codes.SERVING:
            q = self.squad
            company, community = w.squad_company[q], w.squad_community[q]
            total = int(w.squad_pressure[q].sum())
            return units.unit_contagion(self._core, q, company, community, route, total)
        return outside_contagion(self._core, self.outlook, self.force_number, route, self._safety(route))

    def reception(self, route: int) -> float:
        """Perceived safety of the receiving end of a route, in [0, 1]."""
        if self._world.status[self.row] == codes.SERVING:
            return units.reception_in_squad(self._core, self.squad, route)
        return communities.reception_in_class(self._core, self.outlook, self.home_class, route)

    def tied(self, route: int) -> float:
        """Contagion from personal ties, in log-hazard units."""
        return tied_by(self._world, self.tie_pressure, route, self._safety(route)) if any(self.tie_pressure) else 0.0

    def _safety(self, route: int) -> float:
        reception = self.reception(route)
        _refuse_uncountable(reception)
        return reception

    def exit(self, route: int) -> Exit:
        """What decides the person's rate of leaving by a route, but for his ties: baseline, opportunity, push less cost, contagion."""
        baseline = self.baseline(route)
        if baseline <= 0.0:  # nobody of his class has the route, or nobody of his force
            return SHUT
        form, opening, felt = self._world.form, self.opportunity(route), self.contagion(route)
        push, cost = self.push(), self.cost(route)
        _refuse_uncountable(baseline, opening, felt, push, cost)
        drive = push - cost
        _refuse_uncountable(drive)
        pull = threshold_pull(self._core, drive, opening) if form == THRESHOLD else 0.0
        return Exit(opening, level_rate(form, baseline, drive, felt), felt, pull)

    def rate(self, route: int) -> float:
        """Rate per day of leaving by a route, for a person of average frailty in this place."""
        tied = self.tied(route)
        _refuse_uncountable(tied)
        return rate_of(self._world, self.exit(route), tied)

    # --- the day ----------------------------------------------------------------------------------------------------------------------------

    def renew(self) -> None:
        """Take the thresholds of a new spell if one has begun."""
        if (spell := self._world.spell[self.row]) != self._spell:
            self._spell = int(spell)
            self.lacking = list(thresholds(self._core, self.row, self.frailty))

    def face_fire(self) -> bool:
        """Let a day at the front pass; whether the person is hit."""
        w = self._world
        self.lacking[codes.HIT] -= ticks(units.risk_in(self._core, w.squad_company[w.squad[self.row]]))
        return self.lacking[codes.HIT] <= 0

    def decide(self) -> int:
        """Let a day's hazards pass; the route by which the person leaves today, -1 if he stays."""
        exits = [self.exit(route) for route in range(codes.N_ROUTES)] if self._world.form == THRESHOLD else []
        rates = [self.rate(route) for route in range(codes.N_ROUTES)]
        _refuse_uncountable(*rates)
        return self.leave([ticks(rate) for rate in rates], exits)

    def leave(self, steps: list[int], exits: list[Exit]) -> int:
        """Let the clocks of the five routes advance; the route whose clock is the first to pass its threshold today, -1 if none does.

        Args:
            steps: Ticks by which each clock advances.
            exits: What decides the rates, read in the threshold form only: there, a person of whom enough others have left follows them.
        """
        first, chosen = 2.0, -1
        lacking = self.lacking
        for route, step in enumerate(steps):
            if step >= lacking[route]:
                when = crossing(lacking[route], step)
                if when < first:
                    first, chosen = when, route
            lacking[route] -= step
        if chosen < 0 and self._world.form == THRESHOLD:
            return self._follow(exits)
        return chosen

    def _follow(self, exits: list[Exit]) -> int:
        """The threshold form: leave by the most open route once enough others have."""
        w, row = self._world, self.row
        best = int(np.argmax([exit_.open for exit_ in exits]))
        if exits[best].open <= 0.0:
            return -1
        serving = w.status[row] == codes.SERVING
        share = w.squad_share[w.squad[row]] if serving else w.class_share[self.outlook, self.home_class]
        share = share + w.beta[codes.TIES] * (sum(self.tie_pressure) / TIE_SHARE)
        return best if leaves_by_threshold(share, w.threshold[row], exits[best].pull) else -1

    def hear(self, route: int, weight: float) -> None:
        """Hear that a person with whom one has a tie has left."""
        self.tie_pressure[route] = min(
            self.tie_pressure[route] + int(weight * TIE_SHARE / len(self.ties) + 0.5), TIE_MOST
        )

    def forget(self) -> None:
        """Let what one heard of ties fade by a day."""
        if any(self.tie_pressure):
            keep = int(self._world.daily_keep[codes.TIES])
            self.tie_pressure = [decayed(pressure, keep) for pressure in self.tie_pressure]
            if sum(self.tie_pressure) < TIE_FADED:
                self.tie_pressure = [0] * codes.N_ROUTES

    def marches(self) -> bool:
        """Whether the person turns out in the street today."""
        w = self._world
        top = seen_bin(
            seen_turnout(self._core, self.community),
            street_push(self._core, self.community),
            w.forces[self.force_number].protest_push,
        )
        return w.status[self.row] == codes.HOME and street_bin(self._core, self.row) <= top


class Soldier(Person):
    """A person who serves in a squad at the start."""


class Reservist(Person):
    """A person liable to call-up, at home at the start."""


class Civilian(Person):
    """A person who is not called up; civilians emigrate and protest."""
