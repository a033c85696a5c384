"""Answers from a study: paired differences, chances, sizes, phases, fronts, boxes, bands."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion.errors import InputError
from desertion.figures import findings
from desertion.study.analysis import bands
from desertion.study.analysis.cascades import chance_of_cascade, phase_table, reached, size_distribution
from desertion.study.analysis.discovery import cart_boxes, cases_of, confirmed, prim_boxes
from desertion.study.analysis.paired import _correlation, paired_differences, replicate_saving
from desertion.study.analysis.pareto import on_front, pareto_table
from desertion.study.analysis.study import Study
from desertion.study.design.spec import StudySpec
from desertion.study.run.described import with_points
from desertion.study.run.sweep import run_study
from desertion.study.statistics import paired_chance_interval, wilson_interval
from desertion.study.store.reader import StudyFile
from tests.shortcuts import at_once

type Make = Callable[..., StudySpec]

POLICIES = {"closed": [], "open": ["open"], "wide": ["open", "wide"]}


@pytest.fixture
def done(tmp_path: Path, study: Make) -> Study:
    """Three policies at two pulls, 40 replicates, one of which fails at every point."""
    spec = study(settings={"fail_at": 3}, runs=40, pull=[0.1, 0.6], policies=POLICIES)
    return run_study(spec, tmp_path / "s.sqlite", at_once())


def test_paired_differences_are_those_of_the_same_replicates(done: Study) -> None:
    """Worked out by hand from the table of runs, failed replicates left out."""
    table = done.paired(["left_total"])
    assert len(table) == 4
    row = table[(table["pull"] == 0.6) & (table["policy"] == "wide")].iloc[0]
    wide = done.runs.pivot_table(index="replicate", columns=["pull", "policies"], values="left_total")[0.6]
    change = (wide["wide"] - wide["closed"]).dropna()
    assert row["pairs"] == len(change) == 39
    assert row["difference"] == pytest.approx(change.median())
    assert row["mean_difference"] == pytest.approx(change.mean())
    assert row["low"] <= row["difference"] <= row["high"]
    assert row["share_higher"] == 1.0


def test_what_pairing_gives_by_hand() -> None:
    """Changes of 1, 0, 0, 2, 0 and 3: a variance of 1.6 where separate runs have 0.8 + 3.2. A run without a number is no pair, and a point that stands twice no further evidence."""
    values = {"a": [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, np.inf, 1.0], "b": [1.0, 0.0, 1.0, 3.0, 2.0, 5.0, 1.0, np.nan]}
    runs = pd.concat([
        pd.DataFrame({"policies": name, "replicate": range(8), "design": 2 * place + again, "status": "done", "left_total": own})
        for place, (name, own) in enumerate(values.items()) for again in (0, 1)
    ], ignore_index=True)  # fmt: skip
    runs.attrs["parameters"] = ["policies"]
    (row,) = paired_differences(runs, ["left_total"]).to_dict("records")
    wanted = {
        "pairs": 6, "median_baseline": 1.0, "median_policy": 1.5, "difference": 0.5, "low": 0.0, "high": 3.0, "mean_difference": 1.0,
        "share_higher": 0.5, "correlation": 0.75, "saving": 2.5,
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == pytest.approx(wanted)


def test_chances_differ_by_their_share_of_pairs() -> None:
    """Of 200 pairs 100 collapse under the second policy alone and 20 under the first: 40 % more, where the median says none."""
    base, other = np.repeat([0.0, 1.0, 1.0], [120, 20, 60]), np.repeat([1.0, 0.0, 0.0, 1.0], [100, 20, 20, 60])
    runs = pd.concat([
        pd.DataFrame({"policies": name, "replicate": range(200), "design": place, "status": "done", "collapsed": values, "collapsed@toy": values})
        for place, (name, values) in enumerate({"a": base, "b": other}.items())
    ], ignore_index=True)  # fmt: skip
    runs.attrs["parameters"] = ["policies"]
    for _, row in paired_differences(runs, ["collapsed", "collapsed@toy"]).iterrows():
        assert row["difference"] == row["mean_difference"] == pytest.approx(0.4)
        assert (row["low"], row["high"]) == paired_chance_interval(100, 20, 200)
        assert findings.of_differences(pd.DataFrame([row]), "collapsed") == "B: 40 points more than a"


def test_chances_are_shares_of_runs_in_every_figure(done: Study) -> None:
    """Line, map and table show how often something happened; a median would be 0 or 1."""
    counted = (
        done.runs.query("status == 'done'").groupby(["policies", "pull"])["collapsed"].agg(["mean", "sum", "count"])
    )
    ax = done.plot("collapsed", "response").axes[0]
    assert ax.get_ylabel() == "share of runs in which a force\ncollapses"
    assert ax.lines[0].get_ydata() == pytest.approx(counted.loc["closed", "mean"].to_numpy())
    edge = ax.collections[0].get_datalim(ax.transData)
    bounds = [
        wilson_interval(int(hits), int(runs)) for hits, runs in counted.loc["closed", ["sum", "count"]].to_numpy()
    ]
    assert (edge.y0, edge.y1) == pytest.approx((min(low for low, _ in bounds), max(high for _, high in bounds)))
    assert "Line: share of the runs." in ax.figure.get_supxlabel()
    assert sorted(done.answer("collapsed")["chance"]) == pytest.approx(sorted(counted["mean"]))


def test_a_point_that_stands_twice_is_no_further_evidence(tmp_path: Path, study: Make) -> None:
    """Choices that are weighed by repeating them run a point three times on the same fates: six runs, whose interval and quartiles are those of six."""
    once = run_study(study(runs=6, pull=[0.3, 0.6]), tmp_path / "once.sqlite", at_once())
    weighed = {"choices": [0.3, 0.6, 0.6, 0.6]}
    twice = run_study(study(runs=6, pull=weighed), tmp_path / "twice.sqlite", at_once())
    for measure in ("collapsed", "left_total"):
        drawn, wanted = (
            each.plot(measure, "response").axes[0].collections[0].get_paths()[0].vertices for each in (twice, once)
        )
        assert drawn == pytest.approx(wanted)


def test_a_point_that_stands_twice_has_its_cascades_once(tmp_path: Path, study: Make) -> None:
    """Six sizes of two points in a distribution over all, where nine stood; asked for alone, either copy has its three."""
    found = run_study(study(runs=3, pull={"choices": [0.1, 0.1, 0.6]}), tmp_path / "s.sqlite", at_once())
    assert found.sizes().sizes.tolist() == sorted(found.runs.query("design > 0")["share_left"])
    assert [len(found.sizes(design=each).sizes) for each in range(3)] == [3, 3, 3]


def test_points_that_stand_twice_confirm_no_box() -> None:
    """Sixty draws of two inputs of three values are nine worlds, whatever half they fall into; sixty others are sixty."""
    rng = np.random.default_rng(2)
    drawn = pd.DataFrame({"a": rng.integers(0, 3, 60), "b": rng.integers(0, 3, 60), "c": rng.uniform(size=60)})
    runs = drawn.assign(design=range(60), replicate=0, status="done", y=(drawn["a"] + drawn["b"]).astype(float))
    for inputs, points in ((["a", "b"], 9), (["a", "b", "c"], 60)):
        runs.attrs["parameters"] = inputs
        cases, hits = cases_of(runs, "y", at_least=3.0)
        assert len(cases) == points
        assert (hits == (cases["a"] + cases["b"] >= 3)).all()


def test_the_baseline_may_be_chosen_and_must_exist(done: Study) -> None:
    """The first policy of the study is the default."""
    assert set(done.paired(["left_total"], baseline="wide")["policy"]) == {"closed", "open"}
    with pytest.raises(InputError, match="no policy 'opne'; did you mean 'open'"):
        done.paired(["left_total"], baseline="opne")


def test_common_random_numbers_save_replicates_and_separate_ones_do_not() -> None:
    """Pairs with correlation 0.9 need 10 times fewer; independent ones neither gain nor lose (n = 20,000)."""
    rng = np.random.default_rng(1)
    shared, one, other = rng.normal(size=(3, 20_000))
    first, second = shared * 3 + one, shared * 3 + other + 0.1
    assert replicate_saving(first, second) == pytest.approx(10.0, rel=0.05)
    assert replicate_saving(one, other) == pytest.approx(1.0, abs=0.05)
    assert replicate_saving(one, one + 1) == np.inf
    assert np.isnan(replicate_saving(np.ones(5), np.ones(5)))
    # Their mean is a rounding off 0.1, and what is left read as chance that pairing took away wholly.
    tenths = np.full(3, 0.1)
    assert tenths.var() > 0.0
    assert np.isnan(replicate_saving(tenths, tenths.copy()))
    assert np.isnan(_correlation(tenths, np.array([0.1, 0.25, 0.3])))
    assert np.isnan(_correlation(np.array([0.0, 1.0]), np.array([1.0, 3.0])))  # two pairs always lie on a line


def test_the_chance_of_a_global_cascade_has_wilsons_interval(done: Study) -> None:
    """Counted by hand from the sizes."""
    table = done.chance("share_left", 0.3)
    row = table[(table["pull"] == 0.6) & (table["policies"] == "open")].iloc[0]
    part = done.runs.query("pull == 0.6 and policies == 'open' and status == 'done'")
    hits = int((part["share_left"] >= 0.3).sum())
    assert (row["runs"], row["cascades"]) == (39, hits)
    assert (row["low"], row["high"]) == pytest.approx(wilson_interval(hits, 39))


def test_a_number_of_persons_has_no_chance_without_a_level(done: Study) -> None:
    """A tenth is a level of shares: of persons it said how often at least 0.1 of one left."""
    assert done.chance("left_total", 5.0)["chance"].between(0.0, 1.0).all()
    runs = done.runs.assign(wide=1.0).query("policies == 'open'")
    for ask in (lambda: done.chance("left_total"), lambda: phase_table(runs, "pull", "wide", "left_total")):
        with pytest.raises(InputError, match="not of left_total: give at_least"):
            ask()
    assert phase_table(runs, "pull", "wide", "left_total", "median").to_numpy().min() > 0.1


def test_a_point_that_leaves_an_input_as_it_is_has_its_chance_too(tmp_path: Path, study: Make) -> None:
    """An empty cell of a table of points is no reason to leave its runs out of an answer."""
    spec = with_points(study(runs=5), [{"pull": 0.5, "wide": 1.0}, {"pull": 0.2}])
    found = run_study(spec, tmp_path / "s.sqlite", at_once())
    assert found.chance()[["design", "runs"]].to_numpy().tolist() == [[0, 5], [1, 5]]
    assert found.answer()["design"].tolist() == [0, 1]


def test_a_run_without_a_number_tells_no_chance() -> None:
    """As for the rule that stops replicates: it is left out and counts neither way; a point of such runs alone has no chance."""
    sizes = {0: [np.nan] * 6 + [np.inf, 0.8, 0.2, 0.9], 1: [np.nan] * 10}
    rows = [{"design": design, "x": design, "y": 1, "share_left": size} for design in sizes for size in sizes[design]]
    runs = pd.DataFrame(rows).assign(status="done")
    known, unknown = (each for _, each in chance_of_cascade(runs, at_least=0.5).iterrows())
    assert known[["runs", "cascades", "chance"]].tolist() == [3, 2, 2 / 3]
    assert (known["low"], known["high"]) == wilson_interval(2, 3)
    assert unknown[["runs", "cascades", "low", "high"]].tolist() == [0, 0, 0.0, 1.0]
    assert np.isnan(unknown["chance"])
    assert phase_table(runs, "x", "y").to_numpy().tolist() == [[1.0]]


def test_the_exceedance_curve_is_the_share_of_runs_at_least_as_large() -> None:
    """Ties count for each of them; missing sizes are left out."""
    sizes = size_distribution([0.1, 0.1, 0.4, float("nan"), 0.9], bins=8)
    assert sizes.exceeding.tolist() == [1.0, 1.0, 0.5, 0.25]
    assert int(sizes.counts.sum()) == 4


def test_a_phase_table_has_one_cell_a_point_and_refuses_to_mix() -> None:
    """Two parameters: the chance in each cell; a third would be mixed in silently."""
    rows = [
        {"design": 2 * a + b, "replicate": r, "status": "done", "a": a, "b": b, "c": 0, "share_left": 0.5 * a * (r % 2)}
        for a in (0, 1)
        for b in (0, 1)
        for r in range(4)
    ]
    table = phase_table(pd.DataFrame(rows), "a", "b")
    assert table.to_numpy().tolist() == [[0.0, 0.5], [0.0, 0.5]]
    assert (table.index.tolist(), table.columns.tolist()) == ([0, 1], [0, 1])
    skewed = pd.DataFrame([{**row, "share_left": row["a"] + row["b"] + 9.0 * (row["replicate"] == 3)} for row in rows])
    middle = phase_table(skewed[::-1], "a", "b", shown="median")
    assert middle.to_numpy().tolist() == [[0.0, 1.0], [1.0, 2.0]]
    other = pd.DataFrame([{**row, "design": row["design"] + 4, "c": 1} for row in rows])
    with pytest.raises(InputError, match=r"would mix 2 design points .* Study\.phase\(\.\.\., policy=\)"):
        phase_table(pd.concat([pd.DataFrame(rows), other]), "a", "b")


def test_a_phase_table_shows_chance_or_median_and_no_other_word(done: Study) -> None:
    """Any other word, "mean" among them, gave the median."""
    for word in ("mean", "avg", None):
        with pytest.raises(InputError, match="there is no content of a phase diagram"):
            done.phase("pull", "wide", shown=word)  # pyright: ignore[reportArgumentType]


def test_a_phase_table_draws_a_point_that_stands_twice_once() -> None:
    """It was refused, and no policy that one could name was the way out."""
    rows = [
        {"design": design, "replicate": r, "status": "done", "a": a, "b": b, "share_left": float(r == 0)}
        for design, (a, b) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1), (1, 1)])
        for r in range(4)
    ]
    runs = pd.DataFrame(rows)
    runs.attrs["parameters"] = ["a", "b"]
    assert phase_table(runs, "a", "b").to_numpy().tolist() == [[0.25, 0.25], [0.25, 0.25]]


def test_the_front_holds_exactly_the_points_that_none_beats() -> None:
    """Equal points both stay, a missing value never does."""
    gains = np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 2.0], [1.0, 2.0], [np.nan, 9.0], [3.0, 0.0]])
    assert on_front(gains).tolist() == [True, True, True, False, False, True]


def test_a_mean_of_fewer_runs_is_none_on_a_front() -> None:
    """Of point 1 only the cheap run has a price: beside two runs of the others it looked the cheapest."""
    runs = pd.DataFrame(
        {
            "design": [0, 0, 1, 1, 2, 2],
            "policies": ["a", "a", "b", "b", "c", "c"],
            "replicate": [0, 1] * 3,
            "status": "done",
            "price": [4.0, 6.0, 1.0, np.nan, np.inf, 1.0],
            "hosts.*.places": [np.inf, np.inf, 9.0, 9.0, 9.0, 9.0],
        }
    )
    runs.attrs["parameters"] = ["policies", "hosts.*.places"]
    table = pareto_table(runs, {"price": "less"})
    assert table["hosts.*.places"].tolist() == [np.inf, 9.0, 9.0], (
        "an input without a limit is a value and no missing measure"
    )
    assert table["runs"].tolist() == [2, 2, 2]
    assert table["price"].fillna(-1.0).tolist() == [5.0, -1.0, -1.0]
    assert table["front"].tolist() == [True, False, False]


def test_a_mean_without_a_failed_run_is_none_on_a_front() -> None:
    """The dear run of point 1 failed, and the rest of it looked the cheapest; a search refuses such a candidate as well."""
    runs = pd.DataFrame(
        {
            "design": [0, 0, 1, 1],
            "policies": ["a", "a", "b", "b"],
            "replicate": [0, 1, 0, 1],
            "status": ["done", "done", "done", "failed"],
            "price": [4.0, 6.0, 3.0, np.nan],
        }
    )
    runs.attrs["parameters"] = ["policies"]
    table = pareto_table(runs, {"price": "less"})
    assert table["runs"].tolist() == [2, 1]
    assert table["price"].fillna(-1.0).tolist() == [5.0, -1.0]
    assert table["front"].tolist() == [True, False]


def test_points_are_weighed_by_the_fates_that_they_share() -> None:
    """A shard has other replicates of every other point: the dear fate made point 0 dear, whatever it does."""
    runs = pd.DataFrame({
        "design": [0, 0, 0, 1, 1, 2, 2], "policies": list("aaabbcc"), "replicate": [0, 1, 2, 0, 1, 1, 2], "status": "done",
        "price": [9.0, 2.0, 1.0, 9.0, 3.0, 2.5, 1.5],
    })  # fmt: skip
    runs.attrs["parameters"] = ["policies"]
    table = pareto_table(runs, {"price": "less"})
    assert table["price"].tolist() == [2.0, 3.0, 2.5], "replicate 1 alone is run at all three"
    assert table["runs"].tolist() == [1, 1, 1]
    assert table["front"].tolist() == [True, False, False]
    with pytest.raises(InputError, match=r"no replicate has been run at all points.*merge all shards"):
        pareto_table(runs[runs["replicate"] == runs["design"]], {"price": "less"})


def test_a_study_whose_first_policy_has_no_run_is_not_turned_round(tmp_path: Path, study: Make) -> None:
    """Of a merge of some shards the next policy was the baseline, and all differences had the other sign."""
    spec = study(runs=1, pull=[0.1, 0.6], policies=POLICIES)
    path = tmp_path / "s.sqlite"
    run_study(spec, path, at_once(shard=(2, 3)))
    with pytest.raises(InputError, match="'closed', the first policy, has no run that others could be held against"):
        Study(path).paired(["left_total"])


def test_a_front_of_no_point_is_refused(tmp_path: Path, study: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of points that nothing was known of it was said that none of them is beaten by no other."""
    done = run_study(study(runs=2, pull=[0.1, 0.6]), tmp_path / "s.sqlite", at_once())
    monkeypatch.setattr("desertion.study.analysis.pareto.USUAL", {"nothing": "less"})
    with pytest.raises(InputError, match="no design point has all the runs that others have"):
        done.front_with("share_left")


def test_the_pareto_view_names_policies_and_directions(done: Study) -> None:
    """More leavers cost more here, so nothing is beaten; leavers against themselves leave one on top."""
    assert done.pareto()["front"].all()
    single = done.pareto({"left_total": "more"})
    assert single.loc[single["front"], "policies"].tolist() == ["wide"]
    with pytest.raises(InputError, match="must be 'more' or 'less'"):
        done.pareto({"left_total": "most"})


def test_discovery_finds_a_planted_box_and_says_it_in_words() -> None:
    """2,000 points, of interest where a > 0.6 and b < 0.3 and nowhere else; c has nothing to do with it."""
    rng = np.random.default_rng(1)
    cases = pd.DataFrame(rng.uniform(size=(2000, 3)), columns=["a", "b", "c"])
    planted = ((cases["a"] > 0.6) & (cases["b"] < 0.3)).to_numpy()
    (box,) = prim_boxes(cases, planted)
    assert set(box.limits) == {"a", "b"}
    assert box.limits["a"][0] == pytest.approx(0.6, abs=0.05)
    assert box.limits["b"][1] == pytest.approx(0.3, abs=0.08)
    assert box.density > 0.8
    assert box.coverage > 0.8
    assert "b <= 0.31 and a >= 0.602, the policy works in 97 %" in box.words("the policy works")
    best = cart_boxes(cases, planted)[0]
    assert set(best.limits) == {"a", "b"}
    assert best.density > 0.95


@pytest.mark.parametrize("find", [prim_boxes, cart_boxes, confirmed])
@pytest.mark.parametrize("words", [False, True])
def test_points_that_leave_an_input_to_the_scenario_have_no_place_in_a_box(
    find: Callable[[pd.DataFrame, np.ndarray], object], words: bool
) -> None:
    """They ended in a division by zero, a tree put them on a side that its boxes left out, and a missing word was called "nan"."""
    cases = pd.DataFrame(np.random.default_rng(1).uniform(size=(80, 2)), columns=["a", "b"])
    hits = (cases["a"] > 0.6).to_numpy()
    column = cases["b"].map(lambda share: "open" if share > 0.5 else "closed") if words else cases["b"]
    cases["b"] = column.where(cases.index % 4 > 0)
    with pytest.raises(InputError, match="no place for 20 of 80 points, which leave b as the scenario has it"):
        find(cases, hits)


def test_a_box_that_chance_made_is_not_confirmed() -> None:
    """Forty points of which 40 % are of interest whatever their five inputs: a third of such studies give a box, and hardly one that holds in the other half."""
    found = held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        cases = pd.DataFrame(rng.uniform(size=(40, 5)), columns=list("abcde"))
        noise = rng.uniform(size=40) < 0.4
        found += bool(prim_boxes(cases, noise))
        held += confirmed(cases, noise) is not None
    assert 8 <= found <= 20
    assert held <= 5
    cases = pd.DataFrame(np.random.default_rng(1).uniform(size=(200, 3)), columns=list("abc"))
    box = confirmed(cases, (cases["a"] > 0.6).to_numpy())
    assert box is not None
    assert set(box.limits) == {"a"}


def test_discovery_handles_words_beside_numbers() -> None:
    """The form of contagion is a word, and may be what matters."""
    rng = np.random.default_rng(2)
    cases = pd.DataFrame({"form": rng.choice(["x", "y", "z"], 900), "a": rng.uniform(size=900)})
    planted = (cases["form"] == "y").to_numpy()
    (box,) = prim_boxes(cases, planted)
    assert box.limits == {"form": ("y",)}
    assert "form is y" in box.words()
    best, *rest = cart_boxes(cases, planted & (cases["a"] > 0.5).to_numpy())
    assert best.limits["form"] == ("y",)
    assert best.limits["a"][0] == pytest.approx(0.5, abs=0.02)
    assert [leaf.limits["form"] for leaf in rest if leaf.support > 0.5] == [("x", "z")]


def test_a_truth_value_separates_like_a_word() -> None:
    """With what matters switched on or off, the box and the tree name the switch."""
    cases = pd.DataFrame({"on": [True, False] * 50, "a": np.linspace(0.0, 1.0, 100)})
    planted = cases["on"].to_numpy()
    assert prim_boxes(cases, planted)[0].limits == {"on": ("True",)}
    assert cart_boxes(cases, planted)[0].limits == {"on": ("True",)}


def test_discovery_cuts_between_whole_numbers() -> None:
    """A lever of three positions, such as a border that is closed, for transit or open, beside a range."""
    rng = np.random.default_rng(3)
    cases = pd.DataFrame({"border": rng.integers(0, 3, 900), "a": rng.uniform(size=900)})
    planted = (cases["border"] == 2).to_numpy()
    (box,) = prim_boxes(cases, planted)
    assert set(box.limits) == {"border"}
    assert 1.0 < float(box.limits["border"][0]) <= 2.0
    assert cart_boxes(cases, planted)[0].density == 1.0


def test_discovery_refuses_what_separates_nothing(done: Study) -> None:
    """Too few points, or all of them alike."""
    with pytest.raises(InputError, match="at least 20 different design points, got 6"):
        done.discover("left_total", at_least=1.0)
    cases = pd.DataFrame({"a": np.arange(30.0)})
    with pytest.raises(InputError, match="none of 30 points"):
        prim_boxes(cases, np.zeros(30, bool))
    with pytest.raises(InputError, match="give at_least or at_most"):
        done.discover("left_total")
    with pytest.raises(InputError, match="at_most = nan must be a number"):
        done.discover("left_total", at_most=float("nan"))


def test_bands_are_quantiles_of_the_finished_runs(done: Study) -> None:
    """The median by hand, for one design point and column; a run that stopped early keeps its last value."""
    table = done.bands(("left",), designs=[1])
    curves = done.trajectories(1, "left")
    assert curves.shape == (11, 39)
    assert np.allclose(table["q50"], np.median(curves.to_numpy(), axis=1))
    assert set(table["runs"]) == {39}
    assert table[["policies", "pull"]].drop_duplicates().to_numpy().tolist() == [["open", 0.1]]


def test_bands_read_one_column_at_a_time_when_memory_is_short(done: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same table, whatever the bound; a table beyond all bounds is refused."""
    whole = done.bands()
    monkeypatch.setattr(bands, "_MOST_BYTES", 1)
    assert done.bands().equals(whole)
    monkeypatch.setattr(bands, "MOST_ROWS", 10)
    with pytest.raises(InputError, match="name the columns"):
        done.bands()


def test_a_quantile_is_called_what_it_is(done: Study) -> None:
    """That of 99.99 % was called the largest, and one of 0.05 % that of 0.1 %."""
    levels = (0.05, 0.07, 0.5, 0.975, 0.025, 0.0, 1.0, 0.001, 0.0005, 0.9999)
    names = ["q05", "q07", "q50", "q97.5", "q02.5", "q00", "q100", "q00.1", "q00.05", "q99.99"]
    assert [bands.level_name(level) for level in levels] == names
    table = done.bands(("left",), designs=[1], levels=(0.9999, 1.0))
    curves = done.trajectories(1, "left").to_numpy().astype(float)
    assert np.allclose(table["q99.99"], np.quantile(curves, 0.9999, axis=1))
    assert np.allclose(table["q100"], curves.max(axis=1))
    assert table.attrs["columns"]["q99.99"]["definition"].startswith("99.99 % quantile")
    with pytest.raises(InputError, match=r"level = 95 must lie in \[0, 1\]"):
        done.bands(levels=[95])


def test_a_design_point_that_is_not_there_is_refused(done: Study) -> None:
    """A table without a row said nothing, and neither did sizes of no runs."""
    last = int(done.points["design"].max())
    for ask in (
        lambda: done.bands(designs=[0, 99]),
        lambda: done.sizes(design=99),
        lambda: done.trajectories(99, "left"),
    ):
        with pytest.raises(InputError, match=f"there is no design point 99: name one of {last + 1}, 0 to {last}"):
            ask()


def test_one_level_or_point_is_as_good_as_a_list_of_one(done: Study) -> None:
    """A number alone ended in a TypeError."""
    assert done.bands("left", 1, 0.5).equals(done.bands(["left"], [1], [0.5]))
    with pytest.raises(InputError, match=r"levels = '0\.5' must be a number or a list of numbers"):
        done.bands(levels="0.5")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match=r"designs = 0\.5 must be a whole number or a list of them"):
        done.bands(designs=0.5)  # pyright: ignore[reportArgumentType]


def test_numpys_whole_numbers_name_design_points_as_pythons_do(done: Study) -> None:
    """Numbers taken from a table of points gave tables without a row, and a sentence that no run had finished; what is no whole number is told so."""
    wanted = done.bands("left", [0, 1])
    numbers = done.points["design"][:2].to_numpy()
    for given in (numbers, list(numbers), done.points["design"][:2]):
        assert done.bands("left", given).equals(wanted)
    assert done.trajectories(numbers[1], "left").equals(done.trajectories(1, "left"))
    assert done.sizes(design=numbers[1]).sizes.tolist() == done.sizes(design=1).sizes.tolist()
    for wrong in ("0", 0.0, True):
        for ask in (lambda: done.trajectories(wrong, "left"), lambda: done.sizes(design=wrong)):  # noqa: B023
            with pytest.raises(InputError, match=r"design = .* must be a whole number in"):
                ask()
    for wrong in (np.array("0"), [True]):
        with pytest.raises(InputError, match=r"designs = .* must be a whole number"):
            done.bands(designs=wrong)  # pyright: ignore[reportArgumentType]


def test_a_column_that_was_not_kept_is_refused_by_name(done: Study) -> None:
    """With the ones that were."""
    with pytest.raises(InputError, match="no daily column 'lefft'; did you mean 'left'"):
        done.bands(("lefft",))


def test_runs_of_different_length_are_held_at_their_last_value(tmp_path: Path, study: Make) -> None:
    """Days vary as a parameter does."""
    from desertion.study.design.reading import spec_from

    table = {"task": "tests.study.run.fake.run", "vary": {"days": [3, 5]}, "replicates": 2}
    done = run_study(spec_from(table, "s", "s"), tmp_path / "s.sqlite", at_once())
    assert done.curves.groupby("design")["day"].max().tolist() == [3, 5]
    with StudyFile(done.path) as file:
        ((_, curves),) = bands.curves_of(file, 0, ["left"])
    assert curves.shape == (2, 4)


def test_nothing_flows_after_a_run_has_stopped() -> None:
    """Who has left stays gone, and nobody leaves or is let in any more, of one force neither."""
    columns = ["left", "new_hide", "army:new_hide", "admitted"]
    whole = np.arange(1.0, 17.0, dtype=np.float32).reshape(4, 4)
    block = bands.same_length([whole, whole[:2]], columns)
    assert np.array_equal(block[0], whole)
    assert block[1].tolist() == [[1, 2, 3, 4], [5, 6, 7, 8], [5, 0, 0, 0], [5, 0, 0, 0]]
    assert bands.same_length([whole[:1]], columns, longest=3)[0].tolist() == [[1, 2, 3, 4], [1, 0, 0, 0], [1, 0, 0, 0]]


def test_the_summary_has_quantiles_of_every_measure(done: Study) -> None:
    """NaN and infinite measures have no quantiles, and no influence."""
    table = done.summary()
    assert set(table["measure"]) >= {"left_total", "cost_eur", "nothing"}
    assert table.loc[table["measure"] == "nothing", "runs"].eq(0).all()
    left = done.summary(["left_total"])
    assert len(left) == 6
    for _, row in left.iterrows():
        own = done.runs[(done.runs["design"] == row["design"]) & (done.runs["status"] == "done")]["left_total"]
        assert [row["q05"], row["q50"], row["q95"]] == pytest.approx(np.quantile(own, [0.05, 0.5, 0.95]))
        assert row["runs"] == len(own) == 39


def test_a_grid_tells_no_sensitivity_whatever_the_policy(done: Study) -> None:
    """It was asked for one policy first, of which it tells none either."""
    for policy in (None, "wide"):
        with pytest.raises(InputError, match="of kind sobol or morris, and this one is of kind grid"):
            done.sensitivity("left_total", policy)


def test_factors_keep_their_order_from_the_study_file_to_the_analysis(tmp_path: Path, study: Make) -> None:
    """Columns of a design are told apart by their place: names out of alphabetical order must not swap indices."""
    ranges = {"pull": {"range": [0.0, 1.0]}, "other": {"range": [0.0, 1.0]}}
    spec = study(runs=5, design={"kind": "sobol", "points": 64, "dummy": True}, **ranges)
    done = run_study(spec, tmp_path / "s.sqlite", at_once())
    table = done.sensitivity("left_total").set_index("factor")
    assert table.index.tolist() == ["pull", "other", "dummy"]
    assert table["total"].idxmax() == "pull"
    assert table.loc["other", "total"] == pytest.approx(0.0, abs=1e-9)


def test_the_dummy_factor_tells_what_chance_explains(tmp_path: Path, study: Make) -> None:
    """A measure that is nothing but chance: all of its variance is the dummy's, and nothing stands above it."""
    ranges = {"pull": {"range": [0.0, 1.0]}, "other": {"range": [0.0, 1.0]}}
    spec = study(runs=1, design={"kind": "sobol", "points": 256, "dummy": True}, **ranges)
    done = run_study(spec, tmp_path / "s.sqlite", at_once())
    table = done.sensitivity("noise").set_index("factor")
    assert table.loc["dummy", "total"] == pytest.approx(1.0, abs=0.2)
    assert table.loc[["pull", "other"], "total"].tolist() == [0.0, 0.0]
    assert not table["above_noise"].any()


def test_a_cascade_of_just_the_level_reaches_it() -> None:
    """A tenth is global, a hair below is not, and what is no number tells nothing."""
    sizes = pd.Series([0.1, 0.0999, np.nan, 0.2], name="share_left")
    np.testing.assert_array_equal(reached(sizes), [1.0, 0.0, np.nan, 1.0])
