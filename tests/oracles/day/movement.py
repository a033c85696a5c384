"""Part 5 of the day: departures, travel, frontiers, claims, returns, police, recovery, training (sections 7.13 to 7.16)."""

from __future__ import annotations

import math

from tests.oracles.day.border import deal_with_queue, file_claim
from tests.oracles.day.chance import EXIT_CHECK, ONWARD, RANK, RETURN, TERM, TOLERATION
from tests.oracles.day.course import chance_to_pass
from tests.oracles.day.departure import (
    begin_again,
    choose,
    depart_all,
    fall_back,
    return_home,
    stay,
    tell_ties,
    travel,
    with_followers,
)
from tests.oracles.day.grid import STILL, TICK, ticks
from tests.oracles.day.signals import Signals
from tests.oracles.day.state import Force, Person, Squad, World


def move(world: World, signals: Signals, leavers: list[tuple[Person, int]]) -> None:
    """Departures, then everybody in passing, then claims from abroad, borders and news to ties."""
    told = depart_all(world, signals, with_followers(world, leavers))
    arrived: list[Person] = []
    claims: list[Person] = []
    for person in list(world.passing):
        _pass(world, signals, person, arrived, claims)

    def rank(person: Person) -> float:
        return world.chance.uniform(person.draw, RANK, person.spell)

    for person in sorted(claims, key=rank):
        host = world.hosts[person.host]
        if not world.is_full(host):
            file_claim(world, host, person)
    for person in sorted(arrived, key=rank):
        world.hosts[person.host].queue.append(person)
    for host in world.hosts:
        deal_with_queue(world, host)
    world.passing = [person for person in world.passing if person.status not in STILL]
    tell_ties(world, told)


def _liable(person: Person) -> bool:
    """Whether an exit ban holds him: reservists, and soldiers until they are discharged."""
    return person.kind == "reservist" or (person.kind == "soldier" and person.served)


def _discharge(world: World, person: Person) -> None:
    """He goes home for good."""
    person.served = person.called = False
    begin_again(world, person, "home")


def _punish(world: World, person: Person) -> None:
    force = world.forces[person.force]
    person.status, person.out = "punished", False
    person.until = world.day + math.trunc(force.levers["punishment_term"])
    force.today["caught"] += 1


def _squad_with_room(force: Force, person: Person) -> Squad | None:
    squads = force.squads
    if person.squad >= 0 and squads[person.squad].serving < squads[person.squad].established:
        return squads[person.squad]
    for squad in squads:
        if force.companies[squad.company].home == person.community and squad.serving < squad.established:
            return squad
    for step in range(len(squads)):
        squad = squads[(force.last_squad + step) % len(squads)]
        if squad.serving < squad.established:
            force.last_squad = squad.number
            return squad
    return None


def _serve(world: World, person: Person, *, again: bool) -> bool:
    """He serves, if there is room; `again` begins a new spell."""
    force = world.forces[person.force]
    squad = _squad_with_room(force, person)
    if squad is None:
        return False
    if again:
        begin_again(world, person, "serving")
    person.status = "serving"
    person.first = person.first and squad.number == person.squad
    person.squad, person.served = squad.number, True
    squad.serving += 1
    squad.first += person.first
    company = force.companies[squad.company]
    company.strength += 1
    company.peak = max(company.peak, company.strength)
    return True


def _pass(world: World, signals: Signals, person: Person, arrived: list[Person], claims: list[Person]) -> None:
    """One person in passing moves on, by status: the table of section 7.15."""
    force = world.forces[person.force]
    levers, due = force.levers, world.day >= person.until
    if person.status == "summoned" and due:
        person.status = "training"
        person.until = world.day + levers["waves"][person.wave]["training"]
    elif person.status == "training" and due:
        _serve(world, person, again=False)
    elif person.status == "wounded" and due:
        back = world.chance.uniform(person.draw, RETURN, person.spell) < levers["return_share"]
        if not back:
            _discharge(world, person)
        else:
            _serve(world, person, again=True)
    elif person.status in ("hiding", "refusing") and person.hid_on == world.day:
        return
    elif person.status == "hiding":
        person.stay[0] -= ticks(signals.odds[force.number])
        person.stay[1] -= ticks(levers["return_rate"])
        if person.stay[0] <= 0:
            _punish(world, person)
        elif person.stay[1] <= 0:
            if not person.served:
                return_home(world, person)
                force.today["returned"] += 1
            elif _serve(world, person, again=True):
                force.today["returned"] += 1
    elif person.status == "refusing":
        person.stay[0] -= ticks(levers["trial_rate"] * levers["punishment"])
        if person.stay[0] <= 0:
            _punish(world, person)
    elif person.status == "punished" and due:
        front = world.chance.uniform(person.draw, TERM, person.spell) < levers["punished_to_front"]
        if not (front and person.kind != "civilian"):
            _discharge(world, person)
        else:
            _serve(world, person, again=True)
    elif person.status == "in_flight" and due:
        _frontier(world, force, person, arrived)
    elif person.status == "abroad":
        _abroad(world, signals, force, person, claims)
    elif person.status == "refused" and due:
        _after_refusal(world, force, person)


def _frontier(world: World, force: Force, person: Person, arrived: list[Person]) -> None:
    chance = chance_to_pass(force.levers, liable=_liable(person))
    if person.out or world.chance.uniform(person.draw, EXIT_CHECK, person.spell) < chance:
        person.status, person.out = "at_border", True
        force.fled += person.kind == "reservist" and not person.fled
        person.fled = True
        arrived.append(person)
    else:
        force.today["turned_back"] += 1
        fall_back(world, person)


def _abroad(world: World, signals: Signals, force: Force, person: Person, claims: list[Person]) -> None:
    host = world.hosts[person.host]
    for clock, rate in enumerate(("claims_abroad", "onward", "homeward")):
        person.stay[clock] -= ticks(host.levers[rate])
    offers = force.number < host.levers["offers_to"]
    if person.stay[2] <= 0:
        force.today["returned"] += 1
        fall_back(world, person)
    elif person.stay[0] <= 0 and host.levers["border"] == 2.0 and not world.is_full(host) and offers:
        claims.append(person)
    elif person.stay[1] <= 0:
        other = choose(world, signals, person, host)
        if other is None:
            u = world.chance.uniform(person.draw, ONWARD, world.day)
            person.stay[1] = math.trunc(-math.log(u) * TICK) + 1
        else:
            travel(world, person, other)


def _after_refusal(world: World, force: Force, person: Person) -> None:
    host = world.hosts[person.host]
    if world.chance.uniform(person.draw, TOLERATION, person.spell) >= host.levers["enforcement"]:
        stay(world, person, "abroad")
        return
    force.today["returned"] += 1
    if person.served or person.called:
        _punish(world, person)
    else:
        return_home(world, person)
