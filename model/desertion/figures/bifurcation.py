"""The pressures that keep themselves against the strength of contagion, with simulated points on them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from desertion.figures import style
from desertion.theory.mean_field import HEAVIEST, MeanField
from desertion.theory.mixing import Simulated

_STEPS = 240
_BELOW = 1.0 - 1e-6  # of the fold: there its two states are still found apart


def diagram(ax: Axes, field: MeanField, points: Sequence[Simulated] = (), *, own: float | None = None) -> Axes:
    """Draw stable states solid, unstable ones dashed, the fold, and where simulated towns went.

    Args:
        ax: Where to draw.
        field: The complete-mixing limit; its weight is not used.
        points: Simulated towns.
        own: The scenario's own contagion weight, marked with a line.
    """
    last = _last(field, points, own)
    stable, unstable = _branches(field, last)
    top = _top(field, stable, points)
    pens = style.pens(3)
    for branch in stable:
        ax.plot(*branch, color=pens[0].color)
    for branch in unstable:
        ax.plot(*branch, color=pens[2].color, linestyle=(0.0, (5.0, 2.0)))
    if field.tipping_weight <= last:
        _fold_mark(ax, field, stable)
    _simulated(ax, points, top)
    ax.set_xlim(0.0, last)
    ax.set_ylim(0.0, top)
    _names(ax, stable, unstable, top)
    _own_mark(ax, own, last, top)
    unit = "share gone" if field.form == "threshold" else "log hazard per share gone"
    ax.set_xlabel(
        "contagion weight (per share gone)" if field.form != "multiplicative" else f"contagion weight ({unit})"
    )
    ax.set_ylabel(
        "share gone in the end" if field.form == "threshold" else "pressure that keeps itself (share gone, faded)"
    )
    ax.set_title(f"Steady states in complete mixing, {field.form} form")
    return ax


def _last(field: MeanField, points: Sequence[Simulated], own: float | None) -> float:
    """The end of the axis: past the fold, the points and the scenario's own weight where that is not far away."""
    fold = field.tipping_weight
    far = [1.2 * fold] if fold <= HEAVIEST else []
    far += [1.05 * point.weight for point in points]
    if own is not None and (not far or own < 1.6 * max(far)):
        far.append(1.2 * own)
    return max([x for x in far if x > 0.0], default=1.0)


def _branches(field: MeanField, last: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Curves (2, n) of stable and of unstable states; the k-th state from below belongs to the k-th curve."""
    weights = np.linspace(0.0, last, _STEPS)[1:]
    if math.isfinite(field.tipping_weight):
        near = field.tipping_weight * (1.0 - np.geomspace(1e-6, 0.2, 60))
        weights = np.unique(np.concatenate([weights, near[near <= last]]))
    low: list[tuple[float, float]] = []
    middle: list[tuple[float, float]] = []
    high: list[tuple[float, float]] = []
    for weight in weights.tolist():
        states = field.at(weight).fixed_points()
        falling = [state.pressure for state in states if state.stable]
        middle += [(weight, state.pressure) for state in states if not state.stable]
        # In the threshold form two stable states lie on either side of the unstable one.
        for pressure in falling:
            upper = field.form == "threshold" and pressure > 0.5
            (high if upper else low).append((weight, pressure))
    curves = [np.array(branch).T for branch in (low, high) if branch]
    return curves, [np.array(middle).T] if middle else []


def _top(field: MeanField, stable: list[np.ndarray], points: Sequence[Simulated]) -> float:
    if field.form == "threshold":
        return 1.05
    fold = field.at(_BELOW * field.tipping_weight).fixed_points() if math.isfinite(field.tipping_weight) else []
    settled = [point.pressure for point in points if not point.ran_away and point.weight <= field.tipping_weight]
    settled += [point.start for point in points]
    if fold and field.form != "additive":
        return max(3.5 * fold[0].pressure, 1.15 * max(settled, default=0.0))
    if math.isfinite(field.tipping_weight):
        settled += [state.pressure for state in field.at(0.95 * field.tipping_weight).fixed_points()]
    elif stable:
        settled.append(float(stable[0][1].max()))
    return 1.2 * max(settled, default=1.0)


def _fold_mark(ax: Axes, field: MeanField, stable: list[np.ndarray]) -> None:
    fold = field.tipping_weight
    if field.form == "additive":
        ax.axvline(fold, color=style.soft_ink(), linewidth=1.0)
        ax.annotate("R = 1", (fold, 0.0), (-4, 6), textcoords="offset points", ha="right", fontsize="small")
        return
    height = stable[0][1, -1]
    ax.plot(fold, height, "s", color=style.ink(), markersize=6, zorder=5)
    label = f"fold, R = 1\nweight {fold:.3g}"
    ax.annotate(label, (fold, height), (9, 8), textcoords="offset points", va="center", fontsize="small")


def _own_mark(ax: Axes, own: float | None, last: float, top: float) -> None:
    if own is None:
        return
    if own > last:
        at, text, side = last, f"this scenario: {own:.3g}, beyond the axis →", "right"
    else:
        ax.axvline(own, color=style.soft_ink(), linewidth=1.0, linestyle=(0.0, (1.0, 2.0)), zorder=0)
        at, text, side = own, "this scenario", "left" if own < 0.8 * last else "right"
    shift = 4 if side == "left" else -4
    _write(ax, text, (at, top), (shift, -22), va="top", ha=side)


def _simulated(ax: Axes, points: Sequence[Simulated], top: float) -> None:
    color = style.pens(2)[1].color
    settled = [point for point in points if not point.ran_away and point.start == 0.0]
    fell = [point for point in points if not point.ran_away and point.start > 0.0]
    ran = [point for point in points if point.ran_away]
    marks = (
        (settled, [p.pressure for p in settled], "o", color, "simulated, settled here"),
        (fell, [p.start for p in fell], "v", style.paper_color(), "simulated, started here and fell back"),
        (ran, [min(p.start, top) for p in ran], "^", color, "simulated, started here and ran away"),
    )
    for group, heights, mark, fill, name in marks:
        if group:
            at = [p.weight for p in group]
            ax.plot(at, heights, mark, color=color, mfc=fill, label=name, clip_on=False, zorder=4)
    if points:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, handlelength=1.0)


def _names(ax: Axes, stable: list[np.ndarray], unstable: list[np.ndarray], top: float) -> None:
    """Write on the curves what they are."""
    for branches, name in ((stable[:1], "stable"), (unstable[:1], "unstable: the tipping point")):
        for branch in branches:
            inside = branch[:, branch[1] < 0.97 * top]
            if inside.shape[1] == 0:
                continue
            # At an end of the curve, where no simulated town stands.
            k = inside.shape[1] // 8 if name == "stable" else int(np.argmax(inside[1]))
            _write(ax, name, (float(inside[0, k]), float(inside[1, k])), (9, 3))


def _write(ax: Axes, text: str, at: tuple[float, float], shift: tuple[int, int], **looks: Any) -> None:
    """Write on a ground of its own, since a curve may pass there."""
    ground = {"facecolor": style.paper_color(), "alpha": 0.75, "linewidth": 0.0, "pad": 0.5}
    ax.annotate(text, at, shift, textcoords="offset points", fontsize="small", bbox=ground, **looks)
