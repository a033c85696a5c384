"""One run that is played, paused and stepped in a thread of its own, and what it looks like now."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desertion.app.work.events import Event
from desertion.app.work.failure import told
from desertion.app.work.warm import WARM

if TYPE_CHECKING:
    from desertion.app.work.sample import Sample
    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel

REFRESH = 0.35
"""Seconds between two snapshots that a playing run shows of itself."""

FASTEST = 1_000.0
"""Days a second that stand for as fast as it goes."""

_LONGEST_COMPILING = 300.0


@dataclass(frozen=True)
class Snapshot:
    """What there is to see of a run at one moment.

    Attributes:
        state: building, ready, playing, done or failed.
        day: Days run.
        days: Horizon.
        daily: (day + 1, forces, columns) : the record so far.
        hosts: (day + 1, hosts, forces, columns) : same, of the hosts.
        usual: As `daily`, of the same people without the policies to the last day; None where that was not asked for.
        usual_hosts: As `hosts`, of the same.
        letters: Group of everybody in the picture, by force.
        events: The log so far.
        problem: Why it failed, one sentence.
        speed: Days a second, measured while playing.
    """

    state: str = "building"
    day: int = 0
    days: int = 0
    daily: NDArray[np.float64] | None = None
    hosts: NDArray[np.float64] | None = None
    usual: NDArray[np.float64] | None = None
    usual_hosts: NDArray[np.float64] | None = None
    letters: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    problem: str = ""
    speed: float = 0.0


@dataclass
class _Orders:
    """What the visitor wants; guarded by the condition."""

    steps: int = 0
    playing: bool = False
    closed: bool = False
    rate: float = 20.0
    changed: threading.Condition = field(default_factory=threading.Condition)


class Live:
    """One run in a thread.

    Args:
        scenario: What to run.
        seed: Where all chance comes from.
        show: Called with a new snapshot, from the run's thread.
        usual: The scenario without the policies, lived through before it on the same people; None for nothing.
    """

    def __init__(
        self, scenario: Scenario, seed: int, show: Callable[[Snapshot], None], usual: Scenario | None = None
    ) -> None:
        self.scenario = scenario
        self.seed = seed
        self.samples: tuple[Sample, ...] = ()
        self.model: DesertionModel | None = None
        self._show = show
        self._usual_scenario = usual
        self._orders = _Orders()
        self._snapshot = Snapshot(days=scenario.days)
        self._thread = threading.Thread(target=self._live, name="desertion-live", daemon=True)
        self._thread.start()

    @property
    def snapshot(self) -> Snapshot:
        """The latest snapshot."""
        return self._snapshot

    def play(self) -> None:
        """Go on day by day until paused."""
        self._order(playing=True)

    def pause(self) -> None:
        """Stop after the day under way."""
        self._order(playing=False, steps=0)

    def step(self, days: int = 1) -> None:
        """Run some days and stop."""
        self._order(playing=False, steps=days)

    def set_rate(self, days_a_second: float) -> None:
        """Play at this speed, as far as the machine can."""
        self._order(rate=days_a_second)

    def close(self) -> None:
        """End the thread after the day under way; nothing is shown any more."""
        self._order(closed=True)

    def _order(self, **wanted: object) -> None:
        with self._orders.changed:
            for name, value in wanted.items():
                setattr(self._orders, name, value)
            self._orders.changed.notify_all()

    def _live(self) -> None:
        try:
            self._build()
            while self._wait():
                self._run()
        except Exception as problem:
            self._tell(state="failed", problem=told(problem, "the run"))

    def _build(self) -> None:
        from desertion.app.work.events import Watch
        from desertion.app.work.sample import sample
        from desertion.simulation.model import DesertionModel

        self._tell()
        # Two first runs at once would compile the same code twice.
        WARM.wait(_LONGEST_COMPILING)
        model = DesertionModel(self.scenario, rng=self.seed)
        self.samples = tuple(sample(model.world, force) for force in range(len(self.scenario.forces)))
        self._watch = Watch(model)
        usual, usual_hosts = (None, None) if self._usual_scenario is None else self._before(self._usual_scenario)
        self.model = model
        self._snapshot = replace(
            self._snapshot,
            days=model.sized.days,
            usual=usual,
            usual_hosts=usual_hosts,
        )
        self._publish("ready")

    def _before(self, scenario: Scenario) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The records of a run and of its hosts to its last day, or to the day on which nobody waits for it any more."""
        from desertion.simulation.model import DesertionModel

        model = DesertionModel(scenario, rng=self.seed)
        while model.running and not self._orders.closed:
            model.step()
        upto = model.day + 1
        return model.world.daily[:upto].copy(), model.world.hostly[:upto].copy()

    def _wait(self) -> bool:
        """Wait for something to do; whether there is any."""
        with self._orders.changed:
            while not (self._orders.closed or self._orders.playing or self._orders.steps):
                self._orders.changed.wait()
            return not self._orders.closed

    def _run(self) -> None:
        """Run until paused, closed or done; show a snapshot now and then."""
        model = self._model()
        shown = began = time.monotonic()
        first, rate = model.day, self._orders.rate
        if not self._orders.steps:
            self._publish("playing")
        while self._more(model):
            if rate != self._orders.rate:
                # Days played at another speed are neither arrears nor a lead at this one.
                shown = began = time.monotonic()
                first, rate = model.day, self._orders.rate
            model.step()
            self._snapshot = replace(self._snapshot, events=(*self._snapshot.events, *self._watch.look()))
            now = time.monotonic()
            if now - shown >= REFRESH:
                speed = (model.day - first) / (now - began)
                self._publish("playing", speed)
                shown = time.monotonic()
            self._pace(began, model.day - first)
        self._publish("ready" if model.running else "done", self._snapshot.speed)

    def _more(self, model: DesertionModel) -> bool:
        with self._orders.changed:
            orders = self._orders
            if not model.running:
                orders.playing, orders.steps = False, 0
            if orders.closed or not (orders.playing or orders.steps):
                return False
            orders.steps = max(0, orders.steps - 1)
            return True

    def _pace(self, began: float, days: int) -> None:
        with self._orders.changed:
            if self._orders.playing and self._orders.rate < FASTEST:
                ahead = days / self._orders.rate - (time.monotonic() - began)
                if ahead > 0.0:
                    self._orders.changed.wait(min(ahead, 0.5))

    def _publish(self, state: str, speed: float = 0.0) -> None:
        model = self._model()
        world, upto = model.world, model.day + 1
        self._snapshot = replace(
            self._snapshot,
            state=state,
            day=model.day,
            daily=world.daily[:upto].copy(),
            hosts=world.hostly[:upto].copy(),
            letters=tuple(sample.letters(world.status) for sample in self.samples),
            speed=speed,
        )
        self._tell()

    def _tell(self, **changes: object) -> None:
        self._snapshot = replace(self._snapshot, **changes)  # type: ignore[arg-type]
        if not self._orders.closed:
            self._show(self._snapshot)

    def _model(self) -> DesertionModel:
        assert self.model is not None
        return self.model
