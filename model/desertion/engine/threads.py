"""Work on ranges of rows, on one thread or several."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desertion.engine.compile import kernel
from desertion.engine.pointer import arrays_of

Array = NDArray[Any]

LISTED = 0  # where a kernel counts what it puts on its list
KEPT = 1  # and how many it leaves on a list that it sifts
FETCHED = 3  # keeps the compiler from leaving out reads whose only use is to be done early
FEW = 600  # rows that are done before another thread is awake
AHEAD = 256  # persons whose numbers fit into the processor's fast memory together


def edges_of(n: int, threads: int) -> list[int]:
    """Where the parts of the rows 0..n-1 begin, one a thread, and where the last ends."""
    return [n * k // threads for k in range(threads + 1)]


@kernel
def close_up(rows: Array, edges: Array, kept: Array) -> int:
    """Close the gaps that threads left in a list each of whose parts they closed up for themselves; the new length."""
    at = kept[0]
    for part in range(1, len(kept)):
        for m in range(kept[part]):
            rows[at] = rows[edges[part] + m]
            at += 1
    return at


class Team:
    """Threads that share out rows.

    Attributes:
        core: On whose rows they work.
        arrays: The same for plain code.
        threads: How many there are.
    """

    def __init__(self, core: Any, longest: int, threads: int = 1) -> None:
        """Wake the threads.

        Args:
            core: What kernels get first.
            longest: The most rows that a kernel may put on a list.
            threads: How many threads, the caller being one of them.
        """
        self.core, self.arrays, self.threads = core, arrays_of(core), threads
        self._pool = ThreadPoolExecutor(threads - 1) if threads > 1 else None  # the caller is one of them
        # Never written, never paid for: pages of these lists cost memory only as far as they are used.
        self._lists = [np.empty(longest, np.int64) for _ in range(threads)]
        self._found = [np.zeros(4, np.int64) for _ in range(threads)]

    @property
    def own_list(self) -> tuple[Array, Array]:
        """What a kernel that lists something gets on the calling thread: room for the list, and for its counts."""
        return self._lists[0], self._found[0]

    def spread(self, work: Any, n: int, *shared: Any, own: Callable[[int], tuple[Any, ...]] | None = None) -> list[int]:
        """Let each thread do its part of the rows 0..n-1: `work(core, first, last, *shared, *own(thread))`.

        Args:
            work: A kernel that touches only its own rows.
            n: How many rows there are.
            shared: What else the kernel takes.
            own: And what it takes that differs by number of the thread.

        Returns:
            Where the parts begin and end.
        """
        if self._pool is None or n < FEW:
            work(self.core, 0, n, *shared, *(own(0) if own else ()))
            return [0] + [n] * self.threads  # the others have found nothing
        edges = edges_of(n, self.threads)
        parts = [
            self._pool.submit(work, self.core, edges[k], edges[k + 1], *shared, *(own(k) if own else ()))
            for k in range(1, self.threads)
        ]
        work(self.core, 0, edges[1], *shared, *(own(0) if own else ()))
        for part in parts:
            part.result()
        return edges

    def gather(self, work: Any, n: int, *shared: Any) -> Array:
        """The same for a kernel that lists something: `work(core, first, last, *shared, list, counts)`, with its length in `counts[LISTED]`.

        Returns:
            What all threads have listed, in the order of their rows.
        """
        if self._pool is None or n < FEW:
            rows, found = self._lists[0], self._found[0]
            found[LISTED] = 0
            work(self.core, 0, n, *shared, rows, found)
            return rows[: found[LISTED]]
        for found in self._found:
            found[LISTED] = 0
        self.spread(work, n, *shared, own=lambda k: (self._lists[k], self._found[k]))
        parts = [rows[: found[LISTED]] for rows, found in zip(self._lists, self._found, strict=True)]
        return np.concatenate(parts)

    def alone(self, work: Any, *given: Any) -> Array:
        """What a kernel lists that works on the calling thread alone: `work(core, *given, list, counts)`."""
        rows, found = self.own_list
        found[LISTED] = 0
        work(self.core, *given, rows, found)
        return rows[: found[LISTED]]

    def sift(self, work: Any, rows: Array, n: int, *shared: Any) -> int:
        """The same for a kernel that takes some off the first n rows of a list and closes up its part: `work(core, first, last, *shared, counts)`.

        Returns:
            How many are left; their number in each part stands in `counts[KEPT]`.
        """
        if self._pool is None or n < FEW:
            work(self.core, 0, n, *shared, self._found[0])
            return int(self._found[0][KEPT])
        for found in self._found:
            found[KEPT] = 0
        edges = self.spread(work, n, *shared, own=lambda k: (self._found[k],))
        return close_up(rows, np.array(edges), np.array([found[KEPT] for found in self._found]))
