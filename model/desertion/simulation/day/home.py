"""Part 6 of a day: home states, with legitimacy, the street, lost output, and the fall of governments and forces."""

from __future__ import annotations

import numpy as np

from desertion.engine.compile import kernel
from desertion.rules.home import legitimacy
from desertion.rules.ticks import kept
from desertion.simulation.day.news import passing_now
from desertion.simulation.day.turnout import turned_out
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Array, World

HOURS = 24.0  # of a day: the half-life of what prisoners know is stated in hours


@kernel
def is_protest_day(w: World, f: int, day: int) -> bool:
    """Whether people of a force's country can turn out today."""
    since, every = day - int(w.forces[f].protest_first), int(w.forces[f].protest_every)
    return can_protest(w, f) and day > 0 and since >= 0 and since % every == 0


@kernel
def can_protest(w: World, f: int) -> bool:
    """Whether there are protest days in a force's country: not where its government has fallen."""
    return w.forces[f].protest > 0.0 and w.fallen[f] < 0


@kernel
def seen_turnout(w: World, c: int) -> float:
    """Turnout that a community last saw: its own, and news of all that passes censorship."""
    f = w.community_force[c]
    local = w.forces[f].protest_local
    return local * w.turnout[c] + (1.0 - local) * w.turnout_news[f]


@kernel
def street_push(w: World, c: int) -> float:
    """What drives people into the street besides turnout: doubt and shared shocks, in log-hazard units."""
    f = w.community_force[c]
    doubt = w.reference[f].legitimacy - w.legitimacy[f]
    return w.behaviour[0].push_legitimacy * doubt + w.community_shock[c]


@kernel
def count_streets(w: World, day: int, turned: Array) -> None:
    """How many turn out in each community today (compiled form)."""
    for c in range(len(w.community_force)):
        turned[c] = 0
        if is_protest_day(w, w.community_force[c], day):
            turned[c] = turned_out(w, c, seen_turnout(w, c), street_push(w, c))


@kernel
def count_people(w: World, turned: Array) -> Array:
    """Turnout as a share of each force's people."""
    street = np.zeros(len(w.people))
    for c in range(len(w.community_force)):
        street[w.community_force[c]] += turned[c]
    for f in range(len(w.people)):
        street[f] /= w.people[f]
    return street


@kernel
def march(w: World, day: int, turned: Array) -> None:
    """Publish today's turnout; the police dampen what is seen of it."""
    for f in range(len(w.people)):
        if not is_protest_day(w, f, day):
            continue
        total, people = 0, 0
        damp = 1.0 - w.forces[f].protest_police
        for c in range(len(w.community_force)):
            if w.community_force[c] == f:
                total += turned[c]
                people += w.community_size[c]
                w.turnout[c] = damp * turned[c] / max(1, w.community_size[c])
        w.turnout_news[f] = passing_now(w, f) * damp * total / people


@kernel
def govern(w: World, day: int, street: Array) -> None:
    """Move legitimacy, output and collapse for every force; `street` is turnout today as a share of the people."""
    for f in range(len(w.people)):
        _legitimacy(w, f, street[f])
        _output(w, f)
        _strength(w, f, day)
    fell = 0
    for f in range(len(w.people)):
        if w.fallen[f] < 0 and w.legitimacy[f] < w.forces[f].legitimacy_floor:
            w.fallen[f] = day
            fell += 1
    # A street in which nobody can turn out again drives nobody; its last turnout would otherwise be seen for ever.
    for c in range(len(w.community_force)):
        if not can_protest(w, w.community_force[c]):
            w.turnout[c] = 0.0
    # Felt once all of today's falls are known: no force's place in the list matters.
    for f in range(len(w.people)):
        if fell > 0 and w.fallen[f] < 0:
            w.legitimacy[f] = max(0.0, w.legitimacy[f] - fell * w.forces[f].legitimacy_coupling)


@kernel
def _legitimacy(w: World, f: int, street: float) -> None:
    """Move a force's legitimacy by what is seen of today: leavers and hit as far as news passes, turnout, a ban that is new."""
    force = w.forces[f]
    leavers = 0
    for route in range(codes.N_ROUTES):
        leavers += w.counts_today[f, route]
    hit = w.counts_today[f, codes.C_WOUNDED] + w.counts_today[f, codes.C_KILLED] + w.counts_today[f, codes.C_CAPTURED]
    passing = passing_now(w, f)
    ban = 1.0 if force.exit_ban > 0.0 and w.ban_was[f] <= 0.0 else 0.0
    w.ban_was[f] = force.exit_ban
    w.legitimacy[f] = legitimacy(
        w.legitimacy[f],
        force.legitimacy,
        force.legitimacy_pull,
        passing * leavers / w.people[f],
        passing * hit / max(1, w.soldiers_start[f]),
        street,
        ban,
        force.legitimacy_exits,
        force.legitimacy_casualties,
        force.legitimacy_turnout,
        force.legitimacy_ban,
    )


@kernel
def _output(w: World, f: int) -> None:
    """Skilled people gone are felt in supply with a lag."""
    share = w.skilled_gone[f] / w.skilled_all[f] if w.skilled_all[f] > 0 else 0.0
    pull = 1.0 - kept(w.forces[f].output_lag, 1.0)
    w.output_gap[f] += pull * (share - w.output_gap[f])


@kernel
def _strength(w: World, f: int, day: int) -> None:
    """Work out effective strength, whether the force breaks today, and what its prisoners' knowledge is worth to the captor."""
    force = w.forces[f]
    w.effective[f] = max(0.0, w.count[f, codes.SERVING] - force.bearers * w.counts_today[f, codes.C_WOUNDED])
    if w.collapsed[f] < 0 and w.soldiers_start[f] > 0 and w.effective[f] < w.breakpoint[f] * w.soldiers_start[f]:
        w.collapsed[f] = day
    taken = w.counts_today[f, codes.C_CAPTURED] + w.counts_today[f, codes.SURRENDER]
    b = w.behaviour[0]
    w.information[f] = w.information[f] * kept(b.information_half_life, HOURS) + taken * b.information_value
