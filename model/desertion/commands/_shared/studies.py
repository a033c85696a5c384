"""What the commands about studies share: means of running, and endings that are no faults of the program."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desertion.commands import FAILED, ToldExit
from desertion.commands._shared.options import typed, unused
from desertion.errors import InputError

if TYPE_CHECKING:
    from desertion.study.run.cluster import Certificates
    from desertion.study.run.options import RunOptions

File = Annotated[Path, typer.Argument(help="A study's file, as `desertion sweep` wrote it.")]
Authority = Annotated[
    Path | None, typer.Option("--tls-ca", help="Certificate of a tls:// scheduler's authority (PEM).")
]
Certificate = Annotated[Path | None, typer.Option("--tls-cert", help="Certificate for a tls:// scheduler (PEM).")]
Key = Annotated[Path | None, typer.Option("--tls-key", help="Private key for a tls:// scheduler (PEM).")]


def certificates(
    context: typer.Context, scheduler: str | None, authority: Path | None, certificate: Path | None, key: Path | None
) -> "Certificates | None":
    """Return the certificates for a scheduler, or None where none is given.

    Raises:
        InputError: If only some of the three files are given, or without a scheduler that asks for them, or --workers beside a scheduler.
    """
    from desertion.study.run.cluster import Certificates

    if scheduler:
        unused(context, "workers", beside="--scheduler, whose workers do the runs")
    if authority is None and certificate is None and key is None:
        return None
    if authority is None or certificate is None or key is None:
        raise InputError("--tls-ca, --tls-cert and --tls-key belong together: give all three")
    if not (scheduler or "").startswith("tls://"):
        unused(context, "tls_ca", "tls_cert", "tls_key", without="a --scheduler at tls://")
    return Certificates(authority, certificate, key)


def part_of(shard: str | None, name: str) -> tuple[tuple[int, int], str]:
    """Which part of a study is to be done, as in (1, 4), and the name of its file."""
    from desertion.study.design.schedule import shard_of

    if not shard:
        return (1, 1), f"{name}.sqlite"
    part = shard_of(shard)
    return part, f"{name}.shard-{part[0]}-of-{part[1]}.sqlite"


def run_options(workers: int | None, scheduler: str | None = None, hint: str = "", **more: Any) -> "RunOptions":
    """With what a command runs a study, which after an interruption or failed runs goes on with the same command or with `hint`.

    Args:
        workers: Processes, or None for one a core.
        scheduler: Address of a Dask scheduler, or None for this machine.
        hint: Another command to go on with.
        **more: Further fields of `RunOptions`; runs that failed are run again unless they say otherwise.
    """
    from desertion.study.run.options import RunOptions
    from desertion.study.run.runner import DriveOptions

    driving = DriveOptions(hint=hint or typed())
    more = {"retry_failed": True} | more
    return RunOptions(workers=workers or 0, scheduler=scheduler or "", driving=driving, **more)


def of_studies[**P](work: Callable[P, int]) -> Callable[P, int]:
    """A command about studies, in which a full disk or a Ctrl-C is a sentence on standard error and an exit code."""

    @wraps(work)
    def ended(*args: P.args, **named: P.kwargs) -> int:
        from desertion.study.failures import Interrupted, StoreFullError, StudyFailedError, WorkersLostError

        try:
            return work(*args, **named)
        except Interrupted as ending:
            print(f"desertion: {ending}", file=sys.stderr)
            return ToldExit(ending.exit_code)
        except (StoreFullError, StudyFailedError, WorkersLostError) as ending:
            print(f"desertion: {ending}", file=sys.stderr)
            return FAILED

    return ended
