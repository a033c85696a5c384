"""The model: a Mesa model whose day has the seven parts written in desertion.simulation.day.order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from mesa import Model
from mesa.datacollection import DataCollector

from desertion.engine import garbage as startup
from desertion.engine.pointer import core_of
from desertion.errors import InputError, input_error
from desertion.parameters.arguments import SEED, TABLE, THREADS, Kind
from desertion.scenario import Policy, Scenario
from desertion.scenario.settings import refuse_twice
from desertion.scenario.sizing import two_figures
from desertion.simulation.calendar import nobody_looks_on, put_on
from desertion.simulation.first_run import compile_first_run
from desertion.simulation.population.agents import Agents, check_kind
from desertion.simulation.population.crowd import Crowd
from desertion.simulation.population.institutions import Front, HomeState, HostState, News
from desertion.simulation.population.persons import Civilian, Person, PersonView, Reservist, Soldier
from desertion.simulation.population.protocol import Population, check_population
from desertion.simulation.record.measures import measures
from desertion.simulation.record.tables import daily_frame, hosts_frame, people_frame
from desertion.simulation.record.totals import Totals
from desertion.simulation.society.memory import check_memory
from desertion.simulation.society.society import Society

if TYPE_CHECKING:
    import pandas as pd

    from desertion.simulation.world.fields import World

AGENT_LIMIT = 200_000  # persons whom the compiled form shows as Mesa agents: above, they would take a gigabyte

_SOCIETY = Kind((Society,), "must be a Society, as in Society(scenario, seed)")


class DesertionModel(Model[Any, Any]):
    """One run of a scenario, day by day.

    Attributes:
        world: All state, as arrays.
        sized: The scenario as it runs: policies and dial worked in, counts multiplied by the scale.
        day: Days run so far.
        host_states: The hosts as Mesa agents, by name.
        home_states: The home states as Mesa agents, by name of the force.
        fronts: The fronts as Mesa agents, by name of the force.
        news: The news services as Mesa agents, by name of the force.
        datacollector: Mesa's collector: totals by day of a stepped run, which `run` goes on with (from the first day on it leaves it empty, since `daily` has all), or your own.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path = "toy",
        *,
        rng: int | np.integer[Any] | np.random.Generator | None = None,
        population: str = "compiled",
        threads: int = 1,
        policies: str | Path | Policy | Sequence[str | Path | Policy] = (),
        asylum: float | None = None,
        scale: float | None = None,
        days: int | None = None,
        settings: Mapping[str, Any] | None = None,
        society: Society | None = None,
        soldier: type[Person] | None = None,
        reservist: type[Person] | None = None,
        civilian: type[Person] | None = None,
        **dotted: Any,
    ) -> None:
        """Build the people and institutions of a scenario.

        Args:
            scenario: A scenario, the name of a shipped one, or a path.
            rng: Seed in [0, 2**63); the same seed gives the same people and fates under every policy. None takes one from the system.
            population: "compiled" (fast) or "mesa" (one Mesa agent a person).
            threads: Threads of the compiled form; they change no result.
            policies: Policies laid over the scenario.
            asylum: Position of the asylum dial.
            scale: Share of real size.
            days: Horizon.
            settings: Values of inputs by dotted key.
            society: People built before, for this scenario under any policy; the seed is theirs.
            soldier: Own class of soldiers (mesa form only).
            reservist: Own class of reservists (mesa form only).
            civilian: Own class of civilians (mesa form only).
            **dotted: More settings; a double underscore stands for the dot: `behaviour__form="none"`.

        Raises:
            InputError: If an input is wrong or the run would not fit into memory.
        """
        startup.over()
        check_population(population)
        self._threads = THREADS.checked("threads", threads)
        if society is not None:
            society = _SOCIETY.checked("society", society)
        self.seed_number = _seed(rng if society is None or rng is not None else society.seed)
        super().__init__(rng=self.seed_number)
        given = {} if settings is None else TABLE.checked("settings", settings)
        own = _dotted(dotted)
        refuse_twice(own, given)
        self._given = Scenario.load(scenario, policies, scale, asylum, days, {**given, **own})
        self.sized = self._given.sized()
        self.population_name = population
        self._agents_built = population == "mesa"
        check_memory(self.sized, population)
        compile_first_run()
        self.world, self.core = self._world(society, has_clocks=population == "compiled")
        self.day = 0
        self.population: Population = self._people(population, (soldier, reservist, civilian))
        self._totals = Totals(self.world)
        self.datacollector: DataCollector = self._totals
        self._collecting = True
        self._build_institutions()

    def _world(self, society: Society | None, *, has_clocks: bool) -> tuple[World, Any]:
        if society is None:
            own = Society(self.sized, self.seed_number, has_clocks=has_clocks, threads=self._threads)
            return own.world(self.sized, last=True)
        if self.seed_number != society.seed:
            raise input_error("rng", self.seed_number, f"is not {society.seed}, the seed of the society given")
        if has_clocks != society.has_clocks:
            raise input_error("population", self.population_name, "is not the form for which the society was built")
        return society.world(self.sized)

    def _people(self, population: str, own: tuple[type[Person] | None, ...]) -> Population:
        for kind, base in zip(own, (Soldier, Reservist, Civilian), strict=True):
            check_kind(kind, base)
        if population == "compiled":
            for kind in own:
                if kind is not None:
                    raise input_error(
                        "population",
                        population,
                        f"cannot run the class {kind.__name__}, whose rules are Python",
                        way_out='say population = "mesa"',
                    )
            return Crowd(self.world, self.core, self._threads)
        return Agents(self, (own[0] or Soldier, own[1] or Reservist, own[2] or Civilian))

    def _build_institutions(self) -> None:
        self.host_states = {host.name: HostState(self, h, host.name) for h, host in enumerate(self.sized.hosts)}
        names = [force.name for force in self.sized.forces]
        self.home_states = {name: HomeState(self, f, name) for f, name in enumerate(names)}
        self.fronts = {name: Front(self, f, name) for f, name in enumerate(names)}
        self.news = {name: News(self, f, name) for f, name in enumerate(names)}

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was given."""
        return self._given

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        # Mesa puts a scenario object of its own here; ours stands beside it and is set once.
        self._mesa_scenario = scenario

    @property
    def agents(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - Mesa's setter only refuses
        """All persons and institutions as Mesa agents; the compiled form builds them when they are first asked for.

        Raises:
            InputError: If there are too many persons to show each as an agent.
        """
        if not self._agents_built:
            n = self.sized.people
            if n > AGENT_LIMIT:
                raise InputError(
                    f"agents: {n} persons are too many to show each as a Mesa agent (at most {AGENT_LIMIT}); use model.people(), or a scale of "
                    f"{two_figures(self.sized.scale * AGENT_LIMIT / n):g} or less"
                )
            self._agents_built = True
            for row in range(n):
                PersonView(self, row)
        return self._all_agents

    @property
    def agent_types(self) -> list[type]:
        """Classes of all persons and institutions, see `agents`."""
        return list(self.agents_by_type)

    @property
    def agents_by_type(self) -> Any:
        """All persons and institutions by class, see `agents`."""
        _ = self.agents
        return super().agents_by_type

    def step(self) -> None:
        """Run one day, in the order of desertion.simulation.day.order; past the horizon nothing happens."""
        if self.day < self.sized.days and self.running:
            self._advance(1)
        if self._collecting or self.datacollector is not self._totals:
            self.datacollector.collect(self)

    def run(self) -> DesertionModel:
        """Run to the horizon or the stop rule; return the model.

        Mesa's own collector goes on where it was begun by stepping, and else stays empty.
        """
        self._collecting = self._totals.is_begun
        if self._may_run_through():
            days = self.sized.days - self.day
            self._advance(days)
            put_on(self, days)
            if self._collecting:
                self._totals.collect_passed(self, days)
        while self.running and self.day < self.sized.days:
            self.step()
        self._collecting = True
        return self

    def _advance(self, days: int) -> None:
        """Run so many days. A run that is cut off within a day stands at its last whole day and does not go on, since its people stand between two."""
        first, self.running = self.day, False
        try:
            self.population.advance(first, first + days)
        except BaseException:
            self.day = max(first, int(self.world.days_done[0]) - 1)
            raise
        self.day = first + days
        self.running = self.day < self.sized.days and not self._stopped()

    def _may_run_through(self) -> bool:
        """Whether the days left may run in one go: no rule to stop by, no persons' own code, nobody who looks on."""
        plain = self.sized.stop is None and self.population_name == "compiled" and self.datacollector is self._totals
        return plain and self.running and self.day < self.sized.days and nobody_looks_on(self, DesertionModel.step)

    def _stopped(self) -> bool:
        stop = self.sized.stop
        if stop is None:
            return False
        days = self.world.collapsed if stop.measure == "collapsed" else self.world.fallen
        names = [force.name for force in self.sized.forces]
        for name, day in zip(names, days.tolist(), strict=True):
            if stop.force in (None, name) and 0 <= day <= self.day - 1 - stop.days_after:
                return True
        return False

    @property
    def daily(self) -> pd.DataFrame:
        """One row per day and force, from day 0 (the start)."""
        return daily_frame(self.world, self.sized, self.day)

    @property
    def hosts(self) -> pd.DataFrame:
        """One row per day, host and force of origin."""
        return hosts_frame(self.world, self.sized, self.day)

    def people(self) -> pd.DataFrame:
        """One row per person."""
        return people_frame(self.world, self.sized)

    def measures(self) -> dict[str, float]:
        """What sums the run up, see record.measures."""
        return measures(self.world, self.sized, self.day)

    def __copy__(self) -> DesertionModel:
        # A shallow copy would share the people: two models that move the same ones never come to an end.
        return deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__) | {"core": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.core = core_of(self.world)
        self.population.reconnect(self.core)


def _seed(rng: Any) -> int:
    if rng is None:
        return int(np.random.default_rng().integers(SEED.high + 1))
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(SEED.high + 1))
    return SEED.checked("rng", rng)


def _dotted(settings: Mapping[str, Any]) -> dict[str, Any]:
    if "seed" in settings:
        way_out = f"write rng={settings['seed']!r}, as for every Mesa model"
        raise input_error("seed", settings["seed"], "is no argument of DesertionModel", way_out=way_out)
    return {key.replace("__", "."): value for key, value in settings.items()}
