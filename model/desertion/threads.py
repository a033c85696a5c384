"""Work on ranges of rows, on one thread or several."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any


def edges_of(n: int, threads: int) -> list[int]:
    """Where the parts of the rows 0..n-1 begin, one a thread, and where the last ends."""
    return [n * k // threads for k in range(threads + 1)]


def spread(work: Any, core: Any, n: int, threads: int, *more: Any) -> None:
    """Let each thread do its part of the rows 0..n-1: `work(core, first, last, *more)`.

    Args:
        work: A kernel that touches only its own rows.
        core: The world for kernels.
        n: How many rows there are.
        threads: How many threads share them.
        *more: What else the kernel takes.
    """
    if threads == 1:
        work(core, 0, n, *more)
        return
    edges = edges_of(n, threads)
    with ThreadPoolExecutor(threads) as pool:
        for part in [pool.submit(work, core, edges[k], edges[k + 1], *more) for k in range(threads)]:
            part.result()
