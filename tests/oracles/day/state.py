"""What the world consists of (section 2): persons, squads, companies, communities, regions, hosts and forces."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from tests.oracles.day.chance import Chance

Levers = dict[str, Any]


@dataclass(kw_only=True, eq=False)
class Person:
    """A soldier, reservist or civilian; numbers of groups count across forces."""

    number: int
    draw: int
    force: int
    kind: str
    community: int
    squad: int
    officer: bool
    skilled: bool
    z: float = 0.0
    theta: float = 0.0
    ties: list[int] = field(default_factory=list[int])
    status: str = "home"
    host: int = -1
    wave: int = -1
    until: int = 0
    spell: int = 0
    stays_abroad: int = 0
    clocks: list[int] = field(default_factory=lambda: [0] * 6)
    stay: list[int] = field(default_factory=lambda: [0] * 3)
    tied: list[int] = field(default_factory=lambda: [0] * 5)
    served: bool = False
    called: bool = False
    refused: bool = False
    fled: bool = False
    hid_on: int = -1
    out: bool = False
    first: bool = False
    day_left: int | None = None
    route: int = -1


@dataclass(kw_only=True, eq=False)
class Unit:
    """A squad, company or community: a number of people among whom leaving is felt."""

    number: int
    draw: int
    force: int
    established: int
    pressure: list[int] = field(default_factory=lambda: [0] * 5)
    new: list[int] = field(default_factory=lambda: [0] * 5)
    surrendered: list[int] = field(default_factory=lambda: [0] * 3)
    shock: float = 0.0

    @property
    def heard(self) -> int:
        """Pressure of all routes together."""
        return sum(self.pressure)


@dataclass(kw_only=True, eq=False)
class Squad(Unit):
    """Who serves, and how many of the first members still do."""

    company: int
    members: int
    serving: int
    first: int


@dataclass(kw_only=True, eq=False)
class Company(Unit):
    """Squads that share their casualties."""

    home: int
    battalion: int
    division: int
    contact: bool = False
    cut_off: int = 0
    strength: int = 0
    peak: int = 0
    casualties: list[int] = field(default_factory=lambda: [0] * 3)
    hurt: list[int] = field(default_factory=lambda: [0] * 3)


@dataclass(kw_only=True, eq=False)
class Community(Unit):
    """A home town and what it has heard of cases, by host and category."""

    region: int
    turnout: float = 0.0
    seen: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    good: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))


@dataclass(kw_only=True, eq=False)
class Region:
    """A part of a country with its list of names."""

    draw: int
    weight: float
    access: dict[str, float]
    names: list[Person] = field(default_factory=list[Person])
    taken: int = 0


@dataclass(kw_only=True, eq=False)
class Host:
    """A country with its queues and credits."""

    number: int
    draw: int
    levers: Levers
    queue: deque[Person] = field(default_factory=deque[Person])
    cases: deque[tuple[Person, int]] = field(default_factory=deque[tuple[Person, int]])
    entry_credit: float = 0.0
    case_credit: float = 0.0
    visa_credit: float = 0.0
    full: bool = False


@dataclass(kw_only=True, eq=False)
class Force:
    """An army with its home state; `today` counts what happens on the day, by column."""

    number: int
    draw: int
    levers: Levers
    reference: Levers
    persons: list[Person] = field(default_factory=list[Person])
    squads: list[Squad] = field(default_factory=list[Squad])
    companies: list[Company] = field(default_factory=list[Company])
    communities: list[Community] = field(default_factory=list[Community])
    regions: list[Region] = field(default_factory=list[Region])
    absent: int = 0
    at_start: int = 0
    breakpoint: float = 0.0
    legitimacy: float = 0.0
    gap: float = 0.0
    turnout_news: float = 0.0
    news: list[int] = field(default_factory=lambda: [0] * 5)
    news_abroad: list[int] = field(default_factory=lambda: [0] * 5)
    news_new: list[int] = field(default_factory=lambda: [0] * 5)
    well: float = 0.0
    seen: float = 0.0
    cases_seen: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    cases_good: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    called: list[int] = field(default_factory=list[int])
    evaded: list[int] = field(default_factory=list[int])
    fled: int = 0
    departures: int = 0
    last_squad: int = 0
    collapsed: bool = False
    fallen: bool = False
    ban: float = 0.0
    ban_imposed: bool = False
    turned_out: int = 0
    information: float = 0.0
    today: Counter[str] = field(default_factory=Counter[str])
    told: dict[str, float] = field(default_factory=dict[str, float])

    def share_of_people(self, count: float) -> float:
        """A count as a share of all people."""
        return count / len(self.persons)

    @property
    def soldiers(self) -> int:
        """Soldiers at the start, at least 1."""
        return max(1, self.at_start)

    def counted(self, status: str) -> int:
        """How many of the force have the status."""
        return sum(1 for person in self.persons if person.status == status)


@dataclass(kw_only=True, eq=False)
class World:
    """Everything that changes in a run."""

    chance: Chance
    behaviour: Levers
    scale: float
    forces: list[Force]
    hosts: list[Host]
    later: list[tuple[int, str, int, str, float]]
    first_day: Any = None
    day: int = 0
    passing: list[Person] = field(default_factory=list[Person])
    traffic: dict[tuple[int, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def persons(self) -> list[Person]:
        """All people, by number."""
        return [person for force in self.forces for person in force.persons]

    def squad(self, person: Person) -> Squad:
        """His squad."""
        return self.forces[person.force].squads[person.squad]

    def company(self, person: Person) -> Company:
        """His squad's company."""
        return self.forces[person.force].companies[self.squad(person).company]

    def home(self, person: Person) -> Community:
        """His home community."""
        return self.forces[person.force].communities[person.community]

    def nearness(self, force: Force, community: Community, host: Host) -> float:
        """Nearness of a host to a community."""
        name = host.levers["name"]
        return force.regions[community.region].access.get(name, host.levers["access"])

    def stock(self, host: Host, status: str, force: int | None = None) -> int:
        """How many are at a host in a status, of one force or of all."""
        return sum(
            1
            for one in self.forces
            if force is None or one.number == force
            for person in one.persons
            if person.host == host.number and person.status == status
        )

    def is_full(self, host: Host) -> bool:
        """Whether one more would exceed the places, at this moment."""
        inside = sum(self.stock(host, status) for status in ("applicant", "protected", "refused"))
        return inside + 1 > host.levers["places"] - host.levers["places_taken"]
