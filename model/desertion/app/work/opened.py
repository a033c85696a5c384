"""A study's file, opened for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desertion.app.request.folder import path_of
from desertion.errors import InputError

if TYPE_CHECKING:
    from desertion.study.design.factors import Point


@dataclass(frozen=True)
class OpenedStudy:
    """A study's file, opened.

    Attributes:
        name: Name of the file.
        study: The study.
        comparison: The comparison, if it is one.
        axes: Varied numbers.
        measures: What the runs measured.
        cells: What was varied, a point each, as it stands in the file.
    """

    name: str
    study: Any
    comparison: Any
    axes: tuple[str, ...]
    measures: tuple[str, ...]
    cells: tuple[Point, ...]


def open_study(name: str) -> OpenedStudy:
    """Open a file of the study folder.

    Raises:
        InputError: If it is no study, or none of the folder.
    """
    from desertion.study.analysis.axes import numeric_inputs
    from desertion.study.analysis.study import Study
    from desertion.study.analysis.tables import measures_of
    from desertion.study.comparison.comparison import Comparison
    from desertion.study.store.reader import StudyFile

    path = path_of(name)
    study = Study(path)
    task = str(study.spec["task"])
    if task == "claims":
        raise InputError(f"{name} holds the runs of claims: open it on the page Claims", key="file")
    comparison = Comparison(path) if task == "comparison" else None
    with StudyFile(path) as file:
        cells = tuple(file.points())
    return OpenedStudy(name, study, comparison, tuple(numeric_inputs(study)), tuple(measures_of(study.runs)), cells)


def measure_of(opened: OpenedStudy, wanted: str) -> str:
    """The measure that an address asks for, if the study has it, and else the usual one."""
    usual = "share_left" if "share_left" in opened.measures else opened.measures[0]
    return wanted if wanted in opened.measures else usual
