"""What one visitor's page holds; nothing of it is shared between visitors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from desertion.app.request.address import Address, parse
from desertion.app.request.choice import scenario_of, usual_scale
from desertion.app.request.limits import limits
from desertion.app.ui import solara
from desertion.app.work.job import Job
from desertion.app.work.live import Live, Snapshot
from desertion.errors import InputError

type RunKey = tuple[object, ...]


class Session:
    """One visitor's state.

    Args:
        query: What the address line said when the page was opened.
    """

    def __init__(self, query: str) -> None:
        self.address = solara.reactive(Address())
        self.problem = solara.reactive("")
        self.snapshot = solara.reactive(Snapshot())
        self.dark = solara.reactive(False)
        self.rate = solara.reactive(20.0)
        self.comparison = Job()
        self.life = Job()
        self.study = Job()
        self.claims = Job()
        self.live: Live | None = None
        self._key: RunKey = ()
        self.read(query)

    def read(self, query: str) -> None:
        """Take over what an address says; what it says wrongly is told and left out."""
        if query == self.address.peek().query():
            return
        try:
            wanted = parse(query)
        except InputError as problem:
            self.problem.value = str(problem)
            return
        # The same address in other words changes nothing, nor what is told about it.
        if wanted != self.address.peek():
            self.address.value = wanted
            self.problem.value = ""

    def change(self, **changes: Any) -> None:
        """Change parts of the address."""
        self.address.value = replace(self.address.peek(), **changes)
        self.problem.value = ""

    def set_input(self, key: str, text: str) -> None:
        """Set one input of the scenario by dotted key; an empty text takes the setting away."""
        self.address.value = self.address.peek().with_setting(key, text)
        self.problem.value = ""

    def choose_scenario(self, name: str) -> None:
        """Go to another scenario; inputs of hosts and forces belong to the old one, and so do size and horizon."""
        lasting = tuple(
            (key, value) for key, value in self.address.peek().settings if key.split(".")[0] in ("behaviour", "asylum")
        )
        self.change(scenario=name, settings=lasting, scale=0.0, days=0, force="", person=-1)

    def set_whole(self, name: str, text: str) -> None:
        """Take over a whole number that was typed; an empty field stands for the default."""
        try:
            self.change(**{name: int(text) if text else getattr(Address, name)})
        except ValueError:
            self.problem.value = f"{name} = {text!r} must be a whole number"

    def set_number(self, name: str, text: str) -> None:
        """Take over a number that was typed; an empty field stands for the default."""
        try:
            self.change(**{name: float(text) if text else getattr(Address, name)})
        except ValueError:
            self.problem.value = f"{name} = {text!r} must be a number"

    def prepare(self) -> None:
        """Build the run that the address asks for, unless it is there already."""
        address = self.address.peek()
        if run_key(address) == self._key:
            return
        self.reset()

    def reset(self) -> None:
        """Build the run that the address asks for anew, at its first day; a wrong input is told."""
        address = self.address.peek()
        self.close_run()
        self._key = run_key(address)
        try:
            scenario = scenario_of(address)
        except InputError as problem:
            self.problem.value = str(problem)
            self.snapshot.value = Snapshot(state="failed", problem=str(problem))
            return
        own_key = self._key

        def show(snapshot: Snapshot) -> None:
            # A run that was replaced may still say a last word.
            if self._key == own_key:
                self.snapshot.value = snapshot

        self.live = Live(scenario, address.seed, show)
        self.live.set_rate(self.rate.peek())

    def scale(self) -> float:
        """Share of real size of the run."""
        address = self.address.peek()
        return address.scale or usual_scale(address.scenario)

    def close_run(self) -> None:
        """End the run."""
        self._key = ()
        if self.live is not None:
            self.live.close()
            self.live = None

    def close(self) -> None:
        """End everything that goes on."""
        self.close_run()
        for job in (self.comparison, self.life, self.study, self.claims):
            job.close()


def run_key(address: Address) -> RunKey:
    """What decides which run is lived."""
    return (address.scenario, address.policies, address.settings, address.scale, address.days, address.seed)


def is_full() -> bool:
    """Whether there are as many visitors as are allowed, the present one not counted.

    A visitor whose connection broke keeps his state for some minutes, but takes no place.
    """
    from solara.server.kernel_context import PageStatus, contexts, get_current_context

    mine = get_current_context()
    others = [context for context in list(contexts.values()) if context is not mine]
    connected = [context for context in others if PageStatus.CONNECTED in context.page_status.values()]
    most = limits().sessions
    return len(connected) >= most or len(others) >= KEPT * most


KEPT = 5
"""Broken connections whose state is kept, as a multiple of the visitors that are allowed."""

SESSION: Any = solara.create_context(None)
"""The visitor's session, as components find it."""


def current() -> Session:
    """The session of the visitor whose page is being drawn."""
    session = solara.use_context(SESSION)
    assert isinstance(session, Session)
    return session
