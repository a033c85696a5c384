"""What a study that has been run answers, from the tables of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from desertion.errors import InputError, refuse_unknown
from desertion.parameters.arguments import ROW, ruled
from desertion.scenario.grain import too_few
from desertion.scenario.loading import listed
from desertion.simulation.record.columns import is_chance
from desertion.study.analysis import cascades, discovery, paired, pareto, sensitivity
from desertion.study.analysis.boxes import Box
from desertion.study.analysis.contents import Contents
from desertion.study.analysis.tables import done_runs, known_measures, measures_of, once, parameters_of
from desertion.study.design.layout import with_dummy
from desertion.study.store.row import DONE

QUANTILES = ("q05", "q50", "q95")
"""Columns of a summary: the ends and the middle of nine tenths of the runs."""

SHARE_OF = {
    "share_left": "left_total",
    "soldiers_left_share": "soldiers_left",
    "reservists_left_share": "reservists_left",
}
"""The count of persons that a share is of, which says whether it rests on too few."""


class Answers(Contents):
    """A study's file, its tables and what it answers."""

    def chance(self, measure: str = cascades.SIZE, at_least: float | None = None) -> pd.DataFrame:
        """Chance at each design point that a measure reaches a level, with Wilson's interval; a global cascade's if none is given.

        Raises:
            InputError: If a measure that is neither `share_left` nor a chance is given no level, or the level is no number.
        """
        by = ["design", *parameters_of(self.runs)]
        return cascades.chance_of_cascade(self.runs, by, measure, at_least)

    @ruled(design=ROW)
    def sizes(self, measure: str = cascades.SIZE, design: int | None = None) -> cascades.SizeDistribution:
        """Distribution of cascade sizes over all runs, or those of one design point; a point that stands twice counts once.

        Raises:
            InputError: If that point is not there.
        """
        if design is not None:
            self.refuse_unknown_point(design)
        done = done_runs(self.runs, measure)
        chosen = once(done) if design is None else done[done["design"] == design]
        return cascades.size_distribution(chosen[measure].to_numpy())

    @ruled()
    def paired(self, measures: str | Sequence[str] = (cascades.SIZE,), baseline: str | None = None) -> pd.DataFrame:
        """Paired differences between policies, see `paired.paired_differences`.

        Raises:
            InputError: If no replicate has finished under two policies and otherwise equal inputs.
        """
        # The first of the study, of which a shard or a merge of some may have no run.
        first = str(self.points[paired.ARM].iloc[0]) if paired.ARM in self.points else None
        if baseline is None and first is not None and first not in set(self.runs[paired.ARM]):
            raise InputError(
                f"{self.path}: {first!r}, the first policy, has no run that others could be held against: finish the study, or merge all shards"
            )
        table = paired.paired_differences(self.runs, listed(measures), baseline or first)
        if "difference" not in table:
            raise InputError(
                f"{self.path}: no two policies share the other inputs in a replicate that has finished: run each "
                "policy at the same points"
            )
        return table

    @ruled()
    def pareto(self, wanted: Mapping[str, str] | None = None) -> pd.DataFrame:
        """Means of each design point and whether it is on the Pareto front.

        Args:
            wanted: For each measure whether `more` or `less` of it is better; by default what a search was after,
                within its limits, and for other studies leavers against money and infiltrators.
        """
        goal = self.goal()
        if wanted is None and goal is not None:
            return pareto.candidates_table(self.runs, self.points, self.spec, goal, self.path)
        return pareto.pareto_table(self.runs, pareto.USUAL if wanted is None else wanted)

    def draws(self, measure: str, kind: str) -> bool:
        """Whether a kind of figure can draw a measure; the usual one, a cascade's size, stands for what the kind draws by itself."""
        goal = self.goal()
        known = {
            "curves": self.header.get("columns", ()),
            "pareto": pareto.USUAL if goal is None else goal.measures,
        }
        return measure == cascades.SIZE or kind not in known or measure in known[kind]

    def curve_of(self, measure: str) -> str:
        """The daily column that curves are drawn of: the first that is kept for the usual measure, else the one of that name."""
        kept: Sequence[str] = self.header.get("columns", ())
        return kept[0] if kept and measure == cascades.SIZE and measure not in kept else measure

    def front_with(self, measure: str) -> pd.DataFrame:
        """The front, see `pareto`, where a measure is asked for.

        Raises:
            InputError: If the measure is none of those that the front weighs against each other, or nothing is on the front.
        """
        if not self.draws(measure, "pareto"):
            goal = self.goal()
            weighed = ", ".join(pareto.USUAL if goal is None else goal.measures)
            raise InputError(
                f"a front weighs {weighed} against each other and does not show {measure}: leave the measure out, or choose another kind of plot"
            )
        table = self.pareto()
        if self.goal() is None and not table["front"].any():  # a search's figure tells how far its candidates are off
            raise InputError(
                f"{self.path}: no design point has all the runs that others have, each with what the front weighs; {pareto.see_failures(self.path)}"
            )
        return table

    def phase(
        self, x: str, y: str, measure: str = cascades.SIZE, shown: str = cascades.CHANCE, policy: str | None = None
    ) -> pd.DataFrame:
        """A measure over two varied parameters, ready for a heatmap; a study of several policies names one.

        Args:
            x: Parameter of the columns.
            y: Parameter of the rows.
            measure: The measure.
            shown: `chance` of a global cascade, or `median` of the measure.
            policy: The policy mix, where the study has several.

        Raises:
            InputError: If a parameter, measure, policy or word for what is shown is not known, or a cell would mix design points.
        """
        runs = self.runs if policy is None else sensitivity.under(self.runs, policy)
        return cascades.phase_table(runs, x, y, measure, shown)

    def sensitivity(self, measure: str, policy: str | None = None, of: str = sensitivity.MEAN) -> pd.DataFrame:
        """Sobol indices or Morris effects, as the study's design has it.

        Args:
            measure: The measure.
            policy: The policy mix, where the study has several.
            of: `mean` over replicates, their `spread`, or `log` for the mean logarithm.

        Raises:
            InputError: If the design is neither sobol nor morris, or runs are missing.
        """
        rule = self.design_rule()
        if rule.kind not in ("sobol", "morris"):
            raise InputError(
                f"{self.path}: which inputs matter is told from a design of kind sobol or morris, and this one is of kind {rule.kind}"
            )
        factors = with_dummy(rule, self.factors())
        runs = sensitivity.of_policy(self.runs, rule, policy)
        if rule.kind == "morris":
            return sensitivity.morris_table(runs, measure, rule, factors, of)
        return sensitivity.sobol_table(runs, measure, rule, factors, of)

    def discover(
        self, measure: str, at_least: float | None = None, at_most: float | None = None, method: str = "prim"
    ) -> list[Box]:
        """Where in parameter space a measure lies where one is interested, as boxes that speak (`box.words()`).

        Args:
            measure: The measure; its median over replicates is judged.
            at_least: Lower end of the interest.
            at_most: Upper end of the interest.
            method: "prim" for the best box, "cart" for all leaves of a tree.

        Returns:
            The boxes, the densest first; none if nothing separates the points.

        Raises:
            InputError: If all or none of the points are of interest, they are too few or do not all state a parameter, or a tree
                is asked for without scikit-learn.
        """
        refuse_unknown("discovery method", method, discovery.METHODS)
        return discovery.METHODS[method](*discovery.cases_of(self.runs, measure, at_least, at_most))

    def confirmed(self, measure: str, at_least: float | None = None, at_most: float | None = None) -> Box | None:
        """The box that half of the points give, counted in the other half, see `discovery.confirmed`; the shares of `discover` are of the points that it was found in."""
        return discovery.confirmed(*discovery.cases_of(self.runs, measure, at_least, at_most))

    def answer(self, measure: str = cascades.SIZE, kind: str | None = None) -> pd.DataFrame:
        """The table behind the figure of the same kind, see `Study.plot`.

        Args:
            measure: The measure.
            kind: `sensitivity`, `paired`, `curves` (the bands) or `pareto` (which a search's file gives by default); anything else
                gives quantiles of the measure, with the chance of a global cascade where the measure is a cascade's
                size, and with its own where it is one.
        """
        if kind == "sensitivity":
            tables = [self.sensitivity(measure, arm).assign(policies=arm or "none") for arm in self.arms]
            return pd.concat(tables, ignore_index=True)
        if kind == "paired":
            return self.paired((measure,))
        # A daily column is no measure of a run, and its curves are what is drawn of it.
        if kind == "curves" or (
            kind is None and measure not in self.runs and measure in self.header.get("columns", ())
        ):
            return self.bands((self.curve_of(measure),))
        if kind == "pareto" or (kind is None and self.goal() is not None and self.draws(measure, "pareto")):
            return self.front_with(measure)
        table = self.summary([measure]).drop(columns="measure")
        chances = ["design", "chance", "low", "high"]
        if measure == cascades.SIZE or is_chance(measure):
            table = table.merge(self.chance(measure)[chances], on="design")
        return table

    def missing(self) -> int:
        """Design points that have no finished run at all."""
        return len(self.points) - int(self.runs.loc[self.runs["status"] == DONE, "design"].nunique())

    @ruled()
    def summary(self, measures: str | Sequence[str] = ()) -> pd.DataFrame:
        """Median and middle nine tenths of measures at each design point.

        Args:
            measures: Measures, empty for all.

        Returns:
            One row a design point and measure: design, the parameters, measure, runs, q05, q50, q95.

        Raises:
            InputError: If there is no such measure.
        """
        names = list(listed(measures)) or measures_of(self.runs)
        known_measures(self.runs, *names)
        done = self.runs[self.runs["status"] == DONE]
        tall = done.melt(id_vars=["design"], value_vars=names, var_name="measure").replace([np.inf, -np.inf], np.nan)
        grouped = tall.groupby(["design", "measure"], sort=False)["value"]
        table = grouped.quantile(np.array([0.05, 0.5, 0.95])).unstack()
        table.columns = list(QUANTILES)
        table.insert(0, "runs", grouped.count())
        return self._of_points(table.reset_index())

    def few(self, measure: str) -> pd.DataFrame:
        """Whether quantiles of `summary` rest on too few simulated persons to tell: of a count, and of a share the count that it is a share of all people.

        Returns:
            One row a design point: design, q05, q50, q95.
        """
        name, at, force = measure.partition("@")
        count = f"{SHARE_OF.get(name, name)}{at}{force}"
        count, size = (count, self.size_of(count)) if count in self.runs else (measure, 1.0)
        return self.summary([count])[["design", *QUANTILES]].assign(
            **{
                name: lambda table, name=name: table[name].map(lambda persons: too_few(persons, size))
                for name in QUANTILES
            }
        )
