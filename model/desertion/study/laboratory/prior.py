"""A prior: the range over which a number without a source is swept, with its unit and its reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from desertion.errors import InputError, input_error
from desertion.study.arrays import Array

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
        meaning: what it is, with its unit where that is not told apart.
        unit: what its numbers are counted in, where that is told apart.
        reason: why the range is as wide as that.
    """

    name: str
    low: float
    high: float
    log: bool = False
    allowed: tuple[float, float] = (0.0, math.inf)
    meaning: str = ""
    unit: str = ""
    reason: str = "no source: swept"

    def __post_init__(self) -> None:
        """Refuse a prior that leaves the range of its parameter."""
        if not self.low < self.high:
            raise input_error("prior", f"{self.low:g} to {self.high:g}", "must run upwards", where=self.name)
        if self.low < self.allowed[0] or self.high > self.allowed[1] or (self.log and self.low <= 0.0):
            raise InputError(
                f"{self.name}: prior {self.low:g} to {self.high:g} leaves the range of the parameter, "
                f"{self.allowed[0]:g} to {self.allowed[1]:g}{' and above 0' if self.log else ''}; narrow it"
            )

    @property
    def told(self) -> str:
        """What it is, with its unit where the words do not have it."""
        return self.meaning if self.unit in self.meaning else self.counted(self.meaning)

    def counted(self, words: str) -> str:
        """Words or numbers with the unit behind them."""
        return f"{words} ({self.unit})" if self.unit else words

    def at(self, share: float) -> float:
        """Value below which `share` of the prior lies, share in [0, 1]."""
        if self.log:
            return math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        return self.low + share * (self.high - self.low)

    def draw(self, rng: np.random.Generator, size: int) -> Array:
        """Independent draws, shape (size,)."""
        if self.log:
            return np.exp(rng.uniform(math.log(self.low), math.log(self.high), size))
        return rng.uniform(self.low, self.high, size)

    def widened(self, factor: float) -> Prior:
        """The prior with both ends multiplied, for one that is symmetric round 0."""
        return replace(self, low=self.low * factor, high=self.high * factor)
