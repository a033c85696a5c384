"""False alarms, power and reliability of a classifier, counted on histories that it was not trained on."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from desertion.study.arrays import Array
from desertion.study.laboratory.contagion import FORMS
from desertion.study.laboratory.table import Rows, Table
from desertion.study.statistics import wilson_interval

BINS = 10
ORDINARY = 0.99
"""Share of the histories without contagion, from the middle, whose totals are ordinary."""


@dataclass(frozen=True)
class JudgedTable:
    """A table with the probability of contagion of each of its histories.

    Attributes:
        table: the histories.
        probability: shape (history,).
        threshold: probability from which on contagion counts as found.
    """

    table: Table
    probability: Array
    threshold: float

    @property
    def ordinary(self) -> Rows:
        """Which histories have a total that histories without contagion have too, the most extreme of these aside.

        Near a tipping point chance makes nearly all of a history leave, or hardly anybody: that level tells it, and says nothing of a series of another size.
        """
        table = self.table
        calm = table.total[~table.contagious & (table.part == "test")]
        low, high = np.quantile(calm, [(1.0 - ORDINARY) / 2.0, (1.0 + ORDINARY) / 2.0])
        return (table.total >= low) & (table.total <= high)

    def row(self, rows: Rows, **labels: object) -> dict[str, object]:
        """How often contagion is found among some histories, with its 95 % interval."""
        histories = int(rows.sum())
        found = int((self.probability[rows] >= self.threshold).sum())
        low, high = wilson_interval(found, histories)
        nine = int((self.probability[rows] >= 0.9).sum())
        return {**labels, "histories": histories, "found": found, "low": low, "high": high, "at_nine_tenths": nine}


def false_alarms(judged: JudgedTable, causes: Sequence[str], how: str) -> pd.DataFrame:
    """One row a cause: how often contagion is found in its histories without contagion.

    Args:
        judged: histories of the part `test` count.
        causes: names of causes.
        how: what the classifier knew of them: `listed`, `left out` or `unseen`.
    """
    table = judged.table
    calm = ~table.contagious & (table.part == "test")
    return pd.DataFrame([judged.row(calm & table.of(name), cause=name, how=how) for name in causes])


def power(judged: JudgedTable, bounds: Sequence[float], by: str = "owed") -> pd.DataFrame:
    """One row a range of the share owed to contagion, or advanced by it, and a form (or all): how often contagion is found where it is.

    Histories with an ordinary total count; `of_any_size` and `found_of_any_size` are of all of them.

    Args:
        judged: histories of the part `test` count; each rival with contagion weighs alike.
        bounds: ends of the ranges; the last one belongs to its range.
        by: `owed` or `advanced`.
    """
    table = judged.table
    there, share = table.contagious & (table.part == "test"), getattr(table, by)
    ordinary = judged.ordinary

    def rows() -> Iterator[dict[str, object]]:
        for low, high in itertools.pairwise(bounds):
            within = there & (share >= low) & ((share < high) | (high == bounds[-1]))
            for number, form in ((None, "all"), *enumerate(FORMS)):
                chosen = within if number is None else within & (table.form == number)
                every = judged.row(chosen)
                yield {
                    **judged.row(chosen & ordinary, **{f"{by}_from": low, f"{by}_to": high}, form=form),
                    "of_any_size": every["histories"],
                    "found_of_any_size": every["found"],
                }

    return pd.DataFrame(list(rows()))


def reliability(judged: JudgedTable) -> pd.DataFrame:
    """One row a tenth of the stated probabilities: their mean, and the share with contagion among these histories."""
    table = judged.table
    tested = table.part == "test"
    stated, true = judged.probability[tested], table.contagious[tested]
    place = np.minimum((stated * BINS).astype(int), BINS - 1)
    rows: list[dict[str, float]] = []
    for number in range(BINS):
        own = place == number
        if own.any():
            low, high = wilson_interval(int(true[own].sum()), int(own.sum()))
            rows.append(
                {
                    "stated": stated[own].mean(),
                    "true": true[own].mean(),
                    "low": low,
                    "high": high,
                    "histories": int(own.sum()),
                }
            )
    return pd.DataFrame(rows)
