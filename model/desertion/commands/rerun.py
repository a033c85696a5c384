"""`desertion rerun`: results made again, and whether the bits agree."""

from pathlib import Path
from typing import Annotated

import typer

from desertion.commands import DONE, FAILED
from desertion.commands._shared import options as _options
from desertion.commands._shared.studies import of_studies


@of_studies
def command(
    place: Annotated[
        Path, typer.Argument(help="Folder that `run` or `compare` wrote, or the file of a sweep or comparison.")
    ],
    workers: _options.Workers = None,
    quiet: _options.Quiet = False,
) -> int:
    """Make results again from what lies beside them and say whether the bits agree; exit code 1 if they do not."""
    from desertion.study.rerun import rerun

    found = rerun(place, workers=workers or 0, quiet=quiet)
    print(f"{place}: {found.same} of {found.runs} runs give the same bits")
    if found.surplus:
        print(f"  {found.surplus} more were not made again: the study asks for fewer")
    for sentence in (*found.differences, *(f"version: {each}" for each in found.changed)):
        print(f"  {sentence}")
    return DONE if found.agrees else FAILED
