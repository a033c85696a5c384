"""One long piece of work in a thread, with progress that can be watched and a stop that can be asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desertion.app.work.failure import told
from desertion.app.work.shown import Shown


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
        waits_for: What it waits for, one sentence.
    """

    state: str = "idle"
    done: int = 0
    parts: int = 0
    left: float = float("inf")
    result: Any = None
    problem: str = ""
    waits_for: str = ""

    @property
    def busy(self) -> bool:
        """Whether it goes on."""
        return self.state in ("waiting", "working")


class Job:
    """One piece of work at a time; a new one stops the old.

    Attributes:
        state: Where it stands, as the page looks at it.
    """

    def __init__(self) -> None:
        self._shown = Shown(State())
        self.state = self._shown.seen
        self._stop = threading.Event()

    def start(self, work: Callable[[Tell, threading.Event], object]) -> None:
        """Begin.

        Args:
            work: Called in a thread with a function that tells progress and an event that is set when it should stop;
                what it returns is the result. It may raise `CancelledError`.
        """
        self._stop.set()
        stop = self._stop = threading.Event()

        def tell(**changes: Any) -> None:
            self._shown.tell(stop, lambda latest: State(**{"result": latest.result, **changes}))

        def run() -> None:
            try:
                result = work(tell, stop)
            except CancelledError:
                tell(state="cancelled")
            except Exception as problem:
                tell(state="failed", problem=told(problem, "the work"))
            else:
                tell(state="done", result=result)

        self._shown.hear(stop, lambda latest: State("waiting", result=latest.result))
        threading.Thread(target=run, name="desertion-job", daemon=True).start()

    def cancel(self) -> None:
        """Ask the work to stop; it does so after the part under way. Of work that failed no more is told."""
        self._stop.set()
        self._shown.hear(
            self, lambda latest: State("cancelled", result=latest.result) if latest.busy or latest.problem else latest
        )

    def close(self) -> None:
        """Stop for good."""
        self._stop.set()


type Tell = Callable[..., None]
