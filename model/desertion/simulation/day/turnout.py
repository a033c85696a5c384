"""Part 6 of a day, turnout in the street: people at home by the turnout that would bring them out, a count per community."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel
from desertion.rules.draws import TURNOUT, normals
from desertion.simulation.world import codes
from desertion.simulation.world.fields import World
from desertion.simulation.world.people import who

STREET_BINS = 129
STREET_GRID = 64.0  # thresholds are rounded up to 1/64 and held to [0, 2]


@kernel
def street_bin(w: World, i: int) -> int:
    """A person's turnout threshold as a bin: he turns out when 64 times what he saw has reached it."""
    f = w.force_of[i]
    normal = normals(w.seed, who(w, i), TURNOUT, 0)[0]
    threshold = w.forces[f].protest_mean + w.forces[f].protest_spread * normal
    place = math.ceil(min(max(threshold, 0.0), 2.0) * STREET_GRID)
    return min(place, STREET_BINS - 1)


@kernel
def seen_bin(seen: float, push: float, weight: float) -> int:
    """The highest bin that turns out, given turnout last seen and push; -1 if nobody does."""
    return math.floor(min(max(seen + weight * push, -1.0), 2.0) * STREET_GRID)


@kernel
def fill_streets(w: World) -> None:
    """Count people at home by threshold, where protest is represented."""
    for f in range(len(w.people)):
        refill_street(w, f)


@kernel
def refill_street(w: World, f: int) -> None:
    """Count a force's people at home anew, at the start and after protest was switched on or thresholds moved."""
    for c in range(len(w.community_force)):
        if w.community_force[c] == f:
            w.street[c, :] = 0
    if w.forces[f].protest > 0.0:
        for i in range(w.person_first[f], w.person_first[f] + w.people[f]):
            if w.status[i] == codes.HOME:
                w.street[w.community[i], street_bin(w, i)] += 1


@kernel
def turned_out(w: World, c: int, seen: float, push: float) -> int:
    """How many people of a community turn out (compiled form: a sum over bins)."""
    f = w.community_force[c]
    top = seen_bin(seen, push, w.forces[f].protest_push)
    total = 0
    for place in range(min(top, STREET_BINS - 1) + 1):
        total += w.street[c, place]
    return total
