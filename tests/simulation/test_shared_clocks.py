"""Ways out of home have one clock each."""

from __future__ import annotations

from desertion.parameters import Force
from desertion.simulation.signals.communities import class_baseline
from desertion.simulation.society.records import numbers_of, records
from desertion.simulation.world.codes import FIRST_WAY, N_CELLS, N_ROUTES, N_WAYS, WAY_ROUTES


def test_every_way_out_of_home_has_a_clock_in_the_order_of_routes() -> None:
    """The routes of a class are those that have a baseline, ascending, as the signals write and the cells read them."""
    force = records(Force, [Force.model_construct(**dict.fromkeys(numbers_of(Force), 0.5))])[0]
    for cl in range(N_CELLS):
        routes = [k for k in range(N_ROUTES) if class_baseline(force, cl, k) >= 0.0]
        assert list(WAY_ROUTES[FIRST_WAY[cl] : FIRST_WAY[cl + 1]]) == routes
    assert FIRST_WAY[N_CELLS] == N_WAYS == len(WAY_ROUTES)
