"""Leavers depart, choose a host, hide or settle, and fall back (sections 7.13 to 7.15)."""

from __future__ import annotations

import math

from tests.oracles.day.calendar import recalled
from tests.oracles.day.chance import COMMAND, HOST, RANK, STAY
from tests.oracles.day.grid import (
    FLEE,
    HIDE,
    REFUSE,
    ROUTES,
    SHARE,
    SKILLED,
    STATUSES,
    STILL,
    SURRENDER,
    TICK,
    TIE_FADED,
    TIE_MOST,
    TIE_SHARE,
    idle,
    kept,
)
from tests.oracles.day.leaving import leave_squad, treated
from tests.oracles.day.people import new_thresholds
from tests.oracles.day.signals import Signals, category_of, passing
from tests.oracles.day.state import Host, Person, World


def with_followers(world: World, leavers: list[tuple[Person, int]]) -> list[tuple[Person, int]]:
    """The day's leavers by person, with the men of companies that follow their commander, section 7.13."""
    alone = {person.number for person, _ in leavers}
    found = list(leavers)
    for person, route in leavers:
        if route != SURRENDER or not person.officer:
            continue
        force, company = world.forces[person.force], world.company(person)
        men = [man for man in force.persons if man.status == "serving" and world.company(man) is company]
        commander = min((man for man in men if man.officer), key=lambda man: man.number)
        squads = [squad for squad in force.squads if squad.company == company.number]
        members = sum(squad.members for squad in squads)
        cohesion = sum(squad.first for squad in squads) / members if members else 0.0
        chance = world.behaviour["unit_surrender"] * (1.0 - world.behaviour["unit_cohesion"] * cohesion)
        leads = person is commander and company.cut_off
        if leads and world.chance.uniform(company.draw, COMMAND, world.day) < chance:
            force.today["unit_surrenders"] += 1
            found += [(man, SURRENDER) for man in men if man.number not in alone]
    return sorted(found, key=lambda leaver: leaver[0].number)


def depart_all(world: World, signals: Signals, leavers: list[tuple[Person, int]]) -> list[tuple[Person, int, float]]:
    """Leavers by person, those for a visa last by rank; who left, by which route, with what weight."""
    gone = [
        (person, route) for person, route in leavers if route != SKILLED and not _stuck(world, signals, person, route)
    ]
    visas = [person for person, route in leavers if route == SKILLED]
    visas.sort(key=lambda person: world.chance.uniform(person.draw, RANK, 0))
    told = [(person, route, _depart(world, signals, person, route)) for person, route in gone]
    for host in world.hosts:
        host.visa_credit = idle(host.visa_credit, host.levers["skilled_visas"]) + host.levers["skilled_visas"]
    for person in visas:
        host = _nearest_visa(world, person)
        if host is not None:
            host.visa_credit -= 1.0
            told.append((person, SKILLED, _depart(world, signals, person, SKILLED)))
            person.host = host.number
            world.traffic[host.number, person.force]["visas"] += 1
    return told


def _stuck(world: World, signals: Signals, person: Person, route: int) -> bool:
    """Who hides or refuses and finds no host stays where he is."""
    away = person.status in ("hiding", "refusing")
    return route == FLEE and away and choose(world, signals, person, None) is None


def _nearest_visa(world: World, person: Person) -> Host | None:
    force, home = world.forces[person.force], world.home(person)
    hosts = [host for host in world.hosts if host.visa_credit >= 1.0 and world.nearness(force, home, host) > 0.0]
    return max(hosts, key=lambda host: world.nearness(force, home, host), default=None)


def _depart(world: World, signals: Signals, person: Person, route: int) -> float:
    """Leaving is seen by unit, home town and army; returns its weight."""
    force, home = world.forces[person.force], world.home(person)
    weight = force.levers["officer_weight"] if person.officer else 1.0
    if person.status == "serving":
        for unit in (world.squad(person), world.company(person)):
            unit.new[route] += math.trunc(weight * SHARE / unit.established)
            unit.surrendered[0] += route == SURRENDER
        force.news_new[route] += math.trunc(passing(force) * weight * SHARE / force.soldiers)
        leave_squad(world, person)
    else:
        visible = force.levers["flight_visible"] * passing(force)
        force.news_new[route] += math.trunc(visible * weight * SHARE / len(force.persons))
    home.new[route] += math.trunc(weight * SHARE / home.established)
    if person.status in ("summoned", "training"):
        force.evaded[person.wave] += 1
    if person.status in STILL and route not in (SURRENDER, SKILLED):
        world.passing.append(person)
    if person.day_left is None:
        person.day_left, person.route = world.day, route
    force.departures += 1
    force.today[f"new_{ROUTES[route]}"] += 1
    if route == FLEE:
        host = choose(world, signals, person, None)
        if host is None:
            stay(world, person, "hiding")
        else:
            travel(world, person, host)
    elif route == HIDE:
        stay(world, person, "hiding")
    elif route == REFUSE:
        person.refused = True
        stay(world, person, "refusing")
    elif route == SURRENDER:
        person.status = "surrendered"
        treated(world, force, person)
    else:
        person.status, person.out = "emigrated", True
    return weight


def stay(world: World, person: Person, status: str) -> None:
    """He hides, refuses or lives abroad: the clocks of the stay are drawn."""
    person.status, person.hid_on = status, world.day
    place = world.hosts[person.host].draw if status == "abroad" else 0
    turn = person.spell + 2**16 * person.stays_abroad
    draws = world.chance.uniforms(person.draw, STAY, place + 64 * turn + STATUSES.index(status))
    person.stays_abroad += status == "abroad"
    person.stay = [math.trunc(-math.log(u) * TICK) + 1 for u in draws[:3]]


def travel(world: World, person: Person, host: Host) -> None:
    """He is on the way to a host."""
    person.status, person.host = "in_flight", host.number
    person.until = world.day + math.trunc(host.levers["travel"])


def choose(world: World, signals: Signals, person: Person, without: Host | None) -> Host | None:
    """The host with the largest perceived worth times personal taste, section 7.14."""
    best, chosen = 0.0, None
    for host in world.hosts:
        category = category_of(person, host)
        outside, inside = signals.flight[person.force, person.community, category].hosts[host.number]
        worth = outside * inside
        if host is not without and worth > 0.0:
            u = world.chance.uniform(person.draw, HOST, host.draw + person.spell)
            worth *= math.exp(-world.behaviour["host_noise"] * math.log(-math.log(u)))
            if worth > best:
                best, chosen = worth, host
    return chosen


def begin_again(world: World, person: Person, status: str) -> None:
    """A new spell begins in a status."""
    person.spell += 1
    person.stays_abroad = 0
    new_thresholds(person, world.chance)
    person.out = False
    if status == "hiding":
        stay(world, person, "hiding")
    else:
        person.status = status


def fall_back(world: World, person: Person) -> None:
    """He hides if he ever served or was called, else goes home; a new spell."""
    if person.served or person.called:
        begin_again(world, person, "hiding")
    else:
        return_home(world, person)


def return_home(world: World, person: Person) -> None:
    """He comes home, and may be summoned on the spot; a new spell."""
    begin_again(world, person, "home")
    recalled(world, person)


def tell_ties(world: World, told: list[tuple[Person, int, float]]) -> None:
    """Tie pressures fade, then leavers are told of."""
    keep, persons = kept(world.behaviour["half_life_ties"]), world.persons
    for person in persons:
        person.tied = [old * keep // 2**24 for old in person.tied]
        if sum(person.tied) < TIE_FADED:
            person.tied = [0] * 5
    for person, route, weight in told:
        for number in person.ties:
            hearer = persons[number]
            more = math.trunc(weight * TIE_SHARE / len(hearer.ties) + 0.5)
            hearer.tied[route] = min(TIE_MOST, hearer.tied[route] + more)
