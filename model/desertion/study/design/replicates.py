"""Replicates: how many runs each design point gets, as a number or by a precision rule on the ordered prefix."""

import math
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, StrictBool, model_validator

from desertion.errors import shortened
from desertion.parameters.field import Frozen, is_truth
from desertion.study.statistics import wilson_interval

MOST = 10_000_000
"""Replicates of a point, and points of a design, beyond which no study can be meant."""


class ReplicateRule(Frozen):
    """A fixed number of replicates, or a precision to be reached.

    Attributes:
        number: The fixed number, or 0 where a precision decides.
        measure: Measure whose mean must be known to `half_width`.
        chance_of: Measure whose chance of reaching `at_least` must be known to `half_width` (Wilson's interval).
        at_least: Level that counts as reached, of counts in persons at real size; a rule on a chance has to state it, since every run reaches one of 0.
        half_width: Half the confidence interval to be reached: a share of the mean's size where `relative`, else in the
            measure's own unit, for counts persons at real size; for a chance always in chance.
        relative: Whether `half_width` is a share of the mean, which a mean of 0 never reaches.
        confidence: Confidence of the interval, in (0, 1).
        minimum: Replicates run before the first decision.
        maximum: Replicates after which a point stops all the same.
        step: Replicates added at a time; decisions fall only after whole steps, so they never depend on which run
            happened to finish first.
        look_ahead: Further replicates over which the precision has to last (up to a hundred replicates; beyond
            that in proportion, as Hoad, Robinson and Davies propose).
    """

    number: int = Field(default=0, ge=0, le=MOST)
    measure: str = ""
    chance_of: str = ""
    at_least: float = 0.0
    half_width: float = 0.0
    relative: StrictBool = True
    confidence: float = 0.95
    minimum: int = Field(default=10, ge=1, le=MOST)
    maximum: int = Field(default=1000, ge=1, le=MOST)
    step: int = Field(default=10, ge=1, le=MOST)
    look_ahead: int = Field(default=5, ge=0, le=MOST)

    @model_validator(mode="before")
    @classmethod
    def _read_number(cls, stated: Any) -> Any:
        if isinstance(stated, Integral) and not is_truth(stated):
            stated = int(stated)
            if not 0 < stated <= MOST:
                raise ValueError(f"must be a whole number from 1 to {MOST:,}, got {stated:,}")
            return {"number": stated}
        if not isinstance(stated, Mapping):
            raise ValueError(f"must be a whole number or a table with a rule, got {shortened(stated)}")
        return dict(cast(Mapping[str, Any], stated))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if sum(map(bool, (self.number, self.measure, self.chance_of))) != 1:
            raise ValueError("must state exactly one of number, measure, chance_of")
        if not self.adaptive:
            return self
        if self.chance_of and "at_least" not in self.model_fields_set:
            raise ValueError(
                f'chance_of = "{self.chance_of}" needs at_least, the level from which a run counts: 1 for an event, 0.1 of share_left for a global cascade'
            )
        if not (math.isfinite(self.half_width) and self.half_width > 0):
            raise ValueError(f"half_width = {self.half_width} must be above 0")
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence = {self.confidence} must lie between 0 and 1")
        if self.maximum < self.minimum:
            raise ValueError(f"maximum = {self.maximum} is below minimum = {self.minimum}")
        return self

    @property
    def adaptive(self) -> bool:
        """Whether the number of replicates depends on what the runs give."""
        return self.number == 0

    @property
    def watched(self) -> str:
        """The measure that decides, or an empty string."""
        return self.measure or self.chance_of


def first_target(rule: ReplicateRule) -> int:
    """Replicates of a point that are run before anything is decided."""
    return rule.number if not rule.adaptive else min(max(rule.minimum, 2), rule.maximum)


def next_target(rule: ReplicateRule, prefix: Sequence[float | None]) -> int:
    """Replicates that a point needs, judged from its first `len(prefix)` replicates.

    Args:
        rule: The rule.
        prefix: The watched measure in the order of the replicates, counts at real size; None where a run failed or gave no number.

    Returns:
        `len(prefix)` if these suffice, else the larger number to run before asking again.
    """
    have = len(prefix)
    if not rule.adaptive or have >= rule.maximum or precise_from(rule, prefix) is not None:
        return have
    return min(have + rule.step, rule.maximum)


def precise_from(rule: ReplicateRule, prefix: Sequence[float | None]) -> int | None:
    """Smallest number of replicates at which the precision is reached and lasts, or None.

    Args:
        rule: A rule that is adaptive.
        prefix: The watched measure in the order of the replicates, counts at real size; None where a run failed or gave no number.
    """
    have = len(prefix)
    tight = _tight(rule, prefix)
    for count in range(max(rule.minimum, 2), have + 1):
        ahead = rule.look_ahead if count <= 100 else rule.look_ahead * count // 100
        if count + ahead <= have and tight[count - 1 : count + ahead].all():
            return count
    return None


def half_widths(values: NDArray[np.float64], confidence: float) -> NDArray[np.float64]:
    """Half of Student's confidence interval of the mean of each prefix.

    Args:
        values: (n,) : finite values in order.
        confidence: Confidence of the interval.

    Returns:
        (n,) : entry i belongs to the first i + 1 values; infinite for one value.
    """
    from scipy.special import stdtrit

    if not len(values):
        return values
    counts = np.arange(1, len(values) + 1)
    # Sums about the first value: the square of a large common part would swallow a small spread.
    centred = values - values[0]
    means = np.cumsum(centred) / counts
    squares = np.maximum(np.cumsum(centred**2) - counts * means**2, 0.0)
    freedom = np.maximum(counts - 1, 1)
    half = stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(squares / freedom / counts)
    half[0] = np.inf
    return half


def _tight(rule: ReplicateRule, prefix: Sequence[float | None]) -> NDArray[np.bool_]:
    """Whether each prefix is precise enough; a missing value leaves the judgement where it was."""
    numbers = np.array([math.nan if value is None else value for value in prefix], dtype=np.float64)
    finite = np.isfinite(numbers)
    values = numbers[finite]
    if rule.chance_of:
        reached = np.cumsum(values >= rule.at_least)
        bounds = [wilson_interval(int(hits), index + 1, rule.confidence) for index, hits in enumerate(reached)]
        precise = np.array(
            [index > 0 and (high - low) / 2 <= rule.half_width for index, (low, high) in enumerate(bounds)]
        )
    else:
        means = np.abs(np.cumsum(values) / np.arange(1, len(values) + 1))
        # Less and not at most: nothing but noughts has no width and no size that it could be a share of.
        precise = half_widths(values, rule.confidence) < rule.half_width * (means if rule.relative else 1.0)
    known = np.concatenate([[False], precise]).astype(bool)
    return known[np.cumsum(finite)]
