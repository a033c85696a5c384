"""Titles and labels: each says in words what the numbers of the figure say."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion import compare
from desertion.figures import answers, findings, style
from desertion.figures.labels import label, policy
from desertion.figures.maps import heatmap


def _differences(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"measure": "left_total", "baseline": "no-offer", "policy": name, "difference": middle, "low": low, "high": high}
         for name, middle, low, high in rows]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((("shut", -3.0, -9.0, 3.0), ("fast-track", 214.0, 205.0, 216.0)), "Fast track: 214 more than no offer"),
        ((("closed-borders", -12.0, -14.0, -11.0), ("fast-track", 2.0, -1.0, 3.0)), "Closed borders: 12 fewer than no offer"),
        ((("shut", 900.0, -1.0, 2000.0),), "No policy differs from no offer by more than chance"),
    ],
)  # fmt: skip
def test_a_title_names_the_largest_difference_that_is_sure(
    rows: tuple[tuple[str, float, float, float], ...], said: str
) -> None:
    """A larger one whose interval holds 0 is not named; codes are words."""
    assert findings.of_differences(_differences(*rows), "left_total") == said


def test_policies_stand_in_order_of_their_effects() -> None:
    """The largest difference is on top, whatever the order of the table."""
    table = _differences(("a", 1.0, 0.5, 2.0), ("b", 30.0, 20.0, 40.0), ("c", -5.0, -6.0, -4.0))
    with style.house():
        ax = answers.differences(style.new_figure().subplots(), table, "left_total")
    height = dict(zip([text.get_text() for text in ax.get_yticklabels()], ax.get_yticks(), strict=True))
    assert height["b"] > height["a"] > height["c"]


def test_a_map_of_small_differences_does_not_use_the_whole_ladder_of_colours() -> None:
    """From 3,306 to 3,376 is two hundredths of the way, so the colours of both ends are close; the title says how far apart they are."""
    table = pd.DataFrame(
        [[3306.0, 3306.0], [3326.0, 3376.0]], index=pd.Index([0.0, 1.0], name="asylum"), columns=[0.0, 1.0]
    )
    with style.house():
        ax = heatmap(style.new_figure().subplots(), table, "t", "u", from_zero=False)
    mesh = ax.collections[0]
    low, high = (np.array(mesh.to_rgba(np.array([value]))[0]) for value in (3306.0, 3376.0))
    assert np.abs(low - high).max() < 0.2
    assert findings.of_map(table, "left_total", chance=False) == "Median persons who left: 3,306 to 3,376, 2.1% apart"


def test_a_map_of_chances_says_from_where_on_cascades_are_global() -> None:
    """The first value of the upright parameter at which half of the runs are; none is said to be none."""
    upright, across = pd.Index([1.0, 2.0, 3.0], name="contagion"), pd.Index([0.0, 1.0], name="asylum")
    table = pd.DataFrame([[0.0, 0.1], [0.2, 0.6], [0.9, 1.0]], index=upright, columns=across)
    assert (
        findings.of_map(table, "share_left", chance=True)
        == "Half of the runs or more end in a global cascade from contagion 2 on"
    )
    assert findings.of_map(table * 0.4, "share_left", chance=True).startswith("Nowhere here do half of the runs")


def test_the_scenarios_own_place_is_marked_on_a_map() -> None:
    """A star stands there."""
    table = pd.DataFrame([[0.0, 1.0], [0.5, 1.0]], index=pd.Index([0.0, 2.0], name="contagion"), columns=[0.0, 1.0])
    with style.house():
        ax = heatmap(style.new_figure().subplots(), table, "t", "u", shipped=(0.5, 1.0))
    (star,) = [line for line in ax.lines if line.get_marker() == "*"]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (0.5, 1.0)


def test_inputs_are_called_what_their_definitions_call_them() -> None:
    """No dotted key stands on an axis, and no underscore."""
    assert label("behaviour.push_threat") == "weight of the threat of call-up"
    assert label("hosts.*.skilled_visas") == "skilled-worker visas a day"
    assert label("log10 cost_eur") == "logarithm of cost to hosts (EUR)"
    assert policy("coalition-and-fast-track") == "coalition and fast track"


def test_a_comparison_says_its_finding_and_marks_what_happened(tmp_path: Path) -> None:
    """The title names the policy that moves most leavers; a ban that one policy brings stands under that policy's name."""
    done = compare("toy", ["none", "fast-track", "exit-ban"], runs=4, days=60, out=tmp_path / "c", quiet=True)
    ax = done.plot("curves").axes[0]
    rows = done.paired[done.paired["measure"] == "left"]
    assert ax.get_title(loc="left") == findings.of_differences(rows, "left")
    marks = [text.get_text() for text in ax.texts]
    assert "exit ban (exit-ban)" in marks
    assert [words for words in marks if words.startswith("call-up of")] == ["call-up of 60"]
