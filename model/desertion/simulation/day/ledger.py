"""Part 7 of a day: the day's row of the record, by force and by host."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.home import war_index
from desertion.rules.ticks import SHARE
from desertion.simulation.signals.contagion import total_of
from desertion.simulation.world import codes
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
    for status in range(codes.N_STATUSES):
        out[status] = w.count[f, status]
    n = codes.N_STATUSES
    force = w.forces[f]
    strength = w.count[f, codes.SERVING]
    news = w.news[f, codes.SURRENDER] / SHARE
    start = max(1, w.soldiers_start[f])
    values = (
        float(counts[codes.HIDE]),
        float(counts[codes.FLEE]),
        float(counts[codes.SURRENDER]),
        float(counts[codes.REFUSE]),
        float(counts[codes.C_WOUNDED]),
        float(counts[codes.C_KILLED]),
        float(counts[codes.C_CAPTURED]),
        float(counts[codes.C_CAUGHT]),
        float(counts[codes.C_RETURNED]),
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
        float(counts[codes.EMIGRATE]),
        float(counts[codes.C_TURNED_BACK]),
        float(counts[codes.C_CALLED]),
        float(w.served[f]),
        total_of(w.news[f]) / SHARE,
        w.money * (w.count[f, codes.CAPTURED] + w.count[f, codes.SURRENDERED]) * force.prisoner_cost / YEAR,
        counts[codes.C_CAPTURED] * force.capture_risk,
        counts[codes.SURRENDER] * force.capture_saving,
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
            total += w.flight[w.row_seen[c], category_of_class(0)]
            n += 1
    return total / n


@kernel
def _cost_today(w: World, h: int, f: int) -> float:
    """What the people of a force cost a host today, EUR at real size."""
    stock, host = w.host_count[h, f], w.hosts[h]
    housed = stock[codes.APPLICANT] + stock[codes.PROTECTED] + stock[codes.REFUSED]
    return w.money * (housed * host.cost / YEAR + w.host_day[h, f, codes.D_PASSED] * host.transit_cost)


@kernel
def _write_host(w: World, row: int, h: int, f: int) -> None:
    out, day, stock, host = w.hostly[row, h, f], w.host_day[h, f], w.host_count[h, f], w.hosts[h]
    cost, total = _cost_today(w, h, f), 0.0
    for other in range(len(w.people)):
        total += _cost_today(w, h, other)
    # What goes beyond the stated budget is laid upon the forces in proportion to what they cost.
    over = max(0.0, total - host.budget / YEAR)
    values = (
        float(stock[codes.AT_BORDER]),
        float(stock[codes.APPLICANT]),
        float(day[codes.D_ADMITTED]),
        float(day[codes.D_IRREGULAR]),
        float(day[codes.D_TURNED_AWAY]),
        float(day[codes.D_DECIDED]),
        float(day[codes.D_GRANTED]),
        float(day[codes.D_REFUSED]),
        float(stock[codes.PROTECTED]),
        float(stock[codes.ABROAD]),
        cost,
        float(day[codes.D_INFILTRATORS]),
        w.money * w.host_skilled[h, f] * host.output_per_head / YEAR,
        float(day[codes.D_GENUINE]),
        float(day[codes.D_PASSED]),
        float(day[codes.D_VISAS]),
        float(stock[codes.REFUSED]),
        float(stock[codes.EMIGRATED]),
        over * cost / total if over > 0.0 else 0.0,
    )
    for j in range(len(values)):
        out[j] = values[j]
