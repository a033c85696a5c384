"""Studies: many runs, compared, swept, calibrated and judged."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desertion.study.analysis.study import Study
    from desertion.study.comparison.compare import compare
    from desertion.study.run.sweep import sweep

__all__ = ["Study", "compare", "sweep"]

_HOMES = {
    "Study": "desertion.study.analysis.study",
    "compare": "desertion.study.comparison.compare",
    "sweep": "desertion.study.run.sweep",
}


def __getattr__(name: str) -> Any:
    """Load one of the public names on first use: workers must not pay for pandas."""
    if name not in _HOMES:
        raise AttributeError(f"module 'desertion.study' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
