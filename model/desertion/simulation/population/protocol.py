"""The seam between the model and its people: what a population must answer each day."""

from __future__ import annotations

from typing import Any, Protocol

from desertion.errors import input_error
from desertion.simulation.world.fields import World

POPULATIONS = ("compiled", "mesa")


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


def check_population(name: str) -> str:
    """Return the name of a population form.

    Raises:
        InputError: If there is no such form.
    """
    if name not in POPULATIONS:
        raise input_error(
            "population", name, "must be one of " + ", ".join(POPULATIONS), way_out='say population = "compiled"'
        )
    return name
