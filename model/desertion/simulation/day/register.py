"""The register of persons: every change of status goes through `enter`, which keeps all counts true."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.simulation.clocks.resting import give_own_clock
from desertion.simulation.clocks.targets import face_fire, list_own_clock, renew
from desertion.simulation.day.hidden import pass_on
from desertion.simulation.day.turnout import street_bin
from desertion.simulation.world import codes
from desertion.simulation.world.fields import World
from desertion.simulation.world.people import at_host, can_leave, class_of, is_away, is_passing


@kernel
def count_everybody(w: World) -> None:
    """Fill all counts from the persons' statuses at the start."""
    for i in range(len(w.status)):
        f, status = w.force_of[i], w.status[i]
        w.count[f, status] += 1
        cl = class_of(w.kind[i], status, w.trait[i])
        if cl >= 0:
            w.class_n[w.community[i], cl] += 1
        if (w.trait[i] & codes.SKILLED_BIT) != 0:
            w.skilled_all[f] += 1
        if status == codes.SERVING:
            q = w.squad[i]
            w.squad_n[q] += 1
            w.squad_original[q] += 1
            w.company_n[w.squad_company[q]] += 1
    for company in range(len(w.company_n)):
        w.company_peak[company] = w.company_n[company]


@kernel
def _leave_slot(w: World, i: int) -> None:
    """Free a person's place in his squad; what he lacks until he is hit becomes his own."""
    q = w.squad[i]
    if w.has_clocks:
        w.target[i, codes.HIT] -= w.squad_clock[q, codes.HIT]
    for j in range(w.squad_size[q]):
        if w.slots[q, j] == i:
            w.slots[q, j] = -1
            break
    w.squad_n[q] -= 1
    w.company_n[w.squad_company[q]] -= 1
    if (w.trait[i] & codes.ORIGINAL_BIT) != 0:
        w.squad_original[q] -= 1


@kernel
def _take_slot(w: World, i: int, q: int) -> None:
    """Give a person a place in a squad; who comes from another is none of its original members."""
    if w.squad[i] < 0:
        w.served[w.force_of[i]] += 1
    if w.squad[i] != q:
        w.trait[i] &= ~codes.ORIGINAL_BIT & 0xFF
    w.squad[i] = q
    if w.has_clocks:
        face_fire(w, i, q)
    for j in range(w.squad_size[q]):
        if w.slots[q, j] < 0:
            w.slots[q, j] = i
            break
    w.squad_n[q] += 1
    company = w.squad_company[q]
    w.company_n[company] += 1
    w.company_peak[company] = max(w.company_peak[company], w.company_n[company])
    if (w.trait[i] & codes.ORIGINAL_BIT) != 0:
        w.squad_original[q] += 1
    w.trait[i] |= codes.SERVED_BIT


@kernel
def vacancy(w: World, i: int) -> int:
    """A squad with room for a person: his own, one of his home community, else the next in the force; -1 if there is none."""
    q = w.squad[i]
    if q >= 0 and w.squad_n[q] < w.squad_size[q]:
        return q
    c, f = w.community[i], w.force_of[i]
    for j in range(w.squads_start[c], w.squads_start[c + 1]):
        q = w.squads_of[j]
        if w.squad_n[q] < w.squad_size[q]:
            return q
    n = len(w.squad_n)
    for step in range(n):
        q = (w.post_cursor[f] + step) % n  # goes on where the last search ended, so that posting costs little
        if w.squad_force[q] == f and w.squad_n[q] < w.squad_size[q]:
            w.post_cursor[f] = q
            return q
    return -1


@kernel
def enter(w: World, i: int, status: int, day: int) -> None:
    """Change a person's status; his host must be set before, his squad too where he begins to serve.

    (1) He gets a clock of his own, with all days that are over added up: his targets mean something only under the old status and traits. (2) He
    leaves all counts of his old status, his slot, his street and his host. (3) He joins those of the new one. (4) Whoever begins to pass, or to be able
    to leave, is put on that list. Invariant: between calls, every count (`count`, `class_n`, `host_count`, `street`, `skilled_gone`, `host_skilled`,
    `squad_n`, `company_n`) is the number of persons whose own fields say so; kernels read the counts and never count people.
    """
    old, f, c = w.status[i], w.force_of[i], w.community[i]
    if w.has_clocks:
        give_own_clock(w, i)
    cl = class_of(w.kind[i], old, w.trait[i])
    if cl >= 0:
        w.class_n[c, cl] -= 1
    if old == codes.SERVING:
        _leave_slot(w, i)
    if old == codes.HOME and w.forces[f].protest > 0.0:
        w.street[c, street_bin(w, i)] -= 1
    if at_host(old):
        w.host_count[w.host[i], f, old] -= 1
    if old == codes.HIDING:
        w.hidden[2 * w.person_first[f] + w.place[i]] = -1
    _count_skilled(w, i, old, -1)
    w.count[f, old] -= 1
    w.count[f, status] += 1
    w.status[i] = status
    w.since[i] = day
    cl = class_of(w.kind[i], status, w.trait[i])
    if cl >= 0:
        w.class_n[c, cl] += 1
    if status == codes.HOME and w.forces[f].protest > 0.0:
        w.street[c, street_bin(w, i)] += 1
    if at_host(status):
        w.host_count[w.host[i], f, status] += 1
    _count_skilled(w, i, status, 1)
    if is_passing(status):
        pass_on(w, i)
    elif w.is_active[i] == codes.HIDDEN:
        w.is_active[i] = 0
    if w.has_clocks and w.bound[i] == codes.NOBODYS and can_leave(status):
        list_own_clock(w, i)


@kernel
def _count_skilled(w: World, i: int, status: int, step: int) -> None:
    """Add `step` (1 or -1) skilled persons to those who are away and to those who live at a host, if this person is one of them in `status`."""
    if (w.trait[i] & codes.SKILLED_BIT) == 0:
        return
    f = w.force_of[i]
    if is_away(status):
        w.skilled_gone[f] += step
    if status == codes.PROTECTED or status == codes.EMIGRATED:
        w.host_skilled[w.host[i], f] += step


@kernel
def post(w: World, i: int, q: int, day: int) -> None:
    """Put a person into squad `q`, serving."""
    # The slot is taken after the old status has been left, so that a man moving within his squad frees his place first.
    enter(w, i, codes.SERVING, day)
    _take_slot(w, i, q)


@kernel
def new_spell(w: World, i: int) -> None:
    """Begin a new spell: new thresholds, so that a man who came back may leave again."""
    w.spell[i] += 1
    w.stay[w.room[i], codes.STAYS_BEGUN] = 0
    if w.has_clocks:
        renew(w, i)
