"""Titles that say the finding: sentences made from the numbers that a figure shows, by what it is of."""

from desertion.figures.findings.comparison import (
    of_attribution,
    of_chance,
    of_decision,
    of_differences,
    of_hosts,
    of_spread,
    of_strength,
    of_ways,
)
from desertion.figures.findings.evidence import of_alarms, of_fit, of_power, of_predictions, of_reliability
from desertion.figures.findings.study import of_effects, of_front, of_indices, of_map, of_response, of_search

__all__ = [
    "of_alarms",
    "of_attribution",
    "of_chance",
    "of_decision",
    "of_differences",
    "of_effects",
    "of_fit",
    "of_front",
    "of_hosts",
    "of_indices",
    "of_map",
    "of_power",
    "of_predictions",
    "of_reliability",
    "of_response",
    "of_search",
    "of_spread",
    "of_strength",
    "of_ways",
]
