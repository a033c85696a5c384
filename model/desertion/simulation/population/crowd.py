"""The compiled form of the population: clocks shared by squads and communities, own clocks only for those whom ties have touched."""

from __future__ import annotations

from typing import Any

import numpy as np

from desertion.engine.compile import kernel
from desertion.engine.threads import KEPT, LISTED, Team, close_up
from desertion.rules.hazard import MULTIPLICATIVE
from desertion.rules.ticks import FAR
from desertion.simulation.clocks.own import ask_some, bind_some, decide_own, let_out, tell_ties
from desertion.simulation.clocks.resting import add_up, lull, present_tie_pressure, remember, rouse_communities, settle
from desertion.simulation.clocks.shared import BINDING, LEAVING, combat, decide_communities, decide_squads
from desertion.simulation.clocks.targets import unbind
from desertion.simulation.day.departure import sort_out
from desertion.simulation.day.home import count_streets
from desertion.simulation.day.order import afternoon, evening, morning, take_casualties
from desertion.simulation.signals.communities import publish_communities
from desertion.simulation.signals.units import publish_companies, publish_squads
from desertion.simulation.world.codes import DOOR_ROUTES, FIRST_DOOR, HIT, N_ROUTES, RESTING, SERVING, SHARED
from desertion.simulation.world.fields import REST_WINDOW, Array, World
from desertion.simulation.world.people import class_of

TIDY_EVERY = 8  # days after which lists are put in order, so that neighbours in memory are read together
REWIND_EVERY = 256  # days after which it is seen to it that clocks stay far from what 64 bits hold
# In ticks: so many, those of as many days at the largest rate, and the largest threshold are less than 64 bits hold.
LONG = FAR // 4
SMALL = 50_000  # persons a thread must have to be worth waking


@kernel
def decide(w: World, binding: Array, found: Array) -> None:
    """Advance all exit clocks on one thread; the leavers stand in `out_person`."""
    for n in range(len(found)):
        found[n] = 0
    decide_own(w, 0, w.own_clocks_n[0], w.out_person, w.out_route, binding, found)
    w.own_clocks_n[0] = found[KEPT]
    bind_some(w, binding, found[BINDING])
    decide_squads(w, 0, len(w.squad_n), w.out_person, w.out_route, found)
    decide_communities(w, 0, len(w.community_force), w.out_person, w.out_route, found)
    w.out_n[0] = found[LEAVING]


@kernel
def publish(w: World, day: int, rows: Array, counts: Array) -> None:
    """Part 2 for companies, communities and squads on one thread; `rows` is room for a list."""
    publish_companies(w, 0, len(w.company_force))
    publish_communities(w, 0, len(w.community_force))
    counts[LISTED] = 0
    if w.resting.any():
        remember(w, 0, len(w.community_force), day, rows, counts)
        rouse_communities(w, rows[: counts[LISTED]])
    publish_squads(w, 0, len(w.squad_force))


@kernel
def tell(w: World, day: int, turned: Array, rows: Array, counts: Array) -> None:
    """Let those who are tied to today's leavers hear of them, and count who turns out, on one thread."""
    counts[LISTED] = 0
    tell_ties(w, 0, len(w.status), rows, counts)
    ask_some(w, rows[: counts[LISTED]])
    count_streets(w, day, turned)


class _Lists:
    """What one thread found: leavers with their routes, people to bind, and its counts."""

    def __init__(self, persons: int) -> None:
        # Never written, never paid for: pages of these lists cost memory only as far as people leave on one day.
        self.leavers = np.empty(persons, np.int64), np.empty(persons, np.int8)  # persons, their routes
        self.binding = np.empty(persons, np.int64)
        self.found = np.zeros(4, np.int64)


class Crowd:
    """The population as arrays, see the module's first lines.

    Ranges of communities, squads and lists are given to threads; each lists its leavers in an array of its own, and the lists are sorted by person,
    so the number of threads changes no bit.
    """

    def __init__(self, world: World, core: Any, threads: int) -> None:
        self.world, self.core = world, core
        self.threads = max(1, min(threads, len(world.status) // SMALL))
        self._team: Team | None = None
        self._lists: list[_Lists] = []

    def advance(self, first: int, last: int) -> None:
        """Run the days first, ..., last - 1, in the order of desertion.simulation.day.order."""
        team = self._at_work()
        turned = np.zeros(len(self.world.community_force), np.int64)
        for day in range(first, last):
            self._day(team, day, turned)
            if day == 0 or (day + 1) % TIDY_EVERY == 0:
                self._settle(team, day + 1)
            if (day + 1) % REWIND_EVERY == 0:
                self._rewind()

    def lacking(self, person: int) -> list[int]:
        """Ticks that each of a person's six clocks still lacks; if he rests, his days are added up first, which changes no bit."""
        w = self.world
        serving = w.status[person] == SERVING
        cl = class_of(w.kind[person], w.status[person], w.trait[person])
        if w.bound[person] == RESTING:
            add_up(self.core, person, cl)
        clocks = [int(ticks) for ticks in w.target[person]]
        if serving:
            clocks[HIT] -= int(w.squad_clock[w.squad[person], HIT])
        if w.bound[person] == SHARED and serving:
            for route in range(N_ROUTES):
                clocks[route] -= int(w.squad_clock[w.squad[person], route])
        elif w.bound[person] == SHARED:
            for way in range(FIRST_DOOR[cl], FIRST_DOOR[cl + 1]):
                clocks[DOOR_ROUTES[way]] -= int(w.class_clock[w.community[person], way])
        return clocks

    def tie_pressure(self, person: int) -> list[int]:
        """Pressure of a person's ties by route, in ticks of 2**-24 of a share."""
        return present_tie_pressure(self.core, person).tolist()

    def _at_work(self) -> Team:
        if self._team is None:
            self._team = Team(self.core, self.world.longest, self.threads)
            self._lists = [_Lists(len(self.world.status)) for _ in range(self.threads)]
        return self._team

    def _day(self, team: Team, day: int, turned: Array) -> None:
        w, core = self.world, self.core
        if day % TIDY_EVERY == 0:
            w.own_clocks[: w.own_clocks_n[0]].sort()
        morning(core, day)
        self._open(team, day)
        hit = team.gather(combat, len(w.squad_force))
        if len(hit) > 1:
            hit.sort()
        w.out_n[0] = len(hit)
        w.out_person[: len(hit)] = hit
        take_casualties(core, day)
        if w.shut_in.any():
            let_out(core)
        if self.threads == 1:
            decide(core, self._lists[0].binding, self._lists[0].found)
        else:
            self._decide_on_threads(team)
        sort_out(w)
        afternoon(core, team, day)
        w.days_done[0] = day + 1
        if self.threads == 1:
            tell(core, day, turned, *team.own_list)
        else:
            ask_some(core, team.gather(tell_ties, len(w.status)))
            count_streets(core, day, turned)
        evening(core, team, day, turned)

    def _open(self, team: Team, day: int) -> None:
        """The end of part 2: afterwards stands what everybody sees this morning, and nobody has acted on it."""
        w = self.world
        if self.threads == 1:
            publish(self.core, day, *team.own_list)
            return
        team.spread(publish_companies, len(w.company_force))
        team.spread(publish_communities, len(w.community_force))
        if w.resting.any():
            rouse_communities(self.core, team.gather(remember, len(w.community_force), day))
        team.spread(publish_squads, len(w.squad_force))

    def _decide_on_threads(self, team: Team) -> None:
        w, lists = self.world, self._lists
        for own in lists:
            own.found[:] = 0
        edges = team.spread(
            decide_own, int(w.own_clocks_n[0]), own=lambda k: (*lists[k].leavers, lists[k].binding, lists[k].found)
        )
        w.own_clocks_n[0] = close_up(w.own_clocks, np.array(edges), np.array([own.found[KEPT] for own in lists]))
        for own in lists:
            bind_some(self.core, own.binding, own.found[BINDING])
        team.spread(decide_squads, len(w.squad_force), own=lambda k: (*lists[k].leavers, lists[k].found))
        team.spread(decide_communities, len(w.community_force), own=lambda k: (*lists[k].leavers, lists[k].found))
        at = 0
        for own in lists:
            n = int(own.found[LEAVING])
            w.out_person[at : at + n], w.out_route[at : at + n] = (rows[:n] for rows in own.leavers)
            at += n
        w.out_n[0] = at

    def _settle(self, team: Team, over: int) -> None:
        """At the end of a window, add up the days of those at rest; let all rest who may."""
        w = self.world
        if w.form != MULTIPLICATIVE:
            return
        if over == 1 or over % REST_WINDOW == 0:
            ask_some(self.core, team.gather(settle, len(w.community_force)))
        if over % TIDY_EVERY == 0:
            w.own_clocks_n[0] = team.sift(lull, w.own_clocks, int(w.own_clocks_n[0]))

    def _rewind(self) -> None:
        """Set all shared clocks back to 0 where one has run far, and keep in 64 bits what those lack who wait for a visa for years."""
        w = self.world
        np.maximum(w.target, -LONG, out=w.target)
        if max(w.squad_clock.max(initial=0), w.class_clock.max(initial=0)) < LONG:
            return
        for person in np.flatnonzero(w.bound == SHARED).tolist():
            unbind(self.core, person)  # bound anew tomorrow, before clocks advance
        serving = np.flatnonzero(w.status == SERVING)
        w.target[serving, HIT] -= w.squad_clock[w.squad[serving], HIT]
        # The lowest targets may stand too low, see clocks/shared.py.
        for clocks in (w.squad_clock, w.class_clock, w.squad_low, w.class_low, w.block_low):
            clocks[:] = 0

    def reconnect(self, core: Any) -> None:
        """Take the world for kernels anew, after the model was read back from a pickle."""
        self.core = core

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__) | {"core": None, "_team": None, "_lists": []}
