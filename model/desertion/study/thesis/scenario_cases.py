"""Scenario cases: a series held against a shipped scenario of the same events, with contagion and without.

The doors, dates and institutions of the scenario are given, and the question is whether the doors alone explain the figures, once everything that has no
source may move within the range over which it is swept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from desertion.errors import unknown_name
from desertion.study.history.observation import interval_totals
from desertion.study.history.series import HELD_OUT_AT_LEAST, Series
from desertion.study.laboratory.prior import Parameters, Prior

if TYPE_CHECKING:
    from desertion.scenario import Scenario

Array = NDArray[np.float64]
Simulate = Callable[[dict[str, float], int], NDArray[np.int64]]
"""Values of a rival's parameters and a seed to those who set out, by unit and day."""

NOISE = Prior(name="noise", low=0.003, high=0.3, log=True, meaning="dispersion of published counts")
DOORS, BOTH = "doors", "doors and contagion"
CONTAGION_LEVELS = ("community", "ties", "news")
STRENGTH = Prior(
    name="contagion", low=0.05, high=3.0, meaning="weights of contagion at all levels, as multiples of the shipped ones"
)


@dataclass(frozen=True, kw_only=True)
class ScenarioCase:
    """A cumulative series that counts from the first day of a scenario on.

    Attributes:
        name: what the case is called.
        scenario: name of the shipped scenario.
        scale: share of real size at which it is run.
        points: name of the series.
        start: first day of the window.
        steps: days of the window.
        at_risk: who can leave, in words.
        levers: priors of what has no source, each with the inputs that it sets.
    """

    name: str
    scenario: str
    scale: float
    points: str
    start: date
    steps: int
    at_risk: str
    levers: tuple[tuple[Prior, tuple[str, ...]], ...]

    def series(self, *, recalled: bool = False) -> Series:
        """The points after the scenario's first day, counted from that day."""
        from desertion.study.history import shipped as history

        whole = history.load(self.points)
        before = [point for point in whole.points if point.end < self.start]
        cut = replace(whole, points=tuple(p for p in whole.points if p.end >= self.start)).fit_points(recalled=recalled)
        base = before[-1].value if before else 0.0
        lower = [
            replace(
                p,
                value=p.value - base,
                low=None if p.low is None else p.low - base,
                high=None if p.high is None else p.high - base,
            )
            for p in cut.points
        ]
        title = f"{cut.title}, less those before {self.start.day} {self.start:%B}" if base else cut.title
        return replace(cut, title=title, points=tuple(lower))

    @property
    def rivals(self) -> tuple[str, ...]:
        """Doors alone, and doors with contagion."""
        return (BOTH, DOORS)

    @property
    def with_contagion(self) -> tuple[str, ...]:
        """The one with contagion."""
        return (BOTH,)

    def priors_of(self, rival: str) -> tuple[Prior, ...]:
        """What has no source, and the strength of contagion where there is any."""
        own = tuple(prior for prior, _ in self.levers)
        return (*own, STRENGTH) if rival == BOTH else own

    @property
    def nuisances(self) -> tuple[Prior, ...]:
        """Priors of what belongs to observation alone."""
        return (NOISE,)

    def observe(self, series: Series, flow: NDArray[np.int64], noise: float, rng: np.random.Generator) -> Array:
        """What would have been published of a simulated history, one figure per point of the series.

        Args:
            series: points to be matched.
            flow: shape (day,), leavers per day at the simulated size.
            noise: dispersion of the published counts.
            rng: chance in published counts.
        """
        ends = [(0, (point.end + timedelta(days=1) - self.start).days - 1) for point in series.points]
        expected = interval_totals(flow / self.scale, ends)
        # Who leaves is left to chance by the model already; what is published adds a relative error.
        return expected * rng.gamma(1.0 / noise, noise, size=expected.shape)

    def held_out(self, series: Series) -> int:
        """Number of last points that are not fitted but predicted: a quarter, of series that are long enough."""
        return len(series.points) // 4 if len(series.points) >= HELD_OUT_AT_LEAST else 0

    def simulator(self) -> Simulate:
        """Runs of the scenario."""
        return ScenarioBench(self)

    def shipped(self) -> Mapping[str, float]:
        """The shipped value of each prior."""
        scenario = _plain(self.scenario, self.scale)
        return {prior.name: float(_input(scenario, keys[0])) for prior, keys in self.levers} | {STRENGTH.name: 1.0}

    def settings(self, parameters: Parameters) -> Mapping[str, Any]:
        """Inputs of the scenario for values of the priors; without a strength of contagion there is none."""
        chosen: dict[str, Any] = {key: parameters[prior.name] for prior, keys in self.levers for key in keys}
        shipped, strength = _plain(self.scenario, self.scale).behaviour, parameters.get(STRENGTH.name, 0.0)
        for kind in ("contagion", "reception"):
            for level in CONTAGION_LEVELS:
                chosen[f"behaviour.{kind}_{level}"] = strength * getattr(shipped, f"{kind}_{level}")
        return chosen


@dataclass(frozen=True)
class ScenarioBench:
    """The scenario, run under a rival's parameters: `bench(parameters, seed)`."""

    case: ScenarioCase

    def __call__(self, parameters: Parameters, seed: int) -> NDArray[np.int64]:
        """Persons who set out abroad, by day, shape (1, days)."""
        from desertion.simulation.model import DesertionModel

        scenario = _plain(self.case.scenario, self.case.scale).with_(dict(self.case.settings(parameters)))
        daily = DesertionModel(scenario, rng=seed).run().daily
        # The row of day d holds the state after d days: what happened on a date is in the row of the next day.
        by_day = daily.groupby("day")["new_flee"].sum().to_numpy()
        return by_day[None, 1 : self.case.steps + 1].astype(np.int64)


@lru_cache(maxsize=4)
def _plain(name: str, scale: float) -> Scenario:
    from desertion.scenario import Scenario

    return Scenario.load(name, scale=scale)


def _input(scenario: Scenario, key: str) -> Any:
    kind, *names = key.split(".")
    if kind == "behaviour":
        return getattr(scenario.behaviour, names[0])
    return getattr(next(part for part in getattr(scenario, kind) if part.name == names[0]), names[1])


_GDR = 0.003

SCENARIO_CASES = {
    "gdr-1989": ScenarioCase(
        name="gdr-1989",
        scenario="gdr-1989",
        scale=_GDR,
        points="gdr-emigration-points",
        start=date(1989, 7, 1),
        steps=184,
        at_risk="all 16.6 million people of the scenario",
        levers=(
            (
                Prior(name="leaving", low=5e-6, high=2e-4, log=True, meaning="baseline rate of flight, per day"),
                ("forces.gdr-1989.base_reservist_flee", "forces.gdr-1989.base_civilian_flee"),
            ),
            (
                Prior(name="chance_power", low=0.2, high=1.0, meaning="power of the perceived chance to get away"),
                ("behaviour.chance_power",),
            ),
            (
                Prior(name="frailty_own", low=0.5, high=4.0, meaning="variance of a person's own log frailty"),
                ("behaviour.frailty_own",),
            ),
            (
                # Not what costs legitimacy: that changes on dates of the scenario, which a setting would wipe out.
                Prior(name="legitimacy", low=0.5, high=4.0, meaning="log hazard per share of legitimacy lost"),
                ("behaviour.push_legitimacy",),
            ),
            (
                Prior(name="leak", low=0.002, high=0.05, log=True, meaning="chance to slip out by Czechoslovakia"),
                ("hosts.czechoslovakia.leak",),
            ),
        ),
    ),
}


def scenario_case(name: str) -> ScenarioCase:
    """A case by name.

    Raises:
        InputError: there is no such case.
    """
    if name not in SCENARIO_CASES:
        raise unknown_name("case", name, SCENARIO_CASES)
    return SCENARIO_CASES[name]
