"""One run, day by day, with a progress bar that says how long it will take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel


def loaded(
    scenario: str,
    policies: Sequence[str] | None,
    settings: dict[str, object],
    scale: float | None,
    days: int | None,
    asylum: float | None = None,
) -> Scenario:
    """Return the scenario that the options describe; policies may be joined by "+".

    Raises:
        InputError: If one of them is wrong.
    """
    from desertion.scenario import Scenario
    from desertion.scenario.documents import parted

    names = [name for mix in policies or [] for name in parted(mix)]
    chosen = Scenario.load(scenario, policies=names, scale=scale, days=days, asylum=asylum, set=settings)
    chosen.sized()  # a scale that leaves no squad is said before a folder is made
    return chosen


def seed_of(seed: int, replicate: int | None) -> int:
    """Seed of a run: the one given, or that of a comparison's replicate.

    Raises:
        InputError: If one of them is negative or too large.
    """
    from desertion.parameters.arguments import SEED
    from desertion.rules.draws import replicate_seed

    for name, value in (("--seed", seed), ("--replicate", replicate)):
        if value is not None:
            SEED.checked(name, value)
    return seed if replicate is None else replicate_seed(seed, replicate)


def live(model: DesertionModel, title: str, *, quiet: bool = False) -> bool:
    """Run a model to its end, a day at a time; whether it got there, or was interrupted by Ctrl-C."""
    try:
        with _bar(title, model.scenario.days, quiet=quiet) as tick:
            while model.running:
                model.step()
                tick()
    except KeyboardInterrupt:
        return False
    return True


@contextmanager
def _bar(title: str, days: int, *, quiet: bool) -> Generator[Callable[[], object]]:
    """Show a bar of days with the time left on a terminal, nothing elsewhere; what is yielded moves it on by a day."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days,")]
    columns += [TimeRemainingColumn(), TextColumn("left")]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task(title, total=days)
        yield lambda: progress.advance(line)
