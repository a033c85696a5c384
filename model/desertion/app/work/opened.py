"""A study's file, opened for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desertion.app.request.folder import path_of
from desertion.app.work.claims import TASK
from desertion.errors import InputError, unknown_name

if TYPE_CHECKING:
    from desertion.app.request.address import Address
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
        floor: That its worlds lie below the floor of scale, in a sentence; empty where they do not.
    """

    name: str
    study: Any
    comparison: Any
    axes: tuple[str, ...]
    measures: tuple[str, ...]
    cells: tuple[Point, ...]
    floor: str


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
    if task == TASK:
        raise InputError(f"{name} holds the runs of claims: open it on the page Claims", key="file")
    comparison = Comparison(path) if task == "comparison" else None
    with StudyFile(path) as file:
        cells = tuple(file.points())
    axes, measures = tuple(numeric_inputs(study)), tuple(measures_of(study.runs))
    return OpenedStudy(name, study, comparison, axes, measures, cells, study.floor)


def measure_of(opened: OpenedStudy, wanted: str) -> str:
    """The measure that an address asks for, if the study has it, and else the usual one."""
    usual = "share_left" if "share_left" in opened.measures else opened.measures[0]
    return wanted if wanted in opened.measures else usual


def unknown_words(opened: OpenedStudy, address: Address) -> list[str]:
    """What an address asks for and a study has not, a sentence each; the usual stands in its place."""
    asked = (
        ("measure of this study", address.measure, opened.measures),
        ("varied number to draw across", address.x, opened.axes),
        ("varied number to draw upright", address.y, opened.axes),
    )
    return [str(unknown_name(kind, name, known)) for kind, name, known in asked if name and name not in known]
