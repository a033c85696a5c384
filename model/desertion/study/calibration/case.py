"""A case: a series held against a scenario of the same events, with contagion and without.

The doors, dates and institutions of the scenario are given, and the question is what the figures say about that which has no source and may move within
its prior, and whether the doors alone explain them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from desertion.errors import InputError, input_error
from desertion.scenario import Scenario
from desertion.study.arrays import Array
from desertion.study.calibration.document import BOTH, CONTAGION, DOORS, CalibrationTable
from desertion.study.calibration.levers import Lever, levers
from desertion.study.design.point import contagion_weights
from desertion.study.history import shipped
from desertion.study.history.counting import Counting, counting
from desertion.study.history.observation import interval_totals
from desertion.study.history.series import FITTED_AT_LEAST, HELD_OUT_AT_LEAST, Series
from desertion.study.laboratory.prior import Parameters, Prior

_DRAWS = 100
"""Draws from all priors together that are put together to see how many can be."""

Simulate = Callable[[dict[str, float], int], Array]
"""Values of a rival's parameters and a seed to what is counted, by day."""


class ImpossibleError(InputError):
    """A scenario cannot be put together with these values of its priors, though each of them alone is allowed."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A series and the scenario that it is held against.

    Attributes:
        scenario: what is run, at its size and up to the last day that is needed.
        series: the points that are compared; cumulative ones count from the scenario's first day, or from their origin where that is later.
        counted: what is counted in a run.
        levers: priors with the inputs that they set, that of contagion among them.
        noise: prior of the dispersion of published counts.
        rivals: names of the rivals.
        held_out: number of last points that are predicted and not fitted.
        remarks: what was decided on the way, a sentence each.
    """

    scenario: Scenario
    series: Series
    counted: Counting
    levers: tuple[Lever, ...]
    noise: Prior
    rivals: tuple[str, ...]
    held_out: int
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.scenario.name

    def priors_of(self, rival: str) -> tuple[Prior, ...]:
        """What may move under a rival; without contagion there is no strength of it."""
        return tuple(lever.prior for lever in self.levers if rival == BOTH or lever.prior.name != CONTAGION)

    @property
    def nuisances(self) -> tuple[Prior, ...]:
        """Priors of what belongs to observation alone."""
        return (self.noise,)

    def observe(self, flow: Array, noise: float, rng: np.random.Generator) -> Array:
        """What would have been published of a simulated history, one figure per point of the series.

        Args:
            flow: shape (day,), counts per day at the simulated size.
            noise: dispersion of the published counts.
            rng: chance in published counts.
        """
        start, whole = self.scenario.start, self.series.kind == "cumulative"
        first = self.series.counts_from(start)
        days = [(((first if whole else p.start) - start).days, (p.end - start).days + 1) for p in self.series.points]
        expected = interval_totals(flow / self.scenario.scale, days)
        # Who leaves is left to chance by the model already; what is published adds a relative error.
        return expected * rng.gamma(1.0 / noise, noise, size=expected.shape)

    def shipped(self) -> Mapping[str, float]:
        """The number of each prior at which the scenario is as it stands."""
        return {lever.prior.name: lever.shipped for lever in self.levers}

    def settings(self, parameters: Parameters) -> Mapping[str, float]:
        """Inputs of the scenario for values of the priors; without a strength of contagion there is none."""
        chosen: dict[str, float] = {}
        for lever in self.levers:
            number = (
                parameters.get(lever.prior.name, 0.0) if lever.prior.name == CONTAGION else parameters[lever.prior.name]
            )
            chosen |= lever.settings(number)
        return chosen

    def simulate(self, parameters: Parameters, seed: int) -> Array:
        """What is counted in a run under a rival's parameters, by day, shape (days,).

        Raises:
            ImpossibleError: The scenario refuses these values together.
        """
        from desertion.simulation.model import DesertionModel

        return self.counted.flow(DesertionModel(self.put_together(parameters), rng=seed).run())

    def put_together(self, parameters: Parameters) -> Scenario:
        """The scenario under a rival's parameters.

        Raises:
            ImpossibleError: The scenario refuses these values together.
        """
        try:
            scenario = self.scenario.with_(dict(self.settings(parameters)))
            scenario.sized()
        except InputError as problem:
            raise ImpossibleError(problem.message.removeprefix("setting: ")) from None
        return scenario


def case_of(scenario: Scenario, table: CalibrationTable, where: str, *, recalled: bool = False) -> Case:
    """The case of a scenario and its calibration.

    Args:
        scenario: the scenario.
        table: what it is held against, and what may move.
        where: what to call the table in a message.
        recalled: whether points of grade C* may be used.

    Raises:
        InputError: the series, what it counts, a prior or the points held out do not fit the scenario.
    """
    whole = scenario if table.scale is None else scenario.with_({"scale": table.scale})
    counted = counting(table.measure, whole, table.kinds, where=where)
    series, remarks = _within(shipped.load(table.series, table.kind, table.words), whole, recalled)
    last = (max(point.end for point in series.points) - whole.start).days + 1
    # A run that a rule ends early would count nobody on the days that are missing.
    cut = whole.with_({"days": last}).model_copy(update={"stop": None})
    cut.sized()
    moved = levers(table, cut, counted, where)
    for lever in moved:
        remarks += [remark for remark in cut.with_(dict(lever.own)).remarks if remark not in cut.remarks]
    remarks += _left_on(cut, moved, table.rivals)
    low, high = table.noise
    case = Case(
        scenario=cut,
        series=series,
        counted=counted,
        levers=moved,
        noise=Prior(
            name="noise",
            low=low,
            high=high,
            log=True,
            meaning="dispersion of published counts",
            unit="squared relative error",
        ),
        rivals=table.rivals,
        held_out=_held_out(series, table.held_out_from, where),
        remarks=tuple(remarks),
    )
    return replace(case, remarks=(*case.remarks, *_impossible(case, where)))


def _left_on(scenario: Scenario, moved: tuple[Lever, ...], rivals: tuple[str, ...]) -> list[str]:
    """A remark where a prior of contagion with keys of its own leaves weights to the rival without contagion."""
    named = {key for lever in moved if lever.prior.name == CONTAGION for key, _ in lever.own}
    left = [key for key, value in contagion_weights(scenario).items() if value and key not in named]
    if DOORS not in rivals or scenario.behaviour.form == "none" or not left:
        return []
    return [f"“{DOORS}” keeps the weights that the prior of contagion does not name: {', '.join(left)}."]


def _impossible(case: Case, where: str) -> list[str]:
    """A remark for each rival of which the scenario refuses some values of the priors together; one of which it refuses all would lose by that alone."""
    remarks: list[str] = []
    for rival in case.rivals:
        reasons, under = _refusals(case, rival), f" of “{rival}”" if len(case.rivals) > 1 else ""
        if len(reasons) == _DRAWS:
            raise input_error(
                "priors",
                ", ".join(prior.name for prior in case.priors_of(rival)),
                f"cannot be had together in any of {_DRAWS} draws{under} ({reasons[0]})",
                where=where,
                way_out="narrow them" + (", or fit the other rival alone" if under else ""),
            )
        if reasons:
            remarks.append(
                f"Of {_DRAWS} draws from all priors{under} together {len(reasons)} cannot be run ({reasons[0]}): such values count as missing every figure."
            )
    return remarks


def _refusals(case: Case, rival: str) -> list[str]:
    """Why the scenario refuses draws from all priors of a rival together, a sentence for each that it refuses."""
    rng, reasons, priors = np.random.default_rng(0), list[str](), case.priors_of(rival)
    for shares in rng.random((_DRAWS, len(priors))):
        try:
            case.put_together({prior.name: prior.at(float(share)) for prior, share in zip(priors, shares, strict=True)})
        except ImpossibleError as problem:
            reasons.append(problem.message)
    return reasons


def _within(whole: Series, scenario: Scenario, recalled: bool) -> tuple[Series, list[str]]:
    """The points within the scenario's days, counted from its first day, and remarks on the others."""
    start, end = scenario.start, scenario.start + timedelta(days=scenario.days - 1)
    if whole.kind == "level":
        raise input_error("kind", "level", "must be flow or cumulative: a level counts nobody", where=whole.name)
    cumulative = whole.kind == "cumulative"
    counted = whole.since(start) if cumulative else whole
    inside = tuple(p for p in counted.points if (cumulative or p.start >= start) and start <= p.end <= end)
    if len(inside) < FITTED_AT_LEAST:
        first, last = whole.points[0].start, whole.points[-1].end
        raise InputError(
            f"{whole.name}: {len(inside)} points lie within the days of scenario {scenario.name!r}, {start} to {end}, and at "
            f"least {FITTED_AT_LEAST} are needed (the series runs from {first} to {last}); move the scenario's start or its days",
            where=whole.name,
        )
    series = replace(counted, points=inside).fit_points(recalled=recalled)
    remarks = [*series.remarks]
    if outside := len(counted.points) - len(inside):
        remarks.append(f"Points outside the scenario's days, which are left out: {outside}.")
    if not series.values.any():
        raise InputError(
            f"{whole.name}: all {len(series.points)} values within the scenario's days are 0; there is nothing to fit, give a "
            "series in which something happens",
            where=whole.name,
        )
    return series, remarks


def _held_out(series: Series, since: date | None, where: str) -> int:
    """Number of last points that are predicted: those from a day on, else a quarter of series that are long enough."""
    points = series.points
    if since is None:
        return len(points) // 4 if len(points) >= HELD_OUT_AT_LEAST else 0
    late = sum(point.start >= since for point in points)
    if len(points) - late < FITTED_AT_LEAST or not late:
        rule = (
            "holds no point out"
            if not late
            else f"leaves {len(points) - late} points to fit, fewer than {FITTED_AT_LEAST}"
        )
        way_out = f"the points run from {points[0].start} to {points[-1].end}"
        raise input_error("held_out_from", str(since), rule, where=where, way_out=way_out)
    return late
