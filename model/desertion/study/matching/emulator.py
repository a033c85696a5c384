"""Emulators: what the runs so far say about a target in worlds that were not run, and how far that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from desertion.study.arrays import Array
from desertion.study.matching.training import Stretch, Training

NORMAL = 1.96
"""Standard deviations on either side of a mean between which 95 of 100 results of a normal distribution lie."""


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """An emulator of one target.

    Attributes:
        kind: `process` (Gaussian), `mixture` (of two, for results on two sides of a tipping point), `event` (random forest of
            a yes or no) or `none` (too little to learn from).
        coverage: share of points that it had not seen whose results lie inside its 95 % intervals; NaN for none.
        wider: factor on its standard deviations by which they hold 95 of 100 points that it had not seen; 1 for an event, and where they hold as many.
        fitted: the estimator; of a mixture the forest that says on which side a world lies.
        centre: mean of what a Gaussian process was fitted to.
        unit: standard deviation of the same.
        stretch: scale on which the process is fitted, if it is not the target's own.
        sides: of a mixture the processes of the results below and above.
    """

    kind: str
    coverage: float
    wider: float = 1.0
    fitted: Any = None
    centre: float = 0.0
    unit: float = 1.0
    stretch: Stretch | None = None
    sides: tuple[Emulator, ...] = ()

    def predict(self, places: Array) -> tuple[Array, Array]:
        """Mean and variance of a world's mean result at places; inputs that the emulator does not see count as variance.

        The variance of an event is the largest that its chance allows: from worlds that are run once or twice nobody can tell whether
        all of them have that chance, or so many are sure of a yes and the others of a no.
        """
        mean, variance = self.fitted_scale(places)
        return (mean, variance) if self.stretch is None else self.stretch.back(mean, variance)

    def fitted_scale(self, places: Array) -> tuple[Array, Array]:
        """The same on the scale on which the emulator was fitted."""
        if self.kind == "event":
            chance = _chances(self.fitted, places)
            return chance, chance * (1.0 - chance)
        if self.kind == "mixture":
            said = [(share, *side.fitted_scale(places)) for share, side in self.parts(places)]
            mean = np.sum([share * own for share, own, _ in said], axis=0)
            return mean, np.sum([share * (variance + (own - mean) ** 2) for share, own, variance in said], axis=0)
        mean, deviation = self.fitted.predict(places, return_std=True)
        return mean * self.unit + self.centre, (deviation * self.unit) ** 2

    def chance_between(self, places: Array, low: float, high: float, noise: float) -> Array:
        """Chance that a world's mean result lies between two numbers, with chance in its runs of a variance `noise`."""
        if self.kind == "event":
            yes = _chances(self.fitted, places)
            return yes * (low <= 1.0 <= high) + (1.0 - yes) * (low <= 0.0 <= high)
        chance = np.zeros(len(places))
        for share, process in self.parts(places):
            mean, variance = process.fitted_scale(places)
            over, under = (self._chance_below(bound, mean, variance, noise) for bound in (high, low))
            chance += share * np.maximum(over - under, 0.0)
        return chance

    def _chance_below(self, bound: float, mean: Array, variance: Array, noise: float) -> Array:
        """Chance that results lie below a number; mean and variance on the fitted scale, number and noise on the target's own."""
        steps: float | Array = 1.0
        if self.stretch is not None:
            # Exact where the emulator is sure or runs have no chance, within three hundredths between.
            steps, bound = self.stretch.across(bound, mean), self.stretch.to(bound)
        below: Array = norm.cdf((bound - mean) / (self.wider * np.sqrt(variance + noise * steps**2)))
        return below

    def parts(self, places: Array) -> list[tuple[Array, Emulator]]:
        """The processes of which a world's result may be, each with its share; one alone with all."""
        if self.kind != "mixture":
            return [(np.ones(len(places)), self)]
        above = _chances(self.fitted, places)
        return list(zip((1.0 - above, above), self.sides, strict=True))

    def holds(self, unseen: Training) -> float:
        """Share of worlds run since whose results lie inside the 95 % intervals, widened; NaN if none has a value or nothing was learnt."""
        known = unseen.part(np.isfinite(unseen.means))
        if self.kind == "none" or not len(known.means):
            return np.nan
        off, spread = self.off(known if self.stretch is None else self.stretch.of(known))
        return float((off <= NORMAL * self.wider * spread).mean())

    def off(self, unseen: Training) -> tuple[Array, Array]:
        """How far results lie from what it says, and the standard deviation of that, chance in the runs included; both on the fitted scale."""
        mean, variance = self.fitted_scale(unseen.places)
        return np.abs(unseen.means - mean), np.sqrt(np.maximum(variance + unseen.noise, 1e-24))


def _chances(forest: Any, places: Array) -> Array:
    """Chance of a yes, as if half a run more had said yes and half a run no: where all runs nearby answered alike it is not certain what others would."""
    rows, yes = np.ascontiguousarray(places, np.float32), np.flatnonzero(forest.classes_ == 1)
    share, runs = np.zeros(len(rows)), np.zeros(len(rows))
    # Chains ask thousands of times of some hundred places, where the forest's own checks and queues cost more than its trees do.
    for tree in (estimator.tree_ for estimator in forest.estimators_):
        leaf = tree.apply(rows)
        runs += tree.n_node_samples[leaf]
        if yes.size:
            share += tree.value[leaf, 0, yes[0]]
    share, runs = share / len(forest.estimators_), runs / len(forest.estimators_)
    return (share * runs + 0.5) / (runs + 1.0)
