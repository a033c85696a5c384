"""Markup made without Solara: what every page may use."""

from __future__ import annotations

import html
from collections.abc import Sequence


def escaped(text: str) -> str:
    """Text as it may stand in markup and in attributes."""
    return html.escape(text, quote=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = (), caption: str = "") -> str:
    """A table as markup.

    Args:
        head: Names of the columns.
        rows: Plain text, cell by cell; a line break in a cell stays one.
        numbers: Columns that hold numbers, to the right.
        caption: For screen readers.
    """

    def cells(tag: str, row: Sequence[str]) -> str:
        kinds = [' class="n"' if place in numbers else "" for place in range(len(row))]
        scope = ' scope="col"' if tag == "th" else ""
        return "".join(
            f"<{tag}{kind}{scope}>{html.escape(cell).replace(chr(10), '<br>')}</{tag}>"
            for kind, cell in zip(kinds, row, strict=True)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    said = f' aria-label="{escaped(caption)}"' if caption else ""
    # A part that scrolls can be scrolled with the keyboard only if it can be reached by it.
    scroll = f' tabindex="0" role="region" aria-label="{escaped(caption)}, may go on sideways"' if caption else ""
    return f'<div class="app-scroll"{scroll}><table class="data"{said}><thead><tr>{cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'
