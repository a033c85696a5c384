"""`desertion match`: which worlds the targets do not rule out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desertion.commands._shared import options
from desertion.commands._shared.studies import of_studies, run_options

if TYPE_CHECKING:
    from desertion.study.matching.matched import Match

Design = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO|DESIGN.toml",
        help="A shipped design, named after its scenario, or a design of your own: cases, [vary], targets.",
    ),
]
Trajectories = Annotated[int | None, typer.Option("--screening", help="Trajectories of the screening; 0 for none.")]
Worlds = Annotated[
    list[int] | None,
    typer.Option(
        "--worlds",
        help="Worlds of a wave, in place of the design's; once for each wave, more often for further ones like its last.",
    ),
]
Runs = Annotated[int | None, typer.Option("--runs", "-n", help="Runs of each case in each world.")]
Confirm = Annotated[
    int | None, typer.Option("--confirm", help="Runs in all of a world that its wave keeps; 0 for none further.")
]
Size = Annotated[
    float | None,
    typer.Option(
        "--size",
        help="Run no match, but the worlds that it kept, at so many times the size and as they are; --worlds: the first so many.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="KEY=VALUE", help="The same with an input changed in every world; repeatable."),
]
Shared = Annotated[
    str | None,
    typer.Option(
        "--shared",
        metavar="ENSEMBLE",
        help="The same with the inputs that another match has too as in its kept worlds, a name or file: do both fit one set of values?",
    ),
]


@of_studies
def command(
    context: typer.Context,
    design: Design,
    screening: Trajectories = None,
    worlds: Worlds = None,
    runs: Runs = None,
    confirm: Confirm = None,
    size: Size = None,
    settings: Settings = None,
    shared: Shared = None,
    seed: options.OwnSeed = None,
    report: options.Report = False,
    workers: options.Workers = None,
    out: Annotated[Path | None, options.results_in("match-DESIGN")] = None,
    accept_changes: options.AcceptChanges = False,
) -> int:
    """Say which worlds the targets do not rule out, by history matching: screening, emulators in waves, worlds really run."""
    from desertion.errors import input_error
    from desertion.files import folder
    from desertion.study.matching.match import match

    if report:
        idle = ("worlds", "runs", "workers", "accept_changes")
        options.unused(context, *idle, beside="--report, which runs nothing")
    target = folder(options.place(out, f"match-{Path(design).stem}"))
    if any(count < 1 for count in worlds or ()):
        raise input_error("--worlds", min(worlds or ()), "must be a whole number >= 1")
    by = run_options(workers, accept_changes=accept_changes)
    if size is not None or settings or shared is not None:
        idle = "--size, --set and --shared, which run worlds that were kept"
        options.unused(context, "screening", "confirm", "report", beside=idle)
        if len(worlds or ()) > 1:
            raise input_error("--worlds", worlds, f"is given more than once beside {idle}", way_out="give it once")
        number = worlds[0] if worlds else None
        told = {
            "size": 1.0 if size is None else size,
            "settings": options.settings(settings),
            "shared": shared,
            "worlds": number,
        }
        return _run_again(design, target, told | {"runs": runs, "seed": seed, "options": by})
    found = match(
        design, waves=worlds or None, screening=screening, runs=runs, confirm=confirm, seed=seed, out=target,
        only_judge=report, options=by,
    )  # fmt: skip
    # A report runs nothing: what repeats it is the command without it.
    return _tell(found, target, options.typed(word for word in sys.argv[1:] if word != "--report"))


def _run_again(design: str, target: Path, told: dict[str, Any]) -> int:
    """Run the worlds kept by the match of a folder, or by the shipped one of its name, with a change; write and print what was found."""
    from desertion.commands._shared.results import write_answer
    from desertion.errors import InputError
    from desertion.files import replacing_folder, write_text
    from desertion.study.blocks import markdown
    from desertion.study.matching.again import again, name_of
    from desertion.study.matching.again_report import again_blocks, again_findings
    from desertion.study.matching.ensemble import shipped_ensembles

    kept = target / "ensemble.csv"
    ensemble = kept if kept.is_file() else shipped_ensembles().get(design)
    if ensemble is None:
        raise InputError(f"{target} holds no ensemble.csv: run the match into it first, or name its folder with --out")
    found = again(design, ensemble=ensemble, out=target, **told)
    for sentence in again_findings(found):
        print(sentence.replace("**", ""))
    name = name_of(found.size, found.settings, found.source)
    with replacing_folder(target) as fresh:
        written = [write_text(fresh / f"{name}.md", markdown(again_blocks(found, options.typed())))]
        for kind, table in (("worlds", found.worlds), ("targets", found.targets)):
            written.append(write_answer(fresh / f"{name}-{kind}.csv", table))
    for path in written:
        print(target / path.name)
    return 0


def _tell(found: "Match", target: Path, again: str) -> int:
    """Write tables, report and pictures, and print what was found."""
    from desertion.commands._shared.results import write_answer
    from desertion.files import replacing_folder, write_text
    from desertion.study.blocks import markdown
    from desertion.study.matching.ensemble import write_ensemble
    from desertion.study.matching.pictures import draw
    from desertion.study.matching.report import blocks, findings

    for sentence in findings(found):
        print(sentence.replace("**", ""))
    pictures = "ranges.png", "targets.png"
    with replacing_folder(target) as fresh:
        written = [write_text(fresh / "match.md", markdown(blocks(found, again)))]
        for name, table in found.tables().items():
            if name != "worlds":
                written.append(write_answer(fresh / f"{name}.csv", table))
        written += write_ensemble(found, again, fresh / "ensemble.csv", target)
        if len(found.kept):
            written += draw(found, *(fresh / name for name in pictures))
    if not len(found.kept):  # those of an earlier judgement would be taken for pictures of this one
        for name in pictures:
            (target / name).unlink(missing_ok=True)
    for path in written:
        print(target / path.name)
    return 0
