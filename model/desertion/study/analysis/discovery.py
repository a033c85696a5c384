"""Where in parameter space something happens: the best box (PRIM), or all leaves of a classification tree (CART)."""

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, extra
from desertion.parameters.arguments import LEVEL
from desertion.study.analysis.boxes import Box, Column, Limit, box_of, confirmed_box, find_box
from desertion.study.analysis.tables import done_runs, parameters_of

LEAST_SUPPORT = 0.05
"""Smallest share of the points that a box or leaf may hold."""

_FEWEST = 20


def prim_boxes(cases: pd.DataFrame, interesting: NDArray[np.bool_]) -> list[Box]:
    """The box that separates the interesting points best; no box if nothing separates them.

    Raises:
        InputError: If too few points are given, all or none are of interest, or some do not state a parameter.
    """
    _check(cases, interesting)
    box = find_box(_columns(cases), interesting, LEAST_SUPPORT)
    return [] if box is None else [box]


def confirmed(cases: pd.DataFrame, interesting: NDArray[np.bool_]) -> Box | None:
    """The box found in half of the points, drawn by lot, counted in the other half; None if it does not separate these.

    Where nothing separates the points `prim_boxes` finds some box in two to five studies of ten, depending on their size, and this one in one of twenty.

    Raises:
        InputError: If too few points are given, all or none are of interest, or some do not state a parameter.
    """
    _check(cases, interesting)
    return confirmed_box(_columns(cases), interesting)


def cart_boxes(cases: pd.DataFrame, interesting: NDArray[np.bool_]) -> list[Box]:
    """Leaves of a classification tree as boxes, the densest first; no box if nothing separates the points.

    Raises:
        InputError: If too few points are given, all or none are of interest, some do not state a parameter, or scikit-learn is missing.
    """
    _check(cases, interesting)
    table = _columns(cases)
    # A word becomes one column of zeros and ones for each value that it takes.
    coded = pd.get_dummies(pd.DataFrame(table), prefix_sep=_IS, dtype=float)
    with extra("discovery", "a tree needs scikit-learn", ", or take method prim"):
        from sklearn.tree import DecisionTreeClassifier
    # Equally good cuts are tried in an order drawn from the seed; fixed, so that the same study gives the same tree.
    fitted: Any = DecisionTreeClassifier(min_samples_leaf=max(1, int(LEAST_SUPPORT * len(cases))), random_state=0)
    tree = fitted.fit(coded.to_numpy(), interesting).tree_
    leaves: list[dict[str, Limit]] = []
    branches: list[tuple[int, dict[str, Limit]]] = [(0, {})]
    while branches:
        node, limits = branches.pop()
        if tree.children_left[node] == tree.children_right[node]:
            leaves.append(limits)
            continue
        name, cut = str(coded.columns[tree.feature[node]]), float(tree.threshold[node])
        branches.append((tree.children_left[node], _narrowed(limits, table, name, -math.inf, cut)))
        branches.append((tree.children_right[node], _narrowed(limits, table, name, cut, math.inf)))
    boxes = [box_of(table, interesting, limits) for limits in leaves if limits]
    return sorted(boxes, key=lambda box: -box.density)


METHODS = {"prim": prim_boxes, "cart": cart_boxes}
"""Ways of finding boxes: the best one, or all leaves of a tree."""


def cases_of(
    runs: pd.DataFrame, measure: str, at_least: float | None = None, at_most: float | None = None
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Design points and whether the median of a measure over their replicates lies where one is interested.

    A point that a design holds twice counts once: its runs are the same and confirm nothing.

    Returns:
        Parameters, one row a design point, and (points,) whether each is of interest.

    Raises:
        InputError: If neither end is given, one is no number, or the measure does not exist.
    """
    if at_least is None and at_most is None:
        raise InputError("discovery needs to know what is of interest: give at_least or at_most")
    for name, end in (("at_least", at_least), ("at_most", at_most)):
        if end is not None:
            LEVEL.checked(name, end)
    done = done_runs(runs, measure)
    groups = done.groupby("design")
    middle = groups[measure].median()
    known = middle.notna()
    interesting = (middle >= (-np.inf if at_least is None else at_least)) & (
        middle <= (np.inf if at_most is None else at_most)
    )
    cases = groups[parameters_of(runs)].first()[known]
    cases = cases.drop_duplicates()
    return cases.reset_index(drop=True), interesting[cases.index].to_numpy(bool)


def _check(cases: pd.DataFrame, interesting: NDArray[np.bool_]) -> None:
    if len(cases) < _FEWEST:
        raise InputError(
            f"discovery needs at least {_FEWEST} different design points, got {len(cases)}: raise design.points, or vary finer"
        )
    hits = int(interesting.sum())
    if hits in (0, len(cases)):
        which = "none" if hits == 0 else "all"
        raise InputError(
            f"discovery has nothing to separate: {which} of {len(cases)} points are of interest, move the level"
        )
    for name, missing in cases.isna().sum().items():
        if missing:
            raise InputError(
                f"discovery has no place for {missing} of {len(cases)} points, which leave {name} as the scenario has it: "
                "run points that all state it"
            )


_IS = " is "


def _columns(cases: pd.DataFrame) -> dict[str, Column]:
    """Parameters as numbers or words; a truth value is a word."""
    return {
        str(name): values.to_numpy(np.float64)
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        else values.astype(str).to_numpy(str)
        for name, values in cases.items()
    }


def _narrowed(
    limits: dict[str, Limit], table: dict[str, Column], name: str, low: float, high: float
) -> dict[str, Limit]:
    """The limits of a branch after one more cut of the tree."""
    if name in table:
        before = limits.get(name, (-math.inf, math.inf))
        return {**limits, name: (max(float(before[0]), low), min(float(before[1]), high))}
    parameter, _, word = name.partition(_IS)
    words = limits.get(parameter, tuple(str(each) for each in np.unique(table[parameter])))
    # Left of the cut the column of the word is 0.
    return {**limits, parameter: tuple(str(each) for each in words if (each == word) == (high == math.inf))}
