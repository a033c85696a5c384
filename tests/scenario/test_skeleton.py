"""Skeletons hold every input with its default, and are documents at once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from desertion.cli import main
from desertion.errors import InputError
from desertion.files import shipped_folder
from desertion.parameters import Behaviour, Force, Host
from desertion.parameters.inputs import inputs
from desertion.scenario import Policy, Scenario
from desertion.scenario.levers import KINDS, levers
from desertion.scenario.skeleton import GROUPS, KINDS_OF_DOCUMENT
from desertion.study.design.reading import StudyDocument, read_spec
from desertion.study.design.skeleton import study

MADE = {**KINDS_OF_DOCUMENT, "study": study}


def _unmarked(text: str) -> dict[str, Any]:
    """The document with the mark taken away from every input that has a default."""
    return tomllib.loads(re.sub(r'^# ((?:"[^"]+"|[a-z_]+) = )', r"\1", text, flags=re.MULTILINE))


@pytest.mark.parametrize("kind", MADE)
def test_a_skeleton_is_written_once_and_never_over_another_file(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second time says so and leaves it as it is; `check` reads it."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", kind, "mine"]) == 0
    Path("mine.toml").write_text(Path("mine.toml").read_text() + "# own words\n")
    assert main(["new", kind, "mine.toml"]) == 2
    assert "mine.toml exists already" in capsys.readouterr().err
    assert Path("mine.toml").read_text().endswith("# own words\n")
    assert main(["check", "mine.toml"]) == 0
    assert f"{kind} mine: it can be read" in capsys.readouterr().out


@pytest.mark.parametrize("kind", MADE)
def test_every_line_of_a_skeleton_can_be_read_without_the_source(kind: str) -> None:
    """No names of Python's, which tell a new user nothing, and no input of a study without its meaning."""
    text = MADE[kind]("mine")
    assert not re.findall(r"`[A-Z_]+`|desertion\.\w+\.", text)
    assert not re.findall(r"^# \w+ = .*# word$", text, flags=re.MULTILINE)


@pytest.mark.parametrize("kind", MADE)
def test_every_commented_input_of_a_skeleton_is_toml_once_the_mark_is_gone(kind: str) -> None:
    """An input without a default stands there with an example of its form; `key: ...` explains what is given elsewhere."""
    for line in re.findall(r"^#   ([a-z_]+ .*)$", MADE[kind]("mine"), flags=re.MULTILINE):
        tomllib.loads(line)


def test_the_scenarios_skeleton_names_the_groups_that_shipped_policies_use() -> None:
    """Without them a shipped policy has nobody to act on, and its refusal says what to write."""
    used = "".join(path.read_text() for path in (shipped_folder("seeds") / "policies").glob("*.toml"))
    groups = set(re.findall(r'"hosts\.@([a-z-]+)\.', used)) - {"first", "others"}
    assert groups == set(GROUPS)
    assert f"by the groups {', '.join(sorted(groups))}." in MADE["scenario"]("mine")
    with pytest.raises(InputError, match=r'write groups = \["asylum"\] in the \[\[hosts\]\] that are meant'):
        Scenario.load("hungary-2015", policies=["fast-track"])


def test_a_kind_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the nearest one."""
    assert main(["new", "polices", "mine"]) == 2
    assert "did you mean 'policy'" in capsys.readouterr().err


def test_the_forces_skeleton_names_every_input_at_its_default() -> None:
    """Taking away all marks changes nothing."""
    document = _unmarked(MADE["force"]("mine"))
    assert Force.model_validate(document) == Force(name="mine")
    assert {one.name for one in inputs(Force)} - set(document) == {"notes", "regions"}  # explained line by line


def test_the_scenarios_skeleton_runs_and_names_every_input_at_its_default(tmp_path: Path) -> None:
    """As it is and with all marks taken away it is the same scenario."""
    text = MADE["scenario"]("mine")
    (tmp_path / "mine.toml").write_text(text)
    plain = Scenario.load(tmp_path / "mine.toml")
    document = _unmarked(text)
    assert set(document["behaviour"]) == set(Behaviour.model_fields)
    assert {one.name for one in inputs(Host)} - set(document["hosts"][0]) == {"notes"}
    open_text = re.sub(r"^# ([a-z_]+ = )", r"\1", text, flags=re.MULTILINE)
    (tmp_path / "open.toml").write_text(open_text)
    assert Scenario.load(tmp_path / "open.toml").hash == plain.hash


def test_the_policys_skeleton_names_every_lever() -> None:
    """Unmarked, it sets each to the default of an untouched force or host."""
    policy = Policy.model_validate(_unmarked(MADE["policy"]("mine")))
    assert set(policy.change[0].set) == {f"{kind}.*.{name}" for kind in KINDS for name in levers(kind)}
    assert Scenario.load("quiet", policies=[policy]).policies == ("mine",)


def test_the_studys_skeleton_names_every_section(tmp_path: Path) -> None:
    """It can be read, and has five points under one policy mix."""
    (tmp_path / "mine.toml").write_text(MADE["study"]("mine"))
    assert len(read_spec(tmp_path / "mine.toml").points()) == 5
    text = MADE["study"]("mine")
    for one in inputs(StudyDocument):
        assert re.search(rf"^(# )?{one.name} = |^\[{one.name}\]|^#   {one.name} = ", text, flags=re.MULTILINE), one.name


@pytest.mark.parametrize("document", [Force, Host, Behaviour])
def test_every_number_has_a_unit_a_meaning_and_a_source(document: type[BaseModel]) -> None:
    """A list without them would teach nobody."""
    for one in inputs(document):
        if one.form in ("number", "whole number"):
            assert one.unit, one.name
            assert one.meaning, one.name
            assert one.source, one.name


@pytest.mark.parametrize("name", ["", ".", "..", ".toml", "a/", " "])
def test_a_file_without_a_name_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`new policy ""` and `new policy folder/` wrote a hidden file called .toml."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "policy", name]) == 2
    assert not list(tmp_path.iterdir())


def test_no_policy_is_begun_under_the_name_of_the_scenario_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`new policy none` wrote a file that no command takes."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "policy", "none.toml"]) == 2
    assert "stands for the scenario as it is; give the policy another name" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
