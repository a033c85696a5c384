"""The day: its seven parts in their order, written once for both forms of the population.

Everybody decides on what was visible at the end of yesterday; nobody's place in a list matters.

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

from desertion.engine.pointer import arrays_of
from desertion.engine.threads import Team
from desertion.simulation.day.calendar import open_day
from desertion.simulation.day.combat import strike
from desertion.simulation.day.departure import depart_all, issue_visas, make_ready, sort_out
from desertion.simulation.day.encirclement import follow_commanders
from desertion.simulation.day.home import count_people, govern, march
from desertion.simulation.day.hosts import admit_all, decide_all, forget
from desertion.simulation.day.ledger import write_day
from desertion.simulation.day.news import tell_of_units
from desertion.simulation.day.pressures import close_pressures, fold_communities, fold_squads
from desertion.simulation.day.travel import leave_list, move_on, pass_time, queue_up
from desertion.simulation.signals import publish_states
from desertion.simulation.world.fields import Array

# Plain functions: each part is compiled by itself, since numba compiles a kernel anew into every kernel that calls it.


def morning(core: Any, day: int) -> None:
    """Part 1, and of part 2 what concerns forces and hosts; companies, communities and squads are published after it, in this order."""
    w = arrays_of(core)
    for counts in (w.counts_today, w.host_day, w.company_hit):
        counts.fill(0)
    open_day(core, day)
    publish_states(core, day)


def take_casualties(core: Any, day: int) -> None:
    """The end of part 3: what becomes of the hit, whom the population has put into `out_person`."""
    strike(core, day)


def afternoon(core: Any, team: Team, day: int) -> None:
    """Part 5 for the leavers whom the population has put into `out_person`, and all who are in passing.

    What concerns each person alone is done on the team's threads.
    """
    if follow_commanders(core, day):
        sort_out(team.arrays)
    issue_visas(core)
    team.spread(make_ready, int(team.arrays.out_n[0]))
    depart_all(core, day)
    due = team.gather(pass_time, int(team.arrays.active_n[0]), day)
    arrived = move_on(core, due, day)
    queue_up(core, arrived, day)
    admit_all(core, day)
    w = team.arrays
    w.active_n[0] = team.sift(leave_list, w.active, int(w.active_n[0]))


def evening(core: Any, team: Team, day: int, turned: Array) -> None:
    """Parts 6 and 7; `turned` is how many turned out in each community."""
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
