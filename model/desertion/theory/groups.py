"""Groups: people of one force who stand in the same place, their ways out, and how fast they leave before anybody has.

Rates are those of the scenario's first day, policies and dial worked in, without contagion and without any push that
builds up later (casualties remembered, threat of call-up, lost legitimacy). Regions are averaged. Skilled-worker visas
are left out: they are rationed, so one more leaver adds none.
"""

import math
from dataclasses import dataclass

from desertion.parameters import Behaviour, Force, Reference
from desertion.parameters.force import absent_of
from desertion.rules.hazard import opening, soldiers_power
from desertion.rules.push import chance_to_be_caught, deterrence
from desertion.rules.refuge import believed, chance_out, persuaded
from desertion.scenario import Scenario
from desertion.scenario.reference import inside_of
from desertion.simulation.society.plan import front_of


@dataclass(frozen=True)
class Way:
    """One route out of one group.

    Attributes:
        route: hide, flee, surrender or refuse.
        opening: Opportunity times perceived chance relative to the reference state.
        baseline: Rate in the reference state, per day.
        drive: Push less cost, log hazard.
        reception: Perceived safety of the receiving end.
    """

    route: str
    opening: float
    baseline: float
    drive: float
    reception: float = 0.0

    @property
    def rate(self) -> float:
        """Rate a day before anybody has left."""
        return self.opening * self.baseline * math.exp(self.drive)


@dataclass(frozen=True, kw_only=True)
class Group:
    """People of one force in the same place.

    Attributes:
        force: Number of the force.
        name: contact, rear, reservists, civilians or skilled.
        people: How many.
        ways: Their ways out.
    """

    force: int
    name: str
    people: float
    ways: tuple[Way, ...]

    @property
    def serves(self) -> bool:
        """Whether these are soldiers."""
        return self.name in ("contact", "rear")


def groups_of(scenario: Scenario) -> list[Group]:
    """All groups of a scenario that hold people, force by force."""
    day = scenario.flat()
    found: list[Group] = []
    for f, force in enumerate(day.forces):
        reference = day.reference[force.name]
        found += _soldiers(day, f, force, reference)
        found += _at_home(day, f, force, reference)
    return [group for group in found if group.people > 0]


def mean_rate(groups: list[Group]) -> float:
    """Departures a day and person by all ways without contagion, over the people of groups that have any way; 0 if nobody has."""
    rates = [(group.people, sum(way.rate for way in group.ways)) for group in groups]
    people = sum(n for n, rate in rates if rate > 0.0)
    return sum(n * rate for n, rate in rates) / people if people else 0.0


def _soldiers(scenario: Scenario, f: int, force: Force, reference: Reference) -> list[Group]:
    b = scenario.behaviour
    power = soldiers_power(b.soldier_chance_power, b.chance_power)
    flight, reception = _flight(scenario, f, force, "deserter", power)
    usual = math.pow(reference.flight_deserter, power)
    credibility = persuaded(force.quarter_credibility, force.campaign_reach, force.campaign_credibility)
    quarter = believed(force.quarter_announced, credibility, force.quarter_fear)
    _, in_contact = front_of(force)
    found: list[Group] = []
    for name, people in {"contact": in_contact, "rear": force.serving - in_contact}.items():
        sector = force.serving / people if name == "contact" and people > 0 else 0.0
        push = _soldier_push(b, force, reference, sector)
        ways = [
            Way(
                "hide",
                force.rough_country * force.refuge,
                force.base_soldier_hide,
                push - _fear(scenario, force, reference),
            ),
            Way("flee", force.frontier * flight / usual, force.base_soldier_flee, push, reception),
            Way("refuse", 1.0, force.base_soldier_refuse, push - _trial(b, force, reference)),
        ]
        if name == "contact":
            chance = opening(force.contact, quarter, reference.quarter, power)
            ways.append(Way("surrender", chance, force.base_soldier_surrender, push, quarter))
        found.append(Group(force=f, name=name, people=people, ways=tuple(ways)))
    return found


def _at_home(scenario: Scenario, f: int, force: Force, reference: Reference) -> list[Group]:
    b = scenario.behaviour
    doubt = b.push_legitimacy * (reference.legitimacy - force.legitimacy)
    door = b.push_door * force.ban_expected * (1.0 - force.exit_ban)
    parts = {
        "reservists": (
            "evader",
            force.reservists - absent_of(force.reservists, force.absent_reservists),
            force.base_reservist_flee,
            doubt + door,
        ),
        "civilians": ("other", force.civilians * (1.0 - force.skilled_share), force.base_civilian_flee, doubt),
        "skilled": ("skilled", force.civilians * force.skilled_share, force.base_civilian_flee, doubt),
    }
    found: list[Group] = []
    for name, (category, people, baseline, push) in parts.items():
        flight, reception = _flight(scenario, f, force, category, b.chance_power)
        usual = math.pow(getattr(reference, f"flight_{category}"), b.chance_power)
        ways = [Way("flee", flight / usual, baseline, push, reception)]
        if name == "reservists":
            cost = _fear(scenario, force, reference)
            ways.append(Way("hide", force.refuge, force.base_reservist_hide, push - cost))
        found.append(Group(force=f, name=name, people=people, ways=tuple(ways)))
    return found


def _soldier_push(b: Behaviour, force: Force, reference: Reference, sector: float) -> float:
    push = b.push_supply * (force.supply - reference.supply) + b.push_legitimacy * (
        reference.legitimacy - force.legitimacy
    )
    if reference.casualty_rate > 0.0:
        push += b.push_risk * (force.casualty_rate * sector / reference.casualty_rate - 1.0)
    return push


def _fear(scenario: Scenario, force: Force, reference: Reference) -> float:
    """Deterrence from hiding while only those hide who do so from the first day on."""
    weight = scenario.behaviour.push_punishment
    police = reference.police * (scenario.scale if scenario.at_scale else 1.0)  # at the size of those in hiding
    odds, usual = (chance_to_be_caught(each, float(force.hiding)) for each in (force.police, police))
    return deterrence(force.punishment, odds, weight) - deterrence(reference.punishment, usual, weight)


def _trial(b: Behaviour, force: Force, reference: Reference) -> float:
    return deterrence(force.punishment - reference.punishment, 1.0, b.push_punishment)


def _flight(scenario: Scenario, f: int, force: Force, category: str, power: float) -> tuple[float, float]:
    """Perceived worth of flight to its power, averaged over regions, and reception at the best host as those see it."""
    passes = chance_out(force.exit_control, force.exit_ban, force.ban_control, category in ("deserter", "evader"))
    total = received = 0.0
    for region in force.regions:
        best, inside = 0.0, 0.0
        for host in scenario.hosts:
            worth = inside_of(scenario, f, force, host, category)
            near = region.access.get(host.name, host.access) * worth
            if near > best:
                best, inside = near, worth
        # Who cannot get there at all does not go, whatever the power: that of 0 to 0 is 1.
        part = region.share * math.pow(best * passes, power) if best * passes > 0.0 else 0.0
        total += part
        received += part * inside
    return total, received / total if total > 0.0 else 0.0
