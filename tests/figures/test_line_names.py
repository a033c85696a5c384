"""Names at the ends of lines do not touch, keep their order and stay on the page."""

import itertools

import numpy as np
import pytest

from desertion.figures import style
from desertion.figures.line_names import label_ends


@pytest.mark.parametrize("heights", [[1.0, 1.0, 1.0, 1.0], [0.0, 0.01, 5.0, 5.01, 9.99], [3.0]])
def test_labels_at_line_ends_never_touch(heights):
    """Names of lines that end at one height are moved apart by at least a line of text and keep the lines' order, the first of equal ones on top."""
    with style.house():
        figure = style.new_figure("wide")
        ax = figure.subplots()
        ax.set(xlim=(0, 1), ylim=(0, 10))
        figure.canvas.draw()
        label_ends(ax, [f"line {i}" for i in range(len(heights))], heights, style.pens(len(heights)))
        figure.canvas.draw()
        boxes = [text.get_window_extent() for text in ax.texts]
    assert all(not one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    middles = [box.y0 for box in boxes]
    assert np.argsort(middles).tolist() == sorted(range(len(heights)), key=lambda line: (heights[line], -line))


def test_labels_at_line_ends_never_touch_below_a_title_and_above_a_note_that_came_later():
    """Both take height from the axes, in which seven names had just room before."""
    with style.house():
        figure = style.new_figure("wide")
        ax = figure.subplots()
        ax.set(xlim=(0, 1), ylim=(0, 10))
        label_ends(ax, [f"the name of line {i} that takes two of its own" for i in range(7)], [3.0] * 7, style.pens(7))
        style.headline(figure, "A finding of many words. " * 12)
        style.note(figure, "What the lines and bands are. " * 12)
        figure.canvas.draw()
        boxes = [text.get_window_extent() for text in ax.texts]
    assert all(not one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


@pytest.mark.parametrize(
    ("heights", "named"), [([float(n % 7) for n in range(20)], (6, 14)), ([3.0] * 20, (0, 19)), ([1.0] * 2, (0, 1))]
)
def test_of_more_lines_than_have_room_the_highest_and_the_lowest_are_named(
    heights: list[float], named: tuple[int, int]
) -> None:
    """Twenty names of two lines each would run off the page; those that are there stay on it, and the others are counted, also where all end alike."""
    names = [f"a case of contagion number {n} of its kind" for n in range(len(heights))]
    with style.house():
        figure = style.new_figure("wide")
        ax = figure.subplots()
        ax.set(xlim=(0, 1), ylim=(0, 10))
        figure.canvas.draw()
        label_ends(ax, names, heights, style.pens(len(heights)))
        figure.canvas.draw()
        first, *others, last = [text.get_text().replace("\n", " ") for text in ax.texts]
        assert (first, last) == (names[named[0]], names[named[1]])
        assert others == (["18 more between"] if len(heights) > 2 else [])
        assert all(
            0.0 <= text.get_window_extent().y0 < text.get_window_extent().y1 <= figure.bbox.y1 for text in ax.texts
        )


def test_a_dollar_in_a_name_is_a_dollar():
    """Names are no formulas; one with a single dollar between two could not be drawn at all."""
    with style.house():
        figure = style.new_figure()
        ax = figure.subplots()
        ax.set(xlim=(0.0, 1e9), ylim=(0.0, 1e-9))
        label_ends(ax, ["A $x_1$", "50 % $^", "$"], [1e-10, 5e-10, 9e-10], style.pens(3))
        figure.canvas.draw()
        assert not any(text.get_parse_math() for text in ax.texts)
        assert not any("$" in text.get_text() for text in [*ax.get_xticklabels(), *ax.get_yticklabels()])
