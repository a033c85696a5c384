"""`desertion match`: which worlds the targets do not rule out."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options
from desertion.commands._shared.studies import exit_code

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
    typer.Option("--worlds", help="Worlds of a wave, in place of the design's; repeat it for each wave."),
]
Report = Annotated[bool, typer.Option("--report", help="Run nothing; judge what is there.")]
Seed = Annotated[int | None, typer.Option("--seed", callback=options.check_seed, help="Seed in place of the design's.")]
Runs = Annotated[int | None, typer.Option("--runs", "-n", help="Runs of each case in each world.")]
Confirm = Annotated[
    int | None, typer.Option("--confirm", help="Runs in all of a world that its wave keeps; 0 for none further.")
]
AcceptChanges = Annotated[
    bool, typer.Option("--accept-changes", help="Resume runs of a changed design, scenario, model or version.")
]


def command(
    design: Design,
    screening: Trajectories = None,
    worlds: Worlds = None,
    runs: Runs = None,
    confirm: Confirm = None,
    seed: Seed = None,
    report: Report = False,
    workers: options.Workers = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder that the results go to; outputs/match-DESIGN if not given."),
    ] = None,
    accept_changes: AcceptChanges = False,
) -> int:
    """Say which worlds the targets do not rule out, by history matching: screening, emulators in waves, worlds really run."""
    from desertion.errors import input_error
    from desertion.files import folder
    from desertion.study.run.options import RunOptions
    from desertion.study.run.runner import DriveOptions

    target = folder(out or Path(f"outputs/match-{Path(design).stem}"))
    typed = shlex.join(["desertion", *sys.argv[1:]])
    by = RunOptions(workers=workers or 0, accept_changes=accept_changes, driving=DriveOptions(hint=typed))
    if any(count < 1 for count in worlds or ()):
        raise input_error("--worlds", min(worlds or ()), "must be a whole number >= 1")

    def work() -> int:
        from desertion.study.matching.match import match

        last = len(worlds or ())
        waves = [{"worlds": count, "rank": max(1, last - place)} for place, count in enumerate(worlds or (), 1)]
        found = match(
            design, waves=waves or None, screening=screening, runs=runs, confirm=confirm, seed=seed, out=target,
            only_judge=report, options=by,
        )  # fmt: skip
        return _tell(found, target, typed)

    return exit_code(work)


def _tell(found: "Match", target: Path, typed: str) -> int:
    """Write tables, report and pictures, and print what was found."""
    from desertion.files import write_text
    from desertion.study.blocks import markdown
    from desertion.study.matching.ensemble import write_ensemble
    from desertion.study.matching.pictures import draw
    from desertion.study.matching.report import blocks, findings

    for sentence in findings(found):
        print(sentence.replace("**", ""))
    written = [write_text(target / "match.md", markdown(blocks(found, typed)))]
    for name, table in found.tables().items():
        if name != "worlds":
            written.append(
                write_text(target / f"{name}.csv", table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
            )
    written += write_ensemble(found, typed, target / "ensemble.csv")
    if len(found.kept):
        written += draw(found, target / "ranges.png", target / "targets.png")
    for path in written:
        print(path)
    return 0
