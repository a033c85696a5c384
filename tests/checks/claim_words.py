"""The answers of all runs of claims in one table, from the reports that `desertion claims` writes.

`python -m tests.checks.claim_words "SET=FOLDER/claims.md" ... > experiments/claims/words.csv`, once `desertion claims --report` has judged each folder.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

COLUMNS = ("set", "claim", "word", "worlds", "shown", "opposite", "novalue", "unclear", "sure", "possible", "median")
_ROW = re.compile(r"^\| [^|]*\(([a-z-]+)\) \| (.*) \|$", re.MULTILINE)


def cells_of(report: Path) -> dict[str, list[str]]:
    """Cells by the claim that a report's row ends its first cell with."""
    return {claim: cells.split(" | ") for claim, cells in _ROW.findall(report.read_text(encoding="utf-8"))}


def rows_of(name: str, report: Path) -> list[dict[str, str]]:
    """A row of the table for each claim that a report judged in any world."""
    found = []
    for claim, (word, worlds, _, effect, *_) in cells_of(report).items():
        if told := re.fullmatch(
            r"(?P<shown>\d+) of (?P<worlds>\d+); opposite in (?P<opposite>\d+)(; no value in (?P<novalue>\d+))?(; unclear in (?P<unclear>\d+): (?P<sure>\d+) to (?P<possible>\d+))?",
            worlds,
        ):
            counts = told.groupdict("0")
            # Where no world is unclear the report leaves out what is then sure and possible alike.
            ends = {} if told["unclear"] else {"sure": told["shown"], "possible": told["shown"]}
            row = {"set": name, "claim": claim, "word": word, "median": effect.partition(" (")[0]}
            found.append(row | counts | ends)
    return found


def main() -> int:
    """Write the table of the reports that are named."""
    table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    table.writeheader()
    for name, _, path in (word.partition("=") for word in sys.argv[1:]):
        table.writerows(rows_of(name, Path(path)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
