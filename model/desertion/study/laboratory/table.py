"""The table of simulations of one window: so many histories of each rival, as the classifier sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.study.arrays import Array
from desertion.study.laboratory.features import features, log_rates
from desertion.study.laboratory.rivals import CAUSES, Cause, simulate
from desertion.study.laboratory.window import Window

Rows = NDArray[np.bool_]

SHARES = {"train": 0.6, "calibrate": 0.1, "threshold": 0.15, "test": 0.15}
"""Parts of each rival's histories: to train, to calibrate the probabilities, to set the threshold, to test."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Histories of all rivals, those of one rival in a row.

    Attributes:
        names: causes, each of them with and without contagion.
        cause: shape (history,), index into `names`.
        contagious: shape (history,), whether leavers drew others.
        owed: shape (history,), share of leavers owed to contagion, in expectation.
        advanced: shape (history,), share of leavers gone before they would be, on the day on which it is largest, in expectation.
        form: shape (history,), index into the forms of contagion; without a meaning where there is none.
        part: shape (history,), which part of `SHARES` a history belongs to.
        total: shape (history,), acts as the figures have them, all together.
        seen: shape (history, statistic).
        logs: shape (history, point), log rates.
    """

    names: tuple[str, ...]
    cause: NDArray[np.intp]
    contagious: Rows
    owed: Array
    advanced: Array
    form: NDArray[np.intp]
    part: NDArray[np.str_]
    total: Array
    seen: NDArray[np.float32]
    logs: NDArray[np.float32]

    def of(self, name: str) -> Rows:
        """Which histories a cause made, with contagion or without."""
        return self.cause == self.names.index(name)


def build(window: Window, size: int, seed: Sequence[int], *, width: float = 1.0, causes: Sequence[Cause] = ()) -> Table:
    """The table of a window.

    Args:
        window: what is known of the series.
        size: histories of each rival.
        seed: where all chance comes from; each rival has its own stream.
        width: factor of the ranges of trends and doors.
        causes: other causes than the rivals'; they come without contagion.
    """
    chosen = tuple(causes) or tuple(CAUSES.values())
    bounds = np.cumsum([round(share * size) for share in SHARES.values()])
    part = np.array(list(SHARES))[np.minimum(np.searchsorted(bounds, np.arange(size), side="right"), len(SHARES) - 1)]
    blocks = [(number, both) for number in range(len(chosen)) for both in ((False,) if causes else (False, True))]
    owed, advanced, form, total, seen, logs = [], [], [], [], [], []
    for number, contagious in blocks:
        rng = np.random.default_rng([*seed, number, contagious])
        made = simulate(chosen[number], window, size, rng, contagious=contagious, width=width)
        owed.append(made.owed)
        advanced.append(made.advanced)
        form.append(made.form)
        total.append(made.published[:, -1] if window.cumulative else made.published.sum(axis=1))
        seen.append(features(made.published, window).astype(np.float32))
        logs.append(log_rates(made.published, window).astype(np.float32))
    return Table(
        names=tuple(one.name for one in chosen),
        cause=np.repeat([number for number, _ in blocks], size),
        contagious=np.repeat([both for _, both in blocks], size),
        owed=np.concatenate(owed),
        advanced=np.concatenate(advanced),
        form=np.concatenate(form),
        part=np.tile(part, len(blocks)),
        total=np.concatenate(total),
        seen=np.concatenate(seen),
        logs=np.concatenate(logs),
    )
