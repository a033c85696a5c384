"""The daily probability of leaving against the share of peers gone and the asylum dial, from the rules themselves."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, input_error
from desertion.rules.hazard import NONE, THRESHOLD, contagion, exit_rate, level_rate
from desertion.scenario import Scenario
from desertion.simulation.world.codes import COMMUNITY, COMPANY, HOME_RESERVIST, N_ROUTES, NEWS, SQUAD, TIES

SEEN = {"soldier": (SQUAD, COMPANY, COMMUNITY, TIES, NEWS), "reservist": (COMMUNITY, TIES, NEWS)}
"""Levels at which each sees others leave; the same share is gone at all of them."""

SHARES, DIAL = np.linspace(0.0, 0.2, 41), np.linspace(0.0, 1.0, 21)
"""Shares of peers gone and positions of the asylum dial at which the figure is worked out."""

_PEOPLE = 20_000.0


def surfaces(
    scenario: Scenario,
    whos: Sequence[str] | None = None,
    shares: NDArray[np.float64] = SHARES,
    dial: NDArray[np.float64] = DIAL,
) -> dict[str, pd.DataFrame]:
    """Daily probability of leaving by any way on the scenario's first day, for persons of average frailty in the first force.

    Perceived chances, opportunities, fears and pushes are those that the model publishes on its first morning, with no call-up,
    averaged over the people concerned; contagion is then added for a share of peers gone that is the same in every group that
    the person sees.

    Args:
        scenario: The scenario; its policies count.
        whos: "soldier" (serving), "reservist" (at home) or both; None for those of whom there is anybody.
        shares: Shares of peers gone, rising.
        dial: Positions of the asylum dial, rising.

    Returns:
        By kind of people, one row a position of the dial, one column a share.

    Raises:
        InputError: If there is nobody of a kind, or the form of contagion knows no daily probability.
    """
    for who in whos or ():
        if who not in SEEN:
            raise input_error("--who", who, "must be soldier or reservist")
    if scenario.behaviour.form == "threshold":
        raise InputError(
            "behaviour.form = 'threshold' has no daily probability of leaving: choose another form for this figure"
        )
    first = scenario.forces[0]
    wanted = whos or [who for who, count in zip(SEEN, (first.soldiers, first.reservists), strict=True) if count]
    rows: dict[str, list[NDArray[np.float64]]] = {who: [] for who in SEEN}
    for position in dial:
        morning = _first_morning(scenario, float(position), wanted)
        wanted = [who for who, people in morning.people.items() if people.any()]
        for who in whos or ():
            if who not in wanted:
                raise InputError(
                    f"the first force has no {who} on the first day: choose another kind of people or scenario"
                )
        for who in wanted:
            rows[who].append(_chances(morning, who, shares))
    index, columns = pd.Index(dial, name="asylum"), pd.Index(shares, name="share")
    return {who: pd.DataFrame(table, index=index, columns=columns) for who, table in rows.items() if table}


class _Morning(NamedTuple):
    """What the model publishes on its first morning; `people` by kind, of the first force, before anybody leaves, by squad or community."""

    world: Any
    people: Mapping[str, NDArray[np.float64]]


def _chances(morning: _Morning, who: str, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities at one position of the dial, one a share."""
    world, rates = morning.world, np.zeros(len(shares))
    b = world.behaviour[0]
    for route in range(N_ROUTES):
        open_chance, level, reception = _published(morning, who, route)
        if open_chance <= 0.0:
            continue
        for index, share in enumerate(shares):
            felt = sum(
                0.0
                if world.form in (NONE, THRESHOLD)
                else float(contagion(world.beta[tier], world.beta_star[tier], reception, share))
                for tier in SEEN[who]
            )
            raised = level_rate(world.form, level, 0.0, felt)
            rates[index] += exit_rate(
                world.form, open_chance, raised, felt, 0.0,
                b.additive_scale, b.concave_scale, b.concave_power,
            )  # fmt: skip
    return -np.expm1(-rates)


def _first_morning(scenario: Scenario, position: float, whos: Sequence[str]) -> _Morning:
    """The first morning in a world of few people, or in one of the scenario's own size where too few of a kind would be left of it."""
    # A call-up that is decreed on the first day is news of that day already.
    placed = scenario.with_({"asylum": position, "days": 1, "forces.*.waves": []})
    small = min(scenario.scale, _PEOPLE / scenario.people)
    # A large reserve beside a small army: shrunk that far, no whole squad is left.
    with suppress(InputError):
        morning = _lived(placed.with_({"scale": small}), whos)
        if small == scenario.scale or all(some.any() for some in morning.people.values()):
            return morning
    return _lived(placed, whos)


def _lived(scenario: Scenario, whos: Sequence[str]) -> _Morning:
    from desertion.simulation.model import DesertionModel

    model = DesertionModel(scenario, rng=0)
    people = {who: _people(model.world, who) for who in whos}
    model.step()
    return _Morning(model.world, people)


def _people(world: Any, who: str) -> NDArray[np.float64]:
    """People of a kind in the first force, by squad or community."""
    if who == "soldier":
        return np.where(world.squad_force == 0, world.squad_n, 0).astype(float)
    return np.where(world.community_force == 0, world.class_n[:, HOME_RESERVIST], 0).astype(float)


def _published(morning: _Morning, who: str, route: int) -> tuple[float, float, float]:
    """Opportunity, level and reception of a route, averaged over the people concerned."""
    world, weight = morning.world, morning.people[who]
    if who == "soldier":
        tables = world.squad_open[:, route], world.squad_level[:, route]
        homes = world.squad_community
    else:
        tables = (
            world.class_open[world.row_seen, HOME_RESERVIST, route],
            world.class_level[world.row_seen, HOME_RESERVIST, route],
        )
        homes = np.arange(len(world.community_force))
    open_chance, level = (float(np.average(table, weights=weight)) for table in tables)
    return open_chance, level, _reception(world, who, route, weight, homes)


def _reception(world: Any, who: str, route: int, weight: Any, homes: Any) -> float:
    from desertion.simulation.world.codes import DESERTER, EVADER, FLEE, SURRENDER

    if route == FLEE:
        category = DESERTER if who == "soldier" else EVADER
        return float(np.average(world.reception[world.row_seen[homes], category], weights=weight))
    return float(world.quarter[0]) if route == SURRENDER and who == "soldier" else 0.0
