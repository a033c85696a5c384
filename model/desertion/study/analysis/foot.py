"""The foot of a study's figure: which study it is of, how many runs stand behind what is drawn, and what of it rests on too few."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text

from desertion.figures import style
from desertion.figures.labels import NO_INTERVAL, called, many
from desertion.scenario import grain
from desertion.scenario.grain import basis, told_few, too_few
from desertion.simulation.record.columns import BAND, DAILY, counted, is_chance
from desertion.study.analysis.answers import Answers
from desertion.study.analysis.bands import level_name
from desertion.study.analysis.cascades import SIZE
from desertion.study.analysis.pareto import USUAL
from desertion.study.analysis.tables import done_runs
from desertion.study.design.spec import MODEL_TASK

_EACH = "Each"


def signed(figure: Figure, study: Answers, few: str = "") -> None:
    """Write below a figure which study it is of, before its note, and after it what its counts rest on.

    Args:
        figure: The figure.
        study: The study.
        few: What `few_drawn` says of it.
    """
    foot = " ".join(f"{study.title}. {figure.get_supxlabel()}".split())
    if not figure.get_supxlabel().startswith(_EACH):
        foot = f"{foot} {runs_told('design point', done_runs(study.runs).groupby('design').size())}"
    alike = study.is_real and study.spec["task"] == MODEL_TASK and np.ptp(study.scales) == 0.0
    if alike and study.scales.max() < 1.0:
        foot = f"{foot} {basis(1.0 / study.scales[0])}"
    if any(grain.MARK in text.get_text() for text in figure.findobj(Text)):
        foot = f"{foot} {grain.legend(1.0 / study.scales[0])}{f'; so are {few}' if few else ''}."
    elif few:
        foot = f"{foot} {told_few(few, 1.0 / study.scales[0])}."
    if study.floor:
        foot = f"{foot} {study.floor[0].upper()}{study.floor[1:]}."
    style.note(figure, foot.strip())


def few_drawn(study: Answers, measure: str, kind: str) -> str:
    """How many of the points that a kind of figure draws rest on too few simulated persons to tell, as in "3 of 8 design points"; empty for none."""
    if not study.is_real or np.ptp(study.scales) or study.scales[0] >= 1.0:
        return ""
    told: list[str] = []
    for name, few, whole in _drawn_few(study, measure, kind):
        if few.any():
            of = f"{few.sum()} of {len(few)} {whole}"
            told.append(f"{of} in {called(name)}" if kind == "pareto" else of)
    return ", ".join(told)


def _drawn_few(study: Answers, measure: str, kind: str) -> Iterator[tuple[str, pd.Series, str]]:
    """Each number that a kind of figure draws, at which of its points it rests on too few, and what these are."""

    def few(values: pd.Series, size: float) -> pd.Series:
        return pd.Series([too_few(value, size) for value in values.to_numpy(float)], values.index)

    if kind == "paired":
        yield measure, few(study.paired((measure,))["difference"], study.size_of(measure)), "differences"
    elif kind == "curves":
        column = study.curve_of(measure)
        ends = study.bands((column,)).groupby("design").last()[level_name(BAND["median"])]
        yield measure, few(ends, 1.0 / study.scales[0] if counted([column], DAILY) else 1.0), "lines at their last day"
    elif kind == "pareto":
        goal, table = study.goal(), study.front_with(measure)
        for name in USUAL if goal is None else goal.measures:
            yield name, few(table[name], study.size_of(name)), "design points"
    # A chance is of runs, whatever the persons in each.
    elif not (is_chance(measure) or (kind == "phase" and measure == SIZE)):
        yield measure, study.few(measure)["q50"], "design points"


def runs_told(what: str, runs: pd.Series) -> str:
    """How many runs stand behind each of what is drawn, in words."""
    fewest = "" if runs.min() == runs.max() else f"{runs.min():,} to "
    return f"{_EACH} {what}: {fewest}{many(int(runs.max()), 'run')}."


def told_of_sensitivity(table: pd.DataFrame) -> str:
    """What the marks of a figure of indices or effects mean."""
    effects = "total" not in table
    if table["half_width" if effects else "total_low"].isna().all():
        return f"{'Bar: mean absolute effect. ' if effects else ''}{NO_INTERVAL.capitalize()}: nothing can be told from chance."
    if "dummy" not in set(table["factor"]):
        return "Bar: mean absolute effect; whisker: 95 % interval." if effects else "Bar: 95 % interval."
    if effects:
        return "Bar: mean absolute effect; whisker: 95 % interval. What does not stand clear of the dummy, an input that does nothing, cannot be told from chance."
    return "Bar: 95 % interval. Grey: up to the upper end for the dummy, an input that does nothing."
