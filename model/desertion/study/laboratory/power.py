"""Power and false alarms: how often the comparison of rivals finds contagion that is there, or is not.

Synthetic histories are simulations of the reference table itself, each judged against the table without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError
from desertion.study.history.observation import noisy_counts
from desertion.study.laboratory.features import merged, of_totals, of_units
from desertion.study.laboratory.model_choice import Scale, choose
from desertion.study.laboratory.rivals import RIVALS, WITH_CONTAGION
from desertion.study.laboratory.table import POINTS, ReferenceTable
from desertion.study.statistics import wilson_interval

Array = NDArray[np.float64]
Seen = Literal["totals", "units"]

SURE = 0.9
_CONTAGIOUS = [RIVALS.index(rival) for rival in WITH_CONTAGION]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What an observer gets to see of a history.

    Attributes:
        points: intervals of the series, a divisor of 32, at least 4.
        noise: dispersion of the published counts, see `observation.noisy_counts`.
        seen: totals alone, or totals and counts by unit in eight periods.
    """

    points: int
    noise: float
    seen: Seen


@dataclass(frozen=True, kw_only=True)
class Cell:
    """How often contagion was found in histories of one rival under one setting.

    Attributes:
        setting: what was seen.
        truth: rival that made the histories.
        histories: number of them.
        found: histories in which rivals with contagion got a posterior probability of at least 0.9.
        denied: histories in which they got at most 0.1.
        mean: mean posterior probability of rivals with contagion.
        low: lower 95 % Wilson bound of the share found.
        high: upper bound.
    """

    setting: Setting
    truth: str
    histories: int
    found: int
    denied: int
    mean: float
    low: float
    high: float


def statistics(table: ReferenceTable, setting: Setting, seed: int) -> Array:
    """Statistics of every simulation of a table as an observer in that setting sees it.

    Args:
        table: the reference table.
        setting: what is seen.
        seed: fixes the noise of the published counts.

    Raises:
        InputError: the number of points does not divide 32.
    """
    if setting.points < 4 or POINTS % setting.points:
        raise InputError(f"points = {setting.points} must be 4, 8, 16 or 32: the table holds {POINTS} intervals")
    rng = np.random.default_rng(seed)
    flow = (
        noisy_counts(merged(table.flow, setting.points), setting.noise, rng)
        if setting.noise
        else merged(table.flow, setting.points)
    )
    totals = np.stack([of_totals(row, table.people) for row in flow])
    if setting.seen == "totals":
        return totals
    units = noisy_counts(table.units, setting.noise, rng) if setting.noise else table.units.astype(np.float64)
    return np.column_stack([totals, np.stack([of_units(row) for row in units])])


def measure(table: ReferenceTable, setting: Setting, *, histories: int, accept: int, seed: int) -> tuple[Cell, ...]:
    """Power and false alarms in one setting, a cell per rival.

    Args:
        table: the reference table.
        setting: what is seen.
        histories: synthetic histories per rival.
        accept: simulations kept per history.
        seed: fixes which histories are tested and the noise.
    """
    probabilities = contagion_probabilities(table, setting, histories=histories, accept=accept, seed=seed)
    return tuple(_cell(setting, rival, probabilities[rival]) for rival in RIVALS)


def contagion_probabilities(
    table: ReferenceTable, setting: Setting, *, histories: int, accept: int, seed: int
) -> dict[str, Array]:
    """Posterior probability of the rivals with contagion for synthetic histories of each rival."""
    raw = statistics(table, setting, seed)
    scaled = Scale.of(raw)(raw)
    rng = np.random.default_rng(seed + 1)
    by_rival: dict[str, Array] = {}
    for number, rival in enumerate(RIVALS):
        tested = rng.choice(np.flatnonzero(table.rival == number), size=histories, replace=False)
        by_rival[rival] = np.array([_without(scaled, table.rival, int(row), accept) for row in tested])
    return by_rival


def _without(scaled: Array, rival: NDArray[np.intp], row: int, accept: int) -> float:
    choice = choose(scaled, rival, scaled[row], rivals=len(RIVALS), accept=accept, skip=row)
    return float(choice.regression[_CONTAGIOUS].sum())


def _cell(setting: Setting, rival: str, probabilities: Array) -> Cell:
    detected = int((probabilities >= SURE).sum())
    low, high = wilson_interval(detected, probabilities.size)
    return Cell(
        setting=setting,
        truth=rival,
        histories=probabilities.size,
        found=detected,
        denied=int((probabilities <= 1.0 - SURE).sum()),
        mean=float(probabilities.mean()),
        low=low,
        high=high,
    )
