"""Space: worlds as places in the unit cube, in which emulators look and proposals are drawn."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from desertion.study.arrays import Array
from desertion.study.design.factors import Factor, Point, Value

_DIGITS = 6
"""Significant digits of a proposed value, so that a written table gives the world back."""


class Space:
    """The inputs of a match in order.

    Args:
        factors: ranges and lists of values.
    """

    def __init__(self, factors: Sequence[Factor]) -> None:
        self.factors = tuple(factors)
        self.names = tuple(factor.name for factor in factors)
        self.words = tuple(any(isinstance(value, str) for value in factor.values) for factor in factors)

    def points(self, shares: Array) -> list[Point]:
        """The worlds at places in the unit cube, shape (worlds, inputs)."""
        return [
            {factor.name: _proposed(factor, float(share)) for factor, share in zip(self.factors, row, strict=True)}
            for row in shares
        ]

    def shares(self, points: Sequence[Mapping[str, Any]]) -> Array:
        """The places of worlds in the unit cube, shape (worlds, inputs); a listed value lies in the middle of its part."""
        columns = [[_share(factor, point[factor.name]) for point in points] for factor in self.factors]
        return np.array(columns, float).T.reshape(len(points), len(self.factors))

    def encoded(self, shares: Array, active: Sequence[str]) -> Array:
        """What an emulator sees of places: a column for each active number, one for each word of an active list of words."""
        columns: list[Array] = []
        for place, factor in enumerate(self.factors):
            if factor.name in active and self.words[place]:
                part = np.minimum((shares[:, place] * len(factor.values)).astype(int), len(factor.values) - 1)
                columns += [(part == word).astype(float) for word in range(len(factor.values))]
            elif factor.name in active:
                columns.append(shares[:, place])
        return np.column_stack(columns) if columns else np.zeros((len(shares), 1))

    def spread(self, rounds: int, seed: int) -> Array:
        """2^rounds places of a scrambled Sobol sequence."""
        return qmc.Sobol(d=len(self.factors), rng=np.random.default_rng(seed)).random_base2(rounds)

    def step(self, places: Array, width: float, rng: np.random.Generator) -> Array:
        """A step from each place: normal of a width, folded back at the faces; one word in five is drawn anew, but for the first list's."""
        drawn = np.abs(places + rng.normal(0.0, width, places.shape))
        drawn = np.clip(np.where(drawn > 1.0, 2.0 - drawn, drawn), 0.0, 1.0)
        words = np.flatnonzero(self.words)
        again = rng.random((len(places), len(words))) < 0.2
        again[:, :1] = False
        drawn[:, words] = np.where(again, rng.random(again.shape), places[:, words])
        return drawn

    def word_of(self, shares: Array) -> NDArray[np.int64]:
        """Number of the word of the first list of words at each place; 0 where there is none."""
        if not any(self.words):
            return np.zeros(len(shares), np.int64)
        return np.minimum((shares[:, self.words.index(True)] * self.word_count).astype(np.int64), self.word_count - 1)

    @property
    def word_count(self) -> int:
        """Words of the first list of words; 1 where there is none."""
        return len(self.factors[self.words.index(True)].values) if any(self.words) else 1


def _proposed(factor: Factor, share: float) -> Value:
    """The value at a share of a range, rounded; one of a list as it stands there."""
    value = factor.at(share)
    short = not factor.values and isinstance(value, float) and math.isfinite(value)
    return float(f"{value:.{_DIGITS}g}") if short else value


def _share(factor: Factor, value: Any) -> float:
    if factor.values:
        return (factor.values.index(value) + 0.5) / len(factor.values)
    low, high = factor.numbers
    if factor.log:
        low, high, value = math.log(low), math.log(high), math.log(value)
    return float(min(max((float(value) - low) / (high - low), 0.0), 1.0))
