"""Who left only because of a policy, person by person, and how ways to leave moved."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.simulation.world.codes import ROUTES

SHARES = ("pairs", "both", "only_a", "only_b", "neither", "share_only_b")
"""What `shares` gives."""

STAYED = "stayed"
"""What `moves` calls those who never left."""

type Ways = Mapping[int, NDArray[np.uint8]]
"""(persons,) by replicate : 0 for a person who never left, else the number of the first route in `codes.ROUTES` plus 1."""


def shares(a: Ways, b: Ways, size: float = 1.0) -> dict[str, object]:
    """How many left under both policies, only under one, under neither: means over the replicates that both have.

    Args:
        a: The same people under the baseline.
        b: And under the policy.
        size: Real persons per simulated person.
    """
    common = sorted(a.keys() & b.keys())
    gone = [(a[replicate] > 0, b[replicate] > 0) for replicate in common]
    counted = [[(x & y).sum(), (x & ~y).sum(), (y & ~x).sum(), (~x & ~y).sum()] for x, y in gone]
    means = size * np.array(counted, dtype=np.float64).mean(axis=0)
    both, only_a, only_b, neither = map(float, means)
    share = only_b / (both + only_b) if both + only_b else float("nan")
    return dict(zip(SHARES, (len(common), both, only_a, only_b, neither, share), strict=True))


def moves(a: Ways, b: Ways, size: float = 1.0) -> pd.DataFrame:
    """How first ways to leave moved: rows the way under the baseline, columns under the policy, means over replicates.

    Args:
        a: The same people under the baseline.
        b: And under the policy.
        size: Real persons per simulated person.
    """
    names = [STAYED, *ROUTES]
    common = sorted(a.keys() & b.keys())
    codes = np.zeros(len(names) ** 2)
    for replicate in common:
        codes += np.bincount(a[replicate].astype(int) * len(names) + b[replicate], minlength=codes.size)
    return pd.DataFrame(codes.reshape(len(names), -1) * size / len(common), index=names, columns=names)
