"""Contradiction: which targets cannot be met together where no world survives, and the smallest discrepancy that would reconcile them."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context

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
        factor: the largest of them as a multiple of what is stated; infinite where nothing is.
    """

    targets: tuple[str, ...]
    worlds: int
    discrepancy: Mapping[str, float]
    stated: Mapping[str, float]
    factor: float

    def words(self) -> str:
        """The contradiction in a sentence."""
        named = " and ".join(self.targets)
        needed = ", ".join(
            f"{name} {_enough(self.discrepancy[name])} for {self.stated[name]:.2g}" for name in self.targets
        )
        times = f"{_enough(self.factor)} times" if np.isfinite(self.factor) else "more than any multiple of"
        one = len(self.targets) == 1
        head = f"no world meets {named}" if one else f"no world meets {named} together"
        of = f"of {self.worlds:,} that have {'a number for it' if one else 'numbers for all of them'}"
        return f"{head}, {of}; the smallest discrepancy that {'allows' if one else 'reconciles'} {'it' if one else 'them'} is {times} the stated one ({needed})"


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
    met = {aim.name: aim.implausibility(means[aim.name], variances[aim.name]) < cutoff for aim in aims}
    known = {name: np.isfinite(needed[name]) for name in needed}
    told = [aim for aim in aims if known[aim.name].any()]  # nothing can be said of the others
    if not told:
        return None
    meets, has = (np.column_stack([of[aim.name] for aim in told]) for of in (met, known))
    # Without numbers that no world meets together there is no set to look for, among more than anyone could go through.
    if all(meets[:, numbers].all(axis=1).any() for numbers in np.unique(has, axis=0)):
        return None
    for size in range(1, len(told) + 1):
        sets = [
            some
            for some in itertools.combinations(told, size)
            if not np.all([met[aim.name] for aim in some], axis=0).any()
            and np.all([known[aim.name] for aim in some], axis=0).any()
        ]
        if sets:
            return max((_reconciled(some, needed) for some in sets), key=lambda found: found.factor)
    return None


def _needed(aim: Aim, means: Array, variances: Array, cutoff: float) -> Array:
    """The discrepancy at which each world would just meet a target; infinite where it has no number."""
    wanted = np.sqrt(np.maximum((aim.distance(means) / cutoff) ** 2 - aim.error**2 - variances, 0.0))
    return np.where(np.isfinite(means), wanted, np.inf)


def _reconciled(aims: Sequence[Aim], needed: Mapping[str, Array]) -> Contradiction:
    wanted = np.array([needed[aim.name] for aim in aims])
    stated = np.array([[aim.discrepancy] for aim in aims])
    allowed = np.array([[np.hypot(aim.error, aim.discrepancy)] for aim in aims])
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.where(wanted > 0.0, wanted / stated, 0.0)
    # Where none is stated each is infinitely many times as large: then the least against all that is allowed.
    best = int(np.lexsort(((wanted / allowed).max(axis=0), factors.max(axis=0)))[0])
    return Contradiction(
        targets=tuple(aim.name for aim in aims),
        worlds=int(np.isfinite(wanted).all(axis=0).sum()),
        discrepancy={aim.name: float(own[best]) for aim, own in zip(aims, wanted, strict=True)},
        stated={aim.name: aim.discrepancy for aim in aims},
        factor=float(factors[:, best].max()),
    )


def _enough(number: float) -> str:
    """Two digits of a number, rounded up: with a little less the targets would still be missed."""
    return f"{float(Context(prec=2, rounding=ROUND_CEILING).create_decimal(f'{number:.12g}')):.2g}"
