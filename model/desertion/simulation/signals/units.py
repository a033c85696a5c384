"""What soldiers see: strain and pressure in their company, shared hazards of each squad."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.hazard import NONE, THRESHOLD, contagion, level, open_chance, weighted_share
from desertion.rules.push import soldier_push, strain, thinned_risk
from desertion.rules.ticks import SHARE
from desertion.simulation.signals.contagion import threshold_pull, weighted_gone
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Record, World


@kernel
def publish_companies(w: World, first: int, last: int) -> None:
    """Publish what all men of each of the companies first, ..., last - 1 share."""
    cross = w.behaviour[0].cross_route
    for k in range(first, last):
        if w.company_n[k] > 0:
            w.company_strain[k] = _strain_in(w, k)
            total = 0
            for r in range(codes.N_ROUTES):
                total += w.company_pressure[k, r]
            for r in range(codes.N_ROUTES):
                w.company_share[k, r] = weighted_share(w.company_pressure[k, r], total, cross)


@kernel
def publish_squads(w: World, first: int, last: int) -> None:
    """Publish shared hazards of the squads first, ..., last - 1; companies and communities must have been published before."""
    for q in range(first, last):
        if w.squad_n[q] > 0:
            _squad_signals(w, q)


@kernel
def risk_in(w: World, k: int) -> float:
    """Daily rate of being hit in a company."""
    f = w.company_force[k]
    force = w.forces[f]
    return thinned_risk(
        force.casualty_rate,
        w.company_front[k],
        w.company_n[k],
        w.company_peak[k],
        force.thinning,
        force.thinning_cap,
    )


@kernel
def _strain_in(w: World, k: int) -> float:
    """What drives all men of a company."""
    b, f = w.behaviour[0], w.company_force[k]
    force, reference = w.forces[f], w.reference[f]
    risk = 0.0
    if reference.casualty_rate > 0.0:
        risk = risk_in(w, k) / reference.casualty_rate - 1.0
    return strain(
        w.company_casualties[k, 0] / SHARE,
        w.company_casualties[k, 1] / SHARE,
        w.company_casualties[k, 2] / SHARE,
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
def _push_in_squad(w: World, q: int) -> float:
    """What drives the men of a squad."""
    k, founders = w.squad_company[q], w.squad_founders[q]
    lost = 1.0 - w.squad_original[q] / founders if founders > 0 else 0.0
    shock = w.company_shock[k] + w.community_shock[w.squad_community[q]]
    return soldier_push(w.company_strain[k], lost, shock, w.behaviour[0].push_cohesion)


@kernel
def unit_baseline(force: Record, k: int) -> float:
    """Baseline rate of a route for soldiers serving; -1 where they have no such route."""
    if k == codes.HIDE:
        return force.base_soldier_hide
    if k == codes.FLEE:
        return force.base_soldier_flee
    if k == codes.SURRENDER:
        return force.base_soldier_surrender
    if k == codes.REFUSE:
        return force.base_soldier_refuse
    return -1.0


@kernel
def opportunity_in_squad(w: World, q: int, k: int) -> float:
    """Opportunity times perceived chance of a route for the men of a squad."""
    f = w.squad_force[q]
    force = w.forces[f]
    if k == codes.HIDE:
        return force.rough_country * force.refuge
    if k == codes.FLEE:
        return w.unit_flight[w.row_seen[w.squad_community[q]]]
    if k == codes.SURRENDER:
        contact = force.contact if w.company_front[w.squad_company[q]] > 0.0 else 0.0
        return open_chance(contact, w.quarter[f], w.reference[f].quarter, w.behaviour[0].chance_power)
    return 1.0 if k == codes.REFUSE else 0.0


@kernel
def reception_in_squad(w: World, q: int, k: int) -> float:
    """Perceived safety of the receiving end for the men of a squad."""
    if k == codes.FLEE:
        return w.reception[w.row_seen[w.squad_community[q]], codes.DESERTER]
    return w.quarter[w.squad_force[q]] if k == codes.SURRENDER else 0.0


@kernel
def _squad_signals(w: World, q: int) -> None:
    company, c, f = w.squad_company[q], w.squad_community[q], w.squad_force[q]
    push = _push_in_squad(w, q)
    w.squad_push[q] = push
    total = 0
    for k in range(codes.N_ROUTES):
        total += w.squad_pressure[q, k]
    for k in range(codes.EMIGRATE):
        drive = push - w.fear[f, k]
        open_ = opportunity_in_squad(w, q, k)
        shared = unit_contagion(w, q, company, c, k, total)
        w.squad_open[q, k] = open_
        w.squad_shared[q, k] = shared
        w.squad_level[q, k] = level(w.form, unit_baseline(w.forces[f], k), drive, shared)
        if w.form == THRESHOLD:
            w.squad_pull[q, k] = threshold_pull(w, drive, open_)
    if w.form == THRESHOLD:
        w.squad_share[q] = weighted_gone(w, q, c, f)


@kernel
def unit_contagion(w: World, q: int, company: int, c: int, k: int, total: int) -> float:
    """Contagion that everybody in a squad shares; `total` is the squad's pressure over all routes, in ticks."""
    if w.form == NONE or w.form == THRESHOLD:
        return 0.0
    reception = reception_in_squad(w, q, k)
    own = weighted_share(w.squad_pressure[q, k], total, w.behaviour[0].cross_route)
    felt = contagion(w.beta[codes.SQUAD], w.beta_star[codes.SQUAD], reception, own)
    felt += contagion(w.beta[codes.COMPANY], w.beta_star[codes.COMPANY], reception, w.company_share[company, k])
    return felt + w.unit_outside[w.row_seen[c], k]
