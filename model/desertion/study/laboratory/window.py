"""The window of a series: how long, how many at risk, what is published of it and with how much error."""

from dataclasses import dataclass

import numpy as np

from desertion.errors import input_error
from desertion.study.arrays import Array
from desertion.study.history.observation import interval_totals, level_shift, registration_lag
from desertion.study.laboratory.prior import Prior

RULE = Prior(name="rule", low=1.0, high=4.0, log=True, meaning="factor of a documented change of rules")
FEWEST_POINTS = 8
_TRIES = 50


@dataclass(frozen=True, kw_only=True)
class Window:
    """What a simulator must know of a series: nothing of its values but their sum.

    Attributes:
        steps: time steps.
        intervals: by published figure, where its time begins and ends, in steps from the first one on (0 to 1 is the first step).
        cumulative: figures count from the first step on, wherever their intervals begin.
        estimates: each cumulative figure has an error of its own, as rounded totals of several sources have, and none lies below the one
            before; otherwise each is the sum of counts that have theirs.
        at_risk: fewest and most people (places, capitals) who could act; a whole number each.
        total: acts in the window as the published figures have them, gaps bridged.
        noise: least and largest dispersion (squared relative error) of a published figure; (0, 0) for exact counts.
        lag: longest mean delay of registration, steps.
        doors: steps of documented events by which a way out opened or closed.
        rules: steps of documented changes of the rules of counting.
        rule: by what factor they may have changed the counts.
        again: who has acted may act again (turnout), instead of being gone (leaving).
    """

    steps: int
    intervals: tuple[tuple[float, float], ...]
    at_risk: tuple[int, int]
    total: float
    cumulative: bool = False
    estimates: bool = False
    noise: tuple[float, float] = (0.001, 0.1)
    lag: float = 0.0
    doors: tuple[int, ...] = ()
    rules: tuple[int, ...] = ()
    rule: Prior = RULE
    again: bool = False

    def __post_init__(self) -> None:
        """Refuse what no history can fill."""
        if len(self.intervals) < FEWEST_POINTS:
            raise input_error("points", len(self.intervals), f"must be at least {FEWEST_POINTS}: fewer bend any way")
        low, high = self.at_risk
        if not 1 <= low <= high:
            raise input_error("at risk", f"{low} to {high}", "must be numbers of people >= 1 that run upwards")
        if not self.again and self.total > high:
            way_out = "raise the number at risk" if self.total < 10 * high else "check the unit of the series"
            raise input_error("at risk", high, f"must be at least the {self.total:,.0f} who left", way_out=way_out)
        if not self.total > 0.0:
            raise input_error(
                "total", self.total, "must be above 0", way_out="a series in which nobody acts says nothing"
            )

    @property
    def lengths(self) -> Array:
        """Steps that each figure covers; of cumulative figures, steps since the figure before."""
        if self.cumulative:
            return np.diff([0.0, *(end for _, end in self.intervals)])
        return np.array([end - begin for begin, end in self.intervals], dtype=np.float64)

    def publish(self, flow: Array, rng: np.random.Generator) -> Array:
        """Figures as they would have been published, shape (history, point).

        Args:
            flow: shape (history, step), acts as they were counted.
            rng: chance in delays, rules and counts.
        """
        size = len(flow)
        seen = registration_lag(flow, rng.uniform(0.0, self.lag, size)) if self.lag else flow
        for step in self.rules:
            seen = level_shift(seen, step, self.rule.draw(rng, size)[:, None])
        intervals = [(0.0, end) for _, end in self.intervals] if self.cumulative else self.intervals
        expected = interval_totals(seen, intervals)
        low, high = self.noise
        if high == 0.0:
            return np.rint(expected)
        spread = np.exp(rng.uniform(np.log(low), np.log(high), (size, 1))) if low < high else np.full((size, 1), high)
        if not self.cumulative:
            return _counted(expected, spread, rng)
        if not self.estimates:
            return np.cumsum(_counted(np.diff(expected, axis=1, prepend=0.0), spread, rng), axis=1)
        totals = _counted(expected, spread, rng)
        for _ in range(_TRIES):
            if not (falls := (np.diff(totals, axis=1) < 0.0).any(axis=1)).any():
                break
            totals[falls] = _counted(expected[falls], spread[falls], rng)
        # Where next to nothing happens between two dates hardly a draw rises: there the total of before stands again.
        return np.maximum.accumulate(totals, axis=1)


def _counted(expected: Array, spread: Array, rng: np.random.Generator) -> Array:
    """Counts with the error of counting: `spread` is its squared relative size, a row each."""
    return expected * rng.gamma(1.0 / spread, spread, size=expected.shape)
