"""Daily tables of a comparison: what runs kept as arrays, at real size, as bands and as rows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.simulation.record import columns as record
from desertion.study.analysis.bands import same_length
from desertion.study.comparison.arm import HOSTLY


def daily_bands(policy: str, names: Sequence[str], runs: NDArray[np.float32], size: float) -> pd.DataFrame:
    """Quantile bands of all daily columns: policy, force, column, day, the columns of `record.BAND`, runs.

    Args:
        policy: Label of the policy.
        names: Names of the columns, "force:column".
        runs: (runs, days + 1, columns) : the daily columns.
        size: Real persons per simulated person.
    """
    quantiles = np.quantile(runs.astype(np.float64), list(record.BAND.values()), axis=0)
    sized = record.counted(names, record.DAILY)
    tables: list[pd.DataFrame] = []
    for place, name in enumerate(names):
        force, _, daily = name.rpartition(":")
        factor = size if name in sized else 1.0
        table = pd.DataFrame(dict(zip(record.BAND, quantiles[:, :, place] * factor, strict=True)))
        table.insert(0, "day", np.arange(len(table)))
        for at, (key, value) in enumerate({"policy": policy, "force": force, "column": daily}.items()):
            table.insert(at, key, value)
        table["runs"] = len(runs)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def daily_table(names: Sequence[str], run: NDArray[np.float32], size: float) -> pd.DataFrame:
    """One run's daily columns at real size: day, force and one column each.

    Args:
        names: Names of the columns, "force:column".
        run: (days + 1, columns) : the daily columns.
        size: Real persons per simulated person.
    """
    tables: list[pd.DataFrame] = []
    for force in dict.fromkeys(name.rpartition(":")[0] for name in names):
        own = [place for place, name in enumerate(names) if name.rpartition(":")[0] == force]
        columns = [names[place].rpartition(":")[2] for place in own]
        table = pd.DataFrame(run[:, own].astype(np.float64), columns=columns)
        table[record.counted(columns, record.DAILY)] *= size
        table.insert(0, "day", np.arange(len(table)))
        table.insert(1, "force", force)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def loads_table(loads: Sequence[NDArray[np.float32]], hosts: Sequence[str], size: float) -> pd.DataFrame:
    """Loads of the hosts, mean over runs at real size: day, host and the columns of `HOSTLY`.

    Args:
        loads: (days + 1, hosts, columns) of each run.
        hosts: Names of the hosts.
        size: Real persons per simulated person.
    """
    mean = same_length(loads, HOSTLY).mean(axis=0, dtype=np.float64)
    days, count, columns = mean.shape
    table = pd.DataFrame(mean.reshape(days * count, columns), columns=list(HOSTLY))
    table[record.counted(HOSTLY, record.HOSTLY)] *= size
    table.insert(0, "day", np.repeat(np.arange(days), count))
    table.insert(1, "host", list(hosts) * days)
    return table
