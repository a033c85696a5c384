"""Dated events of a scenario that a curve must be read by, call-ups and exit bans, and their dotted lines."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties

from desertion.figures import style
from desertion.figures.line_names import LONGEST_NAME
from desertion.scenario.scenario import Scenario

_LOW = 2.0  # inches of height below which names of events are smaller


def bans(scenario: Scenario, force: int = 0) -> tuple[int, ...]:
    """Days on which men of a force (the first by default) who are liable to serve may no longer leave, from each on."""
    begun = [
        day + 1
        for day, kind, index, lever, value in scenario.timeline()
        if (kind, index, lever) == ("force", force, "exit_ban") and value > 0.0
    ]
    return (1, *begun) if scenario.course.forces[force].exit_ban > 0.0 else tuple(begun)


def events(scenario: Scenario, force: str | None = None) -> tuple[tuple[int, str], ...]:
    """Call-ups and exit bans within the horizon: the day, the first being 1, and what happens.

    Args:
        scenario: The scenario.
        force: Of which force; of all if not given, whose names are then told where there are several.
    """
    marks: list[tuple[int, str]] = []
    for index, own in enumerate(scenario.forces):
        if force in (None, own.name):
            whose = f"{own.name}: " if force is None and len(scenario.forces) > 1 else ""
            called = [
                ((wave.date - scenario.start).days + 1, f"{whose}call-up of {wave.number:,}") for wave in own.waves
            ]
            marks += called + [(day, f"{whose}exit ban") for day in bans(scenario, index)]
    return tuple((day, words) for day, words in marks if 0 < day <= scenario.days)


def mark(
    ax: Axes,
    marks: Sequence[tuple[int, str]],
    *,
    written: bool = True,
    top: float = 0.98,
    others: Sequence[tuple[int, str]] = (),
) -> str:
    """Draw a dotted line at each dated event, named along it, behind all curves.

    Args:
        ax: Where to draw; its limits must be final.
        marks: Dated events: the day, and what happened.
        written: Whether to name them: on one of several panels.
        top: Where names begin, in shares of the axes.
        others: Events whose lines stand there without a name: close on the right of one a name stands right of its line.

    Returns:
        What the note of the figure has to say of events whose names have no room beside one before them.
    """
    left, right = ax.get_xlim()
    box = ax.get_window_extent()
    # A long name along a low axis meets the curves.
    size = "small" if box.height > _LOW * float(ax.figure.dpi) else "x-small"
    letter = FontProperties(size=size).get_size_in_points() / 72.0 * float(ax.figure.dpi)
    line = 1.5 * letter / float(box.width) * (right - left)  # days that a line of a name covers
    free, untold = -np.inf, list[str]()
    for day, words in sorted(marks):
        ax.axvline(day, color=style.soft_ink(), linestyle=(0, (1, 2)), linewidth=1.2, zorder=1)
        told = fill(words, LONGEST_NAME)
        wide = line * (told.count("\n") + 1)
        # Left of it stands the axis, or a line.
        first = day - left < 0.03 * (right - left) or any(0 < day - other < wide for other, _ in others)
        if written and free > (day if first else day - wide):
            untold.append(f"Dotted at day {day}: {words}.")
        elif written:
            free = day + wide * first
            ax.annotate(
                told, (day, top), xycoords=("data", "axes fraction"), xytext=(3 if first else -3, 0), textcoords="offset points",
                rotation=90, va="top", ha="left" if first else "right", fontsize=size, color=style.soft_ink(), zorder=0.9,
                bbox={"facecolor": style.paper_color(), "alpha": 0.75, "linewidth": 0.0, "pad": 0.5},
            )  # fmt: skip
    return " ".join(untold)
