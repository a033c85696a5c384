"""`desertion history` lists and draws the series."""

from __future__ import annotations

from pathlib import Path

import pytest

from desertion.cli import main


def test_series_are_listed_with_their_caveats(capsys: pytest.CaptureFixture[str]) -> None:
    """The flag for recalled figures stands in the line."""
    assert main(["history", "gdr-emigration-monthly"]) == 0
    text = capsys.readouterr().out
    assert "recalled figures" in text
    assert "shape only" in text


def test_series_are_drawn(tmp_path: Path) -> None:
    """One PNG a series, made new or replaced whole."""
    assert main(["history", "ukraine-awol", "lee-1865-by-division", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"ukraine-awol.png", "lee-1865-by-division.png"}


def test_unknown_series_exit_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence and the right code."""
    assert main(["history", "ukraine"]) == 2
    assert "no series 'ukraine'" in capsys.readouterr().err
