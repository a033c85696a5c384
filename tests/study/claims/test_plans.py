"""Claims files that extend the shipped one, and the plans of `experiments/claims`, which are that of the shipped claims but for what they are about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desertion import InputError
from desertion.files import shipped_folder
from desertion.study.claims.document import Claims, load
from desertion.study.claims.world_run import parts_of
from desertion.study.design.aspects import WAYS

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
