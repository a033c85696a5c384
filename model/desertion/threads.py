"""Work on ranges of rows, on one thread or several."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from desertion.core import core_of
from desertion.world import World


def edges_of(n: int, threads: int) -> list[int]:
    """Where the parts of the rows 0..n-1 begin, one a thread, and where the last ends."""
    return [n * k // threads for k in range(threads + 1)]


class Team:
    """Threads that share out rows.

    Each has its own references to the world's arrays: compiled code counts references whenever it takes an array from the world, and threads that
    count on the same counter wait for each other longer than they work (twice as slow as one thread, measured on two).

    Attributes:
        threads: How many there are.
    """

    def __init__(self, world: World, threads: int) -> None:
        self.threads = threads
        self._cores = [core_of(world) for _ in range(threads)]
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def spread(self, work: Any, n: int, own: Callable[[int], tuple[Any, ...]] = lambda _thread: ()) -> list[int]:
        """Let each thread do its part of the rows 0..n-1: `work(core, first, last, *own(thread))`.

        Args:
            work: A kernel that touches only its own rows.
            n: How many rows there are.
            own: What else the kernel takes, by number of the thread.

        Returns:
            Where the parts begin and end.
        """
        edges = edges_of(n, self.threads)
        if self._pool is None:
            work(self._cores[0], 0, n, *own(0))
            return edges
        parts = [self._pool.submit(work, core, edges[k], edges[k + 1], *own(k)) for k, core in enumerate(self._cores)]
        for part in parts:
            part.result()
        return edges
