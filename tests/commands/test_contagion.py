"""`desertion contagion` on files of a user's own."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion.cli import main


def _events(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    path = tmp_path / "own.csv"
    rows = [
        f"p{i},{date(2020, 1, 1) + timedelta(int(rng.integers(0, 40)))},{rng.random() * 60:.3f},{rng.random() * 60:.3f},{i % 3}"
        for i in range(40)
    ]
    path.write_text("Place,day,x,y,area\n" + "\n".join(rows) + "\n", encoding="utf-8")
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


def test_what_was_found_in_other_events_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither by those of another file nor by other rows of the same; the same again is."""
    monkeypatch.setattr("desertion.study.places.contagion.contagion", lambda *_, **__: None)
    monkeypatch.setattr("desertion.study.places.verdict.judge", lambda _: None)
    monkeypatch.setattr("desertion.study.places.report.words", lambda *_: "")
    monkeypatch.setattr("desertion.study.places.report.numbers", lambda _: pd.DataFrame({"part": []}))
    monkeypatch.setattr("desertion.study.places.pictures.draw", lambda *_: None)
    out, own = str(tmp_path / "out"), _events(tmp_path)
    other = tmp_path / "other.csv"
    other.write_bytes(own.read_bytes())

    def asked(*words: str) -> int:
        typed = ["contagion", *words, "--out", out]
        monkeypatch.setattr("sys.argv", ["desertion", *typed])
        return main(typed)

    again = [("--only", "area=1"), ("--only", "area=1", "--histories", "0"), ("--only=area=1",), ("--only", "area=1")]
    assert [asked(str(own), *words) for words in again] == [0] * 4
    capsys.readouterr()
    for words in (
        [str(other), "--only", "area=1"],
        [str(own), "--only", "area=2"],
        [str(own)],
        [str(own), "--only", "area=1", "--links", str(other)],
    ):
        assert asked(*words) == 2
        assert "contagion.csv is of `desertion contagion own.csv --only area=1" in capsys.readouterr().err
    (tmp_path / "out" / "contagion.csv").unlink()
    assert asked(str(own)) == 2
    assert "contagion.md is there already, and is no result of `desertion contagion`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--within", "nan"], "--within = nan must lie above 0"),
        (["--within", "-3"], "--within = -3.0 must lie above 0"),
        (["--within", "0.0001"], "own.csv: a distance of 0.0001 km links no two units; take a larger one"),
        (["--out", "own.csv"], "own.csv: this folder cannot be used (File exists); name another with --out"),
    ],
)
def test_what_is_refused_is_called_as_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    """And before anything is worked out or printed."""
    _events(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["contagion", "own.csv", "--unit", "place", "--date", "day", *words]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert not said.out


def test_units_in_one_place_are_not_told_of_a_distance_that_nobody_gave(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """None follows from the table, so that one is to be given."""
    path = tmp_path / "e.csv"
    path.write_text(
        "unit,date,x,y\n" + "".join(f"u{day},2020-01-{day},5,5\n" for day in range(10, 20)), encoding="utf-8"
    )
    assert main(["contagion", str(path)]) == 2
    assert "most units share a place with their neighbours" in capsys.readouterr().err


def test_wrong_input_exits_with_two_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence on stderr."""
    out = tmp_path / "out"
    assert main(["contagion", str(_events(tmp_path)), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    # Columns stand as they are written, with what names another one.
    assert (
        "there is no column 'unit'; known are: Place, area, day, x, y; name the one that is meant with --unit" in error
    )
    assert not out.exists()
