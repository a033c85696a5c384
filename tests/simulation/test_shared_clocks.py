"""Ways out of home have one clock each."""

from __future__ import annotations

from desertion.parameters import Force
from desertion.simulation.signals.communities import class_baseline
from desertion.simulation.society.records import numbers_of, records
from desertion.simulation.world.codes import (
    DOOR_ROUTES,
    EMIGRATE,
    EMIGRATE_DOOR,
    FIRST_DOOR,
    FLEE,
    FLEE_DOOR,
    HIDE,
    HIDE_DOOR,
    N_DOORS,
    N_HOME_CLASSES,
    N_ROUTES,
)


def test_every_way_out_of_home_has_a_clock_in_the_order_of_routes() -> None:
    """The routes of a class are those that have a baseline, ascending, as the signals write and the cells read them."""
    force = records(Force, [Force.model_construct(**dict.fromkeys(numbers_of(Force), 0.5))])[0]
    for cl in range(N_HOME_CLASSES):
        routes = [k for k in range(N_ROUTES) if class_baseline(force, cl, k) >= 0.0]
        assert list(DOOR_ROUTES[FIRST_DOOR[cl] : FIRST_DOOR[cl + 1]]) == routes
    assert FIRST_DOOR[N_HOME_CLASSES] == N_DOORS == len(DOOR_ROUTES)


def test_the_door_of_a_class_by_a_route_is_the_one_that_leads_there() -> None:
    """The three tables by route say what the list of doors says, for every class of people at home."""
    for route, doors in ((HIDE, HIDE_DOOR), (FLEE, FLEE_DOOR), (EMIGRATE, EMIGRATE_DOOR)):
        for cl in range(N_HOME_CLASSES):
            own = range(FIRST_DOOR[cl], FIRST_DOOR[cl + 1])
            assert [door for door in own if DOOR_ROUTES[door] == route] == [doors[cl]] * (doors[cl] >= 0)
