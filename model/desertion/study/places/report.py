"""A finding in words and as a table."""

import csv
import io
import math

from desertion.study.places.finding import Alarm, Attack, Finding, Hazard
from desertion.study.places.hazard import Ratio
from desertion.study.places.pairs import PairTest
from desertion.study.places.verdict import Verdict, ratio_text

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
)
NUMBERS = ("observed", "expected", "ratio", "low", "high", "p", "share")


def table(finding: Finding, command: str) -> str:
    """All numbers of a finding as CSV, under the command that makes them."""
    text = io.StringIO()
    text.write(f"# {command}\n")
    rows = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    rows.writeheader()
    for part, tests in (("primary", [finding.primary]), ("apart", finding.apart), ("family", finding.family)):
        rows.writerows(_pair(part, test) for test in tests)
    for each in finding.hazards:
        for what, ratio in (("past", each.past), ("future", each.future), ("placebo links", each.unlinked)):
            if ratio is not None:
                rows.writerow(_row("hazard", f"{what}; {each.name}", ratio))
    rows.writerows(_row("attack", attack.name, attack) for attack in finding.attacks)
    for row in finding.alarms:
        part, name = "power" if row.contagion else "false alarms", f"{row.name} ({row.histories} histories)"
        rows.writerow(_row(part, name, row) | {"share": _n(row.alarms / row.histories)})
    return text.getvalue()


def _pair(part: str, test: PairTest) -> dict[str, str]:
    family = _n(test.family) if part == "family" else ""
    return _row(part, test.name, test) | {"linked": str(test.linked), "p_family": family}


def _row(part: str, name: str, found: PairTest | Ratio | Attack | Alarm) -> dict[str, str]:
    return {"part": part, "name": name, **{key: _n(getattr(found, key)) for key in NUMBERS if hasattr(found, key)}}


def _n(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.4g}"


def words(finding: Finding, verdict: Verdict) -> str:
    """The finding as Markdown: the verdict, then what it rests on."""
    data = finding.events
    lines = [
        f"# {verdict.word[0].upper()}{verdict.word[1:]}",
        "",
        *(f"- {sentence}" for sentence in verdict.sentences),
        "",
        f"{data.units_acted} of {len(data.units)} units have an event, from {data.origin}, in {len(data.strata_names)} "
        f"{'strata' if len(data.strata_names) > 1 else 'stratum'}; {len(finding.links)} links ({finding.how}).",
        *data.remarks,
        "",
        "## Pairs",
        "",
        "| pairs | linked | close | expected | ratio (95 %) | p | p over the family |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_pair_row(test, "") for test in (finding.primary, *finding.apart)),
        *(_pair_row(test, f"{test.family:.2g}") for test in finding.family),
        "",
        "## Hazards",
        "",
        *(_hazard_line(each, finding) for each in finding.hazards),
        "",
        "## Attacks on the primary result",
        "",
        *(_attack_line(each) for each in finding.attacks),
    ]
    if finding.alarms:
        lines += [
            "",
            "## Power and false alarms on made-up histories on this map",
            "",
            "| history | alarms at p ≤ .05 | 95 % | median ratio | ratio as large as observed | future predicts | placebo links predict |",
            "|---|--:|--:|--:|--:|--:|--:|",
            *(_alarm_row(row) for row in finding.alarms),
        ]
    return "\n".join(lines) + "\n"


def _pair_row(test: PairTest, family: str) -> str:
    return (
        f"| {test.name} | {test.linked:,} | {test.observed:.4g} | {test.expected:.4g} | "
        f"{test.ratio:.2f} ({test.low:.2f} to {test.high:.2f}) | {test.p:.2g} | {family} |"
    )


def _hazard_line(each: Hazard, finding: Finding) -> str:
    if each.past is None or each.future is None or each.unlinked is None:
        return f"- {each.name}: no estimate. {each.problem}"
    role = "a placebo" if finding.links.directed else "no placebo, the links go both ways"
    length = (
        "" if finding.spans is None else f" (mean length {finding.spans[1]:.3g} km, links {finding.spans[0]:.3g} km)"
    )
    return (
        f"- {each.name}: hazard times {ratio_text(each.past)} for each linked unit that acted 1 to {finding.window} days before; "
        f"for its future {ratio_text(each.future)} ({role}); for placebo links{length} {ratio_text(each.unlinked)}."
    )


def _attack_line(each: Attack) -> str:
    share = "" if each.share is None else f", at most .05 in {each.share:.0%} of repetitions"
    middle = "" if each.share is None else "median "
    return f"- {each.name}: {middle}ratio {each.ratio:.2f}, {middle}p = {each.p:.2g}{share}"


def _alarm_row(row: Alarm) -> str:
    future, unlinked = ("" if math.isnan(value) else f"{value:.2f}" for value in (row.future, row.unlinked))
    return (
        f"| {row.name} | {row.alarms} of {row.histories} | {row.low:.2f} to {row.high:.2f} | {row.ratio:.2f} | "
        f"{row.reached:.2f} | {future} | {unlinked} |"
    )
