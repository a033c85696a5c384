"""Histories without contagion of families that no rival has and no classifier is trained on: a pool from which some are drawn by lot."""

import numpy as np

from desertion.study.arrays import Array
from desertion.study.laboratory.causes import times
from desertion.study.laboratory.rivals import Cause
from desertion.study.laboratory.window import Window


def _wander(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    steps = window.steps
    scale = width * rng.uniform(0.5, 3.0, size)[:, None]
    return scale * np.cumsum(rng.standard_normal((size, steps)), axis=1) / np.sqrt(steps)


def _wave(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    height, turns, phase = (rng.uniform(*ends, size)[:, None] for ends in ((0.2, 3.0), (0.5, 6.0), (0.0, 1.0)))
    return width * height * np.sin(2.0 * np.pi * (turns * times(window.steps) + phase))


def _bursts(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    steps = window.steps
    often, fade = rng.uniform(1.0, 8.0, size), np.exp(-1.0 / (rng.uniform(0.01, 0.2, size) * steps))
    hits = (rng.random((size, steps)) < (often / steps)[:, None]) * rng.exponential(1.5 * width, (size, steps))
    path = np.empty((size, steps))
    level = np.zeros(size)
    for step in range(steps):
        level = fade * level + hits[:, step]
        path[:, step] = level
    return path


def _regimes(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    steps = window.steps
    switches = rng.random((size, steps)) < (rng.uniform(1.0, 6.0, size) / steps)[:, None]
    return width * rng.uniform(0.5, 3.76, size)[:, None] * (np.cumsum(switches, axis=1) % 2)


def _hump(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    height, middle, wide = (rng.uniform(*ends, size)[:, None] for ends in ((0.5, 6.0), (0.0, 1.0), (0.05, 0.5)))
    return width * height * np.exp(-0.5 * ((times(window.steps) - middle) / wide) ** 2)


def _ageing(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    return width * rng.uniform(-0.8, 4.0, size)[:, None] * np.log(times(window.steps))


def _heavy(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    return width * rng.uniform(0.1, 0.8, size)[:, None] * rng.standard_t(2.0, (size, window.steps)).clip(-8.0, 8.0)


def _mild(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    return width * rng.uniform(-3.0, 3.0, size)[:, None] * times(window.steps)


def _batches(rng: np.random.Generator, flow: Array) -> Array:
    """Reports that come in batches: each step's cases are booked at the next multiple of a batch, with a random start."""
    size, steps = flow.shape
    every = np.exp(rng.uniform(np.log(2.0), np.log(max(steps / 6.0, 3.0)), size)).astype(int)[:, None]
    start = rng.integers(0, every)
    booked = np.minimum(np.arange(steps) + (start - np.arange(steps)) % every, steps - 1)
    seen = np.zeros_like(flow)
    np.add.at(seen, (np.arange(size)[:, None], booked), flow)
    return seen


POOL = (
    Cause(name="wander", words="the log hazard wanders without returning", family="wander", path=_wander),
    Cause(name="wave", words="seasons", family="wave", path=_wave),
    Cause(name="bursts", words="outside events that come at random and fade", family="bursts", path=_bursts),
    Cause(name="regimes", words="calm and unrest take turns", family="regimes", path=_regimes),
    Cause(name="hump", words="one outside wave that comes and goes", family="hump", path=_hump),
    Cause(name="ageing", words="the hazard is a power of time", family="ageing", path=_ageing),
    Cause(name="heavy", words="single days of extreme size", family="heavy", path=_heavy),
    Cause(name="batches", words="a mild trend, reported in batches", family="batches", path=_mild, report=_batches),
)


def drawn(seed: int, count: int) -> tuple[Cause, ...]:
    """Some of the pool by lot, in the order of the pool."""
    return tuple(POOL[i] for i in sorted(np.random.default_rng(seed).choice(len(POOL), size=count, replace=False)))


def left(seed: int, count: int) -> tuple[Cause, ...]:
    """Those of the pool that the same lot leaves, in the order of the pool."""
    gone = drawn(seed, count)
    return tuple(cause for cause in POOL if cause not in gone)
