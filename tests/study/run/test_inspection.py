"""What is looked at before a study runs: names must exist, and some points of a sample may be impossible."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desertion.errors import InputError
from desertion.study.design.layout import DesignRule
from desertion.study.design.reading import spec_from
from desertion.study.design.spec import StudySpec
from desertion.study.run.inspection import dial_note, inspected
from desertion.study.run.sweep import RunOptions, run_study
from tests.app.folder import Here
from tests.shortcuts import at_once

type Make = Callable[..., StudySpec]

RANGES: dict[str, Any] = {"pull": {"range": [0.0, 1.0]}, "other": {"range": [0.0, 1.0]}}
HALF = {"limit": 0.5}


@pytest.mark.parametrize(
    "design", [{"kind": "lhs", "points": 20}, {"kind": "sobol", "points": 8}, {"kind": "morris", "points": 4}]
)
def test_impossible_points_of_a_sample_are_told_and_kept_as_failed(
    study: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str], design: dict[str, Any]
) -> None:
    """All others are run; the line names a point, the reason and what keeps such points out of this kind of design."""
    spec = study(settings=HALF, runs=1, design=design, **RANGES)
    found = run_study(spec, tmp_path / "s.sqlite", RunOptions(executor=Here(), workers=1))
    refused = sum(float(point["pull"]) > 0.5 for point in spec.points())
    assert 0 < refused < len(spec.points())
    assert found.counts == {"done": len(spec.points()) - refused, "failed": refused}
    line = next(one for one in capsys.readouterr().err.splitlines() if "cannot be run" in one)
    assert "such as pull = 0." in line or "such as pull = 1.0" in line
    assert "(fake: pull is above 0.5)" in line
    assert ("design.constraints or narrower ranges keep them out" in line) == (design["kind"] == "lhs")
    assert "narrower ranges keep them out" in line


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_an_analysis_that_needs_every_run_says_to_narrow_the_ranges(study: Make, tmp_path: Path, kind: str) -> None:
    """Running refused points again would not help; runs that failed at times may be tried again."""
    design = {"kind": kind, "points": 4}
    options = at_once()
    found = run_study(study(settings=HALF, runs=1, design=design, **RANGES), tmp_path / "a.sqlite", options)
    with pytest.raises(InputError, match="cannot be run: narrow the ranges") as refusal:
        found.sensitivity("left_total")
    assert "retry" not in str(refusal.value)
    at_times = run_study(
        study(settings={"fail_at": 1}, runs=2, design=design, **RANGES), tmp_path / "b.sqlite", options
    )
    with pytest.raises(InputError, match="--retry-failed"):
        at_times.sensitivity("left_total")


@pytest.mark.parametrize(
    "more",
    [
        {"pull": [0.1, 0.9]},
        {"settings": {"limit": -1.0}, "design": {"kind": "lhs", "points": 200}, **RANGES},
        {"design": {"kind": "lhs", "points": 200}, **RANGES, "other": {"choices": ["a", "b", "typo"]}},
        {
            "design": {"kind": "lhs", "points": 9},
            "policies": {"shut": [], "open": ["x"]},
            **RANGES,
            "other": {"choices": ["a", "typo"]},
        },
    ],
)
def test_what_the_user_wrote_himself_is_refused(study: Make, tmp_path: Path, more: dict[str, Any]) -> None:
    """A point of a grid or list, ranges without a possible point, and a word that is wrong wherever it stands; nothing is written."""
    with pytest.raises(InputError, match="fake: "):
        run_study(
            study(**{"settings": HALF, **more}),
            tmp_path / "s.sqlite",
            at_once(),
        )
    assert not list(tmp_path.iterdir())


def test_a_list_of_the_users_own_is_refused_where_one_row_cannot_be_run(study: Make) -> None:
    """A list that is a sample says so, and is none of his."""
    rows = ((("pull", 0.1),), (("pull", 0.9),))
    spec = replace(study(settings=HALF), factors=(), design=DesignRule(kind="list", rows=rows))
    with pytest.raises(InputError, match="fake: pull is above"):
        inspected(spec, spec.points())
    assert [point for point, _ in inspected(spec, spec.points(), sampled=True).odd] == [{"pull": 0.9}]


def test_a_word_whose_first_point_is_impossible_is_no_wrong_word(study: Make) -> None:
    """More points with it are looked at, and one of them can be run; without odd points none is told."""
    spec = study(
        settings={"limit": 0.05},
        design={"kind": "lhs", "points": 400},
        pull={"range": [0.0, 1.0]},
        other={"choices": ["a", "b"]},
    )
    look = inspected(spec, spec.points())
    assert {point["other"] for point in look.sound} == {"a", "b"}
    assert all(float(point["pull"]) <= 0.05 for point in look.sound)
    whole = study(design={"kind": "lhs", "points": 9}, **RANGES)
    assert inspected(whole, whole.points()).remark(whole.design) == ""


def test_a_sweep_says_where_the_dial_moves_what_its_policies_set() -> None:
    """At one of its points is enough; without policies, or at the status quo, there is nothing to say."""
    table = {"scenario": "toy", "scale": 0.2, "days": 4, "replicates": 1, "vary": {"asylum": [0.5, 1.0]}}
    shut = spec_from({**table, "policies": {"shut": ["closed-borders"]}}, "s", "s")
    assert "border, admission_deserter" in dial_note(shut, shut.points())
    assert dial_note(shut, shut.points()[:1]) == ""
    bare = spec_from(table, "s", "s")
    assert dial_note(bare, bare.points()) == ""
