"""A finding in words and as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from desertion.figures.labels import capital, many, percent, rounded
from desertion.study.blocks import Block, Bullets, Heading, Table, Text, markdown
from desertion.study.places.finding import Alarm, Attack, Finding, Hazard, days_apart
from desertion.study.places.hazard import Ratio
from desertion.study.places.pairs import PairTest
from desertion.study.places.verdict import Verdict, ratio_text

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: tuple[str, ...] = (
    "part",
    "name",
    "linked",
    "observed",
    "expected",
    "ratio",
    "low",
    "high",
    "p",
    "p_family",
    "share",
    "reached",
    "future",
    "unlinked",
)
_ALARMS = (
    "history",
    "alarms at p ≤ .05",
    "95 %",
    "median ratio",
    "ratio as large as observed",
    "future predicts",
    "placebo links predict",
)
NUMBERS = ("observed", "expected", "ratio", "low", "high", "p", "share", "reached", "future", "unlinked")


def numbers(finding: Finding) -> pd.DataFrame:
    """All numbers of a finding, unrounded, one row a test, hazard, attack or made-up history."""
    rows: list[dict[str, str | float]] = []
    for part, tests in (("primary", [finding.primary]), ("apart", finding.apart), ("family", finding.family)):
        rows += [_pair(part, test) for test in tests]
    if finding.order is not None:
        for who, count in (("sender", finding.order.sender), ("receiver", finding.order.receiver)):
            rows.append({"part": "order", "name": f"{who} first", "observed": count, "p": finding.order.p})
    for each in finding.hazards:
        for what, ratio in (
            ("past", each.past), ("future", each.future), ("placebo links", each.unlinked), ("past over placebo links", each.beyond),
        ):  # fmt: skip
            if ratio is not None:
                rows.append(_row("hazard", f"{what}; {each.name}", ratio))
    rows += [_row("attack", attack.name, attack) for attack in finding.attacks]
    for row in finding.alarms:
        part, name = "power" if row.contagion else "false alarms", f"{row.title} ({row.histories} histories)"
        rows.append(_row(part, name, row) | {"share": row.alarms / row.histories})
    return framed(rows, COLUMNS)


def framed(rows: Sequence[Mapping[str, str | float | None]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a data frame; all columns but `part` and `name` are numbers, NaN where a row has none."""
    import pandas as pd

    words = ("part", "name")
    return pd.DataFrame(rows, columns=list(columns)).astype(
        {name: "object" if name in words else "float64" for name in columns}
    )


def as_csv(table: pd.DataFrame, command: str) -> str:
    """A table of numbers as CSV under the command that makes it, to four figures, from a thousand on to whole numbers."""
    return f"# {command}\n" + table.to_csv(index=False, lineterminator="\n", float_format=_figures)


def _figures(value: Any) -> str:
    return f"{value:.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"


def _pair(part: str, test: PairTest) -> dict[str, str | float]:
    family = test.family if part == "family" else math.nan
    return _row(part, test.name, test) | {"linked": test.linked, "p_family": family}


def _row(part: str, name: str, found: PairTest | Ratio | Attack | Alarm) -> dict[str, str | float]:
    row = {"part": part, "name": name, **{key: getattr(found, key) for key in NUMBERS if hasattr(found, key)}}
    return row | {"low": math.nan, "high": math.nan} if isinstance(found, Ratio) and not found.told else row


def words(finding: Finding, verdict: Verdict) -> str:
    """The finding as Markdown: the verdict, then what it rests on."""
    data = finding.events
    strata = many(len(data.strata_names), "stratum", "strata")
    last = data.origin + timedelta(days=float(data.day_of.max()))
    pairs = [_pair_cells(test, "") for test in (finding.primary, *finding.apart)]
    pairs += [_pair_cells(test, f"{test.family:.2g}") for test in finding.family]
    parts: list[Block] = [
        Heading(capital(verdict.word), 1),
        Bullets(verdict.sentences),
        Text(
            f"{data.units_acted} of {len(data.units)} units have an event, from {data.origin} to {last}, in {strata}; "
            f"{many(len(finding.links), 'link')} ({finding.how})."
        ),
        *map(Text, data.remarks),
        Heading("Pairs"),
        Table(("pairs", "linked", "close", "expected", "ratio (95 %)", "p", "p over the family"), pairs),
        Heading("Hazards"),
        Bullets([_hazard_line(each, finding) for each in finding.hazards]),
        Heading("Attacks on the primary result"),
        Bullets([_attack_line(each) for each in finding.attacks]),
    ]
    if finding.alarms:
        parts += [
            Heading("Power and false alarms on made-up histories on this map"),
            Table(_ALARMS, [_alarm_cells(row) for row in finding.alarms]),
        ]
    return markdown(parts)


def _pair_cells(test: PairTest, family: str) -> tuple[str, ...]:
    interval = "cannot be told" if math.isnan(test.high) else f"{test.low:.2f} to {test.high:.2f}"
    ratio = "–" if math.isnan(test.ratio) else f"{test.ratio:.2f} ({interval})"
    return (
        test.name,
        f"{test.linked:,}",
        rounded(test.observed, 4),
        rounded(test.expected, 4),
        ratio,
        f"{test.p:.2g}",
        family,
    )


def _hazard_line(each: Hazard, finding: Finding) -> str:
    if each.past is None and each.future is None and each.unlinked is None:
        return f"{each.name}: no estimate. {capital(each.problem)}."
    role = "a placebo" if finding.links.directed else "no placebo, the links go both ways"
    length = (
        "" if finding.spans is None else f" (mean length {finding.spans[1]:.3g} km, links {finding.spans[0]:.3g} km)"
    )
    past = "hazard times no known ratio" if each.past is None else f"hazard times {ratio_text(each.past)}"
    future, unlinked = ("none" if ratio is None else ratio_text(ratio) for ratio in (each.future, each.unlinked))
    return (
        f"{each.name}: {past} for each linked unit that acted {days_apart(finding.window)} before; "
        f"for its future {future} ({role}); for placebo links{length} {unlinked}.{each.problem and f' {capital(each.problem)}.'}"
    )


def _attack_line(each: Attack) -> str:
    share = "" if each.share is None else f", at most .05 in {percent(each.share)} of repetitions"
    middle = "" if each.share is None else "median "
    return f"{each.name}: {middle}ratio {or_dash(each.ratio)}, {middle}p = {each.p:.2g}{share}"


def _alarm_cells(row: Alarm) -> tuple[str, ...]:
    future, unlinked = (
        "" if math.isnan(value) else f"{round(value * row.fitted)} of {row.fitted}"
        for value in (row.future, row.unlinked)
    )
    found, interval = f"{row.alarms} of {row.histories}", f"{row.low:.2f} to {row.high:.2f}"
    return row.title, found, interval, or_dash(row.ratio), f"{row.reached:.2f}", future, unlinked


def or_dash(value: float, form: str = ".2f") -> str:
    """A number; a dash where it has no value."""
    return "–" if math.isnan(value) else f"{value:{form}}"
