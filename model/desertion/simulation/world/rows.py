"""Records of persons: fields that a kernel reads together lie in one line of the processor's cache, or in two with what ties told somebody.

A read from memory takes as long as a dozen from a line that is at hand. Kernels and plain code see arrays, one a field, as everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from desertion.simulation.world.codes import N_CLOCKS, N_ROUTES

Rows = NDArray[np.uint8]

LINE = 64  # bytes that the processor reads from memory together
PERSON = np.dtype(
    [
        ("target", np.int64, N_CLOCKS),
        ("community", np.int32),
        ("squad", np.int32),
        ("status", np.int8),
        ("kind", np.int8),
        ("trait", np.uint8),
        ("force_of", np.int8),
        ("room", np.int32),
    ],
    align=True,
)
TIED = np.dtype(
    [("tie_pressure", np.int32, N_ROUTES), ("tie_day", np.int32), ("n_ties", np.int32), ("is_touched", np.uint8)],
    align=True,
)
PERSON_FIELDS = PERSON.names or ()
TIED_FIELDS = TIED.names or ()
assert (PERSON.itemsize, TIED.itemsize) == (LINE, LINE // 2)


def lined_up(rows: Rows) -> Rows:
    """A copy of some rows of bytes that begins where a line of the processor's cache begins, so that no row lies in more lines than it must."""
    room = np.empty(rows.size + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    copy = room[first : first + rows.size].reshape(rows.shape)
    copy[:] = rows
    return copy


def empty_rows(n: int, kind: np.dtype[Any]) -> Rows:
    """Rows of zeros for records of a kind, which begin where a line begins; their memory is used only as far as they are written to."""
    room = np.zeros(n * kind.itemsize + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + n * kind.itemsize].reshape(n, kind.itemsize)
