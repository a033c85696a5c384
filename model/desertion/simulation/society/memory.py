"""How much memory a run needs, and whether the machine has it."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from desertion.engine import garbage
from desertion.errors import input_error
from desertion.simulation.society.plan import units_of

if TYPE_CHECKING:
    from desertion.scenario import Scenario

# Measured, see the benchmark of memory per person, with a fifth to spare: 170 bytes with 12 ties each in the compiled form.
BYTES_PER_PERSON = {"compiled": 135, "mesa": 5000}
BYTES_PER_TIE = 6
# Added up over the arrays of `society/empty.py`, with a fifth to spare too.
BYTES_PER_COMMUNITY, BYTES_PER_COMMUNITY_AND_HOST = 5400, 80
BYTES_PER_SQUAD, BYTES_PER_SLOT, BYTES_PER_COMPANY = 480, 5, 290
BYTES_OF_ALL = 2.0e8  # interpreter, libraries and compiled code, whatever the size
GIB = 1024.0**3


def estimate(sized: Scenario, population: str) -> float:
    """Bytes that a run of a sized scenario needs, roughly."""
    total, slots = BYTES_OF_ALL, max(force.squad for force in sized.forces)
    for force in sized.forces:
        total += force.people * (BYTES_PER_PERSON[population] + BYTES_PER_TIE * force.degree)
        units = units_of(force)
        total += units.communities * (BYTES_PER_COMMUNITY + BYTES_PER_COMMUNITY_AND_HOST * len(sized.hosts))
        total += (units.active + units.reserve) * (BYTES_PER_SQUAD + BYTES_PER_SLOT * slots)
        total += units.companies * BYTES_PER_COMPANY
    rows = (sized.days + 1) * len(sized.forces)
    return total + 8.0 * rows * (50 + 18 * len(sized.hosts))


def available() -> float:
    """Bytes of memory that can still be had, or that there are, or infinity where the system does not say."""
    info = Path("/proc/meminfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024.0
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):  # Windows has no such call
        return math.inf


def check_memory(sized: Scenario, population: str) -> None:
    """Refuse a run that would not fit, after finished ones have made room for it.

    Raises:
        InputError: With the estimate and the largest scale that fits.
    """
    need = estimate(sized, population)
    garbage.make_room(need - BYTES_OF_ALL)
    if need > 0.9 * available():
        garbage.look()
    have = available()
    if need > 0.9 * have:
        fits = sized.scale * max(0.0, 0.9 * have - BYTES_OF_ALL) / max(1.0, need - BYTES_OF_ALL)
        raise input_error(
            "scale",
            sized.scale,
            f"needs about {need / GIB:.1f} GiB in the {population} form, and {have / GIB:.1f} GiB are free",
            way_out=f"the largest scale that fits is about {fits:.2g}",
        )
