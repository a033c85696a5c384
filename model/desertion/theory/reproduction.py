"""Reproduction number of leaving: how many leavers one leaver adds, all routes and levels together.

R is the largest eigenvalue of the next-generation operator in the quasi-stationary state, in which the pressures stand
where the departures that they cause keep them. In complete mixing that is R = beta S*, and R = 1 is the fold: beyond it
no such state exists, and R is infinite. A leaver counts for as long as he is felt before the scenario's horizon.
Equations: model/ODD.md.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.scenario import Scenario
from desertion.theory.operator import Operator, leading

Array = NDArray[np.float64]

LARGE_LIFT = 0.1
"""Log of the lift of a single leaver, over 1 - R, beyond which means do not tell how many leave. No source: at R 0.5 a lift of 0.05 held and one of 0.1 made up to twenty times the flow."""


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """The reproduction number and what it is made of.

    Attributes:
        value: R in the quasi-stationary state; infinite where there is none, below 0 where leavers keep others.
        first: R while nobody has left yet.
        ways: (force number, group, route) of each row and column.
        matrix: Next-generation operator, shape (ways, ways); that of the first day where no quasi-stationary state is.
        contagion: Contagion term of each way in that state; nan where there is none.
        flows: Departures a day by each way in that state, persons; in the threshold form persons gone.
        jump: Largest contagion term that a single leaver makes, that of his squad mates as a rule: log hazard in the multiplicative form, a share of thresholds in the threshold form.
        lift: How many times likelier to leave it makes them; in the threshold form how many times as many of such people would go.
        bend: 1 where rates bend upwards with contagion, -1 downwards, 0 for a line.
    """

    value: float
    first: float
    ways: tuple[tuple[int, str, str], ...]
    matrix: Array
    contagion: Array
    flows: Array
    jump: float
    lift: float = 1.0
    bend: int = 0

    @property
    def multiplier(self) -> float:
        """Departures in all that one more leaver means, himself included: 1 / (1 - R)."""
        return 1.0 / (1.0 - self.value) if self.value < 1.0 else math.inf

    @property
    def lumpy(self) -> bool:
        """Whether one leaver moves a few so much that means do not tell how many leave: more than R says where rates bend upwards, fewer where downwards."""
        return self.bend != 0 and self.value < 1.0 and math.log(self.lift) > LARGE_LIFT * (1.0 - self.value)

    def total(self, starts: Array) -> float:
        """Departures in all that leavers by given ways mean, themselves included.

        Args:
            starts: Persons who leave by each way without having been moved by others, shape (ways).
        """
        if not self.value < 1.0:
            return math.inf
        return float(np.linalg.solve(np.eye(len(starts)) - self.matrix, starts).sum())


def reproduction(scenario: Scenario) -> Reproduction:
    """The reproduction number on the scenario's first day, policies and dial worked in.

    It counts contagion alone. Leaving also wears down police odds, legitimacy, cohesion and thinned lines, men in
    hiding may leave a second time, and the surrender of a whole unit makes more news: a measured multiplier has these.

    Where a company or a town shares a frailty only a leaver's own followers are exact, theirs sitting in frailer places still:
    R, flows and multiplier are too low, and by far where the frailest places may empty (`in_frailest_place`).

    Leavers are taken to be independent of each other but for the mean. Where one leaver is felt strongly by a few
    (`Reproduction.lumpy`), two in one squad drive the rest out long before R = 1, and more leave than R says.
    """
    return of_operator(Operator(scenario))


def in_frailest_place(scenario: Scenario) -> float:
    """R among those who share squad, company or town, in the frailest place of all, in a steady state of its own.

    Infinite where it has none: leaving goes on there until the place is empty, even at an R below 1. It is a bound from above:
    one world of twenty has a frailer place, and the frailest company is taken to stand in the frailest town. Where no frailty is
    shared no place is frailer.
    """
    operator = Operator(scenario)
    if not operator.spreads:
        return 0.0
    everywhere = operator.state()
    return math.inf if everywhere is None else value_of(operator.frailest(everywhere), 1.0)


def of_operator(operator: Operator, factor: float = 1.0) -> Reproduction:
    """The reproduction number with all contagion weights multiplied by `factor`."""
    n, nothing = len(operator.ways), np.zeros(len(operator.ways))
    if not operator.spreads or factor == 0.0:
        flows = operator.people * operator.rate(nothing)
        return Reproduction(
            value=0.0, first=0.0, ways=operator.ways, matrix=np.zeros((n, n)), contagion=nothing, flows=flows, jump=0.0
        )
    at_first = operator.at(nothing, factor)
    value, x, matrix = _kept_up(operator, factor)
    if x is None or matrix is None:
        matrix, x = at_first, np.full(n, math.nan)
    return Reproduction(
        value=value,
        first=leading(at_first),
        ways=operator.ways,
        matrix=matrix,
        contagion=x,
        flows=operator.people * operator.rate(x),
        jump=operator.jump(factor),
        lift=operator.lift(factor),
        bend=operator.bend,
    )


def value_of(operator: Operator, factor: float) -> float:
    """The number alone, which is asked for some forty times where contagion of a given strength is sought."""
    return _kept_up(operator, factor)[0] if operator.spreads and factor else 0.0


def _kept_up(operator: Operator, factor: float) -> tuple[float, Array | None, Array | None]:
    """The number, the contagion terms that departures keep up, and the operator there; infinite and nothing where departures run away."""
    x = operator.state(factor)
    matrix = None if x is None else operator.at(x, factor)
    value = math.inf if matrix is None else leading(matrix)
    return (math.inf, None, None) if value >= 1.0 else (value, x, matrix)
