"""Says that the model is being compiled, and how far that is, to whoever wants to hear it."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[str, int, int], None]] = []


def listen(say: Callable[[str, int, int], None]) -> None:
    """Have `say` told when a run on this machine has to compile the model: a sentence, how many functions are done, and of how many."""
    _listeners.append(say)


def tell(sentence: str, done: int, of: int) -> None:
    """Tell the listeners how far compiling is."""
    for say in _listeners:
        say(sentence, done, of)
