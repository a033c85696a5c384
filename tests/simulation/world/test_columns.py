"""The columns of tables, by which kernels read parameters, are the parameters' own fields."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from desertion.parameters import Behaviour, Force, Host, Reference
from desertion.simulation.world import columns
from desertion.simulation.world.codes import DAY_COUNTS, HOST_COUNTS, KINDS, N_STATUSES, ROUTES, STATUSES
from desertion.simulation.world.columns import (
    R_CASUALTY,
    R_FLIGHT,
    R_LEGITIMACY,
    R_POLICE,
    R_PUNISHMENT,
    R_QUARTER,
    R_SUPPLY,
)
from tests.simulation.worlds import numbers_of


@pytest.mark.parametrize(
    ("model", "names", "prefix"),
    [
        (Force, columns.FORCE_COLUMNS, "F_"),
        (Host, columns.HOST_COLUMNS, "H_"),
        (Behaviour, columns.BEHAVIOUR_COLUMNS, "B_"),
    ],
)
def test_columns_are_the_numbers_of_the_parameters_in_order(
    model: type[BaseModel], names: tuple[str, ...], prefix: str
) -> None:
    """None missing, none left over, and each constant is the place of the field that it is named for."""
    assert list(names) == numbers_of(model)
    for place, name in enumerate(names):
        assert getattr(columns, prefix + name.upper()) == place
    assert len([name for name in vars(columns) if name.startswith(prefix)]) == len(names)


def test_reference_columns_are_the_fields_of_the_reference_state() -> None:
    """The table that kernels read has a column a field, in order."""
    names = columns.REFERENCE_COLUMNS
    assert list(names) == [
        "casualty_rate",
        "legitimacy",
        "supply",
        "punishment",
        *(n for n in names if n.startswith("flight_")),
        "quarter",
        "police",
    ]
    assert set(names) == set(Reference.model_fields)
    places = (R_CASUALTY, R_LEGITIMACY, R_SUPPLY, R_PUNISHMENT, R_FLIGHT, R_QUARTER, R_POLICE)
    assert [names[place] for place in places] == [
        "casualty_rate",
        "legitimacy",
        "supply",
        "punishment",
        "flight_deserter",
        "quarter",
        "police",
    ]


def test_names_and_numbers_of_statuses_agree() -> None:
    """Every constant is the place of its name."""
    from desertion.simulation.world import codes as statuses

    for names in (STATUSES, KINDS, ROUTES):
        for place, name in enumerate(names):
            assert getattr(statuses, name.upper()) == place
    assert len(STATUSES) == N_STATUSES
    assert [getattr(statuses, f"C_{name.upper()}") for name in DAY_COUNTS[8:]] == [8, 9, 10, 11]
    assert [DAY_COUNTS[getattr(statuses, f"C_{name}")] for name in ("WOUNDED", "KILLED", "CAPTURED")] == [
        "new_wounded",
        "new_killed",
        "new_captured",
    ]
    for route in ROUTES:
        assert DAY_COUNTS[getattr(statuses, route.upper())] == f"new_{route}"
    assert len(HOST_COUNTS) == 10
