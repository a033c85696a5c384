"""Each figure draws the numbers that it was given."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from PIL import Image

from desertion.commands._shared.thesis import draw_predictions
from desertion.errors import InputError
from desertion.figures import (
    animation,
    answers,
    attribution,
    curves,
    decision,
    events,
    findings,
    hosts,
    labels,
    line_names,
    person,
    routes,
    series,
    strength,
    style,
)
from desertion.figures.maps import heatmap
from desertion.scenario import Scenario, grain
from desertion.study.history import shipped as history_series
from tests import fakes

PULLS = {"case-by-case": 0.2, "closed-borders": 0.1, "fast-track": 0.3}
HOSTS = ("kazakhstan", "georgia", "germany", "finland", "mongolia", "serbia", "turkey", "armenia", "latvia")


@pytest.fixture(scope="module")
def histories() -> pd.DataFrame:
    """Three policies, six runs each."""
    return fakes.histories(PULLS, 6)


@pytest.fixture(scope="module")
def host_histories() -> pd.DataFrame:
    """Nine hosts under the same policies."""
    return fakes.histories(PULLS, 4, HOSTS)


@pytest.fixture
def ax():
    """Axes in the house style."""
    with style.house():
        yield style.new_figure("wide").subplots()


def texts(ax: Axes) -> list[str]:
    """All texts within the axes."""
    return [text.get_text() for text in ax.texts]


def test_bands_are_the_quantiles_over_replicates(histories):
    """The band table holds NumPy's quantiles of the runs' values, policy by policy and day by day."""
    table = curves.bands(histories, "left")
    chosen = histories[(histories["policy"] == "fast-track") & (histories["day"] == 40)]["left"]
    row = table[(table["policy"] == "fast-track") & (table["day"] == 40)].iloc[0]
    assert [row[name] for name in ("low", "lower", "median", "upper", "high")] == pytest.approx(
        np.quantile(chosen, (0.05, 0.25, 0.5, 0.75, 0.95))
    )
    assert row["runs"] == 6
    assert list(table["policy"].unique()) == list(PULLS)


def test_bands_add_up_the_forces_of_a_run_before_taking_quantiles(histories):
    """With two equal forces in every run, all quantiles double; asking for one force gives the single values."""
    both = pd.concat([histories, histories.assign(force="belarus")])
    single, double = curves.bands(histories, "left"), curves.bands(both, "left")
    assert double["median"].to_numpy() == pytest.approx(2 * single["median"].to_numpy())
    assert curves.bands(both, "left", force="russia")["median"].to_numpy() == pytest.approx(single["median"].to_numpy())


@pytest.mark.parametrize(("column", "force"), [("lefft", None), ("left", "rusia")])
def test_a_wrong_column_or_force_is_named_with_the_nearest(histories, column, force):
    """A typing error in a column or force is answered with the nearest known name."""
    with pytest.raises(InputError, match="did you mean"):
        curves.bands(histories, column, force=force)


def test_cascade_curves_end_at_the_medians_and_name_every_policy(ax, histories):
    """Each policy's line ends at the median of its runs and is named at its end."""
    table = curves.bands(histories, "left")
    curves.together(ax, table)
    ends = [line.get_ydata()[-1] for line in ax.lines if line.get_label() in PULLS]
    assert ends == pytest.approx(list(table[table["day"] == 60]["median"]))
    assert texts(ax) == list(PULLS)


@pytest.mark.parametrize(
    ("runs", "policies", "bands", "said"),
    [
        (1, 2, 0, "Line: one run."),
        (19, 1, 1, "Line: median of 19 runs. Band: middle half of the runs."),
        (20, 3, 6, "Line: median of 20 runs. Dark band: middle half of the runs. Light band: 90 % of them."),
        (20, 4, 4, "Line: median of 20 runs. Band: middle half of the runs."),
    ],
)
def test_nine_tenths_of_the_runs_are_drawn_of_few_curves_of_enough_runs(ax, runs, policies, bands, said):
    """From 20 runs on their quantiles lie within the runs; more than three wide bands would lie over each other. What is drawn is said."""
    rows = [(str(name), day, run) for name in range(policies) for day in range(3) for run in range(runs)]
    table = pd.DataFrame(rows, columns=["policy", "day", "replicate"])
    banded = curves.bands(table.assign(left=1000.0 * table["day"] * table["replicate"]), "left")
    curves.together(ax, banded)
    assert len(ax.collections) == bands
    assert curves.told_of_bands(banded) == said
    drawn = "high" if bands > policies else "upper"
    assert ax.get_ylim()[1] == pytest.approx(max(1.05 * banded[drawn].max(), 1.05))


def test_a_shorter_history_is_led_to_its_name() -> None:
    """Its line ends where it ends, and a dotted one goes on to the name beside the axes; those that last to the end have none."""
    rows = [
        (policy, day, replicate, float(day))
        for policy, days in (("a", 4), ("b", 9))
        for day in range(days)
        for replicate in (0, 1)
    ]
    table = pd.DataFrame(rows, columns=["policy", "day", "replicate", "left"])
    with style.house():
        ax = curves.together(style.new_figure().subplots(), curves.bands(table, "left"))
    (led,) = [one for one in ax.collections if isinstance(one, LineCollection)]
    assert led.get_segments()[0].tolist() == [[3.0, 3.0], [8.0, 3.0]]
    assert [line.get_xdata()[-1] for line in ax.lines[:2]] == [3, 8]


def test_panels_show_one_policy_each_on_common_axes(histories):
    """There is one titled panel a policy, all with the same limits."""
    with style.house():
        axes = curves.panels(style.new_figure("tall"), curves.bands(histories, "left"))
    assert [ax.get_title(loc="left") for ax in axes] == list(PULLS)
    assert len({ax.get_ylim() for ax in axes}) == 1


@pytest.mark.parametrize(
    ("runs", "bands", "note", "title"),
    [
        (1, 0, "Line: one run. Grey: the other policies' runs.", "People who have left, by policy"),
        (19, 1, "Line: median of 19 runs. Band: middle half of the runs.", "Chance alone: half of the runs of one policy end up to 950 leavers apart"),
        (20, 2, "Line: median of 20 runs. Dark band: middle half of the runs. Light band: 90 % of them.", "Chance alone: nine in ten runs of one policy end up to 1,710 leavers apart"),
    ],
)  # fmt: skip
def test_panels_draw_and_tell_of_their_runs_what_these_can_tell(runs: int, bands: int, note: str, title: str) -> None:
    """Nine tenths of fewer than twenty runs end between the outermost two, and one run has no band."""
    rows = [(name, day, run) for name in ("a", "b") for day in range(3) for run in range(runs)]
    table = pd.DataFrame(rows, columns=["policy", "day", "replicate"])
    left = 1900.0 / max(runs - 1, 1) * table["replicate"] * (table["day"] == 2)
    banded = curves.bands(table.assign(left=left), "left")
    with style.house():
        axes = curves.panels(figure := style.new_figure("tall"), banded)
    assert [len(ax.collections) for ax in axes] == [bands, bands]
    assert figure.get_supxlabel().replace("\n", " ").startswith(note)
    assert findings.of_spread(banded) == title


def test_an_axis_of_persons_of_whom_none_left_reaches_to_one_and_days_are_whole() -> None:
    """Half a person and the fifth part of a day are no ticks; day 1 is the date of the start."""
    table = pd.DataFrame({"policy": ["a", "a", "b", "b"], "day": [0, 1, 0, 1], "replicate": 0, "left": 0})
    with style.house():
        first = curves.panels(style.new_figure("tall"), curves.bands(table, "left"), start=date(2022, 9, 1))[0]
    assert first.get_ylim()[1] >= 1.0
    assert first.get_xticks().tolist() == [0.0, 1.0]
    assert first.get_xlabel() == "day (1 is 1 September 2022)"


_STANDS = {"effective_strength": 8.0, "legitimacy": 0.5, "collapsed": 0.0, "fallen": 0.0}
"""Daily columns of a force that neither collapses nor loses its government."""


def test_a_collapse_is_seen_where_strength_is_drawn() -> None:
    """The army collapses on day 3 at an effective strength of 6 of 10, and most of it serves on; the government falls on day 4."""
    days = {"day": range(6), "new_flee": 0.0, "left": 0.0, "strength": 10.0, "legitimacy": 0.4}
    able = [10.0, 9.0, 8.0, 6.0, 6.5, 6.5]
    army = pd.DataFrame(
        {
            "force": "army",
            "effective_strength": able,
            "collapsed": [0, 0, 0, 1, 1, 1],
            "fallen": [0, 0, 0, 0, 1, 1],
            **days,
        }
    )
    other = pd.DataFrame({"force": "guard", **days, **(_STANDS | {"legitimacy": 0.4})})
    with style.house():
        for daily, whose in ((army, ""), (pd.concat([army, other]), "army: ")):
            figure = style.new_figure("tall")
            _, _, strength_, legitimacy = curves.run(figure, daily)
            for ax, day, value, words in ((strength_, 3, 6.0, "collapse"), (legitimacy, 4, 0.4, "government falls")):
                assert [
                    (line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"
                ] == [(day, value)]
                assert [text.get_text() for text in ax.texts] == [whose + words]
            assert able in [list(line.get_ydata()) for line in strength_.lines]
            assert "marked where it falls below the breakpoint" in figure.get_supxlabel().replace("\n", " ")
        calm = style.new_figure("tall")
        assert not curves.run(calm, other)[2].texts
        assert calm.get_supxlabel() == "Thin: effective strength."
        calm.axes[2].set_xlim(0, 200)
        for others, side in (((), "right"), (((62, "call-up"),), "left"), (((30, "call-up"),), "right")):
            line_names.mark(calm.axes[2], [(67, "collapse")], others=others)
            assert calm.axes[2].texts[-1].get_ha() == side  # the name would lie over a line


def test_a_run_of_one_day_shows_who_left_on_it() -> None:
    """A line of one point is not seen, a mark is; one person has left."""
    daily = pd.DataFrame({"day": [0, 1], "force": "a", "new_flee": [0, 1], "left": [0, 1], "strength": 9, **_STANDS})
    with style.house():
        figure = style.new_figure("tall")
        line = curves.run(figure, daily)[1].lines[0]
    assert line.get_ydata().tolist() == [1.0]
    assert line.get_marker() == "o"
    assert figure.get_suptitle() == "1 has left by day 1, most a day around day 1"


def test_a_run_of_two_forces_has_a_legend(histories):
    """Several forces are told apart by a legend; one force needs none."""
    one = histories[(histories["policy"] == "fast-track") & (histories["replicate"] == 0)]
    with style.house():
        alone = curves.run(style.new_figure("tall"), one)
        both = curves.run(style.new_figure("tall"), pd.concat([one, one.assign(force="belarus")]))
    assert all(ax.get_legend() is None for ax in alone)
    assert [text.get_text() for text in both[3].get_legend().get_texts()] == ["russia", "belarus"]


def test_the_start_is_no_day_of_a_weeks_mean():
    """Seven leave on each of ten days, so that the mean of any days is seven; row 0 is the start, on which nobody can."""
    flow = [0, *[7] * 10]
    daily = pd.DataFrame(
        {"day": range(11), "force": "a", "new_flee": flow, "left": np.cumsum(flow), "strength": 90, **_STANDS}
    )
    with style.house():
        line = curves.run(style.new_figure("tall"), daily)[1].lines[0]
    assert line.get_xdata().tolist() == list(range(1, 11))
    assert line.get_ydata().tolist() == [7.0] * 10


def test_the_name_of_an_event_covers_no_curve(ax, histories):
    """It lies below lines and bands, and right of the axis where its day is the first."""
    curves.together(ax, curves.bands(histories, "left"))
    line_names.mark(ax, [(1, "exit ban"), (30, "call-up of 60")])
    drawn = [*ax.lines[:3], *ax.collections]
    assert all(text.get_zorder() < other.get_zorder() for text in ax.texts[-2:] for other in drawn)
    ax.figure.canvas.draw()
    assert ax.texts[-2].get_window_extent().x0 > ax.get_window_extent().x0


def test_the_title_of_a_run_names_the_peak_of_the_curve_that_is_drawn() -> None:
    """Not the first of several equal days: of the drawn means of seven days the largest, its middle where it is flat, and none where two are as large."""
    new = np.zeros(40)
    new[[10, 30]] = 6.0
    run = pd.DataFrame(
        {"day": range(40), "force": "a", "new_hide": new, "left": new.cumsum(), "strength": 9.0, **_STANDS}
    )
    with style.house():
        several, single = style.new_figure("tall"), style.new_figure("tall")
        curves.run(several, run)
        new[[28, 29]] = 1.0
        curves.run(single, run.assign(new_hide=new, left=new.cumsum()))
    assert several.get_suptitle() == "12 have left by day 39"
    assert single.get_suptitle() == "14 have left by day 39, most a day around day 29"


def test_routes_over_time_stack_to_the_departures(ax, histories):
    """The top edge of the stack is the mean number of departures of the runs."""
    one = histories[histories["policy"] == "fast-track"]
    routes.over_time(ax, one)
    top = max(path.vertices[:, 1].max() for collection in ax.collections for path in collection.get_paths())
    assert top == pytest.approx(one[list(labels.departures(one).values())].to_numpy().sum() / 6)
    assert len(ax.texts) == 4


def test_skilled_people_who_left_by_a_visa_are_among_the_departures(ax, histories):
    """Where somebody did, they are a way of their own in the stack, and part of those who leave each day."""
    one = histories[histories["policy"] == "fast-track"].assign(new_skilled=2.0)
    routes.over_time(ax, one)
    top = max(path.vertices[:, 1].max() for collection in ax.collections for path in collection.get_paths())
    assert top == pytest.approx(one[list(labels.NEW_COLUMNS.values())].to_numpy().sum() / 6)
    assert any("skilled visa" in text for text in texts(ax))


def test_route_bars_have_the_given_lengths(ax):
    """Bars of each route are as long as the totals say and carry the sum at their end."""
    totals = pd.DataFrame({"hide": [3.0, 1.0], "flee": [4.0, 6.0], "skilled": [0.0, 0.0]}, index=["a", "b"])
    routes.by_policy(ax, totals)
    assert [bar.get_width() for bar in ax.patches] == [3.0, 1.0, 4.0, 6.0]
    assert texts(ax) == ["7", "7"]


def test_route_bars_of_nobody_have_no_legend_and_raise_no_warning(ax):
    """A short or quiet comparison, in which nobody leaves."""
    routes.by_policy(ax, pd.DataFrame({"hide": [0.0], "flee": [0.0]}, index=["none"]))
    assert ax.get_legend() is None


def test_strength_is_relative_to_the_first_day_and_collapses_are_marked(ax, histories):
    """Curves start at 1, and each policy with collapses has one mark a collapsed run."""
    strength.curve(ax, histories)
    first = [line.get_ydata()[0] for line in ax.lines if len(line.get_ydata()) == 61]
    assert first == pytest.approx([1.0] * 3)
    marked = sum(len(line.get_xdata()) for line in ax.lines if str(line.get_label()).startswith("collapse"))
    assert marked == histories[histories["collapsed"].astype(bool)].groupby(["policy", "replicate"]).ngroups


def test_collapses_stand_in_the_order_in_which_curves_end(ax, histories):
    """Rows of ticks are named by their order alone on a grey print: the highest curve's on top."""
    strength.curve(ax, histories.assign(collapsed=histories["day"] == 60))
    rows = {
        str(line.get_label()).removeprefix("collapse: "): line.get_ydata()[0]
        for line in ax.lines
        if str(line.get_label()).startswith("collapse")
    }
    last = histories[histories["day"] == 60].groupby("policy")["strength"].median()
    assert sorted(rows, key=lambda name: -rows[name]) == sorted(rows, key=lambda name: -last[name])
    assert ax.figure.get_supxlabel() == "At the foot: days on which runs collapse, rows as curves end."


def test_collapses_under_curves_that_end_alike_stand_as_their_names_do(ax: Axes, histories: pd.DataFrame) -> None:
    """Three policies under which nothing changes; the names of their lines stood in the order contrary to the rows."""
    strength.curve(ax, histories.assign(strength=90.0, collapsed=histories["day"] == 60))
    ax.figure.canvas.draw()
    rows = {str(line.get_label()): line.get_ydata()[0] for line in ax.lines if "collapse" in str(line.get_label())}
    named = {f"collapse: {text.get_text()}": text.get_position()[1] for text in ax.texts}
    assert len(set(rows.values())) == len(rows) == 3
    assert sorted(rows, key=lambda name: rows[name]) == sorted(rows, key=lambda name: named[name])


def test_effective_strength_of_one_policy_has_dashes_and_a_name_of_its_own(ax, histories):
    """Two solid lines of one colour could not be told apart at their names."""
    one = histories[histories["policy"] == "fast-track"].assign(effective_strength=lambda rows: 0.5 * rows["strength"])
    strength.curve(ax, one)
    serving, able, first, second = (line for line in ax.lines if not str(line.get_label()).startswith("collapse"))
    assert able.get_ydata()[-1] == pytest.approx(0.5 * serving.get_ydata()[-1])
    assert serving.get_linestyle() == first.get_linestyle() == "-"
    assert able.get_linestyle() == second.get_linestyle() == "--"
    assert texts(ax)[-2:] == ["serving", "effective"]


def test_strength_of_a_force_of_which_nobody_serves_at_first_is_drawn_in_persons(ax, histories):
    """There is no first day's strength to be a share of: 80 men are 80 persons, and not 80 times an army."""
    column = histories["day"].where(histories["day"] < 40, 80).where(histories["day"] >= 40, 0)
    strength.curve(ax, histories.assign(strength=column, effective_strength=column, collapsed=False))
    assert ax.lines[0].get_ydata()[[0, -1]].tolist() == [0.0, 80.0]
    assert "share" not in ax.get_ylabel()
    assert ax.get_title(loc="left") == "Strength: nobody serves on the first day"


def test_chance_of_collapse_shows_interval_and_share(ax):
    """Points and intervals stand where the table says."""
    strength.chance(ax, pd.DataFrame({"chance": [0.2], "low": [0.1], "high": [0.4]}, index=["a"]))
    assert ax.lines[0].get_xdata().tolist() == [0.2]
    assert ax.collections[0].get_segments()[0][:, 0].tolist() == [0.1, 0.4]


def test_host_load_adds_small_hosts_up(ax, host_histories):
    """Named hosts and the line of others add up to all hosts on the last day."""
    one = host_histories[host_histories["policy"] == "fast-track"]
    hosts.load(ax, one, column="waiting", most=3)
    assert texts(ax)[-1].endswith("others")
    shown = sum(float(line.get_ydata()[-1]) for line in ax.lines if len(line.get_ydata()) == 61)
    assert shown == pytest.approx(one[one["day"] == 60]["waiting"].sum() / 4)


def test_host_peaks_write_every_number(ax):
    """Each cell of the table carries its number in an ink that reads on its shade."""
    table = pd.DataFrame([[100.0, 0.0], [4.0, 1500.0]], index=["a", "b"], columns=["x", "y"])
    hosts.peaks(ax, table)
    assert texts(ax) == ["100", "0", "4", "1,500"]
    assert {text.get_color() for text in ax.texts} == {"#1a1a1a", "#ffffff"}


def test_attribution_bars_show_who_left_only_under_one(ax):
    """Those who left only under the baseline stand left of zero, the others right of it in order."""
    pairs = pd.DataFrame(
        {"a": ["x"], "b": ["y"], "both": [50.0], "only_a": [7.0], "only_b": [20.0], "neither": [900.0]}
    )
    attribution.bars(ax, pairs)
    assert [(bar.get_x() + min(bar.get_width(), 0), abs(bar.get_width())) for bar in ax.patches] == [
        (-7, 7),
        (0, 50),
        (50, 20),
    ]
    assert texts(ax) == ["-7", "+20"]


def test_an_effect_whose_interval_holds_zero_is_drawn_hollow(ax):
    """Filled points are those whose interval excludes zero."""
    table = pd.DataFrame({"policy": ["a", "b"], "difference": [5.0, 1.0], "low": [3.0, -1.0], "high": [7.0, 3.0]})
    attribution.effects(ax, table)
    filled = {line.get_label(): to_hex(line.get_markerfacecolor()) for line in ax.lines if line.get_marker() == "o"}
    assert filled == {"interval excludes 0": "#1a1a1a", "interval holds 0": "#ffffff"}


def test_no_dot_of_a_pair_hides_another(ax):
    """Eight zeros were drawn as three dots and pairs behind the mark as none: each has a place of its own, clear of the mark."""
    table = pd.DataFrame({"policy": ["a", "b"], "difference": [0.0, 5.0], "low": [0.0, 1.0], "high": [0.0, 18.0]})
    runs = {"a": np.zeros(8), "b": np.array([1.0, 1, 1, 1, 3, 3, 4, 18])}
    attribution.effects(ax, table, runs=runs)
    ax.figure.canvas.draw()
    dots = [line for line in ax.lines if line.get_marker() == "."]
    places = np.concatenate([line.get_transform().transform(line.get_xydata()) for line in dots])
    assert len(places) == 16
    between = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))[np.triu_indices(16, 1)]
    points = float(ax.figure.dpi) / 72.0
    assert between.min() > 1.9 * points  # a dot is two points wide
    marks = ax.transData.transform([(0.0, 1.0), (5.0, 0.0)])
    assert np.hypot(*(places[:, None] - marks).transpose(2, 0, 1)).min() > 5.0 * points
    assert "heaped" in ax.get_xlabel()


def test_an_axis_of_differences_of_nobody_reaches_to_one(ax):
    """Without an interval too: a fortieth of a person is no tick."""
    row = {"policy": ["a"], "difference": [0.0], "low": [np.nan], "high": [np.nan]}
    attribution.effects(ax, pd.DataFrame(row), runs={"a": np.zeros(1)})
    assert ax.get_xlim() == (-1.0, 1.0)


def test_chances_below_the_scale_are_told_by_an_arrow_at_the_colour_bar(ax):
    """A ten-thousandth of the largest is the least that has a colour of its own."""
    decision.surface(ax, pd.DataFrame([[1e-9, 0.1], [0.01, 0.1]], index=[0.0, 1.0], columns=[0.0, 0.2]))
    assert ax.collections[0].colorbar.extend == "min"


@pytest.mark.parametrize(
    ("runs", "ends", "said"),
    [(1, (40.0, 40.0), "one run"), (5, (40.0, 80.0), "median and span of 5 runs"), (21, (42.0, 78.0), "median and middle 90 % of 21 runs")],
)  # fmt: skip
def test_a_few_runs_beside_a_series_have_their_span_and_one_run_none(ax, runs, ends, said):
    """The middle nine tenths of five runs are nobody's."""
    table = pd.DataFrame({"start": [date(2020, 1, 1), date(2020, 1, 8)], "end": [date(2020, 1, 7), date(2020, 1, 14)], "value": [50.0, 60.0],
                          "low": np.nan, "high": np.nan, "unit": "persons", "counts": "leavers", "grade": "A", "group": ""})  # fmt: skip
    series.series(ax, table, "flow", "A series")
    drawn = np.linspace(40.0, 80.0, runs)[:, None] * np.ones(2)
    series.simulated(ax, table, "flow", [0, 1], drawn, "leavers")
    segments = ax.collections[-1].get_segments()
    assert [tuple(segment[:, 1]) for segment in segments] == [pytest.approx(ends)] * 2
    assert ax.get_legend().get_texts()[0].get_text() == f"model: leavers ({said})"


@pytest.mark.parametrize(
    ("kind", "said"),
    [("flow", "errors of the median run add up to 10 % of the published total"), ("level", "the median run is off by 10 % of the mean level"), ("cumulative", "errors of the median run's increments add up to 33 % of the published total")],
)  # fmt: skip
def test_a_series_is_off_by_what_its_kind_can_be_off(ax, kind, said):
    """50 and 60 against 40 and 60: ten of a hundred; but as running totals 50 and 10 more against 40 and 20 more, twenty of sixty."""
    table = pd.DataFrame({"start": [date(2020, 1, 1), date(2020, 1, 8)], "end": [date(2020, 1, 7), date(2020, 1, 14)], "value": [40.0, 60.0],
                          "low": np.nan, "high": np.nan, "unit": "persons", "counts": "leavers", "grade": "A", "group": ""})  # fmt: skip
    series.series(ax, table, kind, "A series")
    series.simulated(ax, table, kind, [0, 1], np.array([[50.0, 60.0]] * 3), "leavers")
    assert ax.get_title(loc="left") == f"A series: {said}"


def test_decision_surface_has_axes_of_share_and_dial(ax):
    """The surface spans the table's shares and dial positions and marks the status quo."""
    table = pd.DataFrame(np.geomspace(1e-5, 1e-2, 25).reshape(5, 5), np.linspace(0, 1, 5), np.linspace(0, 0.5, 5))
    decision.surface(ax, table, status_quo=0.5)
    assert ax.get_xlim() == (0.0, 0.5)
    assert ax.get_ylim() == (0.0, 1.0)
    assert ax.get_ylabel().endswith("dashed: today's policy")


def test_names_of_events_are_smaller_along_low_axes():
    """Where a long name would reach down to the curves."""
    sizes = []
    for height in (4.0, 1.5):
        with style.house():
            axes = Figure(figsize=(8.0, height)).subplots()
            axes.set_xlim(0, 100)
            line_names.mark(axes, [(30, "call-up of 60")])
        sizes.append(axes.texts[0].get_fontsize())
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize(
    ("chance", "words"), [(0.0, "0 % a day"), (0.001, "0.1 % a day"), (1e-9, "0.001 in a million a day")]
)
def test_a_decision_that_nothing_moves_is_said_in_words(ax, chance, words):
    """Of one value shades show nothing: the panel was empty or plain, beside a bar with a single mark."""
    decision.surface(ax, pd.DataFrame(chance, index=np.linspace(0, 1, 3), columns=np.linspace(0, 0.2, 3)))
    assert [text.get_text().split(",")[0] for text in ax.texts] == [words]
    assert len(ax.figure.axes) == 1


def test_labels_of_a_decision_surface_lie_within_it(ax):
    """Also where a line runs along the edge, as that of one in a thousand does here."""
    shares = np.linspace(0.0, 0.2, 21)
    table = pd.DataFrame(np.tile(10.0 ** (-3.0 + 10.0 * (shares - 0.198)), (5, 1)), np.linspace(0, 1, 5), shares)
    decision.surface(ax, table)
    ax.figure.canvas.draw()
    frame = ax.get_window_extent()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert boxes
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)


def test_a_life_shows_terms_probability_and_clock():
    """Each moving term is named; a term that is zero throughout is left out; the threshold is drawn."""
    days = np.arange(30)
    trace = pd.DataFrame(
        {
            "day": days,
            "status": np.where(days < 10, "home", "serving"),
            "route": "flee",
            "open": 1.0,
            "baseline": 0.01,
            "rate": 0.01,
            "clock": 0.01 * (days + 1),
            "threshold": 0.25,
            "frailty": 0.4,
            "contagion_squad": 0.02 * days,
            "supply": 0.0,
        }
    )
    with style.house():
        top, middle, low = person.life(style.new_figure("tall"), trace, route="flee")
    assert texts(top) == ["contagion squad", "frailty"]
    assert texts(middle) == ["home", "serving"]
    assert "own threshold" in texts(low)


class Slowly:
    """A stand-in with a model's three members: one person more leaves every day."""

    def __init__(self, people: int) -> None:
        self.day, self.people_number = 0, people

    @property
    def daily(self) -> pd.DataFrame:
        """Today alone."""
        return pd.DataFrame({"day": [self.day], "left": [self.day]})

    def people(self) -> pd.DataFrame:
        """Everybody's status."""
        return pd.DataFrame({"status": np.where(np.arange(self.people_number) < self.day, "hiding", "serving")})

    def step(self) -> None:
        """One more goes."""
        self.day += 1


def test_the_film_has_one_frame_for_each_look_and_ends_on_the_last_day(tmp_path):
    """Frames come every so many days and always at the end; the file is a GIF of as many frames in the groups' colours."""
    frames = list(animation.watch(Slowly(95), 10, every=4))
    assert [frame.day for frame in frames] == [0, 4, 8, 10]
    hiding = list(animation.GROUPS).index("in hiding")
    assert [int((frame.groups == hiding).sum()) for frame in frames] == [0, 4, 8, 10]
    path = animation.cascade(frames, tmp_path / "film.gif")
    with Image.open(path) as film:
        assert film.n_frames == 4
        film.seek(3)
        colors = {color for _, color in film.convert("RGB").getcolors(100_000)}
    assert tuple(int(animation.GROUPS["in hiding"][0][at : at + 2], 16) for at in (1, 3, 5)) in colors


def test_the_film_counts_persons_at_real_size(tmp_path, monkeypatch):
    """As the tables of the same run do: ten of those simulated at a hundredth are a thousand, in words, curve and axis."""
    made = []

    class Kept(animation.Figure):
        def __init__(self, *told, **named):
            super().__init__(*told, **named)
            made.append(self)

    monkeypatch.setattr(animation, "Figure", Kept)
    animation.cascade(animation.watch(Slowly(95), 10), tmp_path / "film.gif", scale=0.01)
    assert {"Day 10: 1,000 have left", grain.basis(100.0)} <= {text.get_text() for text in made[0].texts}
    _, curve = made[0].axes
    assert curve.lines[0].get_ydata()[-1] == 1000.0
    assert curve.get_ylim()[1] == pytest.approx(1050.0)
    assert not [text for text in made[0].texts if "simulated persons." in text.get_text()], "everybody is drawn"
    animation.cascade(animation.watch(Slowly(6000), 1), tmp_path / "film.gif", scale=0.01)
    assert "2,000 of 6,000 simulated persons." in {text.get_text() for text in made[1].texts}


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="an MP4 needs ffmpeg")
def test_a_film_as_mp4_has_the_same_frames(tmp_path):
    """The file begins as an MP4 does, and ffprobe counts one frame a look."""
    frames = animation.watch(Slowly(95), 10, every=4)
    path = animation.cascade(frames, tmp_path / "film.mp4")
    assert path.read_bytes()[4:8] == b"ftyp"
    asked = [
        "ffprobe",
        "-v",
        "error",
        "-count_frames",
        "-show_entries",
        "stream=nb_read_frames",
        "-of",
        "csv=p=0",
        str(path),
    ]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split() == ["4"]


@pytest.mark.parametrize(
    "does",
    [
        "exit 1",
        "cat > /dev/null",
        r"cat > /dev/null; printf '\000\000\000\020ftypisom\000\000\000\000\000\000\000\000mdat' > $last",
        r"cat > /dev/null; printf '\000\000\000\010ftyp\000\000\000\020moov' > $last",
    ],
)
def test_a_film_that_ffmpeg_left_unfinished_is_none(tmp_path, monkeypatch, does):
    """It may end with 0 where the disk is full; a film without an index, or with half of one, can be played by nobody, and no file stays."""
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "ffmpeg"
    fake.write_text(f"#!/bin/sh\nfor last; do :; done\n{does}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=":")
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / "film.mp4"
    style_before = mpl.rcParams["xtick.labelcolor"]
    with pytest.raises(OSError, match="ffmpeg could not finish it") as told:
        animation.cascade(animation.watch(Slowly(95), 10, every=4), path)
    # While the failure is told its frames live on: none of them may hold the house style.
    assert mpl.rcParams["xtick.labelcolor"] == style_before
    assert told.value.filename == str(path)
    assert list(path.parent.iterdir()) == []


def test_a_film_of_another_kind_is_refused(tmp_path):
    """An ending that cannot be written is an input error and leaves no file."""
    with pytest.raises(InputError, match="kind of film"):
        animation.cascade([], tmp_path / "film.webm")
    assert list(tmp_path.iterdir()) == []


def test_the_colour_bar_of_a_decision_has_one_kind_of_number() -> None:
    """Chances in per cent at round values, within less than a decade too, where small ticks were powers of ten."""
    table = pd.DataFrame(0.001 + 0.003 * np.outer([0.0, 0.5, 1.0], [0.0, 0.5, 1.0]), [0.0, 0.5, 1.0], [0.0, 0.5, 1.0])
    with style.house():
        figure = style.new_figure()
        decision.surface(figure.subplots(), table)
        bar = next(ax for ax in figure.axes if ax.get_label() == "<colorbar>")
        both = [*bar.get_yticklabels(), *bar.get_yticklabels(minor=True)]
    assert [text.get_text() for text in both] == ["0.1 %", "0.2 %"]
    assert bar.get_ylim() == pytest.approx((0.001, 0.004))  # it ended at 1 %, though nothing is above 0.4 %


def test_long_words_stay_on_the_page() -> None:
    """Titles of policies and what stands below the axis are folded, and so is the label of an upright axis."""
    names = ["fast track: protection for everybody who deserts within a year of the call-up " * 2, "ban"]
    rows = pd.DataFrame({"policy": names, "difference": [0.0, 9.0], "low": [-1.0, 8.0], "high": [1.0, 10.0]})
    table = pd.DataFrame([[0.0, 1.0], [0.5, 1.0]], pd.Index([0.0, 2.0], name="behaviour.push_threat " * 6), [0.0, 1.0])
    with style.house():
        figure = style.new_figure("wide")
        ax = attribution.effects(figure.subplots(), rows, runs={name: np.arange(5.0) for name in names})
        judged = answers.differences(
            style.new_figure("wide").subplots(), rows.assign(measure="cost_eur", baseline=names[0]), "cost_eur"
        )
        upright = heatmap(style.new_figure("wide").subplots(), table, "t", "u").yaxis.label
        figure.canvas.draw()
        judged.figure.canvas.draw()
        for label in (ax.xaxis.label, judged.xaxis.label):
            below = label.get_window_extent()
            assert 0.0 <= below.x0 < below.x1 <= figure.bbox.x1
    assert max(len(line) for line in upright.get_text().split("\n")) <= 38


def test_a_rival_has_one_colour_whoever_else_is_drawn_and_zero_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With contagion was blue in one figure and orange in the next; zeros stand at 0.3 on an axis of logarithms."""
    said: list[str] = []
    monkeypatch.setattr(style, "note", lambda _figure, text: said.append(text))
    shown = history_series.load("afghanistan-capitals")
    with_, without = (np.full((5, len(shown.points)), value) for value in (2.0, 0.0))
    names = {"with": "with contagion", "without": "without contagion"}
    colours: list[str] = []
    for members in ({"with": with_, "without": without}, {"without": without, "with": with_}, {"without": without}):
        with style.house():
            axes = style.new_figure("wide").subplots()
            series.predictions(axes, shown.table, shown.kind, shown.title, members, names, 0)
            drawn = {line.get_label(): to_hex(line.get_color()) for line in axes.lines}
        colours.append(drawn["without contagion"])
        draw_predictions(shown, members, names, 0, "Bars: middle 90 %.", tmp_path / "p.png")
    assert len(set(colours)) == 1
    assert set(said) == {"Bars: middle 90 %. What is below 0.3, zero too, is drawn at 0.3."}


def test_a_collapse_is_marked_on_its_first_day(ax, histories):
    """An army that stays broken broke once."""
    strength.curve(ax, histories.assign(collapsed=histories["day"] >= 40))
    days = [line.get_xdata().tolist() for line in ax.lines if str(line.get_label()).startswith("collapse")]
    assert days == [[40.0] * 6] * 3


def test_a_ban_after_thirty_days_holds_from_day_31():
    """Day 1 is the first, so that thirty days have passed by the end of day 30."""
    assert events.bans(Scenario.load("toy").with_policies(["exit-ban"])) == (31,)


def test_a_bar_of_a_series_reaches_to_the_end_of_its_last_day(ax):
    """Both days are included: a week from 1 to 7 January ends as the 8th begins."""
    row = {"start": [date(2020, 1, 1)], "end": [date(2020, 1, 7)], "value": [5.0], "low": np.nan, "high": np.nan, "unit": "persons",
           "counts": "leavers", "grade": "A", "group": ""}  # fmt: skip
    series.series(ax, pd.DataFrame(row), "flow", "A week")
    ends = ax.collections[0].get_segments()[0]
    assert ends[:, 0].tolist() == [date2num(date(2020, 1, 1)), date2num(date(2020, 1, 8))]
    assert ends[:, 1].tolist() == [5.0, 5.0]


def test_parts_of_nobody_have_no_tenths_of_a_person(ax: Axes) -> None:
    """Where nobody leaves under either policy the axis reaches to one."""
    attribution.bars(ax, pd.DataFrame({"a": ["x"], "b": ["y"], "both": [0.0], "only_a": [0.0], "only_b": [0.0]}))
    assert ax.get_xlim() == (-1.0, 1.0)


def test_a_part_is_named_as_titles_name_its_policy(ax: Axes) -> None:
    """Within a sentence a shipped policy begins small."""
    row = {"a": ["Case by case"], "b": ["y"], "both": [1.0], "only_a": [2.0], "only_b": [3.0]}
    attribution.bars(ax, pd.DataFrame(row))
    assert "only under case by case" in ax.get_legend_handles_labels()[1]


def test_a_life_of_one_day_has_whole_days_and_whole_marks() -> None:
    """The fifth part of a day is no tick, and the frame cuts no mark of the first day in halves."""
    row = {
        "day": [1],
        "status": ["serving"],
        "route": ["flee"],
        "rate": [1e-5],
        "clock": [1e-5],
        "threshold": [0.5],
        "risk": [0.1],
    }
    with style.house():
        axes = person.life(style.new_figure("tall"), pd.DataFrame(row), route="flee")
        axes[-1].figure.canvas.draw()
        assert all(tick == int(tick) for tick in axes[-1].get_xticks())
    assert not [line for ax in axes for line in ax.lines if line.get_marker() == "o" and line.get_clip_on()]


def test_letters_that_the_font_lacks_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Matplotlib warned of each letter of each figure, with a line of its own."""
    monkeypatch.setattr(style, "_told_lacking", set())
    with style.house():
        figure = style.new_figure("column")
        figure.suptitle("政策 policy")
        with pytest.warns(
            UserWarning, match="boxes in the place of 政策, which their font .DejaVu Sans. lacks"
        ) as told:
            style.save(figure, tmp_path / "a.png")
        style.save(figure, tmp_path / "b.svg")
        style.png(figure)
    assert len(told) == 1
