"""Four rival explanations of a history of leaving, each a prior over the same few parameters.

Times are shares of the observed window, so that one prior serves a window of ten days and one of four years.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from desertion.errors import InputError, input_error, unknown_name

CONTAGION, SHOCKS, HOMOPHILY, ALL = "contagion", "shocks", "homophily", "all"
RIVALS = (CONTAGION, SHOCKS, HOMOPHILY, ALL)
WITH_CONTAGION = (CONTAGION, ALL)
FORMS = ("multiplicative", "concave", "additive", "threshold")

Parameters = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Prior:
    """A uniform prior on a number or on its logarithm.

    Attributes:
        name: the parameter.
        low: smallest value.
        high: largest value.
        log: uniform in the logarithm.
        allowed: closed range outside of which the parameter has no meaning.
        meaning: what it is, with its unit.
        off: its value in rivals that do without it.
    """

    name: str
    low: float
    high: float
    log: bool = False
    allowed: tuple[float, float] = (0.0, math.inf)
    meaning: str = ""
    off: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a prior that leaves the range of its parameter."""
        if not self.low < self.high:
            raise input_error("prior", f"{self.low:g} to {self.high:g}", "must run upwards", where=self.name)
        if self.low < self.allowed[0] or self.high > self.allowed[1] or (self.log and self.low <= 0.0):
            raise InputError(
                f"{self.name}: prior {self.low:g} to {self.high:g} leaves the range of the parameter, "
                f"{self.allowed[0]:g} to {self.allowed[1]:g}{' and above 0' if self.log else ''}; narrow it"
            )

    def at(self, share: float) -> float:
        """Value below which `share` of the prior lies, share in [0, 1]."""
        if self.log:
            return math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        return self.low + share * (self.high - self.low)

    def share(self, value: float) -> float:
        """The inverse of `at`."""
        if self.log:
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (value - self.low) / (self.high - self.low)


BASELINE = (
    Prior(
        name="leaving",
        low=1e-3,
        high=0.8,
        log=True,
        allowed=(0.0, 0.999),
        meaning="share that would leave within the window by the baseline alone",
    ),
)
SPREAD = (
    Prior(
        name="form",
        low=0.0,
        high=4.0,
        allowed=(0.0, 4.0),
        meaning="form of contagion: multiplicative, concave, additive, threshold",
    ),
    Prior(
        name="pull",
        low=0.02,
        high=1.0,
        allowed=(0.0, 1.0),
        meaning="strength of contagion, 0 none, 1 the strongest looked at",
    ),
    Prior(name="memory", low=0.05, high=5.0, log=True, meaning="half-life of pressure, windows", off=1.0),
    Prior(
        name="local",
        low=0.0,
        high=1.0,
        allowed=(0.0, 1.0),
        meaning="weight of the own unit against news of all",
        off=0.5,
    ),
)
SHARED = (
    Prior(
        name="shock_unit", low=0.05, high=2.0, allowed=(0.0, 5.0), meaning="sd of shocks shared by a unit, log hazard"
    ),
    Prior(name="shock_army", low=0.05, high=2.5, allowed=(0.0, 5.0), meaning="sd of shocks shared by all, log hazard"),
    Prior(name="shock_time", low=0.02, high=2.0, log=True, meaning="correlation time of shocks, windows", off=0.1),
)
ALIKE = (
    Prior(
        name="frailty_unit", low=0.05, high=4.0, allowed=(0.0, 9.0), meaning="variance of log frailty shared by a unit"
    ),
    Prior(name="frailty_own", low=0.05, high=4.0, allowed=(0.0, 9.0), meaning="variance of a person's own log frailty"),
)
PRIORS = {prior.name: prior for prior in (*BASELINE, *SPREAD, *SHARED, *ALIKE)}

_PARTS = {
    CONTAGION: (*BASELINE, *SPREAD),
    SHOCKS: (*BASELINE, *SHARED),
    HOMOPHILY: (*BASELINE, *ALIKE),
    ALL: (*BASELINE, *SPREAD, *SHARED, *ALIKE),
}


def priors(rival: str) -> tuple[Prior, ...]:
    """Priors of the parameters that a rival uses.

    Raises:
        InputError: there is no such rival.
    """
    if rival not in _PARTS:
        raise unknown_name("rival", rival, RIVALS)
    return _PARTS[rival]


def draw(rival: str, rng: np.random.Generator) -> dict[str, float]:
    """One draw from a rival's prior, with the parameters that it does without at their neutral value."""
    drawn = {prior.name: prior.at(float(rng.random())) for prior in priors(rival)}
    return complete(drawn)


def complete(parameters: Parameters) -> dict[str, float]:
    """All parameters, those not given at their neutral value."""
    return {name: float(parameters.get(name, prior.off)) for name, prior in PRIORS.items()}


def form_of(parameters: Parameters) -> str:
    """Form of contagion that the number `form` stands for."""
    return FORMS[min(int(parameters["form"]), len(FORMS) - 1)]
