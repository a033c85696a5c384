"""Part 2 of the day: what people perceive, worked out from the state at the end of yesterday (sections 7.3 to 7.8)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.oracles.day.chance import SHOCK
from tests.oracles.day.course import chance_to_pass, persuaded, prior_quarter, protection
from tests.oracles.day.grid import CATEGORIES
from tests.oracles.day.state import Community, Force, Host, Person, Unit, World


@dataclass(kw_only=True)
class Flight:
    """Perceived worth of flight of a category from a community, and of each host."""

    worth: float
    reception: float
    hosts: list[tuple[float, float]]


@dataclass(kw_only=True)
class Signals:
    """Everything published in the morning; lists run over forces."""

    odds: list[float] = field(default_factory=list[float])
    quarter: list[float] = field(default_factory=list[float])
    threat: list[float] = field(default_factory=list[float])
    flight: dict[tuple[int, int, str], Flight] = field(default_factory=dict[tuple[int, int, str], Flight])
    risk: dict[tuple[int, int], float] = field(default_factory=dict[tuple[int, int], float])
    visa: dict[tuple[int, int, str], float] = field(default_factory=dict[tuple[int, int, str], float])


def publish(world: World, first_day: Any) -> Signals:
    """The signals of the day; shocks are drawn on the way."""
    signals, behaviour = Signals(), world.behaviour
    queues = [world.stock(host, "at_border") for host in world.hosts]
    for host in world.hosts:
        host.full = world.is_full(host)
    for force in world.forces:
        levers = force.levers
        hiding = force.counted("hiding")
        signals.odds.append(levers["police"] / (levers["police"] + hiding) if levers["police"] > 0.0 else 0.0)
        signals.quarter.append(_quarter(force, behaviour["belief_weight"]))
        signals.threat.append(_threat(world, force, first_day))
        for company in force.companies:
            _shock(world, company, behaviour["shock_unit"])
            signals.risk[force.number, company.number] = hit_rate(force, company)
        for community in force.communities:
            _shock(world, community, behaviour["shock_community"])
            key = force.number, community.number
            for category in CATEGORIES:
                signals.flight[*key, category] = _flight(world, force, community, category, queues)
            for kind in ("reservist", "civilian"):
                near = [
                    world.nearness(force, community, host) for host in world.hosts if host.levers["skilled_visas"] > 0.0
                ]
                passing = chance_to_pass(levers, liable=kind == "reservist")
                signals.visa[*key, kind] = max(near, default=0.0) * passing
    return signals


def _quarter(force: Force, weight: float) -> float:
    return (weight * prior_quarter(force.levers) + force.well) / (weight + force.seen)


def _threat(world: World, force: Force, first_day: Any) -> float:
    called = 0.0
    for wave in force.levers["waves"]:
        begin = (wave["date"] - first_day).days
        if begin <= world.day and not force.fallen:
            left = max(0, min(world.day + 30, begin + wave["days"]) - world.day)
            called += wave["number"] * (left / wave["days"])
    at_home = sum(1 for person in force.persons if person.kind == "reservist" and person.status == "home")
    usual = force.reference["casualty_rate"]
    danger = force.levers["casualty_rate"] / usual if usual > 0.0 else 1.0
    return 100.0 * min(1.0, called / at_home) * danger ** world.behaviour["threat_danger"] if at_home else 0.0


def passing(force: Force) -> float:
    """Share of news that passes censorship at this moment, section 7.6."""
    levers = force.levers
    others = sum(force.counted(status) for status in ("abroad", "applicant", "refused"))
    exiles = force.share_of_people(force.counted("protected") + levers["exile_weight"] * others)
    return 1.0 - levers["censorship"] * math.exp(-levers["erosion"] * exiles)


def _shock(world: World, unit: Unit, spread: float) -> None:
    if spread > 0.0:
        memory = world.behaviour["shock_memory"]
        root = math.sqrt(1.0 - memory * memory) if world.day else 1.0
        unit.shock = memory * unit.shock + root * spread * world.chance.normal(unit.draw, SHOCK, world.day)


def front_factor(force: Force) -> float:
    """Men of an army over those of them who stand in contact, by the peak strengths of companies that have men."""
    manned = [company for company in force.companies if company.strength]
    exposed = sum(company.peak for company in manned if company.contact)
    return sum(company.peak for company in manned) / exposed if exposed else 0.0


def hit_rate(force: Force, company: Any) -> float:
    """Rate of being hit in a company, section 7.11."""
    levers, thinning = force.levers, 1.0
    if not company.contact:
        return 0.0
    if 0 < company.strength < company.peak:
        thinning = min(levers["thinning_cap"], (company.peak / company.strength) ** levers["thinning"])
    return levers["casualty_rate"] * front_factor(force) * thinning


def admission(host: Host, force: Force, category: str) -> float:
    """Chance to be admitted as a claimant."""
    return host.levers[f"admission_{category}"] if force.number < host.levers["offers_to"] else 0.0


def inside(world: World, force: Force, community: Community, host: Host, category: str) -> float:
    """What waits in a host, protection being 1, as a community believes it (section 7.8)."""
    levers, weight = host.levers, world.behaviour["belief_weight"]
    worth = [levers["leak"] * levers["worth_abroad"]]
    if levers["border"] == 2.0:
        worth.append(levers[f"visa_free_{category}"] * levers["worth_abroad"])
        if not host.full:
            key = host.number, category
            announced = levers["announced"] if levers["announced"] >= 0.0 else levers[f"recognition_{category}"]
            credibility = persuaded(world.behaviour["belief_credibility"], force.levers)
            good, seen = (
                national[key] + own[key]
                for national, own in ((force.cases_good, community.good), (force.cases_seen, community.seen))
            )
            believed = (weight * (credibility * announced) + good) / (weight + seen)
            worth.append(admission(host, force, category) * protection(believed, levers))
    if levers["border"] == 1.0:
        worth += [
            admission(other, force, category) * protection(other.levers[f"recognition_{category}"], other.levers)
            for other in onward(world, force, host)
        ]
    return max(worth)


def onward(world: World, force: Force, host: Host) -> list[Host]:
    """Hosts to which a host may pass people of a force on: open, not full, and offering to the force."""
    names = host.levers["passes_to"]
    others = [other for other in world.hosts if other.levers["name"] in names]
    return [
        o for o in others if o.levers["border"] == 2.0 and not world.is_full(o) and force.number < o.levers["offers_to"]
    ]


def _flight(world: World, force: Force, community: Community, category: str, queues: list[int]) -> Flight:
    hosts: list[tuple[float, float]] = []
    for host, queue in zip(world.hosts, queues, strict=True):
        entry, wait = host.levers["entry"], 1.0
        if entry <= 0.0:
            wait = 0.0
        elif queue and not math.isinf(entry):
            wait = 1.0 / (1.0 + queue / entry / world.behaviour["queue_patience"])
        outside = world.nearness(force, community, host) * wait
        hosts.append((outside, inside(world, force, community, host, category)))
    best = max(hosts, key=lambda pair: pair[0] * pair[1], default=(0.0, 0.0))
    worth = best[0] * best[1]
    liable = category in ("deserter", "evader")
    return Flight(
        worth=worth * chance_to_pass(force.levers, liable=liable),
        reception=best[1] if worth > 0.0 else 0.0,
        hosts=hosts,
    )


def category_of(person: Person, host: Host) -> str:
    """In which category a host deals with a person (section 2)."""
    if person.refused:
        return "deserter" if host.levers["covers_refusers"] > 0.0 else "other"
    if person.served:
        return "deserter"
    return "evader" if person.kind == "reservist" else "skilled" if person.skilled else "other"
