"""Figures of studies: each answer is drawn as the numbers say."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from desertion.errors import InputError
from desertion.figures import answers as drawn
from desertion.figures import style
from desertion.figures.maps import heatmap
from desertion.study.analysis.cascades import size_distribution
from desertion.study.analysis.study import Study
from desertion.study.design.reading import spec_from
from desertion.study.run.sweep import RunOptions, run_study


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two policies at five pulls and three others, 20 replicates."""
    table = {
        "title": "a study",
        "task": "tests.study.run.fake.run",
        "policies": {"closed": [], "open": ["open"]},
        "vary": {"pull": [0.0, 0.25, 0.5, 0.75, 1.0]},
        "replicates": 20,
    }
    with ThreadPoolExecutor(1) as threads:
        options = RunOptions(quiet=True, executor=threads, workers=1)
        return run_study(spec_from(table, "s", "s"), tmp_path_factory.mktemp("s") / "s.sqlite", options)


@pytest.mark.parametrize("kind", ["curves", "sizes", "response", "paired", "pareto"])
def test_every_kind_of_figure_draws(done: Study, tmp_path: Path, kind: str) -> None:
    """It has axes with labels on both sides and can be written."""
    figure = done.plot("left_total", kind)
    assert isinstance(figure, Figure)
    assert all(ax.get_xlabel() for ax in figure.axes)
    assert style.save(figure, tmp_path / "a.png").stat().st_size > 5_000


def test_the_design_suggests_the_figure(done: Study) -> None:
    """One varied number: the response to it, a line a policy."""
    ax = done.plot("left_total").axes[0]
    assert ax.get_xlabel() == "pull"
    assert [text.get_text() for text in ax.texts] == ["closed", "open"]


def test_a_phase_diagram_needs_two_parameters_and_an_unknown_kind_is_refused(done: Study) -> None:
    """In a sentence."""
    with pytest.raises(InputError, match="a phase diagram needs two"):
        done.plot("left_total", "phase")
    with pytest.raises(InputError, match="no kind of plot 'phaze'; did you mean 'phase'"):
        done.plot("left_total", "phaze")


def test_a_small_heatmap_tells_its_numbers_and_a_large_one_does_not() -> None:
    """Nine cells have their numbers in them and the axes are marked at the values; sixty-four have neither."""
    for side, told in ((3, 9), (8, 0)):
        index = pd.Index(np.linspace(0.0, 1.0, side), name="asylum")
        table = pd.DataFrame(np.arange(side * side, dtype=float).reshape(side, side), index=index, columns=index)
        with style.house():
            ax = heatmap(style.new_figure().subplots(), table, "t", "u", from_zero=False)
            assert len(ax.texts) == told
            assert ax.collections[0].norm.vmin < 0.0
        if told:
            assert ax.get_xticks().tolist() == index.tolist()


def test_a_heatmap_shows_each_cell_at_its_value_with_the_tipping_line() -> None:
    """Cells are centred on grid values; the theory's line lies over them."""
    table = pd.DataFrame(
        [[0.0, 0.1], [0.5, 1.0]], index=pd.Index([0.0, 1.0], name="beta"), columns=pd.Index([0.0, 2.0], name="asylum")
    )
    with style.house():
        line = np.array([0.0, 2.0]), np.array([1.0, 0.0])
        ax = heatmap(style.new_figure().subplots(), table, "t", "u", line)
    assert ax.collections[0].get_array().ravel().tolist() == [0.0, 0.1, 0.5, 1.0]
    assert ax.get_xlim() == (-1.0, 3.0)
    assert len(ax.lines) == 2


def test_the_histogram_holds_every_run() -> None:
    """Counts add up to the runs."""
    sizes = size_distribution(np.linspace(0, 1, 57))
    with style.house():
        ax = drawn.histogram(style.new_figure().subplots(), sizes.counts, sizes.edges, 0.1)
    assert ax.patches[0].get_data().values.sum() == 57


def test_a_size_is_exceeded_by_the_runs_that_are_as_large() -> None:
    """Of sizes 1, 2, 2 and 4, one in four is at least 3 and none is at least 5: read where the line stands, not at its corners."""
    sizes = size_distribution([1.0, 2.0, 2.0, 4.0])
    with style.house():
        ax = drawn.exceedance(style.new_figure().subplots(), sizes.sizes, sizes.exceeding, float("nan"), "left_total")
    path = ax.lines[0].get_path().vertices
    heights = {at: {y for (x0, y), (x1, _) in pairwise(path) if x0 < at < x1} for at in (1.5, 3.0)}
    assert heights == {1.5: {0.75}, 3.0: {0.25}}
    assert path[-1].tolist() == [4.0, 0.0]


def test_differences_show_zero_and_the_interval(done: Study) -> None:
    """Whether an interval crosses zero is the question that the figure answers."""
    with style.house():
        ax = drawn.differences(style.new_figure().subplots(), done.paired(["left_total"]), "left_total")
    assert any(np.allclose(line.get_xdata(), 0.0) for line in ax.lines)
    assert ax.get_yticklabels()[0].get_text() == "open, pull 0"
