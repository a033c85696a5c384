"""Parts 3 and 4 of the day: who is hit, and who leaves by which route (sections 7.10 to 7.12, and 8)."""

from __future__ import annotations

import math

from tests.oracles.day.chance import HIT, TREATMENT, WOUND
from tests.oracles.day.grid import (
    CASUALTIES,
    DECIDING,
    SHARE,
    TIE_SHARE,
    clip,
    ticks,
    total,
)
from tests.oracles.day.outlook import Group, Way, class_of, weighted_share
from tests.oracles.day.signals import Signals
from tests.oracles.day.state import Force, Levers, Person, World


def combat(world: World, signals: Signals) -> None:
    """Clocks of being hit run for all who serve; the hit leave their squad."""
    for person in world.persons:
        if person.status == "serving":
            force, company = world.forces[person.force], world.company(person)
            person.clocks[5] -= ticks(signals.risk[force.number, company.number])
            if person.clocks[5] <= 0:
                _hit(world, force, person)


def _hit(world: World, force: Force, person: Person) -> None:
    levers, chance, company = force.levers, world.chance, world.company(person)
    u = chance.uniform(person.draw, HIT, person.spell)
    leave_squad(world, person)
    if u < levers["share_killed"]:
        kind = "killed"
    elif u < levers["share_killed"] + levers["share_captured"]:
        kind = "captured"
        treated(world, force, person)
    else:
        kind = "wounded"
        median = -math.log(chance.uniform(person.draw, WOUND, person.spell)) / math.log(2.0)
        person.until = world.day + 1 + math.trunc(levers["recovery"] * median)
        world.passing.append(person)
    person.status = kind
    force.today[f"new_{kind}"] += 1
    company.hurt[CASUALTIES.index(kind)] += math.trunc(SHARE / company.established)


def treated(world: World, force: Force, person: Person) -> None:
    """A prisoner's treatment is heard of, section 7.4."""
    heard = world.behaviour["belief_heard"]
    force.seen += heard
    if world.chance.uniform(person.draw, TREATMENT, person.spell) < force.levers["quarter"]:
        force.well += heard


def leave_squad(world: World, person: Person) -> None:
    """One fewer serves."""
    squad = world.squad(person)
    squad.serving -= 1
    squad.first -= person.first
    world.company(person).strength -= 1


def decide(world: World, groups: dict[tuple[object, ...], Group]) -> list[tuple[Person, int]]:
    """Clocks advance for all who can still leave: the leavers and their routes, by person."""
    leavers: list[tuple[Person, int]] = []
    for person in world.persons:
        if person.status in DECIDING:
            route = _leaves(world.behaviour, groups[class_of(person)], person)
            if route is not None:
                leavers.append((person, route))
    return leavers


def _leaves(behaviour: Levers, group: Group, person: Person) -> int | None:
    best, chosen = 2.0, None
    for way in group.ways:
        loses = ticks(_rate(behaviour, way, person))
        lacked = person.clocks[way.route]
        person.clocks[way.route] -= loses
        if loses and lacked <= loses:
            moment = lacked / loses if lacked > 0 else 1.5
            if moment < best:
                best, chosen = moment, way.route
    if chosen is None and behaviour["form"] == "threshold":
        chosen = _follows(behaviour, group, person)
    return chosen


def _follows(behaviour: Levers, group: Group, person: Person) -> int | None:
    ways = [way for way in group.ways if way.open > 0.0]
    if not ways:
        return None
    way = max(ways, key=lambda way: way.open)
    gone = total(group.seen) + behaviour["contagion_ties"] * (sum(person.tied) / TIE_SHARE)
    if gone + behaviour["threshold_push"] * (way.drive + math.log(way.open)) >= person.theta:
        return way.route
    return None


def _rate(behaviour: Levers, way: Way, person: Person) -> float:
    form = behaviour["form"]
    if way.open <= 0.0:
        return 0.0
    weight = behaviour["contagion_ties"] + behaviour["reception_ties"] * way.reception
    tied = weight * weighted_share(behaviour, person.tied, way.route, TIE_SHARE)
    if form == "multiplicative":
        level = way.baseline * math.exp(clip(way.drive + way.shared))
        return way.open * level * math.exp(clip(tied))
    level = way.baseline * math.exp(clip(way.drive))
    if form == "concave":
        gone = way.shared + tied
        factor = (1.0 + gone / behaviour["concave_scale"]) ** behaviour["concave_power"] if gone > 0.0 else 1.0
        return way.open * level * factor
    if form == "additive":
        return way.open * max(0.0, level + behaviour["additive_scale"] * (way.shared + tied))
    return way.open * level
