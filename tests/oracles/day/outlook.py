"""The ways out of each group of people as they stand in the morning: how open, how tempting, how contagious (section 7.10)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracles.day.grid import DECIDING, FLEE, HIDE, REFUSE, SHARE, SKILLED, SURRENDER, total
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


def outlook(world: World, signals: Signals) -> dict[tuple[object, ...], Group]:
    """Ways out of everybody who may still leave, by class, as they stand in the morning."""
    groups: dict[tuple[object, ...], Group] = {}
    for person in world.persons:
        key = class_of(person)
        if person.status in DECIDING and key not in groups:
            groups[key] = _group(world, signals, world.forces[person.force], person)
    return groups


def class_of(person: Person) -> tuple[object, ...]:
    """People who share all but frailty and ties."""
    if person.status == "serving":
        return person.force, "serving", person.squad
    if person.status in ("hiding", "refusing"):
        return person.force, person.community, "hiding", person.served
    if person.status in ("summoned", "training"):
        return person.force, person.community, "summoned"
    return person.force, person.community, person.kind == "reservist", person.skilled


def weighted_share(behaviour: Levers, pressure: list[int], route: int, unit: float) -> float:
    """Share gone that counts for a route, section 7.9."""
    own = pressure[route]
    return (own + behaviour["cross_route"] * (sum(pressure) - own)) / unit


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
            return weight * weighted_share(behaviour, pressure, route, SHARE)

        far = term(*units[0]) + total(term(*unit) for unit in units[1:])
        return term(*near[0]) + term(*near[1]) + far if near else far

    push = _push_serving(world, signals, force, person) if serving else _push_other(world, signals, force, person)
    ways: list[Way] = []
    for route, (opening, baseline) in _openings(world, signals, force, person).items():
        reception = {FLEE: flight.reception, SURRENDER: quarter}.get(route, 0.0)
        ways.append(
            Way(
                route=route,
                open=opening if baseline > 0.0 else 0.0,
                baseline=baseline,
                drive=push - _cost(world, force, signals.odds[force.number], route),
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


def _cost(world: World, force: Force, odds: float, route: int) -> float:
    weight, punishment = world.behaviour["push_punishment"], force.levers["punishment"]
    usual = force.reference["punishment"]
    if route == HIDE:
        police = force.reference["police"] / (1.0 / world.scale)
        usual_odds = police / (police + force.absent) if police > 0.0 else 0.0
        return weight * punishment * odds - weight * usual * usual_odds
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
    if person.status == "serving" and world.behaviour["soldier_chance_power"] >= 0.0:
        power = world.behaviour["soldier_chance_power"]

    def relative(chance: float, usual: float) -> float:
        return (chance / usual) ** power if chance > 0.0 else 0.0

    category = _category(person)
    if person.status == "serving":
        company = world.company(person)
        flight = signals.flight[force.number, company.home, category].worth
        contact = levers["contact"] if company.contact else 0.0
        if company.contact and company.cut_off:
            contact = max(contact, levers["cut_off_contact"])
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
