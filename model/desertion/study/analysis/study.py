"""`Study`: a study that has been run, with its tables, answers and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desertion.study.analysis import cascades
from desertion.study.analysis.answers import Answers

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Study(Answers):
    """A study's file, what it answers, and the figures of its answers."""

    def plot(self, measure: str = cascades.SIZE, kind: str | None = None) -> Figure:
        """The figure that suits the study, persons at real size.

        Args:
            measure: The measure to show.
            kind: One of the names in `desertion.study.analysis.pictures.KINDS`; by default what the design suggests.

        Raises:
            InputError: If the study cannot be shown that way.
        """
        from desertion.study.analysis.pictures import overview  # a study of which nothing is drawn needs no Matplotlib

        return overview(self, measure, kind)
