"""Cost: what a study will cost before it runs: runs, time, disk."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desertion.figures.labels import many
from desertion.study.design.edition import reading
from desertion.study.design.factors import Point
from desertion.study.design.replicates import ReplicateRule, first_target
from desertion.study.design.schedule import Schedule
from desertion.study.design.spec import StudySpec
from desertion.study.run.progress import duration
from desertion.study.run.task import task
from desertion.study.store.row import packed_curve, packed_scalars

# Bytes of a row beside its measures and curve, and what SQLite's pages add to everything.
_ROW_BYTES = 260
_PAGES = 1.1


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of a study.

    Attributes:
        points: Design points.
        least: Runs at least.
        most: Runs at most; more than `least` under a precision rule.
        seconds: Time of one run, measured.
        bytes_a_run: Room that one run takes in the file.
        workers: Processes side by side.
    """

    points: int
    least: int
    most: int
    seconds: float
    bytes_a_run: int
    workers: int

    def words(self) -> str:
        """The plan in two lines."""
        runs = f"{self.least:,} to {many(self.most, 'run')}" if self.least < self.most else many(self.most, "run")
        time_left = _span(self.least, self.most, lambda count: duration(count * self.seconds / self.workers))
        room = _span(self.least, self.most, lambda count: size(count * self.bytes_a_run))
        return (
            f"{many(self.points, 'design point')}, {runs} of {self.seconds:.3g} s\n"
            f"about {time_left} with {many(self.workers, 'process', 'processes')}, about {room} on disk"
        )


@reading()
def plan(
    spec: StudySpec, workers: int, points: tuple[Point, ...] | None = None, shard: tuple[int, int] = (1, 1)
) -> Cost:
    """Work out what a study, or a part of it, will cost, by running its first point twice (the second time counts).

    Raises:
        InputError: If the study cannot be laid out or its first point cannot be run.
    """
    laid = spec.points() if points is None else points
    run = task(spec.task)
    ticket = spec.task_of(laid[0])
    run(ticket, 0, spec.seed)
    began = time.perf_counter()
    outcome = run(ticket, 1, spec.seed)
    seconds = time.perf_counter() - began
    room = int(_PAGES * (_ROW_BYTES + len(packed_scalars(outcome.scalars)) + len(packed_curve(outcome.curve))))
    least, rule = Schedule(spec.replicates, len(laid), shard).known(), spec.replicates
    return Cost(
        len(laid),
        least,
        least * most_replicates(rule) // first_target(rule),
        seconds,
        room,
        workers,
    )


def most_replicates(rule: ReplicateRule) -> int:
    """Largest number of replicates that a point can get."""
    return rule.maximum if rule.adaptive else rule.number


def size(count: float) -> str:
    """Bytes as people say them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def room_left(path: Path) -> int:
    """Bytes that are free on the disk of a file."""
    import shutil

    return shutil.disk_usage(next(folder for folder in path.resolve().parents if folder.exists())).free


def _span(least: int, most: int, say: Callable[[int], str]) -> str:
    return say(least) if least == most else f"{say(least)} to {say(most)}"
