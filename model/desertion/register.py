"""The register of persons: every change of status goes through `enter`, which keeps all counts true."""

from __future__ import annotations

from desertion import columns as col
from desertion.compiled import kernel
from desertion.draws import EXIT_A, EXIT_B, FRAILTY, normals, uniforms
from desertion.rules import FAR, exit_threshold, frailty
from desertion.statuses import (
    AT_BORDER,
    CALLED,
    CALLED_SKILLED,
    EMIGRATED,
    FIRST_WAY,
    HIDING,
    HIDING_OTHER,
    HIDING_SOLDIER,
    HIT,
    HOME,
    HOME_CIVILIAN,
    HOME_CIVILIAN_SKILLED,
    HOME_RESERVIST,
    HOME_RESERVIST_SKILLED,
    IN_FLIGHT,
    N_CLOCKS,
    N_ROUTES,
    ORIGINAL_BIT,
    PROTECTED,
    REFUSED,
    REFUSING,
    RESERVIST,
    SERVED_BIT,
    SERVING,
    SKILLED_BIT,
    SOLDIER,
    SUMMONED,
    THRESHOLD,
    TRAINING,
    WAY_ROUTES,
)
from desertion.street import street_bin
from desertion.world import World

NO_CLASS = -1


@kernel
def who(w: World, i: int) -> int:
    """The number from which a person's draws are made; it does not depend on other forces."""
    f = w.force_of[i]
    return w.force_key[f] + i - w.person_first[f]


@kernel
def class_of(kind: int, status: int, trait: int) -> int:
    """The class of shared hazard of a person outside his unit, -1 if he has none."""
    skilled = (trait & SKILLED_BIT) != 0
    if status == HOME:
        if kind == RESERVIST:
            return HOME_RESERVIST_SKILLED if skilled else HOME_RESERVIST
        return HOME_CIVILIAN_SKILLED if skilled else HOME_CIVILIAN
    if status == SUMMONED or status == TRAINING:
        return CALLED_SKILLED if skilled else CALLED
    if status == HIDING or status == REFUSING:
        return HIDING_SOLDIER if (trait & SERVED_BIT) != 0 else HIDING_OTHER
    return NO_CLASS


@kernel
def can_leave(status: int) -> bool:
    """Whether exit clocks run in this status."""
    return (
        status == HOME
        or status == SERVING
        or status == SUMMONED
        or status == TRAINING
        or status == HIDING
        or status == REFUSING
    )


@kernel
def is_passing(status: int) -> bool:
    """Whether somebody in this status is looked at every day by movement."""
    return not (status == HOME or status == SERVING or status >= EMIGRATED or status == PROTECTED or 5 <= status <= 7)


@kernel
def at_host(status: int) -> bool:
    """Whether somebody in this status is counted at a host."""
    return AT_BORDER <= status <= REFUSED or status == EMIGRATED


@kernel
def is_away(status: int) -> bool:
    """Whether somebody in this status is out of the country or on his way."""
    return IN_FLIGHT <= status <= REFUSED or status == EMIGRATED


@kernel
def log_frailty(w: World, i: int) -> float:
    """A person's log frailty z: his own, his first company's and his community's parts."""
    b = w.behaviour
    own = normals(w.seed, who(w, i), FRAILTY, 0)[0]
    unit, unit_variance = 0.0, 0.0
    if w.kind[i] == SOLDIER:
        f = w.force_of[i]
        unit = w.company_z[w.squad_company[first_squad(w, f, i)]]
        unit_variance = b[col.B_FRAILTY_UNIT]
    return frailty(
        own, unit, w.community_z[w.community[i]], b[col.B_FRAILTY_OWN], unit_variance, b[col.B_FRAILTY_COMMUNITY]
    )


@kernel
def first_squad(w: World, f: int, i: int) -> int:
    """The squad in which a soldier began: squads hold consecutive persons."""
    low = w.squad_first[f]
    return low + (i - w.person_first[f]) // w.squad_size[low]


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
def count_everybody(w: World) -> None:
    """Fill all counts from the persons' statuses at the start."""
    for i in range(len(w.status)):
        f, status = w.force_of[i], w.status[i]
        w.count[f, status] += 1
        cl = class_of(w.kind[i], status, w.trait[i])
        if cl >= 0:
            w.class_n[w.community[i], cl] += 1
        if (w.trait[i] & SKILLED_BIT) != 0:
            w.skilled_all[f] += 1
        if status == SERVING:
            q = w.squad[i]
            w.squad_n[q] += 1
            w.squad_original[q] += 1
            w.company_n[w.squad_company[q]] += 1
    for k in range(len(w.company_n)):
        w.company_peak[k] = w.company_n[k]


@kernel
def renew(w: World, i: int) -> None:
    """Give a person of the compiled form the full thresholds of his present spell."""
    new = thresholds(w, i, log_frailty(w, i))
    for k in range(N_CLOCKS):
        w.target[i, k] = new[k]


@kernel
def make_loose(w: World, i: int) -> None:
    """Put a person on the list of those who have their own clock."""
    w.bound[i] = 1
    w.loose[w.loose_n[0]] = i
    w.loose_n[0] += 1


@kernel
def unbind(w: World, i: int) -> None:
    """Take a person off his cell's clock: what he still lacks becomes his own."""
    if w.status[i] == SERVING:
        for k in range(N_ROUTES):
            w.target[i, k] -= w.squad_clock[w.squad[i], k]
    else:
        c, cl = w.community[i], class_of(w.kind[i], w.status[i], w.trait[i])
        for way in range(FIRST_WAY[cl], FIRST_WAY[cl + 1]):
            w.target[i, WAY_ROUTES[way]] -= w.class_clock[c, way]
    make_loose(w, i)


@kernel
def bind(w: World, i: int) -> None:
    """Put a person on his cell's clock."""
    w.bound[i] = 2
    if w.status[i] == SERVING:
        q = w.squad[i]
        for k in range(N_ROUTES):
            w.target[i, k] += w.squad_clock[q, k]
            w.squad_low[q, k] = min(w.squad_low[q, k], w.target[i, k])
        if w.form == THRESHOLD:
            w.squad_low_theta[q] = min(w.squad_low_theta[q], w.theta[i])
        return
    c, cl = w.community[i], class_of(w.kind[i], w.status[i], w.trait[i])
    for way in range(FIRST_WAY[cl], FIRST_WAY[cl + 1]):
        k = WAY_ROUTES[way]
        w.target[i, k] += w.class_clock[c, way]
        w.class_low[c, way] = min(w.class_low[c, way], w.target[i, k])
    if w.form == THRESHOLD:
        w.class_low_theta[c, cl] = min(w.class_low_theta[c, cl], w.theta[i])


@kernel
def may_bind(status: int, kind: int, touched: int) -> bool:
    """Whether a person's clock is his cell's own: at home or in his unit, untouched by personal ties."""
    if touched != 0:
        return False
    return status == SERVING or (status == HOME and kind != SOLDIER)


@kernel
def bind_residents(w: World, first: int, last: int) -> None:
    """Draw the thresholds of people at home in the communities first, ..., last - 1 and put them on their classes' clocks (start)."""
    for c in range(first, last):
        w.class_low[c] = FAR
        w.class_low_theta[c] = 1e300
        for i in range(w.reservists_start[c], w.reservists_end[c]):
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
        w.squad_low_theta[q] = 1e300
        for j in range(w.squad_founders[q]):
            i = w.slots[q, j]
            renew(w, i)
            bind(w, i)
            _face_fire(w, i, q)


@kernel
def _face_fire(w: World, i: int, q: int) -> None:
    """Put a person on his squad's clock of being hit, which runs for all who serve in it, whatever ties tell them."""
    w.target[i, HIT] += w.squad_clock[q, HIT]
    w.squad_low[q, HIT] = min(w.squad_low[q, HIT], w.target[i, HIT])


@kernel
def _leave_slot(w: World, i: int) -> None:
    q = w.squad[i]
    if w.lazy:
        w.target[i, HIT] -= w.squad_clock[q, HIT]
    for j in range(w.squad_size[q]):
        if w.slots[q, j] == i:
            w.slots[q, j] = -1
            break
    w.squad_n[q] -= 1
    w.company_n[w.squad_company[q]] -= 1
    if (w.trait[i] & ORIGINAL_BIT) != 0:
        w.squad_original[q] -= 1


@kernel
def _take_slot(w: World, i: int, q: int) -> None:
    if w.squad[i] != q:
        w.trait[i] &= ~ORIGINAL_BIT & 0xFF
    w.squad[i] = q
    if w.lazy:
        _face_fire(w, i, q)
    for j in range(w.squad_size[q]):
        if w.slots[q, j] < 0:
            w.slots[q, j] = i
            break
    w.squad_n[q] += 1
    k = w.squad_company[q]
    w.company_n[k] += 1
    w.company_peak[k] = max(w.company_peak[k], w.company_n[k])
    if (w.trait[i] & ORIGINAL_BIT) != 0:
        w.squad_original[q] += 1
    if (w.trait[i] & SERVED_BIT) == 0:
        w.trait[i] |= SERVED_BIT
        w.served[w.force_of[i]] += 1


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
    """Change a person's status; his host must be set before, his squad too where he begins to serve."""
    old, f, c = w.status[i], w.force_of[i], w.community[i]
    if w.lazy and w.bound[i] == 2:
        unbind(w, i)
    cl = class_of(w.kind[i], old, w.trait[i])
    if cl >= 0:
        w.class_n[c, cl] -= 1
    if old == SERVING:
        _leave_slot(w, i)
    if old == HOME and w.forces[f, col.F_PROTEST] > 0.0:
        w.street[c, street_bin(w, i)] -= 1
    if at_host(old):
        w.host_count[w.host[i], f, old] -= 1
    _count_skilled(w, i, old, -1)
    w.count[f, old] -= 1
    w.count[f, status] += 1
    w.status[i] = status
    w.since[i] = day
    cl = class_of(w.kind[i], status, w.trait[i])
    if cl >= 0:
        w.class_n[c, cl] += 1
    if status == HOME and w.forces[f, col.F_PROTEST] > 0.0:
        w.street[c, street_bin(w, i)] += 1
    if at_host(status):
        w.host_count[w.host[i], f, status] += 1
    _count_skilled(w, i, status, 1)
    if is_passing(status) and w.is_active[i] == 0:
        w.is_active[i] = 1
        w.active[w.active_n[0]] = i
        w.active_n[0] += 1
    if w.lazy and w.bound[i] == 0 and can_leave(status):
        make_loose(w, i)


@kernel
def _count_skilled(w: World, i: int, status: int, step: int) -> None:
    if (w.trait[i] & SKILLED_BIT) == 0:
        return
    f = w.force_of[i]
    if is_away(status):
        w.skilled_gone[f] += step
    if status == PROTECTED or status == EMIGRATED:
        w.host_skilled[w.host[i], f] += step


@kernel
def post(w: World, i: int, q: int, day: int) -> None:
    """Put a person into squad `q`, serving."""
    # The slot is taken after the old status has been left, so that a man moving within his squad frees his place first.
    enter(w, i, SERVING, day)
    _take_slot(w, i, q)


@kernel
def new_spell(w: World, i: int) -> None:
    """Begin a new spell: new thresholds, so that a man who came back may leave again."""
    w.spell[i] += 1
    if w.lazy:
        renew(w, i)
