"""Emulators: what the runs so far say about a target in worlds that were not run, and whether that can be trusted."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from desertion.errors import InputError

Array = NDArray[np.float64]
FEWEST = 20
"""Worlds below which no emulator is made."""
_FOLDS = 5
_NORMAL = 1.96
_ITERATIONS = 40
"""Steps of the search for hyperparameters."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """Results of worlds that were run.

    Attributes:
        places: what the emulator sees of them, shape (worlds, columns).
        means: mean of each world's results on the scale of the target, shape (worlds,).
        counts: runs of each world.
        chance: variance of single runs of one world.
    """

    places: Array
    means: Array
    counts: Array
    chance: float

    def part(self, chosen: NDArray[np.bool_]) -> Training:
        """Some of the worlds."""
        return Training(
            places=self.places[chosen], means=self.means[chosen], counts=self.counts[chosen], chance=self.chance
        )


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
    """

    kind: str
    coverage: float
    trusted: bool
    fitted: Any = None
    centre: float = 0.0
    unit: float = 1.0

    def predict(self, places: Array) -> tuple[Array, Array]:
        """Mean and variance of a world's mean result at places; inputs that the emulator does not see count as variance."""
        if self.kind == "event":
            chance = _chances(self.fitted, places)
            return chance, np.zeros(len(chance))
        mean, deviation = self.fitted.predict(places, return_std=True)
        return mean * self.unit + self.centre, (deviation * self.unit) ** 2


def fit(training: Training, least: float, seed: int) -> Emulator:
    """The emulator of a target, checked on folds that it had not seen.

    Args:
        training: worlds that were run; those without a value are left out.
        least: share of unseen points inside the 95 % intervals from which the emulator may rule out.
        seed: of forests.

    Raises:
        InputError: scikit-learn is not installed.
    """
    known = training.part(np.isfinite(training.means))
    if len(known.means) < FEWEST:
        return Emulator(kind="none", coverage=np.nan, trusted=False)
    make = _event if _is_event(known) else _process
    whole = make(known, None, seed)
    inside: list[NDArray[np.bool_]] = []
    fold = np.arange(len(known.means)) % _FOLDS
    for number in range(_FOLDS):
        part = make(known.part(fold != number), whole, seed)
        inside.append(_inside(part, known.part(fold == number)))
    coverage = float(np.mean(np.concatenate(inside)))
    return Emulator(
        kind=whole.kind, coverage=coverage, trusted=coverage >= least, fitted=whole.fitted, centre=whole.centre, unit=whole.unit
    )  # fmt: skip


def _is_event(training: Training) -> bool:
    sums = training.means * training.counts
    return bool(np.all((training.means >= 0.0) & (training.means <= 1.0)) and np.allclose(sums, np.round(sums)))


def _inside(emulator: Emulator, unseen: Training) -> NDArray[np.bool_]:
    mean, variance = emulator.predict(unseen.places)
    if emulator.kind == "event":
        yes = np.round(unseen.means * unseen.counts)
        low, high = (binom.ppf(tail, unseen.counts, mean) for tail in (0.025, 0.975))
        return (yes >= low) & (yes <= high)
    return np.abs(unseen.means - mean) <= _NORMAL * np.sqrt(variance + unseen.chance / unseen.counts)


def _process(training: Training, like: Emulator | None, _seed: int) -> Emulator:
    """A Gaussian process; with the hyperparameters of another where one is given."""
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
    except ImportError as problem:
        raise _missing() from problem
    centre, unit = float(training.means.mean()), float(training.means.std()) or 1.0
    columns = training.places.shape[1]
    matern: Any = Matern
    start = ConstantKernel(1.0, (1e-2, 1e2)) * matern(np.full(columns, 1.0), (0.1, 30.0), nu=2.5) + WhiteKernel(
        0.1, (1e-4, 2.0)
    )
    noise = training.chance / training.counts / unit**2 + 1e-8
    make: Any = GaussianProcessRegressor  # whose annotations know one number only where arrays are meant
    process = make(
        kernel=start if like is None else like.fitted.kernel_, alpha=noise, optimizer=_optimum if like is None else None
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is an input without effect
        process.fit(training.places, (training.means - centre) / unit)
    return Emulator(kind="process", coverage=np.nan, trusted=False, fitted=process, centre=centre, unit=unit)


def _optimum(objective: Any, start: Array, bounds: Array) -> tuple[Array, float]:
    from scipy.optimize import minimize

    found = minimize(objective, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    return found.x, float(found.fun)


def _event(training: Training, _like: Emulator | None, seed: int) -> Emulator:
    """A random forest of single runs, each a yes or a no."""
    try:
        from sklearn.ensemble import RandomForestClassifier
    except ImportError as problem:
        raise _missing() from problem
    runs = training.counts.astype(int)
    yes = np.round(training.means * training.counts).astype(int)
    places = np.repeat(training.places, runs, axis=0)
    answers = np.concatenate([np.arange(count) < hits for count, hits in zip(runs, yes, strict=True)]).astype(int)
    forest = RandomForestClassifier(100, min_samples_leaf=5, random_state=seed, n_jobs=1)
    return Emulator(kind="event", coverage=np.nan, trusted=False, fitted=forest.fit(places, answers))


def _chances(forest: Any, places: Array) -> Array:
    """Chance of a yes; 0 or 1 where all runs answered alike."""
    if len(forest.classes_) == 1:
        return np.full(len(places), float(forest.classes_[0]))
    return np.asarray(forest.predict_proba(places)[:, 1], float)


def _missing() -> InputError:
    return InputError("a match needs scikit-learn: install it with pip install 'desertion[inference]'")
