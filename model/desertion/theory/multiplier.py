"""The measured multiplier: two runs on the same people and fates, in one of which a few more leave on one day.

Whatever the second run has more of is their doing: those whom they moved, those whom these moved, and so on. This is
exact for the model as it stands, feedback through police, legitimacy and all else included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desertion.errors import input_error
from desertion.rules.draws import replicate_seed
from desertion.scenario import Scenario

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.world.fields import World

_SAMPLE = 20_000  # persons among whom those who leave are chosen


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A measured multiplier.

    Attributes:
        samples: Departures per extra leaver, himself included, by replicate.
    """

    samples: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """The multiplier."""
        return float(self.samples.mean())

    @property
    def error(self) -> float:
        """Standard error of the mean; nan for a single replicate."""
        n = len(self.samples)
        return float(self.samples.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan


def measured_multiplier(scenario: Scenario, *, day: int, extra: int = 1, runs: int = 1, seed: int = 1) -> Measured:
    """Departures that one more leaver means, himself included, measured by paired runs.

    Args:
        scenario: The scenario; the response is counted to its horizon.
        day: Day on which they leave, at least 1; late enough for a steady state if theory is to be met.
        extra: How many leave, few enough to stay out of each other's way. They are drawn like those who leave anyway.
        runs: Replicates.
        seed: Where all chance comes from.

    Raises:
        InputError: If the day is not within the horizon, or nobody can be made to leave.
    """
    if scenario.days < 2:
        raise input_error(
            "days", scenario.days, "leaves no day after one on which somebody leaves", way_out="measure a longer run"
        )
    if not 1 <= day < scenario.days:
        raise input_error("day", day, f"must lie in [1, {scenario.days - 1}]")
    scenario = scenario.model_copy(update={"stop": None})  # the two runs of a pair would stop on different days
    samples = [_response(scenario, day, extra, replicate_seed(seed, replicate)) for replicate in range(runs)]
    return Measured(samples=np.array(samples))


def _response(scenario: Scenario, day: int, extra: int, seed: int) -> float:
    from desertion.simulation.model import DesertionModel

    plain, pushed = DesertionModel(scenario, rng=seed), DesertionModel(scenario, rng=seed)
    for model in (plain, pushed):
        for _ in range(day):
            model.step()
    people, routes = _chosen(pushed, extra, np.random.default_rng(seed))
    for i, route in zip(people.tolist(), routes.tolist(), strict=True):
        make_leave(pushed, i, route)
    # What the chosen would have done themselves later is no response of others.
    return 1.0 + (_others_who_leave(pushed, people) - _others_who_leave(plain, people)) / extra


def _others_who_leave(model: DesertionModel, chosen: NDArray[np.int64]) -> int:
    """Departures of all but the chosen from here to the end of the run."""
    w, found = model.world, 0
    while model.running and model.day < model.sized.days:
        model.step()
        n = int(w.out_n[0])
        gone = w.out_person[:n][w.out_route[:n] >= 0]  # whoever found no visa stayed
        found += int(np.isin(gone, chosen, invert=True).sum())
    return found


def make_leave(model: DesertionModel, i: int, route: int) -> None:
    """Lower a person's threshold so that he leaves by a route on the next day on which his rate there is above 0."""
    from desertion.simulation.clocks.resting import give_own_clock

    give_own_clock(model.core, i)  # the crowd binds him again, with what he then lacks
    model.world.target[i, route] = 1


def _chosen(model: DesertionModel, extra: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Persons and routes, drawn in proportion to the rates of yesterday."""
    from desertion.simulation.clocks.targets import log_frailty
    from desertion.simulation.world.codes import EMIGRATE, N_STATUSES
    from desertion.simulation.world.people import can_leave

    w = model.world
    # Somebody to whom all ways are shut has no clock, but can leave once one opens.
    leaving = [status for status in range(N_STATUSES) if can_leave(status)]
    some = np.flatnonzero((w.bound > 0) | np.isin(w.status, leaving))
    some = rng.permutation(some)[:_SAMPLE]
    rates = np.array([_rates(w, int(i)) * math.exp(log_frailty(model.core, int(i))) for i in some])
    rates = rates.reshape(len(some), EMIGRATE)
    if np.count_nonzero(rates.sum(axis=1)) < extra:
        raise input_error("extra", extra, "is more than can leave in this scenario on that day")
    weights = rates.sum(axis=1)
    rows = rng.choice(len(some), size=extra, replace=False, p=weights / weights.sum())
    routes = [int(rng.choice(rates.shape[1], p=rates[row] / weights[row])) for row in rows]
    return some[rows], np.array(routes)


def _rates(w: World, i: int) -> NDArray[np.float64]:
    """A person's rates by route as published yesterday, skilled visas left out, without frailty and ties."""
    from desertion.rules.hazard import exit_rate
    from desertion.simulation.world.codes import EMIGRATE, SERVING
    from desertion.simulation.world.people import class_of

    if w.status[i] == SERVING:
        q = w.squad[i]
        open_chance, level, shared = w.squad_open[q], w.squad_level[q], w.squad_shared[q]
    else:
        place = w.row_seen[w.community[i]], class_of(w.kind[i], w.status[i], w.trait[i])
        open_chance, level, shared = w.class_open[place], w.class_level[place], w.class_shared[place]
    b = w.behaviour[0]
    scales = b.additive_scale, b.concave_scale, b.concave_power
    rates = [
        exit_rate(w.form, open_chance[route], level[route], shared[route], 0.0, *scales) for route in range(EMIGRATE)
    ]
    return np.array(rates)
