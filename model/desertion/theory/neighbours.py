"""Neighbours: how many people of each group see one leaver, at which levels, and how much of a share he is there."""

import math
from dataclasses import dataclass, replace

from scipy.special import ndtri

from desertion.parameters import LEVELS, Force
from desertion.rules.home import passing_news
from desertion.scenario import Scenario
from desertion.scenario.edges import read_edges
from desertion.simulation.society.plan import units_of
from desertion.theory.groups import Group

SQUAD, COMPANY, COMMUNITY, TIES, NEWS, FACING = range(len(LEVELS))
_WORLDS = 0.95  # share of the worlds in which no place is frailer than what is taken for the frailest


@dataclass(frozen=True, kw_only=True)
class Circle:
    """People who see one leaver in the same way.

    Attributes:
        people: How many, on average.
        shares: What the leaver adds to each level's pressure, in the order of the levels.
        frailty: Variance of the log frailty that they share with him.
        places: How many places of a frailty of its own, as that which they share with him, the force has; 0 where they share none.
    """

    people: float
    shares: tuple[float, ...]
    frailty: float = 0.0
    places: int = 0

    @property
    def alike(self) -> float:
        """Factor of their hazard, since who left is likely to come from a place where many want to."""
        return math.exp(self.frailty)

    @property
    def frailest(self) -> float:
        """The same in the frailest of these places, so frail as none is in 19 worlds of 20: log-normal numbers of mean 1; 0 where they share none."""
        if self.places == 0:
            return 0.0
        highest = float(ndtri(_WORLDS ** (1.0 / self.places)))
        return math.exp(math.sqrt(self.frailty) * highest - 0.5 * self.frailty)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Sizes of the places of one force; `mates` and `comrades` are the men of a squad and of a company who serve."""

    squad: float
    mates: float
    company: float
    comrades: float
    companies: int
    towns: int
    from_town: float  # share of the soldiers who come from the leaver's town
    size: float  # of that town
    people: float
    degree: float
    tied: float  # chance that somebody of that town is a tie of his
    tied_afar: float  # the same of somebody from elsewhere
    heard: float


def circles(scenario: Scenario, leaver: Group, other: Group, drawn: tuple[float, float] | None = None) -> list[Circle]:
    """The circles of people of one group around a leaver of another.

    Args:
        scenario: A scenario without layers (`flat`).
        leaver: The group that he leaves.
        other: The group whose people see it.
        drawn: `degree_drawn` of the scenario.
    """
    force = scenario.forces[leaver.force]
    place = _place(force, leaver, drawn)
    news = _news_share(force, leaver, place)
    if leaver.force != other.force:
        hears = force.name in scenario.forces[other.force].facing
        return [_circle(other.people, {FACING: news})] if hears else []
    weight = _weight(force, leaver)
    found = _nested(scenario, place, leaver, other, weight, news)
    return [circle for whole in found for circle in _with_ties(whole, place, weight)]


def _nested(
    scenario: Scenario, place: _Place, leaver: Group, other: Group, weight: float, news: float
) -> list[tuple[Circle, float]]:
    """Squad, company, town and the rest of the force, each without the one before, with the chance to be tied."""
    b = scenario.behaviour
    town = b.frailty_community, place.towns
    apart = place.companies if b.frailty_unit > 0.0 else min(place.companies, place.towns)
    comrades = b.frailty_community + b.frailty_unit, apart
    found: list[tuple[Circle, float]] = []
    nearer = 1.0 if leaver == other else 0.0  # himself
    local = weight / place.size
    if leaver.serves and leaver == other:
        shares = {SQUAD: weight / place.squad, COMPANY: weight / place.company, COMMUNITY: local, NEWS: news}
        found.append((_circle(place.mates - 1.0, shares, *comrades), place.tied))
        found.append((_circle(place.comrades - place.mates, {**shares, SQUAD: 0.0}, *comrades), place.tied))
        nearer = place.comrades
    farther = max(0.0, other.people - nearer)
    if leaver.serves and other.serves:  # his own company is of his town, so that fewer or none of the others are
        serving = scenario.forces[leaver.force].serving
        townsmen = max(0.0, serving * place.from_town - place.comrades)
        neighbours = farther * min(1.0, townsmen / max(serving - place.comrades, 1.0))
    else:
        in_town = other.people * (place.from_town if other.serves else 1.0 / place.towns)
        neighbours = max(0.0, min(in_town, other.people) - nearer)
    found.append((_circle(neighbours, {COMMUNITY: local, NEWS: news}, *town), place.tied))
    found.append((_circle(farther - neighbours, {NEWS: news}), place.tied_afar))
    return found


def _with_ties(whole: tuple[Circle, float], place: _Place, weight: float) -> list[Circle]:
    """A circle split into those who are tied to the leaver and those who are not."""
    circle, tied = whole
    if tied <= 0.0:
        return [circle]
    shares = list(circle.shares)
    shares[TIES] = weight / place.degree
    return [
        replace(circle, people=circle.people * tied, shares=tuple(shares)),
        replace(circle, people=circle.people * (1.0 - tied)),
    ]


def _circle(people: float, shares: dict[int, float], frailty: float = 0.0, places: int = 0) -> Circle:
    felt = tuple(shares.get(level, 0.0) for level in range(len(LEVELS)))
    return Circle(people=people, shares=felt, frailty=frailty, places=places)


def _place(force: Force, leaver: Group, drawn: tuple[float, float] | None) -> _Place:
    soldiers = max(float(force.soldiers), 1.0)
    serve = force.serving / soldiers
    squad = min(float(force.squad), soldiers)
    company = min(float(force.squad * force.platoon * force.company), soldiers)
    units = units_of(force)
    towns = units.communities
    from_town = max(1.0 / towns, company / soldiers) if leaver.serves else 1.0 / towns
    size = (force.people - force.soldiers) / towns + force.soldiers * from_town
    others = max(force.people - 1.0, 1.0)
    if drawn is None:  # nobody draws more ties than his town has others
        degree = max(0.0, min(float(force.degree), 2.0 * ((size - 1.0) // 2.0)))
        # Ties drawn among all people fall into the own town as well, on anybody there as often as elsewhere.
        tied_afar = degree * force.across / others
        tied = degree * (1.0 - force.across) / max(size - 1.0, 1.0) + tied_afar
    else:
        told, degree = (min(ties, force.people - 1.0) for ties in drawn)
        tied = tied_afar = told / others
    return _Place(
        squad=squad,
        mates=max(1.0, serve * squad),
        company=company,
        comrades=max(1.0, serve * company),
        companies=units.active_companies,
        towns=towns,
        from_town=from_town,
        size=size,
        people=float(force.people),
        degree=degree,
        tied=min(1.0, tied),
        tied_afar=min(1.0, tied_afar),
        heard=passing_news(force.censorship, force.erosion, 0.0),
    )


def degree_drawn(scenario: Scenario) -> tuple[float, float] | None:
    """Mean number of ties in the user's own graph, of all persons and of those who have any; None without one."""
    if scenario.graph is None:
        return None
    edges = read_edges(scenario.graph, scenario.people)
    ends = 2.0 * len(edges.ties)
    return ends / scenario.people, ends / (scenario.people - edges.alone)


def _weight(force: Force, leaver: Group) -> float:
    return 1.0 + force.officer_share * (force.officer_weight - 1.0) if leaver.serves else 1.0


def _news_share(force: Force, leaver: Group, place: _Place) -> float:
    if leaver.serves:
        return place.heard * _weight(force, leaver) / force.serving
    return force.flight_visible * place.heard / place.people
