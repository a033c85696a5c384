"""Figures of a study that was opened: drawn against the numbers that the visitor chose."""

from __future__ import annotations

from pathlib import Path

import pytest

from desertion.app.pages.study import draw, drawn_instead
from desertion.app.request.folder import claims_file, names, path_of
from desertion.app.request.limits import Limits, limits, set_limits
from desertion.errors import InputError
from desertion.study.run.sweep import sweep
from tests.shortcuts import at_once


def test_a_figure_is_drawn_against_the_numbers_that_were_chosen(tmp_path: Path) -> None:
    """The second varied number across, then the first: the axes carry their names, and a flat table has a palette."""
    options = at_once()
    vary = {"asylum": [0.0, 1.0], "behaviour.contagion_squad": [0.0, 4.0]}
    study = sweep(scenario="toy", days=4, scale=0.2, vary=vary, measures=["share_left", "left_total"], out=tmp_path / "s.sqlite",
                  options=options, quiet=True)  # fmt: skip
    first, second = "asylum", "behaviour.contagion_squad"
    for x, y in ((first, second), (second, first)):
        response = draw(study, "response", "left_total", x, y, False).axes[0]
        phase = draw(study, "phase", "left_total", x, y, False).axes[0]
        names = {first: "asylum", second: "peers gone in the squad"}
        assert names[x] in response.get_xlabel().replace("_", " ")
        assert names[x] in phase.get_xlabel().replace("_", " ")
        assert names[y] in phase.get_ylabel().replace("_", " ")
    for kind, measure, there in (
        ("", "share_left", True),
        ("", "left_total", False),
        ("response", "share_left", False),
    ):
        said = drawn_instead(study, kind, measure, first, second)
        assert ("share of runs in which at least 10 % left" in said) == there
        colours = [ax.get_ylabel().replace("\n", " ") for ax in draw(study, kind, measure, first, second, False).axes]
        assert any("share of runs" in label for label in colours) == there


def test_a_figure_that_cannot_draw_the_measure_says_what_it_draws(tmp_path: Path) -> None:
    """Curves are of what was kept day by day, a front of what it weighs."""
    options = at_once()
    measures = ["share_left", "left_total", "cost_eur", "infiltrators", "surrendered"]
    study = sweep(scenario="toy", days=4, scale=0.2, vary={"asylum": [0.0, 1.0]}, measures=measures, daily=["serving", "left"],
                  out=tmp_path / "s.sqlite", options=options, quiet=True)  # fmt: skip
    said = {kind: drawn_instead(study, kind, "surrendered", "asylum", "") for kind in ("curves", "pareto", "response")}
    assert "kept day by day: serving" in said["curves"]
    assert "The front draws what it weighs" in said["pareto"]
    assert not said["response"]
    assert draw(study, "curves", "surrendered", "asylum", "", False).axes
    assert draw(study, "pareto", "surrendered", "asylum", "", False).axes


def test_points_that_fill_no_grid_are_no_phase_diagram(tmp_path: Path) -> None:
    """On a Latin hypercube a cell would hold one run among other inputs: something else is drawn, and a phase diagram is refused with the way out."""
    options = at_once()
    vary = {"asylum": {"range": [0.0, 1.0]}, "behaviour.contagion_squad": {"range": [0.0, 4.0]}}
    study = sweep(scenario="toy", days=4, scale=0.2, vary=vary, design={"kind": "lhs", "points": 6}, measures=["share_left"],
                  out=tmp_path / "s.sqlite", options=options, quiet=True)  # fmt: skip
    suited = draw(study, "", "share_left", "asylum", "behaviour.contagion_squad", False)
    assert "<colorbar>" not in [ax.get_label() for ax in suited.axes]
    with pytest.raises(InputError, match=r'give design = \{ kind = "grid" \}, or choose another kind of plot'):
        draw(study, "phase", "share_left", "asylum", "behaviour.contagion_squad", False)


def test_only_study_files_of_the_folder_have_a_path(tmp_path: Path) -> None:
    """Names that lead elsewhere, links out of the folder and files that are no studies are refused."""
    folder = tmp_path / "studies"
    folder.mkdir()
    for path in (tmp_path / "secret.sqlite", folder / "notes.txt", folder / "own.sqlite"):
        path.write_text("nobody may read this")
    (folder / "outside.sqlite").symlink_to(tmp_path / "secret.sqlite")
    # One file that cannot be looked at hides no other.
    for name in ("loop.sqlite", "loop.toml"):
        (folder / name).symlink_to(folder / name)
    before = limits()
    try:
        set_limits(Limits(studies=folder))
        assert names() == ["own.sqlite"]
        assert path_of("own.sqlite") == folder / "own.sqlite"
        assert claims_file("0" * 64) is None
        for name in ("loop.sqlite", "../secret.sqlite", "outside.sqlite", "/etc/passwd", "notes.txt"):
            with pytest.raises(InputError, match="there is no study file"):
                path_of(name)
    finally:
        set_limits(before)
