"""Shocks: what befalls all men of a company or all people of a community on a day, whoever left before."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel
from desertion.rules.draws import SHOCK, normals
from desertion.simulation.world.fields import World


@kernel
def draw_shocks(w: World, day: int) -> None:
    """Draw the day's shocks, which remember yesterday's."""
    b = w.behaviour[0]
    memory = b.shock_memory
    fresh = math.sqrt(1.0 - memory * memory) if day > 0 else 1.0
    if b.shock_unit > 0.0:
        for company in range(len(w.company_shock)):
            w.company_shock[company] = (
                memory * w.company_shock[company]
                + fresh * b.shock_unit * normals(w.seed, w.company_key[company], SHOCK, day)[0]
            )
    if b.shock_community > 0.0:
        for c in range(len(w.community_shock)):
            normal = normals(w.seed, w.community_key[c], SHOCK, day)[0]
            w.community_shock[c] = memory * w.community_shock[c] + fresh * b.shock_community * normal
