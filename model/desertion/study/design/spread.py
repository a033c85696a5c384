"""Contagion of a stated strength: settings under which one leaver makes R others leave in the reference state.

The proportions of the weights come from the world; the theory scales them until R is the number wanted.
"""

from dataclasses import dataclass
from typing import Any

from desertion.errors import refuse_unknown
from desertion.parameters import LEVELS, SPREADING
from desertion.scenario import Scenario
from desertion.theory.weights import strength_settings

FACING_TO_NEWS = 0.6  # Lehmann & Zhukov 2019 (A): other armies' surrender weighs 0.6 of the own army's
HOME_WEIGHT, TIES_WEIGHT = 0.5, 0.25  # no source: communities and ties beside a military weight of 1
THRESHOLD_PUSH = 0.2  # spreads per unit of push; no source: one unit is an e-fold of the rate in the other forms
CONCAVE_SCALE = 0.002


@dataclass(frozen=True)
class Spread:
    """How contagion spreads in one world.

    Attributes:
        form: multiplicative, concave, additive or threshold.
        reproduction: R in the reference state, in [0, 0.95].
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
    """Settings of `behaviour` that give the scenario the stated spread.

    Args:
        scenario: a scenario; its baseline rates, opportunities, sizes and horizon are read.
        spread: what is wanted.

    Raises:
        InputError: the form is unknown.
        OutOfReachError: R cannot be had in this scenario.
    """
    refuse_unknown("form of contagion", spread.form, SPREADING)
    inputs: dict[str, Any] = {"form": spread.form}
    inputs |= {f"half_life_{level}": spread.half_life for level in LEVELS}
    if spread.form == "concave":
        inputs["concave_scale"] = CONCAVE_SCALE
        # No weights push R above the exponent; far enough below it they stay of the order of one.
        inputs["concave_power"] = min(max(scenario.behaviour.concave_power, 2.0 * spread.reproduction), 2.0)
    if spread.form == "threshold":
        inputs["threshold_push"] = THRESHOLD_PUSH * scenario.behaviour.threshold_spread
    # The threshold form does not ask how people are received: a share of its weights would be lost.
    received = 0.0 if spread.form == "threshold" else spread.reception
    for level, weight in _weights(spread).items():
        inputs[f"contagion_{level}"] = weight * (1.0 - received)
        inputs[f"reception_{level}"] = weight * received
    settings: dict[str, float | str] = {f"behaviour.{key}": value for key, value in inputs.items()}
    # Only numbers in range are put in, so the copy need not be checked: this is done for every run of a large study.
    plain = scenario.model_copy(update={"behaviour": scenario.behaviour.model_copy(update=inputs)})
    return settings | strength_settings(plain, spread.reproduction)


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
