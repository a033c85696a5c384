"""Screening: which inputs move which target, by Morris's elementary effects against an input that nothing reads."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from desertion.study.analysis.sensitivity import elementary_effects, mean_effects
from desertion.study.design.factors import Factor, Point
from desertion.study.design.layout import DUMMY, DesignRule, unit_points, with_dummy
from desertion.study.matching.aims import Aim
from desertion.study.matching.document import Design
from desertion.study.matching.runs import Results
from desertion.study.matching.space import Space

COLUMNS = ("target", "input", "effect", "half_width", "noise", "matters")
"""Columns of the table of effects."""

FEWEST, MOST = 6, 14
"""Inputs that an emulator looks at: with few trajectories the noise is not known well, and the others count as chance."""


def screening_points(design: Design, space: Space) -> list[Point]:
    """The worlds of the screening, a trajectory after the other; empty where there is none."""
    if not design.screening.trajectories:
        return []
    shares = unit_points(_rule(design), len(_varied(design)), "match")
    return space.points(shares[:, : len(space.factors)])


def with_trajectories(design: Design, found: Results) -> Design:
    """The design with as many trajectories as were run, if one is whole: a command may have asked for others than it states."""
    number = len(found.points) // (len(_varied(design)) + 1) or design.screening.trajectories
    return design.model_copy(update={"screening": design.screening.model_copy(update={"trajectories": number})})


def effects(design: Design, found: Results, aims: Sequence[Aim]) -> pd.DataFrame:
    """Mean absolute effect of crossing each input's range, on the scale of each target, and whether it is above noise.

    Returns:
        No row where the runs are not all those of the screening that the design asks for. Else one row for each target that rules out and input: target, input, effect, half_width (of its 95 % interval by Student,
        NaN where trajectories are fewer than six), noise (upper end of the effect of an input that nothing reads; the effect itself where there is no interval), matters (false without one).
    """
    rule, varied = _rule(design), _varied(design)
    shares = unit_points(rule, len(varied), "match")
    tables = [pd.DataFrame(columns=list(COLUMNS))]
    whole = found.points == screening_points(design, Space(design.factors))
    for aim in aims:
        values = found.means[aim.name]
        if not aim.fit or not whole:
            continue
        # A run without a value says as little as one at the middle of the others.
        filled = np.where(np.isfinite(values), values, np.nanmedian(values) if np.isfinite(values).any() else 0.0)
        effect, half = mean_effects(elementary_effects(shares, varied, filled))
        inputs, noise = [factor.name for factor in design.factors], float(effect[-1] + np.nan_to_num(half[-1]))
        values = (aim.name, inputs, effect[:-1], half[:-1], noise, effect[:-1] - half[:-1] > noise)
        tables.append(pd.DataFrame(dict(zip(COLUMNS, values, strict=True))))
    return pd.concat(tables[1:] or tables, ignore_index=True)


def active_inputs(table: pd.DataFrame, aim: Aim, space: Space) -> tuple[str, ...]:
    """The inputs that an emulator of a target looks at: those of the largest effects above noise, and all words.

    Args:
        table: effects; empty without a screening, and then all inputs are looked at.
        aim: the target.
        space: the inputs.
    """
    own = table[table["target"] == aim.name].sort_values("effect", ascending=False, kind="stable")
    if own.empty:
        return space.names
    above = int((own["effect"] > own["noise"]).sum())
    chosen = set(own["input"][: min(MOST, max(above, FEWEST))])
    words = {name for name, word in zip(space.names, space.words, strict=True) if word}
    return tuple(name for name in space.names if name in chosen | words)


def _rule(design: Design) -> DesignRule:
    screening = design.screening
    return DesignRule(
        kind="morris", points=screening.trajectories, levels=screening.levels, dummy=True, seed=design.seed
    )


def _varied(design: Design) -> tuple[Factor, ...]:
    varied = with_dummy(_rule(design), design.factors)
    assert varied[-1].name == DUMMY
    return varied
