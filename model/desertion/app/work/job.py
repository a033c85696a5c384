"""One long piece of work in a thread, with progress that can be watched and a stop that can be asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desertion.app.ui import solara
from desertion.app.work.failure import told


class CancelledError(Exception):
    """The visitor asked the work to stop."""


@dataclass(frozen=True)
class State:
    """Where a job stands.

    Attributes:
        state: idle, waiting, working, done, cancelled or failed.
        done: Parts done.
        parts: Parts in all.
        left: Seconds that remain, infinite where unknown.
        result: What came out; while it goes on, or after it failed, what the work before gave.
        problem: Why it failed, one sentence.
    """

    state: str = "idle"
    done: int = 0
    parts: int = 0
    left: float = float("inf")
    result: Any = None
    problem: str = ""

    @property
    def busy(self) -> bool:
        """Whether it goes on."""
        return self.state in ("waiting", "working")


class Job:
    """One piece of work at a time; a new one stops the old."""

    def __init__(self) -> None:
        self.state = solara.reactive(State())
        self._stop = threading.Event()

    def start(self, work: Callable[[Tell, threading.Event], object]) -> None:
        """Begin.

        Args:
            work: Called in a thread with a function that tells progress and an event that is set when it should stop;
                what it returns is the result. It may raise `CancelledError`.
        """
        self.cancel()
        stop = self._stop = threading.Event()

        def tell(**changes: Any) -> None:
            # Of a job that was stopped nothing more is heard.
            if self._stop is stop:
                self.state.value = State(**{"result": self.state.peek().result, **changes})

        def run() -> None:
            try:
                result = work(tell, stop)
            except CancelledError:
                tell(state="cancelled")
            except Exception as problem:
                tell(state="failed", problem=told(problem, "the work"))
            else:
                tell(state="done", result=result)

        tell(state="waiting")
        threading.Thread(target=run, name="desertion-job", daemon=True).start()

    def cancel(self) -> None:
        """Ask the work to stop; it does so after the part under way. Of work that failed no more is told."""
        self._stop.set()
        if self.state.peek().busy or self.state.peek().problem:
            self.state.value = State(state="cancelled", result=self.state.peek().result)
            self._stop = threading.Event()

    def close(self) -> None:
        """Stop for good."""
        self._stop.set()


type Tell = Callable[..., None]
