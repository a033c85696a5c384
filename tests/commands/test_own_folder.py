"""Claims about folders of results: what stands in one is neither lost nor vouched for as something else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from desertion.cli import main

RUN = ("run", "toy", "--days", "5")
COMPARE = ("compare", "toy", "-p", "none", "-p", "fast-track", "-n", "2", "-w", "1", "--days", "5", "--quiet")
TRACE = ("trace", "toy", "--person", "3", "--days", "5")


def _in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize(
    ("first", "then"), [pytest.param(COMPARE, RUN, marks=pytest.mark.walks), (RUN, COMPARE), (RUN, TRACE), (RUN, (*RUN, "--seed", "2")), (RUN, (*RUN, "-p", "fast-track")), (TRACE, (*TRACE, "--person", "4"))]
)  # fmt: skip
def test_a_folder_keeps_what_one_command_gave(
    first: Sequence[str], then: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run in a comparison's folder took its provenance, and `rerun` and the archive vouched for both; another seed replaced a run without a word."""
    out = str(tmp_path / "out")
    assert main([*first, "--out", out]) == 0
    before = _in(tmp_path)
    capsys.readouterr()
    assert main([*then, "--out", out]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"desertion: {out} holds what `")
    assert told.endswith("` gave: name another folder with --out, or move what is there\n")
    assert _in(tmp_path) == before


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("command", [RUN, pytest.param(COMPARE, marks=pytest.mark.walks), TRACE])
def test_the_same_again_gives_the_same(command: Sequence[str], tmp_path: Path) -> None:
    """Whoever repeats a command finds its results where they were."""
    assert [main([*command, "--out", str(tmp_path / "out")]) for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_scenario_in_the_current_folder_is_not_written_over(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--out .` beside an own scenario.toml lost its comments and sources."""
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "scenario.toml"
    own.write_text('extends = "toy"\ndays = 5  # my own source\n')
    words = ["-p", "none", "-p", "fast-track"] if command == "compare" else []
    assert main([command, "scenario.toml", *words, "--out", "."]) == 2
    told = capsys.readouterr().err
    assert told.startswith(
        f"desertion: scenario.toml is there already, and is no result of `desertion {command}`: name"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.toml"]
    assert own.read_text().endswith("# my own source\n")


@pytest.mark.parametrize("words", [["run", "toy"], ["history"], ["match", "russia-2022"]])
def test_an_empty_place_is_not_the_current_folder(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--out "$PLACE"` where the variable is not set."""
    monkeypatch.chdir(tmp_path)
    assert main([*words, "--out", ""]) == 2
    assert "it is empty; name a folder, or leave --out out" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
