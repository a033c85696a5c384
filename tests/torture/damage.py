"""Damage: what is done to files and disks, and what rows a file holds."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import suppress
from pathlib import Path

import numpy as np

LASTING = """SELECT params, replicate, status, scalars, shape, curve_checksum, substr(checksum, 1, 32), error, curve, extras
    FROM run JOIN design ON design.id = run.design ORDER BY run.design, replicate"""
_SIZE = "24m"

COUNTED = "SELECT count(*) FROM run"
GENERATIONS = "SELECT count(*) FROM populations WHERE t >= 0"
"""Of a fit's file, which is pyABC's."""
PARTICLES = """SELECT p.t, p.epsilon, p.nr_samples, m.name, m.p_model, a.w, q.name, q.value, s.distance, f.value FROM populations p
    JOIN models m ON m.population_id = p.id JOIN particles a ON a.model_id = m.id LEFT JOIN parameters q ON q.particle_id = a.id
    JOIN samples s ON s.particle_id = a.id JOIN summary_statistics f ON f.sample_id = s.id
    WHERE p.t >= 0 ORDER BY p.t, m.m, a.id, q.id, s.id, f.id"""


def has_root() -> bool:
    """Whether disks can be mounted here."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def stored(path: Path, counted: str = COUNTED) -> int:
    """Number of rows that a file holds, 0 where it cannot be told."""
    if not path.exists():
        return 0
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5.0)
        try:
            return int(connection.execute(counted).fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:
        return 0


def rows_of(path: Path, lasting: str = LASTING) -> list[tuple[object, ...]]:
    """What must not depend on how a file was made: everything but times, attempts and workers."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        return connection.execute(lasting).fetchall()
    finally:
        connection.close()


def truncate(path: Path, rng: np.random.Generator) -> str:
    """Cut a file, or its log, off at a random byte."""
    target = _one_of(path, rng)
    size = target.stat().st_size
    left = int(rng.integers(0, max(size, 1)))
    os.truncate(target, left)
    return f"{target.name} cut to {left} of {size} bytes"


def flip(path: Path, rng: np.random.Generator) -> str:
    """Turn one to eight random bits of a file, or of its log."""
    target = _one_of(path, rng)
    data = bytearray(target.read_bytes())
    places = rng.integers(0, max(8 * len(data), 1), int(rng.integers(1, 9))).tolist() if data else []
    for place in places:
        data[place // 8] ^= 1 << place % 8
    target.write_bytes(bytes(data))
    return f"bits {places} of {target.name} turned"


def _one_of(path: Path, rng: np.random.Generator) -> Path:
    """The file, or one time in four the log beside it where there is one."""
    log = path.with_name(f"{path.name}-wal")
    return log if log.exists() and rng.random() < 0.25 else path


class Disk:
    """A small disk in memory, mounted on a folder, that can be full or read-only; root alone can have one.

    Args:
        folder: Where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"
        _called("mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder))

    def fill(self, left: int) -> int:
        """Fill it but for so many bytes; how many are left."""
        room = os.statvfs(self.folder)
        with self._ballast.open("wb") as file, suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - left))
        return os.statvfs(self.folder).f_bavail * room.f_frsize

    def empty(self) -> None:
        """Make room again."""
        self._ballast.unlink()

    def bar(self) -> None:
        """Make it read-only."""
        _called("mount", "-o", "remount,ro", str(self.folder))

    def open(self) -> None:
        """Make it writable again."""
        _called("mount", "-o", "remount,rw", str(self.folder))

    def close(self) -> None:
        """Unmount it, whatever still uses it."""
        _called("umount", "--lazy", str(self.folder))


def _called(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
