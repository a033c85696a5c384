"""Part 6 of the day: hosts decide, beliefs fade; the street; legitimacy, output, breakpoints (sections 7.17 to 7.19)."""

from __future__ import annotations

import math

from tests.oracles.day.chance import DECISION, INFILTRATOR, TURNOUT
from tests.oracles.day.grid import ROUTES, SHARE, SURRENDER, ceil_to_64ths, faded, folded, idle, kept, total
from tests.oracles.day.signals import category_of, passing
from tests.oracles.day.state import Force, Host, Person, World

_AWAY = ("in_flight", "at_border", "abroad", "applicant", "protected", "refused", "emigrated")


def institutions(world: World) -> None:
    """Decisions by host, evidence fades, the street, then home states and falls."""
    for host in world.hosts:
        _decisions(world, host)
    _fade(world)
    for force in world.forces:
        _street(world, force)
    for force in world.forces:
        _home_state(force)
        _front(world, force)
    falls = [f for f in world.forces if not f.fallen and f.legitimacy < f.levers["legitimacy_floor"]]
    for force in falls:
        force.fallen = True
    for force in world.forces:
        if force.fallen or force.levers["protest"] <= 0.0:
            for community in force.communities:
                community.turnout = 0.0
    for force in world.forces:
        if not force.fallen:
            loss = force.levers["legitimacy_coupling"] * len(falls)
            force.legitimacy = max(0.0, force.legitimacy - loss)


def _decisions(world: World, host: Host) -> None:
    wait = host.levers["case_days"] + host.levers["screening_days"]
    host.case_credit += host.levers["cases"]

    def due() -> bool:
        return bool(host.cases) and world.day >= host.cases[0][1] + wait

    while due() and host.case_credit >= 1.0:
        host.case_credit -= 1.0
        _decide(world, host, host.cases.popleft()[0])
    if not due():
        host.case_credit = idle(host.case_credit, host.levers["cases"])


def _decide(world: World, host: Host, person: Person) -> None:
    force, chance, levers = world.forces[person.force], world.chance, host.levers
    traffic, key = world.traffic[host.number, person.force], (host.number, category_of(person, host))
    merit, found = chance.uniforms(person.draw, DECISION, person.spell)[:2]
    infiltrator = chance.uniform(person.draw, INFILTRATOR, 0) < world.behaviour["infiltrators"]
    stopped = found < levers["screening_detection" if infiltrator else "screening_alarm"]
    deserving = merit < levers[f"recognition_{key[1]}"]
    granted = deserving and not stopped
    traffic["decided"] += 1
    traffic["granted" if granted else "refused"] += 1
    traffic["infiltrators"] += granted and infiltrator
    traffic["genuine_refused"] += deserving and stopped and not infiltrator
    person.status = "protected" if granted else "refused"
    if granted:
        world.passing.remove(person)
    else:
        person.until = world.day + math.trunc(levers["refused_days"])
    heard = world.behaviour["belief_heard"]
    force.cases_seen[key] += heard
    own = max(0.0, 1.0 - heard)
    world.home(person).seen[key] += own
    if granted:
        force.cases_good[key] += heard
        world.home(person).good[key] += own


def _fade(world: World) -> None:
    half_life = world.behaviour["belief_half_life"]
    keep = faded(1.0, half_life)
    for force in world.forces:
        force.seen *= keep
        force.well *= keep
        evidence = [force.cases_seen, force.cases_good]
        for community in force.communities:
            evidence += [community.seen, community.good]
        for cases in evidence:
            for key in cases:
                cases[key] *= keep
        for community in force.communities:
            if total(community.seen.values()) < 0.01:
                community.seen.clear()
                community.good.clear()


def _street(world: World, force: Force) -> None:
    force.turned_out, levers = 0, force.levers
    first, every = math.trunc(levers["protest_first"]), math.trunc(levers["protest_every"])
    if levers["protest"] <= 0.0 or force.fallen or world.day == 0 or world.day < first or (world.day - first) % every:
        return
    doubt = force.reference["legitimacy"] - force.legitimacy
    for community in force.communities:
        push = world.behaviour["push_legitimacy"] * doubt + community.shock
        seen = levers["protest_local"] * community.turnout + (1.0 - levers["protest_local"]) * force.turnout_news
        limit = math.floor(64.0 * min(2.0, max(-1.0, seen + levers["protest_push"] * push)))
        out = sum(
            1
            for person in force.persons
            if person.community == community.number
            and person.status == "home"
            and _street_threshold(world, force, person) <= limit
        )
        if community.established:
            community.turnout = (1.0 - levers["protest_police"]) * out / community.established
        force.turned_out += out
    sizes = sum(community.established for community in force.communities)
    force.turnout_news = passing(force) * (1.0 - levers["protest_police"]) * force.turned_out / sizes


def _street_threshold(world: World, force: Force, person: Person) -> int:
    n = world.chance.normal(person.draw, TURNOUT, 0)
    return ceil_to_64ths(min(2.0, max(0.0, force.levers["protest_mean"] + force.levers["protest_spread"] * n)))


def away(force: Force) -> int:
    """Skilled people who are on the way abroad or there."""
    return sum(1 for person in force.persons if person.skilled and person.status in _AWAY)


def _home_state(force: Force) -> None:
    levers, today = force.levers, force.today
    leavers = sum(today[f"new_{route}"] for route in ROUTES)
    hit = sum(today[f"new_{kind}"] for kind in ("wounded", "killed", "captured"))
    visible = passing(force)
    level = force.legitimacy + levers["legitimacy_pull"] * (levers["legitimacy"] - force.legitimacy)
    level -= levers["legitimacy_exits"] * (visible * leavers / len(force.persons))
    level -= levers["legitimacy_casualties"] * (visible * hit / force.soldiers)
    level -= levers["legitimacy_turnout"] * (force.turned_out / len(force.persons))
    level -= levers["legitimacy_ban"] * (1.0 if force.ban_imposed else 0.0)
    force.legitimacy = min(1.0, max(0.0, level))
    skilled = sum(1 for person in force.persons if person.skilled)
    share = away(force) / skilled if skilled else 0.0
    force.gap += (1.0 - faded(1.0, levers["output_lag"])) * (share - force.gap)


def effective(force: Force) -> float:
    """Effective strength, section 7.19."""
    return max(0.0, force.counted("serving") - force.levers["bearers"] * force.today["new_wounded"])


def _front(world: World, force: Force) -> None:
    taken = force.today["new_captured"] + force.today["new_surrender"]
    left = faded(24.0, world.behaviour["information_half_life"])
    force.information = force.information * left + world.behaviour["information_value"] * taken
    if effective(force) < force.breakpoint * force.at_start:
        force.collapsed = True


def close(world: World) -> None:
    """Part 7: unit events, then pressures and casualties fold (section 7.20)."""
    behaviour = world.behaviour
    keep = {
        level: kept(behaviour[f"half_life_{level}"])
        for level in ("squad", "company", "community", "news", "facing", "casualties")
    }
    for force in world.forces:
        for level, units in (("squad", force.squads), ("company", force.companies), ("community", force.communities)):
            for unit in units:
                men = sum(unit.surrendered)
                if unit.surrendered[0] and men >= 5 and 2 * men >= unit.established:
                    extra = passing(force) * behaviour["unit_event_weight"] * men * SHARE / force.soldiers
                    force.news_new[SURRENDER] += math.trunc(extra)
                    unit.surrendered = [0, 0, 0]
                unit.surrendered = [0, *unit.surrendered[:2]]
                unit.pressure, unit.new = folded(unit.pressure, keep[level], unit.new), [0] * 5
        for company in force.companies:
            company.casualties = folded(company.casualties, keep["casualties"], company.hurt)
            company.hurt = [0] * 3
        force.news_abroad = folded(force.news_abroad, keep["facing"], force.news_new)
        force.news, force.news_new = folded(force.news, keep["news"], force.news_new), [0] * 5
