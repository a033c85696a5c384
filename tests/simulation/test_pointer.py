"""A core is a bare pointer: kernels see the world's arrays through it, and neither it nor a call keeps them alive."""

from __future__ import annotations

import gc
import weakref

import pytest

from desertion.engine.compile import JIT_OFF, kernel
from desertion.engine.pointer import core_of
from desertion.simulation.model import DesertionModel
from desertion.simulation.world.fields import World
from tests.simulation.worlds import made, toy


@kernel
def _mark(w: World, i: int) -> float:
    w.status[i] = 7
    return w.hosts[0].travel + w.reception[0, 1] + len(w.status) + w.form


def test_a_kernel_sees_and_changes_the_arrays_of_the_world() -> None:
    """Records, arrays of one and two dimensions and plain numbers are read; what is written stands in the world."""
    world = DesertionModel(toy(), rng=1).world
    core = core_of(world)
    assert _mark(core, 5) == world.hosts[0].travel + world.reception[0, 1] + len(world.status) + world.form
    assert world.status[5] == 7


@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_nothing_of_a_model_stays_in_memory_after_it(population: str) -> None:
    """A study makes thousands of models in one process: all arrays go with their model, however often kernels were called with its core."""
    model = DesertionModel(toy(days=3), rng=1, population=population).run()
    arrays = [weakref.ref(array) for array in (model.world.target, model.world.daily, model.world.tie_to)]
    del model
    gc.collect()
    assert [array() is None for array in arrays] == [True] * 3


@pytest.mark.skipif(JIT_OFF, reason="without the JIT a core is the world itself")
def test_a_core_keeps_the_arrays_it_points_into() -> None:
    """Whoever holds only the core may still call kernels with it."""
    core = core_of(DesertionModel(toy(), rng=1).world)
    gc.collect()
    assert _mark(core, 5) > 0.0


@pytest.mark.skipif(JIT_OFF, reason="without the JIT a core is the world itself")
@pytest.mark.parametrize("population", ["compiled", "mesa"])
def test_a_world_of_one_of_each_is_compiled_for_like_any_other(population: str) -> None:
    """A world of one person, force, community and host, or of no host: another type of its core would compile the whole model anew."""
    one = {"name": "one", "soldiers": 0, "reservists": 1, "civilians": 0}
    kinds = {
        core_of(DesertionModel(scenario, rng=1, population=population).world).core_kind
        for scenario in (toy(), made(3, [one]), made(3, [one], [{"name": "host"}]))
    }
    assert len(kinds) == 1
