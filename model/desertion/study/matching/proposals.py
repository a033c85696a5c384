"""Proposals: worlds drawn by the chance that they will be kept, as the emulators of the runs so far see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from desertion.study.arrays import Array
from desertion.study.matching.aims import Aim
from desertion.study.matching.emulator import Emulator
from desertion.study.matching.space import Space

_EVEN = 13
"""2^13 places are looked at first, spread evenly."""
_KNOWN = 200
"""Worlds that were run, the least implausible, from which chains may start as well."""
_CHAINS = 128
"""Chains for each word, at least."""
_WIDTHS = (0.2, 0.1, 0.05) * 4
"""Widths of the steps of a chain under each power."""
_POWERS = (1.0, 2.0, 4.0, 8.0)
"""Up to which the chance may be raised, step by step."""
_HOPED = 0.1
"""Mean chance from which a wave asks for no more: the power is the lowest under which it is reached. Under a high one worlds lie where emulators are surest, and
far from every tipping point: with 0.2 powers of 4 and 8 were taken for Russia, and R stayed below 0.25 where the chance itself reaches 0.77."""
_PROBES = 0.2
"""Share of a wave that is drawn by the chance itself, so that what emulators take for hopeless is run as well."""
_HOPELESS = 0.1
"""Of the best word's mean chance, below which a word gets half as many worlds."""
_TRIES = 100
"""Steps from a world that was run before to one that was not."""
_LEAST = 1e-6
"""Chance by one target below which it makes no difference: an emulator that is wrong must not close a place for ever."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The emulators of one wave.

    Attributes:
        emulators: by target.
        active: inputs that each looks at.
        chance: by target, variance of the mean of as many runs as a kept world has.
        cutoff: implausibility from which a world is ruled out.
    """

    emulators: Mapping[str, Emulator]
    active: Mapping[str, tuple[str, ...]]
    chance: Mapping[str, float]
    cutoff: float

    def log_chance(self, space: Space, shares: Array, aims: Sequence[Aim]) -> Array:
        """Logarithm of the chance that a world is kept, as if targets were missed independently; a target of which nothing was learnt has no say."""
        found = np.zeros(len(shares))
        for aim in aims:
            emulator = self.emulators.get(aim.name)
            if emulator is not None and emulator.kind != "none":
                places = space.encoded(shares, self.active[aim.name])
                kept = aim.kept_between(self.chance[aim.name], self.cutoff)
                found += np.log(np.maximum(emulator.chance_between(places, *kept, self.chance[aim.name]), _LEAST))
        return found


@dataclass(frozen=True, kw_only=True)
class Proposals:
    """Places that are to be run.

    Attributes:
        shares: the places, shape (worlds, inputs).
        volume: mean chance of evenly spread places: what share of the ranges would be kept.
    """

    shares: Array
    volume: float


def propose(space: Space, outlook: Outlook, aims: Sequence[Aim], count: int, seed: int, known: Array) -> Proposals:
    """Places drawn by a power of their chance to be kept, for each word of the first list of words apart.

    A fifth is drawn by the chance itself. The power of the others is the smallest under which a tenth of them may be kept: with it worlds are sought
    where they are likeliest while emulators know little, and spread over all that is left once they know more. Nothing is ever ruled out for good:
    an emulator that is wrong has the next wave to learn it from. Chains (Metropolis et al. 1953) start from evenly spread and known places.

    Args:
        space: the inputs.
        outlook: emulators of the runs so far.
        aims: the targets.
        count: places wanted; 0 for none, and only the volume is found.
        seed: of the draws.
        known: places of all worlds that were run, the least implausible first; none of them is proposed.
    """
    rng = np.random.default_rng(seed)
    start = space.spread(_EVEN, seed)
    logs = outlook.log_chance(space, start, aims)
    volume = float(np.exp(logs).mean())
    if not count:
        return Proposals(shares=start[:0], volume=volume)
    near = known[:_KNOWN]
    start, logs = np.concatenate([start, near]), np.concatenate([logs, outlook.log_chance(space, near, aims)])
    word = space.word_of(start)
    number = np.repeat(np.arange(space.word_count), max(_CHAINS, 2 * count // space.word_count))
    power = np.zeros(len(number))
    places, here = np.empty((len(number), start.shape[1])), np.empty(len(number))
    probes = places
    for highest in _POWERS:
        for own in range(space.word_count):
            chains, pool = number == own, word == own
            if pool.any():
                before = power[chains][0]
                power[chains] = _raised(logs[pool], before, highest)
                chosen = _drawn(logs[pool] * (power[chains][0] - before), int(chains.sum()), rng)
                places[chains] = start[pool][chosen]
        here = outlook.log_chance(space, places, aims)
        for width in _WIDTHS:
            there = space.step(places, width, rng)
            logs_there = outlook.log_chance(space, there, aims)
            moves = np.log(rng.random(len(there))) < power * (logs_there - here)
            places[moves], here[moves] = there[moves], logs_there[moves]
        if highest == _POWERS[0]:
            probes = places.copy()
        start, logs, word = places.copy(), here.copy(), number
    found = _shared_out(places, probes, np.exp(here), number, count, rng)
    return Proposals(shares=_unrun(space, found, known, rng), volume=volume)


def _raised(logs: Array, power: float, highest: float) -> float:
    """The lowest power, from that by which places were drawn, under which their mean chance is the one hoped for; at least the first, at most the highest."""

    def short(raised: float) -> float:
        return float(np.average(np.exp(logs), weights=np.exp((raised - power) * (logs - logs.max())))) - _HOPED

    lowest = max(power, _POWERS[0])
    if short(lowest) >= 0.0:
        return lowest
    return highest if short(highest) < 0.0 else float(brentq(short, lowest, highest))


def _drawn(logs: Array, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows drawn in proportion to their weights, evenly (Kitagawa 1996)."""
    weights = np.cumsum(np.exp(logs - logs.max()))
    return np.searchsorted(weights, (np.arange(count) + rng.random()) / count * weights[-1])


def _shared_out(
    places: Array,
    probes: Array,
    chances: Array,
    number: NDArray[np.int64],
    count: int,
    rng: np.random.Generator,
) -> Array:
    """So many places: equally many of each word, but half as many of one that has hardly a chance."""
    words = np.unique(number)
    mean = np.array([chances[number == word].mean() for word in words])
    share = np.where(mean < _HOPELESS * mean.max(), 0.5, 1.0)
    ends = np.round(np.cumsum(share) / share.sum() * count).astype(int)
    chosen = []
    for word, wanted in zip(words, np.diff(ends, prepend=0), strict=True):
        own = np.flatnonzero(number == word)
        probing = round(_PROBES * wanted)
        chosen += [
            probes[rng.choice(own, probing, replace=False)],
            places[rng.choice(own, wanted - probing, replace=False)],
        ]
    return np.concatenate(chosen)


def _unrun(space: Space, places: Array, known: Array, rng: np.random.Generator) -> Array:
    """The places, each moved until it is no world that was run or stands before it: the same world twice would teach nothing and count twice.

    Where all inputs are lists there may be no other world; after so many steps a place stays.
    """
    found = places.copy()
    told = {tuple(point.values()) for point in space.points(known)}
    for place in range(len(found)):
        own, world = found[place : place + 1], ()
        for _ in range(_TRIES):
            world = tuple(space.points(own)[0].values())
            if world not in told:
                break
            own[:] = space.step(own, _WIDTHS[-1], rng)
        told.add(world)
    return found
