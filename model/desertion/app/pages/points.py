"""The design points of a study page by page, each with the command line that remakes it, and one of them to play."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.app.parts.elements import box, button, choice, drawn, sentence, text
from desertion.app.parts.filter import is_number, shown
from desertion.app.parts.inputs import asked
from desertion.app.parts.markup import table
from desertion.app.request.point import CHANGED, address_of, command_of, is_changed, run_of
from desertion.app.session import current
from desertion.app.ui import solara
from desertion.app.work.failure import without_folders
from desertion.errors import InputError
from desertion.scenario.grain import MARK, legend, mark
from desertion.study.analysis.answers import QUANTILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desertion.app.work.opened import OpenedStudy

A_PAGE = 25
"""Design points of a page."""

_COMMANDS = (
    "A click selects the whole line, which lives through replicate 0 of its point, with the study's people and fates; another number after "
    "--replicate gives another of its replicates."
)


@solara.component
def Points(opened: Any, chosen: Any, measure: str) -> Any:
    """The design points that are let through, with a measure, page by page.

    Args:
        opened: The study.
        chosen: The points of it that are let through.
        measure: The measure.
    """
    from desertion.figures.labels import label

    session = current()
    address = session.address.value
    designs = [int(design) for design in chosen.points["design"]]
    pages = -(-len(designs) // A_PAGE)
    page = min(max(address.page, 1), pages)
    here = tuple(designs[(page - 1) * A_PAGE : page * A_PAGE])
    rows = solara.use_memo(lambda: _rows(chosen, measure), [opened.name, measure, address.where])
    lines = solara.lab.use_task(lambda: _lines(opened, here), dependencies=[opened.name, here], raise_error=False)
    with box([], "") as shown:
        text("Points of the design", "h2")
        if page != address.page:
            sentence(f"There is no page {address.page}: the pages are 1 to {pages}; this is page {page}.", "note")
        _Pages(page, pages, len(designs))
        parameters = [str(name) for name in chosen.points.columns if name != "design"]
        numbers = [place for place, name in enumerate(parameters, 1) if is_number(chosen.points[name])]
        numbers += range(len(parameters) + 1, len(parameters) + 4)
        commands, changed = lines.value if lines.value is not None and not lines.pending else ({}, False)
        if changed:
            sentence(CHANGED, "note")
        drawn(
            _with_commands(
                table(
                    ["point", *parameters, "5\u00a0%", "median", "95\u00a0%", "the\u00a0same\u00a0as\u00a0a\u00a0run"],
                    [[*rows[design], f"\0{design}\0"] for design in here],
                    numbers=numbers,
                    caption="Design points",
                ),
                commands,
                here,
            )
        )
        marked = any(MARK in cell for design in here for cell in rows[design])
        few = f" {legend(1.0 / chosen.scales[0])}." if marked else ""
        text(
            f"5 %, median and 95 % are those of {label(measure)} over the runs of a point.{few} {_COMMANDS}",
            kind="small",
        )
        _Played(opened, here, rows)
    return shown


@solara.component
def _Pages(page: int, pages: int, points: int) -> Any:
    session = current()
    first = (page - 1) * A_PAGE + 1
    with box([], "") as bar:
        if pages > 1:
            with box([], "app-buttons", role="group", aria_label="Pages of points"):
                button("Earlier points", lambda: session.change(page=page - 1), disabled=page == 1)
                button("Later points", lambda: session.change(page=page + 1), disabled=page == pages)
                asked(session, "page", "Page", str(page), unit=f"of {pages}")
        text(f"Points {first:,} to {min(first + A_PAGE - 1, points):,} of {points:,}.", "p", "small", role="status")
    return bar


@solara.component
def _Played(opened: Any, here: tuple[int, ...], rows: dict[int, list[str]]) -> Any:
    """One point to choose and to play."""
    session = current()
    address = session.address.value
    cell = address.cell
    designs = here if cell in here or not 0 <= cell < len(opened.cells) else (cell, *here)
    options = {"-1": "choose a point"} | {str(d): ", ".join(rows[d][:-3]) if d in rows else str(d) for d in designs}
    with box([], "") as shown:
        with box([], "app-buttons"):
            choice("Open one point as a run", str(cell) if str(cell) in options else "-1", options,
                   lambda name: session.change(cell=int(name)))  # fmt: skip
            if 0 <= cell < len(opened.cells):
                with solara.Link(
                    "/watch?" + address_of(run_of(opened.study.spec, opened.cells[cell]), address).query()
                ):
                    text(f"Play point {cell}, replicate 0", "span")
        if cell >= len(opened.cells):
            sentence(f"There is no design point {cell}: they are numbered 0 to {len(opened.cells) - 1}.")
        elif cell >= 0:
            line, why = line_of(opened, cell)
            text(line, "code") if line else text(why, kind="small")
    return shown


def line_of(opened: OpenedStudy, design: int) -> tuple[str, str]:
    """The command line of a design point, or why there is none."""
    try:
        return command_of(opened.study.spec["task"], run_of(opened.study.spec, opened.cells[design])), ""
    except InputError as problem:
        return "", f"No single line remakes it: {without_folders(str(problem))}."


def _lines(opened: OpenedStudy, designs: Sequence[int]) -> tuple[dict[int, tuple[str, str]], bool]:
    """Command lines by design point, and whether the model has changed since."""
    lines = {design: line_of(opened, design) for design in designs}
    speaks = any(line for line, _ in lines.values())
    return lines, speaks and is_changed(opened.study.header, run_of(opened.study.spec, opened.cells[0]))


def _rows(chosen: Any, measure: str) -> dict[int, list[str]]:
    """Cells of the table by design point; a point without a finished run has no quantiles."""
    names = [str(name) for name in chosen.points.columns if name != "design"]
    quantiles, few = (
        table.set_index("design")[[*QUANTILES]] for table in (chosen.summary([measure]), chosen.few(measure))
    )
    rows: dict[int, list[str]] = {}
    for design, *values in chosen.points[["design", *names]].itertuples(index=False):
        known = design in quantiles.index
        spread = zip(quantiles.loc[design], few.loc[design], strict=True) if known else [(np.nan, False)] * 3
        rows[int(design)] = [
            str(design),
            *map(shown, names, values),
            *(_short(number) + mark(is_few) for number, is_few in spread),
        ]
    return rows


def _short(number: float) -> str:
    return "-" if np.isnan(number) else f"{number:,.0f}" if abs(number) >= 10_000 else f"{number:.4g}"


def _with_commands(markup: str, commands: dict[int, tuple[str, str]], designs: Sequence[int]) -> str:
    """The table with each mark replaced by a line in the type of code, or by the reason why there is none."""
    for design in designs:
        line, why = commands.get(design, ("", "..."))
        cell = (
            f'<span class="line" title="{html.escape(line)}">{html.escape(line)}</span>' if line else html.escape(why)
        )
        markup = markup.replace(f"\0{design}\0", cell)
    return markup
