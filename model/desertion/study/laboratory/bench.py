"""The laboratory: the model cut down to one way out, run under the parameters of a rival explanation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from desertion.study.laboratory.rivals import Parameters, form_of

if TYPE_CHECKING:
    from desertion.scenario import Scenario

SCENARIO = "laboratory"
COMPANY = 50
STRONGEST_WEIGHT = 30.0  # log hazard per share gone, the multiplicative form at pull = 1
STRONGEST_RATE = 20.0  # leavers per window that one leaver draws, the additive form at pull = 1
STRONGEST_POWER = 2.0  # exponent of the concave form at pull = 1
CONCAVE_SCALE = 0.01
HIGHEST_THRESHOLD = 0.3  # mean threshold at pull = 0; its spread is 0.3 of the mean


@dataclass(frozen=True)
class Bench:
    """A laboratory of a given size, which simulates: `bench(parameters, seed)`.

    Attributes:
        people: people at the start, in companies of fifty.
        steps: steps of the window.
    """

    people: int = 500
    steps: int = 64

    def __call__(self, parameters: Parameters, seed: int) -> NDArray[np.int64]:
        """Leavers per company and step, shape (company, step)."""
        from desertion.simulation.model import DesertionModel

        model = DesertionModel(self.scenario(parameters), rng=seed)
        model.run()
        # The model's own array: a table of people would cost as much as the run.
        day = model.world.left_day
        gone = np.flatnonzero(day >= 0)
        flow = np.zeros((math.ceil(self.people / COMPANY), self.steps), dtype=np.int64)
        np.add.at(flow, (gone // COMPANY, day[gone]), 1)
        return flow

    def scenario(self, parameters: Parameters) -> Scenario:
        """The scenario in which the rival's parameters hold."""
        settings: dict[str, Any] = {
            "forces.laboratory.base_soldier_hide": baseline(parameters["leaving"], self.steps),
            **{f"behaviour.{name}": value for name, value in behaviour_of(parameters, self.steps).items()},
        }
        return _plain(self.people, self.steps).with_(settings)


def baseline(leaving: float, steps: int) -> float:
    """Baseline rate per step at which a share `leaving` would leave within the window."""
    return -math.log1p(-leaving) / steps


def behaviour_of(parameters: Parameters, steps: int) -> Mapping[str, Any]:
    """Inputs of `behaviour` that a rival's parameters stand for, times in steps."""
    pull, local = parameters["pull"], parameters["local"]
    form = form_of(parameters) if pull > 0.0 else "none"
    weight = STRONGEST_WEIGHT * pull if form == "multiplicative" else 1.0 if pull > 0.0 else 0.0
    mean = HIGHEST_THRESHOLD * (1.05 - pull)
    half_life = parameters["memory"] * steps
    return {
        "form": form,
        "contagion_company": weight * local,
        "contagion_news": weight * (1.0 - local),
        "half_life_company": half_life,
        "half_life_news": half_life,
        "additive_scale": STRONGEST_RATE * pull / steps,
        "concave_scale": CONCAVE_SCALE,
        "concave_power": STRONGEST_POWER * pull,
        "threshold_mean": mean,
        "threshold_spread": 0.3 * mean,
        "shock_unit": parameters["shock_unit"],
        "shock_community": parameters["shock_army"],
        "shock_memory": min(math.exp(-1.0 / (parameters["shock_time"] * steps)), 0.9999),
        "frailty_unit": parameters["frailty_unit"],
        "frailty_own": parameters["frailty_own"],
    }


@lru_cache(maxsize=8)
def _plain(people: int, steps: int) -> Scenario:
    from desertion.scenario import Scenario

    return Scenario.load(SCENARIO, days=steps, set={"forces.laboratory.soldiers": people})
