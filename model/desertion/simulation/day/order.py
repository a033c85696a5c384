"""The day: its seven parts in their order, written once for both forms of the population.

Everybody decides on what others did until the end of yesterday and on the rules of today; nobody's place in a list matters.

1. Calendar: levers that move, exit bans, call-ups, companies that are cut off.
2. Signals: perceived chances, fears and shared hazards, published once.
3. Combat: casualty clocks advance; who is hit today does not leave today.
4. Decisions: exit clocks advance for all who still can leave.
5. Movement: companies that follow their commander, visas, departures, travel, frontiers, admission, transit, claims, returns, police, recovery, training.
6. Institutions: hosts decide cases, beliefs fade; the street; legitimacy, output, breakpoints.
7. Bookkeeping: pressures, then the day's record.

Parts 3 and 4 and the turnout of part 6 belong to the population (agents or crowd); the rest is here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from desertion.engine.compile import kernel
from desertion.engine.threads import KEPT, LISTED, Team
from desertion.simulation.day.calendar import open_day
from desertion.simulation.day.combat import strike
from desertion.simulation.day.departure import depart_all, make_ready, prepare, sort_out
from desertion.simulation.day.encirclement import follow_commanders
from desertion.simulation.day.hidden import search
from desertion.simulation.day.home import count_people, govern, march
from desertion.simulation.day.hosts import admit_all, decide_all, forget
from desertion.simulation.day.ledger import write_day
from desertion.simulation.day.news import tell_of_units
from desertion.simulation.day.pressures import close_pressures, fold_communities, fold_squads
from desertion.simulation.day.travel import leave_list, move_on, pass_time, queue_up
from desertion.simulation.signals import publish_states
from desertion.simulation.world.fields import Array, World

# A call from Python costs a microsecond, as much as all that some parts do in a small world: on one thread a stretch of the day is one call.


@kernel
def morning(w: World, day: int) -> None:
    """Part 1, and of part 2 what concerns forces and hosts; companies, communities and squads are published after it, in this order."""
    w.counts_today.fill(0)
    w.host_day.fill(0)
    w.company_hit.fill(0)
    open_day(w, day)
    publish_states(w, day)


def take_casualties(core: Any, day: int) -> None:
    """The end of part 3: what becomes of the hit, whom the population has put into `out_person`."""
    strike(core, day)


def afternoon(core: Any, team: Team, day: int) -> None:
    """Part 5 for the leavers whom the population has put into `out_person`, and all who are in passing.

    What concerns each person alone is done on the team's threads.
    """
    if follow_commanders(core, day):
        sort_out(team.arrays)
    if team.threads == 1:
        _afternoon(core, day, *team.own_list)
        return
    prepare(core)
    team.spread(make_ready, int(team.arrays.out_n[0]))
    depart_all(core, day)
    hidden = team.alone(search, day).copy()
    due = np.concatenate([hidden, team.gather(pass_time, int(team.arrays.active_n[0]), day)])
    arrived = move_on(core, due, day)
    queue_up(core, arrived, day)
    admit_all(core, day)
    w = team.arrays
    w.active_n[0] = team.sift(leave_list, w.active, int(w.active_n[0]))


@kernel
def _afternoon(w: World, day: int, due: Array, counts: Array) -> None:
    """The same on one thread."""
    prepare(w)
    make_ready(w, 0, w.out_n[0])
    depart_all(w, day)
    counts[LISTED] = 0
    pass_time(w, 0, w.active_n[0], day, due, counts)
    search(w, day, due, counts)
    queue_up(w, move_on(w, due[: counts[LISTED]], day), day)
    admit_all(w, day)
    leave_list(w, 0, w.active_n[0], counts)
    w.active_n[0] = counts[KEPT]


def evening(core: Any, team: Team, day: int, turned: Array) -> None:
    """Parts 6 and 7; `turned` is how many turned out in each community."""
    if team.threads == 1:
        _evening(core, day, turned)
        return
    decide_all(core, day)
    forget(core)
    march(core, day, turned)
    street = count_people(core, turned)
    govern(core, day, street)
    tell_of_units(core, day)
    team.spread(fold_squads, len(team.arrays.squad_force), day)
    team.spread(fold_communities, len(team.arrays.community_force))
    close_pressures(core, day)
    write_day(core, day + 1, street)


@kernel
def _evening(w: World, day: int, turned: Array) -> None:
    """The same on one thread."""
    decide_all(w, day)
    forget(w)
    march(w, day, turned)
    street = count_people(w, turned)
    govern(w, day, street)
    tell_of_units(w, day)
    fold_squads(w, 0, len(w.squad_force), day)
    fold_communities(w, 0, len(w.community_force))
    close_pressures(w, day)
    write_day(w, day + 1, street)
