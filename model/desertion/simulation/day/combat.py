"""Part 3 of a day: what becomes of those who are hit today."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel
from desertion.rules.draws import HIT, TREATMENT, WOUND, uniform
from desertion.rules.ticks import LN2, SHARE
from desertion.simulation.day.register import enter
from desertion.simulation.world import codes
from desertion.simulation.world.fields import World
from desertion.simulation.world.people import who


@kernel
def strike(w: World, day: int) -> None:
    """Take the day's hit out of the line: killed, captured or wounded; their companies feel it from tomorrow."""
    for n in range(w.out_n[0]):
        i = w.out_person[n]
        f, company = w.force_of[i], w.squad_company[w.squad[i]]
        force = w.forces[f]
        weight = int(SHARE / w.company_size[company])
        u = uniform(w.seed, who(w, i), HIT, w.spell[i])
        if u < force.share_killed:
            column, status = codes.C_KILLED, codes.KILLED
        elif u < force.share_killed + force.share_captured:
            column, status = codes.C_CAPTURED, codes.CAPTURED
            treat(w, i, f)
        else:
            column, status = codes.C_WOUNDED, codes.WOUNDED
            healing = uniform(w.seed, who(w, i), WOUND, w.spell[i])
            w.until[i] = day + 1 + int(force.recovery * (-math.log(healing) / LN2))
        w.company_hit[company, column - codes.C_WOUNDED] += weight
        w.counts_today[f, column] += 1
        enter(w, i, status, day)


@kernel
def treat(w: World, i: int, f: int) -> None:
    """How a prisoner fares; word of it reaches his army, as word of decided cases does."""
    well = uniform(w.seed, who(w, i), TREATMENT, w.spell[i]) < w.forces[f].quarter
    heard = w.behaviour[0].belief_heard
    w.prisoners_seen[f, codes.WELL] += heard if well else 0.0
    w.prisoners_seen[f, codes.SEEN] += heard
