"""Personal ties: a small-world graph within each home community, with a few across, or a graph that a user brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from desertion.compiled import kernel
from desertion.draws import (
    TIES,
    u64,
    words,
)
from desertion.graph import read_edges
from desertion.threads import Team
from desertion.world import Array, World

if TYPE_CHECKING:
    from desertion.scenario import Scenario


def draw_ties(w: World, scenario: Scenario, threads: int = 1) -> dict[str, Array]:
    """Everybody's ties: where a person's begin in the list of their other ends, and that list.

    Args:
        w: The world with its people.
        scenario: A sized scenario.
        threads: Threads that draw; they change no tie.
    """
    if scenario.graph is not None:
        edges = read_edges(scenario.graph, len(w.status))
        return _csr(edges[:, 0], edges[:, 1], len(w.status))
    half = np.array([force.degree // 2 for force in scenario.forces], np.int64)
    if not half.any():
        return {"tie_start": np.zeros(len(w.status) + 1, np.int64), "tie_to": np.zeros(0, np.int32)}
    across = np.array([force.across for force in scenario.forces])
    rewire = np.array([force.rewire for force in scenario.forces])
    other = np.full((len(w.status), int(half.max())), -1, np.int32)
    Team(w, threads).spread(_draw_small_world, len(w.community_force), half, across, rewire, other)
    start, to = _pack_ties(other)
    return {"tie_start": start, "tie_to": to}


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
    """Small-world ties: a ring within each community, some ends rewired within it and some across the force."""
    for c in range(first, last):
        f = w.community_force[c]
        n = w.community_size[c]
        reach = min(half[f], (n - 1) // 2)
        step = _stride(n)
        for p in range(n):
            i = _member(w, c, (p * step) % n)
            who = w.force_key[f] + i - w.person_first[f]
            block = words(w.seed, who, TIES, 0)
            for j in range(reach):
                if j % 4 == 0 and j > 0:
                    block = words(w.seed, who, TIES, j // 4)
                word = block[j % 4]
                chance = float(word >> u64(32)) / 4294967296.0
                place = int(word & u64(0xFFFFFFFF))
                to = _member(w, c, ((p + j + 1) % n * step) % n)
                if chance < across[f]:
                    found = w.person_first[f] + ((place * w.people[f]) >> 32)
                    to = found if found != i else to
                elif chance < across[f] + rewire[f]:
                    found = _member(w, c, (place * n) >> 32)
                    to = found if found != i else to
                other[i, j] = to


@kernel
def _pack_ties(other: Array) -> tuple[Array, Array]:
    n, width = other.shape
    start = np.zeros(n + 1, np.int64)
    for i in range(n):
        for j in range(width):
            if other[i, j] >= 0:
                start[i + 1] += 1
                start[other[i, j] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    to = np.empty(start[n], np.int32)
    at = start[:-1].copy()
    for i in range(n):
        for j in range(width):
            k = other[i, j]
            if k >= 0:
                to[at[i]] = k
                at[i] += 1
                to[at[k]] = i
                at[k] += 1
    return start, to
