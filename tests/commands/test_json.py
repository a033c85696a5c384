"""`--json` prints one JSON object and nothing else, with the same numbers that Python gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desertion import DesertionModel
from desertion.cli import main


def _told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["version"] == 2
    return told


def test_list_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """Of one kind or of all."""
    assert "toy" in [row["name"] for row in _told(capsys, "list")["scenarios"]]
    assert set(_told(capsys, "list", "policies")) == {"version", "policies"}


def test_a_run_gives_its_measures(capsys: pytest.CaptureFixture[str]) -> None:
    """At real size, each with its definition; what has no value is null."""
    told = _told(capsys, "run", "quiet", "--days", "5", "--seed", "2", "-q")
    found = DesertionModel("quiet", rng=2, days=5).run().measures()
    assert told["measures"]["left_total"] == found["left_total"]
    assert told["measures"]["cost_per_leaver"] is None or found["left_total"] > 0
    assert set(told["columns"]) == set(told["measures"])


@pytest.mark.usefixtures("no_workers")
def test_a_comparison_and_a_study_give_their_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows of summary and paired differences; what is inside a study's file."""
    monkeypatch.chdir(tmp_path)
    few = ["--days", "3", "-n", "2", "-q", "--workers", "1"]
    told = _told(capsys, "compare", "quiet", "-p", "none", "-p", "exit-ban", *few)
    assert {row["policy"] for row in told["summary"]} == {"none", "exit-ban"}
    assert {row["policy"] for row in told["paired"]} == {"exit-ban"}
    Path("mine.toml").write_text('scenario = "quiet"\n[vary]\nasylum = [0.2, 0.8]\n')
    assert main(["sweep", "mine.toml", *few]) == 0
    capsys.readouterr()
    told = _told(capsys, "show", "outputs/mine.sqlite")
    assert told["counts"] == {"done": 4}
    assert [point["asylum"] for point in told["points"]] == [0.2, 0.8]
    assert len(told["summary"]) == 2
