"""The verdicts for reading: one self-contained HTML page and a Markdown table with the same content."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desertion.study.claims.judging import Judged, Reported
from desertion.study.design.factors import Factor

CAUTION = (
    "A verdict speaks of the model over the worlds described below, not of any war. "
    "A world shows a claim if the effect has the claimed sign and is at least the smallest effect of interest, "
    "which was fixed before the first full run. A claim holds if the lower 95 % Wilson bound of the share of such "
    "worlds is at least 90 %, fails if the upper bound is at most 10 %, and else depends."
)
_PROVISIONAL = "Provisional: a quick run with few worlds. Read no verdict from it."


@dataclass(frozen=True, kw_only=True)
class Run:
    """How the verdicts came about.

    Attributes:
        worlds: worlds asked for.
        complete: worlds in which every arm has run.
        replicates: paired replicates per world and arm.
        people: people per world, by scenario.
        runs: runs in the file.
        seconds: computing time of the runs, added over processes.
        seed: seed of worlds and runs.
        command: command that repeats the study.
        quick: whether it was a quick run.
        assumed: assumptions that every world shares, a sentence each.
        bounds: what history allows, a sentence each.
    """

    worlds: int
    complete: int
    replicates: int
    people: dict[str, int]
    runs: int
    seconds: float
    seed: int
    command: str
    quick: bool
    assumed: tuple[str, ...]
    bounds: tuple[str, ...] = ()


_HEAD = (
    "claim",
    "verdict",
    "in worlds that history allows",
    "worlds showing it",
    "95 % interval",
    "effect: median (5 % to 95 %)",
    "smallest of interest",
)


def markdown(judged: Sequence[Judged], numbers: Sequence[Reported], factors: Sequence[Factor], run: Run) -> str:
    """The report as Markdown."""
    parts = ["# Claims and verdicts", *([f"**{_PROVISIONAL}**"] if run.quick else []), CAUTION, _size(run)]
    for title, rows in _groups(judged):
        parts += [f"## {title}", _table(_HEAD, [_cells(row) for row in rows])]
    dependent = [row for row in judged if row.verdict.word == "depends"]
    if dependent:
        parts += ["## On what it depends", "\n".join(f"- **{row.claim.id}**: {depends_on(row)}" for row in dependent)]
    parts += [
        "## What was compared",
        _table(("claim", "source", "contrast", "could be reversed by"), _contrasts(judged)),
    ]
    if numbers:
        parts += ["## Numbers", _table(("number", "median (5 % to 95 %)", "worlds with a value"), _numbers(numbers))]
    parts += ["## Worlds", _table(("parameter", "range"), [(one.name, range_of(one)) for one in factors])]
    if run.bounds:
        parts += ["## Worlds that history allows", "\n".join(f"- {sentence}" for sentence in run.bounds)]
    parts += ["## Assumed in every world", "\n".join(f"- {sentence}" for sentence in run.assumed)]
    return "\n\n".join(parts) + "\n"


def page(judged: Sequence[Judged], numbers: Sequence[Reported], factors: Sequence[Factor], run: Run) -> str:
    """The report as one HTML page that needs nothing else."""
    parts = [f"<p class=provisional>{_PROVISIONAL}</p>" if run.quick else "", _p(CAUTION), _p(_size(run))]
    for title, rows in _groups(judged):
        body = "".join(_html_row(row) for row in rows)
        head = "".join(f"<th>{html.escape(name)}</th>" for name in (*_HEAD, ""))
        parts.append(f"<h2>{html.escape(title)}</h2><table><tr>{head}</tr>{body}</table>")
    dependent = [row for row in judged if row.verdict.word == "depends"]
    if dependent:
        items = "".join(f"<li><b>{row.claim.id}</b>: {html.escape(depends_on(row))}</li>" for row in dependent)
        parts.append(f"<h2>On what it depends</h2><ul>{items}</ul>")
    heads = ("claim", "source", "contrast", "could be reversed by")
    parts.append("<h2>What was compared</h2>" + _html_table(heads, _contrasts(judged)))
    if numbers:
        heads = ("number", "median (5 % to 95 %)", "worlds with a value")
        parts.append("<h2>Numbers</h2>" + _html_table(heads, _numbers(numbers)))
    parts.append("<h2>Worlds</h2>" + _html_table(("parameter", "range"), [(f.name, range_of(f)) for f in factors]))
    if run.bounds:
        parts.append(
            "<h2>Worlds that history allows</h2><ul>" + "".join(f"<li>{_e(s)}</li>" for s in run.bounds) + "</ul>"
        )
    parts.append("<h2>Assumed in every world</h2><ul>" + "".join(f"<li>{_e(s)}</li>" for s in run.assumed) + "</ul>")
    return _PAGE.format(body="\n".join(part for part in parts if part))


def depends_on(row: Judged) -> str:
    """The sentence that says where the worlds that show the effect lie."""
    share = f"{row.verdict.share:.0%} of the worlds show it"
    if row.box is None:
        return f"{share}; no parameter range separates them."
    return (
        f"{share}; where {row.box.where()}, {row.box.density:.0%} do "
        f"({row.box.support:.0%} of all worlds lie there, {row.box.coverage:.0%} of those that show it)."
    )


def range_of(one: Factor) -> str:
    """A factor's range in words."""
    if one.values:
        return ", ".join(str(value) for value in one.values)
    spread = "evenly in the logarithm" if one.log else "evenly" if one.form == "range" else one.form
    return f"{' to '.join(f'{number:g}' for number in one.numbers)}, {spread}"


def effect_size(value: float) -> str:
    """An effect to three digits."""
    return "no value" if math.isnan(value) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def consistent(row: Judged) -> str:
    """The verdict over worlds that history allows, with its numbers; a dash where the claims file sets no bounds."""
    found = row.consistent
    if found is None:
        return "-"
    return f"{found.word}: {found.shown} of {found.worlds}, {found.low:.0%} to {found.high:.0%}"


def _groups(judged: Sequence[Judged]) -> Iterable[tuple[str, list[Judged]]]:
    open_question = [row for row in judged if not row.claim.by_construction]
    built_in = [row for row in judged if row.claim.by_construction]
    if open_question:
        yield "Claims that could have gone either way", open_question
    if built_in:
        yield "Near to true by construction: the size of the effect is the finding", built_in


def _cells(row: Judged) -> tuple[str, ...]:
    verdict = row.verdict
    spread = f"{effect_size(verdict.median)} ({effect_size(verdict.fifth)} to {effect_size(verdict.ninety_fifth)})"
    extra = f"; no value in {verdict.undefined}" if verdict.undefined else ""
    return (
        f"{row.claim.claim} ({row.claim.id})",
        verdict.word,
        consistent(row),
        f"{verdict.shown} of {verdict.worlds}; opposite in {verdict.reversed}{extra}",
        f"{verdict.low:.1%} to {verdict.high:.1%}",
        f"{spread} {row.claim.unit}",
        f"{'+' if row.claim.sign > 0 else '-'}{row.claim.smallest:g}",
    )


def _contrasts(judged: Sequence[Judged]) -> list[tuple[str, ...]]:
    return [(row.claim.id, row.claim.source, row.claim.contrast, row.claim.could_reverse) for row in judged]


def _numbers(numbers: Sequence[Reported]) -> list[tuple[str, ...]]:
    return [
        (
            row.number.title,
            f"{effect_size(row.median)} ({effect_size(row.fifth)} to {effect_size(row.ninety_fifth)}) {row.number.unit}",
            str(row.worlds),
        )
        for row in numbers
    ]


def _size(run: Run) -> str:
    people = ", ".join(f"{count:,} people in {name}" for name, count in run.people.items())
    return (
        f"{run.complete} of {run.worlds} worlds complete, {run.replicates} paired replicates of each arm in each world, {people}; "
        f"{run.runs:,} runs, {run.seconds / 60:.0f} minutes of computing, seed {run.seed}. Repeat it with: {run.command}"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _e(text: str) -> str:
    return html.escape(text)


def _p(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{_e(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{_e(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _html_row(row: Judged) -> str:
    cells = _cells(row)
    verdict = f"<td class={cells[1]}>{cells[1]}</td>"
    rest = "".join(f"<td>{_e(cell)}</td>" for cell in cells[2:])
    return f"<tr><td>{_e(cells[0])}</td>{verdict}{rest}<td>{_bar(row)}</td></tr>"


def _bar(row: Judged) -> str:
    """A share from 0 to 1 with its interval, and the two lines at 10 and 90 per cent."""
    low, high, share = (100 * value for value in (row.verdict.low, row.verdict.high, row.verdict.share))
    return (
        '<svg viewBox="0 0 104 12" width="208" height="24" role="img" '
        f'aria-label="{share:.0f} per cent of worlds, {low:.0f} to {high:.0f}">'
        '<rect x="2" y="5" width="100" height="2" fill="#ddd"/>'
        '<path d="M12 1v10M92 1v10" stroke="#999" stroke-dasharray="1 1"/>'
        f'<rect x="{2 + low:.1f}" y="4" width="{max(high - low, 0.5):.1f}" height="4" fill="#8aa9c4"/>'
        f'<circle cx="{2 + share:.1f}" cy="6" r="2.4" fill="#12355b"/></svg>'
    )


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Claims and verdicts</title><style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}}
table{{border-collapse:collapse;width:100%;margin:1rem 0}}
td,th{{border-bottom:1px solid #ccc;padding:.35rem .5rem;text-align:left;vertical-align:top;font-size:.92rem}}
.holds{{font-weight:700;color:#0b5d3b}}.fails{{font-weight:700;color:#9b1c1c}}.depends{{font-weight:700;color:#6b4a00}}
.provisional{{border:2px solid #9b1c1c;padding:.6rem;font-weight:700}}
</style></head><body><h1>Claims and verdicts</h1>
{body}
</body></html>
"""
