"""The compiled form of the population: clocks shared by squads and communities, own clocks only for those whom ties have touched.

A cell (a squad, or a class of people at home in a community) adds each day's hazard to one clock per route. A person bound to it leaves on the
day its clock passes his target, so he costs nothing until then. Clocks are whole ticks, so this is the same in every bit as adding up day by day.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from desertion import columns as col
from desertion.compiled import kernel
from desertion.day import afternoon, evening, morning, take_casualties
from desertion.departure import leaving_weight
from desertion.institutions.home import count_streets
from desertion.register import bind, can_leave, class_of, may_bind, unbind
from desertion.rules import FAR, TIE_FADED, TIE_SHARE, contagion, crossing, decayed, exit_rate, leaves_by_threshold, ticks
from desertion.signals import publish_communities, publish_squads, reception_in_class, reception_in_squad, risk_in
from desertion.statuses import (
    HIT,
    HOME,
    HOME_CIVILIAN,
    HOME_RESERVIST,
    N_ROUTES,
    NONE,
    SERVING,
    SKILLED_BIT,
    THRESHOLD,
    TIES,
)
from desertion.world import Array, World


@kernel
def combat(w):
    """Advance all casualty clocks; the hit stand in `out_person`."""
    w.out_n[0] = 0
    combat_squads(w, 0, len(w.squad_n), w.out_person, w.out_n)
    combat_loose(w, w.out_person, w.out_n)
    sort_out(w)


@kernel
def decide(w):
    """Advance all exit clocks on one thread; the leavers stand in `out_person`."""
    w.out_n[0] = 0
    decide_squads(w, 0, len(w.squad_n), w.out_person, w.out_route, w.out_n)
    decide_communities(w, 0, len(w.community_force), w.out_person, w.out_route, w.out_n)
    decide_loose(w, 0, w.loose_n[0], w.out_person, w.out_route, w.out_n)
    sort_out(w)


@kernel
def sort_out(w):
    """Put the day's people into the order of their numbers, whatever found them first."""
    n = w.out_n[0]
    if n < 2:
        return
    order = np.argsort(w.out_person[:n])
    w.out_person[:n] = w.out_person[:n][order]
    w.out_route[:n] = w.out_route[:n][order]


@kernel
def combat_squads(w, first, last, person, count):
    """Advance the casualty clocks of squads and list the bound who are hit."""
    for q in range(first, last):
        if w.squad_n[q] == 0:
            continue
        w.squad_clock[q, HIT] += ticks(risk_in(w, w.squad_company[q]))
        if w.squad_clock[q, HIT] < w.squad_low[q, HIT]:
            continue
        low = FAR
        for j in range(w.squad_size[q]):
            i = w.slots[q, j]
            if i >= 0 and w.bound[i] == 2:
                if w.target[HIT, i] <= w.squad_clock[q, HIT]:
                    person[count[0]] = i
                    count[0] += 1
                else:
                    low = min(low, w.target[HIT, i])
        w.squad_low[q, HIT] = low


@kernel
def combat_loose(w, person, count):
    """Advance the casualty clocks of soldiers who have their own."""
    for m in range(w.loose_n[0]):
        i = w.loose[m]
        if w.bound[i] == 1 and w.status[i] == SERVING:
            w.target[HIT, i] -= ticks(risk_in(w, w.squad_company[w.squad[i]]))
            if w.target[HIT, i] <= 0:
                person[count[0]] = i
                count[0] += 1


@kernel
def settle(w):
    """Bind those on the list of own clocks who need none any more, and drop those who cannot leave."""
    kept = 0
    for m in range(w.loose_n[0]):
        i = w.loose[m]
        if not can_leave(w.status[i]):
            w.bound[i] = 0
        elif may_bind(w, i):
            bind(w, i)
        else:
            w.loose[kept] = i
            kept += 1
    w.loose_n[0] = kept


@kernel
def _rate(w, open_, level_, shared, tied):
    b = w.behaviour
    return exit_rate(w.form, open_, level_, shared, tied, b[col.B_ADDITIVE_SCALE], b[col.B_CONCAVE_SCALE], b[col.B_CONCAVE_POWER])


@kernel
def _add_day(w, clock, low, open_, level_, shared, step):
    """Advance a cell's exit clocks by a day; whether one of them passes somebody's target."""
    passed = False
    for k in range(N_ROUTES):
        step[k] = ticks(_rate(w, open_[k], level_[k], shared[k], 0.0))
        clock[k] += step[k]
        if clock[k] >= low[k] and step[k] > 0:
            passed = True
    return passed


@kernel
def _first_route(w, i, clock, step):
    """The route whose clock passes a bound person's target first today, -1 if none does."""
    best, route = 2.0, -1
    for k in range(N_ROUTES):
        if w.target[k, i] <= clock[k] and step[k] > 0:
            when = crossing(w.target[k, i] - (clock[k] - step[k]), step[k])
            if when < best:
                best, route = when, k
    return route


@kernel
def best_open(open_):
    """The route with the largest opportunity times chance, -1 if none is open."""
    best, route = 0.0, -1
    for k in range(N_ROUTES):
        if open_[k] > best:
            best, route = open_[k], k
    return route


@kernel
def decide_squads(w, first, last, person, route, count):
    """Advance the exit clocks of squads and list the bound who leave."""
    step = np.zeros(N_ROUTES, np.int64)
    for q in range(first, last):
        if w.squad_n[q] == 0:
            continue
        passed = _add_day(w, w.squad_clock[q], w.squad_low[q], w.squad_open[q], w.squad_level[q], w.squad_shared[q], step)
        way, share = -1, 0.0
        if w.form == THRESHOLD:
            way = best_open(w.squad_open[q])
            if way >= 0:
                share = w.squad_share[q] + w.squad_pull[q, way]
                passed = passed or share >= w.squad_low_theta[q]
        if passed:
            _scan_squad(w, q, step, way, share, person, route, count)


@kernel
def _scan_squad(w, q, step, way, share, person, route, count):
    low = w.squad_low[q]
    low[:N_ROUTES] = FAR
    low_theta = 1e300
    for j in range(w.squad_size[q]):
        i = w.slots[q, j]
        if i < 0 or w.bound[i] != 2:
            continue
        k = _first_route(w, i, w.squad_clock[q], step)
        if way >= 0 and k < 0 and leaves_by_threshold(w.squad_share[q], w.theta[i], w.squad_pull[q, way]):
            k = way
        if k >= 0:
            person[count[0]] = i
            route[count[0]] = k
            count[0] += 1
            if k < 4:
                continue
        for r in range(N_ROUTES):
            low[r] = min(low[r], w.target[r, i])
        if w.form == THRESHOLD:
            low_theta = min(low_theta, w.theta[i])
    w.squad_low_theta[q] = low_theta


@kernel
def decide_communities(w, first, last, person, route, count):
    """Advance the exit clocks of people at home and list the bound who leave."""
    step = np.zeros(N_ROUTES, np.int64)
    for c in range(first, last):
        for cl in range(HOME_CIVILIAN + 2):
            if w.class_n[c, cl] == 0:
                continue
            clock, low = w.class_clock[c, cl], w.class_low[c, cl]
            passed = _add_day(w, clock, low, w.class_open[c, cl], w.class_level[c, cl], w.class_shared[c, cl], step)
            way = -1
            if w.form == THRESHOLD:
                way = best_open(w.class_open[c, cl])
                if way >= 0:
                    passed = passed or w.class_share[c, cl] + w.class_pull[c, cl, way] >= w.class_low_theta[c, cl]
            if passed:
                _scan_class(w, c, cl, step, way, person, route, count)


@kernel
def _scan_class(w, c, cl, step, way, person, route, count):
    if cl < HOME_CIVILIAN:
        first, last = w.reservists_start[c], w.reservists_end[c]
    else:
        first, last = w.civilians_start[c], w.civilians_end[c]
    skilled = SKILLED_BIT if (cl == HOME_RESERVIST + 1 or cl == HOME_CIVILIAN + 1) else 0
    clock, low = w.class_clock[c, cl], w.class_low[c, cl]
    low[:N_ROUTES] = FAR
    low_theta = 1e300
    for i in range(first, last):
        if w.bound[i] != 2 or w.status[i] != HOME or (w.trait[i] & SKILLED_BIT) != skilled:
            continue
        k = _first_route(w, i, clock, step)
        if way >= 0 and k < 0 and leaves_by_threshold(w.class_share[c, cl], w.theta[i], w.class_pull[c, cl, way]):
            k = way
        if k >= 0:
            person[count[0]] = i
            route[count[0]] = k
            count[0] += 1
            if k < 4:
                continue
        for r in range(N_ROUTES):
            low[r] = min(low[r], w.target[r, i])
        if w.form == THRESHOLD:
            low_theta = min(low_theta, w.theta[i])
    w.class_low_theta[c, cl] = low_theta


@kernel
def tie_share(w, i, k):
    """Pressure from a person's ties that counts for route k, as a share of his ties."""
    own, total = w.tie[k, i], 0
    for r in range(N_ROUTES):
        total += w.tie[r, i]
    return (own + w.behaviour[col.B_CROSS_ROUTE] * (total - own)) / TIE_SHARE


@kernel
def reception_of(w, i, k):
    """Perceived safety of the receiving end of a route for one person."""
    if w.status[i] == SERVING:
        return reception_in_squad(w, w.squad[i], k)
    return reception_in_class(w, w.community[i], class_of(w.kind[i], w.status[i], w.trait[i]), k)


@kernel
def decide_loose(w, first, last, person, route, count):
    """Advance the exit clocks of those who have their own and list the leavers."""
    for m in range(first, last):
        i = w.loose[m]
        if w.status[i] == SERVING:
            q = w.squad[i]
            k = _decide_one(w, i, w.squad_open[q], w.squad_level[q], w.squad_shared[q], w.squad_share[q], w.squad_pull[q])
        else:
            c, cl = w.community[i], class_of(w.kind[i], w.status[i], w.trait[i])
            k = _decide_one(
                w, i, w.class_open[c, cl], w.class_level[c, cl], w.class_shared[c, cl], w.class_share[c, cl], w.class_pull[c, cl]
            )
        if k >= 0:
            person[count[0]] = i
            route[count[0]] = k
            count[0] += 1


@kernel
def _decide_one(w, i, open_, level_, shared, share, pull):
    best, route = 2.0, -1
    touched = w.is_touched[i] != 0 and w.form != NONE and w.form != THRESHOLD
    for k in range(N_ROUTES):
        if open_[k] <= 0.0:
            continue
        tied = 0.0
        if touched:
            tied = contagion(w.beta[TIES], w.beta_star[TIES], reception_of(w, i, k), tie_share(w, i, k))
        step = ticks(_rate(w, open_[k], level_[k], shared[k], tied))
        when = crossing(w.target[k, i], step)
        w.target[k, i] -= step
        if when < best:
            best, route = when, k
    if route < 0 and w.form == THRESHOLD:
        way = best_open(open_)
        if way >= 0:
            total = 0
            for r in range(N_ROUTES):
                total += w.tie[r, i]
            if leaves_by_threshold(share + w.beta[TIES] * (total / TIE_SHARE), w.theta[i], pull[way]):
                route = way
    return route


@kernel
def tell_ties(w):
    """Let tie pressures forget a day, then tell the ties of today's leavers."""
    kept = 0
    for m in range(w.touched_n[0]):
        i = w.touched[m]
        total = 0
        for k in range(N_ROUTES):
            left = decayed(w.tie[k, i] + 0, w.keep[TIES])
            w.tie[k, i] = left
            total += left
        if total < TIE_FADED:
            for k in range(N_ROUTES):
                w.tie[k, i] = 0
            w.is_touched[i] = 0
        else:
            w.touched[kept] = i
            kept += 1
    w.touched_n[0] = kept
    if w.beta[TIES] == 0.0 and w.beta_star[TIES] == 0.0:
        return
    for n in range(w.out_n[0]):
        if w.out_route[n] < 0:
            continue
        i = w.out_person[n]
        for e in range(w.tie_start[i], w.tie_start[i + 1]):
            _tell(w, w.tie_to[e], w.out_route[n], leaving_weight(w, i))


@kernel
def _tell(w, i, route, weight):
    ties = w.tie_start[i + 1] - w.tie_start[i]
    w.tie[route, i] += int(weight * TIE_SHARE / ties + 0.5)
    if w.is_touched[i] == 0:
        w.is_touched[i] = 1
        w.touched[w.touched_n[0]] = i
        w.touched_n[0] += 1
        if w.bound[i] == 2:
            unbind(w, i)




SMALL = 50_000  # persons a thread must have to be worth waking


class Crowd:
    """The population as arrays, see the module's first lines.

    Ranges of communities and squads are given to threads; each lists its leavers in an array of its own, and the lists are sorted by person, so the
    number of threads changes no bit.
    """

    def __init__(self, world: World, core: Any, threads: int) -> None:
        self.world, self.core = world, core
        self.threads = max(1, min(threads, len(world.status) // SMALL))
        self._pool: ThreadPoolExecutor | None = None
        self._lists: list[tuple[Array, Array, Array]] = []

    def advance(self, first: int, last: int) -> None:
        """Run the days first, ..., last - 1, in the order of desertion.day."""
        if self.threads > 1 and self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads)
            n = len(self.world.status)
            # Never written, never paid for: pages of these lists cost memory only as far as people leave on one day.
            self._lists = [(np.empty(n, np.int64), np.empty(n, np.int8), np.zeros(1, np.int64)) for _ in range(self.threads)]
        turned = np.zeros(len(self.world.community_force), np.int64)
        for day in range(first, last):
            if self.threads == 1:
                self._day(day, turned)
            else:
                self._day_on_threads(day, turned)

    def _day(self, day: int, turned: Array) -> None:
        w, core = self.world, self.core
        n_communities, n_squads = len(w.community_force), len(w.squad_force)
        morning(core, day)
        publish_communities(core, 0, n_communities)
        publish_squads(core, 0, n_squads)
        combat(core)
        take_casualties(core, day)
        settle(core)
        decide(core)
        afternoon(core, day)
        tell_ties(core)
        count_streets(core, day, turned)
        evening(core, day, turned)

    def _day_on_threads(self, day: int, turned: Array) -> None:
        w, core = self.world, self.core
        n_communities, n_squads = len(w.community_force), len(w.squad_force)
        morning(core, day)
        self._spread(publish_communities, n_communities)
        self._spread(publish_squads, n_squads)
        combat(core)
        take_casualties(core, day)
        settle(core)
        for _, _, count in self._lists:
            count[0] = 0
        self._spread(decide_squads, n_squads, listing=True)
        self._spread(decide_communities, n_communities, listing=True)
        self._spread(decide_loose, int(w.loose_n[0]), listing=True)
        self._merge()
        afternoon(core, day)
        tell_ties(core)
        count_streets(core, day, turned)
        evening(core, day, turned)

    def _spread(self, work: Any, n: int, *, listing: bool = False) -> None:
        """Let each thread do its part of the rows 0..n-1."""
        assert self._pool is not None
        edges = [n * k // self.threads for k in range(self.threads + 1)]
        parts = [
            self._pool.submit(work, self.core, edges[k], edges[k + 1], *(self._lists[k] if listing else ())) for k in range(self.threads)
        ]
        for part in parts:
            part.result()

    def _merge(self) -> None:
        w, at = self.world, 0
        for person, route, count in self._lists:
            n = int(count[0])
            w.out_person[at : at + n], w.out_route[at : at + n] = person[:n], route[:n]
            at += n
        w.out_n[0] = at
        sort_out(self.core)

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__) | {"core": None, "_pool": None, "_lists": []}
