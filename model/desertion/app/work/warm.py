"""What the first visitor would wait for, the model's compiled code, loaded once and in the background."""

from __future__ import annotations

import threading

WARM = threading.Event()
"""Set once the model's code has been compiled and loaded."""


def warm_up() -> None:
    """Run a little and look up what every page needs."""
    from desertion.app.request.choice import shipped, usual_scale
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.trace import trace

    try:
        DesertionModel("toy", rng=1, days=3).run()
        for name in shipped()["scenarios"]:
            usual_scale(name)
    finally:
        WARM.set()
    trace(DesertionModel("toy", rng=1, days=3), 0)
