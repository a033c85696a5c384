"""Desertion cascades: who stays, who leaves an army, by which door, and what the neighbours do about it.

The names below are the whole everyday interface. They are loaded when first used, so that importing `desertion` costs
next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.population.persons import Civilian, Reservist, Soldier
    from desertion.simulation.society.society import Society
    from desertion.study import Study, compare, sweep
    from desertion.study.comparison.comparison import Comparison

__version__ = "0.1.0"

__all__ = [
    "Civilian",
    "Comparison",
    "DesertionModel",
    "Reservist",
    "Scenario",
    "Society",
    "Soldier",
    "Study",
    "__version__",
    "compare",
    "sweep",
]

_HOMES = {
    "Civilian": "desertion.simulation.population.persons",
    "Comparison": "desertion.study.comparison.comparison",
    "DesertionModel": "desertion.simulation.model",
    "Reservist": "desertion.simulation.population.persons",
    "Scenario": "desertion.scenario",
    "Society": "desertion.simulation.society.society",
    "Soldier": "desertion.simulation.population.persons",
    "Study": "desertion.study",
    "compare": "desertion.study",
    "sweep": "desertion.study",
}


def __getattr__(name: str) -> Any:
    """Load one of the public names on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'desertion' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted(set(globals()) | set(__all__))
