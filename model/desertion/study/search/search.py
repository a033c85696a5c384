"""The policy mix that does most within a budget, found by asking, running and telling, on common fates."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.errors import InputError, extra, refuse_unknown
from desertion.files import is_file
from desertion.parameters.arguments import seed_after
from desertion.study.analysis.goal import MORE, Goal
from desertion.study.analysis.pareto import front_within
from desertion.study.analysis.study import Study
from desertion.study.design.edition import reading
from desertion.study.design.factors import Factor, Point
from desertion.study.design.layout import SEARCH, DesignRule, lay_out
from desertion.study.design.point import scenario_of
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import REPEATABLE, StudySpec
from desertion.study.failures import interruptions
from desertion.study.run.inspection import Inspection, inspected
from desertion.study.run.origin import header
from desertion.study.run.runner import Progress
from desertion.study.run.sweep import RunOptions, drive, held_throughout, working
from desertion.study.run.task import task
from desertion.study.search.candidates import SearchResult, judged, require_some
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE
from desertion.study.store.writer import StudyWriter

if TYPE_CHECKING:
    import optuna

_EVEN = 32
"""Places spread over the levers that are looked at beside the first candidates."""
_MOST_AT_ONCE = 16
_STARTS = 2
"""Batches that are drawn at random before anything is learned from them."""
_ANY: tuple[Point, ...] = ({},)
"""In place of points that are still to come."""


@reading()
def search(
    spec: StudySpec,
    goal: Goal,
    candidates: int,
    out: Path,
    options: RunOptions | None = None,
    batch: int | None = None,
) -> SearchResult:
    """Policy mixes that were tried in search of the Pareto front within limits.

    Candidates are asked of Optuna's tree-structured Parzen estimator in batches and join the study's file as design
    points; all are judged by their means over the same replicates, which mean the same people and fates. A search that
    was cut off asks the same questions again and finds their answers in its file. Runs that failed are done again only in
    the last batch that was asked: what came after the others was asked on their failing.

    Args:
        spec: A study whose factors are the levers; its replicates must be a number.
        goal: What is wanted, within which limits at real size.
        candidates: Number of candidates.
        out: The search's file.
        options: With what to run.
        batch: Candidates asked at a time, those of the file if it exists; else an eighth of them, 16 at most.

    Raises:
        InputError: If the levers, the goal or the number of candidates make no search, Optuna is missing, or no
            candidate keeps the limits.
    """
    options = options or RunOptions()
    with interruptions(out, options.driving.hint):
        return _searched(spec, goal, candidates, out, options, batch)


def _searched(
    spec: StudySpec, goal: Goal, candidates: int, out: Path, options: RunOptions, batch: int | None
) -> SearchResult:
    _check(spec, candidates, batch)
    looking = replace(spec, design=_rule(out, candidates, batch, spec.seed))
    batch = looking.design.points
    asking = _asking(goal, looking.design.seed, batch)
    trials = [asking.ask() for _ in range(min(batch, candidates))]
    points = [_candidate(trial, spec.factors) for trial in trials]
    look = _try(looking, points, goal)
    asked = goal.simulated(_scale_of(spec))
    with _growing(looking, look, out, options, {"search": asked.plain()}) as (writer, extended):
        # Whatever came after the answers of earlier batches was asked on them, so that other answers would lead elsewhere.
        last = (len(writer.points()) - 1) // batch * batch
        while True:
            extended(points, candidates, max(last, len(points) - len(trials)))
            for place, trial in enumerate(trials, len(points) - len(trials)):
                _tell(asking, trial, _values(writer, asked, place, spec.replicates.number), asked)
            if len(points) >= candidates:
                break
            trials = [asking.ask() for _ in range(min(batch, candidates - len(points)))]
            points += [_candidate(trial, spec.factors) for trial in trials]
    result = judged(Study(out), goal)
    require_some(result, goal)
    return result


@contextmanager
def _growing(
    spec: StudySpec, look: Inspection, out: Path, options: RunOptions, about: Mapping[str, Any]
) -> Generator[tuple[StudyWriter, Callable[[Sequence[Point], int, int], None]]]:
    """The file of a study whose points are found while it is written, and what runs all points until now, of as many in the end, with failed runs again from one point on."""
    if look.odd and not options.quiet:
        print(look.remark(spec.design), file=sys.stderr, flush=True)
    head = header(spec, _ANY, (1, 1), options.driving.hint)
    writer = StudyWriter.open(
        out, {**head, **about}, None, accept_changes=options.accept_changes, command=options.driving.hint
    )
    try:
        with (
            held_throughout(spec, _ANY, head, out, options.driving.hint) as (told, begun),
            working(spec, options, look.sound[0]) as (executor, workers, report),
        ):

            def extended(points: Sequence[Point], most: int, retry_from: int) -> None:
                writer.extend(points)
                whole = _of_all(report, most * spec.replicates.number)
                drive(told, tuple(points), begun, writer, options, executor, workers, whole, retry_from)

            yield writer, extended
    finally:
        writer.close()


def _tried(spec: StudySpec, points: Sequence[Point], out: Path, options: RunOptions | None) -> tuple[Study, list[int]]:
    """A study of points, whose file may hold others from before, and the number of each there."""
    with nullcontext() if not is_file(out) else StudyFile(out) as file:
        held = file.points() if file else []
    held += [point for point in points if point not in held]
    looking = replace(spec, design=DesignRule(kind=SEARCH))
    with _growing(looking, inspected(looking, tuple(points)), out, options or RunOptions(), {}) as (_, extended):
        extended(held, len(held), 0)
    return Study(out), [held.index(point) for point in points]


def _rule(out: Path, candidates: int, batch: int | None, seed: int) -> DesignRule:
    """How many candidates are asked at a time, and the sampler's seed: what the file was begun with, whatever the number of candidates now."""
    if batch is None and is_file(out):
        with StudyFile(out) as file:
            begun = dict(dict(file.header()["spec"])["design"])
        if begun["kind"] == SEARCH:
            return DesignRule(kind=SEARCH, points=int(begun["points"]), seed=int(begun["seed"]))
    return DesignRule(kind=SEARCH, points=batch or min(_MOST_AT_ONCE, max(1, candidates // 8)), seed=seed)


def _scale_of(spec: StudySpec) -> float:
    """Share of real size that its runs are of; 1 for tasks that are no runs of the model."""
    if spec.task not in REPEATABLE:
        return 1.0
    return scenario_of(spec.task_of({})).scale


def sobol_sample(
    spec: StudySpec, goal: Goal, candidates: int, out: Path, options: RunOptions | None = None
) -> SearchResult:
    """The honest rival of a search: as many candidates of a Sobol sequence, which the study's seed scrambles, judged in the same way."""
    _check(spec, candidates, 1)
    points = lay_out(DesignRule(kind="sequence", points=candidates, seed=spec.seed), spec.factors, spec.name)
    study, _ = _tried(_titled(spec, "a Sobol sequence"), points, out, options)
    return judged(study, goal)


def on_other_fates(
    spec: StudySpec,
    goal: Goal,
    results: Sequence[SearchResult],
    runs: int,
    out: Path,
    options: RunOptions | None = None,
) -> list[SearchResult]:
    """Fronts of searches, judged again on people and fates that no candidate was chosen by.

    The best of many candidates owe part of their place to the fates they were tried on; here that part is gone.

    Returns:
        For each search its front, judged anew; of `front` are those that no other one of the same search beats.

    Raises:
        InputError: If the number of replicates is below 1.
    """
    if runs < 1:
        raise InputError(f"{spec.name}: {runs} replicates on other fates are too few: at least 1")
    fronts = [_front_points(result) for result in results]
    again = replace(
        _titled(spec, "the fronts on other fates"),
        seed=seed_after(spec.seed, 1),
        replicates=ReplicateRule(number=runs),
    )
    study, numbers = _tried(again, [point for front in fronts for point in front], out, options)
    table = judged(study, goal).table.set_index("design", drop=False).loc[numbers]
    ends = np.cumsum([len(front) for front in fronts])
    parts = [table.iloc[end - len(front) : end] for front, end in zip(fronts, ends, strict=True)]
    return [SearchResult(study, part.assign(front=front_within(part, goal))) for part in parts]


def _front_points(result: SearchResult) -> list[Point]:
    with StudyFile(result.study.path) as file:
        points = file.points()
    return [points[design] for design in result.table.loc[result.table["front"], "design"]]


def _check(spec: StudySpec, candidates: int, batch: int | None) -> None:
    if not spec.factors:
        raise InputError(f"{spec.name}: a search needs levers: name ranges or choices under [vary]")
    if any(factor.name == "scale" for factor in spec.factors):
        raise InputError(
            f"{spec.name}: a search holds candidates against each other at one scale: give it with --scale"
        )
    if spec.replicates.adaptive:
        raise InputError(f"{spec.name}: a search needs a fixed number of replicates, so that all candidates share them")
    if len(spec.policies) != 1:
        raise InputError(
            f"{spec.name}: a search takes one policy mix as its base, got {len(spec.policies)}: vary levers instead"
        )
    if spec.design.constraints:
        raise InputError(f"{spec.name}: a search cannot keep design.constraints: narrow the ranges instead")
    if candidates < 1:
        raise InputError(f"{spec.name}: candidates = {candidates} must be a whole number >= 1")
    if batch is not None and batch < 1:
        raise InputError(f"{spec.name}: batch = {batch} must be a whole number >= 1")


def _try(spec: StudySpec, points: Sequence[Point], goal: Goal) -> Inspection:
    """A look at candidates that refuses levers and measures which do not exist before there is a file: one day of one run names all measures."""
    # The first candidates may all be impossible by chance.
    even = lay_out(DesignRule(kind="sequence", points=_EVEN, seed=1), spec.factors, spec.name)
    look = inspected(spec, (*points, *even))
    run = spec.task_of(look.sound[0])
    known = task(spec.task)({**run, "days": 1}, 0, spec.seed).scalars
    for name in goal.measures:
        refuse_unknown("measure", name, known, where="the goal of the search")
    return look


def _of_all(report: Callable[[Progress], None], runs: int) -> Callable[[Progress], None]:
    """Progress of the whole search, of which the runner sees one batch at a time."""

    def report_of_all(progress: Progress) -> None:
        left = (runs - progress.finished) / progress.rate if progress.rate > 0 else float("inf")
        report(replace(progress, known=runs, left=left))

    return report_of_all


def _values(writer: StudyWriter, goal: Goal, candidate: int, runs: int) -> dict[str, float]:
    """Mean of each measure at a candidate in the file over its first `runs` replicates; NaN where one is missing."""
    rows = [row.scalars for row in writer.rows(design=candidate) if row.status == DONE and row.replicate < runs]
    if len(rows) < runs:
        return dict.fromkeys(goal.measures, float("nan"))
    return {name: float(np.mean([row.get(name, float("nan")) for row in rows])) for name in goal.measures}


def _tell(asking: optuna.Study, trial: optuna.Trial, values: dict[str, float], goal: Goal) -> None:
    from optuna.trial import TrialState

    if not np.isfinite(list(values.values())).all():
        asking.tell(trial, state=TrialState.FAIL)
        return
    for name, limit in goal.limits.items():
        # Shares, since the sampler adds up excesses of euros and of persons.
        trial.set_constraint(name, (values[name] - limit) / max(abs(limit), 1.0))
    asking.tell(trial, [values[name] for name in goal.wanted])


def _asking(goal: Goal, seed: int, batch: int) -> optuna.Study:
    with extra("discovery", "a search needs Optuna"):
        import optuna
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    # The lie about trials under way keeps a batch from being sixteen times the same mix.
    sampler = optuna.samplers.TPESampler(seed=seed % 2**32, n_startup_trials=_STARTS * batch, constant_liar=True)
    directions: Any = ["maximize" if wish == MORE else "minimize" for wish in goal.wanted.values()]
    return optuna.create_study(directions=directions, sampler=sampler)


def _candidate(trial: optuna.Trial, factors: Sequence[Factor]) -> Point:
    """One candidate; numbers are asked as shares of their range, so that every kind of range is treated alike."""
    point: Point = {}
    for factor in factors:
        if factor.values:
            point[factor.name] = factor.values[trial.suggest_int(factor.name, 0, len(factor.values) - 1)]
        else:
            point[factor.name] = factor.at(trial.suggest_float(factor.name, 0.0, 1.0))
    return point


def _titled(spec: StudySpec, what: str) -> StudySpec:
    return replace(spec, title=f"{spec.title}, {what}")
