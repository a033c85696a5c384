"""Titles and labels: each says in words what the numbers of the figure say."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.transforms import Bbox

from desertion import compare
from desertion.figures import answers, findings, style
from desertion.figures.curves import _of_run
from desertion.figures.labels import label, likelier, multiple, policy, titled, within
from desertion.figures.maps import heatmap
from desertion.parameters import Behaviour, Force, Host
from desertion.study.comparison import pictures
from desertion.study.comparison.pictures import KINDS, UNCOUNTED, ways


def _differences(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"measure": "left_total", "baseline": "no-offer", "policy": name, "difference": middle, "low": low, "high": high}
         for name, middle, low, high in rows]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((("shut", -3.0, -9.0, 3.0), ("fast-track", 214.0, 205.0, 216.0)), "Fast track: 214 more leave than under no offer"),
        ((("closed-borders", -12.0, -14.0, -11.0), ("fast-track", 2.0, -1.0, 3.0)), "Closed borders: 12 fewer leave than under no offer"),
        ((("shut", 900.0, -1.0, 2000.0),), "No policy differs from no offer by more than chance"),
    ],
)  # fmt: skip
def test_a_title_names_the_largest_difference_that_is_sure(
    rows: tuple[tuple[str, float, float, float], ...], said: str
) -> None:
    """A larger one whose interval holds 0 is not named; codes are words."""
    assert findings.of_differences(_differences(*rows), "left_total") == said


def test_no_title_states_what_rests_on_too_few_simulated_persons() -> None:
    """At one simulated person for a hundred, counts below five hundred are no findings, however sure their signs."""
    few = _differences(("door", 400.0, 300.0, 450.0), ("ban", 700.0, 600.0, 800.0)).assign(too_few=[True, False])
    assert findings.of_differences(few, "left_total") == "Ban: 700 more leave than under no offer"
    assert findings.of_differences(few[:1], "left_total") == "Difference from no offer: too few to tell at this scale"
    last = pd.DataFrame({"policy": ["A"], "day": [9], "low": [100.0], "high": [500.0], "runs": 20})
    assert findings.of_spread(last, 100.0).endswith("one policy end fewer than 5 simulated leavers apart")
    ways = pd.DataFrame({"flee": [300.0, 600.0], "hide": [100.0, 400.0]}, index=["A", "B"])
    assert findings.of_ways(ways, 100.0) == "Fled abroad: 60 % of all who left, where enough leave to tell"
    assert findings.of_ways(ways[:1], 100.0) == "By which way people leave: too few to tell at this scale"
    daily = pd.DataFrame({"day": [0, 9], "left": [0.0, 400.0], "leaving": [0.0, 50.0]})
    assert _of_run(daily, 100.0) == "How many have left by day 9: too few to tell at this scale"
    assert _of_run(daily, 50.0) == "400 have left by day 9, most a day around day 9"


def test_a_title_says_at_which_design_point_the_largest_difference_is() -> None:
    """The same policy does less at others."""
    rows = _differences(("door", 1.0, 0.5, 2.0), ("door", 14.0, 8.0, 19.0))
    rows.insert(0, "asylum", [0.5, 1.0])
    assert findings.of_differences(rows, "left_total") == "Door, asylum 1: 14 more leave than under no offer"


@pytest.mark.parametrize(
    ("measure", "size", "said"),
    [
        ("cost_eur", -59_800.0, "B: EUR 59,800 less than no offer"),
        ("war_index_end", -0.7, "B: 0.7 less than no offer"),
        ("legitimacy_min", 0.0075, "B: 0.75 points more than no offer"),
        ("fall_day", -12.0, "B: 12 days earlier than under no offer"),
        ("soldiers_left@toy", -12.0, "B: 12 fewer than no offer"),
        ("soldiers_left", 12.0, "B: 12 more than no offer"),
        ("own", -1.5, "B: 1.5 less than no offer"),
    ],
)
def test_a_difference_is_told_in_its_own_unit(measure: str, size: float, said: str) -> None:
    """Persons are fewer, money and indices less, shares differ by points, and days come earlier or later."""
    assert findings.of_differences(_differences(("b", size, size - 0.001, size + 0.001)), measure) == said


def test_a_map_of_collapses_speaks_of_no_cascade() -> None:
    """Its cells are shares of runs in which a force collapsed."""
    index = pd.Index([0.0, 1.0], name="contagion")
    table = pd.DataFrame([[0.1, 0.2], [0.9, 1.0]], index, pd.Index([0.0, 1.0], name="asylum"))
    assert (
        findings.of_map(table, "collapsed", chance=True)
        == "Half of the runs or more see a force collapse from contagion 1 on"
    )
    assert label("collapsed@toy") == "share of runs in which a force collapses, toy"


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
    assert findings.of_map(table, "left_total", chance=False) == "Median persons who left: 3,306 to 3,376, 2.1 % apart"
    table.iloc[0, 0] = 300.0
    assert "apart" not in findings.of_map(table, "left_total", chance=False)


def test_a_map_of_chances_says_from_where_on_cascades_are_global() -> None:
    """From the lowest edge of a column to the highest, and where there is none; none is said to be none."""
    upright, across = pd.Index([1.0, 2.0, 3.0], name="contagion"), pd.Index([0.0, 0.5, 1.0], name="asylum")
    table = pd.DataFrame([[0.0, 0.0, 0.1], [0.2, 0.3, 0.6], [0.4, 0.9, 1.0]], index=upright, columns=across)
    assert (
        findings.of_map(table, "share_left", chance=True, at_least=0.1)
        == "Half of the runs or more see 10 % or more leave from contagion 2 (asylum dial 1) to 3 (asylum dial 0.5) on, nowhere at asylum dial 0"
    )
    assert findings.of_map(table * 0.4, "share_left", chance=True, at_least=0.1).startswith(
        "Nowhere here do half of the runs"
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[0.9, 0.2], [0.6, 0.1], [0.2, 0.1]], "up to police capacity 2, nowhere at asylum dial 1"),
        ([[0.9, 0.7], [0.6, 0.1], [0.2, 0.1]], "up to police capacity 1 (asylum dial 1) or 2 (asylum dial 0)"),
        ([[0.1, 0.2], [0.9, 0.6], [0.9, 1.0]], "from police capacity 2 on"),
        ([[0.9, 0.2], [0.1, 0.1], [0.6, 0.1]], "in 2 of 6 cells"),
        ([[0.1, 0.2], [0.9, 0.1], [0.1, 0.1]], "in 1 of 6 cells"),
        ([[0.9, 0.2], [0.9, 0.1], [0.5, np.nan]], "in 3 of 5 cells"),
        ([[0.9, 0.7], [0.9, 0.5], [0.5, np.nan]], "everywhere here"),
        ([[0.1, 0.1], [0.1, 0.1], [0.5, np.nan]], "from police capacity 3 on, nowhere at asylum dial 1"),
    ],
)
def test_a_map_says_from_or_up_to_only_where_that_is_so(rows: list[list[float]], said: str) -> None:
    """An upright input may lower leaving, or do neither: then the cells are counted, those that were run."""
    upright = pd.Index([1.0, 2.0, 3.0], name="police_capacity")
    table = pd.DataFrame(rows, index=upright, columns=pd.Index([0.0, 1.0], name="asylum"))
    title = findings.of_map(table, "share_left", chance=True, at_least=0.1)
    assert title == f"Half of the runs or more see 10 % or more leave {said}"


def test_cases_that_were_not_run_at_every_value_are_told_by_their_own_ends() -> None:
    """On a space-filling design no case is; one with a single value moves nothing."""
    medians = pd.DataFrame(
        {"a": [0.1, np.nan, 0.5], "b": [np.nan, 0.2, 0.1], "c": [np.nan, 0.3, np.nan]},
        index=pd.Index([1, 2, 3], name="asylum"),
    )
    assert findings.of_response(medians, "share_left").endswith("moves most with a, 10 % to 50 %")
    assert (
        findings.of_response(medians[["c"]], "share_left")
        == "Share of all persons who left, by asylum dial (0 closed, 1 open fast track)"
    )


def test_the_scenarios_own_place_is_marked_on_a_map() -> None:
    """A star stands there."""
    table = pd.DataFrame([[0.0, 1.0], [0.5, 1.0]], index=pd.Index([0.0, 2.0], name="contagion"), columns=[0.0, 1.0])
    with style.house():
        ax = heatmap(style.new_figure().subplots(), table, "t", "u", shipped=(0.5, 1.0))
    (star,) = [line for line in ax.lines if line.get_marker() == "*"]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (0.5, 1.0)


@pytest.mark.parametrize("medium", ["screen", "paper"])
def test_every_number_of_a_map_can_be_read(medium: style.Medium) -> None:
    """Neither the star of the scenario nor the legend covers one, also where the scenario is itself one of the cells."""
    axis = np.linspace(0.0, 2.0, 5)
    table = pd.DataFrame(np.arange(25.0).reshape(5, 5) * 1e5, index=pd.Index(axis, name="asylum"), columns=axis)
    with style.house(medium):
        ax = heatmap(style.new_figure("wide", medium).subplots(), table, "t", "u", shipped=(1.0, 1.0))
        ax.figure.canvas.draw()
        star = next(line for line in ax.lines if line.get_marker() == "*")
        half = star.get_markersize() / 144.0 * ax.figure.dpi * 0.85  # its rays end within the square of its size
        x, y = ax.transData.transform((1.0, 1.0))
        covers = [Bbox([[x - half, y - half], [x + half, y + half]]), ax.get_legend().get_window_extent()]
        numbers = {text.get_text(): text.get_window_extent() for text in ax.texts}
    assert len(numbers) == 25
    assert not [said for said, box in numbers.items() if any(box.overlaps(cover) for cover in covers)]


def test_inputs_are_called_what_their_definitions_call_them() -> None:
    """No dotted key stands on an axis, and no underscore."""
    assert label("behaviour.push_threat") == "weight of the threat of call-up"
    assert label("hosts.*.skilled_visas") == "skilled-worker visas a day"
    assert label("behaviour.form") == "form of contagion"
    assert label("behaviour.threshold_draw") == "how thresholds are drawn"
    for model, home in ((Behaviour, "behaviour"), (Force, "forces.x"), (Host, "hosts.x")):
        assert not [
            field for field in model.model_fields if re.search(r"None|_", label(f"{home}.{field}").split("(")[0])
        ]
    assert label("hosts.@asylum.admission_evader") != label("hosts.@border.admission_evader")
    assert label("hosts.ridge.border") == "ridge: border (0 closed, 1 transit only, 2 open)"
    assert label("hosts.*.border") == "border (0 closed, 1 transit only, 2 open)"
    assert label("log10 cost_eur") == "decimal logarithm of cost to hosts (EUR)"
    assert policy("coalition-and-fast-track") == "coalition and fast track"
    assert policy("fast-track+exit-ban") == "fast track + exit ban"
    assert titled(["Fast track: protection", "Lever: no police"]) == "Fast track + No police"


@pytest.mark.parametrize(
    ("name", "said"), [("Fast track", "fast track"), ("Exit ban after thirty days", "exit ban after thirty days"), ("No punishment + Kharkiv plan", "no punishment + Kharkiv plan"),
                       ("The scenario as it is", "the scenario as it is"), ("Kharkiv plan", "Kharkiv plan"), ("Kharkiv plan + Fast track", "Kharkiv plan + Fast track"),
                       ("NATO as it is", "NATO as it is"), ("U.S. shut", "U.S. shut"), ("B", "B"), ("", "")],
)  # fmt: skip
def test_a_shipped_name_begins_small_within_a_sentence_and_ones_own_stays(name: str, said: str) -> None:
    """No title speaks of kharkiv or nATO."""
    assert within(name) == said


def test_a_term_that_multiplies_by_one_says_nothing() -> None:
    """Others are told as somebody would say them, to two figures."""
    assert [multiple(term) for term in (0.004, -0.004, 0.0)] == ["", "", ""]
    assert [multiple(term) for term in (np.log(1.62), np.log(0.4), -800.0)] == ["×1.6", "×0.4", "never"]
    assert [likelier(term) for term in (np.log(1.62), np.log(0.4), 0.001)] == ["×1.6 likelier", "×2.5 less likely", ""]


@pytest.mark.usefixtures("no_workers")
def test_a_comparison_says_its_finding_and_marks_what_happened(tmp_path: Path) -> None:
    """The title names the policy that moves most leavers; a ban that one policy brings stands under that policy's name."""
    done = compare("toy", ["none", "fast-track", "exit-ban"], runs=6, days=60, out=tmp_path / "c", quiet=True)
    figure = done.plot("curves")
    ax = figure.axes[0]
    rows = done.paired[done.paired["measure"] == "left"]
    named = rows.assign(**{name: rows[name].map(done.names) for name in ("policy", "baseline")})
    assert figure.get_suptitle().replace("\n", " ") == findings.of_differences(named, "left")
    assert done.names == {
        "none": "The scenario as it is",
        "fast-track": "Fast track",
        "exit-ban": "Exit ban after thirty days",
    }
    marks = [text.get_text() for text in ax.texts]
    assert "Exit ban after thirty days" in marks
    assert [words for words in marks if words.startswith("call-up of")] == ["call-up of 60"]


def test_a_comparison_of_two_says_what_thin_lines_are_and_names_events_that_have_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note tells both, in every figure over days."""
    done = compare("toy", ["none", "fast-track"], runs=2, days=8, out=tmp_path / "c", quiet=True)
    monkeypatch.setattr(pictures, "events", lambda *_: ((4, "exit ban"), (4, "call-up of 60")))
    notes = {kind: done.plot(kind).get_supxlabel().replace("\n", " ") for kind in ("curves", "panels", "strength")}
    assert all(note.count("Dotted at day 4: exit ban.") == 1 for note in notes.values())
    assert "Thin: effective strength." in notes["strength"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (findings.of_attribution(pd.DataFrame({"a": "Usual", "b": ["A", "B"], "only_a": [900.0, 5.0], "only_b": [0.0, 600.0]}), 1.0), "A: 900 stay only because of it"),
        (findings.of_attribution(pd.DataFrame({"a": "Usual", "b": ["A", "B"], "only_a": [900.0, 5.0], "only_b": [0.0, 1600.0]}), 100.0), "B: 1,600 leave only because of it"),
        (findings.of_attribution(pd.DataFrame({"a": "Usual", "b": ["A"], "only_a": [90.0], "only_b": [0.0]}), 100.0), "Hardly anybody does otherwise than under Usual"),
        (findings.of_spread(pd.DataFrame({"policy": ["A", "A", "B"], "day": [0, 9, 9], "low": [0.0, 40.0, 1.0], "high": [900.0, 90.0, 2.0], "runs": 20})),
         "Chance alone: nine in ten runs of one policy end up to 50 leavers apart"),
        (findings.of_ways(pd.DataFrame({"flee": [75.0, 90.0], "hide": [25.0, 10.0]}, index=["A", "B"])), "Fled abroad: 75 % of all who left (A) to 90 % (B)"),
        (findings.of_ways(pd.DataFrame({"flee": [75.0, 150.0], "hide": [25.0, 50.0]}, index=["A", "B"])), "Fled abroad: 75 % of all who left, under every policy"),
        (findings.of_ways(pd.DataFrame({"flee": [0.0]}, index=["A"])), "Nobody leaves under any policy"),
        (findings.of_strength(pd.Series({"A": 1.2, "B": 0.9})), "On the last day 90.0 % (B) to 120.0 % (A) of the first day's strength serve"),
        (findings.of_chance(pd.Series({"A": 0.0, "B": 0.4})), "The force collapses in 0 % (A) to 40 % (B) of the runs"),
        (findings.of_chance(pd.Series({"A": 0.625, "B": 0.625})), "The force collapses in 62.5 % of the runs, under every policy"),
        (findings.of_chance(pd.Series({"A": 0.3333, "B": 0.3334})), "The force collapses in 33.3 % of the runs, under every policy"),
        (findings.of_chance(pd.Series({"A": 0.0})), "The force collapses in no run"),
        (findings.of_hosts(pd.DataFrame({"X": [10.0, 10.0], "Y": [900.0, 100.0]}, index=["A", "B"]), "cases", 1.0), "B: 800 fewer cases in Y"),
        (findings.of_hosts(pd.DataFrame({"Germany": [10.0, 900.0]}, index=["A", "B"]), "people", 1.0, " on the last day"), "B: 890 more people in Germany on the last day"),
        (findings.of_hosts(pd.DataFrame({"X": [10.0, 300.0]}, index=["A", "B"]), "cases", 100.0), "No policy changes the number of cases by much"),
        (findings.of_decision("soldier", pd.DataFrame([[0.001, 0.02]])), "A soldier's daily chance to leave:\n0.1 to 2 %"),
        (findings.of_decision("soldier", pd.DataFrame([[0.0, 0.0]])), "A soldier's daily chance to leave:\n0 %"),
    ],
)  # fmt: skip
def test_titles_of_a_comparison_say_the_largest_number_of_their_table(said: str, expected: str) -> None:
    """And none that rests on fewer simulated persons than can tell."""
    assert said == expected


@pytest.mark.usefixtures("no_workers")
def test_policies_stand_by_effect_in_every_figure_and_the_foot_says_the_grain(tmp_path: Path) -> None:
    """The baseline first, then the one that adds most, in rows and pens alike; every figure that counts persons says for how many one stands."""
    done = compare(
        "toy", ["none", "exit-ban", "fast-track"], runs=4, scale=0.5, days=60, out=tmp_path / "c", quiet=True
    )
    order = [done.names[name] for name in done.by_effect()]
    gains = done.paired[done.paired["measure"] == "left"].set_index("policy")["difference"]
    assert done.by_effect() == ["none", *gains.sort_values(ascending=False, kind="stable").index]
    assert list(ways(done, "toy").index) == order
    assert [line.get_label() for line in done.plot("curves").axes[0].lines if line.get_label() in order] == order
    for kind in KINDS:
        foot = done.plot(kind).get_supxlabel().replace("\n", " ")
        assert kind in UNCOUNTED or "stands for 2" in foot, kind


_SCREENED = pd.DataFrame(
    {
        "factor": ["asylum", "dummy", "contagion", "capacity"],
        "effect": [0.4, 0.3, 2.0, 0.1],
        "half_width": [0.2, 0.2, 0.5, 0.1],
        "above_noise": [False, False, True, False],
    }
)
_SHARED = pd.DataFrame(
    {
        "factor": ["asylum", "dummy", "contagion"],
        "total": [0.1, 0.3, 0.6],
        "total_low": [0.0, 0.2, 0.45],
        "above_noise": [False, False, True],
    }
)
_TRIED = pd.DataFrame(
    {
        "proposed_by": ["a", "a", "b", "b"],
        "within": [True, False, True, True],
        "front": [True, False, True, False],
        "left_total": [5.0, 90.0, 7.0, 6.0],
    }
)
_POWER = pd.DataFrame({"owed_from": [0.1, 0.8, 0.8], "histories": [100, 100, 200], "found": [3, 55, 140]})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (findings.of_effects(_SCREENED, "left_total"), "What most moves the persons who left: contagion; 1 of 3 inputs stands clear of chance"),
        (findings.of_effects(_SCREENED.drop(2), "left_total"), "What moves the persons who left: no input stands clear of chance"),
        (findings.of_effects(_SCREENED.drop(1), "left_total"), "What most moves the persons who left: contagion"),
        (findings.of_indices(_SHARED, "left_total"),
         "What decides the persons who left: contagion first (0.60 of the variance, with all that it does together with others); 1 of 2 inputs stands clear of chance"),
        (findings.of_indices(_SHARED.assign(above_noise=False), "left_total"), "What decides the persons who left: no input stands clear of chance"),
        # The largest estimate is within chance: what it says of the first is said of one that stands clear.
        (findings.of_effects(_SCREENED.assign(effect=[4.0, 0.3, 2.0, 0.1]), "left_total"), "What most moves the persons who left: contagion; 1 of 3 inputs stands clear of chance"),
        (findings.of_indices(_SHARED.assign(total=[0.9, 0.3, 0.6]), "left_total"),
         "What decides the persons who left: contagion first (0.60 of the variance, with all that it does together with others); 1 of 2 inputs stands clear of chance"),
        (findings.of_front(_TRIED, "design points"), "2 of 4 design points are beaten by no other on everything"),
        (findings.of_front(_TRIED), "2 of 4 policies are beaten by no other on everything"),
        (findings.of_search(_TRIED, "left_total", "more"), "Most persons who left within the limits: 5 (a), 7 (b)"),
        (findings.of_search(_TRIED, "left_total", "more", 1.3), "Most persons who left within the limits: 5† (a), 7 (b)"),
        (findings.of_search(_TRIED, "left_total", "more", limited=False), "Most persons who left: 5 (a), 7 (b)"),
        (findings.of_search(_TRIED.assign(cost_eur=_TRIED["left_total"]), "cost_eur", "less"), "Least cost to hosts within the limits: 5 (a), 6 (b)"),
        (findings.of_search(_TRIED.assign(cost_eur=2.0), "cost_eur", "less"), "No lever moves the cost to hosts: 2"),
        (findings.of_search(_TRIED, "left_total", "less"), "Fewest persons who left within the limits: 5 (a), 6 (b)"),
        (findings.of_fit(np.array([10.0, 30.0]), np.array([14.0, 24.0])), "errors of the median run add up to 25 % of the published total"),
        (findings.of_fit(np.array([10.0, 30.0]), np.array([14.0, 24.0]), "cumulative"), "errors of the median run's increments add up to 25 % of the published total"),
        (findings.of_fit(np.array([10.0, 30.0]), np.array([14.0, 24.0]), "level"), "the median run is off by 25 % of the mean level"),
        (findings.of_predictions(np.array([1.0, 9.0]), {"with it": np.array([[0.0, 0.0], [2.0, 2.0]]), "without": np.array([[0.0, 8.0], [2.0, 10.0]])}),
         "of 2 figures, 1 (with it) and 2 (without) lie within the bars"),
        (findings.of_power(_POWER), "Where contagion makes 80 % of leaving or more it is found in 55 % to 70 % of the histories"),
        (findings.of_reliability(pd.DataFrame({"stated": [0.1, 0.5], "true": [0.12, 0.45]})), "Stated probabilities of contagion are off by 5 points at most"),
        (findings.of_reliability(pd.DataFrame({"stated": [0.1, 0.5], "true": [0.12, 0.4576]})), "Stated probabilities of contagion are off by 5 points at most"),
        (findings.of_alarms([0.01, 0.04], [0.73]), "False alarms: 4 % at most from causes in the list, up to 73 % from others"),
        (findings.of_alarms([0.01, 0.0433], [0.764]), "False alarms: 5 % at most from causes in the list, up to 77 % from others"),
        (findings.of_alarms([0.01, 0.04], []), "False alarms: 4 % at most from causes in the list"),
        (findings.of_response(pd.DataFrame({"a": [3.0, 90.0, 5.0], "b": [10.0, 20.0, 40.0]}), "left_total"), "Persons who left: moves most with a, 3 to 90 to 5"),
        (findings.of_response(pd.DataFrame({"a": [40.0, 2.0, 60.0]}), "left_total", 5.0), "Persons who left: 40 to 2† to 60"),
        (findings.of_response(pd.DataFrame({"a": [20.0, 20.0], "b": [5.0, 5.0]}).rename_axis("contagion"), "left_total"),
         "Persons who left: no line moves with contagion (multiple of the scenario's)"),
        (findings.of_response(pd.DataFrame({"a": [10.0, 42.0, 40.0]}), "left_total"), "Persons who left: 10 to 40"),
        (findings.of_map(pd.DataFrame([[20.0, 100.0]]), "left_total", chance=False, size=5.0), "Median persons who left: 20† to 100"),
        (findings.of_response(pd.DataFrame({"one": [0.9, 0.95], "other": [0.01, 0.2]}), "share_left"), "Share of all persons who left: moves most with other, 1 % to 20 %"),
    ],
)  # fmt: skip
def test_titles_of_studies_say_what_their_tables_say(said: str, expected: str) -> None:
    """Counts and sizes are those of the numbers that are drawn."""
    assert said == expected
