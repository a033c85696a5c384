"""Departure: what leaving does on the day to the person, his unit, his home and the news."""

from __future__ import annotations

import math

import numpy as np

from desertion import columns as col
from desertion.clocks import unbind
from desertion.combat import treat
from desertion.compiled import kernel
from desertion.draws import HOST, RANK, STAY, uniform, uniforms
from desertion.persons import who
from desertion.register import enter
from desertion.rules import SHARE, TICK, carried_over, passing_news
from desertion.signals.hosts import inside_worth, outside_worth
from desertion.statuses import (
    D_VISAS,
    DESERTER,
    EMIGRATED,
    EVADER,
    FLED_BIT,
    FLEE,
    HIDE,
    HIDING,
    IN_FLIGHT,
    OFFICER_BIT,
    OTHER,
    PROTECTED,
    REFUSE,
    REFUSER_BIT,
    REFUSING,
    RESERVIST,
    SERVED_BIT,
    SERVING,
    SKILLED,
    SKILLED_BIT,
    SOLDIER,
    SPECIALIST,
    SUMMONED,
    SURRENDER,
    SURRENDERED,
    TRAINING,
)
from desertion.world import Cells, World


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
def issue_visas(w: World) -> None:
    """Put today's skilled-worker visas on the table."""
    for h in range(len(w.hosts)):
        visas = w.hosts[h, col.H_SKILLED_VISAS]
        w.visa_credit[h] = carried_over(w.visa_credit[h], visas) + visas if visas > 0.0 else 0.0


@kernel
def depart_all(w: World, day: int) -> None:
    """Let the day's leavers, who are ready, go in order of person; nobody sees it before tomorrow.

    Skilled-worker visas are short, so those who want one go last, in the order of their rank; who finds none stays (route -1).
    """
    wanting = 0
    passing = np.empty(len(w.people))
    for f in range(len(w.people)):
        passing[f] = passing_now(w, f)
    for n in range(w.out_n[0]):
        if w.out_route[n] == SKILLED:
            wanting += 1
        else:
            depart(w, n, w.out_route[n], passing, day)
    if wanting == 0:
        return
    if w.visa_credit.max() < 1.0:
        for n in range(w.out_n[0]):
            if w.out_route[n] == SKILLED:
                _wait_on(w, n)
        return
    place, rank = np.empty(wanting, np.int64), np.empty(wanting)
    m = 0
    for n in range(w.out_n[0]):
        if w.out_route[n] == SKILLED:
            place[m] = n
            rank[m] = w.out_rank[n]
            m += 1
    for m in np.argsort(rank):
        n = place[m]
        if _take_visa(w, w.out_person[n]):
            depart(w, n, SKILLED, passing, day)
        else:
            _wait_on(w, n)


@kernel
def _wait_on(w: World, n: int) -> None:
    """Leave the n-th of today's leavers without a visa where he is; he asks again tomorrow."""
    w.out_route[n] = -1
    if w.lazy and w.bound[w.out_person[n]] == 2:
        unbind(w, w.out_person[n])


@kernel
def make_ready(w: World, first: int, last: int) -> None:
    """Work out what the leavers on rows first, ..., last - 1 will do: the way to which host, how long a stay in hiding, which rank for a visa.

    None of it depends on who else leaves today.
    """
    for n in range(first, last):
        i, route = w.out_person[n], w.out_route[n]
        if route == FLEE:
            w.out_host[n] = choose_host(w, i, -1)
        elif route == HIDE:
            from_draws(w, i, HIDING, 0)
        elif route == REFUSE:
            from_draws(w, i, REFUSING, 0)
        elif route == SKILLED:
            w.out_rank[n] = uniform(w.seed, who(w, i), RANK, 0)


@kernel
def depart(w: World, n: int, route: int, passing: Cells, day: int) -> None:
    """The n-th of the day's leavers goes by a route."""
    i = w.out_person[n]
    f, status = w.force_of[i], w.status[i]
    if w.left_day[i] < 0:
        w.left_day[i] = day
        w.left_route[i] = route
        w.left[f] += 1
    if w.kind[i] == RESERVIST and route == FLEE and (w.trait[i] & FLED_BIT) == 0:
        w.trait[i] |= FLED_BIT
        w.fled[f] += 1
    w.departures[f] += 1
    w.counts_today[f, route] += 1
    if (status == SUMMONED or status == TRAINING) and w.wave_of[i] >= 0:
        w.wave_evaded[w.wave_of[i]] += 1
    _spread(w, i, f, route, status, passing[f], day)
    if route == HIDE:
        enter(w, i, HIDING, day)
    elif route == REFUSE:
        w.trait[i] |= REFUSER_BIT
        enter(w, i, REFUSING, day)
    elif route == SURRENDER:
        treat(w, i, f)
        enter(w, i, SURRENDERED, day)
    elif route == SKILLED:
        enter(w, i, EMIGRATED, day)
    else:
        set_out(w, i, w.out_host[n], day)


@kernel
def leaving_weight(w: World, i: int) -> float:
    """How much a person's leaving counts: an officer's more."""
    if (w.trait[i] & OFFICER_BIT) != 0:
        return w.officer_weight[w.force_of[i]]
    return 1.0


@kernel
def _spread(w: World, i: int, f: int, route: int, status: int, passing: float, day: int) -> None:
    """Add a leaver to the pressures of his unit, home and army; `passing` is the share of news that passes censorship."""
    weight = leaving_weight(w, i) * SHARE
    if status == SERVING:
        q = w.squad[i]
        k = w.squad_company[q]
        w.squad_new[q, route] += int(weight / w.squad_size[q])
        w.company_new[k, route] += int(weight / w.company_size[k])
        if route == SURRENDER:
            w.squad_surrendered[q, day % 3] += 1
            w.company_surrendered[k, day % 3] += 1
    c = w.community[i]
    w.community_new[c, route] += int(weight / w.community_size[c])
    served = status == SERVING
    if served:
        w.news_new[f, route] += int(passing * weight / max(1, w.soldiers_start[f]))
    else:
        visible = w.forces[f, col.F_FLIGHT_VISIBLE]
        w.news_new[f, route] += int(visible * passing * weight / max(1, w.people[f]))


@kernel
def passing_now(w: World, f: int) -> float:
    """Share of news that passes censorship today."""
    exiles = 0
    for h in range(len(w.hosts)):
        exiles += w.host_count[h, f, PROTECTED]
    return passing_news(w.forces[f, col.F_CENSORSHIP], w.forces[f, col.F_EROSION], exiles / w.people[f])


@kernel
def from_draws(w: World, i: int, status: int, place: int) -> None:
    """Draw the clocks that end a stay in `status` (in hiding, refusing, abroad) at `place`, a host's number or 0."""
    # Keyed by spell and stage: a person may hide, flee and live abroad within one spell.
    a, b, c, _ = uniforms(w.seed, who(w, i), STAY, place + w.spell[i] * 64 + status)
    w.stay[i, 0] = stay_ticks(a)
    w.stay[i, 1] = stay_ticks(b)
    w.stay[i, 2] = stay_ticks(c)


@kernel
def stay_ticks(u: float) -> int:
    """An exponential threshold in ticks."""
    return int(-math.log(u) * TICK) + 1


@kernel
def category_of(w: World, i: int) -> int:
    """The category in which hosts deal with a person."""
    if (w.trait[i] & SERVED_BIT) != 0 or w.kind[i] == SOLDIER:
        return DESERTER
    if w.kind[i] == RESERVIST:
        return EVADER
    return SPECIALIST if (w.trait[i] & SKILLED_BIT) != 0 else OTHER


@kernel
def category_at(w: World, i: int, h: int) -> int:
    """The same at one host: one that covers open refusers counts them as deserters, another as others."""
    if (w.trait[i] & REFUSER_BIT) != 0:
        return DESERTER if w.hosts[h, col.H_COVERS_REFUSERS] > 0.0 else OTHER
    return category_of(w, i)


@kernel
def choose_host(w: World, i: int, but: int) -> int:
    """The host whose perceived worth times personal taste is largest; `but` is left out; -1 if none is worth anything."""
    c, noise = w.community[i], w.behaviour[col.B_HOST_NOISE]
    best, chosen = 0.0, -1
    for h in range(len(w.hosts)):
        if h == but:
            continue
        worth = outside_worth(w, c, h) * inside_worth(w, c, h, category_at(w, i, h))
        if worth <= 0.0:
            continue
        if noise > 0.0:
            u = uniform(w.seed, who(w, i), HOST, w.host_key[h] + w.spell[i])
            worth *= math.exp(-noise * math.log(-math.log(u)))
        if worth > best:
            best, chosen = worth, h
    return chosen


@kernel
def set_out(w: World, i: int, h: int, day: int) -> None:
    """Put a person on the way to a host; one whom no host is worth the way goes into hiding instead."""
    if h < 0:
        from_draws(w, i, HIDING, 0)
        enter(w, i, HIDING, day)
        return
    w.until[i] = day + int(w.hosts[h, col.H_TRAVEL])
    enter(w, i, IN_FLIGHT, day)  # before the host changes: the old one must lose him
    w.host[i] = h


@kernel
def _take_visa(w: World, i: int) -> bool:
    """Use one skilled-worker visa of the nearest host that has one today; false if there is none."""
    c = w.community[i]
    best, chosen = 0.0, -1
    for h in range(len(w.hosts)):
        if w.visa_credit[h] >= 1.0:
            near = w.access[w.community_region[c], h]
            near = near if near >= 0.0 else w.hosts[h, col.H_ACCESS]
            if near > best:
                best, chosen = near, h
    if chosen < 0:
        return False
    w.visa_credit[chosen] -= 1.0
    w.host[i] = chosen
    w.host_day[chosen, w.force_of[i], D_VISAS] += 1
    return True
