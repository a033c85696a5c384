"""The plans of eight claims over a year, and with baseline rates apart, are that of the shipped claims but for what they are about."""

from typing import Any

import pytest

from desertion.files import shipped_folder
from desertion.reading import toml
from desertion.study.claims.document import load, shipped
from desertion.study.design.aspects import WAYS

FOLDER = shipped_folder("experiments") / "claims"


@pytest.mark.parametrize(
    ("name", "settings", "apart"),
    [("year.toml", {"days": 368}, ()), ("apart.toml", {}, tuple(f"baseline_{way}" for way in WAYS))],
)
def test_only_what_a_plan_is_about_differs(name: str, settings: dict[str, Any], apart: tuple[str, ...]) -> None:
    """Effects, signs, smallest sizes, ranges, bounds and arms are the shipped ones, so that what differs is owed to the horizon or to the rates."""
    assert len(load(FOLDER / name).claims) == 8
    plan, known = toml(FOLDER / name), toml(shipped())
    vary = plan["world"]["vary"]
    assert all(vary.pop(key) == {"range": [0.3, 3.0], "log": True} for key in apart)
    assert plan["world"] == known["world"]
    claims = {claim["id"]: claim for claim in known["claims"]}
    for claim in plan["claims"]:
        same = claims[claim["id"]]
        assert all(claim[key] == same[key] for key in ("effect", "sign", "smallest", "events"))
    for arm_name, arm in plan["arms"].items():
        other = known["arms"][arm_name]
        assert arm.get("settings", {}) == {**other.get("settings", {}), **settings}
        assert {**arm, "settings": 0} == {**other, "settings": 0}
    russia = [bound for bound in known["bounds"] if bound["effect"].startswith(("status_quo.", "front."))]
    assert plan["bounds"] == russia
