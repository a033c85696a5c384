"""People with clocks of their own: those whom ties have touched, and those on their way between home, unit and hiding.

Everybody else is bound to his cell, see cells.py.
"""

from __future__ import annotations

import numpy as np

from desertion.engine.compile import kernel
from desertion.engine.threads import AHEAD, FETCHED, KEPT, LISTED
from desertion.rules.hazard import NONE, THRESHOLD, contagion, exit_rate, leaves_by_threshold
from desertion.rules.ticks import TIE_MOST, TIE_SHARE, crossing, ticks
from desertion.simulation.clocks.resting import add_up, fade, may_rest
from desertion.simulation.clocks.shared import BINDING, LEAVING, best_open
from desertion.simulation.clocks.targets import bind, loosen, make_loose
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Array, World
from desertion.simulation.world.people import can_leave, category_of_class, class_of, leaving_weight, may_bind


@kernel
def _fetch(w: World, first: int, last: int) -> int:
    """Read what `decide_loose` will need of the people on rows first, ..., last - 1 of its list; the sum means nothing.

    They lie scattered over memory. Reads that do not wait for each other overlap, while those of `decide_loose` would come one after the other
    (half its time at a million people).
    """
    loose, status, kind, trait, touched = w.own_clocks, w.status, w.kind, w.trait, w.is_touched
    squad, community, target, tie = w.squad, w.community, w.target, w.tie_pressure
    total = 0
    for m in range(first, last):
        i = loose[m]
        total += status[i] + kind[i] + trait[i] + touched[i] + squad[i] + community[i]
        total += target[i, 0] + target[i, codes.N_ROUTES - 1] + tie[i, 0] + tie[i, codes.N_ROUTES - 1]
    return total


@kernel
def decide_loose(w: World, first: int, last: int, leavers: Array, routes: Array, binding: Array, counts: Array) -> None:
    """Advance the exit clocks of those on rows first, ..., last - 1 of the list of own clocks.

    Lists the leavers and those who need no clock of their own any more, drops those who cannot leave, and closes up the rest from `first` on.
    """
    form, behaviour = w.form, w.behaviour[0]
    additive, concave, power = behaviour.additive_scale, behaviour.concave_scale, behaviour.concave_power
    cross, beta, beta_star = behaviour.cross_route, w.beta[codes.TIES], w.beta_star[codes.TIES]
    loose, status, kind, trait, bound, touched = w.own_clocks, w.status, w.kind, w.trait, w.bound, w.is_touched
    squad, community, target, tie, tie_day, keep, days_done = (
        w.squad,
        w.community,
        w.target,
        w.tie_pressure,
        w.tie_day,
        w.daily_keep[codes.TIES],
        w.days_done[0],
    )
    squad_open, squad_level, squad_shared = w.squad_open, w.squad_level, w.squad_shared
    class_open, class_level, class_shared = w.class_open, w.class_level, w.class_shared
    reception_at, quarter, squad_home, force_of, outlook = (
        w.reception,
        w.quarter,
        w.squad_community,
        w.force_of,
        w.row_seen,
    )
    imitates = form != NONE and form != THRESHOLD
    kept = first
    for m in range(first, last):
        if (m - first) % AHEAD == 0:
            counts[FETCHED] = _fetch(w, m, min(m + AHEAD, last))
        i = loose[m]
        if not can_leave(status[i]):
            bound[i] = codes.NOBODYS
            continue
        if touched[i] != 0:
            fade(tie, touched, tie_day, i, keep, days_done)
        # Who waits for a visa is asked every day; bound, he would have his whole community looked through.
        if may_bind(status[i], kind[i], touched[i]) and target[i, codes.EMIGRATE] > 0:
            binding[counts[BINDING]] = i
            counts[BINDING] += 1
            continue
        loose[kept] = i
        kept += 1
        serving = status[i] == codes.SERVING
        if serving:
            row, cl = squad[i], 0
        else:
            row, cl = outlook[community[i]], class_of(kind[i], status[i], trait[i])
        total = 0
        if touched[i] != 0 and imitates:
            for route in range(codes.N_ROUTES):
                total += tie[i, route]
        best, chosen = 2.0, -1
        for route in range(codes.N_ROUTES):
            open_chance = squad_open[row, route] if serving else class_open[row, cl, route]
            if open_chance <= 0.0:
                continue
            tied = 0.0
            if total != 0:
                # The same as reception_in_squad and reception_in_class, written out: calls through the world cost half the run.
                reception = 0.0
                if route == codes.FLEE:
                    reception = (
                        reception_at[outlook[squad_home[row]], codes.DESERTER]
                        if serving
                        else reception_at[row, category_of_class(cl)]
                    )
                elif route == codes.SURRENDER:
                    reception = quarter[force_of[i]]
                tied = contagion(
                    beta, beta_star, reception, (tie[i, route] + cross * (total - tie[i, route])) / TIE_SHARE
                )
            if serving:
                step = ticks(
                    exit_rate(
                        form,
                        open_chance,
                        squad_level[row, route],
                        squad_shared[row, route],
                        tied,
                        additive,
                        concave,
                        power,
                    )
                )
            else:
                step = ticks(
                    exit_rate(
                        form,
                        open_chance,
                        class_level[row, cl, route],
                        class_shared[row, cl, route],
                        tied,
                        additive,
                        concave,
                        power,
                    )
                )
            when = crossing(target[i, route], step)
            target[i, route] -= step
            if when < best:
                best, chosen = when, route
        if chosen < 0 and form == THRESHOLD:
            chosen = _follow(w, i, row, cl, serving)
        if chosen >= 0:
            leavers[counts[LEAVING]] = i
            routes[counts[LEAVING]] = chosen
            counts[LEAVING] += 1
    counts[KEPT] += kept - first


@kernel
def _follow(w: World, i: int, row: int, cl: int, serving: bool) -> int:
    """The threshold form for a person with his own clock: the route he leaves by, -1 if not enough others have."""
    route = best_open(w.squad_open, row) if serving else best_open(w.class_open[row], cl)
    if route < 0:
        return -1
    total = 0
    for other in range(codes.N_ROUTES):
        total += w.tie_pressure[i, other]
    share = (w.squad_share[row] if serving else w.class_share[row, cl]) + w.beta[codes.TIES] * (total / TIE_SHARE)
    pull = w.squad_pull[row, route] if serving else w.class_pull[row, cl, route]
    return route if leaves_by_threshold(share, w.threshold[i], pull) else -1


@kernel
def bind_some(w: World, people: Array, n: int) -> None:
    """Bind the first n of a list to their cells, before the cells' clocks advance."""
    for m in range(n):
        bind(w, people[m])


@kernel
def tell_ties(w: World, first: int, last: int, asked: Array, counts: Array) -> None:
    """Tell those of the persons first, ..., last - 1 who have ties to today's leavers; list who needs his own clock now."""
    if w.beta[codes.TIES] == 0.0 and w.beta_star[codes.TIES] == 0.0:
        return
    leavers, routes, start, to = w.out_person, w.out_route, w.tie_start, w.tie_to
    some, leaver_of = np.empty(AHEAD, np.int64), np.empty(AHEAD, np.int64)
    waiting = 0
    for leaver in range(w.out_n[0]):
        if routes[leaver] < 0:
            continue
        i = leavers[leaver]
        for e in range(start[i], start[i + 1]):
            if first <= to[e] < last:
                some[waiting], leaver_of[waiting] = to[e], leaver
                waiting += 1
                if waiting == AHEAD:
                    _tell_some(w, some, leaver_of, waiting, asked, counts)
                    waiting = 0
    _tell_some(w, some, leaver_of, waiting, asked, counts)


@kernel
def _tell_some(w: World, some: Array, leaver_of: Array, n: int, asked: Array, counts: Array) -> None:
    """Tell the first n people of a list of the leavers of another; what concerns them is read ahead, see `_fetch`."""
    bound, is_touched, tie, target, community = w.bound, w.is_touched, w.tie_pressure, w.target, w.community
    tie_start, status, kind, trait, tie_day, total = w.tie_start, w.status, w.kind, w.trait, w.tie_day, 0
    for m in range(n):
        i = some[m]
        total += (
            bound[i]
            + is_touched[i]
            + tie[i, 0]
            + tie[i, codes.N_ROUTES - 1]
            + target[i, 0]
            + target[i, codes.N_ROUTES - 1]
        )
        total += community[i] + tie_start[i] + status[i] + kind[i] + trait[i] + tie_day[i]
    counts[FETCHED] = total
    for m in range(n):
        _tell(w, some[m], w.out_route[leaver_of[m]], leaving_weight(w, w.out_person[leaver_of[m]]), asked, counts)


@kernel
def _tell(w: World, i: int, route: int, weight: float, asked: Array, counts: Array) -> None:
    """Add a leaver to what presses on a person. The order in which several are added changes nothing."""
    bound, is_touched, tie = w.bound, w.is_touched, w.tie_pressure
    before = bound[i]
    if before == codes.RESTING:
        add_up(w, i, class_of(w.kind[i], w.status[i], w.trait[i]))
    elif is_touched[i] != 0:
        fade(tie, is_touched, w.tie_day, i, w.daily_keep[codes.TIES], w.days_done[0])
    elif before == codes.SHARED:
        loosen(w, i)
    ties = w.tie_start[i + 1] - w.tie_start[i]
    tie[i, route] = min(int(tie[i, route]) + int(weight * TIE_SHARE / ties + 0.5), TIE_MOST)
    is_touched[i] = 1
    w.tie_day[i] = w.days_done[0]
    if before < codes.SHARED:
        return
    c = w.community[i]
    if w.status[i] == codes.HOME and may_rest(w, i, c, class_of(w.kind[i], w.status[i], w.trait[i])):
        bound[i] = codes.RESTING
        w.resting[c] = 1
    else:
        bound[i] = codes.OWN
        asked[counts[LISTED]] = i
        counts[LISTED] += 1


@kernel
def ask_some(w: World, people: Array) -> None:
    """Put people on the list of those who have their own clocks."""
    for i in people:
        make_loose(w, i)
