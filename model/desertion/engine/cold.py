"""Says once that the model is being compiled, to whoever wants to hear it."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[str], None]] = []


def listen(say: Callable[[str], None]) -> None:
    """Have `say` told, once, when a first run on this machine has to compile the model."""
    _listeners.append(say)


def tell_if_cold() -> None:
    """Tell the listeners if no compiled code is at hand yet."""
    from desertion.engine.compile import is_cold

    if _listeners and is_cold():
        for say in _listeners:
            say("compiling the model for this machine: a minute or two, once")
    _listeners.clear()
