"""Whole ticks: clocks, thresholds and pressures as integers, so that sums are the same in any order. Equations: model/ODD.md."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel

TICK = 1099511627776.0  # 2**40 ticks are one unit of integrated hazard
SHARE = 1073741824.0  # 2**30 ticks are a share of 1 in a group's pressure
TIE_SHARE = 16777216.0  # 2**24 ticks are a share of 1 among a person's ties
TIE_MOST = 1073741824  # 2**30: ties press at most like 64 times all of them, which fits into 32 bits
TIE_FADED = 4096  # a tie pressure under 2**-12 is none: comrades do forget
MAX_RATE = 4096.0  # per day: nobody is left after such a day
FAR = 4611686018427387904  # 2**62: a threshold that is never reached
LARGEST_EXPONENT = 50.0


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
    """When within the day a clock that still lacks `remaining` ticks passes its threshold, as a share of the day; 2 if it does not.

    A clock that passed on an earlier day (somebody waits for a visa) yields to every other: 1.5.
    """
    if increment <= 0 or remaining > increment:
        return 2.0
    if remaining <= 0:
        return 1.5
    return float(remaining) / float(increment)


@kernel
def decayed(pressure: int, keep: int) -> int:
    """A pressure after a day of forgetting; `keep` is 2**(-1/half-life) in units of 2**-24."""
    return (pressure * keep) >> 24
