"""Says once that the model is being compiled, to whoever wants to hear it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_listeners: list[Callable[[str], None]] = []


def listen(say: Callable[[str], None]) -> None:
    """Have `say` told, once, when a first run on this machine has to compile the model."""
    _listeners.append(say)


def tell_if_cold() -> None:
    """Tell the listeners if no compiled code is at hand yet."""
    from desertion.engine.compile import config

    if _listeners and not config.DISABLE_JIT and not Path(config.CACHE_DIR).is_dir():
        for say in _listeners:
            say("compiling the model for this machine: a minute or two, once")
    _listeners.clear()
