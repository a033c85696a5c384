"""Personal ties: a small-world graph within each home community, with a few across, or a graph that a user brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from desertion.engine.compile import kernel
from desertion.engine.threads import Team
from desertion.rules.draws import TIES, u64, words
from desertion.scenario.edges import read_edges
from desertion.simulation.world.fields import Array, World
from desertion.simulation.world.people import who

if TYPE_CHECKING:
    from desertion.scenario import Scenario


def draw_ties(w: World, team: Team, scenario: Scenario) -> dict[str, Array]:
    """Everybody's ties: where a person's begin in the list of their other ends, and that list.

    Args:
        w: The world with its people.
        team: Threads that draw; they change no tie.
        scenario: A sized scenario.
    """
    if scenario.graph is not None:
        edges = read_edges(scenario.graph, len(w.status)).ties
        return _csr(edges[:, 0], edges[:, 1], len(w.status))
    half = np.array([force.degree // 2 for force in scenario.forces], np.int64)
    if not half.any():
        return {"tie_start": np.zeros(len(w.status) + 1, np.int64), "tie_to": np.zeros(0, np.int32)}
    across = np.array([force.across for force in scenario.forces])
    rewire = np.array([force.rewire for force in scenario.forces])
    persons = len(w.status)
    other = _scratch(w, int(half.max()))
    team.spread(_draw_small_world, len(w.community_force), half, across, rewire, other)
    start = np.zeros(persons + 1, np.int64)
    team.spread(_count_ties, persons, other, start)
    to = np.empty(_add_up(start), np.int32)
    team.spread(_fill_ties, persons, other, start, to)
    _move_back(start)
    return {"tie_start": start, "tie_to": to}


def _scratch(w: World, width: int) -> Array:
    """Room for the other ends of the ties that each person draws: that of his clocks, which are set later.

    Memory that is used for the first time costs far more than memory that is used again.
    """
    persons = len(w.status)
    if 2 * w.target.shape[1] >= width:
        return w.target.view(np.int32)[:, :width]
    return np.empty((persons, width + 1), np.int32)[:, :width]  # a kernel compiles anew for rows without a gap


def _csr(a: Array, b: Array, n: int) -> dict[str, Array]:
    ends, others = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.argsort(ends, kind="stable")
    start = np.searchsorted(ends[order], np.arange(n + 1)).astype(np.int64)
    return {"tie_start": start, "tie_to": others[order].astype(np.int32)}


@kernel
def _member(w: World, c: int, j: int) -> int:
    """The j-th member of a community: reservists, then civilians, then the soldiers who come from there."""
    n = w.reservists_end[c] - w.reservists_start[c]
    if j < n:
        return w.reservists_start[c] + j
    j -= n
    n = w.civilians_end[c] - w.civilians_start[c]
    if j < n:
        return w.civilians_start[c] + j
    return w.soldiers_first[c] + j - n


@kernel
def _stride(n: int) -> int:
    """A step that visits all of n places, near the golden section, so that neighbours on the ring mix kinds."""
    step = max(1, int(0.6180339887 * n))
    while step < n:
        a, b = n, step
        while b:
            a, b = b, a % b
        if a == 1:
            return step
        step += 1
    return 1


@kernel
def _draw_small_world(w: World, first: int, last: int, half: Array, across: Array, rewire: Array, other: Array) -> None:
    """Small-world ties: a ring within each community, some ends rewired within it and some across the force.

    For each community: (1) its members stand on a ring in an order that mixes kinds; (2) each ties himself to the next `half` on the ring; (3) a draw of
    his own, one word a tie, moves some ends to anybody of the force and some to anybody of the community, unless that is himself.
    """
    for c in range(first, last):
        f = w.community_force[c]
        n = w.community_size[c]
        reach = min(half[f], (n - 1) // 2)
        step = _stride(n)
        for p in range(n):
            i = _member(w, c, (p * step) % n)
            key = who(w, i)
            block = words(w.seed, key, TIES, 0)
            other[i, reach:] = -1
            for j in range(reach):
                if j % 4 == 0 and j > 0:
                    block = words(w.seed, key, TIES, j // 4)
                word = block[j % 4]
                chance = float(word >> u64(32)) / 4294967296.0
                place = int(word & u64(0xFFFFFFFF))
                to = _member(w, c, ((p + j + 1) % n * step) % n)
                if chance < across[f]:
                    drawn = w.person_first[f] + ((place * w.people[f]) >> 32)
                    to = drawn if drawn != i else to
                elif chance < across[f] + rewire[f]:
                    drawn = _member(w, c, (place * n) >> 32)
                    to = drawn if drawn != i else to
                other[i, j] = to


@kernel
def _count_ties(_w: World, first: int, last: int, other: Array, start: Array) -> None:
    """Count the ties of the persons first, ..., last - 1, each one place after his own in `start`."""
    n, width = other.shape
    for i in range(n):
        for j in range(width):
            end = other[i, j]
            if end >= 0:
                if first <= i < last:
                    start[i + 1] += 1
                if first <= end < last:
                    start[end + 1] += 1


@kernel
def _add_up(start: Array) -> int:
    """Turn counts into places where lists begin; how many there are in all."""
    for i in range(len(start) - 1):
        start[i + 1] += start[i]
    return start[-1]


@kernel
def _fill_ties(_w: World, first: int, last: int, other: Array, start: Array, to: Array) -> None:
    """List the other ends of the ties of the persons first, ..., last - 1; each person's place in `start` moves to the end of his list."""
    n, width = other.shape
    for i in range(n):
        for j in range(width):
            end = other[i, j]
            if end >= 0:
                if first <= i < last:
                    to[start[i]] = end
                    start[i] += 1
                if first <= end < last:
                    to[start[end]] = i
                    start[end] += 1


@kernel
def _move_back(start: Array) -> None:
    """Move places from the ends of lists back to their beginnings."""
    for i in range(len(start) - 1, 0, -1):
        start[i] = start[i - 1]
    start[0] = 0
