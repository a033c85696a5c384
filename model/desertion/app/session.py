"""What one visitor's page holds; nothing of it is shared between visitors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desertion.app.request.address import READERS, Address
from desertion.app.request.choice import RUN_PARTS, check_arms, scenario_of, understood, undialled
from desertion.app.request.limits import limits
from desertion.app.ui import solara
from desertion.app.work.job import Job
from desertion.app.work.live import Live, Snapshot
from desertion.app.work.shown import Shown
from desertion.errors import InputError

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

type RunKey = tuple[object, ...]


@dataclass(frozen=True)
class Refusal:
    """An input that was not taken over.

    Attributes:
        text: What was typed.
        sentence: Why it cannot be.
    """

    text: str
    sentence: str


class Session:
    """One visitor's state.

    Args:
        query: What the address line said when the page was opened.
    """

    def __init__(self, query: str) -> None:
        self.address = solara.reactive(Address())
        self.refusals: Any = solara.reactive({})
        self._run = Shown(Snapshot())
        self.snapshot = self._run.seen
        self.dark = solara.reactive(False)
        self.rate = solara.reactive(20.0)
        self.comparison = Job()
        self.life = Job()
        self.study = Job()
        self.claims = Job()
        self.live: Live | None = None
        self._key: RunKey = ()
        self._read = "", Address()
        self.read(query)

    def read(self, query: str) -> None:
        """Take over what an address says; what it says wrongly is told and stands at its default."""
        # Solara hands the same words over again whenever the page is drawn; a refusal would vanish with them. Once
        # something else is shown than they said, they come from a link or from the way back.
        now = self.address.peek()
        if query == now.query() or (query, now) == self._read:
            return
        self.address.value, wrong = understood(query)
        self._read = query, self.address.peek()
        self.refusals.value = {part: Refusal("", sentence) for part, sentence in wrong.items()}

    def change(self, **changes: Any) -> None:
        """Change parts of the address; what cannot be is told at the field of the first part, and nothing changes."""
        self._take(replace(self.address.peek(), **changes), next(iter(changes)), "")

    def set_input(self, key: str, text: str, *, field_of: str = "", typed: str = "") -> None:
        """Set one input of the scenario by dotted key; an empty text takes the setting away.

        Args:
            key: Dotted key.
            text: Its value as TOML.
            field_of: The field that it was typed into, if that is not the key's own.
            typed: What was typed there.
        """
        self._take(self.address.peek().with_setting(key, text), field_of or key, typed or text)

    def choose_scenario(self, name: str) -> None:
        """Go to another scenario with the inputs that it takes, and tell which it does not; size and horizon belong to the old one."""
        now = self.address.peek()
        there = replace(now, scenario=name, scale=0.0, days=0, force="", person=-1)
        taken, wrong = understood(there.query())
        # Policies are the visitor's question: a scenario that they do not fit is refused, and they stay.
        wanted = replace(there, settings=taken.settings)
        self._take(wanted, "scenario", "")
        if self.address.peek() == wanted:
            self.refusals.value = {
                key: Refusal("", f"left out: {wrong[key]}") for key, _ in now.settings if key in wrong
            }

    def set_number(self, name: str, text: str) -> None:
        """Take over a number that was typed for a part of the address; an empty field stands for the default."""
        try:
            value = READERS[name](name, text) if text else getattr(Address, name)
        except InputError as problem:
            self.refuse(name, str(problem), text)
        else:
            self._take(replace(self.address.peek(), **{name: value}), name, text)

    def refuse(self, part: str, sentence: str, text: str = "") -> None:
        """Tell at a part's field why what was typed there cannot be, until something better is typed."""
        self.refusals.value = {**self.refusals.peek(), part: Refusal(text, sentence)}

    def sentence(self, part: str) -> str:
        """Why the last input of a part was refused; empty if it was not."""
        refusal = self.refusals.value.get(part)
        return refusal.sentence if refusal else ""

    def shown(self, part: str, value: str) -> str:
        """What stands in a part's field: what is so, or what was typed and refused."""
        refusal = self.refusals.value.get(part)
        return refusal.text if refusal and refusal.text else value

    def _take(self, wanted: Address, part: str, text: str) -> None:
        """Go to another address if it can be served; else tell why at the field, and keep what is shown."""
        now = self.address.peek()
        try:
            if run_key(wanted) != run_key(now):
                scenario_of(wanted)
            if (wanted.scenario, wanted.arms, wanted.runs) != (now.scenario, now.arms, now.runs):
                check_arms(wanted)
        except InputError as problem:
            self.refuse(part, str(problem), text)
            return
        self.address.value = wanted
        self.refusals.value = {name: refusal for name, refusal in self.refusals.peek().items() if name != part}

    def prepare(self) -> None:
        """Build the run that the address asks for, unless it is there already."""
        address = self.address.peek()
        if run_key(address) == self._key:
            return
        self.reset()

    def reset(self) -> None:
        """Build the run that the address asks for anew, at its first day."""
        address = self.address.peek()
        self.close_run()
        self._key = run_key(address)
        try:
            scenario = scenario_of(address)
            usual = scenario_of(undialled(replace(address, policies=())))
        except InputError as problem:
            failed = Snapshot(state="failed", problem=str(problem))
            self._run.hear(None, lambda _: failed)
            return
        own = object()
        self._run.hear(own, lambda _: Snapshot())
        self.live = Live(scenario, address.seed, lambda snapshot: self._run.tell(own, lambda _: snapshot), usual)
        self.live.set_rate(self.rate.peek())

    @property
    def model(self) -> DesertionModel | None:
        """The model of the run that the address asks for; None while another is played, or none."""
        is_asked_for = self.live is not None and self._key == run_key(self.address.peek())
        return self.live.model if self.live is not None and is_asked_for else None

    def close_run(self) -> None:
        """End the run; of what it may still say nothing is shown."""
        self._key = ()
        self._run.hear(None, lambda latest: latest)
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
    return tuple(getattr(address, name) for name in RUN_PARTS)


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
