"""What soldiers see: strain and pressure in their company, shared hazards of each squad."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.hazard import (
    NONE,
    THRESHOLD,
    contagion,
    exit_rate,
    level_rate,
    opening,
    soldiers_power,
    weighted_share,
)
from desertion.rules.push import soldier_push, strain_of, thinned_risk
from desertion.rules.ticks import SHARE, ticks
from desertion.rules.units import way_to_surrender
from desertion.simulation.signals.contagion import threshold_pull, total_of, weighted_gone
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Record, World


@kernel
def publish_front(w: World, f: int) -> None:
    """Publish by how much the risk in contact exceeds that of the whole army, so that the army as a whole is hit at its rate whoever is in contact.

    That holds while companies are equally full: hits of an army whose front empties faster fall behind its rate.
    Companies count by the largest strength that they ever had, as long as they have men: those who have fallen leave more risk to the others only
    by `thinning`, and companies that wait for a call-up are no part of the army.
    """
    men, exposed = 0, 0
    for company in range(len(w.company_force)):
        if w.company_force[company] == f and w.company_n[company] > 0:
            men += w.company_peak[company]
            if w.company_contact[company] != 0:
                exposed += w.company_peak[company]
    w.front_factor[f] = men / exposed if exposed > 0 else 0.0


@kernel
def publish_companies(w: World, first: int, last: int) -> None:
    """Publish what all men of each of the companies first, ..., last - 1 share."""
    cross = w.behaviour[0].cross_route
    for company in range(first, last):
        if w.company_n[company] > 0:
            w.company_strain[company] = strain_in(w, company)
            total = total_of(w.company_pressure[company])
            for route in range(codes.N_ROUTES):
                w.company_share[company, route] = weighted_share(w.company_pressure[company, route], total, cross)


@kernel
def publish_squads(w: World, first: int, last: int) -> None:
    """Publish shared hazards of the squads first, ..., last - 1; companies and communities must have been published before."""
    before = -1
    for q in range(first, last):
        if w.squad_n[q] == 0:
            continue
        w.squad_push[q] = push_in_squad(w, q)
        alike = before >= 0 and w.squad_push[q] == w.squad_push[before]
        alike = alike and w.squad_company[q] == w.squad_company[before]
        for route in range(codes.N_ROUTES):
            alike = alike and w.squad_pressure[q, route] == w.squad_pressure[before, route]
        # That is all that signals are made from, since a company has one home. Most of its squads have lost as many men, and nobody has left them.
        if alike:
            for route in range(codes.EMIGRATE):
                w.squad_open[q, route] = w.squad_open[before, route]
                w.squad_level[q, route] = w.squad_level[before, route]
                w.squad_shared[q, route] = w.squad_shared[before, route]
                w.squad_step[q, route] = w.squad_step[before, route]
                w.squad_pull[q, route] = w.squad_pull[before, route]
            w.squad_share[q] = w.squad_share[before]
        else:
            _squad_signals(w, q)
        before = q


@kernel
def risk_in(w: World, company: int) -> float:
    """Daily rate of being hit in a company."""
    f = w.company_force[company]
    force = w.forces[f]
    return thinned_risk(
        force.casualty_rate,
        w.front_factor[f] if w.company_contact[company] != 0 else 0.0,
        w.company_n[company],
        w.company_peak[company],
        force.thinning,
        force.thinning_cap,
    )


@kernel
def strain_in(w: World, company: int) -> float:
    """What drives all men of a company."""
    b, f = w.behaviour[0], w.company_force[company]
    force, reference, felt = w.forces[f], w.reference[f], w.company_casualties[company]
    risk = 0.0
    if reference.casualty_rate > 0.0:
        risk = risk_in(w, company) / reference.casualty_rate - 1.0
    return strain_of(
        felt[0] / SHARE,
        felt[codes.C_KILLED - codes.C_WOUNDED] / SHARE,
        felt[codes.C_CAPTURED - codes.C_WOUNDED] / SHARE,
        risk,
        force.supply + w.output_gap[f] * force.output_supply - reference.supply,
        reference.legitimacy - w.legitimacy[f],
        b.push_wounded,
        b.push_killed,
        b.push_captured,
        b.push_risk,
        b.push_supply,
        b.push_legitimacy,
    )


@kernel
def push_in_squad(w: World, q: int) -> float:
    """What drives the men of a squad."""
    company, founders = w.squad_company[q], w.squad_founders[q]
    lost = 1.0 - w.squad_original[q] / founders if founders > 0 else 0.0
    shock = w.company_shock[company] + w.community_shock[w.squad_community[q]]
    return soldier_push(w.company_strain[company], lost, shock, w.behaviour[0].push_cohesion)


@kernel
def unit_baseline(force: Record, route: int) -> float:
    """Baseline rate of a route for soldiers serving; -1 where they have no such route."""
    if route == codes.HIDE:
        return force.base_soldier_hide
    if route == codes.FLEE:
        return force.base_soldier_flee
    if route == codes.SURRENDER:
        return force.base_soldier_surrender
    if route == codes.REFUSE:
        return force.base_soldier_refuse
    return -1.0


@kernel
def opportunity_in_squad(w: World, q: int, route: int) -> float:
    """Opportunity times perceived chance of a route for the men of a squad."""
    f = w.squad_force[q]
    force = w.forces[f]
    if route == codes.HIDE:
        return force.rough_country * force.refuge
    if route == codes.FLEE:
        return w.unit_flight[w.row_seen[w.squad_community[q]]]
    if route == codes.SURRENDER:
        company = w.squad_company[q]
        contact = way_to_surrender(
            force.contact, force.cut_off_contact, w.company_contact[company] != 0, w.company_cut_off[company] > 0
        )
        b = w.behaviour[0]
        power = soldiers_power(b.soldier_chance_power, b.chance_power)
        return opening(contact, w.quarter[f], w.reference[f].quarter, power)
    return 1.0 if route == codes.REFUSE else 0.0


@kernel
def reception_in_squad(w: World, q: int, route: int) -> float:
    """Perceived safety of the receiving end for the men of a squad."""
    if route == codes.FLEE:
        return w.reception[w.row_seen[w.squad_community[q]], codes.DESERTER]
    return w.quarter[w.squad_force[q]] if route == codes.SURRENDER else 0.0


@kernel
def _squad_signals(w: World, q: int) -> None:
    """Publish for a squad whose push is published, route by route, opportunity times chance, level, contagion, and the ticks of a man without ties.

    In the threshold form, the share gone and what helps it.
    """
    company, c, f = w.squad_company[q], w.squad_community[q], w.squad_force[q]
    b = w.behaviour[0]
    additive, concave, power = b.additive_scale, b.concave_scale, b.concave_power
    push = w.squad_push[q]
    total = total_of(w.squad_pressure[q])
    for route in range(codes.EMIGRATE):
        drive = push - w.fear[f, route]
        baseline = unit_baseline(w.forces[f], route)
        open_chance = (
            opportunity_in_squad(w, q, route) if baseline > 0.0 else 0.0
        )  # else nobody has the route, in any form
        shared = unit_contagion(w, q, company, c, route, total)
        level = level_rate(w.form, baseline, drive, shared)
        w.squad_open[q, route] = open_chance
        w.squad_shared[q, route] = shared
        w.squad_level[q, route] = level
        w.squad_step[q, route] = ticks(exit_rate(w.form, open_chance, level, shared, 0.0, additive, concave, power))
        if w.form == THRESHOLD:
            w.squad_pull[q, route] = threshold_pull(w, drive, open_chance)
    if w.form == THRESHOLD:
        w.squad_share[q] = weighted_gone(w, q, c, f)


@kernel
def unit_contagion(w: World, q: int, company: int, c: int, route: int, total: int) -> float:
    """Contagion that everybody in a squad shares; `total` is the squad's pressure over all routes, in ticks."""
    if w.form == NONE or w.form == THRESHOLD:
        return 0.0
    reception = reception_in_squad(w, q, route)
    own = weighted_share(w.squad_pressure[q, route], total, w.behaviour[0].cross_route)
    felt = contagion(w.beta[codes.SQUAD], w.beta_star[codes.SQUAD], reception, own)
    felt += contagion(w.beta[codes.COMPANY], w.beta_star[codes.COMPANY], reception, w.company_share[company, route])
    return felt + w.unit_outside[w.row_seen[c], route]
