"""Part 5 of the day: departures, travel, frontiers, claims, returns, police, recovery, training (sections 7.13 to 7.16)."""

from __future__ import annotations

import math

from tests.oracles.day.chance import ADMISSION, EXIT_CHECK, HOST, ONWARD, RANK, RETURN, STAY, TERM, TOLERATION
from tests.oracles.day.course import chance_to_pass
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
    kept,
    ticks,
)
from tests.oracles.day.leaving import leave_squad, treated
from tests.oracles.day.people import new_thresholds
from tests.oracles.day.signals import Signals, admission, category_of, onward, passing
from tests.oracles.day.state import Force, Host, Person, Squad, World


def move(world: World, signals: Signals, leavers: list[tuple[Person, int]]) -> None:
    """Departures, then everybody in passing, then claims from abroad, borders and news to ties."""
    gone = [(person, route) for person, route in leavers if route != SKILLED]
    visas = [person for person, route in leavers if route == SKILLED]
    visas.sort(key=lambda person: world.chance.uniform(person.draw, RANK, 0))
    for host in world.hosts:
        host.visa_credit = idle(host.visa_credit, host.levers["skilled_visas"]) + host.levers["skilled_visas"]
    told: list[tuple[Person, int, float]] = []
    for person, route in gone:
        told.append((person, route, _depart(world, signals, person, route)))
    for person in visas:
        host = _nearest_visa(world, person)
        if host is not None:
            host.visa_credit -= 1.0
            weight = _depart(world, signals, person, SKILLED)
            person.host = host.number
            world.traffic[host.number, person.force]["visas"] += 1
            told.append((person, SKILLED, weight))
    arrived: list[Person] = []
    claims: list[Person] = []
    for person in list(world.passing):
        _pass(world, signals, person, arrived, claims)

    def rank(person: Person) -> float:
        return world.chance.uniform(person.draw, RANK, person.spell)

    for person in sorted(claims, key=rank):
        host = world.hosts[person.host]
        if not world.is_full(host):
            _claim(world, host, person)
    for person in sorted(arrived, key=rank):
        world.hosts[person.host].queue.append(person)
    for host in world.hosts:
        _border(world, host)
    world.passing = [person for person in world.passing if person.status not in STILL]
    _tell(world, told)


def idle(credit: float, rate: float) -> float:
    """What an empty queue leaves of a credit, section 7.16."""
    if rate == 0.0:
        return 0.0
    if math.isinf(credit):
        return 0.0
    return min(credit, 1.0) if rate < 1.0 else credit - math.floor(credit)


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
        force.fled += person.kind == "reservist" and not person.fled
        person.fled = True
        host = _choose(world, signals, person, None)
        if host is None:
            _stay(world, person, "hiding")
        else:
            _travel(world, person, host)
    elif route == HIDE:
        _stay(world, person, "hiding")
    elif route == REFUSE:
        person.refused = True
        _stay(world, person, "refusing")
    elif route == SURRENDER:
        person.status = "surrendered"
        treated(world, force, person)
    else:
        person.status, person.out = "emigrated", True
    return weight


def _stay(world: World, person: Person, status: str) -> None:
    """He hides, refuses or lives abroad: the clocks of the stay are drawn."""
    person.status = status
    place = world.hosts[person.host].draw if status == "abroad" else 0
    draws = world.chance.uniforms(person.draw, STAY, place + 64 * person.spell + STATUSES.index(status))
    person.stay = [math.trunc(-math.log(u) * TICK) + 1 for u in draws[:3]]


def _travel(world: World, person: Person, host: Host) -> None:
    person.status, person.host = "in_flight", host.number
    person.until = world.day + math.trunc(host.levers["travel"])


def _choose(world: World, signals: Signals, person: Person, without: Host | None) -> Host | None:
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


def _again(world: World, person: Person, status: str) -> None:
    """A new spell begins in a status."""
    person.spell += 1
    new_thresholds(person, world.chance)
    person.out = False
    if status == "hiding":
        _stay(world, person, "hiding")
    else:
        person.status = status


def _fall_back(world: World, person: Person) -> None:
    _again(world, person, "hiding" if person.served or person.called else "home")


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
        _again(world, person, "serving")
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
        if not (back and _serve(world, person, again=True)):
            _again(world, person, "home")
    elif person.status == "hiding":
        person.stay[0] -= ticks(signals.odds[force.number])
        person.stay[1] -= ticks(levers["return_rate"])
        if person.stay[0] <= 0:
            _punish(world, person)
        elif person.stay[1] <= 0:
            if not person.served:
                _again(world, person, "home")
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
            _again(world, person, "home")
        else:
            _serve(world, person, again=True)
    elif person.status == "in_flight" and due:
        _frontier(world, force, person, arrived)
    elif person.status == "abroad":
        _abroad(world, signals, force, person, claims)
    elif person.status == "refused" and due:
        _after_refusal(world, force, person)


def _frontier(world: World, force: Force, person: Person, arrived: list[Person]) -> None:
    chance = chance_to_pass(force.levers, liable=person.kind != "civilian")
    if person.out or world.chance.uniform(person.draw, EXIT_CHECK, person.spell) < chance:
        person.status, person.out = "at_border", True
        arrived.append(person)
    else:
        force.today["turned_back"] += 1
        _fall_back(world, person)


def _abroad(world: World, signals: Signals, force: Force, person: Person, claims: list[Person]) -> None:
    host = world.hosts[person.host]
    for clock, rate in enumerate(("claims_abroad", "onward", "homeward")):
        person.stay[clock] -= ticks(host.levers[rate])
    offers = force.number < host.levers["offers_to"]
    if person.stay[2] <= 0:
        force.today["returned"] += 1
        _fall_back(world, person)
    elif person.stay[0] <= 0 and host.levers["border"] == 2.0 and not host.full and offers:
        claims.append(person)
    elif person.stay[1] <= 0:
        other = _choose(world, signals, person, host)
        if other is None:
            u = world.chance.uniform(person.draw, ONWARD, world.day)
            person.stay[1] = math.trunc(-math.log(u) * TICK) + 1
        else:
            _travel(world, person, other)


def _after_refusal(world: World, force: Force, person: Person) -> None:
    host = world.hosts[person.host]
    if world.chance.uniform(person.draw, TOLERATION, person.spell) >= host.levers["enforcement"]:
        _stay(world, person, "abroad")
        return
    force.today["returned"] += 1
    if person.served or person.called:
        _punish(world, person)
    else:
        _again(world, person, "home")


def _border(world: World, host: Host) -> None:
    host.entry_credit = host.entry_credit + host.levers["entry"] if host.levers["entry"] > 0.0 else 0.0
    while host.queue and host.entry_credit >= 1.0:
        host.entry_credit -= 1.0
        _at_border(world, host, host.queue.popleft())
    if not host.queue:
        host.entry_credit = idle(host.entry_credit, host.levers["entry"])


def _claim(world: World, host: Host, person: Person) -> None:
    person.status = "applicant"
    host.cases.append((person, world.day))
    host.full = world.is_full(host)


def _at_border(world: World, host: Host, person: Person) -> None:
    force, traffic = world.forces[person.force], world.traffic[host.number, person.force]
    category, levers = category_of(person, host), host.levers
    visa, claim, leak, _ = world.chance.uniforms(person.draw, ADMISSION, host.draw + person.spell)
    host.full = world.is_full(host)
    if levers["border"] == 2.0:
        if visa < levers[f"visa_free_{category}"]:
            traffic["admitted"] += 1
            _stay(world, person, "abroad")
            return
        if not host.full and claim < admission(host, force, category):
            traffic["admitted"] += 1
            _claim(world, host, person)
            return
    if levers["border"] == 1.0:
        others = [(admission(o, force, category), o) for o in onward(world, force, host)]
        best, other = max(others, key=lambda pair: pair[0], default=(0.0, host))
        if best > 0.0:
            traffic["passed_on"] += 1
            _travel(world, person, other)
            return
    if leak < levers["leak"]:
        traffic["irregular"] += 1
        _stay(world, person, "abroad")
        return
    traffic["turned_away"] += 1
    force.today["turned_back"] += 1
    _fall_back(world, person)


def _tell(world: World, told: list[tuple[Person, int, float]]) -> None:
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
