"""How many simulated persons an effect of a claim rests on, so that one that rests on too few is marked."""

from collections.abc import Mapping, Sequence

import numpy as np

from desertion.scenario.grain import FEWEST, MARK, TOO_FEW
from desertion.study.claims.measures import WINDOWS
from desertion.study.claims.precision import means, whole
from desertion.study.design.formula import Effect, Measures
from desertion.study.design.grain import SHARES, moved, one_person

LEGEND = (
    f"{MARK} {TOO_FEW}: in the median world the effect rests on fewer than {FEWEST} simulated persons, fates or cases."
)
"""What the mark behind an effect means."""

_SHARES = SHARES | dict.fromkeys(
    ("information_share", *(f"effective_{days}" for days in WINDOWS)), SHARES["strength_share_end"]
)
_COUNTS = frozenset(("waiting_end",))
_DAYS = frozenset(("surrendered_days",))


def persons(effect: Effect, pairs: Sequence[Mapping[str, Measures]]) -> float:
    """Simulated persons by which an effect differs from nothing, see `moved`; NaN where it has no value.

    Args:
        effect: The effect.
        pairs: Measures by arm of each paired replicate.
    """
    found = whole(effect, pairs)
    if not found:
        return float("nan")
    arms = means(found)
    return moved(effect, arms, lambda arm, name: _one_person(arms[arm], name))


def _one_person(measures: Measures, name: str) -> float:
    """What one person more adds to a measure; 0 where it counts none."""
    if name in _DAYS:
        return measures["days"]
    return 1.0 if name in _COUNTS else one_person(measures, name, measures.get("days", np.nan), _SHARES)
