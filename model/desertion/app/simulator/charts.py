"""The simulator's pictures as SVG text: leavers by day, where people are, and how near to tipping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from textwrap import wrap

import numpy as np

from desertion.app.parts.charts import Line, escaped, joined, lines, nice
from desertion.app.simulator.answer import HOME, Answer
from desertion.app.work.run import Floats
from desertion.figures.labels import count_of, number
from desertion.study.comparison.arm import THERE

MOST_HOSTS = 7
"""Hosts that have a row of their own."""

WIDTH = 460.0
_ROW, _TOP, _NAME, _END, _SIGN, _WORDS = 27.0, 44.0, 152.0, 112.0, 6.5, 20
BACK = "Home again, punished or on the way"
"""Row of those who left and are neither with a host nor in one of the rows of `HOME`, so that all rows add up to all who left."""

_NOBODY = "nobody is away on the last day"


def leavers(answer: Answer, marks: Sequence[tuple[int, str]], start: dt.date, beside: Answer | None = None) -> str:
    """People who have left by each day: grey the status quo, coloured the mix, thin lines the single runs.

    Args:
        answer: The answer.
        marks: Days with a dotted line, and why.
        start: Date of the first day.
        beside: Another mix that is kept beside this one.
    """
    usual, mix = answer.curves
    days = usual.shape[1] - 1
    drawn = [Line("", values, "ghost usual", 60) for values in usual]
    if not answer.mix.is_status_quo:
        drawn += [Line("", values, "ghost mix", 60) for values in mix]
    drawn.append(_named("status quo", usual, "usual"))
    if beside is not None and beside.pairs:
        drawn.append(_named("A, kept", beside.curves[1], "beside"))
    if not answer.mix.is_status_quo:
        drawn.append(_named("this mix", mix, "mix"))
    return lines(
        "People who have left, by day", f"persons at real size; day 1 is {start.day} {start:%B %Y}", drawn, days, marks=marks,
        size=(WIDTH, 330.0), right=128.0, said_marks=True, valued=True, real=answer.size,
    )  # fmt: skip


def _named(name: str, curves: Floats, pen: str) -> Line:
    """The median of curves."""
    return Line(name, np.median(curves, axis=0), pen)


def places(answer: Answer, names: Sequence[str]) -> str:
    """Where people are on the last day, by host and status, with a grey mark where they would be under the status quo.

    Args:
        answer: The answer.
        names: What the hosts are called.
    """
    rows = _rows(answer, names)
    top = nice(max((max(float(own.sum()), usual) for _, own, usual in rows), default=0.0) or 1.0)
    wide = WIDTH - _NAME - _END
    height = _TOP + _ROW * max(len(rows), 1) + 22.0

    def count(persons: float) -> str:
        return count_of(persons, answer.size)

    said = (
        "; ".join(f"{name}: {count(float(own.sum()))}, status quo {count(usual)}" for name, own, usual in rows)
        or _NOBODY
    )
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" aria-label="{escaped(f"Where people are on the last day. {said}")}">',
        '<text class="title" x="0" y="12">Where those who left are on the last day</text>',
        '<text class="unit" x="0" y="25">persons, mean of the runs; the upright line is the status quo</text>',
    ]
    if not rows:
        parts.append(
            f'<text class="label" x="{_NAME + wide / 2:.0f}" y="{_TOP + 13:.0f}" text-anchor="middle">{_NOBODY}</text>'
        )
    for place, (name, own, usual) in enumerate(rows):
        y = _TOP + _ROW * place
        words = wrap(name, _WORDS)
        parts += [
            f'<text class="label" x="{_NAME - 8:.0f}" y="{y + 19.5 - 6.5 * len(words) + 13.0 * line:.1f}" text-anchor="end">{escaped(word)}</text>'
            for line, word in enumerate(words)
        ]
        x = _NAME
        for value, pen in zip(own, _PENS, strict=True):
            width = wide * float(value) / top
            if width > 0.0:
                parts.append(f'<rect class="{pen}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="18"/>')
            x += width
        mark = _NAME + wide * usual / top
        parts.append(f'<path class="was" d="M{mark:.1f} {y - 3:.1f}v24"/>')
        at, text = _beside(x, mark, count(float(own.sum())), count(usual))
        parts.append(f'<text class="label" x="{at:.1f}" y="{y + 13:.1f}">{escaped(text)}</text>')
    y = height - 8.0
    parts.append(
        f'<text class="tick" x="{_NAME}" y="{y}">0</text><text class="tick" x="{_NAME + wide:.0f}" y="{y}" text-anchor="end">{escaped(number(top))}</text>'
    )
    return "".join(parts) + "</svg>"


def _beside(end: float, mark: float, total: str, usual: str) -> tuple[float, str]:
    """Where a bar's number stands and what it says: next to the bar, not to the status quo's mark that lies beyond it."""
    if end + 12.0 + _SIGN * len(total) <= mark or mark <= end + 2.0:
        return end + 6.0, total
    return mark + 6.0, f"{total} (was {usual})"


def key_of_places() -> str:
    """What the fills of `places` mean."""
    names = [*THERE.values(), "not abroad"]
    return "".join(f'<span><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{pen}" width="10" height="10"/></svg>{escaped(name)}</span>' for pen, name in zip(_PENS, names, strict=True))  # fmt: skip


def tipping(strengths: Floats, usual: Floats, mix: Floats, here: tuple[float, float], tips: float) -> str:
    """How many more leavers one leaver brings, against the strength of contagion, with the point where the mix stands.

    Args:
        strengths: Multiples of the shipped strength, rising, from above 0.
        usual: Leavers that one adds under the status quo at each; infinite beyond the tipping point.
        mix: Same under the mix.
        here: Strength and leavers at the chosen strength of contagion.
        tips: Strength at which one leaver brings one more, infinite for none.
    """
    height, left, foot, top = 210.0, 34.0, 40.0, 44.0
    span = np.log(strengths[-1] / strengths[0])

    def x(strength: float) -> float:
        return left + (WIDTH - left - 16.0) * float(np.log(max(strength, strengths[0]) / strengths[0]) / span)

    def y(value: float) -> float:
        return top + (height - top - foot) * (1.0 - min(value, 1.2) / 1.2)

    def path(values: Floats, end: float = np.inf) -> str:
        inside = np.isfinite(values) & (values <= 1.2)
        points = [(x(s), y(value)) for s, value in zip(strengths[inside], values[inside], strict=True)]
        # Where it runs away it leaves the picture at the top.
        points += [(x(min(end, strengths[~inside][0])), y(1.2))] if not inside.all() else []
        return joined(points)

    tipped = tips <= strengths[-1]
    beyond = (
        f"{'tips at' if tipped else 'does not tip at up to'} {min(tips, strengths[-1]):.3g} times the shipped strength"
    )
    value = "more than one" if not np.isfinite(here[1]) or here[1] > 1.0 else f"{here[1]:.2g}"
    said = f"You are here: one leaver brings {value} more leavers; this mix {beyond}."
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" aria-label="{escaped(said)}">',
        '<text class="title" x="0" y="12">How near to tipping</text>',
        '<text class="unit" x="0" y="25">leavers that one leaver brings, in theory; grey: status quo</text>',
    ]
    if tipped:
        parts.append(
            f'<rect class="runaway" x="{x(tips):.1f}" y="{top}" width="{WIDTH - 16.0 - x(tips):.1f}" height="{height - top - foot:.1f}"/>'
        )
        parts.append(f'<text class="unit" x="{WIDTH - 20.0:.0f}" y="{top + 14:.0f}" text-anchor="end">runs away</text>')
    parts += [
        f'<path class="grid" d="M{left} {y(1.0):.1f}H{WIDTH - 16.0}"/><text class="tick" x="{left - 5}" y="{y(1.0) + 3.5:.1f}" text-anchor="end">1</text>',
        f'<path class="grid" d="M{left} {y(0.0):.1f}H{WIDTH - 16.0}"/><text class="tick" x="{left - 5}" y="{y(0.0) + 3.5:.1f}" text-anchor="end">0</text>',
        f'<path class="line usual" d="{path(usual)}"/><path class="line mix" d="{path(mix, tips)}"/>',
    ]
    for strength in (0.1, 1.0, 10.0):
        parts.append(
            f'<text class="tick" x="{x(strength):.1f}" y="{height - foot + 15:.1f}" text-anchor="middle">{strength:g}</text>'
        )
    parts.append(
        f'<text class="tick" x="{(WIDTH + left) / 2:.0f}" y="{height - 8:.0f}" text-anchor="middle">times the shipped strength of contagion</text>'
    )
    a, b = x(here[0]), y(here[1] if np.isfinite(here[1]) else 1.2)
    # Over the picture stands its heading, and the curve leaves it on the left.
    over = b - 12.0 > top
    begin = a < 150.0 or not over
    off = "" if here[0] >= strengths[0] else f" (at {here[0]:g}, left of the scale)"
    parts.append(f'<circle class="here" cx="{a:.1f}" cy="{b:.1f}" r="5"/><text class="label" x="{a + (9 if begin else -9):.1f}" y="{b - (28 if off else 12) if over else b + 24:.1f}" text-anchor="{"start" if begin else "end"}">you are here: {escaped(value + off)}</text>')  # fmt: skip
    return "".join(parts) + "</svg>"


def _rows(answer: Answer, names: Sequence[str]) -> list[tuple[str, Floats, float]]:
    """Name, persons by status under the mix, and persons under the status quo, of each row."""
    own, usual = answer.stocks(1), answer.stocks(0)
    width = len(THERE) + 1
    rows: list[tuple[str, Floats, float]] = []
    for value, was, name in zip(answer.at_home(1), answer.at_home(0), HOME.values(), strict=True):
        if value > 0.0 or was > 0.0:
            rows.append((name, np.array([0.0] * (width - 1) + [value]), float(was)))
    order = np.argsort(-np.maximum(own.sum(axis=1), usual.sum(axis=1)), kind="stable")
    shown = [int(host) for host in order[:MOST_HOSTS] if own[host].sum() > 0.0 or usual[host].sum() > 0.0]
    rows += [(names[host], np.append(own[host], 0.0), float(usual[host].sum())) for host in shown]
    rest = [host for host in range(len(names)) if host not in shown]
    if rest and (own[rest].sum() > 0.0 or usual[rest].sum() > 0.0):
        rows.append((f"{len(rest)} other states", np.append(own[rest].sum(axis=0), 0.0), float(usual[rest].sum())))
    back, was_back = answer.elsewhere(1), answer.elsewhere(0)
    if back > 0.0 or was_back > 0.0:
        rows.append((BACK, np.array([0.0] * (width - 1) + [back]), was_back))
    return rows


_PENS = (
    "stock-border",
    "stock-waiting",
    "stock-protected",
    "stock-abroad",
    "stock-refused",
    "stock-visa",
    "stock-home",
)
