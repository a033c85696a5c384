"""Names of composed policies in figures: nothing that is drawn leaves the page or the axes."""

from __future__ import annotations

from itertools import combinations, pairwise

import pandas as pd
import pytest
from matplotlib.text import Text

from desertion.figures import attribution, curves, hosts, line_names, routes, strength, style
from desertion.figures.style import Medium
from tests import fakes

LONG = "Closed borders + Fast track + Exit ban after thirty days"
LONGEST = "Strict screening + Fast track + Humane treatment + Information campaign + Coalition"


@pytest.mark.parametrize("drawn", ["ways", "attribution", "effects", "collapse", "hosts"])
@pytest.mark.parametrize(("medium", "rows"), [("screen", 8), ("screen", 12), ("paper", 12)])
def test_names_of_rows_touch_neither_each_other_nor_the_edges(drawn: str, medium: Medium, rows: int) -> None:
    """Names of five policies laid over each other stand in two lines each, and leave the axes and what is written below them their room."""
    names = [LONGEST.replace("Coalition", f"Coalition {number}") for number in range(rows)]
    with style.house(medium):
        figure = style.new_figure("wide", medium)
        ax = figure.subplots()
        if drawn == "ways":
            routes.by_policy(ax, pd.DataFrame({way: range(rows) for way in routes.ORDER}, index=names))
        elif drawn == "attribution":
            attribution.bars(ax, pd.DataFrame({"a": "usual", "b": names, "both": 9.0, "only_a": 2.0, "only_b": 3.0}))
        elif drawn == "effects":
            attribution.effects(ax, pd.DataFrame({"policy": names, "difference": 1.0, "low": 0.5, "high": 2.0}))
        elif drawn == "collapse":
            strength.chance(ax, pd.DataFrame({"chance": 0.2, "low": 0.1, "high": 0.4}, index=names))
        else:
            hosts.peaks(ax, pd.DataFrame({"ridge": range(rows)}, index=names))
            ax.set_xlabel("people there on the last day, all forces, mean of runs")
        figure.draw_without_rendering()
        spans = sorted((label.get_window_extent().y0, label.get_window_extent().y1) for label in ax.get_yticklabels())
        assert all(below[1] <= above[0] for below, above in pairwise(spans))
        assert min(label.get_window_extent().x0 for label in ax.get_yticklabels()) >= 0.0
        assert ax.xaxis.label.get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize("baseline", [LONG, "Capacity taken"])
@pytest.mark.parametrize("drawn", ["ways", "attribution"])
def test_a_legend_beside_long_names_stays_on_the_page(drawn: str, baseline: str) -> None:
    """With every way and every part in it, under names of three policies laid over each other."""
    with style.house():
        figure = style.new_figure()
        if drawn == "ways":
            ax = routes.by_policy(
                figure.subplots(), pd.DataFrame({way: [30.0, 20.0] for way in routes.ORDER}, index=["Fast track", LONG])
            )
        else:
            row = {"a": baseline, "both": 190.0, "only_a": 16.0, "only_b": 2.0, "neither": 5.0}
            ax = attribution.bars(figure.subplots(), pd.DataFrame([{**row, "b": "Fast track"}, {**row, "b": LONGEST}]))
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
        near = line_names.mark(
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
        line_names.mark(ax, [(31, LONG)])
        figure.draw_without_rendering()
        (text,) = ax.texts
        assert text.get_window_extent().y0 >= ax.bbox.y0


@pytest.mark.parametrize("medium", ["screen", "paper"])
def test_titles_and_names_of_twelve_panels_touch_nowhere(medium: Medium) -> None:
    """Titles are as wide as their panel, and the axis of persons is named once: a name a row is longer than a row is high."""
    histories = fakes.histories({f"{number}: {LONGEST}": 0.2 for number in range(12)}, 2)
    with style.house(medium):
        figure = style.new_figure("tall", medium)
        curves.panels(figure, curves.bands(histories, "left"))
        figure.draw_without_rendering()
        told = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
        titles = [text.get_window_extent() for text in told if "Screening" in text.get_text().title()]
        units = [text for text in told if text.get_text() == "persons, cumulative"]
    assert len(titles) == 12
    assert not [1 for one, other in combinations(titles, 2) if one.overlaps(other)]
    assert max(box.x1 for box in titles) <= figure.bbox.x1
    assert len(units) == 1


@pytest.mark.parametrize("medium", ["screen", "paper"])
def test_names_of_events_meet_no_other_words_where_runs_of_twelve_policies_collapse(medium: Medium) -> None:
    """What the ticks at the foot mean is said below the axes, through which names of events reach to the foot."""
    histories = fakes.histories({f"policy {number}": 0.2 for number in range(12)}, 2)
    with style.house(medium):
        figure = style.new_figure("wide", medium)
        ax = strength.curve(figure.subplots(), histories.assign(collapsed=histories["day"] == 20))
        line_names.mark(ax, [(10, "call-up of 222,000")], top=strength.FOOT)
        figure.draw_without_rendering()
        event, *others = (text.get_window_extent() for text in reversed(ax.texts))
        ticks = [line.get_ydata()[0] for line in ax.lines if str(line.get_label()).startswith("collapse")]
    assert not [box for box in others if box.overlaps(event)]
    assert "days on which runs collapse" in figure.get_supxlabel()
    assert max(ticks) <= 0.25
