"""The day: its seven parts in their order, written once for both forms of the population.

Everybody decides on what was visible at the end of yesterday; nobody's place in a list matters.

1. Calendar: levers that move, exit bans, call-ups.
2. Signals: perceived chances, fears and shared hazards, published once.
3. Combat: casualty clocks advance; who is hit today does not leave today.
4. Decisions: exit clocks advance for all who still can leave.
5. Movement: departures, travel, frontiers, admission, transit, claims, returns, police, recovery, training.
6. Institutions: hosts decide cases, beliefs fade, visas; the street; legitimacy, output, breakpoints.
7. Bookkeeping: pressures, then the day's record.

Parts 3 and 4 and the turnout of part 6 belong to the population (agents or crowd); the rest is here.
"""

from __future__ import annotations

import math

import numpy as np

from desertion import columns as col
from desertion.bookkeeping import close_pressures, write_day
from desertion.calendar import open_day
from desertion.combat import strike
from desertion.compiled import kernel
from desertion.departure import depart_all
from desertion.institutions.home import govern, march
from desertion.institutions.host import decide_cases, forget
from desertion.movement import move_all
from desertion.signals import publish_states


@kernel
def morning(w, day):
    """Part 1, and of part 2 what concerns forces and hosts; communities and squads are published after it, in this order."""
    open_day(w, day)
    publish_states(w, day)


@kernel
def take_casualties(w, day):
    """The end of part 3: what becomes of the hit, whom the population has put into `out_person`."""
    strike(w, day)


@kernel
def afternoon(w, day):
    """Part 5 for the leavers whom the population has put into `out_person`, and all who are in passing."""
    for h in range(len(w.hosts)):
        visas = w.hosts[h, col.H_SKILLED_VISAS]
        # Visas not used today are lost, but for the fraction that small scales live on.
        w.visa_credit[h] = min(w.visa_credit[h] + visas, max(1.0, visas)) if visas > 0.0 else 0.0
    depart_all(w, day)
    move_all(w, day)


@kernel
def evening(w, day, turned):
    """Parts 6 and 7; `turned` is how many turned out in each community."""
    for h in range(len(w.hosts)):
        decide_cases(w, h, day)
    forget(w, math.exp(-0.6931471805599453 / w.behaviour[col.B_BELIEF_HALF_LIFE]))
    _forget_captors(w)
    march(w, day, turned)
    street = np.zeros(len(w.people))
    for c in range(len(w.community_force)):
        street[w.community_force[c]] += turned[c]
    for f in range(len(w.people)):
        street[f] /= w.people[f]
    govern(w, day, street)
    close_pressures(w, day)
    write_day(w, day + 1, street)


@kernel
def _forget_captors(w):
    keep = math.exp(-0.6931471805599453 / w.behaviour[col.B_BELIEF_HALF_LIFE])
    w.captor *= keep
