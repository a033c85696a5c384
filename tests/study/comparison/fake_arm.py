"""A comparison's task with made-up tables in place of the model: the first policy of a mix decides how many leave."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from desertion.simulation.world.codes import ROUTES, STATUSES
from desertion.study.comparison import arm
from desertion.study.comparison.outcomes import OF_HOSTS
from desertion.study.run.task import Outcome
from desertion.study.store.seal import SEAL, seal_of
from tests import fakes

PULLS = {
    "case-by-case": 0.2,
    "closed-borders": 0.1,
    "fast-track": 0.3,
    "coalition": 0.35,
    "none": 0.2,
    "even": 0.2,
    "odd": 0.2,
}
FACTS = {"start": "2022-09-21", "size": 100.0, "title": "A made-up war", "form": "multiplicative", "policies": []}
HORIZON = 40


def tables(policy: str, replicate: int, forces: tuple[str, ...] = ("russia",)) -> tuple[pd.DataFrame, ...]:
    """Daily, hosts and people of one run."""
    daily = [fakes.daily(replicate, PULLS[policy], days=HORIZON, people=2000, force=force) for force in forces]
    hosts = [fakes.hosts(replicate, one) for one in daily]
    people = [fakes.people(7, one, 2000, fates=replicate) for one in daily]
    merged = pd.concat(daily).sort_values("day", kind="stable")
    return merged, pd.concat(hosts), pd.concat(people)


def kept_of(daily: pd.DataFrame, hosts: pd.DataFrame, people: pd.DataFrame) -> Outcome:
    """What is kept of a run with these tables."""
    found: dict[str, float] = {}
    for force, days in daily.groupby("force"):
        own = _measures(days, people[people["force"] == force])
        found |= own | {f"{name}@{force}": value for name, value in own.items()}
    by_day = hosts.groupby("day").sum(numeric_only=True)
    found |= {each.name: float(by_day[each.name].sum()) for each in OF_HOSTS if each.name in by_day}
    found |= {"peak_waiting": float(by_day["waiting"].max()), "peak_border": float(by_day["at_border"].max())}
    return arm.outcome_of(daily, hosts, people, found, FACTS)


def _measures(days: pd.DataFrame, people: pd.DataFrame) -> dict[str, float]:
    """The measures of one force by which policies are judged, counted from its tables."""
    last, first, sums = days.iloc[-1], days.iloc[0], days.sum(numeric_only=True)
    routes = people["route"].astype(str).where(people["day_left"].notna(), "")
    events = {"collapsed": "breakpoint_day", "fallen": "fall_day"}
    dated = {name: days.loc[days[name].astype(bool), "day"] for name in events}
    found = {
        "left_total": last["left"],
        "share_left": last["left"] / first[list(STATUSES)].sum(),
        **{f"left_{route}": (routes == route).sum() for route in ROUTES},
        **{name: sums[name] for name in ("caught", "returned", "output_lost")},
        **{name: last[name] for name in ("departures", "protected")},
        "abroad_end": last["abroad"],
        "min_strength_share": days["strength"].min() / first["strength"],
        "legitimacy_min": days["legitimacy"].min(),
        "war_index_end": last["war_index"],
        **{name: len(reached) > 0 for name, reached in dated.items()},
        **{events[name]: reached.min() if len(reached) else HORIZON for name, reached in dated.items()},
    }
    return {name: float(value) for name, value in found.items()}


def run_arm(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """One made-up run."""
    forces = tuple(str(spec["settings"].get("forces", "russia")).split(","))
    policy = (spec["policies"] or ["none"])[0]
    if policy == "fails" or (policy in ("even", "odd") and (replicate % 2 == 0) is (policy == "odd")):
        raise ValueError("as asked")
    return kept_of(*tables(policy, replicate, forces))


def as_comparison(path: Path) -> Path:
    """Let a file of stand-in runs pass for one of the task `comparison`, sealed as the writer seals."""
    connection = sqlite3.connect(path)
    entries = dict(connection.execute("SELECT key, value FROM experiment").fetchall())
    entries["spec"] = entries["spec"].replace(f"{__name__}.run_arm", "comparison")
    entries[SEAL] = seal_of(entries, connection.execute("SELECT id, params FROM design ORDER BY id").fetchall())
    connection.executemany("INSERT OR REPLACE INTO experiment VALUES (?, ?)", entries.items())
    connection.commit()
    connection.close()
    return path
