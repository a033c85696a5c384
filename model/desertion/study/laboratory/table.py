"""One stored table of simulated histories that serves model choice, power, false alarms and calibration alike."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError, input_error
from desertion.files import replacing
from desertion.study.laboratory.features import merged
from desertion.study.laboratory.rivals import PRIORS, RIVALS, draw, priors
from desertion.study.run.pool import LocalPool

Simulate = Callable[[dict[str, float], int], NDArray[np.int64]]
"""A laboratory: parameters and seed to leavers of shape (unit, step)."""

POINTS = 32
PERIODS = 8
CHUNK = 1000


@dataclass(frozen=True, kw_only=True)
class ReferenceTable:
    """Simulated histories of all rivals under their priors.

    Attributes:
        rival: shape (simulation,), index into `RIVALS`.
        shares: shape (simulation, parameter), parameters as shares of their prior, NaN where a rival does without.
        flow: shape (simulation, 32), leavers per interval.
        units: shape (simulation, unit, 8), leavers per unit and period.
        people: people at the start of each simulation.
        seconds: computing time, added over processes.
        sha256: hash of everything above but the time.
    """

    rival: NDArray[np.intp]
    shares: NDArray[np.float32]
    flow: NDArray[np.uint16]
    units: NDArray[np.uint16]
    people: int
    seconds: float
    sha256: str

    def __len__(self) -> int:
        """Number of simulations."""
        return len(self.rival)


def build(
    simulate: Simulate,
    people: int,
    size: int,
    seed: int,
    folder: Path,
    *,
    workers: int = 1,
    tell: Callable[[str], None] | None = None,
) -> ReferenceTable:
    """Simulate the table, or go on with what the folder holds of it, and return it.

    Rivals take turns, so all are equally frequent in every prefix. Simulation i draws its parameters and its
    fate from (seed, i) alone: neither the number of workers nor an interruption changes the table.

    Args:
        simulate: the laboratory, a module-level function.
        people: people at the start of its histories.
        size: number of simulations, a multiple of 1,000.
        seed: where all chance comes from.
        folder: where chunks and the finished table are kept.
        workers: processes.
        tell: called with a line of progress after each chunk.

    Raises:
        InputError: the size is no multiple of 1,000, or the folder holds another table.
    """
    if size <= 0 or size % CHUNK:
        raise input_error("size", size, f"must be a multiple of {CHUNK}")
    folder.mkdir(parents=True, exist_ok=True)
    _check_same(folder / "table.json", {"people": people, "seed": seed, "simulate": _name_of(simulate)})
    missing = [number for number in range(size // CHUNK) if not _chunk_path(folder, number).exists()]
    work = partial(_make_chunk, simulate, seed, folder)
    for done, number in enumerate(_mapped(work, missing, workers), start=1):
        if tell is not None:
            tell(f"chunk {number}: {done} of {len(missing)} done")
    return load(folder, size)


def load(folder: Path, size: int | None = None) -> ReferenceTable:
    """A finished table.

    Args:
        folder: where it is kept.
        size: number of simulations wanted; all that there are if not given.

    Raises:
        InputError: there is no table, or it is too short.
    """
    header = folder / "table.json"
    if not header.is_file():
        raise InputError(f"{folder}: holds no reference table; build one with `desertion thesis`")
    people = int(json.loads(header.read_text())["people"])
    chunks = sorted(folder.glob("chunk-*.npz"))
    wanted = len(chunks) if size is None else size // CHUNK
    if not chunks or len(chunks) < wanted:
        raise InputError(f"{folder}: holds {len(chunks) * CHUNK} simulations, fewer than {wanted * CHUNK}; build more")
    parts = [np.load(_chunk_path(folder, number)) for number in range(wanted)]
    rival, shares, flow, units = (np.concatenate([part[key] for part in parts]) for key in _KEYS)
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in (rival, shares, flow, units)))
    return ReferenceTable(
        rival=rival.astype(np.intp),
        shares=shares,
        flow=flow,
        units=units,
        people=people,
        seconds=float(sum(float(part["seconds"]) for part in parts)),
        sha256=digest.hexdigest(),
    )


_KEYS = ("rival", "shares", "flow", "units")


def simulation_seed(seed: int, number: int) -> int:
    """Seed of one simulation of a table."""
    return int(np.random.SeedSequence((seed, number)).generate_state(1, np.uint32)[0])


def _make_chunk(simulate: Simulate, seed: int, folder: Path, number: int) -> int:
    began = time.process_time()
    rows = [_row(simulate, seed, number * CHUNK + i) for i in range(CHUNK)]
    rival, shares, flow, units = (np.stack([row[key] for row in rows]) for key in _KEYS)
    seconds = time.process_time() - began
    with replacing(_chunk_path(folder, number)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, seconds=seconds, rival=rival, shares=shares, flow=flow, units=units)
    return number


def _row(simulate: Simulate, seed: int, index: int) -> dict[str, NDArray[np.generic]]:
    which = index % len(RIVALS)
    own_seed = simulation_seed(seed, index)
    parameters = draw(RIVALS[which], np.random.default_rng(own_seed))
    flow = simulate(parameters, own_seed)
    used = {prior.name for prior in priors(RIVALS[which])}
    shares = [prior.share(parameters[name]) if name in used else np.nan for name, prior in PRIORS.items()]
    return {
        "rival": np.array(which, dtype=np.uint8),
        "shares": np.array(shares, dtype=np.float32),
        "flow": merged(flow.sum(axis=0), POINTS).astype(np.uint16),
        "units": merged(flow, PERIODS).astype(np.uint16),
    }


def _mapped(work: Callable[[int], int], numbers: list[int], workers: int) -> Iterator[int]:
    if workers <= 1:
        yield from map(work, numbers)
        return
    with LocalPool(workers) as pool:
        yield from pool.map(work, numbers)


def _chunk_path(folder: Path, number: int) -> Path:
    return folder / f"chunk-{number:05d}.npz"


def _name_of(simulate: Simulate) -> str:
    return f"{simulate.__module__}.{getattr(simulate, '__qualname__', type(simulate).__name__)}"


def _check_same(path: Path, facts: dict[str, object]) -> None:
    if path.is_file():
        before = json.loads(path.read_text())
        if before != facts:
            raise InputError(f"{path.parent}: holds another table, of {before}; choose another folder for {facts}")
    else:
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(facts))
