"""`desertion merge`: the files of a study's shards put together."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from desertion.commands._shared.studies import of_studies

Out = Annotated[Path, typer.Argument(help="The new file.")]
Parts = Annotated[list[Path], typer.Argument(help="Files of the shards.")]


@of_studies
def command(out: Out, parts: Parts) -> int:
    """Put the files of a study's shards together into one."""
    from desertion.figures.labels import many
    from desertion.study.store.merge import merge
    from desertion.study.store.reader import StudyFile

    print(f"{out}: {many(merge(parts, out), 'run')} from {many(len(parts), 'file')}")
    with StudyFile(out) as file:
        lacking, _ = file.balance()
    if lacking:
        print(
            f"{many(lacking, 'run is', 'runs are')} missing; the study's command with --out {shlex.quote(str(out))}, without --shard, makes {'it' if lacking == 1 else 'them'}"
        )
    return 0
