"""What the README of the claims quotes is what the shipped reports say."""

import re
from collections import Counter

import pytest

from tests.checks.documents import ROOT

FOLDER = ROOT / "experiments" / "claims"


def rows(name: str) -> dict[str, list[str]]:
    """Cells by the claim that a report's row ends its first cell with."""
    found = re.findall(r"^\| [^|]*\(([a-z-]+)\) \| (.*) \|$", (FOLDER / name).read_text(encoding="utf-8"), re.MULTILINE)
    return {claim: cells.split(" | ") for claim, cells in found}


def test_the_table_quotes_the_report() -> None:
    """Verdict, worlds with the sign, worlds beyond the smallest size and effect of every row."""
    reports = rows("claims.md")
    said = (FOLDER / "README.md").read_text(encoding="utf-8").partition("\n\n†")[0]
    quoted = re.findall(r"^\| ([a-z-]+) \| (\w+) \| ([^|]+) \| (\d+) \| (.+) \|$", said, re.MULTILINE)
    assert {claim for claim, *_ in quoted} == {claim for claim, cells in reports.items() if cells[0] != "untested"}
    for claim, verdict, signed, beyond, effect in quoted:
        word, shown, _, median, _, sign = reports[claim]
        assert (verdict, signed, beyond, effect) == (word, sign, shown.partition(" of ")[0], median), claim


def test_the_table_of_matched_worlds_quotes_the_report_of_the_first_set() -> None:
    """Its first column has each claim's word and the worlds that show it, of 96 where no other number stands."""
    reports = rows("ensemble.md")
    said = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## Matched worlds")[2]
    quoted = re.findall(r"^\| ([a-z-]+) \| (\w+), (\d+)(?: of (\d+))? \|", said.partition("\n\n- ")[0], re.MULTILINE)
    assert len(quoted) > 10
    for claim, verdict, shown, worlds in quoted:
        word, told, *_ = reports[claim]
        assert (verdict, f"{shown} of {worlds or 96}") == (word, told.partition(";")[0]), claim


@pytest.mark.parametrize(("name", "part"), [("claims.md", 0), ("ensemble.md", 2)])
def test_words_are_counted(name: str, part: int) -> None:
    """How many hold, fail, depend and are untested in drawn worlds, and in those of the match."""
    words = Counter(cells[0] for cells in rows(name).values())
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    said = page.partition("## Matched worlds")[part]
    told = re.search(r"\*\*(\w+) holds?, (\d+) fails?, (\d+) depend, (\d+) are untested\*\*", said)
    assert told is not None
    counted = [0 if each == "none" else int(each) for each in told.groups()]
    assert counted == [words[word] for word in ("holds", "fails", "depends", "untested")]


def test_contagion_in_drawn_and_in_matched_worlds_is_quoted_from_both_reports() -> None:
    """The medians stand side by side in one sentence."""
    drawn, matched = (rows(name)["contagion"][3].partition(" ")[0] for name in ("claims.md", "ensemble.md"))
    said = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"Contagion adds {float(matched):.0f} leavers per 1,000 in the median world" in said
    assert f"fewer than in drawn worlds ({drawn})" in said
