"""Part 7 of a day: the day's row of the record, by force and by host."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.home import war_index
from desertion.rules.ticks import SHARE
from desertion.simulation.signals.contagion import total_of
from desertion.simulation.world.codes import (
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
    FLEE,
    HIDE,
    N_STATUSES,
    PROTECTED,
    REFUSE,
    REFUSED,
    SERVING,
    SKILLED,
    SURRENDER,
    SURRENDERED,
)
from desertion.simulation.world.fields import Array, World
from desertion.simulation.world.people import category_of_class

YEAR = 365.0


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
        war_index(news, max(0.0, 1.0 - strength / start), w.behaviour[0].index_news, w.behaviour[0].index_strength),
        w.information[f],
        w.money * w.skilled_gone[f] * force.output_per_head / YEAR,
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
        w.money * (w.count[f, CAPTURED] + w.count[f, SURRENDERED]) * force.prisoner_cost / YEAR,
        counts[C_CAPTURED] * force.capture_risk,
        counts[SURRENDER] * force.capture_saving,
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
    return w.money * (housed * host.cost / YEAR + w.host_day[h, f, D_PASSED] * host.transit_cost)


@kernel
def _write_host(w: World, row: int, h: int, f: int) -> None:
    out, day, stock, host = w.hostly[row, h, f], w.host_day[h, f], w.host_count[h, f], w.hosts[h]
    cost, total = _cost_today(w, h, f), 0.0
    for other in range(len(w.people)):
        total += _cost_today(w, h, other)
    # What goes beyond the stated budget is laid upon the forces in proportion to what they cost.
    over = max(0.0, total - host.budget / YEAR)
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
        w.money * w.host_skilled[h, f] * host.output_per_head / YEAR,
        float(day[D_GENUINE]),
        float(day[D_PASSED]),
        float(day[D_VISAS]),
        float(stock[REFUSED]),
        float(stock[EMIGRATED]),
        over * cost / total if over > 0.0 else 0.0,
    )
    for j in range(len(values)):
        out[j] = values[j]
