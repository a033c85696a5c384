"""Resized: worlds that a match kept, run again in larger or smaller armies, beside a second run at their own size."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from desertion.errors import InputError, input_error
from desertion.figures.labels import many, percent
from desertion.files import PassingFolder, folder
from desertion.parameters.arguments import COUNT, POSITIVE, SEED, WORKERS, numbers
from desertion.study.blocks import Block, Bullets, Heading, Table, Text, short_number
from desertion.study.design.documents import scale_of
from desertion.study.design.factors import Point
from desertion.study.matching.aims import Aim, aims_of
from desertion.study.matching.document import Design, load
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.matching.matched import Match
from desertion.study.matching.runs import results, run_stage
from desertion.study.run.options import RunOptions, options_of
from desertion.study.statistics import median_interval, paired_chance_interval


@dataclass(frozen=True, kw_only=True)
class Resized:
    """Kept worlds at their own size and at another, each time with other people and fates than when they were kept.

    Attributes:
        size: factor on the scale of every case, which is at most real size.
        own: the worlds at their own size, held against the targets.
        other: the same worlds at the other size, in the same order.
    """

    size: float
    own: Match
    other: Match

    def __repr__(self) -> str:
        return (
            f"Resized({many(len(self.own.worlds), 'world')}, {short_number(self.size)} times the size; worlds, targets)"
        )

    @property
    def aims(self) -> tuple[Aim, ...]:
        """The targets, those that rule out first."""
        return tuple(sorted(self.own.aims, key=lambda aim: not aim.fit))

    @cached_property
    def worlds(self) -> pd.DataFrame:
        """One row a world: inputs, kept_own and kept_other (whether no target rules it out), worst_own, target_own, worst_other, target_other (the worst implausibility and whose it is)."""
        table = pd.DataFrame(self.own.results.points)
        for name, match in (("own", self.own), ("other", self.other)):
            found = match.worlds
            for column in ("kept", "worst", "target"):
                table[f"{column}_{name}"] = found[column].to_numpy()
        return table

    @cached_property
    def targets(self) -> pd.DataFrame:
        """One row a target: role, met_own and met_other (share of worlds that it does not rule out), change, low, high (median over worlds of the number at the other size against that at their own, with its 95 % interval), and is_ratio (else change is a difference in the target's unit)."""
        rows: list[dict[str, object]] = []
        for aim in self.aims:
            met = {name: float((match.worlds[f"I.{aim.name}"] < match.design.cutoff).mean()) for name, match in (("own", self.own), ("other", self.other))}  # fmt: skip
            moved = self.other.results.means[aim.name] - self.own.results.means[aim.name]
            moved = moved[np.isfinite(moved)]
            told = [float(np.median(moved)), *median_interval(moved)] if moved.size else [np.nan] * 3
            change, low, high = np.exp(told) if aim.log else told
            rows.append(
                {
                    "target": aim.name, "role": "fit" if aim.fit else "looked at", "unit": aim.unit, "met_own": met["own"], "met_other": met["other"],
                    "change": change, "low": low, "high": high, "is_ratio": aim.log,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)


@numbers(size=POSITIVE, worlds=COUNT, runs=COUNT, seed=SEED, workers=WORKERS)
def resized(
    design: str | Path,
    size: float,
    *,
    ensemble: str | Path,
    worlds: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    options: RunOptions | None = None,
    workers: int = 0,
    quiet: bool = False,
) -> Resized:
    """Kept worlds run again at another size, and at their own: what is lost at both was kept by luck, what the other loses alone hangs on size.

    Args:
        design: The design of the match, by name or file.
        size: Factor on the scale of every case; a case goes to real size at most.
        ensemble: The kept worlds, by name or file, as `desertion match` writes them.
        worlds: How many, the first of the file, which are in the order of a lottery; all if not given.
        runs: Runs of each case in each world and size; those of the design if not given.
        seed: Where all chance comes from; the design's if not given.
        out: Folder of the runs, which are resumed if they are there; a temporary one if not given.
        options: With what to run.
        workers: Processes of the local pool, 0 for one a core.
        quiet: Whether to show no progress.

    Raises:
        InputError: The worlds are those of another design, no case would have another size, or the folder holds other runs.
    """
    stated = load(design)
    told = stated.model_copy(update={"confirm": 0, "seed": stated.seed if seed is None else seed})
    points = load_ensemble(ensemble).worlds[:worlds]
    if set(points[0]) != set(told.vary):
        raise InputError(f"{ensemble} holds worlds of another match: its inputs are not those under [vary] in {design}; name the ensemble of this one")  # fmt: skip
    keep = PassingFolder() if out is None else None
    place = keep.path if keep is not None else folder(Path(str(out)))
    by, number = options_of(options, workers, quiet), runs or told.replicates
    own, other = (_held(each, points, place / f"size-{factor:g}.sqlite", by, number) for factor, each in ((1.0, told), (size, _larger(told, size))))  # fmt: skip
    return Resized(size=size, own=own, other=other)


def _larger(design: Design, size: float) -> Design:
    cases = {
        name: case.model_copy(update={"scale": min(1.0, scale_of(case.scenario, case.scale) * size)})
        for name, case in design.cases.items()
    }
    if all(scale_of(case.scenario, case.scale) == cases[name].scale for name, case in design.cases.items()):
        raise input_error("--size", size, "leaves every case as large as it is", way_out="give another factor")
    return design.model_copy(update={"cases": cases})


def _held(design: Design, points: Sequence[Point], file: Path, options: RunOptions, runs: int) -> Match:
    """Worlds of a size, run and held against the targets. Their chance is that of no stage of the match."""
    aims, nothing = aims_of(design), pd.DataFrame()
    run_stage(design, {}, 0, points, file, options, runs)
    return Match(
        design=design, aims=aims, effects=nothing, stages=nothing, emulators=nothing, results=results([file], 0, aims), folder=file.parent,
    )  # fmt: skip


def sized_blocks(found: Resized, command: str) -> list[Block]:
    """The report."""
    seconds = sum(match.results.seconds.sum() for match in (found.own, found.other))
    return [
        Heading(f"Kept worlds at {short_number(found.size)} times the size", 1),
        Text(f"`{command}`: {many(len(found.worlds), 'world')}, {found.own.results.counts.max():.0f} runs each at either size, {seconds:,.0f} s of one core."),
        Bullets(sized_findings(found)),
        _table(found),
    ]  # fmt: skip


def sized_findings(found: Resized) -> list[str]:
    """The findings, a sentence each."""
    own, other = (found.worlds[name].to_numpy(bool) for name in ("kept_own", "kept_other"))
    gained, lost = int((other & ~own).sum()), int((own & ~other).sum())
    low, high = paired_chance_interval(gained, lost, len(own))
    told = [
        f"**Of {many(len(own), 'kept world')} {own.sum()} are kept again at their own size, with other people and fates, and {other.sum()} at "
        f"{short_number(found.size)} times the size** ({(own & other).sum()} at both): a difference of {_points(other.mean() - own.mean())} points in 100"
        + (f" (95 % interval {_points(low)} to {_points(high)})." if np.isfinite(low) else ", too few worlds for an interval.")
    ]  # fmt: skip
    for name, match, kept in (("their own size", found.own, own), ("the other size", found.other, other)):
        if not kept.all():
            worst = match.worlds.loc[~kept, "target"].value_counts()
            told.append(f"What rules out at {name}: " + ", ".join(f"`{target}` {count}" for target, count in worst.items()) + ".")  # fmt: skip
    moved = found.targets[(found.targets["low"] > found.targets["is_ratio"]) | (found.targets["high"] < found.targets["is_ratio"])]  # fmt: skip
    told.append("Numbers that move with size beyond chance, each judged at 95 %: " + (", ".join(f"`{name}`" for name in moved["target"]) or "none") + ".")  # fmt: skip
    return told


def _points(share: float) -> str:
    return f"{100.0 * share:+.0f}"


def _table(found: Resized) -> Table:
    head = ("target", "role", "met at their own size", "at the other size", "number at the other size against that at their own: median of worlds (95 % interval)")  # fmt: skip
    rows = [
        (
            f"`{row['target']}`", str(row["role"]), percent(row["met_own"]), percent(row["met_other"]),
            "-" if np.isnan(row["change"]) else _change(row),
        )
        for row in found.targets.to_dict("records")
    ]  # fmt: skip
    return Table(head, rows)


def _change(row: dict[Any, Any]) -> str:
    sign = ("", " times") if row["is_ratio"] else ("+" if row["change"] > 0 else "", f" {row['unit']}")
    interval = "too few" if np.isnan(row["low"]) else f"{short_number(row['low'])} to {short_number(row['high'])}"
    return f"{sign[0]}{short_number(row['change'])}{sign[1]} ({interval})"
