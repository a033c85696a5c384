"""The report of a comparison: one HTML file that needs nothing else, two pages on paper, more in folds."""

import base64
from html import escape
from pathlib import Path

from desertion.figures.labels import many
from desertion.files import write_text
from desertion.study.blocks import Bullets, Text, html
from desertion.study.blocks import page as document
from desertion.study.comparison.report import parts, words
from desertion.study.comparison.report.answer import answer
from desertion.study.comparison.report.pictures import FIRST, PICTURES, picture
from desertion.study.comparison.tables import Tables
from desertion.study.run.origin import installed

__all__ = ["page", "write"]


def write(comparison: Tables, path: Path) -> Path:
    """Path of the report of a comparison, which is written whole or not at all.

    Raises:
        InputError: If the folder cannot be written to.
    """
    return write_text(path, page(comparison))


def page(comparison: Tables) -> str:
    """The report as HTML."""
    title = f"{comparison.title}: {many(len(comparison.policies), 'policy', 'policies')} compared"
    return document(title, "\n".join(_sections(comparison, title)))


def _sections(comparison: Tables, title: str) -> list[str]:
    figures = {kind: parts.figure(picture(comparison, kind), number) for number, kind in enumerate(PICTURES, start=1)}
    first, *others = words.limits(comparison)
    numbers = parts.headline_tables(comparison) + html(
        [Text(words.table_note(comparison), "note"), Text(first, "note")]
    )
    more = "\n".join(figure for kind, figure in figures.items() if kind not in FIRST)
    return [
        parts.header(title, words.question(comparison), words.byline(comparison)),
        parts.section("answer", "The answer", parts.answer(answer(comparison))),
        parts.section("numbers", "The numbers", numbers),
        parts.section("figures", "What happened", "\n".join(figures[kind] for kind in FIRST)),
        parts.fold("more", "More figures", more),
        parts.fold(
            "assumed", "What was assumed", html([Bullets(words.assumptions(comparison))]) + _policies(comparison)
        ),
        parts.fold("limits", "Limits", html([Bullets([first, *others])])),
        parts.fold("remake", "How to remake it", _remake(comparison)),
    ]


def _policies(comparison: Tables) -> str:
    rows = [
        (f"{comparison.names[policy]} ({policy})", words.described(comparison, policy))
        for policy in comparison.policies
    ]
    return parts.definitions("The policies", rows)


def _remake(comparison: Tables) -> str:
    tables = " ".join(
        f'<a download="{name}.csv" href="data:text/csv;base64,{base64.b64encode(table.to_csv(index=False).encode()).decode()}">{name}.csv</a>'
        for name, table in comparison.tables().items()
        if name != "curves"
    )
    versions = ", ".join(f"{name} {number}" for name, number in comparison.header["versions"].items())
    sentence, command = words.remake(comparison)
    return (
        f"<p>{escape(sentence)}</p>\n{parts.code(command) if command else ''}\n"
        f"<p>Tables: {tables}. All runs with their daily curves are in <code>{escape(comparison.path.name)}</code>.</p>\n"
        f"<p>desertion {installed('desertion')}; {escape(versions)}; study "
        f"<code>{escape(str(comparison.header['spec_sha256'])[:16])}</code>.</p>"
    )
