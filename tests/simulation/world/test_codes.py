"""Codes are places in the tuples of their names."""

from __future__ import annotations

from desertion.parameters import CATEGORIES
from desertion.simulation.world import codes
from desertion.simulation.world.codes import DAY_COUNTS, HOST_COUNTS, KINDS, N_STATUSES, ROUTES, STATUSES


def test_names_and_numbers_of_statuses_agree() -> None:
    """Every constant is the place of its name."""
    for names in (STATUSES, KINDS, ROUTES[: codes.EMIGRATE]):
        for place, name in enumerate(names):
            assert getattr(codes, name.upper()) == place
    assert ROUTES[codes.EMIGRATE] == "skilled"
    for place, name in enumerate(CATEGORIES):
        assert getattr(codes, name.upper()) == place
    assert len(CATEGORIES) == codes.N_CATEGORIES
    assert len(STATUSES) == N_STATUSES
    assert [getattr(codes, f"C_{name.upper()}") for name in DAY_COUNTS[8:]] == list(range(8, 14))
    assert [DAY_COUNTS[getattr(codes, f"C_{name}")] for name in ("WOUNDED", "KILLED", "CAPTURED")] == [
        "new_wounded",
        "new_killed",
        "new_captured",
    ]
    for route, name in enumerate(ROUTES):
        assert DAY_COUNTS[route] == f"new_{name}"
    assert len(HOST_COUNTS) == 10
