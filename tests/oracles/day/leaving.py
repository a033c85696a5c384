"""Parts 3 and 4 of the day: who is hit, and who leaves by which route (sections 7.10 to 7.12, and 8)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.oracles.day.chance import HIT, TREATMENT, WOUND
from tests.oracles.day.grid import (
    CASUALTIES,
    DECIDING,
    FLEE,
    HIDE,
    REFUSE,
    SHARE,
    SKILLED,
    SURRENDER,
    TIE_SHARE,
    clip,
    ticks,
    total,
)
from tests.oracles.day.signals import Signals
from tests.oracles.day.state import Force, Levers, Person, World


@dataclass(kw_only=True)
class Way:
    """One route out for a group of people who share everything but frailty and ties."""

    route: int
    open: float
    baseline: float
    drive: float
    shared: float
    reception: float


@dataclass(kw_only=True)
class Group:
    """The ways out of a group and what it has seen of all leaving together."""

    ways: list[Way]
    seen: list[float]


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


def outlook(world: World, signals: Signals) -> dict[tuple[object, ...], Group]:
    """Ways out of everybody who may still leave, by class, as they stand in the morning."""
    groups: dict[tuple[object, ...], Group] = {}
    for person in world.persons:
        key = _class_of(person)
        if person.status in DECIDING and key not in groups:
            groups[key] = _group(world, signals, world.forces[person.force], person)
    return groups


def decide(world: World, groups: dict[tuple[object, ...], Group]) -> list[tuple[Person, int]]:
    """Clocks advance for all who can still leave: the leavers and their routes, by person."""
    leavers: list[tuple[Person, int]] = []
    for person in world.persons:
        if person.status in DECIDING:
            route = _leaves(world.behaviour, groups[_class_of(person)], person)
            if route is not None:
                leavers.append((person, route))
    return leavers


def _class_of(person: Person) -> tuple[object, ...]:
    if person.status == "serving":
        return person.force, "serving", person.squad
    if person.status in ("hiding", "refusing"):
        return person.force, person.community, "hiding", person.served
    if person.status in ("summoned", "training"):
        return person.force, person.community, "summoned"
    return person.force, person.community, person.kind == "reservist", person.skilled


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


def _share(behaviour: Levers, pressure: list[int], route: int, unit: float) -> float:
    own = pressure[route]
    return (own + behaviour["cross_route"] * (sum(pressure) - own)) / unit


def _rate(behaviour: Levers, way: Way, person: Person) -> float:
    form = behaviour["form"]
    if way.open <= 0.0:
        return 0.0
    weight = behaviour["contagion_ties"] + behaviour["reception_ties"] * way.reception
    tied = weight * _share(behaviour, person.tied, way.route, TIE_SHARE)
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


def _group(world: World, signals: Signals, force: Force, person: Person) -> Group:
    behaviour, levers, serving = world.behaviour, force.levers, person.status == "serving"
    company = world.company(person) if serving else None
    home = force.communities[company.home if company else person.community]
    category = _category(person)
    flight = signals.flight[force.number, home.number, category]
    quarter = signals.quarter[force.number]
    units = [("community", home.pressure), ("news", force.news)]
    facing = [other for other in world.forces if other.levers["name"] in levers["facing"]]
    units += [("facing", other.news_abroad) for other in facing]
    near = [("squad", world.squad(person).pressure), ("company", company.pressure)] if company else []

    def felt(route: int, reception: float) -> float:
        def term(level: str, pressure: list[int]) -> float:
            weight = behaviour[f"contagion_{level}"] + behaviour[f"reception_{level}"] * reception
            return weight * _share(behaviour, pressure, route, SHARE)

        far = term(*units[0]) + total(term(*unit) for unit in units[1:])
        return term(*near[0]) + term(*near[1]) + far if near else far

    push = _push_serving(world, signals, force, person) if serving else _push_other(world, signals, force, person)
    ways: list[Way] = []
    for route, (opening, baseline) in _openings(world, signals, force, person).items():
        reception = {FLEE: flight.reception, SURRENDER: quarter}.get(route, 0.0)
        ways.append(
            Way(
                route=route,
                open=opening,
                baseline=baseline,
                drive=push - _cost(behaviour, force, signals.odds[force.number], route),
                shared=felt(route, reception),
                reception=reception,
            )
        )
    seen = [behaviour[f"contagion_{level}"] * (sum(pressure) / SHARE) for level, pressure in units + near]
    return Group(ways=ways, seen=seen)


def _category(person: Person) -> str:
    if person.status in ("hiding", "refusing"):
        return "deserter" if person.served else "evader"
    if person.status == "serving":
        return "deserter"
    if person.kind == "reservist":
        return "evader"
    return "skilled" if person.skilled else "other"


def _cost(behaviour: Levers, force: Force, odds: float, route: int) -> float:
    weight, punishment, usual = behaviour["push_punishment"], force.levers["punishment"], force.reference["punishment"]
    if route == HIDE:
        return weight * punishment * odds - weight * usual * (1.0 if force.reference["police"] > 0.0 else 0.0)
    return weight * (punishment - usual) if route == REFUSE else 0.0


def _push_serving(world: World, signals: Signals, force: Force, person: Person) -> float:
    behaviour, levers, usual = world.behaviour, force.levers, force.reference
    company, squad = world.company(person), world.squad(person)
    wounded, killed, captured = (ticks_ / SHARE for ticks_ in company.casualties)
    rate = signals.risk[force.number, company.number]
    risk = rate / usual["casualty_rate"] - 1.0 if usual["casualty_rate"] > 0.0 else 0.0
    supply = levers["supply"] + force.gap * levers["output_supply"] - usual["supply"]
    doubt = usual["legitimacy"] - force.legitimacy
    strain = (
        behaviour["push_wounded"] * wounded
        + behaviour["push_killed"] * killed
        + behaviour["push_captured"] * captured
        + behaviour["push_risk"] * risk
        + behaviour["push_supply"] * supply
        + behaviour["push_legitimacy"] * doubt
    )
    lost = 1.0 - squad.first / squad.members if squad.members else 0.0
    shocks = company.shock + force.communities[company.home].shock
    return strain + behaviour["push_cohesion"] * lost + shocks


def _push_other(world: World, signals: Signals, force: Force, person: Person) -> float:
    behaviour, home = world.behaviour, world.home(person)
    free = person.status == "home" and person.kind != "reservist"
    threat = 0.0 if free else signals.threat[force.number]
    door = 0.0 if free else force.levers["ban_expected"] * (1.0 - force.levers["exit_ban"])
    return (
        behaviour["push_threat"] * threat
        + behaviour["push_door"] * door
        + behaviour["push_turnout"] * home.turnout
        + behaviour["push_legitimacy"] * (force.reference["legitimacy"] - force.legitimacy)
        + home.shock
    )


def _openings(world: World, signals: Signals, force: Force, person: Person) -> dict[int, tuple[float, float]]:
    """How open each route of the person's class is, and its baseline: the table of section 7.10."""
    levers, power = force.levers, world.behaviour["chance_power"]

    def relative(chance: float, usual: float) -> float:
        return (chance / usual) ** power if chance > 0.0 else 0.0

    category = _category(person)
    if person.status == "serving":
        company = world.company(person)
        flight = signals.flight[force.number, company.home, category].worth
        contact = levers["contact"] if company.front > 0.0 else 0.0
        mercy = relative(signals.quarter[force.number], force.reference["quarter"])
        away = relative(flight, force.reference["flight_deserter"])
        return {
            HIDE: (levers["rough_country"] * levers["refuge"], levers["base_soldier_hide"]),
            FLEE: (levers["frontier"] * away, levers["base_soldier_flee"]),
            SURRENDER: (contact * mercy, levers["base_soldier_surrender"]),
            REFUSE: (1.0, levers["base_soldier_refuse"]),
        }
    flight = signals.flight[force.number, person.community, category].worth
    away = relative(flight, force.reference[f"flight_{category}"])
    if person.status in ("hiding", "refusing"):
        return {FLEE: (away, levers["base_hiding_flee"])}
    if person.status in ("summoned", "training"):
        return {
            HIDE: (levers["refuge"], levers["base_summoned_hide"]),
            FLEE: (away, levers["base_summoned_flee"]),
            REFUSE: (1.0, levers["base_summoned_refuse"]),
        }
    reservist = person.kind == "reservist"
    ways = {HIDE: (levers["refuge"], levers["base_reservist_hide"])} if reservist else {}
    ways[FLEE] = (away, levers["base_reservist_flee" if reservist else "base_civilian_flee"])
    if person.skilled:
        visa = signals.visa[force.number, person.community, "reservist" if reservist else "civilian"]
        ways[SKILLED] = (relative(visa, 1.0), levers["base_skilled"])
    return ways
