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
    """Measures of the first force, unless said otherwise, over the whole horizon."""
    scenario = model.scenario
    daily, hosts = model.daily, model.hosts
    first = daily[daily["force"] == scenario.forces[0].name]
    return {
        **_strength(first),
        **_end(first),
        **_others(daily, [force.name for force in scenario.forces]),
        **_costs(hosts, scenario.scale, int(first["day"].iloc[-1])),
        "output_lost": float(first["output_lost"].sum()),
    }


def _strength(first: pd.DataFrame) -> dict[str, float]:
    start = max(float(first["strength"].iloc[0]), 1.0)
    effective = max(float(first["effective_strength"].iloc[0]), 1.0)
    return {
        "mean_strength_share": float(first["strength"].mean()) / start,
        "mean_effective_share": float(first["effective_strength"].mean()) / effective,
        "mean_legitimacy": float(first["legitimacy"].mean()),
        "strength_days": float(first["strength"].sum()),
        "surrendered_days": float(first["surrendered"].sum()),
        "information_days": float(first["information"].sum()),
    }


def _end(first: pd.DataFrame) -> dict[str, float]:
    """What happened before the breakpoint; NaN where it was not reached."""
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
    """Relations between forces: falls, and the first force's strength relative to the last one's, start = 1."""
    horizon = float(daily["day"].max())
    falls: list[float] = []
    relative: list[float] = []
    for name in forces:
        rows = daily[daily["force"] == name]
        fallen = rows.loc[rows["fallen"] > 0, "day"]
        falls.append(float(fallen.iloc[0]) if len(fallen) else horizon)
        relative.append(float(rows["strength"].iloc[-1]) / max(float(rows["strength"].iloc[0]), 1.0))
    return {
        "balance": relative[0] / relative[-1] if relative[-1] > 0.0 else math.nan,
        "last_fall_day": max(falls),
        "falls": float(sum(day < horizon for day in falls)),
    }


def _costs(hosts: pd.DataFrame, scale: float, days: int) -> dict[str, float]:
    if hosts.empty:
        return {"yearly_cost_full_size": 0.0, "output_gained": 0.0}
    return {
        "yearly_cost_full_size": float(hosts["cost_eur"].sum()) / scale * YEAR / max(days, 1),
        "output_gained": float(hosts["output_gained"].sum()),
    }
