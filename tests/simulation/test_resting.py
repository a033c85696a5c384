"""People at rest: pressed by ties, far from every threshold, their days added up some at a time without changing a bit."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from desertion.scenario import Scenario
from desertion.simulation.clocks.resting import present_tie_pressure
from desertion.simulation.model import DesertionModel
from desertion.simulation.world.codes import OWN, RESTING
from desertion.theory.multiplier import make_leave
from tests.simulation.test_docking import assert_same_history
from tests.simulation.worlds import toy

pytestmark = pytest.mark.docking


def _growing(folder: Path, day: int) -> Scenario:
    """A world in which hiding is hard, and from one day on easy: hazards at home grow twentyfold over night."""
    policy = folder / "easy-to-hide.toml"
    policy.write_text(
        'title = "Hiding becomes easy"\nsummary = "For a test."\nsources = ["no source: made up"]\n[[change]]\n'
        f'from = "+{day}"\nset = {{ "forces.@first.refuge" = 1.0 }}\n'
    )
    quiet = {"forces__toy__refuge": 0.05, "forces__toy__base_reservist_hide": 0.02, "behaviour__contagion_ties": 4.0}
    return toy(days=40, **quiet).with_policies([policy])


@pytest.mark.parametrize("day", [16, 19, 21])
def test_those_at_rest_are_roused_before_a_sudden_hazard_counts(tmp_path: Path, day: int) -> None:
    """Hazards grow twentyfold on the first day of a window, in its middle and near its end; both forms agree, and people did rest."""
    scenario = _growing(tmp_path, day)
    model = DesertionModel(scenario, rng=3)
    model.population.advance(0, day)
    model.day = day
    resting = model.world.bound == RESTING
    model.population.advance(day, day + 1)
    model.day += 1
    roused = resting & (model.world.bound == OWN)
    assert resting.sum() > 25
    assert roused.sum() > 0.5 * resting.sum()
    assert_same_history(DesertionModel(scenario, rng=3).run(), DesertionModel(scenario, rng=3, population="mesa").run())


@pytest.mark.parametrize("half_life", [30.0, math.inf])
def test_days_on_which_nothing_changes_are_added_up_at_once(tmp_path: Path, half_life: float) -> None:
    """Ties that last, under hazards that stand still and then change in the middle of a window: both forms agree."""
    scenario = _growing(tmp_path, 21).with_({"behaviour.half_life_ties": half_life})
    model = DesertionModel(scenario, rng=3).run()
    assert (model.world.seen_since >= 21).all()
    assert_same_history(model, DesertionModel(scenario, rng=3, population="mesa").run())
    ties = {"degree": 10, "across": 1.0, "base_reservist_hide": 0.004}
    still = Scenario.load("one-town", days=20).with_(
        {f"forces.town.{name}": value for name, value in ties.items()}
        | {"behaviour.contagion_ties": 2.5, "behaviour.contagion_community": 0.0, "behaviour.half_life_ties": half_life}
    )
    model = DesertionModel(still, rng=3).run()
    assert (model.world.bound == RESTING).sum() > 25
    assert (model.world.seen_since < 5).all()
    assert_same_history(model, DesertionModel(still, rng=3, population="mesa").run())


def test_looking_in_between_changes_nothing(tmp_path: Path) -> None:
    """A run in one go, one day by day and one in uneven parts are equal, though those at rest are added up at other times."""
    scenario = _growing(tmp_path, 19)
    whole = DesertionModel(scenario, rng=3).run()
    daily, uneven = DesertionModel(scenario, rng=3), DesertionModel(scenario, rng=3)
    for day in range(scenario.days):
        daily.population.advance(day, day + 1)
    edges = [0, 1, 6, 9, 22, 23, 37, scenario.days]
    for first, last in itertools.pairwise(edges):
        uneven.population.advance(first, last)
    for other in (daily, uneven):
        for field in ("target", "status", "left_day", "daily"):
            assert np.array_equal(getattr(other.world, field), getattr(whole.world, field)), field


def test_ties_fade_for_those_at_rest_as_for_others(tmp_path: Path) -> None:
    """What ties say to a person after some days is what the Mesa form says, whoever rests."""
    scenario = _growing(tmp_path, 30)
    compiled, mesa = DesertionModel(scenario, rng=3), DesertionModel(scenario, rng=3, population="mesa")
    for day in range(21):
        mesa.population.advance(day, day + 1)
    compiled.population.advance(0, 21)
    resting = np.flatnonzero(compiled.world.bound == RESTING)
    assert len(resting) > 25
    for person in resting:
        assert present_tie_pressure(compiled.core, person).tolist() == mesa.population.tie_pressure(int(person))


def test_one_at_rest_can_be_made_to_leave(tmp_path: Path) -> None:
    """The paired response lowers thresholds by hand: who rests gets his own clock, or nobody would ask him."""
    model = DesertionModel(_growing(tmp_path, 30), rng=3)
    model.population.advance(0, 21)
    model.day = 21
    person = int(np.flatnonzero(model.world.bound == RESTING)[0])
    make_leave(model, person, 0)
    model.population.advance(21, 22)
    assert model.world.left_day[person] == 21
