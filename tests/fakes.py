"""Frames with the contract's columns and made-up but plausible numbers, for tests of what draws and tells."""

import numpy as np
import pandas as pd

from desertion.simulation.record.columns import DAILY, HOSTLY
from desertion.simulation.world.codes import ROUTES, STATUSES


def daily(seed: int, pull: float = 0.3, days: int = 120, people: int = 10_000, force: str = "russia") -> pd.DataFrame:
    """One run's daily table: a logistic cascade that reaches about `pull` of the people."""
    chance = np.random.default_rng(seed)
    day = np.arange(days + 1)
    middle, width = chance.normal(0.5, 0.06) * days, days / 12
    share = pull * np.exp(chance.normal(0.0, 0.15)) / (1.0 + np.exp(-(day - middle) / width))
    left = np.floor(people * np.clip(share, 0.0, 0.9)).astype(int)
    new = np.diff(left, prepend=left[0])
    parts = np.stack([chance.multinomial(count, [0.3, 0.45, 0.15, 0.1]) for count in new])
    table = pd.DataFrame(0, index=day, columns=list(DAILY))
    table["day"], table["force"] = day, force
    for number, name in enumerate(["new_hide", "new_flee", "new_surrender", "new_refuse"]):
        table[name] = parts[:, number]
    gone = parts.cumsum(axis=0)
    table["hiding"], table["surrendered"], table["refusing"] = gone[:, 0], gone[:, 2], gone[:, 3]
    table["abroad"] = gone[:, 1] // 2
    table["protected"] = gone[:, 1] - table["abroad"]
    table["left"] = table["departures"] = left
    table["strength"] = table["serving"] = people // 2 - left // 2
    table["home"] = people - table[list(STATUSES)].sum(axis=1)
    table["effective_strength"] = table["strength"] * 0.97
    table["legitimacy"] = 0.7 - 0.5 * share
    table["war_index"] = 100.0 * np.exp(-share)
    table["output_lost"] = left * 10.0
    table["collapsed"] = table["strength"] < 0.42 * people
    table["fallen"] = table["legitimacy"] < 0.5
    return table


def hosts(
    seed: int, table: pd.DataFrame, names: tuple[str, ...] = ("kazakhstan", "georgia", "germany")
) -> pd.DataFrame:
    """The hosts' table that goes with a daily table."""
    chance = np.random.default_rng(seed)
    shares = chance.dirichlet(np.linspace(4, 1, len(names)))
    rows = []
    for name, share in zip(names, shares, strict=True):
        one = pd.DataFrame(0, index=table.index, columns=list(HOSTLY))
        arrived = (table["new_flee"].cumsum() * share).round().astype(int)
        one["day"], one["host"], one["force"] = table["day"], name, table["force"]
        one["admitted"] = arrived
        one["at_border"] = (table["new_flee"] * share).round().astype(int)
        one["waiting"] = (arrived * 0.4).astype(int)
        one["abroad"] = (arrived * 0.4).astype(int)
        one["protected"] = arrived - one["waiting"] - one["abroad"]
        one["tolerated"], one["emigrated"] = (arrived * 0.2).astype(int), (arrived * 0.1).astype(int)
        one["cost_eur"] = arrived.cumsum() * 34.0
        rows.append(one)
    return pd.concat(rows, ignore_index=True)


def people(seed: int, table: pd.DataFrame, count: int = 1_000, fates: int = 0) -> pd.DataFrame:
    """One row per person; the same `fates` give the same order of leaving, so that arms can be paired."""
    order = np.random.default_rng(fates).permutation(count)
    share = float(table["left"].iloc[-1]) / float(table[list(STATUSES)].iloc[0].sum())
    gone = np.argsort(order) < round(share * count)
    chance = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "person": np.arange(count),
            "force": pd.Categorical([str(table["force"].iloc[0])] * count),
            "kind": np.where(np.arange(count) < count // 2, "soldier", "reservist"),
            "status": np.where(gone, "abroad", "home"),
            "route": pd.Categorical(pd.Series(chance.choice(ROUTES[:4], count)).where(gone), categories=list(ROUTES)),
            "day_left": pd.Series(chance.integers(1, 100, count), dtype="Int32").where(gone),
            "unit": np.arange(count) // 10,
            "community": np.arange(count) % 7,
            "skilled": chance.random(count) < 0.1,
        }
    )


def histories(pulls: dict[str, float], runs: int, names: tuple[str, ...] = ()) -> pd.DataFrame:
    """Daily tables of several policies and replicates, or where hosts are named their tables, with those two columns added."""
    tables = []
    for policy, pull in pulls.items():
        for seed in range(runs):
            days = daily(seed, pull, days=60, people=2000)
            table = hosts(seed, days, names) if names else days
            tables.append(table.assign(policy=policy, replicate=seed))
    return pd.concat(tables, ignore_index=True)
