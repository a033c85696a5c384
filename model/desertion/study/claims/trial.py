"""The test of the claims: all arms in all worlds, run once and resumable, then verdicts and reports."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from desertion.errors import InputError
from desertion.files import shown, write_text
from desertion.reading import written
from desertion.study.blocks import html, markdown, page
from desertion.study.claims.document import Bound, Claims, load
from desertion.study.claims.judging import FEWEST_WORLDS, JudgedClaim, NumberSpread, gathered, judge_all
from desertion.study.claims.report import TITLE, Run, blocks
from desertion.study.claims.world_run import RULED_OUT, dressed, parts_of
from desertion.study.claims.worlds import worlds
from desertion.study.design.formula import Measures
from desertion.study.design.layout import DesignRule
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import StudySpec
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.run.sweep import RunOptions, run_study
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE

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
        most: paired replicates up to which they are doubled where a world's interval holds the smallest effect of interest.
        only_allowed: whether to leave out worlds that history rules out.
        scale: factor on the scale of every arm.
        seed: seed of worlds and runs.
        ensemble: name or file of an ensemble from which worlds are taken; none if empty.
        quick: whether the verdicts are to be called provisional.
        command: command that repeats it, for the report.
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
    command: str = "desertion claims"
    task: str = TASK


@dataclass(frozen=True, kw_only=True)
class ClaimsOutcome:
    """Verdicts with how they came about."""

    claims: Claims
    judged: tuple[JudgedClaim, ...]
    numbers: tuple[NumberSpread, ...]
    run: Run

    def __repr__(self) -> str:
        return f"ClaimsOutcome({len(self.judged)} claims; table)"

    @property
    def table(self) -> pd.DataFrame:
        """One row a claim.

        Over the worlds that history allows: id, verdict, worlds, shown, signed (the claimed sign, however small), reversed, undefined,
        unclear (more replicates could turn them), low and high (Wilson, of the share shown), then the effect over worlds (median, q05,
        q95), its unit, events (simulated, of the outcome in the median world), persons (simulated, on which the effect rests in the median
        world), too_few (whether those are too few to tell), against and
        against_share (of a decided claim: the other weighting of the worlds that is most against it, and the share shown under it), reason (why it is untested), and everywhere (the verdict
        over all worlds that were run).
        """
        rows = [
            {
                "id": row.claim.id,
                "verdict": row.main.word,
                **{name: getattr(row.main, name) for name in ("worlds", "shown", "signed", "reversed", "undefined")},
                "unclear": len(row.unclear),
                "low": row.main.low,
                "high": row.main.high,
                "median": row.main.median,
                "q05": row.main.fifth,
                "q95": row.main.ninety_fifth,
                "unit": row.claim.unit,
                "events": row.events,
                "persons": row.persons,
                "too_few": row.few,
                "against": "" if row.against is None else row.against.what,
                "against_share": float("nan") if row.against is None else row.against.share,
                "reason": row.reason,
                "everywhere": row.verdict.word,
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

    Raises:
        InputError: the claims file is wrong, or `file` belongs to another study.
    """
    run_study(spec_of(plan), file, options)
    have = plan.replicates  # parts of a study know too few runs to tell where more are needed
    while have < plan.most and options.shard == (1, 1):
        more = min(2 * have, plan.most)
        further = beside(file, more)
        # Once some of the further runs are there, fewer worlds are open: which get them was settled when the file was made.
        rows = _rows_in(further) if further.exists() else _straddling(plan, file)
        if not rows:
            break
        run_study(rows_spec(plan, rows, have, more - have), further, options)
        have = more
    return judged_file(plan, file)


def beside(file: Path, replicates: int | str) -> Path:
    """File of the runs that add up to so many replicates, beside the file of the first ones."""
    return file.with_name(f"{file.stem}-to-{replicates}{file.suffix}")


def files_of(file: Path) -> tuple[Path, ...]:
    """The files of a study of claims that are there: that of the first runs, and those of the further ones."""
    return (file, *sorted(file.parent.glob(beside(file, "*").name)))


def most_of(file: Path) -> int:
    """Replicates up to which those of some worlds were doubled; 1 if none were."""
    return max((int(each.stem.rpartition("-to-")[2]) for each in files_of(file)[1:]), default=1)


def as_run(plan: ClaimsPlan, file: Path) -> ClaimsPlan:
    """A plan with the replicates and the worlds left out that a study's file says it was run with."""
    with StudyFile(file) as study:
        spec = study.header()["spec"]
    runs, only_allowed = int(spec["replicates"]["number"]), "only_allowed" in dict(spec["settings"])
    return replace(plan, replicates=runs, most=max(most_of(file), runs), only_allowed=only_allowed)


def spec_of(plan: ClaimsPlan) -> StudySpec:
    """The study behind a plan: every arm in every world, world after world for the arms of one scenario and size."""
    if plan.only_allowed and plan.ensemble:
        raise InputError(
            "--only-allowed does not go with --ensemble: its worlds have been held to the targets of a match"
        )
    if plan.replicates < 1:
        raise InputError(f"claims: replicates = {plan.replicates} must be at least 1")
    claims = load(plan.path).chosen(plan.ids)
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
        question="How far do the claims of the two articles hold over plausible worlds?",
        task=plan.task,
        seed=plan.seed,
        settings=settings,
        design=DesignRule(kind="list", rows=tuple((("world", world), ("arm", arm)) for world, arm in rows)),
        replicates=ReplicateRule(number=replicates or plan.replicates),
    )


def _straddling(plan: ClaimsPlan, file: Path) -> tuple[tuple[int, str], ...]:
    """Worlds and arms of claims whose interval in that world holds the smallest effect of interest."""
    outcome = judged_file(plan, file)
    wanted = {
        (world, arm)
        for row in outcome.judged
        if not row.reason or row.pending
        for world in row.unclear
        for arm, _ in row.claim.terms
    }
    arms = outcome.claims.arms_needed()
    return tuple((world, arm) for world in range(plan.count) for arm in arms if (world, arm) in wanted)


def judged_file(plan: ClaimsPlan, file: Path) -> ClaimsOutcome:
    """Verdicts on what a study's file holds, finished or not; how many runs each arm was to have the file says itself.

    Raises:
        InputError: The file, or one of further runs beside it, holds other worlds than those asked for.
    """
    first, *_ = [_held(plan, path, file) for path in files_of(file)]
    plan = replace(plan, replicates=first)
    claims = beyond_match(load(plan.path).chosen(plan.ids), plan.ensemble)
    points = worlds(claims.factors, plan.count, plan.seed, plan.ensemble)
    held = [runs_of(path) for path in files_of(file)]
    runs, out = [run for each, _, _ in held for run in each], {key for _, each, _ in held for key in each}
    results = gathered(runs)
    arms = claims.arms_needed()
    complete = [
        world for world in range(plan.count) if all((world, arm) in results or (world, arm) in out for arm in arms)
    ]
    # How far the worlds of an ensemble lie from the figures that they were held to.
    distances = load_ensemble(plan.ensemble).table["worst"].tolist()[: plan.count] if plan.ensemble else []
    known = {"distance from the targets": distances} if plan.ensemble else {}
    judged, numbers = judge_all(claims, points, results, known, plan.scale, plan.replicates)
    about = Run(
        worlds=plan.count,
        complete=len(complete),
        replicates=plan.replicates,
        people=_people(claims, plan.scale),
        runs=len(runs),
        seconds=sum(seconds for _, _, seconds in held),
        seed=plan.seed,
        command=plan.command,
        quick=plan.quick or max((row.main.worlds for row in judged), default=0) < FEWEST_WORLDS,
        bounds=tuple(
            f"{bound.effect.text} from {bound.low:g} to {bound.high:g}{_span(bound)}: {bound.source}"
            for bound in claims.bounds
        ),
    )
    return ClaimsOutcome(claims=claims, judged=judged, numbers=numbers, run=about)


def _held(plan: ClaimsPlan, path: Path, file: Path) -> int:
    """Runs of each arm that a file was begun with; its worlds must be the plan's, or more of the same."""
    with StudyFile(path) as study:
        header = study.header()
    spec = header["spec"]
    own, asked = dict(spec["settings"]), dict(spec_of(replace(plan, only_allowed=False)).settings)
    compared = {"--seed": "worlds_seed", "--size": "scale", "--ensemble": "ensemble"}
    for option, name in compared.items():
        if own.get(name, "") != asked.get(name, ""):
            way_out = f"give {option} {own.get(name)}" if name in own else f"leave {option} out"
            rest = "" if path == file else f", or remove it if {file.name} is another study's"
            raise InputError(
                f"{path} was run with {option} = {own.get(name, 'none')} and not {asked.get(name, 'none')}: {way_out}{rest}"
            )
    if int(own["worlds"]) < plan.count:
        raise InputError(
            f"{path} was run with --worlds = {own['worlds']} and not {plan.count}: give --worlds {own['worlds']} or less"
        )
    _check_parts(plan, path, header)
    return int(spec["replicates"]["number"])


def _check_parts(plan: ClaimsPlan, path: Path, header: Mapping[str, Any]) -> None:
    """Refuse to judge by a claims file whose worlds or arms are not those that were run, unless that was accepted."""
    claims = load(plan.path)
    now, then = parts_of(claims, claims.chosen(plan.ids).arms_needed(), claims.bounds), header["fingerprint"]
    other = sorted(name.removeprefix("claims: ") for name, part in now.items() if then.get(name, part) != part)
    if other and not header.get("accepted_changes"):
        where = shown(plan.path) if plan.path else "the shipped claims file"
        raise InputError(
            f"{path} was run with other {', '.join(other[:5])}{', ...' if len(other) > 5 else ''} than {where} holds now: "
            "judge it by the file that it was run with (--claims), or run the claims anew with another --out"
        )


def beyond_match(claims: Claims, ensemble: str) -> Claims:
    """The claims without bounds on scenarios in which an ensemble's worlds were held to its targets: those judge instead."""
    if not ensemble:
        return claims
    matched = load_ensemble(ensemble).scenarios
    rest = tuple(bound for bound in claims.bounds if not claims.scenarios_of(bound) <= matched)
    return claims.model_copy(update={"bounds": rest})


def quickly(plan: ClaimsPlan) -> ClaimsPlan:
    """The plan cut down to what two cores do in minutes; its verdicts are provisional."""
    return replace(plan, count=min(plan.count, QUICK_WORLDS), replicates=1, most=1, quick=True)


def repeated(plan: ClaimsPlan) -> str:
    """The command that repeats the study, wherever its results are put."""
    words = ["desertion", "claims", *plan.ids, "--worlds", str(plan.count)]
    # A quick look has one run of each arm, and takes no other number.
    words += ["--quick"] if plan.quick else ["--runs", str(plan.replicates)]
    words += ["--seed", str(plan.seed), *([] if plan.quick else ["--most-runs", str(plan.most)])]
    words += ["--only-allowed"] if plan.only_allowed else []
    words += ["--ensemble", plan.ensemble] if plan.ensemble else []
    words += ["--size", written(plan.scale)] if plan.scale != 1.0 else []
    return shlex.join([*words, *(["--claims", str(plan.path)] if plan.path else [])])


def runs_of(file: Path) -> tuple[list[tuple[int, str, int, Measures]], set[tuple[int, str]], float]:
    """Runs (world, arm, replicate, measures) of a file, worlds and arms that were left out, and computing seconds."""
    runs: list[tuple[int, str, int, Measures]] = []
    out: set[tuple[int, str]] = set()
    seconds = 0.0
    with StudyFile(file) as study:
        first = int(dict(study.header()["spec"]["settings"]).get("first", 0))
        keys = _worlds_and_arms(study)
        for row in study.rows():
            seconds += row.seconds
            if row.status == DONE and RULED_OUT in row.scalars:
                out.add(keys[row.design])
            elif row.status == DONE:
                runs.append((*keys[row.design], first + row.replicate, row.scalars))
    return runs, out, seconds


def _rows_in(file: Path) -> tuple[tuple[int, str], ...]:
    """World and arm of each design point of a file."""
    with StudyFile(file) as study:
        return _worlds_and_arms(study)


def _worlds_and_arms(study: StudyFile) -> tuple[tuple[int, str], ...]:
    return tuple((int(row["world"]), str(row["arm"])) for row in map(dict, study.header()["spec"]["design"]["rows"]))


def _span(bound: Bound) -> str:
    """Over which days a bound was measured and how far it is widened, in words."""
    wider = f", widened {bound.margin:g} times" if bound.margin > 1.0 else ""
    return f" over {bound.days:g} days{wider}" if bound.days else wider


def _people(claims: Claims, scale: float) -> dict[str, int]:
    """People per world, by scenario and size."""
    people: dict[str, int] = {}
    for name in claims.arms_needed():
        arm = claims.arms[name]
        if arm.scenario not in people:
            label = f"{arm.scenario} ({name})" if arm.settings else arm.scenario
            bare = dressed(arm.model_copy(update={"policies": ()}), {}, claims.world.days, scale)
            people.setdefault(label, bare.sized().people)
    return people
