"""Pasts that may predict an army's next battle: its own, the enemy's, that of the regiments it shares with earlier battles."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.study.arrays import Array
from desertion.study.places.battles import FEWEST, Battles

HALF_LIFE = 139.0  # days; Lehmann and Zhukov 2019, if their unit is days
GARRISON = 0.5  # share of the strength taken from which on a garrison is said to have surrendered


@dataclass(frozen=True, kw_only=True)
class Question:
    """A past whose slope is wanted.

    Attributes:
        name: what it is called.
        weights: weight of each row's outcome in the past of each row, shape (row, row); rows need not add up to 1.
        values: what is averaged, if not the outcomes themselves, shape (row,).
        controls: further regressors, shape (row, any number).
        beside: weights of a second past that is held fixed beside it.
        rows: rows that the regression keeps, a mask; all if none. Where outcomes chose them, outcomes change places among the kept and among the others alone.
        bare: no effects of side, year and theatre.
    """

    name: str
    weights: Array
    values: Array | None = None
    controls: Array | None = None
    beside: Array | None = None
    rows: NDArray[np.bool_] | None = None
    bare: bool = False

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Rows of the regression: those that have a past, also the one that is held fixed, and are to be kept."""
        has_past = self.weights.any(axis=1)
        if self.beside is not None:  # a mean of nothing would stand there as a logit of 0, half of the army missing
            has_past &= self.beside.any(axis=1)
        return has_past if self.rows is None else has_past & self.rows


def past(
    battles: Battles,
    half_life: float = HALF_LIFE,
    *,
    same_campaign: bool = False,
    enemy: bool = False,
    future: bool = False,
) -> Array:
    """Weights of each row's outcome in the past of each row, shape (row, row), halved every `half_life` days.

    Args:
        battles: the battles.
        half_life: days; infinite for a plain mean.
        same_campaign: count battles of the row's own campaign too.
        enemy: the other side's past instead.
        future: battles that begin after the row's end instead.
    """
    since = battles.start[None, :] - battles.end[:, None] if future else battles.start[:, None] - battles.end[None, :]
    counts = since > 0.0
    counts &= (
        (battles.side[:, None] != battles.side[None, :]) if enemy else (battles.side[:, None] == battles.side[None, :])
    )
    if not same_campaign:
        counts &= battles.campaign[:, None] != battles.campaign[None, :]
    return np.where(counts, 0.5 ** (np.maximum(since, 0.0) / half_life), 0.0)


def questions(battles: Battles) -> list[Question]:
    """The primary question, then its family and its placebos; without those for which a table says too little."""
    own = past(battles)
    same = (battles.theatre[:, None] == battles.theatre[None, :]).astype(np.float64)
    held = 1.0 / (1.0 + np.exp(-battles.outcome)) < GARRISON
    asked = [
        Question(name="own army's past, half-life 139 days", weights=own),
        *(
            Question(name=f"half-life {name}", weights=past(battles, days))
            for name, days in (("30 days", 30.0), ("99 days", 99.0), ("without end", math.inf))
        ),
        Question(name="same theatre only", weights=own * same),
        Question(name="other theatres only", weights=own * (1.0 - same)),
        Question(name="same campaign included", weights=past(battles, same_campaign=True)),
        Question(name="the same campaign's own past", weights=past(battles, same_campaign=True) - own),
        Question(name="without garrisons that surrendered", weights=own * held[None, :], rows=held),
        *_controlled(battles, own),
        Question(name="without effects of side, year and theatre (the first look)", weights=own, bare=True),
        Question(name="placebo: the enemy's past", weights=past(battles, enemy=True)),
        Question(
            name="placebo: own past killed and wounded",
            weights=own * np.isfinite(battles.losses)[None, :],
            values=np.nan_to_num(battles.losses),
        ),
        Question(
            name="own future (no placebo: a series is as like its future as its past)",
            weights=past(battles, future=True),
        ),
    ]
    if battles.shared is not None:
        linked = past(battles, same_campaign=True) * battles.shared
        unlinked = past(battles, same_campaign=True) * (1.0 - battles.shared)
        asked += [
            Question(name="past of regiments shared, beside that of others", weights=linked, beside=unlinked),
            Question(name="past of others, beside that of regiments shared", weights=unlinked, beside=linked),
        ]
    return [each for each in asked if each.kept.sum() >= FEWEST]


def _controlled(battles: Battles, own: Array) -> list[Question]:
    """The question under controls, where losses of enough rows are known."""
    if np.isfinite(battles.losses).sum() < FEWEST:
        return []
    total = np.zeros(len(battles.side))
    for row in range(len(total)):
        others = (battles.battle == battles.battle[row]) & (battles.side != battles.side[row])
        total[row] = battles.strength[others].sum()
    ratio = np.where(total > 0.0, np.log(battles.strength / np.maximum(total, 1.0)), 0.0)
    losses = np.where(np.isfinite(battles.losses), battles.losses, np.nanmean(battles.losses))
    controls = np.column_stack([losses, ratio, (total <= 0.0).astype(np.float64)])
    name = "controls for own killed and wounded and the ratio of strengths"
    return [Question(name=name, weights=own, controls=controls)]
