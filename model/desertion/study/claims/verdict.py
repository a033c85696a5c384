"""What the share of worlds that show a claimed effect says about the claim."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from desertion.study.statistics import middle_nine_tenths, wilson_interval

VerdictWord = Literal["holds", "fails", "depends", "untested"]

HOLDS_FROM = 0.9
FAILS_TO = 0.1


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A verdict with the numbers that stand beside it.

    Attributes:
        word: holds, fails, depends or untested.
        worlds: worlds judged.
        shown: worlds with the claimed sign beyond the smallest effect of interest.
        signed: worlds with the claimed sign, however small.
        reversed: worlds with the opposite sign beyond it.
        undefined: worlds in which the effect has no value; they do not show it.
        low: lower Wilson bound of the share shown.
        high: upper Wilson bound.
        median: median effect over the worlds where it has a value; NaN if there is none.
        fifth: 5 % quantile of the effect.
        ninety_fifth: 95 % quantile.
    """

    word: VerdictWord
    worlds: int
    shown: int
    signed: int
    reversed: int
    undefined: int
    low: float
    high: float
    median: float
    fifth: float
    ninety_fifth: float

    @property
    def share(self) -> float:
        """Share of worlds that show the claimed effect."""
        return self.shown / self.worlds if self.worlds else float("nan")


def shows(effects: ArrayLike, sign: int, smallest: float) -> NDArray[np.bool_]:
    """Which worlds show an effect of the claimed sign, at least as large as the smallest of interest."""
    signed = np.asarray(effects, dtype=np.float64) * sign
    return np.asarray(signed >= smallest) & (signed > 0.0)


def judge(effects: ArrayLike, sign: int, smallest: float) -> Verdict:
    """The verdict on one claim.

    `holds` if the lower Wilson bound of the share of worlds that show the effect is at least 90 %,
    `fails` if the upper bound is at most 10 %, else `depends`; `untested` without worlds.

    Args:
        effects: one effect per world; NaN where it has no value.
        sign: +1 or -1, the sign that the claim predicts.
        smallest: smallest effect of interest, >= 0, in the unit of the effects.
    """
    values = np.asarray(effects, dtype=np.float64)
    shown = int(shows(values, sign, smallest).sum())
    low, high = wilson_interval(shown, values.size)
    word: VerdictWord = "holds" if low >= HOLDS_FROM else "fails" if high <= FAILS_TO else "depends"
    word = word if values.size else "untested"
    fifth, median, ninety_fifth = middle_nine_tenths(values)
    return Verdict(
        word=word,
        worlds=values.size,
        shown=shown,
        signed=int((values * sign > 0.0).sum()),
        reversed=int(shows(values, -sign, smallest).sum()),
        undefined=int(np.isnan(values).sum()),
        low=low,
        high=high,
        median=median,
        fifth=fifth,
        ninety_fifth=ninety_fifth,
    )
