"""Garbage is looked for seldom while a command starts, and as usual from the first model on."""

from __future__ import annotations

import gc
import weakref

import pytest

from desertion.engine import garbage as startup
from desertion.simulation.model import DesertionModel


def test_the_first_model_ends_the_start() -> None:
    """Else models, which only the search for garbage frees, would pile up by the hundred in a study."""
    startup.over()  # a test before this one may have begun
    usual = gc.get_threshold()
    startup.begin()
    startup.begin()
    assert gc.get_threshold()[0] > 100 * usual[0]
    DesertionModel("toy", rng=1, scale=0.1, days=1)
    assert gc.get_threshold() == usual
    gc.unfreeze()


def test_finished_models_make_room_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python counts objects, not what arrays hold: finished models once took all memory of a study at ten times the size, and its runs failed."""
    monkeypatch.setattr(startup, "_MOST_HELD", 0.0)
    startup.over()
    gc.collect()
    gc.disable()  # as between two looks of its own
    try:
        first = DesertionModel("toy", rng=1, scale=0.1, days=1)
        gone = weakref.ref(first)
        del first
        assert gone() is not None, "a model is a circle, which only a look for garbage frees"
        DesertionModel("toy", rng=2, scale=0.1, days=1)
        assert gone() is None
    finally:
        gc.enable()


def test_models_that_hold_little_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look takes longer than a small run."""
    looks: list[float] = []
    monkeypatch.setattr(startup, "look", lambda: looks.append(1.0))
    monkeypatch.setattr(startup, "_held", [0.0])
    for _ in range(3):
        startup.make_room(2e8)
    assert looks == [1.0]
