"""The shipped series load, add up as their sources say, and wrong files are refused in one sentence."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import curve_fit

from desertion import check
from desertion import history as history_of
from desertion.cli import main
from desertion.errors import InputError
from desertion.files import shipped_folder
from desertion.simulation.record.measures import clumping
from desertion.study.calibration.calibrate import planned
from desertion.study.history import shipped as history
from desertion.study.history.series import FITTED_AT_LEAST
from desertion.study.history.series_file import read

HEADER = "start,end,value,low,high,unit,counts,source,grade"


def _total(name: str, first: str, last: str) -> float:
    points = history.load(name).points
    return sum(p.value for p in points if p.start >= date.fromisoformat(first) and p.end <= date.fromisoformat(last))


def _write(folder: Path, *rows: str) -> str:
    path = folder / "own.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n")
    return str(path)


@pytest.mark.parametrize("name", history.names())
def test_every_shipped_series_loads_and_keeps_its_caveats(name: str) -> None:
    """A series without a word of caution is not believed."""
    series = history.load(name)
    assert series.points
    assert series.caveats


def test_every_file_has_an_entry_and_every_entry_a_file() -> None:
    """Nothing is shipped that the loader does not know."""
    files = {path.stem for path in (shipped_folder("seeds") / "history").glob("*.csv")}
    assert files == set(history.names())


@pytest.mark.parametrize("name", [n for n in history.names() if history.load(n).use == "fit"])
def test_series_to_fit_have_eight_usable_points_without_recalled_ones(name: str) -> None:
    """Posteriors are asked of series with at least eight points of grade A or B."""
    cut = history.load(name).fit_points()
    assert len(cut.points) >= FITTED_AT_LEAST
    assert not cut.recalled


def test_ukrainian_months_add_up_to_the_published_totals() -> None:
    """2022 gives 6,988 (Censor.net); October to December 2024 agree within the 2 % that README.md reports."""
    assert _total("ukraine-awol", "2022-01-01", "2022-12-31") == 6988
    assert _total("ukraine-awol", "2025-01-01", "2025-07-31") == 110511
    assert _total("ukraine-awol", "2025-08-01", "2025-10-31") == pytest.approx(52003, abs=150)
    assert _total("ukraine-awol", "2024-10-01", "2024-12-31") == pytest.approx(32533, rel=0.02)
    assert _total("ukraine-awol-totals", "2023-01-01", "2023-12-31") == 17658
    assert _total("ukraine-awol-totals", "2024-01-01", "2024-12-31") == 67840


def test_october_2025_agrees_with_the_year_to_date() -> None:
    """162.5 thousand to October less January to September gives 19.3 thousand, against 19.4."""
    months = _total("ukraine-awol", "2025-01-01", "2025-09-30")
    assert 162_500 - months == pytest.approx(19_340, abs=1)


def test_recalled_emigration_months_add_up_to_totals_read_independently() -> None:
    """Six checks: the year, January-November, January-October, the first half of 1989, and the first half of 1990."""
    name = "gdr-emigration-monthly"
    assert _total(name, "1989-01-01", "1989-12-31") == 343_854
    assert _total(name, "1989-01-01", "1989-11-30") == 324_776 - 24_143
    assert _total(name, "1989-01-01", "1989-10-31") == pytest.approx(167_000, abs=300)
    assert _total(name, "1989-01-01", "1989-06-30") == pytest.approx(45_000, abs=800)
    assert _total(name, "1990-01-01", "1990-06-30") == 3_755_995 - 3_517_611


def test_recalled_months_are_fitted_only_with_the_flag() -> None:
    """Grade C* needs a deliberate word, and the result carries the flag."""
    series = history.load("gdr-emigration-monthly")
    with pytest.raises(InputError, match="allow grade C"):
        series.fit_points()
    assert series.fit_points(recalled=True).recalled


def test_recalled_rows_that_are_left_out_are_told(tmp_path: Path) -> None:
    """Three of twelve; a fit with the flag leaves out what is recalled alone."""
    rows = [
        f"2020-01-{d:02d},2020-01-{d:02d},1,,,persons,x,counted,{'A' if d > 3 else 'C*' if d > 1 else 'C'}"
        for d in range(1, 13)
    ]
    series = history.load(_write(tmp_path, *rows))
    for recalled, many in ((False, 3), (True, 1)):
        told = f"{series.name}: {many} of 12 rows are recalled (grade C or C*) and left out"
        assert series.fit_points(recalled=recalled).remarks == (told,)


def test_grade_c_is_never_fitted(tmp_path: Path) -> None:
    """Memory alone is no datum, flag or no flag."""
    rows = [f"2020-01-{d:02d},2020-01-{d:02d},1,,,persons,x,recalled,C" for d in range(1, 13)]
    with pytest.raises(InputError, match="fewer than 8"):
        history.load(_write(tmp_path, *rows)).fit_points(recalled=True)


def test_places_reached_by_protest_add_up_to_515() -> None:
    """New places by week add up to the cumulative count of the list, 440 by the end of 1989 and 515 in all."""
    assert _total("gdr-protest-places", "1989-08-01", "1990-05-06") == 515
    assert _total("gdr-protest-places", "1989-08-01", "1989-12-31") == 440


def test_logistic_fit_of_protest_places_gives_the_published_rate() -> None:
    """Least squares on the cumulative places 25 September to 31 December 1989: r = 0.69 a week, K = 434."""
    series = history.load("gdr-protest-places")
    cumulative = np.cumsum(series.values)
    inside = [i for i, p in enumerate(series.points) if date(1989, 9, 25) <= p.start <= date(1989, 12, 25)]
    weeks = np.arange(len(inside), dtype=float)

    def logistic(t: np.ndarray, r: float, k: float, middle: float) -> np.ndarray:
        return k / (1 + np.exp(-r * (t - middle)))

    (r, k, middle), _ = curve_fit(logistic, weeks, cumulative[inside], p0=(0.5, 400, 5))
    assert r == pytest.approx(0.69, abs=0.01)
    assert k == pytest.approx(434, abs=1)
    assert middle == pytest.approx(4.8, abs=0.1)


def test_demonstrators_lie_between_their_low_and_high_estimates() -> None:
    """The middle estimate of every week is the mean of the lowest and the highest."""
    for point in history.load("gdr-demonstrators").points:
        assert point.low is not None
        assert point.high is not None
        assert point.value == pytest.approx((point.low + point.high) / 2, abs=1)


def test_lees_divisions_add_up_and_clump() -> None:
    """Ten divisions give the 1,094 of the army's return and a clumping of 0.79."""
    divisions = history.load("lee-1865-by-division")
    assert divisions.values.sum() == history.load("lee-1865").points[0].value == 1094
    assert len({point.group for point in divisions.points}) == 10
    assert clumping(divisions.values) == pytest.approx(0.79, abs=0.005)


def test_desertion_attempts_rise_ten_to_eighteenfold_after_the_hungarian_opening() -> None:
    """86 in three and a half months against 17 to 29 a year: 17 to 26 arrested, none to three arrived."""
    before, after = history.load("nva-attempts-1989").points
    assert before.low is not None
    assert before.high is not None
    rate = after.value / after.days
    ratios = [rate / (before.high / before.days), rate / (before.low / before.days)]
    assert ratios[0] == pytest.approx(10.3, abs=0.2)
    assert ratios[1] == pytest.approx(17.6, abs=0.2)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["2020-01-01,2020-01-31,5,,,persons,x,y,A"] * 2, "stands twice"),
        (["2020-01-01,2020-01-31,-5,,,persons,x,y,A"], "must be a finite number >= 0"),
        (["2020-01-01,2020-01-31,5,,,soldierz,x,y,A"], "no unit 'soldierz'"),
        (["2020-01-01,2020-01-31,5,,,persons,x,y,Z"], "no grade 'Z'"),
        (["2020-01-01,2020-01-31,5,,,persons,x,,A"], "must name who published"),
        (["2020-01-01,2020-01-31,5,6,9,persons,x,y,A"], "between low = 6 and high = 9"),
        (["2020-02-01,2020-01-31,5,,,persons,x,y,A"], "must not be after end"),
        (["2020-13-01,2020-01-31,5,,,persons,x,y,A"], "must be a date"),
        (["2020-02-01,2020-02-29,5,,,persons,x,y,A", "2020-01-01,2020-01-31,5,,,persons,x,y,A"], "sort the rows"),
        (["2020-01-01,2020-01-31,nan,,,persons,x,y,A"], "must be a number"),
        (["2020-01-01,2020-01-31,inf,,,persons,x,y,A"], "must be a finite number"),
        ([], "there is no row"),
    ],
)
def test_wrong_rows_are_refused_with_their_place(tmp_path: Path, rows: list[str], sentence: str) -> None:
    """The sentence names the file and what is wrong in it."""
    with pytest.raises(InputError, match=sentence) as caught:
        history.load(_write(tmp_path, *rows))
    assert "own.csv" in str(caught.value)


@pytest.mark.parametrize(("start", "missing"), [("2020-03-01", "29 days"), ("2020-02-02", "1 day")])
def test_days_in_no_row_are_refused_in_a_shipped_file_and_remarked_in_an_own_one(
    tmp_path: Path, start: str, missing: str
) -> None:
    """The way out named a key that an own file has no place for: a count with days that were not reported could not be told."""
    name = _write(tmp_path, "2020-01-01,2020-01-31,5,,,persons,x,y,A", f"{start},2020-03-31,5,,,persons,x,y,A")
    with pytest.raises(InputError, match=f"gap of {missing} from 2020-02-01"):
        read(Path(name), {"title": "own", "kind": "flow", "use": "fit"})
    own = history.load(name)
    (remark,) = own.remarks
    assert (
        f"{missing} between rows {'is' if missing == '1 day' else 'are'} in none, first {missing} from 2020-02-01"
        in remark
    )
    assert [str(point.start) for point in own.points] == ["2020-01-01", start]


def test_a_date_that_stands_twice_is_not_to_be_sorted(tmp_path: Path) -> None:
    """The rows were in order, and sorting them could not help."""
    path = tmp_path / "own.csv"
    path.write_text("date,value\n2031-01-23,3\n2031-01-24,4\n2031-01-24,5\n")
    with pytest.raises(InputError, match=r"2031-01-24' stands twice.*keep one row per interval"):
        history.load(str(path))


def test_cumulative_series_may_not_fall(tmp_path: Path) -> None:
    """A count of all so far cannot shrink."""
    rows = ["2020-01-01,2020-01-01,5,,,persons,x,y,A", "2020-02-01,2020-02-01,4,,,persons,x,y,A"]
    entry = {"title": "own", "kind": "cumulative", "use": "fit"}
    with pytest.raises(InputError, match="falls below 5"):
        read(Path(_write(tmp_path, *rows)), entry)


@pytest.mark.parametrize("kind", ["cumulative", "flow", "level"])
def test_groups_are_series_of_their_own(tmp_path: Path, kind: str) -> None:
    """A smaller group stands below a larger one, and its intervals end where its own next begins, in whatever order rows stand."""
    rows = ["2020-01-01,10,a", "2020-01-01,5,b", "2020-02-01,12,a", "2020-03-01,7,b"]
    (tmp_path / "own.csv").write_text("\n".join(["date,value,group", *rows]))
    entry, words = (
        {"title": "own", "kind": kind, "use": "fit"},
        {"unit": "persons", "counts": "x", "source": "y", "grade": "A"},
    )
    found = read(tmp_path / "own.csv", entry, words).points
    assert [point.value for point in found] == [10.0, 5.0, 12.0, 7.0]
    last = ["2020-01-31", "2020-02-29", "2020-02-29", "2020-04-30"] if kind == "flow" else [row[:10] for row in rows]
    assert [str(point.end) for point in found] == last
    (tmp_path / "own.csv").write_text("\n".join(["date,value,group", *rows, "2020-04-01,6,b"]))
    if kind == "cumulative":
        with pytest.raises(InputError, match="falls below 7 of 2020-03-01"):
            read(tmp_path / "own.csv", entry, words)


def test_a_fit_takes_one_group(tmp_path: Path) -> None:
    """Rows of several would be taken for one curve; what a cumulative series of groups comes to is their sum."""
    rows = [
        f"2020-{month:02d}-01,{value * month},{group}"
        for month in range(1, 9)
        for group, value in (("a", 10), ("b", 5))
    ]
    (tmp_path / "own.csv").write_text("\n".join(["date,value,group", *rows]))
    words = {"unit": "persons", "counts": "x", "source": "y", "grade": "A"}
    found = read(tmp_path / "own.csv", {"title": "own", "kind": "cumulative", "use": "fit"}, words)
    assert found.extent.endswith("cumulative of persons, 120 at the end")
    with pytest.raises(
        InputError, match=r"own: group = \['a', 'b'\] are several series, and a fit takes one; keep the rows"
    ):
        found.fit_points()


def test_unknown_series_are_named_with_the_nearest() -> None:
    """A typing mistake gets a proposal."""
    with pytest.raises(InputError, match="did you mean 'ukraine-awol'"):
        history.load("ukraine-awoll")


def test_series_of_figures_are_called_by_names_for_readers() -> None:
    """Those that the test on totals judges have short ones; others have their title, and one's own the words of its file."""
    judged = tomllib.loads((shipped_folder("seeds") / "history" / "cases.toml").read_text(encoding="utf-8"))
    assert {name: history.called(name) for name in judged} == {
        "gdr-protest-places": "Places of protest in the GDR",
        "leipzig-mondays": "Monday demonstrations in Leipzig",
        "gdr-emigration-points": "Emigration from the GDR",
        "ukraine-awol": "Ukrainian case files for absence",
        "afghanistan-capitals": "Afghan provincial capitals",
    }
    assert history.called("iraq-1991") == "Iraq 1991: prisoners taken"
    assert history.called("my_own-list") == "My own list"


@pytest.mark.parametrize(
    ("starts", "last"),
    [
        (("2019-01-01", "2020-01-01"), "2020-12-31"),
        (("2021-10-01", "2022-01-01"), "2022-03-31"),
        (("2021-01-01", "2021-04-01"), "2021-06-30"),
        (("2021-12-01", "2022-01-01"), "2022-01-31"),
        (("2022-01-01", "2022-01-08"), "2022-01-14"),
        (("2022-01-31", "2022-02-28"), "2022-03-27"),
        (("9998-01-01", "9999-01-01"), "9999-12-31"),
        (("9999-10-01", "9999-11-01"), "9999-11-30"),
        (("9999-06-01", "9999-12-01"), "9999-12-31"),
        (("2021-12-15", "2022-01-15", "2022-02-15"), "2022-03-14"),
        (("2021-01-05", "2021-02-02", "2021-03-02"), "2021-03-29"),
        (("2021-11-30", "2021-12-30", "2022-01-30"), "2022-03-01"),
    ],
)
def test_the_last_of_months_quarters_or_years_ends_with_one(tmp_path: Path, starts: tuple[str, ...], last: str) -> None:
    """A leap year was taken to end on 30 December, the first quarter on 2 April, and a month from 15 February on 17 March; four weeks are none."""
    (tmp_path / "own.csv").write_text("date,value\n" + "".join(f"{start},1\n" for start in starts))
    assert str(history.load(str(tmp_path / "own.csv")).points[-1].end) == last


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["01-01", "01-08", "01-22", "01-29"], "an interval lasts at least twice the usual 7 days, first that from 2030-01-08 (14 days"),
        (["01-01", "02-01", "05-01", "06-01"], "an interval lasts at least twice the usual 31 days, first that from 2030-02-01 (89 days"),
        (["01-01", "01-02", "01-05", "01-06", "01-07", "01-10"], "2 intervals last at least twice the usual 1 day, first that from 2030-01-02"),
        (["01-01", "02-01", "03-01", "04-01"], ""),
        (["01-01"], ""),
    ],
)  # fmt: skip
def test_an_interval_much_longer_than_usual_is_remarked_on(
    tmp_path: Path, days: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing week made the row before it one of two weeks without a word."""
    path = tmp_path / "own.csv"
    path.write_text("date,value\n" + "".join(f"2030-{day},{n + 1}\n" for n, day in enumerate(days)))
    assert [said in remark for remark in history.load(str(path)).remarks] == [True] * bool(said)
    assert main(["history", str(path)]) == 0
    assert said in capsys.readouterr().out


def test_check_and_calibrate_say_that_a_row_may_be_missing(tmp_path: Path) -> None:
    """What `history` says of a series alone stands beside a scenario that is held against it."""
    weeks = [date(2030, 1, 1) + timedelta(7 * week) for week in range(11) if week != 4]
    (tmp_path / "own.csv").write_text("date,value\n" + "".join(f"{day},{n + 1}\n" for n, day in enumerate(weeks)))
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "toy"\n[calibration]\nseries = "own.csv"\nmeasure = "left_flee"\n')
    for found in (check(mine).odd, planned(mine, {}).remarks):
        assert any("first that from 2030-01-22 (14 days" in remark for remark in found)


def test_an_own_figure_has_no_grade_that_nobody_gave(tmp_path: Path) -> None:
    """A made-up series was drawn as of grade A, read in the primary source."""
    (tmp_path / "own.csv").write_text("date,value\n2030-01-01,3\n2030-02-01,5\n")
    found = history_of(tmp_path / "own.csv")
    assert {point.grade for point in found.series.points} == {"not stated"}
