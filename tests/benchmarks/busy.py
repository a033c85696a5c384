"""Bare contagion, by which about half leave, on one thread: a run beside a NumPy loop and a compiled loop (processor time, interleaved).

Everybody has ten ties on average on a random graph; hazard 0.004 exp(2.5 x share of ties gone) a day, 100 days; ties that last, and ties that fade
with a half-life of 30 days. The loops draw a threshold a person and nothing else; they know no frailty, no units, no hosts and no second route, and
add up floating-point numbers where the model adds up whole ticks. All go along the same ties. The loop in C is run where there is a compiler.
"""

import ctypes
import math
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from desertion import DesertionModel, Scenario, Society

Row = tuple[str, float, str, str]
Array = NDArray[Any]
BASE, PULL, DAYS, TIES = 0.004, 2.5, 100, 10
HALF_LIVES = {"lasting": math.inf, "fading": 30.0}
AIMS = {
    (10_000, "lasting"): "1.0",
    (100_000, "lasting"): "1.5",
    (1_000_000, "lasting"): "1.5",
    (100_000, "fading"): "0.8",
    (1_000_000, "fading"): "0.8",
}
ROUNDS = 5


def rows(sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000)) -> Iterator[Row]:
    """Speeds in million person-days a second, the ratios, and the shares gone, which must agree."""
    for people in sizes:
        for name, half_life in HALF_LIVES.items():
            yield from _compared(people, name, half_life)


def bare(people: int, half_life: float) -> Scenario:
    """One town of so many people with ties at random, whom nothing moves but the ties."""
    town = "forces.town."
    return Scenario.load("one-town", days=DAYS).with_(
        {
            town + "reservists": people,
            town + "community": people,
            town + "degree": TIES,
            town + "across": 1.0,
            town + "base_reservist_hide": BASE,
            "behaviour.contagion_ties": PULL,
            "behaviour.contagion_community": 0.0,
            "behaviour.half_life_ties": half_life,
        }
    )


def _compared(people: int, name: str, half_life: float) -> Iterator[Row]:
    scenario = bare(people, half_life)
    Society(scenario.sized(), 1)  # compiles
    began = time.process_time()
    society = Society(scenario.sized(), 1)
    built = time.process_time() - began
    world = DesertionModel(scenario, society=society).world
    start, to = world.tie_start.astype(np.int64), world.tie_to.astype(np.int64)
    ties = np.maximum(np.diff(start), 1).astype(float)
    keep = 2.0 ** (-1.0 / half_life)
    gone: dict[str, float] = {}
    times: dict[str, list[float]] = {}
    for turn in range(ROUNDS + 1):
        model = DesertionModel(scenario, society=society)
        lacking = np.random.default_rng(turn).exponential(size=people)
        works: dict[str, Callable[[], float]] = {
            "model": lambda model=model: float(model.run().measures()["share_left"]),
            "NumPy loop": lambda lacking=lacking: numpy_loop(start, to, ties, keep, lacking.copy()),
            "compiled loop": lambda lacking=lacking: float(compiled_loop(start, to, ties, keep, lacking.copy())),
        }
        if in_c() is not None:
            works["loop in C"] = lambda lacking=lacking: c_loop(start, to, ties, keep, lacking.copy())
        for what, work in works.items():
            began = time.process_time()
            gone[what] = work()
            if turn > 0:  # the first turn compiles
                times.setdefault(what, []).append(time.process_time() - began)
    speed = {what: people * DAYS / statistics.median(took) / 1e6 for what, took in times.items()}
    for what, value in speed.items():
        yield f"{people:,}, ties {name}: {what}", value, "M person-days/s", ""
    ratios = [numpy / own for own, numpy in zip(times["model"], times["NumPy loop"], strict=True)]
    yield (
        "    model over NumPy loop (median of pairs)",
        statistics.median(ratios),
        "times",
        AIMS.get((people, name), ""),
    )
    yield "    compiled loop over model", speed["compiled loop"] / speed["model"], "times", ""
    yield "    building the people over a run", built / statistics.median(times["model"]), "times", ""
    yield "    gone: model less NumPy loop", gone["model"] - gone["NumPy loop"], "share", "0"


def numpy_loop(start: Array, to: Array, ties: Array, keep: float, lacking: Array) -> float:
    """The share gone at the end: what somebody writes who knows NumPy and needs one result."""
    people = len(ties)
    gone, seen = np.zeros(people, bool), np.zeros(people)
    for _ in range(DAYS):
        lacking -= BASE * np.exp(PULL * seen / ties)
        new = np.flatnonzero((lacking <= 0) & ~gone)
        gone[new] = True
        if keep < 1.0:
            seen *= keep
        if len(new):
            seen += np.bincount(np.concatenate([to[start[i] : start[i + 1]] for i in new]), minlength=people)
    return float(gone.mean())


@njit(cache=False)
def compiled_loop(start: Array, to: Array, ties: Array, keep: float, lacking: Array) -> float:
    """The same with a hazard worked out anew only for those who were told something: the limit."""
    people = len(ties)
    gone, seen, step, new = np.zeros(people), np.zeros(people), np.full(people, BASE), np.empty(people, np.int64)
    for _ in range(DAYS):
        leaving = 0
        for i in range(people):
            if gone[i] == 0:
                if keep < 1.0 and seen[i] > 0.0:
                    step[i] = BASE * math.exp(PULL * seen[i] / ties[i])
                    seen[i] *= keep
                lacking[i] -= step[i]
                if lacking[i] <= 0.0:
                    gone[i] = 1
                    new[leaving] = i
                    leaving += 1
        for m in range(leaving):
            for e in range(start[new[m]], start[new[m] + 1]):
                other = to[e]
                if gone[other] == 0:
                    seen[other] += 1.0
                    step[other] = BASE * math.exp(PULL * seen[other] / ties[other])
    return gone.mean()


@cache
def in_c() -> ctypes.CDLL | None:
    """The same in C, None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:  # what is loaded outlives its file
        library, source = Path(folder) / "bare.so", Path(__file__).with_name("bare.c")
        told = ["-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(source), "-lm"]
        subprocess.run([compiler, *told], check=True)
        loaded = ctypes.CDLL(str(library))
    whole, real, numbers = ctypes.c_int64, ctypes.c_double, np.ctypeslib.ndpointer
    integers, reals = numbers(np.int64, flags="C"), numbers(np.float64, flags="C")
    loaded.bare.argtypes = [whole, whole, real, real, real, integers, integers, reals, reals]
    loaded.bare.restype = real
    return loaded


def c_loop(start: Array, to: Array, ties: Array, keep: float, lacking: Array) -> float:
    """The compiled loop, compiled by the machine's compiler for C."""
    library = in_c()
    if library is None:
        raise RuntimeError("there is no compiler for C")
    return float(library.bare(len(ties), DAYS, BASE, PULL, keep, start, to, ties, lacking))
