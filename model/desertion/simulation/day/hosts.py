"""Parts 5 and 6 of a day: host states, with their borders, claims and decisions, and what communities learn from them."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel
from desertion.rules.draws import ADMISSION, DECISION, INFILTRATOR, uniform, uniforms
from desertion.rules.refuge import OPEN, TRANSIT, carried_over
from desertion.rules.ticks import kept
from desertion.simulation.day.flight import category_at, come_back, set_out, settle_abroad
from desertion.simulation.day.register import enter
from desertion.simulation.signals.hosts import admission, is_full, takes_claims
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Array, World
from desertion.simulation.world.people import who

FORGOTTEN = 0.01  # cases: a community that remembers less than this believes what the nation believes


@kernel
def _append(w: World, queue: Array, i: int) -> None:
    """Put a person at the end of a queue; he must stand in no other, since the links of all queues are one array."""
    w.queue_next[i] = -1
    if queue[codes.TAIL] >= 0:
        w.queue_next[queue[codes.TAIL]] = i
    else:
        queue[codes.HEAD] = i
    queue[codes.TAIL] = i
    queue[codes.LENGTH] += 1


@kernel
def _pop(w: World, queue: Array) -> int:
    """Take the first person off a queue that is not empty."""
    i = queue[codes.HEAD]
    queue[codes.HEAD] = w.queue_next[i]
    if queue[codes.HEAD] < 0:
        queue[codes.TAIL] = -1
    queue[codes.LENGTH] -= 1
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
        w.border_credit[h] = float(queue[codes.LENGTH])
    else:
        w.border_credit[h] = w.border_credit[h] + entry if entry > 0.0 else 0.0
    while w.border_credit[h] >= 1.0 and queue[codes.HEAD] >= 0:
        w.border_credit[h] -= 1.0
        _deal_with(w, _pop(w, queue), h, day)
    if queue[codes.HEAD] < 0 and entry != math.inf:
        w.border_credit[h] = carried_over(w.border_credit[h], entry)


@kernel
def _deal_with(w: World, i: int, h: int, day: int) -> None:
    """Deal with a person at the border.

    At an open one, entry without a claim, else a claim while there are places; at one open for transit, on to the next host; where none of these is
    possible, irregular entry, else back.
    """
    host, f, cat = w.hosts[h], w.force_of[i], category_at(w, i, h)
    visa, claim, leak, _ = uniforms(w.seed, who(w, i), ADMISSION, w.host_key[h] + w.spell[i])
    if host.border >= OPEN:
        if visa < host.visa_free[cat]:
            w.host_day[h, f, codes.D_ADMITTED] += 1
            settle_abroad(w, i, day)
            return
        if not is_full(w, h) and claim < admission(w, h, f, cat):
            w.host_day[h, f, codes.D_ADMITTED] += 1
            file_claim(w, i, h, day)
            return
    elif host.border >= TRANSIT:
        other = _onward_host(w, h, f, cat)
        if other >= 0:
            w.host_day[h, f, codes.D_PASSED] += 1
            set_out(w, i, other, day)
            return
    if leak < host.leak:
        w.host_day[h, f, codes.D_IRREGULAR] += 1
        settle_abroad(w, i, day)
        return
    w.host_day[h, f, codes.D_TURNED_AWAY] += 1
    w.counts_today[f, codes.C_TURNED_BACK] += 1
    come_back(w, i, day)


@kernel
def _onward_host(w: World, h: int, f: int, cat: int) -> int:
    """The host to which a transit state passes a person on: the one most likely to admit him; -1 if none takes him."""
    best, chosen = 0.0, -1
    for other in range(len(w.hosts)):
        if w.passes_to[h, other] != 0 and takes_claims(w, other, f):
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
    while w.case_credit[h] >= 1.0 and queue[codes.HEAD] >= 0 and w.since[queue[codes.HEAD]] + wait <= day:
        w.case_credit[h] -= 1.0
        _decide(w, _pop(w, queue), h, day)
    if queue[codes.HEAD] < 0 or w.since[queue[codes.HEAD]] + wait > day:
        w.case_credit[h] = carried_over(w.case_credit[h], host.cases)


@kernel
def _decide(w: World, i: int, h: int, day: int) -> None:
    """Decide a case: (1) merit, and what screening says; (2) the applicant's community and nation learn the outcome; (3) protection or refusal."""
    host, f, c = w.hosts[h], w.force_of[i], w.community[i]
    cat = category_at(w, i, h)
    merit, screening, _, _ = uniforms(w.seed, who(w, i), DECISION, w.spell[i])
    spy = uniform(w.seed, who(w, i), INFILTRATOR, 0) < w.behaviour[0].infiltrators
    alarm = screening < (host.screening_detection if spy else host.screening_alarm)
    granted = merit < host.recognition[cat] and not alarm
    w.host_day[h, f, codes.D_DECIDED] += 1
    heard, good = w.behaviour[0].belief_heard, 1.0 if granted else 0.0
    # The nation hears of every case; his own town's share of that is filled up to the whole case.
    if heard < 1.0:
        w.heard_n[c, h, cat] += 1.0 - heard
        w.heard_good[c, h, cat] += (1.0 - heard) * good
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
    keep = kept(w.behaviour[0].belief_half_life, 1.0)
    for f in range(len(w.people)):
        for n in range(w.prisoners_seen.shape[1]):
            w.prisoners_seen[f, n] *= keep
        for h in range(len(w.hosts)):
            for cat in range(codes.N_CATEGORIES):
                w.national_n[f, h, cat] *= keep
                w.national_good[f, h, cat] *= keep
    for c in range(len(w.has_heard)):
        if w.has_heard[c] == 0:
            continue
        seen = 0.0
        for h in range(len(w.hosts)):
            for cat in range(codes.N_CATEGORIES):
                w.heard_n[c, h, cat] *= keep
                w.heard_good[c, h, cat] *= keep
                seen += w.heard_n[c, h, cat]
        if seen < FORGOTTEN:
            for h in range(len(w.hosts)):
                for cat in range(codes.N_CATEGORIES):
                    w.heard_n[c, h, cat] = 0.0
                    w.heard_good[c, h, cat] = 0.0
            w.has_heard[c] = 0
