"""What the texts on claims quote is what the shipped reports and the table of all runs say."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from desertion.study.claims.document import load
from tests.checks.claim_words import cells_of, rows_of
from tests.checks.documents import ROOT

FOLDER = ROOT / "experiments" / "claims"
REPORTS = {"drawn worlds": "claims.md", "first set": "ensemble.md"}
DRAWN, FIRST, FIRST_BEFORE, SECOND_BEFORE = "drawn worlds", "first set", "first set before", "second set before"


def words() -> dict[tuple[str, str], dict[str, str]]:
    """Rows of the table by set and claim."""
    with (FOLDER / "words.csv").open(encoding="utf-8", newline="") as file:
        return {(row["set"], row["claim"]): row for row in csv.DictReader(file)}


def text(path: str) -> str:
    """A page whose lines are joined."""
    return " ".join((ROOT / path).read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", REPORTS)
def test_the_table_of_all_runs_has_the_rows_of_the_shipped_reports(name: str) -> None:
    """Cell by cell."""
    assert [row for (own, _), row in words().items() if own == name] == rows_of(name, FOLDER / REPORTS[name])


def test_a_row_is_read_with_what_is_unclear_in_it(tmp_path: Path) -> None:
    """Where no world is unclear, sure and possible are those that show it; what no world was run for has no row."""
    report = tmp_path / "report.md"
    report.write_text(
        "| Wide (a) | depends | 7 of 9; opposite in 1; no value in 2; unclear in 3: 5 to 9 | 1 % to 2 % | -1.5† (-2 to 0) persons | +1 | 8 of 9 |\n"
        "| Clear (b) | fails | 0 of 9; opposite in 4 | 0.0 % to 1 % | 0 (0 to 0) persons | +1 | 0 of 9 |\n"
        "| None (c) | untested | - | - | - | +1 | - |\n"
    )
    told = [
        [row[name] for name in ("shown", "sure", "possible", "novalue", "unclear", "median")]
        for row in rows_of("x", report)
    ]
    assert told == [["7", "5", "9", "2", "3", "-1.5†"], ["0", "0", "0", "0", "0", "0"]]


def test_the_table_of_drawn_worlds_quotes_the_report() -> None:
    """Verdict, worlds with the sign, worlds beyond the smallest size, sure and possible, and effect of every row."""
    reports, counts = cells_of(FOLDER / "claims.md"), words()
    said = (FOLDER / "README.md").read_text(encoding="utf-8").partition("\n\n†")[0]
    quoted = re.findall(
        r"^\| ([a-z-]+) \| (\w+) \| ([^|]+) \| (\d+)(?: \((\d+) to (\d+)\))? \| (.+) \|$", said, re.MULTILINE
    )
    assert {claim for claim, *_ in quoted} == {claim for claim, cells in reports.items() if cells[0] != "untested"}
    for claim, verdict, signed, beyond, sure, possible, effect in quoted:
        row = counts[DRAWN, claim]
        assert (verdict, signed, beyond, effect) == (row["word"], reports[claim][5], row["shown"], reports[claim][3])
        assert (sure or beyond, possible or beyond) == (row["sure"], row["possible"]), claim


@pytest.mark.parametrize("name", ["README.md", "record.md"])
def test_columns_named_after_a_set_quote_its_words(name: str) -> None:
    """Word and worlds that show it, of 96 where no other number stands; after one pair of runs the worlds alone."""
    found, checked = words(), 0
    for block in re.split(r"\n\n", (FOLDER / name).read_text(encoding="utf-8")):
        head, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        for cells in lines[1:] if head[0] == "claim" else []:
            for name_of_set, cell in zip(head, cells, strict=True):
                row = found.get((name_of_set, cells[0]))
                if row is None:
                    assert name_of_set not in {own for own, _ in found} or cell == "-"
                    continue
                *word, shown = cell.replace("*", "").split(", ")
                count, _, worlds = shown.partition(" of ")
                one_pair = (row["word"], row["unclear"]) == ("untested", row["worlds"])
                assert (word, count, worlds or "96") == ([] if one_pair else [row["word"]], row["shown"], row["worlds"])
                checked += 1
    assert checked > 30


@pytest.mark.parametrize(("name", "part"), [("claims.md", 0), ("ensemble.md", 2)])
def test_words_are_counted(name: str, part: int) -> None:
    """How many hold, fail, depend and are untested in drawn worlds, and in those of the match."""
    counted = Counter(cells[0] for cells in cells_of(FOLDER / name).values())
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    said = page.partition("## Matched worlds")[part]
    told = re.search(r"\*\*(\w+) holds?, (\d+) fails?, (\d+) depend, (\d+) are untested\*\*", said)
    assert told is not None
    numbers = [0 if each == "none" else int(each) for each in told.groups()]
    assert numbers == [counted[word] for word in ("holds", "fails", "depends", "untested")]


def test_what_all_matched_sets_agree_on_is_what_is_said_in_short() -> None:
    """Two hold and four fail, by name, a third holds in the first set, and no claim is decided in drawn worlds."""
    found = words()
    decided = {
        claim: row["word"] for (own, claim), row in found.items() if own == FIRST and row["word"] in ("holds", "fails")
    }
    every = {
        claim: word
        for claim, word in decided.items()
        if {found[own, claim]["word"] for own in (FIRST_BEFORE, SECOND_BEFORE)} == {word}
    }
    assert decided == {**every, "three-armies": "holds"}
    assert every == {
        "brain-drain": "holds",
        "coalition": "holds",
        "low-morale-and-supply": "fails",
        "flight-saps-the-rest": "fails",
        "propaganda": "fails",
        "wounding-doctrine": "fails",
    }
    assert not {row["word"] for (own, _), row in found.items() if own == DRAWN} & {"holds", "fails"}
    said = text("experiments/claims/README.md")
    assert "none of 30 holds and none fails. In 96 worlds" in said
    assert "three hold and four fail; two of the three, and the four, came in both sets of such worlds before" in said
    assert "none holds over all of these ranges, and none fails" in text("README.md")


@pytest.mark.parametrize(
    ("path", "claim", "sentence"),
    [
        ("experiments/claims/README.md", "wounding-doctrine", "in {0[opposite]} of 120 drawn worlds and in {1[opposite]} of 96 matched ones"),
        ("experiments/claims/README.md", "no-burden", "in {1[shown]} of 96 worlds, and at the end of a whole year in 44. By the mean of a half year in which hosts fill up it held by a hair in the sets before ({2[shown]} of 96 in both)"),
        ("experiments/claims/README.md", "transit-suffices", "in {1[opposite]} of 96 worlds, once people are counted"),
        ("experiments/claims/README.md", "no-quarter-backfires", "in {1[shown]} of 96 worlds, not quite decided, as in the first set before ({2[shown]}); in {3[shown]} of the second before"),
        ("experiments/claims/README.md", "no-quarter-backfires", "keeps {1[median]:.1f} soldiers in a thousand more in the median world"),
        ("experiments/claims/README.md", "no-quarter-backfires", "{1[sure]} to {1[possible]} worlds show it"),
        ("experiments/claims/README.md", "contagion-over-intelligence", "in {1[shown]} worlds and less in {1[opposite]}, by three"),
        ("experiments/claims/README.md", "closed-borders-backfire", "and 50 or more in {1[shown]} worlds"),
        ("experiments/claims/README.md", "cascade-topples", "by it in {1[shown]} of the {1[worlds]} worlds in which it falls"),
        ("experiments/claims/README.md", "three-armies", "in all {1[shown]} worlds that history allows there"),
        ("experiments/claims/README.md", "contagion", "{0[median]:.0f} to every 1,000 who would leave without it"),
        ("experiments/claims/README.md", "contagion", "{1[median]:.0f} in matched ones and {2[median]:.0f} and {3[median]:.0f} in the two sets before"),
        ("experiments/claims/README.md", "contagion", "50 or more in {1[shown]} worlds"),
        ("experiments/claims/README.md", "fast-track", "A fast track draws {1[median]:.0f} more per 1,000"),
        ("experiments/claims/README.md", "humane-treatment", "brings {1[median]:.0f} more of 1,000 prisoners"),
        ("experiments/claims/README.md", "markets-notice", "In the {0[worlds]} worlds in which an army breaks"),
        ("experiments/claims/README.md", "markets-notice", "a week before in {0[shown]}."),
        ("experiments/claims/README.md", "surrender-marks-victory", "half of the final losses in {0[shown]},"),
        ("experiments/claims/record.md", "brain-drain", "the skilled ({1[shown]}; {1[median]:.0f} more per 1,000 in the median)"),
        ("experiments/claims/record.md", "coalition", "the coalition ({1[shown]}; {1[median]:.0f}) hold"),
        ("experiments/claims/record.md", "wounding-doctrine", "*fails* ({1[shown]}, the opposite in {1[opposite]}"),
        ("experiments/claims/record.md", "no-burden", "put right costs depend, shown by {1[shown]} (75 to 90 expected)"),
        ("experiments/claims/record.md", "capture-beats-both", "beats both others in {1[shown]} worlds, by {1[median]:.1f} soldier"),
        ("experiments/claims/record.md", "internal-refuge", "*Refuge* is shown by {1[shown]} and its opposite by {1[opposite]}"),
        ("experiments/claims/record.md", "open-refusal", "*depends*: {3[shown]} of 96, and {3[novalue]} have no value"),
        ("experiments/claims/record.md", "wounding-doctrine", "{0[shown]} of 120 by the means, {0[sure]} to {0[possible]} with unclear ones either way"),
        ("README.md", "fast-track", "{0[median]:.0f} per 1,000 in the median one and 8 to 300 in nine of ten; {1[median]:.0f} in"),
        ("README.md", "wounding-doctrine", "one world of 120 shows it, and {0[opposite]} show the opposite"),
        ("experiments/claims/README.md", "coalition", "of {4[worlds]} worlds of the first set before, the coalition by {4[shown]}, and supply"),
    ],
)  # fmt: skip
def test_numbers_of_a_sentence_are_those_of_the_table(path: str, claim: str, sentence: str) -> None:
    """Of drawn worlds, the first set, the two before and the first before over wider ranges."""
    found = words()
    names = (DRAWN, FIRST, FIRST_BEFORE, SECOND_BEFORE, "first set before, wider ranges")
    rows = [found.get((name, claim), {}) for name in names]
    numbers = [{**row, "median": float(row["median"].rstrip("†").replace(",", ""))} if row else {} for row in rows]
    assert sentence.format(*numbers) in text(path)


def test_other_pages_count_words_as_the_table_does() -> None:
    """How many hold and fail in Russia's worlds, and in how many of the GDR's the exodus brings the fall."""
    found = words()
    first = Counter(row["word"] for (own, _), row in found.items() if own == FIRST)
    assert f"matched worlds {first['holds']} hold and {first['fails']} fail" in text("CHANGELOG.md")
    assert "in worlds near to what was counted three of thirty hold and four fail" in text("experiments/README.md")
    gdr = [found[f"GDR, {name}", "cascade-topples"] for name in ("first set", "second set")]
    told = " and ".join(f"{row['shown']} of {row['worlds']}" for row in gdr)
    assert f"a week earlier or more by the exodus in {told}," in text("experiments/claims/README.md")


@pytest.mark.parametrize(
    ("name", "ensemble"),
    [
        (FIRST, "russia-2022"),
        ("GDR, first set", "gdr-1989"),
        ("GDR, second set", "gdr-1989-seed15"),
    ],
)
def test_no_claim_is_judged_in_more_worlds_than_its_set_has(name: str, ensemble: str) -> None:
    """Rows of a set that was replaced bear another name."""
    lines = (ROOT / "seeds" / "ensemble" / f"{ensemble}.csv").read_text(encoding="utf-8").splitlines()
    worlds = sum(not line.startswith("#") for line in lines) - 1
    assert max(int(row["worlds"]) for (own, _), row in words().items() if own == name) <= worlds


def test_contagion_in_drawn_and_in_matched_worlds_is_quoted_from_both_reports() -> None:
    """The medians stand side by side in one sentence."""
    drawn, matched = (cells_of(FOLDER / name)["contagion"][3].partition(" ")[0] for name in REPORTS.values())
    said = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"Contagion adds {float(matched):.0f} leavers per 1,000 in the median world" in said
    assert f"fewer than in drawn worlds ({drawn})" in said


def test_smallest_effects_are_those_that_the_record_dates() -> None:
    """Whoever changes one after results were seen has to say so there: claim, size of 22 November, size since 26 November."""
    said = (FOLDER / "record.md").read_text(encoding="utf-8").partition("## Smallest effects")[2]
    table = re.findall(r"^\| ([a-z-]+) \| [^|]+ \| ([\d.]+) \|", said.partition("\n## ")[0], re.MULTILINE)
    assert {claim: float(size) for claim, size in table} == {each.id: each.smallest for each in load().claims}
