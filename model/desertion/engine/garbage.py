"""When Python looks for garbage: seldom while a command starts, and whenever finished models could hold much memory."""

from __future__ import annotations

import gc

_GARBAGE_EVERY = (
    300_000  # objects; at Python's own 700 or 2,000 a short command spends a seventh of its time looking at its imports
)
_MOST_HELD = 5e8  # bytes that finished models may hold before they are looked for: a look takes some ten milliseconds
_usual: list[tuple[int, int, int]] = []
_held = [0.0]
"""Bytes of all models since the last look, so that it is never less than what finished ones hold."""


def begin() -> None:
    """Look for garbage seldom from now on, until the first model is built."""
    if not _usual:
        _usual.append(gc.get_threshold())
        gc.set_threshold(_GARBAGE_EVERY, *_usual[0][1:])


def over() -> None:
    """Look as often as usual again, but never at what has been loaded so far.

    Models are garbage that only this finds, with arrays whose size it does not count: hundreds of them would stay in memory.
    """
    if _usual:
        gc.set_threshold(*_usual.pop())
        gc.freeze()


def make_room(size: float) -> None:
    """Look for finished models before one of so many bytes is built, if those since the last look could hold too much beside it.

    Python counts objects and not their size: a worker that ran 1.4 to 2.8 million people at a time was seen to hold 11.5 GiB.
    """
    if _held[0] + size > _MOST_HELD:
        look()
    _held[0] += size


def look() -> None:
    """Free whatever is garbage now."""
    gc.collect()
    _held[0] = 0.0
