"""Which people the picture shows, where they stand, and the ties between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desertion.figures.animation import GROUPS
from desertion.simulation.record.measures import first_squads
from desertion.simulation.world.codes import STATUSES
from desertion.simulation.world.fields import World

COMPANIES = 4
"""Companies in the picture, whole, at even distances in the order of battle."""

MOST_SQUADS = 12
"""Squads shown of a company."""

TOWNS = 6
"""Home communities in the picture, those from which most of its soldiers come."""

TOWN_PEOPLE = 60
"""Reservists and civilians shown of a community."""

CELL = 10.0
"""Distance between neighbours in a squad, in units of the picture."""

WIDTH = 600.0
"""Width of the picture, in its units."""

_GROUP = {status: place for place, (_, names) in enumerate(GROUPS.values()) for status in names}
GROUP_OF = np.array([_GROUP[name] for name in STATUSES], dtype=np.uint8)
"""Number in `GROUPS` of each status."""

LETTERS = np.frombuffer(b"abcdefghij", dtype="S1")
"""One letter a group, so that everybody's status travels as one character."""


@dataclass(frozen=True)
class Frame:
    """A rounded box with a name: a squad, a company or a town.

    Attributes:
        kind: squad, company or town.
        name: What stands above it; empty for none.
        x: Left edge.
        y: Upper edge.
        width: Width.
        height: Height.
    """

    kind: str
    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Sample:
    """People in the picture.

    Attributes:
        people: (shown,) : their numbers in the run.
        x: (shown,) : where they stand, in units of the picture.
        y: (shown,) : same, downwards.
        ties: (pairs, 2) : ties between shown people, as places in `people`.
        frames: Boxes behind them.
        height: Height of the picture.
        whole: Persons of the force.
    """

    people: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    ties: NDArray[np.int64]
    frames: tuple[Frame, ...]
    height: float
    whole: int

    def letters(self, status: NDArray[np.int8]) -> str:
        """Everybody's group now, a letter each."""
        return LETTERS[GROUP_OF[status[self.people]]].tobytes().decode()


def sample(world: World, force: int) -> Sample:
    """Choose people of a force for the picture: whole companies at the front and behind, and their home towns.

    Args:
        world: A fresh world.
        force: Number of the force.
    """
    people: list[int] = []
    spots: list[tuple[float, float]] = []
    frames: list[Frame] = []
    top = _units(world, force, people, spots, frames)
    bottom = _towns(world, force, top, people, spots, frames)
    chosen = np.array(people, dtype=np.int64)
    where = np.array(spots, dtype=np.float64).reshape(-1, 2)
    whole = int(world.people[force])
    return Sample(chosen, where[:, 0], where[:, 1], _ties(world, chosen), tuple(frames), bottom, whole)


def _units(world: World, force: int, people: list[int], spots: list[tuple[float, float]], frames: list[Frame]) -> float:
    squad_of = first_squads(world)
    squads = np.flatnonzero((world.squad_force == force) & (world.squad_founders > 0))
    if not len(squads):
        return 0.0
    companies = np.unique(world.squad_company[squads])
    chosen = companies[
        np.unique(np.linspace(0, len(companies) - 1, min(COMPANIES, len(companies))).round().astype(int))
    ]
    order = np.argsort(squad_of, kind="stable")
    place = np.searchsorted(squad_of[order], np.arange(len(world.squad_force) + 1))
    across = 2 if len(chosen) > 1 else 1
    wide = WIDTH / 2 - 8.0
    y = 16.0
    for row in range(0, len(chosen), across):
        deepest = 0.0
        for column, company in enumerate(chosen[row : row + across]):
            x = column * (wide + 16.0) if across > 1 else (WIDTH - wide) / 2
            inside = squads[world.squad_company[squads] == company][:MOST_SQUADS]
            name = f"company {company}, {'at the front' if world.company_contact[company] else 'behind the front'}"
            deep = _company(inside, order, place, x, y, wide, people, spots, frames)
            frames.append(Frame("company", name, x, y - 12.0, wide, deep + 14.0))
            deepest = max(deepest, deep)
        y += deepest + 32.0
    return y


def _company(
    squads: NDArray[np.int64], order: NDArray[np.int64], place: NDArray[np.int64], x: float, y: float, wide: float,
    people: list[int], spots: list[tuple[float, float]], frames: list[Frame],
) -> float:  # fmt: skip
    """Lay a company's squads out, each in two ranks; return the depth."""
    sizes = [int(place[squad + 1] - place[squad]) for squad in squads]
    ranks = 2 if max(sizes) <= 20 else 5
    files = -(-max(sizes) // ranks)
    across = max(1, int((wide - 8.0) // (files * CELL + 6.0)))
    step_x, step_y = (wide - 8.0) / across, ranks * CELL + 9.0
    for number, squad in enumerate(squads):
        left, up = x + 6.0 + (number % across) * step_x, y + 2.0 + (number // across) * step_y
        frames.append(Frame("squad", "", left - 1.5, up - 1.5, files * CELL + 3.0, ranks * CELL + 3.0))
        for seat, person in enumerate(order[place[squad] : place[squad + 1]]):
            people.append(int(person))
            spots.append((left + CELL * (seat % files + 0.5), up + CELL * (seat // files + 0.5)))
    return -(-len(squads) // across) * step_y


def _towns(
    world: World, force: int, top: float, people: list[int], spots: list[tuple[float, float]], frames: list[Frame]
) -> float:
    communities = np.flatnonzero(world.community_force == force)
    if not len(communities):
        return top
    home = (
        np.bincount(world.community[people], minlength=len(world.community_force))
        if people
        else np.zeros(len(world.community_force))
    )
    ranked = communities[np.argsort(-home[communities], kind="stable")][:TOWNS]
    columns = min(3, len(ranked))
    wide = WIDTH / columns - 10.0
    files = int(wide // CELL) - 1
    y, deepest = top + 14.0, 0.0
    shown: set[int] = set(people)
    for number, town in enumerate(ranked):
        if number and number % columns == 0:
            y, deepest = y + deepest + 26.0, 0.0
        left = (number % columns) * (wide + 15.0)
        rows = np.concatenate([
            np.arange(int(world.reservists_start[town]), int(world.reservists_end[town])),
            np.arange(int(world.civilians_start[town]), int(world.civilians_end[town])),
        ])  # fmt: skip
        chosen = _neighbours_first(world, rows, shown)[:TOWN_PEOPLE]
        ranks = -(-max(len(chosen), 1) // files)
        frames.append(Frame("town", f"home town {town}", left, y - 12.0, wide, ranks * CELL + 16.0))
        for seat, person in enumerate(sorted(chosen.tolist())):
            people.append(person)
            spots.append((left + CELL * (seat % files + 1.0), y + CELL * (seat // files + 0.6)))
        deepest = max(deepest, ranks * CELL)
    return y + deepest + 10.0


def _neighbours_first(world: World, rows: NDArray[np.int64], shown: set[int]) -> NDArray[np.int64]:
    """The people of a town, those first who know somebody already in the picture."""
    if not len(world.tie_start) or not len(rows):
        return rows
    known = [
        any(int(other) in shown for other in world.tie_to[world.tie_start[row] : world.tie_start[row + 1]])
        for row in rows
    ]
    return rows[np.argsort(~np.array(known), kind="stable")]


def _ties(world: World, people: NDArray[np.int64]) -> NDArray[np.int64]:
    place = {int(person): number for number, person in enumerate(people)}
    pairs: list[tuple[int, int]] = []
    for person, number in place.items():
        for other in world.tie_to[world.tie_start[person] : world.tie_start[person + 1]]:
            there = place.get(int(other))
            if there is not None and number < there:
                pairs.append((number, there))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
