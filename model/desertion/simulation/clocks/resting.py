"""People at rest: at home, pressed by ties, and so far from every threshold that their days may be added up some at a time.

Their hazard differs from person to person, so no cell's clock serves them; but it is known from what their community saw on each of the days,
which is kept for so long. Added up late it is the same in every bit. Nobody may rest whom a hazard `GROWTH` times that of today would bring over a
threshold within `REST_WINDOW` days; if their community's hazard grows by more, all who rest there are roused in the morning before it counts.
"""

from __future__ import annotations

import math

import numpy as np

from desertion.engine.compile import kernel
from desertion.engine.threads import AHEAD, FETCHED, KEPT, LISTED
from desertion.rules.hazard import MULTIPLICATIVE, contagion, exit_rate
from desertion.rules.ticks import TIE_FADED, TIE_SHARE, clip_exponent, decayed, ticks
from desertion.simulation.clocks.targets import bind, make_loose, unbind
from desertion.simulation.world import codes
from desertion.simulation.world.codes import DOOR_ROUTES, FIRST_DOOR
from desertion.simulation.world.fields import REST_WINDOW, Array, World
from desertion.simulation.world.people import category_of_class, class_of

GROWTH = 3  # times today's hazard that those at rest may come to face unasked
BAND = 0.1  # by which perceived safety abroad may change meanwhile


@kernel
def remember(w: World, first: int, last: int, day: int, alarmed: Array, counts: Array) -> None:
    """Keep what the communities first, ..., last - 1 see today; list those where it is more than the people at rest were told."""
    slot, communities = day % REST_WINDOW, len(w.community_force)
    outlook, step, seen, safety = w.row_seen, w.class_step, w.class_rate, w.reception
    past_outlook, past_rate, past_reception = w.past_row_seen, w.past_rate, w.past_reception
    resting, most, reception = w.resting, w.rest_most, w.rest_reception
    safety_counts = w.beta_star[codes.TIES] != 0.0
    for row in range(communities, len(seen)):
        past_rate[slot, row] = seen[row]
        past_reception[slot, row] = safety[row]
    for c in range(first, last):
        row = outlook[c]
        past_outlook[slot, c] = row
        if row == c:
            past_rate[slot, c] = seen[c]
            past_reception[slot, c] = safety[c]
        if resting[c] == 0:
            continue
        more = False
        for door in range(codes.N_DOORS):
            more |= step[row, door] > most[c, door]
        if safety_counts:
            for cat in range(4):
                more |= abs(safety[row, cat] - reception[c, cat]) > BAND
        if more:
            alarmed[counts[LISTED]] = c
            counts[LISTED] += 1


@kernel
def rouse_communities(w: World, alarmed: Array) -> None:
    """Give all people at rest in some communities their own clocks."""
    for c in alarmed:
        w.resting[c] = 0
        for i in range(w.reservists_start[c], w.reservists_end[c]):
            if w.bound[i] == codes.RESTING:
                rouse(w, i)
        for i in range(w.civilians_start[c], w.civilians_end[c]):
            if w.bound[i] == codes.RESTING:
                rouse(w, i)


@kernel
def rouse(w: World, i: int) -> None:
    """Give one who rests his own clock, with all days that are over added up."""
    add_up(w, i, class_of(w.kind[i], w.status[i], w.trait[i]))
    make_loose(w, i)


@kernel
def own_clock(w: World, i: int) -> None:
    """Give a person his own clock, if he went by his cell's or rested."""
    if w.bound[i] == codes.SHARED:
        unbind(w, i)
    elif w.bound[i] == codes.RESTING:
        rouse(w, i)


@kernel
def add_up(w: World, i: int, cl: int) -> None:
    """Let the days that are over and not yet added up count for one at rest: his hazards, and the fading of his ties."""
    beta, beta_star, keep, cross = (
        w.beta[codes.TIES],
        w.beta_star[codes.TIES],
        w.daily_keep[codes.TIES],
        w.behaviour[0].cross_route,
    )
    c, category, target, tie = w.community[i], category_of_class(cl), w.target, w.tie_pressure
    outlook, seen, safety = w.past_row_seen, w.past_rate, w.past_reception
    hide, flee, emigrate = _door_of(cl, codes.HIDE), _door_of(cl, codes.FLEE), _door_of(cl, codes.EMIGRATE)
    # Numbers of their own: the compiler keeps them in registers, which it cannot do with rows of arrays.
    by_hide, by_flee, by_surrender, by_refuse, by_emigrate = (
        int(tie[i, 0]),
        int(tie[i, 1]),
        int(tie[i, 2]),
        int(tie[i, 3]),
        int(tie[i, 4]),
    )
    to_hide, to_flee, to_emigrate = 0, 0, 0
    for day in range(w.tie_day[i], w.days_done[0]):
        slot = day % REST_WINDOW
        row = outlook[slot, c]
        total = by_hide + by_flee + by_surrender + by_refuse + by_emigrate
        if hide >= 0:
            to_hide += _day_of(seen[slot, row, hide], by_hide, total, cross, beta, beta_star, 0.0)
        if flee >= 0:
            to_flee += _day_of(
                seen[slot, row, flee], by_flee, total, cross, beta, beta_star, safety[slot, row, category]
            )
        if emigrate >= 0:
            to_emigrate += _day_of(seen[slot, row, emigrate], by_emigrate, total, cross, beta, beta_star, 0.0)
        by_hide, by_flee, by_surrender, by_refuse, by_emigrate = (
            decayed(by_hide, keep),
            decayed(by_flee, keep),
            decayed(by_surrender, keep),
            decayed(by_refuse, keep),
            decayed(by_emigrate, keep),
        )
        if by_hide + by_flee + by_surrender + by_refuse + by_emigrate < TIE_FADED:
            by_hide, by_flee, by_surrender, by_refuse, by_emigrate = 0, 0, 0, 0, 0
    target[i, codes.HIDE] -= to_hide
    target[i, codes.FLEE] -= to_flee
    target[i, codes.EMIGRATE] -= to_emigrate
    tie[i, 0], tie[i, 1], tie[i, 2], tie[i, 3], tie[i, 4] = by_hide, by_flee, by_surrender, by_refuse, by_emigrate
    w.tie_day[i] = w.days_done[0]
    if by_hide + by_flee + by_surrender + by_refuse + by_emigrate == 0:
        w.is_touched[i] = 0


@kernel
def _door_of(cl: int, route: int) -> int:
    """The clock of a class of people at home that is a route's, -1 if they have no such route."""
    for door in range(FIRST_DOOR[cl], FIRST_DOOR[cl + 1]):
        if DOOR_ROUTES[door] == route:
            return door
    return -1


@kernel
def _day_of(rate: float, own: int, total: int, cross: float, beta: float, beta_star: float, reception: float) -> int:
    """Ticks of a day on which the class's rate was `rate`, under tie pressures `own` by this route and `total` by all."""
    if rate <= 0.0:
        return 0
    tied = 0.0
    if total != 0:
        tied = contagion(beta, beta_star, reception, (own + cross * (total - own)) / TIE_SHARE)
    # The class's rate is opportunity times chance times level, to which 1 x changes nothing.
    return ticks(exit_rate(MULTIPLICATIVE, 1.0, rate, 0.0, tied, 0.0, 0.0, 0.0))


@kernel
def fade(tie: Array, is_touched: Array, tie_day: Array, i: int, keep: int, days_done: int) -> None:
    """Let the tie pressures of a person forget the days that are over and have not been counted yet."""
    while tie_day[i] < days_done and is_touched[i] != 0:
        total = 0
        for route in range(codes.N_ROUTES):
            if tie[i, route] != 0:
                left = decayed(tie[i, route] + 0, keep)
                tie[i, route] = left
                total += left
        if total < TIE_FADED:
            for route in range(codes.N_ROUTES):
                tie[i, route] = 0
            is_touched[i] = 0
        tie_day[i] += 1


@kernel
def present_tie_pressure(w: World, i: int) -> Array:
    """What presses on a person through his ties after the days that are over, by route, in ticks of 2**-24 of a share."""
    tie, is_touched, day = w.tie_pressure[i : i + 1].copy(), w.is_touched[i : i + 1].copy(), w.tie_day[i : i + 1].copy()
    fade(tie, is_touched, day, 0, w.daily_keep[codes.TIES], w.days_done[0])
    return tie[0]


@kernel
def settle(w: World, first: int, last: int, asked: Array, counts: Array) -> None:
    """Add up the days of all at rest in the communities first, ..., last - 1, and look who may rest on; list who may not.

    Those whose ties have faded go back to their cells' clocks.
    """
    some = np.empty(AHEAD, np.int64)
    for c in range(first, last):
        row = w.row_seen[c]
        for door in range(codes.N_DOORS):
            w.rest_most[c, door] = GROWTH * w.class_step[row, door]
        w.rest_reception[c] = w.reception[row]
        if w.resting[c] != 0:
            w.resting[c] = 0
            _settle_some(w, c, w.reservists_start[c], w.reservists_end[c], some, asked, counts)
            _settle_some(w, c, w.civilians_start[c], w.civilians_end[c], some, asked, counts)


@kernel
def _settle_some(w: World, c: int, first: int, last: int, some: Array, asked: Array, counts: Array) -> None:
    kind, status, trait, is_touched = w.kind, w.status, w.trait, w.is_touched
    at = first
    while at < last:
        n, at = _next_resting(w, at, last, some, counts)
        for m in range(n):
            i = some[m]
            cl = class_of(kind[i], status[i], trait[i])
            add_up(w, i, cl)
            if is_touched[i] == 0:
                bind(w, i)
            elif may_rest(w, i, c, cl):
                w.resting[c] = 1
            else:
                asked[counts[LISTED]] = i
                counts[LISTED] += 1


@kernel
def _next_resting(w: World, first: int, last: int, some: Array, counts: Array) -> tuple[int, int]:
    """Find people at rest from `first` on, and read ahead what concerns them, see `loose._fetch`; how many, and where to go on."""
    bound, kind, status, trait, target, tie = w.bound, w.kind, w.status, w.trait, w.target, w.tie_pressure
    is_touched, tie_day, community = w.is_touched, w.tie_day, w.community
    n, total, at = 0, 0, first
    while at < last and n < len(some):
        if bound[at] == codes.RESTING:
            some[n] = at
            n += 1
            total += (
                target[at, 0] + target[at, codes.N_ROUTES - 1] + tie[at, 0] + tie[at, codes.N_ROUTES - 1] + tie_day[at]
            )
            total += kind[at] + status[at] + trait[at] + is_touched[at] + community[at]
        at += 1
    counts[FETCHED] = total
    return n, at


@kernel
def may_rest(w: World, i: int, c: int, cl: int) -> bool:
    """Whether nothing short of an alarm can bring a person at home over a threshold before he is looked at again."""
    if w.form != MULTIPLICATIVE:
        return False
    tie, beta_star, beta, cross = (
        w.tie_pressure,
        w.beta_star[codes.TIES],
        w.beta[codes.TIES],
        w.behaviour[0].cross_route,
    )
    total = 0
    for route in range(codes.N_ROUTES):
        total += tie[i, route]
    for door in range(FIRST_DOOR[cl], FIRST_DOOR[cl + 1]):
        route = DOOR_ROUTES[door]
        share = (tie[i, route] + cross * (total - tie[i, route])) / TIE_SHARE  # falls from day to day
        safety = w.rest_reception[c, category_of_class(cl)] if route == codes.FLEE else 0.0
        felt = max(
            contagion(beta, beta_star, safety - BAND, share), contagion(beta, beta_star, safety + BAND, share), 0.0
        )
        # A tick more a day for what whole ticks leave out, and a millionth for the rounding of products.
        if w.target[i, route] <= 1.000001 * REST_WINDOW * (w.rest_most[c, door] + 2) * math.exp(clip_exponent(felt)):
            return False
    return True


@kernel
def lull(w: World, first: int, last: int, counts: Array) -> None:
    """Let those rest who may, of rows first, ..., last - 1 of the list of own clocks, and close up the list from `first` on."""
    loose, bound, kind, status, trait, is_touched = w.own_clocks, w.bound, w.kind, w.status, w.trait, w.is_touched
    tie, tie_day, keep, days_done = w.tie_pressure, w.tie_day, w.daily_keep[codes.TIES], w.days_done[0]
    community, kept = w.community, first
    for m in range(first, last):
        i = loose[m]
        if bound[i] == codes.OWN and is_touched[i] != 0 and status[i] == codes.HOME and kind[i] != codes.SOLDIER:
            fade(tie, is_touched, tie_day, i, keep, days_done)
            if is_touched[i] != 0 and may_rest(w, i, community[i], class_of(kind[i], status[i], trait[i])):
                bound[i] = codes.RESTING
                w.resting[community[i]] = 1
                continue
        loose[kept] = i
        kept += 1
    counts[KEPT] = kept - first
