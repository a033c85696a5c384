"""Parts 5 and 7 of a day: who hears of a leaver: his unit, his home, the army at large, as far as censorship lets news pass."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.home import passing_news
from desertion.rules.ticks import SHARE
from desertion.simulation.world import codes
from desertion.simulation.world.fields import UNIT_EVENT_DAYS, Array, World
from desertion.simulation.world.people import leaving_weight

UNIT_EVENT_MEN = 5  # that the surrender of half a unit must be, to be news of its own


@kernel
def spread_news(w: World, i: int, f: int, route: int, status: int, passing: float, day: int) -> None:
    """Add a leaver to the pressures of his unit, home and army; `passing` is the share of news that passes censorship."""
    weight = leaving_weight(w, i) * SHARE
    if status == codes.SERVING:
        q = w.squad[i]
        company = w.squad_company[q]
        w.squad_new[q, route] += int(weight / w.squad_size[q])
        w.company_new[company, route] += int(weight / w.company_size[company])
        if route == codes.SURRENDER:
            w.squad_surrendered[q, day % UNIT_EVENT_DAYS] += 1
            w.company_surrendered[company, day % UNIT_EVENT_DAYS] += 1
    c = w.community[i]
    w.community_new[c, route] += int(weight / w.community_size[c])
    if status == codes.SERVING:
        w.news_new[f, route] += int(passing * weight / max(1, w.soldiers_start[f]))
    else:
        visible = w.forces[f].flight_visible
        w.news_new[f, route] += int(visible * passing * weight / max(1, w.people[f]))


@kernel
def passing_now(w: World, f: int) -> float:
    """Share of news that passes censorship today."""
    exiles, others = 0.0, 0
    for h in range(len(w.hosts)):
        stock = w.host_count[h, f]
        exiles += stock[codes.PROTECTED]
        others += stock[codes.ABROAD] + stock[codes.APPLICANT] + stock[codes.REFUSED]
    exiles += w.forces[f].exile_weight * others
    return passing_news(w.forces[f].censorship, w.forces[f].erosion, exiles / w.people[f])


@kernel
def tell_of_units(w: World, day: int) -> None:
    """Word of a squad or company of which half has surrendered within three days carries extra weight in army news."""
    extra = w.behaviour[0].unit_event_weight
    for q in range(len(w.squad_n)):
        gone = _gone_in_three_days(w.squad_surrendered[q], w.squad_size[q], day)
        if gone > 0:
            _announce(w, w.squad_force[q], extra * gone)
            w.squad_surrendered[q, :] = 0
    for company in range(len(w.company_n)):
        gone = _gone_in_three_days(w.company_surrendered[company], w.company_size[company], day)
        if gone > 0:
            _announce(w, w.company_force[company], extra * gone)
            w.company_surrendered[company, :] = 0


@kernel
def _gone_in_three_days(row: Array, size: int, day: int) -> int:
    """Men who surrendered in three days if they are at least half of the unit and five men and some did today, else 0."""
    if row[day % UNIT_EVENT_DAYS] == 0:
        return 0
    gone = row[0] + row[1] + row[2]
    return gone if gone >= UNIT_EVENT_MEN and 2 * gone >= size else 0


@kernel
def _announce(w: World, f: int, men: float) -> None:
    """Add so many men who surrendered to a force's army news, as far as news passes."""
    w.news_new[f, codes.SURRENDER] += int(passing_now(w, f) * men * SHARE / max(1, w.soldiers_start[f]))
