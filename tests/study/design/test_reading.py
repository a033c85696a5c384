"""Study files: what they may hold, and what their hash stands for."""

from pathlib import Path

import pytest

from desertion.errors import InputError
from desertion.study.design.reading import read_spec, spec_from
from desertion.study.design.spec import difference

WHOLE = """
replicates = 3
title = "Tipping"
scenario = "toy"
seed = 5
[set]
form = "threshold"
[policies]
open = ["fast-track"]
closed = []
[vary]
asylum = [0, 0.5]
contagion.squad = { range = [0, 2], steps = 2 }
[keep]
measures = ["share_left"]
daily = ["left"]
[run]
on_error = "raise"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "tipping.toml"
    path.write_text(text)
    return path


def test_a_study_file_becomes_points_under_every_policy(tmp_path: Path) -> None:
    """Two values times two values times two policies; dotted keys need no quotes."""
    spec = read_spec(_write(tmp_path, WHOLE))
    points = spec.points()
    assert len(points) == 8
    assert points[0] == {"policies": "open", "asylum": 0, "contagion.squad": 0.0}
    told = spec.task_of(points[1])
    assert told["policies"] == []
    assert told["settings"] == {"form": "threshold", "asylum": 0, "contagion.squad": 0.0}


def test_the_hash_stands_for_what_decides_the_rows_and_nothing_else(tmp_path: Path) -> None:
    """Title and handling of errors do not matter, seed and values do."""
    spec = read_spec(_write(tmp_path, WHOLE))
    renamed = read_spec(_write(tmp_path, WHOLE.replace("Tipping", "Other").replace('"raise"', '"keep"')))
    reseeded = read_spec(_write(tmp_path, WHOLE.replace("seed = 5", "seed = 6")))
    assert spec.sha256() == renamed.sha256()
    assert spec.sha256() != reseeded.sha256()
    assert list(difference(spec.resolved(), reseeded.resolved())) == ["seed: 5 -> 6"]


def test_scale_and_scenario_may_be_varied_like_parameters() -> None:
    """They belong to the run and reach the task by their own names."""
    spec = spec_from({"vary": {"scale": [0.1, 1.0], "scenario": ["toy", "other"]}}, "s", "s")
    told = spec.task_of(spec.points()[-1])
    assert (told["scale"], told["scenario"], told["settings"]) == (1.0, "other", {})


def test_a_list_design_runs_its_rows() -> None:
    """Rows may name a policy mix."""
    rows = [{"asylum": 0.1, "policies": "b"}, {"asylum": 0.9, "policies": "b"}]
    spec = spec_from({"policies": {"b": ["x"]}, "design": {"kind": "list", "rows": rows}}, "s", "s")
    assert [point["asylum"] for point in spec.points()] == [0.1, 0.9]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[keep]", "[kep]", r"there is no key 'kep'; did you mean 'keep'"),
        ("seed = 5", "sede = 5", "there is no key 'sede'; did you mean 'seed'"),
        ("seed = 5", "seed = -5", "seed = -5 must be at least 0"),
        ("seed = 5", "seed = true", "seed: must be a number, got True"),
        ("seed = 5", "scale = 2", "scale = 2 must be at most 1"),
        ("seed = 5", 'population = "fast"', "there is no population 'fast'; known are: compiled, mesa"),
        ("replicates = 3", "replicates = 0", "replicates: must be a whole number from 1 to 10,000,000, got 0"),
        (
            'on_error = "raise"',
            'on_error = "ignore"',
            "run.on_error = 'ignore' must be 'keep', 'raise-at-end' or 'raise'",
        ),
        ("asylum = [0, 0.5]", "asylum = []", "empty list"),
        ("asylum = [0, 0.5]", "form = ['a']", "under both"),
        ("asylum = [0, 0.5]", "status = [1]", "table of runs needs"),
        ('title = "Tipping"', "title = 3", "title = 3 must be text"),
        ("closed = []", "closed = [1]", r"policies.closed\[0\] = 1 must be text"),
        ("[keep]", "[design]\nkind = 'latin'\n[keep]", "there is no kind of design 'latin'; known are"),
        ('daily = ["left"]', 'dialy = ["left"]', "tipping.toml: keep: there is no key 'dialy'; did you mean 'daily'"),
        ("seed = 5", "days = 0", "days = 0 must lie in"),
        ("seed = 5", "days = 2030-01-01", "days = 2030-01-01 must be a whole number"),
        ("asylum = [0, 0.5]", "policy = ['fast-track']", r"vary.policy: mixes of policies stand under \[policies\]"),
        (
            "asylum = [0, 0.5]",
            "policies = ['fast-track']",
            r"vary.policies: mixes of policies stand under \[policies\]",
        ),
        ('open = ["fast-track"]\nclosed = []', "", "policies = {} must not be empty"),
        ("[set]", "[set", "is not TOML"),
    ],
)
def test_a_wrong_study_file_is_refused_in_a_sentence(tmp_path: Path, old: str, new: str, words: str) -> None:
    """File, key, value and rule."""
    with pytest.raises(InputError, match=words) as told:
        read_spec(_write(tmp_path, WHOLE.replace(old, new))).points()
    assert "tipping" in str(told.value)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"keep": {"daily": ["left", "strength", "left"]}}, "keep.daily: names 'left' twice"),
        ({"keep": {"measures": ["falls", "falls"]}}, "keep.measures: names 'falls' twice"),
        ({"policies": ["fast-track", [], "fast-track"]}, "policies: names 'fast-track' twice"),
        ({"policies": {" ": ["fast-track"], "b": []}}, "policies: has a mix without a label"),
    ],
)
def test_no_name_stands_twice_and_none_is_empty(table: dict[str, object], words: str) -> None:
    """A column twice was a table that Parquet refuses, a mix twice was run once, and one without a name was a blank in every table."""
    with pytest.raises(InputError, match=words):
        spec_from(table, "s", "s")


def test_a_missing_study_file_is_named(tmp_path: Path) -> None:
    """With the way to those that exist."""
    with pytest.raises(InputError, match=r"nowhere.toml does not exist"):
        read_spec(tmp_path / "nowhere.toml")
