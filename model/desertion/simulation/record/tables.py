"""What a run recorded, as data frames: by day, by host, by person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from desertion.simulation.record.columns import DAILY, HOSTLY, PEOPLE, counted, definitions
from desertion.simulation.world.codes import KINDS, ROUTES, SKILLED_BIT, STATUSES
from desertion.simulation.world.fields import DAILY_EXTRA, HOST_EXTRA, Array, World
from desertion.simulation.world.people import is_away

if TYPE_CHECKING:
    from desertion.scenario import Scenario


DAILY_COLUMNS = (*STATUSES, *DAILY_EXTRA)
_AMOUNTS = (
    "effective_strength",
    "information",
    "captor_casualties",
    "captor_saved",
)  # weighed or expected, so not whole
_WHOLE = [name for name in counted(DAILY, DAILY) if name not in _AMOUNTS]
_TRUTH = [name for name, about in DAILY.items() if about.unit == "truth value"]
_AWAY = np.array([is_away(status) for status in range(len(STATUSES))])


def daily_frame(world: World, scenario: Scenario, days: int) -> pd.DataFrame:
    """One row per day and force; day 0 is the start, day d the end of the d-th day.

    Counts are persons of the simulated size; money is EUR a day at real size; `attrs["columns"]` has unit, size and definition of each column.
    """
    names = [force.name for force in scenario.forces]
    levels = [range(days + 1), names]
    table = _table(world.daily[: days + 1], ("day", "force"), levels, DAILY_COLUMNS, _WHOLE, _TRUTH)
    table.attrs["columns"] = definitions(DAILY, DAILY)
    return table


def hosts_frame(world: World, scenario: Scenario, days: int) -> pd.DataFrame:
    """One row per day, host and force of origin.

    `at_border`, `waiting`, `protected`, `abroad`, `tolerated`, `emigrated` are stocks at the end of the day; the other counts are that day's;
    money is EUR of that day at real size.
    """
    names = [force.name for force in scenario.forces]
    hosts = [host.name for host in scenario.hosts]
    levels, whole = [range(days + 1), hosts, names], counted(HOST_EXTRA, HOSTLY)
    table = _table(world.hostly[: days + 1], ("day", "host", "force"), levels, HOST_EXTRA, whole)
    table.attrs["columns"] = definitions(HOSTLY, HOSTLY)
    return table


def _table(
    values: Array,
    keys: tuple[str, ...],
    levels: list[Any],
    columns: tuple[str, ...],
    whole: Sequence[str],
    truth: Sequence[str] = (),
) -> pd.DataFrame:
    """The cells of all levels as rows, made at once: to set column by column took half of a study's small run."""
    index = pd.MultiIndex.from_product(levels, names=keys)
    rows = values.reshape(len(index), len(columns))
    kinds = dict.fromkeys(whole, np.dtype(np.int64)) | dict.fromkeys(truth, np.dtype(np.bool_))
    cells = {name: rows[:, place].astype(kinds.get(name, rows.dtype)) for place, name in enumerate(columns)}
    return pd.DataFrame({**{key: index.get_level_values(key) for key in keys}, **cells})


def people_frame(world: World, scenario: Scenario) -> pd.DataFrame:
    """One row per person: person, force, kind, status, route and day of first leaving (missing if never), units, community, skilled, host.

    Day d is the d-th day, as in the other tables. The host is missing for those who are in their own country.
    """
    hosts = [host.name for host in scenario.hosts]
    squad = world.squad.astype(np.int64)
    serving = squad >= 0
    company = np.where(serving, world.squad_company[squad], -1) if len(world.squad_company) else squad
    division = np.where(serving, world.company_division[company], -1) if len(world.company_division) else squad
    people = pd.DataFrame(
        {
            "person": np.arange(len(squad)),
            "force": _named(world.force_of, [force.name for force in scenario.forces]),
            "kind": _named(world.kind, KINDS),
            "status": _named(world.status, STATUSES),
            "route": _named(world.left_route, ROUTES),
            "day_left": pd.array(world.left_day + 1, dtype="Int32").copy(),
            "unit": squad,
            "company": company,
            "division": division,
            "community": world.community,
            "skilled": (world.trait & SKILLED_BIT) != 0,
            "host": _named(np.where(_AWAY[world.status], world.host, -1), hosts),
            "spells": world.spell + 1,
        }
    ).assign(day_left=lambda frame: frame["day_left"].mask(world.left_day < 0))
    people.attrs["columns"] = definitions(PEOPLE, PEOPLE)
    return people


def _named(codes: Array, names: Sequence[str]) -> Any:
    return pd.Categorical.from_codes(codes, pd.Index(names))
