"""`desertion dock` says whether both forms give one history, and where they part."""

from __future__ import annotations

import pytest

from desertion import cli
from desertion.simulation import docking as difference
from desertion.simulation.docking import Difference

pytestmark = pytest.mark.docking


def test_two_forms_that_agree_are_said_to_be_one_history(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, with what was compared."""
    assert cli.main(["dock", "toy", "--scale", "0.2", "--days", "20"]) == 0
    assert capsys.readouterr().out.startswith("one history: 20 days, 200 people, ")


def test_a_difference_is_named_and_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 and the day, person and term."""
    monkeypatch.setattr(difference, "compared", lambda *_: Difference(3, 12, "status", 8, 3))
    assert cli.main(["dock", "toy", "--scale", "0.2", "--days", "20"]) == 1
    assert (
        capsys.readouterr().out
        == "the two forms differ: day 3, person 12: status is 8 in the first and 3 in the second\n"
    )
