"""What people at home see: worth of flight, safety abroad and shared hazards of each community, by class of people.

A community that nothing sets apart (nobody gone, no case of its own, no shock, nobody in the street) sees what its whole region sees. So the
tables have a row a community and, after them, a row a region; `row_seen` names the row that a community reads, and quiet ones cost next to nothing.
Whoever reads a table must go through `row_seen`: a quiet community's own row holds what it saw on the last day on which it was set apart.
"""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.hazard import THRESHOLD, exit_rate, level_rate, opening, soldiers_power, weighted_share
from desertion.rules.push import civil_push
from desertion.rules.ticks import ticks
from desertion.simulation.signals.contagion import outside_contagion, threshold_pull, weighted_gone
from desertion.simulation.signals.hosts import inside_worth, passable
from desertion.simulation.world import codes
from desertion.simulation.world.codes import FIRST_DOOR
from desertion.simulation.world.fields import Record, World
from desertion.simulation.world.people import category_of_class


@kernel
def publish_region(w: World, region: int) -> None:
    """What the communities of a region see that nothing sets apart."""
    row, f = len(w.community_force) + region, w.region_force[region]
    for cat in range(codes.N_CATEGORIES):
        best, reception = 0.0, 0.0
        for h in range(len(w.hosts)):
            worth = w.outside[region, h] * w.inside[f, h, cat]
            if worth > best:
                best, reception = worth, w.inside[f, h, cat]
        w.flight[row, cat] = best * passable(w, f, cat)
        w.reception[row, cat] = reception
    _publish_units(w, row)
    for cl in range(codes.N_CLASSES):
        _publish_class(w, row, cl)


@kernel
def publish_communities(w: World, first: int, last: int) -> None:
    """Publish perceived chances and shared hazards of the communities first, ..., last - 1; their regions must have been published before."""
    communities, row_seen, region, people = len(w.community_force), w.row_seen, w.community_region, w.class_n
    heard, turnout, shock, pressure = w.has_heard, w.turnout, w.community_shock, w.community_pressure
    cross = w.behaviour[0].cross_route
    for c in range(first, last):
        total = 0
        for route in range(codes.N_ROUTES):
            total += pressure[c, route]
        if total == 0 and heard[c] == 0 and turnout[c] == 0.0 and shock[c] == 0.0:
            row_seen[c] = communities + region[c]
            continue
        row_seen[c] = c
        _publish_flight(w, c)
        for route in range(codes.N_ROUTES):
            w.community_share[c, route] = weighted_share(pressure[c, route], total, cross)
        if w.squads_start[c] < w.squads_start[c + 1]:
            _publish_units(w, c)
        for cl in range(codes.N_CLASSES):
            if people[c, cl] > 0:
                _publish_class(w, c, cl)


@kernel
def region_of(w: World, row: int) -> int:
    """The region to which a row of the communities' tables belongs."""
    communities = len(w.community_force)
    return w.community_region[row] if row < communities else row - communities


@kernel
def _publish_flight(w: World, c: int) -> None:
    """Perceived worth of flight and safety of the receiving end, by category."""
    region, f = w.community_region[c], w.community_force[c]
    shared = len(w.community_force) + region
    for cat in range(codes.N_CATEGORIES):
        if w.has_heard[c] == 0:
            w.flight[c, cat] = w.flight[shared, cat]
            w.reception[c, cat] = w.reception[shared, cat]
            continue
        best, reception = 0.0, 0.0
        for h in range(len(w.hosts)):
            if w.outside[region, h] > 0.0:
                inside = inside_worth(w, c, h, cat)
                if w.outside[region, h] * inside > best:
                    best, reception = w.outside[region, h] * inside, inside
        w.flight[c, cat] = best * passable(w, f, cat)
        w.reception[c, cat] = reception


@kernel
def _publish_units(w: World, row: int) -> None:
    """What home lets soldiers hear and hope for."""
    f = w.region_force[region_of(w, row)]
    for route in range(codes.EMIGRATE):
        reception = 0.0
        if route == codes.FLEE:
            reception = w.reception[row, codes.DESERTER]
        elif route == codes.SURRENDER:
            reception = w.quarter[f]
        w.unit_outside[row, route] = outside_contagion(w, row, f, route, reception)
    region = len(w.community_force) + region_of(w, row)
    if row < region and w.has_heard[row] == 0:
        w.unit_flight[row] = w.unit_flight[region]
        return
    power = soldiers_power(w.behaviour[0].soldier_chance_power, w.behaviour[0].chance_power)
    w.unit_flight[row] = opening(
        w.forces[f].frontier, w.flight[row, codes.DESERTER], w.reference[f].flight[codes.DESERTER], power
    )


@kernel
def _publish_class(w: World, row: int, cl: int) -> None:
    """Publish the shared hazards of a class for whoever reads a row: for each route opportunity times chance, level and contagion.

    Of people at home also the rate a day without ties and its ticks, door by door; in the threshold form, the share gone and what helps it.
    """
    region = len(w.community_force) + region_of(w, row)
    f = w.region_force[region_of(w, row)]
    b = w.behaviour[0]
    additive, concave, power = b.additive_scale, b.concave_scale, b.concave_power
    push, door = push_in_class(w, row, cl), FIRST_DOOR[min(cl, codes.N_HOME_CLASSES)]
    for route in range(codes.N_ROUTES):
        baseline = class_baseline(w.forces[f], cl, route)
        open_chance, level, shared = 0.0, 0.0, 0.0
        if baseline > 0.0:  # else nobody has the route, in any form
            drive = push - w.fear[f, route]
            if row == region or (route == codes.FLEE and w.has_heard[row] != 0):
                open_chance = opportunity_in_class(w, row, cl, route)
            else:
                open_chance = w.class_open[region, cl, route]  # no power is raised again for the same numbers
            shared = outside_contagion(w, row, f, route, reception_in_class(w, row, cl, route))
            level = level_rate(w.form, baseline, drive, shared)
            if w.form == THRESHOLD:
                w.class_pull[row, cl, route] = threshold_pull(w, drive, open_chance)
        w.class_open[row, cl, route] = open_chance
        w.class_level[row, cl, route] = level
        w.class_shared[row, cl, route] = shared
        if cl < codes.N_HOME_CLASSES and baseline >= 0.0:
            rate = exit_rate(w.form, open_chance, level, shared, 0.0, additive, concave, power)
            w.class_rate[row, door] = rate
            w.class_step[row, door] = ticks(rate)
            door += 1
    if w.form == THRESHOLD:
        w.class_share[row, cl] = weighted_gone(w, -1, row, f)


@kernel
def class_baseline(force: Record, cl: int, route: int) -> float:
    """Baseline rate of a route for a class of people outside units; -1 where the class has no such route."""
    if route == codes.FLEE:
        if cl <= codes.HOME_RESERVIST_SKILLED:
            return force.base_reservist_flee
        if cl <= codes.HOME_CIVILIAN_SKILLED:
            return force.base_civilian_flee
        if cl < codes.HIDING_SOLDIER:
            return force.base_summoned_flee
        return force.base_hiding_flee
    if route == codes.HIDE:
        if cl <= codes.HOME_RESERVIST_SKILLED:
            return force.base_reservist_hide
        if codes.CALLED <= cl < codes.HIDING_SOLDIER:
            return force.base_summoned_hide
    if route == codes.REFUSE and codes.CALLED <= cl < codes.HIDING_SOLDIER:
        return force.base_summoned_refuse
    if route == codes.EMIGRATE and (cl == codes.HOME_RESERVIST_SKILLED or cl == codes.HOME_CIVILIAN_SKILLED):
        return force.base_skilled
    return -1.0


@kernel
def push_in_class(w: World, row: int, cl: int) -> float:
    """What drives the people of a class outside units who read a row of the communities' tables."""
    b, f = w.behaviour[0], w.region_force[region_of(w, row)]
    force = w.forces[f]
    liable = cl != codes.HOME_CIVILIAN and cl != codes.HOME_CIVILIAN_SKILLED
    turnout, shock = 0.0, 0.0
    if row < len(w.community_force):
        turnout, shock = w.turnout[row], w.community_shock[row]
    return civil_push(
        w.threat[f] if liable else 0.0,
        force.ban_expected * (1.0 - force.exit_ban) if liable else 0.0,
        turnout,
        w.reference[f].legitimacy - w.legitimacy[f],
        shock,
        b.push_threat,
        b.push_door,
        b.push_turnout,
        b.push_legitimacy,
    )


@kernel
def opportunity_in_class(w: World, row: int, cl: int, route: int) -> float:
    """Opportunity times perceived chance of a route for a class of people outside units."""
    region, cat = region_of(w, row), category_of_class(cl)
    f = w.region_force[region]
    if route == codes.HIDE:
        return w.forces[f].refuge
    if route == codes.REFUSE:
        return 1.0
    power = w.behaviour[0].chance_power
    if route == codes.FLEE:
        return opening(1.0, w.flight[row, cat], w.reference[f].flight[cat], power)
    # A visa opens the host's door, not the own frontier: a ban holds those liable to serve.
    return opening(1.0, w.region_visa[region] * passable(w, f, cat), 1.0, power)


@kernel
def reception_in_class(w: World, row: int, cl: int, route: int) -> float:
    """Perceived safety of the receiving end for a class of people outside units."""
    return w.reception[row, category_of_class(cl)] if route == codes.FLEE else 0.0
