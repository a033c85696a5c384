"""Part 7 of a day: pressures of squads and communities fade and grow by the leavers of today."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.ticks import decayed
from desertion.simulation.world import codes
from desertion.simulation.world.fields import UNIT_EVENT_DAYS, Array, World


@kernel
def close_pressures(w: World, day: int) -> None:
    """Let the pressures of companies and news forget a day and take up today's leavers, so that tomorrow everybody sees them."""
    for company in range(len(w.company_n)):
        _fold(w.company_pressure[company], w.company_new[company], w.daily_keep[codes.COMPANY])
        w.company_surrendered[company, (day + 1) % UNIT_EVENT_DAYS] = 0
        for j in range(codes.N_CASUALTIES):
            w.company_casualties[company, j] = (
                decayed(w.company_casualties[company, j], w.daily_keep_casualties) + w.company_hit[company, j]
            )
    for f in range(len(w.people)):
        for route in range(codes.N_ROUTES):
            w.news_facing[f, route] = (
                decayed(w.news_facing[f, route], w.daily_keep[codes.FACING]) + w.news_new[f, route]
            )
        _fold(w.news[f], w.news_new[f], w.daily_keep[codes.NEWS])


@kernel
def fold_squads(w: World, first: int, last: int, day: int) -> None:
    """The same for the squads first, ..., last - 1."""
    pressure, new, surrendered, keep = w.squad_pressure, w.squad_new, w.squad_surrendered, w.daily_keep[codes.SQUAD]
    for q in range(first, last):
        _fold(pressure[q], new[q], keep)
        surrendered[q, (day + 1) % UNIT_EVENT_DAYS] = 0


@kernel
def fold_communities(w: World, first: int, last: int) -> None:
    """The same for the communities first, ..., last - 1."""
    pressure, new, keep = w.community_pressure, w.community_new, w.daily_keep[codes.COMMUNITY]
    for c in range(first, last):
        _fold(pressure[c], new[c], keep)


@kernel
def _fold(pressure: Array, new: Array, keep: int) -> None:
    """Let a group's pressures forget a day and take up what is new; most groups have neither, and are not written to."""
    for route in range(codes.N_ROUTES):
        if pressure[route] != 0 or new[route] != 0:
            pressure[route] = decayed(pressure[route], keep) + new[route]
            new[route] = 0
