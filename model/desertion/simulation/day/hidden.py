"""Part 5 of a day for people in hiding: they share two clocks with their force, of being caught and of giving up.

A person's stay ends on the day on which a clock passes his target, so nobody is looked at but the blocks of the list in which somebody's target has
been passed. Invariants, between two days:

* The target of somebody on one of the first `hidden_bound` places is what the clock showed when he was bound plus what he then lacked; of those on
  later places, who have come since, what they lack.
* Nobody's target lies under the lowest that is kept of his block (`hidden_low`); kept too low, a block is looked at for nothing.
* Who is in hiding keeps his place; one that has been left holds -1.
"""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.engine.threads import LISTED
from desertion.rules.ticks import FAR, ticks
from desertion.simulation.world import codes
from desertion.simulation.world.fields import BLOCK, Array, World


@kernel
def pass_on(w: World, i: int) -> None:
    """Put a person who is in passing where somebody sees his stage end: on the list of those in hiding, or of those who are looked at every day.

    (1) Who was on neither gets the next number of arrival. (2) Whoever is not in hiding joins those who are looked at. (3) A list of those in hiding
    that is full is closed up, and (4) he takes its next place.
    The gaps of a list that is full are closed up; at least half of its places have been left, as nobody hides twice.
    """
    f = w.force_of[i]
    if w.is_active[i] == 0:
        w.arrival[i] = w.arrival_n[0]
        w.arrival_n[0] += 1
    if w.status[i] != codes.HIDING:
        if w.is_active[i] != codes.LOOKED_AT:
            w.is_active[i] = codes.LOOKED_AT
            w.active[w.active_n[0]] = i
            w.active_n[0] += 1
        return
    if w.is_active[i] == 0:
        w.is_active[i] = codes.HIDDEN
    first = 2 * w.person_first[f]
    if w.hidden_n[f] == 2 * w.people[f]:
        kept, bound = 0, 0
        for place in range(w.hidden_n[f]):
            if w.hidden[first + place] >= 0:
                w.hidden[first + kept] = w.hidden[first + place]
                w.place[w.hidden[first + kept]] = kept
                kept += 1
                if place < w.hidden_bound[f]:
                    bound = kept
        w.hidden_n[f], w.hidden_bound[f] = kept, bound
        w.hidden_low[first // BLOCK + f : first // BLOCK + f + (bound + BLOCK - 1) // BLOCK] = 0
    w.hidden[first + w.hidden_n[f]] = i
    w.place[i] = w.hidden_n[f]
    w.hidden_n[f] += 1


@kernel
def search(w: World, day: int, due: Array, counts: Array) -> None:
    """Let a day pass for all in hiding, and list whose stay ends, in no order.

    For each force: (1) the day's ticks, by which the clocks advance; (2) who came since the last day is bound: the clocks count from today on, but for
    those who came today, whom nobody looks for before tomorrow, when the odds count them; (3) the blocks in which a clock has passed a target are
    looked at.
    """
    for f in range(len(w.people)):
        caught, back = ticks(w.odds[f]), ticks(w.forces[f].return_rate)
        clock, stay, room, first = w.hide_clock[f], w.stay, w.room, 2 * w.person_first[f]
        first_row = first // BLOCK + f
        for place in range(w.hidden_bound[f], w.hidden_n[f]):
            row = first_row + place // BLOCK
            if place % BLOCK == 0:
                w.hidden_low[row] = FAR
            i = w.hidden[first + place]
            if i < 0:
                continue
            came_today = w.since[i] == day
            stay[room[i], codes.CAUGHT_CLOCK] += clock[codes.CAUGHT_CLOCK] + (caught if came_today else 0)
            stay[room[i], codes.BACK_CLOCK] += clock[codes.BACK_CLOCK] + (back if came_today else 0)
            for which in range(codes.N_HIDING):
                w.hidden_low[row, which] = min(w.hidden_low[row, which], stay[room[i], which])
        w.hidden_bound[f] = w.hidden_n[f]
        clock[codes.CAUGHT_CLOCK] += caught
        clock[codes.BACK_CLOCK] += back
        for block in range((w.hidden_n[f] + BLOCK - 1) // BLOCK):
            row = first_row + block
            if (
                w.hidden_low[row, codes.CAUGHT_CLOCK] <= clock[codes.CAUGHT_CLOCK]
                or w.hidden_low[row, codes.BACK_CLOCK] <= clock[codes.BACK_CLOCK]
            ):
                w.hidden_low[row] = FAR
                for place in range(block * BLOCK, min((block + 1) * BLOCK, w.hidden_n[f])):
                    i = w.hidden[first + place]
                    if i < 0:
                        continue
                    for which in range(codes.N_HIDING):
                        w.hidden_low[row, which] = min(w.hidden_low[row, which], stay[room[i], which])
                    if (
                        stay[room[i], codes.CAUGHT_CLOCK] <= clock[codes.CAUGHT_CLOCK]
                        or stay[room[i], codes.BACK_CLOCK] <= clock[codes.BACK_CLOCK]
                    ):
                        due[counts[LISTED]] = i
                        counts[LISTED] += 1
