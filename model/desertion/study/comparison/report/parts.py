"""Parts of the page: sections, table of policies, figures; well-formed as XML too, so that any parser can check it."""

from collections.abc import Sequence
from html import escape

import pandas as pd

from desertion.figures.labels import span
from desertion.scenario.consistency import ALL_FORCES
from desertion.scenario.grain import mark
from desertion.study.comparison.outcomes import BY_NAME
from desertion.study.comparison.report.pictures import Picture
from desertion.study.comparison.report.words import change, short, sign_of
from desertion.study.comparison.tables import Tables


def header(title: str, question: str, byline: str) -> str:
    """Title, question and the size of the comparison."""
    return (
        f'<header>\n<h1>{escape(title)}</h1>\n<p class="question">{escape(question)}</p>\n'
        f'<p class="byline">{escape(byline)}</p>\n</header>'
    )


def section(name: str, title: str, body: str) -> str:
    """A part of the page with its heading."""
    return f'<section aria-labelledby="{name}">\n<h2 id="{name}">{escape(title)}</h2>\n{body}\n</section>'


def fold(name: str, title: str, body: str) -> str:
    """A part of the page that opens on a click and is not printed."""
    return (
        f'<section aria-labelledby="{name}" class="fold">\n<details>\n<summary><h2 id="{name}">{escape(title)}</h2></summary>\n{body}\n</details>\n'
        "</section>"
    )


def answer(sentences: Sequence[str]) -> str:
    """The sentences of the answer below each other."""
    lines = "\n".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    return f'<div class="answer">\n{lines}\n</div>'


def definitions(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """Names with what they mean."""
    listed = "\n".join(f"<dt>{escape(name)}</dt>\n<dd>{escape(text)}</dd>" for name, text in rows)
    return f"<h3>{escape(title)}</h3>\n<dl>\n{listed}\n</dl>"


def code(text: str) -> str:
    """A command to be copied, scrollable with the keyboard where it is long."""
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def figure(shown: Picture, number: int) -> str:
    """A figure with its caption; the page's own colour scheme picks the light or the dark one."""
    return (
        f'<figure>\n<picture>\n<source srcset="{shown.dark}" media="screen and (prefers-color-scheme: dark)" />\n'
        f'<img src="{shown.light}" alt="{escape(shown.alt)}" width="{shown.width}" height="{shown.height}" />\n</picture>\n'
        f"<figcaption><strong>Figure {number}.</strong> {escape(shown.caption)}</figcaption>\n</figure>"
    )


def headline_tables(comparison: Tables) -> str:
    """The tables of policies by the outcomes that are looked at first."""
    return "".join(_headline_table(comparison, force, names) for force, names in comparison.printed.items())


def _headline_table(comparison: Tables, force: str, names: Sequence[str]) -> str:
    table = comparison.headline(force, names)
    order = comparison.by_effect(None if force == ALL_FORCES else force)
    of = "all forces" if force == ALL_FORCES else force
    caption = f"{of} and all hosts" if len(comparison.forces) == 1 else of
    heads = "".join(f'<th scope="col">{escape(BY_NAME[name].title)}</th>' for name in names)
    rows = "\n".join(_row(table, policy, comparison.names[policy], names) for policy in order)
    return (
        f'<div class="wide" role="region" aria-label="Outcomes for {escape(of)} by policy" tabindex="0">\n<table>\n'
        f"<caption>Outcomes for {escape(caption)}</caption>\n"
        f'<thead>\n<tr><th scope="col">Policy</th>{heads}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n'
    )


def _row(table: pd.DataFrame, policy: str, words: str, names: Sequence[str]) -> str:
    cells = "".join(
        f"<td>{_cell(table[(table['policy'] == policy) & (table['measure'] == name)].iloc[0])}</td>" for name in names
    )
    return f'<tr><th scope="row">{escape(words)}</th>{cells}</tr>'


def _cell(row: pd.Series) -> str:
    unit = str(row["unit"])
    if pd.isna(row["estimate"]):  # no run has the number, however many there are
        return short(float(row["estimate"]), unit)
    ends = span(float(row["low"]), float(row["high"]), lambda end: short(end, unit), "–")
    if unit == "share":
        ends = ends.replace(" %–", "–")
    text = f'{short(float(row["estimate"]), unit)}{mark(row["too_few"])} <span class="range">{ends}</span>'
    if pd.isna(row["difference"]):
        return text
    sign = sign_of(row)
    kind = "strong" if sign == "*" else "span"
    return f'{text}<{kind} class="change">{change(float(row["difference"]), unit)}{sign.strip("*")}</{kind}>'
