"""What the policy simulator is asked: addresses, presets, and the command line that gives the same numbers."""

from __future__ import annotations

import csv
import re
import shlex
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion.app.pages.shell import links_of
from desertion.app.request.address import Address
from desertion.app.request.address import parse as parse_address
from desertion.app.request.choice import STILL_PLAYS, people_of, scenario_of, shipped, understood, usual_scale
from desertion.app.request.limits import Limits, limits, set_limits
from desertion.app.request.mix import Mix, _scenario, presets, unfit
from desertion.app.request.query import mix_of, parse, world_of
from desertion.app.request.sliders import CONTAGION, SLIDERS
from desertion.app.simulator import facts
from desertion.app.simulator.answer import MEASURES, answer_of
from desertion.app.simulator.page import _claim
from desertion.app.simulator.screen import rows_of
from desertion.app.work.run import Wanted, run
from desertion.app.work.verdicts import verdicts
from desertion.cli import main
from desertion.scenario import Scenario
from desertion.scenario.grain import floor_note
from desertion.study.claims.document import load

STEPS = st.dictionaries(st.sampled_from(SLIDERS), st.integers(0, 3)).map(
    lambda places: tuple(
        (slider.key, slider.steps[place % len(slider.steps)].key)
        for slider in SLIDERS
        if (place := places.get(slider, slider.usual)) % len(slider.steps) != slider.usual
    )
)


@given(st.builds(Mix, steps=STEPS, contagion=st.sampled_from(list(CONTAGION)), seed=st.integers(0, 2**63 - 1), days=st.integers(1, 300),
                 beside=st.sampled_from(["", "asylum=fast&ban=30", "border=shut"])))  # fmt: skip
def test_a_mix_is_read_as_it_was_written(mix: Mix) -> None:
    """Writing and reading an address is the identity."""
    assert parse(mix.query()) == (mix, {})


def test_runs_whose_scale_nobody_chose_stand_at_the_floor() -> None:
    """Those of every shipped scenario, at a size that plays; on a server that allows fewer people, the largest that it allows."""
    for name in shipped()["scenarios"]:
        scenario = Scenario.load(name, scale=usual_scale(name))
        assert floor_note(scenario) == ""
        assert people_of(scenario) <= STILL_PLAYS


def test_a_server_that_allows_fewer_people_runs_what_it_allows() -> None:
    """Where the floor is out of its reach the usual size fits, and the remark says so."""
    before = limits()
    try:
        set_limits(Limits(people=30_000))
        scenario = Scenario.load("gdr-1989", scale=usual_scale("gdr-1989"))
        assert people_of(scenario) <= 30_000
        assert "below the floor" in floor_note(scenario)
    finally:
        set_limits(before)


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("border=ajar", "border"), ("contagion=9", "contagion"), ("also=nonsense", "also"), ("seed=one", "seed"), ("days=-3", "days"),
        ("scale=1", "scale"), ("scale=nan", "scale"), ("scenario=../secret", "scenario"), ("set=graph=/etc/passwd", "graph"),
        ("set=behaviour.push_door=" + "[" * 1500, "behaviour.push_door"), ("set=asylum=1", "set"), ("set=novalue", "novalue"),
        ("colour=red", "colour"), ("x" * 5000, "address"), ("days=0", "days"), ("scale=0", "scale"), ("scale=0.0000001", "scale"),
        ("beside=%3Cb%3Ex%3D1", "beside"), ("beside=days%3D0", "beside"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_part_and_the_rest_stays(query: str, part: str) -> None:
    """The part that is wrong stands at its default with a sentence of readable length; the campaign stays on."""
    mix, wrong = parse(f"{query}&campaign=half")
    assert len(wrong) == 1
    assert part in wrong or part == "set"
    assert max(len(sentence) for sentence in wrong.values()) < 400
    if part != "address":
        assert mix == Mix(steps=(("campaign", "half"),))


def test_a_mix_that_is_kept_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """However deep an address nests them, no more of it is read than the first, and that within a twice-read address."""
    read: list[Address] = []
    monkeypatch.setattr(
        "desertion.app.request.mix.scenario_of", lambda address: read.append(address) or scenario_of(address)
    )
    _scenario.cache_clear()
    nested = "scale=9"
    for _ in range(4):
        nested = f"scale=9&beside={quote(nested)}"
    for query in (nested, "beside=" * 560):
        mix, wrong = parse(query)
        assert mix == Mix()
        assert "keeps another mix in turn, and one is kept at a time; leave its own beside out" in wrong["beside"]
    assert len(read) < 5


@pytest.mark.parametrize(
    ("scenario", "query", "words"),
    [
        ("hungary-2015", "asylum=fast", "“Fast track” cannot be laid over Hungary 2015, which marks no host as offering asylum"),
        ("hungary-2015", "also=coalition", "“Coalition” cannot be laid over Hungary 2015, which marks no host as of the coalition"),
        ("one-town", "capacity=taken", "“Capacity taken” cannot be laid over One town, which has no hosts"),
    ],
)  # fmt: skip
def test_a_policy_that_does_not_fit_a_scenario_is_told_to_the_visitor(scenario: str, query: str, words: str) -> None:
    """Not to the author of the policy's file: on the first screen and on the pages of runs alike."""
    assert list(parse(f"scenario={scenario}&{query}")[1].values()) == [words]
    policies = parse(query)[0].policies
    address, wrong = understood(f"scenario={scenario}&policies={','.join(policies)}")
    assert wrong == {"policies": words}
    assert address.scenario == scenario


def test_what_does_not_fit_a_scenario_is_known_before_it_is_chosen() -> None:
    """Of each step and policy: what is told after it was chosen is why it cannot be chosen, and nothing else is barred."""
    assert unfit("toy") == {}
    for scenario in ("hungary-2015", "one-town"):
        known = unfit(scenario)
        queries = {("preset", name): preset.query() for name, preset in presets().items() if name != "case-by-case"}
        queries |= {
            (slider.key, str(place)): f"{slider.key}={step.key}"
            for slider in SLIDERS
            for place, step in enumerate(slider.steps)
        }
        for (key, place), query in queries.items():
            wrong = parse(f"scenario={scenario}&{query}")[1]
            told = next(iter(wrong.values()), "").partition(", which ")[2]
            assert known.get(key, {}).get(place, "").endswith(told)
            assert (place in known.get(key, {})) == bool(told)


@given(STEPS, st.sampled_from(["", "coalition", "skilled-visas"]), st.sampled_from(list(CONTAGION)), st.integers(0, 99))
def test_other_pages_lead_back_to_the_mix(
    steps: tuple[tuple[str, str], ...], also: str, contagion: str, seed: int
) -> None:
    """What the other pages write of a mix, and of the one that is kept beside it, is read as that."""
    mix = Mix(
        steps=steps, also=also, contagion=contagion, seed=seed, days=30, settings=(("behaviour.form", "additive"),),
        beside="asylum=fast&set=behaviour.form%3Dadditive",
    )  # fmt: skip
    assert mix_of(parse_address(mix.address.query())[0]) == mix


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("set=asylum=1", "asylum = 1"), ("set=contagion=0.5", "contagion = 0.5"), ("policies=exit-ban&set=asylum=0.2", "“Exit ban after thirty days”, asylum = 0.2"),
        ("policies=coalition,skilled-visas", "“Coalition + Skilled visas”"),
        ("policies=strict-screening,lever-screening-none", "“Strict screening + No screening”"),
    ],
)  # fmt: skip
def test_what_sliders_cannot_say_leads_to_no_mix_and_is_told(query: str, words: str) -> None:
    """Dials between steps, two policies laid over all sliders, two steps of one; the way back then leads to the same world without a policy, and says which are missing."""
    world = "scenario=front-2022&seed=5&scale=0.02&days=30&set=behaviour.form%3Dadditive&beside=border%3Dshut"
    address, wrong = understood(f"{query}&{world}")
    assert wrong == {}
    assert mix_of(address) is None
    mix, told = parse(links_of(address)[""].partition("?")[2])
    assert mix == parse(world)[0] == world_of(address)
    assert list(told.values()) == [f"what was chosen before is not in these sliders, which cannot say it: {words}"]


@pytest.mark.parametrize(
    ("policies", "query"),
    [
        ("exit-ban,fast-track", "asylum=fast&ban=30"), ("coalition,fast-track", "asylum=fast&also=coalition"),
        ("lever-recognition-low,lever-admission-closed", "asylum=none"), ("coalition,closed-borders", ""),
    ],
)  # fmt: skip
def test_policies_in_another_order_are_the_same_mix_where_they_make_the_same(policies: str, query: str) -> None:
    """Of two that move other levers neither is laid over the other; where the later one wins the sliders, which have an order of their own, would say something else."""
    mix = mix_of(understood(f"policies={policies}")[0])
    assert mix == (parse(query)[0] if query else None)


def test_a_refusal_is_of_the_scenario_that_is_asked_for_wherever_that_stands() -> None:
    """The scenario may come last in an address, and what fits it alone is taken."""
    mix, wrong = parse("set=hosts.nowhere.border%3D1&scale=1&scenario=toy")
    assert (mix.scenario, mix.scale) == ("toy", 1.0)
    assert list(wrong) == ["hosts.nowhere.border"]
    assert 'in scenario "toy"' in wrong["hosts.nowhere.border"]


@pytest.mark.parametrize(
    ("typed", "step"), [("2.0", "stronger"), ("0.0", "none"), ("1.0", "shipped"), ("2e0", "stronger")]
)
def test_a_strength_of_contagion_is_a_number_however_it_is_written(typed: str, step: str) -> None:
    """Typed on another page, or written by a study's point, it moves the slider to its step."""
    assert mix_of(understood(f"seed=5&set=contagion={typed}")[0]) == Mix(seed=5, contagion=step)


@given(st.text(max_size=30), st.text(max_size=60))
def test_no_words_in_an_address_break_the_screen(name: str, text: str) -> None:
    """Whatever stands in an address, what is left of it can be run."""
    from urllib.parse import urlencode

    mix, _ = parse(urlencode([(name, text), ("set", f"{name}={text}")]))
    mix.scenario_now()


def test_every_step_and_preset_is_made_of_shipped_policies_and_can_be_run() -> None:
    """One step of each slider changes nothing; every shipped policy that is no lever is a preset."""
    for slider in SLIDERS:
        assert [step for step in slider.steps if not step.policies] == [slider.steps[slider.usual]]
        for step in slider.steps:
            # Scenarios are of several years.
            assert not re.search(r"\d{4}", step.word)
            assert set(step.policies) <= set(shipped()["all policies"])
            mix, wrong = parse(f"{slider.key}={step.key}")
            assert not wrong
            assert mix.policies == step.policies
    assert list(presets()) == list(shipped()["policies"])
    for name, preset in presets().items():
        assert preset.policies == (() if name == "case-by-case" else (name,))
        assert parse(preset.query()) == (preset, {})


def test_every_claim_that_is_named_has_a_verdict_in_the_stored_run() -> None:
    """A renamed claim or column would leave the screen without its verdict."""
    named = (
        {claim for slider in SLIDERS for claim in slider.claims} | set(facts.CLAIMS_OF_PRESETS.values()) | {"contagion"}
    )
    assert named <= set(verdicts())
    assert all(verdict.word in ("holds", "fails", "depends", "untested") for verdict in verdicts().values())
    told = facts.judged(presets()["fast-track"])
    assert "worlds that the evidence does not rule out" in told
    assert re.search(r"share: [\d.]+ % to [\d.]+ %\)", told)
    assert facts.judged(parse("asylum=fast&scenario=toy")[0]).endswith("in worlds of russia-2022, not of toy.")
    assert facts.judged(parse("asylum=fast&days=20")[0]) == (
        "Not judged for this horizon: “Uncomplicated protection beats deciding case by case” has been tried over 181 days, not over 20."
    )
    assert facts.judged(parse("asylum=fast&days=181")[0]) == told
    assert '”<br><b>Verdict:</b> <span class="word depends">depends</span>, shown in ' in _claim("contagion")
    assert not re.search("unclear in", "".join(facts.shown_in(verdict) for verdict in verdicts().values()))
    assert re.search(
        r"; in \d+ chance could turn it, so few are the runs: \d+ to \d+ may show it\.$",
        facts.shown_in(verdicts()["contagion"]),
    )
    assert facts.judged(parse("asylum=fast&ban=30")[0]).startswith("Not judged for this mix")
    assert facts.judged(parse("asylum=fast&contagion=stronger")[0]).startswith("Not judged for this mix")


@pytest.mark.parametrize("policy", list(facts.CLAIMS_OF_PRESETS))
def test_a_verdict_says_by_which_contrast_and_in_which_scenario_it_came_about(policy: str) -> None:
    """Four policies were tried as the screen shows them; of all others the claim's own contrast is said."""
    own = {
        "fast-track": "russia-2022",
        "exit-ban": "russia-2022",
        "humane-treatment": "front-2022",
        "no-quarter": "front-2022",
    }
    there = own.get(policy, "russia-2022")
    claim = next(claim for claim in load().claims if claim.id == facts.CLAIMS_OF_PRESETS[policy])
    for scenario in ("russia-2022", "front-2022", "gdr-1989"):
        told = facts.judged(replace(presets()[policy], scenario=scenario))
        if scenario != there:
            assert (
                told
                == f"Not judged in this scenario: “{claim.claim}” has been tried in worlds of {there}, not of {scenario}."
            )
            continue
        tried = (
            "tried as this policy against the status quo"
            if policy in own
            else f"tried not as on this screen, but as {claim.contrast}"
        )
        assert told.startswith(f"“{claim.claim}”, {tried}: the sign is so in ")


@pytest.mark.walks
@pytest.mark.parametrize(
    "query",
    [
        "asylum=fast&ban=30&contagion=stronger&days=60&seed=5",
        pytest.param("border=shut&days=40&set=behaviour.push_door=0.5", marks=pytest.mark.variants),
    ],
)
def test_the_command_line_gives_the_same_numbers(query: str, tmp_path: Path) -> None:
    """`desertion compare` with the words that the screen shows: the same medians, intervals and differences, to rounding in the files."""
    mix, _ = parse(query)
    sides = (mix.status_quo, mix)
    answer = answer_of(
        mix, [run(Wanted(side, replicate)) for replicate in range(10) for side in sides], usual_scale(mix.scenario)
    )
    words = [*shlex.split(mix.command())[1:], "--out", str(tmp_path / "out"), "--quiet"]
    assert main(words) == 0
    shown = {row["measure"]: row for row in rows_of(answer)}
    summary = list(csv.DictReader((tmp_path / "out" / "summary.csv").read_text().splitlines()))
    paired = {row["measure"]: row for row in csv.DictReader((tmp_path / "out" / "paired.csv").read_text().splitlines())}
    for name in MEASURES:
        for side, policy in (("status_quo", "none"), ("mix", "+".join(mix.policies))):
            row = next(row for row in summary if (row["measure"], row["policy"]) == (name, policy))
            for ours, theirs in ((side, "estimate"), (f"{side}_low", "low"), (f"{side}_high", "high")):
                assert shown[name][ours] == pytest.approx(float(row[theirs]), rel=1e-6)
        for ours, theirs in (("difference", "difference"), ("difference_low", "low"), ("difference_high", "high")):
            assert shown[name][ours] == pytest.approx(float(paired[name][theirs]), rel=1e-6, abs=1e-6)
    assert shown["left"]["difference"] != 0.0
