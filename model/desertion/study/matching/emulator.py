"""Emulators: what the runs so far say about a target in worlds that were not run, and how far that can be trusted."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from desertion.errors import extra
from desertion.study.arrays import Array

FEWEST = 20
"""Worlds below which no emulator is made."""
_NEEDED = "a match needs scikit-learn"
_FOLDS = 5
_NORMAL = 1.96
_INSIDE = 0.95
_DOUBT = 3.0
"""Standard deviations of a target beyond which an emulator that leaves them in doubt is tried on another scale."""
_SEARCHED = 160
"""Worlds, about, by which hyperparameters are sought. With fewer they suit the very points that they are sought by, so that
folds which share them cover up to a tenth more of these than of new ones; with more the shares are the same within two hundredths."""
_EVIDENCE = 10.0
"""By how much the Bayesian information criterion must fall for two groups of results."""
_ITERATIONS = 40
"""Steps of the search for hyperparameters."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """Results of worlds that were run.

    Attributes:
        places: what the emulator sees of them, shape (worlds, columns).
        means: mean of each world's results on the scale of the target, shape (worlds,).
        counts: runs of each world.
        noise: variance of each mean that is due to chance in the runs.
    """

    places: Array
    means: Array
    counts: Array
    noise: Array

    def part(self, chosen: NDArray[np.bool_]) -> Training:
        """Some of the worlds."""
        return Training(
            places=self.places[chosen],
            means=self.means[chosen],
            counts=self.counts[chosen],
            noise=self.noise[chosen],
        )


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A scale on which a target without logarithm is emulated: even near the figure, logarithmic far from it.

    Attributes:
        low: lowest figure observed.
        high: highest.
        unit: standard deviation of the target, in which results far away are counted.
    """

    low: float
    high: float
    unit: float

    def of(self, training: Training) -> Training:
        """Results on this scale, with their chance."""
        far = (training.means - self.middle) / self.unit
        return replace(training, means=np.arcsinh(far), noise=training.noise / (self.unit**2 * (1.0 + far**2)))

    def back(self, mean: Array, variance: Array) -> tuple[Array, Array]:
        """Mean and variance on the target's own scale; the variance is that towards the figure, from three deviations."""
        toward = np.sign(self.middle - self._plain(mean)) * np.sqrt(variance)
        center = self._plain(mean)
        return center, ((self._plain(mean + 3.0 * toward) - center) / 3.0) ** 2

    def to(self, value: float) -> float:
        """A number on this scale."""
        return float(np.arcsinh((value - self.middle) / self.unit))

    def across(self, value: float, mean: Array) -> Array:
        """How much a step on the target's own scale is on this one, on the way from results to a number."""
        way = value - self._plain(mean)
        here = np.abs(way) < 1e-6 * self.unit
        return np.where(
            here, 1.0 / np.hypot(self.unit, value - self.middle), (self.to(value) - mean) / np.where(here, 1.0, way)
        )

    @property
    def middle(self) -> float:
        """The middle of the figures."""
        return (self.low + self.high) / 2.0

    def _plain(self, stretched: Array) -> Array:
        return self.middle + self.unit * np.sinh(np.clip(stretched, -20.0, 20.0))


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """An emulator of one target.

    Attributes:
        kind: `process` (Gaussian), `mixture` (of two, for results on two sides of a tipping point), `event` (random forest of
            a yes or no) or `none` (too little to learn from).
        coverage: share of points that it had not seen whose results lie inside its 95 % intervals; NaN for none.
        wider: factor on its standard deviations by which they hold 95 of 100 points that it had not seen; 1 for an event, and where they hold as many.
        fitted: the estimator; of a mixture the forest that says on which side a world lies.
        centre: mean of what a Gaussian process was fitted to.
        unit: standard deviation of the same.
        stretch: scale on which the process is fitted, if it is not the target's own.
        sides: of a mixture the processes of the results below and above.
    """

    kind: str
    coverage: float
    wider: float = 1.0
    fitted: Any = None
    centre: float = 0.0
    unit: float = 1.0
    stretch: Stretch | None = None
    sides: tuple[Emulator, ...] = ()

    def predict(self, places: Array) -> tuple[Array, Array]:
        """Mean and variance of a world's mean result at places; inputs that the emulator does not see count as variance.

        The variance of an event is the largest that its chance allows: from worlds that are run once or twice nobody can tell whether
        all of them have that chance, or so many are sure of a yes and the others of a no.
        """
        mean, variance = self.fitted_scale(places)
        return (mean, variance) if self.stretch is None else self.stretch.back(mean, variance)

    def fitted_scale(self, places: Array) -> tuple[Array, Array]:
        """The same on the scale on which the emulator was fitted."""
        if self.kind == "event":
            chance = _chances(self.fitted, places)
            return chance, chance * (1.0 - chance)
        if self.kind == "mixture":
            said = [(share, *side.fitted_scale(places)) for share, side in self.parts(places)]
            mean = np.sum([share * own for share, own, _ in said], axis=0)
            return mean, np.sum([share * (variance + (own - mean) ** 2) for share, own, variance in said], axis=0)
        mean, deviation = self.fitted.predict(places, return_std=True)
        return mean * self.unit + self.centre, (deviation * self.unit) ** 2

    def chance_between(self, places: Array, low: float, high: float, noise: float) -> Array:
        """Chance that a world's mean result lies between two numbers, with chance in its runs of a variance `noise`."""
        if self.kind == "event":
            yes = _chances(self.fitted, places)
            return yes * (low <= 1.0 <= high) + (1.0 - yes) * (low <= 0.0 <= high)
        chance = np.zeros(len(places))
        for share, process in self.parts(places):
            mean, variance = process.fitted_scale(places)
            over, under = (self._chance_below(bound, mean, variance, noise) for bound in (high, low))
            chance += share * np.maximum(over - under, 0.0)
        return chance

    def _chance_below(self, bound: float, mean: Array, variance: Array, noise: float) -> Array:
        """Chance that results lie below a number; mean and variance on the fitted scale, number and noise on the target's own."""
        steps: float | Array = 1.0
        if self.stretch is not None:
            # Exact where the emulator is sure or runs have no chance, within three hundredths between.
            steps, bound = self.stretch.across(bound, mean), self.stretch.to(bound)
        below: Array = norm.cdf((bound - mean) / (self.wider * np.sqrt(variance + noise * steps**2)))
        return below

    def parts(self, places: Array) -> list[tuple[Array, Emulator]]:
        """The processes of which a world's result may be, each with its share; one alone with all."""
        if self.kind != "mixture":
            return [(np.ones(len(places)), self)]
        above = _chances(self.fitted, places)
        return list(zip((1.0 - above, above), self.sides, strict=True))

    def holds(self, unseen: Training) -> float:
        """Share of worlds run since whose results lie inside the 95 % intervals, widened; NaN if none has a value or nothing was learnt."""
        known = unseen.part(np.isfinite(unseen.means))
        if self.kind == "none" or not len(known.means):
            return np.nan
        off, spread = _off(self, known if self.stretch is None else self.stretch.of(known))
        return float((off <= _NORMAL * self.wider * spread).mean())


def fit(training: Training, least: float, seed: int, stretch: Stretch | None = None) -> Emulator:
    """The emulator of a target, checked on folds that it had not seen.

    Args:
        training: worlds that were run; those without a value are left out.
        least: share of unseen points inside the 95 % intervals from which two processes are taken where results part into two groups.
        seed: of forests.
        stretch: another scale, taken where the target's own leaves more doubt than the target has, and a Gaussian process on
            the other knows more of unseen worlds near the figure.

    Raises:
        InputError: scikit-learn is not installed.
    """
    known = training.part(np.isfinite(training.means))
    if len(known.means) < FEWEST or not np.ptp(known.means):
        return Emulator(kind="none", coverage=np.nan)
    if _is_event(known):
        return _checked(known, _event, seed, None).emulator
    plain = _better(known, least, seed, None)
    if stretch is None or np.sqrt(np.median(plain.doubt)) <= _DOUBT * stretch.unit:
        return plain.emulator
    other = _better(known, least, seed, stretch)
    near = np.argsort(np.abs(known.means - stretch.middle), kind="stable")[: max(len(known.means) // 4, 5)]
    clearer = other.emulator.coverage >= least and np.median(other.doubt[near]) < np.median(plain.doubt[near])
    return other.emulator if clearer else plain.emulator


@dataclass(frozen=True, kw_only=True)
class _Checked:
    """An emulator, and what it said of folds that it had not seen.

    Attributes:
        emulator: of all worlds, with its coverage.
        doubt: variance of each world's result on the target's own scale, shape (worlds,).
    """

    emulator: Emulator
    doubt: Array


def _better(known: Training, least: float, seed: int, stretch: Stretch | None) -> _Checked:
    """A mixture of two Gaussian processes where results part into two groups and it holds enough unseen points, else one.

    By any score on folds one process often looks better: it is sure of what lies between two heights, where the worlds of the next
    wave are and those of the folds are not.
    """
    split = _split((known if stretch is None else stretch.of(known)).means, seed)
    if np.isfinite(split):
        two = _checked(known, partial(_mixture, split), seed, stretch)
        if two.emulator.coverage >= least:
            return two
    return _checked(known, _process, seed, stretch)


def _checked(known: Training, make: Callable[..., Emulator], seed: int, stretch: Stretch | None) -> _Checked:
    seen = known if stretch is None else stretch.of(known)
    whole = make(seen, None, seed)
    like = whole if len(seen.means) >= _SEARCHED else None
    fold = np.arange(len(seen.means)) % _FOLDS
    away, doubt = np.zeros(len(seen.means)), np.zeros(len(seen.means))
    for number in range(_FOLDS):
        part, unseen = make(seen.part(fold != number), like, seed), seen.part(fold == number)
        off, spread = _off(part, unseen)
        away[fold == number] = off / spread / _NORMAL
        doubt[fold == number] = replace(part, stretch=stretch).predict(unseen.places)[1]
    wider = 1.0 if whole.kind == "event" else max(1.0, float(np.quantile(away, _INSIDE)))
    emulator = replace(whole, coverage=float((away <= 1.0).mean()), wider=wider, stretch=stretch)
    return _Checked(emulator=emulator, doubt=doubt)


def _is_event(training: Training) -> bool:
    sums = training.means * training.counts
    return bool(np.all((training.means >= 0.0) & (training.means <= 1.0)) and np.allclose(sums, np.round(sums)))


def _off(emulator: Emulator, unseen: Training) -> tuple[Array, Array]:
    """How far results lie from what an emulator says, and its standard deviation, chance in the runs included."""
    mean, variance = emulator.fitted_scale(unseen.places)
    return np.abs(unseen.means - mean), np.sqrt(np.maximum(variance + unseen.noise, 1e-24))


def _mixture(split: float, training: Training, like: Emulator | None, seed: int) -> Emulator:
    """Two Gaussian processes, of the results on both sides of a split, and a forest that says on which a world lies."""
    above = training.means > split
    if min(above.sum(), (~above).sum()) < 2:
        return _process(training, None, seed)
    likes = (None, None) if like is None else like.sides
    sides = (_process(training.part(own), side, seed) for own, side in zip((~above, above), likes, strict=True))
    forest = _forest(training.places, above.astype(int), seed)
    return Emulator(kind="mixture", coverage=np.nan, fitted=forest, sides=tuple(sides))


def _split(means: Array, seed: int) -> float:
    """Where results part into two groups of at least twice `FEWEST`; NaN where one normal distribution describes them as well (Schwarz 1978, Annals of Statistics 6, 461)."""
    with extra("inference", _NEEDED):
        from sklearn.mixture import GaussianMixture
    column = means[:, None]
    one, two = (GaussianMixture(groups, n_init=groups, random_state=seed % 2**32).fit(column) for groups in (1, 2))
    centers: Any = two.means_  # which is None before a fit
    if two.bic(column) > one.bic(column) - _EVIDENCE:
        return np.nan
    low, high = np.argsort(centers[:, 0])
    between = np.linspace(centers[low, 0], centers[high, 0], 201)
    split = float(between[np.argmax(two.predict_proba(between[:, None])[:, high] > 0.5)])
    return split if 2 * FEWEST <= (means > split).sum() <= len(means) - 2 * FEWEST else np.nan


def _process(training: Training, like: Emulator | None, _seed: int) -> Emulator:
    """A Gaussian process; with the hyperparameters of another where one is given."""
    with extra("inference", _NEEDED):
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
    centre, unit = float(training.means.mean()), float(training.means.std()) or 1.0
    columns = training.places.shape[1]
    matern: Any = Matern
    start = ConstantKernel(1.0, (1e-2, 1e2)) * matern(np.full(columns, 1.0), (0.1, 30.0), nu=2.5) + WhiteKernel(
        0.1, (1e-4, 2.0)
    )
    noise = training.noise / unit**2 + 1e-8
    make: Any = GaussianProcessRegressor  # whose annotations know one number only where arrays are meant
    scaled = (training.means - centre) / unit
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is an input without effect
        if like is None:
            # The search for hyperparameters costs the cube of the worlds, and knows them as well from some of these.
            some = slice(None, None, max(1, len(scaled) // _SEARCHED))
            found = make(kernel=start, alpha=noise[some], optimizer=_optimum).fit(training.places[some], scaled[some])
            kernel = found.kernel_
        else:
            kernel = like.fitted.kernel_
        process = make(kernel=kernel, alpha=noise, optimizer=None).fit(training.places, scaled)
    return Emulator(kind="process", coverage=np.nan, fitted=process, centre=centre, unit=unit)


def _optimum(objective: Any, start: Array, bounds: Array) -> tuple[Array, float]:
    from scipy.optimize import minimize

    found = minimize(objective, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    return found.x, float(found.fun)


def _event(training: Training, _like: Emulator | None, seed: int) -> Emulator:
    """A random forest of single runs, each a yes or a no."""
    runs = training.counts.astype(int)
    yes = np.round(training.means * training.counts).astype(int)
    places = np.repeat(training.places, runs, axis=0)
    answers = np.concatenate([np.arange(count) < hits for count, hits in zip(runs, yes, strict=True)]).astype(int)
    return Emulator(kind="event", coverage=np.nan, fitted=_forest(places, answers, seed))


def _forest(places: Array, answers: NDArray[np.int64], seed: int) -> Any:
    with extra("inference", _NEEDED):
        from sklearn.ensemble import RandomForestClassifier
    return RandomForestClassifier(100, min_samples_leaf=5, random_state=seed % 2**32, n_jobs=1).fit(places, answers)


def _chances(forest: Any, places: Array) -> Array:
    """Chance of a yes, as if half a run more had said yes and half a run no: where all runs nearby answered alike it is not certain what others would."""
    sizes = [tree.tree_.n_node_samples for tree in forest.estimators_]
    runs = np.mean([size[leaf] for size, leaf in zip(sizes, forest.apply(places).T, strict=True)], axis=0)
    share = forest.predict_proba(places)[:, list(forest.classes_).index(1)] if 1 in forest.classes_ else 0.0
    return (share * runs + 0.5) / (runs + 1.0)
