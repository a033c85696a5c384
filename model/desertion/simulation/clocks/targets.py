"""Clocks of the compiled form: what each person lacks until he leaves, on his own clock or on that of his squad or class."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.draws import EXIT_A, EXIT_B, FRAILTY, normals, uniforms
from desertion.rules.hazard import THRESHOLD, frailty
from desertion.rules.ticks import FAR, exit_threshold
from desertion.simulation.world import codes
from desertion.simulation.world.codes import DOOR_ROUTES, FIRST_DOOR
from desertion.simulation.world.fields import BLOCK, World
from desertion.simulation.world.people import class_of, who

NO_THRESHOLD = 1e300  # the lowest threshold of nobody (threshold form)


@kernel
def log_frailty(w: World, i: int) -> float:
    """A person's log frailty z: his own, his first company's and his community's parts."""
    b = w.behaviour[0]
    own = normals(w.seed, who(w, i), FRAILTY, 0)[0]
    unit, unit_variance = 0.0, 0.0
    if w.kind[i] == codes.SOLDIER:
        # Squads hold consecutive persons at the start.
        f = w.force_of[i]
        squad = w.squad_first[f]
        squad += (i - w.person_first[f]) // w.squad_size[squad]
        unit = w.company_z[w.squad_company[squad]]
        unit_variance = b.frailty_unit
    return frailty(own, unit, w.community_z[w.community[i]], b.frailty_own, unit_variance, b.frailty_community)


@kernel
def thresholds(w: World, i: int, z: float) -> tuple[int, int, int, int, int, int]:
    """The six thresholds of a person's present spell, in ticks of his group's clock: five routes and being hit."""
    key, spell = who(w, i), w.spell[i]
    a, b, c, d = uniforms(w.seed, key, EXIT_A, spell)
    e, hit, _, _ = uniforms(w.seed, key, EXIT_B, spell)
    return (
        exit_threshold(a, z),
        exit_threshold(b, z),
        exit_threshold(c, z),
        exit_threshold(d, z),
        exit_threshold(e, z),
        exit_threshold(hit, 0.0),
    )


@kernel
def renew(w: World, i: int) -> None:
    """Give a person of the compiled form the full thresholds of his present spell."""
    new = thresholds(w, i, log_frailty(w, i))
    for clock in range(codes.N_CLOCKS):
        w.target[i, clock] = new[clock]


@kernel
def list_own_clock(w: World, i: int) -> None:
    """Put a person, who must not stand there yet, on the list of those who have clocks of their own."""
    w.bound[i] = codes.OWN
    w.own_clocks[w.own_clocks_n[0]] = i
    w.own_clocks_n[0] += 1


@kernel
def unbind(w: World, i: int) -> None:
    """Give a person who goes by a shared clock one of his own."""
    leave_shared_clock(w, i)
    list_own_clock(w, i)


@kernel
def leave_shared_clock(w: World, i: int) -> None:
    """Turn the targets of a person bound to a shared clock into what he still lacks; the lowest targets may stay too low, see shared.py."""
    if w.status[i] == codes.SERVING:
        for route in range(codes.N_ROUTES):
            w.target[i, route] -= w.squad_clock[w.squad[i], route]
    else:
        c, cl = w.community[i], class_of(w.kind[i], w.status[i], w.trait[i])
        for door in range(FIRST_DOOR[cl], FIRST_DOOR[cl + 1]):
            w.target[i, DOOR_ROUTES[door]] -= w.class_clock[c, door]


@kernel
def bind(w: World, i: int) -> None:
    """Put a person on the clock of his squad or class, and lower the lowest targets that are kept there to his."""
    w.bound[i] = codes.SHARED
    if w.status[i] == codes.SERVING:
        q = w.squad[i]
        for route in range(codes.N_ROUTES):
            w.target[i, route] += w.squad_clock[q, route]
            w.squad_low[q, route] = min(w.squad_low[q, route], w.target[i, route])
        if w.form == THRESHOLD:
            w.squad_low_threshold[q] = min(w.squad_low_threshold[q], w.threshold[i])
        return
    c, cl = w.community[i], class_of(w.kind[i], w.status[i], w.trait[i])
    block = _block_of(w, i, c)
    for door in range(FIRST_DOOR[cl], FIRST_DOOR[cl + 1]):
        route = DOOR_ROUTES[door]
        w.target[i, route] += w.class_clock[c, door]
        w.class_low[c, door] = min(w.class_low[c, door], w.target[i, route])
        w.block_low[block, door] = min(w.block_low[block, door], w.target[i, route])
    if w.form == THRESHOLD:
        w.class_low_threshold[c, cl] = min(w.class_low_threshold[c, cl], w.threshold[i])


@kernel
def _block_of(w: World, i: int, c: int) -> int:
    """The block of neighbours to which a resident of a community belongs."""
    if w.reservists_start[c] <= i < w.reservists_end[c]:
        return w.block_start[c] + (i - w.reservists_start[c]) // BLOCK
    return civilian_blocks(w, c) + (i - w.civilians_start[c]) // BLOCK


@kernel
def civilian_blocks(w: World, c: int) -> int:
    """The first block of a community's civilians."""
    return w.block_start[c] + (w.reservists_end[c] - w.reservists_start[c] + BLOCK - 1) // BLOCK


@kernel
def bind_residents(w: World, first: int, last: int) -> None:
    """Draw the thresholds of people at home in the communities first, ..., last - 1 and put them on their classes' clocks (start)."""
    for c in range(first, last):
        w.class_low[c] = FAR
        w.class_low_threshold[c] = NO_THRESHOLD
        for i in range(w.reservists_start[c], w.reservists_end[c]):
            if w.status[i] == codes.HOME:  # others are in hiding from the first day on
                renew(w, i)
                bind(w, i)
        for i in range(w.civilians_start[c], w.civilians_end[c]):
            renew(w, i)
            bind(w, i)


@kernel
def bind_squads(w: World, first: int, last: int) -> None:
    """Draw the thresholds of the men of the squads first, ..., last - 1 and put them on their squads' clocks (start)."""
    for q in range(first, last):
        w.squad_low[q] = FAR
        w.squad_low_threshold[q] = NO_THRESHOLD
        for j in range(w.squad_founders[q]):
            i = w.slots[q, j]
            renew(w, i)
            bind(w, i)
            face_fire(w, i, q)


@kernel
def face_fire(w: World, i: int, q: int) -> None:
    """Put a person on his squad's clock of being hit, which runs for all who serve in it, whatever ties tell them."""
    w.target[i, codes.HIT] += w.squad_clock[q, codes.HIT]
    w.squad_low[q, codes.HIT] = min(w.squad_low[q, codes.HIT], w.target[i, codes.HIT])
