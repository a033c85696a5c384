"""Why a number differs, in words that a comparison and the app share."""

from __future__ import annotations

from collections.abc import Mapping

from desertion.study.comparison.report.estimate import Estimate
from desertion.study.comparison.report.words import number

WAYS = {
    "hide": "hide at home",
    "refuse": "refuse openly",
    "surrender": "surrender",
    "flee": "flee abroad",
    "skilled": "leave on a skilled visa",
}
"""What people do who leave by each way."""


def by_way(changes: Mapping[str, Estimate]) -> list[str]:
    """By which way the difference goes, in a sentence; none where no way changes beyond chance.

    Args:
        changes: What changes by each way of `WAYS`.
    """
    sure = {route: change for route, change in changes.items() if change.is_sure and not change.few}
    if not sure:
        return []
    most = max(sure, key=lambda route: abs(sure[route].value))
    others = [route for route in sure if (sure[route].value > 0.0) != (sure[most].value > 0.0)]
    swap = ""
    if others:
        other = max(others, key=lambda route: abs(sure[route].value))
        swap = f", while {_counted(sure[other])} {WAYS[other]}: some only change their way"
    return [f"Most of the difference are people who {WAYS[most]}: {_counted(sure[most])}{swap}."]


def _counted(change: Estimate) -> str:
    return f"{number(abs(change.value))} {'more' if change.value > 0.0 else 'fewer'}"
