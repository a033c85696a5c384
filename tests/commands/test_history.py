"""`desertion history` lists and draws the series."""

from __future__ import annotations

from pathlib import Path

import pytest

from desertion.cli import main
from desertion.study.history.shipped import load


def test_series_are_listed_with_their_caveats(capsys: pytest.CaptureFixture[str]) -> None:
    """The flag for recalled figures stands in the line."""
    assert main(["history", "gdr-emigration-monthly"]) == 0
    text = capsys.readouterr().out
    assert "recalled figures" in text
    assert "shape only" in text


def test_series_are_drawn(tmp_path: Path) -> None:
    """One PNG a series, made new or replaced whole."""
    assert main(["history", "ukraine-awol", "lee-1865-by-division", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"ukraine-awol.png", "lee-1865-by-division.png"}


def test_an_own_series_of_dates_and_values_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Days, kind, unit and sum are printed, so that a misread column is seen; what is said of the rows holds; it is drawn."""
    monkeypatch.chdir(tmp_path)
    Path("own.csv").write_text("Date;Value\n01.01.2022;10,5\n01.02.2022;12\n01.03.2022;18\n")
    assert main(["history", "own.csv"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("own (3 points)\n")
    assert "2022-01-01 to 2022-03-31, flow of persons, 40.5 in all" in told
    words = ["--unit", "cases", "--counts", "leavers", "--source", "own list", "--grade", "B"]
    assert main(["history", "own.csv", *words, "--kind", "cumulative", "--out", "drawn"]) == 0
    assert "cumulative of cases, 18 at the end" in capsys.readouterr().out
    assert [path.name for path in Path("drawn").iterdir()] == ["own.png"]
    assert main(["history", "own.csv", *words, "--kind", "rising"]) == 2
    assert "no kind of series 'rising'" in capsys.readouterr().err


def test_words_for_an_own_series_do_not_touch_a_shipped_one_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--kind` and `--unit` are for the file alone."""
    monkeypatch.chdir(tmp_path)
    Path("own.csv").write_text("date,value\n2030-01-01,10\n2030-01-15,20\n")
    assert main(["history", "own.csv", "ukraine-awol", "--kind", "cumulative", "--unit", "cases"]) == 0
    out = capsys.readouterr().out
    assert "own (2 points)" in out
    assert "ukraine-awol: " in out


def test_the_scenario_of_an_own_series_may_follow_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that is no series is the scenario; the sums say at once whether both speak of the same size."""
    monkeypatch.chdir(tmp_path)
    Path("own.csv").write_text("date,value\n2030-01-01,10\n2030-01-15,20\n")
    assert main(["history", "own.csv", "--with-model", "toy", "--runs", "1"]) == 0
    out = capsys.readouterr().out
    assert "toy, 1 run, 2 points: " in out
    assert "in the model against 30 published" in out


def test_a_flow_known_by_its_first_days_lasts_until_the_next_begins(tmp_path: Path) -> None:
    """The last month has its own length, another last interval that of the one before."""
    words = dict.fromkeys(("unit", "counts", "source", "grade"), "persons") | {"grade": "B"}
    for days, last in (
        (("2022-01-01", "2022-02-01", "2022-03-01"), "2022-03-31"),
        (("2022-01-03", "2022-01-10"), "2022-01-16"),
    ):
        path = tmp_path / "own.csv"
        path.write_text("date,value\n" + "".join(f"{day},1\n" for day in days))
        assert str(load(str(path), for_all=words).points[-1].end) == last


def test_patterns_are_held_against_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for patterns, the command runs the scenarios (none here) and writes the table of those that it could look at."""
    monkeypatch.setattr("desertion.study.history.patterns.run_setups", lambda *_: {})
    assert main(["history", "--patterns", "--out", str(tmp_path)]) == 0
    assert "patterns.md" in capsys.readouterr().out
    assert "0 of 0 patterns are met" in (tmp_path / "patterns.md").read_text()
