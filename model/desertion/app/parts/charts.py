"""Small line and area charts as SVG text, fast enough to be drawn several times a second, coloured by the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.app.parts.markup import escaped
from desertion.figures.labels import count_of, number

WIDTH, HEIGHT = 400.0, 220.0
LEFT, RIGHT, TOP, FOOT = 46.0, 100.0, 40.0, 34.0
_LINE = 13.0


@dataclass(frozen=True)
class Line:
    """One line or area of a chart.

    Attributes:
        name: What stands at its end; empty for nothing.
        values: (days,) : its heights; nan leaves a gap.
        pen: Its class in the style sheet, which gives colour and dashes.
        points: Most points that are drawn of it; a chart has fewer pixels than a long run has days.
    """

    name: str
    values: NDArray[np.float64]
    pen: str
    points: int = 400


def lines(
    title: str,
    unit: str,
    drawn: Sequence[Line],
    days: int,
    *,
    top: float = 0.0,
    marks: Sequence[tuple[int, str]] = (),
    note: str = "",
    size: tuple[float, float] = (WIDTH, HEIGHT),
    right: float = RIGHT,
    said_marks: bool = False,
    valued: bool = False,
    real: float = 1.0,
) -> str:
    """A chart of lines over days, named at their ends.

    Args:
        title: What is shown.
        unit: Of the heights.
        drawn: The lines.
        days: Length of the axis, the horizon.
        top: Least upper end of the upright axis.
        marks: Days with a dotted line, and why.
        note: Said instead of lines where there are none.
        size: Width and height, in the units of the text's size.
        right: Room for the names at the ends of the lines.
        said_marks: Whether the reasons of marked days stand in the chart.
        valued: Whether the last values stand behind the names.
        real: Real persons for each simulated one, where the heights are counts of them.
    """
    highest = max([top, *(float(np.nanmax(line.values, initial=0.0)) for line in drawn)])
    scale = Scale(days, nice(highest or 1.0), size, right)
    paths = [f'<path class="line {line.pen}" d="{scale.path(line.values, line.points)}"/>' for line in drawn]
    named = [(line, _last(line.values)) for line in drawn if line.name]
    ends = [_End(line.name, last, line.pen, last, valued=valued, real=real) for line, last in named]
    return _chart(title, unit, scale, paths, ends, marks, note if not drawn else "", said_marks=said_marks)


def stack(
    title: str,
    unit: str,
    drawn: Sequence[Line],
    days: int,
    *,
    marks: Sequence[tuple[int, str]] = (),
    over: Sequence[Line] = (),
    real: float = 1.0,
) -> str:
    """A chart of areas stacked on each other, the first at the foot, named at their ends.

    Args:
        title: What is shown.
        unit: Of the heights.
        drawn: The areas.
        days: Length of the axis, the horizon.
        marks: Days with a dotted line, and why.
        over: Lines over the areas.
        real: Real persons for each simulated one, where the heights are counts of them.
    """
    edges = np.cumsum([np.zeros_like(drawn[0].values), *(line.values for line in drawn)], axis=0)
    scale = Scale(
        days, nice(max(float(values.max()) for values in (edges[-1], *(line.values for line in over))) or 1.0)
    )
    paths = [
        f'<path class="area {line.pen}" d="{scale.area(low, high)}"/>'
        for line, low, high in zip(drawn, edges[:-1], edges[1:], strict=True)
    ]
    ends = [
        _End(line.name, float(line.values[-1]), line.pen, float(low[-1] + high[-1]) / 2, valued=True, real=real)
        for line, low, high in zip(drawn, edges[:-1], edges[1:], strict=True)
        if line.values[-1] > 0.0
    ]
    paths += [f'<path class="line {line.pen}" d="{scale.path(line.values)}"/>' for line in over]
    ends += [_End(line.name, float(line.values[-1]), line.pen, float(line.values[-1]), real=real) for line in over]
    return _chart(title, unit, scale, paths, ends, marks, "")


@dataclass(frozen=True)
class _End:
    """What stands at the right end of a line or area.

    Attributes:
        name: Its name.
        value: Its last value.
        pen: Its class in the style sheet.
        height: Where on the axis it ends: of an area the middle.
        valued: Whether the value stands behind the name.
        real: Real persons for each simulated one, 1 for what is no count.
    """

    name: str
    value: float
    pen: str
    height: float
    valued: bool = False
    real: float = 1.0

    @property
    def told(self) -> str:
        """The last value, with the mark of too few."""
        return count_of(self.value, self.real)

    @property
    def label(self) -> str:
        """What is written there."""
        return f"{self.name} {self.told}" if self.valued else self.name


class Scale:
    """From days and heights to places in the picture."""

    def __init__(
        self, days: int, top: float, size: tuple[float, float] = (WIDTH, HEIGHT), right: float = RIGHT
    ) -> None:
        self.days, self.top = max(days, 1), top
        self.width, self.height = size
        self.right, self.floor = self.width - right, self.height - FOOT

    def x(self, day: float) -> float:
        """Where a day stands."""
        return LEFT + (self.right - LEFT) * day / self.days

    def y(self, value: float) -> float:
        """Where a height stands."""
        return TOP + (self.floor - TOP) * (1.0 - value / self.top)

    def path(self, values: NDArray[np.float64], points: int = 400) -> str:
        """A line."""
        return joined(self._points(values, points))

    def area(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> str:
        """What lies between two lines."""
        return joined(self._points(high) + self._points(low)[::-1]) + "Z"

    def _points(self, values: NDArray[np.float64], points: int = 400) -> list[tuple[float, float]]:
        every = max(1, len(values) // points)
        days = sorted({*range(0, len(values), every), len(values) - 1})
        return [(self.x(day), self.y(float(values[day]))) for day in days if np.isfinite(values[day])]


def joined(points: list[tuple[float, float]]) -> str:
    """A line through points, as an SVG path."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""


def _chart(
    title: str, unit: str, scale: Scale, paths: Sequence[str], ends: Sequence[_End],
    marks: Sequence[tuple[int, str]], note: str, *, said_marks: bool = False,
) -> str:  # fmt: skip
    parts = [
        f'<svg class="chart" viewBox="0 0 {scale.width:.0f} {scale.height:.0f}" role="img" aria-label="{escaped(_said(title, unit, ends))}">',
        f'<text class="title" x="0" y="12">{escaped(title)}</text><text class="unit" x="0" y="25">{escaped(unit)}</text>',
    ]
    for value in _ticks(scale.top):
        y = scale.y(value)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{scale.right}"/>')
        parts.append(
            f'<text class="tick" x="{LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{escaped(number(value))}</text>'
        )
    for day in _days(scale.days):
        parts.append(
            f'<text class="tick" x="{scale.x(day):.1f}" y="{scale.floor + 15}" text-anchor="middle">{day}</text>'
        )
    parts.append(
        f'<text class="tick" x="{(LEFT + scale.right) / 2:.0f}" y="{scale.height - 4}" text-anchor="middle">day</text>'
    )
    for day, why in marks:
        parts.append(
            f'<path class="mark" d="M{scale.x(day):.1f} {TOP}V{scale.floor}"><title>{escaped(f"day {day}: {why}")}</title></path>'
        )
    parts += paths
    if said_marks:
        parts += _reasons(scale, marks)
    parts += _labels(scale, ends)
    if note:
        parts.append(
            f'<text class="unit" x="{(LEFT + scale.right) / 2}" y="{scale.height / 2}" text-anchor="middle">{escaped(note)}</text>'
        )
    return "".join(parts) + "</svg>"


def _reasons(scale: Scale, marks: Sequence[tuple[int, str]]) -> list[str]:
    """Why days are marked, one below the other, each at its line."""
    parts: list[str] = []
    for place, (day, why) in enumerate(sorted(marks)):
        x, near = scale.x(day), scale.x(day) > (LEFT + scale.right) / 2
        parts.append(
            f'<text class="reason" x="{x + (-4 if near else 4):.1f}" y="{TOP + 10 + 13 * place:.1f}" '
            f'text-anchor="{"end" if near else "start"}">{escaped(why)}</text>'
        )
    return parts


def _labels(scale: Scale, ends: Sequence[_End]) -> list[str]:
    """Names at the right end, moved apart where they would touch, from below upwards and, where they reach the heading, down again."""
    parts: list[str] = []
    rising = sorted(ends, key=lambda end: end.height)
    places: list[float] = []
    for end in rising:
        places.append(min(scale.y(end.height), places[-1] - _LINE if places else scale.floor + 4.0))
    for place in range(len(places))[::-1]:
        places[place] = max(places[place], places[place + 1] + _LINE if place + 1 < len(places) else TOP)
    x = scale.right
    for end, y in zip(rising, places, strict=True):
        wanted = scale.y(end.height)
        parts.append(f'<path class="leader {end.pen}" d="M{x} {wanted:.1f}L{x + 8} {y:.1f}h5"/>')
        parts.append(f'<text class="label" x="{x + 16}" y="{y + 3.5:.1f}">{escaped(end.label)}</text>')
    return parts


def _said(title: str, unit: str, ends: Sequence[_End]) -> str:
    values = "; ".join(f"{end.name}: {end.told}" for end in ends)
    return f"{title} ({unit}). Last values: {values or 'none'}"


def _last(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else 0.0


def nice(value: float) -> float:
    """The next number above that ends an axis well."""
    unit = 10.0 ** np.floor(np.log10(value))
    return float(
        next(step * unit for step in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if step * unit >= value * 0.999)
    )


def _ticks(top: float) -> list[float]:
    """Heights that are named, each one that two figures write exactly."""
    parts = {1.5: 3, 3.0: 3, 5.0: 5, 6.0: 3}.get(round(top / 10.0 ** np.floor(np.log10(top)), 6), 4)
    return [top * part / parts for part in range(parts + 1)]


def _days(days: int) -> list[int]:
    step = next((step for step in (10, 20, 30, 60, 90, 180, 365) if days / step <= 6.5), 730)
    return list(range(0, days + 1, step))
