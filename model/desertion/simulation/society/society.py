"""Society: the people of a scenario and a seed, built once, from which runs under any policy start."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from desertion.engine.pointer import core_of
from desertion.errors import InputError
from desertion.parameters import Behaviour, Force, Host
from desertion.parameters.arguments import SEED, THREADS, ruled
from desertion.scenario import Scenario
from desertion.scenario.levers import levers
from desertion.simulation.society.build import found, open_run
from desertion.simulation.society.empty import lever_arrays
from desertion.simulation.society.plan import SocietyPlan
from desertion.simulation.society.records import numbers_of
from desertion.simulation.world.fields import VIEWS, World, world_of
from desertion.simulation.world.rows import lined_up

_READ_OF_BEHAVIOUR = frozenset(
    ("frailty_own", "frailty_unit", "frailty_community", "threshold_mean", "threshold_spread")
)
_UNREAD = (
    "name", "title", "summary", "sources", "remarks", "days", "scale", "asylum", "asylum_status_quo", "dial", "stop", "changes", "overlays",
)  # fmt: skip
_ROWS = frozenset(("person_rows", "tie_rows"))  # which begin where a line of the cache begins
_SHARED = frozenset(("tie_start", "tie_to"))  # a run reads them only, so all runs may read the same


class Society:
    """People, units, communities and ties on the morning of day 0, whatever the policy.

    Building reads `inputs`, the scenario with every number blanked that it has no business with, and nothing else: what differs between two scenarios
    and cannot be seen there cannot change people, and what can be seen there is refused. A number that building came to read though it is blanked
    would turn people into no numbers, which every test of a history would notice.

    Attributes:
        inputs: What building read of the scenario.
        seed: The seed of people and fates.
        has_clocks: Whether clocks live in the world (compiled form).
    """

    @ruled(seed=SEED, threads=THREADS)
    def __init__(
        self, scenario: Scenario | str | Path, seed: int, *, has_clocks: bool = True, threads: int = 1
    ) -> None:
        """Build the people.

        Args:
            scenario: A scenario, with or without policies, or its name or path.
            seed: The runs' seed, in [0, 2**63).
            has_clocks: True for the compiled form, False for Mesa agents.
            threads: Threads that draw; they change no number.
        """
        self.inputs = inputs_of(Scenario.load(scenario).sized())
        self.seed, self.has_clocks = seed, has_clocks
        self._graph = _digest(self.inputs.graph)
        self._plan = SocietyPlan(self.inputs)
        blank = lever_arrays(self._plan, self.inputs, seed, has_clocks, events=())
        before = {name: part.tobytes() for name, part in blank.items() if isinstance(part, np.ndarray)}
        world = found(self._plan, blank, has_clocks, threads)._asdict()
        # Of people, units and communities all arrays; of those that hold levers the ones into which building has written.
        self._parts: dict[str, Any] = {
            name: part
            for name, part in world.items()
            if name not in VIEWS and (name not in blank or (name in before and part.tobytes() != before[name]))
        }

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its arrays take, until a run that was told to be the last has had them."""
        return sum(part.nbytes for part in self._parts.values() if isinstance(part, np.ndarray))

    @ruled()
    def world(self, scenario: Scenario | str | Path, *, last: bool = False) -> tuple[World, Any]:
        """The world of a scenario at the start of day 0, with these people, and the same for kernels.

        Args:
            scenario: A scenario, sized or not, or its name or path, that differs by nothing that building reads: by policies, dates, the dial, behaviour without frailty, the horizon.
            last: Whether the society will not be asked again: the run then has its arrays and no copies.

        Raises:
            InputError: If the scenario would have other people.
        """
        scenario = _sized(scenario)
        self._check(scenario)
        parts = lever_arrays(self._plan, scenario, self.seed, self.has_clocks, events=scenario.timeline())
        for name, part in self._parts.items():
            if not last and name not in _SHARED:
                parts[name] = lined_up(part) if name in _ROWS else part.copy()
            else:
                parts[name] = part
        world = world_of(parts)
        core = core_of(world)
        open_run(core, len(scenario.forces))
        return world, core

    @ruled(seed=SEED)
    def fits(self, scenario: Scenario | str | Path, seed: int, *, has_clocks: bool) -> bool:
        """Whether building the people of a scenario, sized or not, anew would give these."""
        return (seed, has_clocks) == (self.seed, self.has_clocks) and self._same(inputs_of(_sized(scenario)))

    def _same(self, inputs: Scenario) -> bool:
        return next(_differences(inputs, self.inputs), None) is None and _digest(inputs.graph) == self._graph

    def _check(self, scenario: Scenario) -> None:
        wanted = inputs_of(scenario)
        if self._same(wanted):
            return
        where, new, old = next(_differences(wanted, self.inputs), ("graph", "the file", "the file"))
        raise InputError(
            f"society: {where} = {new!r} makes other people than these, who were built with {old!r}; build a society for it, or give none"
        )


def _sized(scenario: Scenario | str | Path) -> Scenario:
    """A scenario at its scale; one that is sized as it is."""
    given = Scenario.load(scenario)
    return given if given.at_scale else given.sized()


def inputs_of(sized: Scenario) -> Scenario:
    """What building people reads of a sized scenario: levers, and all that no person, unit or tie depends on, are blanked."""
    blank: dict[str, Any] = {
        name: type(sized).model_fields[name].get_default(call_default_factory=True) for name in _UNREAD
    }
    blank |= {"name": "society", "days": 1}
    b = sized.behaviour
    unread = [name for name in numbers_of(Behaviour) if name not in _READ_OF_BEHAVIOUR]
    # A fading has no meaning without a half-life; every other number that is read by mistake shows as no number.
    blank["behaviour"] = b.model_copy(
        update={name: math.inf if name.startswith("half_life") else math.nan for name in unread}
    )
    blank["forces"] = tuple(_without_levers(force, "forces") for force in sized.forces)
    blank["hosts"] = tuple(_without_levers(host, "hosts") for host in sized.hosts)
    blank["reference"] = {
        name: state.model_copy(update=dict.fromkeys(numbers_of(type(state)), math.nan))
        for name, state in sized.reference.items()
    }
    return sized.model_copy(update=blank)


def _without_levers[Row: (Force, Host)](row: Row, kind: Any) -> Row:
    return row.model_copy(update=dict.fromkeys(levers(kind), math.nan))


def _digest(graph: Any) -> str:
    """What stands in a file of ties; ties given as pairs are compared as they are."""
    return hashlib.sha256(Path(graph).read_bytes()).hexdigest() if isinstance(graph, str) else ""


def _differences(new: Any, old: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The inputs in which two scenarios differ: dotted path, value of the first, value of the second."""
    if isinstance(new, BaseModel) and type(new) is type(old):
        for name in type(new).model_fields:
            yield from _differences(getattr(new, name), getattr(old, name), f"{where}.{name}".lstrip("."))
    elif isinstance(new, tuple) and isinstance(old, tuple) and len(new) == len(old):
        for place, (a, b) in enumerate(zip(new, old, strict=True)):
            yield from _differences(a, b, f"{where}.{getattr(a, 'name', place)}")
    elif isinstance(new, Mapping) and isinstance(old, Mapping) and new.keys() == old.keys():
        for name in new:
            yield from _differences(new[name], old[name], f"{where}.{name}")
    elif new != old and not (_is_blank(new) and _is_blank(old)):
        yield where, new, old


def _is_blank(value: Any) -> bool:
    """Whether an input is blanked: no number, which is not equal to itself, nor after pickling the same object."""
    return isinstance(value, float) and math.isnan(value)
