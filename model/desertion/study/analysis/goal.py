"""What a search of policy mixes is after, and within which limits."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, input_error
from desertion.parameters.field import is_truth
from desertion.simulation.record.columns import at_real_size

MORE, LESS = "more", "less"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a search is after.

    Attributes:
        wanted: For each measure whether "more" or "less" of it is better.
        limits: Largest mean that a measure may have, such as `{"cost_eur": 1e9, "infiltrators": 50}`.

    Raises:
        InputError: If nothing is wanted, a wish is neither more nor less, or a limit is no finite number.
    """

    wanted: Mapping[str, str]
    limits: Mapping[str, float]

    def __post_init__(self) -> None:
        """Check wishes and limits."""
        if not self.wanted:
            raise InputError("a search needs to know what is wanted, such as left_total = 'more'")
        for name, wish in self.wanted.items():
            if wish not in (MORE, LESS):
                raise InputError(f"want {name} = {wish!r} must be {MORE!r} or {LESS!r}")
        for name, limit in self.limits.items():
            if is_truth(limit) or not isinstance(limit, Real) or not math.isfinite(limit):
                raise input_error(
                    f"limit {name}", limit, "must be a finite number", way_out="leave it out for no limit"
                )

    @property
    def measures(self) -> tuple[str, ...]:
        """All measures that decide, those wanted first."""
        return tuple(dict.fromkeys([*self.wanted, *self.limits]))

    def gains(self, table: pd.DataFrame) -> NDArray[np.float64]:
        """Wanted measures with signs turned so that more is better, (candidates, wanted)."""
        signs = np.array([1.0 if wish == MORE else -1.0 for wish in self.wanted.values()])
        return table[list(self.wanted)].to_numpy(np.float64) * signs

    def within(self, table: pd.DataFrame) -> NDArray[np.bool_]:
        """Whether each candidate has all its measures and keeps all limits, (candidates,)."""
        inside = np.isfinite(table[list(self.measures)].to_numpy(np.float64)).all(axis=1)
        for name, limit in self.limits.items():
            inside &= (table[name] <= limit).to_numpy()
        return inside

    def at_real_size(self, scale: float) -> Self:
        """The goal of simulated persons with its limits at real size."""
        limits = at_real_size(pd.DataFrame([dict(self.limits)], dtype=float), scale)
        return type(self)(self.wanted, {str(name): float(limits[name].iloc[0]) for name in limits})

    def simulated(self, scale: float) -> Self:
        """The goal at real size with its limits in simulated persons, as runs are told."""
        return self.at_real_size(1.0 / scale)

    def plain(self) -> dict[str, object]:
        """The goal as plain data; pairs, since the order of wishes decides the axes of a figure."""
        return {"wanted": [list(pair) for pair in self.wanted.items()], "limits": dict(self.limits)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The goal that `plain` laid out."""
        return cls(dict(plain["wanted"]), plain["limits"])

    def words(self) -> str:
        """The limits as a reader says them: `cost_eur <= 2.5e+08`."""
        return ", ".join(f"{name} <= {limit:.4g}" for name, limit in self.limits.items())
