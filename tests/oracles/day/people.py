"""The people, units and ties at the start, one person at a time (section 5)."""

from __future__ import annotations

import math
from statistics import NormalDist

from tests.oracles.day.chance import BREAKPOINT, EXIT_A, EXIT_B, FRAILTY, FRONT, THRESHOLD, TIES, TRAITS, Chance, named
from tests.oracles.day.grid import FAR, TICK, clip
from tests.oracles.day.state import Community, Company, Force, Levers, Person, Region, Squad


def largest_remainders(shares: list[float], total: int) -> list[int]:
    """Whole numbers in proportion to shares."""
    counts = [math.floor(share * total) for share in shares]
    rest = sorted(range(len(shares)), key=lambda j: (-(shares[j] * total - counts[j]), j))
    for j in rest[: total - sum(counts)]:
        counts[j] += 1
    return counts


def start(levers: Levers, number: int, first: int, reference: Levers, behaviour: Levers, chance: Chance) -> Force:
    """A force as it stands before the first day; its persons are numbered from `first`."""
    name = levers["name"]
    force = Force(number=number, draw=named(f"force/{name}") // 2, levers=levers, reference=reference)
    _communities(force)
    _units(force)
    _persons(force, first, chance)
    _man(force)
    _contact(force, levers["front_share"], chance)
    for person in force.persons:
        _frailty(force, person, behaviour, chance)
        new_thresholds(person, chance)
    _thresholds(force, behaviour, chance)
    for community in force.communities:
        residents = [p for p in force.persons if p.community == community.number]
        community.established = len(residents)
        ring = sorted(residents, key=lambda p: (p.kind == "soldier", p.number))
        _tie(force, ring, chance)
    loss = math.exp(levers["breakpoint_spread"] * chance.normal(force.draw, BREAKPOINT, 0))
    force.breakpoint = 1.0 - min((1.0 - levers["breakpoint"]) * loss, 0.95)
    force.legitimacy, force.turnout_news = levers["legitimacy"], levers["protest_spark"]
    force.called, force.evaded = [0] * len(levers["waves"]), [0] * len(levers["waves"])
    return force


def _communities(force: Force) -> None:
    levers, name = force.levers, force.levers["name"]
    n = max(1, round((levers["reservists"] + levers["civilians"]) / levers["community"]))
    counts = largest_remainders([region["share"] for region in levers["regions"]], n)
    for place, (region, count) in enumerate(zip(levers["regions"], counts, strict=True)):
        draw = named(f"{name}/region/{region['name']}")
        weight = region["share"] * region["quota"]
        force.regions.append(Region(draw=draw, weight=weight, access=region["access"]))
        for c in range(len(force.communities), len(force.communities) + count):
            draw = named(f"{name}/community") + c
            force.communities.append(Community(number=c, draw=draw, force=force.number, established=0, region=place))


def _units(force: Force) -> None:
    levers, n = force.levers, len(force.communities)
    size, per_company = levers["squad"], levers["platoon"] * levers["company"]
    active = math.ceil(levers["soldiers"] / size)
    empty = math.ceil(sum(wave["number"] for wave in levers["waves"]) / size)
    for squads in (active, empty):
        companies, before = math.ceil(squads / per_company), len(force.companies)
        for k in range(companies):
            number = before + k
            battalion = number // levers["battalion"]
            force.companies.append(
                Company(
                    number=number,
                    draw=named(f"{levers['name']}/company") + number,
                    force=force.number,
                    established=0,
                    home=k * n // companies,
                    battalion=battalion,
                    division=battalion // levers["division"],
                )
            )
        for q in range(squads):
            company = force.companies[before + q // per_company]
            men = 0 if before else max(0, min(size, levers["soldiers"] - q * size))
            squad = Squad(
                number=len(force.squads),
                draw=0,
                force=force.number,
                established=size,
                company=company.number,
                members=men,
                serving=0,
                first=0,
            )
            force.squads.append(squad)
            company.established += size


def _man(force: Force) -> None:
    """Who serves on the first day, squad by squad."""
    for squad in force.squads:
        squad.serving = squad.first = squad.members
        company = force.companies[squad.company]
        company.strength += squad.members
        company.peak += squad.members
        force.at_start += squad.members


def _contact(force: Force, share: float, chance: Chance) -> None:
    """Which companies stand in contact."""
    if share == 0.0:
        return
    sector: dict[int, float] = {}
    for company in force.companies:
        if company.battalion not in sector:
            sector[company.battalion] = chance.uniform(company.draw, FRONT, 0)
    manned = [company for company in force.companies if company.strength]
    everybody, taken = sum(company.strength for company in manned), 0
    for company in sorted(manned, key=lambda company: (sector[company.battalion], company.number)):
        if taken and taken + company.strength / 2 > share * everybody:
            break
        company.contact = True
        taken += company.strength
    passed = there = 0
    for company in force.companies:
        if not company.strength:
            passed += company.established
            if there + company.established / 2 <= share * passed:
                company.contact = True
                there += company.established


def _persons(force: Force, first: int, chance: Chance) -> None:
    levers, n = force.levers, len(force.communities)
    for kind in ("soldier", "reservist", "civilian"):
        group = levers[f"{kind}s"]
        for j in range(group):
            i = len(force.persons)
            traits = chance.uniforms(force.draw + i, TRAITS, 0)
            soldier = kind == "soldier"
            squad = j // levers["squad"] if soldier else -1
            home = (
                force.companies[force.squads[squad].company].home
                if soldier
                else next(c for c in range(n) if c * group // n <= j < (c + 1) * group // n)
            )
            person = Person(
                number=first + i,
                draw=force.draw + i,
                force=force.number,
                kind=kind,
                community=home,
                squad=squad,
                officer=soldier and traits[0] < levers["officer_share"],
                skilled=not soldier and traits[1] < levers["skilled_share"],
                status="serving" if soldier else "home",
                served=soldier,
                first=soldier,
            )
            force.persons.append(person)
            share = levers.get(f"absent_{kind}s", 0.0)
            if math.floor((j + 1) * share) > math.floor(j * share):
                person.status, person.first = "hiding", False
                force.absent += 1
                if soldier:
                    force.squads[squad].members -= 1
            if kind == "reservist":
                force.regions[force.communities[home].region].names.append(person)


def _frailty(force: Force, person: Person, behaviour: Levers, chance: Chance) -> None:
    def part(level: str, who: int, spell: int) -> float:
        return math.sqrt(behaviour[f"frailty_{level}"]) * chance.normal(who, FRAILTY, spell)

    person.z = part("own", person.draw, 0) - behaviour["frailty_own"] / 2
    if person.kind == "soldier":
        company = force.companies[force.squads[person.squad].company]
        person.z += part("unit", company.draw, 1) - behaviour["frailty_unit"] / 2
    home = force.communities[person.community]
    person.z = person.z + part("community", home.draw, 2) - behaviour["frailty_community"] / 2


def new_thresholds(person: Person, chance: Chance) -> None:
    """Thresholds of all six clocks for the person's spell, section 7.12."""
    draws = chance.uniforms(person.draw, EXIT_A, person.spell) + chance.uniforms(person.draw, EXIT_B, person.spell)[:2]
    for route, u in enumerate(draws):
        z = person.z if route < 5 else 0.0
        lacking = -math.log(u) * math.exp(-clip(z)) * TICK
        person.clocks[route] = FAR if lacking >= 4e18 else math.trunc(lacking) + 1


def _thresholds(force: Force, behaviour: Levers, chance: Chance) -> None:
    for j, person in enumerate(force.persons):
        if behaviour["threshold_draw"] == "quantiles":
            n = NormalDist().inv_cdf((j + 0.5) / len(force.persons))
        else:
            n = chance.normal(person.draw, THRESHOLD, 0)
        person.theta = behaviour["threshold_mean"] + behaviour["threshold_spread"] * n


def _tie(force: Force, ring: list[Person], chance: Chance) -> None:
    n, levers = len(ring), force.levers
    step = next((s for s in range(max(1, int(0.6180339887 * n)), n) if math.gcd(s, n) == 1), 1)
    for p in range(n):
        person = ring[p * step % n]
        for j in range(min(levers["degree"] // 2, (n - 1) // 2)):
            word = chance.words(person.draw, TIES, j // 4)[j % 4]
            u, v = (word >> 32) / 2**32, word % 2**32
            other = neighbour = ring[(p + j + 1) % n * step % n]
            if u < levers["across"]:
                other = force.persons[v * len(force.persons) // 2**32]
            elif u < levers["across"] + levers["rewire"]:
                other = ring[v * n // 2**32]
            other = neighbour if other is person else other
            person.ties.append(other.number)
            other.ties.append(person.number)
