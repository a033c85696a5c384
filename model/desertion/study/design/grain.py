"""How many simulated persons an expression over measures rests on."""

from collections.abc import Callable, Mapping

import numpy as np

from desertion.simulation.record.columns import MEASURES, SIMULATED
from desertion.study.design.formula import Effect, Measures

_OF_STRENGTH = ("strength_share_end", "mean_strength_share", "min_strength_share", "effective_mean_share")
SHARES = {
    **dict.fromkeys(_OF_STRENGTH, ("strength_share_end", "strength_end")),
    **{f"{who}_left_share": (f"{who}_left_share", f"{who}_left") for who in ("soldiers", "reservists")},
    "share_left": ("share_left", "left_total"),
}
"""Measures that are shares of persons: a share and the persons in it, by which it says what one of them is."""


def moved(effect: Effect, arms: Mapping[str, Measures], one: Callable[[str, str], float]) -> float:
    """Simulated persons by which an effect differs from nothing; infinite for one that counts no persons, NaN where it has no value.

    The effect over the most that one person more in one arm would move it by.

    Args:
        effect: The effect.
        arms: Measures by arm.
        one: By arm and measure, what one simulated person more adds to it; 0 where it counts none.
    """
    here, moves = effect(arms), [0.0]
    for arm, name in sorted(effect.terms):
        measures = arms[arm]
        step = one(arm, name)
        if step:
            moves.append(abs(effect({**arms, arm: {**measures, name: measures[name] + step}}) - here))
    grain = float(np.nanmax(moves))
    if np.isnan(here):
        return here
    return abs(here) / grain if grain else float("inf")


def one_person(measures: Measures, name: str, days: float, shares: Mapping[str, tuple[str, str]] = SHARES) -> float:
    """What one person more adds to a measure, of one force too; 0 where it counts none.

    1 in what counts persons, events or cases, one of the soldiers of the first day in shares of strength, one of those who could leave in shares of leavers, all days of one
    soldier in soldier-days.
    """
    plain, at, force = name.partition("@")
    if plain in shares:
        share, count = (measures[f"{each}{at}{force}"] for each in shares[plain])
        return share / count if count else 0.0
    column = MEASURES.get(plain)
    if column is not None and column.unit == "soldier-days":
        return days
    return 1.0 if column is not None and column.size == SIMULATED else 0.0
