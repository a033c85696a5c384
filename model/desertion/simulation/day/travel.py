"""Part 5 of a day: stages that end (travel, the own frontier, hiding, life abroad, wounds, training, punishment), and what comes next."""

from __future__ import annotations

import numpy as np

from desertion.engine.compile import kernel
from desertion.engine.threads import AHEAD, FETCHED, KEPT, LISTED
from desertion.rules.draws import EXIT_CHECK, ONWARD, RANK, RETURN, TERM, TOLERATION, uniform
from desertion.rules.refuge import chance_out
from desertion.rules.ticks import ticks
from desertion.simulation.day.calendar import return_home
from desertion.simulation.day.flight import choose_host, come_back, fall_back, set_out, settle_abroad, stay_ticks
from desertion.simulation.day.hosts import file_claim, join_border_queue
from desertion.simulation.day.register import enter, new_spell, post, vacancy
from desertion.simulation.signals.hosts import is_full, takes_claims
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Array, World
from desertion.simulation.world.people import is_liable, is_passing, who


@kernel
def pass_time(w: World, first: int, last: int, day: int, due: Array, counts: Array) -> None:
    """Let a day pass for those on rows first, ..., last - 1 of the list of people in passing; list, in its order, to whom something happens.

    (1) The day's ticks of all clocks of stays, by force and by host. (2) Each person's clocks advance, or the end of his stage is looked up; queues
    move people at borders and applicants. Each thread writes only clocks of its own rows.
    """
    n_forces, n_hosts = len(w.people), len(w.hosts)
    tried = np.empty(n_forces, np.int64)
    for f in range(n_forces):
        tried[f] = ticks(w.forces[f].trial_rate * w.forces[f].punishment)
    abroad = np.empty((n_hosts, codes.N_STAYS), np.int64)
    for h in range(n_hosts):
        abroad[h, codes.CLAIM_CLOCK] = ticks(w.hosts[h].claims_abroad)
        abroad[h, codes.ONWARD_CLOCK] = ticks(w.hosts[h].onward)
        abroad[h, codes.HOMEWARD_CLOCK] = ticks(w.hosts[h].homeward)
    active, statuses, since, room, stay, until, force_of, host = (
        w.active,
        w.status,
        w.since,
        w.room,
        w.stay,
        w.until,
        w.force_of,
        w.host,
    )
    for m in range(first, last):
        if (m - first) % AHEAD == 0:
            read = 0  # the next people are read ahead, see clocks/own.py
            for ahead in range(m, min(m + AHEAD, last)):
                read += (
                    statuses[active[ahead]] + until[active[ahead]] + host[active[ahead]] + stay[room[active[ahead]], 0]
                )
            counts[FETCHED] = read
        i = active[m]
        status, ended = statuses[i], False
        if status == codes.HIDING or (status == codes.REFUSING and since[i] == day):
            continue  # hiding ends by the clocks of the force, and nobody tries today's refusers before tomorrow
        if status == codes.ABROAD:
            for clock in range(codes.N_STAYS):
                stay[room[i], clock] -= abroad[host[i], clock]
                ended = ended or stay[room[i], clock] <= 0
        elif status == codes.REFUSING:
            stay[room[i], codes.TRIAL_CLOCK] -= tried[force_of[i]]
            ended = stay[room[i], codes.TRIAL_CLOCK] <= 0
        elif status != codes.AT_BORDER and status != codes.APPLICANT:
            ended = until[i] <= day
        if ended:
            due[counts[LISTED]] = i
            counts[LISTED] += 1


@kernel
def move_on(w: World, due: Array, day: int) -> Array:
    """Let those move on whose stage has ended, in the order in which they came to be in passing; those who have come to a border today."""
    due = _by_rank(w, due, True)
    arrived, claiming = np.empty(len(due), np.int64), np.empty(len(due), np.int64)
    n_arrived, n_claiming = 0, 0
    for i in due:
        status = w.status[i]
        if status == codes.IN_FLIGHT:
            if _passes_frontier(w, i, day):
                arrived[n_arrived] = i
                n_arrived += 1
        elif status == codes.HIDING:
            if w.stay[w.room[i], codes.CAUGHT_CLOCK] <= w.hide_clock[w.force_of[i], codes.CAUGHT_CLOCK]:
                _punish(w, i, day)
            else:
                _give_up(w, i, day)
        elif status == codes.ABROAD:
            if _end_stay_abroad(w, i, day):
                claiming[n_claiming] = i
                n_claiming += 1
        elif status == codes.REFUSING:
            _punish(w, i, day)
        else:
            _next_stage(w, i, status, day)
    _claim_late(w, claiming[:n_claiming], day)
    return arrived[:n_arrived]


@kernel
def leave_list(w: World, first: int, last: int, counts: Array) -> None:
    """Take those who are no longer in passing, or hide, off rows first, ..., last - 1 of the list; nobody stands on it twice."""
    kept = first
    active, statuses, is_active = w.active, w.status, w.is_active
    for m in range(first, last):
        i = active[m]
        if statuses[i] == codes.HIDING:
            is_active[i] = codes.HIDDEN
        elif is_passing(statuses[i]):
            active[kept] = i
            kept += 1
        else:
            is_active[i] = 0
    counts[KEPT] = kept - first


@kernel
def _next_stage(w: World, i: int, status: int, day: int) -> None:
    """Let a stage of fixed length end: a summons, training, a wound, punishment, toleration. Who finds no room in a squad trains on."""
    if status == codes.SUMMONED:
        w.until[i] = day + w.wave_training[w.wave_of[i]]
        enter(w, i, codes.TRAINING, day)
    elif status == codes.TRAINING:
        q = vacancy(w, i)
        if q >= 0:
            post(w, i, q, day)
    elif status == codes.WOUNDED:
        if uniform(w.seed, who(w, i), RETURN, w.spell[i]) < w.forces[w.force_of[i]].return_share:
            _rejoin(w, i, day)
        else:
            _discharge(w, i, day)
    elif status == codes.PUNISHED:
        sent = uniform(w.seed, who(w, i), TERM, w.spell[i]) < w.forces[w.force_of[i]].punished_to_front
        if sent and w.kind[i] != codes.CIVILIAN:
            _rejoin(w, i, day)
        else:
            _discharge(w, i, day)
    elif status == codes.REFUSED:
        _end_toleration(w, i, day)


@kernel
def _rejoin(w: World, i: int, day: int) -> bool:
    """Go back to the front, or where no squad has room stay as he is; whether he went."""
    q = vacancy(w, i)
    if q >= 0:
        new_spell(w, i)
        post(w, i, q, day)
    return q >= 0


@kernel
def _discharge(w: World, i: int, day: int) -> None:
    """Send a person home from the service for good: no state looks for him, and hosts see no deserter in him."""
    w.trait[i] &= ~codes.WANTED_BITS & 0xFF
    new_spell(w, i)
    enter(w, i, codes.HOME, day)


@kernel
def _punish(w: World, i: int, day: int) -> None:
    """Catch a person and begin his term of punishment."""
    f = w.force_of[i]
    w.counts_today[f, codes.C_CAUGHT] += 1
    w.until[i] = day + int(w.forces[f].punishment_term)
    enter(w, i, codes.PUNISHED, day)


@kernel
def _give_up(w: World, i: int, day: int) -> None:
    """A man in hiding goes back of his own will: to his unit if he served, else home."""
    if (w.trait[i] & codes.SERVED_BIT) != 0:
        if not _rejoin(w, i, day):
            return
    else:
        new_spell(w, i)
        return_home(w, i, day)
    w.counts_today[w.force_of[i], codes.C_RETURNED] += 1


@kernel
def _end_stay_abroad(w: World, i: int, day: int) -> bool:
    """One of the clocks of life abroad has passed: return first, then a claim, then another host; whether he wants to claim."""
    h = w.host[i]
    if w.stay[w.room[i], codes.HOMEWARD_CLOCK] <= 0:
        w.counts_today[w.force_of[i], codes.C_RETURNED] += 1
        come_back(w, i, day)
    elif w.stay[w.room[i], codes.CLAIM_CLOCK] <= 0 and takes_claims(w, h, w.force_of[i]):
        return True
    elif w.stay[w.room[i], codes.ONWARD_CLOCK] <= 0:
        other = choose_host(w, i, h)
        if other >= 0:
            set_out(w, i, other, day)
        else:
            w.stay[w.room[i], codes.ONWARD_CLOCK] = stay_ticks(uniform(w.seed, who(w, i), ONWARD, day))
    return False


@kernel
def _end_toleration(w: World, i: int, day: int) -> None:
    """The refused are returned to their country, or live on without a claim."""
    h = w.host[i]
    if uniform(w.seed, who(w, i), TOLERATION, w.spell[i]) < w.hosts[h].enforcement:
        w.trait[i] &= ~codes.OUT_BIT & 0xFF
        w.counts_today[w.force_of[i], codes.C_RETURNED] += 1
        if (w.trait[i] & codes.WANTED_BITS) != 0:
            _punish(w, i, day)
        else:
            new_spell(w, i)
            return_home(w, i, day)
    else:
        settle_abroad(w, i, day)


@kernel
def _passes_frontier(w: World, i: int, day: int) -> bool:
    """Whether a traveller passes his own frontier; who is stopped falls back. Those already out are not checked again."""
    if (w.trait[i] & codes.OUT_BIT) != 0:
        return True
    force = w.forces[w.force_of[i]]
    chance = chance_out(force.exit_control, force.exit_ban, force.ban_control, is_liable(w.kind[i], w.trait[i]))
    if uniform(w.seed, who(w, i), EXIT_CHECK, w.spell[i]) < chance:
        w.trait[i] |= codes.OUT_BIT
        if w.kind[i] == codes.RESERVIST and (w.trait[i] & codes.FLED_BIT) == 0:
            w.trait[i] |= codes.FLED_BIT
            w.fled[w.force_of[i]] += 1
        return True
    w.counts_today[w.force_of[i], codes.C_TURNED_BACK] += 1
    fall_back(w, i, day)
    return False


@kernel
def _by_rank(w: World, people: Array, by_arrival: bool) -> Array:
    """People in the order in which they came to be in passing, or of a fixed rank, so that nobody's place in a list matters."""
    rank = np.empty(len(people))
    for n in range(len(people)):
        i = people[n]
        rank[n] = w.arrival[i] if by_arrival else uniform(w.seed, who(w, i), RANK, w.spell[i])
    order = np.argsort(rank)
    for n in range(len(people)):
        order[n] = people[order[n]]
    return order


@kernel
def _claim_late(w: World, people: Array, day: int) -> None:
    """File the claims of people who have lived abroad without one, as long as there are places."""
    for i in _by_rank(w, people, False):
        if not is_full(w, w.host[i]):
            file_claim(w, i, w.host[i], day)


@kernel
def queue_up(w: World, arrived: Array, day: int) -> None:
    """Join the borders' queues."""
    for i in _by_rank(w, arrived, False):
        enter(w, i, codes.AT_BORDER, day)
        join_border_queue(w, i)
