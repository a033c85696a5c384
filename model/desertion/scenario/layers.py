"""What a scenario holds: forces, hosts, behaviour, dated changes and the policies laid over them; data without deeds."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from desertion.errors import unknown_name
from desertion.parameters import HORIZON, Behaviour, Change, Force, Frozen, Host, Reference, fixed
from desertion.parameters.field import Settled
from desertion.scenario.complaints import Told
from desertion.scenario.dial import Dial
from desertion.scenario.policy import Policy


class Stop(Frozen):
    """A rule that ends a run before its horizon."""

    measure: Literal["collapsed", "fallen"] = "collapsed"
    force: str | None = None
    days_after: int = fixed(0, "days", "days that the run goes on after the event", 0, HORIZON)


class Layers(Told):
    """The layers of a scenario as given: forces and hosts before any policy, the scenario's own dated changes, policies."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    summary: str = ""
    sources: tuple[str, ...] = ()
    start: dt.date
    days: int = fixed(365, "days", "horizon of a run", 1, HORIZON)
    scale: float = fixed(1.0, "share of real size", "size of the simulated world", 1e-9, 1.0)
    at_scale: bool = Field(default=False, description="whether the counts have been multiplied by `scale` already")
    asylum: float = fixed(0.5, "share of the way", "position of the asylum dial", 0.0, 1.0)
    asylum_status_quo: float = fixed(
        0.5, "share of the way", "position at which the scenario's own values hold", 0.01, 0.99
    )
    graph: str | tuple[tuple[int, int], ...] | None = Field(
        default=None, description="the user's ties between persons: an edge list, GraphML or GML file, or pairs"
    )
    remarks: tuple[str, ...] = Field(default=(), description="what was decided while the scenario was put together")
    dial: Dial = Dial()
    behaviour: Behaviour = Behaviour()
    stop: Stop | None = None
    reference: Annotated[dict[str, Reference], AfterValidator(Settled)] = Field(
        default_factory=dict, description="reference state of each force"
    )
    forces: tuple[Force, ...]
    hosts: tuple[Host, ...] = ()
    changes: tuple[Change, ...] = ()
    overlays: tuple[Policy, ...] = ()

    @property
    def people(self) -> int:
        """Persons of all forces."""
        return sum(force.people for force in self.forces)

    def force(self, name: str) -> Force:
        """The force of that name.

        Raises:
            InputError: If there is none.
        """
        return _named("force", self.forces, name)

    def host(self, name: str) -> Host:
        """The host of that name.

        Raises:
            InputError: If there is none.
        """
        return _named("host", self.hosts, name)


def _named[T: (Force, Host)](kind: str, things: tuple[T, ...], name: str) -> T:
    for thing in things:
        if thing.name == name:
            return thing
    raise unknown_name(kind, name, [thing.name for thing in things])
