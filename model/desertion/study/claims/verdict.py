"""What the share of worlds that show a claimed effect says about the claim."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from desertion.study.claims.precision import straddles
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
        shown: worlds whose mean effect has the claimed sign beyond the smallest effect of interest.
        sure: those of them that are clear, see `ends`.
        possible: worlds that show it or are unclear.
        signed: worlds with the claimed sign, however small.
        reversed: worlds with the opposite sign beyond it.
        undefined: worlds in which the effect has no value; they are unclear.
        low: lower Wilson bound of the share that is sure.
        high: upper Wilson bound of the share that is possible.
        median: median effect over the worlds where it has a value; NaN if there is none.
        fifth: 5 % quantile of the effect.
        ninety_fifth: 95 % quantile.
    """

    word: VerdictWord
    worlds: int
    shown: int
    sure: int
    possible: int
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


def ends(
    effects: ArrayLike, halves: ArrayLike, sign: int, smallest: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which worlds are sure to show an effect, and which may.

    A world is unclear where the interval of its effect holds the smallest of interest or the effect has no value, and so wherever one pair of runs tells of no
    variance. The first end counts unclear worlds as not showing it, the second as showing it.
    """
    values = np.asarray(effects, dtype=np.float64)
    unclear = straddles(values, np.asarray(halves, dtype=np.float64), sign, smallest)
    shown = shows(values, sign, smallest)
    return shown & ~unclear, shown | unclear


def judge(effects: ArrayLike, sign: int, smallest: float, halves: ArrayLike = 0.0) -> Verdict:
    """The verdict on one claim, which stands only if both `ends` agree.

    `holds` if the lower Wilson bound of the share of worlds that are sure to show the effect is at least 90 %,
    `fails` if the upper bound of those that may is at most 10 %, else `depends`; `untested` where nothing is known, since
    it would fail at the one end and hold at the other, or there is no world.

    Args:
        effects: one effect per world; NaN where it has no value.
        sign: +1 or -1, the sign that the claim predicts.
        smallest: smallest effect of interest, >= 0, in the unit of the effects.
        halves: half of each effect's interval; all are exact if not given.
    """
    values = np.asarray(effects, dtype=np.float64)
    sure, possible = (int(end.sum()) for end in ends(values, halves, sign, smallest))
    (low, below), (above, high) = (wilson_interval(count, values.size) for count in (sure, possible))
    word: VerdictWord = "holds" if low >= HOLDS_FROM else "fails" if high <= FAILS_TO else "depends"
    word = "untested" if (below <= FAILS_TO and above >= HOLDS_FROM) or not values.size else word
    fifth, median, ninety_fifth = middle_nine_tenths(values)
    return Verdict(
        word=word,
        worlds=values.size,
        shown=int(shows(values, sign, smallest).sum()),
        sure=sure,
        possible=possible,
        signed=int((values * sign > 0.0).sum()),
        reversed=int(shows(values, -sign, smallest).sum()),
        undefined=int(np.isnan(values).sum()),
        low=low,
        high=high,
        median=median,
        fifth=fifth,
        ninety_fifth=ninety_fifth,
    )
