"""Contagion of a stated strength: settings under which one leaver makes R others leave in the reference state.

R is the spectral radius of the next-generation matrix over (soldiers, people at home) x routes: how many leavers of
each kind one leaver adds while his share in the pressures lasts, at the baseline rates and without any other push.
Reception counts with the values of the reference state. Ties count like the home community.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desertion.errors import unknown_name

if TYPE_CHECKING:
    from desertion.scenario import Scenario

Array = NDArray[np.float64]

LEVELS = ("squad", "company", "community", "ties", "news", "facing")
FORMS = ("multiplicative", "concave", "additive", "threshold")
FACING_TO_NEWS = 0.6  # Lehmann & Zhukov 2019 (A): other armies' surrender weighs 0.6 of the own army's
HOME_WEIGHT, TIES_WEIGHT = 0.5, 0.25  # no source: communities and ties beside a military weight of 1
THRESHOLD_SPREAD = 0.05  # share; no source: narrow, so that few leave on the first day
CONCAVE_SCALE = 0.002


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How contagion spreads in one world.

    Attributes:
        form: multiplicative, concave, additive or threshold.
        reproduction: R in the reference state, in [0, 1).
        half_life: half-life of all pressures, days.
        local: share of the military weight that squad and company have against army news, in [0, 1].
        reception: share of every weight that is multiplied by perceived reception, in [0, 1].
    """

    form: str
    reproduction: float
    half_life: float
    local: float
    reception: float


def settings_for(scenario: Scenario, spread: Spread) -> dict[str, float | str]:
    """Settings of `behaviour` that give the scenario's first force the stated spread.

    Args:
        scenario: a scenario; its baseline rates, opportunities and horizon are read.
        spread: what is wanted.

    Raises:
        InputError: the form is unknown.
    """
    if spread.form not in FORMS:
        raise unknown_name("form of contagion", spread.form, FORMS)
    weights = _weights(spread)
    found: dict[str, float | str] = {"behaviour.form": spread.form}
    found |= {f"behaviour.half_life_{level}": spread.half_life for level in LEVELS}
    factor = 1.0
    if spread.form == "multiplicative":
        factor = _ratio(spread.reproduction, radius(scenario, spread, "baseline"))
    elif spread.form == "concave":
        found["behaviour.concave_scale"] = CONCAVE_SCALE
        slope = _ratio(spread.reproduction * CONCAVE_SCALE, radius(scenario, spread, "baseline"))
        found["behaviour.concave_power"] = min(slope, 2.0)
    elif spread.form == "additive":
        found["behaviour.additive_scale"] = _ratio(spread.reproduction, radius(scenario, spread, "opportunity"))
    else:
        found["behaviour.threshold_spread"] = THRESHOLD_SPREAD
        found["behaviour.threshold_mean"] = _threshold_mean(spread.reproduction, radius(scenario, spread, "reach"))
    for level, weight in weights.items():
        found[f"behaviour.contagion_{level}"] = factor * weight * (1.0 - spread.reception)
        found[f"behaviour.reception_{level}"] = factor * weight * spread.reception
    return found


def radius(scenario: Scenario, spread: Spread, response: str) -> float:
    """Spectral radius of the next-generation matrix for the spread's weights as they are.

    Args:
        scenario: a scenario; its first force is looked at.
        spread: weights, memory and reception; its reproduction and form are not used.
        response: what a person's rate answers to pressure with: `baseline` (in proportion to his baseline rate),
            `opportunity` (in proportion to his opportunity) or `reach` (pressure itself, without memory or routes).
    """
    force = scenario.forces[0]
    behaviour = scenario.behaviour
    reference = scenario.reference[force.name]
    received = np.array([0.0, reference.flight_deserter, reference.quarter, 0.0])
    trust = 1.0 - spread.reception + spread.reception * received
    cross = behaviour.cross_route
    mixing = np.full((4, 4), cross) + (1.0 - cross) * np.eye(4)
    links = _links(scenario, _weights(spread))
    if response == "reach":
        return _largest(links)
    soldiers, home = _rates(scenario) if response == "baseline" else _openings(scenario)
    answers = np.concatenate([soldiers * trust, home * trust])
    days = memory(spread.half_life, scenario.days)
    blocks = np.kron(links, mixing)
    return days * _largest(answers[:, None] * blocks)


def memory(half_life: float, days: int) -> float:
    """Days for which one leaver's share in a pressure counts within a horizon, faded days in part."""
    keep = 2.0 ** (-1.0 / half_life)
    return float(days) if keep >= 1.0 else (1.0 - keep**days) / (1.0 - keep)


def _weights(spread: Spread) -> dict[str, float]:
    news = 1.0 - spread.local
    return {
        "squad": spread.local / 2.0,
        "company": spread.local / 2.0,
        "community": HOME_WEIGHT,
        "ties": TIES_WEIGHT,
        "news": news,
        "facing": FACING_TO_NEWS * news,
    }


def _links(scenario: Scenario, weights: dict[str, float]) -> Array:
    """Weighted pressure that one leaver puts on all soldiers (row 0) and all at home (row 1), by his own kind."""
    force = scenario.forces[0]
    soldiers, home = float(force.soldiers), float(force.reservists + force.civilians)
    people = soldiers + home
    heard = (1.0 - force.censorship) * weights["news"]
    town = weights["community"] + weights["ties"]
    visible = force.flight_visible
    comrades = (weights["squad"] + weights["company"]) if soldiers else 0.0
    per_soldier = 1.0 / max(soldiers, 1.0)
    at_home = np.array([soldiers, home]) / people
    from_soldier = np.array([soldiers, home]) * per_soldier * heard + at_home * town + np.array([comrades, 0.0])
    from_home = at_home * (visible * heard + town)
    return np.column_stack([from_soldier, from_home])


def _rates(scenario: Scenario) -> tuple[Array, Array]:
    """Baseline rates times opportunities by route, soldiers and people at home."""
    force = scenario.forces[0]
    soldiers, home = _openings(scenario)
    own = np.array(
        [
            force.base_soldier_hide,
            force.base_soldier_flee,
            force.base_soldier_surrender,
            force.base_soldier_refuse,
        ]
    )
    total = max(force.reservists + force.civilians, 1)
    flee = (force.reservists * force.base_reservist_flee + force.civilians * force.base_civilian_flee) / total
    hide = force.reservists * force.base_reservist_hide / total
    return own * soldiers, np.array([hide, flee, 0.0, 0.0]) * home


def _openings(scenario: Scenario) -> tuple[Array, Array]:
    force = scenario.forces[0]
    hiding = force.rough_country * force.refuge
    soldiers = np.array([hiding, force.frontier, force.contact * force.front_share, 1.0])
    return soldiers, np.array([force.refuge, 1.0, 0.0, 0.0])


def _threshold_mean(reproduction: float, reach: float) -> float:
    """Mean threshold at which the density of thresholds at 0 passes R on: density times reach = R."""
    density = _ratio(reproduction, reach) * THRESHOLD_SPREAD
    if density <= 1e-12:
        return 10.0
    peak = NormalDist().pdf(0.0)
    return THRESHOLD_SPREAD * math.sqrt(-2.0 * math.log(min(density, peak) / peak))


def _largest(matrix: Array) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0.0 else 0.0
