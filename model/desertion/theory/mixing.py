"""Complete mixing: the one-group limit of a scenario, and the town in which it can be simulated.

In the town everybody sees everybody, one way is open, and who has hidden is back the next day, so that the strength is
refilled and a quasi-stationary state can last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.parameters import LEVELS
from desertion.scenario import Scenario
from desertion.theory.fading import memory
from desertion.theory.groups import groups_of, mean_rate
from desertion.theory.mean_field import HEAVIEST, MeanField
from desertion.theory.operator import Operator, leading

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

SCENARIO = "one-town"
PARTS = (0.3, 0.5, 0.7, 0.85, 0.95)  # of the weight at the fold
LONGEST = 3000  # days; near the fold everything takes its time
PEOPLE = 20_000  # of each town
HIGHEST = 0.6  # tipping point from which towns are started; higher ones no army lives to see
_BEYOND = 1.15  # times the weight at the fold, from which a town must run away
_LEAST = 1e-12  # baseline rate a day by which nobody leaves in a run; at 0 the way would be nobody's
_SMALL = 1e-4  # factor under which jumps are too small to bend anything


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """A simulated town.

    Attributes:
        weight: Contagion weight.
        start: Pressure on the first day.
        pressure: Mean pressure over the last fifth of the run.
        ran_away: Whether it left all steady states behind.
    """

    weight: float
    start: float
    pressure: float
    ran_away: bool


def limit_of(scenario: Scenario) -> MeanField:
    """The complete-mixing limit: the scenario's mean rate of leaving, its memory, and its first-day R for small jumps; no weight where that R cannot be had."""
    operator, b = Operator(scenario), scenario.behaviour
    form: Any = "multiplicative" if b.form == "none" else b.form
    field = MeanField(
        form=form,
        rate=mean_rate(groups_of(scenario)),
        weight=1.0,
        half_life=_half_life(scenario),
        concave_scale=b.concave_scale,
        concave_power=b.concave_power,
        additive_scale=b.additive_scale,
        threshold=b.threshold_mean - operator.pull,
        spread=max(b.threshold_spread, 1e-6),
    )
    slope = field.reproduction(0.0)
    if not operator.spreads:
        return field.at(0.0)
    if slope <= 0.0:
        # Thresholds so narrow that one leaver moves nobody in a town of mean people, whatever the weight, say none; who never leaves needs none.
        return field.at(math.nan if form == "threshold" else 0.0)
    return field.at(leading(operator.at(np.zeros(len(operator.ways)), _SMALL)) / _SMALL / slope)


def _half_life(scenario: Scenario) -> float:
    """The half-life whose memory is the mean over levels, weighted by their contagion."""
    b = scenario.behaviour
    weights = [abs(getattr(b, f"contagion_{level}")) + abs(getattr(b, f"reception_{level}")) for level in LEVELS]
    days = [memory(getattr(b, f"half_life_{level}"), scenario.days) for level in LEVELS]
    mean = float(np.average(days, weights=weights)) if sum(weights) > 0.0 else days[0]
    return -math.log(2.0) / math.log1p(-1.0 / mean) if mean > 1.0 else 0.1


def town(field: MeanField, people: int, days: int) -> Scenario:
    """A town of `people` in which the mean field holds, but for chance."""
    refilled = field.form != "threshold"
    own, b = "forces.town.", "behaviour."
    return Scenario.load(SCENARIO, days=days).with_(
        {
            own + "reservists": people,
            own + "community": people,
            own + "base_reservist_hide": field.rate if refilled else _LEAST,
            own + "return_rate": 1.0 if refilled else 0.0,
            b + "form": field.form,
            b + "contagion_community": field.weight,
            b + "half_life_community": field.half_life if refilled else math.inf,
            b + "concave_scale": field.concave_scale,
            b + "concave_power": field.concave_power,
            b + "additive_scale": field.additive_scale,
            b + "threshold_mean": field.threshold,
            b + "threshold_spread": field.spread,
        }
    )


def simulate(field: MeanField, *, people: int, days: int, seed: int, start: float = 0.0) -> Simulated:
    """Run the town and say where its pressure ended.

    Args:
        field: The mean field.
        people: Persons.
        days: Days.
        seed: Where all chance comes from.
        start: Pressure on the first day, as if so many had left the day before.
    """
    from desertion.rules.ticks import SHARE
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.world.codes import HIDE

    model = DesertionModel(town(field, people, days), rng=seed)
    model.world.community_pressure[0, HIDE] = int(start * SHARE)
    near = field.at(min(field.weight, 0.97 * field.tipping_weight))
    highest = 4.0 * max([state.pressure for state in (*field.fixed_points(), *near.fixed_points())], default=0.0)
    late: list[float] = []
    for day in range(days):
        model.step()
        now = pressure_of(model)
        if field.form != "threshold" and 0.0 < highest < now:
            return Simulated(weight=field.weight, start=start, pressure=now, ran_away=True)
        if day >= 0.8 * days:
            late.append(now)
    lost = field.form == "threshold" and late[-1] > 0.5
    return Simulated(weight=field.weight, start=start, pressure=float(np.mean(late)), ran_away=lost)


def towns(field: MeanField, *, seed: int) -> list[Simulated]:
    """Simulated towns along the steady states: some from rest, some from either side of the tipping point.

    Args:
        field: The mean field; its weight counts only where there is no fold.
        seed: Where all chance comes from.
    """
    fold = field.tipping_weight if _BEYOND * field.tipping_weight <= HEAVIEST else math.inf
    own = field.weight if field.weight > 0.0 else 1.0
    whole = fold if math.isfinite(fold) else min(2.0 * own, HEAVIEST)
    found: list[Simulated] = []
    for number, part in enumerate(PARTS):
        here = field.at(part * whole)
        states = here.fixed_points()
        value = states[0].reproduction if states else 0.0
        days = min(LONGEST, max(400, round(6.0 / (here.forgetting * max(0.05, 1.0 - value)))))
        found.append(simulate(here, people=PEOPLE, days=days, seed=seed + number))
        tipping = [state.pressure for state in states if not state.stable and state.pressure < HIGHEST]
        if tipping and field.form != "threshold":
            for factor in (0.8, 1.25):
                start = factor * tipping[0]
                found.append(simulate(here, people=PEOPLE, days=days, seed=seed + number, start=start))
    if math.isfinite(fold):
        found.append(simulate(field.at(_BEYOND * fold), people=PEOPLE, days=LONGEST, seed=seed + len(PARTS)))
    return found


def pressure_of(model: DesertionModel) -> float:
    """The pressure in a simulated town."""
    from desertion.rules.ticks import SHARE

    return float(model.world.community_pressure[0].sum()) / SHARE
