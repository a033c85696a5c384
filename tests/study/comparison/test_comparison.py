"""Comparisons: outcomes, intervals, differences and attributions are those that the runs' tables give."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from desertion import Scenario, compare
from desertion.errors import InputError
from desertion.scenario.consistency import check
from desertion.study.comparison import arm, pictures
from desertion.study.comparison.compare import arms, spec_of
from desertion.study.comparison.comparison import Comparison
from desertion.study.comparison.daily import loads_table
from desertion.study.comparison.pictures import peaks, people_there
from desertion.study.comparison.report.answer import answer
from desertion.study.comparison.report.words import assumptions
from desertion.study.failures import StudyFailedError
from desertion.study.run.pool import LocalPool
from desertion.study.run.sweep import RunOptions, run_study
from desertion.study.statistics import paired_chance_interval, wilson_interval
from desertion.study.store.reader import StudyFile
from desertion.study.store.writer import StudyWriter
from tests.shortcuts import at_once
from tests.study.comparison import fake_arm

POLICIES = ["case-by-case", "closed-borders", "fast-track"]


def compared(path, policies=POLICIES, runs=6, **told) -> Comparison:
    """A comparison of made-up runs."""
    spec = replace(spec_of("toy", policies, runs=runs, **told), task="tests.study.comparison.fake_arm.run_arm")
    run_study(spec, path, at_once())
    return Comparison(fake_arm.as_comparison(path))


@pytest.fixture(scope="module")
def comparison(tmp_path_factory) -> Comparison:
    """Three policies, six replicates, one force."""
    return compared(tmp_path_factory.mktemp("comparison") / "study.sqlite")


def row(table: pd.DataFrame, **chosen) -> pd.Series:
    """The one row with these values."""
    for name, value in chosen.items():
        table = table[table[name] == value]
    assert len(table) == 1, table
    return table.iloc[0]


def test_what_a_run_keeps_survives_packing():
    """Codes of ways, loads of hosts and facts come back as they were."""
    daily, hosts, people = fake_arm.tables("fast-track", 3)
    kept = arm.unpacked(fake_arm.kept_of(daily, hosts, people).extras)
    assert (kept.forces, kept.hosts, kept.about["size"]) == (("russia",), ("kazakhstan", "georgia", "germany"), 100.0)
    assert int((kept.routes["russia"] > 0).sum()) == int(people["day_left"].notna().sum())
    georgia = hosts[hosts["host"] == "georgia"]["waiting"].to_numpy()
    assert kept.loads[:, 1, arm.HOSTLY.index("waiting")].tolist() == georgia.tolist()


def test_loads_are_means_of_each_day_and_host_at_real_size() -> None:
    """Two runs, of which one stopped a day early: people stay where they are, and nothing is spent any more."""
    whole = np.arange(42, dtype=np.float32).reshape(3, 2, 7)
    table = loads_table([whole, whole[:2]], ["near", "far"], 5.0)
    assert table["day"].tolist() == [0, 0, 1, 1, 2, 2]
    assert table["host"].tolist() == ["near", "far"] * 3
    assert table["at_border"].tolist() == [0.0, 35.0, 70.0, 105.0, 5.0 * (28 + 14) / 2, 5.0 * (35 + 21) / 2]
    assert table["cost_eur"].tolist() == [6.0, 13.0, 20.0, 27.0, 34.0 / 2, 41.0 / 2]


def test_people_there_are_all_who_are_there_however_they_stand(comparison):
    """Claimants who were refused and stay, and holders of skilled visas, are there as well."""
    stands = ["at_border", "waiting", "protected", "abroad", "tolerated", "emigrated"]
    runs = [fake_arm.tables("fast-track", one)[1] for one in range(6)]
    there = [hosts[(hosts["day"] == 40) & (hosts["host"] == "germany")][stands].to_numpy().sum() for hosts in runs]
    found = people_there(comparison).loc[comparison.names["fast-track"]]
    assert found.filter(regex="(?i)germany").item() == pytest.approx(100.0 * np.mean(there))


def test_hosts_beyond_the_tenth_are_added_up_or_said_to_be_left_out(comparison, monkeypatch):
    """Rows of a table of people have to add up; most cases at once of several hosts have no sum, so that their number is told."""
    whole = people_there(comparison)
    assert whole.shape[1] == peaks(comparison).shape[1] == 3
    monkeypatch.setattr(pictures, "_MOST_HOSTS", 1)
    few = people_there(comparison)
    assert list(few.columns) == [whole.columns[0], "2 others"]
    assert few.sum(axis=1).tolist() == pytest.approx(whole.sum(axis=1).tolist())
    assert comparison.plot("hosts").axes[0].get_xlabel().endswith("median of runs; left out: 2 other hosts with fewer")
    assert "others" not in comparison.plot("where").get_suptitle()


def test_most_cases_waiting_are_the_median_of_the_peaks_of_the_runs(comparison):
    """As the outcome of that name is, and not the peak of a mean, which is lower where runs peak on other days."""
    runs = [fake_arm.tables("fast-track", one)[1] for one in range(6)]
    tops = [hosts.loc[hosts["host"] == "georgia", "waiting"].max() for hosts in runs]
    found = peaks(comparison).loc[comparison.names["fast-track"]].filter(regex="(?i)georgia").item()
    assert found == pytest.approx(100.0 * np.median(tops))
    assert comparison.plot("hosts").axes[0].get_xlabel() == "cases waiting at once, all forces, median of runs"


def test_runs_of_an_earlier_version_are_refused_in_a_sentence(monkeypatch):
    """What was kept without a column of the hosts is not read as another column."""
    daily, hosts, people = fake_arm.tables("fast-track", 3)
    monkeypatch.setattr(arm, "HOSTLY", ("at_border", "waiting", "abroad", "protected", "cost_eur"))
    kept = fake_arm.kept_of(daily, hosts, people).extras
    monkeypatch.undo()
    with pytest.raises(InputError, match="run by an earlier version, which kept 5 columns of each host where 7 are"):
        arm.loads_of(arm.unpacked(kept))


@pytest.mark.usefixtures("no_workers")
def test_a_run_that_a_rule_ends_flows_no_more_and_does_not_know_what_had_not_come(tmp_path):
    """The third toy run ends with a collapse before day 100.

    Its flows then are 0, so that they add up to no more than its departures; stocks and totals stay, hosts cost in all what they cost in the runs, and a
    government that had not fallen may have fallen later.
    """
    document = tmp_path / "stops.toml"
    document.write_text('extends = "toy"\nname = "stops"\n[stop]\nmeasure = "collapsed"\n')
    found = compare(str(document), ["none", "exit-ban"], runs=3, seed=1, workers=1, quiet=True)
    dated = found.outcomes.pivot(index=["policy", "replicate"], columns="measure", values="value")
    assert dated["collapsed"].tolist() == [0, 0, 1, 0, 0, 1]
    assert dated["day_fallen"].fillna(0).tolist() == [200, 200, 0] * 2
    assert (dated["day_collapsed"] < 100).tolist() == [False, False, True] * 2
    for (policy, replicate), run in found.histories.groupby(["policy", "replicate"]):
        ended = dated.loc[(policy, replicate), "day_collapsed"]
        late, ways = run[run["day"] > ended], ["new_hide", "new_flee", "new_surrender", "new_refuse"]
        assert len(run) == 201
        assert (late[ways] == 0.0).all(axis=None)
        assert late["strength"].nunique() == late["departures"].nunique() == (1 if ended < 200 else 0)
        assert run[ways].to_numpy().sum() <= run["departures"].iloc[-1]
    means = found.outcomes[found.outcomes["measure"] == "cost_eur"].groupby("policy")["value"].mean()
    assert found.hosts.groupby("policy")["cost_eur"].sum().to_dict() == pytest.approx(means.to_dict())


@pytest.mark.usefixtures("no_workers")
def test_a_policy_that_acts_on_no_day_is_said_to(tmp_path):
    """In the answer, which else reads as if the policy did nothing, and under what was assumed, though the baseline has no such note."""
    document = tmp_path / "late.toml"
    document.write_text('title = "Late"\n[[change]]\nfrom = 2035-01-01\nset = { "forces.*.police" = 500 }\n')
    found = compare("toy", ["none", document], days=5, runs=1, workers=1, quiet=True)
    told = 'olicy "late" acts on no day of the run, 2030-01-01 to 2030-01-05: its changes hold from 2035-01-01'
    assert answer(found)[1].endswith(f" P{told}.")
    assert any(f"p{told}" in line for line in assumptions(found))


def test_medians_are_those_of_the_runs_at_real_size(comparison):
    """The estimate of a count is the median over replicates divided by the scale."""
    left = [fake_arm.tables("fast-track", one)[0]["left"].iloc[-1] for one in range(6)]
    found = row(comparison.summary, policy="fast-track", measure="left")
    assert found["estimate"] == pytest.approx(100.0 * np.median(left))
    assert found["low"] <= found["estimate"] <= found["high"]
    assert found["runs"] == 6


def test_money_and_shares_are_not_scaled(comparison):
    """Costs are at real size already and shares have no size: neither is divided by the scale."""
    costs = [fake_arm.tables("fast-track", one)[1]["cost_eur"].sum() for one in range(6)]
    assert row(comparison.summary, policy="fast-track", measure="cost_eur")["estimate"] == pytest.approx(
        np.median(costs)
    )
    lowest = [
        one["strength"].min() / one["strength"].iloc[0]
        for one in (fake_arm.tables("fast-track", i)[0] for i in range(6))
    ]
    found = row(comparison.summary, policy="fast-track", measure="lowest_strength")
    assert found["estimate"] == pytest.approx(np.median(lowest))


def test_chance_of_collapse_has_wilsons_interval(comparison):
    """The chance is the share of runs that collapse on any day, with Wilson's interval."""
    for policy in POLICIES:
        collapsed = sum(bool(fake_arm.tables(policy, one)[0]["collapsed"].any()) for one in range(6))
        found = row(comparison.summary, policy=policy, measure="collapsed")
        assert (found["estimate"], found["low"], found["high"]) == pytest.approx(
            (collapsed / 6, *wilson_interval(collapsed, 6))
        )


def test_a_difference_of_chances_has_an_interval_with_a_width(comparison):
    """Tango's score interval from the pairs in which one alone collapses; without such a pair it is as wide as six pairs leave it, and no star stands."""
    for policy in POLICIES[1:]:
        usual, own = (
            [bool(fake_arm.tables(name, one)[0]["collapsed"].any()) for one in range(6)]
            for name in (POLICIES[0], policy)
        )
        gained, lost = (
            sum(b and not a for a, b in zip(usual, own, strict=True)),
            sum(a and not b for a, b in zip(usual, own, strict=True)),
        )
        for measure, counts in (("collapsed", (gained, lost)), ("fallen", (0, 0))):
            found = row(comparison.paired, policy=policy, measure=measure)
            assert found["difference"] == pytest.approx((counts[0] - counts[1]) / 6)
            assert (found["low"], found["high"]) == pytest.approx(paired_chance_interval(*counts, 6))
            assert found["low"] < found["difference"] < found["high"]


@pytest.mark.usefixtures("no_workers")
def test_runs_in_which_an_own_measure_is_infinite_are_left_out_of_its_row(tmp_path):
    """As their pairs are; `runs` says how many count."""
    measures = {"odd": lambda model: float("inf") if model.measures()["left_total"] % 2 else 1.0}
    found = compare("toy", ["none", "exit-ban"], days=20, runs=4, workers=1, quiet=True, measures=measures)
    values = found.outcomes[found.outcomes["measure"] == "odd"].groupby("policy")["value"]
    finite = values.apply(lambda one: int(np.isfinite(one).sum()))
    assert 0 < finite["none"] < 4
    for policy in ("none", "exit-ban"):
        assert row(found.summary, policy=policy, measure="odd")["runs"] == finite[policy]


def test_differences_are_taken_replicate_by_replicate(comparison):
    """The difference is the median of the paired differences, which is not the difference of the medians."""
    last = {policy: [fake_arm.tables(policy, one)[0]["left"].iloc[-1] for one in range(6)] for policy in POLICIES}
    pairs = 100.0 * (np.array(last["fast-track"]) - np.array(last["case-by-case"]))
    found = row(comparison.paired, policy="fast-track", measure="left")
    assert found["difference"] == pytest.approx(np.median(pairs))
    assert found["low"] <= found["difference"] <= found["high"]
    assert found["share_higher"] == np.mean(pairs > 0)
    assert found["saving"] > 1.0


def test_attribution_counts_each_person_once(comparison):
    """Both, only A, only B and neither add up to the people; with nested fates nobody left only under the lesser policy."""
    more = row(comparison.attribution, b="fast-track")
    fewer = row(comparison.attribution, b="closed-borders")
    for each in (more, fewer):
        assert each[["both", "only_a", "only_b", "neither"]].sum() == pytest.approx(100.0 * 2000)
    assert (more["only_a"], fewer["only_b"]) == (0.0, 0.0)
    assert more["only_b"] > 0 < fewer["only_a"]
    left = [fake_arm.tables("fast-track", one)[2]["day_left"].notna().sum() for one in range(6)]
    assert more["both"] + more["only_b"] == pytest.approx(100.0 * np.mean(left))


def test_moves_between_ways_have_the_attribution_as_margins(comparison):
    """Persons who stayed under the baseline and left under the policy are those attributed to the policy alone."""
    moves = comparison.moves("fast-track")
    found = row(comparison.attribution, b="fast-track")
    assert moves.loc["stayed"].drop("stayed").sum() == pytest.approx(found["only_b"])
    assert moves.loc["stayed", "stayed"] == pytest.approx(found["neither"])


def test_curves_are_bands_of_the_daily_columns(comparison):
    """The band's median on a day is the median over replicates, at real size for counts and as it is for levels."""
    found = row(comparison.curves, policy="fast-track", column="left", day=20)
    values = [fake_arm.tables("fast-track", one)[0]["left"].iloc[20] for one in range(6)]
    assert found["median"] == pytest.approx(100.0 * np.median(values))
    level = row(comparison.curves, policy="fast-track", column="legitimacy", day=0)
    assert 0.0 < level["median"] <= 1.0
    history = comparison.histories.query("policy == 'fast-track' and replicate == 2 and day == 20")
    assert history["left"].item() == pytest.approx(100.0 * values[2])


def test_hosts_keep_their_names_and_sizes(comparison):
    """Loads are means over replicates at real size; money stays as it is."""
    found = row(comparison.hosts, policy="fast-track", host="germany", day=40)
    runs = [fake_arm.tables("fast-track", one)[1].query("host == 'germany' and day == 40") for one in range(6)]
    assert found["waiting"] == pytest.approx(100.0 * np.mean([one["waiting"].item() for one in runs]))
    assert found["cost_eur"] == pytest.approx(np.mean([one["cost_eur"].item() for one in runs]), rel=1e-5)


def test_several_forces_are_judged_apart(tmp_path):
    """With two forces each has its own outcomes, curves and attribution."""
    both = compared(tmp_path / "two.sqlite", runs=2, settings={"forces": "russia,belarus"})
    assert both.forces == ("russia", "belarus")
    assert set(both.summary["force"]) == {"russia", "belarus", "all"}
    assert len(both.attribution) == 4
    assert set(both.headline("belarus")["policy"]) == set(POLICIES)


def test_every_table_says_what_its_columns_count(comparison):
    """Unit, size and definition of each column stand in the attributes of each table, all at real size."""
    for name in ("outcomes", "summary", "paired", "curves", "histories", "hosts", "attribution"):
        table = getattr(comparison, name)
        assert set(table.attrs["columns"]) == set(table.columns), name
        assert "simulated" not in {about["size"] for about in table.attrs["columns"].values()}, name
    assert (
        comparison.histories.attrs["columns"]["left"]["size"]
        == comparison.hosts.attrs["columns"]["waiting"]["size"]
        == "real"
    )
    shown = comparison.headline()
    assert set(shown.attrs["columns"]) == set(shown.columns)


def test_an_outcome_that_is_none_is_refused_by_name(comparison):
    """It was dropped, and a table of no rows came back."""
    for measures in (["left_total"], iter(["left", "left_total"])):
        with pytest.raises(InputError, match="no measure 'left_total'"):
            comparison.headline(measures=measures)
    assert comparison.headline(measures=iter(["left"]))["measure"].unique().tolist() == ["left"]
    for asked in (comparison.headline, comparison.by_effect, lambda force: comparison.gaps(comparison.baseline, force)):
        with pytest.raises(InputError, match="no force 'rusia'; did you mean 'russia'"):
            asked("rusia")
    with pytest.raises(InputError, match="no policy 'nope'"):
        comparison.gaps("nope", comparison.forces[0])


def test_a_failed_run_is_left_out_and_a_failed_policy_is_named(tmp_path):
    """Where every run of a policy failed, the comparison says which."""
    with pytest.raises(StudyFailedError, match="no run finished under fails"):
        compared(tmp_path / "failed.sqlite", policies=["case-by-case", "fails"], runs=2)


def test_policies_that_share_no_finished_replicate_are_named(tmp_path):
    """There is no pair to compare: a sentence says so, and no table of nothing follows."""
    with pytest.raises(StudyFailedError, match="no replicate finished under both odd and even, so that no pair"):
        compared(tmp_path / "apart.sqlite", policies=["odd", "none", "even"], runs=4)
    assert compared(tmp_path / "half.sqlite", policies=["odd", "none"], runs=4).attribution["pairs"].tolist() == [2]


def test_all_tables_are_of_the_runs_that_were_there_when_it_was_opened(tmp_path):
    """A driver may write more between two tables, which then counted other pairs."""
    found = compared(tmp_path / "s.sqlite", policies=["odd", "none"], runs=4)
    with StudyFile(found.path) as file:
        header, other = file.header(), file.run_of(1, 0)
    writer = StudyWriter.open(found.path, header, None, accept_changes=True)
    writer.put([replace(other, design=0)])
    writer.close()
    assert found.attribution["pairs"].tolist() == [2]
    assert found.gaps("none", "russia").shape[0] == 2
    assert found.histories["replicate"].nunique() == 4


def test_the_order_of_policies_is_kept(tmp_path):
    """The first policy named is the baseline, wherever it stands in the alphabet."""
    found = compared(tmp_path / "order.sqlite", policies=["fast-track", "case-by-case"], runs=2)
    assert found.baseline == "fast-track"
    assert list(found.headline()["policy"].unique()) == ["fast-track", "case-by-case"]


def test_single_policies_are_compared_with_the_scenario_as_it_is():
    """One policy gets the bare scenario for its baseline; a plus joins policies; none may be spelt out."""
    assert arms(["fast-track"]) == (("none", ()), ("fast-track", ("fast-track",)))
    assert arms(["none", "fast-track+exit-ban"])[1] == ("fast-track+exit-ban", ("fast-track", "exit-ban"))
    assert arms([["a", "b"], "my/own.toml"]) == (("a+b", ("a", "b")), ("own", ("my/own.toml",)))


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"policies": ["a", "a"]}, "named twice"),
        ({"policies": []}, "name at least one"),
        ({"runs": 0}, "runs = 0 must be"),
        ({"scale": 2.0}, "scale = 2.0 must lie"),
        ({"days": 0}, "days = 0 must be"),
        ({"population": "fast"}, "must be one of compiled, mesa"),
        ({"settings": {"behaviour.form": [1]}}, "must be a number"),
    ],
)
def test_wrong_arguments_are_answered_with_a_sentence(told, sentence):
    """Each bad argument is refused before anything runs."""
    with pytest.raises(InputError, match=sentence):
        spec_of("toy", **({"policies": POLICIES, "runs": 2} | told))


def test_the_file_of_a_sweep_is_refused(tmp_path):
    """A study that keeps no persons cannot be opened as a comparison."""
    spec = replace(spec_of("toy", POLICIES, runs=1), task="tests.study.run.fake.run")
    run_study(spec, tmp_path / "sweep.sqlite", at_once())
    with pytest.raises(InputError, match="open it with Study"):
        Comparison(tmp_path / "sweep.sqlite")


@pytest.mark.walks
def test_two_workers_give_what_one_process_gives(tmp_path, comparison):
    """The tables do not depend on where the runs were done."""
    spec = replace(spec_of("toy", POLICIES, runs=6), task="tests.study.comparison.fake_arm.run_arm")
    pool = LocalPool(2)
    try:
        run_study(spec, tmp_path / "two.sqlite", RunOptions(executor=pool, workers=2, quiet=True))
    finally:
        pool.shutdown()
    other = Comparison(fake_arm.as_comparison(tmp_path / "two.sqlite"))
    pd.testing.assert_frame_equal(other.summary, comparison.summary)
    pd.testing.assert_frame_equal(other.attribution, comparison.attribution)


def test_the_decision_rises_with_peers_gone_and_with_the_dial(comparison):
    """For soldiers and reservists of the toy world more peers gone never lower the chance to leave; an open door raises it."""
    for who, table in comparison.decision.items():
        chance = table.to_numpy()
        assert (np.diff(chance, axis=1) >= 0.0).all(), who
        assert (chance[-1] > chance[0]).all(), who
        assert ((chance > 0.0) & (chance < 1.0)).all(), who
    assert set(comparison.decision) == {"soldier", "reservist"}


def test_the_decision_without_peers_gone_is_the_models_own_first_morning():
    """At a share of 0 the surface is the rate that the model publishes for its first day, averaged over reservists."""
    from desertion import DesertionModel, Scenario
    from desertion.simulation.world.codes import FLEE, HIDE, HOME_RESERVIST
    from desertion.study.comparison.decision import surfaces

    scenario = Scenario.load("toy")
    table = surfaces(scenario, ("reservist",), np.zeros(1), np.array([scenario.asylum]))["reservist"]
    model = DesertionModel(scenario, rng=0)
    model.step()
    w, people = model.world, model.world.class_n[:, HOME_RESERVIST].astype(float)
    rate = sum(
        np.average(w.class_open[w.row_seen, HOME_RESERVIST, k], weights=people)
        * np.average(w.class_level[w.row_seen, HOME_RESERVIST, k], weights=people)
        for k in (HIDE, FLEE)
    )
    assert table.to_numpy().item() == pytest.approx(1.0 - np.exp(-rate), rel=1e-12)


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        ({"forces.toy.absent_soldiers": 1.0}, ["reservist"]),  # nobody serves
        ({"forces.*.soldiers": 50_000, "forces.*.reservists": 400, "forces.*.civilians": 20_000_000, "scale": 0.02}, ["soldier", "reservist"]),
        ({"forces.toy.casualty_rate": 1.0, "forces.toy.front_share": 1.0}, ["soldier", "reservist"]),  # all are hit on the first day
        ({"forces.toy.soldiers": 0, "forces.toy.waves": []}, ["reservist"]),
    ],
)  # fmt: skip
def test_the_decision_is_drawn_of_the_kinds_of_people_that_the_first_morning_has(settings, kinds):
    """Few of a kind beside many are not lost on the way, and who is gone by the evening was there in the morning; nobody asked for by name is a sentence."""
    from desertion import Scenario
    from desertion.study.comparison.decision import SEEN, surfaces

    scenario = Scenario.load("toy", set=settings)
    assert list(surfaces(scenario, None, np.zeros(1), np.array([0.5]))) == kinds
    for who in set(SEEN) - set(kinds):
        with pytest.raises(InputError, match=f"has no {who} on the first day"):
            surfaces(scenario, (who,), np.zeros(1), np.array([0.5]))


def test_the_decision_is_that_of_before_any_call_up():
    """A call-up of the first day is decreed that morning: the figure's caption says that it shows what stands before."""
    from desertion import Scenario
    from desertion.study.comparison.decision import surfaces

    later = Scenario.load("toy")
    wave = {"date": later.start, "number": 60, "days": 20, "notice": 5, "training": 20, "form": "quota"}
    found = [
        surfaces(scenario, ("reservist",), np.zeros(1), np.array([0.5]))["reservist"].to_numpy().item()
        for scenario in (later, later.with_({"forces.toy.waves": [wave]}))
    ]
    assert found[0] == found[1]


def test_the_decision_counts_ways_that_contagion_opens_in_the_additive_form():
    """However small their baseline: what contagion adds does not need it. Nobody has a way of which it is 0."""
    from desertion import Scenario
    from desertion.study.comparison.decision import surfaces

    found = []
    for baseline in (0.0, 1e-12, 1e-9):
        scenario = Scenario.load("toy", set={"behaviour.form": "additive", "forces.toy.base_reservist_hide": baseline})
        table = surfaces(scenario, ("reservist",), np.array([0.0, 0.1]), np.array([scenario.asylum]))["reservist"]
        found.append(table.to_numpy().ravel())
    assert found[1] == pytest.approx(found[2], rel=1e-5)
    assert found[1][1] > 1.5 * found[1][0]
    assert found[0][1] < 0.7 * found[1][1]


def test_fake_people_are_nested():
    """The made-up people behave as common random numbers promise: who leaves under less pull leaves under more."""
    less, more = (fake_arm.tables(policy, 1)[2]["day_left"].notna() for policy in ("closed-borders", "fast-track"))
    assert not (less & ~more).any()


def test_daily_gaps_end_at_the_paired_differences(comparison):
    """More leavers under the policy than under the baseline count upwards, replicate by replicate, at real size."""
    ends = comparison.outcomes.query("measure == 'left'").pivot_table(
        index="replicate", columns="policy", values="value"
    )
    for policy in comparison.policies[1:]:
        gaps = comparison.gaps(policy, comparison.forces[0])
        assert gaps.shape == (6, 41)
        assert np.allclose(gaps[:, -1], ends[policy] - ends[comparison.baseline])
    assert np.abs(gaps[:, -1]).min() > 0.0


def test_arms_of_other_people_are_refused() -> None:
    """Person by person nothing could be compared; arms that differ in rates are, and a force may not be called what stands for all."""
    arms = [{"label": name, "forces.toy.soldiers": count} for name, count in (("small", 300), ("big", 600))]
    with pytest.raises(InputError, match=r"'big' has 600 soldiers, .* all arms of a comparison have the same people"):
        spec_of("toy", points=arms, runs=1)
    moved = [{"label": "a"}, {"label": "b", "forces.toy.civilians": 300, "forces.toy.reservists": 400}]
    with pytest.raises(InputError, match="all arms of a comparison have the same people"):
        spec_of("toy", points=moved, runs=1)
    assert len(spec_of("toy", points=[{"contagion": 0.5}, {"contagion": 1.5}], runs=1).points()) == 2
    toy = Scenario.load("toy")
    renamed = toy.model_copy(update={"forces": (toy.forces[0].model_copy(update={"name": "all"}),), "reference": {}})
    with pytest.raises(InputError, match="stands for all forces together"):
        check(renamed)


@pytest.mark.usefixtures("no_workers")
def test_an_own_measure_may_have_a_colon_in_its_name() -> None:
    """It stands in both tables under the name that it was given."""
    found = compare("toy", ["none", "exit-ban"], runs=2, days=3, measures={"a:b": lambda _: 1.0}, workers=1, quiet=True)
    assert found.summary.loc[found.summary["measure"] == "a:b", "estimate"].tolist() == [1.0, 1.0]
    assert found.paired.loc[found.paired["measure"] == "a:b", "difference"].tolist() == [0.0]
