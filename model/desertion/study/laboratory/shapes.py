"""Shapes of history: which of them each rival's laboratory histories can take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.study.laboratory.features import merged
from desertion.study.laboratory.rivals import RIVALS
from desertion.study.laboratory.table import ReferenceTable

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A shape of history and how many laboratory histories of each rival have it."""

    id: str
    statement: str
    source: str
    test: Callable[[Array, Array], NDArray[np.bool_]]


def shapes(table: ReferenceTable) -> tuple[tuple[Shape, dict[str, float]], ...]:
    """Share of each rival's laboratory histories, over its prior, that have each shape."""
    flow = merged(table.flow, 32)
    units = table.units.sum(axis=2).astype(np.float64)
    rows: list[tuple[Shape, dict[str, float]]] = []
    for shape in SHAPES:
        has = shape.test(flow / table.people, units)
        rows.append((shape, {rival: float(has[table.rival == i].mean()) for i, rival in enumerate(RIVALS)}))
    return tuple(rows)


def _quarters(flow: Array) -> Array:
    return merged(flow, 4) + 1e-4


SHAPES = (
    Shape(
        id="slow-growth",
        statement="Thirtyfold growth from the first to the last quarter with less than half gone",
        source="Ukraine 2022-25: 197 to 18,134 case files a month, the front held (B)",
        test=lambda flow, _units: (_quarters(flow)[:, 3] >= 30 * _quarters(flow)[:, 0]) & (flow.sum(axis=1) < 0.5),
    ),
    Shape(
        id="fizzling",
        statement="Half or more of all leavers in the first third, then never again as many, less than a fifth gone",
        source="Myanmar 2021-24: 2,000 of 4,000 in ten months of 46 (B)",
        test=lambda flow, _units: (
            (merged(flow, 3)[:, 0] >= 0.5 * flow.sum(axis=1))
            & (flow.sum(axis=1) < 0.2)
            & (flow.sum(axis=1) > 0.02)
            & (merged(flow, 3)[:, 2] <= merged(flow, 3)[:, 1] + 0.01)
        ),
    ),
    Shape(
        id="drip-then-snap",
        statement="Half of all leavers within a sixth of the window, after a first half with at most a fifth of them, most gone",
        source="Afghanistan 2021 (B), Confederacy 1865 (A)",
        test=lambda flow, _units: (
            (
                np.lib.stride_tricks.sliding_window_view(flow, 5, axis=1).sum(axis=2).max(axis=1)
                >= 0.5 * flow.sum(axis=1)
            )
            & (flow[:, :16].sum(axis=1) <= 0.2 * flow.sum(axis=1))
            & (flow.sum(axis=1) >= 0.5)
        ),
    ),
    Shape(
        id="clumping",
        statement="Leavers clump by unit as in Lee's divisions: (variance - mean) / mean squared of 0.4 to 1.2",
        source="Army of Northern Virginia, 15 to 25 February 1865: 0.79 (A-der)",
        test=lambda flow, units: _clumped(units, 0.4, 1.2) & (flow.sum(axis=1) > 0.02),
    ),
    Shape(
        id="no-cascade",
        statement="Less than a tenth gone",
        source="About half of 825 belligerents since 1800 had less than 10 % desertion (Lyall, A abstract)",
        test=lambda flow, _units: flow.sum(axis=1) < 0.1,
    ),
)


def _clumped(units: Array, low: float, high: float) -> NDArray[np.bool_]:
    mean = np.maximum(units.mean(axis=1), 1e-9)
    value = (units.var(axis=1, ddof=1) - mean) / mean**2
    return (value >= low) & (value <= high)
