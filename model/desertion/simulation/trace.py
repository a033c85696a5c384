"""Trace: one person's life day by day, with every term of his log-hazard.

A term is what the rules add up in the exponent: what pushes, what deters, contagion level by level, and the person's own frailty. Opportunity,
perceived chance and baseline stand before the exponent. The numbers are read each morning of a run of the compiled form, by the rules that it goes by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from desertion.engine.pointer import core_of
from desertion.errors import InputError, input_error
from desertion.parameters import LEVELS
from desertion.parameters.arguments import DAYS, ROW, SCALE, SEED, ruled
from desertion.rules.hazard import MULTIPLICATIVE
from desertion.rules.ticks import TICK, ticks
from desertion.simulation.clocks.resting import present_tie_pressure
from desertion.simulation.clocks.targets import log_frailty, thresholds
from desertion.simulation.population.agents import published
from desertion.simulation.population.crowd import Crowd
from desertion.simulation.population.persons import Exit, rate_of, tied_by
from desertion.simulation.signals import communities, units
from desertion.simulation.signals.contagion import outside_contagion
from desertion.simulation.world.codes import N_ROUTES, ROUTES, SERVING, STATUSES
from desertion.simulation.world.people import can_leave, class_of

if TYPE_CHECKING:
    from desertion.engine.threads import Team
    from desertion.scenario import Policy, Scenario
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.world.fields import World

COLUMNS = ("day", "status", "route", "open", "baseline", "rate", "probability", "clock", "threshold", "contagion")
"""Columns of a trace that are no terms: `open` is opportunity times perceived chance relative to the reference state, `rate` the hazard a
day with frailty, `clock` the hazard added up in this spell, `threshold` the height at which the person leaves, and `contagion` the logarithm of
what contagion from all levels together multiplies the rate by, infinite where it alone makes it."""

PUSHES = {
    "wounded": "push_wounded",
    "killed": "push_killed",
    "captured": "push_captured",
    "risk": "push_risk",
    "supply": "push_supply",
    "legitimacy": "push_legitimacy",
    "cohesion": "push_cohesion",
    "threat": "push_threat",
    "closing_door": "push_door",
    "turnout": "push_turnout",
}
"""What drives a person besides shared shocks, and the parameter that weighs it."""

_LEVEL_TERMS = tuple(f"contagion_{level}" for level in LEVELS)

TERMS = ("frailty", *PUSHES, "shock", "punishment", *_LEVEL_TERMS)
"""Terms of the log-hazard. Those of contagion add up to the sum S of ODD 8, which the multiplicative form takes as it is and the others turn into `contagion`."""


def multipliers(table: pd.DataFrame) -> list[str]:
    """Columns of a trace whose exponentials multiply with `open` and `baseline` to `rate`: all terms, or `contagion` in place of its levels where the form adds or bends these."""
    levels = [name for name in _LEVEL_TERMS if name in table]
    if "contagion" not in table or np.allclose(table["contagion"], table[levels].sum(axis=1), equal_nan=True):
        return [name for name in TERMS if name in table]
    return [*(name for name in TERMS if name in table and name not in levels), "contagion"]


@ruled(person=ROW, days=DAYS, seed=SEED, scale=SCALE)
def trace(
    scenario: str | Path | Scenario | DesertionModel = "toy",
    person: int | None = None,
    days: int | None = None,
    *,
    policies: str | Path | Policy | Sequence[str | Path | Policy] = (),
    settings: Mapping[str, Any] | None = None,
    seed: int = 1,
    scale: float | None = None,
) -> pd.DataFrame:
    """One person's life, day by day, with every term of his log-hazard.

    Args:
        scenario: A scenario, or its name or path; or a fresh model of the compiled form, whose inputs are its own.
        person: Row of the person in `model.people()`; if not given, the soldier who leaves halfway in the order of
            leaving, else anybody who does, else the first person.
        days: Days to follow, to the horizon if not given.
        policies: Policies laid over the scenario.
        settings: Inputs by dotted key.
        seed: Seed of the run.
        scale: Share of real size, in (0, 1].

    Returns:
        One row a day and route while the person can leave, and one row a day (route "") while he cannot: the columns of
        `COLUMNS`, then those of `TERMS`. Day d is the d-th day, the first being 1; the person's decision of that morning stands in
        its rows. `attrs["person"]` is the row of the person, `attrs["about"]` his row in the table of people at the end, `attrs["form"]` the form of contagion.

    Raises:
        InputError: If an input is wrong or stands beside a model, there is no such person, or the model is in the other form or has run already.
    """
    from desertion.simulation.model import DesertionModel

    if isinstance(scenario, DesertionModel):
        stated = {"policies": bool(policies), "settings": bool(settings), "seed": seed != 1, "scale": scale is not None}
        if idle := [name for name, is_stated in stated.items() if is_stated]:
            raise InputError(f"{', '.join(idle)}: a model has its own; give a scenario, or the model that is meant")
        fresh = scenario.day == 0 and scenario.population_name == "compiled"
        model, row = scenario, (_some_leaver(deepcopy(scenario)) if fresh else 0) if person is None else person
    else:
        model = DesertionModel(scenario, rng=seed, policies=policies, settings=settings, scale=scale)
        row = _some_leaver(model) if person is None else person
        model = DesertionModel(model.scenario, rng=seed) if model.day else model
    people = len(model.world.status)
    if not 0 <= row < people:
        raise input_error("person", row, f"must be a row of the table of people, 0 to {people - 1}")
    if model.population_name != "compiled" or model.day:
        raise input_error(
            "model", model.population_name, "cannot be traced", way_out="give a fresh model of the compiled form"
        )
    follower = _Follower(model, row)
    for _ in range(model.sized.days if days is None else days):
        if model.running:
            model.step()
    table = pd.DataFrame(follower.rows, columns=[*COLUMNS, *TERMS])
    table.attrs["person"] = row
    table.attrs["form"] = model.sized.behaviour.form
    table.attrs["about"] = model.people().iloc[row].to_dict()
    return table


def _some_leaver(model: DesertionModel) -> int:
    """The soldier who leaves halfway in the order of leaving, else anybody who does, else the first person."""
    people = model.run().people()
    gone = people[people["day_left"].notna()]
    soldiers = gone[gone["kind"] == "soldier"]
    ranked = (soldiers if len(soldiers) else gone).sort_values("day_left", kind="stable")
    return int(ranked["person"].iloc[len(ranked) // 2]) if len(ranked) else 0


class _Watched(Crowd):
    """A compiled population at which somebody looks each morning, when all has been published and nobody has acted on it."""

    def __init__(self, world: World, core: Any, look: Callable[[int], None]) -> None:
        super().__init__(world, core, 1)
        self._look = look

    def _open(self, team: Team, day: int) -> None:
        super()._open(team, day)
        self._look(day)


class _Follower:
    """Writes down what one person goes by on each morning.

    A term is what the model's own rule gives in a world in which every other term is nothing. These worlds share their arrays with the run, so each
    is as it stands this morning.
    """

    def __init__(self, model: DesertionModel, person: int) -> None:
        w = model.world
        self._world, self._core, self._row = w, model.core, person
        self._frailty: float = log_frailty(model.core, person)
        self._spell = -1
        self._clock = [0] * N_ROUTES
        self._thresholds: tuple[int, ...] = ()
        calm = w._replace(
            behaviour=np.zeros_like(w.behaviour),
            company_strain=np.zeros_like(w.company_strain),
            company_shock=np.zeros_like(w.company_shock),
            community_shock=np.zeros_like(w.community_shock),
        )
        self._pushes = {name: _alone(calm, w, field) for name, field in PUSHES.items()}
        self._pushes["shock"] = calm._replace(company_shock=w.company_shock, community_shock=w.community_shock)
        self._levels = {name: _one_level(w, LEVELS.index(name)) for name in LEVELS if name != "ties"}
        self._cores = {name: core_of(world) for name, world in (self._pushes | self._levels).items()}
        self.rows: list[dict[str, Any]] = []
        model.population = _Watched(w, model.core, self._look)

    def _look(self, day: int) -> None:
        """Write down the rows of a morning's decision."""
        w, i = self._world, self._row
        spell, status = int(w.spell[i]), int(w.status[i])
        if spell != self._spell:
            self._spell, self._clock = spell, [0] * N_ROUTES
            self._thresholds = thresholds(self._core, i, self._frailty)
        head = {"day": day + 1, "status": STATUSES[status], "route": ""}
        if not can_leave(status):
            self.rows.append(dict.fromkeys((*COLUMNS, *TERMS), 0.0) | head)
            return
        q = int(w.squad[i]) if status == SERVING else -1
        row, cl = int(w.row_seen[w.community[i]]), int(class_of(w.kind[i], status, w.trait[i]))
        force, pushes = w.forces[w.force_of[i]], self._pushes_on(q, row, cl)
        for route, exit_ in enumerate(published(w, q, row, cl)):
            baseline = units.unit_baseline(force, route) if q >= 0 else communities.class_baseline(force, cl, route)
            if baseline >= 0.0:
                terms = dict.fromkeys(TERMS, 0.0) | pushes | self._contagions_on(q, row, cl, route)
                self.rows.append(
                    head | {"route": ROUTES[route], **self._decision(route, exit_, float(baseline), terms)}
                )

    def _decision(self, route: int, exit_: Exit, baseline: float, terms: dict[str, float]) -> dict[str, float]:
        """The rate and clock of one route, and its terms."""
        w, frailty = self._world, math.exp(self._frailty)
        rate = rate_of(w, exit_, terms["contagion_ties"])
        felt = sum(terms[name] for name in _LEVEL_TERMS)
        bare = exit_.open * exit_.level  # the level of the multiplicative form holds what is shared
        self._clock[route] += ticks(rate)
        own = float(rate) * frailty
        return terms | {
            "frailty": self._frailty,
            "punishment": 0.0 - float(w.fear[w.force_of[self._row], route]),
            "open": exit_.open,
            "baseline": baseline,
            "rate": own,
            "probability": -math.expm1(-own),
            "clock": self._clock[route] * frailty / TICK,
            "threshold": self._thresholds[route] * frailty / TICK,
            "contagion": felt if w.form == MULTIPLICATIVE else _log_ratio(float(rate), bare),
        }

    def _pushes_on(self, q: int, row: int, cl: int) -> dict[str, float]:
        """What drives the person, push by push."""
        pushes: dict[str, float] = {}
        for name, world in self._pushes.items():
            core = self._cores[name]
            if q >= 0:
                company = int(world.squad_company[q])
                world.company_strain[company] = units.strain_in(core, company)
                pushes[name] = float(units.push_in_squad(core, q))
            else:
                pushes[name] = float(communities.push_in_class(core, row, cl))
        return pushes

    def _contagions_on(self, q: int, row: int, cl: int, route: int) -> dict[str, float]:
        """What others who left add to the log-hazard of a route, level by level."""
        w, core, f = self._world, self._core, int(self._world.force_of[self._row])
        if q >= 0:
            # The community of somebody who serves is the home of his present company.
            row = int(w.row_seen[w.squad_community[q]])
            reception = float(units.reception_in_squad(core, q, route))
        else:
            reception = float(communities.reception_in_class(core, row, cl, route))
        pressure = present_tie_pressure(core, self._row).tolist()
        terms = {"contagion_ties": float(tied_by(w, pressure, route, reception))}
        for name in self._levels:
            felt = float(outside_contagion(self._cores[name], row, f, route, reception))
            if q >= 0:
                total = int(w.squad_pressure[q].sum())
                place = int(w.squad_company[q]), int(w.squad_community[q])
                felt += float(units.unit_contagion(self._cores[name], q, *place, route, total))
            terms[f"contagion_{name}"] = felt
        return terms


def _log_ratio(rate: float, bare: float) -> float:
    """Logarithm of what makes a bare rate this one; 0 where both are 0."""
    if rate == bare:
        return 0.0
    return math.inf if bare <= 0.0 else math.log(rate / bare) if rate > 0.0 else -math.inf


def _alone(calm: World, world: World, field: str) -> World:
    """A world in which one push only has a weight."""
    weights = np.zeros_like(world.behaviour)
    weights[field] = world.behaviour[field]
    return calm._replace(behaviour=weights, company_strain=np.zeros_like(calm.company_strain))


def _one_level(world: World, level: int) -> World:
    """A world in which contagion comes from one level only."""
    weights = np.zeros_like(world.beta), np.zeros_like(world.beta_star)
    weights[0][level], weights[1][level] = world.beta[level], world.beta_star[level]
    return world._replace(beta=weights[0], beta_star=weights[1], unit_outside=np.zeros_like(world.unit_outside))
