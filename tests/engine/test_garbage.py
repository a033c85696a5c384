"""Garbage is looked for seldom while a command starts, and as usual from the first model on."""

from __future__ import annotations

import gc

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
