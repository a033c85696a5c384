"""What is worth a line in the log of a run, events day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desertion.figures.labels import LONG, number, short
from desertion.scenario import course
from desertion.simulation.record.measures import first_squads
from desertion.simulation.record.tables import DAILY_COLUMNS
from desertion.simulation.world.codes import SURRENDER
from desertion.simulation.world.fields import HOST_EXTRA, World

if TYPE_CHECKING:
    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel

SHARES = (0.01, 0.05, 0.1, 0.25, 0.5)
"""Shares of a force's people gone that are worth a line."""

COLUMN = {name: place for place, name in enumerate(DAILY_COLUMNS)}
HOST_COLUMN = {name: place for place, name in enumerate(HOST_EXTRA)}
"""Where the columns stand in a run's record, by day and by host."""

_SMALLEST_SQUAD = 5
_BORDER = {0: "closes its border", 1: "lets people pass through only", 2: "opens its border"}


@dataclass(frozen=True)
class Event:
    """One line of the log.

    Attributes:
        day: The day at whose end it had happened.
        kind: What sort of event, one word, for marks.
        text: What happened.
        force: Number of the force that it happened to, -1 where a host did something.
    """

    day: int
    kind: str
    text: str
    force: int = -1


class Watch:
    """Looks at a model once a day and says what is new.

    Args:
        model: A fresh model.
    """

    def __init__(self, model: DesertionModel) -> None:
        self._model = model
        world, scenario = model.world, model.sized
        self._forces = [force.name for force in scenario.forces]
        self._hosts = [short(host.title or host.name) for host in scenario.hosts]
        self._seen: set[tuple[str, int]] = set()
        self._squad = first_squads(world)
        self._ban = np.asarray(world.ban_was).copy()
        self._planned = planned(scenario)

    def look(self) -> Iterator[Event]:
        """The events of the day that has just been run."""
        day = self._model.day
        yield from self._planned.get(day, ())
        for force in range(len(self._forces)):
            yield from self._of_force(force, day)
        for host in range(len(self._hosts)):
            yield from self._of_host(host, day)

    def _of_force(self, force: int, day: int) -> Iterator[Event]:
        world, name = self._model.world, self._forces[force]
        if world.ban_was[force] > 0.0 and self._ban[force] <= 0.0:
            yield Event(day, "ban", f"{name}: men liable to serve may no longer leave (exit ban)", force)
        self._ban[force] = world.ban_was[force]
        if world.collapsed[force] >= 0 and self._first("collapse", force):
            yield Event(day, "collapse", f"{name}: the force passes its breakpoint and collapses", force)
        if world.fallen[force] >= 0 and self._first("fall", force):
            yield Event(day, "fall", f"{name}: legitimacy is below its floor, the government falls", force)
        today = world.daily[day, force]
        gone = float(today[COLUMN["left"]]) / max(1.0, float(world.people[force]))
        for share in SHARES:
            if gone >= share and self._first(f"share {share}", force):
                yield Event(day, "share", f"{name}: {100.0 * share:.0f} % of all people have left", force)
        if today[COLUMN["new_surrender"]] > 0 and ("squad", force) not in self._seen:
            yield from self._surrendered_squad(force, day)

    def _surrendered_squad(self, force: int, day: int) -> Iterator[Event]:
        squad = whole_squad(self._model.world, self._squad, force)
        if squad >= 0 and self._first("squad", force):
            men = int(self._model.world.squad_founders[squad])
            yield Event(
                day,
                "squad",
                f"{self._forces[force]}: squad {squad} is the first of whose {men} men none is left and most surrendered",
                force,
            )

    def _of_host(self, host: int, day: int) -> Iterator[Event]:
        world, name = self._model.world, self._hosts[host]
        # A host that is full on the first day has no places at all at this size: no news.
        if world.full[host] and self._first("full", host) and day > 1:
            yield Event(day, "full", f"{name}: all places are taken")
        today = world.hostly[day, host]
        if today[:, HOST_COLUMN["at_border"]].sum() > 0 and self._first("border", host):
            yield Event(
                day,
                "border",
                f"{name}: the first people have to wait at the border, more arrive than can be dealt with",
            )
        if today[:, HOST_COLUMN["granted"]].sum() > 0 and self._first("granted", host):
            yield Event(day, "granted", f"{name}: the first case is decided with protection")

    def _first(self, kind: str, which: int) -> bool:
        """Whether this is the first time."""
        fresh = (kind, which) not in self._seen
        self._seen.add((kind, which))
        return fresh


def whole_squad(world: World, squad: NDArray[np.int64], force: int) -> int:
    """A squad of the force that is empty and most of whose men at the start surrendered, -1 if there is none.

    Args:
        world: The world.
        squad: (persons,) : the squad in which each soldier began, -1 for others.
        force: Number of the force.
    """
    founders = world.squad_founders
    surrendered = (squad >= 0) & (world.left_route == SURRENDER)
    count = np.bincount(squad[surrendered], minlength=len(founders))
    empty = (world.squad_n == 0) & (founders >= _SMALLEST_SQUAD)
    squads = np.flatnonzero(empty & (2 * count > founders) & (world.squad_force == force))
    return int(squads[0]) if len(squads) else -1


def planned(scenario: Scenario) -> dict[int, list[Event]]:
    """Events that the scenario's calendar holds, by the day at whose end they have happened."""
    events: dict[int, list[Event]] = {}

    def add(day: int, kind: str, text: str, force: int = -1) -> None:
        if 0 < day <= scenario.days:
            events.setdefault(day, []).append(Event(day, kind, text, force))

    for place, force in enumerate(scenario.forces):
        for wave in force.waves:
            when = (wave.date - scenario.start).days + 1
            real = wave.number / (scenario.scale if scenario.at_scale else 1.0)
            add(when, "wave", f"{force.name}: a call-up of {number(real, LONG)} begins", place)
    for day, kind, index, lever, value in scenario.timeline():
        if kind == "host" and lever == "border":
            host = scenario.hosts[index]
            add(
                day + 1, "frontier", f"{short(host.title or host.name)} {_BORDER.get(int(value), 'changes its border')}"
            )
    return events


def date_of(scenario: Scenario, day: int) -> str:
    """The date of a day, as in 3 Oct 2022."""
    date = course.date_of(scenario.start, day)
    return f"{date.day} {date:%b %Y}"
