"""Whole numbers on which sums are kept exact (section 2), and the names of statuses, routes and categories with their numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable

TICK = 2.0**40
SHARE = 2.0**30
TIE_SHARE = 2.0**24
TIE_MOST = 2**30
TIE_FADED = 4096
MAX_RATE = 4096.0
FAR = 4611686018427387904

STATUSES = (
    "home",
    "summoned",
    "training",
    "serving",
    "wounded",
    "killed",
    "captured",
    "surrendered",
    "hiding",
    "refusing",
    "in_flight",
    "at_border",
    "abroad",
    "applicant",
    "protected",
    "refused",
    "punished",
    "emigrated",
)
STILL = ("home", "serving", "killed", "captured", "surrendered", "protected", "emigrated")
DECIDING = ("home", "serving", "summoned", "training", "hiding", "refusing")
HIDE, FLEE, SURRENDER, REFUSE, SKILLED = range(5)
ROUTES = ("hide", "flee", "surrender", "refuse", "skilled")
CATEGORIES = ("deserter", "evader", "skilled", "other")
CASUALTIES = ("wounded", "killed", "captured")


def ticks(rate: float) -> int:
    """Ticks that a clock loses a day at a rate per day."""
    return math.trunc(min(rate, MAX_RATE) * TICK) if rate > 0.0 else 0


def total(values: Iterable[float]) -> float:
    """A plain sum from left to right: `sum` of Python 3.12 carries what rounding loses."""
    result = 0.0
    for value in values:
        result += value
    return result


def clip(x: float) -> float:
    """An exponent held to [-50, 50]."""
    return min(50.0, max(-50.0, x))


def kept(half_life: float) -> int:
    """What is left of 2^24 parts after a day."""
    return 2**24 if math.isinf(half_life) else round(2.0**24 * 2.0 ** (-1.0 / half_life))


def faded(time: float, half_life: float) -> float:
    """What is left of a quantity in floating point after a time."""
    return math.exp(-0.6931471805599453 * time / half_life)


def folded(pressure: list[int], keep: int, new: list[int]) -> list[int]:
    """Pressure by route at the end of a day, section 7.9."""
    return [old * keep // 2**24 + more for old, more in zip(pressure, new, strict=True)]


def ceil_to_64ths(x: float) -> int:
    """A share rounded up to whole 64ths."""
    return math.ceil(64.0 * x)


def idle(credit: float, rate: float) -> float:
    """What an empty queue leaves of a credit, section 7.16."""
    if rate == 0.0:
        return 0.0
    if math.isinf(credit):
        return 0.0
    return min(credit, 1.0) if rate < 1.0 else credit - math.floor(credit)
