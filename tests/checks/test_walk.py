"""From a blank file to a calibrated conflict of one's own, as a new user would walk it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.checks.walk import walk


@pytest.mark.walks
@pytest.mark.variants
def test_a_new_user_gets_from_a_blank_file_to_a_calibrated_conflict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step in a process of its own, with all extras; the wheel walks the same way in every `.ci/run`, without them."""
    monkeypatch.chdir(tmp_path)
    walk([sys.executable, "-m", "desertion"], core=False)
