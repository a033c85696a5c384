"""Claims: the page of the articles' claims, their verdicts, and the worlds behind each."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.app.drawing import Drawn
from desertion.app.folder import names, path_of
from desertion.app.job import State
from desertion.app.parts import box, choice, drawn, sentence, table, text
from desertion.app.session import Session, current
from desertion.app.ui import solara
from desertion.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from desertion.study.claim import Claim
    from desertion.study.claims import Outcome
    from desertion.study.judging import Judged

_MOST_WORLDS = 40


@dataclass(frozen=True)
class Opened:
    """A file of claims, judged.

    Attributes:
        name: Name of the file.
        outcome: Verdicts with how they came about.
        worlds: What differs between worlds, a list of values by parameter.
    """

    name: str
    outcome: Outcome
    worlds: dict[str, list[object]]


def judged(name: str) -> Opened:
    """Judge a file of the study folder against the shipped claims.

    Raises:
        InputError: If the file holds no claims, or those of another claims file.
    """
    from desertion.study.claims import Plan, judged_file
    from desertion.study.store import StudyFile
    from desertion.study.worlds import columns, worlds

    path = path_of(name)
    with StudyFile(path) as file:
        spec = file.header()["spec"]
    told = dict(spec["settings"])
    if "worlds_seed" not in told:
        raise InputError(f"{name} holds no claims: open it on the page Study", key="file")
    if told.get("claims"):
        # The path in it names a file of whoever made it; no path out of a file is opened here.
        raise InputError(
            f"{name} was judged by a claims file of its own; this page knows the shipped claims only", key="file"
        )
    arms = {str(row["arm"]) for row in spec["design"]["rows"]}
    plan = Plan(
        ids=_ids(arms), count=int(told["worlds"]), replicates=int(spec["replicates"]["number"]), scale=float(told["scale"]),
        seed=int(told["worlds_seed"]), command=f"desertion claims --worlds {told['worlds']} --seed {told['worlds_seed']}",
    )  # fmt: skip
    outcome = judged_file(plan, path)
    points = worlds(outcome.claims.factors, plan.count, plan.seed)
    return Opened(name, outcome, {key: list(values) for key, values in columns(points).items()})


def _ids(arms: set[str]) -> tuple[str, ...]:
    """Claims that can be judged by these arms; empty, which stands for all, if they are all there."""
    from desertion.study.claim import load

    claims = load()
    if set(claims.arms_needed()) == arms:
        return ()
    ids = tuple(claim.id for claim in claims.claims if {arm for arm, _ in claim.effect.terms} <= arms)
    if not ids or set(claims.chosen(ids).arms_needed()) != arms:
        raise InputError(
            "this file's arms are not those of the shipped claims; run `desertion claims` anew", key="file"
        )
    return ids


@solara.component
def ClaimsPage() -> Any:
    """Show what was claimed, what became of it, and in which worlds."""
    session = current()
    address = session.address.value
    solara.Title("Claims - Desertion cascades")
    files = [name for name in names() if "claims" in name]
    solara.use_effect(lambda: _open(session, files), [address.file])
    state: State = session.claims.state.value
    with box([], "") as page:
        text("Claims and verdicts", "h1")
        text(
            "What two articles claim about asylum for deserters, and whether the model shows it over plausible worlds. A verdict speaks of the "
            "model over these worlds, not of any war.",
            kind="lead",
        )
        if session.problem.value:
            sentence(session.problem.value)
        if files:
            choice("File of runs", address.file if address.file in files else "", {"": "choose a file", **{name: name for name in files}},
                   lambda name: session.change(file=name, claim=""))  # fmt: skip
        else:
            sentence(
                "No runs of claims are in the study folder; make some with: desertion claims --quick --out FOLDER/claims",
                "note",
            )
        if state.problem:
            sentence(state.problem)
        if state.busy:
            text("Judging ...", kind="small", role="status")
        if state.state == "done" and isinstance(state.result, Opened) and state.result.name == address.file:
            _Verdicts(state.result)
        else:
            _Unjudged()
    return page


def _open(session: Session, files: list[str]) -> None:
    name = session.address.peek().file
    if name in files:
        session.claims.start(lambda _tell, _stop: judged(name))


@solara.component
def _Unjudged() -> Any:
    from desertion.study.claim import load

    claims = solara.use_memo(load, [])
    rows = [[claim.id, claim.claim, claim.contrast] for claim in claims.claims]
    return drawn(table(["claim", "in words", "what is compared"], rows, caption="Claims, not yet judged"))


@solara.component
def _Verdicts(one: Opened) -> Any:
    from desertion.study.claims_report import CAUTION

    session = current()
    outcome = one.outcome
    ids = {row.claim.id: row.claim.id for row in outcome.judged}
    wanted = session.address.value.claim
    with box([], "") as shown:
        if outcome.run.quick:
            sentence("Provisional: few worlds. Read no verdict from it.", "note")
        text(CAUTION, kind="small")
        run = outcome.run
        text(
            f"{run.worlds:,} worlds, {run.replicates} replicates, {run.runs:,} runs, seed {run.seed}. Repeat it with: {run.command}",
            kind="small",
        )
        drawn(_table(outcome.judged))
        choice(
            "The worlds behind",
            wanted if wanted in ids else "",
            {"": "choose a claim", **ids},
            lambda name: session.change(claim=name),
        )
        if wanted in ids:
            row = next(row for row in outcome.judged if row.claim.id == wanted)
            _Worlds(one, row, session.dark.value)
    return shown


@solara.component
def _Worlds(one: Opened, row: Judged, dark: bool) -> Any:
    from desertion.study.claims_report import depends_on

    with box([], "") as shown:
        text(row.claim.claim, "h2")
        for sentence_ in _about(row.claim):
            text(sentence_)
        if row.verdict.word == "depends":
            text(depends_on(row))
        if len(row.effects):
            Drawn(
                partial(_draw, row, dark),
                f"Effect in each world: {row.verdict.shown} of {row.verdict.worlds} show it",
                (one.name, row.claim.id, dark),
            )
            drawn(_world_table(one, row))
        else:
            text("No world has run all its arms yet.", kind="small")
    return shown


def _about(claim: Claim) -> list[str]:
    return [
        f"Compared: {claim.contrast.rstrip('.')}. Effect: {claim.effect.text} ({claim.unit}).",
        f"It shows in a world if the effect is at least {claim.smallest:g} with the sign {'+' if claim.sign > 0 else '-'}.",
        f"What could turn it: {claim.could_reverse}",
    ]


def _table(rows: tuple[Judged, ...]) -> str:
    lines: list[str] = []
    for row in rows:
        verdict = row.verdict
        share = f"{verdict.shown} of {verdict.worlds} ({100 * verdict.low:.0f} to {100 * verdict.high:.0f} %)"
        effect = f"{verdict.median:.3g} ({verdict.fifth:.3g} to {verdict.ninety_fifth:.3g}) {row.claim.unit}"
        lines.append(
            f'<tr><td>{html.escape(row.claim.id)}</td><td><span class="word {verdict.word}">{verdict.word}</span></td>'
            f"<td>{html.escape(row.claim.claim)}</td><td>{html.escape(share)}</td><td>{html.escape(effect)}</td></tr>"
        )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("claim", "verdict", "in words", "worlds that show it", "effect: median, 5 to 95 %")
    )
    return f'<div class="app-scroll"><table class="data" aria-label="Verdicts"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _world_table(one: Opened, row: Judged) -> str:
    """The first worlds with their parameters and effects, the strongest effects first."""
    count = min(len(row.effects), len(next(iter(one.worlds.values()))))
    order = np.argsort(-row.effects[:count] * row.claim.sign, kind="stable")[:_MOST_WORLDS]
    names_ = list(one.worlds)[:8]
    rows = [
        [str(int(world)), f"{row.effects[world]:.3g}", *(_plain(one.worlds[name][int(world)]) for name in names_)]
        for world in order
    ]
    return table(["world", "effect", *names_], rows, numbers=(1,), caption="Worlds, the strongest effects first")


def _plain(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _draw(row: Judged, dark: bool) -> Figure:
    """The effects of all worlds, sorted, with the smallest effect of interest."""
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
            ylabel=row.claim.unit,
            title=f"{row.claim.id}: shown in {row.verdict.shown} of {row.verdict.worlds} worlds",
        )
        ax.margins(x=0.02)
        return figure
