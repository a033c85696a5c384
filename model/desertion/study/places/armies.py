"""`armies`: a table of battles put to the test, in words and as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desertion.study.blocks import Block, Bullets, Heading, Table, capital, markdown
from desertion.study.places.battles import Battles, read_battles
from desertion.study.places.finding import LEVEL
from desertion.study.places.past import questions
from desertion.study.places.slopes import GRID, Slope, SlopeAlarms, alarms, compatible, slopes


@dataclass(frozen=True, kw_only=True)
class ArmiesFinding:
    """What battles say about an army's past.

    Attributes:
        battles: the battles.
        slopes: the primary question, then its family.
        compatible: true slopes that the primary estimate does not exclude, of those tried.
        alarms: power and false alarms; empty if not asked for.
    """

    battles: Battles
    slopes: tuple[Slope, ...]
    compatible: tuple[float, ...]
    alarms: tuple[SlopeAlarms, ...]


def armies(
    battles: str | Path,
    carriers: str | Path | None = None,
    *,
    only: Sequence[str] = (),
    permutations: int = 9999,
    histories: int = 200,
    seed: int = 1,
) -> ArmiesFinding:
    """What a table of battles says: does a side's past share of missing and captured predict its next one?

    Args:
        battles: CSV file, a row a side in a battle.
        carriers: CSV file of the units that fought in each battle.
        only: conditions that rows must meet, `COLUMN=VALUE`.
        permutations: permutations of the outcomes within side, theatre and year.
        histories: made-up histories for each row of power; 0 for none.
        seed: where all chance comes from.

    Raises:
        InputError: a table is wrong or too small.
    """
    read = read_battles(Path(battles), only, None if carriers is None else Path(carriers))
    asked = questions(read)
    return ArmiesFinding(
        battles=read,
        slopes=tuple(slopes(read, asked, most=permutations, seed=seed)),
        compatible=tuple(compatible(read, asked[0], histories=max(histories, 100), seed=seed)),
        alarms=tuple(alarms(read, asked[0], histories=histories, seed=seed)) if histories else (),
    )


def verdict(finding: ArmiesFinding) -> tuple[str, tuple[str, ...]]:
    """The word for a finding and its reasons.

    "No dependence" is said only where strong slopes, up to the largest that was tried, are excluded.
    """
    first = finding.slopes[0]
    found = (
        f"One standard deviation more in the past goes with {first.bare:+.2f} in the outcome ({first.rows} sides in battles, {first.clusters} campaigns), where permutation gives "
        f"{first.bias:+.2f} on average: one-sided p = {first.p:.2g}. {_compatible(finding.compatible)}"
    )
    reasons = [found, *_power(finding.alarms)]
    if first.p <= LEVEL:
        alike = "A war that goes badly for a year gives the same: past and future of a series are alike, so leads tell nothing."
        return "outcomes follow the past, cause unknown", (*reasons, alike)
    if not finding.compatible or max(finding.compatible) >= GRID[-1]:
        return "cannot tell", tuple(reasons)
    return "no dependence on the past found", (
        *reasons,
        f"True slopes above {max(finding.compatible):+.1f} are excluded.",
    )


def _compatible(slopes: Sequence[float]) -> str:
    if not slopes:
        return f"No true slope from {GRID[0]:+.1f} to {GRID[-1]:+.1f} is compatible with it, with shocks by campaign or without: these made-up wars are not like this one."
    low, high = min(slopes), max(slopes)
    whole = " (all that were tried)" if (low, high) == (GRID[0], GRID[-1]) else ""
    return f"True slopes from {low:+.1f} to {high:+.1f}{whole} are compatible with it."


def _power(rows: Sequence[SlopeAlarms]) -> list[str]:
    strongest = max((row for row in rows if row.shock == 0.0), key=lambda row: row.slope, default=None)
    if strongest is None:
        return []
    return [f"A true slope of {strongest.slope} is found in {strongest.alarms} of {strongest.histories} made-up wars."]


def words(finding: ArmiesFinding) -> str:
    """The finding as Markdown."""
    word, sentences = verdict(finding)
    head = ("past", "sides in battles", "campaigns", "slope (SD per SD)", "under permutation", "p", "p over the family")
    rows = [
        (
            row.name,
            str(row.rows),
            str(row.clusters),
            f"{row.bare:+.2f}",
            f"{row.bias:+.2f}",
            f"{row.p:.2g}",
            _family(row),
        )
        for row in finding.slopes
    ]
    parts: list[Block] = [Heading(capital(word), 1), Bullets(sentences), Table(head, rows)]
    if finding.alarms:
        found = [
            (_kind(row), f"{row.alarms} of {row.histories}", f"{row.low:.2f} to {row.high:.2f}")
            for row in finding.alarms
        ]
        parts.append(Table(("made-up histories", "alarms at p ≤ .05", "95 %"), found))
    return markdown(parts)


def _family(row: Slope, digits: int = 2) -> str:
    return "" if math.isnan(row.family) else f"{row.family:.{digits}g}"


def _kind(row: SlopeAlarms) -> str:
    return f"true slope {row.slope}, {'shocks by campaign' if row.shock else 'no shocks'}"


def table(finding: ArmiesFinding, command: str) -> str:
    """All numbers as CSV, under the command that makes them."""
    lines = [f"# {command}", "part,name,rows,campaigns,slope,under_permutation,p,p_family,share,low,high"]
    for place, row in enumerate(finding.slopes):
        part = "family" if place else "primary"
        lines.append(
            f'{part},"{row.name}",{row.rows},{row.clusters},{row.bare:.3f},{row.bias:.3f},{row.p:.4g},{_family(row, 4)},,,'
        )
    if finding.compatible:
        lines.append(f"compatible true slopes,,,,,,,,,{min(finding.compatible)},{max(finding.compatible)}")
    for row in finding.alarms:
        part = "power" if row.slope else "false alarms"
        lines.append(
            f'{part},"{_kind(row)}; {row.histories} histories",,,,,,,{row.alarms / row.histories:.4g},{row.low:.4g},{row.high:.4g}'
        )
    return "\n".join(lines) + "\n"
