"""A stand-in for the model behind the claims: open lets 5 + 60 R people leave, closed 4."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from desertion.study.claims.document import load
from desertion.study.claims.world_run import task_fingerprint
from desertion.study.claims.worlds import worlds
from desertion.study.run.task import Outcome

__all__ = ["run", "task_fingerprint"]


def run(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """Leavers of an arm in a world."""
    given = spec["settings"]
    claims = load(Path(given["claims"]))
    world = worlds(claims.factors, given["worlds"], given["worlds_seed"])[given["world"]]
    left = 4.0 if given["arm"] == "closed" else 5.0 + 60.0 * float(world["R"])
    return Outcome({"left": left}, np.empty((0, 0), np.float32), ())
