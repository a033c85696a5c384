"""Figures of studies: each answer is drawn as the numbers say."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from desertion import Scenario, sweep
from desertion.errors import InputError
from desertion.figures import answers as drawn
from desertion.figures import style
from desertion.figures.fronts import fronts
from desertion.figures.maps import heatmap
from desertion.scenario.grain import floor_note
from desertion.study.analysis.cascades import size_distribution
from desertion.study.analysis.pictures import overview
from desertion.study.analysis.study import Study
from desertion.study.design.layout import DesignRule
from desertion.study.design.reading import spec_from
from desertion.study.run.sweep import run_study
from desertion.theory.weights import tipping_value
from tests.shortcuts import at_once


@pytest.fixture(autouse=True)
def short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of theory is drawn through its ends and its middle: each place takes a twentieth of a second."""
    monkeypatch.setattr("desertion.study.analysis.pictures._LINE_POINTS", 3)


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
    return run_study(spec_from(table, "s", "s"), tmp_path_factory.mktemp("s") / "s.sqlite", at_once())


@pytest.mark.parametrize("kind", ["curves", "sizes", "response", "paired", "pareto"])
def test_every_kind_of_figure_draws(done: Study, tmp_path: Path, kind: str) -> None:
    """It has axes with labels on both sides and can be written."""
    figure = done.plot("left" if kind == "curves" else "left_total", kind)
    assert isinstance(figure, Figure)
    assert all(ax.get_xlabel() for ax in figure.axes)
    assert style.save(figure, tmp_path / "a.png").stat().st_size > 5_000


def test_a_front_leaves_out_and_counts_a_point_that_lost_runs(tmp_path: Path) -> None:
    """Its mean is of other people than theirs, and it was counted among those that the others were held against."""
    table = {"task": "tests.study.run.fake.run", "vary": {"pull": [0.2, 0.4], "fail_at": [-1, 2]}, "replicates": 4}
    figure = run_study(spec_from(table, "s", "s"), tmp_path / "s.sqlite", at_once()).plot("left_total", "pareto")
    assert figure.get_suptitle().startswith("2 of 2 design points")
    assert "2 design points without runs that others have are left out." in figure.get_supxlabel().replace("\n", " ")


def test_a_phase_diagram_counts_the_runs_of_a_point_that_stands_twice_once(tmp_path: Path) -> None:
    """They are the same runs, and the cell is drawn of them once."""
    rows = [{"pull": pull, "other": other} for pull in (0.2, 0.4) for other in (1, 2)]
    table = {"task": "tests.study.run.fake.run", "design": {"kind": "list", "rows": [*rows, rows[0]]}, "replicates": 3}
    figure = run_study(spec_from(table, "s", "s"), tmp_path / "s.sqlite", at_once()).plot("left_total", "phase")
    assert "Each cell: 3 runs." in figure.get_supxlabel()


def test_the_design_suggests_the_figure(done: Study) -> None:
    """One varied number: the response to it, a line a policy."""
    ax = done.plot("left_total").axes[0]
    assert ax.get_xlabel() == "pull"
    assert [text.get_text() for text in ax.texts] == ["closed", "open"]


def test_a_figure_draws_the_measure_that_was_asked_for_or_none(done: Study, tmp_path: Path) -> None:
    """Curves drew another column and a front its own, whatever the name; tables of unknown measures broke off, or dropped it."""
    assert done.plot("strength", "curves").axes[0].get_ylabel() != done.plot(kind="curves").axes[0].get_ylabel()
    assert done.answer("strength", "curves").equals(done.bands(("strength",)))
    assert done.answer("strength").equals(done.bands(("strength",)))
    for measure in ("nonsense", "left_total"):
        with pytest.raises(InputError, match=f"no daily column '{measure}'.*left, strength"):
            done.plot(measure, "curves")
    for ask in (done.plot, done.answer):
        with pytest.raises(
            InputError, match=r"a front weighs left_total, cost_eur, infiltrators .* does not show noise"
        ):
            ask("noise", "pareto")
    for ask in (
        done.plot,
        done.answer,
        done.sizes,
        lambda name: done.summary([name]),
        lambda name: done.paired([name]),
    ):
        with pytest.raises(InputError, match="no measure 'left_totl'; did you mean 'left_total'"):
            ask("left_totl")
    rows = [{"policies": "case-by-case"}, {"policies": "fast-track"}]
    toy = _toy(tmp_path, 2, points=rows, measures=["left_total", "share_left"], daily=["left"])
    assert toy.plot().axes[0].get_xlabel() == "day"
    assert len(toy.plot("left_total").axes) == 2, "what no curve was kept of is drawn as sizes"


def _toy(path: Path, runs: int = 1, **more: Any) -> Study:
    """A study of the smallest scenario over six days."""
    return sweep(scenario="toy", days=6, runs=runs, out=path / "s.sqlite", options=at_once(), **more)


def test_a_point_that_a_design_holds_twice_is_one_line_and_one_pair(tmp_path: Path) -> None:
    """Two equal rows were one line that ran back to day 0, and no pairs could be made."""
    rows = [{"contagion": 1.0, "policies": name} for name in ("case-by-case", "fast-track", "fast-track")]
    study = _toy(tmp_path, 6, points=rows)
    ax = study.plot(kind="curves").axes[0]
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]
    assert len(lines) == 2
    assert all(line.get_xdata().tolist() == list(range(7)) for line in lines)
    assert "Line: median. Band: middle half of the runs." in ax.figure.get_supxlabel()
    assert study.paired()["pairs"].tolist() == [6]


def test_points_stand_at_what_they_leave_to_the_scenario(tmp_path: Path) -> None:
    """Contagion left alone is 1, the dial the scenario's status quo, soldiers the scenario's; names leave out what a point does."""
    rows = [{"contagion": 0.1 + 0.2}, {"asylum": 0.1}, {"forces.toy.soldiers": 200}]
    study = _toy(tmp_path, 6, points=rows)
    places = {
        name: overview(study, "left_total", "response", axes=[name]).axes[0].lines[0].get_xdata().tolist()
        for name in rows[1] | rows[0] | rows[2]
    }
    scenario = Scenario.load("toy")
    assert places == {
        "contagion": [0.1 + 0.2, 1.0, 1.0],
        "asylum": [scenario.asylum_status_quo, 0.1, scenario.asylum_status_quo],
        "forces.toy.soldiers": [scenario.forces[0].soldiers, scenario.forces[0].soldiers, 200],
    }
    names = [text.get_text().replace("\n", " ") for text in study.plot(kind="curves").axes[0].texts]
    assert names == [
        "contagion (multiple of the scenario's) 0.3",
        "asylum dial (0 closed, 1 open fast track) 0.1",
        "toy: soldiers serving at the start 200",
    ]


@pytest.mark.parametrize(("name", "values"), [("capacity", [0.5, 2.0]), ("forces.toy.soldiers", [200, 300])])
def test_the_tipping_line_is_drawn_over_dials_and_whole_numbers(tmp_path: Path, name: str, values: list[float]) -> None:
    """R at each value is that of the scenario with it; a multiple of the hosts' capacity is no input of a scenario."""
    study = _toy(tmp_path, vary={"contagion": [0.0, 1.0], name: values})
    line = next(line for line in study.plot().axes[0].lines if line.get_label() == "R = 1 in theory")
    across, up = (
        (line.get_xdata(), line.get_ydata())
        if line.get_xdata()[0] == values[0]
        else (line.get_ydata(), line.get_xdata())
    )
    assert (across[0], across[-1]) == (values[0], values[-1])
    wanted = [
        tipping_value(Scenario.load("toy", days=6, set={} if name == "capacity" else {name: value})) for value in values
    ]
    assert [up[0], up[-1]] == pytest.approx(wanted, rel=1e-3)


def test_a_map_says_how_many_runs_a_cell_holds_and_what_too_few_means(tmp_path: Path) -> None:
    """A chance from one run is 0 or 1; a median of a few simulated persons bears its mark in its cell too, and the mark is explained."""
    vary = {"contagion": [0.0, 0.1], "asylum": [0.4, 0.5]}
    study = _toy(tmp_path, 3, vary=vary, scale=0.2)
    figure = study.plot("left_total", "phase")
    cells = {text.get_text() for text in figure.axes[0].texts}
    assert cells
    assert all(cell.endswith("†") == (float(cell.rstrip("†")) < 25.0) for cell in cells)
    words = " ".join(figure.get_supxlabel().split())
    assert "Each cell: 3 runs." in words
    assert (
        "† too few to tell at this scale: fewer than 5 simulated persons, each of whom stands for 5; so are 4 of 4 design points."
        in words
    )
    table = study.runs.assign(left_total=np.where(study.runs["design"] == 1, 100.0, 10.0))
    table.attrs.update(study.runs.attrs)
    study.runs = table
    drawn = [text.get_text() for text in study.plot("left_total", "phase").axes[0].texts]
    assert sorted(drawn) == ["100", "10†", "10†", "10†"]
    study.runs = study.runs.iloc[1:]
    assert "Each cell: 2 to 3 runs." in " ".join(study.plot("left_total", "phase").get_supxlabel().split())


@pytest.mark.parametrize(
    ("kind", "measure", "what"),
    [
        ("response", "share_left", "4 of 4 design points"), ("sizes", "share_left", "4 of 4 design points"),
        ("response", "left_total", "4 of 4 design points"), ("phase", "soldiers_left_share", "4 of 4 design points"),
        ("curves", "left", "4 of 4 lines at their last day"), ("paired", "left_total", "2 of 2 differences"),
        ("pareto", "left_total", "4 of 4 design points in persons who left"),
    ],
)  # fmt: skip
def test_the_foot_says_how_many_points_rest_on_too_few(tmp_path: Path, kind: str, measure: str, what: str) -> None:
    """Four simulated persons at the most have left, in a line, a cell or a share as in the table of `show`; with six nothing is said, nor where everybody is simulated."""
    vary = {"contagion": [0.5, 1.0], "asylum": [0.4, 0.5]}
    told = {"vary": vary} if kind != "paired" else {"vary": {"contagion": [0.5, 1.0]}, "policies": {"a": [], "b": ["fast-track"]}}  # fmt: skip
    study = _toy(tmp_path, 1, scale=0.2, daily=["left"], **told)
    plain = f"{what} too few to tell at this scale: fewer than 5 simulated persons, 5 real ones each."
    marked = (
        f"† too few to tell at this scale: fewer than 5 simulated persons, each of whom stands for 5; so are {what}."
    )
    of = measure.removesuffix("_share").replace("share_left", "left_total")

    def drawn(persons: float) -> str:
        values = persons * 5.0 - study.runs["design"] % 2
        table = study.runs.assign(**{measure: values, of: values})
        if kind == "paired":
            table[measure] *= (study.runs["policies"] == "b").to_numpy()
        table.attrs.update(study.runs.attrs)
        study.runs = table
        with pytest.MonkeyPatch.context() as patch:
            bands = type(study).bands

            def bent(own: Study, *args: Any, **more: Any) -> pd.DataFrame:
                found = bands(own, *args, **more)
                return found.assign(**{name: persons * 5.0 for name in found if name.startswith("q")})

            patch.setattr(type(study), "bands", bent)
            return " ".join(study.plot(measure, kind).get_supxlabel().split())

    # Infiltrators are few under any policy, and follow those who left.
    found = drawn(4.0).replace(", 4 of 4 design points in infiltrators let in", "")
    assert (marked if kind == "response" and measure == "left_total" else plain) in found
    assert what not in drawn(6.0)
    whole = _toy(tmp_path / "whole", 1, daily=["left"], **told)
    assert "too few to tell" not in whole.plot(measure, kind).get_supxlabel().replace("\n", " ")


def test_a_chance_is_of_runs_and_rests_on_no_few_persons(tmp_path: Path) -> None:
    """A map of the share of runs in which a tenth left, of a study in which hardly anybody does."""
    study = _toy(tmp_path, scale=0.2, vary={"contagion": [0.5, 1.0], "asylum": [0.4, 0.5]})
    assert study.few("share_left")["q50"].all()
    assert "too few" not in study.plot("share_left", "phase").get_supxlabel().replace("\n", " ")


def test_the_foot_says_that_a_world_is_below_the_floor(tmp_path: Path) -> None:
    """The sentence of `run`, of the smallest world where scales differ; none at real size."""
    note = floor_note(Scenario.load("toy", scale=0.2))
    assert note
    figure = _toy(tmp_path, scale=0.2, vary={"contagion": [0.5, 1.0]}).plot()
    assert f"{note[0].upper()}{note[1:]}." in " ".join(figure.get_supxlabel().split())
    mixed = _toy(tmp_path / "mixed", vary={"scale": [1.0, 0.4, 0.2]})
    assert mixed.floor == note
    assert "below the floor" not in _toy(tmp_path / "whole").plot().get_supxlabel().replace("\n", " ")


@pytest.mark.parametrize("kind", ["curves", "sizes", "paired", "response"])
def test_every_figure_says_how_many_runs_a_point_has(tmp_path: Path, kind: str) -> None:
    """A band of three runs is no band of three hundred."""
    study = _toy(tmp_path, 3, policies={"a": [], "b": ["fast-track"]}, vary={"contagion": [0.5, 1.0]})
    assert " Each design point: 3 runs." in " ".join(study.plot("share_left", kind).get_supxlabel().split())


def test_an_input_that_was_varied_is_no_measure(tmp_path: Path) -> None:
    """It was drawn as one; the refusal lists measures alone."""
    study = _toy(tmp_path, vary={"contagion": [0.5, 1.0]})
    with pytest.raises(InputError, match="measure 'contagion'") as refused:
        study.plot("contagion", "response")
    assert "known are: abroad_end, admitted" in str(refused.value)


def test_policies_that_share_no_other_input_are_no_pairs(tmp_path: Path) -> None:
    """In a sentence, for figure and table alike."""
    rows = [{"contagion": 1.0, "policies": "case-by-case"}, {"contagion": 2.0, "policies": "fast-track"}]
    study = _toy(tmp_path, points=rows)
    for ask in (lambda: study.plot(kind="paired"), lambda: study.answer("share_left", "paired")):
        with pytest.raises(InputError, match="no two policies share the other inputs"):
            ask()


def test_where_no_value_is_run_twice_there_are_points_and_no_line(tmp_path: Path) -> None:
    """A Latin hypercube varies all inputs at once, so that each of its points was a case of its own."""
    vary = {"contagion": {"range": [0.0, 3.0]}, "asylum": {"range": [0.0, 1.0]}}
    study = _toy(tmp_path, vary=vary, design={"kind": "lhs", "points": 5})
    ax = study.plot(kind="response").axes[0]
    assert [(len(line.get_xdata()), line.get_linestyle()) for line in ax.lines] == [(5, "None")]
    assert not ax.texts


def test_a_design_of_sensitivity_is_drawn_as_points(tmp_path: Path) -> None:
    """Pairs of its points that differ in one input alone made lines of two points, named by six figures of all others."""
    vary = {"contagion": {"range": [0.0, 3.0]}, "asylum": {"range": [0.0, 1.0]}}
    study = _toy(tmp_path, vary=vary, design={"kind": "morris", "points": 4})
    figure = study.plot(kind="response")
    (line,) = figure.axes[0].lines
    assert line.get_linestyle() == "None"
    assert len(line.get_xdata()) == len(study.points.drop_duplicates(["contagion", "asylum"]))  # two stand twice
    assert "points differ in other inputs too" in " ".join(figure.get_supxlabel().split())


@pytest.mark.parametrize(("last", "scale"), [([10.0, 20.0, 30.0], "log"), ([0.0, 20.0, 30.0], "linear")])
def test_no_run_vanishes_from_a_logarithmic_axis(last: list[float], scale: str) -> None:
    """Medians of 0.1 and 20 call for one, a run of nobody forbids it."""
    runs = pd.DataFrame({"contagion": [0.0] * 3 + [1.0] * 3, "left_total": [0.1, 0.1, 0.1, *last]})
    with style.house():
        ax = drawn.response(style.new_figure().subplots(), runs, "contagion", "left_total")
    assert ax.get_yscale() == scale
    dots = [line for line in ax.lines if line.get_marker() == "."]
    assert [line.get_ydata().tolist() for line in dots] == [runs["left_total"].tolist()]
    assert ax.get_ylim()[0] <= min(last[0], 0.1)


def test_a_figure_of_nobody_has_no_part_of_a_person(done: Study) -> None:
    """Where nothing differs, or nobody left, an axis reaches to one on both sides or begins at nobody."""
    table = done.paired(["left_total"]).assign(difference=0.0, low=np.nan, high=np.nan)
    sizes = size_distribution(np.zeros(6))
    with style.house():
        none = drawn.differences(style.new_figure().subplots(), table, "left_total")
        left = drawn.histogram(style.new_figure().subplots(), sizes.counts, sizes.edges, np.nan, "left_total")
        right = drawn.exceedance(style.new_figure().subplots(), sizes.sizes, sizes.exceeding, np.nan, "left_total")
    assert none.get_xlim() == (-1.0, 1.0)
    assert left.get_xlim()[0] == right.get_xlim()[0] == 0.0


def test_sensitivity_under_several_policies_can_be_read(tmp_path: Path) -> None:
    """A panel a policy, all at one scale, with nothing over another's."""
    table = {"task": "tests.study.run.fake.run", "policies": {"closed": [], "open": ["open"], "wide": ["open", "wide"]}, "replicates": 2,
             "vary": {"pull": {"range": [0, 1]}, "other": {"range": [0, 1]}}, "design": {"kind": "morris", "points": 6, "dummy": True}}  # fmt: skip
    study = run_study(spec_from(table, "s", "s"), tmp_path / "s.sqlite", at_once())
    figure = study.plot("left_total")
    assert "whisker: 95 % interval. What does not stand clear of the dummy" in " ".join(figure.get_supxlabel().split())
    figure.canvas.draw()
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["closed", "open", "wide"]
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    boxes = [
        text.get_window_extent()
        for ax in figure.axes
        for text in [*ax.get_yticklabels(), ax.xaxis.label]
        if text.get_text()
    ]
    frames = [ax.get_window_extent() for ax in figure.axes]
    assert not any(frame.overlaps(box) for frame in frames for box in boxes)
    assert all(figure.bbox.x0 <= box.x0 for box in boxes)


def test_a_front_of_noughts_begins_at_nought() -> None:
    """There is no twentieth of a person less than none."""
    table = pd.DataFrame({"infiltrators": [0.0, 0.0], "left_total": [3.0, 4.0], "front": [True, False]})
    with style.house():
        ax = drawn.front(style.new_figure().subplots(), table, "infiltrators")
        ax.figure.canvas.draw()
    assert min(tick for tick in ax.get_xticks() if tick >= ax.get_xlim()[0]) == 0.0


def test_a_phase_diagram_needs_two_parameters_and_an_unknown_kind_is_refused(done: Study) -> None:
    """In a sentence."""
    with pytest.raises(InputError, match="varies 1 number: a phase diagram needs two"):
        done.plot("left_total", "phase")
    with pytest.raises(InputError, match="no kind of plot 'phaze'; did you mean 'phase'"):
        done.plot("left_total", "phaze")


@pytest.mark.parametrize(("kind", "axes"), [("phase", "pull and wide"), ("response", "pull")])
def test_points_without_a_place_on_an_axis_are_counted_below(kind: str, axes: str, tmp_path: Path) -> None:
    """One of five points sets no pull, and no scenario says it: the note tells so, where nothing is left out it does not."""
    square = [{"pull": pull, "wide": wide} for pull in (0.0, 0.5) for wide in (0.0, 1.0)]
    for points, told in (
        ([*square, {"wide": 1.0}], f"Without a place: 1 of 5 points that do not set {axes}"),
        (square, ""),
    ):
        spec = replace(
            spec_from({"task": "tests.study.run.fake.run", "replicates": 2}, "s", "s"),
            design=DesignRule(kind="list", rows=tuple(tuple(point.items()) for point in points)),
        )
        study = run_study(spec, tmp_path / f"{len(points)}.sqlite", at_once())
        note = " ".join(study.plot("left_total", kind).get_supxlabel().split())
        assert (told in note) if told else ("Without a place" not in note)


def test_a_small_heatmap_tells_its_numbers_and_a_large_one_does_not() -> None:
    """Nine cells have their numbers in them and the axes are marked at the values; sixty-four have neither."""
    for side, told in ((3, 9), (8, 0)):
        index = pd.Index(np.linspace(0.0, 1.0, side), name="asylum")
        table = pd.DataFrame(np.arange(side * side, dtype=float).reshape(side, side), index=index, columns=index)
        with style.house():
            ax = heatmap(style.new_figure().subplots(), table, "t", "u", from_zero=False)
            assert len(ax.texts) == told
            assert ax.collections[0].norm.vmin < 0.0
            assert ax.figure.axes[1].get_ylim()[0] == 0.0, "the colour bar counts nobody at least"
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


def test_shares_of_runs_have_wilsons_interval() -> None:
    """3 of 10: 0.108 to 0.603, as Wilson (1927) has it."""
    runs = pd.DataFrame({"contagion": 1.0, "collapsed": [1.0] * 3 + [0.0] * 7})
    with style.house():
        ax = drawn.response(style.new_figure().subplots(), runs, "contagion", "collapsed")
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((0.1078, 0.6032), abs=1e-4)
    assert ax.lines[0].get_ydata().tolist() == [pytest.approx(0.3)]


def _numbers(ax: Axes, axis: str) -> list[str]:
    """Numbers at the ticks of an axis, lesser ones among them, that lie within it."""
    ax.figure.canvas.draw()
    which, limits = (ax.xaxis, ax.get_xlim()) if axis == "x" else (ax.yaxis, ax.get_ylim())
    ticks = [*which.get_major_ticks(), *which.get_minor_ticks()]
    return [text for tick in ticks if limits[0] <= tick.get_loc() <= limits[1] and (text := tick.label1.get_text())]


@pytest.mark.parametrize("last", [0.98, 200.0])
def test_a_logarithmic_axis_says_so_and_has_numbers_and_no_tex(last: float) -> None:
    """Matplotlib writes lesser ticks of an axis of few decades as TeX, which the house style shows as it stands, one over the other."""
    sizes = np.linspace(0.03, last, 50)
    runs = pd.DataFrame(
        {"contagion": np.repeat([0.01, 0.1, 1.3], 4), "left_total": np.repeat([3.0, 30.0, 3.0 * last / 0.002], 4)}
    )
    tried = pd.DataFrame({"proposed_by": "a", "left_total": [1.0, 2.0, 3.0], "cost_eur": [3.0, 20.0, 3.0 * last / 0.03], "within": True, "front": True})  # fmt: skip
    wanted = {"left_total": "more", "cost_eur": "less"}
    with style.house():
        drawn_ = [
            (drawn.exceedance(style.new_figure().subplots(), sizes, np.linspace(1.0, 0.02, 50), np.nan), "x"),
            (drawn.response(style.new_figure().subplots(), runs, "contagion", "left_total"), "x"),
            (drawn.response(style.new_figure().subplots(), runs, "contagion", "left_total"), "y"),
            (fronts(style.new_figure().subplots(), tried, wanted, {}), "x"),
        ]
        for ax, axis in drawn_:
            assert ax.get_xscale() == "log" if axis == "x" else ax.get_yscale() == "log"
            assert (ax.get_xlabel() if axis == "x" else ax.get_ylabel()).endswith("(log scale)")
            numbers = _numbers(ax, axis)
            assert len(numbers) >= 2
            assert not [text for text in numbers if not text.replace(",", "").replace(".", "").split(" ")[0].isdigit()]


@pytest.mark.parametrize("missing", [True, False])
def test_what_was_not_run_looks_unlike_what_never_happens(missing: bool) -> None:
    """Both would be as white as paper; the first is hatched and explained."""
    cells = [[0.0, 0.5], [0.3, np.nan if missing else 0.0]]
    table = pd.DataFrame(cells, pd.Index([0.0, 1.0], name="asylum"), pd.Index([0.0, 1.0], name="contagion"))
    with style.house():
        ax = heatmap(style.new_figure().subplots(), table, "t", "u", most=1.0)
    assert bool(ax.patch.get_hatch()) is missing
    legend = ax.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["not run"] if legend else not missing


@pytest.mark.parametrize(("values", "limits"), [([0.0, 0.0, 0.0], (0.0, 1.0)), ([-3e6, -2.9e6, -2.8e6], (None, 0.0))])
def test_a_response_of_nothing_or_below_it_has_its_zero(
    values: list[float], limits: tuple[float | None, float]
) -> None:
    """No hundredth of a person is a tick, and a loss of a tenth more is not drawn as one from all to nothing; millions are told as such."""
    runs = pd.DataFrame({"contagion": [0.5, 1.0, 1.5], "output_gained": values})
    with style.house():
        ax = drawn.response(style.new_figure().subplots(), runs, "contagion", "output_gained")
        assert ax.get_ylim()[1] == limits[1]
        assert limits[0] in (None, ax.get_ylim()[0])
        assert ("-3 M" in _numbers(ax, "y")) == (values[0] < 0.0)


def test_an_index_beyond_the_frame_is_an_arrow_at_its_edge() -> None:
    """Its row stood empty, as if there were none."""
    row = {"factor": ["asylum", "contagion"], "first": [-0.9, 0.1], "total": [0.3, 2.5]}
    table = pd.DataFrame(row | {f"{name}_{end}": np.nan for name in ("first", "total") for end in ("low", "high")})
    with style.house():
        ax = drawn.indices(style.new_figure().subplots(), table, "left_total")
    arrows = [
        (line.get_marker(), *line.get_xdata())
        for line in ax.lines
        if line.get_marker() in "<>" and len(line.get_xdata())
    ]
    assert arrows == [(">", 1.5), ("<", -0.5)]
    assert ax.get_xlabel() == "share of variance explained (arrows: beyond the axis)"


def test_effects_in_millions_are_told_as_such() -> None:
    """And not as ones with a "1e6" in a corner."""
    table = pd.DataFrame({"factor": ["asylum", "contagion"], "effect": [2e6, 4e5], "half_width": 1e5, "sigma": 2e5})
    with style.house():
        ax = drawn.effects(style.new_figure().subplots(), table, "left_total")
        assert "1 M" in _numbers(ax, "x")


def test_sizes_in_thousands_and_runs_are_counted_as_such() -> None:
    """There is no half of a run, and 140000 is read as 140 k elsewhere."""
    sizes = size_distribution(np.array([120_000.0, 140_000.0, 160_000.0]))
    with style.house():
        left = drawn.histogram(style.new_figure().subplots(), sizes.counts, sizes.edges, np.nan, "left_total")
        right = drawn.exceedance(style.new_figure().subplots(), sizes.sizes, sizes.exceeding, np.nan, "left_total")
        assert "140 k" in _numbers(left, "x")
        assert "140 k" in _numbers(right, "x")
        assert all(number.isdigit() for number in _numbers(left, "y"))


def test_indices_within_the_frame_leave_the_axes_their_room() -> None:
    """An arrow that is not drawn, of an index beyond the frame, took a fifth of the figure's height below the axes."""
    inside = pd.DataFrame({"factor": ["a", "b"], "first": [0.1, 0.3], "total": [0.2, 0.5]})
    for name in ("first", "total"):
        inside[f"{name}_low"], inside[f"{name}_high"] = inside[name] - 0.1, inside[name] + 0.1
    with style.house():
        figure = style.new_figure()
        ax = drawn.indices(figure.subplots(), inside, "left_total")
        style.raised(figure)
        style.note(figure, "A note below.")
        figure.canvas.draw()
        assert ax.get_window_extent().height > 0.6 * figure.bbox.height
