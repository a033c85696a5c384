"""Histories of this model on a map: each person of the laboratory is a place, ties are the links, a company is a compact cell of places."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desertion.parameters.arguments import seed_after
from desertion.scenario import Scenario
from desertion.scenario.policy import Policy, PolicyChange
from desertion.study.arrays import Array, Indices
from desertion.study.places.links import Links, along


@dataclass(frozen=True, kw_only=True)
class Map:
    """Places on which histories are made.

    Attributes:
        points: positions in km, shape (unit, 2 or 3).
        links: who is tied to whom; ties hold both ways.
        rates: baseline hazard of a place a day, by week, shape (week,).
    """

    points: Array
    links: Links
    rates: Array


def weekly_rates(day: Array, units: int) -> Array:
    """Events over place-days at risk by week, shape (week,): the outside trend that the data would need without contagion.

    Args:
        day: days of the events, from 0, shape (event,).
        units: places at the start.
    """
    counts = np.bincount((day // 7).astype(np.intp)).astype(np.float64)
    at_risk = units - np.concatenate([[0.0], np.cumsum(counts)[:-1]]) - counts / 2.0
    return np.asarray(counts / np.maximum(7.0 * at_risk, 1.0))


def histories(
    place: Map,
    number: int,
    seed: int,
    *,
    weight: float = 0.0,
    shock: float = 0.0,
    cell: int = 4,
) -> list[Array]:
    """Days of first events in histories of the model that follow the weekly rates, each of shape (unit,); NaN for places without one.

    Args:
        place: the map.
        number: histories.
        seed: the first history's seed; those after it follow. The same seed has the same fates whatever the weight.
        weight: log hazard for all tied places gone at once; 0 switches contagion off.
        shock: standard deviation of daily shocks to the log hazard that a cell shares, half gone after three days.
        cell: places in a cell; all of them if there are no more.
    """
    from desertion.simulation.model import DesertionModel

    order = along(place.points)
    rank: Indices = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    settings = {
        "forces.laboratory.soldiers": len(order),
        "forces.laboratory.squad": min(cell, len(order)),
        "forces.laboratory.platoon": 1,
        "forces.laboratory.base_soldier_hide": float(place.rates[0]),
        "behaviour.contagion_ties": weight,
        "behaviour.half_life_ties": 2.0,
        "behaviour.shock_unit": shock,
        "behaviour.shock_memory": 0.8,
    }
    changes = tuple(
        PolicyChange.model_validate(
            {"from": f"+{7 * week}", "set": {"forces.laboratory.base_soldier_hide": float(rate)}}
        )
        for week, rate in enumerate(place.rates)
        if week
    )
    with tempfile.TemporaryDirectory() as folder:
        ties = Path(folder) / "ties.csv"
        np.savetxt(
            ties, np.column_stack([rank[place.links.sender], rank[place.links.receiver]]), fmt="%d", delimiter=","
        )
        plain = Scenario.load("laboratory", days=7 * len(place.rates), set=settings).with_({"graph": str(ties)})
        scenario = plain.with_policies(
            [Policy(name="trend", title="Outside trend", summary="", sources=(), change=changes)] if changes else []
        )
        left = [DesertionModel(scenario, rng=seed_after(seed, each)).run().world.left_day for each in range(number)]
    return [np.where(days < 0, np.nan, np.asarray(days, np.float64))[rank] for days in left]
