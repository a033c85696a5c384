"""Small line and area charts as SVG text, fast enough to be drawn several times a second, coloured by the page's style sheet."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.figures.style import number

WIDTH, HEIGHT = 400.0, 220.0
LEFT, RIGHT, TOP, FOOT = 46.0, 100.0, 40.0, 34.0
_LINE = 13.0


@dataclass(frozen=True)
class Line:
    """One line or area of a chart.

    Attributes:
        name: What stands at its end.
        values: (days,) : its heights; nan leaves a gap.
        pen: Its class in the style sheet, which gives colour and dashes.
    """

    name: str
    values: NDArray[np.float64]
    pen: str


def lines(
    title: str,
    unit: str,
    drawn: Sequence[Line],
    days: int,
    *,
    top: float = 0.0,
    marks: Sequence[tuple[int, str]] = (),
    note: str = "",
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
    """
    highest = max([top, *(float(np.nanmax(line.values, initial=0.0)) for line in drawn)])
    scale = _Scale(days, _nice(highest or 1.0))
    paths = [f'<path class="line {line.pen}" d="{scale.path(line.values)}"/>' for line in drawn]
    ends = [(line.name, _last(line.values), line.pen) for line in drawn]
    return _chart(title, unit, scale, paths, ends, marks, note if not drawn else "")


def stack(title: str, unit: str, drawn: Sequence[Line], days: int, *, marks: Sequence[tuple[int, str]] = ()) -> str:
    """A chart of areas stacked on each other, the first at the foot, named at their ends.

    Args:
        title: What is shown.
        unit: Of the heights.
        drawn: The areas.
        days: Length of the axis, the horizon.
        marks: Days with a dotted line, and why.
    """
    edges = np.cumsum([np.zeros_like(drawn[0].values), *(line.values for line in drawn)], axis=0)
    scale = _Scale(days, _nice(float(edges[-1].max()) or 1.0))
    paths = [
        f'<path class="area {line.pen}" d="{scale.area(low, high)}"/>'
        for line, low, high in zip(drawn, edges[:-1], edges[1:], strict=True)
    ]
    ends = [
        (f"{line.name} {number(float(line.values[-1]))}", float(low[-1] + high[-1]) / 2, line.pen)
        for line, low, high in zip(drawn, edges[:-1], edges[1:], strict=True)
        if line.values[-1] > 0.0
    ]
    return _chart(title, unit, scale, paths, ends, marks, "")


class _Scale:
    """From days and heights to places in the picture."""

    def __init__(self, days: int, top: float) -> None:
        self.days, self.top = max(days, 1), top

    def x(self, day: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * day / self.days

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - FOOT) * (1.0 - value / self.top)

    def path(self, values: NDArray[np.float64]) -> str:
        return _joined(self._points(values))

    def area(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> str:
        return _joined(self._points(high) + self._points(low)[::-1]) + "Z"

    def _points(self, values: NDArray[np.float64]) -> list[tuple[float, float]]:
        # Above 400 days a chart has more days than it has pixels.
        every = max(1, len(values) // 400)
        days = sorted({*range(0, len(values), every), len(values) - 1})
        return [(self.x(day), self.y(float(values[day]))) for day in days if np.isfinite(values[day])]


def _joined(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""


def _chart(
    title: str, unit: str, scale: _Scale, paths: Sequence[str], ends: Sequence[tuple[str, float, str]],
    marks: Sequence[tuple[int, str]], note: str,
) -> str:  # fmt: skip
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{_e(_said(title, unit, ends))}">',
        f'<text class="title" x="0" y="12">{_e(title)}</text><text class="unit" x="0" y="25">{_e(unit)}</text>',
    ]
    for value in _ticks(scale.top):
        y = scale.y(value)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(
            f'<text class="tick" x="{LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{_e(_short(value))}</text>'
        )
    for day in _days(scale.days):
        parts.append(
            f'<text class="tick" x="{scale.x(day):.1f}" y="{HEIGHT - FOOT + 15}" text-anchor="middle">{day}</text>'
        )
    parts.append(
        f'<text class="tick" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 4}" text-anchor="middle">day</text>'
    )
    for day, why in marks:
        parts.append(
            f'<path class="mark" d="M{scale.x(day):.1f} {TOP}V{HEIGHT - FOOT}"><title>{_e(f"day {day}: {why}")}</title></path>'
        )
    parts += paths
    parts += _labels(scale, ends)
    if note:
        parts.append(
            f'<text class="unit" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT / 2}" text-anchor="middle">{_e(note)}</text>'
        )
    return "".join(parts) + "</svg>"


def _labels(scale: _Scale, ends: Sequence[tuple[str, float, str]]) -> list[str]:
    """Names at the right end, moved apart where they would touch, from below upwards."""
    parts: list[str] = []
    floor = HEIGHT - FOOT + 4.0
    for name, value, pen in sorted(ends, key=lambda end: end[1]):
        wanted = scale.y(value)
        y = min(wanted, floor)
        floor = y - _LINE
        x = WIDTH - RIGHT
        parts.append(f'<path class="leader {pen}" d="M{x} {wanted:.1f}L{x + 8} {y:.1f}h5"/>')
        parts.append(f'<text class="label" x="{x + 16}" y="{y + 3.5:.1f}">{_e(name)}</text>')
    return parts


def _said(title: str, unit: str, ends: Sequence[tuple[str, float, str]]) -> str:
    values = "; ".join(f"{name}: {number(value)}" for name, value, _ in ends)
    return f"{title} ({unit}). Last values: {values or 'none'}"


def _last(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else 0.0


def _nice(value: float) -> float:
    """The next number above that ends an axis well."""
    unit = 10.0 ** np.floor(np.log10(value))
    return float(
        next(step * unit for step in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if step * unit >= value * 0.999)
    )


def _ticks(top: float) -> list[float]:
    parts = 3 if round(top / 10.0 ** np.floor(np.log10(top)), 6) in (1.5, 3.0, 6.0) else 4
    return [top * part / parts for part in range(parts + 1)]


def _days(days: int) -> list[int]:
    step = next((step for step in (10, 20, 30, 60, 90, 180, 365) if days / step <= 6.5), 730)
    return list(range(0, days + 1, step))


def _short(value: float) -> str:
    return f"{value:.2g}" if 0.0 < value < 10.0 else number(value)


def _e(text: str) -> str:
    return html.escape(text, quote=True)
