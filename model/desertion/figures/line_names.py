"""Names at the ends of lines and along those of dated events, kept apart where they would touch."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text

from desertion.figures import style
from desertion.figures.style import Pen

LONGEST_NAME = 28
"""Letters of a line of a name at the end of a line."""
_LOW = 2.0  # inches of height below which names of events are smaller


def from_above(heights: Sequence[float]) -> list[int]:
    """Numbers of the lines in the order in which their names stand, the highest first; of those that end alike the first one stands highest."""
    return sorted(range(len(heights)), key=lambda index: -heights[index])


def label_ends(ax: Axes, names: Sequence[str], heights: Sequence[float], drawn: Sequence[Pen]) -> Axes:
    """Write each line's name right of its last point, moved apart where they would touch; the limits of `ax` must be final.

    A leader in the line's own colour and dashes joins name and line; the text itself is in the ink of the page, so
    that pale lines have names that can be read. Long names stand in several lines. Where all have no room beside the
    axes, the highest and the lowest are named alone, and the others counted.
    """
    size = float(ax.xaxis.label.get_fontsize()) * 0.9
    names = [fill(name, LONGEST_NAME) for name in names]
    if len(names) > 2 and sum(name.count("\n") + 1 for name in names) * _gap(ax, size) > 1.0:
        top, *_, foot = from_above(heights)
        names = [names[top], f"{len(names) - 2} more between", names[foot]]
        heights, shown = [heights[top], (heights[top] + heights[foot]) / 2.0, heights[foot]], [drawn[top], drawn[foot]]
        drawn = [shown[0], Pen("none", ()), shown[1]]
    leaders: list[Line2D] = []
    for pen in drawn:
        (leader,) = ax.plot([1.0, 1.03, 1.07], [0.0] * 3, transform=ax.transAxes, color=pen.color, clip_on=False)
        leader.set_linestyle(pen.linestyle)
        leader.set_marker("None")
        leaders.append(leader)
    texts = [ax.text(1.08, 0.0, name, transform=ax.transAxes, va="center", ha="left", fontsize=size) for name in names]
    ends_ = _Ends(heights, size, texts, leaders)
    ax.add_artist(ends_)
    ends_.place()
    return ax


class _Ends(Artist):
    """Puts the names at the ends of lines in their places whenever the axes are drawn: titles and notes that come later make these smaller."""

    def __init__(self, heights: Sequence[float], size: float, texts: Sequence[Text], leaders: Sequence[Line2D]) -> None:
        super().__init__()
        self._heights, self._size, self._texts, self._leaders = heights, size, texts, leaders
        self.set_in_layout(False)
        self.set_zorder(-1.0)

    def place(self) -> None:
        """Move names and leaders to where they belong at the size that the axes have now."""
        ax = self.axes
        assert isinstance(ax, Axes)
        places = _places(ax, self._heights, self._size, [text.get_text().count("\n") + 1 for text in self._texts])
        for height, place, text, leader in zip(self._heights, places, self._texts, self._leaders, strict=True):
            text.set_y(place)
            leader.set_ydata([_share(ax, height), place, place])

    def draw(self, renderer: RendererBase) -> None:  # noqa: ARG002 - it is the others that are seen
        """Place what is drawn after this."""
        self.place()


def _share(ax: Axes, height: float) -> float:
    """A height of the data as a share of the axes."""
    return float(ax.transAxes.inverted().transform(ax.transData.transform((0.0, height)))[1])


def _gap(ax: Axes, size: float) -> float:
    """Height of a line of text as a share of the axes."""
    inches = float(ax.get_window_extent().height) / float(ax.figure.dpi)
    return 1.35 * size / 72.0 / max(inches, 0.1)


def _places(ax: Axes, heights: Sequence[float], size: float, lines: Sequence[int]) -> list[float]:
    """Middles of labels in shares of the axes, so that none touches another and all stand in the order of the data."""
    gap = _gap(ax, size)
    wanted = [_share(ax, height) for height in heights]
    order = from_above(wanted)[::-1]
    placed: list[tuple[float, list[int]]] = []  # blocks of touching labels: centre, lines of each
    for index in order:
        placed.append((wanted[index], [lines[index]]))
        while len(placed) > 1 and placed[-1][0] - placed[-2][0] < gap * (sum(placed[-1][1]) + sum(placed[-2][1])) / 2:
            (upper, above), (lower, below) = placed.pop(), placed.pop()
            many = len(above) + len(below)
            placed.append(((upper * len(above) + lower * len(below)) / many, [*below, *above]))
    middles: list[float] = []
    for centre, block in placed:
        foots = np.cumsum([0, *block[:-1]]) - sum(block) / 2
        middles += [centre + gap * (foot + own / 2) for foot, own in zip(foots.tolist(), block, strict=True)]
    # Labels stay between title and tick labels where there is room for all.
    lift = min(0.0, 1.0 - middles[-1] - gap * (lines[order[-1]] - 1) / 2) if middles else 0.0
    lift = max(lift, 0.02 - middles[0] + gap * (lines[order[0]] - 1) / 2) if middles else 0.0
    return [middles[order.index(index)] + lift for index in range(len(wanted))]


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
