"""Studies: many runs, compared, swept, calibrated and judged."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desertion.study.comparing import compare
    from desertion.study.results import Study
    from desertion.study.sweeping import sweep

__all__ = ["Study", "compare", "sweep"]

_HOMES = {
    "Study": "desertion.study.results",
    "compare": "desertion.study.comparing",
    "sweep": "desertion.study.sweeping",
}


def __getattr__(name: str) -> Any:
    """Load one of the public names on first use: workers must not pay for pandas."""
    if name not in _HOMES:
        raise AttributeError(f"module 'desertion.study' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
