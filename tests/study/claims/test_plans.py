"""Claims files that extend the shipped one, and the plans of `experiments/claims`, which are that of the shipped claims but for what they are about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desertion import InputError
from desertion.files import shipped_folder
from desertion.study.claims.document import Claims, load
from desertion.study.claims.world_run import parts_of
from desertion.study.design.aspects import SPREAD, WAYS
from desertion.study.matching.ensemble import load_ensemble, shipped_ensembles

FOLDER = shipped_folder("experiments") / "claims"
OWN = """
extends = "claims"
[[claims]]
id = "own"
claim = "Visa-free neighbours draw more people out than a fast track."
source = "made up"
contrast = "visa-free neighbours against a fast track"
effect = "relative(neighbours.left_total, fast_track.left_total)"
unit = "share"
sign = 1
smallest = 0.05
could_reverse = "nothing that is known"
[arms.neighbours]
scenario = "russia-2022"
scale = 0.005
policies = ["visa-free-neighbours"]
"""

TURNS = {
    "a reproduction number near 0": ("reproduction",),
    "units that never give up whole": ("behaviour.unit_surrender",),
    "contagion that stays within squads and companies": ("local",),
    "a call-up by quota that replaces every evader": ("call_up",),
    "low push of the threat of call-up": ("behaviour.push_threat",),
    "a call-up by quota with more men at home than it needs": ("call_up", "forces.*.callable_share"),
    "nobody recalled at the border": ("forces.*.recall",),
    "few places or slow cases in the hosts that offer asylum": ("places", "cases"),
    "no fear of captivity that could be taken away": ("forces.*.quarter_fear",),
    "perceived chances that hardly matter": ("behaviour.chance_power",),
    "surrender so rare that its absence is not felt in strength": ("forces.russia-2022.base_soldier_surrender",),
    "no bearers": ("forces.*.bearers",),
    "the wounded back within weeks": ("forces.*.recovery",),
    "wounded comrades move nobody": ("behaviour.push_wounded",),
    "captured comrades move nobody, or deter": ("behaviour.push_captured",),
    "information worth little": ("behaviour.information_value",),
    "a low reproduction number": ("reproduction",),
    "information worth many soldier-days": ("behaviour.information_value", "behaviour.information_half_life"),
    "low contact": ("forces.russia-2022.contact",),
    "armies that melt away homewards instead": ("forces.russia-2022.base_soldier_hide",),
    "collapse by casualties in a few days": ("casualties",),
    "screening that errs in more than a tenth of what it finds (it shows by its two inputs alone)": ("hosts.*.screening_detection", "hosts.*.screening_alarm"),
    "a low cost in legitimacy": ("forces.*.legitimacy_ban",),
    "a call-up that takes those who are kept in": ("call_up",),
    "legitimacy that exits hardly touch": ("forces.*.legitimacy_exits",),
    "hosts that offer asylum but that few can reach": ("hosts.germany.access", "hosts.france.access", "hosts.usa.access"),
    "high baseline rates in the attacked army": ("baseline",),
    "one host nearer than any of the coalition": ("hosts.germany.access",),
    "people without a taste of their own among hosts (host_noise), whom four doors draw no more than one": ("behaviour.host_noise",),
    "police that swamp hiding": ("police",),
    "contact that makes surrender easy": ("forces.russia-2022.contact",),
    "base rates of the four ways in another proportion, which drawn worlds do not vary (matched worlds do)": tuple(
        f"baseline_{way}" for way in WAYS
    ),
    "leavers who would leave in any case once supplies fail": ("behaviour.push_supply", "forces.russia-2022.supply"),
    "contagion that needs no news: squads, companies, home towns": ("local",),
    "visas too few to matter beside visa-free emigration of the skilled": (
        "visas", "forces.russia-2022.base_civilian_flee", "hosts.germany.visa_free_skilled",
    ),
    "places so many that a tenth suffices": ("places",),
    "high baseline rates": ("baseline",),
    "strong contagion": ("reproduction",),
    "few exiles": ("baseline", "hosts.germany.admission_deserter"),
    "contagion that needs no news": ("local",),
    "governments that do not fall within the horizon, or fall all at once": ("forces.*.legitimacy_exits",),
    "few who return to service": ("forces.*.return_share",),
    "long recovery": ("forces.*.recovery",),
}  # fmt: skip
"""Inputs that what a claim's `could_reverse` names stands for."""
STANDS_STILL = {
    "reception so unsafe that news of leaving deters": "shares of contagion that need a safe reception go to 1, where unsafe reception ends contagion; above it no weight gives R",
    "infiltrators rarer than one in a hundred": "the share stands in the effect itself: reversed.toml asks at one in a thousand",
    "protest that brings the fall alone": "the street of 1989 is calibrated; what no exodus brings down is counted in the contrast",
    "exits open to its men": "no document varies Ukraine's exit control",
    "refusers who are punished before they can get away": "no document varies terms of punishment and trials",
    "a series of prices by date": "no input: a series that is not at hand",
}
"""What it names that no document varies, with the reason."""


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Claims]:
    """Reads a claims file of that text."""

    def of(text: str) -> Claims:
        (tmp_path / "own.toml").write_text(text)
        return load(tmp_path / "own.toml")

    return of


def test_a_claim_of_ones_own_takes_worlds_arms_and_bounds_from_the_shipped_file(read: Callable[[str], Claims]) -> None:
    """It is alone in the file; of the bounds those on its scenario are left, so that no army is run that it does not ask for."""
    own, known = read(OWN), load()
    assert [claim.id for claim in own.claims] == ["own"]
    assert own.world == known.world
    assert own.arms["fast_track"] == known.arms["fast_track"]
    assert own.numbers == ()
    assert {bound.effect.text for bound in own.bounds} == {
        bound.effect.text for bound in known.bounds if bound.effect.text.startswith("status_quo.")
    }
    assert own.arms_needed() == ("status_quo", "fast_track", "neighbours")


def test_a_shipped_claim_is_named_and_changed_in_part(read: Callable[[str], Claims]) -> None:
    """What the file does not state of it is the shipped claim's; ranges are replaced by name and not mixed, arms are laid over key by key."""
    known = {claim.id: claim for claim in load().claims}
    own = read(
        'extends = "claims"\n[world.vary]\nbaseline = { choices = [1.0] }\n[arms.fast_track.settings]\ndays = 9\n'
        '[[claims]]\nid = "fast-track"\nsmallest = 7.0\n'
    )
    assert own.claims[0].smallest == 7.0
    assert own.claims[0].contrast == known["fast-track"].contrast
    assert own.world.vary["baseline"] == {"choices": [1.0]}
    assert own.world.vary["police"] == load().world.vary["police"]
    assert own.arms["fast_track"] == load().arms["fast_track"].model_copy(update={"settings": {"days": 9}})


def test_a_file_without_claims_keeps_them_all(read: Callable[[str], Claims]) -> None:
    """With numbers and bounds, but for those that it states itself."""
    own, known = read('extends = "claims"\ntitle = "mine"\nbounds = []\n'), load()
    assert [claim.id for claim in own.claims] == [claim.id for claim in known.claims]
    assert len(own.numbers) == len(known.numbers)
    assert own.bounds == ()
    assert own.title == "mine"
    assert len(read('extends = "claims"\n').bounds) == len(known.bounds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('extends = "other"\n', "extends = 'other' must be \"claims\", the shipped claims file"),
        ("extends = 3\n", 'extends = 3 must be "claims"'),
        ('extends = "claims"\nclaims = 3\n', "claims"),
        ('extends = "claims"\nclaims = [3]\n', "claims"),
        ('extends = "claims"\nclaims = []\n', "holds no claim"),
        ('extends = "claims"\narms = 3\n', "arms"),
        ('extends = "claims"\nworld = 3\n', "world"),
        ('extends = "claims"\n[world]\nvary = 3\n', "vary"),
        ('extends = "claims"\n[[claims]]\nid = "fast-trak"\n', "claim"),
    ],
)
def test_what_cannot_be_laid_over_the_shipped_file_is_told(read: Callable[[str], Claims], text: str, said: str) -> None:
    """Each names the file and what is wrong with it."""
    with pytest.raises(InputError, match=said) as refused:
        read(text)
    assert "own.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "settings", "moved"),
    [
        ("year.toml", {"days": 368}, lambda _: False),
        ("apart.toml", {}, lambda key: key in {f"baseline_{way}" for way in WAYS}),
        ("wide.toml", {}, lambda key: key not in {"reproduction", "baseline", "casualties", "police", "form"}),
        ("cut-off.toml", {}, lambda key: "cut_off_" in key or key.endswith(".unit_surrender")),
    ],
)
def test_only_what_a_plan_is_about_differs(name: str, settings: dict[str, Any], moved: Callable[[str], bool]) -> None:
    """Effects, signs, smallest sizes, other ranges, bounds and arms are the shipped ones, so that what differs is owed to horizon, rates or ranges."""
    plan, known = load(FOLDER / name), load()
    claims = {claim.id: claim for claim in known.claims}
    assert len(plan.claims) == (1 if name == "cut-off.toml" else 8)
    for claim in plan.claims:
        same = claims[claim.id]
        assert (claim.effect.text, claim.sign, claim.smallest) == (same.effect.text, same.sign, same.smallest)
    differ = {key for key, values in plan.world.vary.items() if values != known.world.vary.get(key)}
    assert all(map(moved, differ))
    assert bool(differ) == (name != "year.toml")
    dated = known.model_copy(
        update={"arms": {arm: as_is.model_copy(update={"settings": {**as_is.settings, **settings}}) for arm, as_is in known.arms.items()}}
    )  # fmt: skip
    for arm in plan.arms_needed():
        assert parts_of(plan, [arm]) | {"claims: worlds": ""} == parts_of(dated, [arm]) | {"claims: worlds": ""}
    russia = {bound.effect.text for bound in known.bounds if bound.effect.text.startswith(("status_quo.", "front."))}
    assert {bound.effect.text for bound in plan.bounds} == russia & (
        {"front.soldiers_left_share"} if name == "cut-off.toml" else russia
    )


def test_wider_ranges_hold_those_of_the_shipped_file() -> None:
    """Each is wider at one end at least, and narrower at none."""
    wide, known = load(FOLDER / "wide.toml").world.vary, load().world.vary
    for key, values in wide.items():
        if values != known[key]:
            (low, high), (below, above) = known[key]["range"], values["range"]
            assert below <= low
            assert above >= high
            assert (below, above) != (low, high)


def test_what_could_reverse_a_claim_varies_somewhere_or_says_why_not() -> None:
    """Every phrase stands for inputs that a shipped document or ensemble varies, or stands still for a stated reason; and no line of either list is left over."""
    varied = {key for path in FOLDER.glob("*.toml") for key in load(path).world.vary} | load().world.vary.keys()
    varied |= {key for name in shipped_ensembles() for key in load_ensemble(name).inputs}
    named = {phrase for claim in load().claims for phrase in claim.could_reverse.split("; ")}
    assert named == TURNS.keys() | STANDS_STILL.keys()
    assert not TURNS.keys() & STANDS_STILL.keys()
    assert {key for keys in TURNS.values() for key in keys} <= varied


def test_one_host_at_other_distances_differs_in_its_nearness_alone() -> None:
    """So that the word at each distance is owed to the distance."""
    plan = load(FOLDER / "near.toml")
    same = plan.arms["one_host"].model_dump()
    for name, nearness in (("one_host_40", 0.4), ("one_host_75", 0.75), ("one_host_100", 1.0)):
        own = plan.arms[name].model_dump()
        assert own["change"][0]["set"].pop("hosts.germany.access") == nearness
        own["change"][0]["set"]["hosts.germany.access"] = same["change"][0]["set"]["hosts.germany.access"]
        assert own == same
    assert plan.world == load().world


def test_the_threshold_form_is_asked_the_shipped_claims_word_by_word() -> None:
    """Ranges but for those of the spread, arms and claims are copies, since what extends the shipped file cannot leave a range out."""
    plan, known = load(FOLDER / "threshold.toml"), load()
    assert plan.world.vary == {key: values for key, values in known.world.vary.items() if key not in SPREAD}
    assert set(plan.arms) == set(plan.arms_needed())
    assert plan.arms == {name: known.arms[name] for name in plan.arms}
    same = {claim.id: claim for claim in known.claims}
    words = {"exclude": {"effect", "events"}}
    for claim in plan.claims:
        assert claim.model_dump(**words) == same[claim.id].model_dump(**words)
        assert [each and each.text for each in (claim.effect, claim.events)] == [
            each and each.text for each in (same[claim.id].effect, same[claim.id].events)
        ]


def test_reversed_inputs_keep_claims_and_arms() -> None:
    """But for the coalition's arms, in which Germany stands where the shipped coalition has it and the one host moves."""
    plan, known = load(FOLDER / "reversed.toml"), load()
    claims = {claim.id: claim for claim in known.claims}
    for claim in plan.claims:
        if claim.id in claims:
            same = claims[claim.id]
            assert (claim.effect.text, claim.sign, claim.smallest) == (same.effect.text, same.sign, same.smallest)
    moved = {name for name in plan.arms_needed() if plan.arms[name] != known.arms[name]}
    assert moved == {"coalition", "one_host"}
    assert {key: plan.world.vary[key] for key in known.world.vary} == known.world.vary
    assert len(plan.world.vary) > len(known.world.vary)
