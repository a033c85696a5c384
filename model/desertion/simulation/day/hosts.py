"""Host states: borders, claims, decisions, and what communities learn from them."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel
from desertion.rules.draws import ADMISSION, DECISION, INFILTRATOR, uniform, uniforms
from desertion.rules.refuge import carried_over
from desertion.simulation.day.flight import category_at, from_draws, set_out
from desertion.simulation.day.register import enter, new_spell
from desertion.simulation.signals.hosts import admission, is_full, takes_transit
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Array, World
from desertion.simulation.world.people import who

FORGOTTEN = 0.01  # cases: a community that remembers less than this believes what the nation believes


@kernel
def _append(w: World, queue: Array, i: int) -> None:
    w.queue_next[i] = -1
    if queue[1] >= 0:
        w.queue_next[queue[1]] = i
    else:
        queue[0] = i
    queue[1] = i
    queue[2] += 1


@kernel
def _pop(w: World, queue: Array) -> int:
    i = queue[0]
    queue[0] = w.queue_next[i]
    if queue[0] < 0:
        queue[1] = -1
    queue[2] -= 1
    return i


@kernel
def join_border_queue(w: World, i: int) -> None:
    """Stand last in the queue at the border of one's host."""
    _append(w, w.border_queue[w.host[i]], i)


@kernel
def file_claim(w: World, i: int, h: int, day: int) -> None:
    """File a claim with a host and stand last in its queue of cases."""
    enter(w, i, codes.APPLICANT, day)
    _append(w, w.case_queue[h], i)
    w.full[h] = is_full(w, h)


@kernel
def admit_all(w: World, day: int) -> None:
    """Let every border deal with its queue."""
    for h in range(len(w.hosts)):
        _admit(w, h, day)


@kernel
def _admit(w: World, h: int, day: int) -> None:
    """Deal with the queue at a border, first come first served, within the day's capacity."""
    host, queue = w.hosts[h], w.border_queue[h]
    entry = host.entry
    if entry == math.inf:
        w.border_credit[h] = float(queue[2])
    else:
        w.border_credit[h] = w.border_credit[h] + entry if entry > 0.0 else 0.0
    while w.border_credit[h] >= 1.0 and queue[0] >= 0:
        w.border_credit[h] -= 1.0
        _deal_with(w, _pop(w, queue), h, day)
    if queue[0] < 0 and entry != math.inf:
        w.border_credit[h] = carried_over(w.border_credit[h], entry)


@kernel
def _deal_with(w: World, i: int, h: int, day: int) -> None:
    host, f, cat = w.hosts[h], w.force_of[i], category_at(w, i, h)
    visa, claim, leak, _ = uniforms(w.seed, who(w, i), ADMISSION, w.host_key[h] + w.spell[i])
    w.full[h] = is_full(w, h)
    if host.border >= 2.0:
        if visa < host.visa_free[cat]:
            w.host_day[h, f, codes.D_ADMITTED] += 1
            _settle_abroad(w, i, day)
            return
        if w.full[h] == 0 and claim < admission(w, h, f, cat):
            w.host_day[h, f, codes.D_ADMITTED] += 1
            file_claim(w, i, h, day)
            return
    elif host.border >= 1.0:
        other = _onward_host(w, h, f, cat)
        if other >= 0:
            w.host_day[h, f, codes.D_PASSED] += 1
            set_out(w, i, other, day)
            return
    if leak < host.leak:
        w.host_day[h, f, codes.D_IRREGULAR] += 1
        _settle_abroad(w, i, day)
        return
    w.host_day[h, f, codes.D_TURNED_AWAY] += 1
    w.counts_today[f, codes.C_TURNED_BACK] += 1
    _send_back(w, i, day)


@kernel
def _settle_abroad(w: World, i: int, day: int) -> None:
    from_draws(w, i, codes.ABROAD, w.host_key[w.host[i]])
    enter(w, i, codes.ABROAD, day)


@kernel
def _send_back(w: World, i: int, day: int) -> None:
    """Turned away: in hiding if he served or was called, else at home; a new spell."""
    w.trait[i] &= ~codes.OUT_BIT & 0xFF
    new_spell(w, i)
    from_draws(w, i, codes.HIDING, 0)
    enter(w, i, codes.HIDING if (w.trait[i] & (codes.SERVED_BIT | codes.CALLED_BIT)) != 0 else codes.HOME, day)


@kernel
def _onward_host(w: World, h: int, f: int, cat: int) -> int:
    """The host to which a transit state passes a person on: the one most likely to admit him; -1 if none takes him."""
    best, chosen = 0.0, -1
    for other in range(len(w.hosts)):
        if w.passes_to[h, other] != 0 and takes_transit(w, other, f):
            chance = admission(w, other, f, cat)
            if chance > best:
                best, chosen = chance, other
    return chosen


@kernel
def decide_all(w: World, day: int) -> None:
    """Let every host decide its cases."""
    for h in range(len(w.hosts)):
        _decide_cases(w, h, day)


@kernel
def _decide_cases(w: World, h: int, day: int) -> None:
    """Decide cases first come first served within the day's credit, none before its least duration."""
    host, queue = w.hosts[h], w.case_queue[h]
    w.case_credit[h] = w.case_credit[h] + host.cases if host.cases > 0.0 else 0.0
    wait = host.case_days + host.screening_days
    while w.case_credit[h] >= 1.0 and queue[0] >= 0 and w.since[queue[0]] + wait <= day:
        w.case_credit[h] -= 1.0
        _decide(w, _pop(w, queue), h, day)
    if queue[0] < 0 or w.since[queue[0]] + wait > day:
        w.case_credit[h] = carried_over(w.case_credit[h], host.cases)


@kernel
def _decide(w: World, i: int, h: int, day: int) -> None:
    host, f, c = w.hosts[h], w.force_of[i], w.community[i]
    cat = category_at(w, i, h)
    merit, found, _, _ = uniforms(w.seed, who(w, i), DECISION, w.spell[i])
    spy = uniform(w.seed, who(w, i), INFILTRATOR, 0) < w.behaviour[0].infiltrators
    alarm = found < (host.screening_detection if spy else host.screening_alarm)
    granted = merit < host.recognition[cat] and not alarm
    w.host_day[h, f, codes.D_DECIDED] += 1
    heard, good = w.behaviour[0].belief_heard, 1.0 if granted else 0.0
    w.heard_n[c, h, cat] += 1.0
    w.heard_good[c, h, cat] += good
    w.has_heard[c] = 1
    w.national_n[f, h, cat] += heard
    w.national_good[f, h, cat] += heard * good
    if granted:
        w.host_day[h, f, codes.D_GRANTED] += 1
        if spy:
            w.host_day[h, f, codes.D_INFILTRATORS] += 1
        enter(w, i, codes.PROTECTED, day)
        return
    w.host_day[h, f, codes.D_REFUSED] += 1
    if alarm and not spy and merit < host.recognition[cat]:
        w.host_day[h, f, codes.D_GENUINE] += 1
    w.until[i] = day + int(host.refused_days)
    enter(w, i, codes.REFUSED, day)


@kernel
def forget(w: World) -> None:
    """Let evidence from decided cases, and from how prisoners fared, fade by a day."""
    keep = math.exp(-0.6931471805599453 / w.behaviour[0].belief_half_life)
    w.prisoners_seen[:] *= keep
    w.national_n[:] *= keep
    w.national_good[:] *= keep
    for c in range(len(w.has_heard)):
        if w.has_heard[c] == 0:
            continue
        seen = 0.0
        for h in range(len(w.hosts)):
            for cat in range(4):
                w.heard_n[c, h, cat] *= keep
                w.heard_good[c, h, cat] *= keep
                seen += w.heard_n[c, h, cat]
        if seen < FORGOTTEN:
            w.heard_n[c, :, :] = 0.0
            w.heard_good[c, :, :] = 0.0
            w.has_heard[c] = 0
