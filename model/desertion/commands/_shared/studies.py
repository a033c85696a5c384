"""What the commands about studies share: means of running, and endings that are no faults of the program."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands import Told
from desertion.errors import InputError

if TYPE_CHECKING:
    from desertion.study.run.cluster import Certificates

File = Annotated[Path, typer.Argument(help="A study's file, as `desertion sweep` wrote it.")]
Authority = Annotated[
    Path | None, typer.Option("--tls-ca", help="Certificate of a tls:// scheduler's authority (PEM).")
]
Certificate = Annotated[Path | None, typer.Option("--tls-cert", help="Certificate for a tls:// scheduler (PEM).")]
Key = Annotated[Path | None, typer.Option("--tls-key", help="Private key for a tls:// scheduler (PEM).")]

FAILED = 1


def certificates(authority: Path | None, certificate: Path | None, key: Path | None) -> "Certificates | None":
    """Return the certificates for a scheduler, or None where none is given.

    Raises:
        InputError: If only some of the three files are given.
    """
    from desertion.study.run.cluster import Certificates

    if authority is None and certificate is None and key is None:
        return None
    if authority is None or certificate is None or key is None:
        raise InputError("--tls-ca, --tls-cert and --tls-key belong together: give all three")
    return Certificates(authority, certificate, key)


def exit_code(work: Callable[[], int]) -> int:
    """The exit code of a study's work; a full disk or a Ctrl-C is a sentence on standard error."""
    from desertion.study.failures import Interrupted, StoreFullError, StudyFailedError, WorkersLostError

    try:
        return work()
    except Interrupted as ending:
        print(f"desertion: {ending}", file=sys.stderr)
        return Told(ending.exit_code)
    except (StoreFullError, StudyFailedError, WorkersLostError) as ending:
        print(f"desertion: {ending}", file=sys.stderr)
        return FAILED
