"""Aims: targets as a match holds worlds against them, with the number that the runs of a world give for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from desertion.errors import InputError, input_error, refuse_unknown
from desertion.simulation.record.columns import at_real_size
from desertion.study.arrays import Array
from desertion.study.design.formula import Effect, Measures
from desertion.study.design.grain import moved, one_person
from desertion.study.history.counts import COUNTS, SETUP_OF_TABLE, Count, Record, persons_behind, quotient
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.patterns import Pattern
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
        number: the number in the runs of one world, by case, a `Count` where it counts persons; NaN where there is none.
        parts: the counts above and below, where the number is one quotient of all runs of a world together.
        scaled: whether a case is of fewer persons than real ones.
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
    parts: Callable[[Models], tuple[float, float]] | None = None
    scaled: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Names under which a run's numbers are kept."""
        return (self.name,) if self.parts is None else (f"{self.name}, above", f"{self.name}, below")

    @property
    def grain(self) -> str:
        """Name under which the simulated persons behind a run's number are kept; runs of before have none, nor have numbers that count no persons."""
        return f"{self.name}, persons"

    def counted(self, models: Models) -> dict[str, float]:
        """What one replicate of a world gives, by column."""
        if self.parts is not None:
            return dict(zip(self.columns, self.parts(models), strict=True))
        found = self.number(models)
        persons = persons_behind(found)
        return {self.name: float(found)} | ({} if np.isinf(persons) else {self.grain: persons})

    def one_person(self, runs: Array, behind: Array) -> float:
        """What one simulated person makes of the number of a single run, in the median of those that count any; 0 where it is not known.

        Args:
            runs: shape (run, column).
            behind: what each run has under `grain`, shape (run,).
        """
        if self.parts is not None:
            return 0.0
        counted = (behind > 0.0) & (runs[:, 0] > 0.0)
        return float(np.median(runs[counted, 0] / behind[counted])) if counted.any() else 0.0

    def persons(self, runs: Array, behind: Array) -> float:
        """Simulated persons that the number of a world rests on: a run, or in all runs if it is a quotient of all; NaN where it is not known, or counts none.

        Args:
            runs: shape (replicate, column).
            behind: what each replicate has under `grain`, shape (replicate,).
        """
        if self.parts is not None:
            return float(runs.sum(axis=0).min()) if self.scaled else np.nan
        return float(behind.mean())

    def together(self, runs: Array, person: float = 0.0) -> tuple[float, float, float]:
        """What the replicates of a world give: the number, where it lies on the scale, and the variance of a single replicate there.

        The number is the mean over replicates, without a value if one of them has none; of quotients it is the mean of the counts above over that of those
        below, without a value if nothing is counted below. In the logarithm it is judged by the logarithm of that mean, whose variance is to first order (as
        of a ratio estimator): the mean of logarithms would have one run of a few persons that counts none rule out a world that lies on the figure. None in
        all replicates is taken for half a person in them. A single replicate, or none counted, has no variance.

        Args:
            runs: shape (replicate, column).
            person: what one simulated person makes of the number, 0 where it is not known or counts none.
        """
        if self.parts is None:
            value, above = float(runs.mean()), runs[:, 0]
            if not self.log:
                return value, value, float(above.var(ddof=1)) if len(runs) > 1 else np.nan
            center = float(self.on_scale(np.maximum([value], 0.5 * person / len(runs)))[0])
            shares = above / value if value > 0.0 else np.full(len(runs), np.nan)
        else:
            means = runs.mean(axis=0)
            value = quotient(*means)
            center = float(self.on_scale(np.array([value]))[0])
            shares = np.divide(runs, means, out=np.zeros_like(runs), where=means != 0.0)
            shares = (shares[:, 0] - shares[:, 1]) * (1.0 if self.log else value)
        with np.errstate(invalid="ignore"):
            return value, center, float(shares.var(ddof=1)) if len(runs) > 1 else np.nan

    def unknown(self, runs: Array) -> bool:
        """Whether a quotient has no value since nothing is counted below in any replicate."""
        return self.parts is not None and float(runs[:, 1].sum()) == 0.0

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

    def distance(self, center: Array) -> Array:
        """How far centers on the scale of the aim lie outside of the figure."""
        low, high = self.interval
        return np.maximum(np.maximum(low - center, center - high), 0.0)

    def kept_between(self, variance: float, cutoff: float) -> tuple[float, float]:
        """Results on the scale of the aim between which a world is not ruled out; `variance` is that of chance in its runs."""
        low, high = self.interval
        away = cutoff * float(self.spread(variance))
        return low - away, high + away

    def spread(self, variance: Array | float, factor: float = 1.0) -> Array:
        """Standard deviation of all that is not known: observation, the discrepancy times a factor, and what has a variance of its own."""
        return np.sqrt(self.error**2 + (factor * self.discrepancy) ** 2 + np.asarray(variance))

    def implausibility(self, center: Array, variance: Array | float, factor: float = 1.0) -> Array:
        """How far centers lie outside of the figure, in standard deviations of all that is not known.

        Args:
            center: results on the scale of the aim, of emulators or of runs; one without a value is infinitely implausible.
            variance: of each center: of the emulator, and of chance in the runs.
            factor: on the discrepancy.
        """
        distance = self.distance(center)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(distance > 0.0, distance / self.spread(variance, factor), 0.0)
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
    refuse_unknown("target", name, judged, where="targets")
    target, parts = known[name], None
    if target.table == "patterns":
        pattern = next(each for each in PATTERNS if each.id == name)
        cases = pattern.setups

        def number(models: Models) -> float:
            return float(pattern.number({case: [models[case]] for case in cases})[0])

        parts = _of_one(pattern)
    else:
        cases = (SETUP_OF_TABLE[target.table],)

        def number(models: Models) -> float:
            return COUNTS[name](_record(models[cases[0]]))

    for case in cases:
        if case not in design.cases:
            raise InputError(f"target {name} is read off the run {case!r}: add [cases.{case}], or leave the target out")
    fits = name in design.also_fit or (target.role == "fit" and name not in design.set_aside)
    return Aim(
        name=name, what=target.what, unit=target.unit, observed=target.observed, log=target.scale == "log",
        error=target.error, discrepancy=target.discrepancy, fit=fits, cases=cases, number=number, parts=parts,
        scaled=_scaled(design, cases),
    )  # fmt: skip


def _of_one(pattern: Pattern) -> Callable[[Models], tuple[float, float]] | None:
    """The counts above and below in one replicate; None where the pattern is no quotient of all together."""
    counted = pattern.parts
    return None if counted is None else lambda models: counted({case: [models[case]] for case in pattern.setups})


# Targets of one table read one run after it has ended: its record is the same for all of them.
@lru_cache(maxsize=2)
def _record(model: DesertionModel) -> Record:
    return Record(model)


def _scaled(design: Design, cases: Sequence[str]) -> bool:
    return any((design.cases[case].scale or 1.0) < 1.0 for case in cases)


def _real_measures(model: DesertionModel) -> dict[str, float]:
    """The measures of a run, counts of persons at real size."""
    table = at_real_size(pd.DataFrame([model.measures()]), model.scenario.scale)
    return {str(name): float(table[name].iloc[0]) for name in table}


def _count(effect: Effect, models: Models) -> Count:
    """What an expression over measures gives at real size."""
    measures: dict[str, Measures] = {case: _real_measures(model) for case, model in models.items()}

    def one(case: str, name: str) -> float:
        model = models[case]
        scale = model.scenario.scale
        # Where every person is simulated nothing is lost by the scale.
        return one_person(measures[case], name, model.day) / scale if scale < 1.0 else 0.0

    return Count(effect(measures), moved(effect, measures, one))


def own_effect(name: str, own: OwnTarget, design: Design) -> Effect:
    """What is counted for a target of one's own: its expression, or the measure of its name in the first case."""
    return Effect(own.effect or f"{next(iter(design.cases))}.{name}", f"target {name}")


def _own(name: str, own: OwnTarget, design: Design) -> Aim:
    where, effect = f"target {name}", own_effect(name, own, design)
    if not effect.terms:
        raise InputError(
            f"{where}: effect = {effect.text} counts nothing of a run: name a measure, as in {next(iter(design.cases))}.left_total"
        )
    cases = tuple(dict.fromkeys(case for case, _ in sorted(effect.terms)))
    for case in cases:
        refuse_unknown("case", case, design.cases, where=where)
    low, high = own.observed
    if low > high:
        raise input_error(
            "observed", [low, high], "must be the lowest and the highest figure, in this order", where=where
        )
    return Aim(
        name=name, what=own.what or name, unit=own.unit, observed=(low, high), log=own.scale == "log",
        error=own.error, discrepancy=own.discrepancy, fit=own.role == "fit" and name not in design.set_aside, cases=cases,
        number=lambda models: _count(effect, {case: models[case] for case in cases}), scaled=_scaled(design, cases),
    )  # fmt: skip


def largest(implausibilities: Sequence[Array], rank: int) -> Array:
    """The largest of several targets' implausibilities at each point, the second largest for rank 2, and so on; 0 if there are fewer."""
    if rank > len(implausibilities):
        return np.zeros(implausibilities[0].shape if implausibilities else 0)
    return np.sort(np.array(implausibilities), axis=0)[-rank]
