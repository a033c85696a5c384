"""Counting: what of a run a published series counts, day by day, by the name of a measure or of a daily column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from desertion.errors import InputError, input_error, refuse_unknown, unknown_name
from desertion.scenario import Scenario
from desertion.simulation.record.columns import DAILY, MEASURES, SUMS, counted
from desertion.simulation.world.codes import KINDS, ROUTES
from desertion.study.arrays import Array

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

FIRST = {
    "left_total": (ROUTES, KINDS),
    **{f"left_{route}": ((route,), KINDS) for route in ROUTES},
    **{f"{kind}s_left": (ROUTES, (kind,)) for kind in KINDS},
}
"""Measures of first departures, each person counted once: the routes and kinds of people that they count."""

_BY_DAY = {"departures": tuple(f"new_{route}" for route in ROUTES), **SUMS}
"""Measures of a run that add up daily columns of other names."""

_FLOWS = tuple(name for name in counted(DAILY, DAILY) if DAILY[name].kind == "flow")
NAMES = (*FIRST, *_BY_DAY, *(name for name in _FLOWS if name not in _BY_DAY))
"""All that can be counted by day."""


@dataclass(frozen=True, kw_only=True)
class Counting:
    """What is counted of a run.

    Attributes:
        measure: its name, with `@force` where one force is meant.
        columns: daily columns that are added up; empty where first departures are counted.
        routes: ways of first departures that count.
        kinds: kinds of people that count, as they were at the start.
        force: the force that counts; all if empty.
    """

    measure: str
    columns: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    force: str = ""

    @property
    def meaning(self) -> str:
        """What is counted, in words."""
        plain = self.measure.partition("@")[0]
        known = {**DAILY, **MEASURES}
        words = known[plain].definition if plain in known else f"{plain}, added up"
        some = f", {' and '.join(f'{kind}s' for kind in self.kinds)} only" if 0 < len(self.kinds) < len(KINDS) else ""
        return words + some + (f", of force {self.force}" if self.force else "")

    def flow(self, model: DesertionModel) -> Array:
        """Counts of each day of a model that has run, at the simulated size, shape (day,); the first day stands first, and casualties that are expected are no whole numbers."""
        forces = [force.name for force in model.sized.forces]
        if self.columns:
            # The row of day d holds the state after d days: what happened on a date is in the row of the next day.
            daily = model.daily
            own = daily[daily["force"] == self.force] if self.force else daily
            return own.groupby("day")[list(self.columns)].sum().sum(axis=1).to_numpy(np.float64)[1:]
        world = model.world
        counts = (
            (world.left_day >= 0)
            & np.isin(world.kind, [KINDS.index(kind) for kind in self.kinds])
            & np.isin(world.left_route, [ROUTES.index(route) for route in self.routes])
        )
        if self.force:
            counts &= world.force_of == forces.index(self.force)
        return np.bincount(world.left_day[counts], minlength=model.day).astype(np.float64)


def counting(measure: str, scenario: Scenario, kinds: Sequence[str] = (), *, where: str = "") -> Counting:
    """What a name counts in a scenario.

    Args:
        measure: a measure of first departures (`left_flee`, `soldiers_left`), a measure or daily column of what happens on a
            day (`flee_departures`, `new_killed`), several columns joined by "+"; `@force` behind it for one force.
        scenario: where it is counted.
        kinds: with first departures: kinds of people that count; all if none is named.
        where: what to call the place of the name in a message.

    Raises:
        InputError: nothing of that name can be counted by day, columns would count people twice, or nobody of that kind is there.
    """
    plain, _, force = measure.partition("@")
    names = tuple(name.strip() for name in plain.split("+"))
    if force and force not in (known := [one.name for one in scenario.forces]):
        raise unknown_name("force", force, known, where=where)
    for kind in kinds:
        refuse_unknown("kind of people", kind, KINDS, where=where)
    if plain not in FIRST:
        for name in names:
            _check_flow(name, where)
        if kinds:
            raise input_error(
                "kinds",
                ", ".join(kinds),
                f"cannot be told apart in {plain}",
                where=where,
                way_out=f"count first departures, which are: {', '.join(FIRST)}",
            )
        counted_by: dict[str, str] = {}
        for name in names:
            for column in _BY_DAY.get(name, (name,)):
                if (other := counted_by.setdefault(column, name)) != name or names.count(name) > 1:
                    rule = (
                        f"counts people twice: {column} is in {other} and in {name}"
                        if other != name
                        else f"counts {name} twice"
                    )
                    raise input_error("measure", measure, rule, where=where, way_out="name each count once")
        columns = tuple(counted_by)
        return Counting(measure=measure, columns=columns, force=force)
    routes, own = FIRST[plain]
    counted = tuple(kind for kind in own if not kinds or kind in kinds)
    people = {kind: sum(getattr(one, f"{kind}s") for one in scenario.forces if force in ("", one.name)) for kind in own}
    if not sum(people[kind] for kind in counted):
        words = " or ".join(f"{kind}s" for kind in kinds or own)
        raise InputError(
            f"{f'{where}: ' if where else ''}{measure} of {words}: nobody of that kind is counted by {plain} in scenario "
            f'"{scenario.name}"; name another measure or other kinds',
            where=where,
            key="measure",
            value=measure,
        )
    return Counting(measure=measure, routes=routes, kinds=counted, force=force)


def _check_flow(name: str, where: str) -> None:
    if name in NAMES and name not in FIRST:
        return
    if name in DAILY or name in MEASURES:
        raise input_error(
            "measure",
            name,
            "does not count what happens on a day, as a series of counts does",
            where=where,
            way_out=f"name one of {', '.join(NAMES)}",
        )
    raise unknown_name("measure", name, NAMES, where=where)
