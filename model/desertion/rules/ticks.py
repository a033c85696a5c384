"""Whole ticks: clocks, thresholds and pressures as integers, so that sums are the same in any order. Equations: model/ODD.md."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel

TICK = 1099511627776.0  # 2**40 ticks are one unit of integrated hazard
SHARE = 1073741824.0  # 2**30 ticks are a share of 1 in a group's pressure
TIE_SHARE = 16777216.0  # 2**24 ticks are a share of 1 among a person's ties
TIE_MOST = 1073741824  # 2**30: ties press at most like 64 times all of them, which fits into 32 bits
TIE_FADED = 4096  # a tie pressure under 2**-12 is none: comrades do forget
KEEP_BITS = 24  # what a day leaves of a pressure is a whole number of 2**-24
KEEP_ALL = 1 << KEEP_BITS  # nothing is forgotten
MAX_RATE = 4096.0  # per day: nobody is left after such a day
FAR = 4611686018427387904  # 2**62: a threshold that is never reached
LARGEST_EXPONENT = 50.0
LN2 = 0.6931471805599453
PASSED_BEFORE, NOT_TODAY = (
    1.5,
    2.0,
)  # when within the day a clock passes that passed on an earlier day, or does not pass


@kernel
def clip_exponent(x: float) -> float:
    """`x` held to [-50, 50], so that no hazard overflows."""
    if x > LARGEST_EXPONENT:
        return LARGEST_EXPONENT
    if x < -LARGEST_EXPONENT:
        return -LARGEST_EXPONENT
    return x


@kernel
def ticks(rate: float) -> int:
    """A day's rate as whole ticks, so that clocks add up to the same number in any order."""
    if rate >= MAX_RATE:
        return int(MAX_RATE * TICK)
    if not rate > 0.0:
        return 0
    return int(rate * TICK)


@kernel
def exit_threshold(u: float, z: float) -> int:
    """Ticks of group clock at which a person with log frailty `z` leaves: an exponential threshold over exp(z), at least 1."""
    height = -math.log(u) * math.exp(-clip_exponent(z)) * TICK
    if height >= 4.0e18:
        return FAR
    return int(height) + 1


@kernel
def crossing(remaining: int, increment: int) -> float:
    """When within the day a clock that still lacks `remaining` ticks passes its threshold, as a share of the day; `NOT_TODAY` if it does not.

    A clock that passed on an earlier day (somebody waits for a visa) yields to every other: `PASSED_BEFORE`.
    """
    if increment <= 0 or remaining > increment:
        return NOT_TODAY
    if remaining <= 0:
        return PASSED_BEFORE
    return float(remaining) / float(increment)


@kernel
def kept(half_life: float, elapsed: float) -> float:
    """What is left of a quantity that halves every `half_life`, after `elapsed` of the same unit, in [0, 1]."""
    return math.exp(-LN2 * elapsed / half_life)


def daily_keep(half_life: float) -> int:
    """What a day leaves of a pressure with this half-life (days), for `decayed`; all of it where the half-life is infinite."""
    return KEEP_ALL if math.isinf(half_life) else round(KEEP_ALL * 2.0 ** (-1.0 / half_life))


@kernel
def decayed(pressure: int, keep: int) -> int:
    """A pressure after a day of forgetting, floor(pressure * keep / 2**24); `keep` is what `daily_keep` says."""
    # In two parts, of which neither overflows: the whole product does from 512 shares on.
    whole = pressure >> KEEP_BITS
    return whole * keep + (((pressure - (whole << KEEP_BITS)) * keep) >> KEEP_BITS)


@kernel
def decayed_tie(pressure: int, keep: int) -> int:
    """The same for a pressure from ties, which never passes `TIE_MOST`: the whole product fits."""
    return (pressure * keep) >> KEEP_BITS
