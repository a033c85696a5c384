"""ABC-SMC over the rivals of a case, by pyABC: model probabilities, posteriors and predictions, resumable."""

import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from desertion.errors import InputError, extra, input_error
from desertion.parameters.arguments import COUNT
from desertion.study.arrays import Array, Indices
from desertion.study.calibration.case import Case, ImpossibleError, Simulate
from desertion.study.history.observation import log_miss
from desertion.study.history.series import Series
from desertion.study.laboratory.prior import Prior
from desertion.study.run.pool import follow_parent

FEWEST_PARTICLES = 100
_DRAWS = 1000


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What ABC-SMC found for one case.

    Attributes:
        case: the case.
        probabilities: posterior probability of each rival, generation by generation, shape (generation, rival).
        error: Monte Carlo error of the last row, one standard error (half of Wilson's interval, which is none of 0 at 0 or 1), from the effective number of particles; what another seed changes is not in it.
        epsilon: distance accepted in each generation.
        simulations: simulations spent in all.
        predictions: by rival, (draw, point) figures as they would have been published: a thousand draws, equally likely, of the last generation's
            particles by their weights; one tolerance for all rivals; empty where a rival died out.
        shares: by rival, (particle, parameter) posterior draws as shares of their prior, and their names.
        weights: by rival, (particle,) weights that add up to 1.
        particles: particles per generation.
    """

    case: Case
    probabilities: Array
    error: Array
    epsilon: Array
    simulations: int
    predictions: Mapping[str, Array]
    shares: Mapping[str, tuple[tuple[str, ...], Array]]
    weights: Mapping[str, Array]
    particles: int

    @property
    def series(self) -> Series:
        """The points, those held out last."""
        return self.case.series

    @property
    def held_out(self) -> int:
        """Number of points held out."""
        return self.case.held_out


def distance(series: Series, fitted: int, simulated: Mapping[str, Any], observed: Mapping[str, Any]) -> float:
    """Root mean squared miss of the fitted points on the scale of log(1 + x); stated ranges count as hit."""
    return float(distances(series, fitted, simulated["y"], observed["y"]))


def distances(series: Series, fitted: int, figures: Array, observed: Array) -> Array:
    """Distances of many histories at once, shape (...,) for figures of shape (..., point)."""
    low = [np.nan if point.low is None else point.low for point in series.points]
    high = [np.nan if point.high is None else point.high for point in series.points]
    miss = log_miss(figures, observed, low, high)[..., :fitted]
    return np.sqrt(np.mean(miss**2, axis=-1))


def simulated_case(
    case: Case, simulate: Simulate, rival_priors: tuple[Prior, ...], shares: Mapping[str, float]
) -> dict[str, Array]:
    """One simulated series for parameters given as shares of their priors; `seed` among them picks the fate.

    Values that the scenario refuses together give infinite figures, which miss everything.
    """
    follow_parent()  # pyABC's own workers would go on for ever
    values = {prior.name: prior.at(float(np.clip(shares[prior.name], 0.0, 1.0))) for prior in rival_priors}
    seed = int(np.random.randint(2**31)) if "seed" not in shares else int(shares["seed"])  # noqa: NPY002
    try:
        flow = simulate(values, seed)
    except ImpossibleError:
        return {"y": np.full(len(case.series.points), np.inf)}
    return {"y": case.observe(flow, values["noise"], np.random.default_rng(seed))}


def fit(
    case: Case,
    simulate: Simulate,
    file: Path,
    *,
    particles: int,
    generations: int,
    seed: int,
    workers: int = 1,
    finished: Callable[[], None] = lambda: None,
) -> Fit:
    """The fit of the rivals to a case; an interrupted one is gone on with.

    pyABC draws its proposals from NumPy's global state, which is seeded anew for each generation; with one worker the
    same seed gives the same result, whether or not the fit was interrupted.

    Args:
        case: the case.
        simulate: the laboratory.
        file: SQLite file in which pyABC keeps every finished generation.
        particles: particles per generation; fewer than 100 are refused.
        generations: generations in all, those found in the file included; of a file that holds more the others are left out.
        seed: where chance comes from.
        workers: processes.
        finished: called after each generation.

    Raises:
        InputError: too few particles, pyABC is not installed, or nothing that was drawn could be run.
    """
    check_sizes(particles, generations)
    with extra("inference", "calibration needs pyABC"):
        import pyabc
    logging.getLogger("ABC").setLevel(logging.WARNING)  # pyABC's running commentary; its warnings still come through
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inference = _inference(pyabc, case, simulate, particles, workers)
        try:
            done = _open(inference, file, {"y": case.series.values})
            _seed_generations(inference, seed)
            _tell_of_generations(inference, finished)
            if done < generations:
                inference.run(max_nr_populations=generations - done)
        except AssertionError as problem:
            # A rival down to a few particles can get weights that are no numbers; finished generations are sound.
            if "not normalized" not in str(problem):
                raise
        finally:
            _let_go(inference.history)
        history = pyabc.History(f"sqlite:///{file}")
        try:
            return _read(history, case, file, particles, generations)
        finally:
            _let_go(history)


def check_sizes(particles: int, generations: int) -> None:
    """Refuse a fit that is too small to mean anything.

    Raises:
        InputError: too few particles or generations.
    """
    if particles < FEWEST_PARTICLES:
        raise input_error(
            "particles",
            particles,
            f"must be at least {FEWEST_PARTICLES}",
            way_out="with fewer, model probabilities are noise and rivals die out by chance",
        )
    COUNT.checked("generations", generations)


def _seed_generations(inference: Any, seed: int) -> None:
    """Let the chance of each generation hang on the seed and its number alone, not on what was drawn before it."""
    sample = inference.sampler.sample_until_n_accepted

    def seeded(n: int, simulate_one: Any, t: int, **named: Any) -> Any:
        np.random.seed([seed % 2**32, t + 1])  # noqa: NPY002, TID251 - pyABC knows no other source
        return sample(n, simulate_one, t, **named)

    inference.sampler.sample_until_n_accepted = seeded


def _tell_of_generations(inference: Any, finished: Callable[[], None]) -> None:
    """Call back whenever a generation has been kept; one run of all generations is not the same as a run each."""
    keep = inference.history.append_population

    def original(*arguments: Any, **named: Any) -> None:
        keep(*arguments, **named)
        finished()

    inference.history.append_population = original


def _inference(pyabc: Any, case: Case, simulate: Simulate, particles: int, workers: int) -> Any:
    from desertion.study.calibration.transition import PossibleEpsilon, SteadyTransition

    models: list[Any] = []
    spaces: list[Any] = []
    for rival in case.rivals:
        used = (*case.priors_of(rival), *case.nuisances)
        models.append(pyabc.FunctionModel(partial(simulated_case, case, simulate, used), name=rival))
        spaces.append(pyabc.Distribution(**{prior.name: pyabc.RV("uniform", 0.0, 1.0) for prior in used}))
    sampler = pyabc.sampler.SingleCoreSampler() if workers <= 1 else pyabc.sampler.MulticoreEvalParallelSampler(workers)
    return pyabc.ABCSMC(
        models,
        spaces,
        partial(distance, case.series, len(case.series.points) - case.held_out),
        population_size=particles,
        transitions=[SteadyTransition() for _ in models],
        sampler=sampler,
        eps=PossibleEpsilon(alpha=0.5),
    )


def _open(inference: Any, file: Path, observed: dict[str, Array]) -> int:
    """Start a new fit, or load the one in the file; returns the generations that are finished."""
    address = f"sqlite:///{file}"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        inference.new(address, observed)
        return 0
    history = inference.load(address, 1, observed)
    return int(history.max_t) + 1


def _let_go(history: Any) -> None:
    """Close the file, which pyABC leaves open where a read or a write of it fails."""
    if history is not None and history._session is not None:
        history._session.invalidate()  # to close it would complain of the write that failed
        history._engine.dispose()


def _read(history: Any, case: Case, file: Path, particles: int, asked: int) -> Fit:
    """The fit as of the generations that were asked for: a file may hold more, whose tolerance is that of no other seed."""
    history.id = 1
    last = min(int(history.max_t), asked - 1)
    if last < 0:
        raise InputError(f"{file.name}: holds no finished generation; start again with a new file")
    probabilities = np.zeros((last + 1, len(case.rivals)))
    for generation in range(last + 1):
        table = history.get_model_probabilities(generation)
        for model in table.index:
            probabilities[generation, int(model)] = float(table.loc[model, "p"])
    predictions, shares, weights = {}, {}, {}
    for model, rival in enumerate(case.rivals):
        predictions[rival], shares[rival], weights[rival] = _of_rival(history, model, last, len(case.series.points))
    generations = history.get_all_populations().query("t <= @last")
    spread = np.asarray(history.get_weighted_distances(last)["w"], dtype=np.float64)
    effective = spread.sum() ** 2 / (spread**2).sum()
    return Fit(
        case=case,
        probabilities=probabilities,
        error=_error(probabilities[-1], float(effective)),
        epsilon=generations.loc[generations["t"] >= 0, "epsilon"].to_numpy(dtype=np.float64),
        simulations=int(generations["samples"].sum()),
        predictions=predictions,
        shares=shares,
        weights=weights,
        particles=particles,
    )


def _error(share: Array, number: float) -> Array:
    """Half of Wilson's interval at one standard error of shares of a number of particles."""
    return np.sqrt(share * (1.0 - share) / number + 0.25 / number**2) / (1.0 + 1.0 / number)


def _of_rival(history: Any, model: int, last: int, points: int) -> tuple[Array, tuple[tuple[str, ...], Array], Array]:
    """Predictions, posterior shares and weights of a rival in the last generation, whose tolerance all rivals share."""
    frame, weight = history.get_distribution(m=model, t=last)
    if not len(frame):
        return np.empty((0, points)), ((), np.empty((0, 0))), np.empty(0)
    own, stats = history.get_weighted_sum_stats_for_model(m=model, t=last)
    figures = np.stack([np.asarray(row["y"], dtype=np.float64) for row in stats])[_systematic(np.asarray(own))]
    names = tuple(str(name) for name in frame.columns)
    return figures, (names, frame.to_numpy(dtype=np.float64)), np.asarray(weight, dtype=np.float64)


def _systematic(weights: Array) -> Indices:
    """Numbers of particles, each as often as its weight says, give or take one: the middle of every thousandth of their sum, shape (draw,)."""
    below = np.cumsum(weights) / weights.sum()
    return np.searchsorted(below, (np.arange(_DRAWS) + 0.5) / _DRAWS)
