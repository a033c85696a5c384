"""A slow second implementation of sections 5 and 7 of `model/ODD.md`, written from the document; it imports nothing of `desertion`.

`run` takes a scenario as a plain dict (`Scenario.model_dump()`) and a seed, and gives the tables of a run as lists of rows. Left out are the
theory of 7.23, which is no part of a run, and rules that stop a run before its horizon.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.oracles.day import record
from tests.oracles.day.calendar import calendar
from tests.oracles.day.chance import Chance, named
from tests.oracles.day.course import ban_before, course, reference
from tests.oracles.day.departure import stay
from tests.oracles.day.institutions import close, institutions
from tests.oracles.day.leaving import combat, decide
from tests.oracles.day.movement import move
from tests.oracles.day.outlook import outlook
from tests.oracles.day.people import start
from tests.oracles.day.signals import publish
from tests.oracles.day.state import Force, Host, World


@dataclass(frozen=True, kw_only=True)
class History:
    """Rows of the three tables of a run."""

    daily: list[dict[str, Any]]
    hosts: list[dict[str, Any]]
    people: list[dict[str, Any]]


def world_of(scenario: dict[str, Any], seed: int) -> World:
    """Everybody and everything on the morning of the first day."""
    levers, countries, later = course(scenario)
    chance, behaviour = Chance(seed), dict(scenario["behaviour"])
    if not scenario["at_scale"]:
        behaviour["belief_heard"] /= scenario["scale"]
    forces: list[Force] = []
    for number, force in enumerate(levers):
        first = sum(len(before.persons) for before in forces)
        forces.append(start(force, number, first, reference(scenario, number), behaviour, chance))
        forces[-1].ban = ban_before(scenario, number)
    hosts = [
        Host(number=number, draw=named(f"host/{host['name']}") // 2, levers=host)
        for number, host in enumerate(countries)
    ]
    world = World(chance=chance, behaviour=behaviour, scale=scenario["scale"], forces=forces, hosts=hosts, later=later)
    world.first_day = scenario["start"]
    for person in world.persons:
        if person.status == "hiding":
            stay(world, person, "hiding")
            person.hid_on = -1
            world.passing.append(person)
    return world


def run(scenario: dict[str, Any], seed: int, ties: list[tuple[int, int]] | None = None) -> History:
    """The history of a scenario under a seed; `ties`, pairs of persons, replace those that are drawn."""
    world = world_of(scenario, seed)
    if ties is not None:
        for person in world.persons:
            person.ties = [b if a == person.number else a for a, b in ties if person.number in (a, b)]
    days, hosts = record.daily(world, None, 0), record.hosts(world, 0)
    for world.day in range(scenario["days"]):
        world.traffic.clear()
        for force in world.forces:
            force.today = Counter()
        calendar(world, scenario["start"])
        signals = publish(world, scenario["start"])
        ways = outlook(world, signals)
        combat(world, signals)
        move(world, signals, decide(world, ways))
        institutions(world)
        close(world)
        days += record.daily(world, signals, world.day + 1)
        hosts += record.hosts(world, world.day + 1)
    return History(daily=days, hosts=hosts, people=record.people(world))
