"""Names of composed policies in figures: nothing that is drawn leaves the page or the axes."""

from __future__ import annotations

import pandas as pd
import pytest

from desertion.figures import attribution, curves, routes, style

LONG = "Closed borders + Fast track + Exit ban after thirty days"


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
            row = {"a": "The scenario as it is", "both": 190.0, "only_a": 16.0, "only_b": 2.0, "neither": 5.0}
            ax = attribution.bars(figure.subplots(), pd.DataFrame([{**row, "b": "Fast track"}, {**row, "b": LONG}]))
        figure.draw_without_rendering()
        legend = ax.get_legend()
        assert legend is not None
        assert legend.get_window_extent().x1 <= figure.bbox.x1


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
