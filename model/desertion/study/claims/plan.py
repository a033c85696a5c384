"""What is to be run for a test of claims: which worlds, how many runs, and the study and the command that they make."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desertion.errors import InputError, input_error
from desertion.reading import command_line, written
from desertion.simulation.record.columns import MEASURES
from desertion.study.claims.document import Claims, load
from desertion.study.claims.measures import EXTRA
from desertion.study.claims.worlds import worlds
from desertion.study.design.layout import DesignRule
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import StudySpec

TASK = "claims"
QUICK_WORLDS = 16


@dataclass(frozen=True, kw_only=True)
class ClaimsPlan:
    """What is to be run.

    Attributes:
        path: claims file; the shipped one if None.
        ids: claims to judge; all if empty.
        count: number of worlds.
        replicates: paired replicates of each arm in each world.
        most: paired replicates up to which they are doubled where a world is undecided, see `JudgedClaim.unclear`.
        only_allowed: whether to leave out worlds that history rules out.
        scale: factor on the scale of every arm.
        seed: seed of worlds and runs.
        ensemble: name or file of an ensemble from which worlds are taken; none if empty.
        quick: whether the verdicts are to be called provisional.
        command: command that repeats it, for the report; made of the rest if empty.
    """

    path: Path | None = None
    ids: tuple[str, ...] = ()
    count: int = 256
    replicates: int = 1
    most: int = 1
    only_allowed: bool = False
    scale: float = 1.0
    seed: int = 1
    ensemble: str = ""
    quick: bool = False
    command: str = ""
    task: str = TASK


def quickly(plan: ClaimsPlan) -> ClaimsPlan:
    """The plan cut down to what two cores do in minutes; its verdicts are provisional."""
    return replace(plan, count=min(plan.count, QUICK_WORLDS), replicates=1, most=1, quick=True)


def repeated(plan: ClaimsPlan) -> str:
    """The command that repeats the study, wherever its results are put."""
    options = [
        ("worlds", plan.count),
        # A quick look has one run of each arm, and takes no other number.
        ("quick", True) if plan.quick else ("runs", plan.replicates),
        ("seed", plan.seed),
        ("most-runs", None if plan.quick else plan.most),
        ("only-allowed", plan.only_allowed),
        ("ensemble", plan.ensemble or None),
        ("size", None if plan.scale == 1.0 else written(plan.scale)),
        ("claims", plan.path),
    ]
    return command_line("claims", plan.ids, options)


def refuse_unknown_measures(plan: ClaimsPlan) -> None:
    """Refuse claims that read a measure that no run has, which would be told after all runs.

    Raises:
        InputError: a measure is unknown.
    """
    if plan.task == TASK:
        load(plan.path).chosen(plan.ids).check_measures({*MEASURES, *EXTRA})


def refuse_larger_than_real(claims: Claims, size: float) -> None:
    """Refuse a factor by which an arm would have more people than there are.

    Raises:
        InputError: an arm would be larger than real size.
    """
    for claim in claims.claims:
        for arm in sorted({name for name, _ in claim.terms}):
            if size * claims.arms[arm].share > 1.0:
                rule = f"would make the arm {arm!r} of {claim.id} larger than real"
                most = f"{1.0 / claims.arms[arm].share:g} is the most, or name the claims that are meant"
                raise input_error("size", size, rule, way_out=most)


def spec_of(plan: ClaimsPlan) -> StudySpec:
    """The study behind a plan: every arm in every world, world after world for the arms of one scenario and size."""
    if plan.only_allowed and plan.ensemble:
        raise InputError(
            "--only-allowed does not go with --ensemble: its worlds have been held to the targets of a match"
        )
    if plan.replicates < 1:
        raise InputError(f"claims: replicates = {plan.replicates} must be at least 1")
    claims = load(plan.path).chosen(plan.ids)
    refuse_larger_than_real(claims, plan.scale)
    worlds(claims.factors, plan.count, plan.seed, plan.ensemble)  # refuses impossible counts before anything runs
    groups: dict[tuple[str, float | None], list[str]] = {}
    for arm in claims.arms_needed():
        groups.setdefault((claims.arms[arm].scenario, claims.arms[arm].scale), []).append(arm)
    # A group of arms after the other, so that a study that is stopped has judged some claims in all worlds.
    rows = [(world, arm) for arms in groups.values() for world in range(plan.count) for arm in arms]
    return rows_spec(plan, rows)


def rows_spec(
    plan: ClaimsPlan, rows: Sequence[tuple[int, str]], first: int = 0, replicates: int | None = None
) -> StudySpec:
    """The study of some worlds and arms.

    Args:
        plan: what worlds they are.
        rows: (world, arm) of each.
        first: number of the first replicate.
        replicates: how many there are; the plan's own if not given.
    """
    settings = (
        ("claims", str(plan.path or "")),
        ("worlds", plan.count),
        ("worlds_seed", plan.seed),
        ("scale", plan.scale),
        *((("first", first),) if first else ()),
        *((("only_allowed", plan.replicates),) if plan.only_allowed else ()),
        *((("ensemble", plan.ensemble),) if plan.ensemble else ()),
    )
    return StudySpec(
        name="claims",
        title="Claims",
        question="How far do these claims hold over plausible worlds?",
        task=plan.task,
        seed=plan.seed,
        settings=settings,
        design=DesignRule(kind="list", rows=tuple((("world", world), ("arm", arm)) for world, arm in rows)),
        replicates=ReplicateRule(number=replicates or plan.replicates),
    )
