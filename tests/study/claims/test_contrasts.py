"""The shipped contrasts have the answers that their words ask for, and say when there is nothing to answer."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from desertion.study.claims import document as claim_file
from desertion.study.claims.document import Claims
from desertion.study.claims.judging import allowed_worlds, gathered, judge_all
from desertion.study.claims.measures import EXTRA, _end, _others, extra_measures
from desertion.study.claims.world_run import ArmRun, dressed, ruled_out, run_claim_arm, task_check
from desertion.study.claims.worlds import worlds
from tests.simulation.worlds import CALM, INERT, made
from tests.study.claims.test_judging import TEXT, judged_in, loaded


@pytest.fixture(scope="module")
def shipped() -> Claims:
    """The claims of the project."""
    return claim_file.load()


def _effect(claims: Claims, name: str, **arms: dict[str, float]) -> float:
    claim = next(claim for claim in claims.claims if claim.id == name)
    measures: dict[str, dict[str, float]] = defaultdict(dict)
    for arm, measure in claim.effect.terms:
        measures[arm][measure] = arms.get(arm, {}).get(measure, 0.0)
    return claim.effect(measures)


def test_sending_back_is_counted_per_person_who_stays_for_it(shipped: Claims) -> None:
    """Thirty more served where sixty fewer left: 500 of 1,000. Counted per person turned away they were up to 5,850 of 1,000, since most who would be turned away do not set out."""
    found = _effect(
        shipped, "closed-borders-backfire",
        sent_back={"served_reservists": 130.0, "reservists_left": 40.0}, let_in={"served_reservists": 100.0, "reservists_left": 100.0},
    )  # fmt: skip
    assert found == pytest.approx(500.0)


def test_gains_are_compared_in_points(shipped: Claims) -> None:
    """A gain of 12 against one of 2, of 1,000 leavers: ten points, not five hundred per cent."""
    found = _effect(
        shipped, "low-morale-and-supply",
        short_fast_track={"left_total": 2012.0}, short={"left_total": 2000.0}, fast_track={"left_total": 1002.0}, status_quo={"left_total": 1000.0},
    )  # fmt: skip
    assert found == pytest.approx(10.0)


def test_transit_is_measured_from_the_fast_track_that_it_comes_with(shipped: Claims) -> None:
    """Of the ten more whom full admission lets in, four of them without a claim, the corridor lets in eight: four fifths; a fast track alone lets in none more."""
    arms = {
        "fast_track": {"protected": 50.0, "waiting_end": 40.0, "abroad_end": 10.0},
        "full_admission": {"protected": 96.0, "abroad_end": 14.0},
    }
    assert _effect(shipped, "transit-suffices", transit={"protected": 108.0}, **arms) == pytest.approx(0.0)
    assert _effect(shipped, "transit-suffices", transit={"protected": 90.0, "abroad_end": 10.0}, **arms) < -70.0


_TAKEN = {"soldier_days": 900.0, "surrendered_days": 60.0, "information": 50.0, "left_surrender": 10.0}


def test_what_captives_of_combat_tell_is_not_put_to_surrender(shipped: Claims) -> None:
    """Ten surrender: 100 soldier-days lost, 60 of them their own, 50 of information of which 30 would have come without them. Without contagion five do, and 30 of 35 lost are their own."""
    found = _effect(
        shipped, "contagion-over-intelligence",
        no_contact={"soldier_days": 1000.0, "information": 30.0}, status_quo_front=_TAKEN,
        no_contact_calm={"soldier_days": 1000.0}, front_calm={"soldier_days": 965.0, "surrendered_days": 30.0, "left_surrender": 5.0},
    )  # fmt: skip
    assert found == pytest.approx(1.0)


def test_without_contagion_a_surrender_does_nothing_to_comrades(shipped: Claims) -> None:
    """What is left is what the prisoner knows: those who surrender would have been hit, or gone by another way, on some of the days that are put to them, and the loss was put to their comrades."""
    without = {"no_contact": {"soldier_days": 970.0, "information": 30.0}, "status_quo_front": _TAKEN}
    calm = {"no_contact_calm": {"soldier_days": 970.0}, "front_calm": _TAKEN}
    assert _effect(shipped, "contagion-over-intelligence", **without, **calm) == pytest.approx(-2.0)


def test_the_running_cost_is_that_of_the_last_thirty_days() -> None:
    """Hosts fill up over half a year, so that the mean over a run is what is paid in no year: a stock that grows in a line costs twice as much at the end."""
    model = DesertionModel("toy", rng=1, policies="fast-track", settings={"scale": 1.0}).run()
    by_day = model.hosts.groupby("day")["cost_eur"].sum().loc[1:]
    found = extra_measures(model, model.measures())["running_cost"]
    assert found == pytest.approx(by_day.tail(30).mean() * 365)
    assert found > 1.2 * by_day.mean() * 365 > 0.0


def test_capture_is_held_against_the_better_rival_with_what_its_own_prisoners_tell(shipped: Claims) -> None:
    """Strengths .80, .83 and .81 less what prisoners tell, .01, .06 and .05: wounding is the better rival by far of its own information."""
    found = _effect(
        shipped, "capture-beats-both",
        kill={"effective_mean_share": 0.80, "information_share": 0.01}, wound={"effective_mean_share": 0.83, "information_share": 0.06},
        capture={"effective_mean_share": 0.81, "information_share": 0.05},
    )  # fmt: skip
    assert found == pytest.approx(10.0)


def test_a_balance_below_one_shifts_by_its_own_share(shipped: Claims) -> None:
    """From 0.50 to 0.51 are two per cent, one more than is allowed."""
    found = _effect(shipped, "three-armies", offer_three={"balance": 0.51}, offer_one={"balance": 0.50})
    assert found == pytest.approx(-10.0)


def test_falls_and_leads_without_a_date_count_to_the_horizon() -> None:
    """One government falls on day 3 and two never in ten days; an index that never gave notice did so no earlier than the end."""
    fallen, strength = np.zeros((11, 3)), np.ones((11, 3))
    fallen[3:, 0] = 1.0
    assert _others(strength, fallen, 10)["fall_days"] == 23.0
    days = np.arange(11)
    record = {
        name: np.zeros(11) for name in ("new_surrender", "new_captured", "new_killed")
    } | {"collapsed": (days >= 8).astype(float)}  # fmt: skip
    assert _end(record | {"war_index": np.where(days >= 6, 0.5, 1.0)}, 10)["index_lead"] == 2.0
    assert _end(record | {"war_index": np.ones(11)}, 10)["index_lead"] == -2.0
    assert _others(strength, fallen, 20)["fall_days"] == 43.0, "a run that was stopped on day 10 of 20"
    assert _end(record | {"war_index": np.ones(11)}, 20)["index_lead"] == -12.0


def test_a_run_that_was_stopped_does_not_know_what_had_not_come() -> None:
    """The government that falls on the first day ends the run two days later; when the other would have fallen, which stands then, is not known."""
    falling = {"name": "falling", "soldiers": 0, "reservists": 20, "civilians": 0} | INERT | {"legitimacy_floor": 0.9}
    standing = falling | {"name": "standing", "legitimacy_floor": 0.0}
    stop = {"measure": "fallen", "days_after": 2}
    model = DesertionModel(made(30, [falling, standing], behaviour=CALM, stop=stop), rng=1).run()
    measured = model.measures()
    found = extra_measures(model, measured)
    assert set(found) == set(EXTRA)
    assert model.day == found["days"] == 3
    assert measured["fall_day@falling"] == 1.0
    assert np.isnan([measured["fall_day@standing"], found["fall_days"]]).all()


def test_screening_is_judged_by_the_genuine_it_refuses(shipped: Claims) -> None:
    """Two genuine refused and twenty infiltrators stopped, at one in two: 9.9 for each at one in a hundred."""
    found = _effect(
        shipped, "spies-are-manageable",
        screened={"genuine_refused": 2.0, "infiltrators": 5.0}, unscreened={"infiltrators": 25.0},
    )  # fmt: skip
    assert found == pytest.approx(0.1)


def test_killing_wounding_and_capture_move_the_same_share_of_hits(shipped: Claims) -> None:
    """0.55 of the hits each time; of the rest the same shares kill and capture."""
    shares = {name: shipped.arms[name].settings for name in ("kill", "wound", "capture")}
    killed, captured = "forces.*.share_killed", "forces.*.share_captured"
    assert shares["kill"][killed] - shares["wound"][killed] == pytest.approx(0.55)
    assert shares["capture"][captured] - shares["wound"][captured] == pytest.approx(0.55)
    assert shares["capture"][killed] == shares["wound"][killed]
    assert shares["kill"][captured] == shares["wound"][captured]


def test_the_one_host_has_what_the_coalition_has_together(shipped: Claims) -> None:
    """Caseworkers, places and free places of Germany alone are those of the four under the coalition, and it is as near as the nearest: nobody takes two roads."""
    alone = _on_first_day(dressed(shipped.arms["one_host"], {}, None, 0.2))
    four = _on_first_day(dressed(shipped.arms["coalition"], {}, None, 0.2))
    members = [four[name] for name in ("germany", "france", "usa", "czechia")]
    assert alone["germany"]["cases"] == pytest.approx(sum(each["cases"] for each in members), rel=0.01)
    assert alone["germany"]["places"] == pytest.approx(sum(each["places"] for each in members), rel=0.01)
    assert alone["germany"]["places_taken"] == pytest.approx(sum(each["places_taken"] for each in members), rel=0.01)
    assert alone["germany"]["access"] == pytest.approx(max(each["access"] for each in members))


def _on_first_day(scenario: Scenario) -> dict[str, dict[str, float]]:
    names = ("cases", "places", "places_taken", "access")
    return {host.name: {name: float(getattr(host, name)) for name in names} for host in scenario.course.hosts}


def test_every_range_of_the_worlds_changes_some_scenario(shipped: Claims) -> None:
    """A range that no rule reads would make worlds differ in name only: its ends give different scenarios."""
    middle = {factor.name: factor.at(0.5) for factor in shipped.factors}
    arms = [shipped.arms[name] for name in ("status_quo", "front")]
    for factor in shipped.factors:
        low, high = ({**middle, factor.name: factor.at(share)} for share in (0.01, 0.99))
        assert any(dressed(arm, low, None, 0.1) != dressed(arm, high, None, 0.1) for arm in arms), factor.name


def test_hosts_vary_by_their_factors(shipped: Claims) -> None:
    """Twice the places, those taken included, and half the cases."""
    plain = dressed(shipped.arms["status_quo"], {}, None, 1.0)
    changed = dressed(shipped.arms["status_quo"], {"places": 2.0, "cases": 0.5}, None, 1.0)
    for before, after in zip(plain.hosts, changed.hosts, strict=True):
        assert (after.places, after.places_taken, after.cases) == (
            2 * before.places,
            2 * before.places_taken,
            before.cases / 2,
        )


def test_a_bound_is_that_of_the_same_rate_over_the_run() -> None:
    """Five per cent gone in 1,034 days are 0.894 % in 181; doubled 1.79 %."""
    text = (
        TEXT
        + '\n[[bounds]]\neffect = "open.left"\nlow = 0.0\nhigh = 0.05\ndays = 1034\nmargin = 2\nsource = "made up"\n'
    )
    bound = loaded(text).bounds[0]
    assert bound.over(181)[1] == pytest.approx(2 * (1 - 0.95 ** (181 / 1034)))
    assert bound.over(1034) == pytest.approx((0.0, 0.1))
    effect = bound.model_copy(update={"low": -10.0, "high": -4.0, "days": 0.0})
    assert effect.over(181) == (-20.0, -2.0), "wider both ways below nothing too"
    assert bound.kept({"open": {"left": 0.017, "days": 181.0}})
    assert not bound.kept({"open": {"left": 0.019, "days": 181.0}})


def test_counts_have_no_span() -> None:
    """Only a share of people can be turned into a rate."""
    text = TEXT + '\n[[bounds]]\neffect = "open.left"\nlow = 0\nhigh = 35\ndays = 100\nsource = "made up"\n'
    with pytest.raises(InputError, match="asks for shares"):
        loaded(text)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('occurs = "closed.left - 5"', "happens in 0 of 64 worlds, fewer than 35"),
        ('events = "closed.left"', "4 simulated events in the median world, fewer than 50"),
        ('untested = "no series"', "no series"),
    ],
)
def test_a_claim_about_what_never_happens_is_untested(line: str, words: str) -> None:
    """It neither fails nor holds, and the reason is said."""
    judged, _, _ = judged_in(64, TEXT.replace('id = "never"', f'id = "never"\n{line}'))
    assert judged[1].main.word == "untested"
    assert words in judged[1].reason
    assert judged[0].main.word == "holds"


@pytest.mark.parametrize(("valued", "word"), [(0, "untested"), (34, "untested"), (35, "depends"), (390, "fails")])
def test_an_effect_without_a_value_in_nearly_all_worlds_is_untested(valued: int, word: str) -> None:
    """With nobody behind whom a share could be taken in all but `valued` of 400 worlds nothing is said, and with 35, all against it, nothing has failed, since worlds without a value are open; where ten are it has."""
    claims = loaded(TEXT.replace("closed.left - open.left", "ratio(closed.left - open.left, closed.left)"))
    points = worlds(claims.factors, 400, seed=1)
    runs = [
        (world, arm, number, {"left": 9.0 if arm == "open" else float(world < valued)})
        for world in range(400)
        for arm in ("open", "closed")
        for number in range(2)
    ]
    judged, _ = judge_all(claims, points, gathered(runs))
    assert judged[1].main.word == judged[1].verdict.word == word
    assert judged[1].pending is False
    assert set(judged[1].unclear) >= set(range(valued, 400))
    if word == "untested":
        assert judged[1].reason == f"its effect has a value in {valued} of 400 worlds, fewer than 35"


def test_events_without_a_value_are_none() -> None:
    """A world whose events cannot be told does not hide that there are too few."""
    judged, _, _ = judged_in(
        64, TEXT.replace('id = "never"', 'id = "never"\nevents = "100 * ratio(closed.left, closed.left - 4)"')
    )
    assert judged[1].reason == "0 simulated events in the median world, fewer than 50"


def test_too_few_worlds_are_no_verdict() -> None:
    """Thirty-four of thirty-four would be a lower bound of 89.8 %: nothing is said yet."""
    judged, _, _ = judged_in(64, keep=lambda run: run[0] < 34)
    assert {row.main.word for row in judged} == {"untested"}
    assert "so far in 34 worlds" in judged[0].reason
    assert judged[0].pending


def test_a_claim_is_judged_only_where_its_event_happens() -> None:
    """More than thirty leave in every world in which more than thirty leave."""
    judged, _, _ = judged_in(256, TEXT.replace('id = "at-high-R"', 'id = "at-high-R"\noccurs = "open.left - 30"'))
    assert judged[2].main.word == "holds"
    assert judged[2].main.worlds == pytest.approx(256 * (1 - 25 / 57), abs=4)


def test_bounds_speak_of_the_claims_that_run_their_scenario() -> None:
    """A bound on one country leaves claims about another alone."""
    bound = '\n[arms.elsewhere]\nscenario = "quiet"\n[[bounds]]\neffect = "elsewhere.left"\nlow = 0\nhigh = 1\nsource = "made up"\n'
    claims = loaded(TEXT + bound)
    assert claims.bounds_on(frozenset(["toy"])) == ()
    assert claims.chosen(("always",)).arms_needed() == ("open", "closed")


@pytest.mark.parametrize(("high", "expected"), [(0.0, True), (100000.0, False)])
def test_worlds_that_history_rules_out_need_not_be_run(tmp_path: Path, high: float, expected: bool) -> None:
    """The arm that the bound reads is run whatever it says; the others are not where it is broken."""
    file = tmp_path / "own.toml"
    bound = f'\n[[bounds]]\neffect = "open.left_total"\nlow = 0\nhigh = {high}\nsource = "made up"\n'
    file.write_text(
        TEXT.replace("open.left,", "open.left_total,")
        .replace("R = {", '"behaviour.frailty_own" = {')
        .replace("form = {", '"behaviour.form" = {')
        + bound
    )
    run = ArmRun(str(file), 2, 1, 1.0, 0, 1)
    assert ruled_out(run, "closed", 1) is expected
    assert not ruled_out(run, "open", 1)


BOUND = '\n[[bounds]]\neffect = "open.left"\nlow = 0\nhigh = 10\nsource = "made up"\n'


def test_history_rules_out_by_the_mean_of_the_first_runs() -> None:
    """A lucky first run leaves no world in, an unlucky one takes none out, and further runs of some worlds change nothing."""
    claims = loaded(TEXT + BOUND)
    lefts = {0: (4.0, 30.0), 1: (12.0, 2.0), 2: (4.0, 4.0, 90.0), 3: (4.0,)}
    runs = [
        (world, "open", number, {"left": left}) for world, each in lefts.items() for number, left in enumerate(each)
    ]
    assert allowed_worlds(claims, frozenset(["toy"]), 4, gathered(runs), 2) == {1, 2}
    assert allowed_worlds(claims, frozenset(["toy"]), 4, gathered(runs), 1) == {0, 2, 3}


def test_the_first_runs_are_those_with_the_first_numbers() -> None:
    """Of the first two runs one is lost where further ones were added: no other takes its place, in the world that it would rule out or in the one that it would let in."""
    claims = loaded(TEXT + BOUND)
    kept = {
        0: {0: 4.0, 1: 4.0, 2: 90.0},
        1: {1: 4.0, 2: 4.0, 3: 4.0},
        2: {0: 4.0, 2: 4.0},
        3: {0: 4.0, 1: 30.0, 2: 4.0},
    }
    runs = [(world, "open", number, {"left": left}) for world, each in kept.items() for number, left in each.items()]
    assert allowed_worlds(claims, frozenset(["toy"]), 4, gathered(runs), 2) == {0}


def test_worlds_are_left_out_by_the_mean_by_which_they_are_judged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What need not be run and what is judged is one rule."""
    file = tmp_path / "own.toml"
    file.write_text(TEXT + BOUND)
    lefts = (12.0, 2.0)
    monkeypatch.setattr(
        "desertion.study.claims.world_run._measured", lambda _run, _arm, number: {"left": lefts[number]}
    )
    run = ArmRun(str(file), 2, 1, 1.0, 0, 1)
    assert ruled_out(run, "closed", 1)
    assert not ruled_out(run, "closed", 2)


@pytest.mark.parametrize(("extra", "refused"), [("", False), ('"forces.*.no_such" = { range = [0.0, 1.0] }', True)])
def test_a_world_whose_values_are_refused_together_stops_nothing(tmp_path: Path, extra: str, refused: bool) -> None:
    """Two shares that add up to more than 1 in some worlds are the worlds' matter; an input that does not exist is the file's."""
    file = tmp_path / "own.toml"
    shares = '"forces.*.share_killed" = { range = [0.6, 0.85] }\n"forces.*.share_captured" = { range = [0.5, 0.6] }\n'
    head, tail = TEXT.split("[world.vary]\n")
    file.write_text(
        f"{head}[world.vary]\n{shares}{extra}\n"
        + "\n".join(line for line in tail.splitlines() if not line.startswith(("R =", "form =")))
    )
    settings = {"claims": str(file), "worlds": 2, "worlds_seed": 1, "world": 0, "arm": "open", "scale": 1.0}
    if refused:
        with pytest.raises(InputError, match="no_such"):
            task_check({"settings": settings})
    else:
        task_check({"settings": settings})
        with pytest.raises(InputError, match="share_killed"):
            run_claim_arm({"settings": settings}, 0, 1)


def test_arms_of_a_world_have_the_same_people_and_fates_and_worlds_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The seed of a run is that of its world and replicate, whatever the arm."""
    file, seeds = tmp_path / "own.toml", list[int]()

    class StoppedError(Exception):
        """What stands in for the run."""

    def stopped(_scenario: Scenario, rng: int, **_people: object) -> None:
        seeds.append(rng)
        raise StoppedError

    file.write_text(
        "[world.vary]\n'behaviour.frailty_own' = { range = [0.0, 1.0] }\n[arms.open]" + TEXT.split("[arms.open]")[1]
    )
    monkeypatch.setattr("desertion.simulation.model.DesertionModel", stopped)
    settings = {"claims": str(file), "worlds": 2, "worlds_seed": 1, "scale": 1.0}
    for arm, world, replicate in (("open", 0, 0), ("closed", 0, 0), ("open", 0, 1), ("open", 1, 0)):
        with pytest.raises(StoppedError):
            run_claim_arm({"settings": settings | {"arm": arm, "world": world}}, replicate, 1)
    assert seeds[0] == seeds[1]
    assert len(set(seeds)) == 3
