"""The classifier: the probability that contagion had a part in a history, calibrated, and the threshold that holds false alarms."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from desertion.errors import InputError, extra
from desertion.study.arrays import Array
from desertion.study.laboratory.table import Rows, Table
from desertion.study.statistics import wilson_interval

_WORTH_THREADS = 50_000  # histories


@dataclass(frozen=True)
class Classifier:
    """Boosted trees with a logistic calibration on top."""

    trees: Any
    calibration: Any

    def probability(self, seen: ArrayLike) -> Array:
        """Probability of contagion, shape (history,), even odds beforehand."""
        raw = self.trees.decision_function(np.asarray(seen, dtype=np.float32))
        return np.asarray(self.calibration.predict_proba(raw[:, None])[:, 1], dtype=np.float64)


def train(table: Table, seed: int, rows: Rows | None = None) -> Classifier:
    """The classifier of a table.

    Args:
        table: all rivals' histories; those of the parts `train` and `calibrate` are used.
        seed: of the trees.
        rows: histories that may be used; all if not given.

    Raises:
        InputError: scikit-learn is not installed.
    """
    with extra("inference", "this test needs scikit-learn"):
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits
    allowed = np.ones(len(table.cause), dtype=bool) if rows is None else rows
    learn, tune = (allowed & (table.part == part) for part in ("train", "calibrate"))
    # Rivals left out on one side only must not change the odds beforehand.
    boosted = HistGradientBoostingClassifier(
        max_iter=100,
        random_state=seed % 2**32,
        early_stopping=False,  # pyright: ignore[reportArgumentType] - its default is the word "auto", which is all that is inferred
        class_weight="balanced",
    )
    # Threads that wait for each other take many times the work on small tables.
    with threadpool_limits(limits=1 if learn.sum() < _WORTH_THREADS else None, user_api="openmp"):
        boosted.fit(table.seen[learn], table.contagious[learn])
    raw = boosted.decision_function(table.seen[tune])
    calibration = LogisticRegression(class_weight="balanced").fit(raw[:, None], table.contagious[tune])
    return Classifier(boosted, calibration)


def threshold(probability: Array, cause: NDArray[np.intp], level: float, least: float) -> float:
    """Smallest probability, at least `least`, from which on no cause alarms more often than `level`, at the upper 95 % bound.

    Args:
        probability: shape (history,), of histories without contagion.
        cause: shape (history,), which cause made them.
        level: highest upper bound of the share of false alarms of any cause.
        least: smallest threshold.

    Raises:
        InputError: too few histories for any number of alarms to stay under the level.
    """
    worst = least
    for one in np.unique(cause):
        own = np.sort(probability[cause == one])[::-1]
        allowed = most_alarms(len(own), level)
        worst = max(worst, float(np.nextafter(own[allowed], 2.0)))
    return worst


def most_alarms(histories: int, level: float) -> int:
    """Most alarms in so many histories at which the upper 95 % bound of their share stays within the level.

    Raises:
        InputError: not even none is few enough.
    """
    bounds = (alarms for alarms in range(histories) if wilson_interval(alarms, histories)[1] > level)
    most = next(bounds, histories) - 1
    if most < 0:
        raise InputError(
            f"threshold: {histories} histories are too few to hold false alarms under {level:g}; simulate more"
        )
    return most
