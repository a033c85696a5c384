"""The page of one run, played day by day."""

from __future__ import annotations

from typing import Any

from desertion.app.pages.board import Board
from desertion.app.parts.elements import box, button, choice, several, text
from desertion.app.parts.inputs import More, Refused, Sizes
from desertion.app.request.choice import misfits, shipped
from desertion.app.session import current, run_key
from desertion.app.ui import solara

RATES = {"5": "5 days a second", "20": "20 days a second", "60": "60 days a second", "1000": "as fast as it goes"}
"""Speeds of playing."""


@solara.component
def Cascade() -> Any:
    """Choose, play and watch one run."""
    session = current()
    address = session.address.value
    solara.Title("Cascade - Desertion cascades")
    solara.use_effect(session.prepare, [run_key(address)])
    with box([], "") as page:
        text("One run, day by day", "h1")
        text(
            "One run of many that chance allows; Policies and Compare tell how far they lie apart. Choose a scenario and policies, then play.",
            kind="lead",
        )
        text("Change what is run", "a", "app-down", href="#inputs")
        Refused("seed", "scale", "days")
        with box([], "app-grid"):
            with box([], "app-view", "section", aria_label="The run"):
                Buttons()
                Board()
            with box([], "app-controls", "section", aria_label="Inputs", id="inputs"):
                Inputs()
    return page


@solara.component
def Inputs() -> Any:
    """What is run."""
    session = current()
    address = session.address.value
    with box([], "") as inputs:
        choice("Scenario", address.scenario, shipped()["scenarios"], session.choose_scenario)
        several(
            "Policies, laid over each other",
            address.policies,
            shipped()["policies"],
            lambda names: session.change(policies=names),
            adding="Add a policy",
            unfit=misfits(address.scenario),
        )
        text("Where two policies state what does not go together, the one chosen last wins.", kind="small")
        Sizes()
        More()
    return inputs


@solara.component
def Buttons() -> Any:
    """Play, pause, step, reset, and the speed."""
    session = current()
    snapshot = session.snapshot.value
    playing = snapshot.state == "playing"
    still = snapshot.state != "ready"

    def order(name: str, *arguments: Any) -> None:
        if session.live is not None:
            getattr(session.live, name)(*arguments)

    def rate(typed: str) -> None:
        session.rate.value = float(typed)
        order("set_rate", float(typed))

    with box([], "app-buttons", role="group", aria_label="Playing") as row:
        if playing:
            button("Pause", lambda: order("pause"), main=True)
        else:
            button("Play", lambda: order("play"), main=True, disabled=still)
        button("One day", lambda: order("step"), disabled=still)
        button("Ten days", lambda: order("step", 10), disabled=still)
        button("Reset", session.reset, disabled=snapshot.state == "building")
        with box([], "app-speed"):
            choice("Speed", f"{session.rate.value:g}", RATES, rate)
    return row
