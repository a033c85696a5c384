"""Search: the policy mix that does most within a budget, found by asking, running and telling, on common fates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, unknown_name
from desertion.study.design import DesignRule, lay_out
from desertion.study.factors import Factor, Point
from desertion.study.header import header
from desertion.study.pareto import MORE, on_front, pareto_table
from desertion.study.results import Study
from desertion.study.row import DONE
from desertion.study.spec import StudySpec
from desertion.study.sweeping import Means, drive, run_study, working
from desertion.study.writer import StudyWriter

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True, slots=True)
class Goal:
    """What a search is after.

    Args:
        wanted: For each measure whether ``more`` or ``less`` of it is better.
        limits: Largest median that a measure may have, such as ``{"cost_eur": 1e9, "infiltrators": 50}``.
    """

    wanted: Mapping[str, str]
    limits: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Args:
        study: All candidates, in one study file of the usual kind.
        table: One row a candidate: its levers, medians, ``within`` (the limits) and ``front``.
    """

    study: Study
    table: pd.DataFrame


def search(
    spec: StudySpec, goal: Goal, candidates: int, out: Path, means: Means | None = None, batch: int = 20, seed: int = 1
) -> Found:
    """Look for the Pareto front of policy mixes within limits.

    Candidates are asked of Optuna's NSGA-II in batches and join the study's file as design points; all are judged by
    their medians over the same replicates, which mean the same people and fates. A search that was cut off asks the
    same questions again and finds their answers in its file.

    Args:
        spec: A study whose factors are the levers; its replicates must be a number.
        goal: What is wanted, within which limits.
        candidates: Number of candidates.
        out: The search's file.
        means: With what to run.
        batch: Candidates asked at a time.
        seed: Seed of the sampler.

    Raises:
        InputError: If the levers, the goal or the number of candidates make no search, or Optuna is missing.
    """
    _check(spec, goal, candidates, batch)
    means = means or Means()
    asking = _asking(goal, seed, batch)
    looking = replace(spec, design=DesignRule("search", points=batch, seed=seed))
    about = {**header(looking, ({},), (1, 1)), "search": {"wanted": dict(goal.wanted), "limits": dict(goal.limits)}}
    writer = StudyWriter.open_growing(out, about, accept_changes=means.accept_changes)
    points: list[Point] = []
    try:
        with working(looking, means, {}) as (executor, workers, report):
            while len(points) < candidates:
                trials = [asking.ask() for _ in range(min(batch, candidates - len(points)))]
                points += [_candidate(trial, spec.factors) for trial in trials]
                writer.extend(points)
                drive(looking, tuple(points), writer, means, executor, workers, report)
                asked = range(len(points) - len(trials), len(points))
                for trial, values in zip(trials, _medians(writer, goal, asked), strict=True):
                    _tell(asking, trial, values, goal)
    finally:
        writer.close()
    return judged(Study(out), goal)


def sobol_sample(
    spec: StudySpec, goal: Goal, candidates: int, out: Path, means: Means | None = None, seed: int = 1
) -> Found:
    """The honest rival of a search: as many candidates of a plain Sobol sequence, judged in the same way.

    Args:
        spec: As for :func:`search`.
        goal: What is wanted, within which limits.
        candidates: Number of candidates.
        out: The sample's file.
        means: With what to run.
        seed: Seed of the sequence.
    """
    _check(spec, goal, candidates, 1)
    points = lay_out(DesignRule("sequence", candidates, seed), spec.factors, spec.name)
    study = run_study(_listed(spec, list(points)), out, means)
    return judged(study, goal)


def dominated_volume(
    gains: NDArray[np.float64], worst: NDArray[np.float64], best: NDArray[np.float64], draws: int = 20_000
) -> float:
    """Share of the box from ``worst`` to ``best`` that at least one point dominates, by a fixed Sobol sample.

    Args:
        gains: (points, measures) : more is better.
        worst: (measures,) : one corner of the box.
        best: (measures,) : the other corner.
        draws: Points of the sample.
    """
    from scipy.stats import qmc

    spread = np.where(best > worst, best - worst, 1.0)
    shares = (gains[np.isfinite(gains).all(axis=1)] - worst) / spread
    sample = qmc.Sobol(gains.shape[1], scramble=False).random_base2(int(np.ceil(np.log2(draws))))
    covered = np.zeros(len(sample), bool)
    for share in shares[on_front(shares)] if len(shares) else shares:
        covered |= (sample <= share).all(axis=1)
    return float(covered.mean())


def compare_found(one: Found, other: Found, goal: Goal) -> tuple[float, float]:
    """Dominated volumes of two searches in the box that spans both, so that they can be compared.

    Args:
        one: A search.
        other: Its rival.
        goal: What both were after.
    """
    gains = [_gains(found.table[found.table["within"]], goal) for found in (one, other)]
    both = np.concatenate(gains)
    if not len(both):
        return 0.0, 0.0
    worst, best = both.min(axis=0), both.max(axis=0)
    return dominated_volume(gains[0], worst, best), dominated_volume(gains[1], worst, best)


def _check(spec: StudySpec, goal: Goal, candidates: int, batch: int) -> None:
    if not spec.factors:
        raise InputError(f"{spec.name}: a search needs levers: name ranges or choices under [vary]")
    if spec.replicates.adaptive:
        raise InputError(f"{spec.name}: a search needs a fixed number of replicates, so that all candidates share them")
    if len(spec.policies) != 1:
        raise InputError(
            f"{spec.name}: a search takes one policy mix as its base, got {len(spec.policies)}: vary levers instead"
        )
    if not goal.wanted:
        raise InputError(f"{spec.name}: a search needs to know what is wanted, such as left_total = 'more'")
    if candidates < 1 or batch < 1:
        raise InputError(f"{spec.name}: candidates = {candidates} and batch = {batch} must be whole numbers >= 1")


def judged(study: Study, goal: Goal) -> Found:
    """Judge the candidates of a finished search or sample.

    Args:
        study: The study of candidates.
        goal: What is wanted, within which limits.
    """
    names = list(dict.fromkeys([*goal.wanted, *goal.limits]))
    table = pareto_table(study.runs, dict.fromkeys(names, MORE), "median").drop(columns="front")
    within = np.ones(len(table), bool)
    for name, limit in goal.limits.items():
        within &= (table[name] <= limit).to_numpy()
    table = table.assign(within=within, front=False)
    gains = _gains(table, goal)
    table.loc[within, "front"] = on_front(gains[within])
    return Found(study, table)


def _gains(table: pd.DataFrame, goal: Goal) -> NDArray[np.float64]:
    signs = np.array([1.0 if wish == MORE else -1.0 for wish in goal.wanted.values()])
    return table[list(goal.wanted)].to_numpy(np.float64) * signs


def _medians(writer: StudyWriter, goal: Goal, candidates: Sequence[int]) -> list[dict[str, float]]:
    """Median of each measure at some candidates in the file; NaN where no run finished."""
    names = list(dict.fromkeys([*goal.wanted, *goal.limits]))
    values: dict[int, dict[str, list[float]]] = {}
    for row in writer.rows():
        if row.status == DONE:
            for name in names:
                if name not in row.scalars:
                    raise unknown_name("measure", name, row.scalars, where="the goal of the search")
                values.setdefault(row.design, {}).setdefault(name, []).append(row.scalars[name])
    return [
        {name: float(np.median(values.get(index, {}).get(name, [np.nan]))) for name in names} for index in candidates
    ]


def _tell(asking: optuna.Study, trial: optuna.Trial, values: Mapping[str, float], goal: Goal) -> None:
    from optuna.trial import TrialState

    wanted = [values[name] for name in goal.wanted]
    if not np.isfinite(list(values.values())).all():
        asking.tell(trial, state=TrialState.FAIL)
        return
    for name, limit in goal.limits.items():
        trial.set_constraint(name, values[name] - limit)
    asking.tell(trial, wanted)


def _asking(goal: Goal, seed: int, population: int) -> optuna.Study:
    try:
        import optuna
    except ImportError as problem:
        raise InputError("a search needs Optuna: install it with pip install 'desertion[discovery]'") from problem
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    sampler = optuna.samplers.NSGAIISampler(seed=seed, population_size=max(2, population))
    directions: Any = ["maximize" if wish == MORE else "minimize" for wish in goal.wanted.values()]
    return optuna.create_study(directions=directions, sampler=sampler)


def _candidate(trial: optuna.Trial, factors: Sequence[Factor]) -> Point:
    """One candidate; numbers are asked as shares of their range, so that every kind of range is treated alike."""
    point: Point = {}
    for one in factors:
        if one.values:
            point[one.name] = one.values[trial.suggest_int(one.name, 0, len(one.values) - 1)]
        else:
            point[one.name] = one.at(trial.suggest_float(one.name, 0.0, 1.0))
    return point


def _listed(spec: StudySpec, rows: Sequence[Point]) -> StudySpec:
    plain = tuple(tuple(row.items()) for row in rows)
    return replace(spec, factors=(), design=DesignRule("list", rows=plain))
