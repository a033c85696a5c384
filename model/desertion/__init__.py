"""Desertion cascades: who stays, who leaves an army, by which door, and what the neighbours do about it.

The four names below are the whole everyday interface. They are loaded when first used, so that importing
`desertion` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel
    from desertion.study import compare, sweep

__version__ = "0.1.0"

__all__ = ["DesertionModel", "Scenario", "__version__", "compare", "sweep"]

_HOMES = {
    "DesertionModel": "desertion.simulation.model",
    "Scenario": "desertion.scenario",
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
