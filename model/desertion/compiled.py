"""The one place where compile options are stated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core import config

Function = TypeVar("Function", bound=Callable[..., Any])

JIT_OFF = bool(config.DISABLE_JIT)


def kernel(function: Function) -> Function:
    """Compile `function` without the interpreter lock, cached on disk.

    No `fastmath`: both forms of the population must agree in the last bit. No explicit signatures: they compile at import.
    """
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
