"""`thesis`: is leaving contagious? All fits, the reference table, power, false alarms and patterns in one call."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from desertion.files import folder
from desertion.study.blocks import Block, Heading, Text, markdown
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.patterns import SETUPS, PatternResult, hold, run_setups
from desertion.study.laboratory.calibration import Ranks
from desertion.study.laboratory.power import Cell
from desertion.study.laboratory.shapes import shapes
from desertion.study.laboratory.table import ReferenceTable
from desertion.study.thesis import report as words
from desertion.study.thesis.cases import CASES
from desertion.study.thesis.evidence import meta
from desertion.study.thesis.fit import Fit
from desertion.study.thesis.steps import (
    QUICK,
    Sizes,
    calibration,
    fit_case,
    power_cells,
    power_table,
    quieten,
    reference_table,
)

REPLICATES = 10
"""Replicates of the runs that patterns are held against."""


@dataclass(frozen=True, kw_only=True)
class Thesis:
    """What the test of the thesis found.

    Attributes:
        fits: The fits by name of the series.
        seconds: What each took, in all sessions.
        cells: Power and false alarms by setting and true rival.
        reference: The table of simulations behind them.
        ranks: Rank histograms of the rivals.
        held: Patterns held against runs.
        replicates: Replicates of these runs.
        sizes: How large the test was.
        seed: Where all chance came from.
        cores: Processes side by side.
        took: Seconds of this call.
        command: The command that repeats it.
    """

    fits: dict[str, Fit]
    seconds: dict[str, float]
    cells: tuple[Cell, ...]
    reference: ReferenceTable
    ranks: tuple[Ranks, ...]
    held: Sequence[PatternResult]
    replicates: int
    sizes: Sizes
    seed: int
    cores: int
    took: float
    command: str

    @cached_property
    def power(self) -> pd.DataFrame:
        """One row a setting and true rival: histories, found (contagion), low and high (Wilson), denied, mean (probability)."""
        return power_table(self.cells)

    def report(self) -> str:
        """The whole test in words and tables, as Markdown."""
        fits = list(self.fits.values())
        blocks: list[Block] = [
            Heading("The thesis put to the test", 1),
            *smaller(self.sizes),
            *words.power_blocks(self.cells, self.reference),
            *words.meta_blocks(meta(fits), fits),
            Heading("Series by series"),
            *(block for name, fit in self.fits.items() for block in words.case_blocks(fit, self.seconds[name])),
            *words.shapes_blocks(shapes(self.reference)),
            *words.patterns_blocks(self.held, self.replicates),
            *words.rivals_blocks(),
            *words.ranks_blocks(self.ranks, self.sizes.trials),
            Text(
                f"Seed {self.seed}; this session took {self.took / 60:.0f} minutes with {self.cores} processes. Table "
                f"{self.reference.sha256[:16]}. Repeat it with: {self.command}"
            ),
        ]
        return markdown(blocks)


def thesis(
    *,
    quick: bool = False,
    particles: int | None = None,
    generations: int | None = None,
    table: int | None = None,
    seed: int = 1,
    workers: int = 2,
    out: str | Path | None = None,
    fitted: Callable[[Fit, float], None] | None = None,
    tell: Callable[[str], None] | None = None,
) -> Thesis:
    """Contagion tested against its rivals on all series, with power, false alarms and calibration of the test itself.

    It takes hours (minutes with `quick`); what was cut off goes on where it stopped if it is given the same `out`.

    Args:
        quick: Small sizes, for a first look only.
        particles: Particles per generation of each fit.
        generations: Generations of each fit.
        table: Simulations of the reference table, in thousands.
        seed: Where all chance comes from.
        workers: Processes side by side.
        out: Folder of fits and reference table; a temporary one if not given.
        fitted: Called with each fit, and the seconds that it took, as soon as it is there.
        tell: Called with a sentence now and then.

    Raises:
        InputError: If a number is out of range, or the folder holds another test.
    """
    changes = {"particles": particles, "generations": generations, "table": None if table is None else 1000 * table}
    sizes = replace(QUICK if quick else Sizes(), **{key: value for key, value in changes.items() if value is not None})
    quieten()
    began = time.monotonic()
    place = nullcontext(out) if out is not None else tempfile.TemporaryDirectory(prefix="desertion-")
    with place as name:
        target = folder(Path(name))
        fits: dict[str, Fit] = {}
        seconds: dict[str, float] = {}
        for case in CASES:
            fits[case], seconds[case] = fit_case(case, target / "fits", sizes, seed, workers)
            if fitted is not None:
                fitted(fits[case], seconds[case])
        reference = reference_table(target / "table", sizes, seed, workers, tell=tell)
        cells = power_cells(target / "table", sizes, seed, workers)
        ranks = calibration(reference, sizes, seed)
    replicates = 3 if quick else REPLICATES
    held = hold(PATTERNS, run_setups(tuple(SETUPS), replicates, seed))
    reached = max(len(fit.epsilon) for fit in fits.values())  # fits found in the folder may have gone on for longer
    return Thesis(
        fits=fits,
        seconds=seconds,
        cells=cells,
        reference=reference,
        ranks=ranks,
        held=held,
        replicates=replicates,
        sizes=sizes,
        seed=seed,
        cores=workers,
        took=time.monotonic() - began,
        command=repeated(quick, particles, reached if reached > sizes.generations else generations, table, seed),
    )


def smaller(sizes: Sizes) -> list[Text]:
    """What is smaller than in the full test, in a sentence; nothing if nothing is."""
    full = asdict(Sizes())
    less = [
        f"{name} {value:,} instead of {full[name]:,}" for name, value in asdict(sizes).items() if value < full[name]
    ]
    if not less:
        return []
    warning = f"Smaller than the full test, and no ground for a conclusion as far as that goes: {', '.join(less)}."
    return [Text(f"**{warning}**")]


def repeated(quick: bool, particles: int | None, generations: int | None, table: int | None, seed: int) -> str:
    """The command that makes the same test."""
    values = {"particles": particles, "generations": generations, "table": table}
    options = [f"--{name} {value}" for name, value in values.items() if value is not None]
    return " ".join(["desertion thesis", *(["--quick"] if quick else []), *options, f"--seed {seed}"])
