"""The second opinion: what the nearest histories of all rivals say of a series, and how often they and the classifier are right where the truth is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.study.arrays import Array, Indices
from desertion.study.blocks import Block, Heading, Text
from desertion.study.blocks import Table as Printed
from desertion.study.laboratory.classifier import Classifier
from desertion.study.laboratory.table import Table
from desertion.study.statistics import wilson_interval

NEAREST, TRIED = 1000, 200
LEAST = 0.9  # stated probability from which on either opinion counts as found, whatever the threshold of the classifier


@dataclass(frozen=True)
class Nearness:
    """How near the histories of a table come to log rates.

    Attributes:
        table: histories of all rivals.
        logs: shape (point,), log rates that they are held against.
    """

    table: Table
    logs: Array | NDArray[np.float32]

    @cached_property
    def miss(self) -> Array | NDArray[np.float32]:
        """Root mean squared log miss, shape (history,)."""
        return np.sqrt(((self.table.logs - self.logs) ** 2).mean(axis=1))

    @cached_property
    def order(self) -> Indices:
        """Numbers of histories, the nearest first."""
        return np.argsort(self.miss)

    @property
    def share(self) -> float:
        """Share with contagion among the nearest and all that are as near as the farthest of them: whole counts have ties."""
        return float(self.table.contagious[self.miss <= self.miss[self.order[NEAREST - 1]]].mean())

    @property
    def tolerance(self) -> float:
        """Miss of the farthest of these."""
        return float(self.miss[self.order[NEAREST - 1]])

    def closeness(self) -> list[dict[str, object]]:
        """A row a cause: the miss within which one history of a thousand comes, without and with contagion."""
        table = self.table
        return [
            {
                "cause": name,
                **{
                    word: float(np.quantile(self.miss[table.of(name) & (table.contagious == both)], 0.001))
                    for word, both in (("without", False), ("with", True))
                },
            }
            for name in table.names
        ]


def tried(table: Table, model: Classifier, seed: Sequence[int]) -> pd.DataFrame:
    """One row a history of the part `test`, `TRIED` of them drawn by lot: what is true, what the classifier says, and what the `NEAREST` histories of the other parts say.

    Args:
        table: histories of all rivals.
        model: the classifier.
        seed: of the lot.
    """
    tested = np.flatnonzero(table.part == "test")
    drawn = np.sort(np.random.default_rng(seed).choice(tested, size=min(TRIED, len(tested)), replace=False))
    others = np.flatnonzero(table.part != "test")
    logs, contagious = table.logs[others], table.contagious[others]
    rows: list[dict[str, object]] = []
    for row, probability in zip(drawn, model.probability(table.seen[drawn]), strict=True):
        miss = ((logs - table.logs[row]) ** 2).mean(axis=1)
        # All that are as near as the farthest: which of them a sort puts first hangs on the machine.
        kept = miss <= np.partition(miss, NEAREST - 1)[NEAREST - 1]
        low, high = wilson_interval(int(contagious[kept].sum()), int(kept.sum()))
        rows.append(
            {
                "cause": table.names[table.cause[row]],
                "contagious": int(table.contagious[row]),
                "owed": table.owed[row],
                "classifier": probability,
                "nearest": contagious[kept].mean(),
                "low": low,
                "high": high,
                "tolerance": float(np.sqrt(miss[kept].max())),
            }
        )
    return pd.DataFrame(rows)


HEAD = (
    "series",
    "classifier right",
    "nearest right",
    "their 95 % interval holds one half",
    "the two differ",
    "classifier right where they differ",
    "found with contagion",
    "found without",
)


def scored(rows: pd.DataFrame) -> tuple[str, ...]:
    """How often both are right on rows of `tried`, as cells under `HEAD` but the first."""
    true = rows["contagious"].to_numpy() == 1
    stated = [rows[name].to_numpy() for name in ("classifier", "nearest")]
    first, second = ((each >= 0.5) == true for each in stated)
    differ = first != second
    undecided = (rows["low"] <= 0.5) & (rows["high"] >= 0.5)
    return (
        *(_of(one) for one in (first, second, undecided, differ)),
        _of(first[differ]),
        *(", ".join(_of(each[own] >= LEAST) for each in stated) for own in (true, ~true)),
    )


def blocks(series: Iterable[tuple[str, pd.DataFrame]]) -> list[Block]:
    """The part of a report for rows of `tried` by name of their series."""
    return [
        Heading("Second opinion"),
        Text(
            f"Histories of the part `test` whose cause is known, judged by the classifier and by the {NEAREST:,} nearest histories of the other parts, one tolerance for all rivals. Right: on the side of "
            f"one half on which the truth stands. Found: stated as {LEAST:g} or more, by the classifier, by the nearest."
        ),
        Printed(HEAD, [(name, *scored(rows)) for name, rows in series]),
    ]


def _of(are: NDArray[np.bool_] | pd.Series) -> str:
    return f"{int(are.sum())} of {len(are)}"
