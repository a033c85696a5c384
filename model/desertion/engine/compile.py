"""The one place where compile options are stated."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from typing import Any, cast

import numba
from numba.core import config as numba_config

# Numba makes its settings, and some options of its compiler, where no checker sees them.
config: Any = numba_config
njit: Any = numba.njit

STALE_AFTER = 3 * 86400.0  # seconds
JIT_OFF = bool(config.DISABLE_JIT)


_CONSTANTS = ("columns.py", "codes.py", "fields.py")  # what kernels compile in without being in them


def _own_folder(package: str) -> str:
    """Where compiled code is kept: a folder of its own for each state of the kernels' sources.

    Numba looks only at the file of the function it loads, not at the files of functions that were compiled into it, so a change in one module
    would leave stale code in others.
    """
    stamp = hashlib.sha256()
    for folder, _, files in sorted(os.walk(package)):
        for name in sorted(files):
            if name.endswith(".py"):
                with open(os.path.join(folder, name), "rb") as file:
                    text = file.read()
                if b"@kernel" in text or name in _CONSTANTS:
                    stamp.update(name.encode() + text)
    home = os.path.join(package, "__pycache__")
    if not os.access(home if os.path.isdir(home) else package, os.W_OK):
        home = os.path.join(os.path.expanduser("~"), ".cache", "desertion")
    own = os.path.join(home, "kernels-" + stamp.hexdigest()[:12])
    _drop_stale(home, own)
    return own


def _drop_stale(home: str, own: str) -> None:
    """Remove folders of older states of the sources that nobody has used for some days."""
    if os.path.isdir(own) or not os.path.isdir(home):
        return
    for name in os.listdir(home):
        folder = os.path.join(home, name)
        if name.startswith("kernels-") and time.time() - os.path.getmtime(folder) > STALE_AFTER:
            shutil.rmtree(folder, ignore_errors=True)


if not config.CACHE_DIR:
    config.CACHE_DIR = _own_folder(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def kernel[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile `function` without the interpreter lock, cached on disk.

    No `fastmath`: both forms of the population must agree in the last bit. No explicit signatures: they compile at import.
    """
    compiled = njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True)(function)
    if not JIT_OFF:
        compiled.typeof_pyval = _knowing_cores(compiled.typeof_pyval)
    return cast(Function, compiled)


def _knowing_cores(typeof: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """How a kernel finds the type of an argument that it does not know by itself: a core says its own.

    Numba's own way takes ten times as long as the call, and a day has thirty calls: a third of a run of ten thousand people.
    """

    def known(value: Any) -> Any:
        kind = getattr(value, "core_kind", None)
        return typeof(value) if kind is None else kind

    return known
