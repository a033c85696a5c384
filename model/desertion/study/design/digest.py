"""Digest: what classes and functions of the caller's own do, as one hash that other code or other values change."""

import copyreg
import dis
import hashlib
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

NO_SOURCE = "(no source)"
"""Hash of code whose source cannot be read: nobody can say whether it is still the same."""

_SCALARS = (bool, int, float, complex, str, bytes, type(None), type(...))
_COLLECTIONS = (tuple, list, dict, set, frozenset)
_PROTOCOL = 4  # of pickling; a later one does not hand out the bytes of arrays


def digest_of(things: Iterable[object]) -> str:
    """Hash of what classes, functions and values do and hold, the same in every process; `NO_SOURCE` if that cannot be told."""
    try:
        return framed_hash(_Walk().through(tuple(things)))
    except Exception:  # an object of somebody else's may raise anything when it is asked for its state
        return NO_SOURCE


def framed_hash(parts: Iterable[bytes], size: int = 16) -> str:
    """Hash of parts in their order, each with its length: so many bytes in hexadecimal."""
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


class _Walk:
    """A way through all that code reads: constants, defaults, closures, globals, and the state of objects."""

    def __init__(self) -> None:
        # With the objects themselves: the number of one that is gone may be another's.
        self._met: dict[int, tuple[int, object]] = {}

    def through(self, thing: Any) -> Iterator[bytes]:
        """A thing in pieces, each object once.

        Raises:
            Exception: If an object does not tell its state.
        """
        kind = type(thing)
        if kind in _SCALARS:
            yield f"{kind.__name__} {thing!r}".encode("utf-8", "surrogatepass")
            return
        if kind not in (tuple, frozenset):  # of which equal ones may be one object or several
            if id(thing) in self._met:
                yield f"met {self._met[id(thing)][0]}".encode()
                return
            self._met[id(thing)] = (len(self._met), thing)
        if kind in _COLLECTIONS:
            yield f"{kind.__name__} {len(thing)}".encode()
            if isinstance(thing, set | frozenset):
                yield from sorted(framed_hash(_Walk().through(part)).encode() for part in thing)
                return
            parts: Iterable[object] = thing
            if isinstance(thing, dict):
                parts = (part for pair in thing.items() for part in pair)
        else:
            name, parts = _opened(thing)
            yield name.encode()
        for part in parts:
            yield from self.through(part)


def _opened(thing: Any) -> tuple[str, Iterable[object]]:
    """What a thing is called, and what else decides what it does."""
    match thing:
        case CodeType():
            bits = (thing.co_code, thing.co_exceptiontable, thing.co_flags, thing.co_argcount, thing.co_kwonlyargcount)
            return "code", (*bits, thing.co_consts, thing.co_names, thing.co_varnames, thing.co_freevars)
        case ModuleType():
            return thing.__name__, (_origin(thing.__name__), *_read_by(thing))
        case type():
            return _named(thing, thing.__module__, _of_class(thing))
        case FunctionType():
            given = (thing.__code__, thing.__defaults__, thing.__kwdefaults__, vars(thing))
            cells = [cell.cell_contents for cell in thing.__closure__ or ()]
            return _named(thing, thing.__globals__.get("__name__", ""), (*given, cells, *_read(thing)))
        case MethodType():
            return "method", (thing.__func__, thing.__self__)
        case property():
            return "property", (thing.fget, thing.fset, thing.fdel)
        case staticmethod() | classmethod():
            return type(thing).__name__, (thing.__func__,)
        case _ if _is_foreign(type(thing).__module__) and isinstance(getattr(thing, "__wrapped__", None), FunctionType):
            return "wrapped", (type(thing), thing.__wrapped__)  # cached or compiled, and its state is that of its runs
        case _ if isinstance(getattr(thing, "__qualname__", None), str) and _is_foreign(str(thing.__module__)):
            return _named(thing, str(thing.__module__), ())  # a compiled function, whose type is of no package
        case _:
            return "object", (type(thing), *_state(thing))


def _named(thing: Any, module: str, parts: Iterable[object]) -> tuple[str, Iterable[object]]:
    """A class or function: by its name and the version of its package where it is somebody else's, by its parts where not."""
    return thing.__qualname__, (module, _origin(module)) if _is_foreign(module) else parts


def _of_class(kind: type) -> Iterator[object]:
    yield from kind.__mro__[1:]
    for name, value in sorted(vars(kind).items()):
        if name != "_abc_impl" and not (name.startswith("__") and name.endswith("__") and not callable(value)):
            yield name
            yield value


def _read(function: FunctionType) -> Iterator[object]:
    """Globals that a function reads and the caller's own modules that it imports, also within functions that it makes."""
    for name in sorted(set(_names(function.__code__, "LOAD_GLOBAL", "LOAD_NAME"))):
        if name in function.__globals__:
            yield name
            yield function.__globals__[name]
    for name in sorted(set(_names(function.__code__, "IMPORT_NAME"))):
        if not _is_foreign(name):
            yield import_module(name)


def _names(code: CodeType, *steps: str) -> Iterator[str]:
    yield from (step.argval for step in dis.get_instructions(code) if step.opname in steps)
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _names(value, *steps)


def _state(thing: Any) -> Iterator[object]:
    """What an object would be pickled by."""
    reduce = copyreg.dispatch_table.get(type(thing))
    told = reduce(thing) if reduce else thing.__reduce_ex__(_PROTOCOL)
    if isinstance(told, str):  # a name in its module, such as one of NumPy's functions
        if not _is_foreign(type(thing).__module__):
            raise TypeError(f"{told} says its name and not its state")
        yield told
        return
    parts: tuple[Any, ...] = told
    for index, part in enumerate(parts):
        yield list(part) if index in (3, 4) and part is not None else part


def _read_by(module: ModuleType) -> Iterator[object]:
    """The caller's own modules whose names a module holds."""
    if _is_foreign(module.__name__):
        return
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(name, str) and name in sys.modules and not _is_foreign(name):
            yield sys.modules[name]


def _is_foreign(module: str) -> bool:
    """Whether a module is Python's, this package's or an installed one."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top == "desertion":
        return True
    spec = _spec(top)
    places = () if spec is None else (spec.origin or "", *(spec.submodule_search_locations or ()))
    return any(folder in Path(place).parts for place in places for folder in ("site-packages", "dist-packages"))


def _spec(module: str) -> ModuleSpec | None:
    try:
        return find_spec(module)
    except (ImportError, ValueError):  # the script that was started, for one
        return None


def _origin(module: str) -> bytes | str:
    """The version of an installed module's package, or the bytes of a module of the caller's own.

    Raises:
        PackageNotFoundError: If the package has no version.
        OSError: If the module is no file that can be read.
    """
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top == "desertion":  # whose versions a study's header holds
        return ""
    if _is_foreign(module):
        return str(getattr(import_module(top), "__version__", None) or version(top))
    spec = _spec(module)
    return Path(spec.origin if spec and spec.origin else "").read_bytes()
