"""A stand-in for the runs of a world: sums of its inputs with a little chance, so that what is not ruled out is known."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from desertion.errors import InputError
from desertion.study.run.task import Outcome

NOISE = 0.02
RARE = 1.2
"""Attempts behind closed exits in a run: none in 30 of 100."""


def run_world(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """`sum` = a + b, `difference` = a - b, `first` and `same` = a, `event` = whether a > 0.5; attempts of soldiers 12.2 to 1 where a = 0.6; c does nothing. Ten simulated persons stand behind a `first` of 1.

    In armies of more than half their real size the sum is larger by 0.2, and by a tenth of a door that a case sets.
    """
    world = spec["settings"]
    if spec["settings"].get("fail_at") == world["world"]:
        raise RuntimeError("as asked")
    if float(world.get("refused", 0.0)) > 0.75:
        raise InputError("this world cannot be")
    rng = np.random.default_rng((seed, int(world["world"]), replicate))
    a, b = (float(world[name]) + NOISE * float(rng.normal()) for name in "ab")
    case = next(iter(json.loads(world["match"])["cases"].values()))
    more = 0.2 * ((case["scale"] or 0.0) > 0.5) + 0.1 * float(case["settings"].get("behaviour.push_door", 0.0))
    numbers = {"sum": a + b + more, "difference": a - b, "first": a, "same": a, "event": float(a > 0.5)}
    opened, closed = (float(rng.poisson(mean)) for mean in (RARE * 12.2 * max(a, 0.0) / 0.6, RARE))
    numbers["first, persons"] = 10.0 * a  # a count that the others are not
    numbers |= {"army-attempts, above": opened, "army-attempts, below": closed}
    return Outcome(numbers, np.empty((0, 0), np.float32), ())
