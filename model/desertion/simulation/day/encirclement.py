"""Parts 1 and 5 of a day: companies that are cut off from their army, and those that follow their commander into surrender."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.draws import COMMAND, CUT_OFF, uniform
from desertion.rules.units import chance_to_follow
from desertion.simulation.world import codes
from desertion.simulation.world.fields import World


@kernel
def cut_off_companies(w: World, day: int) -> None:
    """Let a day pass for companies that are cut off, cut others off, and count the men of all that are."""
    for company in range(len(w.company_force)):
        f = w.company_force[company]
        if w.company_cut_off[company] > 0:
            w.company_cut_off[company] -= 1
        chance = w.forces[f].cut_off_chance
        if chance > 0.0 and w.company_cut_off[company] == 0:
            stands = w.company_contact[company] != 0 and w.company_n[company] > 0
            if stands and uniform(w.seed, w.company_key[company], CUT_OFF, day) < chance:
                w.company_cut_off[company] = int(w.forces[f].cut_off_days)
        if w.company_cut_off[company] > 0:
            w.counts_today[f, codes.C_CUT_OFF] += w.company_n[company]


@kernel
def follow_commanders(w: World, day: int) -> int:
    """Let companies that are cut off follow their commander who surrenders today; how many men leave besides those who leave by themselves.

    The day's leavers must stand in the order of their numbers; those who follow are put behind them.
    """
    b = w.behaviour[0]
    alone = w.out_n[0]
    if b.unit_surrender <= 0.0:
        return 0
    for n in range(alone):
        i = w.out_person[n]
        company = w.squad_company[w.squad[i]] if w.out_route[n] == codes.SURRENDER else -1
        if company < 0 or w.company_cut_off[company] == 0:
            continue
        first, last = _squads_about(w, w.squad[i])
        if _commander(w, first, last) != i:
            continue
        chance = chance_to_follow(b.unit_surrender, b.unit_cohesion, _cohesion(w, first, last))
        if uniform(w.seed, w.company_key[company], COMMAND, day) < chance:
            w.counts_today[w.company_force[company], codes.C_UNIT_SURRENDERS] += 1
            _follow(w, first, last, alone)
    return w.out_n[0] - alone


@kernel
def _squads_about(w: World, q: int) -> tuple[int, int]:
    """The first squad of a squad's company and the one after its last; they stand one after another."""
    first, last = q, q + 1
    while first > 0 and w.squad_company[first - 1] == w.squad_company[q]:
        first -= 1
    while last < len(w.squad_company) and w.squad_company[last] == w.squad_company[q]:
        last += 1
    return first, last


@kernel
def _commander(w: World, first: int, last: int) -> int:
    """The officer with the lowest number who serves in the squads first, ..., last - 1; -1 if there is none."""
    commander = -1
    for q in range(first, last):
        for j in range(w.squad_size[q]):
            i = w.slots[q, j]
            if i >= 0 and (w.trait[i] & codes.OFFICER_BIT) != 0 and (commander < 0 or i < commander):
                commander = i
    return commander


@kernel
def _cohesion(w: World, first: int, last: int) -> float:
    """How many of the first members of the squads first, ..., last - 1 still serve in them, as a share; 0 where there were none."""
    there, founders = 0, 0
    for q in range(first, last):
        there += w.squad_original[q]
        founders += w.squad_founders[q]
    return there / founders if founders > 0 else 0.0


@kernel
def _follow(w: World, first: int, last: int, alone: int) -> None:
    """Put all who serve in the squads first, ..., last - 1 behind the day's leavers, but those who are among the first `alone` of them."""
    for q in range(first, last):
        for j in range(w.squad_size[q]):
            i = w.slots[q, j]
            if i >= 0 and not _stands_among(w, i, alone):
                w.out_person[w.out_n[0]] = i
                w.out_route[w.out_n[0]] = codes.SURRENDER
                w.out_n[0] += 1


@kernel
def _stands_among(w: World, i: int, n: int) -> bool:
    """Whether a person is one of the first `n` of the day's leavers, who stand in the order of their numbers."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if w.out_person[middle] < i:
            low = middle + 1
        else:
            high = middle
    return low < n and w.out_person[low] == i
