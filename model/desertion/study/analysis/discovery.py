"""Discovery: where in parameter space something happens, as boxes (PRIM) and as a tree (CART), said in words."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError
from desertion.study.analysis.tables import done_runs, parameters_of

_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Box:
    """A region of parameter space.

    Args:
        limits: Parameters that matter, each with its bounds (infinite where the box does not cut) or its allowed words.
        coverage: Share of all cases of interest that lie inside.
        density: Share of the points inside that are of interest.
        mass: Share of all points that lie inside.
        base: Share of all points that are of interest, for comparison with the density.
        p_values: Chance that a parameter's limit arose by luck (quasi-p), by parameter; empty for a tree.
    """

    limits: dict[str, tuple[float, float] | tuple[str, ...]]
    coverage: float
    density: float
    mass: float
    base: float
    p_values: dict[str, float]

    def words(self, what: str = "it happens") -> str:
        """The box as a sentence.

        Args:
            what: What is of interest, as a clause.
        """
        where = " and ".join(_limit_words(name, limit) for name, limit in self.limits.items()) or "everywhere alike"
        return (
            f"Where {where}, {what} in {self.density:.0%} of the points, against {self.base:.0%} overall; this region "
            f"holds {self.mass:.0%} of the points and {self.coverage:.0%} of the cases."
        )


def prim_box(
    cases: pd.DataFrame, interesting: NDArray[np.bool_], least_density: float = 0.8, least_mass: float = 0.05
) -> Box:
    """The largest box, by the patient rule induction method, in which the interesting points are dense enough.

    Args:
        cases: One row a point, a column a parameter.
        interesting: (points,) : whether each point is of interest.
        least_density: Density to reach if possible; of the boxes that do, the one with the highest coverage is taken,
            otherwise the densest.
        least_mass: Smallest share of the points that a box may hold.

    Returns:
        The box, with its limits that differ from the whole range.

    Raises:
        InputError: If too few points are given, or all or none are of interest.
    """
    _check(cases, interesting)
    prim = _ema("prim")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = prim.Prim(_plain(cases), interesting.astype(int), peel_alpha=0.05, mass_min=least_mass)
        found = search.find_box()
    base = float(interesting.mean())
    if found is None:
        return Box({}, 1.0, base, 1.0, base, {})
    path: Any = found.peeling_trajectory
    density, coverage = (np.asarray(path[name], np.float64) for name in ("density", "coverage"))
    dense = np.flatnonzero(density >= least_density)
    at = int(dense[np.argmax(coverage[dense])]) if len(dense) else int(np.argmax(density))
    limits = _limits(found.box_lims[at], cases)
    quasi: dict[str, Any] = found.p_values[at]
    p_values = {
        name: float(max(one for one in _listed(quasi[name]) if one >= 0)) for name in limits if _known(quasi, name)
    }
    mass = float(np.asarray(path["mass"], np.float64)[at])
    return Box(limits, float(coverage[at]), float(density[at]), mass, base, p_values)


def cart_boxes(cases: pd.DataFrame, interesting: NDArray[np.bool_], least_mass: float = 0.05) -> list[Box]:
    """Leaves of a classification tree as boxes, the densest first.

    Args:
        cases: One row a point, a column a parameter.
        interesting: (points,) : whether each point is of interest.
        least_mass: Smallest share of the points that a leaf may hold.

    Raises:
        InputError: If too few points are given, or all or none are of interest.
    """
    _check(cases, interesting)
    cart = _ema("cart")
    plain = _plain(cases)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = cart.CART(plain, interesting.astype(int), mass_min=least_mass)
        tree.build_tree()
        stats, boxes = tree.stats, tree.boxes
    base = float(interesting.mean())
    made = [
        Box(_limits(box, cases), float(one["coverage"]), float(one["density"]), float(one["mass"]), base, {})
        for box, one in zip(boxes, stats, strict=True)
    ]
    return sorted(made, key=lambda box: -box.density)


def cases_of(
    runs: pd.DataFrame, measure: str, at_least: float | None = None, at_most: float | None = None
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Design points and whether the median of a measure over their replicates lies where one is interested.

    Args:
        runs: Table of runs.
        measure: The measure.
        at_least: Lower end of the interest.
        at_most: Upper end of the interest.

    Returns:
        Parameters, one row a design point, and (points,) whether each is of interest.

    Raises:
        InputError: If neither end is given, or the measure does not exist.
    """
    if at_least is None and at_most is None:
        raise InputError("discovery needs to know what is of interest: give at_least or at_most")
    done = done_runs(runs, measure)
    groups = done.groupby("design")
    middle = groups[measure].median()
    known = middle.notna()
    interesting = (middle >= (-np.inf if at_least is None else at_least)) & (
        middle <= (np.inf if at_most is None else at_most)
    )
    cases = groups[parameters_of(runs)].first()[known]
    return cases.reset_index(drop=True), interesting[known].to_numpy(bool)


def _check(cases: pd.DataFrame, interesting: NDArray[np.bool_]) -> None:
    if len(cases) < _FEWEST:
        raise InputError(f"discovery needs at least {_FEWEST} design points, got {len(cases)}: raise design.points")
    hits = int(interesting.sum())
    if hits in (0, len(cases)):
        which = "none" if hits == 0 else "all"
        raise InputError(
            f"discovery has nothing to separate: {which} of {len(cases)} points are of interest, move the level"
        )


def _plain(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases with whole numbers as real ones: a box may cut between two of them."""
    whole = [name for name in cases.columns if pd.api.types.is_integer_dtype(cases[name])]
    return cases.reset_index(drop=True).astype(dict.fromkeys(whole, np.float64))


def _ema(name: str) -> Any:
    from importlib import import_module

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(f"ema_workbench.analysis.{name}")
    except ImportError as problem:
        raise InputError(
            "discovery needs ema-workbench: install it with pip install 'desertion[discovery]'"
        ) from problem


def _limits(box: pd.DataFrame, cases: pd.DataFrame) -> dict[str, tuple[float, float] | tuple[str, ...]]:
    """Bounds of a box that are narrower than the points' whole range."""
    limits: dict[str, tuple[float, float] | tuple[str, ...]] = {}
    for name in map(str, cases.columns):
        values: pd.Series[Any] = cases[name]
        if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            words = tuple(sorted(str(one) for one in box[name].iloc[0]))
            if set(words) < {str(one) for one in values}:
                limits[name] = words
            continue
        low, high = float(box[name].iloc[0]), float(box[name].iloc[1])
        low = low if low > float(values.min()) else -math.inf
        high = high if high < float(values.max()) else math.inf
        if low > -math.inf or high < math.inf:
            limits[name] = (low, high)
    return limits


def _limit_words(name: str, limit: tuple[float, float] | tuple[str, ...]) -> str:
    low, high = limit[0], limit[-1]
    if isinstance(low, str) or isinstance(high, str):
        return f"{name} is {' or '.join(str(one) for one in limit)}"
    if high == math.inf:
        return f"{name} is at least {low:.3g}"
    return f"{name} is at most {high:.3g}" if low == -math.inf else f"{name} lies between {low:.3g} and {high:.3g}"


def _listed(value: object) -> Sequence[float]:
    return [float(one) for one in value] if isinstance(value, (list, tuple, np.ndarray)) else [float(str(value))]


def _known(quasi: dict[str, Any], name: str) -> bool:
    return name in quasi and any(one >= 0 for one in _listed(quasi[name]))
