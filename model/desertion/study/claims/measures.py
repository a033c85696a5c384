"""Measures that the claims read beyond those of every run, from the record of a finished run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from desertion.scenario.fallbacks import DAYS_A_YEAR
from desertion.study.arrays import Array

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel


FINAL_DAYS = 30
INDEX_DROP = 0.1
WINDOWS = (10, 30, 60)

EXTRA = (
    "surrendered_days", "final_surrender_share", "index_lead", "balance", "fall_days", "running_cost",
    *(f"effective_{days}" for days in WINDOWS), "information_share", "unit_surrenders", "waiting_end", "days",
)  # fmt: skip
"""Names of what `extra_measures` gives."""


def extra_measures(model: DesertionModel, measures: Mapping[str, float]) -> dict[str, float]:
    """Measures that only claims read.

    Returns:
        surrendered_days (soldier-days of those who surrendered, first force), final_surrender_share and index_lead
        (see `_end`, first force), balance (strength of the first force over that of the last, start = 1),
        fall_days (days until the fall, of all governments added up; nan where the run ended before it was known), running_cost (EUR a year at real size, as over the last thirty days), effective_10, _30 and _60 (effective
        strength, mean over so many first days, start = 1), information_share (soldier-days of information a soldier of the first day and
        day), unit_surrenders (companies that followed their commander, first force), waiting_end (applicants), days.
    """
    from desertion.simulation.record.tables import DAILY_COLUMNS
    from desertion.simulation.world.fields import HOST_EXTRA

    # The record itself: the tables made of it would cost as much as a short run.
    record = model.world.daily[: model.day + 1]
    cost = model.world.hostly[1 : model.day + 1, :, :, HOST_EXTRA.index("cost_eur")].sum(axis=(1, 2))
    column = {name: record[:, :, number] for number, name in enumerate(DAILY_COLUMNS)}
    return {
        "surrendered_days": float(column["surrendered"][:, 0].sum()),
        **_end({name: values[:, 0] for name, values in column.items()}, model.sized.days),
        **_others(
            column["strength"], column["fallen"], model.sized.days if model.day >= model.sized.days else math.nan
        ),
        # Hosts fill up over a run: the mean over all of it would be what nobody pays in any year.
        "running_cost": float(cost[-FINAL_DAYS:].mean()) * DAYS_A_YEAR if len(cost) else 0.0,
        **_windows(column["effective_strength"][1:].sum(axis=1), column["strength"][0].sum()),
        "information_share": measures["information"] / (column["strength"][0].sum() * model.day or math.nan),
        "unit_surrenders": float(column["unit_surrenders"][:, 0].sum()),
        "waiting_end": float(model.world.hostly[model.day, :, :, HOST_EXTRA.index("waiting")].sum()),
        "days": float(model.day),
    }


def _windows(effective: Array, start: float) -> dict[str, float]:
    """Mean effective strength over the first days, the start being 1."""
    return {f"effective_{days}": float(effective[:days].mean() / (start or math.nan)) for days in WINDOWS}


def _end(first: Mapping[str, Array], horizon: int) -> dict[str, float]:
    """What happened before the breakpoint; NaN where it was not reached. The horizon is the scenario's, also of a run that its stop rule ended.

    final_surrender_share: surrendered and captured, of those and the killed, in the last thirty days.
    index_lead: days from the first day on which the index of war length was down by a tenth, which counts as the horizon if it never was, to the breakpoint.
    """
    broken = np.flatnonzero(first["collapsed"] > 0)
    if not broken.size:
        return {"final_surrender_share": math.nan, "index_lead": math.nan}
    end = int(broken[0])
    last = slice(max(0, end - FINAL_DAYS + 1), end + 1)
    taken = float(first["new_surrender"][last].sum() + first["new_captured"][last].sum())
    killed = float(first["new_killed"][last].sum())
    index = first["war_index"]
    down = np.flatnonzero(index <= index[0] * (1.0 - INDEX_DROP))
    return {
        "final_surrender_share": taken / (taken + killed) if taken + killed > 0.0 else math.nan,
        "index_lead": float(end - (down[0] if down.size else horizon)),
    }


def _others(strength: Array, fallen: Array, never: float) -> dict[str, float]:
    """Relations between forces, arrays of shape (day, force); dates that do not come count as `never`."""
    falls = np.where((fallen > 0).any(axis=0), (fallen > 0).argmax(axis=0), never)
    share = strength[-1] / np.maximum(strength[0], 1.0)
    return {
        "balance": float(share[0] / share[-1]) if share[-1] > 0.0 else math.nan,
        "fall_days": float(falls.sum()),
    }
