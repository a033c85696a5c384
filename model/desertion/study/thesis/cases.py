"""Cases: historical series as the laboratory is to reproduce them, with what is at risk and how it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from desertion.errors import unknown_name
from desertion.study.history import shipped as history
from desertion.study.history.observation import Observation, interval_totals
from desertion.study.history.series import HELD_OUT_AT_LEAST, Series
from desertion.study.laboratory.bench import Bench
from desertion.study.laboratory.rivals import RIVALS, WITH_CONTAGION, Parameters, Prior, complete, priors
from desertion.study.laboratory.table import Simulate

Array = NDArray[np.float64]

NOISE = Prior(name="noise", low=0.003, high=0.3, log=True, meaning="dispersion of published counts")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One series and how a simulated history is held against it.

    Attributes:
        name: name of the series.
        start: first day of the window.
        step_days: length of a model step, days.
        steps: steps of the window.
        people: simulated people.
        at_risk: what they stand for, and where that number comes from.
        persons: prior of what one simulated person stands for, or the number itself.
        shift: prior of the factor of a change of rules, if the series has one.
        lag: prior of the mean delay of registration, days, if the series has one.
    """

    name: str
    start: date
    step_days: float
    steps: int
    people: int
    at_risk: str
    persons: Prior | float
    shift: Prior | None = None
    lag: Prior | None = None

    def series(self, *, recalled: bool = False) -> Series:
        """The points that may be fitted."""
        return history.load(self.name).fit_points(recalled=recalled)

    @property
    def rivals(self) -> tuple[str, ...]:
        """The explanations that compete."""
        return RIVALS

    @property
    def with_contagion(self) -> tuple[str, ...]:
        """Those in which leaving is contagious."""
        return WITH_CONTAGION

    def priors_of(self, rival: str) -> tuple[Prior, ...]:
        """Priors of a rival's own parameters."""
        return priors(rival)

    def shipped(self) -> Mapping[str, float]:
        """What a shipped scenario says of the parameters, by name; the laboratory says nothing."""
        return {}

    def simulator(self) -> Simulate:
        """What turns values of a rival's parameters and a seed into leavers per unit and step."""
        return _Completed(Bench(people=self.people, steps=self.steps))

    @property
    def nuisances(self) -> tuple[Prior, ...]:
        """Priors of everything that belongs to observation alone."""
        optional = (self.persons if isinstance(self.persons, Prior) else None, self.shift, self.lag)
        return (NOISE, *(prior for prior in optional if prior is not None))

    def observe(
        self, series: Series, flow: NDArray[np.int64], nuisance: Mapping[str, float], rng: np.random.Generator
    ) -> Array:
        """What would have been published of a simulated history, one figure per point of the series.

        Args:
            series: points to be matched.
            flow: shape (step,), leavers per step.
            nuisance: values of the case's nuisances, by name.
            rng: chance in published counts.
        """
        persons = nuisance["persons"] if isinstance(self.persons, Prior) else self.persons
        shifts = series.level_shifts
        seen = Observation(
            persons=persons,
            lag=nuisance.get("lag", 0.0) / self.step_days,
            shift_step=self.step_of(shifts[0]) if shifts and self.shift is not None else None,
            shift_factor=nuisance.get("shift", 1.0),
        ).flow(flow)
        if series.kind == "cumulative" or self.name in STOCKS:
            intervals = [(0, self.step_of(point.end)) for point in series.points]
        else:
            intervals = [(self.step_of(point.start), self.step_of(point.end)) for point in series.points]
        expected = interval_totals(seen, intervals)
        # Who leaves is left to chance by the model already; what is published adds a relative error.
        return expected * rng.gamma(1.0 / nuisance["noise"], nuisance["noise"], size=expected.shape)

    def step_of(self, day: date) -> int:
        """Step within which the end of a day falls."""
        elapsed = (day + timedelta(days=1) - self.start).days / self.step_days
        return max(int(np.ceil(elapsed)) - 1, 0)

    def held_out(self, series: Series) -> int:
        """Number of last points that are not fitted but predicted: a quarter, of series that are long enough."""
        return len(series.points) // 4 if len(series.points) >= HELD_OUT_AT_LEAST else 0


@dataclass(frozen=True)
class _Completed:
    """The laboratory, with the parameters that a rival does without at their neutral values."""

    bench: Bench

    def __call__(self, parameters: Parameters, seed: int) -> NDArray[np.int64]:
        return self.bench(complete(parameters), seed)


STOCKS = ("leipzig-mondays",)
"""Series of turnout on a day: people won over so far who come again, as long as they are fitted on the rise."""

_POOL = Prior(name="persons", low=50.0, high=500.0, log=True, meaning="men at risk per simulated man")

CASES = {
    case.name: case
    for case in (
        Case(
            name="gdr-protest-places",
            start=date(1989, 9, 4),
            step_days=1.0,
            steps=119,
            people=500,
            at_risk="515 places that ever appear in the list of demonstrations",
            persons=1.03,
        ),
        Case(
            name="leipzig-mondays",
            start=date(1989, 9, 4),
            step_days=1.0,
            steps=106,
            people=5000,  # one for a hundred: the first Mondays were of a thousand
            at_risk="530,010 people of Leipzig (in the list of demonstrations)",
            persons=530_010 / 5000,
        ),
        Case(
            name="gdr-emigration-points",
            start=date(1989, 1, 1),
            step_days=3.0,
            steps=122,
            people=3000,
            at_risk="1.5 million who wanted to leave (Federal Intelligence Service via Morgenpost, B)",
            persons=500.0,
        ),
        Case(
            name="ukraine-awol",
            start=date(2022, 1, 1),
            step_days=10.0,
            steps=140,
            people=5000,
            at_risk="250,000 to 2.5 million men ever in service (no source: swept)",
            persons=_POOL,
            shift=Prior(
                name="shift", low=1.0, high=4.0, log=True, meaning="factor of the registration rule of December 2024"
            ),
            lag=Prior(name="lag", low=0.0, high=90.0, meaning="mean delay of registration, days"),
        ),
        Case(
            name="afghanistan-capitals",
            start=date(2021, 8, 6),
            step_days=0.25,
            steps=40,
            people=500,
            at_risk="34 provincial capitals",
            persons=34 / 500,
        ),
    )
}


def case(name: str) -> Case:
    """A case by name.

    Raises:
        InputError: there is no such case.
    """
    if name not in CASES:
        raise unknown_name("case", name, CASES)
    return CASES[name]
