"""What everybody can see this morning: perceived chances, fears and shared hazards, published once from yesterday's state."""

from __future__ import annotations

import math

from desertion import columns as col
from desertion.compiled import kernel
from desertion.draws import SHOCK, normals
from desertion.rules import (
    SHARE,
    believed,
    chance_out,
    chance_to_be_caught,
    civil_push,
    contagion,
    deterrence,
    learned,
    level,
    open_chance,
    persuaded,
    soldier_push,
    strain,
    thinned_risk,
    threat,
    wait_discount,
    weighted_share,
    worth_inside,
)
from desertion.statuses import (
    APPLICANT,
    AT_BORDER,
    CALLED,
    COMMUNITY,
    COMPANY,
    DESERTER,
    EVADER,
    FACING,
    FLEE,
    HIDE,
    HIDING,
    HIDING_SOLDIER,
    HOME_CIVILIAN,
    HOME_CIVILIAN_SKILLED,
    HOME_RESERVIST_SKILLED,
    N_CLASSES,
    N_ROUTES,
    NEWS,
    NONE,
    OTHER,
    PROTECTED,
    REFUSE,
    REFUSED,
    SKILLED,
    SPECIALIST,
    SQUAD,
    SURRENDER,
    THRESHOLD,
)
from desertion.world import Array, World

# Columns of the reference table, see arrays.REFERENCE_COLUMNS.
R_CASUALTY, R_LEGITIMACY, R_SUPPLY, R_PUNISHMENT, R_FLIGHT, R_QUARTER, R_POLICE = 0, 1, 2, 3, 4, 8, 9
MONTH = 30


@kernel
def publish_states(w: World, day: int) -> None:
    """Publish the day's signals of forces, hosts and regions, and draw the day's shared shocks."""
    for f in range(len(w.people)):
        _home_signals(w, f, day)
    _host_signals(w)
    _region_signals(w)
    _shocks(w, day)


@kernel
def publish_companies(w: World, first: int, last: int) -> None:
    """Publish what all men of each of the companies first, ..., last - 1 share."""
    cross = w.behaviour[col.B_CROSS_ROUTE]
    for k in range(first, last):
        if w.company_n[k] > 0:
            w.company_strain[k] = _strain_in(w, k)
            total = 0
            for r in range(N_ROUTES):
                total += w.company_pressure[k, r]
            for r in range(N_ROUTES):
                w.company_share[k, r] = weighted_share(w.company_pressure[k, r], total, cross)


@kernel
def publish_communities(w: World, first: int, last: int) -> None:
    """Publish perceived chances and shared hazards of the communities first, ..., last - 1."""
    for c in range(first, last):
        _community_signals(w, c)


@kernel
def publish_squads(w: World, first: int, last: int) -> None:
    """Publish shared hazards of the squads first, ..., last - 1; companies and communities must have been published before."""
    for q in range(first, last):
        if w.squad_n[q] > 0:
            _squad_signals(w, q)


@kernel
def _home_signals(w: World, f: int, day: int) -> None:
    force, reference = w.forces[f], w.reference[f]
    w.odds[f] = chance_to_be_caught(force[col.F_POLICE], float(w.count[f, HIDING]))
    pool = 0
    for c in range(len(w.community_force)):
        if w.community_force[c] == f:
            pool += w.class_n[c, 0] + w.class_n[c, 1]
    danger = 1.0
    if reference[R_CASUALTY] > 0.0:
        danger = force[col.F_CASUALTY_RATE] / reference[R_CASUALTY]
    w.threat[f] = threat(called_in_a_month(w, f, day), float(pool), danger)
    credibility = persuaded(
        force[col.F_QUARTER_CREDIBILITY], force[col.F_CAMPAIGN_REACH], force[col.F_CAMPAIGN_CREDIBILITY]
    )
    prior = believed(force[col.F_QUARTER_ANNOUNCED], credibility, force[col.F_QUARTER_FEAR])
    w.quarter[f] = learned(prior, w.behaviour[col.B_BELIEF_WEIGHT], w.captor[f, 0], w.captor[f, 1])
    for k in range(N_ROUTES):
        w.fear[f, k] = _deterrent(w, f, k)
        cross = w.behaviour[col.B_CROSS_ROUTE]
        w.news_share[f, k] = weighted_share(w.news[f, k], total_of(w.news[f]), cross)
        w.facing_share[f, k] = weighted_share(w.news_facing[f, k], total_of(w.news_facing[f]), cross)


@kernel
def called_in_a_month(w: World, f: int, day: int) -> float:
    """How many the force's calendar means to call in the coming month, as people know on `day`."""
    total = 0.0
    if w.fallen[f] >= 0:
        return total
    for v in range(len(w.wave_force)):
        if w.wave_force[v] != f or w.wave_day[v] > day:
            continue  # a call-up is not known before it is decreed
        ends = w.wave_day[v] + w.wave_days[v]
        overlap = min(day + MONTH, ends) - day
        if overlap > 0:
            total += w.wave_number[v] * (overlap / w.wave_days[v])
    return total


@kernel
def _host_signals(w: World) -> None:
    """Which hosts are full, and what being passed on is worth."""
    for h in range(len(w.hosts)):
        w.full[h] = is_full(w, h)
        w.seen_full[h] = w.full[h]
    for h in range(len(w.hosts)):
        for cat in range(4):
            for f in range(len(w.people)):
                best = 0.0
                for other in range(len(w.hosts)):
                    if w.passes_to[h, other] != 0 and takes_transit(w, other, f):
                        host = w.hosts[other]
                        claim = admission(w, other, f, cat) * prospect(host, host[col.H_RECOGNITION_DESERTER + cat])
                        best = max(best, claim)
                w.passed_on[h, cat, f] = best
    for f in range(len(w.people)):
        for h in range(len(w.hosts)):
            for cat in range(4):
                w.inside[f, h, cat] = _inside_worth(w, f, h, cat, w.national_n[f, h, cat], w.national_good[f, h, cat])


@kernel
def _region_signals(w: World) -> None:
    """Worth of flight for communities without cases of their own; it is the same all over a region."""
    for r in range(len(w.region_force)):
        f = w.region_force[r]
        w.region_visa[r] = _nearest_visa(w, r)
        for h in range(len(w.hosts)):
            w.outside[r, h] = _outside_worth(w, r, h)
        for cat in range(4):
            best, reception = 0.0, 0.0
            for h in range(len(w.hosts)):
                worth = w.outside[r, h] * w.inside[f, h, cat]
                if worth > best:
                    best, reception = worth, w.inside[f, h, cat]
            w.region_flight[r, cat] = best * passable(w, f, cat)
            w.region_reception[r, cat] = reception


@kernel
def is_full(w: World, h: int) -> bool:
    """Whether all reception places of a host are taken."""
    host = w.hosts[h]
    stock = 0
    for f in range(len(w.people)):
        stock += w.host_count[h, f, APPLICANT] + w.host_count[h, f, PROTECTED] + w.host_count[h, f, REFUSED]
    return stock + 1 > host[col.H_PLACES] - host[col.H_PLACES_TAKEN]


@kernel
def admission(w: World, h: int, f: int, cat: int) -> float:
    """Chance that a host admits a person of a category and force as a claimant."""
    if f >= w.hosts[h, col.H_OFFERS_TO]:
        return 0.0
    return w.hosts[h, col.H_ADMISSION_DESERTER + cat]


@kernel
def takes_transit(w: World, h: int, f: int) -> bool:
    """Whether a host takes people whom another passes on."""
    return w.hosts[h, col.H_BORDER] >= 2.0 and w.full[h] == 0 and f < w.hosts[h, col.H_OFFERS_TO]


@kernel
def prospect(host: Array, recognition: float) -> float:
    """What a claim is worth, protection being 1."""
    return recognition + (1.0 - recognition) * host[col.H_WORTH_TOLERATED]


@kernel
def _inside_worth(w: World, f: int, h: int, cat: int, seen: float, good: float) -> float:
    """Perceived chance to get into a host times what waits there, protection being 1, after `seen` cases of which `good` were granted."""
    b, host, force = w.behaviour, w.hosts[h], w.forces[f]
    announced = host[col.H_ANNOUNCED]
    if announced < 0.0:
        announced = host[col.H_RECOGNITION_DESERTER + cat]
    credibility = persuaded(b[col.B_BELIEF_CREDIBILITY], force[col.F_CAMPAIGN_REACH], force[col.F_CAMPAIGN_CREDIBILITY])
    return worth_inside(
        host[col.H_BORDER],
        host[col.H_VISA_FREE_DESERTER + cat],
        admission(w, h, f, cat),
        host[col.H_LEAK],
        learned(credibility * announced, b[col.B_BELIEF_WEIGHT], good, seen),
        w.seen_full[h] != 0,
        host[col.H_WORTH_ABROAD],
        host[col.H_WORTH_TOLERATED],
        w.passed_on[h, cat, f],
    )


@kernel
def inside_worth(w: World, c: int, h: int, cat: int) -> float:
    """What a host is worth once one is there, as a community sees it that may have heard of cases of its own."""
    f = w.community_force[c]
    if w.has_heard[c] == 0:
        return w.inside[f, h, cat]
    seen, good = w.national_n[f, h, cat] + w.heard_n[c, h, cat], w.national_good[f, h, cat] + w.heard_good[c, h, cat]
    return _inside_worth(w, f, h, cat, seen, good)


@kernel
def _outside_worth(w: World, r: float, h: int) -> float:
    """Nearness of a host to a region times what the wait at its border leaves of it."""
    near = w.access[r, h] if w.access[r, h] >= 0.0 else w.hosts[h, col.H_ACCESS]
    waiting = 0
    for f in range(len(w.people)):
        waiting += w.host_count[h, f, AT_BORDER]
    return near * wait_discount(float(waiting), w.hosts[h, col.H_ENTRY], w.behaviour[col.B_QUEUE_PATIENCE])


@kernel
def outside_worth(w: World, c: int, h: int) -> float:
    """Nearness of a host to a community times what the wait at its border leaves of it."""
    return w.outside[w.community_region[c], h]


@kernel
def passable(w: World, f: int, cat: int) -> float:
    """Chance to pass the own frontier."""
    force = w.forces[f]
    return chance_out(
        force[col.F_EXIT_CONTROL], force[col.F_EXIT_BAN], force[col.F_BAN_CONTROL], cat == DESERTER or cat == EVADER
    )


@kernel
def _shocks(w: World, day: int) -> None:
    b = w.behaviour
    memory = b[col.B_SHOCK_MEMORY]
    fresh = math.sqrt(1.0 - memory * memory) if day > 0 else 1.0
    if b[col.B_SHOCK_UNIT] > 0.0:
        for k in range(len(w.company_shock)):
            w.company_shock[k] = (
                memory * w.company_shock[k]
                + fresh * b[col.B_SHOCK_UNIT] * normals(w.seed, w.company_key[k], SHOCK, day)[0]
            )
    if b[col.B_SHOCK_COMMUNITY] > 0.0:
        for c in range(len(w.community_shock)):
            normal = normals(w.seed, w.community_key[c], SHOCK, day)[0]
            w.community_shock[c] = memory * w.community_shock[c] + fresh * b[col.B_SHOCK_COMMUNITY] * normal


@kernel
def _flight_signals(w: World, c: int, f: int) -> None:
    """Perceived worth of flight and safety of the receiving end, by category."""
    r = w.community_region[c]
    for cat in range(4):
        if w.has_heard[c] == 0:
            w.flight[c, cat] = w.region_flight[r, cat]
            w.reception[c, cat] = w.region_reception[r, cat]
            continue
        best, reception = 0.0, 0.0
        for h in range(len(w.hosts)):
            if w.outside[r, h] > 0.0:
                inside = inside_worth(w, c, h, cat)
                if w.outside[r, h] * inside > best:
                    best, reception = w.outside[r, h] * inside, inside
        w.flight[c, cat] = best * passable(w, f, cat)
        w.reception[c, cat] = reception


@kernel
def _community_signals(w: World, c: int) -> None:
    f = w.community_force[c]
    _flight_signals(w, c, f)
    total = 0
    for k in range(N_ROUTES):
        total += w.community_pressure[c, k]
    for k in range(N_ROUTES):
        w.community_share[c, k] = weighted_share(w.community_pressure[c, k], total, w.behaviour[col.B_CROSS_ROUTE])
    if w.squads_start[c] < w.squads_start[c + 1]:
        for k in range(SKILLED):
            reception = w.reception[c, DESERTER] if k == FLEE else (w.quarter[f] if k == SURRENDER else 0.0)
            w.unit_outside[c, k] = outside_contagion(w, c, f, k, reception)
        power = w.behaviour[col.B_CHANCE_POWER]
        w.unit_flight[c] = open_chance(
            w.forces[f, col.F_FRONTIER], w.flight[c, DESERTER], w.reference[f, R_FLIGHT], power
        )
    for cl in range(N_CLASSES):
        if w.class_n[c, cl] > 0:
            _class_signals(w, c, cl, f)


@kernel
def _nearest_visa(w: World, r: int) -> float:
    """Nearness of the nearest host that offers skilled-worker visas; 0 if none does."""
    best = 0.0
    for h in range(len(w.hosts)):
        if w.hosts[h, col.H_SKILLED_VISAS] > 0.0:
            near = w.access[r, h] if w.access[r, h] >= 0.0 else w.hosts[h, col.H_ACCESS]
            best = max(best, near)
    return best


@kernel
def category_of_class(cl: int) -> int:
    """The category in which hosts see people of a class."""
    if cl == HIDING_SOLDIER:
        return DESERTER
    if cl == HOME_CIVILIAN:
        return OTHER
    if cl == HOME_CIVILIAN_SKILLED:
        return SPECIALIST
    return EVADER


@kernel
def class_baseline(force: Array, cl: int, k: int) -> float:
    """Baseline rate of a route for a class of people outside units; -1 where the class has no such route."""
    if k == FLEE:
        if cl <= HOME_RESERVIST_SKILLED:
            return force[col.F_BASE_RESERVIST_FLEE]
        if cl <= HOME_CIVILIAN_SKILLED:
            return force[col.F_BASE_CIVILIAN_FLEE]
        if cl < HIDING_SOLDIER:
            return force[col.F_BASE_SUMMONED_FLEE]
        return force[col.F_BASE_HIDING_FLEE]
    if k == HIDE:
        if cl <= HOME_RESERVIST_SKILLED:
            return force[col.F_BASE_RESERVIST_HIDE]
        if CALLED <= cl < HIDING_SOLDIER:
            return force[col.F_BASE_SUMMONED_HIDE]
    if k == REFUSE and CALLED <= cl < HIDING_SOLDIER:
        return force[col.F_BASE_SUMMONED_REFUSE]
    if k == SKILLED and (cl == HOME_RESERVIST_SKILLED or cl == HOME_CIVILIAN_SKILLED):
        return force[col.F_BASE_SKILLED]
    return -1.0


@kernel
def _deterrent(w: World, f: int, k: int) -> float:
    """Cost of a route by fear of punishment, less the same in the reference state: hiding risks being caught, refusing is certain to be."""
    force, weight = w.forces[f], w.behaviour[col.B_PUSH_PUNISHMENT]
    if k == HIDE:
        usual = deterrence(w.reference[f, R_PUNISHMENT], 1.0 if w.reference[f, R_POLICE] > 0.0 else 0.0, weight)
        return deterrence(force[col.F_PUNISHMENT], w.odds[f], weight) - usual
    if k == REFUSE:
        return deterrence(force[col.F_PUNISHMENT] - w.reference[f, R_PUNISHMENT], 1.0, weight)
    return 0.0


@kernel
def push_in_class(w: World, c: int, cl: int) -> float:
    """What drives the people of a class outside units."""
    b, f = w.behaviour, w.community_force[c]
    force = w.forces[f]
    liable = cl != HOME_CIVILIAN and cl != HOME_CIVILIAN_SKILLED
    return civil_push(
        w.threat[f] if liable else 0.0,
        force[col.F_BAN_EXPECTED] * (1.0 - force[col.F_EXIT_BAN]) if liable else 0.0,
        w.turnout[c],
        w.reference[f, R_LEGITIMACY] - w.legitimacy[f],
        w.community_shock[c],
        b[col.B_PUSH_THREAT],
        b[col.B_PUSH_DOOR],
        b[col.B_PUSH_TURNOUT],
        b[col.B_PUSH_LEGITIMACY],
    )


@kernel
def opportunity_in_class(w: World, c: int, cl: int, k: int) -> float:
    """Opportunity times perceived chance of a route for a class of people outside units."""
    f, cat = w.community_force[c], category_of_class(cl)
    if k == HIDE:
        return w.forces[f, col.F_REFUGE]
    if k == REFUSE:
        return 1.0
    power = w.behaviour[col.B_CHANCE_POWER]
    if k == FLEE:
        return open_chance(1.0, w.flight[c, cat], w.reference[f, R_FLIGHT + cat], power)
    # A visa opens the host's door, not the own frontier: a ban holds those liable to serve.
    return open_chance(1.0, w.region_visa[w.community_region[c]] * passable(w, f, cat), 1.0, power)


@kernel
def reception_in_class(w: World, c: int, cl: int, k: int) -> float:
    """Perceived safety of the receiving end for a class of people outside units."""
    return w.reception[c, category_of_class(cl)] if k == FLEE else 0.0


@kernel
def _class_signals(w: World, c: int, cl: int, f: int) -> None:
    push = push_in_class(w, c, cl)
    for k in range(N_ROUTES):
        baseline = class_baseline(w.forces[f], cl, k)
        w.class_open[c, cl, k] = 0.0
        w.class_level[c, cl, k] = 0.0
        w.class_shared[c, cl, k] = 0.0
        if baseline < 0.0:
            continue
        drive = push - w.fear[f, k]
        w.class_open[c, cl, k] = opportunity_in_class(w, c, cl, k)
        shared = outside_contagion(w, c, f, k, reception_in_class(w, c, cl, k))
        w.class_shared[c, cl, k] = shared
        w.class_level[c, cl, k] = level(w.form, baseline, drive, shared)
        if w.form == THRESHOLD:
            w.class_pull[c, cl, k] = threshold_pull(w, drive, w.class_open[c, cl, k])
    if w.form == THRESHOLD:
        w.class_share[c, cl] = weighted_gone(w, -1, c, f)


@kernel
def threshold_pull(w: World, drive: float, open_: float) -> float:
    """How far push and chance help the share gone to reach a threshold: a x (push - cost + log chance)."""
    log_chance = math.log(open_) if open_ > 0.0 else 0.0
    return w.behaviour[col.B_THRESHOLD_PUSH] * (drive + log_chance)


@kernel
def total_of(row: Array) -> int:
    """Sum of a group's pressure over routes, in ticks."""
    total = 0
    for k in range(N_ROUTES):
        total += row[k]
    return total


@kernel
def news_contagion(w: World, f: int, k: int, reception: float) -> float:
    """Contagion from army news and from armies that face the same enemy."""
    total = contagion(w.beta[NEWS], w.beta_star[NEWS], reception, w.news_share[f, k])
    for other in range(len(w.people)):
        if w.facing[f, other] != 0:
            total += contagion(w.beta[FACING], w.beta_star[FACING], reception, w.facing_share[other, k])
    return total


@kernel
def outside_contagion(w: World, c: int, f: int, k: int, reception: float) -> float:
    """Contagion that everybody of a community outside units shares."""
    if w.form == NONE or w.form == THRESHOLD:
        return 0.0
    local = contagion(w.beta[COMMUNITY], w.beta_star[COMMUNITY], reception, w.community_share[c, k])
    return local + news_contagion(w, f, k, reception)


@kernel
def weighted_gone(w: World, q: int, c: int, f: int) -> float:
    """Weighted share gone at all levels but ties, whatever the route (threshold form); `q` is -1 outside units."""
    share = w.beta[COMMUNITY] * (total_of(w.community_pressure[c]) / SHARE) + w.beta[NEWS] * (
        total_of(w.news[f]) / SHARE
    )
    for other in range(len(w.people)):
        if w.facing[f, other] != 0:
            share += w.beta[FACING] * (total_of(w.news_facing[other]) / SHARE)
    if q >= 0:
        share += w.beta[SQUAD] * (total_of(w.squad_pressure[q]) / SHARE)
        share += w.beta[COMPANY] * (total_of(w.company_pressure[w.squad_company[q]]) / SHARE)
    return share


@kernel
def risk_in(w: World, k: int) -> float:
    """Daily rate of being hit in a company."""
    f = w.company_force[k]
    force = w.forces[f]
    return thinned_risk(
        force[col.F_CASUALTY_RATE],
        w.company_front[k],
        w.company_n[k],
        w.company_peak[k],
        force[col.F_THINNING],
        force[col.F_THINNING_CAP],
    )


@kernel
def _strain_in(w: World, k: int) -> float:
    """What drives all men of a company."""
    b, f = w.behaviour, w.company_force[k]
    force, reference = w.forces[f], w.reference[f]
    risk = 0.0
    if reference[R_CASUALTY] > 0.0:
        risk = risk_in(w, k) / reference[R_CASUALTY] - 1.0
    return strain(
        w.company_casualties[k, 0] / SHARE,
        w.company_casualties[k, 1] / SHARE,
        w.company_casualties[k, 2] / SHARE,
        risk,
        force[col.F_SUPPLY] + w.output_gap[f] * force[col.F_OUTPUT_SUPPLY] - reference[R_SUPPLY],
        reference[R_LEGITIMACY] - w.legitimacy[f],
        b[col.B_PUSH_WOUNDED],
        b[col.B_PUSH_KILLED],
        b[col.B_PUSH_CAPTURED],
        b[col.B_PUSH_RISK],
        b[col.B_PUSH_SUPPLY],
        b[col.B_PUSH_LEGITIMACY],
    )


@kernel
def _push_in_squad(w: World, q: int) -> float:
    """What drives the men of a squad."""
    k, founders = w.squad_company[q], w.squad_founders[q]
    lost = 1.0 - w.squad_original[q] / founders if founders > 0 else 0.0
    shock = w.company_shock[k] + w.community_shock[w.squad_community[q]]
    return soldier_push(w.company_strain[k], lost, shock, w.behaviour[col.B_PUSH_COHESION])


@kernel
def unit_baseline(force: Array, k: int) -> float:
    """Baseline rate of a route for soldiers serving; -1 where they have no such route."""
    if k == HIDE:
        return force[col.F_BASE_SOLDIER_HIDE]
    if k == FLEE:
        return force[col.F_BASE_SOLDIER_FLEE]
    if k == SURRENDER:
        return force[col.F_BASE_SOLDIER_SURRENDER]
    if k == REFUSE:
        return force[col.F_BASE_SOLDIER_REFUSE]
    return -1.0


@kernel
def opportunity_in_squad(w: World, q: int, k: int) -> float:
    """Opportunity times perceived chance of a route for the men of a squad."""
    f = w.squad_force[q]
    force = w.forces[f]
    if k == HIDE:
        return force[col.F_ROUGH_COUNTRY] * force[col.F_REFUGE]
    if k == FLEE:
        return w.unit_flight[w.squad_community[q]]
    if k == SURRENDER:
        contact = force[col.F_CONTACT] if w.company_front[w.squad_company[q]] > 0.0 else 0.0
        return open_chance(contact, w.quarter[f], w.reference[f, R_QUARTER], w.behaviour[col.B_CHANCE_POWER])
    return 1.0 if k == REFUSE else 0.0


@kernel
def reception_in_squad(w: World, q: int, k: int) -> float:
    """Perceived safety of the receiving end for the men of a squad."""
    if k == FLEE:
        return w.reception[w.squad_community[q], DESERTER]
    return w.quarter[w.squad_force[q]] if k == SURRENDER else 0.0


@kernel
def _squad_signals(w: World, q: int) -> None:
    company, c, f = w.squad_company[q], w.squad_community[q], w.squad_force[q]
    push = _push_in_squad(w, q)
    w.squad_push[q] = push
    total = 0
    for k in range(N_ROUTES):
        total += w.squad_pressure[q, k]
    for k in range(SKILLED):
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
    own = weighted_share(w.squad_pressure[q, k], total, w.behaviour[col.B_CROSS_ROUTE])
    felt = contagion(w.beta[SQUAD], w.beta_star[SQUAD], reception, own)
    felt += contagion(w.beta[COMPANY], w.beta_star[COMPANY], reception, w.company_share[company, k])
    return felt + w.unit_outside[c, k]
