"""Markup made without Solara: what every page may use."""

from __future__ import annotations

import html
from collections.abc import Sequence


def escaped(text: str) -> str:
    """Text as it may stand in markup and in attributes."""
    return html.escape(text, quote=True)


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = (), caption: str = "", verdict: int = -1,
    stacks: bool = False,
) -> str:  # fmt: skip
    """A table as markup.

    Args:
        head: Names of the columns.
        rows: Plain text, cell by cell; a line break in a cell stays one.
        numbers: Columns that hold numbers, to the right.
        caption: For screen readers.
        verdict: Column that holds verdicts, each coloured as its word, -1 for none.
        stacks: Whether the cells of a row stand below each other in a narrow window, each with its column's name.
    """

    def cell(tag: str, place: int, words: str) -> str:
        attributes = ' class="n"' if place in numbers else ""
        attributes += ' scope="col"' if tag == "th" else f' data-head="{escaped(head[place])}"' if stacks else ""
        shown = html.escape(words).replace("\n", " <br>")
        shown = f'<span class="word {shown}">{shown}</span>' if place == verdict and tag == "td" else shown
        return f"<{tag}{attributes}>{shown}</{tag}>"

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(cell(tag, place, words) for place, words in zip(range(len(head)), row, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    kind = "data stacks" if stacks else "data"
    said = f' aria-label="{escaped(caption)}"' if caption else ""
    # A part that scrolls can be scrolled with the keyboard only if it can be reached by it.
    scroll = f' tabindex="0" role="region" aria-label="{escaped(caption)}, may go on sideways"' if caption else ""
    return f'<div class="app-scroll"{scroll}><table class="{kind}"{said}><thead><tr>{cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'
