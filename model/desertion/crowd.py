"""The compiled form of the population: clocks shared by squads and communities, own clocks only for those whom ties have touched.

A cell (a squad, or a class of people at home in a community) adds each day's hazard to one clock per route. A person bound to it leaves on the
day its clock passes his target, so he costs nothing until then. Clocks are whole ticks, so this is the same in every bit as adding up day by day.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from desertion import columns as col
from desertion.compiled import kernel
from desertion.day import afternoon, evening, morning, take_casualties
from desertion.departure import leaving_weight
from desertion.institutions.home import count_streets
from desertion.register import bind, can_leave, class_of, may_bind, unbind
from desertion.rules import (
    FAR,
    TIE_FADED,
    TIE_MOST,
    TIE_SHARE,
    contagion,
    crossing,
    decayed,
    exit_rate,
    leaves_by_threshold,
    ticks,
)
from desertion.signals import category_of_class, publish_communities, publish_companies, publish_squads, risk_in
from desertion.statuses import (
    DESERTER,
    FLEE,
    HIT,
    HOME,
    HOME_CIVILIAN,
    HOME_RESERVIST,
    N_ROUTES,
    NONE,
    SERVING,
    SKILLED,
    SKILLED_BIT,
    SURRENDER,
    THRESHOLD,
    TIES,
)
from desertion.world import Array, World


@kernel
def combat(w: World) -> None:
    """Advance the squads' clocks of being hit, which run for all who serve; the hit stand in `out_person`."""
    w.out_n[0] = 0
    for q in range(len(w.squad_n)):
        if w.squad_n[q] == 0:
            continue
        w.squad_clock[q, HIT] += ticks(risk_in(w, w.squad_company[q]))
        if w.squad_clock[q, HIT] >= w.squad_low[q, HIT]:
            _scan_hit(w, q)
    sort_out(w)


@kernel
def _scan_hit(w: World, q: int) -> None:
    low = FAR
    for j in range(w.squad_size[q]):
        i = w.slots[q, j]
        if i < 0:
            continue
        if w.target[i, HIT] <= w.squad_clock[q, HIT]:
            w.out_person[w.out_n[0]] = i
            w.out_n[0] += 1
        else:
            low = min(low, w.target[i, HIT])
    w.squad_low[q, HIT] = low


@kernel
def decide(w: World, binding: Array, found: Array) -> None:
    """Advance all exit clocks on one thread; the leavers stand in `out_person`."""
    found[:] = 0
    decide_loose(w, 0, w.loose_n[0], w.out_person, w.out_route, binding, found)
    w.loose_n[0] = found[KEPT]
    bind_some(w, binding, found[BINDING])
    decide_squads(w, 0, len(w.squad_n), w.out_person, w.out_route, found)
    decide_communities(w, 0, len(w.community_force), w.out_person, w.out_route, found)
    w.out_n[0] = found[LEAVING]
    sort_out(w)


LEAVING, KEPT, BINDING = 0, 1, 2  # what a thread counts


@kernel
def bind_some(w: World, people: Array, n: int) -> None:
    """Bind the first n of a list to their cells, before the cells' clocks advance."""
    for m in range(n):
        bind(w, people[m])


@kernel
def sort_out(w: World) -> None:
    """Put the day's people into the order of their numbers, whatever found them first."""
    n = w.out_n[0]
    if n < 2:
        return
    order = np.argsort(w.out_person[:n])
    w.out_person[:n] = w.out_person[:n][order]
    w.out_route[:n] = w.out_route[:n][order]


@kernel
def _first_route(target: Array, i: int, clock: Array, row: int, step: Array) -> int:
    """The route whose clock passes a bound person's target first today, -1 if none does."""
    best, route = 2.0, -1
    for k in range(N_ROUTES):
        if target[i, k] <= clock[row, k] and step[k] > 0:
            when = crossing(target[i, k] - (clock[row, k] - step[k]), step[k])
            if when < best:
                best, route = when, k
    return route


@kernel
def best_open(open_: Array, row: int) -> int:
    """The route with the largest opportunity times chance, -1 if none is open."""
    best, route = 0.0, -1
    for k in range(N_ROUTES):
        if open_[row, k] > best:
            best, route = open_[row, k], k
    return route


@kernel
def _advance_clock(
    form: int,
    a: float,
    b: float,
    c: float,
    clock: Array,
    low: Array,
    row: int,
    open_: Array,
    level_: Array,
    shared: Array,
    step: Array,
) -> bool:
    """Advance a cell's exit clocks by a day; whether one of them passes somebody's target."""
    passed = False
    for k in range(N_ROUTES):
        step[k] = 0
        if open_[row, k] > 0.0:
            step[k] = ticks(exit_rate(form, open_[row, k], level_[row, k], shared[row, k], 0.0, a, b, c))
            clock[row, k] += step[k]
            if clock[row, k] >= low[row, k]:
                passed = True
    return passed


@kernel
def decide_squads(w: World, first: int, last: int, person: Array, route: Array, found: Array) -> None:
    """Advance the exit clocks of squads and list the bound who leave."""
    step = np.zeros(N_ROUTES, np.int64)
    form, a, b, c = (
        w.form,
        w.behaviour[col.B_ADDITIVE_SCALE],
        w.behaviour[col.B_CONCAVE_SCALE],
        w.behaviour[col.B_CONCAVE_POWER],
    )
    serving, clock, low, open_, level_, shared = (
        w.squad_n,
        w.squad_clock,
        w.squad_low,
        w.squad_open,
        w.squad_level,
        w.squad_shared,
    )
    for q in range(first, last):
        if serving[q] == 0:
            continue
        passed = _advance_clock(form, a, b, c, clock, low, q, open_, level_, shared, step)
        way = -1
        if form == THRESHOLD:
            way = best_open(open_, q)
            if way >= 0:
                passed = passed or w.squad_share[q] + w.squad_pull[q, way] >= w.squad_low_theta[q]
        if passed:
            _scan_squad(w, q, step, way, person, route, found)


@kernel
def _scan_squad(w: World, q: int, step: Array, way: int, person: Array, route: Array, found: Array) -> None:
    low = w.squad_low
    low[q, :N_ROUTES] = FAR
    low_theta = 1e300
    for j in range(w.squad_size[q]):
        i = w.slots[q, j]
        if i < 0 or w.bound[i] != 2:
            continue
        k = _first_route(w.target, i, w.squad_clock, q, step)
        if way >= 0 and k < 0 and leaves_by_threshold(w.squad_share[q], w.theta[i], w.squad_pull[q, way]):
            k = way
        if k >= 0:
            person[found[LEAVING]] = i
            route[found[LEAVING]] = k
            found[LEAVING] += 1
            continue
        for r in range(N_ROUTES):
            low[q, r] = min(low[q, r], w.target[i, r])
        if form_is_threshold(w):
            low_theta = min(low_theta, w.theta[i])
    w.squad_low_theta[q] = low_theta


@kernel
def form_is_threshold(w: World) -> bool:
    """Whether people leave when enough others have."""
    return w.form == THRESHOLD


@kernel
def decide_communities(w: World, first: int, last: int, person: Array, route: Array, found: Array) -> None:
    """Advance the exit clocks of people at home and list the bound who leave."""
    step = np.zeros(N_ROUTES, np.int64)
    form, a, b, s = (
        w.form,
        w.behaviour[col.B_ADDITIVE_SCALE],
        w.behaviour[col.B_CONCAVE_SCALE],
        w.behaviour[col.B_CONCAVE_POWER],
    )
    people = w.class_n
    for c in range(first, last):
        clock, low = w.class_clock[c], w.class_low[c]
        open_, level_, shared = w.class_open[c], w.class_level[c], w.class_shared[c]
        for cl in range(HOME_CIVILIAN + 2):
            if people[c, cl] == 0:
                continue
            passed = _advance_clock(form, a, b, s, clock, low, cl, open_, level_, shared, step)
            way = -1
            if form == THRESHOLD:
                way = best_open(open_, cl)
                if way >= 0:
                    passed = passed or w.class_share[c, cl] + w.class_pull[c, cl, way] >= w.class_low_theta[c, cl]
            if passed:
                _scan_class(w, c, cl, step, way, person, route, found)


@kernel
def _scan_class(w: World, c: int, cl: int, step: Array, way: int, person: Array, route: Array, found: Array) -> None:
    if cl < HOME_CIVILIAN:
        first, last = w.reservists_start[c], w.reservists_end[c]
    else:
        first, last = w.civilians_start[c], w.civilians_end[c]
    skilled = SKILLED_BIT if (cl == HOME_RESERVIST + 1 or cl == HOME_CIVILIAN + 1) else 0
    clock, low = w.class_clock[c], w.class_low[c]
    low[cl, :N_ROUTES] = FAR
    low_theta = 1e300
    status, bound, trait, target = w.status, w.bound, w.trait, w.target
    for i in range(first, last):
        if bound[i] != 2 or status[i] != HOME or (trait[i] & SKILLED_BIT) != skilled:
            continue
        k = _first_route(target, i, clock, cl, step)
        if way >= 0 and k < 0 and leaves_by_threshold(w.class_share[c, cl], w.theta[i], w.class_pull[c, cl, way]):
            k = way
        if k >= 0:
            person[found[LEAVING]] = i
            route[found[LEAVING]] = k
            found[LEAVING] += 1
            if k < SKILLED:
                continue
        for r in range(N_ROUTES):
            low[cl, r] = min(low[cl, r], target[i, r])
        if form_is_threshold(w):
            low_theta = min(low_theta, w.theta[i])
    w.class_low_theta[c, cl] = low_theta


@kernel
def decide_loose(w: World, first: int, last: int, person: Array, route: Array, binding: Array, found: Array) -> None:
    """Advance the exit clocks of those on rows first, ..., last - 1 of the list of own clocks.

    Lists the leavers and those who need no clock of their own any more, drops those who cannot leave, and closes up the rest from `first` on.
    """
    form, behaviour = w.form, w.behaviour
    a, b, s = behaviour[col.B_ADDITIVE_SCALE], behaviour[col.B_CONCAVE_SCALE], behaviour[col.B_CONCAVE_POWER]
    cross, beta, star = behaviour[col.B_CROSS_ROUTE], w.beta[TIES], w.beta_star[TIES]
    loose, status, kind, trait, bound, touched = w.loose, w.status, w.kind, w.trait, w.bound, w.is_touched
    squad, community, target, tie = w.squad, w.community, w.target, w.tie
    squad_open, squad_level, squad_shared = w.squad_open, w.squad_level, w.squad_shared
    class_open, class_level, class_shared = w.class_open, w.class_level, w.class_shared
    reception_at, quarter, squad_home, force_of = w.reception, w.quarter, w.squad_community, w.force_of
    imitates = form != NONE and form != THRESHOLD
    kept = first
    for m in range(first, last):
        i = loose[m]
        if not can_leave(status[i]):
            bound[i] = 0
            continue
        if may_bind(status[i], kind[i], touched[i]):
            binding[found[BINDING]] = i
            found[BINDING] += 1
            continue
        loose[kept] = i
        kept += 1
        serving = status[i] == SERVING
        if serving:
            row, cl = squad[i], 0
        else:
            row, cl = community[i], class_of(kind[i], status[i], trait[i])
        total = 0
        if touched[i] != 0 and imitates:
            for k in range(N_ROUTES):
                total += tie[i, k]
        best, way = 2.0, -1
        for k in range(N_ROUTES):
            open_ = squad_open[row, k] if serving else class_open[row, cl, k]
            if open_ <= 0.0:
                continue
            tied = 0.0
            if total != 0:
                # The same as reception_in_squad and reception_in_class, written out: calls through the world cost half the run.
                reception = 0.0
                if k == FLEE:
                    reception = (
                        reception_at[squad_home[row], DESERTER] if serving else reception_at[row, category_of_class(cl)]
                    )
                elif k == SURRENDER:
                    reception = quarter[force_of[i]]
                tied = contagion(beta, star, reception, (tie[i, k] + cross * (total - tie[i, k])) / TIE_SHARE)
            if serving:
                step = ticks(exit_rate(form, open_, squad_level[row, k], squad_shared[row, k], tied, a, b, s))
            else:
                step = ticks(exit_rate(form, open_, class_level[row, cl, k], class_shared[row, cl, k], tied, a, b, s))
            when = crossing(target[i, k], step)
            target[i, k] -= step
            if when < best:
                best, way = when, k
        if way < 0 and form == THRESHOLD:
            way = _follow(w, i, row, cl, serving)
        if way >= 0:
            person[found[LEAVING]] = i
            route[found[LEAVING]] = way
            found[LEAVING] += 1
    found[KEPT] += kept - first


@kernel
def _follow(w: World, i: int, row: int, cl: int, serving: bool) -> int:
    """The threshold form for a person with his own clock: the route he leaves by, -1 if not enough others have."""
    way = best_open(w.squad_open, row) if serving else best_open(w.class_open[row], cl)
    if way < 0:
        return -1
    total = 0
    for r in range(N_ROUTES):
        total += w.tie[i, r]
    share = (w.squad_share[row] if serving else w.class_share[row, cl]) + w.beta[TIES] * (total / TIE_SHARE)
    pull = w.squad_pull[row, way] if serving else w.class_pull[row, cl, way]
    return way if leaves_by_threshold(share, w.theta[i], pull) else -1


@kernel
def fade_ties(w: World, first: int, last: int, found: Array) -> None:
    """Let the tie pressures on rows first, ..., last - 1 of the list of the touched forget a day, and close up the list from `first` on."""
    touched, tie, is_touched, keep = w.touched, w.tie, w.is_touched, w.keep[TIES]
    kept = first
    for m in range(first, last):
        i = touched[m]
        total = 0
        for k in range(N_ROUTES):
            if tie[i, k] != 0:
                left = decayed(tie[i, k] + 0, keep)
                tie[i, k] = left
                total += left
        if total < TIE_FADED:
            for k in range(N_ROUTES):
                tie[i, k] = 0
            is_touched[i] = 0
        else:
            touched[kept] = i
            kept += 1
    found[KEPT] += kept - first


@kernel
def tell_ties(w: World) -> None:
    """Tell the ties of today's leavers."""
    if w.beta[TIES] == 0.0 and w.beta_star[TIES] == 0.0:
        return
    for n in range(w.out_n[0]):
        if w.out_route[n] < 0:
            continue
        i = w.out_person[n]
        weight = leaving_weight(w, i)
        for e in range(w.tie_start[i], w.tie_start[i + 1]):
            _tell(w, w.tie_to[e], w.out_route[n], weight)


@kernel
def _tell(w: World, i: int, route: int, weight: float) -> None:
    ties = w.tie_start[i + 1] - w.tie_start[i]
    w.tie[i, route] = min(int(w.tie[i, route]) + int(weight * TIE_SHARE / ties + 0.5), TIE_MOST)
    if w.is_touched[i] == 0:
        w.is_touched[i] = 1
        w.touched[w.touched_n[0]] = i
        w.touched_n[0] += 1
        if w.bound[i] == 2:
            unbind(w, i)


@kernel
def close_up(rows: Array, edges: Array, kept: Array) -> int:
    """Close the gaps that threads left in a list each of whose parts they closed up for themselves; the new length."""
    at = kept[0]
    for part in range(1, len(kept)):
        for m in range(kept[part]):
            rows[at] = rows[edges[part] + m]
            at += 1
    return at


TIDY_EVERY = 30  # days after which lists are put in order, so that neighbours in memory are read together
SMALL = 50_000  # persons a thread must have to be worth waking


class _Lists:
    """What one thread found: leavers with their routes, people to bind, and three counts."""

    def __init__(self, persons: int) -> None:
        # Never written, never paid for: pages of these lists cost memory only as far as people leave on one day.
        self.person = np.empty(persons, np.int64)
        self.route = np.empty(persons, np.int8)
        self.binding = np.empty(persons, np.int64)
        self.found = np.zeros(3, np.int64)


class Crowd:
    """The population as arrays, see the module's first lines.

    Ranges of communities, squads and lists are given to threads; each lists its leavers in an array of its own, and the lists are sorted by person,
    so the number of threads changes no bit.
    """

    def __init__(self, world: World, core: Any, threads: int) -> None:
        self.world, self.core = world, core
        self.threads = max(1, min(threads, len(world.status) // SMALL))
        self._pool: ThreadPoolExecutor | None = None
        self._lists: list[_Lists] = []

    def advance(self, first: int, last: int) -> None:
        """Run the days first, ..., last - 1, in the order of desertion.day."""
        if not self._lists:
            self._lists = [_Lists(len(self.world.status)) for _ in range(self.threads)]
        if self.threads > 1 and self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads)
        turned = np.zeros(len(self.world.community_force), np.int64)
        for day in range(first, last):
            self._day(day, turned)

    def _day(self, day: int, turned: Array) -> None:
        w, core = self.world, self.core
        if day % TIDY_EVERY == 0:
            w.loose[: w.loose_n[0]].sort()
            w.touched[: w.touched_n[0]].sort()
        morning(core, day)
        self._spread(publish_companies, len(w.company_force))
        self._spread(publish_communities, len(w.community_force))
        self._spread(publish_squads, len(w.squad_force))
        combat(core)
        take_casualties(core, day)
        if self.threads == 1:
            decide(core, self._lists[0].binding, self._lists[0].found)
        else:
            self._decide_on_threads()
        afternoon(core, day)
        self._fade()
        tell_ties(core)
        count_streets(core, day, turned)
        evening(core, day, turned)

    def _decide_on_threads(self) -> None:
        w, lists = self.world, self._lists
        for own in lists:
            own.found[:] = 0
        edges = self._spread(
            decide_loose, int(w.loose_n[0]), lambda own: (own.person, own.route, own.binding, own.found)
        )
        w.loose_n[0] = close_up(w.loose, edges, np.array([own.found[KEPT] for own in lists]))
        for own in lists:
            bind_some(self.core, own.binding, own.found[BINDING])
        self._spread(decide_squads, len(w.squad_force), lambda own: (own.person, own.route, own.found))
        self._spread(decide_communities, len(w.community_force), lambda own: (own.person, own.route, own.found))
        at = 0
        for own in lists:
            n = int(own.found[LEAVING])
            w.out_person[at : at + n], w.out_route[at : at + n] = own.person[:n], own.route[:n]
            at += n
        w.out_n[0] = at
        sort_out(self.core)

    def _fade(self) -> None:
        w, lists = self.world, self._lists
        for own in lists:
            own.found[KEPT] = 0
        edges = self._spread(fade_ties, int(w.touched_n[0]), lambda own: (own.found,))
        w.touched_n[0] = close_up(w.touched, edges, np.array([own.found[KEPT] for own in lists]))

    def _spread(self, work: Any, n: int, extra: Callable[[_Lists], tuple[Any, ...]] = lambda _own: ()) -> Array:
        """Let each thread do its part of the rows 0..n-1; where the parts begin and end."""
        edges = np.array([n * k // self.threads for k in range(self.threads + 1)])
        if self._pool is None:
            work(self.core, 0, n, *extra(self._lists[0]))
            return edges
        parts = [
            self._pool.submit(work, self.core, edges[k], edges[k + 1], *extra(own)) for k, own in enumerate(self._lists)
        ]
        for part in parts:
            part.result()
        return edges

    def reconnect(self, core: Any) -> None:
        """Take the world for kernels anew, after the model was read back from a pickle."""
        self.core = core

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__) | {"core": None, "_pool": None, "_lists": []}
