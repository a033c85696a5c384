"""Contagion: how the pressures of groups, of the news and of other armies add up."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel
from desertion.rules.hazard import NONE, THRESHOLD, contagion
from desertion.rules.ticks import SHARE
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Array, World


@kernel
def total_of(row: Array) -> int:
    """Sum of a group's pressure over routes, in ticks."""
    total = 0
    for route in range(codes.N_ROUTES):
        total += row[route]
    return total


@kernel
def news_contagion(w: World, f: int, route: int, reception: float) -> float:
    """Contagion from army news and from armies that face the same enemy."""
    total = contagion(w.beta[codes.NEWS], w.beta_star[codes.NEWS], reception, w.news_share[f, route])
    for other in range(len(w.people)):
        if w.facing[f, other] != 0:
            total += contagion(w.beta[codes.FACING], w.beta_star[codes.FACING], reception, w.facing_share[other, route])
    return total


@kernel
def outside_contagion(w: World, row: int, f: int, route: int, reception: float) -> float:
    """Contagion that everybody outside units shares who reads a row of the communities' tables."""
    if w.form == NONE or w.form == THRESHOLD:
        return 0.0
    local = contagion(w.beta[codes.COMMUNITY], w.beta_star[codes.COMMUNITY], reception, w.community_share[row, route])
    return local + news_contagion(w, f, route, reception)


@kernel
def weighted_gone(w: World, q: int, row: int, f: int) -> float:
    """Weighted share gone at all levels but ties, whatever the route (threshold form).

    `q` is -1 outside units; `row` is a community, or a row of its tables that stands for a whole region, where nobody has gone.
    """
    local = total_of(w.community_pressure[row]) if row < len(w.community_force) else 0
    share = w.beta[codes.COMMUNITY] * (local / SHARE) + w.beta[codes.NEWS] * (total_of(w.news[f]) / SHARE)
    for other in range(len(w.people)):
        if w.facing[f, other] != 0:
            share += w.beta[codes.FACING] * (total_of(w.news_facing[other]) / SHARE)
    if q >= 0:
        share += w.beta[codes.SQUAD] * (total_of(w.squad_pressure[q]) / SHARE)
        share += w.beta[codes.COMPANY] * (total_of(w.company_pressure[w.squad_company[q]]) / SHARE)
    return share


@kernel
def threshold_pull(w: World, drive: float, open_chance: float) -> float:
    """How far push and chance help the share gone to reach a threshold: a x (push - cost + log chance)."""
    log_chance = math.log(open_chance) if open_chance > 0.0 else 0.0
    return w.behaviour[0].threshold_push * (drive + log_chance)
