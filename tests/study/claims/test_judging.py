"""Verdicts over a made-up world whose answers are known."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.analysis.boxes import confirmed_box
from desertion.study.claims import document as claim_file
from desertion.study.claims.document import Claims
from desertion.study.claims.judging import JudgedClaim, NumberSpread, gathered, judge_all
from desertion.study.claims.worlds import worlds
from desertion.study.design.factors import Point
from desertion.study.design.layout import DesignRule, unit_points

TEXT = """
[world.vary]
R = { range = [0.0, 0.95] }
form = { choices = ["additive", "none"] }

[arms.open]
scenario = "toy"
policies = ["fast-track"]
[arms.closed]
scenario = "toy"

[[claims]]
id = "always"
claim = "Open beats closed"
source = "E"
contrast = "open against closed"
effect = "relative(open.left, closed.left)"
unit = "share more leavers"
sign = 1
smallest = 0.05
could_reverse = "nothing"
by_construction = true

[[claims]]
id = "never"
claim = "Closed beats open"
source = "E"
contrast = "closed against open"
effect = "closed.left - open.left"
unit = "persons"
sign = 1
smallest = 0
could_reverse = "nothing"

[[claims]]
id = "at-high-R"
claim = "Open makes more than thirty leave"
source = "N"
contrast = "open alone"
effect = "open.left - 30"
unit = "persons"
sign = 1
smallest = 0
could_reverse = "low R"

[[numbers]]
id = "ratio"
title = "Leavers per leaver"
effect = "ratio(open.left, closed.left)"
unit = "ratio"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A claims file whose answers are known."""
    file = tmp_path / "claims.toml"
    file.write_text(TEXT)
    return file


Run = tuple[int, str, int, dict[str, float]]


def fake_runs(points: tuple[Point, ...]) -> Iterator[Run]:
    """Open lets 5 + 60 R people leave, closed 4; two replicates with opposite noise."""
    for number, world in enumerate(points):
        for replicate in range(2):
            noise = 0.1 * (-1) ** replicate
            yield number, "open", replicate, {"left": 60 * float(world["R"]) + noise + 5}
            yield number, "closed", replicate, {"left": 4.0}


def loaded(text: str = TEXT) -> Claims:
    """The claims of a file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "claims.toml"
        file.write_text(text)
        return claim_file.load(file)


def judged_in(
    number: int, text: str = TEXT, keep: Callable[[Run], bool] = lambda _run: True
) -> tuple[tuple[JudgedClaim, ...], tuple[NumberSpread, ...], tuple[Point, ...]]:
    """Claims and numbers of a file as judged by the runs that are kept, of so many made-up worlds, and these."""
    claims = loaded(text)
    points = worlds(claims.factors, number, seed=1)
    judged, numbers = judge_all(claims, points, gathered([run for run in fake_runs(points) if keep(run)]))
    return judged, numbers, points


def test_verdicts_are_found_and_explained() -> None:
    """`open.left` is 5 + 60 R: always above 4, above 30 from R = 0.417 on."""
    judged, numbers, _ = judged_in(256)
    assert [row.verdict.word for row in judged] == ["holds", "fails", "depends"]
    assert judged[2].box is not None
    assert set(judged[2].box.limits) == {"R"}
    assert judged[2].box.limits["R"][0] == pytest.approx(25 / 60, abs=0.05)
    assert numbers[0].median == pytest.approx((5 + 60 * 0.475) / 4, rel=0.05)


def test_worlds_that_history_rules_out_are_judged_apart() -> None:
    """With at most 35 leavers in the open arm, R is below 0.5: fewer of these worlds show more than thirty."""
    bound = '\n[[bounds]]\neffect = "open.left"\nlow = 0\nhigh = 35\nsource = "made up"\n'
    judged, numbers, points = judged_in(256, TEXT + bound)
    inside = judged[2].consistent
    assert inside is not None
    assert inside.worlds == sum(float(world["R"]) <= 0.5 for world in points)
    assert inside.share < judged[2].verdict.share
    assert judged[2].verdict.worlds == 256
    assert numbers[0].worlds == inside.worlds, "numbers stand beside verdicts and are of the same worlds"
    assert numbers[0].median == pytest.approx((5 + 60 * 0.25) / 4, rel=0.05)


def test_worlds_without_all_arms_are_not_judged() -> None:
    """An interrupted study judges what is complete."""
    judged, _, _ = judged_in(8, keep=lambda run: run[0] < 3 or run[1] == "open")
    assert [row.verdict.worlds for row in judged] == [3, 3, 8]


def test_arms_that_claims_share_are_needed_once(path: Path) -> None:
    """Three claims and a number on two arms need two arms."""
    assert claim_file.load(path).arms_needed() == ("open", "closed")
    assert claim_file.load(path).chosen(("at-high-R",)).arms_needed() == ("open",)


def test_worlds_fill_their_ranges_and_keep_their_seed(path: Path) -> None:
    """Sobol points spread evenly: 64 worlds leave no tenth of the range of R empty."""
    claims = claim_file.load(path)
    points = worlds(claims.factors, 64, seed=5)
    shares = np.array([world["R"] for world in points]) / 0.95
    assert np.histogram(shares, bins=10, range=(0, 1))[0].min() >= 5
    assert {world["form"] for world in points} == {"additive", "none"}
    assert points == worlds(claims.factors, 64, seed=5)
    assert points[:32] == worlds(claims.factors, 32, seed=5)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("sign = 1\nsmallest = 0.05", "sign = 2\nsmallest = 0.05", "must be 1 or -1"),
        ("sign = 1\nsmallest = 0.05", "sign = 1\nsmallest = -1", "claims.always.smallest = -1 must be at least 0"),
        ('could_reverse = "low R"', "", "claims.at-high-R.could_reverse is missing"),
        ('id = "never"', 'id = "always"', "stands twice"),
        ("open.left - 30", "opne.left - 30", "did you mean 'open'"),
        (
            "by_construction = true",
            "by_construktion = true",
            "claims.always: there is no key .*did you mean 'by_construction'",
        ),
        ('scenario = "toy"\npolicies', "policies", "arms.open.scenario is missing"),
        ("[world.vary]", "[world.wary]", "did you mean 'vary'"),
        ("[world.vary]", "[wolrd.vary]", "did you mean 'world'"),
        ("[0.0, 0.95]", "[0.95, 0.0]", "vary.R: runs from 0.95"),
        ("open.left - 30", "open.left -", "claim at-high-R: 'open.left -' is no expression"),
        ('policies = ["fast-track"]', 'policies = "fast-track"', "arms.open.policies = 'fast-track' must be a list"),
        ("[arms.closed]", '[arms."not one"]', "must be letters, digits and _"),
        (
            "[[claims]]",
            "[[bounds]]\neffect = 'open.left'\nlow = 3\nhigh = 2\nsource = 'E'\n[[claims]]",
            "bound: low = 3",
        ),
        (
            "[[claims]]",
            "[[bounds]]\neffect = 'open.left'\nlow = nan\nhigh = 2\nsource = 'E'\n[[claims]]",
            "low: must be a number, got nan",
        ),
        ("[[claims]]", "[[claims", "this is not TOML"),
    ],
)
def test_incomplete_claims_are_refused(path: Path, old: str, new: str, sentence: str) -> None:
    """A claim is judged only if everything was stated before the run."""
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(InputError, match=sentence):
        claim_file.load(path)


def test_unknown_claims_are_named(path: Path) -> None:
    """A typing mistake gets a proposal."""
    with pytest.raises(InputError, match="did you mean 'always'"):
        claim_file.load(path).chosen(("alway",))


def test_a_range_that_chance_finds_is_not_quoted() -> None:
    """Null: 48 worlds, 40 parameters, a coin for each. A box is confirmed in the other half at 5 %: in at most 6 of 30 draws (beyond 3.7 standard errors)."""
    draws = np.random.default_rng(5)
    found = 0
    for _ in range(30):
        columns = {f"p{number}": draws.random(48) for number in range(40)}
        found += confirmed_box(columns, draws.random(48) < 0.5) is not None
    assert found <= 6


def test_a_range_that_decides_is_confirmed_in_the_other_half() -> None:
    """Where one of ten parameters decides, it alone is quoted."""
    draws = np.random.default_rng(6)
    columns = {f"p{number}": draws.random(128) for number in range(10)}
    box = confirmed_box(columns, columns["p3"] > 0.6)
    assert box is not None
    assert set(box.limits) == {"p3"}
    assert box.density > 0.9


def test_a_range_of_the_second_column_of_a_sequence_is_confirmed() -> None:
    """Every other point of a Sobol sequence lies in one half of its second column: the worlds in which a box is found must reach over all of it."""
    shares = unit_points(DesignRule(kind="sequence", points=256, seed=1), 5, "claims")
    columns = {f"p{number}": column for number, column in enumerate(shares.T)}
    assert np.ptp(columns["p1"][::2]) <= 0.5  # else this would test nothing
    box = confirmed_box(columns, columns["p1"] >= 0.5)
    assert box is not None
    assert set(box.limits) == {"p1"}
    assert box.limits["p1"] == (pytest.approx(0.5, abs=0.02), np.inf)
    assert box.density == 1.0
    assert box.coverage > 0.95
    assert box.overall == pytest.approx(0.5, abs=0.1)
