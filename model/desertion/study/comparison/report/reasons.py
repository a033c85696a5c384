"""Why a number differs, in words that a comparison and the app share."""

from collections.abc import Mapping, Sequence

import numpy as np

from desertion.rules.refuge import OPEN
from desertion.scenario import Scenario
from desertion.study.comparison.report.estimate import Estimate

WAYS = {
    "hide": "hide at home",
    "refuse": "refuse openly",
    "surrender": "surrender",
    "flee": "flee abroad",
    "skilled": "leave on a skilled visa",
}
"""What people do who leave by each way."""


SMALL = 0.05
"""Share of all leavers below which a difference is small."""

FREE = 0.9
"""Chance to enter without a claim from which on a host counts as asking no visa."""


def asks_no_visa(scenario: Scenario) -> tuple[bool, ...]:
    """Whether evaders may enter each host without a claim on all days of the run; at a border that is not open no visa helps."""
    return tuple(
        min(host["border"]) >= OPEN and min(host["visa_free_evader"]) >= FREE
        for host in scenario.taken("host", "border", "visa_free_evader")
    )


def stay_open(there: Sequence[float], names: Sequence[str], visa_free: Sequence[bool], who: str = "those") -> list[str]:
    """Why closing doors changes little, in a sentence; none where fewer than half of those abroad are in states that ask no visa.

    Args:
        there: People in each host on the last day under the policy.
        names: What the hosts are called.
        visa_free: Which of them ask no visa throughout under the policy: these are the doors that stay open.
        who: Whose people are counted, where that is more than the sentence before speaks of.
    """
    abroad, free = np.array(there, dtype=float), np.array(visa_free, dtype=bool)
    share = float(abroad[free].sum() / abroad.sum()) if abroad.sum() else 0.0
    if share < 0.5:
        return []
    order = np.argsort(-abroad * free, kind="stable")
    largest = [names[int(host)] for host in order[:3] if abroad[host] > 0.0 and free[host]]
    return [
        f"Closing these doors changes little because others stay open: {100.0 * share:.0f} % of {who} who are abroad on the last day are in states that "
        f"ask no visa ({', '.join(largest)})."
    ]


def is_small(change: Estimate, left: float) -> bool:
    """Whether the number of leavers changes by a small share of `left` at most, wherever in its interval the truth lies."""
    return left > 0.0 and max(-change.low, change.high) <= SMALL * left


def by_way(changes: Mapping[str, Estimate], total: Estimate) -> list[str]:
    """By which way the difference goes, in a sentence; none where no way changes beyond chance.

    Args:
        changes: How many more leave by each way.
        total: How many more leave in all, of which nothing is most where it may be nil; medians of the ways do not add up to it.
    """
    sure = {route: change for route, change in changes.items() if change.is_told}
    if not sure:
        return []
    most = max(sure, key=lambda route: abs(sure[route].value))
    others = [route for route in sure if (sure[route].value > 0.0) != (sure[most].value > 0.0)]
    swap = ""
    if others:
        other = max(others, key=lambda route: abs(sure[route].value))
        swap = f", while {sure[other].counted} {WAYS[other]}: some only change their way"
    # A way that others balance is no part of the difference; medians are off by a little.
    is_most = total.is_told and 0.5 < sure[most].value / total.value <= 1.1
    part = "Most of the difference are people" if is_most else "The largest change is of people"
    return [f"{part} who {WAYS[most]}: {sure[most].counted}{swap}."]
