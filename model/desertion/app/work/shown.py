"""What a page shows of work that goes on in threads, of which one at a time is heard."""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable

from desertion.app.ui import solara


class Shown[T]:
    """Something on a page that threads tell.

    What holds: `_latest` is changed under the lock alone and by the present speaker alone; the page is told of it outside the lock, since telling
    draws the page, and is told again if it has been changed meanwhile. Otherwise a thread that is being replaced while it speaks would have the last word.

    Args:
        first: What is shown before anybody speaks.

    Attributes:
        seen: What the page looks at.
    """

    def __init__(self, first: T) -> None:
        self.seen = solara.reactive(first, equals=operator.is_)
        self._lock = threading.Lock()
        self._latest = first
        self._speaker: object = None

    def hear(self, speaker: object, say: Callable[[T], T]) -> None:
        """Listen to another speaker, and to nobody else from now on.

        Args:
            speaker: Who is heard.
            say: Makes what he says first of what was said last.
        """
        with self._lock:
            self._speaker, self._latest = speaker, say(self._latest)
        self._show()

    def tell(self, speaker: object, say: Callable[[T], T]) -> None:
        """Show what a speaker says, if he is the one who is heard; arguments as those of `hear`."""
        with self._lock:
            if speaker is not self._speaker:
                return
            self._latest = say(self._latest)
        self._show()

    def _show(self) -> None:
        shown = None
        while shown is not (latest := self._latest):
            self.seen.value = shown = latest
