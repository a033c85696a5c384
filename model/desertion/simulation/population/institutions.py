"""Institutions as Mesa agents: views on their rows of the world, a few a run, shared by both forms of the population."""

from __future__ import annotations

from typing import Any

from mesa import Agent

from desertion.rules.ticks import SHARE
from desertion.simulation.population.protocol import Stage
from desertion.simulation.signals.contagion import total_of
from desertion.simulation.world.codes import (
    ABROAD,
    APPLICANT,
    AT_BORDER,
    CAPTURED,
    HIDING,
    PROTECTED,
    SERVING,
    SURRENDERED,
)

_STANCE = ("closed", "transit", "open")


class Institution(Agent[Any]):
    """A host, a home state, a front or a news service: one row of the world."""

    def __init__(self, model: Stage, row: int, name: str) -> None:
        super().__init__(model)
        self.row, self.name = row, name
        self._world = model.world


class HostState(Institution):
    """A country that may give refuge, or just entry."""

    def _stock(self, status: int) -> int:
        return int(self._world.host_count[self.row, :, status].sum())

    @property
    def border(self) -> str:
        """Whether the border is closed, open for transit only, or open."""
        return _STANCE[int(self._world.hosts[self.row].border)]

    @property
    def at_border(self) -> int:
        """Persons queuing at the border."""
        return self._stock(AT_BORDER)

    @property
    def waiting(self) -> int:
        """Applicants waiting for a decision."""
        return self._stock(APPLICANT)

    @property
    def protected(self) -> int:
        """Persons granted protection."""
        return self._stock(PROTECTED)

    @property
    def abroad(self) -> int:
        """Persons living there without a claim."""
        return self._stock(ABROAD)

    @property
    def full(self) -> bool:
        """Whether all reception places are taken."""
        return bool(self._world.full[self.row])


class HomeState(Institution):
    """The government of a force."""

    @property
    def legitimacy(self) -> float:
        """Legitimacy in [0, 1]."""
        return float(self._world.legitimacy[self.row])

    @property
    def at_large(self) -> int:
        """Persons in hiding."""
        return int(self._world.count[self.row, HIDING])

    @property
    def prisoners(self) -> int:
        """Its people in enemy hands, captured or surrendered."""
        return int(self._world.count[self.row, CAPTURED] + self._world.count[self.row, SURRENDERED])

    @property
    def exit_ban(self) -> bool:
        """Whether men liable to serve may not leave."""
        return bool(self._world.forces[self.row].exit_ban > 0.0)

    @property
    def fallen(self) -> bool:
        """Whether the government has fallen."""
        return bool(self._world.fallen[self.row] >= 0)


class Front(Institution):
    """The war as a force meets it."""

    @property
    def strength(self) -> int:
        """Soldiers serving."""
        return int(self._world.count[self.row, SERVING])

    @property
    def effective_strength(self) -> float:
        """Soldiers serving less those who carry today's wounded."""
        return float(self._world.effective[self.row])

    @property
    def collapsed(self) -> bool:
        """Whether the force has passed its breakpoint."""
        return bool(self._world.collapsed[self.row] >= 0)


class News(Institution):
    """What a force hears of its own: the share gone, as far as it passed censorship and has not faded."""

    @property
    def share_gone(self) -> float:
        """Army news of all routes together, the column `news` of the daily table; may exceed 1."""
        return float(total_of(self._world.news[self.row]) / SHARE)
