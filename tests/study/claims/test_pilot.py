"""The pilot counts in worlds that are not judged whether enough happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desertion.study.claims import document as claim_file
from desertion.study.claims.pilot import companies, pilot
from desertion.study.claims.plan import ClaimsPlan
from desertion.study.run.sweep import RunOptions
from tests.study.claims.test_judging import TEXT


def test_events_and_companies_are_counted(tmp_path: Path) -> None:
    """Open lets 33.5 people leave in the median world and closed 4, neither of which is fifty; where ten times open is counted it is."""
    path = tmp_path / "own.toml"
    text = TEXT.replace('id = "always"', 'id = "always"\nevents = "10 * open.left"')
    path.write_text(text.replace('id = "never"', 'id = "never"\nevents = "closed.left"\noccurs = "closed.left - 5"'))
    plan = ClaimsPlan(path=path, count=8, task="tests.study.claims.fake_claims.run")
    with ThreadPoolExecutor(1) as pool:
        table = pilot(plan, tmp_path / "pilot.sqlite", RunOptions(executor=pool, workers=1, quiet=True)).set_index("id")
    assert table["events"].to_dict()["always"] == pytest.approx(335.0, abs=15.0)
    assert list(table["enough"]) == [True, False, False]
    assert (table.loc["never", "events"], table.loc["never", "occurs"]) == (4.0, 0)
    assert table.loc["always", "worlds"] == 32


def test_companies_in_contact_are_those_of_the_army() -> None:
    """A twentieth of a million men, a fifth of whom stand in contact, in companies of 120."""
    assert companies(claim_file.load(), "front", 1.0) == round(50_000 * 0.2 / 120)
