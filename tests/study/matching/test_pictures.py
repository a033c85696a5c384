"""What the pictures of a match say."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from desertion.figures import style
from desertion.study.matching import document, pictures
from desertion.study.matching.aims import aims_of
from desertion.study.matching.ensemble import load_ensemble


def test_the_title_counts_the_targets_drawn_and_the_note_names_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of eight that are looked at the fall of army and government allow no error: six are drawn, and the median world misses three."""
    said: list[str] = []
    monkeypatch.setattr(style, "headline", lambda _figure, text: said.append(text))
    monkeypatch.setattr(style, "note", lambda _figure, text: said.append(text))
    design = document.load("russia-2022")
    match = SimpleNamespace(design=design, aims=aims_of(design), kept=load_ensemble("russia-2022").table)
    pictures.draw_targets(cast("Any", match), tmp_path / "targets.png")
    assert "the median kept world misses 3 of the 6 drawn" in said[0]
    assert said[1].endswith("Not drawn, since they allow no error or have no number: russia army, russia government.")
