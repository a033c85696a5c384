"""Figures of close pairs show the numbers that they are given."""

from __future__ import annotations

import math

import pytest

from desertion.figures import style
from desertion.figures.marks import Mark, deviations, ratios, shares


def test_marks_stand_at_their_values_from_the_top() -> None:
    """One mark a row, named at the left, the first at the top; an infinite interval does not stretch the axis."""
    with style.house():
        axes = style.new_figure("wide").subplots(1, 2)
        ratios(axes[0], [Mark("first", 1.5, 1.1, 2.0, (0.8, 1.2), True), Mark("second", 0.9, 0.0, math.inf)])
        shares(axes[1], [Mark("power", 0.7, 0.6, 0.8)], 0.05)
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["first", "second"]
    dots = [line.get_xdata()[0] for line in axes[0].lines if line.get_marker() == "o"]
    assert dots == pytest.approx([1.5, 0.9])
    assert axes[0].get_xlim()[1] < 8.1
    assert axes[1].get_xlim() == pytest.approx((-0.02, 1.02))


def test_a_ratio_beyond_the_axis_is_an_arrow_at_its_end_and_one_without_effect_lies_on_it() -> None:
    """No close pair at all has no place on a logarithmic axis, and twelve times as many lie beyond it; neither vanishes."""
    with style.house():
        ax = style.new_figure("wide").subplots()
        nowhere = (math.nan, math.nan)
        ratios(ax, [Mark("none", 0.0, *nowhere, (0.0, 3.0)), Mark("many", 12.0, *nowhere)])
    left, right = ax.get_xlim()
    assert left < 1.0 < right
    arrows = [(line.get_marker(), *line.get_xdata(), *line.get_ydata()) for line in ax.lines if line.get_marker() in "<>"]  # fmt: skip
    assert arrows == [("<", left, 0), (">", right, -1)]


def test_a_deviation_beyond_the_axis_is_an_arrow_at_its_end() -> None:
    """Its row stood empty, as if the figure were met."""
    with style.house():
        ax = style.new_figure("wide").subplots()
        deviations(
            ax,
            [Mark("far", -30.0, -31.0, -29.0), Mark("near", 2.0, 1.0, 3.0), Mark("high", 11.0, 9.0, 12.0, strong=True)],
            3.0,
        )
    arrows = [(line.get_marker(), *line.get_xdata(), *line.get_ydata()) for line in ax.lines if line.get_marker() in "<>"]  # fmt: skip
    assert arrows == [("<", -10.0, 0), (">", 10.0, -2)]


def test_ticks_of_a_wide_axis_of_ratios_stand_a_doubling_apart() -> None:
    """0.75 and 1 would be written over each other."""
    with style.house():
        wide, narrow = style.new_figure("wide").subplots(1, 2)
        ratios(wide, [Mark("one", 1.0, 0.25, 6.0)])
        ratios(narrow, [Mark("one", 1.0, 0.5, 2.0)])
    assert [label.get_text() for label in wide.get_xticklabels()] == ["0.25", "0.5", "1", "2", "3", "4", "6"]
    assert [label.get_text() for label in narrow.get_xticklabels()] == ["0.5", "0.75", "1", "1.5", "2"]
