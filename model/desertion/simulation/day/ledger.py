"""Part 7 of a day: the day's row of the record, by force and by host, each number under its name."""

from __future__ import annotations

import numpy as np

from desertion.engine.compile import kernel
from desertion.rules.home import war_index
from desertion.rules.ticks import SHARE
from desertion.simulation.signals.contagion import total_of
from desertion.simulation.signals.hosts import housed
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
    """Write a force's row: first how many are in each status, then what `DAILY_EXTRA` names."""
    out, stock, counts, force, b = w.daily_rows[row, f], w.count[f], w.counts_today[f], w.forces[f], w.behaviour[0]
    for status in range(codes.N_STATUSES):
        w.daily[row, f, status] = stock[status]
    out.new_hide = counts[codes.HIDE]
    out.new_flee = counts[codes.FLEE]
    out.new_surrender = counts[codes.SURRENDER]
    out.new_refuse = counts[codes.REFUSE]
    out.new_skilled = counts[codes.EMIGRATE]
    out.new_wounded = counts[codes.C_WOUNDED]
    out.new_killed = counts[codes.C_KILLED]
    out.new_captured = counts[codes.C_CAPTURED]
    out.caught = counts[codes.C_CAUGHT]
    out.returned = counts[codes.C_RETURNED]
    out.turned_back = counts[codes.C_TURNED_BACK]
    out.called = counts[codes.C_CALLED]
    out.cut_off = counts[codes.C_CUT_OFF]
    out.unit_surrenders = counts[codes.C_UNIT_SURRENDERS]
    out.left = w.left[f]
    out.soldiers_left = w.left_kind[f, codes.SOLDIER]
    out.reservists_left = w.left_kind[f, codes.RESERVIST]
    out.civilians_left = w.left_kind[f, codes.CIVILIAN]
    out.departures = w.departures[f]
    out.served = w.served[f]
    out.strength = stock[codes.SERVING]
    out.effective_strength = w.effective[f]
    out.collapsed = 1.0 if w.collapsed[f] >= 0 else 0.0
    out.legitimacy = w.legitimacy[f]
    out.turnout = street
    out.fallen = 1.0 if w.fallen[f] >= 0 else 0.0
    out.war_index = np.nan
    if w.soldiers_start[f] > 0:
        lost = max(0.0, 1.0 - stock[codes.SERVING] / w.soldiers_start[f])
        out.war_index = war_index(w.news[f, codes.SURRENDER] / SHARE, lost, b.index_news, b.index_strength)
    out.news = total_of(w.news[f]) / SHARE
    out.information = w.information[f]
    out.output_lost = w.money * w.skilled_gone[f] * force.output_per_head / YEAR
    prisoners = stock[codes.CAPTURED] + stock[codes.SURRENDERED]
    out.prisoner_cost_eur = w.money * prisoners * force.prisoner_cost / YEAR
    out.captor_casualties = counts[codes.C_CAPTURED] * force.capture_risk
    out.captor_saved = counts[codes.SURRENDER] * force.capture_saving
    out.threat = w.threat[f]
    out.quarter_believed = w.quarter[f]
    out.flight_believed = _mean_flight(w, f)


@kernel
def _mean_flight(w: World, f: int) -> float:
    """Perceived worth of flight for evaders, averaged over communities."""
    total, n = 0.0, 0
    for c in range(len(w.community_force)):
        if w.community_force[c] == f:
            total += w.flight[w.row_seen[c], category_of_class(codes.HOME_RESERVIST)]
            n += 1
    return total / n


@kernel
def _cost_today(w: World, h: int, f: int) -> float:
    """What the people of a force cost a host today, EUR at real size."""
    host = w.hosts[h]
    return w.money * (housed(w, h, f) * host.cost / YEAR + w.host_day[h, f, codes.D_PASSED] * host.transit_cost)


@kernel
def _write_host(w: World, row: int, h: int, f: int) -> None:
    """Write a host's row for people of one force of origin: what `HOST_EXTRA` names."""
    out, day, stock, host = w.hostly_rows[row, h, f], w.host_day[h, f], w.host_count[h, f], w.hosts[h]
    out.at_border = stock[codes.AT_BORDER]
    out.waiting = stock[codes.APPLICANT]
    out.protected = stock[codes.PROTECTED]
    out.tolerated = stock[codes.REFUSED]
    out.abroad = stock[codes.ABROAD]
    out.emigrated = stock[codes.EMIGRATED]
    out.admitted = day[codes.D_ADMITTED]
    out.irregular = day[codes.D_IRREGULAR]
    out.turned_away = day[codes.D_TURNED_AWAY]
    out.decided = day[codes.D_DECIDED]
    out.granted = day[codes.D_GRANTED]
    out.refused = day[codes.D_REFUSED]
    out.infiltrators = day[codes.D_INFILTRATORS]
    out.genuine_refused = day[codes.D_GENUINE]
    out.passed_on = day[codes.D_PASSED]
    out.visas = day[codes.D_VISAS]
    out.output_gained = w.money * w.host_skilled[h, f] * host.output_per_head / YEAR
    cost, total = _cost_today(w, h, f), 0.0
    for other in range(len(w.people)):
        total += _cost_today(w, h, other)
    out.cost_eur = cost
    # What goes beyond the stated budget is laid upon the forces in proportion to what they cost.
    over = max(0.0, total - host.budget / YEAR)
    out.over_budget_eur = over * cost / total if over > 0.0 else 0.0
