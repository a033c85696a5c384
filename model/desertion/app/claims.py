"""Claims: the page of the articles' claims, their verdicts, and the worlds behind each."""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.app.choice import shipped as shipped_names
from desertion.app.drawing import Drawn
from desertion.app.folder import claims_file, names, path_of
from desertion.app.job import State
from desertion.app.parts import box, choice, drawn, sentence, table, text
from desertion.app.session import Session, current
from desertion.app.ui import solara
from desertion.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from desertion.study.claim import Claim, Claims
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
        note: By which claims it was judged, where that is not plain.
    """

    name: str
    outcome: Outcome
    worlds: dict[str, list[object]]
    note: str = ""


def judged(name: str) -> Opened:
    """Judge a file of the study folder by the claims that its runs were made for.

    Raises:
        InputError: If the file holds no claims, or its claims file is not in the folder.
    """
    from desertion.study.claim import load
    from desertion.study.claims import Plan, judged_file
    from desertion.study.store import StudyFile
    from desertion.study.worlds import columns, worlds

    path = path_of(name)
    with StudyFile(path) as file:
        header = file.header()
    spec = header["spec"]
    told = dict(spec["settings"])
    if "worlds_seed" not in told:
        raise InputError(f"{name} holds no claims: open it on the page Study", key="file")
    own, note = _claims_of(name, bool(told.get("claims")), str(dict(header.get("fingerprint", {})).get("claims", "")))
    claims = load(own)
    _check_scenarios(name, claims)
    arms = {str(row["arm"]) for row in spec["design"]["rows"]}
    command = f"desertion claims --worlds {told['worlds']} --seed {told['worlds_seed']}"
    plan = Plan(
        path=own, ids=_ids(claims, arms), count=int(told["worlds"]), replicates=int(spec["replicates"]["number"]),
        scale=float(told["scale"]), seed=int(told["worlds_seed"]), command=f"{command} --claims {own.name}" if own else command,
    )  # fmt: skip
    outcome = judged_file(plan, path)
    points = worlds(outcome.claims.factors, plan.count, plan.seed)
    return Opened(name, outcome, {key: list(values) for key, values in columns(points).items()}, note)


def _claims_of(name: str, is_own: bool, digest: str) -> tuple[Path | None, str]:
    """The claims file that a file of runs was made with, None for the shipped one, and what there is to say about it."""
    from desertion.study.claim import shipped

    if digest == hashlib.sha256(shipped().read_bytes()).hexdigest():
        return None, ""
    found = claims_file(digest)
    if found is not None:
        return found, f"Judged by {found.name}, found in the study folder by the hash that the file of runs holds."
    if is_own:
        raise InputError(
            f"{name} was made with a claims file of its own, which it names but does not hold; put that file, unchanged, into the "
            "study folder, and the runs are judged by it",
            key="file",
        )
    return None, "The shipped claims have changed since these runs were made; they are judged by the present ones."


def _check_scenarios(name: str, claims: Claims) -> None:
    """Refuse arms that run a scenario by its path: a path out of a file is not opened here."""
    known = shipped_names()["scenarios"]
    for arm in claims.arms.values():
        if arm.scenario not in known:
            raise InputError(
                f"{name}: arm {arm.name} of its claims runs a scenario that is not shipped, which is not opened here; judge it with "
                "`desertion claims --report`",
                key="file",
            )


def _ids(claims: Claims, arms: set[str]) -> tuple[str, ...]:
    """Claims that can be judged by these arms; empty, which stands for all, if they are all there."""
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
        if one.note:
            text(one.note, kind="small")
        text(CAUTION, kind="small")
        run = outcome.run
        text(
            f"{run.worlds:,} worlds, {run.replicates} paired replicate{'s' if run.replicates > 1 else ''} of each arm, {run.runs:,} runs, "
            f"seed {run.seed}. The same on the command line:",
            kind="small",
        )
        text(run.command, "code")
        drawn(_table(outcome.judged))
        if run.bounds:
            text("History allows worlds in which these hold; the second verdict speaks of them alone.", kind="small")
            for bound in run.bounds:
                text(f"{bound}.", kind="small")
        else:
            text(
                "These runs were made for some claims alone, or their claims file sets no bounds of history.",
                kind="small",
            )
        _Described(outcome)
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
def _Described(outcome: Outcome) -> Any:
    """What differs between the worlds, and what all of them share, folded up."""
    from desertion.study.claims_report import range_of

    with box([], "", "details") as described:
        text("What the worlds are", "summary")
        drawn(
            table(
                ["parameter", "range"],
                [[one.name, range_of(one)] for one in outcome.claims.factors],
                caption="Ranges of the worlds",
            )
        )
        for assumed in outcome.run.assumed:
            text(assumed, kind="small")
    return described


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
    from desertion.study.claims_report import consistent, effect_size

    lines: list[str] = []
    for row in rows:
        verdict = row.verdict
        share = f"{verdict.shown} of {verdict.worlds} ({100 * verdict.low:.0f} to {100 * verdict.high:.0f} %)"
        effect = f"{effect_size(verdict.median)} ({effect_size(verdict.fifth)} to {effect_size(verdict.ninety_fifth)}) {row.claim.unit}"
        lines.append(
            f'<tr><td>{html.escape(row.claim.id)}</td><td><span class="word {verdict.word}">{verdict.word}</span></td>'
            f"<td>{_allowed(row, consistent(row))}</td>"
            f'<td class="long">{html.escape(row.claim.claim)}</td><td>{html.escape(share)}</td><td>{html.escape(effect)}</td></tr>'
        )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in (
            "claim",
            "verdict",
            "in worlds that history allows",
            "in words",
            "worlds that show it",
            "effect: median, 5 to 95 %",
        )
    )
    return f'<div class="app-scroll"><table class="data" aria-label="Verdicts"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _allowed(row: Judged, told: str) -> str:
    """The verdict over worlds that history allows, its word in the word's colour."""
    if row.consistent is None:
        return html.escape(told)
    word, _, numbers = told.partition(":")
    return f'<span class="word {row.consistent.word}">{html.escape(word)}</span>:{html.escape(numbers)}'


def _world_table(one: Opened, row: Judged) -> str:
    """The first worlds with their parameters and effects, the strongest effects first."""
    order = np.argsort(-row.effects * row.claim.sign, kind="stable")[:_MOST_WORLDS]
    names_ = list(one.worlds)[:8]
    rows: list[list[str]] = []
    for place in order:
        world = row.worlds[place]
        allowed = [] if row.allowed is None else ["yes" if row.allowed[place] else "no"]
        values = [_plain(one.worlds[name][world]) for name in names_]
        rows.append([str(world), f"{row.effects[place]:.3g}", *allowed, *values])
    head = ["world", "effect", *([] if row.allowed is None else ["history allows it"]), *names_]
    return table(head, rows, numbers=(1,), caption="Worlds, the strongest effects first")


def _plain(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _draw(row: Judged, dark: bool) -> Figure:
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
            ylabel=row.claim.unit,
            title=f"{row.claim.id}: shown in {row.verdict.shown} of {row.verdict.worlds} worlds",
        )
        ax.margins(x=0.02)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        return figure
