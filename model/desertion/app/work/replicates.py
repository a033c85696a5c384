"""Runs that the policy simulator asks for: shared by all visitors, in a few threads, dropped as soon as nobody waits for them."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desertion.app.request.choice import people_of
from desertion.app.request.mix import Mix
from desertion.app.work.warm import WARM
from desertion.errors import InputError
from desertion.simulation.record.tables import DAILY_COLUMNS
from desertion.simulation.world.codes import ROUTES
from desertion.simulation.world.fields import HOST_EXTRA

if TYPE_CHECKING:
    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.society.society import Society

MOST_KEPT = 1_000
"""Runs that are remembered, the latest asked for; each takes some 25 kB."""

WORKERS = 2
"""Threads that run. Kernels release the interpreter's lock, so two runs do go on side by side."""

MOST_PEOPLE = 600_000
"""Simulated persons of all societies that are remembered; each takes about 0.2 kB."""

STAYED = 0
"""Route of a person who never left; a route's code is its number in `ROUTES` plus one."""

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """What is remembered of one run of the first force, in simulated persons.

    Attributes:
        left: (days + 1) : people who have left by the end of each day; day 0 is the start.
        end: (columns) : the daily record of the last day, see `DAILY_COLUMNS`.
        hosts: (hosts, columns) : the record of the hosts on the last day, all forces, see `HOST_EXTRA`.
        sums: (columns) : the record of the hosts over all days and hosts.
        waiting: Most cases that waited at once.
        routes: (persons) : way by which each person first left, `STAYED` for those who never did.
    """

    left: Floats
    end: Floats
    hosts: Floats
    sums: Floats
    waiting: float
    routes: NDArray[np.uint8]


@dataclass(frozen=True)
class Wanted:
    """One run that is asked for: equal ones give the same bits.

    Attributes:
        mix: Sliders and inputs.
        replicate: Number of the replicate: the same number means the same people and fates under every mix.
    """

    mix: Mix
    replicate: int


class StoppedError(Exception):
    """Nobody waits for this run any more."""


class Societies:
    """People built once for all mixes, the latest asked for, up to a number of persons.

    What holds under the lock: `_persons` is the number of persons in `_known`. A society is never changed by a run, which takes copies,
    so that two threads may start from the same one.

    Args:
        most: Persons that are remembered.
    """

    def __init__(self, most: int = MOST_PEOPLE) -> None:
        self._lock = threading.Lock()
        self._most = most
        self._persons = 0
        self._known: OrderedDict[Wanted, tuple[Society, int]] = OrderedDict()

    def of(self, wanted: Wanted, scenario: Scenario, seed: int) -> Society:
        """The people of a replicate, the same under every mix and every strength of contagion."""
        from desertion.simulation.society.society import Society

        key = Wanted(replace(wanted.mix.status_quo.with_shipped_contagion, days=0), wanted.replicate)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key][0]
        society, persons = Society(scenario, seed), people_of(scenario)
        with self._lock:
            if key not in self._known and persons <= self._most:
                self._known[key] = society, persons
                self._persons += persons
                while self._persons > self._most:
                    self._persons -= self._known.popitem(last=False)[1][1]
        return society


def run(wanted: Wanted, go_on: Callable[[], bool] = lambda: True) -> Run:
    """Run a replicate from its first day to its last.

    Args:
        wanted: Which.
        go_on: Asked every day; once it says no the run stops.

    Raises:
        InputError: If the scenario refuses a policy or a setting.
        StoppedError: If it was stopped.
    """
    from desertion.rules.draws import replicate_seed
    from desertion.simulation.model import DesertionModel

    scenario, seed = wanted.mix.scenario_now(), int(replicate_seed(wanted.mix.seed, wanted.replicate))
    model = DesertionModel(scenario, rng=seed, society=SOCIETIES.of(wanted, scenario, seed))
    while model.running:
        if not go_on():
            raise StoppedError
        model.step()
    return record_of(model)


def record_of(model: DesertionModel) -> Run:
    """What is remembered of a run that has ended."""
    world, days = model.world, model.day + 1
    daily, hosts = world.daily[:days, 0], world.hostly[:days]
    own = world.force_of == 0
    gone = world.left_day[own] >= 0
    loads = hosts[:, :, :, _WAITING].sum(axis=(1, 2)) if hosts.size else np.zeros(1)
    return Run(
        left=np.array(daily[:, _LEFT], dtype=np.float64),
        end=np.array(daily[-1], dtype=np.float64),
        hosts=np.array(hosts[-1].sum(axis=1), dtype=np.float64),
        sums=np.array(hosts.sum(axis=(0, 1, 2)), dtype=np.float64),
        waiting=float(loads.max()),
        routes=np.where(gone, world.left_route[own] + 1, STAYED).astype(np.uint8),
    )


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
            for each in move.wanted:
                waiting = self._waiting.get(each)
                if waiting is not None:
                    waiting.discard(move)
                    if not waiting:
                        del self._waiting[each]

    def known(self, wanted: Sequence[Wanted]) -> list[Run | None]:
        """Runs that are remembered, None for others."""
        with self._changed:
            for each in wanted:
                if each in self._known:
                    self._known.move_to_end(each)
            return [self._known.get(each) for each in wanted]

    @property
    def open_runs(self) -> int:
        """Runs that somebody waits for."""
        with self._changed:
            return len(self._waiting)

    def _work(self) -> None:
        # Several first runs at once would compile the same code several times.
        WARM.wait()
        for wanted in self._orders():
            try:
                result: Run | str = run(wanted, lambda: wanted in self._waiting)  # noqa: B023 - used before the next one
            except StoppedError:
                result = ""
            except InputError as problem:
                result = str(problem)
            except MemoryError:
                result = "there is not enough memory for this run; choose a smaller scale"
            except Exception as problem:
                import traceback

                # What exactly went wrong is for whoever runs the server, not for the visitor.
                traceback.print_exc()
                result = f"the run broke off ({type(problem).__name__}); the server's log says where"
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
                while len(self._known) > self._kept:
                    self._known.popitem(last=False)
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


SOCIETIES = Societies()
"""People of the server's simulator."""

_LEFT = DAILY_COLUMNS.index("left")
_WAITING = HOST_EXTRA.index("waiting")
NAMES = ("stayed", *ROUTES)
"""Names of the codes in `Run.routes`."""
