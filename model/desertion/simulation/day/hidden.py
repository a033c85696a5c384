"""Part 5 of a day for people in hiding: they share two clocks with their force, of being caught and of giving up.

A person's stay ends on the day on which a clock passes his target, so nobody is looked at but the blocks of the list in which somebody's target has
been passed. Invariants, between two days:

* The target of somebody on one of the first `hidden_bound` places is what the clock showed when he was bound plus what he then lacked; of those on
  later places, who have come since, what they lack.
* Nobody's target lies under the lowest that is kept of his block (`hidden_low`); kept too low, a block is looked at for nothing.
* Who is in hiding keeps his place; a place whose person says another has been left.
"""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.engine.threads import LISTED
from desertion.rules.ticks import FAR, ticks
from desertion.simulation.world import codes
from desertion.simulation.world.fields import BLOCK, Array, World


@kernel
def hide(w: World, i: int) -> None:
    """Put a person who begins to hide, and whose stay has been drawn, on his force's list."""
    f = w.force_of[i]
    if w.hidden_n[f] == 2 * w.people[f]:
        _close_up(w, f)
    place = w.hidden_n[f]
    w.hidden[2 * w.person_first[f] + place] = i
    w.stay[i, codes.PLACE] = -1 - place
    w.hidden_n[f] += 1


@kernel
def _is_left(w: World, f: int, place: int) -> bool:
    """Whether nobody hides on a place any more; who once did may be elsewhere, or on another place."""
    i = w.hidden[2 * w.person_first[f] + place]
    return i < 0 or w.status[i] != codes.HIDING or w.stay[i, codes.PLACE] != -1 - place


@kernel
def _close_up(w: World, f: int) -> None:
    """Close the gaps of a force's list, of which at least half are left, as nobody hides twice."""
    first, kept, bound = 2 * w.person_first[f], 0, 0
    for place in range(w.hidden_n[f]):
        if _is_left(w, f, place):
            continue
        i = w.hidden[first + place]
        w.hidden[first + kept] = i
        w.stay[i, codes.PLACE] = -1 - kept
        kept += 1
        if place < w.hidden_bound[f]:
            bound = kept
    w.hidden_n[f], w.hidden_bound[f] = kept, bound
    for block in range((bound + BLOCK - 1) // BLOCK):
        w.hidden_low[_row(w, f, block)] = 0


@kernel
def _row(w: World, f: int, block: int) -> int:
    """The row of `hidden_low` that stands for a block of a force's list."""
    return 2 * w.person_first[f] // BLOCK + f + block


@kernel
def search(w: World, day: int, due: Array, counts: Array) -> None:
    """Let a day pass for all in hiding, and list whose stay ends, in no order.

    For each force: (1) the day's ticks, by which the clocks advance; (2) who came since the last day is bound: the clocks count from today on, but for
    those who came today, whom nobody looks for before tomorrow, when the odds count them; (3) the blocks in which a clock has passed a target are
    looked at.
    """
    for f in range(len(w.people)):
        caught, back = ticks(w.odds[f]), ticks(w.forces[f].return_rate)
        clock, stay = w.hide_clock[f], w.stay
        for place in range(w.hidden_bound[f], w.hidden_n[f]):
            row = _row(w, f, place // BLOCK)
            if place % BLOCK == 0:
                w.hidden_low[row] = FAR
            if _is_left(w, f, place):
                continue
            i = w.hidden[2 * w.person_first[f] + place]
            came_today = w.since[i] == day
            stay[i, codes.CAUGHT_CLOCK] += clock[codes.CAUGHT_CLOCK] + (caught if came_today else 0)
            stay[i, codes.BACK_CLOCK] += clock[codes.BACK_CLOCK] + (back if came_today else 0)
            for k in range(codes.N_HIDING):
                w.hidden_low[row, k] = min(w.hidden_low[row, k], stay[i, k])
        w.hidden_bound[f] = w.hidden_n[f]
        clock[codes.CAUGHT_CLOCK] += caught
        clock[codes.BACK_CLOCK] += back
        for block in range((w.hidden_n[f] + BLOCK - 1) // BLOCK):
            row = _row(w, f, block)
            if w.hidden_low[row, 0] <= clock[0] or w.hidden_low[row, 1] <= clock[1]:
                w.hidden_low[row] = FAR
                for place in range(block * BLOCK, min((block + 1) * BLOCK, w.hidden_n[f])):
                    if _is_left(w, f, place):
                        w.hidden[2 * w.person_first[f] + place] = -1
                        continue
                    i = w.hidden[2 * w.person_first[f] + place]
                    for k in range(codes.N_HIDING):
                        w.hidden_low[row, k] = min(w.hidden_low[row, k], stay[i, k])
                    if stay[i, 0] <= clock[0] or stay[i, 1] <= clock[1]:
                        due[counts[LISTED]] = i
                        counts[LISTED] += 1
