"""A run that keeps one core busy for a given number of rounds, and one that does nothing."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from desertion.study.run.task import Outcome

_DAYS = np.arange(182, dtype=np.float32)


def run(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """Count for `rounds` rounds; give 25 measures and a curve of half a year, as the model does."""
    total = 0
    for index in range(int(spec["settings"].get("rounds", 0))):
        total += index * index % 7
    scalars = {f"measure_{index}": float(total + index + replicate + seed) for index in range(24)}
    curve = np.column_stack([_DAYS * (replicate + 1), 1000 - _DAYS])
    return Outcome({**scalars, "share_left": (replicate % 97) / 97}, curve, ("left", "strength"))
