"""What the pictures of a match say."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from desertion.figures import style
from desertion.figures.marks import Mark
from desertion.study.matching import document, pictures
from desertion.study.matching.aims import Aim, aims_of
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.matching.matched import LEGEND
from desertion.study.matching.space import Space


def test_the_title_counts_the_targets_drawn_and_the_note_names_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of six that are looked at the fall of army and government allow no error: four are drawn, and the median world misses one, whose implausibility is the cutoff, wherever dots lie."""
    said: list[str] = []
    monkeypatch.setattr(style, "headline", lambda _figure, text: said.append(text))
    monkeypatch.setattr(style, "note", lambda _figure, text: said.append(text))
    design = document.load("russia-2022")
    match = _kept(aims_of(design))
    match.kept["I.closure"] = 3.0
    pictures.draw_targets(cast("Any", match), tmp_path / "targets.png")
    assert (
        said[0] == "11 targets rule worlds out; the median kept world misses 1 of the 4 drawn that are only looked at"
    )
    assert said[1].endswith("Not drawn, since they allow no error or have no number: russia army, russia government.")
    aims = (next(aim for aim in match.aims if aim.name == "russia-flight"),)
    pictures.draw_targets(cast("Any", _kept(aims)), tmp_path / "targets.png")
    assert said[2] == "1 target rules worlds out"


def test_targets_are_drawn_by_what_worlds_are_judged_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean of the logarithms of the runs of kept worlds alone; what lies beyond the axis has an arrow, which is told."""
    said: list[str] = []
    drawn: list[Mark] = []
    real = pictures.deviations
    monkeypatch.setattr(style, "note", lambda _figure, text: said.append(text))
    monkeypatch.setattr(
        pictures, "deviations", lambda ax, marks, cutoff: drawn.extend(marks) or real(ax, marks, cutoff)
    )
    aims = tuple(aim for aim in aims_of(document.load("russia-2022")) if aim.name == "russia-flight")
    match = _kept(aims)
    high, unit = aims[0].interval[1], float(np.hypot(aims[0].error, aims[0].discrepancy))
    match.results.means["russia-flight"] = np.where(match.worlds["kept"], high + 2.0 * unit, -99.0)
    pictures.draw_targets(cast("Any", match), tmp_path / "targets.png")
    assert [drawn[0].low, drawn[0].value, drawn[0].high] == pytest.approx([2.0, 2.0, 2.0])
    assert "Arrows" not in said[0]
    match.results.means["russia-flight"] += 12.0 * unit
    pictures.draw_targets(cast("Any", match), tmp_path / "targets.png")
    assert "Arrows: beyond the end of the axis." in said[1]
    assert LEGEND not in said[1]
    match.targets["too_few"] = True
    pictures.draw_targets(cast("Any", match), tmp_path / "targets.png")
    assert drawn[-1].name == "russia flight†"
    assert said[2].endswith(LEGEND), "what rests on too few is marked, and the mark explained"


def _kept(aims: Sequence[Aim]) -> SimpleNamespace:
    """The shipped worlds as a match, all kept but the last and met by all."""
    table = load_ensemble("russia-2022").table
    worlds = pd.DataFrame({"kept": np.arange(len(table)) < len(table) - 1})
    kept = table[worlds["kept"]].assign(**{f"I.{aim.name}": 0.0 for aim in aims})
    means = {aim.name: aim.on_scale(table[aim.name].to_numpy(float)) for aim in aims}
    targets = pd.DataFrame({"target": [aim.name for aim in aims], "too_few": False})
    return SimpleNamespace(design=document.load("russia-2022"), aims=aims, kept=kept, worlds=worlds, targets=targets, results=SimpleNamespace(means=means))  # fmt: skip


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
    match = SimpleNamespace(design=design, space=space, kept=kept, inputs=inputs, too_few=False)
    pictures.draw(cast("Any", match), tmp_path / "ranges.png", tmp_path / "targets.png")
    assert len(rows) == 31
    assert said[0] == "The evidence narrows 1 of 32 inputs; 296 worlds are kept"
    assert said[1].endswith(" form (multiplicative: 110, concave: 97, additive: 89, threshold: 0).")
    assert "A listed value lies in the middle of its part of the row." in said[1], "half-lives are listed"
    pictures.draw(
        cast("Any", SimpleNamespace(**{**vars(match), "too_few": True})), tmp_path / "r.png", tmp_path / "t.png"
    )
    assert said[2] == "296 worlds are kept, too few to say which inputs the evidence narrows"
