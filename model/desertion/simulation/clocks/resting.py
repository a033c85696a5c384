"""People at rest: at home, pressed by ties, and so far from every threshold that their days may be added up some at a time (lazy integration).

Their hazard differs from person to person, so no shared clock serves them; but it is known from what their community saw on each of the days, which
is kept for `REST_WINDOW` days. Added up late it is the same in every bit.

Invariants:

* Nobody rests whom a hazard `GROWTH` times that of the day on which his community was last settled, under safety abroad up to `BAND` away from that
  day's, could bring over a threshold within `REST_WINDOW` days (`may_rest`). Otherwise he would leave late.
* On a morning on which his community sees more than that, he is given a clock of his own before the day counts (`remember`, `rouse_communities`).
* Everybody at rest is looked at at least every `REST_WINDOW` days (`settle`), and whenever something concerns him alone: a leaver among his ties, or
  a change of status. Later, the days that he lacks would no longer be kept.
* Nobody at rest stands on the list of own clocks, where his days would count twice.

What it gains stands in `CONTRIBUTING.md`.
"""

from __future__ import annotations

import numpy as np

from desertion.engine.compile import kernel
from desertion.engine.threads import AHEAD, FETCHED, KEPT, LISTED
from desertion.rules.hazard import MULTIPLICATIVE, contagion, exit_rate
from desertion.rules.ticks import KEEP_ALL, LARGEST_EXPONENT, TIE_FADED, TIE_SHARE, decayed_tie, ticks
from desertion.simulation.clocks.targets import bind, list_own_clock, unbind
from desertion.simulation.world import codes
from desertion.simulation.world.codes import DOOR_ROUTES, EMIGRATE_DOOR, FIRST_DOOR, FLEE_DOOR, HIDE_DOOR
from desertion.simulation.world.fields import REST_WINDOW, Array, World
from desertion.simulation.world.people import category_of_class, class_of

GROWTH = 1.5  # times today's hazard that those at rest may come to face unasked
LOG2_E = 1.4426950408889634
BAND = 0.1  # by which perceived safety abroad may change meanwhile


@kernel
def remember(w: World, first: int, last: int, day: int, alarmed: Array, counts: Array) -> None:
    """Keep what the communities first, ..., last - 1 see today; list those where it is more than the people at rest were looked at for.

    (1) The rows of all regions are kept, by every thread: it writes what the others write. (2) Of each community, the row that it reads is kept, and
    its own row if it has one today. (3) Where somebody rests, today's ticks and safety are held against the bounds that `settle` set, and (4) against
    what was seen yesterday.
    """
    slot, yesterday, communities = day % REST_WINDOW, (day - 1) % REST_WINDOW, len(w.community_force)
    row_seen, step, rate, safety = w.row_seen, w.class_step, w.class_rate, w.reception
    past_row_seen, past_rate, past_reception = w.past_row_seen, w.past_rate, w.past_reception
    resting, most, reception = w.resting, w.rest_most, w.rest_reception
    safety_counts = w.beta_star[codes.TIES] != 0.0
    for row in range(communities, len(rate)):
        past_rate[slot, row] = rate[row]
        past_reception[slot, row] = safety[row]
    for c in range(first, last):
        row = row_seen[c]
        past_row_seen[slot, c] = row
        if row == c:
            past_rate[slot, c] = rate[c]
            past_reception[slot, c] = safety[c]
        if resting[c] == 0:
            continue
        more = False
        for door in range(codes.N_DOORS):
            more |= step[row, door] > most[c, door]
        if safety_counts:
            for cat in range(codes.N_CATEGORIES):
                more |= abs(safety[row, cat] - reception[c, cat]) > BAND
        if more:
            alarmed[counts[LISTED]] = c
            counts[LISTED] += 1
        before = past_row_seen[yesterday, c]
        new = False
        for door in range(codes.N_DOORS):
            new |= rate[row, door] != past_rate[yesterday, before, door]
        for cat in range(codes.N_CATEGORIES):
            new |= safety[row, cat] != past_reception[yesterday, before, cat]
        if new:
            w.seen_since[c] = day


@kernel
def rouse_communities(w: World, alarmed: Array) -> None:
    """Give all people at rest in some communities their own clocks; whoever rests there from now on does so under what is seen today."""
    for c in alarmed:
        w.resting[c] = 0
        _set_bounds(w, c)
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
    list_own_clock(w, i)


@kernel
def give_own_clock(w: World, i: int) -> None:
    """Give a person a clock of his own, if he went by a shared one or rested; whatever changes him must come after it."""
    if w.bound[i] == codes.SHARED:
        unbind(w, i)
    elif w.bound[i] == codes.RESTING:
        rouse(w, i)


@kernel
def add_up(w: World, i: int, cl: int) -> None:
    """Let the days that are over and not yet added up count for one at rest: his hazards, and the fading of his ties.

    Day by day, or all days at once where nothing changes: (1) what his class saw, from the kept days; (2) the ticks of each route that his class has, as
    his own clock would have added them; (3) the fading of all pressures. Then the sums are taken off his targets, and what is left of the pressures is
    written back.
    """
    beta, beta_star, cross = w.beta[codes.TIES], w.beta_star[codes.TIES], w.behaviour[0].cross_route
    c, category, keep = w.community[i], category_of_class(cl), w.daily_keep[codes.TIES]
    target, tie = w.target, w.tie_pressure
    row_seen, rate, safety = w.past_row_seen, w.past_rate, w.past_reception
    hide, flee, emigrate = HIDE_DOOR[cl], FLEE_DOOR[cl], EMIGRATE_DOOR[cl]
    # Pressures by route as numbers of their own: the compiler keeps them in registers, which it cannot do with rows of arrays.
    p0, p1, p2, p3, p4 = int(tie[i, 0]), int(tie[i, 1]), int(tie[i, 2]), int(tie[i, 3]), int(tie[i, 4])
    total = p0 + p1 + p2 + p3 + p4
    to_hide, to_flee, to_emigrate = 0, 0, 0
    # What a day adds is worked out anew only where something that it depends on is not what it was on the day before.
    hide_rate, flee_rate, emigrate_rate, seen = -1.0, -1.0, -1.0, 0.0
    hide_step, flee_step, emigrate_step = 0, 0, 0
    first, last, days = w.tie_day[i], w.days_done[0], 1
    if keep == KEEP_ALL and total >= TIE_FADED and w.seen_since[c] <= first < last:
        days = last - first
    for day in range(first, last, days):
        slot = day % REST_WINDOW
        row = row_seen[slot, c]
        if hide >= 0 and rate[slot, row, hide] != hide_rate:
            hide_rate = rate[slot, row, hide]
            hide_step = day_of(hide_rate, p0, total, cross, beta, beta_star, 0.0)
        if flee >= 0 and (rate[slot, row, flee] != flee_rate or safety[slot, row, category] != seen):
            flee_rate, seen = rate[slot, row, flee], safety[slot, row, category]
            flee_step = day_of(flee_rate, p1, total, cross, beta, beta_star, seen)
        if emigrate >= 0 and rate[slot, row, emigrate] != emigrate_rate:
            emigrate_rate = rate[slot, row, emigrate]
            emigrate_step = day_of(emigrate_rate, p4, total, cross, beta, beta_star, 0.0)
        to_hide += days * hide_step
        to_flee += days * flee_step
        to_emigrate += days * emigrate_step
        before = total
        p0, p1, p2 = decayed_tie(p0, keep), decayed_tie(p1, keep), decayed_tie(p2, keep)
        p3, p4 = decayed_tie(p3, keep), decayed_tie(p4, keep)
        total = p0 + p1 + p2 + p3 + p4
        if total < TIE_FADED:
            p0, p1, p2, p3, p4, total = 0, 0, 0, 0, 0, 0
        if total != before:  # fading only lowers: the same sum is the same pressures
            hide_rate, flee_rate, emigrate_rate = -1.0, -1.0, -1.0
    target[i, codes.HIDE] -= to_hide
    target[i, codes.FLEE] -= to_flee
    target[i, codes.EMIGRATE] -= to_emigrate
    tie[i, 0], tie[i, 1], tie[i, 2], tie[i, 3], tie[i, 4] = p0, p1, p2, p3, p4
    w.tie_day[i] = w.days_done[0]
    if total == 0:
        w.is_touched[i] = 0


@kernel
def day_of(rate: float, own: int, total: int, cross: float, beta: float, beta_star: float, reception: float) -> int:
    """Ticks of a day on which the class's rate was `rate`, under tie pressures `own` by this route and `total` by all."""
    if rate <= 0.0:
        return 0
    tied = 0.0
    if total != 0:
        tied = contagion(beta, beta_star, reception, (own + cross * (total - own)) / TIE_SHARE)
    # The class's rate is opportunity times chance times level, to which 1 x changes nothing.
    return ticks(exit_rate(MULTIPLICATIVE, 1.0, rate, 0.0, tied, 0.0, 0.0, 0.0))


@kernel
def fade(w: World, i: int) -> None:
    """Let the tie pressures of a person forget the days that are over and have not been counted yet."""
    tie, keep, days_done = w.tie_pressure, w.daily_keep[codes.TIES], w.days_done[0]
    first, last = w.tie_day[i], days_done
    if keep == KEEP_ALL:
        last = min(last, first + 1)  # what a day forgets is what all of them do
    p0, p1, p2, p3, p4 = int(tie[i, 0]), int(tie[i, 1]), int(tie[i, 2]), int(tie[i, 3]), int(tie[i, 4])
    for _ in range(first, last):
        p0, p1, p2 = decayed_tie(p0, keep), decayed_tie(p1, keep), decayed_tie(p2, keep)
        p3, p4 = decayed_tie(p3, keep), decayed_tie(p4, keep)
        if p0 + p1 + p2 + p3 + p4 < TIE_FADED:
            p0, p1, p2, p3, p4 = 0, 0, 0, 0, 0
            w.is_touched[i] = 0
            break
    tie[i, 0], tie[i, 1], tie[i, 2], tie[i, 3], tie[i, 4] = p0, p1, p2, p3, p4
    w.tie_day[i] = days_done


@kernel
def present_tie_pressure(w: World, i: int) -> Array:
    """What presses on a person through his ties after the days that are over, by route, in ticks of 2**-24 of a share."""
    if w.bound[i] == codes.RESTING:
        add_up(w, i, class_of(w.kind[i], w.status[i], w.trait[i]))
    else:
        fade(w, i)
    return w.tie_pressure[i].copy()


@kernel
def settle(w: World, first: int, last: int, asked: Array, counts: Array) -> None:
    """Add up the days of all at rest in the communities first, ..., last - 1, and look who may rest on; list who may not.

    Those whose ties have faded go back to their classes' clocks. Today's ticks and safety become the bounds up to which people rest here unasked.
    """
    some = np.empty(AHEAD, np.int64)
    for c in range(first, last):
        _set_bounds(w, c)
        if w.resting[c] != 0:
            w.resting[c] = 0
            _settle_some(w, c, w.reservists_start[c], w.reservists_end[c], some, asked, counts)
            _settle_some(w, c, w.civilians_start[c], w.civilians_end[c], some, asked, counts)


@kernel
def _set_bounds(w: World, c: int) -> None:
    """Make today's ticks and safety the bounds up to which people rest in a community unasked; nobody may rest there under others."""
    row = w.row_seen[c]
    for door in range(codes.N_DOORS):
        w.rest_most[c, door] = int(GROWTH * w.class_step[row, door])
    w.rest_reception[c] = w.reception[row]


@kernel
def _settle_some(w: World, c: int, first: int, last: int, some: Array, asked: Array, counts: Array) -> None:
    """Do what `settle` does for the residents first, ..., last - 1 of a community."""
    kind, status, trait, is_touched = w.kind, w.status, w.trait, w.is_touched
    bound, target, tie = w.bound, w.target, w.tie_pressure
    at = first
    while at < last:
        n, read = 0, 0
        while at < last and n < len(some):
            if bound[at] == codes.RESTING:
                some[n] = at
                n += 1
                read += target[at, 0] + tie[at, 0]  # ahead, see clocks/own.py
            at += 1
        counts[FETCHED] = read
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
def may_rest(w: World, i: int, c: int, cl: int) -> bool:
    """Whether nothing short of an alarm can bring a person at home over a threshold before he is looked at again."""
    if w.form != MULTIPLICATIVE:
        return False
    tie, beta, beta_star = w.tie_pressure, w.beta[codes.TIES], w.beta_star[codes.TIES]
    cross, total = w.behaviour[0].cross_route, 0
    for route in range(codes.N_ROUTES):
        total += tie[i, route]
    for door in range(FIRST_DOOR[cl], FIRST_DOOR[cl + 1]):
        route = DOOR_ROUTES[door]
        share = (tie[i, route] + cross * (total - tie[i, route])) / TIE_SHARE  # falls from day to day
        safety = w.rest_reception[c, category_of_class(cl)] if route == codes.FLEE else 0.0
        low, high = contagion(beta, beta_star, safety - BAND, share), contagion(beta, beta_star, safety + BAND, share)
        felt = min(max(low, high, 0.0), LARGEST_EXPONENT)
        limit = REST_WINDOW * (w.rest_most[c, door] + 2)  # a tick more a day for what whole ticks leave out
        # Most lack more than the next power of two above exp(x) says; else (1 - x / 64)^-64, a little more than exp(x), which takes no call.
        if w.target[i, route] >> min(int(LOG2_E * felt + 1.0), 62) > limit:
            continue
        root = 1.0 / (1.0 - felt / 64.0)
        for _ in range(6):
            root *= root
        if w.target[i, route] <= 1.000001 * limit * root:  # a millionth for the rounding of products
            return False
    return True


@kernel
def lull(w: World, first: int, last: int, counts: Array) -> None:
    """Let those rest who may, of rows first, ..., last - 1 of the list of own clocks, and close up the list from `first` on."""
    own_clocks, bound, kind, status, trait, is_touched = w.own_clocks, w.bound, w.kind, w.status, w.trait, w.is_touched
    community, kept = w.community, first
    for m in range(first, last):
        i = own_clocks[m]
        if bound[i] == codes.OWN and is_touched[i] != 0 and status[i] == codes.HOME and kind[i] != codes.SOLDIER:
            fade(w, i)
            if is_touched[i] != 0 and may_rest(w, i, community[i], class_of(kind[i], status[i], trait[i])):
                bound[i] = codes.RESTING
                w.resting[community[i]] = 1
                continue
        own_clocks[kept] = i
        kept += 1
    counts[KEPT] = kept - first
