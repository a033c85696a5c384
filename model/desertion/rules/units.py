"""Units: how open surrender is to their men, and whether a company follows its commander into it. Equations: model/ODD.md."""

from __future__ import annotations

from desertion.engine.compile import kernel


@kernel
def way_to_surrender(contact: float, cut_off_contact: float, in_contact: bool, cut_off: bool) -> float:
    """Opportunity to surrender: none off the front; in a company that is cut off at least `cut_off_contact`."""
    if not in_contact:
        return 0.0
    return max(contact, cut_off_contact) if cut_off else contact


@kernel
def chance_to_follow(most: float, weight: float, cohesion: float) -> float:
    """Chance that a company follows its commander: `most` among strangers, less by `weight` where all its first members still serve (cohesion 1)."""
    return most * (1.0 - weight * cohesion)
