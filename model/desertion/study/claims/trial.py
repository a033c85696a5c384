"""The test of the claims: all arms in all worlds, run once and resumable, then verdicts and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from desertion.errors import InputError
from desertion.files import write_text
from desertion.study.blocks import html, markdown, page
from desertion.study.claims.document import Claims, load
from desertion.study.claims.judging import JudgedClaim, NumberSpread, averaged, judge_all
from desertion.study.claims.report import TITLE, Run, blocks
from desertion.study.claims.worlds import worlds
from desertion.study.design.formula import Measures
from desertion.study.design.layout import DesignRule
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import StudySpec
from desertion.study.run.sweep import RunOptions, run_study
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE

TASK = "claims"
FEWEST_WORLDS = 1000

ASSUMED = (
    "People, ties and fates are the same in all arms of a world and replicate; worlds differ in their people too.",
    "R is set in the reference state of the scenario's first day; what a policy or a call-up does to it follows from the model.",
    "Dates that never come count as the horizon.",
    "Levels of contagion share one half-life; home towns weigh 0.5 and ties 0.25 of a military weight of 1 (no source).",
    "Numbers of the scenarios that are not listed above stay at the scenario's own values.",
    "Counts are those of the shrunk worlds; a smaller world is noisier, which pushes verdicts towards `depends`.",
)


@dataclass(frozen=True, kw_only=True)
class ClaimsPlan:
    """What is to be run.

    Attributes:
        path: claims file; the shipped one if None.
        ids: claims to judge; all if empty.
        count: number of worlds.
        replicates: paired replicates of each arm in each world.
        scale: factor on the scale of every arm.
        seed: seed of worlds and runs.
        quick: whether the verdicts are to be called provisional.
        command: command that repeats it, for the report.
    """

    path: Path | None = None
    ids: tuple[str, ...] = ()
    count: int = 1024
    replicates: int = 1
    scale: float = 1.0
    seed: int = 1
    quick: bool = False
    command: str = "desertion claims"
    task: str = TASK


@dataclass(frozen=True, kw_only=True)
class ClaimsOutcome:
    """Verdicts with how they came about."""

    claims: Claims
    judged: tuple[JudgedClaim, ...]
    numbers: tuple[NumberSpread, ...]
    run: Run

    @property
    def table(self) -> pd.DataFrame:
        """One row a claim.

        id, verdict, worlds, shown, reversed, undefined, low and high (Wilson, of the share shown), then the effect over
        worlds (median, q05, q95), its unit, and consistent (the verdict over worlds that history allows).
        """
        rows = [
            {
                "id": row.claim.id,
                "verdict": row.verdict.word,
                "worlds": row.verdict.worlds,
                "shown": row.verdict.shown,
                "reversed": row.verdict.reversed,
                "undefined": row.verdict.undefined,
                "low": row.verdict.low,
                "high": row.verdict.high,
                "median": row.verdict.median,
                "q05": row.verdict.fifth,
                "q95": row.verdict.ninety_fifth,
                "unit": row.claim.unit,
                "consistent": "" if row.consistent is None else row.consistent.word,
            }
            for row in self.judged
        ]
        return pd.DataFrame(rows)

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Paths of `claims.html` and `claims.md`, after they are written."""
        report = blocks(self.judged, self.numbers, self.claims.factors, self.run)
        written = write_text(folder / "claims.html", page(TITLE, html(report)))
        return written, write_text(folder / "claims.md", markdown(report))


def put_to_the_test(plan: ClaimsPlan, file: Path, options: RunOptions) -> ClaimsOutcome:
    """Verdicts on what is in the study's file, after what is missing in it has been run.

    Args:
        plan: what is to be run.
        file: the study's SQLite file; runs found in it are not repeated.
        options: with what to run.

    Raises:
        InputError: the claims file is wrong, or `file` belongs to another study.
    """
    run_study(spec_of(plan), file, options)
    return judged_file(plan, file)


def spec_of(plan: ClaimsPlan) -> StudySpec:
    """The study behind a plan: every arm in every world, world after world."""
    if plan.replicates < 1:
        raise InputError(f"claims: replicates = {plan.replicates} must be at least 1")
    claims = load(plan.path).chosen(plan.ids)
    worlds(claims.factors, plan.count, plan.seed)  # refuses impossible counts before anything runs
    arms = claims.arms_needed()
    rows = tuple((("world", world), ("arm", arm)) for world in range(plan.count) for arm in arms)
    settings = (
        ("claims", str(plan.path or "")),
        ("worlds", plan.count),
        ("worlds_seed", plan.seed),
        ("scale", plan.scale),
    )
    return StudySpec(
        name="claims",
        title="Claims",
        question="How far do the claims of the two articles hold over plausible worlds?",
        task=plan.task,
        seed=plan.seed,
        settings=settings,
        design=DesignRule(kind="list", rows=rows),
        replicates=ReplicateRule(number=plan.replicates),
    )


def judged_file(plan: ClaimsPlan, file: Path) -> ClaimsOutcome:
    """Verdicts on what a study's file holds, finished or not."""
    claims = load(plan.path).chosen(plan.ids)
    points = worlds(claims.factors, plan.count, plan.seed)
    runs, seconds = _runs(plan, file)
    results = averaged(runs)
    judged, numbers = judge_all(claims, points, results)
    complete = sum(all((world, arm) in results for arm in claims.arms_needed()) for world in range(plan.count))
    about = Run(
        worlds=plan.count,
        complete=complete,
        replicates=plan.replicates,
        people=_people(claims, plan.scale),
        runs=len(runs),
        seconds=seconds,
        seed=plan.seed,
        command=plan.command,
        quick=plan.quick or complete < FEWEST_WORLDS,
        assumed=ASSUMED,
        bounds=tuple(
            f"{bound.effect.text} from {bound.low:g} to {bound.high:g}: {bound.source}" for bound in claims.bounds
        ),
    )
    return ClaimsOutcome(claims=claims, judged=judged, numbers=numbers, run=about)


def quickly(plan: ClaimsPlan) -> ClaimsPlan:
    """The plan cut down to what two cores do in minutes; its verdicts are provisional."""
    return replace(plan, count=min(plan.count, 64), quick=True)


def repeated(plan: ClaimsPlan) -> str:
    """The command that repeats the study, wherever its results are put."""
    words = ["desertion claims", *plan.ids, "--quick" if plan.quick else f"--worlds {plan.count}"]
    words += [f"--runs {plan.replicates}", f"--seed {plan.seed}"]
    words += [f"--size {plan.scale:g}"] if plan.scale != 1.0 else []
    return " ".join([*words, *([f"--claims {plan.path}"] if plan.path else [])])


def _runs(plan: ClaimsPlan, file: Path) -> tuple[list[tuple[int, str, int, Measures]], float]:
    runs: list[tuple[int, str, int, Measures]] = []
    seconds = 0.0
    keys = [(int(str(row["world"])), str(row["arm"])) for row in _rows(spec_of(plan))]
    with StudyFile(file) as study:
        for row in study.rows():
            seconds += row.seconds
            if row.status == DONE:
                world, arm = keys[row.design]
                runs.append((world, arm, row.replicate, row.scalars))
    return runs, seconds


def _rows(spec: StudySpec) -> Iterator[dict[str, object]]:
    return (dict(row) for row in spec.design.rows)


def _people(claims: Claims, scale: float) -> dict[str, int]:
    """People per world, by scenario and size."""
    from desertion.study.claims.world_run import dressed

    people: dict[str, int] = {}
    for name in claims.arms_needed():
        arm = claims.arms[name]
        label = arm.scenario if not arm.settings else f"{arm.scenario} ({name})"
        if arm.scenario in people:
            continue
        forces = dressed(arm.model_copy(update={"policies": ()}), {}, claims.world.days, scale).sized().forces
        people.setdefault(label, sum(force.people for force in forces))
    return people
