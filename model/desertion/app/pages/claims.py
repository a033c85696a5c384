"""The page of the articles' claims, their verdicts, and the worlds behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desertion.app.parts.elements import box, choice, drawn, sentence, text
from desertion.app.parts.inputs import Refused
from desertion.app.parts.markup import table
from desertion.app.request.folder import left_out
from desertion.app.session import Session, current
from desertion.app.ui import solara
from desertion.app.work.job import State
from desertion.app.work.verdicts import verdicts

if TYPE_CHECKING:
    from desertion.study.claims.trial import ClaimsOutcome
from desertion.app.pages.claim_worlds import Worlds, verdict_table
from desertion.app.work.claims import JudgedFile, claims_files, is_asked_for, judged
from desertion.errors import unknown_name
from desertion.figures.labels import many


@solara.component
def ClaimsPage() -> Any:
    """Show what was claimed, what became of it, and in which worlds."""
    session = current()
    address = session.address.value
    solara.Title("Claims - Desertion cascades")
    files = claims_files()
    solara.use_effect(lambda: _open(session), [address.file])
    state: State = session.claims.state.value
    with box([], "") as page:
        text("Claims and verdicts", "h1")
        text(
            "What two articles claim about asylum for deserters, and whether the model shows it over plausible worlds. A verdict speaks of the "
            "model over these worlds, not of any war.",
            kind="lead",
        )
        Refused()
        if files:
            choice("File of runs", address.file if address.file in files else "", {"": "choose a file", **{name: name for name in files}},
                   lambda name: session.change(file=name, claim=""))  # fmt: skip
        else:
            sentence(
                "No runs of claims are in the study folder; make some with: desertion claims --quick --out FOLDER/claims",
                "note",
            )
        if hidden := left_out():
            sentence(hidden, "note")
        if state.problem:
            sentence(state.problem)
        if state.busy:
            text("Judging ...", kind="small", role="status")
        if state.state == "done" and isinstance(state.result, JudgedFile) and state.result.name == address.file:
            _Verdicts(state.result)
        elif state.problem or not is_asked_for(address.file):
            # Not while a file is judged: verdicts of the shipped one would stand under its name.
            _Stored()
    return page


def _open(session: Session) -> None:
    name = session.address.peek().file
    if is_asked_for(name):
        session.claims.start(lambda _tell, _stop: judged(name))
    else:
        session.claims.cancel()


@solara.component
def _Stored() -> Any:
    from desertion.study.claims.document import load

    claims, known, kept = solara.use_memo(load, []), verdicts(), verdicts("ensemble")
    rows: list[list[str]] = []
    for claim in claims.claims:
        verdict = known.get(claim.id)
        found = [verdict.word, verdict.worlds] if verdict else ["not judged", ""]
        matched = f"{kept[claim.id].word}: {kept[claim.id].worlds}" if claim.id in kept else "-"
        rows.append([claim.id, claim.claim, *found, matched, claim.contrast])
    head = ["claim", "in words", "verdict", "worlds that show it, of those that history allows",
            "in worlds that the match to the evidence kept", "what is compared"]  # fmt: skip
    with box([], "") as shown:
        text(
            "Verdicts of the stored run that comes with the program; choose a file of runs to see the worlds behind a verdict.",
            kind="small",
        )
        drawn(table(head, rows, caption="Claims and their stored verdicts", verdict=2, stacks=True))
    return shown


@solara.component
def _Verdicts(file: JudgedFile) -> Any:
    from desertion.study.claims.grain import LEGEND
    from desertion.study.claims.report import CAUTION, what_bounds_are

    session = current()
    outcome = file.outcome
    ids = {row.claim.id: row.claim.id for row in outcome.judged}
    wanted = session.address.value.claim
    with box([], "") as shown:
        if outcome.run.quick:
            sentence("Provisional: few worlds. Read no verdict from it.", "note")
        if file.note:
            text(file.note, kind="small")
        run = outcome.run
        text(f"{CAUTION} {what_bounds_are(run)}", kind="small")
        text(
            f"{many(run.worlds, 'world')}, {run.pairs} of each arm, {many(run.runs, 'run')}, "
            f"seed {run.seed}. The same on the command line:",
            kind="small",
        )
        text(run.command, "code")
        for note in run.floors:
            text(f"{note}.", kind="small")
        drawn(verdict_table(outcome.judged))
        if any(row.few for row in outcome.judged):
            text(LEGEND, kind="small")
        if run.bounds:
            text("History allows the worlds in which these hold; the verdicts speak of those alone.", kind="small")
            for bound in run.bounds:
                text(f"{bound}.", kind="small")
        else:
            text(
                "These runs were made for some claims alone, or their claims file sets no bounds of history.",
                kind="small",
            )
        _Described(outcome)
        if wanted and wanted not in ids:
            sentence(str(unknown_name("claim", wanted, ids)), "note")
        choice(
            "The worlds behind",
            wanted if wanted in ids else "",
            {"": "choose a claim", **ids},
            lambda name: session.change(claim=name),
        )
        if wanted in ids:
            row = next(row for row in outcome.judged if row.claim.id == wanted)
            Worlds(file, row, session.dark.value)
    return shown


@solara.component
def _Described(outcome: ClaimsOutcome) -> Any:
    """What differs between the worlds, and what all of them share, folded up."""
    from desertion.study.claims.report import ASSUMED, range_of

    with box([], "", "details") as described:
        text("What the worlds are", "summary")
        drawn(
            table(
                ["parameter", "range"],
                [[factor.name, range_of(factor)] for factor in outcome.claims.factors],
                caption="Ranges of the worlds",
            )
        )
        for assumed in ASSUMED:
            text(assumed, kind="small")
    return described
