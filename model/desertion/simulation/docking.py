"""The first difference between two models that should run alike: on which day, for whom, in which term."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from desertion.simulation.world.codes import HIT, HOME, N_CLOCKS, ROUTES, SERVING

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.world.fields import Array, World

# What is compared at the end of each day, in the order in which a day makes it: the first that differs is the cause, the others its effects.
_MORNING = (
    "force_levers", "host_levers", "odds", "threat", "quarter", "full", "passed_on", "company_shock", "community_shock", "row_seen", "flight", "reception",
    "class_open", "class_level", "class_shared", "class_share", "class_pull", "squad_open", "squad_level", "squad_shared", "squad_share", "squad_pull",
)  # fmt: skip
_PERSONS = ("left_day", "left_route", "status", "since", "spell", "squad", "host", "until", "trait", "stay", "wave_of")
_EVENING = (
    "squad_n", "squad_original", "company_n", "company_peak", "class_n", "host_count", "count", "counts_today", "host_day",
    "border_queue", "case_queue", "border_credit", "case_credit", "visa_credit", "heard_n", "heard_good", "national_n", "national_good", "prisoners_seen",
    "turnout", "turnout_news", "legitimacy", "output_gap", "information", "effective", "collapsed", "fallen",
    "squad_pressure", "company_pressure", "company_casualties", "community_pressure", "news", "left", "departures", "served", "daily", "hostly",
)  # fmt: skip
_CLOCKS = (*ROUTES, "being hit")
assert len(_CLOCKS) == N_CLOCKS


class Difference(NamedTuple):
    """The first difference between two runs.

    Attributes:
        day: The day on which it arose; -1 if the runs differ from the start.
        person: The person whom it concerns, None if it concerns a signal, a unit or an institution.
        term: What differs.
        first: Its value in the first model.
        second: Its value in the second.
    """

    day: int
    person: int | None
    term: str
    first: Any
    second: Any

    def __str__(self) -> str:
        """One line for a log."""
        whom = "" if self.person is None else f", person {self.person}"
        return f"day {self.day}{whom}: {self.term} is {self.first!r} in the first and {self.second!r} in the second"


def difference(first: DesertionModel, second: DesertionModel) -> Difference | None:
    """Run two models side by side from where they stand; return the first difference, or None if they end alike.

    Args:
        first: A model of any population form.
        second: A model of the same scenario and seed.
    """
    found = compared(first, second, first.day - 1)
    while found is None and first.running and second.running:
        first.step()
        second.step()
        found = compared(first, second, first.day - 1)
    return found


def compared(first: DesertionModel, second: DesertionModel, day: int) -> Difference | None:
    """The first difference between two models as they stand at the end of a day, None if there is none."""
    a, b = first.world, second.world
    return (
        _in_arrays(a, b, _MORNING, day)
        or _in_clocks(first, second, day)
        or _in_persons(a, b, day)
        or _in_ties(first, second, day)
        or _in_arrays(a, b, _EVENING, day)
    )


def _in_arrays(a: World, b: World, names: tuple[str, ...], day: int) -> Difference | None:
    for name in names:
        place = _first_place(_of_persons(a, name), _of_persons(b, name))
        if place is not None:
            where = f"{name}[{', '.join(str(n) for n in place)}]"
            return Difference(day, None, where, getattr(a, name)[place].item(), getattr(b, name)[place].item())
    return None


def _first_place(a: Array, b: Array) -> tuple[int, ...] | None:
    # A number that is none equals itself here: what is asked is whether two runs are the same.
    unlike = np.argwhere((a != b) & ~((a != a) & (b != b)))
    return tuple(int(n) for n in unlike[0]) if len(unlike) else None


def _in_persons(a: World, b: World, day: int) -> Difference | None:
    found: list[tuple[int, int, str]] = []
    for order, name in enumerate(_PERSONS):
        place = _first_place(_of_persons(a, name), _of_persons(b, name))
        if place is not None:
            found.append((place[0], order, name))
    if not found:
        return None
    person, _, name = min(found)
    return Difference(day, person, name, _of_persons(a, name)[person].tolist(), _of_persons(b, name)[person].tolist())


def _of_persons(w: World, name: str) -> Array:
    """A row for each person; stays are kept by room, which is given in the order of leaving."""
    return w.stay[w.room] if name == "stay" else getattr(w, name)


def _in_clocks(first: DesertionModel, second: DesertionModel, day: int) -> Difference | None:
    a, b = first.world, second.world
    stays = np.flatnonzero((a.status == b.status) & (a.since == b.since) & (a.since < day) & (a.spell == b.spell))
    for person in stays.tolist():
        if a.status[person] != SERVING and a.status[person] != HOME:
            continue
        clocks = zip(first.population.lacking(person), second.population.lacking(person), strict=True)
        for clock, (x, y) in enumerate(clocks):
            if x != y and (clock != HIT or a.status[person] == SERVING):
                return Difference(day, person, f"ticks that the clock of {_CLOCKS[clock]} lacks", x, y)
    return None


def _in_ties(first: DesertionModel, second: DesertionModel, day: int) -> Difference | None:
    for person in range(len(first.world.status)):
        x, y = first.population.tie_pressure(person), second.population.tie_pressure(person)
        if x != y:
            return Difference(day, person, "pressure of ties by route", x, y)
    return None
