"""What a visitor is told of work that failed."""

from __future__ import annotations

import traceback

from desertion.app.request.limits import limits
from desertion.errors import InputError


def told(problem: Exception, work: str) -> str:
    """Why work failed, in a sentence; what exactly went wrong is for whoever runs the server, and stands in its log.

    Args:
        problem: What was raised.
        work: What it ended, as in "the run".
    """
    if isinstance(problem, InputError):
        return without_folders(str(problem))
    if isinstance(problem, MemoryError):
        return f"there is not enough memory for {work}; choose a smaller scale or a smaller file"
    traceback.print_exception(problem)
    return f"{work} broke off ({type(problem).__name__}); the server's log says where"


def without_folders(problem: str) -> str:
    """A sentence without the path of the study folder, which is no visitor's business."""
    folder = limits().studies
    return problem if folder is None else problem.replace(f"{folder}/", "")
