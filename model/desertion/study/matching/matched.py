"""Matched: what came of a match, as tables of worlds, targets, inputs and waves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from desertion.figures.labels import many
from desertion.scenario.grain import FEWEST, MARK, TOO_FEW
from desertion.simulation.record.own_table import own_table
from desertion.study.arrays import Array
from desertion.study.matching.aims import Aim
from desertion.study.matching.contradiction import Contradiction, contradiction
from desertion.study.matching.document import Design
from desertion.study.matching.runs import Results
from desertion.study.matching.space import Space
from desertion.study.statistics import middle_nine_tenths

FACTORS = {"kept_half": 0.5, "kept": 1.0, "kept_double": 2.0}
"""Columns that say whether a world is kept, with the factor on the discrepancy of all targets."""
FEW = 30
"""Kept worlds below which a range of them says little."""
LEGEND = f"{MARK} {TOO_FEW}: in the median world the number rests on fewer than {FEWEST} simulated persons a run, or in all its runs where it is a quotient of all together."
"""What the mark behind the number of a target means."""
_FALSE_ALARMS = 0.01
_NARROWED = 0.8
"""Of an input that the evidence narrows less is left than this share of its range. Worlds of later waves were proposed near earlier ones, so that they
lie unevenly by themselves, and a test that takes them for independent finds that everywhere."""


def known_persons(results: Results, aim: Aim, worlds: NDArray[np.bool_] | slice = slice(None)) -> Array:
    """Simulated persons that a target's number rests on, in those of the worlds in which they are known."""
    persons = results.persons[aim.name][worlds]
    return persons[np.isfinite(persons)]


@dataclass(frozen=True, kw_only=True)
class Match:
    """Worlds that were really run, held against the targets.

    A world that is kept is not ruled out; that does not make it probable, and shares of kept worlds are no probabilities.

    Attributes:
        design: the match.
        aims: its targets.
        effects: Morris's effects of inputs on targets; empty without a screening.
        stages: one row a stage: worlds proposed and run, kept, seconds, how many its emulators `expected` to be kept, and the `volume` of the ranges that they expected would be.
        emulators: one row a stage and target: kind, coverage of folds that it had not seen, `wider`, the factor on its deviations by which they hold 95 of 100 of these, and `held`, its coverage then of the worlds of its own wave.
        results: all runs.
        folder: where the runs lie.
        changed: names of documents and code that decided stored runs and are others now.
        floors: for cases whose worlds are below the floor of scale, the sentence that says it.
        keep: what must live as long as the results.
    """

    design: Design
    aims: tuple[Aim, ...]
    effects: pd.DataFrame
    stages: pd.DataFrame
    emulators: pd.DataFrame
    results: Results
    folder: Path
    changed: tuple[str, ...] = ()
    floors: dict[str, str] = field(default_factory=dict[str, str])
    keep: object = None

    def __repr__(self) -> str:
        return f"Match({many(len(self.worlds), 'world')} run, {len(self.kept)} kept; worlds, kept, targets)"

    @cached_property
    def space(self) -> Space:
        """The inputs."""
        return Space(self.design.factors)

    @property
    def fitted(self) -> tuple[Aim, ...]:
        """The targets that rule out."""
        return tuple(aim for aim in self.aims if aim.fit)

    def _variance(self, aim: Aim) -> Array:
        return self.results.chance(aim, self.design.cutoff) / self.results.counts

    def _implausibility(self, aim: Aim, factor: float = 1.0) -> Array:
        return aim.implausibility(self.results.means[aim.name], self._variance(aim), factor)

    @own_table
    def worlds(self) -> pd.DataFrame:
        """One row a world: stage, the inputs, the number of each target, `I.TARGET` (its implausibility), worst, target (that is worst), kept, kept_half, kept_double, runs, seconds."""
        table = pd.DataFrame(self.results.points)
        table.insert(0, "stage", self.results.stage)
        found = {aim.name: self._implausibility(aim) for aim in self.aims}
        fitted = np.array([found[aim.name] for aim in self.fitted])
        own: dict[str, Any] = {aim.name: self.results.values[aim.name] for aim in self.aims}
        own |= {f"I.{name}": values for name, values in found.items()}
        own |= {
            "worst": fitted.max(axis=0),
            "target": np.array([aim.name for aim in self.fitted])[fitted.argmax(axis=0)],
        }
        for column, factor in FACTORS.items():
            all_of = np.array([self._implausibility(aim, factor) < self.design.cutoff for aim in self.fitted])
            # Of worlds that were run too seldom some would be kept by luck; with a wider discrepancy, for which none is run again, they are only counted.
            own[column] = all_of.all(axis=0) & (self._often if factor <= 1.0 else True)
        own |= {"runs": self.results.counts.astype(int), "seconds": self.results.seconds}
        return pd.concat([table, pd.DataFrame(own)], axis=1)

    @property
    def _often(self) -> NDArray[np.bool_]:
        return self.results.counts >= self.design.confirm

    @property
    def kept(self) -> pd.DataFrame:
        """The worlds that no target rules out."""
        return self.worlds[self.worlds["kept"]]

    @property
    def without_chance(self) -> int:
        """How many of the kept worlds no target rules out by error and discrepancy alone, without the variance of a world's own few runs."""
        off = [aim.implausibility(self.results.means[aim.name], 0.0) for aim in self.fitted]
        return int((np.max(off, axis=0) < self.design.cutoff)[self.worlds["kept"].to_numpy()].sum())

    @property
    def unconfirmed(self) -> int:
        """Worlds that meet all targets and were run too seldom to be kept."""
        met = np.all([self.worlds[f"I.{aim.name}"] < self.design.cutoff for aim in self.fitted], axis=0)
        return int((met & ~self._often).sum())

    @property
    def too_few(self) -> bool:
        """Whether fewer worlds are kept than ranges can be read off."""
        return len(self.kept) < FEW

    @cached_property
    def contradiction(self) -> Contradiction | None:
        """Where no world is kept: the targets that no world meets together."""
        if len(self.kept):
            return None
        means = {aim.name: self.results.means[aim.name] for aim in self.fitted}
        return contradiction(
            self.fitted, means, {aim.name: self._variance(aim) for aim in self.fitted}, self.design.cutoff
        )

    @own_table
    def targets(self) -> pd.DataFrame:
        """One row a target: role, observed, what kept worlds give (q05, median, q95), persons (simulated ones behind the number of the median kept world, `Aim.persons`; NaN where it is not known or counts none), too_few (whether these are too few to tell), few (share of kept worlds in which they are, of those in which they are known), not_ruled_out (share of them that it does not rule out), others (worlds that meet all other targets), met (share of those that meet this one too).

        The last two are over all worlds that were run: worlds are run again only if they meet everything, so that those that miss one target alone are run once.
        """
        meets = {aim.name: (self.worlds[f"I.{aim.name}"] < self.design.cutoff).to_numpy() for aim in self.aims}
        rows: list[dict[str, object]] = []
        kept = self.worlds["kept"].to_numpy()
        for aim in self.aims:
            q05, median, q95 = middle_nine_tenths(self.kept[aim.name])
            persons = known_persons(self.results, aim, kept)
            middle = float(np.median(persons)) if len(persons) else np.nan
            others = np.all(
                [meets[other.name] for other in self.fitted if other is not aim] or [np.ones(len(self.worlds), bool)],
                axis=0,
            )
            low, high = aim.observed
            rows.append(
                {
                    "target": aim.name, "role": "fit" if aim.fit else "looked at", "what": aim.what, "unit": aim.unit,
                    "low": low, "high": high, "q05": q05, "median": median, "q95": q95,
                    "persons": middle, "too_few": middle < FEWEST,
                    "few": float((persons < FEWEST).mean()) if len(persons) else np.nan,
                    "not_ruled_out": float(np.mean(meets[aim.name][kept])) if kept.any() else np.nan,
                    "others": int(others.sum()), "met": float(meets[aim.name][others].mean()) if others.any() else np.nan,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    @own_table
    def inputs(self) -> pd.DataFrame:
        """One row an input: its range, that of the middle nine tenths of the kept worlds, `left`, p (of the hypothesis that kept worlds lie evenly over the range) and says (whether the evidence says anything).

        `left` is the width of the middle nine tenths as a share of the range, over 0.9, so that worlds that lie evenly leave all of it; of a list, the
        share of its values that are left in kept worlds. An input says something if its p is below 0.01 over the number of inputs and less than four
        fifths of its range are left, or a value of its list is gone that chance would leave out as seldom.
        """
        shares = self.space.shares(cast("list[dict[str, Any]]", self.kept.to_dict("records")))
        alarm = _FALSE_ALARMS / len(self.space.factors)
        rows: list[dict[str, object]] = []
        for place, factor in enumerate(self.space.factors):
            row: dict[str, object] = {"input": factor.name, "low": factor.at(0.0), "high": factor.at(1.0)}
            own, gone = shares[:, place], False
            if not len(own):
                row |= {"q05": np.nan, "q95": np.nan, "left": 0.0, "p": np.nan, "says": False}
            elif factor.values:
                count = len(factor.values)
                held = np.bincount((own * count).astype(int), minlength=count)
                p = float(stats.chisquare(held).pvalue)
                row |= {"q05": "", "q95": "", "left": float((held > 0).mean()), "p": p}
                gone = not held.all() and count * (1.0 - 1.0 / count) ** len(own) < alarm
            else:
                low, high = np.quantile(own, [0.05, 0.95])
                row |= {
                    "q05": factor.at(float(low)),
                    "q95": factor.at(float(high)),
                    "left": min(1.0, float(high - low) / 0.9),
                }
                row["p"] = float(stats.kstest(own, "uniform").pvalue)
            if len(own):
                narrow = gone or float(str(row["left"])) < _NARROWED
                row["says"] = len(own) >= FEW and float(str(row["p"])) < alarm and narrow
            rows.append(row)
        return pd.DataFrame(rows)

    @own_table
    def discrepancies(self) -> pd.DataFrame:
        """Worlds kept with half, the stated and double discrepancy of all targets, and how many of these were run fewer times than is asked of kept ones."""
        kept = {factor: self.worlds[column].to_numpy() for column, factor in FACTORS.items()}
        rows = [(factor, int(own.sum()), int((own & ~self._often).sum())) for factor, own in kept.items()]
        return pd.DataFrame(rows, columns=["factor", "kept", "run_fewer_times"])

    def tables(self) -> Mapping[str, pd.DataFrame]:
        """All tables by name."""
        names: Sequence[str] = ("worlds", "targets", "inputs", "stages", "emulators", "effects", "discrepancies")
        return {name: getattr(self, name) for name in names}
