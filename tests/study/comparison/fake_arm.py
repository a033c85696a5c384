"""A comparison's task with made-up tables in place of the model: the first policy of a mix decides how many leave."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from desertion.study.comparison import arm
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


def tables(policy: str, replicate: int, forces: tuple[str, ...] = ("russia",)) -> tuple[pd.DataFrame, ...]:
    """Daily, hosts and people of one run."""
    daily = [fakes.daily(replicate, PULLS[policy], days=40, people=2000, force=force) for force in forces]
    hosts = [fakes.hosts(replicate, one) for one in daily]
    people = [fakes.people(7, one, 2000, fates=replicate) for one in daily]
    merged = pd.concat(daily).sort_values("day", kind="stable")
    return merged, pd.concat(hosts), pd.concat(people)


def run_arm(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """One made-up run."""
    forces = tuple(str(spec["settings"].get("forces", "russia")).split(","))
    policy = (spec["policies"] or ["none"])[0]
    if policy == "fails" or (policy in ("even", "odd") and (replicate % 2 == 0) is (policy == "odd")):
        raise ValueError("as asked")
    return arm.outcome_of(*tables(policy, replicate, forces), FACTS, 40)


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
