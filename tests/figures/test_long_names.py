"""Names of composed policies in figures: nothing that is drawn leaves the page or the axes."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from desertion.figures import attribution, curves, hosts, routes, strength, style

LONG = "Closed borders + Fast track + Exit ban after thirty days"
LONGEST = "Strict screening + Fast track + Humane treatment + Information campaign + Coalition"


@pytest.mark.parametrize("drawn", ["ways", "attribution", "effects", "collapse", "hosts"])
def test_names_of_eight_rows_touch_neither_each_other_nor_the_edges(drawn: str) -> None:
    """Names of five policies laid over each other stand in two lines each, and leave the axes and what is written below them their room."""
    names = [LONGEST.replace("Coalition", f"Coalition {number}") for number in range(8)]
    with style.house():
        figure = style.new_figure()
        ax = figure.subplots()
        if drawn == "ways":
            routes.by_policy(ax, pd.DataFrame({way: range(8) for way in routes.ORDER}, index=names))
        elif drawn == "attribution":
            attribution.bars(ax, pd.DataFrame({"a": "usual", "b": names, "both": 9.0, "only_a": 2.0, "only_b": 3.0}))
        elif drawn == "effects":
            attribution.effects(ax, pd.DataFrame({"policy": names, "difference": 1.0, "low": 0.5, "high": 2.0}))
        elif drawn == "collapse":
            strength.chance(ax, pd.DataFrame({"chance": 0.2, "low": 0.1, "high": 0.4}, index=names))
        else:
            hosts.peaks(ax, pd.DataFrame({"ridge": range(8)}, index=names))
            ax.set_xlabel("people there on the last day, all forces, mean of runs")
        figure.draw_without_rendering()
        spans = sorted((label.get_window_extent().y0, label.get_window_extent().y1) for label in ax.get_yticklabels())
        assert all(below[1] <= above[0] for below, above in pairwise(spans))
        assert min(label.get_window_extent().x0 for label in ax.get_yticklabels()) >= 0.0
        assert ax.xaxis.label.get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize("drawn", ["ways", "attribution"])
def test_a_legend_beside_long_names_stays_on_the_page(drawn: str) -> None:
    """With every way and every part in it, under names of three policies laid over each other."""
    with style.house():
        figure = style.new_figure()
        if drawn == "ways":
            ax = routes.by_policy(
                figure.subplots(), pd.DataFrame({way: [30.0, 20.0] for way in routes.ORDER}, index=["Fast track", LONG])
            )
        else:
            row = {"a": LONG, "both": 190.0, "only_a": 16.0, "only_b": 2.0, "neither": 5.0}
            ax = attribution.bars(figure.subplots(), pd.DataFrame([{**row, "b": "Fast track"}, {**row, "b": LONG}]))
        figure.draw_without_rendering()
        legend = ax.get_legend()
        assert legend is not None
        assert legend.get_window_extent().x1 <= figure.bbox.x1


def test_names_of_events_near_each_other_do_not_touch() -> None:
    """One that has no room is told by the note, with its day."""
    with style.house():
        figure = style.new_figure()
        ax = figure.subplots()
        ax.set_xlim(0.0, 200.0)
        near = curves.mark(
            ax, [(5, "call-up of 60,000"), (1, "exit ban"), (90, "call-up of 78,000"), (92, "wall falls")]
        )
        figure.draw_without_rendering()
        drawn = [text.get_window_extent() for text in ax.texts]
    assert [text.get_text() for text in ax.texts] == ["exit ban", "call-up of 78,000"]
    assert near == "Dotted at day 5: call-up of 60,000. Dotted at day 92: wall falls."
    assert len(ax.lines) == 4
    assert not drawn[0].overlaps(drawn[1])


def test_the_name_of_an_event_stays_within_the_axes() -> None:
    """It stands upright in as many lines as it needs, and none reaches the ticks below."""
    with style.house():
        figure = style.new_figure()
        figure.set_figheight(0.75 * figure.get_figheight())  # what titles and notes leave
        ax = figure.subplots()
        ax.set_xlim(0.0, 200.0)
        curves.mark(ax, [(31, LONG)])
        figure.draw_without_rendering()
        (text,) = ax.texts
        assert text.get_window_extent().y0 >= ax.bbox.y0
