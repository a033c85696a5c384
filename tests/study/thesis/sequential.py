"""Sequential ABC by pyABC on a shipped series, all rivals at one tolerance: an opinion that shares neither table, distance nor classifier with `thesis`.

`python -m tests.study.thesis.sequential leipzig-mondays FILE.db` writes a generation a line of CSV; one that was interrupted is gone on with.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from desertion.study.calibration.fit import Fit, fit
from desertion.study.laboratory.prior import Prior
from desertion.study.laboratory.rivals import CAUSES, simulate
from desertion.study.thesis.cases import case

if TYPE_CHECKING:
    from desertion.study.arrays import Array
    from desertion.study.calibration.case import Case
    from desertion.study.history.series import Series
    from desertion.study.laboratory.window import Window

WITH = " and contagion"
PARTICLES, GENERATIONS = 400, 8
_MOST = 50  # priors of a rival


class Told:
    """A generator whose flat draws, those of the priors, are told as shares; all others are left to chance."""

    def __init__(self, shares: Array, rng: np.random.Generator) -> None:
        self._shares, self._rng, self.used = shares, rng, 0

    def _next(self) -> float:
        self.used += 1
        return float(np.clip(self._shares[self.used - 1], 0.0, 1.0))

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
class Asked:
    """A series as a fit takes it: rivals, their priors as shares, and figures as published."""

    series: Series
    window: Window
    held_out: int = 0
    nuisances: tuple[Prior, ...] = (Prior(name="noise", low=0.0, high=1.0),)  # the simulator has its own

    @property
    def rivals(self) -> tuple[str, ...]:
        """Each cause alone, and with contagion."""
        return tuple(name + more for more in ("", WITH) for name in CAUSES)

    def history(self, rival: str, shares: Array, seed: int) -> tuple[Array, int]:
        """One history of a rival, shape (point,), and how many of the shares it used."""
        chance = Told(shares, np.random.default_rng(seed))
        of, drawn = CAUSES[rival.removesuffix(WITH)], cast("np.random.Generator", chance)
        return simulate(of, self.window, 1, drawn, contagious=rival.endswith(WITH)).published[0], chance.used

    def priors_of(self, rival: str) -> tuple[Prior, ...]:
        """A share for each flat draw of a rival; their names say whose they are."""
        _, used = self.history(rival, np.full(_MOST, 0.5), 0)
        return tuple(Prior(name=f"{rival}: {number}", low=0.0, high=1.0) for number in range(used))

    def simulate(self, values: dict[str, float], seed: int) -> Array:
        """Figures of one history, for shares of the priors of the rival that their names say."""
        given = {name: share for name, share in values.items() if ": " in name}
        return self.history(next(iter(given)).split(": ")[0], np.array(list(given.values())), seed)[0]

    def observe(self, flow: Array, _noise: float, _rng: np.random.Generator) -> Array:
        """Published already."""
        return flow


def opinion(name: str, file: Path, particles: int = PARTICLES, generations: int = GENERATIONS) -> Fit:
    """What sequential ABC says of a shipped series."""
    judged = case(name)
    asked = Asked(judged.series, judged.window)
    return fit(
        cast("Case", asked), asked.simulate, file, particles=particles, generations=generations, seed=1,
        finished=lambda: print(end=".", file=sys.stderr, flush=True),
    )  # fmt: skip


def contagious(found: Fit) -> Array:
    """Probability of contagion, all causes together, shape (generation,)."""
    return found.probabilities[:, [rival.endswith(WITH) for rival in found.case.rivals]].sum(axis=1)


if __name__ == "__main__":
    told = opinion(sys.argv[1], Path(sys.argv[2]))
    for place, (tolerance, probability) in enumerate(zip(told.epsilon, contagious(told), strict=True)):
        print(f"{sys.argv[1]},{place + 1},{tolerance:.4f},{probability:.4f},{told.simulations}")
