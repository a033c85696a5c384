"""A folder of results described as an RO-Crate: what the specification demands, and what a reviewer asks for."""

from __future__ import annotations

import builtins
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rocrate.rocrate import ROCrate

from desertion import rerun
from desertion.cli import main
from desertion.errors import InputError
from desertion.study.crate import METADATA, describe
from tests.shortcuts import in_process, unrendered

pytestmark = pytest.mark.usefixtures("no_workers")

KINDS = ("run", "compare", "sweep")


@pytest.fixture(scope="module")
def crates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A described folder of each command that leaves one."""
    with in_process(), unrendered():
        return _described(tmp_path_factory.mktemp("crates"))


def _described(place: Path) -> dict[str, Path]:
    few = ["--days", "100", "--seed", "4", "--quiet"]
    assert main(["run", "toy", "-p", "exit-ban", *few, "--out", str(place / "run")]) == 0
    words = ["compare", "toy", "-p", "none", "-p", "fast-track+exit-ban", "-n", "2", "--workers", "1", *few]
    assert main([*words, "--out", str(place / "compare")]) == 0
    (place / "mine.toml").write_text('scenario = "toy"\nseed = 4\n[vary]\nasylum = [0.2, 0.8]\n')
    study = place / "mine.sqlite"
    assert (
        main(["sweep", str(place / "mine.toml"), "--days", "10", "--quiet", "--workers", "1", "--out", str(study)]) == 0
    )
    for name in ("run", "compare"):
        assert main(["export", str(place / name), "--format", "rocrate"]) == 0
    assert main(["export", str(study), "--format", "rocrate", "--out", str(place / "sweep")]) == 0
    study.unlink()
    return {name: place / name for name in KINDS}


def _graph(folder: Path) -> dict[str, dict[str, Any]]:
    written = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    assert written["@context"] == "https://w3id.org/ro/crate/1.1/context"
    return {one["@id"]: one for one in written["@graph"]}


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


@pytest.mark.parametrize("kind", KINDS)
def test_the_description_keeps_the_rules_of_ro_crate(crates: dict[str, Path], kind: str) -> None:
    """One descriptor, a root with name, description, date and license, a flat graph, and files that are all there and named.

    Version 1.1, sections 2 to 4. Other programs read it.
    """
    folder = crates[kind]
    graph = _graph(folder)
    descriptor, root = graph[METADATA], graph["./"]
    assert descriptor["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.1"
    assert descriptor["about"]["@id"] == "./"
    assert root["@type"] == "Dataset"
    assert all(root[key] for key in ("name", "description", "license"))
    assert dt.datetime.fromisoformat(root["datePublished"]).tzinfo is not None
    for one in graph.values():
        assert one["@type"]
        for target in _references({key: value for key, value in one.items() if key != "@id"}):
            assert target in graph or target.startswith("https://"), target
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {METADATA}
    assert {part["@id"] for part in root["hasPart"]} == files
    assert {name for name, one in graph.items() if one["@type"] == "File"} == files
    assert {one.id for one in ROCrate(folder).data_entities} == files


@pytest.mark.parametrize("kind", KINDS)
def test_the_description_says_what_made_the_results(crates: dict[str, Path], kind: str) -> None:
    """Program with versions and hashes of its code, command, seed, resolved scenarios and policies; none of the results is missing."""
    graph = _graph(crates[kind])
    action, program = graph["#run"], graph["#desertion"]
    assert action["name"]
    if kind != "sweep":
        assert action["name"] == json.loads((crates[kind] / "provenance.json").read_text())["command"]
    assert any(need.startswith("numba ") for need in program["softwareRequirements"])
    hashes = [graph[one["@id"]] for one in program["identifier"]]
    assert {"engine", "simulation"} <= {word for one in hashes for word in one["name"].replace("/", " ").split()}
    told = [graph[one["@id"]] for one in action["object"]]
    assert {one["value"] for one in told if one["name"] == "seed"} == {4}
    texts = [one["text"] for one in told if "text" in one]
    arms = [one["@id"] for one in told if one["@type"] == "File"]
    if kind == "run":
        assert arms == ["scenario.toml"]
    else:
        assert any("[[forces]]" in text for text in texts)
    if kind == "compare":
        assert [name for name in arms if name.startswith("arms/")] == [
            "arms/0-none.toml",
            "arms/1-fast-track-exit-ban.toml",
        ]
        assert "arm fast-track+exit-ban: every input" in graph["arms/1-fast-track-exit-ban.toml"]["description"]
        assert {one["name"] for one in told} >= {"policy fast-track", "policy exit-ban"}
    made = {one["@id"] for one in action["result"]}
    assert {name for name, one in graph.items() if one["@type"] == "File"} == made | set(arms)


@pytest.mark.parametrize("kind", KINDS)
def test_a_crate_can_be_made_again(crates: dict[str, Path], kind: str) -> None:
    """A description changes nothing about the results, and a crate of a sweep needs its first file no more."""
    assert rerun(crates[kind], workers=1, quiet=True).agrees


def test_what_cannot_be_described_is_told_in_a_sentence(
    tmp_path: Path, crates: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No results, a folder for a folder, the library missing: nothing is written."""
    with pytest.raises(InputError, match=r"holds neither provenance\.json nor study\.sqlite"):
        describe(tmp_path)
    assert main(["export", str(crates["run"]), "--format", "rocrate", "--out", str(tmp_path / "other")]) == 2
    assert "--out changes nothing beside a folder" in capsys.readouterr().err
    usual = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("rocrate"):
            raise ImportError(name)
        return usual(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    study = crates["compare"] / "study.sqlite"
    assert main(["export", str(study), "--format", "rocrate", "--out", str(tmp_path / "other")]) == 2
    assert "pip install 'desertion[rocrate]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_no_part_of_the_results(crates: dict[str, Path]) -> None:
    """It would be described as a result of the command that was run once."""
    left = crates["run"] / ".writing-abc"
    left.mkdir()
    for half in (left / "daily.csv", crates["run"] / ".daily-abc.csv"):
        half.write_text("day\n")
    describe(crates["run"])
    assert not [name for name in _graph(crates["run"]) if "abc" in name]
