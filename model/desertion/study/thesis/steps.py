"""The test of the thesis in parts that can be resumed: fits of all cases, reference table, power, calibration."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from desertion.errors import input_error
from desertion.files import write_text
from desertion.study.laboratory.bench import Bench
from desertion.study.laboratory.calibration import Ranks, rank_histograms
from desertion.study.laboratory.power import Cell, Setting, measure, statistics
from desertion.study.laboratory.rivals import RIVALS
from desertion.study.laboratory.table import ReferenceTable, build, load
from desertion.study.run.pool import LocalPool
from desertion.study.thesis.fit import Fit, fit
from desertion.study.thesis.scenario_cases import any_case

BENCH = Bench()
"""The laboratory of the reference table: 500 people, 64 steps."""

SETTINGS = tuple(
    Setting(points=points, noise=noise, seen=seen)
    for seen in ("totals", "units")
    for noise in (0.0, 0.1)
    for points in (8, 16, 32)
)


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the test is.

    Attributes:
        particles: particles per generation of each fit.
        generations: generations of each fit.
        table: simulations of the reference table.
        histories: synthetic histories per rival and setting.
        accept: simulations kept per history.
        trials: trials of the calibration check, per rival.
    """

    particles: int = 300
    generations: int = 8
    table: int = 100_000
    histories: int = 200
    accept: int = 1000
    trials: int = 300


QUICK = Sizes(particles=100, generations=4, table=4000, histories=40, accept=200, trials=60)


def quieten() -> None:
    """Keep pyABC's running commentary out of the terminal; its warnings still come through."""
    for name in ("ABC", "ABC.Sampler", "ABC.History", "ABC.Distance", "ABC.Transition"):
        logging.getLogger(name).setLevel(logging.WARNING)


def fit_case(
    name: str, folder: Path, sizes: Sizes, seed: int, workers: int, *, recalled: bool = False
) -> tuple[Fit, float]:
    """The fit of one case, begun or gone on with, and the seconds spent on it in all sessions."""
    chosen = any_case(name)
    watch = _Watch(folder / f"{name}-{seed}.json", f"{sizes.particles} particles, recalled {recalled}, {chosen!r}")
    fitted = fit(
        chosen,
        chosen.simulator(),
        folder / f"{name}-{seed}.db",
        particles=sizes.particles,
        generations=sizes.generations,
        seed=seed,
        workers=workers,
        recalled=recalled,
        finished=watch.write,
    )
    return fitted, watch.seconds


def reference_table(
    folder: Path, sizes: Sizes, seed: int, workers: int, tell: Callable[[str], None] | None = None
) -> ReferenceTable:
    """The reference table, built or gone on with."""
    return build(BENCH, BENCH.people, sizes.table, seed, folder, workers=workers, tell=tell)


def power_cells(folder: Path, sizes: Sizes, seed: int, workers: int) -> tuple[Cell, ...]:
    """Power and false alarms in all settings; the folder holds the reference table."""
    work = partial(_cells, folder, sizes, seed)
    # A process of one thread: the threads of a linear algebra library take forty times the work on tables this small.
    with LocalPool(workers) as pool:
        groups = list(pool.map(work, SETTINGS))
    return tuple(cell for group in groups for cell in group)


def calibration(table: ReferenceTable, sizes: Sizes, seed: int) -> tuple[Ranks, ...]:
    """Rank histograms of all rivals, seen in 32 points without noise and by unit."""
    seen = statistics(table, Setting(points=32, noise=0.0, seen="units"), seed)
    accept = max(100, sizes.accept // len(RIVALS))
    return tuple(
        row
        for rival in RIVALS
        for row in rank_histograms(table, seen, rival, trials=sizes.trials, accept=accept, bins=10, draws=99, seed=seed)
    )


def power_table(cells: Sequence[Cell]) -> pd.DataFrame:
    """Power and false alarms, one row a setting and true rival."""
    columns = ["points", "noise", "seen", "truth", "histories", "found", "low", "high", "denied", "mean"]
    rows = [{**asdict(cell.setting), **asdict(cell)} for cell in cells]
    return pd.DataFrame(rows, columns=columns)


def _cells(folder: Path, sizes: Sizes, seed: int, setting: Setting) -> tuple[Cell, ...]:
    table = load(folder, sizes.table)
    return measure(table, setting, histories=sizes.histories, accept=sizes.accept, seed=seed)


class _Watch:
    """Seconds spent on finished generations, those of earlier sessions included; kept in a file, so that a kill loses none.

    The file also says what was fitted, since generations of two different fits would make none.
    """

    def __init__(self, path: Path, fitted: str) -> None:
        self._path, self._fitted, self._began = path, fitted, time.monotonic()
        before = json.loads(path.read_text()) if path.is_file() else {"seconds": 0.0, "fitted": fitted}
        begun = before.get("fitted", "by a version that did not say how")
        if begun != fitted:
            raise input_error(
                "fit",
                path.with_suffix(".db").name,
                f"was begun otherwise ({begun})",
                way_out="give another folder with --out, or the same numbers as then",
            )
        self._before = self.seconds = float(before["seconds"])

    def write(self) -> None:
        self.seconds = self._before + time.monotonic() - self._began
        write_text(self._path, json.dumps({"seconds": self.seconds, "fitted": self._fitted}))
