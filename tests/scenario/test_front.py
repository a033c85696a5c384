"""Claims about `front-2022`: the army alone, whose chance to surrender follows dated evidence."""

import numpy as np
import pytest

from desertion import DesertionModel, Scenario


def test_the_army_is_alone_and_nobody_is_called_up() -> None:
    """All who are simulated serve, so that a tenth of the army is a hundred thousand soldiers and nobody else."""
    scenario = Scenario.load("front-2022", scale=0.1)
    (force,) = scenario.sized().forces
    assert (force.soldiers, force.reservists, force.civilians, force.waves) == (100_000, 0, 0, ())


def test_the_chance_to_surrender_has_the_mean_of_russia_2022_and_its_height_in_the_weeks_of_kharkiv() -> None:
    """The share of equipment left behind gives the course, 655 of 1,259 against 106 of 508 in winter; the mean stays at 0.5."""
    scenario = Scenario.load("front-2022")
    course = np.full(scenario.days, scenario.course.forces[0].contact)
    for day, _, _, name, value in scenario.timeline():
        if name == "contact":
            course[day:] = value
    assert course.mean() == pytest.approx(Scenario.load("russia-2022").forces[0].contact, abs=0.005)
    kharkiv, winter = course[10], course[100]
    assert kharkiv / winter == pytest.approx((655 / 1259) / (106 / 508), abs=0.05)


@pytest.mark.statistical
def test_no_draw_is_common_to_the_whole_army() -> None:
    """Three seeds at a tenth of real size differ by chance of single men.

    About 770 leave; with a standard deviation of a twentieth between seeds the largest of three is 1.3 times the smallest in less than
    one of ten thousand such tests. With one frailty for all, whose logarithm has variance 0.2, it mostly is.
    """
    scenario = Scenario.load("front-2022", scale=0.1)
    left = [DesertionModel(scenario, rng=seed).run().measures()["soldiers_left"] for seed in (1, 2, 3)]
    assert max(left) < 1.3 * min(left)
