"""`desertion history` lists and draws the series."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

from desertion.cli import main
from desertion.figures.series import series
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("date,value,unit\n2022-01-01,5,persons\n2022-02-01,0.5,share\n", "a picture shows one unit, and the points are in persons and share: keep the rows of one"),
        ("date,value,group\n2022-01-01,5,a\n2022-02-01,6,a\n2022-01-01,50,b\n", "a picture of groups shows one interval of each, and a has several"),
        ("date,value\n9999-01-01,5\n9999-12-31,6\n", "a picture shows days up to the year 9990, and the points end on 9999-12-31"),
    ],
)  # fmt: skip
def test_what_no_picture_can_show_is_refused(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half a person, bars on top of each other without a date, or a traceback stood there."""
    (own := tmp_path / "own.csv").write_text(text)
    assert main(["history", str(own), "--kind", "level", "--out", str(tmp_path / "drawn")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "drawn").exists()


def test_two_series_of_one_name_are_not_drawn_over_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both were reported as the same file."""
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "d.csv").write_text("date,value\n2022-01-01,5\n2022-02-01,6\n")
    words = [str(tmp_path / name / "d.csv") for name in "ab"]
    assert main(["history", *words]) == 0
    assert main(["history", *words, "--out", str(tmp_path / "drawn")]) == 2
    assert "series 'd' is named twice, and each is drawn into d.png" in capsys.readouterr().err


def test_groups_are_labelled_as_exactly_as_they_are_and_have_their_ranges() -> None:
    """Shares of 0.35 and 0.8 were both labelled 0, and no range was drawn."""
    table = pd.DataFrame({"start": [date(2022, 1, 1)] * 3, "end": [date(2022, 1, 1)] * 3, "value": [0.35, 0.8, 1200.0], "low": [0.2, math.nan, math.nan], "high": [0.5, 0.9, math.nan], "unit": "share", "grade": "B", "group": ["North", "South", "East"]})  # fmt: skip
    ax = series(Figure().subplots(), table, "level", "Shares")
    assert [text.get_text() for text in ax.texts] == ["0.35", "0.8", "1,200"]
    (ranges,) = ax.collections
    assert [segment[:, 0].tolist() for segment in ranges.get_segments()] == [[0.2, 0.5], [0.8, 0.9], [1200.0, 1200.0]]


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
