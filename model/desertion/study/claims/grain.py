"""How many simulated persons an effect of a claim rests on, so that one that rests on too few is marked."""

from collections.abc import Mapping, Sequence

import numpy as np

from desertion.scenario.grain import FEWEST, MARK, TOO_FEW
from desertion.simulation.record.columns import MEASURES, SIMULATED
from desertion.study.claims.measures import WINDOWS
from desertion.study.claims.precision import means, whole
from desertion.study.design.formula import Effect, Measures

LEGEND = (
    f"{MARK} {TOO_FEW}: in the median world the effect rests on fewer than {FEWEST} simulated persons, fates or cases."
)
"""What the mark behind an effect means."""

_SHARES = dict.fromkeys(
    ("strength_share_end", "mean_strength_share", "min_strength_share", "effective_mean_share", "information_share", *(f"effective_{days}" for days in WINDOWS)),
    ("strength_share_end", "strength_end"),
) | {f"{who}_left_share": (f"{who}_left_share", f"{who}_left") for who in ("soldiers", "reservists")} | {"share_left": ("share_left", "left_total")}  # fmt: skip
"""Measures that are shares of persons: a share and the persons in it, by which it says what one of them is."""
_COUNTS = frozenset(("waiting_end",))
_DAYS = frozenset(("surrendered_days",))


def persons(effect: Effect, pairs: Sequence[Mapping[str, Measures]]) -> float:
    """Simulated persons by which an effect differs from nothing; infinite for one that counts no persons, NaN where it has no value.

    The effect over the most that one person more in one arm would move it by: 1 in what counts persons, events or cases, one of the
    soldiers of the first day in shares of strength, one of those who could leave in shares of leavers, all days of one soldier in soldier-days.

    Args:
        effect: The effect.
        pairs: Measures by arm of each paired replicate.
    """
    found = whole(effect, pairs)
    if not found:
        return float("nan")
    arms = means(found)
    here, moves = effect(arms), [0.0]
    for arm, name in sorted(effect.terms):
        measures = arms[arm]
        step = _one_person(measures, name)
        if step:
            moves.append(abs(effect({**arms, arm: {**measures, name: measures[name] + step}}) - here))
    grain = float(np.nanmax(moves))
    if np.isnan(here):
        return here
    return abs(here) / grain if grain else float("inf")


def _one_person(measures: Measures, name: str) -> float:
    """What one person more adds to a measure; 0 where it counts none."""
    if name in _SHARES:
        share, count = _SHARES[name]
        return measures[share] / measures[count] if measures[count] else 0.0
    column = MEASURES.get(name)
    if name in _DAYS or (column is not None and column.unit == "soldier-days"):
        return measures["days"]
    return 1.0 if name in _COUNTS or (column is not None and column.size == SIMULATED) else 0.0
