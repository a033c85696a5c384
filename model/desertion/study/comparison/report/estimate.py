"""A number with its interval, and how it and a difference are said."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.figures.labels import NO_INTERVAL, span
from desertion.scenario.grain import TOO_FEW, mark
from desertion.study.comparison.report.words import amount, number
from desertion.study.statistics import median_interval


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: The median of the runs.
        low: Lower end of its interval, NaN where there are too few runs for one.
        high: Upper end.
        few: Whether it rests on too few simulated persons to tell.
    """

    value: float
    low: float
    high: float
    few: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves no doubt about the sign."""
        return self.low > 0.0 or self.high < 0.0

    @property
    def is_told(self) -> bool:
        """Whether its sign and size can both be told."""
        return self.is_sure and not self.few

    @property
    def counted(self) -> str:
        """A difference as so many more or fewer."""
        return f"{number(abs(self.value))} {'more' if self.value > 0.0 else 'fewer'}"

    def words(self, unit: str) -> str:
        """The number with its interval."""
        return (
            f"{amount(self.value, unit)}{mark(self.few)} ({span(self.low, self.high, lambda end: amount(end, unit))})"
        )


def estimated(values: NDArray[np.float64]) -> Estimate:
    """The median of values with its interval."""
    low, high = median_interval(values)
    return Estimate(float(np.median(values)), low, high)


def changed(change: Estimate, baseline: str = "the status quo") -> str:
    """A difference from the baseline in words, to stand behind a comma; one that cannot be told from chance, or rests on too few persons, is said to.

    Args:
        change: The difference.
        baseline: What it is compared with.
    """
    if change.low == change.high == 0.0:
        return f"as many as under {baseline}"
    if math.isnan(change.low):
        if change.few and change.value:
            return f"and the difference is {TOO_FEW} ({NO_INTERVAL})"
        told = f"{change.counted} than" if change.value else "as many as"
        return f"{told} under {baseline} ({NO_INTERVAL})"
    word = "more" if change.high > 0.0 else "fewer"
    low, high = (number(end) for end in sorted((abs(change.low), abs(change.high))))
    if change.low < 0.0 < change.high:
        span = f"{number(-change.low)} fewer to {number(change.high)} more than under {baseline}"
        return f"and the difference is {TOO_FEW if change.few else 'within chance'} ({span})"
    if change.few:
        span = f"{low} to {high}" if change.is_sure else f"at most {high}"
        return f"and the difference is {TOO_FEW} ({span} {word} than under {baseline})"
    if not change.is_sure:
        return f"at most {high} {word} than under {baseline}"
    return f"{number(abs(change.value))} {word} than under {baseline} ({low} to {high})"
