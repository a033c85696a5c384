"""Measures that the claims read beyond those of every run, from the daily tables of a finished run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from desertion.model import DesertionModel

FINAL_DAYS = 30
INDEX_DROP = 0.1
YEAR = 365.0


def extra_measures(model: DesertionModel) -> dict[str, float]:
    """Measures that only claims read.

    Returns:
        surrendered_days (soldier-days of those who surrendered, first force), final_surrender_share and index_lead
        (see `_end`, first force), balance (strength of the first force over that of the last, start = 1),
        last_fall_day (day of the last government's fall), yearly_cost (EUR a year at real size).
    """
    daily = model.daily
    forces = [force.name for force in model.scenario.forces]
    first = daily[daily["force"] == forces[0]]
    return {
        "surrendered_days": float(first["surrendered"].sum()),
        **_end(first),
        **_others(daily, forces),
        "yearly_cost": model.measures()["cost_eur"] * YEAR / max(int(first["day"].iloc[-1]), 1),
    }


def _end(first: pd.DataFrame) -> dict[str, float]:
    """What happened before the breakpoint; NaN where it was not reached.

    final_surrender_share: surrendered and captured, of those and the killed, in the last thirty days.
    index_lead: days from the first day on which the index of war length was down by a tenth to the breakpoint.
    """
    broken = np.flatnonzero(first["collapsed"].to_numpy() > 0)
    if not broken.size:
        return {"final_surrender_share": math.nan, "index_lead": math.nan}
    end = int(broken[0])
    last = first.iloc[max(0, end - FINAL_DAYS + 1) : end + 1]
    taken = float(last["new_surrender"].sum() + last["new_captured"].sum())
    killed = float(last["new_killed"].sum())
    index = first["war_index"].to_numpy()
    down = np.flatnonzero(index <= index[0] * (1.0 - INDEX_DROP))
    return {
        "final_surrender_share": taken / (taken + killed) if taken + killed > 0.0 else math.nan,
        "index_lead": float(end - down[0]) if down.size else math.nan,
    }


def _others(daily: pd.DataFrame, forces: list[str]) -> dict[str, float]:
    """Relations between forces; dates that never come count as the horizon."""
    horizon = float(daily["day"].max())
    falls: list[float] = []
    relative: list[float] = []
    for name in forces:
        rows = daily[daily["force"] == name]
        fallen = rows.loc[rows["fallen"] > 0, "day"]
        falls.append(float(fallen.iloc[0]) if len(fallen) else horizon)
        relative.append(float(rows["strength"].iloc[-1]) / max(float(rows["strength"].iloc[0]), 1.0))
    return {"balance": relative[0] / relative[-1] if relative[-1] > 0.0 else math.nan, "last_fall_day": max(falls)}
