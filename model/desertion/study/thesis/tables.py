"""What the test on totals found as tables, a row a series and cell, for files and figures."""

from collections.abc import Sequence

import pandas as pd

from desertion.study.thesis.judgement import Judgement


def answers(judged: Sequence[Judgement]) -> pd.DataFrame:
    """One row a series: probability, threshold, second opinion, drift and verdict."""
    return pd.DataFrame(
        [
            {
                "series": each.case.name,
                "autumn": each.case.autumn,
                "probability": each.probability,
                "first_half": each.halves[0],
                "second_half": each.halves[1],
                "threshold": each.threshold,
                "nearest": each.nearest,
                "tolerance": each.tolerance,
                **{f"drift_{factor:g}": p for factor, (p, _) in each.drift.items()},
                **{f"drift_{factor:g}_threshold": level for factor, (_, level) in each.drift.items()},
                "verdict": each.verdict.word,
                "reasons": "; ".join(each.verdict.reasons),
            }
            for each in judged
        ]
    )


def gathered(judged: Sequence[Judgement], part: str) -> pd.DataFrame:
    """The tables `alarms`, `power`, `reliability` or `closeness` of all series, with the series in the first column."""
    return pd.concat([getattr(each, part).assign(series=each.case.name) for each in judged], ignore_index=True).pipe(
        lambda table: table[["series", *(column for column in table.columns if column != "series")]]
    )
