"""Questions to studies, each one function: sensitivity, search, claims.

The command line asks them and prints what they give. Nothing is written outside a temporary folder but where `out` says so.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from desertion.errors import input_error
from desertion.figures.labels import many
from desertion.files import PassingFolder
from desertion.parameters.arguments import (
    COUNT,
    COUNT_OR_NONE,
    DAYS,
    POSITIVE,
    SCALE,
    SEED,
    STUDY,
    WORKERS,
    Kind,
    ruled,
)
from desertion.scenario import Policy, Scenario
from desertion.simulation.record.own_table import own_table
from desertion.study.analysis.goal import Goal
from desertion.study.analysis.study import Study
from desertion.study.claims.files import as_run
from desertion.study.claims.plan import ClaimsPlan, quickly
from desertion.study.claims.trial import ClaimsOutcome, judged_file, put_to_the_test
from desertion.study.design.reading import changed, read_spec
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.run.described import described, given, refuse_beside_file, study_path
from desertion.study.run.options import RunOptions, options_of
from desertion.study.search.candidates import SearchResult, together
from desertion.study.search.search import on_other_fates, sobol_sample
from desertion.study.search.search import search as ask_optuna

if TYPE_CHECKING:
    from desertion.study.design.spec import StudySpec

WANTED = {"left_total": "more", "cost_eur": "less"}
"""What a search is after where nothing is said."""


@ruled(study=Kind((str, PathLike, Study), "must be a Study, or the path of a file that a study was run into"))
def sensitivity(
    study: str | Path | Study, measure: str = "share_left", *, policy: str | None = None, of: str = "mean"
) -> pd.DataFrame:
    """Which inputs decide a measure, from a study with a sobol or morris design.

    Args:
        study: A study, or the path of its file, whose counts are then taken at real size.
        measure: The measure to explain.
        policy: The policy mix, where the study compares several.
        of: `mean` over replicates, their `spread`, or `log` for the mean decimal logarithm.

    Returns:
        One row an input. Sobol: first-order and total indices (shares of variance) with intervals; morris: effect and
        its spread, in the `unit` that stands beside them, over the whole range of the input, at the size of the study.

    Raises:
        InputError: If the study has another design, or no such measure or policy.
    """
    chosen = study if isinstance(study, Study) else Study(study)
    return chosen.sensitivity(measure, policy, of)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Policy mixes that were tried.

    Attributes:
        goal: What was wanted, within which limits.
        spec: The study whose factors are the levers.
        found: Candidates by who proposed them: Optuna, and a Sobol sequence as its rival.
        checked: Their fronts again on other people and fates; empty if that was not asked for.
        keep: What must live as long as the results, such as the folder that holds their files.
    """

    goal: Goal
    spec: StudySpec
    found: Mapping[str, SearchResult]
    checked: Mapping[str, SearchResult]
    keep: object = None

    def __repr__(self) -> str:
        tried = sum(len(result.table) for result in self.found.values())
        return f"Search({', '.join(self.goal.measures)}: {many(tried, 'candidate')}; table)"

    @own_table
    def table(self) -> pd.DataFrame:
        """One row a candidate: proposed_by, its levers, runs, means at real size, within (the limits), front, joint_front.

        `MEASURE_checked` is the mean on other people and fates, missing for candidates that are on no front.
        """
        table = together(self.found.items(), self.goal)
        anew: list[pd.DataFrame] = []
        for name, result in self.checked.items():
            own = table.index[(table["proposed_by"] == name) & table["front"]]
            renamed = result.table[list(self.goal.measures)].rename(columns=lambda measure: f"{measure}_checked")
            anew.append(renamed.set_axis(own))
        return table.join(pd.concat(anew)) if anew else table


@ruled(
    study=STUDY, candidates=COUNT, check=COUNT_OR_NONE, runs=COUNT, scale=SCALE, days=DAYS, seed=SEED, workers=WORKERS
)
def search(
    study: str | Path | None = None,
    *,
    scenario: str | Path | Scenario | None = None,
    vary: Mapping[str, object] | None = None,
    policies: str | Path | Policy | Sequence[object] | Mapping[str, object] | None = None,
    want: Mapping[str, str] | None = None,
    limit: Mapping[str, float] | None = None,
    candidates: int = 128,
    rival: bool = True,
    check: int = 0,
    runs: int | None = None,
    scale: float | None = None,
    days: int | None = None,
    seed: int | None = None,
    settings: Mapping[str, object] | None = None,
    out: str | Path | None = None,
    options: RunOptions | None = None,
    workers: int = 0,
    quiet: bool = False,
) -> Search:
    """Policy mixes on the Pareto front within limits, found by trying candidates on the same people and fates.

    Args:
        study: A study file (TOML) whose `[vary]` names the levers, or a shipped study; else describe it here.
        scenario: A scenario, or its name or path.
        vary: Levers by dotted path, as for `sweep`.
        policies: Policies that all candidates share, as for `sweep`.
        want: For each measure whether `more` or `less` is better; more leavers at less money if not given.
        limit: Largest mean allowed, by measure, persons at real size.
        candidates: Policy mixes to try.
        rival: Whether to try as many points of a Sobol sequence, for comparison.
        check: Replicates that chose nothing, on which the fronts are judged again; 0 for none.
        runs: Replicates a candidate.
        scale: Share of real size, in (0, 1].
        days: Horizon in days.
        seed: Seed of all runs, and of the mixes that are tried, the rival's among them.
        settings: Inputs that all runs share, by dotted path.
        out: The search's file, which is resumed if it exists; `-rival` and `-check` stand beside it. A temporary one if not given.
        options: With what to run.
        workers: Processes of the local pool, 0 for one a core.
        quiet: Whether to show no progress.

    Raises:
        InputError: If the levers, the goal or the numbers make no search, or no candidate keeps the limits.
    """
    goal = Goal(dict(want or WANTED), dict(limit or {}))
    if study is not None:
        refuse_beside_file("search", scenario=scenario, vary=vary, policies=policies)
        spec = changed(read_spec(study_path(study)), runs=runs, scale=scale, days=days, seed=seed, settings=settings)
    else:
        table = {"vary": dict(vary or {}), "set": dict(settings or {}), "replicates": 1 if runs is None else runs}
        spec = described(scenario, policies, None, table | given(scale=scale, days=days, seed=seed))
    keep = PassingFolder() if out is None else None
    file = keep.path / f"{spec.name}-search.sqlite" if keep is not None else Path(str(out))
    by = options_of(options, workers, quiet)
    found = {"Optuna": ask_optuna(spec, goal, candidates, file, by)}
    if rival:
        found["Sobol sequence"] = sobol_sample(spec, goal, candidates, file.with_stem(f"{file.stem}-rival"), by)
    checked: dict[str, SearchResult] = {}
    if check:
        again = on_other_fates(spec, goal, list(found.values()), check, file.with_stem(f"{file.stem}-check"), by)
        checked = dict(zip(found, again, strict=True))
    return Search(goal=goal, spec=spec, found=found, checked=checked, keep=keep)


@ruled(worlds=COUNT, runs=COUNT, most_runs=COUNT, size=POSITIVE, seed=SEED, workers=WORKERS)
def claims(
    ids: str | Sequence[str] = (),
    *,
    worlds: int | None = None,
    runs: int = 1,
    most_runs: int = 16,
    only_allowed: bool = False,
    size: float | None = None,
    quick: bool = False,
    path: str | Path | None = None,
    seed: int | None = None,
    only_judge: bool = False,
    out: str | Path | None = None,
    options: RunOptions | None = None,
    workers: int = 0,
    quiet: bool = False,
    ensemble: str | Path | None = None,
) -> ClaimsOutcome:
    """The claims, judged over plausible worlds: each holds, fails or depends, and on what.

    Args:
        ids: Claims to judge, by id; all if none is named.
        worlds: Plausible worlds to judge in, 256 if not given; history rules out two in three, and no claim holds with fewer than 35.
        runs: Paired replicates of each arm in each world.
        most_runs: Replicates up to which they are doubled where they leave open whether a world shows a claim; one alone gives no word.
        only_allowed: Whether to leave out worlds that history rules out, which takes a third of the time.
        size: Factor on the size of all simulated worlds, 1 if not given.
        quick: Whether to cut it down to what takes minutes; verdicts are then provisional.
        path: A claims file of your own in place of the shipped one.
        seed: Where all chance comes from, 1 if not given.
        only_judge: Whether to run nothing and judge what `out` holds; worlds, size, seed and ensemble that are not given are those of its runs.
        out: The file of runs, which is resumed if it exists; a temporary one if not given.
        options: With what to run.
        workers: Processes of the local pool, 0 for one a core.
        quiet: Whether to show no progress.
        ensemble: An ensemble, by name or file, whose worlds are taken in place of drawn ones, all if it holds fewer than `worlds`.

    Returns:
        Verdicts with how they came about; `table` has one row a claim.

    Raises:
        InputError: If the claims file or an argument is wrong, or the file belongs to another study.
    """
    chosen = (ids,) if isinstance(ids, str) else tuple(ids)
    own = None if path is None else Path(path)
    if only_judge and out is None:
        raise input_error("out", None, "must name the file whose runs are to be judged")
    if only_judge and out is not None:
        plan = as_run(Path(out), own, chosen)
    else:
        plan = ClaimsPlan(path=own, ids=chosen, replicates=runs, most=most_runs, only_allowed=only_allowed)
    asked = {"count": worlds, "scale": size, "seed": seed, "ensemble": None if ensemble is None else str(ensemble)}
    plan = replace(plan, **{name: value for name, value in asked.items() if value is not None})
    if plan.ensemble and not only_judge:
        plan = replace(plan, count=min(plan.count, len(load_ensemble(plan.ensemble).worlds)))
    plan = quickly(plan) if quick else plan
    if out is not None:
        file = Path(out)
        return (
            judged_file(plan, file) if only_judge else put_to_the_test(plan, file, options_of(options, workers, quiet))
        )
    with tempfile.TemporaryDirectory(prefix="desertion-") as target:
        return put_to_the_test(plan, Path(target) / "claims.sqlite", options_of(options, workers, quiet))
