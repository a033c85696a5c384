"""A report as a list of blocks (headings, texts, lists, tables), and how they become Markdown or one HTML page.

Texts may hold two marks, `**strong**` and words in backticks; whatever else looks like markup is shown as it stands.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from desertion.scenario.grain import mark


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `kind` is its class on a page."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval, all in [0, 1]."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words.

    Attributes:
        head: names of the columns.
        rows: a cell a column each.
        marked: column whose words are also the classes of their cells on a page.
        shares: a row each, None for nothing to draw, in a column of their own on a page; none for no such column.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    marked: int | None = None
    shares: Sequence[Share | None] = ()


type Block = Heading | Text | Bullets | Table


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown, with a line's end."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {block.text}"
        case Text():
            return block.text
        case Bullets():
            return "\n".join(f"- {item}" for item in block.items)
        case Table():
            lines = [block.head, ["---"] * len(block.head), *block.rows]
            return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def html(blocks: Iterable[Block]) -> str:
    """The blocks as HTML that is well-formed XML too."""
    return "\n".join(_html(block) for block in blocks)


def _html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{_inline(block.text)}</h{block.level}>"
        case Text():
            return f"<p{_class(block.kind)}>{_inline(block.text)}</p>"
        case Bullets():
            return "<ul>\n" + "\n".join(f"<li>{_inline(item)}</li>" for item in block.items) + "\n</ul>"
        case Table():
            head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in block.head)
            rows = [
                "".join(
                    f"<td{_class(cell if column == block.marked else '')}>{_inline(cell)}</td>"
                    for column, cell in enumerate(row)
                )
                for row in block.rows
            ]
            if block.shares:
                head += "<th></th>"
                rows = [
                    f"{row}<td>{_bar(share) if share else ''}</td>"
                    for row, share in zip(rows, block.shares, strict=True)
                ]
            body = "\n".join(f"<tr>{row}</tr>" for row in rows)
            return f'<div class="wide">\n<table class="words">\n<tr>{head}</tr>\n{body}\n</table>\n</div>'


def _inline(text: str) -> str:
    strong = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text))
    return re.sub(r"`(.+?)`", r"<code>\1</code>", strong)


def _class(kind: str) -> str:
    return f' class="{escape(kind)}"' if kind else ""


def _bar(share: Share) -> str:
    """A share from 0 to 1 with its interval, and the two lines at 10 and 90 per cent."""
    low, middle, high = 100 * share.low, 100 * share.middle, 100 * share.high
    return (
        '<svg viewBox="0 0 104 12" width="208" height="24" role="img" fill="currentColor" '
        f'aria-label="{middle:.0f} per cent, {low:.0f} to {high:.0f}">'
        '<rect x="2" y="5" width="100" height="2" opacity="0.15"/>'
        '<path d="M12 1v10M92 1v10" stroke="currentColor" stroke-dasharray="1 1" opacity="0.5"/>'
        f'<rect x="{2 + low:.1f}" y="4" width="{max(high - low, 0.5):.1f}" height="4" opacity="0.45"/>'
        f'<circle cx="{2 + middle:.1f}" cy="6" r="2.4"/></svg>'
    )


def short_number(value: float) -> str:
    """A number to three digits, "no value" for NaN."""
    return "no value" if math.isnan(value) else f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"


def page(title: str, body: str) -> str:
    """One HTML page that needs nothing else, around its body."""
    style = files("desertion.study").joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8" />\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1" />\n'
        '<meta name="color-scheme" content="light dark" />\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def spread(low: float, median: float, high: float, *, few: bool = False) -> str:
    """A median between two quantiles as tables show it; `few` marks one that rests on too few simulated persons."""
    return f"{short_number(median)}{mark(few)} ({short_number(low)} to {short_number(high)})"
