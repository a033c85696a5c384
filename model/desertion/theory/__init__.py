"""Theory: what can be worked out without a run, and the measurement that it is held against.

`desertion.theory(scenario)` works all of it out. `reproduction`, `weights`: the reproduction number of leaving, read off
a scenario, and contagion of a stated strength. `mean_field`, `mixing`: the complete-mixing limit, its fixed points, its
fold. `multiplier`: the measured multiplier.
"""

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """The package that is also the function of its name: both are called `desertion.theory`, and Python keeps the package."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """What `desertion.theory.summary.theory` gives."""
        from desertion.theory.summary import theory

        return theory(*args, **options)

    @property
    def __signature__(self) -> Any:
        """The signature of that function, for `help` and `inspect`."""
        from inspect import signature

        from desertion.theory.summary import theory

        return signature(theory)


sys.modules[__name__].__class__ = _Callable
