"""The test of the claims: all arms in all worlds, run once and resumable, then verdicts and reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from desertion.figures.labels import many
from desertion.files import write_text
from desertion.scenario import Scenario
from desertion.scenario.grain import floor_note
from desertion.study.blocks import html, markdown, page
from desertion.study.claims.document import Bound, Claims, load
from desertion.study.claims.files import beside, check_held, files_of, most_of, rows_of, runs_of
from desertion.study.claims.judging import FEWEST_WORLDS, JudgedClaim, NumberSpread, gathered, judge_all
from desertion.study.claims.plan import (
    ClaimsPlan,
    refuse_larger_than_real,
    refuse_unknown_measures,
    repeated,
    rows_spec,
    spec_of,
)
from desertion.study.claims.report import TITLE, Run, blocks
from desertion.study.claims.world_run import dressed
from desertion.study.claims.worlds import worlds
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.run.sweep import RunOptions, run_study


@dataclass(frozen=True, kw_only=True)
class ClaimsOutcome:
    """Verdicts with how they came about."""

    claims: Claims
    judged: tuple[JudgedClaim, ...]
    numbers: tuple[NumberSpread, ...]
    run: Run

    def __repr__(self) -> str:
        return f"ClaimsOutcome({many(len(self.judged), 'claim')}; table)"

    @property
    def table(self) -> pd.DataFrame:
        """One row a claim.

        Over the worlds that history allows: id, verdict, worlds, shown, sure and possible (unclear ones counted as not showing it, and as showing it),
        signed (the claimed sign, however small), reversed, undefined, unclear (more replicates could turn them), low and high (Wilson, of the shares that are sure and possible), then the effect over worlds (median, q05,
        q95), its unit, events (simulated, of the outcome in the median world), persons (simulated, on which the effect rests in the median
        world), too_few (whether those are too few to tell), against and
        against_share (of a decided claim: the other weighting of the worlds that is most against it, and the share shown under it), reason (why it is untested), and everywhere (the verdict
        over all worlds that were run).
        """
        rows = [
            {
                "id": row.claim.id,
                "verdict": row.main.word,
                **{
                    name: getattr(row.main, name)
                    for name in ("worlds", "shown", "sure", "possible", "signed", "reversed", "undefined")
                },
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

    Worlds stop having more runs once their interval leaves out the smallest effect of interest. Looked at after 2, 4, 8 and 16 runs, 90 %
    intervals hold four in five effects that lie on that size itself, and one in ten of these worlds is clear on the wrong side. From half a
    standard deviation of one pair away nine in ten hold theirs and hardly a world is clear and wrong (`test_precision`).

    Raises:
        InputError: the claims file is wrong, or `file` belongs to another study.
    """
    refuse_unknown_measures(plan)
    run_study(spec_of(plan), file, options)
    have = plan.replicates  # parts of a study know too few runs to tell where more are needed
    while have < plan.most and options.shard == (1, 1):
        more = min(2 * have, plan.most)
        further = beside(file, more)
        # Once some of the further runs are there, fewer worlds are open: which get them was settled when the file was made.
        rows = rows_of(further) if further.exists() else _straddling(plan, file)
        if not rows:
            break
        run_study(rows_spec(plan, rows, have, more - have), further, options)
        have = more
    return judged_file(plan, file)


def _straddling(plan: ClaimsPlan, file: Path) -> tuple[tuple[int, str], ...]:
    """Worlds and arms of claims that more runs could turn in that world, see `JudgedClaim.unclear`."""
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
    first, *_ = [check_held(plan, path, file) for path in files_of(file)]
    plan = replace(plan, replicates=first, most=max(plan.most, most_of(file)))
    claims = beyond_match(load(plan.path).chosen(plan.ids), plan.ensemble)
    refuse_larger_than_real(claims, plan.scale)
    points = worlds(claims.factors, plan.count, plan.seed, plan.ensemble)
    held = [runs_of(path) for path in files_of(file)]
    runs, out = [run for each, _, _ in held for run in each], {key for _, each, _ in held for key in each}
    results = gathered(runs)
    arms = claims.arms_needed()
    complete = [
        world for world in range(plan.count) if all((world, arm) in results or (world, arm) in out for arm in arms)
    ]
    # How far the worlds of an ensemble lie from the figures that they were held to, where its file says so.
    ensemble = load_ensemble(plan.ensemble) if plan.ensemble else None
    worst = ensemble.table.get("worst", []) if ensemble else []
    known = {"distance from the targets": list(worst)[: plan.count]} if len(worst) else {}
    judged, numbers = judge_all(claims, points, results, known, plan.scale, plan.replicates)
    bare = _bare(claims, plan.scale)
    about = Run(
        worlds=plan.count,
        complete=len(complete),
        replicates=first,
        most=max([first, *map(len, results.values())]),
        people=_people(bare),
        floors=tuple(
            f"{name}: {note}"
            for name, worlds in bare.items()
            for note in dict.fromkeys(map(floor_note, worlds))
            if note
        ),
        runs=len(runs),
        seconds=sum(seconds for _, _, seconds in held),
        seed=plan.seed,
        command=plan.command or repeated(plan),
        quick=plan.quick or max((row.main.worlds for row in judged), default=0) < FEWEST_WORLDS,
        bounds=tuple(
            f"{bound.effect.text} from {bound.low:g} to {bound.high:g}{_span(bound)}: {bound.source}"
            for bound in claims.bounds
        ),
        matched=ensemble.worlds[: plan.count] if ensemble else (),
    )
    return ClaimsOutcome(claims=claims, judged=judged, numbers=numbers, run=about)


def beyond_match(claims: Claims, ensemble: str) -> Claims:
    """The claims without bounds on scenarios in which an ensemble's worlds were held to its targets: those judge instead."""
    if not ensemble:
        return claims
    matched = load_ensemble(ensemble).scenarios
    rest = tuple(bound for bound in claims.bounds if not claims.scenarios_of(bound) <= matched)
    return claims.model_copy(update={"bounds": rest})


def _span(bound: Bound) -> str:
    """Over which days a bound was measured and how far it is widened, in words."""
    wider = f", widened {bound.margin:g} times" if bound.margin > 1.0 else ""
    return f" over {bound.days:g} days{wider}" if bound.days else wider


def _bare(claims: Claims, scale: float) -> dict[str, list[Scenario]]:
    """Scenarios without policies, by name, of each scale and settings in which they are run."""
    found: dict[str, list[Scenario]] = {}
    for arm in {
        (arm.scenario, arm.scale, repr(arm.settings)): arm for arm in map(claims.arms.__getitem__, claims.arms_needed())
    }.values():
        plain = arm.model_copy(update={"policies": (), "change": ()})
        found.setdefault(arm.scenario, []).append(dressed(plain, {}, claims.world.days, scale))
    return found


def _people(bare: Mapping[str, Sequence[Scenario]]) -> dict[str, tuple[int, ...]]:
    """People per world, by scenario, of each size in which it is run."""
    return {name: tuple(sorted({world.sized().people for world in worlds})) for name, worlds in bare.items()}
