"""Figures of a study that was opened: drawn against the numbers that the visitor chose."""

from __future__ import annotations

from pathlib import Path

import pytest

from desertion.app.pages.study import StudyPage, _Figure, _OfStudy, draw, drawn_instead
from desertion.app.parts.elements import text
from desertion.app.request.address import Address, parse
from desertion.app.request.folder import claims_file, names, path_of
from desertion.app.request.limits import Limits, limits, set_limits
from desertion.app.session import Session
from desertion.app.work.opened import OpenedStudy, open_study
from desertion.errors import InputError
from desertion.figures.labels import label
from desertion.study.run.sweep import sweep
from tests.app.drawing import words_of
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


def test_the_words_of_a_figure_name_the_number_that_it_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a heatmap the share of large cascades, of curves what was kept day by day, of all else the measure; whoever cannot see it hears no other number."""
    said: list[str] = []
    monkeypatch.setattr(
        "desertion.app.pages.study.FigurePanel", lambda _, words, key_of: said.append(words) or text("drawn")
    )
    vary = {"asylum": [0.0, 1.0], "behaviour.contagion_squad": [0.0, 4.0]}
    opened = opened_study(tmp_path, monkeypatch, vary=vary, measures=["share_left", "left_total"], daily=["serving"])
    for query in ("", "measure=left_total", "figure=curves", "figure=response"):
        words_of(_Figure, opened, opened.study, session=Session(query))
    assert said == [
        "heatmap over two parameters: the share of runs in which at least 10 % left", f"heatmap over two parameters: {label('left_total')}",
        f"curves with bands: {label('serving')}", f"against one parameter: {label('share_left')}",
    ]  # fmt: skip


def test_a_study_is_shown_with_its_floor_and_with_what_the_address_asks_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note that `desertion show` prints, and a sentence for each number that the study has not."""
    for part in ("FigurePanel", "Points"):
        monkeypatch.setattr(f"desertion.app.pages.study.{part}", lambda *_, **__: text("drawn"))
    opened = opened_study(tmp_path, monkeypatch, vary={"asylum": [0.0, 1.0]}, measures=["share_left"], scale=0.2)
    words = words_of(_OfStudy, opened, session=Session("measure=share_leftt&x=asilum&y=asylum"))
    assert "below the floor" in opened.study.floor
    assert f"Note: {opened.study.floor}." in words
    assert "there is no measure of this study 'share_leftt'; did you mean 'share_left'?" in words
    assert "there is no varied number to draw across 'asilum'; did you mean 'asylum'?" in words
    assert "there is no" not in words_of(_OfStudy, opened, session=Session("measure=share_left&x=asylum"))


def opened_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **told: object) -> OpenedStudy:
    """A small study of the smallest scenario, opened from a study folder."""
    given: dict[str, object] = {"scenario": "toy", "days": 4, "scale": 0.2, **told}
    sweep(**given, out=tmp_path / "s.sqlite", options=at_once(), quiet=True)  # type: ignore[arg-type]
    monkeypatch.setattr("desertion.app.request.folder.limits", lambda: Limits(studies=tmp_path))
    return open_study("s.sqlite")


def test_files_can_be_opened_whatever_they_are_called_and_however_many_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters of all scripts, brackets and signs that mean something in an address; a name that cannot be written is counted, a hidden file is not."""
    monkeypatch.setattr("desertion.app.request.folder.limits", lambda: Limits(studies=tmp_path))
    (tmp_path / "größe [a]").mkdir()
    called = ["größe.sqlite", "run (2).sqlite", "größe [a]/50 % & x#1?+y.sqlite", "расчёт.sqlite"]
    called += [f"{number}.sqlite" for number in range(200)]
    for name in (*called, "line\nbreak.sqlite", ".hidden.sqlite"):
        (tmp_path / name).write_text("")
    assert names() == sorted(called)
    for name in (*called[:4], max(called)):
        assert path_of(parse(Address(file=name).query())[0].file) == tmp_path / name
    for name in ("größe [a]/../größe.sqlite", "./größe.sqlite", "line\nbreak.sqlite", ".hidden.sqlite"):
        with pytest.raises(InputError, match="there is no study file"):
            path_of(name)
    assert "1 file of the study folder is not shown" in words_of(StudyPage, session=Session(""))


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
