"""A count of fewer than five simulated persons is said to be too few to tell, in every place that shows it."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from desertion import Scenario, compare
from desertion.cli import main
from desertion.figures import attribution, hosts, routes, style
from desertion.scenario.grain import FLOOR, MARK, TOO_FEW, basis, floor_note, legend, marked, too_few
from desertion.study.comparison.comparison import Comparison
from desertion.study.comparison.report.estimate import Estimate, changed
from tests.shortcuts import in_process


@pytest.mark.parametrize(
    ("persons", "size", "few"),
    [
        (499.0, 100.0, True), (500.0, 100.0, False), (-499.0, 100.0, True), (0.0, 100.0, True),
        (3.0, 1.0, False), (float("nan"), 100.0, False), (5 / 0.0003, 1 / 0.0003, False), (5 / 0.0013, 1 / 0.0013, False),
    ],
)  # fmt: skip
def test_fewer_than_five_simulated_persons_are_too_few_and_five_are_not(persons: float, size: float, few: bool) -> None:
    """Also of differences, whatever their sign; at real size nothing is lost by the scale, and what is unknown is not few."""
    assert too_few(persons, size) is few
    assert marked("n", persons, size) == ("n" + MARK if few else "n")


@pytest.mark.parametrize(
    ("size", "words"), [(1 / 0.3, "3.3"), (1.6, "1.6"), (5.0, "5"), (1000 / 3, "333"), (1e4, "10,000")]
)
def test_what_one_simulated_person_stands_for_is_not_rounded_by_a_tenth(size: float, words: str) -> None:
    """The same number in the foot of a table and in the sentence before it."""
    assert legend(size).endswith(f" stands for {words}")
    assert f" stands for {words}." in basis(size)


def test_a_small_world_is_marked_once_in_its_notes_and_a_large_one_is_not() -> None:
    """The sentence comes from one place, whatever form of the scenario is asked; at real size and without soldiers there is none."""
    small = Scenario.load("russia-2022", scale=(FLOOR - 100) / 1e6)
    assert [note for note in small.notes if "below the floor" in note] == [floor_note(small)]
    assert [note for note in small.flat().notes if "below the floor" in note] == [floor_note(small)]
    assert floor_note(small.sized()) == floor_note(small)
    assert floor_note(Scenario.load("russia-2022", scale=FLOOR / 1e6)) == ""
    assert floor_note(Scenario.load("toy")) == ""
    assert floor_note(Scenario.load("one-town", scale=0.1)) == ""


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """Two policies on a world in which hardly anyone surrenders."""
    with in_process():
        return compare("russia-2022", ["case-by-case", "fast-track"], runs=2, scale=0.0005, days=40, workers=1)


@pytest.mark.usefixtures("no_pictures")
def test_tables_and_report_of_a_comparison_mark_what_is_too_few(comparison: Comparison) -> None:
    """Whether a number is too few is a column of both tables; the report's cells bear the mark and its note says what it means."""
    summary, paired = comparison.summary, comparison.paired
    counts = summary[summary["unit"].isin(["persons", "departures", "events", "cases"])]
    assert (counts["too_few"] == [too_few(value, comparison.size) for value in counts["estimate"]]).all()
    assert set(counts["too_few"]) == {True, False}
    assert not summary.loc[summary["unit"].isin(["share", "EUR", "index", "day"]), "too_few"].any()
    zero = paired[(paired["measure"] == "left_surrender") & (paired["difference"] == 0)]
    assert zero["too_few"].all()
    cells = comparison.headline(comparison.forces[0])
    marks = int(cells["too_few"].sum() + cells["difference_too_few"].sum())
    from desertion.study.comparison.report import page

    written = page(comparison)
    table = written[written.index("<table") : written.index("</table>")]
    assert table.count(MARK) == marks > 0
    assert legend(comparison.size) in written


def test_a_sure_difference_of_a_few_simulated_persons_is_not_told_as_an_effect(comparison: Comparison) -> None:
    """The answer says that it cannot be told from the baseline."""
    from desertion.study.comparison.report.answer import answer

    changed_table = comparison.paired.assign(difference=2000.0, low=1000.0, high=3000.0, too_few=True)
    vars(comparison)["paired"] = changed_table
    try:
        assert "leave, and the difference is too few to tell at this scale (1,000 to 3,000 more than under" in " ".join(
            answer(comparison)
        )
    finally:
        del vars(comparison)["paired"]


def test_the_summary_of_a_run_marks_and_explains(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody surrenders in five hundred simulated soldiers within three weeks: the zero bears the mark, the foot says why, the floor is named."""
    assert main(["run", "russia-2022", "--scale", "0.0005", "--days", "20", "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert re.search(f"surrendered 0{MARK}", printed)
    assert legend(2000.0) in printed
    assert "below the floor" in printed
    assert main(["run", "toy", "--days", "5", "--quiet"]) == 0
    assert MARK not in capsys.readouterr().out


def test_figures_mark_the_numbers_they_write() -> None:
    """Bars by way, attribution and the table of hosts, at one simulated person for a hundred."""
    with style.house():
        axes = style.new_figure("tall").subplots(3)
        totals = pd.DataFrame({"hide": [300.0, 900.0]}, index=["a", "b"])
        routes.by_policy(axes[0], totals, 100.0)
        one = {"a": "x", "b": "y", "both": 900.0, "only_a": 300.0, "only_b": 900.0, "neither": 0.0}
        attribution.bars(axes[1], pd.DataFrame([one]), 100.0)
        hosts.peaks(axes[2], pd.DataFrame({"h": [300.0], "k": [900.0]}, index=["p"]), size=100.0)
        written = [[text.get_text() for text in ax.texts] for ax in axes]
    assert written == [[f"300{MARK}", "900"], [f"-300{MARK}", "+900"], [f"300{MARK}", "900"]]


def test_the_simulator_says_it_in_the_same_words() -> None:
    """A sure difference of a few simulated persons is no difference, and estimates bear the mark."""
    few = Estimate(2000.0, 1000.0, 3000.0, few=True)
    assert TOO_FEW in changed(few)
    assert TOO_FEW not in changed(replace(few, few=False))
    assert f"2,000{MARK}" in few.words("persons")
