"""Contradiction: which targets cannot be met together where no world survives, and the smallest discrepancy that would reconcile them."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from desertion.study.arrays import Array
from desertion.study.matching.aims import Aim


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Targets that no world met together.

    Attributes:
        targets: their names: a smallest set of which no world that has a number for each of them meets all.
        worlds: how many these worlds are; a world that was given up early lacks the numbers of its later runs.
        discrepancy: for each, the discrepancy at which one world would meet all of them, on the scale of the target.
        stated: for each, the discrepancy that it has.
        factor: the larger of the two as a multiple of what is stated.
    """

    targets: tuple[str, ...]
    worlds: int
    discrepancy: Mapping[str, float]
    stated: Mapping[str, float]
    factor: float

    def words(self) -> str:
        """The contradiction in a sentence."""
        named = " and ".join(self.targets)
        needed = ", ".join(f"{name} {self.discrepancy[name]:.2g} for {self.stated[name]:.2g}" for name in self.targets)
        one = len(self.targets) == 1
        head = f"no world meets {named}" if one else f"no world meets {named} together"
        of = f"of {self.worlds:,} that have {'a number for it' if one else 'numbers for all of them'}"
        return f"{head}, {of}; the smallest discrepancy that {'allows' if one else 'reconciles'} {'it' if one else 'them'} is {self.factor:.2g} times the stated one ({needed})"


def contradiction(
    aims: Sequence[Aim], means: Mapping[str, Array], variances: Mapping[str, Array], cutoff: float
) -> Contradiction | None:
    """The smallest set of targets that no world meets together, None where a world meets all, or none has the numbers to tell.

    A set is judged over the worlds that have a number for each of its targets; of several sets of one size it is the one that is hardest to reconcile.

    Args:
        aims: the targets that rule out.
        means: by target, results of worlds on the target's scale, NaN without a number; shape (worlds,).
        variances: by target, of each result.
        cutoff: implausibility from which a world is ruled out.
    """
    needed = {aim.name: _needed(aim, means[aim.name], variances[aim.name], cutoff) for aim in aims}
    stated = {aim.name: aim.discrepancy for aim in aims}
    met = {name: needed[name] <= stated[name] for name in needed}
    known = {name: np.isfinite(needed[name]) for name in needed}
    told = [name for name in needed if known[name].any()]  # nothing can be said of the others
    if not told or np.all([met[name] for name in told], axis=0).any():
        return None
    for size in range(1, len(told) + 1):
        sets = [
            names
            for names in itertools.combinations(told, size)
            if not np.all([met[name] for name in names], axis=0).any()
            and np.all([known[name] for name in names], axis=0).any()
        ]
        if sets:
            return max((_reconciled(names, needed, stated) for names in sets), key=lambda found: found.factor)
    return None


def _needed(aim: Aim, means: Array, variances: Array, cutoff: float) -> Array:
    """The discrepancy at which each world would just meet a target; infinite where it has no number."""
    wanted = np.sqrt(np.maximum((aim.distance(means) / cutoff) ** 2 - aim.error**2 - variances, 0.0))
    return np.where(np.isfinite(means), wanted, np.inf)


def _reconciled(names: tuple[str, ...], needed: Mapping[str, Array], stated: Mapping[str, float]) -> Contradiction:
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.array([np.where(needed[name] > 0.0, needed[name] / stated[name], 0.0) for name in names])
    best = int(np.argmin(factors.max(axis=0)))
    return Contradiction(
        targets=names,
        worlds=int(np.all([np.isfinite(needed[name]) for name in names], axis=0).sum()),
        discrepancy={name: float(needed[name][best]) for name in names},
        stated={name: stated[name] for name in names},
        factor=float(factors[:, best].max()),
    )
