"""Ways to leave out what takes long, or stands in the way, where it is not what a test claims."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desertion.study.run.options import RunOptions
from tests.app.folder import Here


def at_once(**more: Any) -> RunOptions:
    """Options of a study whose runs are done in this process, one after the other and without a word."""
    return RunOptions(executor=Here(), workers=1, quiet=True, **more)


@contextmanager
def in_process() -> Generator[None]:
    """Have studies do their runs in this process: a worker takes a third of a second to load what is compiled, the first of a process two more, and most claims are of what the runs give."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("desertion.study.run.options.LocalPool", lambda workers: Here())
        yield


@contextmanager
def unrendered(*but: str) -> Generator[None]:
    """Have figures drawn, and not made into pictures, which takes four fifths of the time of a report or a folder of results: their files are empty.

    Args:
        but: Names of the files of figures that are made all the same.
    """
    from desertion.figures.style import save

    def empty(figure: Any, path: Path) -> Path:
        if path.name in but:
            return save(figure, path)
        path.touch()
        return path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("desertion.figures.style.save", empty)
        patch.setattr("desertion.study.comparison.report.pictures.png", lambda figure: b"")
        yield


def elsewhere[**P, R](function: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What a function that begins an event loop returns, in a thread of its own: a browser that another test opened keeps one running in this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function, *args, **named).result()
