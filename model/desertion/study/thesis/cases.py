"""Cases: series with what is at risk, how they were counted, and which documented events fall into their window."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from desertion.errors import input_error, refuse_unknown
from desertion.files import shipped_folder
from desertion.parameters.field import Frozen
from desertion.reading import toml
from desertion.scenario.complaints import build
from desertion.study.arrays import Array
from desertion.study.history import shipped as history
from desertion.study.history.series import Series
from desertion.study.laboratory.features import features, log_rates
from desertion.study.laboratory.window import Window

_STEPS_A_POINT, _FEWEST_STEPS, _MOST_STEPS = 4, 40, 160


@dataclass(frozen=True, kw_only=True)
class Case:
    """A series and its window.

    Attributes:
        series: the points that are judged.
        window: what the rivals' simulators are told of it.
        at_risk: who could act, and where that number comes from.
        start: first day at risk.
        autumn: name of the one set of outside causes that this series shares with others of the same name; empty for none.
    """

    series: Series
    window: Window
    at_risk: str
    start: date
    autumn: str = ""

    @property
    def end(self) -> date:
        """Last day of the series."""
        return self.series.points[-1].end

    def changes_on(self, day: date) -> bool:
        """Whether something new from this day on can show in the series."""
        return self.start < day <= self.end

    @property
    def name(self) -> str:
        """Name of the series."""
        return self.series.name

    @property
    def seen(self) -> Array:
        """The series as the classifier sees it, shape (1, statistic)."""
        return features(self.series.values[None], self.window)

    @property
    def logs(self) -> Array:
        """Log rates of the series, shape (point,)."""
        return log_rates(self.series.values[None], self.window)[0]


def case_of(
    series: Series,
    at_risk: tuple[int, int],
    *,
    words: str = "",
    step_days: float | None = None,
    start: date | None = None,
    noise: tuple[float, float] = (0.001, 0.1),
    lag_days: float = 0.0,
    doors: Sequence[date] = (),
    rules: Sequence[date] = (),
    again: bool = False,
    autumn: str = "",
) -> Case:
    """The case of a series.

    Args:
        series: its points, at least eight; a flow or a cumulative series.
        at_risk: fewest and most people (places) who could act.
        words: who these are, and the source.
        step_days: length of a time step; about four steps a point if not given.
        start: first day at risk; the first day of the first point if not given.
        noise: least and largest dispersion (squared relative error) of a published figure.
        lag_days: longest mean delay of registration.
        doors: dates of documented events by which a way out opened or closed.
        rules: dates of documented changes of the rules of counting.
        again: who has acted may act again.
        autumn: name of outside causes shared with other series.

    Raises:
        InputError: the series is of levels, has too few points or more leavers than people at risk.
    """
    points = series.points
    if series.kind == "level":
        raise input_error(
            "kind", series.kind, "must be flow or cumulative: a share says nothing of chance", where=series.name
        )
    first = start or (series.origin if series.kind == "cumulative" and series.origin else points[0].start)
    days = (points[-1].end - first).days + 1
    steps = (
        min(max(_STEPS_A_POINT * len(points), _FEWEST_STEPS), _MOST_STEPS)
        if step_days is None
        else math.ceil(days / step_days)
    )
    step = days / steps if step_days is None else step_days

    published = float(points[-1].value if series.kind == "cumulative" else series.values.sum())
    if not again and published > at_risk[0]:
        way_out = (
            "raise the number at risk"
            if published < 10 * at_risk[0]
            else "check its unit, and that no comma divides thousands"
        )
        raise input_error("at risk", at_risk[0], f"must be at least the {published:,.0f} who left", way_out=way_out)

    def before(day: date) -> float:
        """Steps until a day begins."""
        return (day - first).days / step

    intervals = tuple(_interval(before(point.start), before(point.end + timedelta(days=1))) for point in points)
    total = _total(series, intervals, steps)
    window = Window(
        steps=steps,
        intervals=intervals,
        at_risk=at_risk,
        total=total if again else min(total, at_risk[1]),
        cumulative=series.kind == "cumulative",
        noise=noise,
        lag=lag_days / step,
        doors=tuple(round(before(day)) for day in doors if first < day <= points[-1].end),
        rules=tuple(round(before(day)) for day in rules if first < day <= points[-1].end),
        again=again,
    )
    return Case(
        series=series,
        window=window,
        at_risk=words or f"{at_risk[0]:,} to {at_risk[1]:,}",
        start=first,
        autumn=autumn,
    )


def _interval(begin: float, end: float) -> tuple[float, float]:
    """Where a figure's time lies, in steps; one of less than a step stands for the step that it falls into, as a Monday does for its week."""
    return (begin, end) if end - begin >= 1.0 else (math.floor(begin), math.floor(begin) + 1.0)


def _total(series: Series, intervals: Sequence[tuple[float, float]], steps: int) -> float:
    """How many acts were published of the window; gaps are bridged by a line through the logarithm of the rates, half an act added to each figure."""
    values = series.values
    if series.kind == "cumulative" or not values.any():
        return float(values[-1])
    begins, ends = np.transpose(intervals)
    rates = np.log((values + 0.5) / (ends - begins))
    first = np.arange(steps)
    told = np.minimum(ends[:, None], first + 1.0) - np.maximum(begins[:, None], first)
    untold = 1.0 - np.minimum(told.clip(0.0).sum(axis=0), 1.0)
    return float(values.sum() + untold @ np.exp(np.interp(first, (begins + ends - 1.0) / 2.0, rates)))


class ShippedCase(Frozen):
    """What is known of a shipped series beside its points; the fields are explained in `seeds/history/cases.toml`."""

    at_risk: tuple[int, int]
    words: str
    step_days: float
    start: date | None = None
    noise: tuple[float, float]
    lag_days: float = 0.0
    doors: tuple[date, ...] = ()
    again: bool = False
    autumn: str = ""


@cache
def shipped_cases() -> dict[str, ShippedCase]:
    """Shipped series that are long enough, by name."""
    path = shipped_folder("seeds") / "history" / "cases.toml"
    return {name: build(ShippedCase, entry, where=f"{path.name} [{name}]") for name, entry in toml(path).items()}


def case(name: str) -> Case:
    """A shipped case by name.

    Raises:
        InputError: there is no such case.
    """
    known = shipped_cases()
    refuse_unknown("case", name, known)
    series = history.load(name).fit_points()
    return case_of(series, rules=series.level_shifts, **dict(known[name]))
