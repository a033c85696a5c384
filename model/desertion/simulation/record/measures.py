"""The numbers that sum a run up: cascade size, breakpoints, clumping, hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from desertion.simulation.record.columns import SUMS
from desertion.simulation.record.tables import DAILY_COLUMNS
from desertion.simulation.society.plan import absent_among
from desertion.simulation.world.codes import KINDS, ROUTES, SOLDIER
from desertion.simulation.world.fields import HOST_EXTRA, Array, World

if TYPE_CHECKING:
    from desertion.scenario import Scenario


_LOSSES = ("information", "output_lost", "prisoner_cost_eur", "captor_casualties", "captor_saved")
_BURDENS = ("cost_eur", "over_budget_eur", "infiltrators", "genuine_refused", "output_gained")
"""Daily columns that are added up under their own names."""


def first_squads(world: World) -> Array:
    """The squad to which each soldier belonged at the start, -1 for others."""
    start = np.full(len(world.status), -1, np.int64)
    rows = np.flatnonzero(world.kind == SOLDIER)
    f = world.force_of[rows]
    first = world.squad_first[f]
    start[rows] = first + (rows - world.person_first[f]) // world.squad_size[first]
    return start


def clumping(counts: Array) -> float:
    """(variance - mean) / mean^2 of whole counts by unit: 0 for chance alone, more where leaving clumps; nan without leavers or units."""
    units, total = len(counts), int(counts.sum())
    if units < 2 or total == 0:
        return float("nan")
    # In whole numbers, so that a variance that is the mean gives 0 and not 5e-16.
    beyond = units * int(counts @ counts) - total**2 - (units - 1) * total
    return units * beyond / ((units - 1) * total**2)


def _mean(days: Array) -> float:
    """The mean over days or forces, nan where there is none."""
    return float(days.mean()) if len(days) else float("nan")


def first_day(reached: Array, never: float) -> float:
    """The first day on which something holds, or `never`; `reached` begins with the first day, which is day 1."""
    days = np.flatnonzero(reached)
    return float(days[0] + 1) if len(days) else never


def _earliest(days: Array, never: float) -> float:
    """The first of some days counted from 0, of which those below 0 have not come, counted from 1."""
    come = days[days >= 0]
    return float(come.min() + 1) if len(come) else never


def measures(world: World, scenario: Scenario, days: int) -> dict[str, float]:
    """What sums a run up: all forces together and, where there are several, each as `measure@force`.

    Dates that never come count as the horizon; where the run ended before it, by a stop rule or on the way, a date that had not come is nan. Counts are persons of the simulated size, money is EUR at real size.
    """
    out = _measures(world, scenario, days, np.arange(len(scenario.forces)))
    if len(scenario.forces) > 1:
        for f, force in enumerate(scenario.forces):
            out.update(
                {
                    f"{name}@{force.name}": value
                    for name, value in _measures(world, scenario, days, np.array([f])).items()
                }
            )
    return out


def _measures(world: World, scenario: Scenario, days: int, forces: Array) -> dict[str, float]:
    never = float(scenario.days) if days >= scenario.days else float("nan")
    daily = {name: world.daily[: days + 1, forces, j] for j, name in enumerate(DAILY_COLUMNS)}
    host = {name: world.hostly[: days + 1][:, :, forces, j] for j, name in enumerate(HOST_EXTRA)}
    mine = np.isin(world.force_of, forces)
    out: dict[str, float] = {}
    out.update(_leavers(world, mine, _absent(world, scenario), forces, never))
    out.update(_forces(daily, world, forces, never))
    out.update(_hosts(host))
    total = out["left_total"]
    out["cost_per_leaver"] = out["cost_eur"] * scenario.scale / total if total else float("nan")
    out["claim_share"] = out["decided_or_waiting"] / out["flee_departures"] if out["flee_departures"] else float("nan")
    return out


def _absent(world: World, scenario: Scenario) -> Array:
    """Whether somebody is a soldier who had left before the first day, and so is none of the soldiers at the start."""
    absent = np.zeros(len(world.status), bool)
    for first, force in zip(world.person_first, scenario.forces, strict=True):
        absent[first + absent_among(force.soldiers, force.absent_soldiers)] = True
    return absent


def _leavers(world: World, mine: Array, absent: Array, forces: Array, never: float) -> dict[str, float]:
    left = mine & (world.left_day >= 0)
    out = {"left_total": float(left.sum()), "share_left": float(left.sum() / mine.sum())}
    for route, name in enumerate(ROUTES):
        out[f"left_{name}"] = float((left & (world.left_route == route)).sum())
    for kind, name in enumerate(KINDS):
        out[f"{name}s_left"] = float((left & (world.kind == kind)).sum())
    served = mine & (world.kind == SOLDIER) & ~absent
    soldiers = left & served
    start = float(world.soldiers_start[forces].sum())
    gone = np.cumsum(np.bincount(world.left_day[soldiers]))
    for share in (10, 25, 50):
        out[f"day_{share}"] = first_day(gone >= start * share / 100.0, never) if start else never
    out["soldiers_left_share"] = float(soldiers.sum()) / start if start else float("nan")
    reservists = float(world.reservists_all[forces].sum())
    out["reservists_left_share"] = out["reservists_left"] / reservists if reservists else float("nan")
    if start:
        squads = first_squads(world)
        companies = world.squad_company[squads[soldiers]]
        own = np.flatnonzero(np.isin(world.company_force, forces))
        began = np.unique(world.squad_company[squads[served]])
        by_company = np.bincount(companies, minlength=len(world.company_force))
        out["clumping_company"] = clumping(by_company[np.intersect1d(own, began)])
        by_division = np.bincount(world.company_division[companies], minlength=int(world.company_division.max()) + 1)
        out["clumping_division"] = clumping(by_division[np.unique(world.company_division[began])])
    return out


def _forces(daily: dict[str, Array], world: World, forces: Array, never: float) -> dict[str, float]:
    def flow(name: str) -> float:
        return float(daily[name].sum())

    def last(name: str) -> float:
        return float(daily[name][-1].sum())

    # Without soldiers at the start there is no strength of which another could be a share.
    start = float(world.soldiers_start[forces].sum()) or float("nan")
    collapsed, fallen = world.collapsed[forces], world.fallen[forces]
    return {
        "departures": last("departures"),
        **{name: sum(map(flow, columns)) for name, columns in SUMS.items()},
        **{name: flow(name) for name in ("caught", "returned", "turned_back")},
        "served_reservists": last("served"),
        "abroad_end": last("abroad"),
        "strength_end": last("strength"),
        "strength_share_end": last("strength") / start,
        "min_strength_share": float(daily["strength"].sum(axis=1).min()) / start,
        "mean_strength_share": _mean(daily["strength"][1:].sum(axis=1)) / start,
        "effective_mean_share": _mean(daily["effective_strength"][1:].sum(axis=1)) / start,
        "soldier_days": float(daily["strength"][1:].sum()),
        "legitimacy_min": float(daily["legitimacy"].min()),
        "legitimacy_end": float(daily["legitimacy"][-1].mean()),
        "turnout_max": float(daily["turnout"].max()),
        "war_index_end": _mean(daily["war_index"][-1][world.soldiers_start[forces] > 0]),
        "news_max": float(daily["news"].max()),
        **{name: flow(name) for name in _LOSSES},
        "collapsed": float((collapsed >= 0).any()),
        "fallen": float((fallen >= 0).any()),
        "breakpoint_day": _earliest(collapsed, never),
        "fall_day": _earliest(fallen, never),
        "falls": float((fallen >= 0).sum()),
    }


def _hosts(host: dict[str, Array]) -> dict[str, float]:
    def flow(name: str) -> float:
        return float(host[name].sum())

    return {
        "protected": float(host["protected"][-1].sum()),
        "granted": flow("granted"),
        "decided": flow("decided"),
        "decided_or_waiting": flow("decided") + float(host["waiting"][-1].sum()),
        **{name: flow(name) for name in ("admitted", "irregular", "turned_away", "passed_on", "visas")},
        "peak_waiting": float(host["waiting"].sum(axis=(1, 2)).max()) if host["waiting"].size else 0.0,
        "peak_border": float(host["at_border"].sum(axis=(1, 2)).max()) if host["at_border"].size else 0.0,
        **{name: flow(name) for name in _BURDENS},
    }
