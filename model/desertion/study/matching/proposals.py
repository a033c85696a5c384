"""Proposals: worlds that no trusted emulator rules out, spread over what is left of the ranges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.study.arrays import Array
from desertion.study.matching.aims import Aim
from desertion.study.matching.emulator import Emulator
from desertion.study.matching.space import Space

_ROUNDS = 14
"""2^14 places are looked at, spread evenly."""
_FURTHER = 12
_WIDTHS = (0.2, 0.1, 0.05)


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """The emulators of one wave.

    Attributes:
        emulators: by target.
        active: inputs that each looks at.
        chance: by target, variance of the mean of a world's runs.
        rank: how many targets must rule a place out.
        cutoff: implausibility from which a place is ruled out.
    """

    emulators: Mapping[str, Emulator]
    active: Mapping[str, tuple[str, ...]]
    chance: Mapping[str, float]
    rank: int
    cutoff: float

    def passes(self, space: Space, shares: Array, aims: Sequence[Aim]) -> NDArray[np.bool_]:
        """Whether fewer than `rank` trusted emulators rule a place out; of a place that is out the others are not asked."""
        against = np.zeros(len(shares), np.int64)
        for aim in aims:
            emulator, still = self.emulators.get(aim.name), np.flatnonzero(against < self.rank)
            if emulator is not None and emulator.trusted and len(still):
                mean, variance = emulator.predict(space.encoded(shares[still], self.active[aim.name]))
                against[still] += ~(aim.implausibility(mean, variance + self.chance[aim.name]) < self.cutoff)
        return against < self.rank


@dataclass(frozen=True, kw_only=True)
class Proposals:
    """Places that were not ruled out.

    Attributes:
        shares: the places, shape (worlds, inputs).
        left: share of evenly spread places that are left; 0 is "fewer than one in all that were looked at".
    """

    shares: Array
    left: float


def propose(
    space: Space, sieves: Sequence[Sieve], aims: Sequence[Aim], count: int, seed: int, known: Array
) -> Proposals:
    """Places that no sieve holds back, as many of each word of the first list of words as can be had.

    Args:
        space: the inputs.
        sieves: emulators of all waves so far; each must let a place pass.
        aims: the targets.
        count: places wanted.
        seed: of the draws.
        known: places of worlds that were run, the least implausible first; from these the search starts where hardly
            anything is left.
    """
    rng = np.random.default_rng(seed)
    even = space.spread(_ROUNDS, seed)
    passed = even[_pass(space, sieves, aims, even)]
    left = len(passed) / len(even)
    for number in range(_FURTHER):
        if _enough(space, passed, count):
            break
        centers = passed if len(passed) >= 5 else np.concatenate([passed, known[:20]])
        drawn = space.near(centers, len(even) // 2, _WIDTHS[number % len(_WIDTHS)], rng)
        passed = np.concatenate([passed, drawn[_pass(space, sieves, aims, drawn)]])
    return Proposals(shares=_balanced(space, passed, count, rng), left=left)


def _pass(space: Space, sieves: Sequence[Sieve], aims: Sequence[Aim], shares: Array) -> NDArray[np.bool_]:
    still = np.arange(len(shares))
    # The latest has the narrowest holes, so that the others have little left to look at.
    for sieve in reversed(sieves):
        still = still[sieve.passes(space, shares[still], aims)]
    return np.isin(np.arange(len(shares)), still)


def _enough(space: Space, shares: Array, count: int) -> bool:
    held = np.bincount(space.word_of(shares), minlength=space.word_count)
    return bool((held >= -(-count // space.word_count)).all())


def _balanced(space: Space, shares: Array, count: int, rng: np.random.Generator) -> Array:
    """Equally many places of each word, the rest from whatever there is."""
    order = rng.permutation(len(shares))
    words = space.word_of(shares[order])
    turn = np.array([np.sum(words[:place] == word) for place, word in enumerate(words[: 20 * count])], int)
    first = np.argsort(turn, kind="stable")[:count]
    return shares[order][first]
