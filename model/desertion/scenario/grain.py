"""Grain: what the counts of a scaled world can tell, and from which size on it is the same world as a larger one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desertion.scenario.layers import Layers

FEWEST = 5
"""Simulated persons from which on a count tells something; one of them more or less is a fifth of it."""

FLOOR = 1_000
"""Simulated soldiers from which on hits, soldiers' leaving and reservists' flight are those of larger worlds; `tests/simulation/equivalence.py` measures it."""

TOO_FEW = "too few to tell at this scale"
"""The words for such a number, wherever it stands."""

MARK = "†"
"""What stands behind a number that is too small to tell."""


def too_few(persons: float, size: float) -> bool:
    """Whether a count rests on fewer than five simulated persons of a scaled world.

    Args:
        persons: The count, or a difference of counts, at real size.
        size: Real persons for each simulated one; at 1 every person is simulated, and nothing is too few for the scale.
    """
    return size > 1.0 and math.isfinite(persons) and abs(persons) < FEWEST * size * (1.0 - 1e-9)


def mark(few: object) -> str:
    """The mark for a number that is known to rest on too few, else nothing."""
    return MARK if few else ""


def marked(text: str, persons: float, size: float) -> str:
    """The text of a count, with the mark behind it where it is too small to tell."""
    return text + mark(too_few(persons, size))


def stands_for(size: float) -> str:
    """Real persons for each simulated one in words: whole, and under ten in two figures, since 3.3 is not 3."""
    return f"{size:,.0f}" if size >= 10.0 else f"{size:.2g}"


def legend(*sizes: float) -> str:
    """What the mark means, for the foot of a table or figure whose marked numbers are of worlds of these sizes."""
    ends = dict.fromkeys(stands_for(size) for size in (min(sizes), max(sizes)))
    return f"{MARK} {TOO_FEW}: fewer than {FEWEST} simulated persons, each of whom stands for {' to '.join(ends)}"


def told_few(points: str, size: float) -> str:
    """That some points are too few to tell, for the foot of a figure that has no room for marks.

    Args:
        points: So many of how many, as in "3 of 8 points".
        size: Real persons for each simulated one.
    """
    return f"{points} {TOO_FEW}: fewer than {FEWEST} simulated persons, {stands_for(size)} real ones each"


def basis(size: float) -> str:
    """What counts at real size rest on, for the foot of a figure."""
    return f"Persons at real size; one simulated person stands for {stands_for(size)}."


def floor_note(scenario: Layers) -> str:
    """The sentence that marks results of a world below the floor; empty for others, at real size, and where nobody serves."""
    soldiers = round(sum(force.soldiers for force in scenario.forces) * (1.0 if scenario.at_scale else scenario.scale))
    if scenario.scale >= 1.0 or not 0 < soldiers < FLOOR:
        return ""
    return (
        f"with {soldiers:,} simulated soldiers this world is below the floor of {FLOOR:,}, from which on hits, leaving and flight are the "
        "same at every scale: read directions, not sizes"
    )
