"""Strength: the contagion weights that give a stated reproduction number, and those at which a scenario tips."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError, input_error
from desertion.parameters import LEVELS
from desertion.scenario import Scenario
from desertion.theory.operator import Operator
from desertion.theory.reproduction import value_of

MOST = 0.95  # R from which a state is too near the fold to be told from it
_MARGIN = 1.1  # of the exponent of the concave form over the R wanted
_ENOUGH = 1e12  # multiple of the weights at which the search for a tipping point ends


class OutOfReachError(InputError):
    """No multiple of a scenario's weights gives it the reproduction number wanted."""


def strength_settings(scenario: Scenario, value: float) -> dict[str, float]:
    """Settings under which R in the reference state is `value`, by dotted key; the proportions of the contagion weights are kept.

    All weights are multiplied by one factor. In the concave form, where no weights reach an R above the exponent, the
    exponent is raised to 1.1 times the R wanted where it is lower. In the threshold form R leaves out instigators, who
    go at their baseline rates and may tip a run at any R.

    Args:
        scenario: The scenario.
        value: The reproduction number wanted in the reference state, in [0, 0.95].

    Raises:
        InputError: If the number is out of range.
        OutOfReachError: If the scenario has no contagion, none that draws or nobody who leaves, or no weights are large enough.
    """
    if not 0.0 <= value <= MOST:
        raise input_error("reproduction", value, f"must lie in [0, {MOST}]: at 1 no steady state is left")
    if value == 0.0:
        return _weights(scenario, 0.0)
    plain = in_reference(scenario)
    if not Operator(plain).spreads:
        raise OutOfReachError(
            f"reproduction = {value}: in scenario {scenario.name!r} nobody moves anybody; give it a form of contagion, "
            "a weight above 0 and a baseline rate above 0"
        )
    found: dict[str, float] = {}
    if plain.behaviour.form == "concave":
        plain = _bent(plain, value)
        found["behaviour.concave_power"] = plain.behaviour.concave_power
    operator = Operator(plain)
    if not operator.draws:
        raise OutOfReachError(
            f"reproduction = {value}: in scenario {scenario.name!r} leavers keep others, by weights of contagion below 0; give it weights above 0"
        )
    factor = _reach(lambda factor: value_of(operator, factor), value)
    if math.isinf(factor):
        raise OutOfReachError(
            f"reproduction = {value}: no weights of contagion are large enough for it in scenario {scenario.name!r}; lower it, or raise a baseline rate"
        )
    return found | _weights(scenario, factor)


def tipping_value(scenario: Scenario, operator: Operator | None = None) -> float:
    """The multiple of the scenario's contagion weights at which R reaches 1, policies and dial worked in.

    Infinite where no multiple does: without contagion, or in the concave form with an exponent below 1.

    Args:
        scenario: The scenario.
        operator: Its operator, where there is one already.
    """
    operator = operator or Operator(scenario)
    if not operator.draws or (scenario.behaviour.form == "concave" and scenario.behaviour.concave_power < 1.0):
        return math.inf
    return _reach(lambda factor: value_of(operator, factor), 1.0)


def tipping_line(scenario: Scenario, key: str, values: Sequence[float]) -> NDArray[np.float64]:
    """`tipping_value` for each value of an input, for a line over a phase diagram.

    Raises:
        InputError: If the key does not exist or a value is not allowed.
    """
    return np.array([tipping_value(scenario.with_({key: value})) for value in values])


def in_reference(scenario: Scenario) -> Scenario:
    """The scenario without policies and with the dial at its status quo."""
    return scenario.model_copy(update={"overlays": (), "asylum": scenario.asylum_status_quo})


def _bent(plain: Scenario, value: float) -> Scenario:
    """The scenario with an exponent above the R wanted, which no weights could exceed."""
    power = max(plain.behaviour.concave_power, _MARGIN * value)
    return plain.model_copy(update={"behaviour": plain.behaviour.model_copy(update={"concave_power": power})})


def _weights(scenario: Scenario, factor: float) -> dict[str, float]:
    names = [f"{kind}_{level}" for kind in ("contagion", "reception") for level in LEVELS]
    return {f"behaviour.{name}": factor * getattr(scenario.behaviour, name) for name in names}


def _reach(value_at: Callable[[float], float], wanted: float) -> float:
    """Where a rising function that ends in infinity reaches a value; infinite where it never does."""
    low, high = 0.0, 1.0
    while value_at(high) < wanted:
        low, high = high, 2.0 * high
        if high > _ENOUGH:
            return math.inf
    # A fifth of the libraries of every study, and few ask for a strength.
    from scipy.optimize import brentq

    return float(brentq(lambda x: min(value_at(x), 2.0) - wanted if x > 0.0 else -wanted, low, high, rtol=1e-9))
