"""Progress: one line a study on a terminal or in a notebook, with rate, time left and failures; a few plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from desertion.figures.labels import at_least
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
        with _cell(title) as report:
            yield report
    elif sys.stderr.isatty():
        with _bar(title) as report:
            yield report
    else:
        yield _logged(title)


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


@contextmanager
def _cell(title: str) -> Generator[Callable[[Progress], None]]:
    """One line below a notebook's cell, which is written anew, at most twice a second, and left with the last state."""
    from IPython.display import display

    text, last = f"{title}: starting", 0.0
    handle: Any = display({"text/plain": text}, raw=True, display_id=True)

    def report(progress: Progress) -> None:
        nonlocal text, last
        text = _line(title, progress)
        if time.monotonic() - last >= _CELL_EVERY:
            last = time.monotonic()
            handle.update({"text/plain": text}, raw=True)

    yield report
    handle.update({"text/plain": text}, raw=True)


def _logged(title: str) -> Callable[[Progress], None]:
    """Reports to a log, one in half a minute."""
    last = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _PLAIN_EVERY:
            last = time.monotonic()
            print(_line(title, progress), file=sys.stderr)

    return report


def _line(title: str, progress: Progress) -> str:
    return f"{title}: {progress.finished} of {at_least(progress.may_grow)}{progress.known} runs, {state(progress)}"


def state(progress: Progress) -> str:
    """Rate, time left and failures in words; before the first run is done, what is waited for."""
    if not progress.rate:
        return "starting workers, which compile the model where that has not been done"
    rate = f"{progress.rate:.1f} a second" if progress.rate >= 1 else f"{60 * progress.rate:.1f} a minute"
    failed = f", {progress.failed} failed" if progress.failed else ""
    return f"{rate}, {at_least(progress.may_grow)}{duration(progress.left)} left{failed}"


def duration(seconds: float) -> str:
    """Seconds as people say them: 40 s, 12 min, 3.5 h, 2.1 days; ? for an unknown time."""
    if seconds != seconds or seconds == float("inf"):
        return "?"
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172800 else f"{seconds / 86400:.1f} days"
