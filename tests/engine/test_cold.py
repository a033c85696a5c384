"""A first run says that it compiles; later ones do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from desertion.engine import cold as notice
from desertion.engine import compile as engine


def test_a_cold_start_is_told_once_and_a_warm_one_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim: the listener hears one sentence where no compiled code is at hand, and none where it is."""
    heard: list[str] = []
    monkeypatch.setattr(notice, "_listeners", [])
    monkeypatch.setattr(engine, "JIT_OFF", False)
    monkeypatch.setattr(engine, "folders", lambda: (str(tmp_path / "none"),))
    notice.listen(heard.append)
    notice.tell_if_cold()
    notice.tell_if_cold()
    assert len(heard) == 1
    assert "compiling" in heard[0]
    monkeypatch.setattr(engine, "folders", lambda: (str(tmp_path),))
    notice.listen(heard.append)
    notice.tell_if_cold()
    assert len(heard) == 1
