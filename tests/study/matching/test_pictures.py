"""What the pictures of a match say."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from desertion.figures import style
from desertion.study.matching import document, pictures
from desertion.study.matching.aims import aims_of
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.matching.space import Space


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


def test_inputs_whose_values_are_words_have_no_row_but_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form of contagion has no median; how many worlds have which is told."""
    said: list[str] = []
    rows: list[str] = []
    monkeypatch.setattr(style, "headline", lambda _figure, text: said.append(text))
    monkeypatch.setattr(style, "note", lambda _figure, text: said.append(text))
    monkeypatch.setattr(pictures, "ranges", lambda _axes, marks: rows.extend(mark.name for mark in marks))
    monkeypatch.setattr(pictures, "draw_targets", lambda _match, path: path)
    design, kept = document.load("russia-2022"), load_ensemble("russia-2022").table
    space = Space(design.factors)
    inputs = pd.DataFrame({"input": space.names, "says": [name == "form" for name in space.names]})
    match = SimpleNamespace(design=design, space=space, kept=kept, inputs=inputs)
    pictures.draw(cast("Any", match), tmp_path / "ranges.png", tmp_path / "targets.png")
    assert len(rows) == 31
    assert said[0] == "The evidence narrows 1 of 32 inputs; 445 worlds are kept"
    assert said[1].endswith(" form (multiplicative: 128, concave: 183, additive: 134, threshold: 0).")
