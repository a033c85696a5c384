"""Parts 3 and 4 for people who share a clock: those who serve go by their squad's, people at home by that of their class in their community.

A shared clock adds each day's hazard to one sum per route (in a class: per door, a route that the class has). A person bound to it leaves on the day
on which it passes his target, so he costs nothing until then. Clocks are whole ticks: this is the same in every bit as adding up his hazards day by
day.

Invariants, between any two parts of a day:

* The target of somebody bound is what the clock showed when he was bound plus what he then lacked; of anybody else, what he lacks. (Being hit is a
  clock that all who serve share, bound or not.)
* Nobody's target lies under the lowest target that is kept of his squad (`squad_low`), class (`class_low`) and block of neighbours (`block_low`). Kept
  too low, people are looked at for nothing; kept too high, somebody would stay who must leave. So binding lowers it, leaving does not raise it, and a
  look at the people sets it anew.
* People share a clock only while they share every term of their hazard: whom ties press on gets a clock of his own.
"""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.engine.threads import LISTED
from desertion.rules.hazard import THRESHOLD, leaves_by_threshold
from desertion.rules.ticks import FAR, NOT_TODAY, crossing, ticks
from desertion.simulation.clocks.targets import NO_THRESHOLD, civilian_blocks
from desertion.simulation.signals.units import risk_in
from desertion.simulation.world import codes
from desertion.simulation.world.codes import DOOR_ROUTES, FIRST_DOOR
from desertion.simulation.world.fields import BLOCK, Array, World

LEAVING, BINDING = LISTED, 2  # what a thread counts besides KEPT
SQUAD_ROUTES = (0, 1, 2, 3, 4)  # a squad has a clock for each route


@kernel
def combat(w: World, first: int, last: int, hit: Array, counts: Array) -> None:
    """Advance the clocks of being hit of the squads first, ..., last - 1, which run for all who serve, and list the hit."""
    company, step = -1, 0
    for q in range(first, last):
        if w.squad_n[q] == 0:
            continue
        if w.squad_company[q] != company:
            company = w.squad_company[q]
            step = ticks(risk_in(w, company))
        w.squad_clock[q, codes.HIT] += step
        if w.squad_clock[q, codes.HIT] >= w.squad_low[q, codes.HIT]:
            _scan_hit(w, q, hit, counts)


@kernel
def _scan_hit(w: World, q: int, hit: Array, counts: Array) -> None:
    """Look at the men of a squad: list those whom its clock of being hit has passed, and set the lowest target of the others."""
    low = FAR
    for j in range(w.squad_size[q]):
        i = w.slots[q, j]
        if i < 0:
            continue
        if w.target[i, codes.HIT] <= w.squad_clock[q, codes.HIT]:
            hit[counts[LISTED]] = i
            counts[LISTED] += 1
        else:
            low = min(low, w.target[i, codes.HIT])
    w.squad_low[q, codes.HIT] = low


@kernel
def decide_squads(w: World, first: int, last: int, leavers: Array, routes: Array, counts: Array) -> None:
    """Advance the exit clocks of the squads first, ..., last - 1 and list who leaves of those bound to them, with his route.

    A squad's men are looked at only if a clock that moved today has passed the lowest target, or, in the threshold form, if the share gone has reached
    the lowest threshold.
    """
    follows = w.form == THRESHOLD
    serving, clock, low, step = w.squad_n, w.squad_clock, w.squad_low, w.squad_step
    for q in range(first, last):
        if serving[q] == 0:
            continue
        passed = False
        for route in range(codes.N_ROUTES):
            clock[q, route] += step[q, route]
            passed |= step[q, route] > 0 and clock[q, route] >= low[q, route]
        follow = -1
        if follows:
            follow = best_open(w.squad_open, q)
            if follow >= 0:
                passed = passed or w.squad_share[q] + w.squad_pull[q, follow] >= w.squad_low_threshold[q]
        if passed:
            _scan_squad(w, q, follow, leavers, routes, counts)


@kernel
def _scan_squad(w: World, q: int, follow: int, leavers: Array, routes: Array, counts: Array) -> None:
    """Look at the bound men of a squad: list who leaves, and set the lowest targets of those who stay."""
    low = w.squad_low
    low[q, : codes.N_ROUTES] = FAR
    low_threshold = NO_THRESHOLD
    for j in range(w.squad_size[q]):
        i = w.slots[q, j]
        if i < 0 or w.bound[i] != codes.SHARED:
            continue
        route = _first_route(w.target, i, w.squad_clock[q], w.squad_step[q], 0, codes.N_ROUTES, SQUAD_ROUTES)
        if follow >= 0 and route < 0 and leaves_by_threshold(w.squad_share[q], w.threshold[i], w.squad_pull[q, follow]):
            route = follow
        if route >= 0:
            leavers[counts[LEAVING]] = i
            routes[counts[LEAVING]] = route
            counts[LEAVING] += 1
            continue
        for clock in range(codes.N_ROUTES):
            low[q, clock] = min(low[q, clock], w.target[i, clock])
        if w.form == THRESHOLD:
            low_threshold = min(low_threshold, w.threshold[i])
    w.squad_low_threshold[q] = low_threshold


@kernel
def decide_communities(w: World, first: int, last: int, leavers: Array, routes: Array, counts: Array) -> None:
    """Advance the exit clocks of people at home in the communities first, ..., last - 1 and list who leaves of those bound to them."""
    follows = w.form == THRESHOLD
    row_seen, clock, low, step = w.row_seen, w.class_clock, w.class_low, w.class_step
    for c in range(first, last):
        row = row_seen[c]
        passed = follows
        for door in range(codes.N_DOORS):
            clock[c, door] += step[row, door]
            passed |= clock[c, door] >= low[c, door]
        if passed:
            for cl in range(codes.N_HOME_CLASSES):
                _decide_class(w, c, cl, leavers, routes, counts)


@kernel
def _decide_class(w: World, c: int, cl: int, leavers: Array, routes: Array, counts: Array) -> None:
    """Look at the people of a class if one of its clocks has passed somebody's target."""
    row, first, last = w.row_seen[c], FIRST_DOOR[cl], FIRST_DOOR[cl + 1]
    if w.class_n[c, cl] == 0:
        w.class_low[c, first:last] = FAR
        return
    passed, follow = False, -1
    for door in range(first, last):
        if w.class_step[row, door] > 0 and w.class_clock[c, door] >= w.class_low[c, door]:
            passed = True
    if w.form == THRESHOLD:
        follow = best_open(w.class_open[row], cl)
        if follow >= 0 and w.class_share[row, cl] + w.class_pull[row, cl, follow] >= w.class_low_threshold[c, cl]:
            passed = True
    if passed:
        _scan_class(w, c, cl, follow, leavers, routes, counts)


@kernel
def _scan_class(w: World, c: int, cl: int, follow: int, leavers: Array, routes: Array, counts: Array) -> None:
    """Look at the people of a class block by block, at those blocks in which a clock has passed somebody's target.

    Reservists and civilians of a community stand in blocks of their own, but the skilled stand among the others: a block's lowest target by a door is
    that of the one class that has this door.
    """
    first, last = FIRST_DOOR[cl], FIRST_DOOR[cl + 1]
    begin, end, block = w.reservists_start[c], w.reservists_end[c], w.block_start[c]
    if cl >= codes.HOME_CIVILIAN:
        begin, end, block = w.civilians_start[c], w.civilians_end[c], civilian_blocks(w, c)
    low, clock, block_low = w.class_low[c], w.class_clock[c], w.block_low
    low[first:last] = FAR
    w.class_low_threshold[c, cl] = NO_THRESHOLD
    while begin < end:
        look = w.form == THRESHOLD  # nobody keeps the lowest threshold of a block
        for door in range(first, last):
            look |= clock[door] >= block_low[block, door]
        if look:
            _scan_block(w, c, cl, begin, min(begin + BLOCK, end), block, follow, leavers, routes, counts)
        for door in range(first, last):
            low[door] = min(low[door], block_low[block, door])
        begin += BLOCK
        block += 1


@kernel
def _scan_block(
    w: World,
    c: int,
    cl: int,
    begin: int,
    end: int,
    block: int,
    follow: int,
    leavers: Array,
    routes: Array,
    counts: Array,
) -> None:
    """Look at the bound people of a class among the persons begin, ..., end - 1, a block: list who leaves, set the lowest targets of the others.

    Who wants a visa may find none and stay, so his target counts among those of the others.
    """
    row, first, last = w.row_seen[c], FIRST_DOOR[cl], FIRST_DOOR[cl + 1]
    skilled = codes.SKILLED_BIT if (cl == codes.HOME_RESERVIST_SKILLED or cl == codes.HOME_CIVILIAN_SKILLED) else 0
    low, low_threshold = w.block_low[block], w.class_low_threshold[c, cl]
    low[first:last] = FAR
    status, bound, trait, target = w.status, w.bound, w.trait, w.target
    for i in range(begin, end):
        if bound[i] != codes.SHARED or status[i] != codes.HOME or (trait[i] & codes.SKILLED_BIT) != skilled:
            continue
        route = _first_route(target, i, w.class_clock[c], w.class_step[row], first, last, DOOR_ROUTES)
        if follow >= 0 and route < 0:
            pull = w.class_pull[row, cl, follow]
            if leaves_by_threshold(w.class_share[row, cl], w.threshold[i], pull):
                route = follow
        if route >= 0:
            leavers[counts[LEAVING]] = i
            routes[counts[LEAVING]] = route
            counts[LEAVING] += 1
            if route < codes.EMIGRATE:
                continue
        for door in range(first, last):
            low[door] = min(low[door], target[i, DOOR_ROUTES[door]])
        if w.form == THRESHOLD:
            low_threshold = min(low_threshold, w.threshold[i])
    w.class_low_threshold[c, cl] = low_threshold


@kernel
def _first_route(
    target: Array, i: int, clock: Array, step: Array, first: int, last: int, routes: tuple[int, ...]
) -> int:
    """The route whose clock passes a bound person's target first today, -1 if none does; the clocks first, ..., last - 1 are asked."""
    best, earliest = NOT_TODAY, -1
    for door in range(first, last):
        route = routes[door]
        if target[i, route] <= clock[door] and step[door] > 0:
            when = crossing(target[i, route] - (clock[door] - step[door]), step[door])
            if when < best:
                best, earliest = when, route
    return earliest


@kernel
def best_open(open_chance: Array, row: int) -> int:
    """The route with the largest opportunity times chance, the first of equals, -1 if none is open."""
    best, best_route = 0.0, -1
    for route in range(codes.N_ROUTES):
        if open_chance[row, route] > best:
            best, best_route = open_chance[row, route], route
    return best_route
