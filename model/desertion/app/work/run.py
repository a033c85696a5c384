"""One run of the policy simulator: how it is asked for, what is remembered of it, and the people that it starts from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desertion.app.request.mix import Mix
from desertion.simulation.record.tables import DAILY_COLUMNS
from desertion.simulation.world.codes import APPLICANT, ROUTES
from desertion.study.comparison.arm import STAYED

if TYPE_CHECKING:
    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.society.society import Society

MOST_BYTES = 250_000_000
"""Memory of all societies that are remembered, ten of the largest that is run unasked: a person with 6 ties takes about 0.2 kB, one with 200 takes 1.1."""

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """What is remembered of one run, of the first force where nothing else is said, in simulated persons.

    Attributes:
        left: (days + 1) : people who have left by the end of each day; day 0 is the start.
        end: (columns) : the daily record of the last day, see `DAILY_COLUMNS`.
        hosts: (hosts, columns) : the record of the hosts on the last day, see `HOST_EXTRA`.
        waiting: Most cases that waited at once, of all forces.
        cost: What all hosts spent, in EUR.
        due: Cases that wait on the last day though their least days are over.
        routes: (persons) : way by which each person first left, `STAYED` for those who never did.
    """

    left: Floats
    end: Floats
    hosts: Floats
    waiting: float
    cost: float
    due: float
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
    """People built once for all mixes, the latest asked for, as far as memory is set aside for them.

    What holds under the lock: `_bytes` is what those in `_known` take. A society is never changed by a run, which takes copies,
    so that two threads may start from the same one.

    Args:
        most: Bytes of what is remembered.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._most = most
        self._bytes = 0
        self._known: OrderedDict[Wanted, Society] = OrderedDict()

    def of(self, wanted: Wanted, scenario: Scenario, seed: int) -> Society:
        """The people of a replicate, the same under every mix and every strength of contagion."""
        from desertion.simulation.society.society import Society

        key = Wanted(replace(wanted.mix.status_quo.with_shipped_contagion, days=0), wanted.replicate)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        society = Society(scenario, seed)
        with self._lock:
            if key not in self._known and society.nbytes <= self._most:
                self._known[key] = society
                self._bytes += society.nbytes
                while self._bytes > self._most:
                    self._bytes -= self._known.popitem(last=False)[1].nbytes
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
    daily = world.daily[:days, 0]
    own = world.force_of == 0
    gone = world.left_day[own] >= 0
    waits = own & (world.status == APPLICANT)
    least = world.hosts["case_days"] + world.hosts["screening_days"]
    measures = model.measures()
    return Run(
        left=np.array(daily[:, _LEFT], dtype=np.float64),
        end=np.array(daily[-1], dtype=np.float64),
        hosts=np.array(world.hostly[days - 1, :, 0], dtype=np.float64),
        waiting=measures["peak_waiting"],
        cost=measures["cost_eur"],
        due=float(np.count_nonzero(world.since[waits] + least[world.host[waits]] < model.day)),
        routes=np.where(gone, world.left_route[own] + 1, STAYED).astype(np.uint8),
    )


SOCIETIES = Societies()
"""People of the server's simulator."""

_LEFT = DAILY_COLUMNS.index("left")
NAMES = ("stayed", *ROUTES)
"""Names of the codes in `Run.routes`."""
