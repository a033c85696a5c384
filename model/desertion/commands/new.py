"""`desertion new`: a commented file to start from."""

from pathlib import Path
from typing import Annotated

import typer

KINDS = ("scenario", "force", "policy", "study")


def command(
    kind: Annotated[str, typer.Argument(help=f"What to begin: {', '.join(KINDS)}.")],
    name: Annotated[str, typer.Argument(help="Its name, or the path of the file that is to be made.")],
) -> None:
    """Write a scenario, force, policy or study to start from: every input with unit, range, default and source."""
    from desertion.errors import InputError, input_error, refuse_unknown
    from desertion.files import folder, write_text
    from desertion.scenario.documents import AS_IT_IS, name_from
    from desertion.scenario.skeleton import KINDS_OF_DOCUMENT
    from desertion.study.design.skeleton import study

    makers = {**KINDS_OF_DOCUMENT, "study": study}
    refuse_unknown("kind of file to begin", kind, KINDS)
    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if path.name.removesuffix(".toml").strip(". ") == "":
        raise input_error("NAME", name, "must be a name or the path of a .toml file")
    if (kind, name_from(path)) == ("policy", AS_IT_IS):
        raise input_error("NAME", name, "stands for the scenario as it is", way_out="give the policy another name")
    if path.exists():
        raise InputError(f"{path} exists already and is left as it is: give another name")
    folder(path.parent, option="")
    write_text(path, makers[kind](name_from(path)))
    print(f"{path}: a {kind} to start from; see what is left to say with: desertion check {path}")
