"""The one decorator for kernels, and where compiled code is kept.

A kernel that plain Python calls gets the wrapper that Python needs; a kernel that a kernel calls does not, since each wrapper takes as long to
compile as a small kernel. And a kernel that a kernel calls is compiled once: numba would compile it anew for every constant and every width of
integer that a caller hands over (`enter` sixteen times), so integers are widened first.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from types import FunctionType
from typing import Any, cast

import numba
from numba.core import caching, types
from numba.core import config as numba_config

# Numba makes its settings, and some options of its compiler, where no checker sees them.
config: Any = numba_config
njit: Any = numba.njit
_integer: Any = types.Integer
_caching: Any = caching

JIT_OFF = bool(config.DISABLE_JIT)
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCES = (
    "engine",
    "parameters",
    "rules",
    "simulation",
)  # folders of kernels and of the constants that they compile in
STALE_AFTER = 3 * 86400.0  # seconds
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


@cache
def sources_state(package: str = PACKAGE) -> str:
    """The state of all sources that compiled code depends on, as twelve hexadecimal digits.

    Numba looks only at the file of the function it loads, not at the files of functions and constants that were compiled into it, so a change in
    one module would leave stale code in others.
    """
    stamp = hashlib.sha256(numba.__version__.encode())
    for top in SOURCES:
        for folder, subfolders, files in os.walk(os.path.join(package, top)):
            subfolders.sort()
            for name in sorted(files):
                if name.endswith(".py"):
                    with open(os.path.join(folder, name), "rb") as file:
                        stamp.update(
                            os.path.relpath(os.path.join(folder, name), package).encode() + b"\0" + file.read()
                        )
    return stamp.hexdigest()[:12]


def homes(package: str = PACKAGE) -> list[str]:
    """Folders in which compiled code may be kept, best first: the package's, the user's cache; or the one that the user chose for numba, alone."""
    if config.CACHE_DIR:
        return [str(config.CACHE_DIR)]
    cached = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return [os.path.join(package, "__pycache__"), os.path.join(cached, "desertion")]


def _is_writable(folder: str) -> bool:
    """Whether files can be made in a folder, which is made if it is missing; permissions alone do not tell (root, read-only disks)."""
    try:
        os.makedirs(folder, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


@cache
def folders(package: str = PACKAGE) -> tuple[str, ...]:
    """Folders for this state of the sources: the one that is written to first, then those that are only read.

    A folder of an older state is never read, whatever numba's settings say, so compiled code cannot outlive its source.
    """
    name = "kernels-" + sources_state(package)
    found = homes(package)
    writable = next((home for home in found if _is_writable(home)), None)
    if writable is None:
        writable = tempfile.mkdtemp(prefix="desertion-")
        atexit.register(shutil.rmtree, writable, ignore_errors=True)
    own = os.path.join(writable, name)
    if not os.path.isdir(own):
        _drop_stale(writable)
    others = (os.path.join(home, name) for home in found if home != writable)
    return own, *(folder for folder in others if os.path.isdir(folder))


def _drop_stale(home: str) -> None:
    """Remove folders of older states of the sources that nobody has used for some days."""
    for name in os.listdir(home):
        folder = os.path.join(home, name)
        if name.startswith("kernels-") and time.time() - os.path.getmtime(folder) > STALE_AFTER:
            shutil.rmtree(folder, ignore_errors=True)


class _Locator(_caching._CacheLocator):
    """Tells numba where one function's compiled code lies, and for which state of the sources."""

    def __init__(self, function: Any, folder: str) -> None:
        file = os.path.abspath(function.__code__.co_filename)
        self._folder = folder
        self._place = os.path.relpath(file, PACKAGE) if file.startswith(PACKAGE + os.sep) else file
        self._line = function.__code__.co_firstlineno
        self._py_file = file
        self._stamp = sources_state()
        if self._place == file:  # a kernel outside the package, of a test or of a user
            with open(file, "rb") as text:
                self._stamp += hashlib.sha256(text.read()).hexdigest()

    def get_cache_path(self) -> str:
        return self._folder

    def get_source_stamp(self) -> str:
        return self._stamp

    def get_disambiguator(self) -> str:
        return f"{self._line}-{hashlib.sha256(self._place.encode()).hexdigest()[:8]}"


class _Impl(_caching.CompileResultCacheImpl):
    """Numba's way of storing a compiled function, with the place chosen by us and not by its settings."""

    def __init__(self, function: Any, folder: str) -> None:
        self._lineno = function.__code__.co_firstlineno
        self._locator = _Locator(function, folder)
        self._filename_base = self.get_filename_base(f"{function.__module__}.{function.__qualname__}", "")


class _Cache(_caching.FunctionCache):
    """Compiled code of one function in one folder."""

    def __init__(self, function: Any, folder: str) -> None:
        self._impl_class = lambda function: _Impl(function, folder)
        super().__init__(function)


class _Shelf(_Cache):
    """Compiled code of one function: kept in the first folder, looked for in all."""

    def __init__(self, function: Any) -> None:
        own, *others = folders()
        super().__init__(function, own)
        self._others = [_Cache(function, folder) for folder in others]

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        for place in (super(), *self._others):
            code = place.load_overload(sig, target_context)
            if code is not None:
                return code
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError:
            self.disable()  # a full disk: the code runs all the same, and is compiled again next time
        _compiled.append(self._name)
        for say in _listeners:
            say()


_compiled: list[str] = []
_listeners: list[Callable[[], None]] = []
_kernels: list[Any] = []


def compilations() -> int:
    """How many functions were compiled in this process, and not loaded."""
    return len(_compiled)


def stored() -> int:
    """How many compiled functions lie at hand for this state of the sources."""
    found = (os.listdir(folder) for folder in folders() if os.path.isdir(folder))
    return max((sum(name.endswith(".nbc") for name in names) for names in found), default=0)


@contextmanager
def after_each(say: Callable[[], None]) -> Generator[None]:
    """Have `say` called after each compilation in this process."""
    _listeners.append(say)
    try:
        yield
    finally:
        _listeners.remove(say)


def kernels() -> list[Any]:
    """All kernels of the modules loaded so far, as numba's dispatchers."""
    return list(_kernels)


def kernel[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile `function` without the interpreter lock, cached on disk.

    No `fastmath`: both forms of the population must agree in the last bit. No explicit signatures: they compile at import.
    """
    compiled = njit(**_OPTIONS)(function)
    if JIT_OFF:
        return cast(Function, compiled)
    compiled._cache = _Shelf(function)
    compiled.typeof_pyval = _knowing_cores(compiled.typeof_pyval)
    _nest(compiled, cast(FunctionType, function))
    _kernels.append(compiled)
    return cast(Function, compiled)


def _nest(compiled: Any, function: FunctionType) -> None:
    """Send calls from other kernels to a twin without Python's wrapper, with integers widened to 64 bits.

    Both hooks are numba's own methods of a dispatcher; where a later numba lacks one, calls compile as numba would by itself.
    """
    fold = getattr(getattr(compiled, "_compiler", None), "fold_argument_types", None)
    if fold is None or not hasattr(compiled, "get_call_template") or not hasattr(compiled, "get_overload"):
        return
    twin = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    twin.__kwdefaults__, twin.__module__ = function.__kwdefaults__, function.__module__
    twin.__qualname__ = function.__qualname__ + "_nested"
    nested = njit(**_OPTIONS, no_cpython_wrapper=True)(twin)
    nested._cache = _Shelf(twin)

    def get_call_template(args: Any, kws: Any) -> Any:
        _, folded = fold(args, kws)
        return nested.get_call_template(tuple(_widened(kind) for kind in folded), {})

    compiled.get_call_template, compiled.get_overload = get_call_template, nested.get_overload


def _widened(kind: Any) -> Any:
    """The type by which a kernel is compiled for an argument: no constants, and one width of integers."""
    plain = types.unliteral(kind)
    return types.int64 if isinstance(plain, _integer) and plain.bitwidth < 64 else plain


def _knowing_cores(typeof: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """How a kernel finds the type of an argument that it does not know by itself: a core says its own.

    Numba's own way takes ten times as long as the call, and a day has thirty calls: a third of a run of ten thousand people.
    """

    def known(value: Any) -> Any:
        kind = getattr(value, "core_kind", None)
        return typeof(value) if kind is None else kind

    return known
