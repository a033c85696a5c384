"""What a study's file holds: its description, its design points, its runs and their curves."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError
from desertion.parameters.arguments import ROW, STUDY_RUN, Names, ruled
from desertion.scenario import Scenario
from desertion.scenario.grain import floor_note
from desertion.scenario.loading import listed
from desertion.simulation.record.columns import DAILY, MEASURES, counted
from desertion.simulation.record.own_table import own_table
from desertion.study.analysis import bands
from desertion.study.analysis.cascades import SIZE
from desertion.study.analysis.columns import at_real_size, quantile_definitions, run_definitions
from desertion.study.analysis.goal import Goal
from desertion.study.analysis.tables import measures_of, points_table, runs_table
from desertion.study.design.factors import Factor
from desertion.study.design.layout import DesignRule
from desertion.study.design.point import DIALS, scenario_of, told_by
from desertion.study.design.spec import REPEATABLE
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE
from desertion.study.store.scales import scales

_LEVELS = Names((Real,), "must be a number or a list of numbers")
_POINTS = Names((Integral,), "must be a whole number or a list of them")


class Contents:
    """A study's file, and what it holds.

    Args:
        path: The file, as `sweep` or `desertion sweep` wrote it.
        simulated: Whether counts are of simulated persons, as the file holds them, and not at real size.
        keep: Anything that must live as long as the contents, such as the folder that holds the file.

    Raises:
        InputError: If the file is missing, foreign, damaged or made by a newer version.
    """

    @ruled(path=STUDY_RUN)
    def __init__(self, path: str | Path, *, simulated: bool = False, keep: object = None) -> None:
        self.path = Path(path)
        self._keep = keep
        with StudyFile(self.path) as file:
            self.header: Mapping[str, Any] = file.header()
            """What the file says about its origin: resolved spec, hashes, versions, platform."""
            self.counts: Mapping[str, int] = file.counts()
            """Number of runs by status when the file was opened, of those that the study asks for."""
            self.lacking, self.surplus = file.balance()
            """Number of runs, at the least, that the study asks for and of which the file had nothing; and of those beyond, which are left out of all answers."""
        self.is_real = self.has_size and not simulated

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r}: {self.title}; {self.held})"

    @property
    def held(self) -> str:
        """How many runs it holds, by status, and how many it leaves out, in words."""
        counts = ", ".join(f"{count:,} {status}" for status, count in self.counts.items()) or "no runs"
        return counts + (f"; {self.surplus:,} more, beyond what the study asks for, left out" if self.surplus else "")

    @property
    def title(self) -> str:
        """What the study is called."""
        return str(self.header["title"])

    @property
    def spec(self) -> Mapping[str, Any]:
        """The resolved spec as plain data."""
        return self.header["spec"]

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios that were run, as far as they are known: of claims and matches those of their arms and cases."""
        held = [key.removeprefix("scenario ") for key in self.header["fingerprint"] if key.startswith("scenario ")]
        return [str(self.spec["scenario"])] if self.has_size else held

    @property
    def arms(self) -> list[str | None]:
        """Labels of the policy mixes that were run, None alone for a study that compares none."""
        return list(dict.fromkeys(self.points["policies"])) if "policies" in self.points else [None]

    @property
    def usual_measure(self) -> str:
        """The measure that is shown where none is asked for: the share who left, or the first that was kept."""
        measures = measures_of(self.runs)
        return next((name for name in (SIZE, *self.spec["measures"], *measures) if name in measures), SIZE)

    @own_table
    def runs(self) -> pd.DataFrame:
        """One row a run: design, replicate, status, seconds, the varied parameters, the measures; `attrs["columns"]` say what each is."""
        with StudyFile(self.path) as file:
            table = runs_table(file)
        return at_real_size(table, self._scale_of(table["design"])) if self.is_real else table

    @own_table
    def points(self) -> pd.DataFrame:
        """One row a design point: design and the varied parameters."""
        with StudyFile(self.path) as file:
            table = points_table(file)
        table.attrs["columns"] = run_definitions(map(str, table.columns), self.spec)
        return table

    @property
    def has_size(self) -> bool:
        """Whether its runs are of the model, each at one scale; counts of other tasks stay as they are."""
        return self.spec["task"] in REPEATABLE

    def at_real_size(self) -> Self:
        """The same study with all counts of persons at real size, as they are unless the simulated size was asked for."""
        if self.is_real or not self.has_size:
            return self
        real = copy.copy(self)
        real.runs = at_real_size(self.runs, self._scale_of(self.runs["design"]))
        real.is_real = True
        vars(real).pop("curves", None)  # worked out at the other size
        return real

    @cached_property
    def scales(self) -> NDArray[np.float64]:
        """Share of real size that was simulated, shape (design points,)."""
        told = self.points.reindex(columns=["scale", "scenario"]).to_dict("records")
        stated = [{str(key): value for key, value in point.items() if pd.notna(value)} for point in told]
        return np.array(scales(self.path, self.header, stated), np.float64)

    def size_of(self, measure: str) -> float:
        """Real persons behind each simulated one in a measure; 1 where it counts none, at the simulated size, and where points differ in scale."""
        counts = self.is_real and counted([measure], MEASURES)
        return float(1.0 / self.scales[0]) if counts and np.ptp(self.scales) == 0.0 else 1.0

    @cached_property
    def floor(self) -> str:
        """The sentence that marks results of worlds below the floor of scale, of the smallest of its worlds; empty where all reach it, and where runs have no size."""
        if not self.has_size:
            return ""
        sized = [name for name in map(str, self.points) if name == "scenario" or name.rpartition(".")[2] == "soldiers"]
        points = self.points[sized].assign(scale=self.scales).drop_duplicates().sort_values("scale").to_dict("records")
        # A file can be read where the scenario that it names is not at hand.
        with suppress(InputError):
            return next(filter(None, (floor_note(self.scenario(cast("dict[str, Any]", each))) for each in points)), "")
        return ""

    def basis(self, measure: str) -> str:
        """Size of a measure's counts, "real" or "simulated"; empty for shares, inputs, own measures, and where runs have none."""
        return self.runs.attrs["columns"].get(measure, {}).get("size", "") if self.has_size else ""

    def _scale_of(self, designs: pd.Series[int]) -> NDArray[np.float64]:
        by_design = dict(zip(self.points["design"].to_numpy(np.int64).tolist(), self.scales.tolist(), strict=True))
        return np.array([by_design[design] for design in designs.to_numpy(np.int64).tolist()], np.float64)

    @own_table
    def curves(self) -> pd.DataFrame:
        """Quantile bands of all daily columns kept: design, the parameters, column, day, runs, q05 ... q95."""
        return self.bands()

    @own_table
    def failures(self) -> pd.DataFrame:
        """Runs that failed, took too long or were quarantined: design, replicate, status, error, trace."""
        names = ["design", "replicate", "status", "attempts", "error", "trace"]
        with StudyFile(self.path) as file:
            failed = [[getattr(row, name) for name in names] for row in file.rows() if row.status != DONE]
        return pd.DataFrame(failed, columns=names)

    @ruled()
    def bands(
        self,
        columns: str | Sequence[str] = (),
        designs: int | Sequence[int] | None = None,
        levels: float | Sequence[float] = bands.LEVELS,
    ) -> pd.DataFrame:
        """Quantile bands of chosen daily columns and design points, see `bands.bands`.

        Raises:
            InputError: If a design point is not there, and what `bands.bands` refuses.
        """
        given = None if designs is None else _POINTS.checked("designs", designs)
        # The file knows no whole numbers but Python's.
        chosen = None if given is None else tuple(ROW.checked("designs", design) for design in given)
        told = _LEVELS.checked("levels", levels)
        for design in chosen or ():
            self.refuse_unknown_point(design)
        with StudyFile(self.path) as file:
            table = bands.bands(file, listed(columns), chosen, told)
        if self.is_real:
            counts = table["column"].isin(counted(table["column"].unique(), DAILY))
            share = np.where(counts, self._scale_of(table["design"]), 1.0)
            for name in map(bands.level_name, told):
                table[name] = table[name].to_numpy(np.float64) / share
        return self._of_points(table)

    def _of_points(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table of quantiles beside the inputs of its design points, its columns defined in `attrs["columns"]`."""
        beside = self.points.merge(table, on="design", how="right")
        beside.attrs["columns"] = quantile_definitions(map(str, beside.columns), self.spec, is_real=self.is_real)
        return beside

    def refuse_unknown_point(self, design: int) -> None:
        """Refuse the number of a design point that is not there.

        Raises:
            InputError: If it is not.
        """
        known = self.points["design"]
        if design not in set(known):
            raise InputError(
                f"{self.path}: there is no design point {design}: name one of {len(known)}, {known.min()} to {known.max()}"
            )

    @ruled(design=ROW)
    def trajectories(self, design: int, column: str) -> pd.DataFrame:
        """Every run's curve of one design point: one row a day, one column a replicate that finished; persons as the study has them.

        Args:
            design: Number of the design point.
            column: A daily column that the study kept.

        Raises:
            InputError: If the column was not kept, or the point is not there or has no finished run.
        """
        self.refuse_unknown_point(design)
        runs = self.runs
        there = {*runs.loc[(runs["design"] == design) & (runs["status"] == DONE), "replicate"]}
        with StudyFile(self.path) as file:
            (name,) = bands.chosen_columns(file, (column,))
            place = list(file.header()["columns"]).index(name)
            rows = file.rows(design=design, curves=True)
            # Those of the table of runs alone: a driver may have written more since.
            curves = {row.replicate: row.curve[:, place, None] for row in rows if row.replicate in there}
        if not curves:
            raise InputError(f"{self.path}: design point {design} has no finished run")
        counts = self.is_real and counted([column], DAILY)
        share = self._scale_of(pd.Series([design]))[0] if counts else 1.0
        block = bands.same_length([*curves.values()], [column])[:, :, 0]
        return pd.DataFrame(block.T / share, columns=list(curves))

    def design_rule(self) -> DesignRule:
        """Layout of the study's design."""
        return DesignRule.model_validate(self.spec["design"])

    def factors(self) -> tuple[Factor, ...]:
        """Varied parameters of the study in their order, without the dummy."""
        vary: dict[str, Any] = self.spec["vary"]
        return tuple(Factor.from_plain(name, vary[name]) for name in self.spec["order"])

    @ruled()
    def scenario(self, point: Mapping[str, Any] | None = None) -> Scenario:
        """The scenario of the study, without the dials of contagion and capacity.

        Args:
            point: Values of varied parameters, the policy mix among them; the scenario's own are kept for all others.
        """
        told = told_by(self.spec, {str(name): value for name, value in (point or {}).items() if pd.notna(value)})
        settings = {name: value for name, value in told["settings"].items() if name not in DIALS}
        return scenario_of(told | {"settings": settings, "documents": self.header.get("documents", {})})

    def goal(self) -> Goal | None:
        """What a search was after, its limits at the size of the answers; None for a study that is no search."""
        plain = self.header.get("search")
        goal = None if plain is None else Goal.from_plain(plain)
        return goal if goal is None or not self.is_real else goal.at_real_size(float(self.scales[0]))
