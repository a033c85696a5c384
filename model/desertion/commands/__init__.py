"""The commands, one module each: `commands/run.py` with its function `command` is `desertion run`.

A new command needs no list to be edited. Its module's name gives the command's name (a trailing underscore keeps it
clear of Python's own names, others become hyphens), the first line of the function's docstring its help. Modules
import Mesa, Numba, pandas and Matplotlib inside the function only.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: of a command that did what was asked, of any fault, of wrong input and of Ctrl-C."""


class ToldExit(int):
    """An exit code whose sentence has been said: the command line adds none."""


def names() -> list[str]:
    """Return the names of all commands, in alphabetical order."""
    found = (module.name for module in iter_modules(__path__))
    return sorted(name.rstrip("_").replace("_", "-") for name in found if not name.startswith("_"))


def load(name: str) -> Callable[..., object]:
    """Return the function behind one of `names()`."""
    modules = {module.name.rstrip("_").replace("_", "-"): module.name for module in iter_modules(__path__)}
    return import_module(f"{__name__}.{modules[name]}").command


UNSAID: list[str] = []
"""Lines that stand on standard error before whatever is shown next, and are not said where a command is refused before that."""
