"""Own: classes of people and measures that are the caller's own, packed so that worker processes have them too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import cloudpickle

from desertion.errors import InputError, input_error
from desertion.parameters.field import is_truth
from desertion.simulation.world.codes import KINDS
from desertion.study.design.digest import digest_of

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

type Measurement = Callable[[DesertionModel], float]
"""A function of a model that has run, which gives a number."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a study runs that is none of the package's.

    Attributes:
        classes: Name of the class that plays each role.
        measures: Names of measures.
        digests: By class and measure, a hash of its code and of the values that it holds and reads: two studies with another one are two studies.
        packed: The classes and functions themselves.
    """

    classes: tuple[tuple[str, str], ...]
    measures: tuple[str, ...]
    digests: tuple[tuple[str, str], ...]
    packed: bytes = field(repr=False, compare=False)

    def plain(self) -> dict[str, object]:
        """What the study's description says of it."""
        return {"classes": dict(self.classes), "measures": list(self.measures), "digests": dict(self.digests)}


def own_of(classes: Mapping[str, type | None], measures: Mapping[str, Measurement] | None) -> Own | None:
    """The caller's own classes and measures, checked and packed; None if there are none.

    Args:
        classes: Classes by role, None for the usual one.
        measures: Functions by the name that their numbers get.

    Raises:
        InputError: If a class or function cannot be what it is given for, or cannot be sent to worker processes.
    """
    from desertion.simulation.population.agents import check_kind
    from desertion.simulation.population.persons import Civilian, Reservist, Soldier

    for role, base in zip(KINDS, (Soldier, Reservist, Civilian), strict=True):
        check_kind(classes.get(role), base)
    for name, function in (measures or {}).items():
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise input_error("measures", name, "must be a name", way_out="give functions by name, {'name': function}")
        if not name or not callable(function):
            raise input_error(f"measures[{name!r}]", function, "must be a function of a model that has run")
    given = {role: kind for role, kind in classes.items() if kind is not None}
    if not given and not measures:
        return None
    try:
        packed = cloudpickle.dumps((given, dict(measures or {})))
    except Exception as problem:
        raise InputError(f"own classes and measures cannot be sent to worker processes ({problem})") from problem
    named = tuple((role, kind.__name__) for role, kind in given.items())
    parts = {f"{role} {kind.__name__}": kind for role, kind in given.items()}
    parts |= {f"measure {name}": function for name, function in (measures or {}).items()}
    digests = tuple((name, digest_of([part])) for name, part in parts.items())
    return Own(named, tuple(measures or {}), digests, packed)


@lru_cache(8)
def unpacked(packed: bytes) -> tuple[dict[str, type], dict[str, Measurement]]:
    """The classes by role and the measures by name that `own_of` packed."""
    return cloudpickle.loads(packed)


def measured(packed: bytes, model: DesertionModel, replicate: int) -> dict[str, float]:
    """The numbers that own measures give of a model that has run.

    Raises:
        InputError: If one of them fails or gives no number.
    """
    found: dict[str, float] = {}
    for name, function in unpacked(packed)[1].items():
        where = f"measure {name!r}, replicate {replicate}"
        try:
            value = function(model)
        except Exception as problem:
            raise InputError(f"{where}: it failed with {type(problem).__name__}: {problem}") from problem
        # Arrays have a __float__, which refuses those of several numbers and soon those of one.
        shapeless = not getattr(value, "shape", ())
        if is_truth(value) or isinstance(value, str) or not hasattr(value, "__float__") or not shapeless:
            raise input_error(name, value, "must be a number", where=where)
        try:
            found[name] = float(value)
        except (TypeError, ValueError) as problem:
            raise input_error(name, value, "must be a number", where=where) from problem
    return found
