"""The page of one life and of what moves it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.app.parts.drawing import FigurePanel
from desertion.app.parts.elements import box, button, choice, drawn, sentence, text
from desertion.app.parts.inputs import Refused, asked
from desertion.app.parts.markup import table
from desertion.app.request.choice import scenario_of
from desertion.app.session import Session, current, run_key
from desertion.app.ui import solara
from desertion.app.work.job import CancelledError, State
from desertion.errors import InputError, unknown_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from desertion.app.request.address import Address

_MOST_CHANGES = 40
LATEST_WORDS = {
    "rate": "hazard a day",
    "probability": "chance to leave that day",
    "clock": "clock",
    "threshold": "own threshold",
}


@solara.component
def Person() -> Any:
    """Pick a person and follow his life, with the terms of his hazard day by day."""
    session = current()
    address = session.address.value
    solara.Title("Person - Desertion cascades")
    solara.use_effect(lambda: _follow(session), [run_key(address), address.person])
    state: State = session.life.state.value
    with box([], "") as page:
        text("One life and what moves it", "h1")
        text(
            "Pick somebody in the picture on the page “Watch it happen”, or give a number. That life is run again from the first day under the same "
            "seed, and every term that the rules add up is written down. People leave on the day on which a clock reaches their own threshold, and where "
            "contagion goes by thresholds also once enough others have left.",
            kind="lead",
        )
        Refused("person")
        with box([], "app-buttons"):
            person = str(address.person) if address.person >= 0 else ""
            asked(session, "person", "Person", person, placeholder="number in the run")
            button("Next one who leaves", lambda: _someone(session, True))
            button("Next one who stays", lambda: _someone(session, False))
        if state.problem:
            sentence(state.problem)
        if state.busy:
            with box([], "app-buttons"):
                text("Following this life ...", "span", role="status")
                button("Stop", session.life.cancel)
        if address.person < 0 and not state.busy:
            text("Nobody has been picked yet.", kind="small")
        if isinstance(state.result, tuple):
            if state.state != "done":
                sentence("What is shown below is the life looked at before.", "note")
            with box([], "" if state.state == "done" else "app-stale"):
                _Life(*state.result)
    return page


@solara.component
def _Life(about: str, trace: Any) -> Any:
    session = current()
    routes = [str(route) for route in dict.fromkeys(trace["route"]) if route]
    wanted = session.address.value.route
    with box([], "") as life:
        text(about)
        drawn(_changes(trace))
        if not routes:
            text("At no time of this run was there a way to leave.", kind="small")
        else:
            from desertion.figures.labels import ROUTE_NAMES

            route = wanted if wanted in routes else _likeliest(trace)
            if wanted and wanted != route:
                sentence(str(unknown_name("way open to this person", wanted, routes)), "note")
            choice("Way to leave", route, {name: ROUTE_NAMES.get(name, name) for name in routes},
                   lambda name: session.change(route=name))  # fmt: skip
            key = (id(trace), route, session.dark.value)
            FigurePanel(
                partial(_draw, trace, route, about, session.dark.value),
                f"Terms of the log-hazard, daily chance and clock for: {route}",
                key,
            )
            drawn(_terms(trace, route))
    return life


def _follow(session: Session) -> None:
    address = session.address.peek()
    if address.person < 0:
        session.life.cancel()
        return

    def work(tell: Any, stop: threading.Event) -> tuple[str, pd.DataFrame]:
        tell(state="working")
        return life_of(address, stop.is_set)

    session.life.start(work)


def life_of(address: Address, stopped: Callable[[], bool] = lambda: False) -> tuple[str, pd.DataFrame]:
    """Who a person is, in a sentence, and the trace of his life.

    Args:
        address: The run and the person.
        stopped: Asked every day; once it says yes the life is followed no further.

    Raises:
        InputError: If the run is not allowed or there is no such person.
        CancelledError: If it was stopped.
    """
    from desertion.figures.labels import ROUTE_NAMES
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.trace import trace

    class Followed(DesertionModel):
        def step(self) -> None:
            if stopped():
                raise CancelledError
            super().step()

    model = Followed(scenario_of(address), rng=address.seed)
    people = len(model.world.status)
    if not 0 <= address.person < people:
        raise InputError(f"person = {address.person}: this run has people 0 to {people - 1}", key="person")
    squad = int(model.world.squad[address.person])
    followed = trace(model, address.person)
    row = model.people().iloc[address.person]
    place = f"began in squad {squad}, " if squad >= 0 else ""
    end = str(row["status"]).replace("_", " ")
    left = (
        "never left"
        if row["route"] != row["route"]
        else f"first left on day {int(row['day_left'])}: {ROUTE_NAMES.get(str(row['route']), str(row['route']))}"
    )
    skilled = "skilled " if row["skilled"] else ""
    about = f"Person {address.person}, {skilled}{row['kind']} of {row['force']}, from home town {row['community']}: {place}{left}, at the end {end}."
    return about, followed


def _someone(session: Session, leaver: bool) -> None:
    """Go to the next person who leaves, or stays, in the run that the page shows, as far as it has been played."""
    model = session.model
    if model is None:
        session.refuse(
            "person", "Play the run on the page “Watch it happen” first; then there is somebody to choose from."
        )
        return
    gone = model.world.left_day >= 0
    wanted = (gone if leaver else ~gone).nonzero()[0]
    after = wanted[wanted > session.address.peek().person]
    if not len(wanted):
        session.refuse(
            "person", f"By day {model.day} of the run nobody has {'left' if leaver else 'stayed'}; play on first."
        )
        return
    session.change(person=int(after[0] if len(after) else wanted[0]))


def _likeliest(trace: pd.DataFrame) -> str:
    """The way whose clock came nearest to its threshold."""
    rows = trace[trace["route"] != ""]
    near = (rows["clock"] / rows["threshold"]).groupby(rows["route"]).max()
    return str(near.idxmax())


def _changes(trace: pd.DataFrame) -> str:
    """Days on which his status changed, as markup."""
    by_day = trace.drop_duplicates("day")[["day", "status"]]
    changes = by_day[by_day["status"] != by_day["status"].shift()].head(_MOST_CHANGES)
    rows = [(str(int(row["day"])), str(row["status"]).replace("_", " ")) for _, row in changes.iterrows()]
    return table(["from the morning of day", "is"], rows, caption="What this person was from which day on")


def _terms(trace: pd.DataFrame, route: str) -> str:
    """The terms of his log-hazard on the first, the middle and the last day of the way, as markup."""
    from desertion.figures.labels import likelier
    from desertion.simulation.trace import multipliers

    terms = trace[trace["route"] == route]
    days = terms.iloc[sorted({0, len(terms) // 2, len(terms) - 1})]
    told = {name.replace("_", " "): [likelier(value) for value in days[name]] for name in multipliers(trace)}
    # A term that multiplies by 1 on all three days says nothing.
    rows = [[name, *(words or "no effect" for words in cells)] for name, cells in told.items() if any(cells)]
    rows += [[words, *(_plain(value) for value in days[name])] for name, words in LATEST_WORDS.items()]
    head = ["what moves him, and how much", *(f"day {int(day)}" for day in days["day"])]
    return table(head, rows, numbers=range(1, len(head)), caption="Terms on three days")


def _plain(value: float) -> str:
    """A number of three figures, without powers of ten."""
    return np.format_float_positional(value, precision=3, fractional=False, trim="-")


def _draw(trace: pd.DataFrame, route: str, about: str, dark: bool) -> Figure:
    from desertion.figures import person, style

    with style.house(dark=dark):
        figure = style.new_figure("tall")
        person.life(figure, trace, route=route, title=about.split(":")[0])
        return figure
