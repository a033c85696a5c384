"""What emulators learn from: results of worlds that were run, and the scale on which they are fitted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desertion.study.arrays import Array


@dataclass(frozen=True, kw_only=True)
class Training:
    """Results of worlds that were run.

    Attributes:
        places: what the emulator sees of them, shape (worlds, columns).
        means: mean of each world's results on the scale of the target, shape (worlds,).
        counts: runs of each world.
        noise: variance of each mean that is due to chance in the runs.
    """

    places: Array
    means: Array
    counts: Array
    noise: Array

    def part(self, chosen: NDArray[np.bool_]) -> Training:
        """Some of the worlds."""
        return Training(
            places=self.places[chosen],
            means=self.means[chosen],
            counts=self.counts[chosen],
            noise=self.noise[chosen],
        )


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A scale on which a target without logarithm is emulated: even near the figure, logarithmic far from it.

    Attributes:
        low: lowest figure observed.
        high: highest.
        unit: standard deviation of the target, in which results far away are counted.
    """

    low: float
    high: float
    unit: float

    def of(self, training: Training) -> Training:
        """Results on this scale, with their chance."""
        far = (training.means - self.middle) / self.unit
        return replace(training, means=np.arcsinh(far), noise=training.noise / (self.unit**2 * (1.0 + far**2)))

    def back(self, mean: Array, variance: Array) -> tuple[Array, Array]:
        """Mean and variance on the target's own scale; the variance is that towards the figure, from three deviations."""
        toward = np.sign(self.middle - self._plain(mean)) * np.sqrt(variance)
        center = self._plain(mean)
        return center, ((self._plain(mean + 3.0 * toward) - center) / 3.0) ** 2

    def to(self, value: float) -> float:
        """A number on this scale."""
        return float(np.arcsinh((value - self.middle) / self.unit))

    def across(self, value: float, mean: Array) -> Array:
        """How much a step on the target's own scale is on this one, on the way from results to a number."""
        way = value - self._plain(mean)
        here = np.abs(way) < 1e-6 * self.unit
        return np.where(
            here, 1.0 / np.hypot(self.unit, value - self.middle), (self.to(value) - mean) / np.where(here, 1.0, way)
        )

    @property
    def middle(self) -> float:
        """The middle of the figures."""
        return (self.low + self.high) / 2.0

    def _plain(self, stretched: Array) -> Array:
        return self.middle + self.unit * np.sinh(np.clip(stretched, -20.0, 20.0))
