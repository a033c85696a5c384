"""Aims: targets as a match holds worlds against them, with the number that the runs of a world give for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from desertion.errors import InputError, unknown_name
from desertion.study.arrays import Array
from desertion.study.design.formula import Effect
from desertion.study.history.counts import COUNTS, SETUP_OF_TABLE, Record
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.targets import targets
from desertion.study.matching.document import Design, OwnTarget

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

Models = Mapping[str, "DesertionModel"]
FAR = 4.0
"""Natural logarithms beyond which it makes no difference how far a result is from the figure: a factor of 55."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A target in a match.

    Attributes:
        name: its id.
        what: the target in words.
        unit: unit of the number.
        observed: lowest and highest figure that sources give.
        log: whether it is judged in the natural logarithm.
        error: standard deviation of the observation on that scale.
        discrepancy: standard deviation of what the model leaves out on that scale.
        fit: whether it rules out; others are only looked at.
        cases: runs that it reads.
        number: the number in the runs of one world, by case; NaN where there is none.
    """

    name: str
    what: str
    unit: str
    observed: tuple[float, float]
    log: bool
    error: float
    discrepancy: float
    fit: bool
    cases: tuple[str, ...]
    number: Callable[[Models], float]

    @property
    def interval(self) -> tuple[float, float]:
        """The figure on the scale on which it is judged."""
        low, high = self.observed
        return (float(np.log(low)), float(np.log(high))) if self.log else (low, high)

    def on_scale(self, values: Array) -> Array:
        """Numbers on the scale on which they are judged; the logarithm is cut off `FAR` beyond the figure, where 0 lies as well."""
        if not self.log:
            return values
        low, high = self.interval
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(np.log(np.maximum(values, 0.0)), low - FAR, high + FAR)

    def implausibility(self, center: Array, variance: Array | float, factor: float = 1.0) -> Array:
        """How far centers lie outside of the figure, in standard deviations of all that is not known.

        Args:
            center: results on the scale of the aim, of emulators or of runs; one without a value is infinitely implausible.
            variance: of each center: of the emulator, and of chance in the runs.
            factor: on the discrepancy.
        """
        low, high = self.interval
        distance = np.maximum(np.maximum(low - center, center - high), 0.0)
        spread = np.sqrt(self.error**2 + (factor * self.discrepancy) ** 2 + np.asarray(variance))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(distance > 0.0, distance / spread, 0.0)
        return np.where(np.isfinite(center), found, np.inf)


def aims_of(design: Design) -> tuple[Aim, ...]:
    """The targets of a design: shipped ones, then its own.

    Raises:
        InputError: a target is unknown, needs a run that the design does not do, or allows no error at all.
    """
    aims = [_shipped(name, design) for name in design.targets]
    aims += [_own(name, own, design) for name, own in design.target.items()]
    for aim in aims:
        if aim.fit and not aim.error and not aim.discrepancy:
            raise InputError(f"target {aim.name} allows neither error nor discrepancy: give it a discrepancy, or role = 'held-out'")  # fmt: skip
        if aim.log and aim.observed[0] <= 0.0:
            raise InputError(f"target {aim.name}: observed = {list(aim.observed)} has no logarithm: take scale = 'linear'")  # fmt: skip
    if not any(aim.fit for aim in aims):
        raise InputError(
            "no target of the match has the role fit, so that nothing could be ruled out: name one that has"
        )
    return tuple(aims)


def _shipped(name: str, design: Design) -> Aim:
    known = targets()
    judged = [key for key, target in known.items() if target.table != "inputs"]
    if name not in judged:
        raise unknown_name("target", name, judged, where="targets")
    target = known[name]
    if target.table == "patterns":
        pattern = next(each for each in PATTERNS if each.id == name)
        cases = pattern.setups

        def number(models: Models) -> float:
            return float(pattern.number({case: [models[case]] for case in cases})[0])
    else:
        cases = (SETUP_OF_TABLE[target.table],)

        def number(models: Models) -> float:
            return COUNTS[name](_record(models[cases[0]]))

    for case in cases:
        if case not in design.cases:
            raise InputError(f"target {name} is read off the run {case!r}: add [cases.{case}], or leave the target out")
    return Aim(
        name=name, what=target.what, unit=target.unit, observed=target.observed, log=target.scale == "log",
        error=target.error, discrepancy=target.discrepancy, fit=target.role == "fit" and name not in design.set_aside, cases=cases, number=number,
    )  # fmt: skip


# Targets of one table read one run after it has ended: its record is the same for all of them.
@lru_cache(maxsize=2)
def _record(model: DesertionModel) -> Record:
    return Record(model)


def own_effect(name: str, own: OwnTarget, design: Design) -> Effect:
    """What is counted for a target of one's own: its expression, or the measure of its name in the first case."""
    return Effect(own.effect or f"{next(iter(design.cases))}.{name}", f"target {name}")


def _own(name: str, own: OwnTarget, design: Design) -> Aim:
    where, effect = f"target {name}", own_effect(name, own, design)
    cases = tuple(dict.fromkeys(case for case, _ in sorted(effect.terms)))
    for case in cases:
        if case not in design.cases:
            raise unknown_name("case", case, design.cases, where=where)
    low, high = sorted(own.observed)
    return Aim(
        name=name, what=own.what or name, unit=own.unit, observed=(low, high), log=own.scale == "log",
        error=own.error, discrepancy=own.discrepancy, fit=own.role == "fit" and name not in design.set_aside, cases=cases,
        number=lambda models: effect({case: models[case].measures() for case in cases}),
    )  # fmt: skip


def largest(implausibilities: Sequence[Array], rank: int) -> Array:
    """The largest of several targets' implausibilities at each point, the second largest for rank 2, and so on; 0 if there are fewer."""
    if rank > len(implausibilities):
        return np.zeros(implausibilities[0].shape if implausibilities else 0)
    return np.sort(np.array(implausibilities), axis=0)[-rank]
