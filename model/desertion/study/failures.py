"""How a study can end early: each with a sentence that says what was kept and how to go on."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class StudyFailedError(RuntimeError):
    """Runs failed and the study was asked to raise; everything finished is in its file."""


class StoreFullError(RuntimeError):
    """The study's file cannot grow: the disk or a quota is full. Everything written before is kept."""


class WorkersLostError(RuntimeError):
    """No worker can be had any more: the scheduler is gone, or every new process dies at once."""


class Interrupted(KeyboardInterrupt):
    """The user or the batch system asked the study to stop; everything finished is in its file.

    Args:
        sentence: What was kept and how to go on.
        number: The signal that asked.
    """

    def __init__(self, sentence: str, number: int = signal.SIGINT) -> None:
        super().__init__(sentence)
        self.exit_code = 128 + number


@contextmanager
def interruptions(file: Path, hint: str) -> Generator[None]:
    """Say what is kept of a study that is interrupted before or after its runs; among them the runner says it.

    Args:
        file: The study's file, there or not yet.
        hint: How to go on, as a command.

    Raises:
        Interrupted: In place of an interruption without a word.
    """
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt as ending:
        kept = f"what {file} holds is kept" if file.exists() else f"nothing had been stored in {file} yet"
        raise Interrupted(f"interrupted; {kept}; to go on: {hint}") from ending
