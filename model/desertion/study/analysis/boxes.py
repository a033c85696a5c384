"""Scenario discovery: the box of parameter ranges in which most of the interesting points lie (PRIM).

The patient rule induction method (Friedman and Fisher 1999, doi 10.1023/A:1008894516817): the box shrinks from
the whole space by small peels, each the one that leaves the densest box, and is loosened again where a
restriction turns out not to matter.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from desertion.figures.labels import percent

PEEL = 0.07
LEAST_SUPPORT = 0.1
_MATTERS = 0.03
_ONE_SIDED = 1.645  # standard errors
_ERRORS = 1.4  # standard errors; 2 would find nothing in a hundred worlds, 1 finds noise

Column = NDArray[Any]
Limit = tuple[float, float] | tuple[str, ...]
Limits = dict[str, Limit]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box in parameter space and how well it separates the points.

    Attributes:
        limits: by parameter, (low, high) of a number or the tuple of words allowed; restricted ones only.
        density: share of interesting points within the box.
        coverage: share of all interesting points that lie within it.
        support: share of all points that lie within it.
        overall: share of interesting points in the whole space.
    """

    limits: Mapping[str, Limit]
    density: float
    coverage: float
    support: float
    overall: float

    def where(self) -> str:
        """The box as part of a sentence: `R >= 0.41 and form is additive or concave`."""
        return " and ".join(_phrase(name, limit) for name, limit in self.limits.items())

    def words(self, what: str = "it happens") -> str:
        """The box as a sentence.

        Args:
            what: what is of interest, as a clause.
        """
        return (
            f"Where {self.where()}, {what} in {percent(self.density)} of the points, against {percent(self.overall)} overall; this region "
            f"holds {percent(self.support)} of the points and {percent(self.coverage)} of the cases."
        )


def find_box(
    columns: Mapping[str, Sequence[object] | ArrayLike], cases: ArrayLike, least_support: float = LEAST_SUPPORT
) -> Box | None:
    """The box that separates the points in which `cases` is true, None if nothing separates them.

    Args:
        columns: one value per point for each parameter, numbers or words.
        cases: (points,) : true for the interesting points.
        least_support: smallest share of the points that a box may hold.
    """
    table = {name: np.asarray(values) for name, values in columns.items()}
    hits = np.asarray(cases, dtype=bool)
    if not table or hits.all() or not hits.any():
        return None
    inside = _peel(table, hits, least_support)
    limits = {name: limit for name in table if (limit := _limit(table[name], inside)) is not None}
    limits = _loosen(table, hits, limits)
    return box_of(table, hits, limits) if limits else None


def confirmed_box(columns: Mapping[str, Sequence[object] | ArrayLike], cases: ArrayLike) -> Box | None:
    """The box found in half of the points, drawn by lot, with how well it separates the others; None if it does not, one-sided at 5 %.

    With few points and many parameters some box always looks good where it was found.

    Args:
        columns: one value per point for each parameter, numbers or words.
        cases: (points,) : true for the interesting points.
    """
    table = {name: np.asarray(values) for name, values in columns.items()}
    hits = np.asarray(cases, dtype=bool)
    # By lot and always alike: every other point of a Sobol sequence lies in one half of its second column.
    found_in = np.random.default_rng(0).permutation(hits.size) % 2 == 0
    found = find_box({name: column[found_in] for name, column in table.items()}, hits[found_in])
    rest, held = {name: column[~found_in] for name, column in table.items()}, hits[~found_in]
    if found is None or held.all() or not held.any():
        return None
    inside = _inside(rest, found.limits)
    error = math.sqrt(held.mean() * (1.0 - held.mean()) * (1.0 / max(inside.sum(), 1) - 1.0 / held.size))
    confirmed = inside.any() and held[inside].mean() - held.mean() >= _ONE_SIDED * error > 0.0
    return box_of(rest, held, found.limits) if confirmed else None


def box_of(table: Mapping[str, Column], hits: NDArray[np.bool_], limits: Mapping[str, Limit]) -> Box:
    """The box of given limits, with how well it separates the points.

    Args:
        table: (points,) by parameter : numbers or words.
        hits: (points,) : whether each is of interest.
        limits: bounds or allowed words of the restricted parameters.
    """
    inside = _inside(table, limits)
    return Box(
        limits=limits,
        density=float(hits[inside].mean()),
        coverage=float(hits[inside].sum() / hits.sum()),
        support=float(inside.mean()),
        overall=float(hits.mean()),
    )


def _peel(table: Mapping[str, Column], hits: NDArray[np.bool_], least_support: float) -> NDArray[np.bool_]:
    """Points left after peeling; of the boxes on the way, the one with the best density for its size."""
    inside = np.ones(hits.size, dtype=bool)
    best, best_score = inside, 0.0
    while True:
        candidates = [rest for column in table.values() for rest in _peels(column, inside)]
        candidates = [rest for rest in candidates if rest.mean() >= least_support]
        if not candidates:
            return best
        inside = max(candidates, key=lambda rest: _gain(hits, inside, rest))
        # Lift over chance in standard errors: small boxes must be purer to win.
        share, count = hits.mean(), inside.sum()
        score = (hits[inside].mean() - share) / np.sqrt(share * (1 - share) / count)
        if score > best_score:
            best, best_score = inside, float(score)


def _gain(hits: NDArray[np.bool_], before: NDArray[np.bool_], after: NDArray[np.bool_]) -> float:
    """Density gained per world given up, so that words, which peel in large pieces, have no advantage."""
    lost = before.sum() - after.sum()
    return float((hits[after].mean() - hits[before].mean()) * after.sum() / lost)


def _peels(column: Column, inside: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    values = column[inside]
    if column.dtype.kind in "US":
        words = np.unique(values)
        return [inside & (column != word) for word in words] if words.size > 1 else []
    low, high = np.quantile(values.astype(np.float64), [PEEL, 1.0 - PEEL])
    # A value that more than a peel's share of the points have at an end, such as a closed border, goes whole.
    bottom = column >= low if low > values.min() else column > low
    top = column <= high if high < values.max() else column < high
    return [rest for side in (bottom, top) if (rest := inside & side).any()]


def _limit(column: Column, inside: NDArray[np.bool_]) -> Limit | None:
    if column.dtype.kind in "US":
        words = tuple(str(word) for word in np.unique(column[inside]))
        return words if len(words) < np.unique(column).size else None
    low, high = float(column[inside].min()), float(column[inside].max())
    lower = -math.inf if low <= column.min() else low
    upper = math.inf if high >= column.max() else high
    return None if (lower, upper) == (-math.inf, math.inf) else (lower, upper)


def _loosen(table: Mapping[str, Column], hits: NDArray[np.bool_], limits: Limits) -> Limits:
    """Drop every bound that adds less than three points of density, or too little for its size; the weakest first."""
    while limits:
        inside = _inside(table, limits)
        density, count = float(hits[inside].mean()), int(inside.sum())
        looser = [each for name in limits for each in _without_a_bound(limits, name)]
        shares = [float(hits[_inside(table, each)].mean()) for each in looser]
        # What a bound gains beyond what chance gives a box of this size.
        gains = [
            density - share - max(_MATTERS, _ERRORS * math.sqrt(share * (1.0 - share) / count)) for share in shares
        ]
        weakest = int(np.argmin(gains))
        if gains[weakest] >= 0.0:
            return limits
        limits = looser[weakest]
    return limits


def _without_a_bound(limits: Limits, name: str) -> list[Limits]:
    rest: Limits = {key: limit for key, limit in limits.items() if key != name}
    low, high = limits[name][0], limits[name][-1]
    if isinstance(low, str) or isinstance(high, str) or -math.inf in (low, high) or math.inf in (low, high):
        return [rest]
    bounds: list[tuple[float, float]] = [(-math.inf, high), (low, math.inf)]
    return [{**rest, name: bound} for bound in bounds]


def _inside(table: Mapping[str, Column], limits: Mapping[str, Limit]) -> NDArray[np.bool_]:
    inside = np.ones(len(next(iter(table.values()))), dtype=bool)
    for name, limit in limits.items():
        column = table[name]
        if column.dtype.kind in "US":
            inside &= np.isin(column, limit)
        else:
            low, high = cast(tuple[float, float], limit)
            inside &= (column >= low) & (column <= high)
    return inside


def _phrase(name: str, limit: Limit) -> str:
    low, high = limit[0], limit[-1]
    if isinstance(low, str) or isinstance(high, str):
        return f"{name} is {' or '.join(str(word) for word in limit)}"
    if low == -math.inf:
        return f"{name} <= {high:.3g}"
    if high == math.inf:
        return f"{name} >= {low:.3g}"
    return f"{name} between {low:.3g} and {high:.3g}"
