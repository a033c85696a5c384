"""While a command starts, Python need not look for garbage: what it loads is there to stay."""

from __future__ import annotations

import gc

_GARBAGE_EVERY = (
    300_000  # objects; at Python's own 700 or 2,000 a short command spends a seventh of its time looking at its imports
)
_usual: list[tuple[int, int, int]] = []


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
