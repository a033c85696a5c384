"""Progress: one line a study on a terminal or in a notebook, with rate, time left and failures; a few plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from desertion.study.run.runner import Progress

_PLAIN_EVERY = 30.0
_CELL_EVERY = 0.5


@contextmanager
def shown_progress(title: str, quiet: bool = False) -> Generator[Callable[[Progress], None]]:
    """Show a study's progress on standard error while the body runs.

    Yields:
        The function to be called with each progress.
    """
    if quiet:
        yield lambda _progress: None
    elif _in_notebook():
        cell = _Cell(title)
        yield cell
        cell.end()
    elif sys.stderr.isatty():
        with _bar(title) as report:
            yield report
    else:
        yield _Lines(title)


@contextmanager
def _bar(title: str) -> Generator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[state]}"))
    with Bar(*columns, console=Console(stderr=True), transient=False) as bar:
        line = bar.add_task(title, total=None, state="")
        yield lambda progress: bar.update(
            line, completed=progress.finished, total=progress.known, state=state(progress)
        )


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this; IPython is only looked at where somebody else has loaded it."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


class _Cell:
    """One line below a notebook's cell, which is written anew, at most twice a second."""

    def __init__(self, title: str) -> None:
        from IPython.display import display

        self._title, self._text, self._last = title, f"{title}: starting", 0.0
        self._handle: Any = display({"text/plain": self._text}, raw=True, display_id=True)

    def __call__(self, progress: Progress) -> None:
        self._text = f"{self._title}: {progress.finished} of {progress.known} runs, {state(progress)}"
        if time.monotonic() - self._last >= _CELL_EVERY:
            self._last = time.monotonic()
            self._write()

    def end(self) -> None:
        """Leave the last state."""
        self._write()

    def _write(self) -> None:
        self._handle.update({"text/plain": self._text}, raw=True)


class _Lines:
    """Reports to a log, one in half a minute."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() - self._last >= _PLAIN_EVERY:
            self._last = time.monotonic()
            print(f"{self._title}: {progress.finished} of {progress.known} runs, {state(progress)}", file=sys.stderr)


def state(progress: Progress) -> str:
    """Rate, time left and failures in words; before the first run is done, what is waited for."""
    if not progress.rate:
        return "starting workers, which compile the model where that has not been done"
    rate = f"{progress.rate:.1f} a second" if progress.rate >= 1 else f"{60 * progress.rate:.1f} a minute"
    failed = f", {progress.failed} failed" if progress.failed else ""
    return f"{rate}, {duration(progress.left)} left{failed}"


def duration(seconds: float) -> str:
    """Seconds as people say them: 40 s, 12 min, 3.5 h, 2.1 days; ? for an unknown time."""
    if seconds != seconds or seconds == float("inf"):
        return "?"
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172800 else f"{seconds / 86400:.1f} days"
