"""`desertion merge`: the files of a study's shards put together."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from desertion.commands._shared.studies import of_studies, part_of

Out = Annotated[Path, typer.Argument(help="The new file.")]
Parts = Annotated[list[Path], typer.Argument(help="Files of the shards.")]


@of_studies
def command(out: Out, parts: Parts) -> int:
    """Put the files of a study's shards together into one."""
    from desertion.figures.labels import at_least, many
    from desertion.study.design.replicates import ReplicateRule
    from desertion.study.store.merge import merge
    from desertion.study.store.reader import StudyFile

    print(f"{out}: {many(merge(parts, out), 'run')} from {many(len(parts), 'file')}")
    with StudyFile(out) as file:
        lacking, _ = file.balance()
        spec = file.header()["spec"]
    if lacking:
        least = at_least(ReplicateRule.model_validate(spec["replicates"]).adaptive)
        runs, them = many(lacking, "run is", "runs are"), "it" if lacking == 1 else "them"
        print(
            f"{least}{runs} missing; the study's command with {_place(out, spec['task'])}, without --shard, makes {them}"
        )
    return 0


def _place(out: Path, task: str) -> str:
    """The option by which the command that makes a study's runs finds a file: claims are found in a folder, by a name of their own."""
    if task != "claims":
        return f"--out {shlex.quote(str(out))}"
    _, name = part_of(None, task)
    where = f"--out {shlex.quote(str(out.parent))}"
    return where if out.name == name else f"{where}, where the file has to be called {name}"
