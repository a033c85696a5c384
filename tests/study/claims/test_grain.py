"""An effect of a claim that rests on fewer than five simulated persons bears the mark, in what form soever it counts them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from desertion.scenario.grain import MARK
from desertion.study.blocks import markdown
from desertion.study.claims import document as claim_file
from desertion.study.claims.grain import LEGEND, persons
from desertion.study.claims.judging import gathered, judge_all
from desertion.study.claims.report import blocks
from desertion.study.claims.worlds import worlds
from desertion.study.design.formula import Effect
from tests.study.claims.test_report import RUN

PLAIN = {"left_total": 100.0, "strength_end": 400.0, "strength_share_end": 0.8, "mean_strength_share": 0.9,
         "share_left": 0.01, "reservists_left": 80.0, "reservists_left_share": 0.02, "soldier_days": 90_000.0, "days": 180.0, "waiting_end": 8.0, "protected": 2.0, "running_cost": 5e6}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "changed", "counted"),
    [
        ("open.left_total - shut.left_total", {"left_total": 103.0}, 3.0),
        ("1000 * ratio(open.left_total - shut.left_total, shut.left_total)", {"left_total": 97.0}, 3.0),
        ("1000 * relative(open.left_total, shut.left_total)", {"left_total": 107.0}, 7.0),
        ("1000 * (shut.mean_strength_share - open.mean_strength_share)", {"mean_strength_share": 0.892}, 4.0),
        ("open.share_left - shut.share_left", {"left_total": 103.0, "share_left": 0.0103}, 3.0),
        (
            "open.reservists_left_share - shut.reservists_left_share",
            {"reservists_left": 88.0, "reservists_left_share": 0.022},
            8.0,
        ),
        ("shut.soldier_days - open.soldier_days", {"soldier_days": 89_640.0}, 2.0),
        ("open.waiting_end + open.protected - shut.waiting_end - shut.protected", {"waiting_end": 14.0}, 6.0),
        ("open.running_cost - shut.running_cost", {"running_cost": 5e6 + 1.0}, math.inf),
        ("open.left_total - shut.left_total", {}, 0.0),
    ],
)
def test_an_effect_is_counted_in_persons(text: str, changed: dict[str, float], counted: float) -> None:
    """Differences, ratios, shares of soldiers and soldier-days come to the persons that were put in; money counts nobody."""
    pair = {"open": PLAIN | changed, "shut": PLAIN}
    assert persons(Effect(text), [pair]) == pytest.approx(counted, rel=0.07)
    assert persons(Effect(text), [pair, pair]) == pytest.approx(counted, rel=0.07)


def test_persons_are_those_of_the_replicates_that_are_compared() -> None:
    """What has no value in one run of one arm is left out of the other's too: three persons, not four and a half; NaN where no run compares them."""
    more, none = {"open": PLAIN | {"left_total": 103.0}, "shut": PLAIN}, {"open": PLAIN | {"left_total": math.nan}}
    effect = Effect("open.left_total - shut.left_total")
    assert persons(effect, [more, none | {"shut": PLAIN | {"left_total": 97.0}}]) == pytest.approx(3.0)
    assert math.isnan(persons(effect, [none | {"shut": PLAIN}]))


TEXT = """
[world]
days = 30
vary = { "behaviour.contagion_squad" = { range = [0.0, 4.0] } }

[arms.open]
scenario = "toy"

[arms.shut]
scenario = "toy"

[[claims]]
id = "draw"
claim = "Open doors draw more people out."
source = "made up"
contrast = "open against shut"
effect = "open.left_total - shut.left_total"
unit = "persons"
sign = 1
smallest = 0.5
could_reverse = "nothing that is known"

[[numbers]]
id = "more"
title = "More who leave"
effect = "open.left_total - shut.left_total"
unit = "persons"
"""


@pytest.mark.parametrize(("more", "scale", "marked"), [(4.0, 0.1, True), (5.0, 0.1, False), (4.0, 1.0, False)])
def test_the_report_marks_what_rests_on_too_few_and_says_what_the_mark_means(
    tmp_path: Path, more: float, scale: float, marked: bool
) -> None:
    """Four persons of a scaled world are marked, as the effect of a claim and as a number; five are not, nor four at real size."""
    file = tmp_path / "claims.toml"
    file.write_text(TEXT)
    claims = claim_file.load(file)
    points = worlds(claims.factors, 40, seed=1)
    runs = [
        (world, arm, 0, PLAIN | {"left_total": 100.0 + more * (arm == "open")})
        for world in range(40)
        for arm in ("open", "shut")
    ]
    judged, numbers = judge_all(claims, points, gathered(runs), scale=scale)
    told = markdown(blocks(judged, numbers, claims.factors, RUN))
    assert judged[0].few is marked
    assert told.count(f"{more:g}{MARK} ({more:g} to {more:g}) persons") == 2 * marked
    assert told.count(LEGEND) == marked
