"""Part 4 for people with clocks of their own: those whom ties press on, and those on their way between home, unit and hiding.

Everybody else goes by the clock that his squad or class shares, see shared.py.
"""

from __future__ import annotations

import numpy as np

from desertion.engine.compile import kernel
from desertion.engine.threads import AHEAD, FETCHED, KEPT, LISTED
from desertion.rules.hazard import MULTIPLICATIVE, NONE, THRESHOLD, contagion, exit_rate, leaves_by_threshold
from desertion.rules.ticks import NOT_TODAY, TIE_MOST, TIE_SHARE, crossing, ticks
from desertion.simulation.clocks.resting import add_up, day_of, fade, may_rest
from desertion.simulation.clocks.shared import BINDING, LEAVING, best_open
from desertion.simulation.clocks.targets import bind, leave_shared_clock, list_own_clock
from desertion.simulation.world import codes
from desertion.simulation.world.codes import DOOR_ROUTES, FIRST_DOOR
from desertion.simulation.world.fields import Array, World
from desertion.simulation.world.people import can_leave, category_of_class, class_of, leaving_weight, may_bind


@kernel
def decide_own(w: World, first: int, last: int, leavers: Array, routes: Array, binding: Array, counts: Array) -> None:
    """Advance the exit clocks of those on rows first, ..., last - 1 of the list of own clocks, and list who leaves by which route.

    For each: (1) who cannot leave drops off the list, and so does who has no way open today, see `let_out`; (2) his ties fade up to today; (3) whom
    ties no longer press on goes back to his shared clock (`binding`); (4) the rest close up from `first` on, and each clock advances by today's ticks:
    the shared rate, times what ties add; (5) the clock that passes first within the day is the route he leaves by; (6) in the threshold form, he may
    follow others instead.
    Only rows of this range and of these people are written, so that threads need no lock.
    """
    # Arrays and numbers are taken out of the world once: read through it, they would be read again for everybody.
    form, behaviour = w.form, w.behaviour[0]
    additive, concave, power = behaviour.additive_scale, behaviour.concave_scale, behaviour.concave_power
    cross, beta, beta_star = behaviour.cross_route, w.beta[codes.TIES], w.beta_star[codes.TIES]
    own_clocks, status, kind, trait, bound = w.own_clocks, w.status, w.kind, w.trait, w.bound
    squad, community, target, touched, tie = w.squad, w.community, w.target, w.is_touched, w.tie_pressure
    squad_open, squad_level, squad_shared = w.squad_open, w.squad_level, w.squad_shared
    class_open, class_level, class_shared, class_rate = w.class_open, w.class_level, w.class_shared, w.class_rate
    reception_at, quarter, squad_home, force_of, row_seen = (
        w.reception, w.quarter, w.squad_community, w.force_of, w.row_seen
    )  # fmt: skip
    shut_in = w.shut_in
    imitates = form != NONE and form != THRESHOLD
    kept = first
    for m in range(first, last):
        if (m - first) % AHEAD == 0:
            # The next people lie scattered over memory. Reads that do not wait for each other overlap, while those below would come one after the
            # other (half the time at a million people); the sum means nothing.
            read = 0
            for ahead in range(m, min(m + AHEAD, last)):
                read += target[own_clocks[ahead], 0] + tie[own_clocks[ahead], 0]
            counts[FETCHED] = read
        i = own_clocks[m]
        if not can_leave(status[i]):
            bound[i] = codes.NOBODYS
            continue
        serving, at_home = status[i] == codes.SERVING, status[i] == codes.HOME
        if serving:
            row, cl = squad[i], 0
        else:
            row, cl = row_seen[community[i]], class_of(kind[i], status[i], trait[i])
            if not at_home and best_open(class_open[row], cl) < 0:
                bound[i] = codes.NOBODYS
                shut_in[community[i]] = 1
                continue
        if touched[i] != 0:
            fade(w, i)
        # Who waits for a visa is asked every day; bound, he would have his whole community looked through.
        if may_bind(status[i], kind[i], touched[i]) and target[i, codes.EMIGRATE] > 0:
            binding[counts[BINDING]] = i
            counts[BINDING] += 1
            continue
        own_clocks[kept] = i
        kept += 1
        total = 0
        if touched[i] != 0 and imitates:
            for route in range(codes.N_ROUTES):
                total += tie[i, route]
        best, chosen = NOT_TODAY, -1
        if at_home and form == MULTIPLICATIVE:  # the same by the doors of his class, most of the list in a busy world
            category = category_of_class(cl)
            for door in range(FIRST_DOOR[cl], FIRST_DOOR[cl + 1]):
                rate, route = class_rate[row, door], DOOR_ROUTES[door]
                if rate <= 0.0:
                    continue
                reception = reception_at[row, category] if route == codes.FLEE else 0.0
                step = day_of(rate, tie[i, route], total, cross, beta, beta_star, reception)
                when = crossing(target[i, route], step)
                target[i, route] -= step
                if when < best:
                    best, chosen = when, route
            if chosen >= 0:
                leavers[counts[LEAVING]] = i
                routes[counts[LEAVING]] = chosen
                counts[LEAVING] += 1
            continue
        for route in range(codes.N_ROUTES):
            open_chance = squad_open[row, route] if serving else class_open[row, cl, route]
            if open_chance <= 0.0:
                continue
            tied = 0.0
            if total != 0:
                # The same as reception_in_squad and reception_in_class, written out: calls through the world cost half the run.
                reception = 0.0
                if route == codes.FLEE:
                    if serving:
                        reception = reception_at[row_seen[squad_home[row]], codes.DESERTER]
                    else:
                        reception = reception_at[row, category_of_class(cl)]
                elif route == codes.SURRENDER:
                    reception = quarter[force_of[i]]
                share = (tie[i, route] + cross * (total - tie[i, route])) / TIE_SHARE
                tied = contagion(beta, beta_star, reception, share)
            if serving:
                level, shared = squad_level[row, route], squad_shared[row, route]
            else:
                level, shared = class_level[row, cl, route], class_shared[row, cl, route]
            step = ticks(exit_rate(form, open_chance, level, shared, tied, additive, concave, power))
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
def let_out(w: World) -> None:
    """Give those to whom all ways were shut their own clocks again where a way is open today; `decide_own` sees to whom it is."""
    for c in range(len(w.shut_in)):
        if w.shut_in[c] == 0:
            continue
        for cl in range(codes.N_HOME_CLASSES, codes.N_CLASSES):
            if w.class_n[c, cl] > 0 and best_open(w.class_open[w.row_seen[c]], cl) >= 0:
                w.shut_in[c] = 0
        if w.shut_in[c] != 0:
            continue
        for part in range(3):
            first = (w.reservists_start[c], w.civilians_start[c], w.soldiers_first[c])[part]
            last = (w.reservists_end[c], w.civilians_end[c], w.soldiers_end[c])[part]
            for i in range(first, last):
                if w.bound[i] == codes.NOBODYS and can_leave(w.status[i]):
                    list_own_clock(w, i)


@kernel
def _follow(w: World, i: int, row: int, cl: int, serving: bool) -> int:
    """The threshold form for a person with his own clock: the route he leaves by, -1 if not enough others have."""
    route = best_open(w.squad_open, row) if serving else best_open(w.class_open[row], cl)
    if route < 0:
        return -1
    total = 0
    for each in range(codes.N_ROUTES):
        total += w.tie_pressure[i, each]
    share = (w.squad_share[row] if serving else w.class_share[row, cl]) + w.beta[codes.TIES] * (total / TIE_SHARE)
    pull = w.squad_pull[row, route] if serving else w.class_pull[row, cl, route]
    return route if leaves_by_threshold(share, w.threshold[i], pull) else -1


@kernel
def bind_some(w: World, people: Array, n: int) -> None:
    """Put the first n of a list on the clocks of their squads and classes, before these advance today."""
    for m in range(n):
        bind(w, people[m])


@kernel
def tell_ties(w: World, first: int, last: int, asked: Array, counts: Array) -> None:
    """Tell those of the persons first, ..., last - 1 who have ties to today's leavers; list who needs his own clock now.

    (1) Where the ties of the next leavers stand is read ahead. (2) Those who are tied to each leaver who really goes are gathered. (3) Whenever so
    many are gathered as are read ahead, they are told together, the rest at the end. Invariant: each thread goes through all leavers and tells only people of its own range: nobody is told by two threads at once, and no lock is needed.
    """
    if w.beta[codes.TIES] == 0.0 and w.beta_star[codes.TIES] == 0.0:
        return
    leavers, routes, start, to = w.out_person, w.out_route, w.tie_start, w.tie_to
    friends, of_leaver = np.empty(AHEAD, np.int64), np.empty(AHEAD, np.int64)
    waiting = 0
    n = w.out_n[0]
    for leaver in range(n):
        if leaver % AHEAD == 0:  # where the ties of the next leavers stand is read ahead, see `decide_own`
            total = 0
            for m in range(leaver, min(leaver + AHEAD, n)):
                total += start[leavers[m]]
            for m in range(leaver, min(leaver + AHEAD, n)):
                if start[leavers[m]] < len(to):
                    total += to[start[leavers[m]]]
            counts[FETCHED] = total
        if routes[leaver] < 0:
            continue
        i = leavers[leaver]
        for e in range(start[i], start[i + 1]):
            if first <= to[e] < last:
                friends[waiting], of_leaver[waiting] = to[e], leaver
                waiting += 1
                if waiting == AHEAD:
                    _tell_some(w, friends, of_leaver, waiting, asked, counts)
                    waiting = 0
    _tell_some(w, friends, of_leaver, waiting, asked, counts)


@kernel
def _tell_some(w: World, friends: Array, of_leaver: Array, n: int, asked: Array, counts: Array) -> None:
    """Tell the first n of a list of people of the leavers of another: add these to what presses on them; let them rest, or list them for own clocks.

    (1) What concerns them is read ahead, see `decide_own`. (2) All days that are over are made to count under the old pressure: added later, they would
    count under the new one. (3) The leaver is added. Pressures are whole ticks with a ceiling, so the order in which several are added changes nothing.
    (4) Whoever went by a shared clock or rested may rest, or gets a clock of his own.
    """
    bound, is_touched, tie, target, n_ties = w.bound, w.is_touched, w.tie_pressure, w.target, w.n_ties
    kind, status, trait, community = w.kind, w.status, w.trait, w.community
    total = 0
    for m in range(n):
        i = friends[m]
        total += tie[i, 0]
        if bound[i] != codes.NOBODYS:
            total += target[i, 0]
    counts[FETCHED] = total
    for m in range(n):
        i, leaver = friends[m], of_leaver[m]
        before = bound[i]
        if before == codes.RESTING:
            add_up(w, i, class_of(kind[i], status[i], trait[i]))
        elif is_touched[i] != 0:
            fade(w, i)
        elif before == codes.SHARED:
            leave_shared_clock(w, i)
        if n_ties[i] == 0:
            n_ties[i] = w.tie_start[i + 1] - w.tie_start[i]
        route, weight = w.out_route[leaver], leaving_weight(w, w.out_person[leaver])
        tie[i, route] = min(int(tie[i, route]) + int(weight * TIE_SHARE / n_ties[i] + 0.5), TIE_MOST)
        is_touched[i] = 1
        w.tie_day[i] = w.days_done[0]
        if before == codes.NOBODYS or before == codes.OWN:
            continue
        c = community[i]
        if status[i] == codes.HOME and may_rest(w, i, c, class_of(kind[i], status[i], trait[i])):
            bound[i] = codes.RESTING
            w.resting[c] = 1
        else:
            bound[i] = codes.OWN
            asked[counts[LISTED]] = i
            counts[LISTED] += 1


@kernel
def ask_some(w: World, people: Array) -> None:
    """Put people on the list of those who have clocks of their own."""
    for i in people:
        list_own_clock(w, i)
