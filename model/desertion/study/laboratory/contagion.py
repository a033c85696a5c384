"""Contagion among many: who has left draws others, in one of four forms; nothing else moves here."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from desertion.parameters import SPREADING
from desertion.study.arrays import Array
from desertion.study.laboratory.prior import Prior

FORMS = SPREADING
"""The forms of the model (`model/ODD.md`, section 8), everybody hearing of everybody."""

MEMORY = Prior(name="memory", low=0.02, high=5.0, log=True, meaning="half-life of the news that somebody left, windows")
OWED = Prior(name="owed", low=0.0, high=1.0, meaning="share of leavers who would have stayed without contagion")
CONCAVE_SCALE = 0.01  # share gone from which on the concave form bends, as in the model's defaults
THRESHOLD_SPREAD = 0.3  # standard deviation of thresholds over their mean
_CLIP = 50.0
_RANGES = {"multiplicative": (1e-2, 1e5), "concave": (1e-3, 50.0), "additive": (1e-5, 1e2), "threshold": (0.5, 1e5)}
_HALVINGS = 14


@dataclass(frozen=True)
class Contagion:
    """How leavers draw others, an entry a history.

    Attributes:
        form: one of `FORMS`.
        strength: shape (history,): log hazard per share gone; exponent; leavers a step per share gone; 1 over the mean threshold.
        keep: shape (history,): share of the news that lasts a step.
    """

    form: str
    strength: Array
    keep: Array

    def rate(self, base: Array, pressure: Array) -> Array:
        """Hazard a step at a pressure (share gone, weighed by age of the news); `base` without contagion."""
        if self.form == "multiplicative":
            return base * np.exp(np.minimum(self.strength * pressure, _CLIP))
        if self.form == "concave":
            return base * np.exp(np.minimum(self.strength * np.log1p(pressure / CONCAVE_SCALE), _CLIP))
        if self.form == "additive":
            return base + self.strength * pressure
        return base

    def moved(self, pressure: Array) -> Array:
        """Share of people whose threshold lies below the pressure; 0 in the other forms."""
        if self.form != "threshold":
            return np.zeros_like(pressure)
        none = ndtr(-1.0 / THRESHOLD_SPREAD)
        return np.clip((ndtr((pressure * self.strength - 1.0) / THRESHOLD_SPREAD) - none) / (1.0 - none), 0.0, 1.0)


def flow(
    base: Array,
    left: Array,
    frailty: Array,
    contagion: Contagion | None,
    rng: np.random.Generator | None,
    *,
    again: bool,
) -> Array:
    """Leavers a step, shape (history, step); expected numbers without a generator, whole ones with it.

    Who leaves in a step is seen from the next one on.

    Args:
        base: shape (history, step), hazard a step of a person of frailty 1 without contagion.
        left: shape (history, class), people at the start by class of frailty.
        frailty: shape (history, class), relative hazards.
        contagion: how leavers draw others; nothing for no contagion.
        rng: chance; nothing for the expectation of a very large army.
        again: who has acted stays at risk.
    """
    remaining = left.copy()
    size = left.sum(axis=1)
    pressure, reached = np.zeros(len(base)), np.zeros(len(base))
    acts = np.empty_like(base)
    for step in range(base.shape[1]):
        hazard = base[:, step, None] * frailty
        if contagion is not None:
            hazard = contagion.rate(base[:, step], pressure)[:, None] * frailty
            now = contagion.moved(pressure)
            before = np.zeros_like(now) if again else reached
            reached = np.maximum(reached, now)
            hazard = (
                hazard
                - np.log(np.maximum(1.0 - np.maximum(now, before), 1e-12) / np.maximum(1.0 - before, 1e-12))[:, None]
            )
        chance = -np.expm1(-hazard)
        out = remaining * chance if rng is None else rng.binomial(remaining.astype(np.int64), chance)
        acts[:, step] = out.sum(axis=1)
        if not again:
            remaining = remaining - out
        if contagion is not None:
            pressure = contagion.keep * pressure + acts[:, step] / size
    return acts


def strength_for(
    base: Array, left: Array, frailty: Array, form: str, keep: Array, total: Array, *, again: bool
) -> Array:
    """Strength at which as many leave as `total` says in expectation, shape (history,); the nearest end if none does.

    Args:
        base: as for `flow`.
        left: as for `flow`.
        frailty: as for `flow`.
        form: form of contagion.
        keep: share of the news that lasts a step.
        total: shape (history,), leavers wanted in the whole window.
        again: who has acted stays at risk.
    """
    low, high = (np.full(len(base), np.log(end)) for end in _RANGES[form])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        expected = flow(base, left, frailty, Contagion(form, np.exp(middle), keep), None, again=again).sum(axis=1)
        low, high = np.where(expected < total, middle, low), np.where(expected < total, high, middle)
    return np.exp((low + high) / 2.0)
