"""The records by which kernels read parameters hold the parameters' own numbers."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from desertion import DesertionModel
from desertion.parameters import CATEGORIES, Behaviour, Force, Host, Reference
from desertion.simulation.society.records import numbers_of, record_type
from desertion.simulation.world.fields import World
from tests.simulation.worlds import toy


def _plain(record: Any) -> dict[str, float]:
    """A record's numbers by the names of their parameters."""
    numbers: dict[str, float] = {}
    for name in record.dtype.names:
        if record[name].ndim:
            numbers |= {f"{name}_{category}": float(x) for category, x in zip(CATEGORIES, record[name], strict=True)}
        else:
            numbers[name] = float(record[name])
    return numbers


def test_a_record_holds_every_number_of_its_parameters_under_its_name() -> None:
    """None missing, none left over, none changed; numbers that differ by category stand in the order of the categories."""
    model = DesertionModel(toy(), rng=1)
    w, scenario = model.world, model.sized
    force, host = scenario.forces[0], scenario.hosts[0]
    pairs = (
        (w.forces[0], force),
        (w.hosts[0], host),
        (w.behaviour[0], scenario.behaviour),
        (w.reference[0], scenario.reference[force.name]),
    )
    for record, parameters in pairs:
        wanted = {name: float(getattr(parameters, name)) for name in numbers_of(type(parameters))}
        assert _plain(record) == pytest.approx(wanted, nan_ok=False)


@pytest.mark.parametrize("model", [Force, Host, Behaviour, Reference])
def test_a_record_is_a_row_of_its_plain_table(model: type[BaseModel]) -> None:
    """Dated changes go by the number of a lever: the n-th number of a model is the n-th of its record's memory."""
    kind = record_type(model)
    places = []
    for name in kind.names or ():
        field, start = kind.fields[name][:2]  # type: ignore[index]
        places += [start // 8 + place for place in range(max(1, field.itemsize // 8))]
    assert places == list(range(len(numbers_of(model))))
    assert kind.itemsize == 8 * len(places)


def _levers_share_memory(w: World) -> bool:
    w.force_levers[0, numbers_of(Force).index("police")] = 123.0
    w.host_levers[0, numbers_of(Host).index("recognition_other")] = 0.625
    return bool(w.forces[0].police == 123.0 and w.hosts[0].recognition[CATEGORIES.index("other")] == 0.625)


def test_levers_and_their_plain_table_are_one_memory_also_after_a_pickle() -> None:
    """A dated change must be seen by kernels that read records, in a model that was stored and read back too."""
    world = DesertionModel(toy(), rng=1).world
    again = pickle.loads(pickle.dumps(world))
    assert _levers_share_memory(world)
    assert _levers_share_memory(again)
    assert np.array_equal(again.tie_to, world.tie_to)
