"""The next-generation operator: how many more people take one way out because one person took another.

A leaver is felt as a jump, not as a mean: one man in ten of a squad moves his mates by exp(beta / 10). For independent
leavers the mean of the multiplicative factor is then exact (Campbell's theorem) and the fixed point keeps its form. In
the other forms the fixed point is that of the mean. Where places share a frailty only a leaver's own followers are
exact: theirs sit in frailer places still, and a place has a fold of its own (`Operator.frailest`).
"""

import math
from copy import copy

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from desertion.parameters import LEVELS, Behaviour
from desertion.scenario import Scenario
from desertion.simulation.world.codes import ROUTES
from desertion.theory.fading import Fading
from desertion.theory.groups import Group, Way, groups_of
from desertion.theory.neighbours import circles, degree_drawn

Array = NDArray[np.float64]

_STEPS = 5000
_CLOSE = 1e-10
_LARGEST = 40.0  # log hazard


class Operator:
    """The operator of one scenario, for any multiple of its contagion weights.

    Attributes:
        ways: (force number, group, route) of each row and column.
        people: Persons of each way's group.
        rates: Rate of each way before anybody has left, per day.
    """

    def __init__(self, scenario: Scenario) -> None:
        flat = scenario.flat()
        self.behaviour = flat.behaviour
        rows = _rows(flat.behaviour, groups_of(scenario))
        self.ways = tuple((group.force, group.name, way.route) for group, way in rows)
        self.people: Array = np.array([group.people for group, _ in rows])
        self.rates: Array = np.array([way.rate for _, way in rows])
        self._openings: Array = np.array([way.opening for _, way in rows])
        self._pulls: Array = np.array([_pull(self.behaviour, way) for _, way in rows])
        self._fading = Fading(self.behaviour, flat.days)
        self._fill(flat, rows)
        self._outside = np.zeros(len(rows))
        self._last: tuple[float, Array] = (0.0, np.zeros_like(self._reached))

    def _fill(self, flat: Scenario, rows: list[tuple[Group, Way]]) -> None:
        """Jumps by row, column, circle and level; people reached by row, column and circle, anywhere and in the frailest place."""
        n, b = len(rows), self.behaviour
        groups, drawn = {id(group): group for group, _ in rows}, degree_drawn(flat)
        met = {(i, k): circles(flat, a, g, drawn) for i, a in groups.items() for k, g in groups.items()}
        most = max((len(found) for found in met.values()), default=0)
        self._jumps = np.zeros((n, n, most, len(LEVELS)))
        self._reached, self._nearest = np.zeros((n, n, most)), np.zeros((n, n, most))
        for j, (a, left) in enumerate(rows):
            for i, (g, way) in enumerate(rows):
                felt = _weights(b, way) * _counts(b, left, way)
                for c, circle in enumerate(met[id(a), id(g)]):
                    frail = (
                        (1.0, float(circle.places > 0)) if b.form == "threshold" else (circle.alike, circle.frailest)
                    )
                    self._reached[i, j, c], self._nearest[i, j, c] = circle.people * np.array(frail)
                    self._jumps[i, j, c] = np.array(circle.shares) * felt

    @property
    def spreads(self) -> bool:
        """Whether anybody moves anybody."""
        return len(self.ways) > 0 and self.behaviour.form != "none" and bool(self._jumps.any())

    @property
    def draws(self) -> bool:
        """Whether anybody draws anybody; where leavers only keep others, no multiple of the weights makes a cascade."""
        return self.spreads and self.jump() > 0.0

    @property
    def bend(self) -> int:
        """Which way rates bend as contagion grows: 1 up, where leavers who come together move more than they would one by one, -1 down, 0 a line."""
        if self.behaviour.form == "concave":
            return int(np.sign(self.behaviour.concave_power - 1.0))
        return 0 if self.behaviour.form in ("additive", "none") else 1

    @property
    def pull(self) -> float:
        """How far push and chance bring thresholds nearer, the mean over people."""
        return float(np.average(self._pulls, weights=self.people)) if self.people.sum() > 0.0 else 0.0

    def frailest(self, x: Array) -> "Operator":
        """The operator of the frailest place: of those who share squad, company or town with a leaver, while contagion from elsewhere is what it is where the ways stand at `x`."""
        place = copy(self)
        place._reached = np.where(self._nearest > 0.0, 0.0, self._reached)
        place._outside = place._felt(1.0) @ (self.people * self.rate(x))
        place._reached = self._nearest
        return place

    def jump(self, factor: float = 1.0) -> float:
        """The largest contagion term that a single leaver makes anywhere."""
        return float(self._largest(factor).max(initial=0.0))

    def lift(self, factor: float = 1.0) -> float:
        """How many times likelier to leave he is whom a single leaver moves farthest, before anybody else has left; in the threshold form, how many times as many of such people would go."""
        jumps = self._largest(factor)
        farthest = jumps >= (1.0 - _CLOSE) * jumps.max(initial=0.0)
        before, after = (self.rate(x)[farthest] for x in (np.zeros_like(jumps), jumps))
        unmoved = np.where(after > 0.0, math.inf, 1.0)  # thresholds all alike, which nobody or everybody has reached
        return float(np.divide(after, before, out=unmoved, where=before > 0.0).max(initial=1.0))

    def _largest(self, factor: float) -> Array:
        """The largest contagion term that a single leaver makes, by the way that is felt for; 0 where none draws."""
        return np.where(self._reached > 0.0, factor * self._jumps.sum(axis=-1), 0.0).max(axis=(1, 2), initial=0.0)

    def at(self, x: Array, factor: float = 1.0) -> Array:
        """The operator, shape (ways, ways), while the contagion terms of the ways stand at `x`."""
        b, jumps, own = self.behaviour, factor * self._jumps, x[:, None, None]
        if b.form == "additive":
            added = (self._openings * b.additive_scale)[:, None, None] * (jumps @ self._fading.memory)
        elif b.form == "threshold":
            added = self._share(own + jumps.sum(axis=-1)) - self._share(own)
        elif b.form == "multiplicative":
            added = self.rate(x)[:, None, None] * self._lifted(factor)
        else:
            start, rates = own[..., None], self.rates[:, None, None, None]
            added = self._fading.summed(jumps, lambda jump: rates * (_bend(b, start + jump) - _bend(b, start)))
        return (self._reached * added).sum(axis=-1)

    def rate(self, x: Array) -> Array:
        """Departures a day and person at contagion `x`; in the threshold form the share gone."""
        b = self.behaviour
        if b.form == "multiplicative":
            return self.rates * np.exp(np.minimum(x, _LARGEST))
        if b.form == "additive":
            return np.maximum(0.0, self.rates + self._openings * b.additive_scale * x)
        if b.form == "concave":
            return self.rates * _bend(b, x)
        return self.rates if b.form == "none" else self._share(x[:, None, None])[:, 0, 0]

    def state(self, factor: float = 1.0) -> Array | None:
        """The lowest contagion terms at which departures and pressures keep each other; None where there are none."""
        felt = self._felt(factor) * self.people[None, :]
        form = self.behaviour.form
        if form == "additive" or (form != "threshold" and self.bend > 0):
            return self._newton(felt)
        return self._climb(felt, factor)

    def _newton(self, felt: Array) -> Array | None:
        """Newton's method from what is felt from outside: for rates that bend upwards it rises to the lowest fixed point and to no other."""
        x = self._outside
        for _ in range(100):
            rate = self.rate(x)
            try:
                step = np.linalg.solve(
                    np.eye(len(x)) - felt * self._slope(x, rate)[None, :], self._outside + felt @ rate - x
                )
            except np.linalg.LinAlgError:  # one leaver brings one more, or so many that one is lost in rounding
                return None
            x = x + step
            if not self._lasts(x) or ((felt >= 0.0).all() and step.min() < -_CLOSE):
                return None
            if np.abs(step).max() < _CLOSE * (1.0 + np.abs(x).max()):
                return x
        return None

    def _climb(self, felt: Array, factor: float) -> Array | None:
        """Day after day from what is felt from outside; a threshold cascade that passes a state with R above 1 has run away."""
        x = self._outside
        for _ in range(_STEPS):
            new = self._outside + felt @ self.rate(x)
            if self.behaviour.form == "threshold" and self._runs_away(x, new, factor):
                return None
            if not self._lasts(new):
                return None
            done = np.abs(new - x).max() < _CLOSE * (1.0 + np.abs(x).max())
            x = new
            if done:
                break
        return x

    def _lasts(self, x: Array) -> bool:
        """Whether anybody would be left after a day or two at contagion `x`."""
        return bool(np.isfinite(x).all()) and float(self.rate(x).max()) <= 1.0

    def _runs_away(self, x: Array, new: Array, factor: float) -> bool:
        return any(leading(self.at(x + part * (new - x), factor)) >= 1.0 for part in (0.25, 0.5, 0.75, 1.0))

    def _felt(self, factor: float) -> Array:
        """Contagion felt by each way for a departure a day by each; in the threshold form for each person gone."""
        jumps, form = factor * self._jumps, self.behaviour.form
        if form == "threshold":
            total = jumps.sum(axis=-1)
        else:
            total = self._lifted(factor) if form == "multiplicative" else jumps @ self._fading.memory
        return (self._reached * total).sum(axis=-1) / self.people[:, None]

    def _lifted(self, factor: float) -> Array:
        """Days' worth of a person's rate that a leaver adds in each circle, multiplicative form."""
        if self._last[0] != factor:
            self._last = (factor, self._fading.summed(factor * self._jumps, _lift))
        return self._last[1]

    def _slope(self, x: Array, rate: Array) -> Array:
        step = 1e-7 * (1.0 + np.abs(x))
        return (self.rate(x + step) - rate) / step

    def _share(self, x: Array) -> Array:
        """Share of a group whose thresholds lie below the contagion felt."""
        b = self.behaviour
        above = x + self._pulls[:, None, None] - b.threshold_mean
        return ndtr(above / b.threshold_spread) if b.threshold_spread > 0.0 else (above >= 0.0).astype(np.float64)


def _lift(jump: Array) -> Array:
    """What a jump in the contagion term adds to a rate, as a multiple of it; beyond `_LARGEST` nobody is left, and powers would have no number."""
    return np.expm1(np.minimum(jump, _LARGEST))


def leading(matrix: Array) -> float:
    """The largest eigenvalue, or the lowest where that is farther from 0, as where leavers keep others; 0 of an empty matrix."""
    values = np.linalg.eigvals(matrix).real
    highest, lowest = float(values.max(initial=0.0)), float(values.min(initial=0.0))
    # Pairs of opposite sign, as of two armies that see each other alone, must not be told apart by rounding.
    return lowest if -lowest > 1.000001 * highest and highest < 1.0 else highest


def _rows(b: Behaviour, groups: list[Group]) -> list[tuple[Group, Way]]:
    """The ways that count: those with a rate; in the threshold form the easiest of each group."""
    ways = [(group, [way for way in group.ways if way.rate > 0.0]) for group in groups]
    if b.form == "threshold":
        return [(group, _easiest(open_ways)) for group, open_ways in ways if open_ways]
    return [(group, way) for group, open_ways in ways for way in open_ways]


def _weights(b: Behaviour, way: Way) -> Array:
    safe = 0.0 if b.form == "threshold" else way.reception
    return np.array([getattr(b, f"contagion_{level}") + getattr(b, f"reception_{level}") * safe for level in LEVELS])


def _counts(b: Behaviour, left: Way, way: Way) -> float:
    """How much leaving by one route counts for another."""
    return 1.0 if b.form == "threshold" or left.route == way.route else b.cross_route


def _easiest(ways: list[Way]) -> Way:
    # Of equals the first in the numbers of the routes, as in a run.
    return max(ways, key=lambda way: (way.opening, -ROUTES.index(way.route)))


def _pull(b: Behaviour, way: Way) -> float:
    return b.threshold_push * (way.drive + (math.log(way.opening) if way.opening > 0.0 else 0.0))


def _bend(b: Behaviour, x: Array) -> Array:
    """The concave factor (1 + S / s0)**a."""
    return (1.0 + np.maximum(x, 0.0) / b.concave_scale) ** b.concave_power
