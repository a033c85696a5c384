"""Bookkeeping at the end of a day: pressures fade and grow, word of whole units spreads, the day is written down."""

from __future__ import annotations

from desertion import columns as col
from desertion.compiled import kernel
from desertion.departure import passing_now
from desertion.persons import category_of_class
from desertion.rules import SHARE, decayed, war_index
from desertion.signals.pressure import total_of
from desertion.statuses import (
    ABROAD,
    APPLICANT,
    AT_BORDER,
    C_CALLED,
    C_CAPTURED,
    C_CAUGHT,
    C_KILLED,
    C_RETURNED,
    C_TURNED_BACK,
    C_WOUNDED,
    CAPTURED,
    COMMUNITY,
    COMPANY,
    D_ADMITTED,
    D_DECIDED,
    D_GENUINE,
    D_GRANTED,
    D_INFILTRATORS,
    D_IRREGULAR,
    D_PASSED,
    D_REFUSED,
    D_TURNED_AWAY,
    D_VISAS,
    EMIGRATED,
    FACING,
    FLEE,
    HIDE,
    N_ROUTES,
    N_STATUSES,
    NEWS,
    PROTECTED,
    REFUSE,
    REFUSED,
    SERVING,
    SKILLED,
    SQUAD,
    SURRENDER,
    SURRENDERED,
)
from desertion.world import Array, World

UNIT_EVENT_MEN = 5
YEAR = 365.0


@kernel
def close_pressures(w: World, day: int) -> None:
    """Let the pressures of companies and news forget a day and take up today's leavers, so that tomorrow everybody sees them."""
    for k in range(len(w.company_n)):
        _fold(w.company_pressure[k], w.company_new[k], w.keep[COMPANY])
        w.company_surrendered[k, (day + 1) % 3] = 0
        for j in range(3):
            w.company_casualties[k, j] = decayed(w.company_casualties[k, j], w.keep_casualties) + w.company_hit[k, j]
    for f in range(len(w.people)):
        for k in range(N_ROUTES):
            w.news_facing[f, k] = decayed(w.news_facing[f, k], w.keep[FACING]) + w.news_new[f, k]
        _fold(w.news[f], w.news_new[f], w.keep[NEWS])


@kernel
def fold_squads(w: World, first: int, last: int, day: int) -> None:
    """The same for the squads first, ..., last - 1."""
    pressure, new, surrendered, keep = w.squad_pressure, w.squad_new, w.squad_surrendered, w.keep[SQUAD]
    for q in range(first, last):
        _fold(pressure[q], new[q], keep)
        surrendered[q, (day + 1) % 3] = 0


@kernel
def fold_communities(w: World, first: int, last: int) -> None:
    """The same for the communities first, ..., last - 1."""
    pressure, new, keep = w.community_pressure, w.community_new, w.keep[COMMUNITY]
    for c in range(first, last):
        _fold(pressure[c], new[c], keep)


@kernel
def _fold(pressure: Array, new: Array, keep: int) -> None:
    for k in range(N_ROUTES):
        if pressure[k] != 0 or new[k] != 0:
            pressure[k] = decayed(pressure[k], keep) + new[k]
            new[k] = 0


@kernel
def tell_of_units(w: World, day: int) -> None:
    """Word of a squad or company of which half has surrendered within three days carries extra weight in army news."""
    extra = w.behaviour[col.B_UNIT_EVENT_WEIGHT]
    for q in range(len(w.squad_n)):
        gone = _gone_in_three_days(w.squad_surrendered[q], w.squad_size[q], day)
        if gone > 0:
            _announce(w, w.squad_force[q], extra * gone)
            w.squad_surrendered[q, :] = 0
    for k in range(len(w.company_n)):
        gone = _gone_in_three_days(w.company_surrendered[k], w.company_size[k], day)
        if gone > 0:
            _announce(w, w.company_force[k], extra * gone)
            w.company_surrendered[k, :] = 0


@kernel
def _gone_in_three_days(row: Array, size: int, day: int) -> int:
    """Men who surrendered in three days if they are at least half of the unit and five men and some did today, else 0."""
    if row[day % 3] == 0:
        return 0
    gone = row[0] + row[1] + row[2]
    return gone if gone >= UNIT_EVENT_MEN and 2 * gone >= size else 0


@kernel
def _announce(w: World, f: int, men: float) -> None:
    w.news_new[f, SURRENDER] += int(passing_now(w, f) * men * SHARE / max(1, w.soldiers_start[f]))


@kernel
def write_day(w: World, row: int, street: Array) -> None:
    """Write the state into row `row` of the record (0 is the start); `street` is turnout as a share of each force's people."""
    for f in range(len(w.people)):
        _write_force(w, row, f, street[f])
    for h in range(len(w.hosts)):
        for f in range(len(w.people)):
            _write_host(w, row, h, f)


@kernel
def _write_force(w: World, row: int, f: int, street: float) -> None:
    out, counts = w.daily[row, f], w.counts_today[f]
    for status in range(N_STATUSES):
        out[status] = w.count[f, status]
    n = N_STATUSES
    force = w.forces[f]
    strength = w.count[f, SERVING]
    news = w.news[f, SURRENDER] / SHARE
    start = max(1, w.soldiers_start[f])
    values = (
        float(counts[HIDE]),
        float(counts[FLEE]),
        float(counts[SURRENDER]),
        float(counts[REFUSE]),
        float(counts[C_WOUNDED]),
        float(counts[C_KILLED]),
        float(counts[C_CAPTURED]),
        float(counts[C_CAUGHT]),
        float(counts[C_RETURNED]),
        float(w.left[f]),
        float(w.departures[f]),
        float(strength),
        w.effective[f],
        w.legitimacy[f],
        street,
        war_index(
            news, max(0.0, 1.0 - strength / start), w.behaviour[col.B_INDEX_NEWS], w.behaviour[col.B_INDEX_STRENGTH]
        ),
        w.information[f],
        w.money * w.skilled_gone[f] * force[col.F_OUTPUT_PER_HEAD] / YEAR,
    )
    # Two tuples: numba takes no literal of more than thirty items.
    more = (
        1.0 if w.collapsed[f] >= 0 else 0.0,
        1.0 if w.fallen[f] >= 0 else 0.0,
        float(counts[SKILLED]),
        float(counts[C_TURNED_BACK]),
        float(counts[C_CALLED]),
        float(w.served[f]),
        total_of(w.news[f]) / SHARE,
        w.money * (w.count[f, CAPTURED] + w.count[f, SURRENDERED]) * force[col.F_PRISONER_COST] / YEAR,
        counts[C_CAPTURED] * force[col.F_CAPTURE_RISK],
        counts[SURRENDER] * force[col.F_CAPTURE_SAVING],
        w.threat[f],
        w.quarter[f],
        _mean_flight(w, f),
    )
    for j in range(len(values)):
        out[n + j] = values[j]
    for j in range(len(more)):
        out[n + len(values) + j] = more[j]


@kernel
def _mean_flight(w: World, f: int) -> float:
    """Perceived worth of flight for evaders, averaged over communities."""
    total, n = 0.0, 0
    for c in range(len(w.community_force)):
        if w.community_force[c] == f:
            total += w.flight[w.outlook[c], category_of_class(0)]
            n += 1
    return total / n


@kernel
def _cost_today(w: World, h: int, f: int) -> float:
    """What the people of a force cost a host today, EUR at real size."""
    stock, host = w.host_count[h, f], w.hosts[h]
    housed = stock[APPLICANT] + stock[PROTECTED] + stock[REFUSED]
    return w.money * (housed * host[col.H_COST] / YEAR + w.host_day[h, f, D_PASSED] * host[col.H_TRANSIT_COST])


@kernel
def _write_host(w: World, row: int, h: int, f: int) -> None:
    out, day, stock, host = w.hostly[row, h, f], w.host_day[h, f], w.host_count[h, f], w.hosts[h]
    cost, total = _cost_today(w, h, f), 0.0
    for other in range(len(w.people)):
        total += _cost_today(w, h, other)
    # What goes beyond the stated budget is laid upon the forces in proportion to what they cost.
    over = max(0.0, total - host[col.H_BUDGET] / YEAR)
    values = (
        float(stock[AT_BORDER]),
        float(stock[APPLICANT]),
        float(day[D_ADMITTED]),
        float(day[D_IRREGULAR]),
        float(day[D_TURNED_AWAY]),
        float(day[D_DECIDED]),
        float(day[D_GRANTED]),
        float(day[D_REFUSED]),
        float(stock[PROTECTED]),
        float(stock[ABROAD]),
        cost,
        float(day[D_INFILTRATORS]),
        w.money * w.host_skilled[h, f] * host[col.H_OUTPUT_PER_HEAD] / YEAR,
        float(day[D_GENUINE]),
        float(day[D_PASSED]),
        float(day[D_VISAS]),
        float(stock[REFUSED]),
        float(stock[EMIGRATED]),
        over * cost / total if over > 0.0 else 0.0,
    )
    for j in range(len(values)):
        out[j] = values[j]
