"""What sets soldiers apart: the exponent by which they weigh their chances."""

from __future__ import annotations

from typing import Any

import pytest

from desertion.simulation.model import DesertionModel
from desertion.simulation.world import codes
from tests.simulation.worlds import CALM, INERT, made

NOBODY: dict[str, Any] = CALM | {"form": "none"}


@pytest.mark.parametrize(("own", "power"), [(-1.0, 2.0), (0.0, 0.0), (1.0, 1.0), (3.0, 3.0)])
def test_soldiers_weigh_their_chances_by_an_exponent_of_their_own(own: float, power: float) -> None:
    """With chances half of what they were, flight and surrender of soldiers are 0.5^own as open, flight from home 0.5^2; at -1 the two agree."""
    army = {"name": "army", "soldiers": 40, "reservists": 40, "civilians": 0, "community": 40} | INERT
    army |= {"front_share": 1.0, "contact": 1.0, "frontier": 1.0, "quarter_announced": 0.4}
    host = {"name": "door", "access": 1.0, "leak": 0.0, "admission_deserter": 0.4, "admission_evader": 0.4}
    behaviour = NOBODY | {"chance_power": 2.0, "soldier_chance_power": own}
    scenario = made(1, [army], [host], behaviour)
    usual = scenario.reference["army"]
    twice = {name: 2.0 * getattr(usual, name) for name in ("flight_deserter", "flight_evader", "quarter")}
    model = DesertionModel(scenario.with_({f"reference.army.{name}": value for name, value in twice.items()}), rng=1)
    w = model.run().world
    assert w.squad_open[0, codes.FLEE] == pytest.approx(0.5**power)
    assert w.squad_open[0, codes.SURRENDER] == pytest.approx(0.5**power)
    assert w.class_open[w.row_seen[0], codes.HOME_RESERVIST, codes.FLEE] == pytest.approx(0.25)
