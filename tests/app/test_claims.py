"""By which claims a file of runs is judged, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desertion.app.pages import claim_worlds
from desertion.app.pages.claims import ClaimsPage, _Verdicts
from desertion.app.parts.elements import text
from desertion.app.request.limits import Limits, limits, set_limits
from desertion.app.session import Session
from desertion.app.work.claims import claims_files, is_asked_for, judged
from desertion.errors import InputError
from desertion.files import shipped_folder as shipped
from desertion.study.claims.document import load
from desertion.study.claims.plan import ClaimsPlan, spec_of
from desertion.study.run.sweep import run_study, sweep
from tests.app.drawing import words_of
from tests.app.folder import OWN_CLAIMS
from tests.shortcuts import at_once


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A study folder with runs of claims whose file lies elsewhere."""
    before = limits()
    mine = tmp_path / "mine.toml"
    mine.write_text(OWN_CLAIMS)
    studies = tmp_path / "studies"
    studies.mkdir()
    run_study(
        spec_of(ClaimsPlan(path=mine, count=2, scale=1 / 3)),
        studies / "claims.sqlite",
        at_once(),
    )
    set_limits(Limits(studies=studies))
    yield studies
    set_limits(before)


def test_a_claims_file_outside_the_folder_is_not_opened(folder: Path) -> None:
    """Though the file of runs holds its path and it is there."""
    with pytest.raises(InputError, match="put that file, unchanged, into the study folder"):
        judged("claims.sqlite")


def test_a_claims_file_is_known_by_its_content(folder: Path) -> None:
    """Under any name, beside others; one that was changed since is another file."""
    (folder / "claims.toml").write_text(OWN_CLAIMS + "\n# changed\n")
    with pytest.raises(InputError):
        judged("claims.sqlite")
    (folder / "other.toml").write_text(OWN_CLAIMS)
    found = judged("claims.sqlite")
    assert [row.claim.id for row in found.outcome.judged] == ["open-doors-draw"]
    again = "desertion claims --worlds 2 --runs 1 --seed 1 --most-runs 1 --size 0.3333333333333333 --claims other.toml"
    assert found.outcome.run.command == again
    assert "other.toml" in found.note


def test_the_worlds_behind_a_claim_are_shown_whole_and_without_powers_of_ten(folder: Path) -> None:
    """The unit of the longest claim stands inside the picture; a large effect has its thousands."""
    (folder / "claims.toml").write_text(OWN_CLAIMS)
    found = judged("claims.sqlite")
    long = max((claim.unit for claim in load().claims), key=len)
    row = found.outcome.judged[0]
    row = replace(row, claim=row.claim.model_copy(update={"unit": long}), effects=row.effects + 507_000.0)
    figure = claim_worlds._draw(row, dark=False)
    figure.draw_without_rendering()
    (ax,) = figure.axes
    box = ax.yaxis.label.get_window_extent()
    assert box.y0 >= 0.0
    assert box.y1 <= figure.bbox.y1
    assert all("e" not in tick.get_text() for tick in ax.get_yticklabels())
    assert ">507," in claim_worlds._world_table(found, row)


def test_a_table_of_worlds_says_how_much_of_them_it_shows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the eyes of whoever reads it: so many of so many worlds, in which order, and so many of their parameters."""
    (folder / "claims.toml").write_text(OWN_CLAIMS)
    found = judged("claims.sqlite")
    monkeypatch.setattr(claim_worlds, "FigurePanel", lambda *_: text("drawn"))
    monkeypatch.setattr(claim_worlds, "_MOST_WORLDS", 1)
    words = words_of(claim_worlds.Worlds, found, found.outcome.judged[0], False, session=Session(""))
    assert "strongest effects in the claim's direction first: 1 of 2 worlds, with 2 of 2 parameters" in words


def test_runs_of_claims_are_known_by_what_they_hold(folder: Path) -> None:
    """Study sends to this page whatever the file is called; a study of another kind is no file of claims, whatever its name."""
    (folder / "claims.toml").write_text(OWN_CLAIMS)
    (folder / "claims.sqlite").rename(folder / "verdicts.sqlite")
    assert "No runs of claims are in the study folder" not in words_of(ClaimsPage, session=Session(""))
    (folder / "broken.sqlite").write_text("no database")
    sweep(
        scenario="toy",
        days=3,
        vary={"asylum": [0.5]},
        measures=["share_left"],
        out=folder / "no-claims.sqlite",
        options=at_once(),
        quiet=True,
    )
    assert claims_files() == ["verdicts.sqlite"]
    asked = {
        name: is_asked_for(name)
        for name in ("verdicts.sqlite", "no-claims.sqlite", "broken.sqlite", "nothing.sqlite", "")
    }
    assert asked == {
        "verdicts.sqlite": True,
        "no-claims.sqlite": False,
        "broken.sqlite": True,
        "nothing.sqlite": True,
        "": False,
    }


def test_a_claim_that_the_file_has_not_is_told(folder: Path) -> None:
    """Named in an address, with the nearest that there is."""
    (folder / "claims.toml").write_text(OWN_CLAIMS)
    words = words_of(_Verdicts, judged("claims.sqlite"), session=Session("claim=open-doors-drew"))
    assert "there is no claim 'open-doors-drew'; did you mean 'open-doors-draw'?" in words


def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    """Even to the right content."""
    (folder / "claims.toml").symlink_to(folder.parent / "mine.toml")
    with pytest.raises(InputError):
        judged("claims.sqlite")


def test_arms_with_a_scenario_by_its_path_are_refused(folder: Path) -> None:
    """What a claims file names is not opened unless it is shipped."""
    text = OWN_CLAIMS.replace('scenario = "toy"', f'scenario = "{shipped("seeds") / "scenarios" / "toy.toml"}"')
    (folder / "by-path.toml").write_text(text)
    runs = spec_of(ClaimsPlan(path=folder / "by-path.toml", count=1))
    run_study(runs, folder / "path-claims.sqlite", at_once())
    with pytest.raises(InputError, match="runs a scenario that is not shipped"):
        judged("path-claims.sqlite")
