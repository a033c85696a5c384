"""Tables of a comparison: what several policies gave on the same people and fates, and what tells them apart."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import refuse_unknown, unknown_name
from desertion.parameters.arguments import ruled
from desertion.scenario.consistency import ALL_FORCES
from desertion.scenario.grain import too_few
from desertion.scenario.loading import listed
from desertion.simulation.record.columns import DAILY, HOSTLY, definitions, real_definitions
from desertion.simulation.record.own_table import own_table
from desertion.study.analysis.columns import COMPARED, RUNS
from desertion.study.analysis.paired import paired_differences
from desertion.study.comparison import arm
from desertion.study.comparison.attribution import SHARES, moves, shares
from desertion.study.comparison.daily import daily_bands, daily_table, loads_table
from desertion.study.comparison.outcomes import (
    BY_NAME,
    HEADLINE,
    OF_FORCES,
    OF_HOSTS,
    Measure,
    column,
    estimate,
)
from desertion.study.comparison.runs import Runs


class Tables(Runs):
    """Tables of policies compared on common random numbers, read from a study's file.

    Persons, spells and cases are given at real size, as `attrs["columns"]` of each table say: the run's counts divided by the scenario's scale. Replicate by
    replicate, every policy met the same people with the same fates, so differences are taken pair by pair.
    """

    @own_table
    def outcomes(self) -> pd.DataFrame:
        """Every outcome of every run at real size: policy, replicate, force, measure, value."""
        done = self.runs[self._done]
        tables: list[pd.DataFrame] = []
        for force, measure in self._measures():
            values = done[column(force, measure.name)] * (self.size if measure.counts else 1.0)
            tables.append(
                pd.DataFrame(
                    {
                        "policy": done["policies"].astype(str),
                        "replicate": done["replicate"],
                        "force": force,
                        "measure": measure.name,
                        "value": values,
                    }
                )
            )
        return _told(pd.concat(tables, ignore_index=True))

    @own_table
    def summary(self) -> pd.DataFrame:
        """One row a policy, force and measure.

        policy, force ("all" for what concerns hosts), measure, unit, runs, estimate (the median of the runs; for a chance the
        share of runs), low and high (interval of the median by the sign test; Wilson interval of a chance), q05 and q95 of the runs, and
        too_few (whether the estimate rests on fewer simulated persons than can tell).
        """
        rows: list[dict[str, object]] = []
        grouped = self.outcomes.groupby(["policy", "force", "measure"], sort=False)["value"]
        every = {key: group.to_numpy(np.float64) for key, group in grouped}
        values = {key: numbers[np.isfinite(numbers)] for key, numbers in every.items()}
        for policy in self.policies:
            for force, measure in self._measures():
                numbers = values[policy, force, measure.name]
                estimated = estimate(numbers, measure)
                few = measure.counts and too_few(estimated["estimate"], self.size)
                first = {"policy": policy, "force": force, "measure": measure.name, "unit": measure.unit}
                rows.append({**first, **estimated, "too_few": few})
        return _told(pd.DataFrame(rows))

    @own_table
    def paired(self) -> pd.DataFrame:
        """Differences from the baseline, replicate by replicate: one row a policy, force and measure.

        policy, baseline, force, measure, unit, pairs, difference (median of the paired differences, policy less baseline; for a
        chance their mean), low and high (interval by the sign test; for a chance Tango's score interval), mean_difference, mean_low, mean_high, share_higher (pairs in which
        the policy gave more), correlation, saving (how many times fewer replicates the mean difference needed than with
        separate chance), and too_few (whether the difference rests on fewer simulated persons than can tell).
        """
        stored = [column(force, measure.name) for force, measure in self._measures()]
        raw = paired_differences(self.runs, stored, self.baseline)
        if raw.empty:
            return raw
        raw[["force", "measure"]] = raw["measure"].str.split(":", n=1, expand=True)  # names of forces have none
        measures = raw["measure"].map(self._by_name)
        factor = np.where([measure.counts for measure in measures], self.size, 1.0)
        for name in ("difference", "low", "high", "mean_difference", "mean_low", "mean_high"):
            raw[name] = raw[name] * factor
        raw["unit"] = [measure.unit for measure in measures]
        counts = zip(measures, raw["difference"], strict=True)
        raw["too_few"] = [measure.counts and too_few(float(value), self.size) for measure, value in counts]
        first = ["policy", "baseline", "force", "measure", "unit", "pairs", "difference", "low", "high"]
        rest = ["mean_difference", "mean_low", "mean_high", "share_higher", "correlation", "saving", "too_few"]
        return _told(raw[first + rest])

    def by_effect(self, force: str | None = None) -> list[str]:
        """The baseline, then all other policies from the one that adds most leavers to the one that takes most away.

        Args:
            force: Of which force, the first if not given.

        Raises:
            InputError: If there is no such force.
        """
        if force is not None:
            refuse_unknown("force", force, self.forces)
        rows = rows_of(self.paired, force or self.forces[0])
        return [self.baseline, *rows.sort_values("difference", ascending=False, kind="stable")["policy"]]

    @own_table
    def curves(self) -> pd.DataFrame:
        """Bands of the daily columns over runs: policy, force, column, day, low, lower, median, upper, high, runs.

        The five are the 5, 25, 50, 75 and 95 % quantiles.
        """
        tables = [
            daily_bands(policy, self.header["columns"], self._curves[policy], self.size) for policy in self.policies
        ]
        return _told(pd.concat(tables, ignore_index=True))

    @own_table
    def histories(self) -> pd.DataFrame:
        """Every run's daily columns at real size: policy, replicate, force, day and one column each."""
        tables = [
            daily_table(self.header["columns"], run, self.size).assign(policy=policy, replicate=replicate)
            for policy in self.policies
            for replicate, run in zip(self._replicates(policy), self._curves[policy], strict=True)
        ]
        return _told(pd.concat(tables, ignore_index=True))

    def gaps(self, policy: str, force: str) -> NDArray[np.float64]:
        """How many more have left by the end of each day than under the baseline, at real size: (pairs, days + 1).

        Args:
            policy: One of the policies.
            force: One of the forces.

        Raises:
            InputError: If there is no such policy or force.
        """
        refuse_unknown("policy", policy, self.policies)
        refuse_unknown("force", force, self.forces)
        place = self.header["columns"].index(column(force, "left"))
        a, b = (
            dict(zip(self._replicates(name), self._curves[name][:, :, place].astype(np.float64), strict=True))
            for name in (self.baseline, policy)
        )
        return np.array([b[replicate] - a[replicate] for replicate in sorted(a.keys() & b.keys())]) * self.size

    @own_table
    def hosts(self) -> pd.DataFrame:
        """Loads of the hosts, mean over runs at real size: policy, day, host and the columns of `arm.HOSTLY`."""
        tables = [
            loads_table(
                [arm.loads_of(record) for _, record in self._kept(policy)], self._first.hosts, self.size
            ).assign(policy=policy)
            for policy in self.policies
        ]
        return _told(pd.concat(tables, ignore_index=True)[["policy", "day", "host", *arm.HOSTLY]])

    def fullest(self) -> pd.DataFrame:
        """Most cases waiting in each host on a day of each run, median of the runs at real size: policies by hosts."""
        place = arm.HOSTLY.index("waiting")
        peaks = [
            [arm.loads_of(record)[..., place].max(axis=0) for _, record in self._kept(policy)]
            for policy in self.policies
        ]
        medians = [np.median(runs, axis=0) * self.size for runs in peaks]
        return pd.DataFrame(medians, index=list(self.policies), columns=list(self._first.hosts))

    @own_table
    def attribution(self) -> pd.DataFrame:
        """Who left because of what: one row a policy, and a force where there are several.

        a (the baseline), b (the policy), force, pairs, and as means over replicates at real size: both (left under both), only_a,
        only_b, neither; share_only_b is only_b over all who left under b.
        """
        rows = [
            {"a": self.baseline, "b": policy, "force": force}
            | shares(self._ways(self.baseline, force), self._ways(policy, force), self.size)
            for policy in self.policies[1:]
            for force in self.forces
        ]
        return _told(pd.DataFrame(rows, columns=["a", "b", "force", *SHARES]))

    def moves(self, policy: str, force: str | None = None) -> pd.DataFrame:
        """How people's first ways to leave moved: rows the way under the baseline, columns under the policy.

        Means over replicates, persons at real size; "stayed" for those who never left.

        Args:
            policy: One of the policies.
            force: One of the forces, the first if not given.

        Raises:
            InputError: If there is no such policy or force.
        """
        force = self.forces[0] if force is None else force
        for kind, name, known in (("policy", policy, self.policies), ("force", force, self.forces)):
            refuse_unknown(kind, name, known)
        table = moves(self._ways(self.baseline, force), self._ways(policy, force), self.size)
        table.index.name, table.columns.name = self.baseline, policy
        return table

    @cached_property
    def decision(self) -> dict[str, pd.DataFrame]:
        """Daily probability of leaving under the baseline by share of peers gone and asylum dial, for soldiers and reservists.

        See `desertion.study.comparison.decision.surfaces`; without kinds of whom the first force has nobody on its first morning, and empty for the threshold form.
        """
        from desertion.study.comparison.decision import surfaces

        scenario = self.arm(self.baseline)
        if scenario.behaviour.form == "threshold":
            return {}
        return surfaces(scenario)

    @property
    def printed(self) -> dict[str, tuple[str, ...]]:
        """Measures of each printed table: that of the only force, or one of each force and one of what hosts bear for all of them."""
        if len(self.forces) == 1:
            return {self.forces[0]: HEADLINE}
        of_hosts = tuple(measure.name for measure in OF_HOSTS if measure.name in HEADLINE)
        own = tuple(name for name in HEADLINE if name not in of_hosts)
        return dict.fromkeys(self.forces, own) | {ALL_FORCES: of_hosts}

    @ruled()
    def headline(self, force: str | None = None, measures: str | Sequence[str] = HEADLINE) -> pd.DataFrame:
        """Rows of `summary` and `paired` that are looked at first: those of one force, and of the hosts.

        policy, measure, title, unit, estimate, low, high, too_few, difference, difference_low, difference_high (NaN for the baseline),
        difference_too_few.

        Args:
            force: Which force, the first if not given.
            measures: Names of measures.

        Raises:
            InputError: If there is no such force or measure.
        """
        measures = listed(measures)
        for name in measures:
            refuse_unknown("measure", name, self._by_name, where="this comparison")
        if force is not None and force not in (*self.forces, ALL_FORCES):
            raise unknown_name("force", force, self.forces)
        chosen = [force or self.forces[0], ALL_FORCES]
        table = self.summary[self.summary["force"].isin(chosen) & self.summary["measure"].isin(measures)]
        names = {"low": "difference_low", "high": "difference_high", "too_few": "difference_too_few"}
        if not self.paired.empty:
            changes = self.paired.rename(columns=names)[["policy", "force", "measure", "difference", *names.values()]]
            table = table.merge(changes, on=["policy", "force", "measure"], how="left")
        else:
            table = table.assign(
                difference=np.nan, difference_low=np.nan, difference_high=np.nan, difference_too_few=None
            )
        table["difference_too_few"] = table["difference_too_few"].eq(True)
        table["title"] = [self._by_name[name].title for name in table["measure"]]
        order = {name: place for place, name in enumerate(measures)}
        table["_place"] = table["measure"].map(order)
        ranked = table.sort_values("_place", kind="stable").drop(columns=["_place", "force", "runs", "q05", "q95"])
        return _told(ranked.reset_index(drop=True))

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that `desertion compare --out` writes, by file name without ending."""
        return {"summary": self.summary, "paired": self.paired, "attribution": self.attribution, "curves": self.curves}

    def _measures(self) -> list[tuple[str, Measure]]:
        of_forces = [(force, measure) for force in self.forces for measure in OF_FORCES]
        return of_forces + [(ALL_FORCES, measure) for measure in (*OF_HOSTS, *self._own)]

    @property
    def _own(self) -> list[Measure]:
        """Measures of the caller's own, as they are, whatever the scale."""
        return [Measure(name, name, "own") for name in self.header["spec"].get("own", {}).get("measures", ())]

    @property
    def _by_name(self) -> dict[str, Measure]:
        return BY_NAME | {measure.name: measure for measure in self._own}


def rows_of(table: pd.DataFrame, force: str, measure: str = "left") -> pd.DataFrame:
    """The rows of a table that are of an outcome of a force."""
    return table[(table["force"] == force) & (table["measure"] == measure)]


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """The table, with unit, size and definition of its columns in `attrs["columns"]`."""
    table.attrs["columns"] = real_definitions(definitions(table.columns, HOSTLY | DAILY | RUNS | COMPARED))
    return table
