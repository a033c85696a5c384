"""Emulators: what the runs so far say about a target in worlds that were not run, and whether that can be trusted."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desertion.errors import extra
from desertion.study.arrays import Array

FEWEST = 20
"""Worlds below which no emulator is made."""
_NEEDED = "a match needs scikit-learn"
_FOLDS = 5
_NORMAL = 1.96
_DOUBT = 3.0
"""Standard deviations of a target beyond which an emulator that leaves them in doubt is tried on another scale."""
_SEARCHED = 160
"""Worlds, about, by which hyperparameters are sought. With fewer they suit the very points that they are sought by, so that
folds which share them cover up to a tenth more of these than of new ones; with more the shares are the same within two hundredths."""
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
            places=self.places[chosen], means=self.means[chosen], counts=self.counts[chosen], noise=self.noise[chosen]
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
        kind: `process` (Gaussian), `event` (random forest of a yes or no) or `none` (too little to learn from).
        coverage: share of points that it had not seen whose results lie inside its 95 % intervals; NaN for none.
        trusted: whether it may rule out.
        fitted: the estimator.
        centre: mean of what a Gaussian process was fitted to.
        unit: standard deviation of the same.
        stretch: scale on which the process is fitted, if it is not the target's own.
    """

    kind: str
    coverage: float
    trusted: bool
    fitted: Any = None
    centre: float = 0.0
    unit: float = 1.0
    stretch: Stretch | None = None

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
        mean, deviation = self.fitted.predict(places, return_std=True)
        return mean * self.unit + self.centre, (deviation * self.unit) ** 2


def fit(training: Training, least: float, seed: int, stretch: Stretch | None = None) -> Emulator:
    """The emulator of a target, checked on folds that it had not seen.

    Args:
        training: worlds that were run; those without a value are left out.
        least: share of unseen points inside the 95 % intervals from which the emulator may rule out.
        seed: of forests.
        stretch: another scale, taken where the target's own leaves more doubt than the target has, and a Gaussian process on
            the other knows more of unseen worlds near the figure.

    Raises:
        InputError: scikit-learn is not installed.
    """
    known = training.part(np.isfinite(training.means))
    if len(known.means) < FEWEST or not np.ptp(known.means):
        return Emulator(kind="none", coverage=np.nan, trusted=False)
    if _is_event(known):
        return _checked(known, _event, least, seed, None)[0]
    plain, doubt = _checked(known, _process, least, seed, None)
    if stretch is None or np.sqrt(np.median(doubt)) <= _DOUBT * stretch.unit:
        return plain
    stretched, other = _checked(known, _process, least, seed, stretch)
    near = np.argsort(np.abs(known.means - stretch.middle), kind="stable")[: max(len(known.means) // 4, 5)]
    better = stretched.trusted and np.median(other[near]) < np.median(doubt[near])
    return stretched if better else plain


def _checked(
    known: Training, make: Callable[..., Emulator], least: float, seed: int, stretch: Stretch | None
) -> tuple[Emulator, Array]:
    """An emulator with its coverage of folds that it had not seen, and its variance there on the target's own scale."""
    seen = known if stretch is None else stretch.of(known)
    whole = make(seen, None, seed)
    like = whole if len(seen.means) >= _SEARCHED else None
    fold = np.arange(len(seen.means)) % _FOLDS
    inside, doubt = np.zeros(len(seen.means), bool), np.zeros(len(seen.means))
    for number in range(_FOLDS):
        part, unseen = make(seen.part(fold != number), like, seed), seen.part(fold == number)
        inside[fold == number] = _inside(part, unseen)
        doubt[fold == number] = replace(part, stretch=stretch).predict(unseen.places)[1]
    coverage = float(inside.mean())
    return replace(whole, coverage=coverage, trusted=coverage >= least, stretch=stretch), doubt


def _is_event(training: Training) -> bool:
    sums = training.means * training.counts
    return bool(np.all((training.means >= 0.0) & (training.means <= 1.0)) and np.allclose(sums, np.round(sums)))


def _inside(emulator: Emulator, unseen: Training) -> NDArray[np.bool_]:
    mean, variance = emulator.fitted_scale(unseen.places)
    return np.abs(unseen.means - mean) <= _NORMAL * np.sqrt(variance + unseen.noise)


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
    return Emulator(kind="process", coverage=np.nan, trusted=False, fitted=process, centre=centre, unit=unit)


def _optimum(objective: Any, start: Array, bounds: Array) -> tuple[Array, float]:
    from scipy.optimize import minimize

    found = minimize(objective, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    return found.x, float(found.fun)


def _event(training: Training, _like: Emulator | None, seed: int) -> Emulator:
    """A random forest of single runs, each a yes or a no."""
    with extra("inference", _NEEDED):
        from sklearn.ensemble import RandomForestClassifier
    runs = training.counts.astype(int)
    yes = np.round(training.means * training.counts).astype(int)
    places = np.repeat(training.places, runs, axis=0)
    answers = np.concatenate([np.arange(count) < hits for count, hits in zip(runs, yes, strict=True)]).astype(int)
    forest = RandomForestClassifier(100, min_samples_leaf=5, random_state=seed % 2**32, n_jobs=1)
    return Emulator(kind="event", coverage=np.nan, trusted=False, fitted=forest.fit(places, answers))


def _chances(forest: Any, places: Array) -> Array:
    """Chance of a yes, as if half a run more had said yes and half a run no: where all runs nearby answered alike it is not certain what others would."""
    sizes = [tree.tree_.n_node_samples for tree in forest.estimators_]
    runs = np.mean([size[leaf] for size, leaf in zip(sizes, forest.apply(places).T, strict=True)], axis=0)
    share = forest.predict_proba(places)[:, list(forest.classes_).index(1)] if 1 in forest.classes_ else 0.0
    return (share * runs + 0.5) / (runs + 1.0)
