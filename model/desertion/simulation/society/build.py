"""`found`: a world with its people, units, communities and ties, drawn from a scenario and a seed; `open_run`: the rest, which depends on levers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from desertion.engine.compile import kernel
from desertion.engine.pointer import core_of
from desertion.engine.threads import Team
from desertion.rules.draws import BREAKPOINT, FRAILTY, FRONT, THRESHOLD, TRAITS, normals, u64, uniform, uniforms
from desertion.rules.hazard import THRESHOLD as THRESHOLD_FORM
from desertion.simulation.clocks.targets import bind_residents, bind_squads, list_own_clock, renew
from desertion.simulation.day.flight import from_draws
from desertion.simulation.day.hidden import pass_on
from desertion.simulation.day.ledger import write_day
from desertion.simulation.day.register import count_everybody
from desertion.simulation.day.turnout import fill_streets
from desertion.simulation.society.empty import people_arrays
from desertion.simulation.society.plan import SocietyPlan, companies_in_contact
from desertion.simulation.society.ties import draw_ties
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Array, World, world_of
from desertion.simulation.world.people import who

if TYPE_CHECKING:
    from desertion.scenario import Scenario


def found(plan: SocietyPlan, blank: dict[str, Any], has_clocks: bool, threads: int) -> World:
    """A world with all its people, units, communities and ties.

    Args:
        plan: How many of everything there will be, of a scenario that shows only what may be read here, see `Society.inputs`.
        blank: The other arrays of that scenario.
        has_clocks: Whether clocks live in the world (compiled form).
        threads: Threads that draw; they change no number.
    """
    world = world_of(people_arrays(plan, has_clocks) | blank)
    core = core_of(world)
    team = Team(core, world.longest, threads)
    _fill_people(core, len(plan.scenario.forces))
    team.spread(_draw_traits, len(world.status))
    absent = plan.absent()
    if len(absent):
        world.room[absent] = np.arange(len(absent)) + 1
        world.rooms_n[0] = len(absent)
        _hide(core, absent)
    _draw_units(world, core)
    if world.form == THRESHOLD_FORM:
        _draw_thresholds(world, core, plan.scenario)
    world = world._replace(**draw_ties(world, team, plan.scenario))
    core = core_of(world)
    count_everybody(core)
    if has_clocks:
        team = Team(core, world.longest, threads)
        team.spread(bind_residents, len(world.community_force))
        team.spread(bind_squads, len(world.squad_force))
    if len(absent):
        _list_hidden(core, absent)
    return world


def open_run(core: Any, forces: int) -> None:
    """Fill in what depends on levers on the morning of day 0: who may turn out in the street, and the record of the start."""
    fill_streets(core)
    write_day(core, 0, np.zeros(forces))


@kernel
def _fill_people(w: World, n_forces: int) -> None:
    """Kinds, homes, units and traits of everybody."""
    for c in range(len(w.community_force)):
        f = w.community_force[c]
        for i in range(w.reservists_start[c], w.reservists_end[c]):
            w.kind[i] = codes.RESERVIST
            w.community[i] = c
            w.force_of[i] = f
        for i in range(w.civilians_start[c], w.civilians_end[c]):
            w.kind[i] = codes.CIVILIAN
            w.community[i] = c
            w.force_of[i] = f
    for f in range(n_forces):
        i = w.person_first[f]
        for q in range(len(w.squad_force)):
            if w.squad_force[q] == f:
                for j in range(w.squad_founders[q]):
                    w.kind[i] = codes.SOLDIER
                    w.force_of[i] = f
                    w.squad[i] = q
                    w.community[i] = w.squad_community[q]
                    w.status[i] = codes.SERVING
                    w.slots[q, j] = i
                    i += 1


@kernel
def _draw_traits(w: World, first: int, last: int) -> None:
    """Who of the persons first, ..., last - 1 is an officer, and who skilled."""
    for i in range(first, last):
        f = w.force_of[i]
        officer, skilled, _, _ = uniforms(w.seed, who(w, i), TRAITS, 0)
        if w.kind[i] == codes.SOLDIER:
            w.trait[i] = codes.ORIGINAL_BIT | codes.SERVED_BIT
            if officer < w.forces[f].officer_share:
                w.trait[i] |= codes.OFFICER_BIT
        else:
            w.status[i] = codes.HOME
            if skilled < w.forces[f].skilled_share:
                w.trait[i] = codes.SKILLED_BIT


@kernel
def _hide(w: World, absent: Array) -> None:
    """Let people be in hiding since before the first day: soldiers leave their places, and are none of their squads' first members."""
    for i in absent:
        w.status[i] = codes.HIDING
        w.since[i] = -1  # the police look for them on the first day
        from_draws(w, i, codes.HIDING, 0)
        q = w.squad[i]
        if q < 0:
            continue
        w.trait[i] &= ~codes.ORIGINAL_BIT & 0xFF
        w.squad_founders[q] -= 1
        last = w.squad_founders[q]
        for j in range(last + 1):
            if w.slots[q, j] == i:
                w.slots[q, j] = w.slots[q, last]
                w.slots[q, last] = -1
                break


@kernel
def _list_hidden(w: World, absent: Array) -> None:
    """Put those who hide on the first day on the list of people in passing, and give them clocks of their own."""
    for i in absent:
        pass_on(w, i)
        if w.has_clocks:
            renew(w, i)
            list_own_clock(w, i)


@kernel
def _draw_company_front(w: World) -> Array:
    """A number a company by which sectors are put in order for the front."""
    draws = np.zeros(len(w.company_force))
    for company in range(len(w.company_force)):
        # One number for all companies of a battalion: a battalion holds one sector.
        first = company
        while first > 0 and w.company_battalion[first - 1] == w.company_battalion[company]:
            first -= 1
        draws[company] = uniform(w.seed, w.company_key[first], FRONT, 0)
    return draws


def _draw_contact(w: World, companies: Array, share: float, draws: Array) -> None:
    """Put companies into contact so that their men are the share of all, at any size and seed, to within one company.

    Those with men are taken sector by sector; those that a call-up will fill, in the order in which it fills them, wherever it stops.
    """
    men = np.bincount(w.squad_company, w.squad_founders, minlength=len(w.company_force))
    manned = companies[men[companies] > 0]
    manned = manned[np.lexsort((manned, draws[manned]))]
    men_of_first = [0, *np.cumsum(men[manned]).tolist()]
    w.company_contact[manned[: companies_in_contact(len(manned), men_of_first.__getitem__, share)]] = 1
    taken, passed = 0.0, 0.0
    for company in companies[men[companies] == 0]:
        passed += float(w.company_size[company])
        if taken + 0.5 * w.company_size[company] <= share * passed:
            w.company_contact[company] = 1
            taken += float(w.company_size[company])


def _draw_units(w: World, core: Any) -> None:
    """Which companies stand in contact, shared frailties, and breakpoints."""
    draws = _draw_company_front(core)
    for f in range(len(w.people)):
        share = w.forces[f].front_share
        if share > 0.0:
            _draw_contact(w, np.flatnonzero(w.company_force == f), share, draws)
        normal = normals(w.seed, u64(int(w.force_key[f])), u64(BREAKPOINT), u64(0))[0]
        loss = (1.0 - w.forces[f].breakpoint) * math.exp(w.forces[f].breakpoint_spread * normal)
        w.breakpoint[f] = 1.0 - min(loss, 0.95)
    _draw_frailties(core)


@kernel
def _draw_frailties(w: World) -> None:
    """Draw the standard normal numbers that the men of each company, and the people of each community, share in their frailty."""
    for company in range(len(w.company_key)):
        w.company_z[company] = normals(w.seed, w.company_key[company], FRAILTY, 1)[0]
    for c in range(len(w.community_key)):
        w.community_z[c] = normals(w.seed, w.community_key[c], FRAILTY, 2)[0]


@kernel
def _random_thresholds(w: World, mean: float, spread: float) -> None:
    """Draw everybody's threshold on the share gone (threshold form)."""
    for i in range(len(w.status)):
        w.threshold[i] = mean + spread * normals(w.seed, who(w, i), THRESHOLD, 0)[0]


def _draw_thresholds(w: World, core: Any, scenario: Scenario) -> None:
    b = scenario.behaviour
    if b.threshold_draw == "random":
        _random_thresholds(core, b.threshold_mean, b.threshold_spread)
        return
    for f in range(len(w.people)):
        n, first = int(w.people[f]), int(w.person_first[f])
        w.threshold[first : first + n] = b.threshold_mean + b.threshold_spread * ndtri((np.arange(n) + 0.5) / n)
