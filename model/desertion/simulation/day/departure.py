"""Part 5 of a day: today's leavers go, and those who want a skilled-worker visa take one if there is one."""

from __future__ import annotations

import numpy as np

from desertion.engine.compile import kernel
from desertion.rules.draws import RANK, uniform
from desertion.rules.refuge import carried_over
from desertion.simulation.clocks.targets import unbind
from desertion.simulation.day.combat import treat
from desertion.simulation.day.flight import choose_host, from_draws, set_out
from desertion.simulation.day.news import passing_now, spread_news
from desertion.simulation.day.register import enter
from desertion.simulation.signals.hosts import nearness
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Values, World
from desertion.simulation.world.people import who

ROOM = 8  # more than there are routes


def sort_out(w: World) -> None:
    """Put the day's people into the order of their numbers, whatever found them first."""
    # Plain NumPy: a compiled sort would take a first run half a second longer.
    n = w.out_n[0]
    if n > 1:
        # A person and his route as one number: sorting numbers takes a third of sorting places.
        both = w.out_person[:n] * ROOM + w.out_route[:n] + 1  # who is hit has no route, -1
        both.sort()
        w.out_person[:n], w.out_route[:n] = both // ROOM, both % ROOM - 1


@kernel
def prepare(w: World) -> None:
    """Before the leavers make ready: today's skilled-worker visas are on the table, and whoever leaves for the first time has room for a stay."""
    for n in range(w.out_n[0]):
        i = w.out_person[n]
        if w.room[i] == 0:
            w.rooms_n[0] += 1
            w.room[i] = w.rooms_n[0]
    for h in range(len(w.hosts)):
        visas = w.hosts[h].skilled_visas
        w.visa_credit[h] = carried_over(w.visa_credit[h], visas) + visas if visas > 0.0 else 0.0


@kernel
def depart_all(w: World, day: int) -> None:
    """Let the day's leavers, who are ready, go in order of person; nobody sees it before tomorrow.

    (1) What share of the news passes is worked out once, for each force. (2) All go but those who want a skilled-worker visa, and those in hiding, or
    who refuse, whom no host is worth the way (route -1). (3) Visas are short, so these go last, in the order of their rank; who finds none stays, too.
    """
    wanting = 0
    passing = np.empty(len(w.people))
    for f in range(len(w.people)):
        passing[f] = passing_now(w, f)
    for n in range(w.out_n[0]):
        if w.out_route[n] == codes.EMIGRATE:
            wanting += 1
        elif (
            w.out_route[n] == codes.FLEE
            and w.out_host[n] < 0
            and codes.HIDING <= w.status[w.out_person[n]] <= codes.REFUSING
        ):
            w.out_route[n] = -1  # he would hide anew every day, each time a leaver, and never be looked for
        else:
            depart(w, n, w.out_route[n], passing, day)
    if wanting == 0:
        return
    visas = 0
    for h in range(len(w.visa_credit)):
        visas += int(w.visa_credit[h])
    if visas == 0:
        for n in range(w.out_n[0]):
            if w.out_route[n] == codes.EMIGRATE:
                _wait_on(w, n)
        return
    place, rank = np.empty(wanting, np.int64), np.empty(wanting)
    m = 0
    for n in range(w.out_n[0]):
        if w.out_route[n] == codes.EMIGRATE:
            place[m] = n
            rank[m] = w.out_rank[n]
            m += 1
    for m in np.argsort(rank):
        n = place[m]
        if _take_visa(w, w.out_person[n]):
            depart(w, n, codes.EMIGRATE, passing, day)
        else:
            _wait_on(w, n)


@kernel
def _wait_on(w: World, n: int) -> None:
    """Leave the n-th of today's leavers without a visa where he is; he asks again tomorrow."""
    w.out_route[n] = -1
    if w.has_clocks and w.bound[w.out_person[n]] == codes.SHARED:
        unbind(w, w.out_person[n])


@kernel
def make_ready(w: World, first: int, last: int) -> None:
    """Work out what the leavers on rows first, ..., last - 1 will do: the way to which host, how long a stay in hiding, which rank for a visa.

    None of it depends on who else leaves today.
    """
    for n in range(first, last):
        i, route = w.out_person[n], w.out_route[n]
        if route == codes.FLEE:
            w.out_host[n] = choose_host(w, i, -1)
        elif route == codes.HIDE:
            from_draws(w, i, codes.HIDING, 0)
        elif route == codes.REFUSE:
            from_draws(w, i, codes.REFUSING, 0)
        elif route == codes.EMIGRATE:
            w.out_rank[n] = uniform(w.seed, who(w, i), RANK, 0)


@kernel
def depart(w: World, n: int, route: int, passing: Values, day: int) -> None:
    """The n-th of the day's leavers goes by a route.

    (1) His leaving is counted: his first, all of the force and today's; a quota misses him. (2) His unit, home and army hear of it.
    (3) He enters the status to which the route leads, or sets out for his host.
    """
    i = w.out_person[n]
    f, status = w.force_of[i], w.status[i]
    if w.left_day[i] < 0:
        w.left_day[i] = day
        w.left_route[i] = route
        w.left[f] += 1
        w.left_kind[f, w.kind[i]] += 1
    w.departures[f] += 1
    w.counts_today[f, route] += 1
    if (status == codes.SUMMONED or status == codes.TRAINING) and w.wave_of[i] >= 0:
        w.wave_evaded[w.wave_of[i]] += 1
    spread_news(w, i, f, route, status, passing[f], day)
    if route == codes.HIDE:
        enter(w, i, codes.HIDING, day)
    elif route == codes.REFUSE:
        w.trait[i] |= codes.REFUSER_BIT
        enter(w, i, codes.REFUSING, day)
    elif route == codes.SURRENDER:
        treat(w, i, f)
        enter(w, i, codes.SURRENDERED, day)
    elif route == codes.EMIGRATE:
        enter(w, i, codes.EMIGRATED, day)
    else:
        set_out(w, i, w.out_host[n], day)


@kernel
def _take_visa(w: World, i: int) -> bool:
    """Use one skilled-worker visa of the nearest host that has one today; false if there is none."""
    c = w.community[i]
    best, chosen = 0.0, -1
    for h in range(len(w.hosts)):
        if w.visa_credit[h] >= 1.0:
            near = nearness(w, w.community_region[c], h)
            if near > best:
                best, chosen = near, h
    if chosen < 0:
        return False
    w.visa_credit[chosen] -= 1.0
    w.host[i] = chosen
    w.host_day[chosen, w.force_of[i], codes.D_VISAS] += 1
    return True
