"""People in hiding: their stays go by clocks that their force shares, and they have no clock of leaving while no way is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from desertion.simulation.world.codes import HIDING, NOBODYS
from tests.simulation.test_oracle import difference

pytestmark = pytest.mark.oracle

SHUT, OPENS = 8, 12  # days after which people are looked at while the frontier is shut, and on which it opens


def _hunted(folder: Path) -> Scenario:
    """A world whose frontier is shut until a day, with many in hiding who want to get out."""
    policy = folder / "frontier-opens.toml"
    policy.write_text(
        'title = "The frontier opens"\nsummary = "For a test."\nsources = ["no source: made up"]\n[[change]]\n'
        f'from = "+{OPENS}"\nset = {{ "forces.@first.exit_control" = 0.0 }}\n'
    )
    own = {"exit_control": 1.0, "base_soldier_hide": 0.05, "base_reservist_hide": 0.02, "base_hiding_flee": 0.1}
    settings = {f"forces.toy.{name}": value for name, value in own.items()} | {"behaviour.contagion_ties": 4.0}
    return Scenario.load("toy", [policy], days=25, scale=0.2, set=settings)


def test_those_to_whom_all_ways_were_shut_leave_when_one_opens(tmp_path: Path) -> None:
    """They stand on no list while the frontier is shut, and leave as the document says once it is open."""
    scenario = _hunted(tmp_path)
    model = DesertionModel(scenario, rng=3)
    for _ in range(SHUT):
        model.step()
    w = model.world
    shut_in = (w.status == HIDING) & (w.since < SHUT - 2)
    assert shut_in.sum() > 20
    assert (w.bound[shut_in] == NOBODYS).all()
    model.run()
    assert (w.status[shut_in] != HIDING).sum() > 10
    assert difference(scenario, 3) is None


def test_places_of_the_hidden_are_used_again() -> None:
    """People hide and give up so often that the list runs full and is closed up, and each stay ends as the document says."""
    own = {
        "base_reservist_hide": 1.0,
        "base_soldier_hide": 1.0,
        "return_rate": 1.0,
        "police": 0.05,
        "exit_control": 1.0,
    }
    scenario = Scenario.load("toy", days=40, scale=0.05, set={f"forces.toy.{name}": rate for name, rate in own.items()})
    model = DesertionModel(scenario, rng=3).run()
    hidden = model.daily["new_hide"].sum()
    assert hidden > 2 * len(model.world.status)
    assert difference(scenario, 3) is None
