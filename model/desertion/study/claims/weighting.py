"""Weighting: whether a verdict stands where worlds of another kind weigh more, since no world is more or less probable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from desertion.study.claims.verdict import FAILS_TO, HOLDS_FROM, VerdictWord
from desertion.study.claims.worlds import FEWEST_OF_A_WORD


@dataclass(frozen=True, kw_only=True)
class Weighting:
    """The share of worlds that show an effect where some of them weigh more.

    Attributes:
        what: which worlds weigh more, in words.
        share: share of weight of the worlds that show it.
        worlds: worlds that have any weight.
    """

    what: str
    share: float
    worlds: int

    def agrees(self, word: VerdictWord) -> bool:
        """Whether the share is on the verdict's side."""
        return self.share <= FAILS_TO if word == "fails" else self.share >= HOLDS_FROM


def weightings(columns: Mapping[str, Sequence[Any]], shown: ArrayLike) -> list[Weighting]:
    """All other weightings of the worlds: two for each number, one for each word.

    For a number worlds weigh in proportion to their rank in it, then to the rank from the other end: nothing of one end, twice of the other,
    which leaves three quarters of the worlds in effect; equal numbers have their mean rank, so that of few values no end falls to nothing, and worlds without a number do not count. For a list of words the worlds of each word stand alone, if they are ten at least: of
    fewer a single one would turn a verdict or confirm it.

    Args:
        columns: what differs between the worlds: values by name, one a world.
        shown: whether each world shows the effect.
    """
    held = np.asarray(shown, np.float64)
    found: list[Weighting] = []
    for name, values in columns.items():
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            numbers = np.asarray(values, np.float64)
            known = ~np.isnan(numbers)
            if np.unique(numbers[known]).size > 1:
                ranks = (rankdata(numbers[known]) - 0.5) / known.sum()
                found += [
                    Weighting(
                        what=f"worlds with {end} {name} weigh more",
                        share=float(np.average(held[known], weights=weights)),
                        worlds=int(known.sum()),
                    )
                    for end, weights in (("high", ranks), ("low", 1.0 - ranks))
                ]
        else:
            words = np.asarray([str(value) for value in values])
            kinds = dict.fromkeys(words.tolist())
            found += [
                Weighting(
                    what=f"only worlds with {name} = {word} count", share=float(held[own].mean()), worlds=int(own.sum())
                )
                for word in kinds
                if len(kinds) > 1 and (own := words == word).sum() >= FEWEST_OF_A_WORD
            ]
    return found


def furthest(found: Sequence[Weighting], word: VerdictWord) -> Weighting | None:
    """The weighting that is most against a verdict that holds or fails; None where nothing differs between worlds."""
    by_share = sorted(found, key=lambda each: each.share, reverse=word == "fails")
    return by_share[0] if by_share else None
