"""A number with its interval, and how it and a difference are said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.scenario.grain import TOO_FEW, mark
from desertion.study.comparison.report.words import amount, number
from desertion.study.statistics import bootstrap_interval

CONFIDENCE = 0.95
"""Confidence of the interval where none is named."""

SEED = 1
"""Seed of the bootstrap where none is named."""


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: The median of the runs.
        low: Lower end of its interval.
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

    def words(self, unit: str) -> str:
        """The number with its interval."""
        return f"{amount(self.value, unit)}{mark(self.few)} ({amount(self.low, unit)} to {amount(self.high, unit)})"


def estimated(values: NDArray[np.float64]) -> Estimate:
    """The median of values with its bootstrap interval."""
    low, high = bootstrap_interval(values, np.median, CONFIDENCE, seed=SEED)
    return Estimate(float(np.median(values)), low, high)


def changed(change: Estimate, what: str, baseline: str = "the status quo") -> str:
    """A difference from the baseline in words; one that cannot be told from chance, or rests on too few persons, is said to.

    Args:
        change: The difference.
        what: What is counted, in the plural.
        baseline: What it is compared with.
    """
    if change.few and change.is_sure:
        return f"{TOO_FEW} ({number(change.low)} to {number(change.high)} {what} beside {baseline})"
    if change.low == change.high == 0.0:
        return f"as many as under {baseline}"
    if not change.is_sure:
        fewer, more = f"{number(-change.low)} fewer", f"{number(change.high)} more"
        if change.low < 0.0 < change.high:
            return f"{TOO_FEW} ({fewer} to {more} {what})"
        most = f"at most {more if change.high > 0.0 else fewer}"
        return f"{TOO_FEW} ({most} {what})" if change.few else f"{most} than under {baseline}"
    word = "more" if change.value > 0.0 else "fewer"
    low, high = sorted((abs(change.low), abs(change.high)))
    return f"{number(abs(change.value))} {word} than under {baseline} ({number(low)} to {number(high)})"
