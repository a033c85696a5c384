"""What the classifier looks at: the figures of a series on a log scale, their changes, and the shape as a whole."""

import numpy as np

from desertion.study.arrays import Array
from desertion.study.laboratory.window import Window

_HALF = 0.5  # added to counts before the logarithm, so that none is a number too


def log_rates(published: Array, window: Window) -> Array:
    """Log of acts a step in the interval of each figure, shape (history, point); cumulative figures are taken apart first."""
    counts = np.diff(published, axis=1, prepend=0.0) if window.cumulative else published
    return np.log(np.maximum(counts, 0.0) + _HALF) - np.log(window.lengths)


def features(published: Array, window: Window) -> Array:
    """Statistics of histories, shape (history, statistic): level, relative log rates and their changes, and how they run.

    Args:
        published: shape (history, point).
        window: the window of the series.
    """
    logs = log_rates(published, window)
    n = logs.shape[1]
    middles = np.array([end for _, end in window.intervals]) - (window.lengths + 1.0) / 2.0
    time = 2.0 * middles / window.steps - 1.0
    powers = np.vander(time, 3)
    coefficients = logs @ np.linalg.pinv(powers).T
    residual = logs - coefficients @ powers.T
    changes = np.diff(logs, axis=1)
    counts = np.exp(logs) * window.lengths
    gone = np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)
    shape = np.column_stack(
        [
            np.log(counts.sum(axis=1)),
            coefficients,
            np.log(residual.std(axis=1) + 0.01),
            _correlation(residual[:, :-1], residual[:, 1:]),
            _correlation(changes, gone[:, :-1]),
            _correlation(changes[:, :-1], changes[:, 1:]),
            logs.max(axis=1) - logs.mean(axis=1),
            logs.argmax(axis=1) / n,
            (gone < 0.5).sum(axis=1) / n,
            changes.max(axis=1),
            changes.argmax(axis=1) / n,
            changes.min(axis=1),
        ]
    )
    return np.column_stack([logs - logs.mean(axis=1, keepdims=True), changes, shape])


def _correlation(first: Array, second: Array) -> Array:
    """Correlation of each row with its partner, shape (history,); 0 for rows that do not vary."""
    a, b = first - first.mean(axis=1, keepdims=True), second - second.mean(axis=1, keepdims=True)
    spread = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.where(spread > 1e-12, (a * b).sum(axis=1) / np.maximum(spread, 1e-12), 0.0)
