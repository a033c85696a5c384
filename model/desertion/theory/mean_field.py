"""Mean field: one group in which everybody sees everybody, with its strength refilled.

A day adds the departures to the pressure and takes what is forgotten: S(t+1) = keep S(t) + rate(S(t)). The threshold
form has no memory here: S is the share gone, and S(t+1) = Phi((beta S(t) + pull - mean) / spread).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import erfcx, lambertw, ndtr

Array = NDArray[np.float64]
Form = Literal["multiplicative", "concave", "additive", "threshold"]

_GRID = 4001
HEAVIEST = 1e4
"""The largest contagion weight that an input may be, so that a fold beyond cannot be run."""
_DEEPEST = 37.0  # standard deviations, beyond which a normal density is no number any more


@dataclass(frozen=True, kw_only=True)
class FixedPoint:
    """A pressure that keeps itself.

    Attributes:
        pressure: Weighted share gone, S*.
        reproduction: Leavers that one leaver adds there; for the multiplicative form beta S*.
    """

    pressure: float
    reproduction: float

    @property
    def stable(self) -> bool:
        """Whether a small disturbance dies out."""
        return self.reproduction < 1.0


@dataclass(frozen=True, kw_only=True)
class MeanField:
    """The complete-mixing limit of the model.

    Attributes:
        form: Form of contagion.
        rate: Departures a day and person before anybody has left, b exp(c).
        weight: Contagion weight, beta; NaN where nothing says it.
        half_life: Half-life of the pressure, days; finite.
        concave_scale: s0 of the concave form.
        concave_power: a of the concave form.
        additive_scale: c of the additive form, opportunity worked in.
        threshold: Mean threshold less the pull of push and chance.
        spread: Standard deviation of the thresholds.
    """

    form: Form = "multiplicative"
    rate: float = 1e-3
    weight: float = 1.0
    half_life: float = 99.0
    concave_scale: float = 0.01
    concave_power: float = 0.12
    additive_scale: float = 0.01
    threshold: float = 0.25
    spread: float = 0.1

    @property
    def forgetting(self) -> float:
        """Share of the pressure that a day takes, delta = 1 - 2**(-1/half-life)."""
        return 1.0 if self.form == "threshold" else -math.expm1(-math.log(2.0) / self.half_life)

    def inflow(self, pressure: float) -> float:
        """What a day adds to the pressure."""
        felt = self.weight * pressure
        if self.form == "multiplicative":
            return self.rate * math.exp(min(felt, 50.0))
        if self.form == "concave":
            return self.rate * (1.0 + max(felt, 0.0) / self.concave_scale) ** self.concave_power
        if self.form == "additive":
            return max(0.0, self.rate + self.additive_scale * felt)
        return float(ndtr((felt - self.threshold) / self.spread))

    def reproduction(self, pressure: float) -> float:
        """Leavers that one leaver adds while the pressure stands at `pressure`."""
        felt = self.weight * pressure
        if self.form == "multiplicative":
            slope = self.weight * self.inflow(pressure)
        elif self.form == "concave":
            bent = self.inflow(pressure) / (1.0 + max(felt, 0.0) / self.concave_scale)
            slope = max(self.weight, 0.0) * self.concave_power / self.concave_scale * bent
        elif self.form == "additive":
            slope = self.additive_scale * self.weight
        else:
            u = (felt - self.threshold) / self.spread
            slope = self.weight / self.spread * math.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)
        return slope / self.forgetting

    def fixed_points(self) -> list[FixedPoint]:
        """All pressures that keep themselves, rising; stable and unstable ones take turns, beginning with a stable one. None without a weight."""
        if math.isnan(self.weight):
            return []
        if self.form == "multiplicative":
            roots = self._exponential()
        elif self.form == "additive":
            left = self.forgetting - self.additive_scale * self.weight
            roots = [self.rate / left] if left > 0.0 else []
        else:
            roots = self._searched()
        return [FixedPoint(pressure=root, reproduction=self.reproduction(root)) for root in roots]

    def _exponential(self) -> list[float]:
        """Delta S = b exp(c + beta S) through Lambert's W, whose two real branches are the two states."""
        if self.weight == 0.0:
            return [self.rate / self.forgetting]
        z = -self.weight * self.rate / self.forgetting
        if z < -math.exp(-1.0):
            return []
        branches = (0, -1) if z < 0.0 else (0,)
        return [float(-lambertw(z, branch).real / self.weight) for branch in branches]

    def _searched(self) -> list[float]:
        def gap(pressure: float) -> float:
            return self.inflow(pressure) - self.forgetting * pressure

        top = 1.0 if self.form == "threshold" else 1.0 / self.forgetting
        # Even steps for the threshold form; for the concave one steps that grow, since its states lie near 0.
        even = np.linspace(0.0, 1.0, _GRID)
        steps = top * even if self.form == "threshold" else top * even**4
        if self.form == "threshold" and self.weight > 0.0:  # all of whose bend may lie within one step
            bend = (self.threshold + self.spread * np.linspace(-_DEEPEST, _DEEPEST, _GRID)) / self.weight
            steps = np.union1d(steps, bend[(bend > 0.0) & (bend < top)])
        grid = steps.tolist()
        roots = [0.0] if gap(0.0) == 0.0 else []  # nobody goes, whose share is too small for a number
        for low, high in pairwise(grid):
            if gap(low) * gap(high) < 0.0:
                roots.append(float(brentq(gap, low, high, xtol=1e-15, rtol=1e-12)))
            elif gap(high) == 0.0:
                roots.append(high)
        return roots

    @property
    def tipping_weight(self) -> float:
        """The contagion weight of the fold, where R = 1; infinite where there is none."""
        if self.form == "multiplicative":
            return self.forgetting / (math.e * self.rate) if self.rate > 0.0 else math.inf
        if self.form == "additive":
            return self.forgetting / self.additive_scale if self.additive_scale > 0.0 else math.inf
        if self.form == "concave":
            return self._concave_fold()
        return self._threshold_fold()

    def _concave_fold(self) -> float:
        a = self.concave_power
        if a < 1.0 or self.rate <= 0.0:
            return math.inf
        y = 1.0 / (a - 1.0) if a > 1.0 else math.inf  # beta S* / s0 at the fold
        turns = (1.0 - 1.0 / a) ** (a - 1.0) / a if a > 1.0 else 1.0  # y / (1 + y)**a
        return self.forgetting * self.concave_scale * turns / self.rate if y > 0.0 else math.inf

    def _threshold_fold(self) -> float:
        """Spread Phi(u) / phi(u) = spread u + mean with u below 0: the distribution touches the line of the share."""
        if self.threshold <= self.spread * math.sqrt(math.pi / 2.0):
            return math.inf

        def gap(u: float) -> float:
            mills = math.sqrt(math.pi / 2.0) * float(erfcx(-u / math.sqrt(2.0)))
            return self.spread * (mills - u) - self.threshold

        u = float(brentq(gap, -self.threshold / self.spread - 1.0, 0.0))
        # Too narrow a spread for a number: the fold lies beyond all weights.
        return self.spread * math.sqrt(2.0 * math.pi) * math.exp(0.5 * u * u) if abs(u) < _DEEPEST else math.inf

    def at(self, weight: float) -> MeanField:
        """The same with another contagion weight."""
        return replace(self, weight=weight)

    def course(self, days: int, start: float = 0.0) -> Array:
        """Pressure at the start of each day, shape (days + 1), day by day as the model does it.

        Args:
            days: Days.
            start: Pressure on day 0.
        """
        pressure = np.empty(days + 1)
        pressure[0] = start
        for day in range(days):
            new = self.inflow(pressure[day])
            if self.form != "threshold":
                new = -math.expm1(-new)  # at the rate `new` this share of the strength leaves within the day
            pressure[day + 1] = (1.0 - self.forgetting) * pressure[day] + new
        return pressure
