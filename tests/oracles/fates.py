"""Thresholds of persons, made from NumPy's own Philox: nothing here comes from the model's code."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

EXIT_THRESHOLDS = 1  # the purpose for which thresholds of hiding, fleeing, surrender and refusal are drawn


def block(seed: int, who: int, purpose: int, spell: int) -> NDArray[np.uint64]:
    """The four words for (seed, who, purpose, spell); NumPy counts up before it draws, so the counter is set one back."""
    counter = who + (purpose << 64) + (spell << 128) - 1
    words = [(counter >> (64 * n)) & (2**64 - 1) for n in range(4)]
    return np.random.Philox(counter=np.array(words, np.uint64), key=np.array([seed, 0], np.uint64)).random_raw(4)


def exponential_thresholds(seed: int, force: str, persons: int, route: int) -> NDArray[np.float64]:
    """Each person's standard exponential threshold of one of the first four routes, first spell."""
    key = int.from_bytes(hashlib.sha256(f"force/{force}".encode()).digest()[:8], "little") >> 2
    words = np.array([block(seed, key + person, EXIT_THRESHOLDS, 0)[route] for person in range(persons)])
    return -np.log(((words >> np.uint64(12)).astype(float) + 0.5) * 2.0**-52)
