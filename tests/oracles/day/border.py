"""Borders deal with their queues (section 7.16)."""

from __future__ import annotations

from tests.oracles.day.chance import ADMISSION
from tests.oracles.day.departure import fall_back, stay, travel
from tests.oracles.day.grid import idle
from tests.oracles.day.signals import admission, category_of, onward
from tests.oracles.day.state import Host, Person, World


def deal_with_queue(world: World, host: Host) -> None:
    """The day's capacity goes to those who wait, first come first served."""
    host.entry_credit = host.entry_credit + host.levers["entry"] if host.levers["entry"] > 0.0 else 0.0
    while host.queue and host.entry_credit >= 1.0:
        host.entry_credit -= 1.0
        _at_border(world, host, host.queue.popleft())
    if not host.queue:
        host.entry_credit = idle(host.entry_credit, host.levers["entry"])


def file_claim(world: World, host: Host, person: Person) -> None:
    """He is an applicant, last in the queue of cases."""
    person.status = "applicant"
    host.cases.append((person, world.day))


def _at_border(world: World, host: Host, person: Person) -> None:
    force, traffic = world.forces[person.force], world.traffic[host.number, person.force]
    category, levers = category_of(person, host), host.levers
    visa, claim, leak, _ = world.chance.uniforms(person.draw, ADMISSION, host.draw + person.spell)
    if levers["border"] == 2.0:
        if visa < levers[f"visa_free_{category}"]:
            traffic["admitted"] += 1
            stay(world, person, "abroad")
            return
        if not world.is_full(host) and claim < admission(host, force, category):
            traffic["admitted"] += 1
            file_claim(world, host, person)
            return
    if levers["border"] == 1.0:
        others = [(admission(o, force, category), o) for o in onward(world, force, host)]
        best, other = max(others, key=lambda pair: pair[0], default=(0.0, host))
        if best > 0.0:
            traffic["passed_on"] += 1
            travel(world, person, other)
            return
    if leak < levers["leak"]:
        traffic["irregular"] += 1
        stay(world, person, "abroad")
        return
    traffic["turned_away"] += 1
    force.today["turned_back"] += 1
    fall_back(world, person)
