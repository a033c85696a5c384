"""How a study can end early: each with a sentence that says what was kept and how to go on."""

import signal


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
