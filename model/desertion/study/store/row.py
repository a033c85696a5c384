"""Row: one run as it is stored, with the checksums that tell a damaged one."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desertion.study.design.digest import framed_hash

DONE, FAILED, TIMEOUT, QUARANTINED = "done", "failed", "timeout", "quarantined"


@dataclass(slots=True)
class Row:
    """One run of a study.

    Attributes:
        design: Number of the design point, from 0.
        replicate: Number of the replicate, from 0.
        status: done, failed (the model raised), timeout, or quarantined (it killed its worker three times).
        attempts: How often the run was started.
        seconds: Time that the last attempt took.
        worker: Host and process of the worker.
        scalars: Measures by name.
        curve: (days + 1, columns) : daily columns, or an empty array.
        error: What went wrong, in a line.
        trace: The traceback of a failed run.
        extras: What the task wants kept beside measures and curve, packed by itself.
    """

    design: int
    replicate: int
    status: str
    attempts: int
    seconds: float = 0.0
    worker: str = ""
    scalars: dict[str, float] = field(default_factory=dict[str, float])
    curve: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    error: str = ""
    trace: str = ""
    extras: bytes = b""

    @property
    def key(self) -> tuple[int, int]:
        """The run's number: design point and replicate."""
        return self.design, self.replicate


def watched(row: Row, measure: str) -> float | None:
    """The measure that a precision rule looks at, None where a run has none."""
    return row.scalars.get(measure) if row.status == DONE else None


def packed_scalars(scalars: Mapping[str, float]) -> str:
    """Measures as JSON that any reader accepts: null for NaN, 1e999 for infinity; floats keep every bit."""
    return "{" + ",".join(f"{json.dumps(name)}:{_number(scalars[name])}" for name in sorted(scalars)) + "}"


def unpacked_scalars(text: str) -> dict[str, float]:
    """The measures that `packed_scalars` packed."""
    stored: dict[str, float | None] = json.loads(text)
    return {name: math.nan if value is None else value for name, value in stored.items()}


def packed_curve(curve: NDArray[np.float32]) -> bytes:
    """Curve as little-endian float32, row by row."""
    return np.ascontiguousarray(curve, dtype="<f4").tobytes()


def unpacked_curve(blob: bytes, shape: str) -> NDArray[np.float32]:
    """The curve that `packed_curve` packed; `shape` reads days x columns."""
    days, columns = (int(part) for part in shape.split("x"))
    return np.frombuffer(blob, dtype="<f4").reshape(days, columns)


def shape_text(curve: NDArray[np.float32]) -> str:
    """Shape of a curve as it is stored."""
    days, columns = curve.shape if curve.ndim == 2 else (0, 0)
    return f"{days}x{columns}"


def checksum_of(results: Sequence[object], circumstances: Sequence[object]) -> str:
    """Checksum of a stored run: of its results, which hang on study and number alone, then of both, 64 digits in all.

    Args:
        results: Design point, replicate, status, measures, shape and checksum of the curve, and error, as stored.
        circumstances: Attempts, seconds, worker, time and traceback, as stored.
    """
    first = digest(*results)
    return first + digest(first, *circumstances)


def digest(*parts: object) -> str:
    """Checksum of parts in their order, 128 bits in hexadecimal."""
    plain = [part if isinstance(part, bytes) else str(part).encode(errors="surrogateescape") for part in parts]
    return framed_hash(plain)


def _number(value: float) -> str:
    value = float(value)
    if math.isnan(value):
        return "null"
    if math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    return repr(value)
