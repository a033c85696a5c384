"""A tuple of arrays as one pointer for kernels.

A tuple of two hundred arrays takes numba minutes to compile wherever it is passed; one pointer takes none. Plain code (and compiled code with the JIT
off) reads the tuple itself; both see the same arrays.

Numba counts references to arrays whenever compiled code takes one or hands it on; in kernels that look at a person here and there this took half the
time, and threads that count on the same counter wait for each other. A core is therefore a bare pointer into a table of addresses, lengths and
strides; its arrays are borrowed, and the object that plain code holds keeps them alive.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from llvmlite import ir
from numba import typeof, types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.datamodel.registry import default_manager
from numba.core.extending import NativeValue, infer_getattr, lower_getattr_generic, register_model, typeof_impl, unbox
from numba.core.typing.templates import AttributeTemplate
from numpy.typing import NDArray

from desertion.engine.compile import JIT_OFF

_WORD = 8  # bytes of each entry of the table


class CoreType(types.Type):
    """The numba type of a core: names, types and places of the fields that it points to.

    Two cores whose fields have the same names and types have the same type, so kernels are compiled once for all of them.
    """

    def __init__(self, kinds: dict[str, Any]) -> None:
        self.kinds = kinds
        self.places: dict[str, int] = {}
        place = 0
        for name, kind in kinds.items():
            self.places[name] = place
            place += _words(kind)
        self.length = place
        # The name goes into the name of every compiled function: a digest in place of two hundred types.
        layout = ";".join(f"{name}:{kind}" for name, kind in kinds.items())
        super().__init__(name=f"Core_{hashlib.sha256(layout.encode()).hexdigest()[:12]}")


_core_types: dict[Any, CoreType] = {}


def _core_type(arrays: Any) -> CoreType:
    """The type of a core of these arrays, worked out once for all tuples that are laid out alike.

    Numba's `typeof` takes a few microseconds an array, which for two hundred arrays, three times a model, was a third of building ten thousand people.
    It sees nothing of an array but what is in the key: element type, dimensions, and flags (order in memory, alignment, whether it can be written).
    """
    key = tuple(
        (value.dtype, value.ndim, value.flags.num, _is_spread(value)) if isinstance(value, np.ndarray) else type(value)
        for value in arrays
    )
    kind = _core_types.get((type(arrays), key))
    if kind is None:
        kinds = {name: _kind(value) for name, value in arrays._asdict().items()}
        kind = _core_types[type(arrays), key] = CoreType(kinds)
    return kind


def _is_spread(array: NDArray[Any]) -> bool:
    """Whether a single row is one of a view with room between its rows: numpy calls it contiguous, as it calls no longer one of that view."""
    return len(array) == 1 and array.strides[0] != array.nbytes > 0


def _kind(value: Any) -> Any:
    """The numba type of a field; of a single row that of the same view with more of them, or a world of one person would be compiled for anew."""
    kind = types.unliteral(typeof(value))
    return kind.copy(layout="A") if isinstance(value, np.ndarray) and _is_spread(value) else kind


def _words(kind: Any) -> int:
    """Entries of the table that a field takes: address, items, bytes an item, shape and strides of an array; one of a number."""
    return 3 + 2 * kind.ndim if isinstance(kind, types.Array) else 1


def _word_of(number: Any) -> int:
    """The eight bytes of a number, as a whole number with a sign."""
    if isinstance(number, float | np.floating):
        return int(np.float64(number).view(np.int64))
    return int(number.view(np.int64)) if isinstance(number, np.unsignedinteger) else int(number)


class Core:
    """What plain code hands to kernels; it keeps the arrays alive.

    Attributes:
        arrays: The named tuple of arrays and numbers.
        core_kind: Its numba type.
        address: Where its table lies in memory.
    """

    def __init__(self, arrays: Any) -> None:
        self.arrays, self.core_kind = arrays, _core_type(arrays)
        # Written once, before any kernel sees it: kernels may keep in a register what they have read.
        words: list[int] = []
        for value in arrays:
            if isinstance(value, np.ndarray):
                words += (value.ctypes.data, value.size, value.itemsize, *value.shape, *value.strides)
            else:
                words.append(_word_of(value))
        self._table = np.array(words, np.int64)
        self.address = int(self._table.ctypes.data)

    def __reduce__(self) -> Any:
        return Core, (self.arrays,)


@typeof_impl.register(Core)
def _type_of(core: Core, _context: Any) -> CoreType:
    return core.core_kind


@register_model(CoreType)
class _CoreModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, cgutils.voidptr_t)


@unbox(CoreType)
def _pointer_of(_kind: Any, core: Any, c: Any) -> Any:
    """The address of a core's table."""
    address = c.pyapi.object_getattr_string(core, "address")
    number = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    return NativeValue(c.builder.inttoptr(number, cgutils.voidptr_t))


@infer_getattr
class _CoreFields(AttributeTemplate):
    key = CoreType

    def generic_resolve(self, value: Any, attr: str) -> Any:
        return value.kinds.get(attr)


@lower_getattr_generic(CoreType)
def _take(context: Any, builder: Any, core: Any, pointer: Any, name: str) -> Any:
    """A field; of an array, what is needed to index it. Fields never change, so each need be read only once."""
    kind, place = core.kinds[name], core.places[name]

    def entry(number: int, wanted: Any) -> Any:
        at = builder.gep(pointer, [ir.Constant(ir.IntType(64), (place + number) * _WORD)], inbounds=True)
        value = builder.load(builder.bitcast(at, wanted.as_pointer()))
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return value

    word = ir.IntType(64)
    if isinstance(kind, types.Boolean):
        return builder.icmp_unsigned("!=", entry(0, word), ir.Constant(word, 0))
    if not isinstance(kind, types.Array):
        return entry(0, default_manager[kind].get_value_type())
    array = context.make_array(kind)(context, builder)
    array.data = entry(0, array.data.type)
    array.nitems, array.itemsize = entry(1, word), entry(2, word)
    array.shape = cgutils.pack_array(builder, [entry(3 + n, word) for n in range(kind.ndim)])
    array.strides = cgutils.pack_array(builder, [entry(3 + kind.ndim + n, word) for n in range(kind.ndim)])
    for part in ("meminfo", "parent"):
        setattr(array, part, ir.Constant(getattr(array, part).type, None))
    return array._getvalue()


def core_of(arrays: Any) -> Any:
    """The arrays for kernels, which change the same memory.

    Args:
        arrays: A named tuple of arrays and numbers.
    """
    return arrays if JIT_OFF else Core(arrays)


def arrays_of(core: Any) -> Any:
    """The named tuple that a core was made of."""
    return core.arrays if isinstance(core, Core) else core
