"""`armies`: a table of battles put to the test, in words and as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desertion.figures.labels import capital, many
from desertion.study.blocks import Block, Bullets, Heading, Table, markdown
from desertion.study.places.battles import Battles, read_battles
from desertion.study.places.finding import LEVEL, refuse_too_few
from desertion.study.places.past import questions
from desertion.study.places.report import as_csv, framed, or_dash
from desertion.study.places.slopes import Slope, SlopeAlarms, alarms, compatible, slopes, tried
from desertion.study.places.verdict import UNTESTED

COLUMNS: tuple[str, ...] = (
    "part",
    "name",
    "rows",
    "campaigns",
    "slope",
    "under_permutation",
    "p",
    "p_family",
    "share",
    "low",
    "high",
)


@dataclass(frozen=True, kw_only=True)
class ArmiesFinding:
    """What battles say about an army's past; all slopes are in standard deviations of the outcome for one of the past.

    Attributes:
        battles: the battles.
        slopes: the primary question, then its family.
        tried: true slopes of the made-up wars that the primary estimate was held against, in order of size; none where nothing was tested.
        compatible: those of them that it does not exclude.
        alarms: power and false alarms; empty if not asked for, or where nothing was tested.
    """

    battles: Battles
    slopes: tuple[Slope, ...]
    tried: tuple[float, ...]
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
        InputError: a table is wrong or too small, or permutations or histories are too few.
    """
    refuse_too_few(permutations, histories=histories)
    read = read_battles(Path(battles), only, None if carriers is None else Path(carriers))
    asked = questions(read)
    found = slopes(read, asked, most=permutations, seed=seed)
    if not found[0].least <= LEVEL:  # and so in made-up wars with the same strata
        return ArmiesFinding(battles=read, slopes=tuple(found), tried=(), compatible=(), alarms=())
    return ArmiesFinding(
        battles=read,
        slopes=tuple(found),
        tried=tried(read, asked[0]),
        compatible=tuple(compatible(read, asked[0], histories=max(histories, 100), seed=seed)),
        alarms=tuple(alarms(read, asked[0], histories=histories, seed=seed)) if histories else (),
    )


def verdict(finding: ArmiesFinding) -> tuple[str, tuple[str, ...]]:
    """The word for a finding and its reasons.

    "No dependence" is said only where strong slopes, up to the largest that was tried, are excluded.
    """
    first = finding.slopes[0]
    if not first.least <= LEVEL:
        return UNTESTED, (_untested(first),)
    found = (
        f"One standard deviation more in the past goes with {first.bare:+.2f} standard deviations in the outcome ({first.rows} sides in battles, {many(first.clusters, 'campaign')}), where permutation gives "
        f"{first.bias:+.2f} on average: one-sided p = {first.p:.2g}. {_compatible(finding)}"
    )
    reasons = [found, *_power(finding.alarms)]
    if first.p <= LEVEL:
        alike = "A war that goes badly for a year gives the same: past and future of a series are alike, so leads tell nothing."
        return "outcomes follow the past, cause unknown", (*reasons, alike)
    if not finding.compatible or max(finding.compatible) >= finding.tried[-1]:
        return "cannot tell", tuple(reasons)
    return "no dependence on the past found", (
        *reasons,
        f"True slopes above {max(finding.compatible):+.2f} are excluded.",
    )


def _untested(first: Slope) -> str:
    """Why the primary test could not have found anything, and what helps."""
    if math.isnan(first.bare):
        return "Nothing was tested: the outcomes, or the pasts beside side, theatre and year, are all alike; give a table in which they differ."
    why = (
        "no outcome can change places within its side, theatre and year without leaving the slope as it is"
        if math.isnan(first.least)
        else f"however the outcomes change places within side, theatre and year, p cannot fall below {first.least:.2g}"
    )
    return f"Nothing was tested: {why}; give more battles of a side in one theatre and year, or wider theatres."


def _compatible(finding: ArmiesFinding) -> str:
    least, most = finding.tried[0], finding.tried[-1]
    unit = "standard deviations for one of the past"
    if not finding.compatible:
        return f"No true slope from {least:+.2f} to {most:+.2f} {unit} is compatible with it, with shocks by campaign or without: these made-up wars are not like this one."
    low, high = min(finding.compatible), max(finding.compatible)
    whole = " (all that were tried)" if (low, high) == (least, most) else ""
    return f"True slopes from {low:+.2f} to {high:+.2f} {unit}{whole} are compatible with it."


def _power(rows: Sequence[SlopeAlarms]) -> list[str]:
    strongest = max((row for row in rows if row.shock == 0.0), key=lambda row: row.slope, default=None)
    if strongest is None:
        return []
    return [
        f"A true slope of {strongest.slope:.2f} is found in {strongest.alarms} of {strongest.histories} made-up wars."
    ]


def words(finding: ArmiesFinding) -> str:
    """The finding as Markdown."""
    word, sentences = verdict(finding)
    head = ("past", "sides in battles", "campaigns", "slope (SD per SD)", "under permutation", "p", "p over the family")
    rows = [
        (
            row.name,
            str(row.rows),
            str(row.clusters),
            or_dash(row.bare, "+.2f"),
            or_dash(row.bias, "+.2f"),
            or_dash(row.p, ".2g"),
            or_dash(row.family, ".2g") if place else "",
        )
        for place, row in enumerate(finding.slopes)
    ]
    parts: list[Block] = [Heading(capital(word), 1), Bullets((*sentences, *finding.battles.remarks)), Table(head, rows)]
    if finding.alarms:
        found = [
            (_kind(row), f"{row.alarms} of {row.histories}", f"{row.low:.2f} to {row.high:.2f}")
            for row in finding.alarms
        ]
        parts.append(Table(("made-up histories (slope in SD per SD)", "alarms at p ≤ .05", "95 %"), found))
    return markdown(parts)


def _kind(row: SlopeAlarms) -> str:
    return f"true slope {row.slope:.2f}, {'shocks by campaign' if row.shock else 'no shocks'}"


def table(finding: ArmiesFinding, command: str) -> str:
    """All numbers as CSV, under the command that makes them."""
    rows: list[dict[str, str | float]] = [
        {
            "part": "family" if place else "primary", "name": row.name, "rows": row.rows, "campaigns": row.clusters,
            "slope": row.bare, "under_permutation": row.bias, "p": row.p, "p_family": row.family,
        }
        for place, row in enumerate(finding.slopes)
    ]  # fmt: skip
    if finding.compatible:
        rows.append({"part": "compatible true slopes", "low": min(finding.compatible), "high": max(finding.compatible)})
    rows += [
        {
            "part": "power" if row.slope else "false alarms", "name": f"{_kind(row)}; {row.histories} histories",
            "slope": row.slope, "share": row.alarms / row.histories, "low": row.low, "high": row.high,
        }
        for row in finding.alarms
    ]  # fmt: skip
    return as_csv(framed(rows, COLUMNS), command)
