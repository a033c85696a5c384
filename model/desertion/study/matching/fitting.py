"""How emulators are fitted: which of a process, a mixture of two and a forest a target needs, checked on worlds that it had not seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desertion.errors import extra
from desertion.study.arrays import Array
from desertion.study.matching.emulator import NORMAL, Emulator
from desertion.study.matching.training import Stretch, Training

FEWEST = 20
"""Worlds below which no emulator is made."""
_NEEDED = "a match needs scikit-learn"
_FOLDS = 5
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
        off, spread = part.off(unseen)
        away[fold == number] = off / spread / NORMAL
        doubt[fold == number] = replace(part, stretch=stretch).predict(unseen.places)[1]
    wider = 1.0 if whole.kind == "event" else max(1.0, float(np.quantile(away, _INSIDE)))
    emulator = replace(whole, coverage=float((away <= 1.0).mean()), wider=wider, stretch=stretch)
    return _Checked(emulator=emulator, doubt=doubt)


def _is_event(training: Training) -> bool:
    sums = training.means * training.counts
    return bool(np.all((training.means >= 0.0) & (training.means <= 1.0)) and np.allclose(sums, np.round(sums)))


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
