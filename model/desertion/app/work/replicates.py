"""Runs that the policy simulator asks for: shared by all visitors, in a few threads, dropped as soon as nobody waits for them."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

from desertion.app.work.failure import told
from desertion.app.work.run import Run, StoppedError, Wanted, run
from desertion.app.work.warm import WARM

MOST_KEPT = 1_000
"""Runs that are remembered, the latest asked for, and more only while open moves count on them; each takes some 25 kB."""

_LOOSE = 1_000
"""Orders of nobody that may stand in the queue before it is tidied."""

WORKERS = 2
"""Threads that run. Kernels release the interpreter's lock, so two runs do go on side by side."""


class Move:
    """What one visitor waits for. Closing it drops all of it that nobody else waits for.

    Args:
        pool: Where it is run.
        wanted: The runs, the first needed first.
        heard: Called, from any thread, when there is something new.
    """

    def __init__(self, pool: Replicates, wanted: Sequence[Wanted], heard: Callable[[], object]) -> None:
        self.wanted = tuple(wanted)
        self.heard = heard
        self.problem = ""
        self._pool = pool

    def runs(self) -> list[Run | None]:
        """The runs in the order asked for, None for what is not there yet."""
        return self._pool.known(self.wanted)

    def close(self) -> None:
        """Wait for nothing any more."""
        self._pool.drop(self)

    def __enter__(self) -> Move:
        """Go on waiting."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for nothing any more."""
        self.close()


class Replicates:
    """All runs of the server's simulator.

    What holds under the lock: a run is in `_waiting` exactly while some open move lacks it, and only such runs are begun or gone
    on with. Without that, a visitor who drags a slider would leave a queue of runs behind him that nobody looks at. What a run
    gives depends on nothing but `Wanted`, so that visitors may share it without seeing each other.

    Args:
        workers: Threads.
        kept: Runs that are remembered.
    """

    def __init__(self, workers: int = WORKERS, kept: int = MOST_KEPT) -> None:
        self._changed = threading.Condition()
        self._kept = kept
        self._known: OrderedDict[Wanted, Run] = OrderedDict()
        self._moves: set[Move] = set()
        self._waiting: dict[Wanted, set[Move]] = {}
        self._running: set[Wanted] = set()
        self._queue: list[tuple[int, int, Wanted]] = []
        self._ticket = itertools.count()
        self._threads = [
            threading.Thread(target=self._work, name="desertion-simulator", daemon=True) for _ in range(workers)
        ]
        self._begun = False

    def ask(self, wanted: Sequence[Wanted], heard: Callable[[], object] = lambda: None) -> Move:
        """Begin to wait for runs.

        Args:
            wanted: The runs, the first needed first.
            heard: Called, from any thread, when there is something new.
        """
        move = Move(self, wanted, heard)
        with self._changed:
            if not self._begun:
                self._begun = True
                for thread in self._threads:
                    thread.start()
            self._moves.add(move)
            for place, each in enumerate(wanted):
                if each not in self._known:
                    # Everybody's first runs come before anybody's later ones.
                    self._waiting.setdefault(each, set()).add(move)
                    heapq.heappush(self._queue, (place, next(self._ticket), each))
            self._changed.notify_all()
        return move

    def drop(self, move: Move) -> None:
        """End a move."""
        with self._changed:
            self._moves.discard(move)
            for each in move.wanted:
                waiting = self._waiting.get(each)
                if waiting is not None:
                    waiting.discard(move)
                    if not waiting:
                        del self._waiting[each]
            self._tidy()

    def _tidy(self) -> None:
        """Take out of the queue what nobody waits for, and what stands in it twice, once that is most of it.

        First runs come before all others: while visitors keep coming, what is left behind by those who went would never be reached.
        """
        if len(self._queue) > 2 * len(self._waiting) + _LOOSE:
            first: dict[Wanted, tuple[int, int, Wanted]] = {}
            for order in sorted(self._queue):
                if order[2] in self._waiting:
                    first.setdefault(order[2], order)
            self._queue[:] = first.values()

    def known(self, wanted: Sequence[Wanted]) -> list[Run | None]:
        """Runs that are remembered, None for others."""
        with self._changed:
            for each in wanted:
                if each in self._known:
                    self._known.move_to_end(each)
            return [self._known.get(each) for each in wanted]

    def _work(self) -> None:
        # Several first runs at once would compile the same code several times.
        WARM.wait()
        for wanted in self._orders():
            try:
                result: Run | str = run(wanted, lambda: wanted in self._waiting)  # noqa: B023 - used before the next one
            except StoppedError:
                result = ""
            except Exception as problem:
                result = told(problem, "the run")
            self._end(wanted, result)

    def _orders(self) -> Iterator[Wanted]:
        """The next run that somebody waits for and nobody does, again and again."""
        while True:
            with self._changed:
                while not self._queue:
                    self._changed.wait()
                _, _, wanted = heapq.heappop(self._queue)
                if wanted not in self._waiting or wanted in self._running:
                    continue
                self._running.add(wanted)
            yield wanted

    def _end(self, wanted: Wanted, result: Run | str) -> None:
        with self._changed:
            self._running.discard(wanted)
            if isinstance(result, Run):
                self._known[wanted] = result
                self._forget()
            if isinstance(result, Run) or result:
                moves = self._waiting.pop(wanted, set())
            else:
                # Stopped, but somebody has come to want it since: it goes back into the queue.
                moves = set()
                if wanted in self._waiting:
                    heapq.heappush(self._queue, (0, next(self._ticket), wanted))
                    self._changed.notify_all()
        for move in moves:
            if isinstance(result, str):
                move.problem = result
            move.heard()

    def _forget(self) -> None:
        """Forget what is beyond the runs that are kept, the longest not asked for first."""
        if (over := len(self._known) - self._kept) > 0:
            needed = {each for move in self._moves for each in move.wanted}
            for each in list(itertools.islice((known for known in self._known if known not in needed), over)):
                del self._known[each]
