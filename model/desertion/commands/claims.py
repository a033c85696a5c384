"""`desertion claims`: judge the articles' claims over plausible worlds."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options, studies

_COPY = "claims.toml"

if TYPE_CHECKING:
    from desertion.study.claims.trial import ClaimsOutcome
    from desertion.study.run.options import RunOptions


@studies.of_studies
def command(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(help="Claims to judge, by id; all if none is named.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Few worlds, in minutes; the verdicts are provisional.")
    ] = False,
    worlds: Annotated[
        int | None,
        typer.Option(
            "--worlds", help="Plausible worlds to judge in, of which history rules out two in three; 256 if not given."
        ),
    ] = None,
    runs: Annotated[int, typer.Option("--runs", "-n", help="Paired replicates of each arm in each world.")] = 1,
    most_runs: Annotated[
        int, typer.Option("--most-runs", help="Replicates up to which they are doubled where a world is undecided.")
    ] = 16,
    only_allowed: Annotated[
        bool, typer.Option("--only-allowed", help="Leave out worlds that history rules out.")
    ] = False,
    ensemble: Annotated[
        str | None,
        typer.Option("--ensemble", help="Take worlds that a match kept, by name or file, in place of drawn ones."),
    ] = None,
    size: Annotated[
        float | None, typer.Option("--size", help="Factor on the size of all simulated worlds; 1 if not given.")
    ] = None,
    claims: Annotated[
        Path | None, typer.Option("--claims", help="A claims file of your own, which may extend the shipped one.")
    ] = None,
    pilot: Annotated[
        bool, typer.Option("--pilot", help="Only count, in 32 other worlds, whether enough happens for each claim.")
    ] = False,
    report: Annotated[
        bool,
        typer.Option(
            "--report", help="Run nothing; judge what is there, with its own worlds, size, seed and ensemble."
        ),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option("--seed", callback=options.check_seed, help="Where all chance comes from; 1 if not given."),
    ] = None,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    tls_ca: studies.Authority = None,
    tls_cert: studies.Certificate = None,
    tls_key: studies.Key = None,
    shard: options.Shard = None,
    out: Annotated[Path | None, options.results_in("claims")] = None,
    accept_changes: options.AcceptChanges = False,
) -> int:
    """Judge the articles' claims over plausible worlds: holds, fails, depends (and on what), or untested."""
    from desertion.files import folder
    from desertion.study.questions import claims as judged

    _refuse_unused(context, quick=quick, worlds=worlds or 0, pilot=pilot, report=report)
    proof = studies.certificates(context, scheduler, tls_ca, tls_cert, tls_key)
    target = folder(options.place(out, "claims-quick" if quick else "claims"))
    part, name = studies.part_of(shard, "claims")
    file = target / name
    by = studies.run_options(workers, scheduler, certificates=proof, shard=part, accept_changes=accept_changes)
    if part != (1, 1):
        options.unused(context, "most_runs", beside="--shard, which holds too few runs to tell where more are needed")
    _refuse_taken(target, claims, file)
    if pilot:
        return _count(claims, tuple(ids or ()), size, seed, target, by)
    outcome = judged(
        ids or (), worlds=worlds, runs=runs, most_runs=most_runs, only_allowed=only_allowed, size=size, quick=quick, path=claims, seed=seed, only_judge=report,
        ensemble=ensemble, out=file, options=by,
    )  # fmt: skip
    return _tell(outcome, target, file, claims)


def _refuse_taken(target: Path, own: Path | None, file: Path) -> None:
    """Refuse a folder in which a file of the user's own stands where the copy of the claims would go."""
    from desertion.errors import InputError
    from desertion.files import is_file

    copy = target / _COPY
    if own is None or not is_file(copy) or copy.resolve() == own.resolve() or is_file(file):
        return
    if not is_file(own) or copy.read_bytes() != own.read_bytes():
        raise InputError(
            f"{copy} is there already, and a copy of {own} would take its place: name another folder with --out, or move it"
        )


def _refuse_unused(context: typer.Context, *, quick: bool, worlds: int, pilot: bool, report: bool) -> None:
    """Refuse options that a pilot, a report or a quick look leaves aside."""
    from desertion.study.claims.pilot import WORLDS
    from desertion.study.claims.plan import QUICK_WORLDS

    if pilot:
        sizes = ("quick", "worlds", "runs", "most_runs", "only_allowed", "ensemble", "report")
        options.unused(context, *sizes, beside=f"--pilot, which counts in {WORLDS} worlds of its own")
    if report:
        idle = ("workers", "scheduler", "tls_ca", "tls_cert", "tls_key", "accept_changes")
        options.unused(context, *idle, "runs", "most_runs", "only_allowed", beside="--report, which runs nothing")
    if quick:
        idle = ("runs", "most_runs", *(("worlds",) if worlds > QUICK_WORLDS else ()))
        options.unused(context, *idle, beside=f"--quick, which runs each arm once in {QUICK_WORLDS} worlds at most")


def _count(
    own: Path | None, ids: tuple[str, ...], size: float | None, seed: int | None, target: Path, by: "RunOptions"
) -> int:
    """Write and print whether enough happens for each claim."""
    from desertion.commands._shared.results import write_csv
    from desertion.study.claims.pilot import pilot
    from desertion.study.claims.plan import ClaimsPlan

    plan = ClaimsPlan(path=own, ids=ids, scale=1.0 if size is None else size, seed=1 if seed is None else seed)
    table = pilot(plan, target / "pilot.sqlite", by)
    print(table.to_string(index=False))
    print(write_csv(target / "pilot.csv", table))
    return 0


def _tell(outcome: "ClaimsOutcome", target: Path, file: Path, own: Path | None) -> int:
    """Write and print the verdicts, and how many runs they lack."""
    from desertion.figures.labels import many
    from desertion.files import replacing_folder, write_text
    from desertion.study.analysis.study import Study
    from desertion.study.claims.files import files_of

    for row in outcome.judged:
        verdict = row.main
        print(f"{verdict.word:<8} {verdict.shown:>5} of {verdict.worlds:<5} {row.claim.id}")
    if outcome.run.quick:
        print("provisional: too few worlds for a verdict")
    for note in outcome.run.floors:
        print(f"note: {note}")
    for runs in files_of(file):
        if failed := len(Study(runs).failures):
            print(f"{many(failed, 'run failed and is', 'runs failed and are')} left out: the same command tries again, and this says why: desertion show {shlex.quote(str(runs))} --failures")  # fmt: skip
    with replacing_folder(target) as fresh:
        written = [*outcome.write(fresh)]
        if own is not None:
            # Whoever is handed the folder can judge its runs again: the file of runs names the claims, but does not hold them.
            written.append(write_text(fresh / _COPY, own.read_text(encoding="utf-8")))
    for path in written:
        print(target / path.name)
    return 0
