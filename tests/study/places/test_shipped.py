"""What the pages on places quote is what the shipped tables say."""

import csv
from pathlib import Path

from tests.checks.documents import ROOT

FOLDER = ROOT / "experiments" / "places"
SETS = ("gdr-1989", "afghanistan-2021")


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def test_the_table_of_this_models_histories_quotes_both_tables_cell_by_cell() -> None:
    """Each kind's alarms, their interval, and the shares whose ratio is as large and whose leads and placebo links predict."""
    tables = [[row for row in _rows(FOLDER / name / "model.csv") if "model: " in row["name"]] for name in SETS]
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [len(rows) for rows in tables] == [7, 7]
    for both in zip(*tables, strict=True):
        cells = [
            f"{round(300 * float(row['share']))} ({float(row['low']):.2f} to {float(row['high']):.2f})"
            + "".join(f" | {float(row[key]):.2f}" for key in ("reached", "future", "unlinked"))
            for row in both
        ]
        assert all("(300 histories)" in row["name"] for row in both)
        assert f" | {' | '.join(cells)} |\n" in page


def test_ratios_and_the_power_of_first_demonstrations_are_those_of_the_tables() -> None:
    """The page by strength of design and the page of evidence say the interval of each data set's outcome; what the silence of demonstrations is worth stands in both."""
    page, evidence = ((FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "../evidence.md"))
    german, afghan = ({row["name"]: row for row in _rows(FOLDER / name / "contagion.csv")} for name in SETS)
    for row in (german["primary"], german["first_demo"], afghan["primary"]):
        told = f"{float(row['ratio']):.2f} ({float(row['low']):.2f} to {float(row['high']):.2f})"
        assert told in page
        assert told in evidence
    weak, strong = (
        german[f"first_demo; contagion: hazard times {size} for each linked unit (200 histories)"]
        for size in (1.25, 1.5)
    )
    low, high = (f"{100 * float(weak[end]):.0f}" for end in ("low", "high"))
    assert f"{100 * float(weak['share']):.0f} % ({low} to {high} %) of histories" in page
    assert f"{100 * float(weak['share']):.0f} % of made-up histories" in evidence
    assert f"so low a ratio: {100 - 100 * float(strong['reached']):.0f} % of histories" in page


def test_slopes_of_battles_are_quoted_in_the_unit_of_the_tables() -> None:
    """The slope, those that are compatible and the largest that made-up wars were drawn with, in both pages, and the share of these wars in which the test alarms."""
    page, evidence = ((FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "../evidence.md"))
    rows = _rows(FOLDER / "civil-war" / "clodfelter.csv")
    (within,) = (row for row in rows if row["part"] == "compatible true slopes")
    quiet = [row for row in rows if "no shocks" in row["name"]]
    largest = quiet[-1]
    for text in (page, evidence):
        assert f"slope {float(rows[0]['slope']):.2f} SD per SD where permutation gives" in text
        assert f"{float(within['low']):+.2f} to {float(within['high']):+.2f} SD per SD, are compatible" in text
        found = f"{200 * float(largest['share']):.0f} of 200 made-up wars"
        assert f"find a slope of {float(largest['slope']):.2f} in more than {found}" in text
    (none, least, middle, most) = ((f"{float(r['slope']):.2f}", f"{200 * float(r['share']):.0f}") for r in quiet)
    assert (
        f"At a true slope of {least[0]} it alarms in {least[1]} of 200 made-up wars, at {middle[0]} in {middle[1]}, "
        f"at {most[0]} in {most[1]}; at 0 in {none[1]}," in page
    )
    (bodart,) = (row for row in _rows(FOLDER / "civil-war" / "bodart.csv") if row["part"] == "compatible true slopes")
    for row, unit in ((within, "varies 0.30 times as much"), (bodart, "(Bodart: 0.42, so that slopes up to 0.38")):
        assert f"{float(row['high']) / 0.9:.2f}" in unit
        assert unit in page
