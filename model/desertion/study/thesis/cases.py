"""Cases: series with what is at risk, how they were counted, and which documented events fall into their window."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from desertion.study.history.series import Point, Series
from desertion.study.laboratory.features import features, log_rates
from desertion.study.laboratory.prior import Prior
from desertion.study.laboratory.reporting import FACTOR
from desertion.study.laboratory.window import FEWEST_POINTS, RULE, Window

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
    rule: Prior = RULE,
    again: bool = False,
    whole_steps: bool = False,
    estimates: bool = False,
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
        rule: by what factor these may have changed the counts.
        again: who has acted may act again.
        whole_steps: a figure of less than a step stands for the step that it falls into, as a Monday does for its week.
        estimates: each cumulative figure is an estimate of its own, and not the sum of those before it.
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
    steps = _steps(len(points)) if step_days is None else math.ceil(days / step_days)
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

    intervals = tuple((before(point.start), before(point.end + timedelta(days=1))) for point in points)
    if whole_steps:
        intervals = tuple(_whole(begin, end) for begin, end in intervals)
    total = _total(series, intervals, steps)
    window = Window(
        steps=steps,
        intervals=intervals,
        at_risk=at_risk,
        total=total if again else min(total, at_risk[1]),
        cumulative=series.kind == "cumulative",
        estimates=estimates,
        noise=noise,
        lag=lag_days / step,
        doors=tuple(round(before(day)) for day in doors if first < day <= points[-1].end),
        rules=tuple(round(before(day)) for day in rules if first < day <= points[-1].end),
        rule=rule,
        again=again,
    )
    return Case(
        series=series,
        window=window,
        at_risk=words or f"{at_risk[0]:,} to {at_risk[1]:,}",
        start=first,
        autumn=autumn,
    )


def own_case(
    series: Series, at_risk: tuple[int, int], *, doors: Sequence[date] = (), rules: Sequence[date] = ()
) -> Case:
    """The case of a series of the user's own, of which nothing is known but its rows.

    Running totals count from the end of the first row on, or from its start where that lies before its end: when those of before acted is not
    known. Figures of less than a step are put together, since figures that share a step would be simulated as one.

    Args:
        series: flow or cumulative.
        at_risk: fewest and most people who could act.
        doors: dates on which a way out opened or closed.
        rules: dates on which the counting changed, by a quarter to four times.

    Raises:
        InputError: as `case_of`.
    """
    counted = _from_the_first_row(series) if series.kind == "cumulative" else series
    rows = len(counted.points)
    if rows < FEWEST_POINTS:
        rule = f"must be at least {FEWEST_POINTS + 1}: totals count from the end of the first row"
        raise input_error("rows", len(series.points), rule, where=series.name)
    while len(joined := _joined(counted)) < len(counted.points):
        counted = replace(counted, points=joined)
    if put := rows - len(joined):
        how = "left out" if series.kind == "cumulative" else "added to their neighbours"
        told = f"{series.name}: {put} of {rows} figures are {how}, so that none lasts less than a step of the test"
        counted = replace(counted, remarks=(*counted.remarks, told))
        if len(joined) < FEWEST_POINTS:
            way_out = "give a longer series, or one whose rows lie evenly"
            raise input_error("figures", len(joined), f"must be at least {FEWEST_POINTS}, and {told}", way_out=way_out)
    return case_of(counted, at_risk, doors=doors, rules=rules, rule=FACTOR)


def _from_the_first_row(series: Series) -> Series:
    """Running totals without what was counted before the first row ended."""
    first = series.points[0]
    if series.origin is not None or first.start < first.end:
        return replace(series, origin=series.origin or first.start)
    day = first.end + timedelta(days=1)
    told = f"{series.name}: the {first.value:,.0f} of {first.end} are taken off all rows, since nothing says when they acted"
    counted = series.since(day)
    return replace(counted, origin=day, remarks=(*counted.remarks, told) if first.value else counted.remarks)


def _joined(series: Series) -> tuple[Point, ...]:
    """The points, those of less than a step put together with the next (flows that adjoin) or left out for the next (running totals)."""
    flows = series.kind == "flow"
    first = series.points[0].start if flows or series.origin is None else series.origin
    step = ((series.points[-1].end - first).days + 1) / _steps(len(series.points))
    joined: list[Point] = []

    def short() -> bool:
        before = joined[-2].end if len(joined) > 1 else first - timedelta(days=1)
        return (joined[-1].days if flows else (joined[-1].end - before).days) < step

    def join(point: Point) -> None:
        last = joined.pop()
        joined.append(
            replace(point, start=last.start, value=last.value + point.value, low=None, high=None) if flows else point
        )

    for point in series.points:
        if joined and short() and (not flows or (point.start - joined[-1].end).days == 1):
            join(point)
        else:
            joined.append(point)
    if len(joined) > 1 and short() and (not flows or (joined[-1].start - joined[-2].end).days == 1):
        join(joined.pop())
    return tuple(joined)


def _steps(points: int) -> int:
    """Time steps of a window of so many points."""
    return min(max(_STEPS_A_POINT * points, _FEWEST_STEPS), _MOST_STEPS)


def _whole(begin: float, end: float) -> tuple[float, float]:
    """The step that a figure of less than a step falls into."""
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
    whole_steps: bool = False
    estimates: bool = False
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
