"""The numbers by which policies are judged, each read from the measures and daily tables of one run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.simulation.record.columns import MEASURES, SIMULATED
from desertion.study.analysis.columns import MEASURE_OF
from desertion.study.statistics import median_interval, wilson_interval


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a run.

    Attributes:
        name: Short name, a column of tables.
        title: What it is, for readers.
        unit: "persons", "share", "EUR" and so on, as the measures of a run have them.
        counts: Whether it grows with the size of the simulated world, so that dividing by the scale gives real size.
        chance: Whether it is 0 or 1 in a run and its share of runs is what counts.
        measure: The measure of a run that it is, empty for what is none.
    """

    name: str
    title: str
    unit: str
    counts: bool = False
    chance: bool = False
    measure: str = ""


def _is(name: str, title: str, *, chance: bool = False) -> Measure:
    """An outcome that is a measure of a run."""
    measure = MEASURE_OF.get(name, name)
    about = MEASURES[measure]
    return Measure(name, title, about.unit, about.size == SIMULATED, chance, measure)


OF_FORCES = (
    _is("left", "Left, by any way"),
    _is("share_left", "Left, share of all people"),
    _is("left_hide", "First hid at home"),
    _is("left_refuse", "First refused openly"),
    _is("left_surrender", "First surrendered"),
    _is("left_flee", "First fled abroad"),
    _is("left_skilled", "First left on a skilled visa"),
    _is("departures", "Departures, spells counted"),
    _is("caught", "Caught"),
    _is("returned", "Came back or were returned"),
    Measure("killed", "Killed", "persons", counts=True),
    _is("protected", "Under protection at the end"),
    _is("abroad", "Abroad without a claim at the end"),
    Measure("applicants", "Waiting for a decision at the end", "persons", counts=True),
    _is("lowest_strength", "Lowest strength, share of the first day"),
    Measure("lowest_effective", "Lowest effective strength, share of the first day", "share"),
    _is("lowest_legitimacy", "Lowest legitimacy"),
    _is("war_index", "Index of expected war length at the end"),
    _is("output_lost", "Output lost"),
    _is("collapsed", "Chance that the force collapses", chance=True),
    _is("day_collapsed", "Day of collapse, or the horizon"),
    _is("fallen", "Chance that the government falls", chance=True),
    _is("day_fallen", "Day of the government's fall, or the horizon"),
)
"""Outcomes of each force."""

OF_HOSTS = (
    _is("peak_waiting", "Most cases waiting at once"),
    _is("peak_border", "Most people waiting at borders at once"),
    _is("admitted", "Admitted"),
    _is("turned_away", "Turned away"),
    _is("granted", "Granted protection"),
    _is("infiltrators", "Infiltrators admitted"),
    _is("cost_eur", "Cost to the hosts"),
    _is("output_gained", "Output gained by the hosts"),
)
"""Outcomes of all hosts together."""

BY_NAME = {outcome.name: outcome for outcome in (*OF_FORCES, *OF_HOSTS)}

HEADLINE = (
    "left",
    "left_flee",
    "left_surrender",
    "lowest_strength",
    "collapsed",
    "protected",
    "peak_waiting",
    "cost_eur",
)
"""The outcomes of the printed table."""


def of_force(daily: pd.DataFrame, measures: Mapping[str, float]) -> dict[str, float]:
    """Outcomes of one force in one run.

    Args:
        daily: Its rows of the daily table, in the order of days.
        measures: The measures of the run, of this force alone.
    """
    start, last = float(daily["strength"].iloc[0]), daily.iloc[-1]
    counted = {
        "killed": float(last["killed"]),
        "applicants": float(last["applicant"]),
        "lowest_effective": float(daily["effective_strength"].min()) / start if start > 0.0 else float("nan"),
    }
    return {
        outcome.name: counted[outcome.name] if outcome.name in counted else measures[outcome.measure]
        for outcome in OF_FORCES
    }


def estimate(values: NDArray[np.float64], measure: Measure) -> dict[str, float]:
    """Median of the runs, or for a chance their share, with its 95 % interval: by the sign test, or Wilson's of a chance.

    Args:
        values: One number a run, none missing.
        measure: What they measure.

    Returns:
        runs, estimate, low, high (NaN where a median has too few runs for an interval), and the 5 and 95 % quantiles of the runs,
        q05 and q95; NaN without runs.
    """
    count = len(values)
    if not count:
        return {"runs": 0} | dict.fromkeys(("estimate", "low", "high", "q05", "q95"), float("nan"))
    q05, q95 = np.quantile(values, [0.05, 0.95])
    if measure.chance:
        happened = round(float(values.sum()))
        middle, (low, high) = happened / count, wilson_interval(happened, count)
    else:
        middle = float(np.median(values))
        low, high = median_interval(values)
    return {"runs": count, "estimate": middle, "low": low, "high": high, "q05": float(q05), "q95": float(q95)}


def column(force: str, name: str) -> str:
    """Name under which an outcome of a force is stored with a run."""
    return f"{force}:{name}"
