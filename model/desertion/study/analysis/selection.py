"""Some design points of a study, looked at as if they were the whole of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from desertion.errors import InputError
from desertion.study.analysis import bands, sensitivity
from desertion.study.analysis.answers import Answers

if TYPE_CHECKING:
    import pandas as pd


class Selection(Answers):
    """Some design points of a study, with all tables and answers of a study.

    Args:
        study: The study.
        designs: Numbers of the design points that are kept.

    Raises:
        InputError: If none is kept.
    """

    def __init__(self, study: Answers, designs: Collection[int]) -> None:
        chosen = frozenset(designs)
        runs, points = study.runs, study.points
        self.path = study.path
        self.points = points[points["design"].isin(chosen)]
        if self.points.empty:
            raise InputError(f"{study.path}: no design point is left: choose more policies or wider ranges")
        own = runs[runs["design"].isin(chosen)].reset_index(drop=True)
        # A table of runs knows which of its columns are parameters; pandas does not promise to keep that.
        own.attrs.update(runs.attrs)
        self.runs = own
        self.header = dict(study.header)
        self.counts = {str(status): int(count) for status, count in self.runs["status"].value_counts().items()}
        self.lacking, self.surplus = 0, 0  # of the points that are kept the study looks at what there is
        self._study = study
        self.is_real = study.is_real

    def bands(
        self,
        columns: str | Sequence[str] = (),
        designs: int | Sequence[int] | None = None,
        levels: float | Sequence[float] = bands.LEVELS,
    ) -> pd.DataFrame:
        """Quantile bands of the points that are kept, see `Answers.bands`."""
        own = [int(design) for design in self.points["design"]]
        return super().bands(columns, own if designs is None else designs, levels)

    def sensitivity(self, measure: str, policy: str | None = None, of: str = sensitivity.MEAN) -> pd.DataFrame:
        """Indices or effects, see `Answers.sensitivity`; a policy's design must be kept whole.

        Raises:
            InputError: If points of the design are left out.
        """
        arms, whole = self.arms, self._study.points
        belonging = whole if arms == [None] else whole[whole["policies"].isin(arms)]
        if len(belonging) > len(self.points):
            raise InputError("sensitivity reads the whole design: take away the restrictions of parameters")
        # The numbers of the points tell their places in the layout, for which all policies of the study are needed.
        study = self._study.at_real_size() if self.is_real else self._study
        return study.sensitivity(measure, policy or (arms[0] if len(arms) == 1 else None), of)
