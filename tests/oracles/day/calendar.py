"""Part 1 of the day: levers that move, exit bans, call-ups (section 7.2)."""

from __future__ import annotations

import math
from typing import Any

from tests.oracles.day.chance import CALLABLE, CUT_OFF, RECALL
from tests.oracles.day.state import Company, Force, Levers, Person, World


def calendar(world: World, first_day: Any) -> None:
    """Levers, then bans, falls and call-ups of each force."""
    for day, kind, index, lever, value in world.later:
        if day == world.day:
            (world.forces if kind == "forces" else world.hosts)[index].levers[lever] = value
    for force in world.forces:
        levers = force.levers
        gone = force.fled / levers["reservists"] if levers["reservists"] else 0.0
        if not force.fallen and gone >= levers["ban_trigger"]:
            levers["exit_ban"] = 1.0
        if force.fallen:
            levers["exit_ban"] = levers["exit_control"] = 0.0
        force.ban_imposed = levers["exit_ban"] > 0.0 and force.ban <= 0.0
        force.ban = levers["exit_ban"]
        for number, wave in enumerate(levers["waves"]):
            span = world.day - (wave["date"] - first_day).days
            if span >= 0 and not force.fallen:
                _summon(world, force, number, wave, span)
    for force in world.forces:
        for company in force.companies:
            _cut_off(world, force, company)


def _cut_off(world: World, force: Force, company: Company) -> None:
    """A company is cut off for some days, section 7.11."""
    company.cut_off = max(0, company.cut_off - 1)
    chance = force.levers["cut_off_chance"]
    stands = company.cut_off == 0 and company.contact and company.strength
    if stands and world.chance.uniform(company.draw, CUT_OFF, world.day) < chance:
        company.cut_off = math.trunc(force.levers["cut_off_days"])
    force.today["cut_off"] += company.strength if company.cut_off else 0


def _summon(world: World, force: Force, number: int, wave: Levers, span: int) -> None:
    quota = wave["form"] == "quota"
    due = -(-wave["number"] * min(span + 1, wave["days"]) // wave["days"])
    due += force.evaded[number] if quota else 0
    while force.called[number] < due:
        open_regions = [r for r in force.regions if r.weight > 0.0 and r.taken < len(r.names)]
        if not open_regions:
            return
        region = max(open_regions, key=lambda r: r.weight / (r.taken + 1))
        person = region.names[world.chance.place_in_order(region.draw, region.taken, len(region.names))]
        region.taken += 1
        if not is_callable(world, force, person):
            continue
        if person.status == "home":
            world.passing.append(person)
            summon(world, force, person, number)
        elif not quota:
            force.called[number] += 1


def summon(world: World, force: Force, person: Person, number: int) -> None:
    """A call-up takes a person."""
    person.status, person.called, person.wave = "summoned", True, number
    person.until = world.day + force.levers["waves"][number]["notice"]
    force.today["called"] += 1
    force.called[number] += 1


def is_callable(world: World, force: Force, person: Person) -> bool:
    """Whether a call-up can take him, section 7.2."""
    share = force.levers["callable_share"]
    return share == 1.0 or world.chance.uniform(person.draw, CALLABLE, 0) < share


def recalled(world: World, person: Person) -> bool:
    """Somebody who has come home in a new spell and is not wanted is summoned on the spot, or not, section 7.2."""
    force = world.forces[person.force]
    if force.fallen or person.kind != "reservist" or person.squad >= 0 or person.wave >= 0:
        return False
    for number, wave in enumerate(force.levers["waves"]):
        evaded = force.evaded[number] if wave["form"] == "quota" else 0
        decreed = (wave["date"] - world.first_day).days <= world.day
        if decreed and force.called[number] < wave["number"] + evaded:
            chance = world.chance.uniform(person.draw, RECALL, person.spell)
            if chance >= force.levers["recall"] or not is_callable(world, force, person):
                return False
            summon(world, force, person, number)
            return True
    return False
