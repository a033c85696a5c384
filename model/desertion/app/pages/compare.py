"""The page of several policies on the same people and fates."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from desertion.app.parts.drawing import FigurePanel, png
from desertion.app.parts.elements import Save, box, button, choice, drawn, sentence, several, text
from desertion.app.parts.inputs import Refused, Sizes, asked
from desertion.app.parts.markup import table
from desertion.app.request.choice import DOORS, arm_in_words, misfits, shipped
from desertion.app.request.limits import limits
from desertion.app.session import Session, current
from desertion.app.ui import solara
from desertion.app.work.comparison import Result, compare, what_is_compared
from desertion.app.work.job import State
from desertion.figures.labels import span, titled
from desertion.scenario.documents import AS_IT_IS, JOIN
from desertion.scenario.grain import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from desertion.study.comparison.comparison import Comparison

FIGURES = {
    "curves": "Median of all who have left by each day, a line a policy, with the middle half of the runs as a band.",
    "panels": "The same, a panel a policy, with the other policies in grey.",
    "effects": "Paired differences in all who left from the baseline, with 95 % intervals.",
    "attribution": "How many left under both policies, only under the baseline, only under the other policy.",
    "routes": "Who left, by way, under each policy.",
    "strength": "Strength relative to the first day under each policy.",
    "hosts": "Most cases that waited at once, host by host, under each policy.",
}
"""Figures of the page, and what they show in words."""


@solara.component
def Compare() -> Any:
    """Choose policies, run them on the same people, and see the difference."""
    solara.Title("Compare - Desertion cascades")
    with box([], "") as page:
        text("Policies on the same people and fates", "h1")
        text(
            "Every policy meets the same people with the same fates, replicate by replicate, so that what differs is the policy's doing. "
            "The first policy is the baseline.",
            kind="lead",
        )
        text("Change what is compared", "a", "app-down", href="#inputs")
        Refused("seed", "scale", "days", "runs")
        with box([], "app-grid"):
            with box([], "app-view", "section", aria_label="The comparison"):
                _Outcome()
            with box([], "app-controls", "section", aria_label="Inputs", id="inputs"):
                _Choice()
    return page


@solara.component
def _Choice() -> Any:
    session = current()
    address = session.address.value
    options = {AS_IT_IS: titled([]), **shipped()["policies"]}
    options |= {arm: arm_in_words(arm) for arm in address.arms if arm not in options}
    with box([], "") as inputs:
        choice("Scenario", address.scenario, shipped()["scenarios"], session.choose_scenario)
        several(
            "Policies to compare, the first is the baseline", address.arms, options, lambda arms: session.change(arms=arms),
            adding="Add a policy", most=limits().arms, unfit=misfits(address.scenario),
        )  # fmt: skip
        if address.arms:
            several(
                "Lay one more policy over the last of these", (), shipped()["policies"], lambda names: _lay(session, *names),
                adding="Choose it", unfit=misfits(address.scenario),
            )  # fmt: skip
        asked(session, "runs", "Runs of each policy", str(address.runs), hint=f"Replicates, 1 to {limits().runs}.")
        Sizes()
        for key, value in address.settings:
            if key == DOORS:
                text(
                    f"The asylum dial ({value}) is left out here: it would move the doors of every policy named.",
                    kind="small",
                )
            else:
                text(f"Also set: {key} = {value}", kind="small")
    return inputs


def _lay(session: Session, policy: str) -> None:
    """Make one of the last policy and another that is laid over it."""
    *others, last = session.address.peek().arms
    session.change(arms=(*others, JOIN.join([*([] if last == AS_IT_IS else [last]), policy])))


@solara.component
def _Outcome() -> Any:
    session = current()
    address = session.address.value
    state: State = session.comparison.state.value
    with box([], "") as outcome:
        with box([], "app-buttons"):
            if state.busy:
                button("Stop", session.comparison.cancel, main=True)
            else:
                button("Compare", lambda: _start(session), main=True)
        text(_progress(state), "p", "small", role="status")
        if state.state == "working" and state.parts:
            drawn(f'<progress max="{state.parts}" value="{state.done}" aria-label="runs done"></progress>')
        if state.problem:
            sentence(state.problem)
        if isinstance(state.result, Result):
            # Of the same inputs the same comes out, whatever became of a second try.
            fresh = what_is_compared(state.result.address) == what_is_compared(address)
            if not fresh:
                sentence("What is shown below was compared before, under other inputs than those chosen now.", "note")
            with box([], "" if fresh else "app-stale"):
                ComparisonView(state.result.comparison, f"comparison {state.result.number}", session.dark.value)
    return outcome


def _start(session: Session) -> None:
    address = session.address.peek()
    session.comparison.start(lambda tell, stop: compare(address, tell, stop))


def _progress(state: State) -> str:
    if state.state == "working":
        left = f", about {state.left:.0f} seconds left" if math.isfinite(state.left) and state.done else ""
        return f"{state.done} of {state.parts} runs done{left}. The first comparison starts the workers, which takes some seconds."
    words = {
        "idle": "Nothing has been run yet. Compare gives the answer in words, a table, files to keep, the command line and figures.",
        "waiting": state.waits_for or "Beginning.",
        "cancelled": "Stopped.",
    }
    return words.get(state.state, "")


@solara.component
def ComparisonView(comparison: Any, name: str, dark: bool) -> Any:
    """A comparison: answer, table, downloads, figures.

    Args:
        comparison: The comparison.
        name: What tells it from others.
        dark: Whether the page is dark.
    """
    from desertion.scenario.consistency import ALL_FORCES
    from desertion.study.comparison.report import words
    from desertion.study.comparison.report.answer import answer

    session = current()
    wanted = session.address.value.force
    force = wanted if wanted in comparison.forces else comparison.forces[0]
    with box([], "") as view:
        text("The answer", "h2")
        text(f"{words.byline(comparison)}.", kind="small")
        if len(comparison.forces) > 1:
            choice("Army", force, {name: name for name in comparison.forces}, lambda name: session.change(force=name))
        for line in answer(comparison, force):
            text(line)
        for of, measures in comparison.printed.items():
            if of in (force, ALL_FORCES):
                drawn(_table(comparison, of, measures))
        text(words.table_note(comparison, "with *"), kind="small")
        if floor := comparison.about.get("floor"):
            text(f"Note: {floor}.", kind="small")
        with box([], "app-buttons"):
            Save("Download the table (CSV)", "summary.csv", "text/csv", lambda: _csv(comparison.summary))
            Save("Download the differences (CSV)", "paired.csv", "text/csv", lambda: _csv(comparison.paired))
            Save(
                "Download the curves (PNG)",
                "curves.png",
                "image/png",
                lambda: png(partial(_draw, comparison, "curves", force, False)),
            )
        text("The same on the command line", "h2")
        said, command = words.remake(comparison)
        text(command, "code") if command else text(said)
        with box([], "app-figures"):
            for kind, said in FIGURES.items():
                FigurePanel(partial(_draw, comparison, kind, force, dark), said, (name, kind, force, dark))
    return view


def _draw(comparison: Comparison, kind: str, force: str, dark: bool) -> Figure:
    from desertion.study.comparison.pictures import draw

    return draw(comparison, kind, force=force, dark=dark)


def _csv(frame: Any) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()


def _table(comparison: Comparison, force: str, measures: Sequence[str]) -> str:
    """Policies by outcomes, as markup."""
    from desertion.scenario.consistency import ALL_FORCES
    from desertion.study.comparison.outcomes import BY_NAME
    from desertion.study.comparison.report.words import change, short, sign_of

    headline: Any = comparison.headline(force, measures).set_index(["policy", "measure"])
    rows: list[list[str]] = []
    for policy in comparison.policies:
        cells = [comparison.names[policy]]
        for name in measures:
            row: Any = headline.loc[(policy, name)]
            unit = row["unit"]
            parts = [
                _whole(short(row["estimate"], unit) + mark(row["too_few"])),
                f"({span(row['low'], row['high'], lambda end, unit=unit: _whole(short(end, unit)))})",
            ]
            if policy != comparison.baseline:
                parts.append(_whole(change(row["difference"], unit) + sign_of(row)))
            cells.append("\n".join(parts))
        rows.append(cells)
    head = ["policy", *(BY_NAME[name].title for name in measures)]
    of = "all armies" if force == ALL_FORCES else force
    return table(head, rows, numbers=range(1, len(head)), caption=f"Outcomes by policy, {of}", stacks=True)


def _whole(number: str) -> str:
    """A number that no line breaks in."""
    return number.replace(" ", "\u00a0")
