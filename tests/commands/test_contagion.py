"""`desertion contagion` on files of a user's own."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from desertion.cli import main


def _events(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    path = tmp_path / "own.csv"
    rows = [
        f"p{i},{date(2020, 1, 1) + timedelta(int(rng.integers(0, 40)))},{rng.random() * 60:.3f},{rng.random() * 60:.3f},{i % 3}"
        for i in range(40)
    ]
    path.write_text("place,day,x,y,area\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_own_events_give_words_a_table_and_a_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict stands first; the table begins with the command; nothing else is written."""
    out = tmp_path / "out"
    words = [
        str(_events(tmp_path)),
        "--unit",
        "place",
        "--date",
        "day",
        "--strata",
        "area",
        "--within",
        "12",
        "--permutations",
        "99",
        "--histories",
        "20",
    ]
    assert main(["contagion", *words, "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert text.startswith(("# No clustering found", "# Clusters, cause unknown"))
    assert {path.name for path in out.iterdir()} == {"contagion.md", "contagion.csv", "contagion.png"}
    assert (out / "contagion.csv").read_text(encoding="utf-8").splitlines()[1].startswith("part,name,linked")


def test_wrong_input_exits_with_two_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence on stderr."""
    out = tmp_path / "out"
    assert main(["contagion", str(_events(tmp_path)), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "there is no column 'unit'" in error
    assert not out.exists()
