"""What a study varies: the axes that its points span, and which of the points have a place on them."""

import copy
from collections.abc import Sequence
from contextlib import suppress

import pandas as pd

from desertion.errors import InputError
from desertion.scenario.settings import standing
from desertion.study.analysis.answers import Answers
from desertion.study.analysis.tables import parameters_of
from desertion.study.design.layout import DUMMY

_MULTIPLES = ("contagion", "capacity")  # inputs that multiply the scenario's own


def varied_inputs(study: Answers) -> list[str]:
    """Parameters with more than one value, without the dummy."""
    return [
        name for name in parameters_of(study.runs) if name != DUMMY and study.points[name].nunique(dropna=False) > 1
    ]


def numeric_inputs(study: Answers) -> list[str]:
    """Those of the varied inputs that are numbers: the axes against which a measure can be drawn."""
    return [name for name in varied_inputs(study) if pd.api.types.is_numeric_dtype(study.runs[name])]


def with_places(study: Answers) -> Answers:
    """The study with what points leave to their scenario stated, where that is one value, so that these points have a place on an axis."""
    names = parameters_of(study.runs)
    left = study.points[names].isna()
    if not study.has_size or not left.to_numpy().any():
        return study
    points = study.points.astype({name: object for name in names if left[name].any()})
    for row in points.index[left.any(axis=1)]:
        with suppress(InputError):
            scenario = study.scenario({name: points.at[row, name] for name in names})
            for name in left.columns[left.loc[row]]:
                own = 1.0 if name in _MULTIPLES else standing(scenario, name)
                if isinstance(own, float | int | str):
                    points.at[row, name] = own
    points = points.infer_objects()
    placed = copy.copy(study)
    placed.points = points
    stated = points.set_index("design").loc[study.runs["design"]]
    placed.runs = study.runs.assign(**{name: stated[name].to_numpy() for name in names})
    return placed


def is_grid(study: Answers, names: Sequence[str]) -> bool:
    """Whether points fill at least half of the cells that the values of two parameters make, as a space-filling design does not."""
    across, up = study.points[names[0]], study.points[names[1]]
    return 2 * len(study.points.drop_duplicates([*names[:2]])) >= across.nunique() * up.nunique()


def without_place(study: Answers, *axes: str) -> str:
    """How many design points a picture cannot place, since they leave an axis as the scenario has it."""
    number = int(study.points[[*axes]].isna().any(axis=1).sum())
    return (
        f" Without a place: {number} of {len(study.points)} points that do not set {' and '.join(axes)}."
        if number
        else ""
    )
