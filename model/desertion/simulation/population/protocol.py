"""The seam between the model and its people: what they may know of the model, and what a population must answer each day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from desertion.errors import input_error
from desertion.simulation.world.fields import World

if TYPE_CHECKING:
    from desertion.scenario import Scenario

POPULATIONS = ("compiled", "mesa")


class NotFiniteError(ValueError):
    """A rule of a person gives no finite number: clocks would stand still at NaN, and run out at infinity."""


class Stage(Protocol):
    """What persons and institutions need of the model in which they stand.

    Attributes:
        world: All state, as arrays.
        core: The same for kernels.
        sized: The scenario as it runs.
    """

    world: World
    core: Any
    sized: Scenario


class Population(Protocol):
    """People in one of their two forms; the same seed gives the same histories in both."""

    world: World
    core: Any

    def reconnect(self, core: Any) -> None:
        """Take the world for kernels anew, after the model was read back from a pickle."""
        ...

    def advance(self, first: int, last: int) -> None:
        """Run the days first, ..., last - 1, in the order of desertion.simulation.day.order."""
        ...

    def lacking(self, person: int) -> list[int]:
        """Ticks that each of a person's six clocks (five routes, being hit) still lacks."""
        ...

    def tie_pressure(self, person: int) -> list[int]:
        """Pressure of a person's ties by route, in ticks of 2**-24 of a share."""
        ...


def check_population(name: str) -> str:
    """The name of a population form.

    Raises:
        InputError: If there is no such form.
    """
    if name not in POPULATIONS:
        raise input_error(
            "population", name, "must be one of " + ", ".join(POPULATIONS), way_out='say population = "compiled"'
        )
    return name
