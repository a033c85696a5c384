"""The figure of a search: each candidate where its measures say, a staircase that no candidate of the sampler goes beyond."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from desertion.figures import style
from desertion.figures.fronts import fronts


@pytest.fixture
def table() -> pd.DataFrame:
    """Two samplers of three candidates each; the last one of each is beyond the limit."""
    return pd.DataFrame(
        {
            "proposed_by": ["one"] * 3 + ["two"] * 3,
            "left_total": [10.0, 20.0, 30.0, 11.0, 8.0, 40.0],
            "cost_eur": [1e6, 5e7, 4e8, 3e6, 5e6, 5e8],
            "within": [True, True, False, True, True, False],
            "front": [True, True, False, True, False, False],
        }
    )


def _drawn(table: pd.DataFrame, wanted: dict[str, str], limits: dict[str, float]) -> Axes:
    with style.house():
        return fronts(Figure().subplots(), table, wanted, limits)


def test_a_front_is_a_staircase_within_the_limit_and_the_rest_is_marked(table: pd.DataFrame) -> None:
    """Money across on a logarithmic axis, leavers upright, the limit as a line, those beyond it as crosses."""
    ax = _drawn(table, {"left_total": "more", "cost_eur": "less"}, {"cost_eur": 1e8})
    drawn = {str(line.get_label()): line for line in ax.lines}
    first = drawn["one: front (2 of the 2 within the limits)"]
    assert np.asarray(first.get_xdata()).tolist() == [1e6, 5e7]
    assert np.asarray(first.get_ydata()).tolist() == [10.0, 20.0]
    assert first.get_drawstyle() == "steps-post"
    assert len(np.asarray(drawn["two: front (1 of the 2 within the limits)"].get_xdata())) == 1
    assert np.asarray(drawn["beyond a limit (2)"].get_ydata()).tolist() == [30.0, 40.0]
    assert np.asarray(drawn["the limit"].get_xdata()).tolist() == [1e8, 1e8]
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "mean cost to hosts (EUR), less is better (log scale)"


def test_what_costs_nothing_beyond_a_limit_is_drawn(table: pd.DataFrame) -> None:
    """A logarithmic axis has no place for it, whatever lies within the limits."""
    ax = _drawn(
        table.assign(cost_eur=[*table["cost_eur"][:-1], 0.0]),
        {"left_total": "more", "cost_eur": "less"},
        {"left_total": 35.0},
    )
    assert ax.get_xscale() == "linear"
    assert ax.get_xlim()[0] <= 0.0


def test_more_of_both_turns_the_staircase(table: pd.DataFrame) -> None:
    """With more of both wanted, the edge drops after a candidate and not before it."""
    ax = _drawn(table[table["within"]], {"left_total": "more", "cost_eur": "more"}, {})
    said = [ax.get_title(loc="left"), *(str(line.get_label()) for line in ax.lines)]
    assert not [text for text in said if "limit" in text], "there is none"
    assert {line.get_drawstyle() for line in ax.lines if "front" in str(line.get_label())} == {"steps-pre"}


def test_one_wish_is_drawn_against_its_limit_without_a_staircase(table: pd.DataFrame) -> None:
    """A staircase would say that the limited measure is wanted too."""
    ax = _drawn(table, {"left_total": "more"}, {"cost_eur": 1e8})
    assert {line.get_drawstyle() for line in ax.lines if "front" in str(line.get_label())} == {"default"}


def test_candidates_of_nobody_who_cost_nothing_have_no_hundredths_of_either(table: pd.DataFrame) -> None:
    """Where no lever moves anything all stand at 0, and a 50th of a person is no tick."""
    ax = _drawn(
        table.assign(within=True, front=True, left_total=0.0, cost_eur=0.0),
        {"left_total": "more", "cost_eur": "less"},
        {},
    )
    assert ax.get_xlim()[1] >= 1.0
    assert ax.get_ylim()[1] >= 1.0


def test_limits_of_both_measures_are_drawn(table: pd.DataFrame) -> None:
    """What lies beyond the upright one is crossed out too, which without its line nothing explained."""
    limits = {"left_total": 25.0, "cost_eur": 1e8}
    ax = _drawn(table, {"left_total": "more", "cost_eur": "less"}, limits)
    lines = [line for line in ax.lines if line.get_linestyle() == "--" and len(np.asarray(line.get_xdata())) == 2]
    assert sorted(float(np.asarray(line.get_ydata())[0]) for line in lines) == [0.0, 25.0]
    assert ax.get_legend_handles_labels()[1].count("the limits") == 1
