"""Sequential ABC by pyABC on a shipped series, all rivals at one tolerance: an opinion that shares neither table, distance nor classifier with `thesis`.

`python -m tests.study.thesis.sequential leipzig-mondays FILE.db` prints a generation a line, as in `experiments/thesis/sequential.csv`, where the capitals stop after six.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pyabc
from scipy.special import ndtr

from desertion.study.calibration.fit import distance
from desertion.study.calibration.transition import SteadyTransition
from desertion.study.laboratory.rivals import CAUSES, Cause, simulate
from desertion.study.thesis.cases import case

if TYPE_CHECKING:
    from desertion.study.arrays import Array
    from desertion.study.laboratory.window import Window

PARTICLES, GENERATIONS = 400, 8
_MOST = 50  # priors of a rival


class Told:
    """A generator whose flat draws, those of the priors, are told as shares; all others are left to chance."""

    def __init__(self, shares: Array, rng: np.random.Generator) -> None:
        self._shares, self._rng, self.used = shares, rng, 0

    def _next(self) -> float:
        self.used += 1
        return float(self._shares[self.used - 1])

    def uniform(self, low: float, high: float, size: Any) -> Array:
        """The next share that was told, between the ends."""
        return np.full(size, low + self._next() * (high - low))

    def integers(self, high: int, size: int) -> Any:
        """The next share that was told, as a number under `high`."""
        return np.full(size, min(int(self._next() * high), high - 1))

    def __getattr__(self, name: str) -> Any:
        """Whatever is no prior."""
        return getattr(self._rng, name)


@dataclass(frozen=True)
class Rival:
    """A cause, alone or with contagion, as pyABC calls it: priors are standard normal and told as shares, so that no step leaves them.

    Attributes:
        cause: what makes a history besides.
        contagious: whether leavers draw others.
        window: the window of the series.
    """

    cause: Cause
    contagious: bool
    window: Window

    def history(self, shares: Array, seed: int) -> tuple[Array, int]:
        """One history, shape (point,), and how many of the shares it used."""
        chance = Told(shares, np.random.default_rng(seed))
        drawn = cast("np.random.Generator", chance)
        return simulate(self.cause, self.window, 1, drawn, contagious=self.contagious).published[0], chance.used

    @property
    def priors(self) -> tuple[str, ...]:
        """A name for each flat draw, in order."""
        return tuple(f"p{number:02d}" for number in range(self.history(np.full(_MOST, 0.5), 0)[1]))

    def __call__(self, normal: Mapping[str, float]) -> dict[str, Array]:
        """Published figures for normal values of the priors."""
        shares = ndtr([normal[name] for name in sorted(normal)])
        return {"y": self.history(shares, int(np.random.randint(2**31)))[0]}  # noqa: NPY002 - pyABC knows no other source


def rivals(window: Window) -> list[Rival]:
    """Each cause alone, and with contagion."""
    return [Rival(cause, both, window) for both in (False, True) for cause in CAUSES.values()]


def opinion(name: str, file: Path, particles: int = PARTICLES, generations: int = GENERATIONS) -> pd.DataFrame:
    """What sequential ABC says of a shipped series, one row a generation: tolerance, probability of contagion of all causes together, simulations."""
    logging.getLogger("ABC").setLevel(logging.WARNING)
    judged, asked = case(name), rivals(case(name).window)
    np.random.seed(1)  # noqa: NPY002, TID251 - pyABC knows no other source
    inference = pyabc.ABCSMC(
        [
            pyabc.FunctionModel(rival, name=f"{rival.cause.name}{' and contagion' * rival.contagious}")
            for rival in asked
        ],
        [pyabc.Distribution(**{prior: pyabc.RV("norm", 0.0, 1.0) for prior in rival.priors}) for rival in asked],
        partial(distance, judged.series, len(judged.series.points)),
        population_size=particles,
        transitions=[SteadyTransition() for _ in asked],
        sampler=pyabc.sampler.SingleCoreSampler(),
        eps=pyabc.QuantileEpsilon(alpha=0.5),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inference.new(f"sqlite:///{file}", {"y": judged.series.values})
        return told(inference.run(max_nr_populations=generations))


def told(history: Any) -> pd.DataFrame:
    """The generations that a file of pyABC holds; the first half of the rivals is without contagion."""
    done = history.get_all_populations().query("t >= 0")
    shares = [history.get_model_probabilities(int(t))["p"] for t in done["t"]]
    return pd.DataFrame(
        {
            "generation": done["t"].to_numpy() + 1,
            "tolerance": done["epsilon"].to_numpy(),
            "probability": [float(each[each.index >= len(CAUSES)].sum()) for each in shares],
            "rivals": [int((each > 0.0).sum()) for each in shares],
            "simulations": done["samples"].cumsum().to_numpy(),
        }
    )


if __name__ == "__main__":
    found = opinion(sys.argv[1], Path(sys.argv[2]))
    found.insert(0, "series", sys.argv[1])
    print(found.to_csv(index=False, float_format="%.4f", lineterminator="\n"), end="")
