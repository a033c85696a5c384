"""The worlds behind the verdict on one claim."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.app.parts.drawing import FigurePanel
from desertion.app.parts.elements import box, drawn, text
from desertion.app.parts.markup import table
from desertion.app.ui import solara

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from desertion.study.claims.document import Claim
    from desertion.study.claims.judging import JudgedClaim
from desertion.app.work.claims import JudgedFile
from desertion.figures.labels import many

_MOST_WORLDS, _MOST_PARAMETERS = 40, 8
_UNIT_WIDTH = 44


@solara.component
def Worlds(file: JudgedFile, row: JudgedClaim, dark: bool) -> Any:
    """One claim: what it says, its effect in each world as a picture, and a table of the worlds."""
    from desertion.study.claims.report import in_words

    with box([], "") as shown:
        text(row.claim.claim, "h2")
        for sentence_ in _about(row.claim):
            text(sentence_)
        if not row.reason:
            text(in_words(row))
        if len(row.effects):
            FigurePanel(
                partial(_draw, row, dark),
                f"Effect in each world: {row.verdict.shown} of {row.verdict.worlds} worlds run show it",
                (file.name, row.claim.id, dark),
            )
            drawn(_world_table(file, row))
            text(_cut(file, row), kind="small")
        else:
            text("No world has run all its arms yet.", kind="small")
    return shown


def _about(claim: Claim) -> list[str]:
    return [
        f"Compared: {claim.contrast.rstrip('.')}. Effect: {claim.effect.text} ({claim.unit}).",
        f"It shows in a world if the effect is at least {claim.smallest:g} with the sign {'+' if claim.sign > 0 else '-'}.",
        f"What could turn it: {claim.could_reverse.rstrip('.')}.",
    ]


def verdict_table(rows: tuple[JudgedClaim, ...]) -> str:
    """All verdicts as an HTML table, each with the share of worlds behind it."""
    from desertion.study.blocks import spread

    rows_: list[list[str]] = []
    for row in rows:
        verdict = row.main
        share = f"{verdict.shown} of {verdict.worlds} ({100 * verdict.low:.0f} to {100 * verdict.high:.0f} %)"
        effect = f"{spread(verdict.fifth, verdict.median, verdict.ninety_fifth, few=row.few)} {row.claim.unit}"
        rows_.append([row.claim.id, verdict.word, row.claim.claim, share, effect])
    head = [
        "claim",
        "verdict",
        "in words",
        "worlds that show it, of those that history allows",
        "effect: median, 5 to 95 %",
    ]
    return table(head, rows_, caption="Verdicts", verdict=1, stacks=True)


def _world_table(file: JudgedFile, row: JudgedClaim) -> str:
    """The first worlds with their parameters and effects, the strongest effects first."""
    from desertion.study.blocks import short_number

    order = np.argsort(-row.effects * row.claim.sign, kind="stable")[:_MOST_WORLDS]
    names_ = list(file.worlds)[:_MOST_PARAMETERS]
    rows: list[list[str]] = []
    for place in order:
        world = row.worlds[place]
        allowed = [] if row.allowed is None else ["yes" if row.allowed[place] else "no"]
        values = [_plain(file.worlds[name][world]) for name in names_]
        rows.append([str(world), short_number(float(row.effects[place])), *allowed, *values])
    head = ["world", "effect", *([] if row.allowed is None else ["history allows it"]), *names_]
    return table(head, rows, numbers=(1,), caption="Worlds, the strongest effects first")


def _cut(file: JudgedFile, row: JudgedClaim) -> str:
    """In which order the table stands, and how much of all there is it shows."""
    worlds, parameters = len(row.effects), len(file.worlds)
    return (
        f"The strongest effects in the claim's direction first: {min(worlds, _MOST_WORLDS)} of {many(worlds, 'world')}, "
        f"with {min(parameters, _MOST_PARAMETERS)} of {many(parameters, 'parameter')} that differ between them."
    )


def _plain(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _draw(row: JudgedClaim, dark: bool) -> Figure:
    """The effects of all worlds, sorted, with the smallest effect of interest."""
    from matplotlib.ticker import MaxNLocator

    from desertion.figures import style

    with style.house(dark=dark):
        figure = style.new_figure("wide")
        ax = figure.subplots()
        values = np.sort(row.effects[np.isfinite(row.effects)])
        line = row.claim.sign * row.claim.smallest
        ax.plot(np.arange(1, len(values) + 1), values, "o", markersize=3, color=style.pens(2)[1].color)
        ax.axhline(0.0, color=style.soft_ink(), linewidth=0.8)
        ax.axhline(line, color=style.ink(), linewidth=1.2, linestyle=(0, (6, 2)))
        ax.annotate(
            "smallest effect of interest",
            (0.01, line),
            xycoords=("axes fraction", "data"),
            xytext=(0, 3),
            textcoords="offset points",
            fontsize="small",
        )
        ax.set(
            xlabel="worlds, by effect",
            ylabel=textwrap.fill(row.claim.unit, _UNIT_WIDTH),
            title=f"{row.claim.id}: shown in {row.verdict.shown} of {row.verdict.worlds} worlds run",
        )
        ax.margins(x=0.02)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        style.counts(ax)
        return figure
